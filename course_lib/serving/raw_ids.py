"""The raw ids a recommender speaks: who asks and what is recommended, by the names that the table gave them.

Stages speak dense ids. Here stand the two vocabularies that lead there and back, and how they are written to a file.
Letters: B people asked, N items, K slots, H items of a session.
"""

from __future__ import annotations

import datetime
import decimal
import io
import json
import uuid
from dataclasses import dataclass

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, Dataset, Requests, Vocabulary, check_same_keys
from course_lib.contracts.vocabulary import clean_ids

# Ids that JSON has no word for: name in the file -> (type, to text, from text). A moment is a date too, so it is first.
NAMED = {"uuid": (uuid.UUID, str, uuid.UUID), "decimal": (decimal.Decimal, str, decimal.Decimal),
         "moment": (datetime.datetime, datetime.datetime.isoformat, datetime.datetime.fromisoformat),
         "date": (datetime.date, datetime.date.isoformat, datetime.date.fromisoformat)}


@dataclass(frozen=True)
class RawIds:
    """users, items: Vocabulary of a table's users and items, in the order of their dense ids."""

    users: Vocabulary
    items: Vocabulary

    @classmethod
    def of(cls, dataset: Dataset) -> RawIds:
        """The vocabularies of a Dataset."""
        return cls(dataset.user_ids, dataset.item_ids)

    def requests(self, users, k: int, *, session=None, among=None) -> Requests:
        """Requests for slates of k items, one for each of users; somebody unknown is user -1.

        users: raw ids, (B,), or a single one. session: for each of them the raw item ids of this session, latest last;
        those that are not known are left out. among: raw item ids that may be shown; None: all that are known. Raises
        DataError for ids of another type than the vocabulary's, ArgumentError for a session that is not one of each.
        """
        dense = dense_of(self.users, "users", users)
        told = None
        if session is not None:
            if len(session) != len(dense):
                raise ArgumentError(f"session has {len(session)} rows for {len(dense)} users; expected one of each, "
                                    f"such as [['a', 'b'], []].")
            rows = [dense_of(self.items, "items of session", row) for row in session]
            rows = [row[row >= 0] for row in rows]
            told = np.full((len(rows), max(map(len, rows), default=0)), -1)
            for place, row in enumerate(rows):
                told[place, told.shape[1] - len(row):] = row
        eligible = np.arange(len(self.items))
        if among is not None:
            eligible = np.unique(dense_of(self.items, "among", among))
            eligible = eligible[eligible >= 0]
        return Requests.of(dense, eligible=eligible, slate_size=k, session_items=told)


def dense_of(vocabulary: Vocabulary, name: str, raw) -> np.ndarray:
    """int (n,): the dense id of each of raw, ids or a single one; -1 where it is not known or missing.

    name: of raw, for messages. Raises DataError for ids of another type than those known: 1 and "1" never meet.
    """
    if isinstance(raw, str | uuid.UUID) or np.ndim(raw) == 0:
        raw = [raw]
    if not len(raw):
        return np.empty(0, np.int64)
    table = hasattr(raw, "to_numpy") or isinstance(raw, np.ndarray)
    ids = clean_ids(name, raw if table else pd.Series(list(raw), dtype=object))
    check_same_keys(**{f"the {vocabulary.kind} ids of the table": vocabulary.ids, name: ids})
    return vocabulary.encode(ids, unknown=-1).astype(np.int64)


# --- in a file ------------------------------------------------------------------------------------------------------
def vocabulary_bytes(vocabulary: Vocabulary) -> bytes:
    """Ids as bytes: numbers as an array of numpy's, all else as JSON. Raises ArgumentError for ids of a type that has
    no words in a file."""
    ids = vocabulary.ids
    if ids.dtype.kind in "iuf":
        file = io.BytesIO()
        np.save(file, ids, allow_pickle=False)
        return file.getvalue()
    return json.dumps([_told(one, vocabulary.kind) for one in ids.tolist()]).encode()


def vocabulary_of_bytes(data: bytes, kind: str) -> Vocabulary:
    """The Vocabulary that `vocabulary_bytes` wrote."""
    if data.startswith(np.lib.format.MAGIC_PREFIX):
        return Vocabulary(np.load(io.BytesIO(data), allow_pickle=False), kind)
    held = json.loads(data)
    ids = np.empty(len(held), object)
    ids[:] = [_heard(one) for one in held]
    return Vocabulary(ids, kind)


def _told(one, kind: str):
    """An id as JSON."""
    if isinstance(one, str | int) and not isinstance(one, bool):
        return one
    if isinstance(one, tuple):
        return {"tuple": [_told(part, kind) for part in one]}
    for name, (form, told, _) in NAMED.items():
        if isinstance(one, form):
            return {name: told(one)}
    raise ArgumentError(f"{kind} ids are of type {type(one).__name__}, such as {one!r:.60}, which cannot be written; "
                        f"expected numbers, text, UUIDs, dates. Convert the column before Dataset.from_frames, such as "
                        f".astype(str).")


def _heard(one):
    if not isinstance(one, dict):
        return one
    (name, value), = one.items()
    return tuple(_heard(part) for part in value) if name == "tuple" else NAMED[name][2](value)
