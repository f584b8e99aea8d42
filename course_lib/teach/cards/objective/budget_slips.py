"""Families of wrong budgets and guardrails: units, fixed part, rounding and floor in any two; any pair of conditions."""

import math

from course_lib.teach.cards.two_slips import in_one, mistakes_of, names, slips, spelled
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import BOUNDARY, DIRECTION, IGNORED, UNIT


def _off(b, f, p, unit):
    return (b - f) * unit / p


def _floor(x):
    return math.floor(x) if math.isfinite(x) else 0


def counted(left=_off, unit=1000, whole=_floor, least=lambda n: max(0, n)):
    def wrong(budget_ms, fixed_ms, per_item_us):
        return least(whole(left(budget_ms, fixed_ms, per_item_us, unit)))
    return wrong


NEW = ("a hundred", "1,024", "ten thousand", "multiplied", "fixed part twice", "the fixed part alone", "-1 where none fits", "fixed part less the budget")
STEPS = {
    "unit": slips(
        UNIT,
        ("no unit", 1, "you divide milliseconds by microseconds"), ("seconds", 1_000_000, "you multiply by a million, and a millisecond is 1,000 microseconds"),
        ("units the wrong way", 1 / 1000, "you divide by 1,000, and a millisecond is 1,000 microseconds"), ("a hundred", 100, "you multiply by 100, and a millisecond is 1,000 microseconds"),
        ("1,024", 1024, "you multiply by 1,024, and a millisecond is 1,000 microseconds"), ("ten thousand", 10_000, "you multiply by 10,000, and a millisecond is 1,000 microseconds"),
        alone=NEW, unpaired=("a text",),
    ),
    "left": slips(
        DIRECTION,
        ("fixed part forgotten", lambda b, f, p, u: b * u / p, "the fixed part does not come off the budget"),
        ("fixed part added", lambda b, f, p, u: (b + f) * u / p, "you add the fixed part to the budget"),
        ("fixed part off the items", lambda b, f, p, u: b * u / p - f, "you take the fixed part off the number of items"),
        ("fixed part on each item", lambda b, f, p, u: b * u / (f * u + p), "you charge the fixed part for each item"),
        ("fixed part in microseconds", lambda b, f, p, u: (b * u - f) / p, "the fixed part is taken for microseconds"),
        ("budget in microseconds", lambda b, f, p, u: (b - f * u) / p, "the budget is taken for microseconds"),
        ("fixed part less the budget", lambda b, f, p, u: (f - b) * u / p, "you subtract the budget from the fixed part"),
        ("multiplied", lambda b, f, p, u: (b - f) * u * p, "you multiply by the cost of an item, but it should be divided by"),
        ("divided by both", lambda b, f, p, u: b * u / (p + f), "you add the fixed part to the cost of an item"),
        ("an item less first", lambda b, f, p, u: (b - f) * u / p - 1, "you take one item off"),
        ("an item more", lambda b, f, p, u: (b - f) * u / p + 1, "you put one item on top"),
        ("fixed part twice", lambda b, f, p, u: (b - 2 * f) * u / p, "the fixed part comes off twice"),
        ("the fixed part alone", lambda b, f, p, u: f * u / p, "you divide the fixed part, but it should be what the budget leaves beside it"),
        alone=NEW, unpaired=("a text",),
    ),
    "whole": slips(
        BOUNDARY,
        ("rounded up", lambda x: math.ceil(x), "you round up"), ("to the nearest", lambda x: round(x), "you round to the nearest whole number"),
        ("not rounded", lambda x: x, "you keep parts of an item"), ("cut towards 0", lambda x: int(x), "you cut towards 0, and not below"),
        ("a full budget refused", lambda x: math.ceil(x) - 1, "a budget that the items fill exactly is refused its last one"),
        ("a text", lambda x: str(math.floor(x)), "you return a text"),
        alone=NEW, unpaired=("a text",),
    ),
    "least": slips(
        BOUNDARY,
        ("negative", lambda n: n, "the answer can be negative, and none fits: 0"), ("sign lost", abs, "the sign is lost where the fixed part is too much, and none fits: 0"),
        ("at least one", lambda n: max(1, n), "you score at least one item"), ("None where none fits", lambda n: n if n > 0 else None, "you return None where none fits, but it should be 0"),
        ("-1 where none fits", lambda n: n if n > 0 else -1, "you return −1 where none fits, but it should be 0"),
        alone=NEW, unpaired=("a text",),
    ),
}


WITHOUT = ("no unit; fixed part forgotten", "no unit; fixed part in microseconds", "no unit; budget in microseconds",
           "no unit; divided by both", "units the wrong way; fixed part forgotten",
           "units the wrong way; fixed part added", "units the wrong way; fixed part off the items",
           "units the wrong way; fixed part on each item", "units the wrong way; fixed part less the budget",
           "units the wrong way; fixed part twice", "units the wrong way; the fixed part alone",
           "ten thousand; budget in microseconds", "no unit; cut towards 0", "seconds; not rounded",
           "seconds; cut towards 0", "units the wrong way; cut towards 0",
           "units the wrong way; a full budget refused", "a hundred; cut towards 0", "1,024; cut towards 0",
           "ten thousand; cut towards 0", "fixed part forgotten; cut towards 0", "fixed part added; cut towards 0",
           "fixed part off the items; cut towards 0", "fixed part on each item; cut towards 0",
           "fixed part on each item; a full budget refused", "fixed part in microseconds; cut towards 0",
           "budget in microseconds; cut towards 0", "fixed part less the budget; rounded up",
           "fixed part less the budget; to the nearest", "fixed part less the budget; not rounded",
           "fixed part less the budget; cut towards 0", "multiplied; cut towards 0", "divided by both; cut towards 0",
           "an item less first; rounded up", "an item less first; cut towards 0", "an item more; cut towards 0",
           "an item more; a full budget refused", "fixed part twice; cut towards 0",
           "the fixed part alone; cut towards 0", "fixed part forgotten; negative", "fixed part forgotten; sign lost",
           "fixed part forgotten; at least one", "fixed part forgotten; None where none fits",
           "fixed part forgotten; -1 where none fits", "fixed part added; negative", "fixed part added; sign lost",
           "fixed part added; at least one", "fixed part added; None where none fits",
           "fixed part added; -1 where none fits", "fixed part off the items; negative",
           "fixed part off the items; sign lost", "fixed part off the items; at least one",
           "fixed part off the items; None where none fits", "fixed part off the items; -1 where none fits",
           "fixed part on each item; negative", "fixed part on each item; sign lost",
           "fixed part in microseconds; negative", "fixed part in microseconds; sign lost",
           "fixed part in microseconds; at least one", "fixed part in microseconds; None where none fits",
           "fixed part in microseconds; -1 where none fits", "divided by both; negative", "divided by both; sign lost",
           "divided by both; at least one", "divided by both; None where none fits",
           "divided by both; -1 where none fits", "the fixed part alone; negative", "the fixed part alone; sign lost",
           "rounded up; negative", "rounded up; sign lost", "to the nearest; negative", "not rounded; negative",
           "cut towards 0; negative", "cut towards 0; sign lost", "cut towards 0; at least one",
           "cut towards 0; None where none fits", "cut towards 0; -1 where none fits",
           "fixed part less the budget; sign lost", "seconds; budget in microseconds")
BUDGETS = tuple(mistakes_of(counted, STEPS, WITHOUT, named=names("; ", "{step}: {name}"), told=in_one()))

# --- 1.6: under which condition it passes, under which it fails, and which is asked first ----------------------------
CONDITIONS = {
    "low > −margin": lambda low, high, m: low > -m,
    "low >= −margin": lambda low, high, m: low >= -m,
    "low > 0": lambda low, high, m: low > 0,
    "low > margin": lambda low, high, m: low > m,
    "high > −margin": lambda low, high, m: high > -m,
    "high > 0": lambda low, high, m: high > 0,
    "the middle > −margin": lambda low, high, m: (low + high) / 2 > -m,
    "the middle > 0": lambda low, high, m: low + high > 0,
    "high < −margin": lambda low, high, m: high < -m,
    "high <= −margin": lambda low, high, m: high <= -m,
    "high < 0": lambda low, high, m: high < 0,
    "low < −margin": lambda low, high, m: low < -m,
    "low < 0": lambda low, high, m: low < 0,
    "high < margin": lambda low, high, m: high < m,
    "the middle < −margin": lambda low, high, m: (low + high) / 2 < -m,
    "both within ± margin": lambda low, high, m: -m < low and high < m,
    "high − low < margin": lambda low, high, m: high - low < m,
    "always": lambda low, high, m: True,
    "never": lambda low, high, m: False,
}
PASSES = "To pass, a loss of margin must lie outside the interval, at its worse end."
FAILS = "To fail, even the better end must be a larger loss than margin."
RIGHT = {"passes": "low > −margin", "fails": "high < −margin"}


def _asked(passes=CONDITIONS[RIGHT["passes"]], fails=CONDITIONS[RIGHT["fails"]]):
    def wrong(low, high, margin):
        order = ((passes, "pass"), (fails, "fail"))
        return next((answer for holds, answer in order if holds(low, high, margin)), "undecided")
    return wrong


ANSWER_STEPS = {
    "passes": slips(BOUNDARY, *((name, CONDITIONS[name], PASSES) for name in (
        "low >= −margin", "low > 0", "low > margin", "high > −margin", "high > 0", "the middle > −margin",
        "the middle > 0", "both within ± margin", "high − low < margin", "high < margin", "never"))),
    "fails": slips(BOUNDARY, *((name, CONDITIONS[name], FAILS) for name in (
        "high <= −margin", "high < 0", "low < −margin", "low < 0", "high < margin", "the middle < −margin", "always",
        "never"))),
}
ANSWER_WITHOUT = ("low > −margin | high <= −margin", "low > −margin | high < 0", "low > −margin | low < 0",
                  "low > −margin | always", "low > −margin | never", "low >= −margin | high < −margin",
                  "low >= −margin | high <= −margin", "low >= −margin | low < −margin", "low >= −margin | low < 0",
                  "low >= −margin | always", "low > 0 | high < −margin", "low > 0 | high <= −margin",
                  "low > 0 | high < 0", "low > 0 | low < −margin", "low > margin | high < −margin",
                  "low > margin | high < margin", "high > −margin | high <= −margin", "high > −margin | high < 0",
                  "high > −margin | low < −margin", "high > −margin | low < 0", "high > −margin | high < margin",
                  "high > −margin | the middle < −margin", "high > −margin | always", "high > 0 | high < margin",
                  "high > 0 | always", "the middle > −margin | low < −margin", "the middle > −margin | low < 0",
                  "the middle > −margin | high < margin", "the middle > −margin | always", "the middle > 0 | always",
                  "both within ± margin | high < −margin", "high − low < margin | high < −margin",
                  "high − low < margin | high <= −margin", "high < margin | high <= −margin",
                  "high < margin | high < 0", "high < margin | high < margin", "high < margin | never")


def _zero_inside(low, high, margin):
    if low <= 0 <= high:
        return "undecided"
    return "pass" if low > -margin else "fail"


def _any_large_change_fails(low, high, margin):
    if abs(low) < margin and abs(high) < margin:
        return "pass"
    return "fail" if abs(low) > margin and abs(high) > margin else "undecided"


def _too_wide(low, high, margin):
    if high - low > 2 * margin:
        return "undecided"
    return "pass" if low > -margin else "fail"


ANSWERS = (
    *mistakes_of(
        _asked, ANSWER_STEPS, ANSWER_WITHOUT, named=spelled("{passes} | {fails}", **RIGHT), told=spelled(
            'Your answers are those of "pass" where {passes}, "fail" where {fails}, else "undecided". {says}', **RIGHT)),
    Mistake("0 inside is undecided", _zero_inside,
            "You answer \"undecided\" where 0 lies in the interval. That says whether there is a change. Whether a loss of margin is excluded is "
            "said by −margin: an interval around 0 may pass.", IGNORED),
    Mistake("any large change fails", _any_large_change_fails,
            "You take low and high without their sign, so a large gain fails. A guardrail looks at the side of harm alone: −margin.", DIRECTION),
    Mistake("too wide is undecided", _too_wide,
            "You answer \"undecided\" by the width of the interval. A wide one can still lie all above −margin, or all below: ask where its "
            "ends are.", IGNORED),
)
