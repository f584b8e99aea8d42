"""Exercises on the interview: a budget that adds up."""

import math

import numpy as np

from course_lib.launch.whiteboard import request_quantile
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake

# --- 12.3 ----------------------------------------------------------------------------------------------------------
PLAN = [["user"], ["near", "hot", "new"], ["rank"]]


def _times(rng, slow, n=60):
    base = {"user": 1.0, "near": 6.0, "hot": 2.0, "new": 3.0, "rank": 9.0}
    return {part: (rng.gamma(2.0, ms / 2, n) + slow * (rng.random(n) < 0.05) * 20).round(2) for part, ms in base.items()}


def _quantile_cases(rng):
    return [Case("a calm service", (_times(rng, 0), PLAN)), Case("now and then a slow part", (_times(rng, 1), PLAN)),
            Case("the median", (_times(rng, 1), PLAN), {"q": 0.5}),
            Case("all in a row", (_times(rng, 1), [["user"], ["near"], ["hot"], ["new"], ["rank"]]), {"q": 0.9})]


def _quantile_table(ms, plan, q=0.99):
    n = len(ms[plan[0][0]])
    spent = [sum(max(ms[part][r] for part in step) for step in plan) for r in range(n)]
    return float(np.quantile(np.array(spent), q))


BUDGET = Card(
    id="interview.3", title="A budget that adds up", minutes=10, difficulty=3, used_in=(),
    task="You have measured what each part of the system took, for the same requests. `plan` lists the steps: one "
         "after the other; the parts *inside* a step are asked at the same time, and the step ends with the last of "
         "them. Return the quantile `q` of what a request took.",
    shapes="`ms` part → float [R], the same R requests; `plan` a list of lists of parts; returns ms.",
    why="Times of one request add up; percentiles do not. A request that is slow in one part is rarely slow in all, "
        "so the sum of the stages' 99th percentiles is a promise kept far too well, and the budget it gives a stage "
        "is too tight. In parallel it is the other way: a step waits for the slowest of its parts, so many good "
        "parts make a bad step.",
    reference=request_quantile, alternative=_quantile_table, cases=_quantile_cases,
    by_hand=(Case("two steps, slow in different requests",
                  ({"a": np.array([1.0, 9.0, 1.0]), "b": np.array([9.0, 1.0, 1.0])},
                                                            [["a"], ["b"]]), {"q": 1.0}, expected=10.0),
             Case("the same, at the same time", ({"a": np.array([1.0, 9.0, 1.0]), "b": np.array([9.0, 1.0, 1.0])},
                                                 [["a", "b"]]), {"q": 0.0}, expected=1.0)),
    invariants=(Invariant("the order of the steps does not matter", lambda fn, rng: math.isclose(
        fn(*(lambda t: (t, PLAN))(_times(np.random.default_rng(1), 1))),
        fn(*(lambda t: (t, PLAN[::-1]))(_times(np.random.default_rng(1), 1))))),),
    mistakes=(
        Mistake("percentiles added", lambda ms, plan, q=0.99: float(sum(
            np.quantile(np.max([ms[p] for p in step], axis=0), q) for step in plan)),
                "You add up the steps' percentiles. The requests that are slow in one step are not those that are "
                "slow in another: add up the times of each request first, then take the quantile."),
        Mistake("parallel parts added", lambda ms, plan, q=0.99: float(np.quantile(
            sum(ms[p] for step in plan for p in step), q)),
                "You add up all parts. Those of one step run at the same time: a step takes as long as its slowest "
                "part."),
        Mistake("largest percentile of each step", lambda ms, plan, q=0.99: float(sum(
            max(np.quantile(ms[p], q) for p in step) for step in plan)),
                "You take each part's percentile, the largest of each step, and add. Both are done too late: the "
                "slowest part differs from request to request, and percentiles do not add up."),
        Mistake("the mean part", lambda ms, plan, q=0.99: float(np.quantile(
            sum(np.mean([ms[p] for p in step], axis=0) for step in plan), q)),
                "You average the parts of a step. The step is not over before the last of them has answered."),
        Mistake("the first answer", lambda ms, plan, q=0.99: float(np.quantile(
            sum(np.min([ms[p] for p in step], axis=0) for step in plan), q)),
                "You go on with the first answer of each step. The others are needed too: wait for the last."),
        Mistake("the slowest step alone", lambda ms, plan, q=0.99: float(np.quantile(
            np.max([np.max([ms[p] for p in step], axis=0) for step in plan], axis=0), q)),
                "You return the slowest step. The steps run one after the other, so their times add up."),
        Mistake("the mean", lambda ms, plan, q=0.99: float(np.mean(
            sum(np.max([ms[p] for p in step], axis=0) for step in plan))),
                "You return the mean time. Nobody waits the mean: take the quantile `q`."),
    ),
    hints=("Follow one request through the plan before you think of percentiles.",
           "For every request: the largest time of each step's parts, summed over the steps. One quantile, at the "
           "very end.",
           "`np.max([ms[part] for part in step], axis=0)` is a step, request by request; `sum(... for step in plan)`; "
           "`np.quantile(..., q)`."),
)
