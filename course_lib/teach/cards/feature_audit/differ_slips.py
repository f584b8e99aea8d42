"""Slips in the steps of a share of rows that differ: when numbers differ, what a gap is, who is divided by, what is returned."""


from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import AXIS, BASE, BOUNDARY, DIRECTION, UNIT

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
    ),
    "share": (
        Slip("rows with a value only", lambda d, a, b: d.sum() / (~(a.isna() & b.isna())).sum(), "You divide by rows that have a value "
             "on some side; divide by all.", BASE, False),
        Slip("rows with a trained value", lambda d, a, b: d.sum() / a.notna().sum(), "You divide by rows whose trained value is there; "
             "divide by all.", BASE, False, **RARE),
        Slip("rows with both values", lambda d, a, b: d.sum() / (a.notna() & b.notna()).sum(), "You divide by rows that have both "
             "values; divide by all.", BASE, **RARE),
        Slip("counts", lambda d, a, b: d.sum(), "You return numbers of rows; divide by how many there are.", UNIT, False),
        Slip("by row", lambda d, a, b: d.mean(axis=1), "You return a share for each row; take it down each column.", AXIS, False, **RARE),
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
MISTAKES = tuple(mistakes_of(_build, STEPS, WITHOUT))
