"""Exercises and claims on the interview: capacity, machines for an index, a budget that adds up."""

import math

import numpy as np

from course_lib.launch.whiteboard import SECONDS_A_DAY, capacity, machines, request_quantile
from course_lib.teach.cards import effects_decisions
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake

# --- 12.1 ----------------------------------------------------------------------------------------------------------


def _capacity_cases(rng):
    return [Case("a feed", (5_000_000, 12, 3.0, 18.0, 0.6)), Case("a shop", (400_000, 6, 2.5, 30.0, 0.5)),
            Case("a quiet night", (90_000, 3, 1.0, 45.0, 0.35)), Case("a holiday", (2_300_000, 9, 7.0, 11.0, 0.7))]


def _capacity_by_hour(users_a_day, requests_a_user, peak, ms, busy):
    busiest_hour = users_a_day * requests_a_user / 24 * peak
    served_by_one = busy * 3_600_000 / ms
    return busiest_hour / 3600, math.ceil(busiest_hour / served_by_one)


def _workers(per_second, ms, busy):
    return per_second, math.ceil(per_second * ms / 1000 / busy)


def _rate(users_a_day, requests_a_user, peak):
    return users_a_day * requests_a_user * peak / SECONDS_A_DAY


CAPACITY = Card(
    id="interview.1", title="From people a day to machines", minutes=6, difficulty=1, used_in=(),
    effect=effects_decisions.peak_minutes_kept_up,
    task="\"Two million people a day. How big is this?\" Return the requests a second in the busiest hour, which has "
         "`peak` times the day's mean rate, and how many workers serve them, if a request keeps one worker busy for "
         "`ms` and a worker may be busy a share `busy` of the time.",
    shapes="numbers; `ms` milliseconds; `busy` 0 to 1; returns (requests a second, whole workers).",
    why="Little's law: rate × time is the number of requests in service at one moment, and each needs a worker. "
        "Dividing by `busy` buys idle time, and idle time is what keeps the queue of lesson {{launch}} short: a fleet that "
        "is busy all the time has a 99th percentile without end.",
    reference=capacity, alternative=_capacity_by_hour, cases=_capacity_cases,
    by_hand=(Case("864,000 people, one request each, no peak: 10 a second, of a second each, half busy",
                  (864_000, 1, 1.0, 950.0, 0.5), expected=(10.0, 19)),),
    invariants=(Invariant("twice the people are twice the requests a second", lambda fn, rng: math.isclose(
        fn(2e6, 5, 3.0, 20.0, 0.6)[0], 2 * fn(1e6, 5, 3.0, 20.0, 0.6)[0])),),
    mistakes=(
        Mistake("the mean rate", lambda users_a_day, requests_a_user, peak, ms, busy: _workers(
            _rate(users_a_day, requests_a_user, 1), ms, busy),
                "You plan for the mean of the day. People come in the evening: multiply by the peak."),
        Mistake("milliseconds as seconds", lambda users_a_day, requests_a_user, peak, ms, busy: _workers(
            _rate(users_a_day, requests_a_user, peak), 1000 * ms, busy),
                "You have a thousand times too many workers: `ms` is in milliseconds, the rate is in seconds."),
        Mistake("busy all the time", lambda users_a_day, requests_a_user, peak, ms, busy: _workers(
            _rate(users_a_day, requests_a_user, peak), ms, 1),
                "Your workers are never idle. At full load the queue has no end: divide by `busy`."),
        Mistake("times busy", lambda users_a_day, requests_a_user, peak, ms, busy: _workers(
            _rate(users_a_day, requests_a_user, peak), ms, 1 / busy),
                "You multiply by `busy`, so less load a worker means fewer workers. Divide."),
        Mistake("rounded down", lambda users_a_day, requests_a_user, peak, ms, busy: (
            _rate(users_a_day, requests_a_user, peak),
            math.floor(_rate(users_a_day, requests_a_user, peak) * ms / 1000 / busy)),
                "You round down, so the last part of a worker's work is done by nobody: round up."),
        Mistake("an hour's requests", lambda users_a_day, requests_a_user, peak, ms, busy: (
            _rate(users_a_day, requests_a_user, peak) * 3600,
            _workers(_rate(users_a_day, requests_a_user, peak), ms, busy)[1]),
                "The workers are right, but you return the requests of an hour, not of a second."),
    ),
    hints=("How many requests are being served at one moment, if 100 arrive a second and each takes 20 ms?",
           "Requests a day ÷ 86,400 × peak is the rate; rate × seconds each is the number in service.",
           "`math.ceil(rate * ms / 1000 / busy)`; return the rate and that."),
)


# --- 12.2 ----------------------------------------------------------------------------------------------------------
def _machine_cases(rng):
    return [Case("a feed", (8e6, 384, 2, 0.6, 3)), Case("a shop", (9e5, 272, 16, 0.5, 2)),
            Case("a billion codes", (1e9, 24, 64, 0.7, 3)), Case("the same, raw vectors", (1e9, 520, 64, 0.7, 2))]


def _by_items_that_fit(items, bytes_each, machine_gb, usable, copies):
    fit = machine_gb * usable * 1e9 / bytes_each / 2        # half of the room stays free for the next index
    shards = -int(-items // fit)
    return shards, copies * shards


def _split(size, machine_gb, usable, copies):
    shards = math.ceil(size / (machine_gb * 1e9 * usable))
    return shards, shards * copies


MACHINES = Card(
    id="interview.2", title="Does the index fit, also tonight?", minutes=6, difficulty=2, used_in=(),
    task="An index of `items` vectors is rebuilt every night and swapped while it serves: for a while the old and "
         "the new one are both in memory. Of each machine's memory an index may take a share `usable`. Each shard is "
         "held `copies` times, on machines of their own. Return the number of shards and of machines.",
    shapes="`items`, `copies` whole numbers; `bytes_each` bytes of a vector in the index; `machine_gb` in 10⁹ bytes; "
           "`usable` 0 to 1; returns (shards, machines).",
    why="Three factors are left out under pressure, and each is about two: the swap, the memory that is not yours, "
        "the copies. A plan without them fits on the whiteboard and fails in the first night. Copies come last: a "
        "shard is whole, and so is its copy.",
    reference=machines, alternative=_by_items_that_fit, cases=_machine_cases,
    by_hand=(Case("10 million × 100 bytes, 1 GB, all usable: 2 GB with the swap",
                  (1e7, 100, 1.1, 1.0, 3), expected=(2, 6)),),
    mistakes=(
        Mistake("no swap", lambda items, bytes_each, machine_gb, usable, copies: _split(
            items * bytes_each, machine_gb, usable, copies),
                "It fits until the first rebuild. During the swap both indexes are in memory: twice the bytes."),
        Mistake("all the memory", lambda items, bytes_each, machine_gb, usable, copies: _split(
            2 * items * bytes_each, machine_gb, 1, copies),
                "You give the index all of the machine. The system and the requests need memory too: times `usable`."),
        Mistake("copies before shards", lambda items, bytes_each, machine_gb, usable, copies: (
            _split(2 * items * bytes_each, machine_gb, usable, 1)[0],
            _split(2 * copies * items * bytes_each, machine_gb, usable, 1)[0]),
                "You pour all copies into one heap of bytes. Then a machine holds two copies of a shard, and fails "
                "with both: round up the shards first, then multiply."),
        Mistake("no copies", lambda items, bytes_each, machine_gb, usable, copies: _split(
            2 * items * bytes_each, machine_gb, usable, 1),
                "You count every shard once. When one of its machines goes, its items are gone from every answer."),
        Mistake("rounded down", lambda items, bytes_each, machine_gb, usable, copies: tuple(
            n * max(1, math.floor(2 * items * bytes_each / (machine_gb * 1e9 * usable))) for n in (1, copies)),
                "You round down: the last shard does not fit on its machine."),
        Mistake("copies counted as shards", lambda items, bytes_each, machine_gb, usable, copies: (
            _split(2 * items * bytes_each, machine_gb, usable, copies)[1],) * 2,
                "You return the machines twice. A copy of a shard is not another shard: a request asks each shard "
                "once."),
    ),
    hints=("What is in memory at the moment at which the new index takes over?",
           "Bytes = 2 × items × bytes each. Shards: how many machines' usable memory that is, rounded up.",
           "`shards = math.ceil(2 * items * bytes_each / (machine_gb * 1e9 * usable))`; machines are shards × copies."),
)


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
    effect=effects_decisions.quantile_of_requests,
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
