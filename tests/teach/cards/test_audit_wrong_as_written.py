"""Wrong answers on the feature audit as a reader writes them from the notebook alone: each is told its cause."""

import numpy as np
import pandas as pd
import pytest

from course_lib.teach import cards
from course_lib.teach.checking.check import check


@pytest.fixture(autouse=True)
def without_timing(monkeypatch):
    monkeypatch.setattr("course_lib.teach.checking.check.speed_ratio", lambda card, fn: 1.0)


def latest_then_blanked(events, facts, by):
    last = facts.sort_values("time").groupby(by).tail(1).set_index(by)
    value, time = events[by].map(last["value"]), events[by].map(last["time"])
    return events.assign(value=value.where(time < events["time"]))


def found_among_all_items(events, facts, by):
    facts = facts.sort_values("time")
    place = np.searchsorted(facts["time"], events["time"]) - 1
    ours = (place >= 0) & (facts[by].to_numpy()[place] == events[by])
    return events.assign(value=np.where(ours, facts["value"].to_numpy()[place], np.nan))


def before_the_last_event(events, facts, by):
    past = facts[facts["time"] < events["time"].max()].sort_values("time")
    return events.assign(value=events[by].map(past.groupby(by)["value"].last()))


def shifted(events, facts, by):
    facts = facts.sort_values("time")
    facts["value"] = facts.groupby(by)["value"].shift(1)
    rows = events.assign(row=range(len(events))).sort_values("time")
    return pd.merge_asof(rows, facts, on="time", by=by).sort_values("row")


def columns_sorted(trained, recomputed):
    one, other = np.sort(trained, axis=0), np.sort(recomputed, axis=0)
    return 1 - np.isclose(one, other, rtol=1e-6, equal_nan=True).mean(axis=0)


def filled_with_a_code(trained, recomputed):
    return (~np.isclose(trained.fillna(-999), recomputed.fillna(-999), rtol=1e-6)).mean(axis=0)


def over_all_cells(trained, recomputed):
    return (~np.isclose(trained, recomputed, rtol=1e-6, equal_nan=True)).sum(axis=0) / trained.size


def nan_until_it_arrives(time, every_s, delay_s):
    job = time // every_s * every_s
    return np.where(job + delay_s > time, np.nan, job)


def whichever_is_earlier(time, every_s, delay_s):
    return np.minimum(time // every_s * every_s, time - delay_s)


def one_job_after_the_other(time, every_s, delay_s):
    return time // (every_s + delay_s) * (every_s + delay_s)


def _speed(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    new = (arrival_time >= batch_at) & (arrival_time < now)
    return np.bincount(user[new], 0.5 ** ((now - event_time[new]) / half_life_s), len(batch))


def overwritten(batch, batch_at, *stream):
    aged, speed = batch * 0.5 ** ((stream[-2] - batch_at) / stream[-1]), _speed(batch, batch_at, *stream)
    aged[speed > 0] = speed[speed > 0]
    return aged


def repeats_dropped(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    rows = pd.DataFrame({"user": user, "event": event_time, "came": arrival_time})
    rows = rows[(rows["came"] >= batch_at) & (rows["came"] < now)].drop_duplicates(["user", "event"])
    worth = 0.5 ** ((now - rows["event"]) / half_life_s)
    return batch * 0.5 ** ((now - batch_at) / half_life_s) + np.bincount(rows["user"], worth, len(batch))


def too_late_dropped(batch, batch_at, user, event_time, arrival_time, now, half_life_s):
    kept = arrival_time - event_time <= half_life_s
    stream = user[kept], event_time[kept], arrival_time[kept], now, half_life_s
    return batch * 0.5 ** ((now - batch_at) / half_life_s) + _speed(batch, batch_at, *stream)


WRITTEN = [
    ("feature_audit.1", latest_then_blanked, "the latest there is, blanked"),
    ("feature_audit.1", found_among_all_items, "any item's fact, blanked, ties as they fall"),
    ("feature_audit.1", before_the_last_event, "as of the last event"),
    ("feature_audit.1", shifted, "shifted by one, at or before"),
    ("feature_audit.2", columns_sorted, "columns sorted first"),
    ("feature_audit.2", filled_with_a_code, "missing is −999"),
    ("feature_audit.2", over_all_cells, "all cells"),
    ("feature_audit.3", nan_until_it_arrives, "nothing while a job runs"),
    ("feature_audit.3", whichever_is_earlier, "the earlier of the two"),
    ("feature_audit.3", one_job_after_the_other, "the next job after the last, its end"),
    ("feature_audit.6", overwritten, "the stream's value replaces"),
    ("feature_audit.6", repeats_dropped, "events of one moment once"),
    ("feature_audit.6", too_late_dropped, "late by more than a half-life left out"),
]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("card_id", "fn", "mistake"), WRITTEN, ids=[f"{held[0]}: {held[2]}" for held in WRITTEN])
def test_a_wrong_answer_as_it_is_written_is_told_its_cause(card_id, fn, mistake):
    result = check(cards.card(card_id), fn)
    assert (result.status, result.known, result.mistake) == ("wrong", True, mistake)
