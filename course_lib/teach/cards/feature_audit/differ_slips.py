"""Slips in the steps of a share of rows that differ: when numbers differ, what a gap is, who is divided by, what is returned."""

import numpy as np
import pandas as pd

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import AXIS, BASE, BOUNDARY, DIRECTION, MEAN, UNIT

RARE = {"paired": False}


def _build(apart=lambda a, b: (a - b).abs() > 1e-6 * b.abs(), gap=lambda a, b: a.isna() ^ b.isna(), fill=None,
           share=lambda differ, a, b: differ.mean(), back=lambda shares, a: shares):
    """fill: what stands in the place of missing values before all else, None to leave them."""
    def wrong(a, b):
        one, other = (a, b) if fill is None else (a.fillna(fill), b.fillna(fill))
        return back(share(apart(one, other) | gap(one, other), a, b), a)
    return wrong


STEPS = {
    "apart": (
        Slip("to the last digit", lambda a, b: (a != b) & a.notna() & b.notna(), "Numbers that differ by rounding count as "
             "different.", BOUNDARY, False),
        Slip("the same tolerance for all", lambda a, b: (a - b).abs() > 1e-6, "Your tolerance is the same for large and small "
             "numbers; it goes by the size of the number.", UNIT, False),
        Slip("a thousandth", lambda a, b: (a - b).abs() > 1e-3, "Your tolerance is a thousandth, whatever the size; let it be a "
             "millionth of the number.", UNIT, False, **RARE),
        Slip("difference without its sign", lambda a, b: a - b > 1e-6 * b.abs(), "Only rows in which `trained` is the larger count.",
             DIRECTION, False, **RARE),
        Slip("difference the other way", lambda a, b: b - a > 1e-6 * b.abs(), "Only rows in which `recomputed` is the larger count. "
             "Take the absolute difference.", DIRECTION, **RARE),
        Slip("tolerance of the wrong sign", lambda a, b: (a - b).abs() > 1e-6 * b, "Your tolerance is negative for negative "
             "numbers.", DIRECTION, False, **RARE),
        Slip("a hundredth of the number", lambda a, b: (a - b).abs() > 1e-2 * b.abs(), "Your tolerance is a hundredth of the number, so "
             "that a rate of 0.0202 passes for 0.0200. Let it be a millionth of it.", UNIT, **RARE),
        Slip("a hundred-millionth of the number", lambda a, b: (a - b).abs() > 1e-8 * b.abs(), "Your tolerance is so narrow that a difference "
             "in the ninth digit may count. That is rounding: let it be a millionth of the number.", UNIT, **RARE),
        Slip("as float32", lambda a, b: (a.astype("float32") != b.astype("float32")) & a.notna() & b.notna(), "You compare in float32 to the last "
             "digit. Numbers that lie together may still be rounded apart: ask whether they are within a millionth of each other.",
             BOUNDARY, **RARE),
        Slip("a millionth added", lambda a, b: (a - b).abs() > 1e-6 + 1e-6 * b.abs(), "Your tolerance has a fixed part, a millionth (`atol`). A rate "
             "may be smaller than that throughout: let only `rtol` count.", UNIT, **RARE),
        *(Slip(f"by the column's {name}", lambda a, b, of=of: (a - b).abs() > 1e-6 * of(a), f"Your tolerance goes by the {name} of the column. One "
               "large number then hides the differences of small ones: go by each number itself.", UNIT, **RARE)
          for name, of in (("spread", lambda a: a.std()), ("mean or maximum", lambda a: a.abs().mean()))),
    ),
    "gap": (
        Slip("missing is never equal", lambda a, b: a.isna() | b.isna(), "Two missing values count as a difference.", BOUNDARY, False),
        Slip("missing is always equal", lambda a, b: a.isna() & a.notna(), "A number against a missing value counts as equal.",
             BOUNDARY, False),
        Slip("trained missing is equal", lambda a, b: a.notna() & b.isna(), "A value that appears in `recomputed` alone counts as "
             "equal. A missing value and a number differ.", BOUNDARY, **RARE),
        Slip("recomputed missing is equal", lambda a, b: a.isna() & b.notna(), "A value that stands in `trained` alone counts as "
             "equal. A missing value and a number differ.", BOUNDARY, **RARE),
    ),
    "fill": (
        Slip("missing is zero", 0.0, "You put 0 in place of missing values.", BASE, False),
        Slip("missing is minus one", -1.0, "You put −1 in place of missing values.", BASE, False, **RARE),
        Slip("missing is −999", -999.0, "You put −999 in place of missing values. A feature may hold −999 itself, as a code: compare the gaps "
             "apart.", BASE, **RARE),
    ),
    "share": (
        Slip("rows with a value only", lambda d, a, b: d.sum() / (~(a.isna() & b.isna())).sum(), "You divide by rows that have a value "
             "on some side; divide by all.", BASE, False),
        Slip("rows with a trained value", lambda d, a, b: d.sum() / a.notna().sum(), "You divide by rows whose trained value is there; "
             "divide by all.", BASE, False, **RARE),
        Slip("rows with a recomputed value", lambda d, a, b: d.sum() / b.notna().sum(), "You divide by the rows whose recomputed value is there; "
             "divide by all.", BASE, **RARE),
        Slip("rows with both values", lambda d, a, b: d.sum() / (a.notna() & b.notna()).sum(), "You divide by rows that have both "
             "values; divide by all.", BASE, **RARE),
        Slip("counts", lambda d, a, b: d.sum(), "You return numbers of rows; divide by how many there are.", UNIT, False),
        Slip("by row", lambda d, a, b: d.mean(axis=1), "You return a share for each row; take it down each column.", AXIS, False, **RARE),
        Slip("all cells", lambda d, a, b: d.sum() / a.size, "You divide by the number of cells of the whole table; divide by its rows.", BASE,
             **RARE),
        Slip("whether any differs", lambda d, a, b: d.any().astype(float), "You say whether any row differs, 0 or 1. Say in what share of the "
             "rows.", BASE, **RARE),
        Slip("percent", lambda d, a, b: 100 * d.mean(), "You return percent; a share is asked for.", UNIT, False),
        Slip("one share for all", lambda d, a, b: float(d.to_numpy().mean()), "You return one share for the whole table; each feature "
             "has its own.", AXIS, False, **RARE),
    ),
    "back": (
        Slip("the share that agrees", lambda shares, a: 1 - shares, "You return the share that agrees.", DIRECTION, False),
    ),
}
WITHOUT = (             # a pair that comes to the same as another mistake
    "to the last digit + missing is never equal | the same tolerance for all + missing is never equal | "
    "the same tolerance for all + missing is always equal | to the last digit + missing is zero | "
    "the same tolerance for all + missing is zero | missing is never equal + missing is zero | "
    "missing is always equal + missing is zero")


def _numbers_apart(a, b):
    return (a - b).abs() > 1e-6 * b.abs()


def _near(a, b):
    return np.isclose(a, b, rtol=1e-6, equal_nan=True)


def _in_order(a, b):
    return pd.Series({name: 1 - _near(np.sort(a[name]), np.sort(b[name])).mean() for name in a})


WAYS = {
    "way": (
        Slip("columns sorted first", _in_order, "You sort each column before you compare, so two columns with one histogram pass for equal, though "
             "their rows have been exchanged. Compare row by row.", AXIS),
        Slip("values found elsewhere", lambda a, b: pd.Series({name: 1 - a[name].isin(b[name]).mean() for name in a}), "You ask whether a value stands "
             "anywhere in the other column (`isin`). Compare row by row.", AXIS),
        Slip("missing is the mean", lambda a, b: pd.Series(1 - _near(a.fillna(a.mean()), b.fillna(b.mean())).mean(axis=0)), "You put the column's mean "
             "in place of missing values. Two gaps then differ where the means do: compare the gaps apart.", BASE),
        Slip("missing is −999, to the last digit", lambda a, b: (a.fillna(-999) != b.fillna(-999)).mean(), "You put −999 in place of missing values, "
             "though a feature may hold it as a code; and numbers that differ by rounding count as different.", BASE),
        Slip("as text", lambda a, b: (a.astype(str) != b.astype(str)).mean(), "You compare texts, so numbers that differ by rounding count, and 0 "
             "differs from −0. Compare numbers, within a millionth.", BOUNDARY),
        Slip("whether any differs, to the last digit", lambda a, b: pd.Series({name: float(not a[name].equals(b[name])) for name in a}), "You say whether "
             "the columns are equal to the last digit, 0 or 1. Say in what share of the rows they differ by more than rounding.", BASE),
        Slip("the rates of missing values", lambda a, b: _numbers_apart(a, b).mean() + (a.isna().mean() - b.isna().mean()).abs(), "Of the gaps you "
             "compare only how many there are on each side. A gap that moved to another row is two differences: compare row by row.", AXIS),
        Slip("a gap counted twice", lambda a, b: (1 - _near(a, b)).mean(axis=0) + (a.isna() ^ b.isna()).mean(), "A number against a missing value "
             "counts twice. It is one row that differs.", BASE),
        Slip("means compared", lambda a, b: pd.Series((~np.isclose(a.mean(), b.mean(), rtol=1e-6, equal_nan=True)).astype(float), a.columns),
             "You compare the means of the columns. Rows may differ and the mean stay: compare row by row.", MEAN),
    ),
}
MISTAKES = (*mistakes_of(_build, STEPS, WITHOUT), *mistakes_of(lambda way=None: way, WAYS))
