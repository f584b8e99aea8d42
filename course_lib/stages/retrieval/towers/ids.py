"""The ids of a fitted model as rows: contracts' Vocabulary, and what the towers ask of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import DataError, UnknownIdError, Vocabulary, check_same_keys


def vocabulary_of(column, table, kind: str) -> Vocabulary:
    """The ids that a model is to know, kind: "user" or "item".

    From the index of `table` where one is given (rows 0 … n − 1 for an array); else 0 … the highest for whole numbers
    that are nearly dense; else what occurs in `column`. Raises DataError where an id of the table is missing or comes
    twice, or where some ids are text and some numbers.
    """
    if table is not None:
        return named(table.index if isinstance(table, pd.DataFrame) else np.arange(len(table)), kind)
    column = np.asarray(column)
    if np.issubdtype(column.dtype, np.integer):
        unique = np.unique(column)
        if unique[0] >= 0 and unique[-1] < 10 * len(unique) + 1000:
            return Vocabulary(np.arange(unique[-1] + 1), kind)
    return Vocabulary.of(column, kind=kind)


def named(ids, kind: str) -> Vocabulary:
    """A Vocabulary of these ids in their order, each once. Raises DataError for a missing or repeated id, or two types
    of ids."""
    ids = np.asarray(ids)
    check_same_keys(**{f"{kind} ids": ids})
    missing = pd.isna(ids)
    if missing.any():
        raise DataError(f"{missing.sum()} {kind} ids are missing (first: row {int(np.flatnonzero(missing)[0])}); "
                        f"expected an id for each {kind} in the table's index.")
    return Vocabulary(ids, kind)


def rows(vocabulary: Vocabulary, ids, strict: bool = True) -> np.ndarray:
    """int64 (B,): the row of each id; an unknown one raises UnknownIdError, or is −1 where not strict.

    Raises DataError for ids of another type than those at fit: "1" is not 1."""
    ids = np.atleast_1d(np.asarray(ids))
    known = vocabulary.ids
    numbers = np.issubdtype(known.dtype, np.integer) and np.issubdtype(ids.dtype, np.integer)
    if len(ids) and not numbers:
        check_same_keys(**{f"{vocabulary.kind} ids at fit": known, f"{vocabulary.kind} ids asked for": ids})
    found = vocabulary.encode(ids, unknown=-1).astype(np.int64)
    if strict and (found < 0).any():
        raise UnknownIdError(f"{(found < 0).sum()} of {len(ids)} {vocabulary.kind} ids are unknown, first "
                             f"{ids[found < 0][0]!r}; expected ids of the {len(vocabulary)} {vocabulary.kind}s known "
                             f"at fit.")
    return found
