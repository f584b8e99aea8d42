"""Exercises of the feature audit on what serves features: a session by its gaps, two layers, a warm cache."""

import math
from collections import OrderedDict

import numpy as np

from course_lib.data.sessions import decayed_counts, hit_rate, live_session
from course_lib.teach.cards import effects_lists
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 8.5 -----------------------------------------------------------------------------------------------------------
def _session_cases(rng):
    out = []
    for n, now, late in ((7, 70.0, 0.0), (9, 80.0, 0.4), (12, 100.0, 0.3), (8, 300.0, 0.2), (10, 75.0, 0.5)):
        event = rng.choice(75, n, replace=False).astype(float)
        arrival = event + np.where(rng.random(n) < late, rng.integers(5, 60, n), 1).astype(float)
        out.append(Case(f"{n} events, now {now:.0f}", (event, arrival, rng.permutation(50)[:n], now, 20.0)))
    return out


def _session_walk(event_time, arrival_time, item, now, gap_s):
    past = sorted((e, i) for e, a, i in zip(event_time, arrival_time, item, strict=True) if a < now)
    session, then = [], now
    while past and then - past[-1][0] <= gap_s:
        then, last = past.pop()
        session.insert(0, last)
    return np.array(session, dtype=np.asarray(item).dtype)


def _session(*, clock="event", known="arrival", order=True, to_now=True, pick=lambda ends: ends[-1] + 1, at_gap=False,
             back=False):
    def wrong(event_time, arrival_time, item, now, gap_s):
        keep = (arrival_time if known == "arrival" else event_time) < now
        time, item = (arrival_time if clock == "arrival" else event_time)[keep], item[keep]
        if order:
            sort = np.argsort(time, kind="stable")
            time, item = time[sort], item[sort]
        gaps = np.diff(np.append(time, now) if to_now else time)
        ends = np.flatnonzero(gaps >= gap_s if at_gap else gaps > gap_s)
        out = item[pick(ends):] if len(ends) else item
        return out[::-1] if back else out
    return wrong


def _window(event_time, arrival_time, item, now, gap_s):
    keep = (arrival_time < now) & (now - event_time <= gap_s)
    return item[keep][np.argsort(event_time[keep], kind="stable")]


_HAND_5 = (np.array([400.0, 100.0, 430.0, 160.0, 370.0, 445.0]), np.array([401.0, 101.0, 431.0, 161.0, 380.0, 600.0]),
           np.array([3, 1, 4, 2, 7, 9]), 480.0, 60.0)

SESSION = Card(
    id="feature_audit.5", title="The session a user is in", minutes=9, difficulty=3, used_in=("{{feature_audit}}",),
    effect=effects_lists.session_items_right,
    task="A session goes on while each event follows the one before it within `gap_s` seconds, and `now` follows the last one within "
         "`gap_s`. Give the items of the session that is going on at `now`; none if the last session is over. Events come in "
         "the order of their arrival, and some arrive late: only what **arrived** strictly before `now` is known. What a known "
         "event says is told by when it **happened**.",
    shapes="`event_time`, `arrival_time` float [E], s; `item` int [E]; `now`, `gap_s` numbers, s; returns int [≤ E], oldest first.",
    why="Put the known events in order, write `now` behind them, and take the gaps. The session begins after the last gap that is too "
        "long; if that is the gap to `now`, nothing is left. The two clocks have one task each: arrival says whether we know "
        "an event, its own time says where it belongs. A store that restarts a timer at each write has one clock only.",
    reference=live_session, alternative=_session_walk, cases=_session_cases,
    by_hand=(Case("370, 400 and 430 belong together; 445 is not known yet", _HAND_5, expected=np.array([7, 3, 4])),
             Case("the last session is over", (np.array([10.0, 20.0]), np.array([11.0, 21.0]), np.array([1, 2]), 90.0, 60.0),
                  expected=np.array([], int)),
             Case("a pause of exactly gap_s goes on", (np.array([10.0, 70.0]), np.array([11.0, 71.0]), np.array([1, 2]), 130.0,
                                                      60.0), expected=np.array([1, 2]))),
    mistakes=(
        Mistake("a fixed window", _window,
                "You keep what happened in the last gap_s seconds. A session may be far longer than one gap: follow the chain from "
                "event to event."),
        Mistake("never over", _session(to_now=False),
                "You look at the pauses between events, not at the pause since the last one. Yesterday's session is still going on "
                "in your result: `now` ends the chain."),
        Mistake("knows what is on its way", _session(known="event"),
                "You use events that happened before now but have not arrived. No server could have read them: an event is known "
                "from its arrival."),
        Mistake("the server's clock", _session(clock="arrival"),
                "You measure pauses between arrivals. A phone that was offline for an hour then looks as if it clicked just now: "
                "order and pauses go by the time of the event."),
        Mistake("in order of arrival", _session(order=False),
                "You take the events in the order in which they came. A late event stands in the wrong place there: sort by the "
                "time of the event."),
        Mistake("the first pause", _session(pick=lambda ends: ends[0] + 1),
                "You begin after the first long pause. Later pauses end sessions too: begin after the last one."),
        Mistake("one event too many", _session(pick=lambda ends: ends[-1]),
                "Your session begins one event early: the event before the pause belongs to the session that is over."),
        Mistake("over at the gap", _session(at_gap=True),
                "You end a session at a pause of exactly gap_s. It goes on within gap_s, that length included."),
        Mistake("latest first", _session(back=True),
                "Your items come latest first. The oldest stands first, as models that read sequences expect."),
    ),
    hints=("Draw the known events on a line, with `now` at its end. Which pauses are too long?",
           "Only one of the pauses matters: the last that is too long. What if that is the pause before `now`?",
           "`ends = np.flatnonzero(np.diff(np.append(time, now)) > gap_s)`, then `item[ends[-1] + 1:]` if there are any."),
)


# --- 8.6 -----------------------------------------------------------------------------------------------------------
def _layer_cases(rng):
    out = []
    for n, users, late in ((8, 3, 0.5), (14, 4, 0.4), (20, 5, 0.3)):
        event = rng.uniform(0, 90, n).round(1)
        arrival = event + np.where(rng.random(n) < late, rng.uniform(5, 60, n), 0.5).round(1)
        arrival[0], event[0] = 50.0, 47.0  # arrives as the job begins
        user = np.append(rng.integers(0, users, n - 1), users - 1)
        out.append(Case(f"{n} events of {users} users", (rng.uniform(0, 4, users).round(2), 50.0, user, event, arrival, 95.0,
                                                         20.0)))
    return out


def _layer_loop(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    count = [float(b) * math.exp(-math.log(2) * (now - batch_at) / half_life_s) for b in batch]
    for u, happened, came in zip(user, event_time, arrival_time, strict=True):
        if batch_at <= came < now:
            count[u] += math.exp(-math.log(2) * (now - happened) / half_life_s)
    return np.array(count)


def _layers(*, first="arrival", last="arrival", clock="event", age=True, half=0.5, strict=False, use=(1, 1), cut=True):
    def wrong(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
        times = {"arrival": arrival_time, "event": event_time}
        after = times[first] > batch_at if strict else times[first] >= batch_at
        fresh = (after if cut else True) & (times[last] < now)
        weight = half ** ((now - times[clock][fresh]) / half_life_s)
        aged = batch * half ** ((now - batch_at) / half_life_s) if age else batch
        return use[0] * aged + use[1] * np.bincount(user[fresh], weight, len(batch))
    return wrong


_HAND_6 = (np.array([4.0, 0.0, 2.0]), 100.0, np.array([0, 0, 1, 1, 2]), np.array([120.0, 80.0, 110.0, 90.0, 130.0]),
           np.array([120.5, 115.0, 150.0, 95.0, 130.5]), 140.0, 20.0)

LAYERS = Card(
    id="feature_audit.6", title="Batch and speed, nothing lost, nothing twice", minutes=10, difficulty=3, used_in=("{{feature_audit}}",),
    effect=effects_lists.counts_unlike_the_stream,
    task="A feature counts a user's clicks, each worth ½ after one `half_life_s`, ¼ after two. A job summed it for all users at "
         "`batch_at` from every event that had **arrived** strictly before: the batch layer, `batch`. Bring it up to `now` "
         "with the stream: the speed layer. The stream reaches back before `batch_at`, and some events arrive long after they "
         "happened. Each event that arrived before `now` counts once, by its own age.",
    shapes="`batch` float [U]; `user` int [E]; `event_time`, `arrival_time` float [E], s; `batch_at`, `now`, `half_life_s` numbers, s; "
           "returns float [U].",
    why="The job has counted exactly what arrived before it, so the speed layer is what arrived since: arrival splits the layers. The "
        "weight is the age of the event itself. Split by the event's time instead, and a late event falls between the two: the job "
        "came too early for it, the stream believes that the job has it. The sum of the batch needs no events to grow old: all "
        "its parts lose the same share.",
    reference=decayed_counts, alternative=_layer_loop, cases=_layer_cases,
    by_hand=(Case("user 0: 4 · ¼, ½ for the event at 120, ⅛ for the late one of 80; user 1: nothing new has arrived", _HAND_6,
                  expected=np.array([1 + 0.5 + 0.125, 0.0, 0.5 + 2 ** -0.5])),),
    invariants=(Invariant("with an empty batch long ago, the stream alone gives the count", lambda fn, rng: np.allclose(
        fn(np.zeros(2), -1e9, np.array([0, 0]), np.array([0.0, 10.0]), np.array([1.0, 11.0]), 20.0, 10.0), [0.75, 0.0])),),
    mistakes=(
        Mistake("layers split by event time", _layers(first="event"),
                "You let the speed layer begin at events that *happened* after batch_at. A late event that happened before and "
                "arrived after is then in neither layer: split by arrival."),
        Mistake("the whole stream", _layers(cut=False),
                "You add the whole stream to the batch. What arrived before batch_at is in the batch already and counts twice."),
        Mistake("the batch does not age", _layers(age=False),
                "You add the batch as it was at batch_at. Its events have grown older since, all by the same factor."),
        Mistake("weighed by arrival", _layers(clock="arrival"),
                "You weigh an event by the time since its arrival. A click of this morning that arrives now is not fresh: its weight "
                "goes by when it happened."),
        Mistake("not yet arrived", _layers(last="event"),
                "You count events that happened before now but have not arrived. In training this is a leak: serving cannot know "
                "them."),
        Mistake("base e", _layers(half=1 / math.e),
                "Your weights fall by a factor of e in each half-life. The base is ½."),
        Mistake("batch only", _layers(use=(1, 0)),
                "You only age the batch. What arrived since is missing."),
        Mistake("speed only", _layers(use=(0, 1)),
                "You only count what arrived since batch_at. The batch is missing."),
        Mistake("the border in neither", _layers(strict=True),
                "An event that arrives at exactly batch_at is in neither of your layers: the job took what arrived strictly before, "
                "so the stream begins at batch_at itself."),
    ),
    hints=("For each event ask two questions: does the job have it? How old is it now? Each question has its own clock.",
           "What does the whole batch lose between batch_at and now, whatever is in it?",
           "`np.bincount(user[fresh], 0.5 ** ((now - event_time[fresh]) / half_life_s), len(batch))`, with `fresh` by arrival."),
)


# --- 8.7 -----------------------------------------------------------------------------------------------------------
def _cache_cases(rng):
    out = []
    for n, capacity, n_warm in ((30, 3, 0), (40, 4, 2), (40, 3, 6), (50, 5, 5), (25, 2, 1)):
        out.append(Case(f"{n} requests, room for {capacity}, {n_warm} warm",
                        ((rng.zipf(1.4, n) % 9).astype(int), capacity, rng.permutation(9)[:n_warm].tolist())))
    return out


def _cache_list(requested, capacity, warm=()):
    held, hits = list(warm)[:capacity][::-1], []
    for user in requested:
        hits.append(user in held)
        held = [u for u in held if u != user] + [user]
        held = held[-capacity:]
    return float(np.mean(hits))


def _cache(*, touch=True, newest=False, enter=True, warmed=True, room=0, cut=True, turn=True, count="hit", after=False):
    def wrong(requested, capacity, warm=()):
        warm = list(warm[:capacity] if cut else warm) if warmed else []
        cache, hits = OrderedDict.fromkeys(warm[::-1] if turn else warm), 0
        for user in requested:
            hits += user in cache and not after
            if enter:
                cache[user] = None
                if touch:
                    cache.move_to_end(user)
                if len(cache) > capacity + room:
                    cache.popitem(last=newest)
            hits += after and user in cache
        return {"hit": hits / len(requested), "miss": 1 - hits / len(requested), "n": float(hits)}[count]
    return wrong


CACHE = Card(
    id="feature_audit.7", title="What a warm cache spares", minutes=10, difficulty=2, used_in=("{{feature_audit}}",),
    task="A cache holds the features of at most `capacity` users. Each request first looks there, and its user enters the cache "
         "whether found or not; if there are too many then, the one **not used for longest** is dropped. Before the first request the "
         "cache is loaded with `warm`, the most valuable user first: no more than fit, and the most valuable are the last of them to be "
         "dropped. Give the share of requests whose user is found.",
    shapes="`requested` int [R], user of each request, in order; `capacity` int ≥ 1; `warm` list of users, may be empty or longer than "
           "capacity; returns a share in [0, 1].",
    why="An `OrderedDict` is a cache that remembers the order of use: `move_to_end` marks a user as just used, `popitem(last=False)` "
        "drops the one not used for longest. Warm users go in backwards, so that the most valuable count as the most recently "
        "used. `functools.lru_cache` follows the same rule, but starts cold.",
    reference=hit_rate, alternative=_cache_list, cases=_cache_cases, call=lambda fn, *args: float(fn(*args)),
    by_hand=(Case("room for 2, warm with 1 and 2: 3 drops 2, and 1 stays", (np.array([3, 1, 2]), 2, [1, 2]), expected=1 / 3),
             Case("cold: found at the second and third request", (np.array([5, 5, 5, 6]), 1, []), expected=0.5)),
    mistakes=(
        Mistake("first in, first out", _cache(touch=False),
                "A user who is found keeps their old place in your cache, so the one who *came* first is dropped. Drop the one not used "
                "for longest: being found is use."),
        Mistake("the newest dropped", _cache(newest=True),
                "When the cache is full you drop the user who was used last. Drop from the other end."),
        Mistake("nothing enters", _cache(enter=False),
                "Only warm users are ever found in your cache. Each request's user enters it."),
        Mistake("cold", _cache(warmed=False),
                "Your cache starts empty. Load `warm` before the first request."),
        Mistake("all of warm", _cache(cut=False),
                "You load all of `warm`, also where more users are named than fit. Load the first `capacity` of them."),
        Mistake("the most valuable go first", _cache(turn=False),
                "Your cache drops the most valuable warm users first. Load them last, so that they count as just used."),
        Mistake("one too many", _cache(room=1),
                "Your cache holds one user more than its capacity before it drops anybody."),
        Mistake("looked up after entering", _cache(after=True),
                "You look the user up after they have entered, so everybody is found. Look first."),
        Mistake("misses", _cache(count="miss"),
                "You return the share of requests that are *not* found."),
        Mistake("a count", _cache(count="n"),
                "You return how many requests are found. Divide by the number of requests."),
    ),
    hints=("Two things happen at each request, in this order: look up, then remember. What is forgotten, and when?",
           "Keep users in the order of their last use: the front is dropped, a user who is asked for goes to the back.",
           "`OrderedDict.fromkeys(reversed(warm[:capacity]))`, then `move_to_end(user)` and `popitem(last=False)`."),
)
