"""Exercise of the feature audit: a join as of each moment, and what is written in its place."""

import numpy as np
import pandas as pd

from course_lib.data.features import as_of_join
from course_lib.teach.cards import effects_lists
from course_lib.teach.cards.feature_audit import far_tables, join_slips
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake
from course_lib.teach.definitions.mistake_kinds import BASE


def _join_cases(rng):
    out = []
    for n_events, n_facts, by in ((14, 20, "item"), (5, 1, "item"), (9, 14, "user")):
        moment = rng.permutation(3 * 15)[:n_facts]
        facts = pd.DataFrame({by: moment % 3, "time": moment // 3 / 4,
                              "value": rng.integers(1, 90, n_facts).astype(float)})
        events = pd.DataFrame({by: rng.integers(0, 3, n_events), "time": rng.permutation(15)[:n_events] / 4})
        if by == "user":
            events.index, facts.index = rng.permutation(40)[:n_events], rng.permutation(40)[:n_facts]
        name = f"{n_events} events, {n_facts} facts" + ", by user, rows of larger tables" * (by == "user")
        out.append(Case(name, (events, facts, by)))
    facts = pd.DataFrame({"item": [1, 1, 2, 3, 3, 3], "time": [0.0, 2.0, 1.0, 0.5, 1 - 1e-7, 1.0],
                          "value": [-7.0, 0.012345, -0.5, 6.0, 8.0, 9.0]})
    events = pd.DataFrame({"item": [1, 2, 1, 3, 3], "time": [1.0, 3.0, 4.0, 1.0, 0.75]})
    return [*out, Case("values below 0, and a fact just before", (events, facts, "item")),
            Case("seconds since 1970, and two events at one moment", (*_since_1970(), "item"))]


def _since_1970():
    """Events and facts of items with large numbers: old facts, values of 0 and values that come back."""
    now, a, b, c = 1.7e9, 40_000_017, 40_000_018, 40_000_047
    then = {a: ((-4e7, 5.0), (0.0, 7.0), (900.0, 5.0), (1000.0, 0.0)), b: ((500.0, 3.0),), c: ((-50.0, 2.0), (999.0, 4.0))}
    facts = pd.DataFrame([(item, now + at, value) for item, held in then.items() for at, value in held],
                         columns=["item", "time", "value"])
    asked = [(a, 1000.002), (b, 1000.002), (a, 0.0), (c, 0.0), (a, 0.0), (a, 950.0), (c, 1000.0), (b, 400.0)]
    events = pd.DataFrame({"item": [item for item, _ in asked], "time": [now + at for _, at in asked]})
    return events, facts.iloc[[3, 5, 0, 6, 1, 4, 2]].reset_index(drop=True)


def _join_loop(events, facts, by):
    value = []
    for _, event in events.iterrows():
        past = facts[(facts[by] == event[by]) & (facts["time"] < event["time"])]
        value.append(past.loc[past["time"].idxmax(), "value"] if len(past) else np.nan)
    return events.assign(value=value)


def _asof(*, in_order=True, kind="stable", **how):
    """merge_asof on sorted tables. kind: of the sort; what is equal may stand otherwise under another."""
    def wrong(events, facts, by):
        left = events.assign(row=np.arange(len(events))).sort_values("time", kind=kind)
        how_by = {} if "ignore" in how else {"by": by}
        right = facts.sort_values("time", kind=kind)
        if not how_by:
            left, right = left.drop(columns=by), right.drop(columns=by)
        options = {"allow_exact_matches": False, **{k: v for k, v in how.items() if k != "ignore"}}
        joined = pd.merge_asof(left, right, on="time", **how_by, **options)
        return joined.sort_values("row") if in_order else joined
    return wrong


def _of_past(rule, at_moment=False, ever=False):
    """What rule(time, value) makes of the past facts of an event's key, as they stand in the table; NaN without any.

    at_moment: of the event's own moment too. ever: all facts of the key, also later ones.
    """
    def wrong(events, facts, by):
        key, then, value = (facts[name].to_numpy() for name in (by, "time", "value"))
        out = np.full(len(events), np.nan)
        for row, (wanted, moment) in enumerate(zip(events[by], events["time"], strict=True)):
            past = (key == wanted) & (ever | (then <= moment if at_moment else then < moment))
            if past.any():
                out[row] = rule(then[past], value[past])
        return events.assign(value=out)
    return wrong


def _latest(time, value):
    return value[np.argmax(time)]


def _second(time, value):
    return value[np.argsort(time)[-2]] if len(time) > 1 else np.nan


_right = _of_past(_latest)


def _filled(events, facts, by):
    return _right(events, facts, by).fillna({"value": 0.0})


def _filled_mean(events, facts, by):
    return _right(events, facts, by).fillna({"value": facts["value"].mean()})


def _filled_first(events, facts, by):
    first = _of_past(lambda time, value: value[np.argmin(time)], ever=True)(events, facts, by)
    joined = _right(events, facts, by)
    return joined.assign(value=joined["value"].fillna(first["value"]))


def _carried(events, facts, by):
    joined = _right(events, facts, by)
    return joined.assign(value=joined["value"].ffill())


def _at_or_before_filled(events, facts, by):
    at_or_before = _of_past(_latest, at_moment=True)
    return at_or_before(events, facts, by).fillna({"value": 0.0})


def _dropped(events, facts, by):
    return _right(events, facts, by).dropna()


def _unsorted(events, facts, by):
    return pd.merge_asof(events, facts, on="time", by=by, allow_exact_matches=False)


def _a_second_before(events, facts, by):
    earlier = events.assign(time=events["time"] - 1)
    return _of_past(_latest, at_moment=True)(earlier, facts, by)


def _shifted(by_s):
    """At or before a moment that lies by_s seconds earlier."""
    def wrong(events, facts, by):
        earlier = events.assign(time=events["time"] - by_s)
        return _of_past(_latest, at_moment=True)(earlier, facts, by)
    return wrong


def _merged_back(events, facts, by):
    return events.merge(_right(events, facts, by), on=[by, "time"], how="left")


def _same_moment(events, facts, by):
    return events.assign(value=events.merge(facts, on=[by, "time"], how="left")["value"].to_numpy())


def _aligned(kind):
    """The values of the joined table, whose index counts in order of time, are put to the events by index."""
    return lambda events, facts, by: events.assign(value=_asof(in_order=False, kind=kind)(events, facts, by)["value"])


def _by_key_then_time(events, facts, by):
    return _right(events.sort_values([by, "time"], kind="stable"), facts, by)


def _all_matches(events, facts, by):
    joined = events.merge(facts, on=by, suffixes=("", "_fact"))
    return joined[joined["time_fact"] < joined["time"]]


def _all_keys(events, facts, by):
    return events.merge(facts[[by, "value"]], on=by, how="left")


def _named_item(events, facts, by):
    return _right(events, facts, "item")


_HAND = (pd.DataFrame({"item": [7, 7, 8, 7], "time": [20.0, 10.0, 30.0, 5.0]}),
         pd.DataFrame({"item": [7, 7, 7, 8], "time": [5.0, 10.0, 25.0, 30.0], "value": [1.0, 2.0, 3.0, 4.0]}), "item")

SORTS = (("", "stable", ""), (", ties as they fall", "quicksort",            # what sort_values does unasked
                              " (And `sort_values` leaves equal times in any order: kind=\"stable\".)"))

JOIN = Card(
    id="feature_audit.1", title="What was known at that moment", minutes=12, difficulty=3,
    effect=effects_lists.features_unlike_served,
    used_in=("{{ranker}}", "{{metric_stack}}", "{{launch}}",),
    task="Join each event with the latest fact of its item that was known **strictly before** the event. An event without such a "
         "fact gets NaN and stays. Rows come back in the order in which the events came. The click that is to be "
         "predicted and the count that it raises carry the same time.",
    shapes="Both tables in any order, with any index; no two facts of one item at the same time; `by` the name of the key "
           "column (here `item`). The index that you return is not looked at.",
    why="`pd.merge_asof` does the search; three details decide whether it is honest. It wants both sides sorted by time, so the "
        "events' order has to be put back. It matches equal times unless told not to. And without `by` it takes the latest "
        "fact of *any* item. A test of any such join: change all facts from some moment on, and no row up to "
        "that moment may move. Its cost is that of two sorts and one walk along both tables; a search through the history for each "
        "row grows with rows times facts. The reference also takes a time to live and facts that arrive late.",
    reference=as_of_join, alternative=_join_loop, cases=lambda rng: [*_join_cases(rng), *far_tables.join_cases()],
    call=lambda fn, events, facts, by: np.asarray(fn(events, facts, by)["value"], float),
    by_hand=(Case("item 7 changes at 5, 10 and 25; item 8 at 30", _HAND, expected=np.array([2.0, 1.0, np.nan, np.nan])),),
    invariants=(Invariant("facts from after all events change nothing", lambda fn, rng: np.array_equal(
        *(np.asarray(fn(_HAND[0], facts, "item")["value"], float) for facts in (
            _HAND[1], pd.concat([_HAND[1], pd.DataFrame({"item": [7], "time": [99.0], "value": [9.0]})]))),
        equal_nan=True)),),
    mistakes=(
        Mistake("the latest there is", _of_past(_latest, ever=True),
                "You take each item's latest fact, whenever it came. For most events that fact lies in the future: this is "
                "the naive join, and it leaks."),
        Mistake("at or before", _of_past(_latest, at_moment=True),
                "A fact of the same moment counts in your join. It may be the very event you want to predict: use strictly "
                "before."),
        *(Mistake(f"at or before, in order of time{ties}", _asof(in_order=False, allow_exact_matches=True, kind=kind),
                  "Two things: a fact of the same moment counts in your join (use strictly before), and your rows come back in "
                  "order of time (put the events' order back)." + more) for ties, kind, more in SORTS),
        Mistake("at or before, missing is zero", _at_or_before_filled,
                "Two things: a fact of the same moment counts in your join (use strictly before), and you write 0 where nothing "
                "was known (leave NaN)."),
        Mistake("the next fact", _asof(direction="forward"),
                "You take the next fact after the event. Look back, not ahead."),
        Mistake("the next fact or that moment's", _asof(direction="forward", allow_exact_matches=True),
                "You take the first fact at or after the event. Look back, not ahead, and leave out the event's own moment."),
        Mistake("the nearest fact", _asof(direction="nearest"),
                "You take the nearest fact, which may lie after the event. Only what came before was known."),
        Mistake("the nearest fact, that moment's too", _asof(direction="nearest", allow_exact_matches=True),
                "You take the nearest fact, also one of the same moment or after it. Only what came strictly before was known."),
        *(Mistake(f"any item's fact{ties}", _asof(ignore=True, kind=kind),
                  "You take the latest fact of any item. Join within the key: `by`." + more) for ties, kind, more in SORTS),
        Mistake("any item's fact, that moment's too", _asof(ignore=True, allow_exact_matches=True, kind="quicksort"),
                "Two things: you take the latest fact of any item (join within the key: `by`), and a fact of the same moment "
                "counts (use strictly before).", BASE),
        Mistake("any item's fact, in order of time", _asof(ignore=True, in_order=False, kind="quicksort"),
                "Two things: you take the latest fact of any item (join within the key: `by`), and your rows come back in order "
                "of time (put the events' order back).", BASE),
        *(Mistake(f"rows in order of time{ties}", _asof(in_order=False, kind=kind),
                  "Your rows come back in order of time. The values then belong to other events: put the events' order back." + more)
          for ties, kind, more in SORTS),
        Mistake("rows by item and time", _by_key_then_time,
                "Your rows come back sorted by item and time. Put the events' order back."),
        *(Mistake(f"put back by index{ties}", _aligned(kind),
                  "You hand the joined values to the events by index, but `merge_asof` numbers its rows anew, in order of time. "
                  "Remember each event's row and sort back by it, or compare by place with `.to_numpy()`." + more) for ties, kind, more in SORTS),
        Mistake("missing is zero", _filled,
                "You write 0 where nothing was known. Zero clicks and no knowledge are different facts: leave NaN."),
        Mistake("a second before", _a_second_before,
                "You ask what was known a whole second before the event. Times have fractions: strictly before is `<`, or "
                "allow_exact_matches=False."),
        Mistake("a moment before", _shifted(1e-6),
                "You step back by a tiny moment and take at or before. A fact may lie within that moment too: ask for strictly "
                "before itself, `<` or allow_exact_matches=False."),
        Mistake("a moment that rounding loses", _shifted(1e-9),
                "You step back by so little that nothing is left of it beside a time in seconds since 1970, and a fact of the same "
                "moment counts after all: use `<` or allow_exact_matches=False."),
        Mistake("merged back by key and time", _merged_back,
                "You merge the values back on item and time. Two events of an item at one moment then make four rows: put them back "
                "by the number of the row."),
        Mistake("the same moment", _same_moment,
                "You join facts of exactly the event's moment. Take the latest one strictly before it."),
        Mistake("tables not sorted", _unsorted,
                "`pd.merge_asof` wants both tables sorted by time, and raises ValueError as they are not. Sort both, and put the "
                "events' order back in the end."),
        Mistake("missing is the mean", _filled_mean,
                "You write the mean of the facts where nothing was known. It holds facts from the future, and hides that nothing "
                "was known: leave NaN."),
        Mistake("missing is the first to come", _filled_first,
                "Where nothing was known you write the item's first fact, which comes after the event. That leaks: leave NaN."),
        Mistake("missing is carried over", _carried,
                "You carry the value of the row above into rows where nothing was known. That row is another event, maybe of "
                "another item: leave NaN."),
        Mistake("unknown events dropped", _dropped,
                "You drop events without a known fact. Those are the new items, and serving will meet them."),
        Mistake("every earlier fact", _all_matches,
                "Your table has a row for each earlier fact of an event, and none for an event without one. Keep one row an "
                "event: the latest fact, or NaN."),
        Mistake("every fact", _all_keys,
                "You join on the key alone, so an event comes back once for each fact of its item, whenever that came. Keep one "
                "row an event, with the latest fact before it."),
        Mistake("the oldest fact", _of_past(lambda time, value: value[np.argmin(time)], ever=True),
                "You take each item's oldest fact. The latest one before the event is the freshest that was known."),
        Mistake("the first known fact", _of_past(lambda time, value: value[np.argmin(time)]),
                "You take the oldest of the facts before the event. Take the latest of them."),
        Mistake("last in the table", _of_past(lambda time, value: value[-1]),
                "Of the earlier facts you take the one that stands last in the table. They come in any order: take the one with "
                "the latest time."),
        Mistake("first in the table", _of_past(lambda time, value: value[0]),
                "Of the earlier facts you take the one that stands first in the table. They come in any order: take the one with "
                "the latest time."),
        Mistake("last in the table, that moment too", _of_past(lambda time, value: value[-1], at_moment=True),
                "You take what stands last in the table among facts at or before the event. Sort by time, and leave out the "
                "event's own moment."),
        Mistake("one fact too far back", _of_past(_second),
                "You take the last fact but one. The latest one before the event was known already."),
        Mistake("the largest", _of_past(lambda time, value: value.max()),
                "You take the largest earlier value. Take the one with the latest time."),
        Mistake("the mean so far", _of_past(lambda time, value: value.mean()),
                "You take the mean of all earlier facts. Take the latest one alone."),
        Mistake("the sum so far", _of_past(lambda time, value: value.sum()),
                "You add up all earlier facts. Take the latest one alone."),
        Mistake("the time of the fact", _of_past(lambda time, value: time.max()),
                "You return the time of the latest fact. Return its value."),
        Mistake("item written out", _named_item,
                "You join by `item` whatever `by` says. Use the column that `by` names."),
        *join_slips.MISTAKES,
    ),
    hints=("Stand at one event. Which facts could a server have read at that second? Which of those would it have read?",
           "`pd.merge_asof` needs both tables sorted by time. Remember the row numbers first, and sort back by them.",
           "`pd.merge_asof(left, right, on=\"time\", by=by, allow_exact_matches=False)`"),
)
