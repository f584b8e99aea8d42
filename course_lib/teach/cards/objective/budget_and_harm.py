"""Exercises 1.5 and 1.6: how many items fit a budget, and a guardrail."""

import numpy as np

from course_lib.evidence.noninferiority import non_inferiority
from course_lib.serving.deadline import affordable_items
from course_lib.teach.definitions.card import Card, Case, Mistake


# --- 1.5 -----------------------------------------------------------------------------------------------------------
def _budget_cases(rng):
    return [Case(f"{b:.0f} ms", (float(b), float(f), float(p))) for b, f, p in
            zip(rng.uniform(10, 60, 4).round(1), rng.uniform(0, 9, 4).round(1), rng.uniform(2, 70, 4).round(1), strict=True)]


BUDGET = Card(
    id="objective.5", title="How many items fit the budget", minutes=5, difficulty=1, used_in=("{{ann}}", "{{ranker}}", "{{launch}}",),
    task="A stage may take `budget_ms` milliseconds. It spends `fixed_ms` before the first item and `per_item_us` "
         "**micro**seconds on each. How many whole items can it score? None, if the fixed part is already too much.",
    shapes="three numbers; returns an int.",
    why="It is one division, and it decides the shape of the system: whatever the answer is, everything above it has to be cut by "
        "something cheaper. The fixed part comes off the budget first; a cost per item alone does not show it.",
    reference=affordable_items,
    alternative=lambda budget_ms, fixed_ms, per_item_us: int(max(budget_ms * 1000 - fixed_ms * 1000, 0) // per_item_us),
    cases=_budget_cases,
    by_hand=(Case("20 ms, 2 fixed, 10 µs an item", (20.0, 2.0, 10.0), expected=1800),
             Case("the fixed part is too much", (5.0, 8.0, 10.0), expected=0)),
    mistakes=(
        Mistake("units", lambda b, f, p: max(0, int((b - f) / p)),
                "You divide milliseconds by microseconds. One millisecond is 1,000 microseconds."),
        Mistake("fixed part forgotten", lambda b, f, p: int(b * 1000 / p),
                "You spend the whole budget on items; the fixed part comes off first."),
        Mistake("negative", lambda b, f, p: int(np.floor((b - f) * 1000 / p)),
                "Where the fixed part exceeds the budget your answer is negative. No items fit: 0."),
        Mistake("rounded up", lambda b, f, p: max(0, int(np.ceil((b - f) * 1000 / p + 1e-6))),
                "You round up, so the last item breaks the budget. Round down."),
    ),
    hints=("What is left of the budget for the items, and in which unit?",
           "(budget − fixed) in microseconds, divided by the cost of one, rounded down, not below 0.",
           "`max(0, int((budget_ms - fixed_ms) * 1000 / per_item_us))`"),
)


# --- 1.6 -----------------------------------------------------------------------------------------------------------
def _margin_cases(rng):
    out = []
    for i, centre in enumerate(rng.normal(0, 1.5, 8)):
        half = rng.uniform(0.2, 1.5)
        out.append(Case(f"interval {i}", (round(centre - half, 2), round(centre + half, 2), 1.0)))
    return out + [Case("surely harmless", (-0.2, 0.6, 1.0)), Case("surely harmful", (-3.0, -1.2, 1.0)),
                  Case("cannot be said", (-1.5, 0.4, 1.0)), Case("harmful but within the margin", (-0.8, -0.2, 1.0)),
                  Case("surely better", (0.3, 0.9, 1.0))]


def _verdict_by_sign(low, high, margin):
    return ("pass", "undecided", "fail")[int(low <= -margin) + int(high < -margin)]


def _by_zero(low, high, margin):
    return "fail" if high < 0 else "pass"


GUARD = Card(
    id="objective.6", title="A guardrail is a question about harm", minutes=8, difficulty=2, used_in=("{{experiments}}", "{{launch}}",),
    task="A guardrail metric (more is better) has moved by an amount whose 95% interval is [low, high]. You accept a loss smaller than "
         "`margin` (a positive number). Answer \"pass\" if the interval excludes a loss of margin or more, \"fail\" if "
         "even its better end is a larger loss than margin, else \"undecided\".",
    shapes="`low`, `high`, `margin` numbers; returns one of three strings.",
    why="\"Not significant\" is not \"safe\": with little traffic nothing is significant. The margin says which loss would matter, and the "
        "question is whether the data exclude it. A small sure loss within the margin passes; that is what the margin is for.",
    reference=non_inferiority, alternative=_verdict_by_sign, cases=_margin_cases,
    by_hand=(Case("the interval reaches below the margin", (-2.0, 0.5, 1.0), expected="undecided"),
             Case("small and sure", (-0.4, -0.1, 1.0), expected="pass"),
             Case("large and sure", (-4.0, -2.0, 1.0), expected="fail")),
    mistakes=(
        Mistake("not significant means safe", _by_zero,
                "You pass whatever is not significantly worse than 0. With little data that is everything: ask whether a "
                "loss of margin is excluded."),
        Mistake("any sure loss fails", lambda low, high, margin: "fail" if high < 0 else
                ("pass" if low > -margin else "undecided"),
                "You fail a loss that is sure but smaller than margin. The margin says that such a loss is accepted."),
        Mistake("never undecided", lambda low, high, margin: "pass" if low > -margin else "fail",
                "You never answer \"undecided\". An interval that holds both harm and no harm has not decided anything."),
        Mistake("centre only", lambda low, high, margin: "pass" if (low + high) / 2 > -margin else "fail",
                "You look at the middle of the interval. The question is what the whole interval excludes."),
    ),
    hints=("Three states of knowledge: harm is excluded, harm is sure, neither.",
           "Compare both ends with −margin, not with 0.",
           "pass: low > −margin. fail: high < −margin. Otherwise undecided."),
)
