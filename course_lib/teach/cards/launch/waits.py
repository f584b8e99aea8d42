"""Exercise on latency: what a request waits for while others are served."""

import numpy as np

from course_lib.serving.load import open_loop_latency
from course_lib.teach.cards import effects_decisions, sizes
from course_lib.teach.cards.launch import far_launches, wait_slips
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 12.1 ----------------------------------------------------------------------------------------------------------
def _load_cases(rng):
    out = []
    for name, gap in (("a calm hour", 30.0), ("a busy hour", 6.0), ("more work than time", 3.0)):
        out.append(Case(name, (np.cumsum(rng.exponential(gap, 12)).round(2), rng.exponential(5, 12).round(2))))
    long = np.array([2.0, 20, 21, 22, 60, 61]), np.array([3.0, 25, 1, 1, 2, 2])
    free = np.array([0.0, 3.0, 4.0, 9.0]), np.array([0.0, 5.0, 0.0, 0.012345])
    rush = np.cumsum(rng.exponential(20, 60)).round(2)
    rush[40:] += 250
    return [*out, Case("a long one, and a pause behind it", long), Case("some that take no time", free),
            Case("a single request", (np.array([7.0]), np.array([3.0]))),
            Case("two at once, the longer one first", (np.array([1.0, 4, 4, 6]), np.array([2.0, 5, 1, 3]))),
            Case("two at once, the shorter one first", (np.array([0.0, 0, 5]), np.array([1.0, 6, 2]))),
            Case("a rush that outlives a pause", (rush, rng.exponential(45, 60).round(2)))]


def _queue_loop(arrival_ms, service_ms):
    free, out = 0.0, []
    for a, s in zip(arrival_ms, service_ms, strict=True):
        free = max(free, a) + s
        out.append(free - a)
    return np.array(out)


def _neighbour_only(arrival_ms, service_ms):
    before = np.concatenate([[-np.inf], (np.asarray(arrival_ms) + service_ms)[:-1]])
    return np.maximum(before, arrival_ms) + service_ms - arrival_ms


def _answers(finish):
    """What waits where the moments of the answers are worked out wrongly."""
    def wrong(arrival_ms, service_ms):
        arrival, service = np.asarray(arrival_ms, float), np.asarray(service_ms, float)
        return finish(arrival, service) - arrival
    return wrong


def _worker(step):
    """A worker whose next free moment is worked out wrongly: step(free, arrival, service) -> (free, latency)."""
    def wrong(arrival_ms, service_ms):
        free, out = 0.0, []
        for a, s in zip(arrival_ms, service_ms, strict=True):
            free, latency = step(free, a, s)
            out.append(latency)
        return np.array(out, float)
    return wrong


def _waits(rule):
    """Waits from those of the request before: rule(wait, service of both, gap) -> wait; plus the own service."""
    def wrong(arrival_ms, service_ms):
        arrival, service = np.asarray(arrival_ms, float), np.asarray(service_ms, float)
        wait = [0.0]
        for before, own, gap in zip(service[:-1], service[1:], np.diff(arrival), strict=True):
            wait.append(rule(wait[-1], before, own, gap))
        return np.array(wait) + service
    return wrong


def _waits_at(rule):
    """Latencies from that of the request before: rule(latency, own service, own arrival) -> latency."""
    def wrong(arrival_ms, service_ms):
        out = [float(service_ms[0])]
        for a, s in zip(arrival_ms[1:], service_ms[1:], strict=True):
            out.append(rule(out[-1], s, a))
        return np.array(out)
    return wrong


def _backlog(arrival_ms, service_ms):
    """The unfinished work of every earlier request, each taken to be begun on arrival."""
    arrival, service = np.asarray(arrival_ms, float), np.asarray(service_ms, float)
    left = np.maximum(arrival[None] + service[None] - arrival[:, None], 0)
    return np.tril(left, -1).sum(1) + service


def _never_idle(arrival_ms, service_ms):
    return np.asarray(arrival_ms)[0] + np.cumsum(service_ms) - arrival_ms


LATENCY = Card(
    id="launch.1", title="What a request really waits", minutes=10, difficulty=2, used_in=("{{interview}}",),
    effect=effects_decisions.wait_at_the_99th,
    realistic=sizes.arrivals,
    task="One worker serves requests in the order in which they come. A request that arrives while the worker is busy "
         "waits. Return the time from arrival to answer of each request: waiting and being served.",
    shapes="`arrival_ms` float [n], ascending, from 0 up, at least one (of two that arrive at once, the first in the array is served first); `service_ms` float [n], how long each takes once begun; returns float [n].",
    why="`finish = max(arrival, finish of the one before) + service`. A test that sends the next request when the last "
        "one has been answered never queues, and so reports service times: it omits exactly the waits that people have. "
        "That is why a load test must be *open-loop*, with arrivals on their own clock.",
    reference=open_loop_latency, alternative=_queue_loop, cases=lambda rng: [*_load_cases(rng), *far_launches.wait_cases()],
    by_hand=(Case("the second arrives while the first is served", (np.array([0.0, 1.0]), np.array([10.0, 10.0])),
                  expected=np.array([10.0, 19.0])),
             Case("the worker idles in between", (np.array([5.0, 50.0]), np.array([10.0, 10.0])),
                  expected=np.array([10.0, 10.0])),
             Case("three at once", (np.array([0.0, 0.0, 0.0]), np.array([4.0, 4.0, 4.0])),
                  expected=np.array([4.0, 8.0, 12.0]))),
    invariants=(Invariant("nobody waits less than their own service takes", lambda fn, rng: bool(
        (np.asarray(fn(np.arange(6.0), np.full(6, 3.0))) >= 3 - 1e-9).all())),),
    mistakes=(
        Mistake("service times", lambda arrival_ms, service_ms: np.asarray(service_ms, float),
                "You return the service times: nobody waits. This is what a closed-loop load test reports, and what comes "
                "out where no service time is carried over to the next request."),
        Mistake("waiting alone", lambda arrival_ms, service_ms: open_loop_latency(arrival_ms, service_ms) - service_ms,
                "You return the wait alone. A person also waits while being served: add the service time."),
        Mistake("only the neighbour", _neighbour_only,
                "A request waits for the one before it as if that had started on arrival. It may itself have waited: carry the "
                "finish time along."),
        Mistake("never idle", _never_idle,
                "Your worker goes on working when nobody is there: a request can't be begun before it arrives."),
        Mistake("finish times", lambda arrival_ms, service_ms: open_loop_latency(arrival_ms, service_ms) + arrival_ms,
                "You return the moments at which the answers are ready. Subtract the arrivals."),
        Mistake("start times", lambda arrival_ms, service_ms: open_loop_latency(
            arrival_ms, service_ms) + arrival_ms - service_ms,
                "You return the moments at which the worker begins. Return how long each request took: the answer's moment less "
                "its arrival."),
        Mistake("never idle, from 0", _answers(lambda arrival, service: np.cumsum(service)),
                "Your worker begins at time 0 and never pauses. A request can't be begun before it arrives: max(free, arrival)."),
        Mistake("pauses forgotten", _answers(lambda arrival, service: np.maximum(
            arrival, np.cumsum(service) - service) + service),
                "You sum service times as if the worker had been busy from 0 on. After a pause the sum starts from the arrival: "
                "carry the finish time along."),
        Mistake("pauses forgotten, from the first", _answers(lambda arrival, service: np.maximum(
            arrival, arrival[0] + np.cumsum(service) - service) + service),
                "You sum service times from the first arrival as if the worker never paused. After a pause the sum starts anew: "
                "carry the finish time along."),
        Mistake("from the first arrival", lambda arrival_ms, service_ms: open_loop_latency(
            arrival_ms, service_ms) + arrival_ms - np.asarray(arrival_ms)[0],
                "You measure all answers from the first arrival. Each request's time runs from its own."),
        Mistake("arrival for the gap", _waits_at(lambda latency, own, at: own + max(0.0, latency - at)),
                "You compare the latency of the one before, a duration, with a moment. Compare it with the *gap* between the two "
                "arrivals."),
        Mistake("later of two ends", _worker(lambda free, a, s: (max(free, a + s), max(0.0, free - a) + s)),
                "You note the worker free at arrival + service, or at the earlier end if that is later. Someone who waits begins "
                "later: free = max(free, arrival) + service."),
        Mistake("the earlier of the two", _worker(lambda free, a, s: (min(free, a) + s, min(free, a) + s - a)),
                "You begin at the earlier of two moments. Both must have come, the arrival and the free worker: take the later."),
        Mistake("worker's pauses counted", _worker(lambda free, a, s: (max(free, a) + s, max(free, a) + s - free)),
                "You subtract the moment at which the worker was free. A person's time runs from the arrival."),
        Mistake("gap counted from free", _worker(lambda free, a, s: (max(free, a) + s, abs(free - a) + s)),
                "You take the distance between arrival and free worker as a wait in both directions. Where the worker was free "
                "first, nobody waits: max(0, free − arrival)."),
        Mistake("own service for the neighbour's", _waits(lambda wait, before, own, gap: max(0.0, wait + own - gap)),
                "You reckon a wait with the request's own service time. What it waits for is the service of the one *before*."),
        Mistake("waits below zero kept out once", _waits(lambda wait, before, own, gap: wait + max(0.0, before - gap)),
                "You cut each step at 0 before you add it, so that a long gap takes no wait away. Cut the sum: max(0, wait + "
                "service − gap)."),
        Mistake("whole service of the neighbour", _waits(lambda wait, before, own, gap: before * (before > gap)),
                "A request that comes while another is served waits only for what is left of it, and for all that wait before "
                "it."),
        Mistake("whole queue without what is done", _waits(lambda wait, before, own, gap: (wait + before) * (
            wait + before > gap)),
                "You let a request wait for all of the earlier ones' time. What was served before it came is done: subtract "
                "the gap between arrivals."),
        Mistake("each begun on arrival", _backlog,
                "You add what is left of every earlier request, as if all had been begun on arrival. There is one worker: carry "
                "along when it is free."),
        Mistake("the last one's end alone", _answers(lambda arrival, service: np.maximum.accumulate(arrival + service)),
                "You take the latest end of requests that start on arrival. With one worker their service times add up."),
        Mistake("service as the clock of arrivals", _answers(lambda arrival, service: arrival + np.cumsum(service)),
                "You let each request wait for all earlier services, also those long done. Carry along when the worker is free."),
        *wait_slips.MISTAKES,
    ),
    hints=("When can the worker begin a request? Two things must have happened.",
           "Keep one number, the time at which the worker is free again, and go through the requests in order.",
           "`free = max(free, arrival) + service`, and the latency is `free - arrival`."),
)
