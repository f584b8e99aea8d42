"""Slips in the steps of a join as of a moment: which facts, which of them, what is written for none, in which order."""

import numpy as np
import pandas as pd

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import AXIS, BASE, BOUNDARY, IGNORED, LEAK, MEAN

RARE = {"paired": False}


def _build(known=lambda then, moment: then < moment, pick=lambda then, value, moment: value[np.argmax(then)], missing=np.nan,
           by_key=True, order=lambda events, by: np.arange(len(events)), whole=lambda value: value):
    def wrong(events, facts, by):
        key, then, value = (facts[name].to_numpy() for name in (by, "time", "value"))
        out = np.full(len(events), missing, float)
        for row, (wanted, moment) in enumerate(zip(events[by], events["time"], strict=True)):
            past = ((key == wanted) if by_key else np.ones(len(key), bool)) & known(then, moment)
            if past.any():
                out[row] = pick(then[past], value[past], moment)
        place = order(events, by)
        return events.iloc[place].assign(value=whole(out[place]))
    return wrong


STEPS = {
    "known": (
        Slip("at or before", lambda t, now: t <= now, "A fact of the same moment counts in your join; strictly before is asked "
             "for.", BOUNDARY, False),
        Slip("after", lambda t, now: t > now, "You look at facts from after the event; look at those before.", LEAK, False, **RARE),
        Slip("whenever", lambda t, now: t == t, "You look at all facts, later ones too; look at those before the event.", LEAK, False),
        Slip("at or before, to the second", lambda t, now: np.floor(t) < np.floor(now), "You compare whole seconds. Times have "
             "fractions: strictly before is `<`.", BOUNDARY, **RARE),
    ),
    "pick": (
        Slip("the first known fact", lambda t, v, now: v[np.argmin(t)], "You take the oldest of the facts; take the latest.", BOUNDARY,
             False),
        Slip("last in the table", lambda t, v, now: v[-1], "You take the fact that stands last in the table; take the one with the "
             "latest time.", AXIS, False),
        Slip("first in the table", lambda t, v, now: v[0], "You take the fact that stands first in the table; take the one with the "
             "latest time.", AXIS, False, **RARE),
        Slip("the largest", lambda t, v, now: v.max(), "You take the largest value; take the latest.", BASE, False, **RARE),
        Slip("the mean so far", lambda t, v, now: v.mean(), "You take the mean of the facts; take the latest alone.", MEAN, False),
        Slip("the sum so far", lambda t, v, now: v.sum(), "You add the facts up; take the latest alone.", MEAN, False, **RARE),
        Slip("the number so far", lambda t, v, now: len(v), "You count the facts; take the value of the latest.", BASE, **RARE),
        Slip("the age of the fact", lambda t, v, now: now - t.max(), "You return how old the latest fact is; return its value.", BASE, **RARE),
        Slip("the smallest", lambda t, v, now: v.min(), "You take the smallest earlier value; take the latest.", BASE, **RARE),
    ),
    "missing": (
        Slip("missing is zero", 0.0, "You write 0 where nothing was known; leave NaN.", BASE, False),
        Slip("missing is −1", -1.0, "You write −1 where nothing was known; leave NaN.", BASE, **RARE),
    ),
    "by_key": (Slip("any item's fact", False, "You take facts of any item; join within the key.", IGNORED, False),),
    "order": (
        Slip("rows in order of time", lambda events, by: np.argsort(events["time"].to_numpy(), kind="stable"), "Your rows come back "
             "in order of time; put the events' order back.", AXIS, False),
        Slip("rows by item and time", lambda events, by: np.lexsort((events["time"], events[by])), "Your rows come back sorted by "
             "item and time; put the events' order back.", AXIS, False, **RARE),
        Slip("rows by item", lambda events, by: np.argsort(events[by].to_numpy(), kind="stable"), "Your rows come back sorted by "
             "item; put the events' order back.", AXIS, **RARE),
        Slip("rows latest first", lambda events, by: np.argsort(-events["time"].to_numpy(), kind="stable"), "Your rows come back "
             "latest first; put the events' order back.", AXIS, **RARE),
    ),
    "whole": (
    ),
}
WITHOUT = (             # a pair that comes to the same as another mistake
    "at or before + last in the table | whenever + the first known fact | at or before + missing is zero | "
    "at or before + rows in order of time")


def _joined(events, facts, by, kind="stable", **how):
    """merge_asof with both tables sorted and the events' order put back; strictly before unless `how` says otherwise."""
    left = events.assign(_row=np.arange(len(events))).sort_values("time", kind="stable")
    joined = pd.merge_asof(left, facts.sort_values("time", kind=kind), on="time", by=by, **{"allow_exact_matches": False, **how})
    return joined.sort_values("_row", ignore_index=True)


def _blanked(known):
    """Each key's latest fact of all, blanked where it was not known(its time, the event's)."""
    def wrong(events, facts, by):
        latest = facts.sort_values("time").drop_duplicates(by, keep="last").set_index(by)
        then, value = (events[by].map(latest[name]).to_numpy(float) for name in ("time", "value"))
        return events.assign(value=np.where(known(then, events["time"].to_numpy()), value, np.nan))
    return wrong


def _own_only(at_moment, kind="stable"):
    """The latest fact of any key, blanked where it belongs to another."""
    def wrong(events, facts, by):
        facts = facts.rename(columns={by: "_whose"})
        joined = _joined(events, facts, None, kind, allow_exact_matches=at_moment)
        return joined.assign(value=joined["value"].where(joined["_whose"] == joined[by]))
    return wrong


def _else(other):
    """other(events, facts, by) where nothing of the key was known."""
    def wrong(events, facts, by):
        joined = _joined(events, facts, by)
        return joined.assign(value=joined["value"].fillna(pd.Series(np.asarray(other(events, facts, by), float))))
    return wrong


def _mean_so_far(events, facts, by):
    return [facts.loc[facts["time"] < moment, "value"].mean() for moment in events["time"]]


def _mean_of_rows(events, facts, by):
    joined = _joined(events, facts, by)
    return joined.groupby(by)["value"].transform("mean")


def _as_of(moment):
    """All events read what was known before one moment."""
    def wrong(events, facts, by):
        return _joined(events.assign(time=float(moment(events["time"]))), facts, by)
    return wrong


def _shifted(events, facts, by):
    facts = facts.sort_values("time", kind="stable")
    return _joined(events, facts.assign(value=facts.groupby(by)["value"].shift()), by, allow_exact_matches=True)


def _moments_left_out(events, facts, by):
    return _joined(events, facts[~facts["time"].isin(events["time"])], by)


_KEY = "Search among the facts of its own key: `by`."
WAYS = {
    "way": (
        Slip("the latest there is, blanked", _blanked(np.less), "You take each item's latest fact and blank it where it came too late. An "
             "earlier one was known then: look for the latest among the facts before the event.", BASE),
        Slip("the latest there is, blanked, that moment's too", _blanked(np.less_equal), "Two things: you take each item's latest fact and "
             "blank it where it came later, though an earlier one was known; and a fact of the same moment counts.", BASE),
        *(Slip(f"any item's fact, blanked{ties}", _own_only(False, kind), "You take the latest fact of any item and blank it where it is another "
               f"item's. Its own latest may lie further back. {_KEY}{more}", BASE)
          for ties, kind, more in (("", "stable", ""), (", ties as they fall", "quicksort", " (Facts of one moment stood in any order.)"))),
        Slip("any item's fact, blanked, that moment's too", _own_only(True), "Two things: you take the latest fact of any item and blank it "
             "where it is another item's, though its own may lie further back; and a fact of the same moment counts.", BASE),
        Slip("that moment's where nothing was earlier", _else(lambda e, f, by: _joined(e, f, by, allow_exact_matches=True)["value"]),
             "Where nothing was earlier you take the fact of the same moment. It may be the very click that is to be predicted: leave NaN.",
             LEAK),
        Slip("any item's where nothing was known", _else(lambda e, f, by: _joined(e, f.drop(columns=by), None)["value"]),
             "Where nothing was known of an item you write another item's fact. That is a guess, and hides that nothing was known: leave "
             "NaN.", BASE),
        Slip("missing is the mean so far", _else(_mean_so_far), "Where nothing was known you write the mean of all earlier facts. Nothing leaks, "
             "but a new item then looks like an average one: leave NaN.", BASE),
        Slip("missing is the item's mean", _else(_mean_of_rows), "Where nothing was known you write the mean of the item's other rows, which "
             "come later. That leaks: leave NaN.", LEAK),
        Slip("as of the last event", _as_of(np.max), "You read all facts as of one moment, that of the last event. For earlier events most of them "
             "lie in the future: each row has a moment of its own.", LEAK),
        Slip("as of the first event", _as_of(np.min), "You read all facts as of one moment, that of the first event. Later events know more: each "
             "row has a moment of its own.", IGNORED),
        Slip("shifted by one, at or before", _shifted, "You shift each item's facts by one and join at or before. That is right where a fact has the "
             "event's own moment; elsewhere it is the last fact but one. Ask for strictly before instead.", BOUNDARY),
        Slip("moments of events left out", _moments_left_out, "You leave out all facts that share a moment with some event. For a later event they "
             "were known: ask for strictly before, row by row.", BOUNDARY),
    ),
}
MISTAKES = (*mistakes_of(_build, STEPS, WITHOUT), *mistakes_of(lambda way=None: way, WAYS))
