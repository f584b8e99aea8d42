"""Exercises 1.5 and 1.6: how many items fit a budget, and a guardrail."""

import numpy as np

from course_lib.evidence.noninferiority import non_inferiority
from course_lib.serving.deadline import affordable_items
from course_lib.teach.cards import effects_decisions, effects_lists
from course_lib.teach.cards.objective import far_requests, rare_requests
from course_lib.teach.cards.objective.budget_slips import ANSWERS, BUDGETS
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake
from course_lib.teach.definitions.mistake_kinds import BOUNDARY


# --- 1.5 -----------------------------------------------------------------------------------------------------------
def _budget_cases(rng):
    return [Case(f"{b:.0f} ms", (float(b), float(f), float(p))) for b, f, p in
            zip(rng.uniform(10, 60, 8).round(1), rng.uniform(0, 9, 8).round(1), rng.uniform(2, 70, 8).round(1), strict=True)]


BUDGET = Card(
    id="objective.5", title="How many items fit the budget", minutes=5, difficulty=1, used_in=(),
    effect=effects_lists.candidates_in_time,
    task="A stage needs `fixed_ms` before the first item and `per_item_us` **micro**seconds for each. How many items may it get, if it has "
         "to end within `budget_ms`? Ending exactly on time will do; where it is late without any item, the answer is 0.",
    shapes="three numbers, `per_item_us` above 0; returns an int.",
    why="It is one division, and it decides the shape of the system: whatever is beyond the answer has to be cut by something cheaper. Ten "
        "million items at 2 µs take 20 s. An exact product with a million items of 32 numbers reads 128 MB for 64 million operations, so "
        "memory bounds it: some 13 ms at 10 GB/s. 50 trees on 300 items make about 80,000 comparisons, far below a millisecond, so there "
        "the fixed part of the call dominates. Time-outs strike long histories and busy hours: leave such requests in a comparison, "
        "or it is biased, and make the share of fallback pages a guardrail with a margin and an automatic stop. What a millisecond "
        "costs in visits is measured by slowing a share of the requests on purpose.",
    reference=affordable_items,
    alternative=lambda budget_ms, fixed_ms, per_item_us: int(max(budget_ms * 1000 - fixed_ms * 1000, 0) // per_item_us),
    cases=lambda rng: [*_budget_cases(rng), *far_requests.BUDGETS],
    by_hand=(Case("20 ms, 2 fixed, 125 µs an item", (20.0, 2.0, 125.0), expected=144),
             Case("4 ms, 1 fixed, 2,000 µs an item: half an item is left", (4, 1, 2000), expected=1),
             Case("an hour of a nightly batch", (3_600_000, 2_000, 125), expected=28_784_000),
             Case("the fixed part is too much", (5.0, 8.0, 10.0), expected=0),
             *rare_requests.BUDGETS_BY_HAND),
    mistakes=(
        Mistake("units", lambda b, f, p: max(0, int((b - f) / p)),
                "You divide milliseconds by microseconds. One millisecond is 1,000 microseconds."),
        Mistake("fixed part forgotten", lambda b, f, p: int(b * 1000 / p),
                "You spend the whole budget on items; the fixed part comes off first."),
        Mistake("negative", lambda b, f, p: int(np.floor((b - f) * 1000 / p)),
                "Where the fixed part exceeds the budget your answer is negative. No items fit: 0."),
        Mistake("rounded up", lambda b, f, p: max(0, int(np.ceil((b - f) * 1000 / p))),
                "You round up, so the last item breaks the budget. Round down."),
        Mistake("one too many", lambda b, f, p: max(0, int((b - f) * 1000 / p) + 1) if b >= f else 0,
                "Your answer is one item too many, and it breaks the budget: round down and add nothing."),
        Mistake("rounded to the nearest", lambda b, f, p: max(0, round((b - f) * 1000 / p)),
                "You round to the nearest whole number, so half the time the last item breaks the budget. Round down."),
        Mistake("not rounded", lambda b, f, p: max(0.0, (b - f) * 1000 / p),
                "Your answer holds a part of an item. Only whole items count: round down."),
        Mistake("rounded up, negative", lambda b, f, p: int(np.ceil((b - f) * 1000 / p)),
                "You round up, so the last item breaks the budget; and where the fixed part exceeds it your answer is negative. Round down, and "
                "not below 0."),
        Mistake("rounded to the nearest, negative", lambda b, f, p: round((b - f) * 1000 / p),
                "You round to the nearest whole number, and where the fixed part exceeds the budget your answer is negative. Round down, and not "
                "below 0."),
        Mistake("not rounded, negative", lambda b, f, p: (b - f) * 1000 / p,
                "Your answer holds a part of an item, and is negative where the fixed part exceeds the budget. Round down, and not below 0."),
        Mistake("None where none fits", lambda b, f, p: int((b - f) * 1000 / p) if b > f else None,
                "Where the fixed part is already too much you return None. No items fit: the number 0."),
        Mistake("one too few", lambda b, f, p: max(0, int((b - f) * 1000 / p) - 1),
                "Your answer is one item too few: the last one still fits. Round down and take nothing off."),
        Mistake("cost cut to whole microseconds", lambda b, f, p: max(0, int((b - f) * 1000) // int(p)),
                "You cut the cost per item to whole microseconds before you divide. Divide first, then round down."),
        Mistake("cut to whole milliseconds", lambda b, f, p: max(0, int(int(b - f) * 1000 / p)),
                "You cut the time for the items to whole milliseconds before you divide. Round down at the end, and only there."),
        Mistake("cut to whole milliseconds, negative", lambda b, f, p: int(int(b - f) * 1000 / p),
                "You cut the time for the items to whole milliseconds, and where the fixed part exceeds the budget your answer is negative. Round "
                "down at the end, and not below 0."),
        Mistake("fixed part in the cost of an item", lambda b, f, p: int(b * 1000 / (p + f)),
                "You add the fixed part to the cost of each item. It is spent once, before the first, and in milliseconds."),
        Mistake("rounded before the unit", lambda b, f, p: max(0, int((b - f) / p) * 1000),
                "You round down before you turn milliseconds into microseconds, so whole thousands come out. Round at the end."),
        Mistake("each part rounded", lambda b, f, p: max(0, int(b * 1000 / p) - int(f * 1000 / p)),
                "You round the budget and the fixed part to whole items each, so the answer can be one too many. Subtract the times, then round."),
        Mistake("seconds", lambda b, f, p: max(0, int((b - f) * 1_000_000 / p)),
                "You multiply by a million, as from seconds. One millisecond is 1,000 microseconds."),
        Mistake("a full budget refused", lambda b, f, p: max(0, int(np.ceil((b - f) * 1000 / p)) - 1),
                "Where the items fill the budget exactly you take one fewer. A stage may spend all of it."),
        Mistake("at least one", lambda b, f, p: max(1, int((b - f) * 1000 / p)),
                "You score at least one item, even where the fixed part is already too much. Then none fits: 0."),
        Mistake("budget's sign lost", lambda b, f, p: int(abs(b - f) * 1000 / p),
                "Where the fixed part exceeds the budget, your answer is what would fit in the time that is missing. None fits: 0."),
        Mistake("units the wrong way", lambda b, f, p: max(0, int((b - f) / 1000 / p)),
                "You divide by 1,000 where you should multiply: one millisecond is 1,000 microseconds."),
        Mistake("fixed part in microseconds", lambda b, f, p: max(0, int((b * 1000 - f) / p)),
                "You turn the budget into microseconds and then take off the fixed part, which is still in milliseconds."),
        Mistake("budget in milliseconds", lambda b, f, p: max(0, int((b - f * 1000) / p)),
                "You turn the fixed part into microseconds and leave the budget in milliseconds."),
        Mistake("fixed part added", lambda b, f, p: int((b + f) * 1000 / p),
                "You add the fixed part to the budget. It is spent before the first item: subtract it."),
        Mistake("fixed part on each item", lambda b, f, p: int(b * 1000 / (f * 1000 + p)),
                "You charge the fixed part for each item. It is spent once, before the first."),
        Mistake("fixed part off the items", lambda b, f, p: max(0, int(b * 1000 / p - f)),
                "You take the fixed part off the number of items. It is a time: take it off the budget before you divide."),
        Mistake("units, fixed part forgotten", lambda b, f, p: int(b / p),
                "You divide milliseconds by microseconds, and the fixed part does not come off the budget."),
        *BUDGETS,
    ),
    hints=("How long does the stage take for n items, in one unit? Then for which n is that the budget?",
           "(budget − fixed) in microseconds, divided by the cost of one, rounded down, not below 0.",
           "`max(0, int((budget_ms - fixed_ms) * 1000 / per_item_us))`"),
)


# --- 1.6 -----------------------------------------------------------------------------------------------------------
def _margin_cases(rng):
    out = []
    for i, centre in enumerate(rng.normal(0, 1.5, 8)):
        half, margin = rng.uniform(0.2, 1.5), (0.5, 1.0, 2.0)[i % 3]
        out.append(Case(f"interval {i}", (round(centre - half, 2), round(centre + half, 2), margin)))
    return out + [Case("surely harmless", (-0.2, 0.6, 1.0)), Case("surely harmful", (-3.0, -1.2, 1.0)),
                  Case("cannot be said", (-1.5, 0.4, 1.0)), Case("harmful but within the margin", (-0.8, -0.2, 1.0)),
                  Case("surely better", (0.3, 0.9, 1.0)), Case("far better", (1.5, 2.5, 1.0)),
                  Case("better or not, not much worse", (-0.3, 1.8, 1.0)), Case("a small margin", (-0.8, -0.2, 0.5)),
                  Case("a large margin", (-1.5, 0.4, 2.0)), Case("a margin in the tens", (-15.0, 12.0, 20.0)),
                  Case("surely below a margin in the tens", (-40.0, -26.0, 25.0)),
                  Case("perhaps below a margin in the tens", (-30.0, -12.0, 20.0))]


def _verdict_by_sign(low, high, margin):
    return ("fail", "undecided", "pass")[int(low > -margin) + (not high < -margin)]      # NaN: undecided


def _verdict(*, passes, fails):
    """A wrong answer: "pass" where passes(low, high, margin), else "fail" where fails(…), else "undecided"."""
    def wrong(low, high, margin):
        if passes(low, high, margin):
            return "pass"
        return "fail" if fails(low, high, margin) else "undecided"
    return wrong


def _harm_excluded(low, high, margin):
    return low > -margin


def _harm_sure(low, high, margin):
    return high < -margin


def _by_zero(low, high, margin):
    return "fail" if high < 0 else "pass"


def verdict_on_harm(low, high, margin):
    """As the library's `non_inferiority`, which refuses NaN; here both ends are NaN where the number is missing."""
    if np.isnan(low):
        return "undecided"
    return non_inferiority(low, high, margin)


def _missing_is_decided(low, high, margin):
    if high < -margin:
        return "fail"
    return "undecided" if low <= -margin else "pass"


def _missing_decides_nothing(fn, rng):
    """Asked only of a function that is right wherever there is a number, so that no other mistake is hidden by it."""
    cases = [*_margin_cases(rng), *far_requests.MARGINS, *rare_requests.HARMS_BY_HAND]
    if any(str(fn(*case.args)) != non_inferiority(*case.args) for case in cases):
        return True
    return str(fn(float("nan"), float("nan"), 0.5)) == "undecided"


GUARD = Card(
    id="objective.6", title="A guardrail is a question about harm", minutes=8, difficulty=2, used_in=("{{experiments}}", "{{launch}}",),
    effect=effects_decisions.harm_let_through,
    task="A metric of which more is better has changed by an amount from `low` to `high`, both included. A loss below `margin` (a positive "
         "number) is accepted, one above it is harm, one of exactly margin is neither. Say \"pass\" only if it is surely accepted, "
         "\"fail\" only if it is surely harm, else \"undecided\". Where the number is missing, both ends are NaN.",
    why="\"Not significant\" is not \"safe\": with little traffic nothing is significant. The margin says which loss would matter, and the "
        "question is whether the data exclude it. The lower end of a two-sided 95% interval makes this a one-sided test at 2.5%; say which "
        "you promised. A small sure loss within the margin passes; that is what the margin is for. But over ten launches such losses "
        "add up, so somebody watches their sum in a group that keeps the old policy for months. Where the number is missing, nothing "
        "is excluded: that is \"undecided\" and never \"pass\".",
    reference=verdict_on_harm, alternative=_verdict_by_sign, cases=lambda rng: [*_margin_cases(rng), *far_requests.MARGINS],
    by_hand=(Case("the interval reaches below the margin", (-2.0, 0.5, 1.0), expected="undecided"),
             Case("small and sure", (-0.4, -0.1, 1.0), expected="pass"),
             Case("large and sure", (-4.0, -2.0, 1.0), expected="fail"),
             Case("the worse end is a loss of exactly the margin", (-0.5, 0.25, 0.5), expected="undecided"),
             Case("the better end is a loss of exactly the margin", (-3.0, -2.0, 2.0), expected="undecided"),
             *rare_requests.HARMS_BY_HAND),
    invariants=(Invariant("a number that is missing (NaN at both ends) excludes nothing: \"undecided\"", _missing_decides_nothing),),
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
        Mistake("a loss of exactly margin passes", _verdict(passes=lambda low, high, margin: low >= -margin, fails=_harm_sure),
                "Where the worse end is a loss of exactly margin you pass. That loss is in the interval, so it is not excluded."),
        Mistake("a loss of exactly margin fails", _verdict(passes=_harm_excluded, fails=lambda low, high, margin: high <= -margin),
                "Where the better end is a loss of exactly margin you fail. It is not a larger loss than margin: undecided."),
        Mistake("both ends not counted", _verdict(passes=lambda low, high, margin: low >= -margin,
                                                  fails=lambda low, high, margin: high <= -margin),
                "An end at exactly −margin is decided either way in your answers. A loss of margin is then still possible, and a larger "
                "one not sure: undecided."),
        Mistake("never undecided, exact loss passes", _verdict(passes=lambda low, high, margin: low >= -margin,
                                                               fails=lambda low, high, margin: True),
                "You never answer \"undecided\", and you pass a loss of exactly margin. \"fail\" needs a sure loss larger than margin."),
        Mistake("fails only if sure", lambda low, high, margin: "fail" if high < -margin else "pass",
                "You pass whatever is not surely harmful. That harm is not shown does not mean that it is excluded: look at the worse "
                "end too."),
        Mistake("compared with zero", _verdict(passes=lambda low, high, margin: low > 0, fails=lambda low, high, margin: high < 0),
                "You compare the interval with 0. That is the test for a change; a guardrail compares with −margin."),
        Mistake("asks for a gain", _verdict(passes=lambda low, high, margin: low > 0, fails=_harm_sure),
                "You pass only what is surely better than 0. A guardrail has to exclude a loss of margin, no more."),
        Mistake("asks for a gain, exact loss fails", _verdict(passes=lambda low, high, margin: low > 0,
                                                             fails=lambda low, high, margin: high <= -margin),
                "You pass only what is surely better than 0, and fail where the better end is a loss of exactly margin. Compare both ends with "
                "−margin; at exactly −margin nothing is decided."),
        Mistake("asks for a gain, fails by the worse end", _verdict(passes=lambda low, high, margin: low > 0,
                                                                   fails=lambda low, high, margin: low < -margin),
                "You pass only a sure gain, and fail where the worse end is below −margin. Pass: the worse end above −margin; fail: the better end "
                "below it."),
        Mistake("never fails", lambda low, high, margin: "pass" if low > -margin else "undecided",
                "You never answer \"fail\". Where even the better end is below −margin, the harm is sure."),
        Mistake("a sure loss fails where not passed", _verdict(passes=_harm_excluded, fails=lambda low, high, margin: high < 0),
                "You fail where the better end is below 0. That is a sure loss, but perhaps one smaller than margin: \"fail\" needs the better end "
                "below −margin."),
        Mistake("asks for no sign of a loss", lambda low, high, margin: "fail" if low < 0 else "pass",
                "You fail whatever may be worse than 0. A loss smaller than margin is accepted, and what is not sure is undecided."),
        Mistake("sign of the margin", _verdict(passes=lambda low, high, margin: low > margin,
                                               fails=lambda low, high, margin: high < margin),
                "You compare with +margin, so a gain of margin is asked for. A loss of margin stands at −margin."),
        Mistake("margin added for the pass", _verdict(passes=lambda low, high, margin: low > margin, fails=_harm_sure),
                "To pass, your answers ask for a gain of margin. A pass needs only that a loss of margin is excluded: low against "
                "−margin."),
        Mistake("less is better", _verdict(passes=lambda low, high, margin: high < margin, fails=lambda low, high, margin: low > margin),
                "You judge as if less were better. More of this metric is better, so harm lies below −margin."),
        Mistake("the better end passes", lambda low, high, margin: "pass" if high > -margin else "fail",
                "You pass when the better end is harmless. The worse end has to be."),
        Mistake("any sure loss fails, exact loss passes", lambda low, high, margin: "fail" if high < 0 else
                ("pass" if low >= -margin else "undecided"),
                "You fail a loss that is sure but smaller than margin, and pass where a loss of exactly margin is in the interval. Compare both "
                "ends with −margin."),
        Mistake("no sure loss passes", _verdict(passes=lambda low, high, margin: low > -margin and high > 0, fails=_harm_sure),
                "You do not pass a loss that is sure but smaller than margin. The margin says that such a loss is accepted."),
        Mistake("capital first letters", lambda low, high, margin: non_inferiority(low, high, margin).capitalize(),
                "Your answers are right but begin with a capital. Write them as the task does: \"pass\", \"fail\", \"undecided\"."),
        Mistake("capitals", lambda low, high, margin: non_inferiority(low, high, margin).upper(),
                "Your answers are right but in capitals. Write them as the task does: \"pass\", \"fail\", \"undecided\"."),
        Mistake("gains refused", _verdict(passes=lambda low, high, margin: low > -margin and high < margin, fails=_harm_sure),
                "You pass only where the interval lies within −margin and +margin, so a gain can prevent it. A guardrail looks at the "
                "side of harm alone."),
        Mistake("fail and undecided swapped", _verdict(passes=_harm_excluded, fails=lambda low, high, margin: high >= -margin),
                "\"fail\" and \"undecided\" are swapped: harm is sure where even the better end is below −margin."),
        Mistake("pass and fail swapped", _verdict(passes=_harm_sure, fails=_harm_excluded),
                "\"pass\" and \"fail\" are swapped: an interval all above −margin excludes the loss."),
        Mistake("width", _verdict(passes=lambda low, high, margin: high - low < margin, fails=_harm_sure),
                "You judge by the width of the interval. A narrow interval can still lie in the losses: ask where its ends are."),
        Mistake("what is missing is decided", _missing_is_decided,
                "Where the number is missing (NaN at both ends) you answer \"pass\" or \"fail\", or stop with an error. No comparison with "
                "NaN is true, so what stands in the last branch comes out. Nothing is excluded: \"undecided\".", BOUNDARY),
        *ANSWERS,
    ),
    hints=("Draw the change on a line, and on it the border where harm begins. Where does the interval lie if harm is excluded, if it is sure?",
           "Compare both ends with −margin, not with 0: one end speaks of the worst that is possible, the other of the best.",
           "pass: low > −margin. fail: high < −margin. Otherwise undecided."),
)
