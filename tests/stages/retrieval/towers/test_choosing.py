"""What a fit chooses, within what it may spend; what it adds; what it does where there is little to go by."""

import numpy as np
import pandas as pd
import pytest
import torch
from tower_logs import fashions, two_tastes

from course_lib.contracts import DAY_S, ArgumentError, DataError
from course_lib.data import splits
from course_lib.evidence.offline import evaluate
from course_lib.stages.retrieval import losses
from course_lib.stages.retrieval.baselines import EASE, Popularity
from course_lib.stages.retrieval.towers import choosing, judging
from course_lib.stages.retrieval.towers.batches import Batches, History
from course_lib.stages.retrieval.towers.choosing import PASSES, candidates, own_valid, passes
from course_lib.stages.retrieval.towers.model import TwoTower
from course_lib.stages.retrieval.towers.spectral import directions

FAST = {"batch_size": 128, "learning_rate": 0.02, "dim": 16}


@pytest.fixture(scope="module")
def split():
    return splits.by_user(two_tastes())


@pytest.fixture(scope="module")
def fashion():
    events = fashions(items=150)
    return events[events["time"] < 75 * DAY_S], events[events["time"] >= 75 * DAY_S]


@pytest.fixture(scope="module")
def chosen(split):
    return TwoTower(**FAST, budget=12).fit(split.train, valid=split.valid, progress=False)


# --- what is tried, and what it may cost -----------------------------------------------------------------------------
def test_what_is_set_is_in_no_candidate_and_what_is_open_is_in_every_one():
    every = candidates(TwoTower().settings, by_time=True)
    assert all(set(one) == {"time", "start", "mask_history", "weight_decay", "dim"} for one in every)
    some = candidates(TwoTower(dim=64, weight_decay=0.3, time=False).settings, by_time=True)
    assert all(set(one) == {"start", "mask_history"} for one in some) and len(some) > 1
    closed = TwoTower(dim=64, weight_decay=0.3, time=False, start="random", mask_history=False)
    assert candidates(closed.settings, by_time=True) == [{}]


def test_recency_is_tried_where_valid_comes_later_alone():
    assert any(one["time"] for one in candidates(TwoTower().settings, by_time=True))
    assert not any(one["time"] for one in candidates(TwoTower().settings, by_time=False))
    assert all("mask_history" not in one for one in candidates(TwoTower(loss="bpr").settings, by_time=False))


def test_the_table_of_trials_stays_within_the_budget_and_says_who_won(chosen):
    table = chosen.trials_
    assert table["passes"].sum() <= 12 and len(table) > 2
    assert table["chosen"].tolist() == [True] + [False] * (len(table) - 1)
    assert max(chosen.history_) == table["recall@20"][0] and table["passes"].max() == table["passes"][0]
    assert chosen.used["dim"] == 16 and set(table) >= {"mask_history", "weight_decay"} and "dim" not in table


def test_a_small_budget_tries_less_and_one_of_nothing_chooses_nothing(split):
    small = TwoTower(**FAST, budget=3).fit(split.train, valid=split.valid, progress=False)
    assert small.trials_["passes"].sum() <= 3 and len(small.trials_) < 5
    none = TwoTower(**FAST, budget=0).fit(split.train, valid=split.valid, progress=False)
    assert none.trials_ is None and len(none.history_) > 3


def test_where_memory_is_short_one_trial_is_held_and_the_best_starts_again(split, monkeypatch):
    alive = []
    started = choosing.Trial.start

    def start(trial, *given):
        alive.append(trial)
        assert sum(one.training is not None for one in alive) == 0
        return started(trial, *given)

    monkeypatch.setattr(choosing, "BYTES", 1)
    monkeypatch.setattr(choosing.Trial, "start", start)
    model = TwoTower(**FAST, budget=6).fit(split.train, valid=split.valid, progress=False)
    assert len(alive) == len(model.trials_) + 1 and alive[-1] in alive[:-1]
    assert model.trials_["passes"].sum() <= 6 and max(model.history_) == model.trials_["recall@20"][0]


def test_what_is_tried_and_chosen_is_said_in_sentences(split, capsys):
    small = TwoTower(**FAST, budget=3).fit(split.train, valid=split.valid, progress=True)
    said = [line for line in capsys.readouterr().out.splitlines() if "towers" in line]
    tried = [line for line in said if "Tried: " in line]
    assert len(tried) >= len(small.trials_) and not any(mark in line for line in said for mark in "{}'[]")
    assert f"Recall@20 is {small.trials_['recall@20'].iloc[-1]:.3f} after 1 epoch." in " ".join(tried)


def test_every_choice_has_words_of_its_own():
    for by_time in (True, False):
        every = [choosing.in_words(choice) for choice in choosing.candidates(TwoTower().settings, by_time)]
        assert len(set(every)) == len(every) > 4 and not any("True" in words or "{" in words for words in every)
    choice = {"time": True, "start": "random", "weight_decay": 0.5}
    assert choosing.in_words(choice) == "towers with recency as an input, weight decay 0.5"
    assert choosing.in_words({}) == choosing.in_words({"dim": 256}) == "plain towers"


def test_many_events_get_fewer_passes():
    settings = TwoTower().settings
    assert passes(settings, 100_000) == PASSES and passes(settings, 1_000_000) == 8
    assert passes(TwoTower(budget=7).settings, 10**9) == 7


def test_epochs_that_are_set_are_trained_and_nothing_is_chosen(split):
    model = TwoTower(**FAST, max_epochs=2).fit(split.train, valid=split.valid, progress=False)
    assert model.trials_ is None and model.added is None and len(model.history_) == 2
    assert (model.used["start"], model.used["mask_history"], model.used["weight_decay"]) == ("random", False, 0.1)
    with pytest.raises(ArgumentError, match="fitted with max_epochs"):
        model.fit_report()


def test_the_recall_of_the_report_is_the_model_s_own(split, chosen):
    swapped = splits.Split(split.train, split.test, split.valid)
    assert evaluate(chosen, swapped, metrics=["recall"])["recall"].value == pytest.approx(chosen.recall_, abs=1e-3)


def test_the_report_has_the_peers_on_the_same_users(split, chosen):
    table = chosen.fit_report()
    assert {"popularity", "EASE", "iALS (implicit)", "towers, as chosen", "towers, tried"} == set(table["what"])
    assert (np.diff(table["recall@20"]) <= 0).all()
    swapped = splits.Split(split.train, split.test, split.valid)
    size = {"n_users": 200, "n_items": 40}
    told = table.set_index("what")["recall@20"]
    peers = {"EASE": ([EASE(l2) for l2 in (50, 200, 500)], 1e-3), "popularity": ([Popularity()], 0.03)}  # it has ties
    for name, (makers, exact) in peers.items():
        expected = max(evaluate(maker.fit(split.train, **size), swapped, metrics=["recall"])["recall"].value
                       for maker in makers)
        assert told[name] == pytest.approx(expected, abs=exact)


def test_a_check_scores_no_more_pairs_than_it_says(split, chosen, monkeypatch):
    whole = judging.ValidationBatches(chosen, split.valid)
    monkeypatch.setattr(judging, "PAIRS", 0)
    assert len(judging.ValidationBatches(chosen, split.valid).users) == len(whole.users)      # 1,000 at least
    many = two_tastes(users=1500, each=6)
    parts = splits.by_user(many)
    model = TwoTower(**FAST, max_epochs=1).fit(parts.train, progress=False)
    some = judging.ValidationBatches(model, parts.valid)
    assert len(some.users) == 1000 and (some.users == judging.ValidationBatches(model, parts.valid).users).all()


# --- without valid, and where there is little to go by ---------------------------------------------------------------
def test_without_valid_the_latest_tenth_is_held_out_and_then_trained_on_too(fashion):
    events = pd.concat(fashion)
    train, valid = own_valid(events, seed=0)
    assert train["time"].max() <= valid["time"].min() and len(valid) == pytest.approx(0.1 * len(events), rel=0.05)
    model = TwoTower(**FAST, budget=4).fit(events, np.zeros((150, 1)), progress=False)
    assert len(model.history) == len(events) and model.trials_ is not None and model.by_time
    assert "towers, as chosen" in set(model.fit_report()["what"])


def test_where_all_times_are_equal_a_random_tenth_is_held_out(split):
    events = split.train.assign(time=5.0)
    train, valid = own_valid(events, seed=0)
    assert 0.05 < len(valid) / len(events) < 0.15 and valid["user"].nunique() > 100
    model = TwoTower(**FAST, budget=4).fit(events, progress=False)
    assert not model.has_time and len(model.history) == len(events)


def test_where_nobody_can_be_judged_nothing_is_chosen(split):
    once = pd.DataFrame({"user": np.arange(30), "item": np.arange(30) % 7, "time": np.arange(30.0)})
    model = TwoTower(**FAST | {"batch_size": 8}).fit(once, progress=False)
    assert model.trials_ is None and model.recommend([3], 2).shape == (1, 2)
    strangers = once.assign(user=once["user"] + 100)
    with pytest.raises(DataError, match="nothing to stop on"):
        TwoTower(**FAST | {"batch_size": 8}).fit(once, valid=strangers, progress=False)


@pytest.mark.parametrize("settings", [{}, {"max_epochs": 3}])
def test_time_that_ends_before_the_first_check_leaves_a_model_that_was_judged(split, settings):
    limit = {"max_time": {"seconds": 0.01}}
    model = TwoTower(**FAST, **settings, trainer=limit).fit(split.train, valid=split.valid, progress=False)
    assert len(model.history_) == 1 and model.recommend([0], 3).shape == (1, 3)


@pytest.mark.parametrize(("wrong", "says"), [
    ({"start": "warm"}, "start is 'warm'"), ({"start": "spectral", "similarity": "cosine"}, "start is 'spectral'"),
    ({"mask_history": True, "loss": "bpr"}, "mask_history is True"), ({"max_epochs": 0}, "max_epochs is 0"),
    ({"budget": -1}, "budget is -1"), ({"dim": 2.5}, "dim is 2.5"), ({"time": "later"}, "time 'later'")])
def test_settings_that_are_none_are_named(wrong, says):
    with pytest.raises(ArgumentError, match=says):
        TwoTower(**wrong)


# --- what can be chosen ----------------------------------------------------------------------------------------------
def test_recency_is_added_where_fashion_rules_and_stands_in_the_vectors(fashion):
    train, later = fashion
    model = TwoTower(**FAST, budget=3, time="added").fit(train, valid=later, progress=False)
    half_life, weight, fade = model.added
    assert weight > 0 and model.has_time and model.net.recency is None
    assert model.embed_items().shape == (150, 17) and model.embed_users([3]).shape == (1, 17)
    bonus = weight * np.log1p(model.counts[:, half_life]) - fade * np.log1p(model.all_time)
    plain = model.embed_users([3])[:, :-1] @ model.plain_items().T
    assert model.score([3])[0] == pytest.approx(plain[0] + bonus, abs=1e-4)
    soon, much_later = (model.embed_items(at=model.counts_at + days * DAY_S)[:, -1] for days in (0, 400))
    assert (much_later <= soon + 1e-6).all() and much_later.sum() < soon.sum()


def test_nothing_is_added_where_nothing_helps(chosen):
    assert chosen.added is None or chosen.added[1] == 0.0
    assert chosen.added_[chosen.added] == max(chosen.added_.values()) and len(chosen.added_) > 1


def test_what_a_user_has_taken_is_marked_among_the_negatives_and_nothing_else_is():
    events = two_tastes(50, 20, 8)
    history = History(*(events[name].to_numpy() for name in ("user", "item", "time")), 50)
    taken = set(events[["user", "item"]].itertuples(index=False, name=None))
    for batch in Batches(history, 20, 32, 8, 0, mask_history=True):
        own = torch.eye(len(batch["target"]), len(batch["item"]), dtype=torch.bool)
        expected = [[(u, i) in taken for i in batch["item"].tolist()] for u in batch["user"].tolist()]
        assert torch.equal(batch["taken"], torch.tensor(expected) & ~own)


def test_a_masked_negative_does_not_count():
    query, item = torch.randn(3, 4), torch.randn(5, 4)
    taken = torch.zeros(3, 5, dtype=torch.bool)
    taken[0, 4] = taken[1, 4] = taken[2, 4] = True
    masked = losses.in_batch_softmax(query, item, taken=taken)
    assert float(masked) == pytest.approx(float(losses.in_batch_softmax(query, item[:4])), rel=1e-6)


def test_directions_of_few_people_are_the_matrix_itself():
    import scipy.sparse as sp

    matrix = sp.csr_matrix((np.random.default_rng(0).random((12, 9)) < 0.4).astype(np.float32))
    taken, offered = directions(matrix, 12)
    assert taken.shape == offered.shape == (9, 12)
    assert taken @ offered.T == pytest.approx(np.eye(9), abs=1e-3)  # all nine directions: nothing is cut off


def test_a_spectral_start_ranks_own_items_first_before_much_training(split):
    settings = FAST | {"learning_rate": 1e-6, "max_epochs": 1}
    recall = {start: max(TwoTower(**settings, start=start).fit(split.train, valid=split.valid,
                                                              progress=False).history_)
              for start in ("spectral", "random")}
    assert recall["spectral"] > recall["random"] + 0.15


# --- going on from a model -------------------------------------------------------------------------------------------
def test_a_warm_start_begins_where_the_other_ended(split):
    settings = FAST | {"learning_rate": 1e-4, "max_epochs": 1}
    good = TwoTower(**FAST | {"max_epochs": 6}).fit(split.train, progress=False)
    cold = TwoTower(**settings).fit(split.train, valid=split.valid, progress=False)
    warm = TwoTower(**settings).fit(split.train, valid=split.valid, progress=False, start=good)
    assert warm.history_[0] > cold.history_[0] + 0.1


def test_a_warm_start_keeps_rows_by_id_and_takes_over_what_is_open(split):
    named = split.train.assign(item="i" + split.train["item"].astype(str))
    good = TwoTower(**FAST | {"max_epochs": 4, "weight_decay": 0.3}).fit(named, progress=False)
    later = named[named["item"] != "i7"]
    warm = TwoTower(batch_size=128, learning_rate=1e-9, max_epochs=1, dropout=0).fit(later, progress=False, start=good)
    assert (warm.used["dim"], warm.used["weight_decay"]) == (16, 0.3) and warm.n_items == 39
    mine, theirs = (dict(zip(m.item_vocabulary.ids, m.embed_items(), strict=True)) for m in (warm, good))
    assert mine["i30"] == pytest.approx(theirs["i30"], abs=1e-4)
    with pytest.raises(ArgumentError, match="start shares nothing"):
        TwoTower(dim=8, max_epochs=1).fit(later, progress=False, start=good)
