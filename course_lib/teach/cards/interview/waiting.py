"""Exercises on the interview: a budget that adds up."""

import math

import numpy as np

from course_lib.launch.whiteboard import request_quantile
from course_lib.teach.cards import effects_decisions
from course_lib.teach.cards.interview import far_numbers
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake

# --- 12.3 ----------------------------------------------------------------------------------------------------------
PLAN = [["user"], ["near", "hot", "new"], ["rank"]]


def _times(rng, slow, n=60):
    base = {"user": 1.0, "near": 6.0, "hot": 2.0, "new": 3.0, "rank": 9.0}
    return {part: (rng.gamma(2.0, ms / 2, n) + slow * (rng.random(n) < 0.05) * 20).round(2) for part, ms in base.items()}


def _quantile_cases(rng):
    return [Case("a calm service", (_times(rng, 0), PLAN)), Case("now and then a slow part", (_times(rng, 1), PLAN)),
            Case("the median", (_times(rng, 1), PLAN), {"q": 0.5}),
            Case("all in a row", (_times(rng, 1), [["user"], ["near"], ["hot"], ["new"], ["rank"]]), {"q": 0.9}),
            Case("all in memory", ({part: ms * 0.00123 for part, ms in _times(rng, 0).items()}, PLAN)),
            Case("one part unasked, one asked twice", (_times(rng, 1), [["near", "user"], ["hot"], ["new", "user"]]),
                 {"q": 0.8}),
            Case("the same step again, at once and later", (_times(rng, 1), [
                ["rank"], ["rank"], ["user"], ["near", "hot"], ["user"], ["new"], ["hot"]]), {"q": 0.95}),
            Case("five parts at once", (_times(rng, 1), [["user", "near", "hot", "rank", "new"]]), {"q": 0.25}),
            Case("nearly the slowest", (_times(rng, 1, 150), PLAN), {"q": 0.995}),
            Case("a single request", ({"user": np.array([2.5]), "near": np.array([4.0]), "hot": np.array([7.0])}, PLAN[:1] + [
                ["near", "hot"]])),
            Case("requests that take no time", ({"user": np.array([0.0, 0, 0, 2.5, 0]), "near": np.array([0.0, 3, 0, 3, 0])},
                                                [["user"], ["near"]]), {"q": 0.5})]


def _quantile_table(ms, plan, q=0.99):
    n = len(ms[plan[0][0]])
    spent = [sum(max(ms[part][r] for part in step) for step in plan) for r in range(n)]
    return float(np.quantile(np.array(spent), q))


def _spent(ms, plan):
    """What each request took, the right way."""
    return sum(np.max([ms[part] for part in step], axis=0) for step in plan)


def _of_the_times(change):
    """The times are right; change(times, q) -> answer."""
    return lambda ms, plan, q=0.99: float(change(_spent(ms, plan), q))


def _by_method(method):
    return _of_the_times(lambda times, q: np.quantile(times, q, method=method))


def _times_by(change):
    """Other times of the requests; change(ms, plan) -> times."""
    return lambda ms, plan, q=0.99: float(np.quantile(change(ms, plan), q))


def _each_part_once(ms, plan):
    seen, total = set(), 0
    for step in plan:
        total = total + np.max([ms[part] * (part not in seen) for part in step], axis=0)
        seen.update(step)
    return total


def _each_step_once(ms, plan):
    steps = {tuple(step): np.max([ms[part] for part in step], axis=0) for step in plan}
    return sum(steps.values())


def _slowest_of_any_request(ms, plan):
    return sum(np.max([ms[part] for part in step]) for step in plan)


BUDGET = Card(
    id="interview.3", title="A budget that adds up", minutes=10, difficulty=3, used_in=(),
    effect=effects_decisions.quantile_of_requests,
    task="You have measured what each part of the system took, for the same requests. `plan` lists the steps: one "
         "after the other; the parts *inside* a step are asked at the same time, and the step ends with the last of "
         "them. Return the quantile `q` of what a request took, interpolated between two requests as `np.quantile` does. "
         "What no step names was not asked; what two steps name takes its time in both.",
    why="Times of one request add up; percentiles do not. Where a request that is slow in one part is not slow in the "
        "others, the sum of the stages' 99th percentiles is more than a request needs, and each stage's budget is too "
        "tight. A step whose parts run in parallel waits for the slowest of them, so many parts that are rarely slow "
        "make a step that often is.",
    reference=request_quantile, alternative=_quantile_table, cases=lambda rng: [*_quantile_cases(rng), *far_numbers.QUANTILES],
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
        Mistake("parts' percentiles added", lambda ms, plan, q=0.99: float(sum(
            np.quantile(ms[p], q) for step in plan for p in step)),
                "You add up every part's percentile. Percentiles do not add up, and the parts of one step run at the same "
                "time: follow each request through the plan, and take one quantile at the end."),
        Mistake("largest percentile", lambda ms, plan, q=0.99: float(max(np.quantile(ms[p], q) for step in plan for p in step)),
                "You return the largest of the parts' percentiles. The steps run one after the other: their times add up, "
                "request by request."),
        Mistake("mean of percentiles", lambda ms, plan, q=0.99: float(np.mean(
            [np.quantile(np.max([ms[p] for p in step], axis=0), q) for step in plan])),
                "You average the steps' percentiles. Add up the times of each request, then take one quantile."),
        Mistake("upper neighbour", _by_method("higher"),
                "Your quantile is the next larger measured value. Between two values it is interpolated, as `np.quantile` "
                "does."),
        Mistake("lower neighbour", _by_method("lower"),
                "Your quantile is the next smaller measured value. Between two values it is interpolated, as `np.quantile` "
                "does."),
        Mistake("nearest neighbour", _by_method("nearest"),
                "Your quantile is the nearest measured value. Between two values it is interpolated, as `np.quantile` does."),
        Mistake("percent for share", _of_the_times(np.percentile),
                "You read `q` as a percentage (`np.percentile`). It is a share, 0 to 1: `np.quantile`."),
        Mistake("q unread", _of_the_times(lambda times, q: np.quantile(times, 0.99)),
                "You always return the 99th percentile. Use the `q` that is given."),
        Mistake("the median always", _of_the_times(lambda times, q: np.median(times)),
                "You return the median whatever `q` is. Use the `q` that is given."),
        Mistake("the other end", _of_the_times(lambda times, q: np.quantile(times, 1 - q)),
                "You take the quantile 1 − q: the fast end. A share `q` of the requests takes no longer than the answer."),
        Mistake("the largest", _of_the_times(lambda times, q: np.max(times)),
                "You return the slowest request. The quantile `q` is asked for."),
        Mistake("all that was measured", _times_by(lambda ms, plan: sum(ms.values())),
                "You add up all of `ms`. Only what stands in the plan was asked, and the parts of one step run at the same "
                "time."),
        Mistake("the slowest measured part", _times_by(lambda ms, plan: np.max(list(ms.values()), axis=0)),
                "You take each request's slowest part. The steps run one after the other: add up their times."),
        Mistake("first part of each step", _times_by(lambda ms, plan: sum(ms[step[0]] for step in plan)),
                "You count the first part of each step alone. The step ends with the last of its parts: take the largest."),
        Mistake("last named of each step", _times_by(lambda ms, plan: sum(ms[step[-1]] for step in plan)),
                "You count the part that is *named* last. The last to answer differs from request to request: take the "
                "largest."),
        Mistake("each part once", _times_by(_each_part_once),
                "You count a part only in the first step that names it. It is asked again, and takes its time again."),
        Mistake("each step once", _times_by(_each_step_once),
                "You count a step that stands in the plan twice only once. It is gone through again, and takes its time again."),
        Mistake("the slowest of any request", _times_by(_slowest_of_any_request),
                "Your step takes as long as the slowest of *all* requests. The maximum is over the parts, for each request: "
                "`axis=0`."),
        Mistake("median of the parts", _times_by(lambda ms, plan: sum(np.median([ms[p] for p in step], axis=0)
                                                                         for step in plan)),
                "You take the median of a step's parts. The step is not over before the last of them has answered."),
        Mistake("mean of the steps", _times_by(lambda ms, plan: _spent(ms, plan) / len(plan)),
                "You average over the steps. A request goes through all of them: add them up."),
        Mistake("means added", lambda ms, plan, q=0.99: float(sum(max(np.mean(ms[p]) for p in step) for step in plan)),
                "You add up mean times. Nobody waits the mean: add up request by request, then take the quantile `q`."),
        Mistake("steps pooled", lambda ms, plan, q=0.99: float(np.quantile(np.concatenate(
            [np.max([ms[p] for p in step], axis=0) for step in plan]), q)),
                "You take one quantile over the times of all steps together. A request goes through every step: add up its "
                "times first."),
        Mistake("the times themselves", lambda ms, plan, q=0.99: _spent(ms, plan),
                "You return what each request took. Return the quantile `q` of that."),
    ),
    hints=("Follow one request through the plan before you think of percentiles.",
           "For every request: the largest time of each step's parts, summed over the steps. One quantile, at the "
           "very end.",
           "`np.max([ms[part] for part in step], axis=0)` is a step, request by request; `sum(... for step in plan)`; "
           "`np.quantile(..., q)`."),
)
