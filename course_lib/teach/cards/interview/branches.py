"""Exercises on the interview: which branch of the metric tree moved."""

import math

from course_lib.launch.whiteboard import contributions
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 12.4 ----------------------------------------------------------------------------------------------------------
def _tree(rng, n):
    names = ["visits a person", "requests a visit", "clicks a request", "seconds a click"][:n]
    before = {name: float(x) for name, x in zip(names, rng.uniform(0.5, 5, n).round(2), strict=True)}
    return before, {name: round(x * f, 3) for (name, x), f in zip(before.items(), rng.uniform(0.7, 1.3, n), strict=True)}


def _tree_cases(rng):
    return [Case("three factors", _tree(rng, 3)), Case("four factors", _tree(rng, 4)),
            Case("one up, one down, and nothing to see at the top", ({"visits": 2.0, "clicks": 3.0},
                                                                      {"visits": 3.0, "clicks": 2.0}))]


def _log_shares(before, after):
    ratio = {name: math.log(after[name]) - math.log(before[name]) for name in before}
    start = math.exp(sum(math.log(v) for v in before.values()))
    total = sum(ratio.values())
    scale = start if abs(total) < 1e-12 else start * math.expm1(total) / total
    return {name: scale * part for name, part in ratio.items()}


def _alone(before, after):
    product = math.prod(before.values())
    return {name: product * (after[name] / before[name] - 1) for name in before}


def _one_by_one(before, after):
    names, now, out = list(before), dict(before), {}
    for name in names:
        start = math.prod(now.values())
        now[name] = after[name]
        out[name] = math.prod(now.values()) - start
    return out


def _backwards(before, after):
    end = math.prod(after.values())
    return {name: end * (1 - before[name] / after[name]) for name in before}


TREE = Card(
    id="interview.4", title="Which branch of the metric tree moved?", minutes=10, difficulty=3, used_in=(),
    task="\"Clicks a person are down. Why?\" The metric is a product of factors, such as visits × requests a visit × "
         "clicks a request. Return what each factor contributes to the change, in the metric's own unit, so that the "
         "contributions **add up** to the change and do not depend on the order of the factors. On a log scale a "
         "product is a sum: give each factor the share that its log ratio has, times the metric's change. If the "
         "metric did not change at all, each contribution is metric × log ratio.",
    shapes="`before`, `after` factor → positive number; returns factor → contribution.",
    why="Swapping in one new value after another adds up too, but the answer depends on who goes first, and in a "
        "meeting two teams will go first. The logarithm treats all alike. And the case in which the metric stands "
        "still is the one to watch: two branches may have moved against each other, and the top of the tree says "
        "nothing.",
    reference=contributions, alternative=_log_shares, cases=_tree_cases,
    by_hand=(Case("only one factor moves", ({"a": 2.0, "b": 3.0}, {"a": 2.0, "b": 6.0}), expected={"a": 0.0, "b": 6.0}),
             Case("both double: 1 → 4", ({"a": 1.0, "b": 1.0}, {"a": 2.0, "b": 2.0}), expected={"a": 1.5, "b": 1.5}),
             Case("against each other", ({"a": 1.0, "b": 2.0}, {"a": 2.0, "b": 1.0}),
                  expected={"a": 2 * math.log(2), "b": -2 * math.log(2)})),
    invariants=(
        Invariant("contributions add up to the change", lambda fn, rng: math.isclose(
            sum(fn({"a": 2.0, "b": 5.0}, {"a": 3.0, "b": 4.0}).values()), 2.0, rel_tol=1e-6)),
        Invariant("the order of the factors does not matter", lambda fn, rng: math.isclose(
            fn({"a": 2.0, "b": 5.0}, {"a": 3.0, "b": 4.0})["a"], fn({"b": 5.0, "a": 2.0}, {"b": 4.0, "a": 3.0})["a"]))),
    mistakes=(
        Mistake("each alone", _alone,
                "You change one factor at a time from *before*. The parts do not add up: what the factors do "
                "together is in none of them."),
        Mistake("one after the other", _one_by_one,
                "You swap in the new values one after the other. It adds up, but whoever comes first gets another "
                "share: the answer must not depend on the order."),
        Mistake("log ratios", lambda before, after: {name: math.log(after[name] / before[name]) for name in before},
                "You return log ratios. They add up to the log of the ratio; scale them to the change itself."),
        Mistake("shares of the change", lambda before, after: {
            name: math.log(after[name] / before[name]) / (math.log(math.prod(after.values()) / math.prod(before.values()))
                                                          or 1.0) for name in before},
                "You return shares that add up to one. Multiply by the change, so that they read in the metric's "
                "unit."),
        Mistake("the wrong way round", lambda before, after: {name: -value for name, value in
                                                              contributions(before, after).items()},
                "Your signs are the wrong way round: it is after minus before."),
        Mistake("differences", lambda before, after: {name: after[name] - before[name] for name in before},
                "You return the change of each factor, in its own unit. Visits and seconds cannot be added up."),
        Mistake("from the end", _backwards,
                "You change one factor at a time back from *after*. The parts do not add up, just as they would not "
                "from before."),
    ),
    hints=("What turns a product into a sum?",
           "log(after/before) of the metric is the sum of the factors' log(after/before): that gives shares. Times "
           "the change.",
           "`scale = (end - start) / math.log(end / start)`, and `start` where end equals start; each contribution is "
           "`scale * math.log(after[name] / before[name])`."),
)
