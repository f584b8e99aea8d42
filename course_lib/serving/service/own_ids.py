"""People and items by the ids of the log that a release learnt from, as text: what a client knows of them.

Stages speak numbers from 0, and which number stands for whom may change from release to release. The log's own ids do
not; so a client may ask by them, and what is kept for a person or told by the store is kept under them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

from course_lib.serving.raw_ids import RawIds


class OwnIds:
    """users, items: text (n,), in the order of their numbers; user_of, item_of: {text: number}.

    An id is written as Python writes it: 17850 as "17850", a UUID or a date by its digits. An id that is written as an
    earlier one is (a table with both cannot be, but for odd types) stands for that one.
    """

    def __init__(self, ids: RawIds):
        self.users, self.user_of = _both_ways(ids.users)
        self.items, self.item_of = _both_ways(ids.items)
        self.digest = _digest(self.users)           # of the numbering of people; that of items is Release.numbering

    def of_items(self, items: Iterable[int]) -> list[str]:
        """The own ids of items, numbers that are known."""
        return [self.items[item] for item in np.asarray(items).tolist()]


def _both_ways(vocabulary) -> tuple[list[str], dict[str, int]]:
    told = [str(one) for one in np.asarray(vocabulary.decode(np.arange(len(vocabulary)))).tolist()]
    return told, {text: len(told) - 1 - back for back, text in enumerate(reversed(told))}


def _digest(told: list[str]) -> str:
    return hashlib.blake2b("".join(f"{len(text)}:{text};" for text in told).encode(), digest_size=16).hexdigest()
