"""Times of a request: a model that waits is told as slower, rounds share their people, and what is stored is whole."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError, DataError, Dataset
from course_lib.data import splits
from course_lib.stages.retrieval.sequences.last_item import Followers
from course_lib.trial import gauges, order_study, request_times
from course_lib.trial.order_readings import DEALT, FIXED, settings, times
from course_lib.trial.order_study import LOGS, MODELS, by_valid, sequence


class Waits:
    """A model that moves a clock on, so that no test depends on the machine's."""

    now = 0.0

    def __init__(self, seconds):
        self.seconds, self.asked = seconds, []

    def recommend(self, users, k):
        self.asked += users.tolist()
        Waits.now += self.seconds
        return np.zeros((len(users), k), int)


def test_who_waits_longer_is_slower_and_all_meet_the_same_people(monkeypatch):
    monkeypatch.setattr(gauges, "time", SimpleNamespace(perf_counter=lambda: Waits.now))
    held = {"slow": Waits(0.004), "quick": Waits(0.002)}
    rows = request_times.rounds(held, np.arange(50), count=3, requests=8)
    assert rows.groupby("model").size().eq(3).all() and (rows["p99_ms"] >= rows["p50_ms"]).all()
    assert held["slow"].asked == held["quick"].asked
    assert request_times.by_model(rows).index.tolist() == ["quick", "slow"]
    assert times(rows, "slow", "quick", "p99_ms").value == pytest.approx(2)


@pytest.mark.parametrize("held, users", [({}, [1]), ({"one": Waits(0)}, [])])
def test_nothing_to_ask_is_told(held, users):
    with pytest.raises(ArgumentError, match="expected at least one of each"):
        request_times.rounds(held, np.array(users, int))


def test_a_study_that_was_not_run_is_told_with_its_command(tmp_path, monkeypatch):
    monkeypatch.setattr(request_times, "FOLDER", tmp_path)
    with pytest.raises(DataError, match="trial.request_times"):
        request_times.stored()


def test_what_a_model_leaves_open_is_not_searched_for_and_a_network_has_the_blocks_of_its_study():
    kept = request_times.Brief()
    assert "anything" in kept and kept["anything"] == 1
    rows = pd.DataFrame({"model": ["EASE", "gSASRec", "SASRec", "gSASRec"], "blocks": [np.nan, 2, 1, 2],
                         "learning_rate": 0.001, "passes": [np.nan, 4, 7, 4]})
    assert request_times.as_chosen(rows) == {"gSASRec": {"blocks": 2, "max_epochs": 1},
                                             "SASRec": {"blocks": 1, "max_epochs": 1}}
    assert request_times.as_chosen(rows[["model"]])["gSASRec"] == {"blocks": 1, "max_epochs": 1}   # was fixed


def test_networks_are_fitted_with_what_they_are_told(tmp_path):
    item = (np.arange(30)[:, None] + np.arange(5)) % 12
    data = Dataset.from_frames(pd.DataFrame({"user": np.repeat(np.arange(30), 5), "item": item.ravel(),
                                             "time": np.tile(np.arange(5) * 3600.0, 30)}))
    models = {"followers": by_valid(lambda: Followers(1), lambda: Followers(3)),
              "gSASRec": sequence(dim=8, max_length=4, batch_size=8, negatives=4, max_epochs=9)}
    held = request_times.fitted(splits.leave_last_out(data.interactions), data, models,
                                answers={"gSASRec": {"blocks": 2, "max_epochs": 1}})
    assert (held["gSASRec"].settings["blocks"], held["gSASRec"].settings["max_epochs"]) == (2, 1)
    assert held["followers"].steps == 3
    timed = request_times.rounds(held, np.arange(3), count=1, requests=3).set_index("model")["blocks"]
    assert timed["gSASRec"] == 2 and np.isnan(timed["followers"])


def test_what_is_stored_holds_every_model_of_every_log_in_the_same_rounds():
    rows = request_times.stored()
    assert set(rows["log"]) == set(LOGS)
    counted = rows.groupby(["log", "model"])["seed"].nunique()
    assert set(counted) == {request_times.ROUNDS} and len(counted) == len(LOGS) * (len(MODELS) - len(DEALT))
    assert not set(DEALT) & set(rows["model"]) and (rows[["p50_ms", "p99_ms"]] > 0).all(axis=None)
    with pytest.raises(ArgumentError, match="expected one of ml100k"):
        request_times.stored("another")


@pytest.mark.parametrize("log", LOGS)
def test_the_times_were_taken_of_networks_with_the_blocks_that_their_study_chose(log):
    rows = request_times.stored(log).drop_duplicates("model").set_index("model")
    timed = rows.get("blocks", pd.Series(FIXED["blocks"], rows.index))          # times of before blocks were stored
    wanted = settings(order_study.stored(log, "last"))["blocks"].drop(list(DEALT), errors="ignore")
    assert timed[wanted.index].to_dict() == wanted.to_dict(), "python -m course_lib.trial.request_times"


def test_logs_that_are_not_named_keep_their_times(tmp_path, monkeypatch):
    (tmp_path / request_times.STORED).write_text((request_times.FOLDER / request_times.STORED).read_text())
    monkeypatch.setattr(request_times, "FOLDER", tmp_path)
    monkeypatch.setattr(request_times, "fitted", lambda *given: {})
    monkeypatch.setattr(request_times, "rounds", lambda held, users: pd.DataFrame(
        {"model": ["new"], "seed": 0, "p50_ms": 1.0, "p99_ms": 2.0, "blocks": None}))
    request_times.main(["ml100k"])
    assert request_times.stored("ml100k")["model"].tolist() == ["new"]
    assert set(request_times.stored()["log"]) == set(LOGS) and len(request_times.stored("online_retail")) > 1
