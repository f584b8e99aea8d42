"""Exercise of the feature audit: what a warm cache spares, and what is written in its place."""

from collections import Counter, OrderedDict

import numpy as np

from course_lib.data.sessions import hit_rate
from course_lib.teach.cards.feature_audit import far_tables, warm_slips
from course_lib.teach.definitions.card import Card, Case, Mistake


def _cache_cases(rng):
    out = []
    for n, capacity, n_warm in ((30, 3, 0), (40, 4, 2), (40, 3, 6), (50, 5, 5), (25, 2, 1)):
        out.append(Case(f"{n} requests, room for {capacity}, {n_warm} warm",
                        ((rng.zipf(1.4, n) % 9).astype(int), capacity, rng.permutation(9)[:n_warm].tolist())))
    return [*out, Case("users with large numbers", (np.array([12, 1_000_012, 41, 12, 1_000_012]), 3, [41, 12])),
            Case("one request", (np.array([4]), 2, [1, 4])), Case("everybody once", (np.arange(6), 3, [])),
            Case("room for more users than come", (rng.integers(0, 40, 30), 25, rng.permutation(40)[:30].tolist()))]


def _cache_list(requested, capacity, warm=()):
    held, hits = list(warm)[:capacity][::-1], []
    for user in requested:
        hits.append(user in held)
        held = [u for u in held if u != user] + [user]
        held = held[-capacity:]
    return float(np.mean(hits))


def _cache(*, touch=True, newest=False, enter=True, warmed=True, room=0, cut=True, turn=True, count="hit", after=False,
           last=False):
    def wrong(requested, capacity, warm=()):
        loaded = warm[-capacity:] if last else warm[:capacity] if cut else warm
        warm = list(loaded) if warmed else []
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
        n = len(requested)
        return {"hit": hits / n, "miss": 1 - hits / n, "n": float(hits), "warm": hits / (n + len(warm))}[count]
    return wrong


def _all_warm_kept(requested, capacity, warm=()):
    """All of warm is loaded, and room is made for a new user only."""
    cache, hits = OrderedDict.fromkeys(list(warm)[::-1]), 0
    for user in requested:
        hits += user in cache
        if user not in cache and len(cache) >= capacity:
            cache.popitem(last=False)
        cache[user] = None
        cache.move_to_end(user)
    return hits / len(requested)


def _with_store(put):
    """Another way to make room: put(cache, user, capacity, uses) after each look."""
    def wrong(requested, capacity, warm=()):
        cache, hits, uses = OrderedDict.fromkeys(list(warm)[:capacity][::-1]), 0, Counter()
        for user in requested:
            user = int(user)
            hits += user in cache
            uses[user] += 1
            put(cache, user, capacity, uses)
        return hits / len(requested)
    return wrong


def _no_limit(cache, user, capacity, uses):
    cache[user] = None


def _emptied(cache, user, capacity, uses):
    if user not in cache and len(cache) >= capacity:
        cache.clear()
    cache[user] = None
    cache.move_to_end(user)


def _least_often(cache, user, capacity, uses):
    if user not in cache and len(cache) >= capacity:
        del cache[min(cache, key=lambda held: uses[held])]
    cache[user] = None
    cache.move_to_end(user)


def _drops_first(cache, user, capacity, uses):
    if len(cache) >= capacity:
        cache.popitem(last=False)
    cache[user] = None
    cache.move_to_end(user)


def _warm_by_door(requested, capacity, warm=()):
    """The warm users enter one after the other, as requests do, and push each other out."""
    cache = OrderedDict()
    for user in warm:
        cache[user] = None
        if len(cache) > capacity:
            cache.popitem(last=False)
    return hit_rate(requested, capacity, list(cache)[::-1])


def _people_found(requested, capacity, warm=()):
    cache, found = OrderedDict.fromkeys(list(warm)[:capacity][::-1]), set()
    for user in requested:
        if user in cache:
            found.add(user)
        cache[user] = None
        cache.move_to_end(user)
        if len(cache) > capacity:
            cache.popitem(last=False)
    return len(found) / len(set(requested.tolist()))


def _warm_only_counted(requested, capacity, warm=()):
    return float(np.isin(requested, warm[:capacity]).mean())


def _seen_before(requested, capacity, warm=()):
    seen, hits = set(warm), 0
    for user in requested:
        hits += user in seen
        seen.add(user)
    return hits / len(requested)


CACHE = Card(
    id="feature_audit.7", title="What a warm cache spares", minutes=10, difficulty=2, used_in=("{{feature_audit}}",),
    task="A cache holds the features of at most `capacity` users. Each request first looks there, and its user enters the cache "
         "whether found or not; if there are too many then, the one **not used for longest** is dropped. Before the first request the "
         "cache is loaded with `warm`, the most valuable user first: no more than fit, and the most valuable are the last of them to be "
         "dropped. Give the share of requests whose user is found.",
    shapes="`requested` int [R], R ≥ 1, user of each request, in order; `capacity` int ≥ 1; `warm` list of users, each once, may be empty or "
           "longer than capacity; returns a share in [0, 1].",
    why="An `OrderedDict` is a cache that remembers the order of use: `move_to_end` marks a user as just used, `popitem(last=False)` "
        "drops the one not used for longest. Warm users go in backwards, so that the most valuable count as the most recently "
        "used. `functools.lru_cache` follows the same rule, but starts cold.",
    reference=hit_rate, alternative=_cache_list, cases=lambda rng: [*_cache_cases(rng), *far_tables.cache_cases()], call=lambda fn, *args: float(fn(*args)),
    by_hand=(Case("room for 2, warm with 1 and 2: 3 drops 2, and 1 stays", (np.array([3, 1, 2]), 2, [1, 2]), expected=1 / 3),
             Case("room for 3: the third of the warm users is there", (np.array([3, 4]), 3, [1, 2, 3, 4]), expected=0.5),
             Case("room for 2: the third of the warm users is not", (np.array([7, 5, 6]), 2, [5, 6, 7]), expected=1 / 3),
             Case("cold: found at the second and third request", (np.array([5, 5, 5, 6]), 1, []), expected=0.5)),
    mistakes=(
        Mistake("first in, first out", _cache(touch=False),
                "A user who is found keeps their old place in your cache, so the one who *came* first is dropped. Drop the one not used "
                "for longest: being found is use."),
        Mistake("the newest dropped", _cache(newest=True),
                "When the cache is full nobody new stays in it: you drop the user who was used last, or let nobody enter. Drop the one "
                "not used for longest, at the other end."),
        Mistake("nothing enters", _cache(enter=False),
                "A user who is not found never enters your cache, so only warm users are ever found. Each request's user enters it."),
        Mistake("cold", _cache(warmed=False),
                "Your cache starts empty. Load `warm` before the first request."),
        Mistake("all of warm", _cache(cut=False),
                "You load all of `warm`, also where more users are named than fit. Load the first `capacity` of them."),
        Mistake("all of warm, for good", _all_warm_kept,
                "You load all of `warm`, and as each new user takes the place of one, your cache stays too large. Load the first "
                "`capacity`."),
        Mistake("first in, first out, front first", _cache(touch=False, turn=False),
                "Two things: being found is use, so drop the one not used for longest; and load `warm` backwards, so that the most "
                "valuable are dropped last."),
        Mistake("first in, first out, last of warm", _cache(touch=False, turn=False, last=True),
                "Two things: being found is use, so drop the one not used for longest; and where `warm` is too long, its first "
                "`capacity` users stay."),
        Mistake("the most valuable go first", _cache(turn=False),
                "Your cache drops the most valuable warm users first. Load them last, so that they count as just used."),
        Mistake("one too many", _cache(room=1),
                "Your cache holds one user more than its capacity before it drops anybody."),
        Mistake("looked up after entering", _cache(after=True),
                "You look the user up after they have entered, so everybody is found. Look first."),
        Mistake("misses", _cache(count="miss"),
                "You return the share of requests that are *not* found."),
        Mistake("warm counted as requests", _cache(count="warm"),
                "You divide by requests and warm users together. Loading is no request: divide by the number of requests."),
        Mistake("one too few", _cache(room=-1),
                "Your cache holds one user less than its capacity. Drop one only if there are *more* than `capacity`."),
        Mistake("drops although found", _with_store(_drops_first),
                "You make room before you know whether it is needed. A user who is found takes up no new place: drop one only if "
                "there are too many then."),
        Mistake("the last of warm", _cache(last=True),
                "You load the last of `warm`. The most valuable stand first: load the first `capacity`."),
        Mistake("the last of warm, front first", _warm_by_door,
                "You let the warm users enter one after the other, so that the later push out the more valuable. Load the first "
                "`capacity`, the most valuable last."),
        Mistake("all of warm, front first", _cache(cut=False, turn=False),
                "You load all of `warm` in its order. Load the first `capacity`, the most valuable last, so that they are dropped "
                "last."),
        Mistake("no limit", _with_store(_no_limit),
                "Your cache never drops anybody. It holds `capacity` users at most."),
        Mistake("emptied when full", _with_store(_emptied),
                "You empty the whole cache when it is full. Drop one user, the one not used for longest."),
        Mistake("least often used", _with_store(_least_often),
                "You drop the user with the fewest requests. Drop the one whose last use lies furthest back."),
        Mistake("seen before", _seen_before,
                "You ask whether a user was ever seen. The cache has forgotten those who were dropped."),
        Mistake("users found", _people_found,
                "You return the share of users that are ever found. Every request counts."),
        Mistake("a count", _cache(count="n"),
                "You return how many requests are found. Divide by the number of requests."),
        *warm_slips.MISTAKES,
    ),
    hints=("Two things happen at each request, in this order: look up, then remember. What is forgotten, and when?",
           "Keep users in the order of their last use: the front is dropped, a user who is asked for goes to the back.",
           "`OrderedDict.fromkeys(reversed(warm[:capacity]))`, then `move_to_end(user)` and `popitem(last=False)`."),
)
