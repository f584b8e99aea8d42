"""What order is worth, on a ring where it is everything and on groups where it is nothing; and what is stored."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import DataError, Dataset
from course_lib.data import splits
from course_lib.stages.retrieval.baselines import EASE, ItemKNN, Popularity
from course_lib.stages.retrieval.sequences.last_item import Followers
from course_lib.teach.lessons import ROOT
from course_lib.teach.replication.measuring import modules_digest
from course_lib.trial import order_study
from course_lib.trial.order_readings import DEALT, searched
from course_lib.trial.order_study import by_valid, held_bytes, sequence, study

SMALL = {"dim": 16, "max_length": 8, "blocks": 1, "batch_size": 16, "learning_rate": 0.01, "negatives": 8}
MODELS = {"EASE": by_valid(lambda: EASE(1.0), lambda: EASE(100.0)), "followers": by_valid(Followers),
          "gSASRec": sequence(**SMALL, search=({},), max_epochs=20, patience=20),
          "gSASRec, shuffled": sequence(order=False, **SMALL, search=({},), max_epochs=20, patience=20)}


def log(ordered: bool, users=150, items=60, each=8, seed=0):
    """A ring on which everybody walks, or six groups of ten items of which everybody takes eight of one."""
    rng = np.random.default_rng(seed)
    if ordered:
        item = (rng.integers(0, items, users)[:, None] + np.arange(each)) % items
    else:
        item = np.stack([10 * rng.integers(0, 6) + rng.permutation(10)[:each] for _ in range(users)])
    table = pd.DataFrame({"user": np.repeat(np.arange(users), each), "item": item.ravel(),
                          "time": np.tile(np.arange(each) * 3600.0, users)})
    return Dataset.from_frames(table)


@pytest.mark.parametrize("ordered", [True, False])
def test_order_is_worth_something_where_it_says_what_comes_next_and_nothing_where_it_is_chance(ordered):
    data = log(ordered)
    table = study(data, splits.leave_last_out(data.interactions), 0, MODELS, k=1).set_index("model")
    worth = table.loc["gSASRec"]
    if ordered:
        assert worth["over_order_low"] > 0.2 and table.loc["followers", "recall"] > 0.9 > table.loc["EASE", "recall"]
    else:
        assert worth["over_order_low"] <= 0 <= worth["over_order_high"]
    assert (table.loc["gSASRec, shuffled", ["over_order", "over_order_low", "over_order_high"]] == 0).all()
    assert (table["recall_low"] <= table["recall"]).all() and (table["recall"] <= table["recall_high"]).all()
    assert (table["p99_ms"] >= table["p50_ms"]).all() and (table["seconds"] > 0).all()


def test_bytes_are_those_of_weights_and_tables():
    data = log(True)
    assert held_bytes(EASE(1.0).fit(data.interactions)) == 60 * 60 * 4
    assert held_bytes(Popularity().fit(data.interactions)) == 60 * 4
    assert held_bytes(ItemKNN(2).fit(data.interactions)) < 60 * 2 * 12 + 61 * 8


def test_recall_on_items_that_nobody_took_before_is_told_apart():
    data = log(True)
    table = data.interactions
    train, test = table[table["item"] != 5], table[table["item"] == 5]
    split = splits.Split(train, train.iloc[:0], test, "user")
    row, _ = order_study.reading(EASE(1.0).fit(train, data.n_users, data.n_items), split)
    assert row["cold"] == row["recall"]


def test_what_was_not_run_is_told_with_its_command(tmp_path, monkeypatch):
    monkeypatch.setattr(order_study, "FOLDER", tmp_path)
    with pytest.raises(DataError, match="order_study ml100k last"):
        order_study.stored("ml100k", "last")


def test_a_run_is_stored_and_read_again(tmp_path, monkeypatch):
    monkeypatch.setattr(order_study, "FOLDER", tmp_path)
    monkeypatch.setitem(order_study.LOGS, "ml100k", lambda: log(True))
    order_study.main(["ml100k", "last", "--seeds", "2", "--models", "popularity", "followers of the last item"])
    table = order_study.stored("ml100k", "last")
    assert table["seed"].tolist() == [0, 0, 1, 1] and table["recall"].between(0, 1).all()
    order_study.main(["ml100k", "last", "--seeds", "1", "--models", "popularity"])
    again = order_study.stored("ml100k", "last")
    assert again.groupby("model")["seed"].nunique().to_dict() == {"followers of the last item": 2, "popularity": 1}


def test_the_second_control_has_the_settings_of_the_network_in_order_and_searches_for_none():
    data, kept = log(True), {}
    small = {"dim": 8, "max_length": 8, "batch_size": 32, "negatives": 4, "max_epochs": 2}
    tries = ({"blocks": 1, "learning_rate": 0.01}, {"blocks": 2, "learning_rate": 1e-6})
    models = {"in order": sequence(**small, search=tries), "own": sequence(order=False, **small, search=tries[1:]),
              "taken": sequence(order=False, tuned=True, **small, search=tries)}
    rows = study(data, splits.leave_last_out(data.interactions), 0, models, kept=kept).set_index("model")
    assert len(kept) == 2 and rows["blocks"].to_dict() == {"in order": 1, "own": 2, "taken": 1}
    assert rows.loc["in order", "passes"] == rows.loc["taken", "passes"]
    assert rows.loc["in order", "recall"] != rows.loc["taken", "recall"]


# --- what is stored ------------------------------------------------------------------------------------------------
PLAYED_BY = ("data/event_order.py", "trial/order_study.py", *(f"stages/retrieval/sequences/{name}.py" for name in (
    "attention", "code_net", "generative", "last_item", "semantic_ids", "sequence_net", "sequence_tower",
    "sequence_windows")))
CODE = "acb9aba62685"
# Of fixed settings, made by the code of before networks chose theirs (its digest was fdeb9a0b5542).
TO_BE_PLAYED = {("ml100k", "random"), ("movietweetings", "random"), ("online_retail", "random")}


def test_the_studies_with_a_search_were_made_by_this_code():
    package = ROOT / "course_lib"
    assert modules_digest(package, [package / name for name in PLAYED_BY]) == CODE, (
        "Run the studies again (python -m course_lib.trial.order_study LOG SPLIT), then write this digest here.")


@pytest.mark.parametrize("log_name", order_study.LOGS)
@pytest.mark.parametrize("split", order_study.SPLITS)
def test_a_stored_study_has_five_seeds_of_each_model_it_played(log_name, split):
    rows = order_study.stored(log_name, split)
    assert set(rows.groupby("model")["seed"].nunique()) == {5}
    wanted = set(order_study.MODELS) if split != "random" else {"popularity", "EASE", "iALS", "gSASRec", *DEALT}
    if not searched(rows):
        wanted -= {DEALT[1]}                                      # a study of fixed settings has one control
    assert wanted <= set(rows["model"]) and rows["recall"].between(0, 1).all()


def test_studies_without_a_search_are_those_that_are_still_to_be_played():
    fixed = {(log_name, split) for log_name in order_study.LOGS for split in order_study.SPLITS
             if not searched(order_study.stored(log_name, split))}
    assert fixed == TO_BE_PLAYED
