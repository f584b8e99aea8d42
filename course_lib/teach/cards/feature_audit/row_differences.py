"""Exercise of the feature audit: the mismatch that betrays a leak, and what is written in its place."""

import numpy as np
import pandas as pd

from course_lib.data.audit import mismatch
from course_lib.teach.cards.feature_audit import differ_slips, far_tables
from course_lib.teach.definitions.card import Card, Case, Mistake
from course_lib.teach.definitions.mistake_kinds import DIRECTION, UNIT


def _mismatch_cases(rng):
    out = []
    for n, names in ((8, ["a", "b"]), (15, ["a", "b", "c"]), (5, ["a"])):
        one = pd.DataFrame({name: rng.normal(size=n).round(2) + 3 for name in names}).mask(rng.random((n, len(names))) < 0.3)
        other = one * (1 + 1e-10)
        other = other.mask(rng.random(other.shape) < 0.3, other + 1.0).mask(rng.random(other.shape) < 0.15)
        out.append(Case(f"{n} rows, {len(names)} features", (one, other)))
    one = pd.DataFrame({"rate": rng.uniform(0.01, 0.09, 10), "bytes": rng.uniform(1e6, 9e6, 10), "same": np.arange(10.0)})
    one["debt"] = -rng.uniform(1, 9, 10)
    other = one.assign(debt=one["debt"] * (1 + 1e-10), rate=one["rate"].mask(rng.random(10) < 0.4, one["rate"] - 2e-4), bytes=one["bytes"] * (1 + 1e-9))
    one.index = other.index = rng.permutation(50)[:10]
    return [*out, Case("small rates and large counts, rows of a larger table", (one, other)),
            Case("the fourth digit, the ninth, signs and codes", (_TRAINED, _RECOMPUTED)),
            Case("one row", (pd.DataFrame({"a": [1.0], "b": [np.nan], "c": [3.0]}), pd.DataFrame({"a": [1.0], "b": [np.nan], "c": [4.0]})))]


_TRAINED = pd.DataFrame({
    "signed": [2.5, -5.0, 0.0, 4.0, 3.00000011, np.nan],
    "count": [100_000_001.0, 9_123_000.0, 3.0, 7.0, 0.0, 52_000.0],
    "code": [-999.0, np.nan, 999.0, -99.0, np.nan, 1e9],
    "rate": [0.0104, 0.0005, 0.05, np.nan, 0.03, 0.02]})
_RECOMPUTED = pd.DataFrame({
    "signed": [-2.5, -7.0, 4.0, 0.0, 3.00000013, np.nan],
    "count": [100_000_004.0, 9_124_000.0, 3.001, 7.0, 0.0, 52_000.0],
    "code": [np.nan, -9999.0, np.nan, np.nan, -1e9, np.nan],
    "rate": [0.01042, 0.000505, 0.05, np.nan, 0.03, 0.02]})


def _mismatch_loop(trained, recomputed):
    share = {}
    for name in trained:
        pairs = list(zip(trained[name], recomputed[name], strict=True))
        same = [(np.isnan(a) and np.isnan(b)) or abs(a - b) <= 1e-6 * abs(b) for a, b in pairs]
        share[name] = 1 - sum(same) / len(same)
    return pd.Series(share)


def _apart(a, b):
    """Which numbers differ; False where one is missing."""
    return (a - b).abs() > 1e-6 * b.abs()


def _apart_absolute(a, b):
    return (a - b).abs() > 1e-6


def _both_missing(a, b):
    return a.isna() & b.isna()


def _one_missing(a, b):
    return a.isna() ^ b.isna()


def _all_differences(a, b):
    return _apart(a, b) | _one_missing(a, b)


def _absolute(a, b):
    return (_apart_absolute(a, b) | _one_missing(a, b)).mean()


def _rounded(places):
    return lambda a, b: mismatch(a.round(places), b.round(places))


def _unlike_when_rounded(places):
    return lambda a, b: ((a.round(places) != b.round(places)) & ~_both_missing(a, b)).mean()


def _values(answer):
    """The shares of an answer, in order; a dict's are those of its columns."""
    return np.asarray(list(answer.values()) if isinstance(answer, dict) else answer, float)


_HAND_2 = (pd.DataFrame({"clicks": [1.0, 2.0, np.nan, 4.0], "idle": [np.nan, np.nan, 5.0, 6.0]}),
           pd.DataFrame({"clicks": [1.0, 3.0, np.nan, np.nan], "idle": [np.nan, np.nan, 5.0, 6.0 + 1e-9]}))
_ZERO = (pd.DataFrame({"clicks": [0.0, np.nan, 0.0, np.nan], "balance": [-1.0, np.nan, np.nan, 2.0]}),
         pd.DataFrame({"clicks": [np.nan, np.nan, 0.0, np.nan], "balance": [-1.0, -1.0, np.nan, 1.0]}))

MISMATCH = Card(
    id="feature_audit.2", title="The share of rows that differ", minutes=7, difficulty=2, used_in=("{{ranker}}", "{{launch}}",),
    task="Two tables hold the same rows: the features a model was trained on, and the same features recomputed as of each row's "
         "moment. For each feature, say in what share of all rows the two differ. Two missing values are equal; a missing value "
         "and a number are not. Numbers that differ in the ninth digit only are equal (rounding); a difference in the first four "
         "digits counts.",
    shapes="Rows and columns in the same order, floats with NaN; returns shares in the order of the columns.",
    why="The same function finds two faults. Training values against recomputed ones: leakage. Values that were served and logged "
        "against recomputed ones: skew. `np.isclose(..., equal_nan=True)` follows all three rules at once.",
    reference=mismatch, alternative=_mismatch_loop, cases=lambda rng: [*_mismatch_cases(rng), *far_tables.mismatch_cases()],
    call=lambda fn, trained, recomputed: _values(fn(trained, recomputed)),
    by_hand=(Case("two of four clicks differ, no idle time does", _HAND_2, expected=np.array([0.5, 0.0])),
             Case("0 and −1 are numbers, not missing", _ZERO, expected=np.array([0.25, 0.5]))),
    mistakes=(
        Mistake("missing is never equal", lambda a, b: (_all_differences(a, b) | _both_missing(a, b)).mean(),
                "Two missing values count as a difference in your result. Nothing was known on both sides: that is the same."),
        Mistake("missing is never equal, absolute", lambda a, b: (
            _apart_absolute(a, b) | _one_missing(a, b) | _both_missing(a, b)).mean(),
                "Two missing values count as a difference in your result, and your tolerance is the same for large and small "
                "numbers. Two missing values are equal, and the tolerance goes by the size of the number."),
        Mistake("missing is never equal, to the last digit", lambda a, b: (a != b).mean(),
                "`!=` says True for two missing values, and for numbers that differ by rounding. Neither is a difference."),
        Mistake("missing is always equal", lambda a, b: _apart(a, b).mean(),
                "A number against a missing value counts as equal in your result, for NaN > x is False. It is the plainest "
                "difference there is."),
        Mistake("missing is always equal, absolute", lambda a, b: _apart_absolute(a, b).mean(),
                "A number against a missing value counts as equal in your result (NaN > x is False), and your tolerance is the same "
                "for large and small numbers."),
        Mistake("only missing counts", lambda a, b: _one_missing(a, b).mean(),
                "You count only rows where one value is missing. Two numbers may differ too."),
        Mistake("missing is zero", lambda a, b: _all_differences(a.fillna(0), b.fillna(0)).mean(),
                "You put 0 in place of missing values, so a 0 and a missing value count as equal. Compare the gaps apart."),
        Mistake("missing is zero, absolute", lambda a, b: _absolute(a.fillna(0), b.fillna(0)),
                "You put 0 in place of missing values, so a 0 and a missing value count as equal; and your tolerance is the same "
                "for large and small numbers."),
        Mistake("missing is zero, to the last digit", lambda a, b: (a.fillna(0) != b.fillna(0)).mean(),
                "You put 0 in place of missing values, so a 0 and a missing value count as equal; and numbers that differ by "
                "rounding count as different."),
        Mistake("missing is minus one", lambda a, b: _all_differences(a.fillna(-1), b.fillna(-1)).mean(),
                "You put −1 in place of missing values. A feature may hold −1 itself: compare the gaps apart."),
        Mistake("missing is minus one, to the last digit", lambda a, b: (a.fillna(-1) != b.fillna(-1)).mean(),
                "You put −1 in place of missing values, though a feature may hold −1 itself; and numbers that differ by rounding "
                "count as different."),
        Mistake("rows without gaps only", lambda a, b: _apart(a, b).sum() / (a.notna() & b.notna()).sum(),
                "You leave rows with a missing value out. All rows count, and one missing value is a difference."),
        Mistake("rows with a value only", lambda a, b: _all_differences(a, b).sum() / (~_both_missing(a, b)).sum(),
                "You divide by the rows that have a value on some side. Divide by all rows: two missing values are equal."),
        Mistake("rows with a trained value", lambda a, b: _all_differences(a, b).sum() / a.notna().sum(),
                "You divide by the rows whose trained value is there. Divide by all rows."),
        Mistake("rows with a trained value only", lambda a, b: ((_apart(a, b) | b.isna()) & a.notna()).sum() / a.notna().sum(),
                "You look only at rows whose trained value is there. All rows count, and a value that appears is a difference too."),
        Mistake("rows without any gap", lambda a, b: _apart(a, b)[(a.notna() & b.notna()).all(axis=1)].mean(),
                "You drop every row that has a gap in any column. All rows count for each feature."),
        Mistake("to the last digit", lambda a, b: ((a != b) & ~_both_missing(a, b)).mean(),
                "You ask for equality to the last digit. Two ways of adding the same numbers differ there: allow a small "
                "tolerance."),
        Mistake("the same tolerance for all", _absolute,
                "Your tolerance is the same for large and small numbers, or you round both to some places. In millions the ninth "
                "digit is worth more than that: go by the size of the number (rtol)."),
        Mistake("tolerance of the wrong sign", lambda a, b: (((a - b).abs() > 1e-6 * b) | _one_missing(a, b)).mean(),
                "Your tolerance goes by the number itself, so it is negative for negative numbers, and equal ones differ. Take the "
                "absolute value."),
        Mistake("difference without its sign", lambda a, b: ((a - b > 1e-6 * b.abs()) | _one_missing(a, b)).mean(),
                "You count only rows in which `trained` is the larger. Take the absolute difference."),
        Mistake("a thousandth", lambda a, b: ((a - b).abs().gt(1e-3) | _one_missing(a, b)).mean(),
                "Your tolerance is so wide that a rate of 0.0202 passes for 0.0200. Let it be a millionth of the number."),
        Mistake("rounded to two places", _rounded(2),
                "You round to two places before comparing. In a feature that is small throughout, real differences vanish."),
        *(Mistake(f"rounded to {word} places", _unlike_when_rounded(places),
                  f"You round to {word} places before comparing, or allow all numbers as much. Places count from the point, digits from the first that is not 0: in "
                  "small numbers real differences vanish, in large ones rounding stays. Go by the size of the number (rtol).", UNIT)
          for places, word in ((3, "three"), (4, "four"), (5, "five"), (6, "six"), (8, "eight"), (9, "nine"))),
        *(Mistake(f"a tolerance of {size:g} for all", lambda a, b, size=size: ((a - b).abs().gt(size) | _one_missing(a, b)).mean(),
                  f"Your tolerance is {size:g} for large and small numbers alike. In millions the ninth digit is worth more than that, "
                  "and a whole small rate may be worth less: go by the size of the number (rtol).", UNIT) for size in (1e-8, 1e-9)),
        Mistake("a thousandth of the number", lambda a, b: ((a - b).abs().gt(1e-3 * b.abs()) | _one_missing(a, b)).mean(),
                "Your tolerance is a thousandth of the number, so that 1.001 passes for 1. A difference in the fourth digit counts: let "
                "it be a millionth of the number.", UNIT),
        Mistake("a billionth of the number", lambda a, b: pd.Series(1 - np.isclose(a, b, rtol=1e-9, equal_nan=True).mean(axis=0)),
                "Your tolerance is a billionth of the number, so a difference in the ninth digit counts. That is rounding: let it be a "
                "millionth of the number.", UNIT),
        Mistake("a part of a negative number", lambda a, b: (((a - b).abs() / b > 1e-6) | _one_missing(a, b)).mean(),
                "You divide the difference by the number itself. Where that is negative, no difference is large enough: take its "
                "absolute value.", DIRECTION),
        Mistake("the share that agrees", lambda a, b: 1 - mismatch(a, b),
                "You return the share of rows that agree. The audit wants the share that differ."),
        Mistake("the mean difference", lambda a, b: (a - b).abs().mean(),
                "You return the mean difference. It depends on the unit of the feature; the share of rows does not."),
        Mistake("the mean relative difference", lambda a, b: ((a - b).abs() / b.abs()).mean(),
                "You return the mean relative difference. The question is in how many rows the two differ, not by how much."),
        Mistake("counts", lambda a, b: mismatch(a, b) * len(a),
                "You return a number of rows. Divide by how many there are."),
        Mistake("one share for all", lambda a, b: float(_all_differences(a, b).to_numpy().mean()),
                "You return one share for the whole table. Each feature has its own: take the mean of each column."),
        Mistake("one share for any", lambda a, b: float(_all_differences(a, b).any(axis=1).mean()),
                "You return the share of rows in which any feature differs. Each feature has its own share."),
        Mistake("by row", lambda a, b: _all_differences(a, b).mean(axis=1),
                "You return a share for each row. Take the mean down each column: axis=0."),
        Mistake("shares of all differences", lambda a, b: _all_differences(a, b).sum() / max(
            _all_differences(a, b).to_numpy().sum(), 1),
                "You return how the differences are spread over the features. Divide by the number of rows instead."),
        *differ_slips.MISTAKES,
    ),
    hints=("Write down, for one cell of the table, the three cases: both missing, one missing, none missing.",
           "Build a table of True and False, then take the mean of each column.",
           "`1 - np.isclose(trained, recomputed, rtol=1e-6, equal_nan=True).mean(axis=0)`"),
)
