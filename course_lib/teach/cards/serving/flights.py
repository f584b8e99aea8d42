"""Exercise on serving: who computes what many ask for at once (single flight)."""

import numpy as np

from course_lib.serving.loadgen.stampede import who_computes
from course_lib.teach.cards.effects_serving import computed_at_a_restart
from course_lib.teach.cards.serving import far_requests_of_serving
from course_lib.teach.definitions.card import Card, Case, Mistake


def _requests(rng, n, keys, fails=0.3):
    at = np.cumsum(rng.integers(0, 60, n)).astype(float)
    return at, rng.integers(0, keys, n), rng.integers(20, 200, n).astype(float), rng.random(n) < fails


def _cases(rng):
    long = np.arange(0.0, 900, 30)
    none = np.zeros(len(long), bool)
    return [Case("three keys, some computations fail", (*_requests(rng, 40, 3), 150.0)),
            Case("one key, nothing fails", (*_requests(rng, 30, 1, 0.0), 300.0)),
            Case("two keys, nothing is kept", (*_requests(rng, 30, 2), 0.0)),
            Case("many keys", (*_requests(rng, 60, 8, 0.5), 400.0)),
            Case("every computation fails", (*_requests(rng, 30, 2, 1.1), 200.0)),
            Case("a steady stream for one key", (long, np.zeros(len(long), int), np.full(len(long), 100.0), none, 120.0)),
            Case("several at the same moment", (np.array([0.0, 0, 0, 50, 50, 90, 90]), np.array([1, 1, 2, 1, 2, 2, 1]),
                                               np.full(7, 50.0), np.array([True, False] + 5 * [False]), 40.0)),
            Case("computations that take no time", (np.array([0.0, 0, 5, 5, 9]), np.zeros(5, int), np.zeros(5),
                                                    np.array([True, False, False, False, True]), 5.0))]


def _by_key(at_ms, key, takes_ms, fails, keep_ms):
    """The same, key by key."""
    at, key, answers = np.asarray(at_ms, float), np.asarray(key), np.arange(len(at_ms))
    for name in np.unique(key):
        mine, place = np.flatnonzero(key == name), 0
        while place < len(mine):
            leader = mine[place]
            until = at[leader] + takes_ms[leader] + (0 if fails[leader] else keep_ms)
            while place < len(mine) and (mine[place] == leader or at[mine[place]] < until):
                answers[mine[place]] = leader
                place += 1
    return answers


def _wrong(answered, *, name_of=lambda name: name, replace=True, told=lambda leader, request: leader, passes=False):
    """A computation that answers by another rule: answered(now, begin, takes, own, failed, keep) -> bool.

    replace: whether a new computation takes the place of the old. told: what is written down for who is answered.
    passes: whether who is answered becomes the leader of those who follow.
    """
    def wrong(at_ms, key, takes_ms, fails, keep_ms):
        latest, answers = {}, np.arange(len(at_ms))
        for request, (now, name) in enumerate(zip(at_ms, key, strict=True)):
            held = latest.get(name_of(name))
            if held is not None and answered(now, at_ms[held], takes_ms[held], takes_ms[request], fails[held], keep_ms):
                answers[request] = told(held, request)
                if passes:
                    latest[name_of(name)] = request
                continue
            if held is None or replace:
                latest[name_of(name)] = request
        return answers
    return wrong


def _right(now, begin, takes, own, failed, keep):
    return now < begin + takes or (not failed and now < begin + takes + keep)


MISTAKES = (
    Mistake("kept results alone", _wrong(lambda now, begin, takes, own, failed, keep: not failed
                                         and begin + takes <= now < begin + takes + keep),
            "Who asks while the computation runs begins another. That is the stampede: let them wait for the one that runs."),
    Mistake("errors are kept", _wrong(lambda now, begin, takes, own, failed, keep: now < begin + takes + keep),
            "You keep an error as long as a result, so that one failure answers everybody for keep_ms. After it the next one "
            "tries again."),
    Mistake("one flight for all keys", _wrong(_right, name_of=lambda name: 0),
            "You let a computation of one key answer another. Hold one flight for each key."),
    Mistake("kept from the begin", _wrong(lambda now, begin, takes, own, failed, keep: now < begin + takes
                                          or (not failed and now < begin + keep)),
            "You count keep_ms from when the computation began. A result is kept from when it is there."),
    Mistake("joined alone", _wrong(lambda now, begin, takes, own, failed, keep: now < begin + takes),
            "You forget a result as soon as it is there. It answers for keep_ms more, unless it is an error."),
    Mistake("for ever", _wrong(lambda now, begin, takes, own, failed, keep: True),
            "You let the first computation answer for ever. A result ends keep_ms after it is there."),
    Mistake("failures foreseen", _wrong(lambda now, begin, takes, own, failed, keep: not failed
                                        and now < begin + takes + keep),
            "You let nobody join a computation that will fail. While it runs nobody can know that: they share its error."),
    Mistake("own time", _wrong(lambda now, begin, takes, own, failed, keep: now < begin + own
                               or (not failed and now < begin + own + keep)),
            "You ask how long the newcomer's computation would take. The one that runs has its own takes_ms, its leader's."),
    Mistake("the one before", _wrong(_right, told=lambda held, request: request - 1),
            "You name the request before. Who is answered is answered by the one that computed."),
    Mistake("a chain of leaders", _wrong(_right, passes=True),
            "You make who joined the leader of those who come later. They compute nothing, so their times start no clock."),
    Mistake("no new leader", _wrong(_right, replace=False),
            "After the first result has expired, everybody computes alone. The new computation must become the one to join."),
    Mistake("the end counts still", _wrong(lambda now, begin, takes, own, failed, keep: now < begin + takes
                                           or (not failed and now <= begin + takes + keep)),
            "You answer at the very moment at which a result expires. It answers before that moment alone."),
    Mistake("landed still runs", _wrong(lambda now, begin, takes, own, failed, keep: now <= begin + takes
                                        or (not failed and now < begin + takes + keep)),
            "At the very moment at which a computation ends it runs no more: its error must not be shared then."),
    Mistake("results are never kept after an error", _wrong(lambda now, begin, takes, own, failed, keep: (
        failed or now < begin + takes + keep)),
            "A failed computation answers for ever in your version, so the key never heals. Let the next one try."),
    Mistake("keep without takes", _wrong(lambda now, begin, takes, own, failed, keep: now < begin + takes and not failed
                                         or not failed and now < begin + max(takes, keep)),
            "You take the longer of takes_ms and keep_ms. First the computation takes its time, then its result is kept."),
)

FLIGHT = Card(
    id="serving.1", title="Who computes?", minutes=15, difficulty=3, used_in=("this lesson", "the service's cache"),
    effect=computed_at_a_restart,
    task="Requests come in order. One that finds neither a result nor a running computation of its key is a *leader*: it "
         "computes from its arrival for its own `takes_ms`, and fails at the end where `fails` says so. Whoever asks for the same "
         "key **before it ends** joins it and shares its outcome, an error too. Its result then answers whoever asks **before** "
         "`keep_ms` more have passed; an error is not kept. Which request computes the answer of each?",
    shapes="as in the docstring; a leader gets its own number.",
    why="The first computes and the others wait for its result: Go calls it single flight, and memcache's leases do the "
        "same (Nishtala et al. 2013). Three details decide whether it helps: an error must not be kept, those who wait have "
        "deadlines of their own, and the result that arrives late is still worth keeping. "
        "Restart one process after the other and warm it; lifetimes spread by chance keep keys from expiring together.",
    reference=who_computes, alternative=_by_key, cases=lambda rng: [*_cases(rng), *far_requests_of_serving.flight_cases()],
    by_hand=(Case("the second waits, the third finds it kept, the fourth computes",
                  (np.array([0.0, 30, 120, 150]), np.array([7, 7, 7, 7]), np.full(4, 100.0), np.zeros(4, bool), 50.0),
                  expected=np.array([0, 0, 0, 3])),
             Case("an error is shared while it runs, and not kept",
                  (np.array([0.0, 99, 100, 101]), np.array([7, 7, 7, 7]), np.full(4, 100.0),
                   np.array([True, False, False, False]), 50.0), expected=np.array([0, 0, 2, 2]))),
    mistakes=MISTAKES,
    hints=("Which one request do you need to know of each key? The leader of its latest computation, and no other.",
           "A leader's computation ends at `at_ms[leader] + takes_ms[leader]`. Before that, everybody joins. After that, it "
           "depends on whether it failed and on `keep_ms`.",
           "`latest = {}` maps a key to its leader. Where the leader cannot answer, the request becomes the leader."))
