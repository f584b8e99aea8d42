"""What the known mistakes of a card answer to its cases: each case is put to a mistake when it is first asked for."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from course_lib.teach.checking.case_runs import Run, cases_of, one_run, unguarded
from course_lib.teach.definitions.card import Card, Mistake

_cases: dict[int, tuple] = {}
_of_mistakes: dict[int, MistakeRuns] = {}


class MistakeRuns(Sequence):
    """The runs of one known mistake, one for each case of its card; most mistakes are told apart by their first."""

    def __init__(self, card: Card, mistake: Mistake):
        self.card, self.mistake = card, mistake
        self.cases = _cases_once(card)
        self.held: list[Run | None] = [None] * len(self.cases)

    def __len__(self):
        return len(self.cases)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        index = range(len(self))[index]
        if self.held[index] is None:
            case, by_hand = self.cases[index]
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                self.held[index] = one_run(self.card, self.mistake.wrong, case, by_hand, self.card.seconds, index,
                                           unguarded)
        return self.held[index]


def runs_of_mistake(card: Card, mistake: Mistake) -> MistakeRuns:
    """What a known mistake answers to its card's cases: worked out once, for cases and mistakes do not change."""
    held = _of_mistakes.get(id(mistake))
    if held is None or held.mistake is not mistake:
        held = _of_mistakes[id(mistake)] = MistakeRuns(card, mistake)
    return held


def _cases_once(card: Card) -> list:
    """The cases that all mistakes of a card share; whoever puts one to a function copies it."""
    held = _cases.get(id(card))
    if held is None or held[0] is not card:
        held = _cases[id(card)] = card, cases_of(card)
    return held[1]
