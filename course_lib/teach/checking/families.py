"""Known mistakes as families: the same mistake behind a harmless second difference, or on some of the cases only.

What is said here is hedged ("looks like"), and only where one known mistake alone explains every case that fails.
"""

from __future__ import annotations

import numpy as np

from course_lib.teach.checking.case_runs import Run, agrees, raises
from course_lib.teach.checking.equality import numeric, same
from course_lib.teach.checking.mistake_runs import runs_of_mistake
from course_lib.teach.checking.near_misses import Slip
from course_lib.teach.definitions.card import Card

# What a second, harmless difference does to a result. Each is tried on the mistake's answers and on the right ones.
DRESSES = {
    "": lambda value: value,
    "rounded to whole numbers": np.round, "cut to whole numbers": np.trunc, "rounded up": np.ceil,
    "rounded to 2 places": lambda value: np.round(value, 2), "rounded to 3 places": lambda value: np.round(value, 3),
    "cut off below 0": lambda value: np.maximum(value, 0), "cut off above 1": lambda value: np.minimum(value, 1),
    "kept between 0 and 1": lambda value: np.clip(value, 0, 1),
    "with 0 for NaN": lambda value: np.nan_to_num(value, nan=0.0, posinf=np.inf, neginf=-np.inf),
}
DISTINCT = 3


def family(card: Card, fn, runs: list[Run]) -> Slip | None:
    """The one known mistake that explains every failing case, with a hedge; None where there is none, or two.

    Of two, one that goes wrong on more cases besides (the same slip with a second one) does not count.
    """
    failing = [index for index, run in enumerate(runs) if not agrees(card, run)]
    if not failing or any(runs[index].got.error is not None or raises(runs[index].want) for index in failing):
        return None
    fits = []
    for mistake in card.mistakes:
        theirs = runs_of_mistake(card, mistake)
        hedge = _hedge(card, runs, theirs, failing) if len(theirs) == len(runs) else ""
        if hedge:
            wrong = {index for index, run in enumerate(theirs) if not agrees(card, run)}
            fits.append((wrong, Slip(mistake.name, f"{hedge} {mistake.says}")))
    least = [slip for wrong, slip in fits if not any(other < wrong for other, _ in fits)]
    return least[0] if len(least) == 1 else None


def _hedge(card, runs, theirs, failing) -> str:
    if any(theirs[index].got.error is not None for index in failing):
        return ""
    for dress, change in DRESSES.items():
        asked = failing if not dress else range(len(runs))
        if _explains(card, runs, theirs, asked, change):
            if not dress:
                return f"On {_all(len(failing))} your answers are those of a known mistake:"
            return f"Your answers look like those of a known mistake, {dress}:"
    numbers = [index for index in failing if not _nan_of_its_own(runs[index])]
    if DISTINCT <= len(numbers) < len(failing) and _explains(card, runs, theirs, numbers, DRESSES[""]):
        return "Wherever your answer holds no NaN, it is that of a known mistake:"
    if _wrong_values(card, runs, theirs, failing):
        return "Where your values are wrong, they are those of a known mistake:"
    return ""


def _nan_of_its_own(run: Run) -> bool:
    """Is there a NaN in an answer where the right one has a number?"""
    got, want = numeric(run.got.value), numeric(run.want)
    if got is None or want is None or got.shape != want.shape or got.dtype.kind != "f" or want.dtype.kind not in "iuf":
        return False
    return bool((np.isnan(got) & ~np.isnan(want.astype(float))).any())


def _all(count) -> str:
    return "the case that fails" if count == 1 else f"all {count} cases that fail"


def _explains(card, runs, theirs, asked, change) -> bool:
    """Are the answers of these cases the mistake's in this dress, and those of two not the right ones in it?"""
    told, values, coarse = 0, [], 0
    for index in asked:
        if raises(runs[index].want) or runs[index].got.error is not None or theirs[index].got.error is not None:
            return False
        got, wrong, want = runs[index].got.value, theirs[index].got.value, runs[index].want
        plain = change is DRESSES[""]
        if not _telling(got) and not same(theirs[index].got.value, want, card.rtol, card.atol):
            coarse += 1
        dressed = (wrong, want) if plain else (_dressed(wrong, change), _dressed(want, change))
        if any(part is None for part in dressed) or not _same(card, got, dressed[0]):
            return False
        told += not same(got, dressed[1], card.rtol, card.atol)
        values.append(repr(got))
    if coarse and sum(not agrees(card, run) for run in theirs) > len(list(asked)):
        return False                                  # yes or no, one of three words: those agree by chance too
    return told >= 2 and len(set(values)) >= 2


def _telling(value) -> bool:
    """Do the values of an answer agree with another's only for a reason? Fractions other than 0 and 1 do."""
    array = numeric(value)
    if array is None or array.dtype.kind != "f" or not array.size:
        return False
    array = array[np.isfinite(array)]
    return bool(np.any((np.abs(array) > 1e-6) & (np.abs(array - np.round(array)) > 1e-6)))


def _same(card, got, other) -> bool:
    a, b = numeric(got), numeric(other)
    if a is not None and b is not None and a.shape == b.shape and not isinstance(got, dict):
        return same(a.astype(float), b.astype(float), max(card.rtol, 1e-4), card.atol)
    return same(got, other, card.rtol, card.atol)


def _dressed(value, change):
    array = numeric(value)
    if array is None or array.dtype.kind not in "iuf":
        return None
    with np.errstate(all="ignore"):
        return change(array.astype(float))


def _wrong_values(card, runs, theirs, failing) -> bool:
    """Value by value: where fn is wrong it is wrong as the mistake is, on values that are not all alike.

    And it is wrong at half of the mistake's wrong values at least: else another condition stands behind it.
    """
    seen, cases, ours, all_theirs = set(), 0, 0, 0
    for index in failing:
        arrays = [numeric(part) for part in (runs[index].got.value, theirs[index].got.value, runs[index].want)]
        if any(part is None or part.dtype.kind not in "iuf" for part in arrays) or arrays[2].dtype.kind != "f":
            return False
        if len({part.shape for part in arrays}) > 1 or arrays[0].ndim == 0:
            return False
        got, wrong, want = (part.astype(float) for part in arrays)
        with np.errstate(all="ignore"):
            bad = ~np.isclose(got, want, card.rtol, card.atol, equal_nan=True)
            alike = np.isclose(got, wrong, max(card.rtol, 1e-6), card.atol, equal_nan=True)
            slipped = ~np.isclose(wrong, want, card.rtol, card.atol, equal_nan=True)
        if not alike[bad].all():
            return False
        seen |= {float(f"{one:.6g}") for one in got[bad].tolist() if one == one}
        cases += bool(bad.any())
        ours += int(bad.sum())
        all_theirs += int(slipped.sum())
    return cases >= 2 and len(seen) >= DISTINCT and 2 * ours >= all_theirs
