"""SequenceTower on rings, where only the order says what comes next; and what it shares with TwoTower."""

import numpy as np
import pandas as pd
import pytest
import torch
from chains import rings

from course_lib.contracts import ArgumentError, DataError, Requests, UnknownIdError
from course_lib.data import splits
from course_lib.data.event_order import without_order
from course_lib.evidence.offline import evaluate
from course_lib.stages.retrieval.baselines import EASE
from course_lib.stages.retrieval.losses import gbce
from course_lib.stages.retrieval.sequences.sequence_net import SequenceNet
from course_lib.stages.retrieval.sequences.sequence_tower import SequenceTower, at_first, loss_of
from course_lib.stages.retrieval.sequences.sequence_windows import epoch, windows
from course_lib.stages.retrieval.towers.batches import History
from course_lib.stages.retrieval.towers.model import TwoTower

SMALL = {"dim": 16, "max_length": 6, "blocks": 1, "batch_size": 16, "learning_rate": 0.01, "negatives": 8}


@pytest.fixture(scope="module")
def split():
    return splits.leave_last_out(rings())


@pytest.fixture(scope="module")
def model(split):
    return SequenceTower(**SMALL, max_epochs=40).fit(split.train)


# --- learning -------------------------------------------------------------------------------------------------------
def test_it_learns_what_comes_next_and_nothing_does_that_forgets_the_order(split, model):
    latest = pd.concat([split.train, split.valid])
    assert evaluate(model, splits.Split(split.train, split.test, split.valid, "user"), 1)["recall"].value > 0.9
    found = model.embed_histories([[3, 4, 5, 6], [20, 21, 22, 23]]) @ model.embed_items().T
    assert found.argmax(1).tolist() == [7, 0]
    pooled = EASE(1.0).fit(latest, 120, 24)
    assert evaluate(pooled, splits.Split(latest, split.valid[:0], split.test, "user"), 1)["recall"].value < 0.8


def test_where_the_order_was_destroyed_there_is_nothing_to_find(split, model):
    again = SequenceTower(**SMALL, max_epochs=12).fit(without_order(split.train))
    judged = splits.Split(split.train, split.test, split.valid, "user")
    assert evaluate(again, judged, 1)["recall"].value < evaluate(model, judged, 1)["recall"].value - 0.3


@pytest.mark.parametrize("loss", ["bce", "full_softmax"])
def test_the_other_losses_learn_it_too(split, loss):
    again = SequenceTower(**SMALL, loss=loss, max_epochs=40).fit(split.train)
    assert evaluate(again, splits.Split(split.train, split.test, split.valid, "user"), 1)["recall"].value > 0.9


def test_the_same_seed_gives_the_same_model_and_torchs_state_is_left_alone(split):
    before = torch.random.get_rng_state()
    one, two, other = (SequenceTower(**SMALL, max_epochs=1).fit(split.train, seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(one.score([0, 1]), two.score([0, 1]))
    assert not np.array_equal(one.score([0, 1]), other.score([0, 1]))
    assert torch.equal(before, torch.random.get_rng_state())


def test_training_stops_once_valid_stops_rising(split):
    settings = SMALL | {"learning_rate": 1e-9}
    again = SequenceTower(**settings, max_epochs=50, patience=2).fit(split.train, valid=split.valid)
    assert 3 <= len(again.history_) < 50 and again.recall_ == max(again.history_)


# --- what it is fed -------------------------------------------------------------------------------------------------
def test_each_item_is_predicted_once_an_epoch_from_the_one_before_it():
    events = rings(users=30, each=17)
    history, rng = History(events["user"], events["item"], events["time"], 30), np.random.default_rng(0)
    for length in (1, 5, 17, 40):
        told = []
        for token, target in epoch(history, length, 7, 24, rng):
            assert token.shape[1] <= length
            there = target >= 0
            first = there & (token == 24)
            assert ((token + 1) % 24 == target)[there & ~first].all()
            assert first[:, 1:].sum() == 0
            told.append(target[there])
        assert np.bincount(torch.cat(told), minlength=24).tolist() == np.bincount(events["item"]).tolist()


def test_the_cuts_of_a_long_history_fall_elsewhere_each_time():
    history, rng = History(np.zeros(50, int), np.arange(50), np.arange(50.0), 2), np.random.default_rng(0)
    assert len({tuple(windows(history, 10, rng)[:, 1]) for _ in range(20)}) > 5


def test_one_negative_for_each_place_and_t_0_is_plain_binary_cross_entropy():
    torch.manual_seed(0)
    net = SequenceNet(3, 9, 8).eval().requires_grad_(False)
    token, target = torch.tensor([[9, 1, 2]]), torch.tensor([[1, 2, -1]])
    got = loss_of(net, token, target, {"loss": "bce"}, np.random.default_rng(5))
    other = np.random.default_rng(5).integers(0, 9, (1, 3))
    score = (net(token)[0, :2] @ net.item.weight[:9].T).sigmoid()
    chances = [score[0, 1], 1 - score[0, other[0, 0]], score[1, 2], 1 - score[1, other[0, 1]]]
    assert float(got) == pytest.approx(-float(torch.stack(chances).log().mean()), rel=1e-5)


# --- the interface --------------------------------------------------------------------------------------------------
def test_it_answers_all_that_a_two_tower_answers(model):
    public = {name for name in dir(TwoTower) if not name.startswith("_")}
    assert public <= set(dir(SequenceTower))
    assert model.score([0, 5]) == pytest.approx(model.embed_users([0, 5]) @ model.embed_items().T)
    assert model.recommend([0], 30)[0, -7:].tolist() == [-1] * 7 or (model.recommend([0], 30)[0] == -1).sum() >= 6


def test_a_stranger_and_an_empty_history_get_one_answer_and_foreign_ids_none(model):
    requests = Requests.of([999, 0], eligible=[1, 4, 7, 400])
    found = model.retrieve(requests, 2)
    assert set(found.item.ravel()) <= {1, 4, 7}
    stranger = model.embed_histories([[-1, -1], [555, -1]])
    assert np.array_equal(stranger[0], stranger[1])
    assert stranger[0] == pytest.approx(model.embed_requests(Requests.of([999], eligible=[1]))[0], abs=1e-5)
    with pytest.raises(UnknownIdError, match="999"):
        model.score([999])
    with pytest.raises(ArgumentError, match="history is empty"):
        model.embed_history([])


def test_what_is_clicked_in_the_session_comes_last(model):
    here = Requests.of([999], eligible=np.arange(24), session_items=[[-1, 10, 11]])
    assert (model.embed_requests(here) @ model.embed_items().T).argmax() == 12


def test_later_events_are_read_without_training(split, model, tmp_path):
    again = SequenceTower.load(model.save(tmp_path / "m"))
    first = again.recommend(np.arange(120), 1)
    again.observe(split.valid)
    found = again.recommend(split.test["user"].to_numpy(), 1)[:, 0]
    assert (found == split.test["item"]).mean() > 0.9 > (first[split.test["user"], 0] == split.test["item"]).mean()
    with pytest.warns(UserWarning, match="1 new items are left out"):
        again.observe(split.test, new_items=pd.DataFrame({"x": [0.0]}, index=[77]))


def test_save_and_load_give_the_same_answers(model, tmp_path):
    again = SequenceTower.load(model.save(tmp_path / "m"))
    assert np.array_equal(again.score([0, 7]), model.score([0, 7]))
    assert again.recommend([3], 5).tolist() == model.recommend([3], 5).tolist()
    assert again.settings == model.settings and again.history_ == model.history_
    with pytest.raises(DataError, match="model.towers is missing"):
        TwoTower.load(tmp_path / "m")


def test_text_ids_come_back_as_text(split):
    named = split.train.assign(user=split.train["user"].map("u{}".format), item=split.train["item"].map("i{}".format))
    model = SequenceTower(**SMALL, max_epochs=1).fit(named)
    assert set(model.recommend(["u3"], 3)[0]) <= set(named["item"])


def test_an_unfitted_one_and_impossible_settings_are_refused(split):
    with pytest.raises(ArgumentError, match="this SequenceTower has not been fitted"):
        SequenceTower().score([0])
    for wrong, told in (({"loss": "hinge"}, "hinge"), ({"heads": 3}, "3 heads"), ({"max_length": 1}, "max_length is 1"),
                        ({"dim": 0}, "dim"), ({"t": 2.0}, "t 2.0"), ({"patience": 0}, "patience")):
        with pytest.raises(ArgumentError, match=told):
            SequenceTower(**wrong)
    with pytest.raises(DataError, match="no column"):
        SequenceTower(**SMALL).fit(split.train.drop(columns="time"))


@pytest.mark.parametrize("t", [0.0, 0.75, 1.0])
def test_scores_start_where_no_step_in_common_would_lessen_the_loss(t):
    n_items, negatives = 50, 8
    shift = torch.zeros((), requires_grad=True)
    start = at_first(n_items, negatives, t) + shift
    gbce(start.expand(4), start.expand(4, negatives), n_items, t=t).backward()
    assert shift.grad.abs() < 1e-6
    assert at_first(n_items, 1, 0.0) == pytest.approx(0)             # SASRec's own loss is left as it is
