"""Answers of several parts (a tuple, a dict, a data class, a table): each part judged alone.

"The first part is right, the second is not" already says where to look; what is wrong with the second is then asked as
if it were an answer of its own.
"""

from __future__ import annotations

import dataclasses

from course_lib.teach.checking.case_runs import Run, raises
from course_lib.teach.checking.equality import kind, plain, same
from course_lib.teach.checking.shape_problems import shape_problem
from course_lib.teach.definitions.card import Card

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")


@dataclasses.dataclass(frozen=True)
class Verdict:
    """Which parts are right on every case and which are not; runs: of the one wrong part, as answers of its own."""

    right: tuple[str, ...]
    wrong: tuple[str, ...]
    runs: tuple[Run, ...]

    @property
    def says(self) -> str:
        """The sentence: which parts are right and which are not."""
        good, bad = _listed(self.right), _listed(self.wrong)
        verb = "is" if len(self.right) == 1 else "are"
        return f"Of your answer, {good} {verb} right; {bad} {'is' if len(self.wrong) == 1 else 'are'} not."


def _listed(names) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def split(value) -> dict | None:
    """The parts of an answer by name, or None where it has none."""
    held = plain(value)
    if kind(value) == "table":
        return {f"column `{name}`": value[name] for name in value.columns}
    if isinstance(held, dict):
        return {f"`{name}`": part for name, part in held.items()}
    if isinstance(held, tuple) and 2 <= len(held) <= len(ORDINALS):
        return {f"the {ORDINALS[index]} part": part for index, part in enumerate(held)}
    return None


def judge(card: Card, runs: list[Run]) -> Verdict | None:
    """The parts of all answers, where the right ones have the same parts throughout and some are right, some wrong."""
    told = [run for run in runs if not raises(run.want)]
    if not told or any(run.got.error is not None for run in told):
        return None
    wants, gots = [split(run.want) for run in told], [split(_fitting(run)) for run in told]
    if any(not want for want in wants) or any(want.keys() != wants[0].keys() for want in wants):
        return None
    if any(got is None or got.keys() != want.keys() for got, want in zip(gots, wants, strict=True)):
        return None
    fine = {name: all(_right(card, got[name], want[name]) for got, want in zip(gots, wants, strict=True))
            for name in wants[0]}
    right, wrong = (tuple(name for name in fine if fine[name] == truth) for truth in (True, False))
    if not right or not wrong:
        return None
    return Verdict(right, wrong, _alone(told, gots, wants, wrong[0]) if len(wrong) == 1 else ())


def _fitting(run):
    """A list is taken for a tuple where a tuple is right, as everywhere in the checks."""
    return tuple(run.got.value) if type(run.got.value) is list and isinstance(run.want, tuple) else run.got.value


def _right(card, got, want) -> bool:
    return same(got, want, card.rtol, card.atol) and not (want is not None and shape_problem(got, want))


def _alone(told, gots, wants, name):
    return tuple(Run(run.case, dataclasses.replace(run.got, value=got[name]), want[name])
                 for run, got, want in zip(told, gots, wants, strict=True))
