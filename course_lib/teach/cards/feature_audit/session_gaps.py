"""Exercise of the feature audit: a session by its gaps, and what is written in its place."""

import numpy as np

from course_lib.data.sessions import live_session
from course_lib.teach.cards import effects_lists
from course_lib.teach.cards.feature_audit import chain_slips, far_tables
from course_lib.teach.definitions.card import Card, Case, Mistake


def _session_cases(rng):
    out = []
    for n, now, late in ((7, 70.0, 0.0), (9, 80.0, 0.4), (12, 100.0, 0.3), (8, 300.0, 0.2), (10, 75.0, 0.5)):
        event = rng.choice(75, n, replace=False).astype(float)
        arrival = event + np.where(rng.random(n) < late, rng.integers(5, 60, n), 1).astype(float)
        out.append(Case(f"{n} events, now {now:.0f}", (event, arrival, rng.integers(0, 30, n), now, 20.0)))
    zero = (np.array([0.0, 6.0, 9.0, 3.0]), np.array([0.0, 7.0, 9.5, 3.5]), np.array([4, 0, 11, 0]), 12.0, 5.0)
    near = (np.array([140.0, 100.0, 120.004, 150.0, 149.0]), np.array([140.5, 100.5, 120.5, 150.15, 150.4]),
            np.array([70_000, 3, 1_000_003, 300, 8]), 150.2, 20.0)
    return [*out, Case("an event at 0, and item 0", zero), Case("a pause just too long, an arrival just before now", near),
            Case("more than an hour, with late events", _long_session(rng)),
            Case("nothing has arrived yet", (np.array([25.0, 30.0]), np.array([50.0, 45.0]), np.array([4, 6]), 40.0, 20.0)),
            Case("over, though an event on its way would reach now", (np.array([10.0, 30.0]), np.array([11.0, 45.0]), np.array([4, 6]),
                                                                      40.0, 20.0)),
            Case("the last to arrive is not the last to happen", (np.array([50.0, 40.0]), np.array([50.5, 55.0]), np.array([4, 6]),
                                                                  62.0, 15.0)),
            Case("seconds since 1970, a phone that comes back", (1.7e9 + np.array([2600.5, 0.0, 3400.0, 2000.25]), np.full(4, 1.7e9 + 3600),
                                                                 np.full(4, 5), 1.7e9 + 3600.5, 1800.0)),
            Case("one event", (np.array([50.0]), np.array([51.0]), np.array([6]), 60.25, 10.5))]


def _long_session(rng):
    """Forty events, each soon after the one before it; a third of them arrived long after that."""
    event = 900 + 100.0 * np.arange(40)
    arrival = np.minimum(event + np.where(rng.random(40) < 0.3, 350, 1), 4890)
    order = rng.permutation(40)
    return event[order], arrival[order], rng.integers(0, 900, 40), 4900.0, 120.0


def _session_walk(event_time, arrival_time, item, now, gap_s):
    past = sorted((e, i) for e, a, i in zip(event_time, arrival_time, item, strict=True) if a < now)
    session, then = [], now
    while past and then - past[-1][0] <= gap_s:
        then, last = past.pop()
        session.insert(0, last)
    return np.array(session, dtype=np.asarray(item).dtype)


def _session(*, clock="event", known="arrival", order=True, to_now=True, pick=lambda ends: ends[-1] + 1, at_gap=False,
             back=False, at_now=False):
    def wrong(event_time, arrival_time, item, now, gap_s):
        seen = arrival_time if known == "arrival" else event_time
        keep = seen <= now if at_now else seen < now
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


def _changed(change):
    """The right session, changed afterwards: change(session (S,), event_time, arrival_time, item, now, gap_s)."""
    def wrong(event_time, arrival_time, item, now, gap_s):
        session = live_session(event_time, arrival_time, item, now, gap_s)
        return change(session, event_time, arrival_time, item, now, gap_s)
    return wrong


def _times(session, event_time, arrival_time, item, now, gap_s):
    return np.sort(event_time[arrival_time < now])[int(np.sum(arrival_time < now)) - len(session):]


def _each_once(session, *_):
    return np.array(list(dict.fromkeys(session.tolist())), session.dtype)


def _as_arrived(session, event_time, arrival_time, item, now, gap_s):
    known = arrival_time < now
    first = np.sort(event_time[known])[len(item[known]) - len(session)] if len(session) else np.inf
    return item[known & (event_time >= first)]


def _everything(event_time, arrival_time, item, now, gap_s):
    known = arrival_time < now
    return item[known][np.argsort(event_time[known], kind="stable")]


def _over_pauses(event_time, arrival_time, item, now, gap_s):
    """Every event that follows its predecessor within the gap, in whatever session, if the last is within gap_s of now."""
    known = arrival_time < now
    order = np.argsort(event_time[known], kind="stable")
    time, item = event_time[known][order], item[known][order]
    if not len(time) or now - time[-1] > gap_s:
        return item[:0]
    near = np.diff(time) <= gap_s
    return item[np.append(near, True)]


def _since_last(event_time, arrival_time, item, now, gap_s):
    """What lies within gap_s of the last known event, if that is within gap_s of now."""
    known = arrival_time < now
    time, item = event_time[known], item[known]
    last = time.max(initial=-np.inf)
    keep = (time >= last - gap_s) & (now - last <= gap_s)
    return item[keep][np.argsort(time[keep], kind="stable")]


def _arrival_to_now(event_time, arrival_time, item, now, gap_s):
    known = arrival_time < now
    order = np.argsort(event_time[known], kind="stable")
    time, item = event_time[known][order], item[known][order]
    if not len(item) or now - arrival_time[known].max() > gap_s:
        return item[:0]
    ends = np.flatnonzero(np.diff(time) > gap_s)
    return item[ends[-1] + 1:] if len(ends) else item


_HAND_5 = (np.array([400.0, 100.0, 430.0, 160.0, 370.0, 445.0]), np.array([401.0, 101.0, 431.0, 161.0, 380.0, 600.0]),
           np.array([3, 1, 4, 2, 7, 9]), 480.0, 60.0)
_REPEATED = (np.array([10.0, 20.0, 30.0, 39.0]), np.array([11.0, 21.0, 31.0, 40.0]), np.array([8, 5, 8, 2]), 40.0, 15.0)

SESSION = Card(
    id="feature_audit.5", title="The session a user is in", minutes=9, difficulty=3, used_in=("{{feature_audit}}",),
    effect=effects_lists.session_items_right,
    task="A session goes on while each event follows the one before it within `gap_s` seconds, and `now` follows the last one within "
         "`gap_s`. Give the items of the session that is going on at `now`; none if there is no such session. The events stand in "
         "no order, and some arrive late: only what **arrived** strictly before `now` is known. What a known "
         "event says is told by when it **happened**. An item that occurs twice in the session stands there twice.",
    shapes="`event_time` (no two alike), `arrival_time` float [E], s; `item` int [E]; `now`, `gap_s` numbers, s; returns int "
           "[≤ E], oldest first by `event_time`.",
    why="Put the known events in order, write `now` behind them, and take the gaps. The session begins after the last gap that is too "
        "long; if that is the gap to `now`, nothing is left. The two clocks have one task each: arrival says whether we know "
        "an event, its own time says where it belongs. A store that restarts a timer at each write has one clock only.",
    reference=live_session, alternative=_session_walk, cases=lambda rng: [*_session_cases(rng), *far_tables.session_cases()],
    by_hand=(Case("370, 400 and 430 belong together; 445 is not known yet", _HAND_5, expected=np.array([7, 3, 4])),
             Case("the last session is over", (np.array([10.0, 20.0]), np.array([11.0, 21.0]), np.array([1, 2]), 90.0, 60.0),
                  expected=np.array([], int)),
             Case("a pause of exactly gap_s goes on", (np.array([10.0, 70.0]), np.array([11.0, 71.0]), np.array([1, 2]), 130.0,
                                                      60.0), expected=np.array([1, 2])),
             Case("the last session is over, though an event of it came late", (np.array([5.0, 10.0]), np.array([6.0, 90.0]),
                                                                                np.array([1, 2]), 100.0, 20.0),
                  expected=np.array([], int)),
             Case("an item twice; what arrives at now itself is not known", _REPEATED, expected=np.array([8, 5, 8]))),
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
                "You take the events in the order in which they stand, which is none: sort by the time of the event."),
        Mistake("the first pause", _session(pick=lambda ends: ends[0] + 1),
                "You begin after the first long pause. Later pauses end sessions too: begin after the last one."),
        Mistake("one event too many", _session(pick=lambda ends: ends[-1]),
                "Your session begins one event early: the event before the pause belongs to the session that is over."),
        Mistake("over at the gap", _session(at_gap=True),
                "You end a session at a pause of exactly gap_s. It goes on within gap_s, that length included."),
        Mistake("never over, latest first", _session(to_now=False, back=True),
                "Two things: `now` does not end the chain in your result, so a session of yesterday goes on; and your items come "
                "latest first."),
        Mistake("never over, knows what is on its way", _session(to_now=False, known="event"),
                "Two things: `now` does not end the chain in your result; and you use events that happened but have not arrived."),
        Mistake("known at now, over at the gap", _session(at_now=True, at_gap=True),
                "Both ends are off: what arrives at `now` itself is not known yet, and a pause of exactly gap_s goes on."),
        Mistake("one event too many, in order of arrival", _session(order=False, pick=lambda ends: ends[-1]),
                "Two things: sort by the time of the event, and begin *after* the last pause that is too long."),
        Mistake("over the pauses", _over_pauses,
                "You keep every event that is followed soon by another, across long pauses too. Stop at the last pause that is too "
                "long: what lies before it is another session."),
        Mistake("one event too few", _session(pick=lambda ends: ends[-1] + 2),
                "Your session begins one event late: the event after the pause is its first."),
        Mistake("known at now", _session(at_now=True),
                "You use what arrives at `now` itself. Only what arrived strictly before is known."),
        Mistake("no pauses", _everything,
                "You return all known events. A pause longer than gap_s ends a session."),
        Mistake("within a gap of the last", _since_last,
                "You keep what happened within gap_s of the last event. The chain goes on from event to event, so a session may be far "
                "longer."),
        Mistake("last arrival to now", _arrival_to_now,
                "You measure the pause before `now` from the last arrival. A late event would keep a session alive: take the time of "
                "the last event."),
        Mistake("each item once", _changed(_each_once),
                "You list each item once. An item that occurs twice in the session stands there twice."),
        Mistake("each item once, sorted", _changed(lambda session, *_: np.unique(session)),
                "You list each item once and by its number, as np.unique does. Keep the order of events, with repeats."),
        Mistake("sorted by item", _changed(lambda session, *_: np.sort(session)),
                "You sort the items by their number. Keep the order in which the events happened."),
        Mistake("right events, order of arrival", _changed(_as_arrived),
                "You have found the right events, but list them as they stand in the input. List them in the order in which they "
                "happened."),
        Mistake("times returned", _changed(_times),
                "You return the times of the session's events. Return their items."),
        Mistake("length returned", _changed(lambda session, *_: len(session)),
                "You return how many events the session has. Return their items."),
        Mistake("latest first", _session(back=True),
                "Your items come latest first. The oldest stands first, as models that read sequences expect."),
        *chain_slips.MISTAKES,
    ),
    hints=("Draw the known events on a line, with `now` at its end. Which pauses are too long?",
           "Only one of the pauses matters: the last that is too long. What if that is the pause before `now`?",
           "`ends = np.flatnonzero(np.diff(np.append(time, now)) > gap_s)`, then `item[ends[-1] + 1:]` if there are any."),
)
