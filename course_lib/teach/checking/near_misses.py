"""Near misses that any exercise can suffer: recognised from what came out, without being listed on a card.

Each rule asks whether the learner's answers equal the right ones after one slip (transposed, one place off, the
mean for the sum …) on every case. A rule that holds on all cases and changes at least one is the diagnosis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from course_lib.teach.checking.equality import kind, numeric, same

AXES = {-1: "the last axis", 0: "the first axis", 1: "the second axis"}
TOLERANCE = {"rtol": 1e-4, "atol": 1e-7}


@dataclass(frozen=True)
class Slip:
    """A recognised slip: a short name for tables, a sentence for the learner."""

    name: str
    says: str


def _flip(axis):
    return lambda w: np.flip(w, axis) if w.ndim > max(axis, 0) and w.ndim else None


# name, right answer -> what the slip makes of it (None: does not apply), sentence
TRANSFORMS = [
    ("transposed", lambda w: w.T if w.ndim == 2 else None,
     "Your result is the transpose of the right one. Swap its two axes (`.T`), or exchange the two operands."),
    ("wrong sign", lambda w: -w.astype(float), "Your result is the right one with the wrong sign: negate it."),
    ("off by one", lambda w: w + 1.0, "Every value is exactly one too large."),
    ("off by one", lambda w: w - 1.0, "Every value is exactly one too small."),
    ("order reversed", _flip(-1), "The values are right but in reverse order along the last axis: turn it round, or "
                                  "sort the other way."),
    ("order reversed", _flip(0), "The values are right but in reverse order along the first axis: turn it round, or "
                                 "sort the other way."),
    ("extra axis", lambda w: w[..., None], "The values are right, with an axis of length 1 too many at the end: index "
                                           "it away, or reduce without keepdims."),
    ("extra axis", lambda w: w[None], "The values are right, with an axis of length 1 too many in front: index it "
                                      "away."),
    ("complement", lambda w: 1.0 - w, "Your result is 1 minus the right one: the share of the opposite."),
    ("inverse", lambda w: 1.0 / w, "Your result is 1 divided by the right one: numerator and denominator are swapped."),
    ("root forgotten", lambda w: np.square(w.astype(float)), "Your result is the square of the right one: a square "
                                                             "root is missing."),
    ("root too many", lambda w: np.sqrt(w), "Your result is the square root of the right one: one root too many."),
    ("log forgotten", lambda w: np.exp(w), "Your result is the exponential of the right one: a logarithm is missing."),
    ("log too many", lambda w: np.log(w), "Your result is the logarithm of the right one: one log too many."),
    ("absolute value", lambda w: np.abs(w), "Your result is the absolute value of the right one: the sign is lost."),
    ("cut at zero", lambda w: np.maximum(w, 0), "Your result is the right one with negative values cut to 0."),
    ("wrong dtype", lambda w: np.trunc(w.astype(float)), "Your values are the right ones cut to whole numbers: "
                                                         "somewhere an integer dtype (or `//`) drops the fraction."),
    *((f"rounded to {places}", lambda w, places=places: np.round(w.astype(float), places),
       f"Your values are the right ones rounded to {places} decimals: return them unrounded.") for places in range(5)),
]
FACTORS = {
    100.0: "100 times the right one: a share, not a percentage, is asked for", 0.01: "a hundredth of the right one: "
    "divided by 100 once too often", 1 / np.log(2): "the right one in bits: use the natural logarithm, not log2",
    np.log(2): "the right one times log 2: use log2, not the natural logarithm", 1 / np.log(10): "the right one in "
    "decades: use the natural logarithm, not log10", 2.0: "twice the right one", 0.5: "half the right one",
    1000.0: "1,000 times the right one: check the unit (seconds, milliseconds)", 0.001: "a thousandth of the right "
    "one: check the unit (seconds, milliseconds)", 86400.0: "86,400 times the right one: days, not seconds, are asked "
    "for", 1 / 86400.0: "the right one divided by 86,400: seconds, not days, are asked for",
}


def from_outputs(pairs: list[tuple], names: list[dict]) -> Slip | None:
    """The slip that turns every right answer into the learner's.

    pairs: (got, want) of each case. names: per case, what lengths its arguments have: {"axis 0 of `scores`": 4}.
    """
    if all(same(got, want) for got, want in pairs):
        return None                                      # the values are right; their sort or dtype is not
    rules = (_containers, _exchanged, _not_numbers, _transformed, _parts, _shifted, lambda p: _factor(p, names),
             _reduced, _close)
    for rule in rules:
        slip = rule(pairs)
        if slip:
            return slip
    return None


def _containers(pairs):
    got, want = pairs[0]
    kinds = kind(got), kind(want)
    if kinds[0] == "generator":
        return Slip("generator", f"You return a generator; return the finished {kinds[1]}.")
    if kinds[0] == "function":
        return Slip("not called", "You return a function or class, not what it gives: call it, or return an instance.")
    if isinstance(got, tuple) and not isinstance(want, (tuple, list)):
        for index in range(len(got)):
            if all(isinstance(g, tuple) and len(g) > index and same(g[index], w) for g, w in pairs):
                return Slip("tuple", f"You return {len(got)} things and number {index + 1} of them is the answer: "
                                     f"return that alone.")
    return None


def _exchanged(pairs):
    for got, want in pairs:
        if not (isinstance(got, (tuple, list)) and isinstance(want, tuple) and len(got) == len(want) == 2):
            return None
        if not same((got[1], got[0]), want):
            return None
    return Slip("exchanged", "Your two answers are right, but in the other order: exchange them in the `return`.")


def _not_numbers(pairs):
    right = [numeric(want) for _, want in pairs]
    legal = any(np.isnan(b).any() for b in right if b is not None and b.dtype.kind in "fc")
    found = None
    for got, want in pairs:
        if same(got, want):
            continue
        a, b = numeric(got), numeric(want)
        if a is None or b is None or a.dtype.kind not in "fc" or not a.size:
            return None
        bad = ~np.isfinite(a)
        fine = bad & np.isfinite(b) if a.shape == b.shape else bad & bool(np.isfinite(b).all())
        if not fine.any() or bad.sum() <= (~np.isfinite(b)).sum():
            return None                                  # a wrong answer of another kind: that is the thing to tell
        found = found or (a, fine)
    if found is None:
        return None
    a, fine = found
    where = ", ".join(str(int(i)) for i in np.argwhere(fine)[0])
    what = "NaN" if np.isnan(a[fine]).any() else "infinite"
    often = "a division by zero, a log of zero, an exp of too much, the mean of nothing, labels that do not match."
    cause = ", where a number belongs." if legal else f". What is often behind it: {often}"
    return Slip("NaN", f"{int(fine.sum())} of {a.size} values are {what}{f', first at {where}' * bool(where)}{cause}")


def _arrays(pairs):
    arrays = [(numeric(g), numeric(w)) for g, w in pairs]
    return None if any(g is None or w is None for g, w in arrays) else arrays


def _transformed(pairs):
    arrays = _arrays(pairs)
    if not arrays:
        return None
    for name, change, says in TRANSFORMS:
        with np.errstate(all="ignore"):
            fits = all(_is(change, g, w, name) for g, w in arrays)
            if fits and _enough(name, arrays) and any(_moves(change, w) for _, w in arrays):
                return Slip(name, says + _counted(name, arrays))
    return None


def _enough(name, arrays) -> bool:
    """Is there enough to see it by? Answers that are nothing but 0 are also "the right ones cut to whole numbers"."""
    values = np.unique(np.concatenate([g.ravel().astype(float) for g, _ in arrays]))
    if name == "wrong dtype":
        return len(np.unique(np.round(values))) >= 3
    if name in ("cut at zero", "absolute value", "inverse", "log forgotten", "log too many", "root forgotten",
                "root too many", "complement") or name.startswith("rounded"):
        return len(values) >= 2
    return True


def _counted(name, arrays) -> str:
    """A cause for an answer that is one off: only counts and places are counted from 0 or 1."""
    if name != "off by one" or any(w.dtype.kind not in "iu" for _, w in arrays):
        return ""
    return " Do you count from the wrong end of a range, or from 1 where 0 is the first?"


def _moves(change, want) -> bool:
    """Does the slip change this right answer at all?"""
    changed = change(want)
    return changed is not None and not same(np.asarray(want, float), np.asarray(changed, float), **TOLERANCE)


def _is(change, got, want, name):
    changed = change(want)
    if changed is not None and name == "off by one":        # 1,000,001 is not 1,000,000 within a tolerance of 1e-4
        return same(np.asarray(got, float), np.asarray(changed, float), 0, 1e-4)
    return changed is not None and same(np.asarray(got, float), np.asarray(changed, float), **TOLERANCE)


def _parts(pairs):
    """One element more or fewer than the right answer, the rest the same."""
    arrays = _arrays(pairs)
    if not arrays or any(g.ndim != w.ndim or g.ndim == 0 for g, w in arrays):
        return None
    rules = [("one short", lambda g, w: same(g, w[..., :-1]), "The last value is missing: an end that is one too "
                                                              "early."),
             ("one short", lambda g, w: same(g, w[..., 1:]), "The first value is missing: a start that is one too "
                                                             "late."),
             ("one long", lambda g, w: same(g[..., :-1], w), "There is one value too many at the end."),
             ("one long", lambda g, w: same(g[..., 1:], w), "There is one value too many in front.")]
    for name, rule, says in rules:
        if all(rule(g, w) for g, w in arrays if w.size) and any(w.size > 1 for _, w in arrays):
            return Slip(name, says + " Off by one: check the ends of a slice or range.")
    return None


def _shifted(pairs):
    arrays = _arrays(pairs)
    if not arrays or any(g.shape != w.shape or g.ndim == 0 for g, w in arrays):
        return None
    if not any(w.shape[-1] > 2 for _, w in arrays):
        return None
    for says, rule in (("later", lambda g, w: same(g[..., 1:], w[..., :-1])),
                       ("earlier", lambda g, w: same(g[..., :-1], w[..., 1:]))):
        if all(rule(g, w) for g, w in arrays):
            return Slip("shifted by one", f"Your values are the right ones, one place {says}: an index is off by one.")
    return None


def _ratio(got, want):
    """The one factor between two arrays of one shape, or None."""
    if got.shape != want.shape or got.dtype.kind not in "iuf" or want.dtype.kind not in "iuf":
        return None
    with np.errstate(all="ignore"):
        sure = np.abs(want) > 1e-9
        ratio = (got[sure] / want[sure]).ravel()
    if not ratio.size or not np.allclose(got[~sure], 0, atol=1e-7):
        return np.nan if same(got, want) else None
    return float(ratio[0]) if np.allclose(ratio, ratio[0], rtol=1e-4) else None


def _factor(pairs, names):
    arrays = _arrays(pairs)
    ratios = [_ratio(g, w) for g, w in arrays] if arrays else [None]
    if any(r is None for r in ratios):
        return None
    told = [(r, lengths) for r, lengths in zip(ratios, names, strict=True) if np.isfinite(r)]
    if any(abs(r) < 1e-9 for r, _ in told):                  # "always 0 times" explains nothing
        return None
    if not told or all(abs(r - 1) < 0.01 for r, _ in told):
        return None
    for axis in told[0][1]:
        lengths = [held.get(axis, 0) for _, held in told]
        slip = _axis_slip(axis, [r for r, _ in told], lengths)
        if slip:
            return slip
    first = told[0][0]
    if not np.allclose([r for r, _ in told], first, rtol=1e-3):
        return None
    for factor, says in FACTORS.items():
        if np.isclose(first, factor, rtol=1e-3):
            return Slip("constant factor", f"Your result is {says}.")
    return Slip("constant factor", f"Your result is always {first:.4g} times the right one.")


def _axis_slip(axis, ratios, lengths):
    if len(set(lengths)) < 2 and max(lengths) <= 2:      # a factor of 2 in one size proves nothing about the axis
        return None
    n = np.array(lengths, float)
    with np.errstate(all="ignore"):
        rules = [("mean for sum", 1 / n, f"is the right one divided by {axis}: a mean where a sum belongs"),
                 ("sum for mean", n, f"is the right one times {axis}: a sum where a mean belongs"),
                 ("n for n − 1", (n - 1) / n, f"is divided by n where n − 1 belongs (n: {axis}; `ddof=1`)"),
                 ("n − 1 for n", n / (n - 1), f"is divided by n − 1 where n belongs (n: {axis}; `ddof=0`)"),
                 ("root of n", np.sqrt(n), f"is the right one times the square root of {axis}"),
                 ("root of n", 1 / np.sqrt(n), f"is the right one divided by the square root of {axis}")]
    for name, expected, says in rules:
        if np.allclose(ratios, expected, rtol=1e-4):
            told = says.split(":")[0] if axis.startswith("the number") else says      # a number need not be a length
            return Slip("constant factor" if told != says else name, f"Your result {told}.")
    return None


def _reduced(pairs):
    """Summed or averaged once too often, or not yet."""
    arrays = _arrays(pairs)
    if not arrays:
        return None
    depth = {g.ndim - w.ndim for g, w in arrays}
    if depth not in ({1}, {-1}):
        return None
    missing = depth == {1}
    for axis in (-1, 0, 1):
        for name, rule in (("sum", np.sum), ("mean", np.mean), ("maximum", np.max)):
            if all(_reduces(rule, axis, *(pair if missing else pair[::-1])) for pair in arrays):
                return Slip("not reduced" if missing else "reduced too far",
                            f"The {name} over {AXES[axis]} of your result is the answer: take it before you return."
                            if missing else f"Your result is the {name} of the right one over {AXES[axis]}: keep "
                                            f"that axis.")
    return None


def _reduces(rule, axis, large, small):
    if not -large.ndim <= axis < large.ndim or not large.size:
        return False
    with np.errstate(all="ignore"):
        return same(rule(large, axis=axis), small, **TOLERANCE)


def _close(pairs):
    arrays = _arrays(pairs)
    if arrays and all(g.dtype.kind in "fiu" and same(g.astype(float), w.astype(float), 5e-3, 1e-6) for g, w in arrays):
        return Slip("imprecise", "Your values agree with the right ones to two or three digits only. That may be "
                                 "rounding, a low-precision dtype, or a small constant added for safety.")
    return None
