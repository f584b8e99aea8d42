"""Exercise of the feature audit: a count in two layers, and what is written in its place."""

import math

import numpy as np

from course_lib.data.sessions import decayed_counts
from course_lib.teach.cards import effects_lists
from course_lib.teach.cards.feature_audit import far_tables, layer_slips
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


def _layer_cases(rng):
    out = []
    for n, users, late in ((8, 3, 0.5), (14, 4, 0.4), (20, 5, 0.3)):
        event = rng.uniform(0, 90, n).round(1)
        arrival = event + np.where(rng.random(n) < late, rng.uniform(5, 60, n), 0.5).round(1)
        arrival[0], event[0] = 50.0, 47.0  # arrives as the job begins
        arrival[1], event[1] = 95.0, 92.0  # arrives at now itself
        user = np.append(rng.integers(0, users, n - 1), users - 1)
        out.append(Case(f"{n} events of {users} users", (rng.uniform(0, 4, users).round(2), 50.0, user, event, arrival, 95.0,
                                                         20.0)))
    quiet = (np.array([3.0, 1.0, 2.0, 4.0]), 10.0, np.array([1, 1, 0]), np.array([11.0, 12.0, 14.0]),
             np.array([11.5, 12.5, 14.5]), 30.0, 10.0)
    large = (np.array([90.0, 0.0, 14.0]), *quiet[1:])
    fast = (np.array([4000.0, 0.0, 1e6, 0.5]), 9.96, np.array([1, 0, 0, 3, 3, 1]), np.array([9.5, 18.3, 9.9, 12.5, 12.75, 12.5]),
            np.array([12.0, 18.35, 9.95, 13.0, 13.0, 13.0]), 18.4, 0.7)
    none_new = (np.array([3.0, 1.0]), 10.0, np.array([1, 0]), np.array([6.0, 11.0]), np.array([7.0, 31.0]), 30.0, 10.0)
    return [*out, Case("nothing new of the last users", quiet), Case("large counts", large),
            Case("a half-life of less than a second", fast), Case("nothing new has arrived", none_new),
            Case("a day of many users, from time 0 on", _a_day(rng)),
            Case("one user, one event", (np.array([2.0]), 0.0, np.array([0]), np.array([5.0]), np.array([6.0]), 9.0, 4.0))]


def _a_day(rng):
    """Fifty events of thirty users, some an hour late; the job ran at time 0."""
    event = rng.uniform(0, 86_000, 50).round(1)
    arrival = event + np.where(rng.random(50) < 0.3, 3600.0, 1.0)
    return rng.uniform(0, 9, 30).round(2), 0.0, rng.integers(0, 30, 50), event, arrival, 86_400.0, 21_600.0


def _layer_loop(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    count = [float(b) * math.exp(-math.log(2) * (now - batch_at) / half_life_s) for b in batch]
    for u, happened, came in zip(user, event_time, arrival_time, strict=True):
        if batch_at <= came < now:
            count[u] += math.exp(-math.log(2) * (now - happened) / half_life_s)
    return np.array(count)


def _layers(*, first="arrival", last="arrival", clock="event", age=True, half=0.5, strict=False, use=(1, 1), cut=True,
            at_now=False, speed_half=None):
    def wrong(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
        times = {"arrival": arrival_time, "event": event_time}
        after = times[first] > batch_at if strict else times[first] >= batch_at
        fresh = (after if cut else True) & (times[last] <= now if at_now else times[last] < now)
        since = times.get(clock, np.maximum(event_time, batch_at))
        weight = (half if speed_half is None else speed_half) ** ((now - since[fresh]) / half_life_s)
        aged = batch * half ** ((now - batch_at) / half_life_s) if age else batch
        return use[0] * aged + use[1] * np.bincount(user[fresh], weight, len(batch))
    return wrong


def _speed(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    """Which events are new to the job, what each is worth now, and the batch as of now."""
    fresh = (arrival_time >= batch_at) & (arrival_time < now)
    return (user[fresh], 0.5 ** ((now - event_time[fresh]) / half_life_s),
            batch * 0.5 ** ((now - batch_at) / half_life_s))


def _last_wins(*args):
    user, weight, total = _speed(*args)
    total[user] += weight
    return total


def _short(*args):
    user, weight, total = _speed(*args)
    return total + np.bincount(user, weight)


def _seconds(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    return _layers()(batch, batch_at, user, event_time, arrival_time, now, 1.0)


def _straight(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    fresh = (arrival_time >= batch_at) & (arrival_time < now)
    weight = np.maximum(0, 1 - (now - event_time[fresh]) / (2 * half_life_s))
    return batch * max(0, 1 - (now - batch_at) / (2 * half_life_s)) + np.bincount(user[fresh], weight, len(batch))


def _aged_together(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    """The sum of both layers is aged from batch_at to now, the stream's events a second time."""
    user, weight, _ = _speed(batch, batch_at, user, event_time, arrival_time, now, half_life_s)
    return (batch + np.bincount(user, weight, len(batch))) * 0.5 ** ((now - batch_at) / half_life_s)


def _only_speed_aged(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    user, weight, _ = _speed(batch, batch_at, user, event_time, arrival_time, now, half_life_s)
    return batch + np.bincount(user, weight, len(batch)) * 0.5 ** ((now - batch_at) / half_life_s)


def _by_lateness(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    fresh = (arrival_time >= batch_at) & (arrival_time < now)
    weight = 0.5 ** ((arrival_time - event_time)[fresh] / half_life_s)
    return batch * 0.5 ** ((now - batch_at) / half_life_s) + np.bincount(user[fresh], weight, len(batch))


def _steps(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    fresh = (arrival_time >= batch_at) & (arrival_time < now)
    weight = 0.5 ** np.floor((now - event_time[fresh]) / half_life_s)
    return batch * 0.5 ** np.floor((now - batch_at) / half_life_s) + np.bincount(user[fresh], weight, len(batch))


def _total(*args):
    return float(np.sum(_layers()(*args)))


_HAND_6 = (np.array([4.0, 0.0, 2.0]), 100.0, np.array([0, 0, 1, 1, 2]), np.array([120.0, 80.0, 110.0, 90.0, 130.0]),
           np.array([120.5, 115.0, 150.0, 95.0, 130.5]), 140.0, 20.0)

LAYERS = Card(
    id="feature_audit.6", title="Batch and speed, nothing lost, nothing twice", minutes=10, difficulty=3, used_in=("{{feature_audit}}",),
    effect=effects_lists.counts_unlike_the_stream,
    task="A feature counts a user's clicks, each worth ½ after one `half_life_s`, ¼ after two. A job summed it for all users at "
         "`batch_at` from every event that had **arrived** strictly before: the batch layer, `batch`. Bring it up to `now` "
         "with the stream: the speed layer. The stream reaches back before `batch_at`, and some events arrive long after they "
         "happened. Each row is an event of its own; each that arrived before `now` counts once, by its own age.",
    shapes="`user` int, 0 to U − 1; all times in s; returns float [U].",
    why="The job has counted exactly what arrived before it, so the speed layer is what arrived since: arrival splits the layers. The "
        "weight is the age of the event itself. Split by the event's time instead, and a late event falls between the two: the job "
        "came too early for it, the stream believes that the job has it. The sum of the batch needs no events to grow old: all "
        "its parts lose the same share. In Feast a stream *pushes* values to the online store; whoever pushes has to write them to the "
        "offline store too, or training never sees what was served. A stream has a delay of its own, from the click to the moment at which a "
        "request can read it: measure it. What the very next request needs, the client can send along, and it is logged.",
    reference=decayed_counts, alternative=_layer_loop, cases=lambda rng: [*_layer_cases(rng), *far_tables.layer_cases()],
    by_hand=(Case("user 0: 4 · ¼, ½ for the event at 120, ⅛ for the late one of 80; user 1: nothing new has arrived", _HAND_6,
                  expected=np.array([1 + 0.5 + 0.125, 0.0, 0.5 + 2 ** -0.5])),),
    invariants=(Invariant("with an empty batch long ago, the stream alone gives the count", lambda fn, rng: np.allclose(
        fn(np.zeros(2), -300.0, np.array([0, 0]), np.array([0.0, 10.0]), np.array([1.0, 11.0]), 20.0, 10.0), [0.75, 0.0])),),
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
        Mistake("known at now", _layers(at_now=True),
                "You count what arrives at `now` itself. Only what arrived strictly before counts."),
        Mistake("late events as of the job", _layers(clock="later"),
                "You let a late event grow old from batch_at on only. It has been growing old since it happened: its own age counts."),
        Mistake("no ageing", _layers(age=False, speed_half=1.0),
                "You add up events without ageing any. Each is worth ½ after one half-life."),
        Mistake("the stream does not age", _layers(speed_half=1.0),
                "You count what the stream brings as 1 each. Each event is weighed by its own age, as the batch is."),
        Mistake("whole stream alone", _layers(cut=False, use=(0, 1)),
                "You count the stream alone, from its beginning. It reaches back a little only: what is older is in the batch."),
        Mistake("split by event time, weighed by arrival", _layers(first="event", clock="arrival"),
                "Two clocks are exchanged: arrival says whether the job has an event, and when it happened says what it is worth."),
        Mistake("no cut, no arrival", _layers(cut=False, last="event"),
                "You add every event that happened before now, also what is in the batch already and what has not arrived. Arrival "
                "says what the stream adds: from batch_at on, and before now."),
        Mistake("aged twice", _aged_together,
                "You weigh the stream's events by their age and then age them again together with the batch. Age the batch alone."),
        Mistake("the wrong layer aged", _only_speed_aged,
                "You age the stream's part from batch_at to now, though its events have their own ages, and leave the batch as it "
                "was. The batch is what has to age."),
        Mistake("weighed by lateness", _by_lateness,
                "You weigh an event by how late it came. Its age is now less the time at which it happened."),
        Mistake("both borders", _layers(strict=True, at_now=True),
                "Both borders are off: what arrives at batch_at itself belongs to the stream, and what arrives at `now` is not "
                "known yet."),
        Mistake("event time throughout", _layers(first="event", last="event"),
                "You go by when events happened, and never ask when they arrived. Arrival says what the stream adds: from batch_at "
                "on, and before now."),
        Mistake("grows with age", _layers(half=2.0),
                "Your weights double with each half-life: the sign of the exponent is wrong."),
        Mistake("half-life forgotten", _seconds,
                "You halve once a second. Divide the age by half_life_s."),
        Mistake("in steps", _steps,
                "Your weights halve in steps, at the end of each half-life. They fall smoothly: 0.5 ** (age / half_life_s)."),
        Mistake("a straight line", _straight,
                "Your weights fall in a straight line to 0. Each half-life halves what is left."),
        Mistake("last event wins", _last_wins,
                "`total[user] += weight` adds one event for each user, however many there are. Use np.add.at or np.bincount."),
        Mistake("too few users", _short,
                "np.bincount ends at the largest user that the stream names. Tell it how many users there are: minlength=len(batch)."),
        Mistake("one number", _total,
                "You return one sum for all. Each user has a count."),
        Mistake("base e", _layers(half=1 / math.e),
                "Your weights fall by a factor of e in each half-life. The base is ½."),
        Mistake("batch only", _layers(use=(1, 0)),
                "You only age the batch. What arrived since is missing."),
        Mistake("speed only", _layers(use=(0, 1)),
                "You only count what arrived since batch_at. The batch is missing."),
        Mistake("the border in neither", _layers(strict=True),
                "An event that arrives at exactly batch_at is in neither of your layers: the job took what arrived strictly before, "
                "so the stream begins at batch_at itself."),
        *layer_slips.MISTAKES,
    ),
    hints=("For each event ask two questions: does the job have it? How old is it now? Each question has its own clock.",
           "What does the whole batch lose between batch_at and now, whatever is in it?",
           "`np.bincount(user[fresh], 0.5 ** ((now - event_time[fresh]) / half_life_s), len(batch))`, with `fresh` by arrival."),
)
