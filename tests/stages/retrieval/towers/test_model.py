"""TwoTower on small made-up logs: what it learns, what stays the same, what it refuses."""

import numpy as np
import pandas as pd
import pytest
import torch
from tower_logs import fashions, two_tastes

from course_lib.contracts import DAY_S, ArgumentError, CorruptError, DataError, Requests, UnknownIdError
from course_lib.data import stored
from course_lib.evidence.offline import evaluate
from course_lib.stages.retrieval.baselines import RecentPopularity
from course_lib.stages.retrieval.towers.batches import Batches, History
from course_lib.stages.retrieval.towers.feature_columns import feature_matrix
from course_lib.stages.retrieval.towers.ids import rows, vocabulary_of
from course_lib.stages.retrieval.towers.model import TwoTower
from course_lib.stages.retrieval.towers.network import HistorySum, Towers, TowerTask
from course_lib.stages.retrieval.towers.recency import RecencyClock

SMALL = {"dim": 16, "max_epochs": 6, "batch_size": 256, "learning_rate": 0.02}


@pytest.fixture(scope="module")
def events():
    return two_tastes()


@pytest.fixture(scope="module")
def content():
    return np.eye(2, dtype=np.float32)[np.arange(40) % 2]


@pytest.fixture(scope="module")
def model(events, content):
    return TwoTower(**SMALL, id_dropout=0.3).fit(events, content, progress=False)


def trained(events, **settings):
    return TwoTower(**SMALL | settings).fit(events, progress=False)


def test_blocks_rank_each_by_itself_and_add_up(events):
    model = trained(events, blocks=2)
    users, items = model.embed_users(np.arange(200)), model.embed_items()
    parts = [users[:, half] @ items[:, half].T for half in (slice(0, 8), slice(8, 16))]
    assert parts[0] + parts[1] == pytest.approx(model.score(np.arange(200)), abs=1e-4)
    for part in parts:
        assert share_of_own(np.argsort(-part, 1)[:, :5]) > 0.9


def test_one_block_s_loss_is_the_loss_and_two_are_the_mean_of_halves():
    net, rng = Towers(3, 9, 8), np.random.default_rng(0)
    query, item = (torch.as_tensor(rng.normal(size=(6, 8)).astype(np.float32)) for _ in range(2))
    batch = {"item": torch.arange(6), "log_q": torch.zeros(6)}
    whole, halves = (TowerTask(net, blocks=blocks)._loss(query, item, batch) for blocks in (1, 2))
    by_hand = [torch.nn.functional.cross_entropy(query[:, h] @ item[:, h].T, torch.arange(6))
               for h in (slice(0, 8), slice(0, 4), slice(4, 8))]
    assert float(whole) == pytest.approx(float(by_hand[0]), rel=1e-5)
    assert float(halves) == pytest.approx(float(by_hand[1] + by_hand[2]) / 2, rel=1e-5)


def test_blocks_have_to_divide_the_width():
    with pytest.raises(ArgumentError, match="blocks is 3 and dim 16"):
        TwoTower(dim=16, blocks=3)


def test_taken_and_offered_start_equal_and_part_unless_the_table_is_shared(events):
    apart, shared = (trained(events, max_epochs=1, shared_table=same).net for same in (False, True))
    assert not torch.equal(apart.taken.weight, apart.item_id.weight) and shared.taken is shared.item_id
    fresh = Towers(3, 9, 8)
    assert torch.equal(fresh.taken.weight, fresh.item_id.weight)


def test_an_item_without_training_event_adds_nothing_to_a_history(content):
    model = TwoTower(**SMALL | {"max_epochs": 1}).fit(two_tastes(items=30), content, progress=False)
    nobody, with_unseen = model.embed_history([3, 5]), model.embed_history([3, 5, 35])
    assert with_unseen - model.net.constant.detach().numpy() == pytest.approx(
        (nobody - model.net.constant.detach().numpy()) * np.sqrt(2 / 3), abs=1e-5)


def share_of_own(top):
    return np.mean(top % 2 == (np.arange(len(top)) % 2)[:, None])


@pytest.mark.parametrize("loss", ["in_batch_softmax", "bpr", "info_nce", "full_softmax"])
def test_every_loss_learns_who_likes_what(events, loss):
    model = TwoTower(loss=loss, **SMALL).fit(events, progress=False)
    assert share_of_own(model.recommend(np.arange(200), 5)) > 0.95


def test_a_loss_of_ones_own_can_be_given(events):
    seen = []

    def loss(query, item, item_id, log_q):
        seen.append(log_q)
        return torch.nn.functional.cross_entropy(query @ item.T - log_q, torch.arange(len(query)))

    assert share_of_own(TwoTower(loss=loss, **SMALL).fit(events, progress=False).recommend(np.arange(200), 5)) > 0.95
    assert seen[0].shape == (256,) or len(seen[0]) < 257


def test_same_seed_same_model_other_seed_other_model(events):
    one, two, three = (TwoTower(**SMALL | {"max_epochs": 1}).fit(events, seed=s, progress=False).score([0, 1])
                       for s in (3, 3, 4))
    assert (one == two).all() and not np.allclose(one, three)


def test_fitting_leaves_the_random_state_of_others_alone(events):
    torch.manual_seed(7)
    before = torch.random.get_rng_state()
    TwoTower(**SMALL | {"max_epochs": 1}).fit(events, progress=False)
    assert torch.equal(before, torch.random.get_rng_state())


def test_score_is_the_product_of_the_vectors_and_recommend_its_order(model):
    score = model.score([5, 6])
    assert score == pytest.approx(model.embed_users([5, 6]) @ model.embed_items().T, abs=1e-5)
    assert model.recommend([5, 6], 3, exclude_seen=False).tolist() == np.argsort(-score, 1)[:, :3].tolist()


def test_recommend_leaves_out_what_was_seen_and_pads_when_all_is(events, model):
    top = model.recommend(np.arange(200), 40)
    seen = events.groupby("user")["item"].apply(set)
    assert all(not seen[u] & set(row) for u, row in enumerate(top)) and (top[:, -12:] == -1).all()


def test_a_new_item_is_placed_by_content_and_a_new_user_by_history(model, content):
    fresh = model.embed_new_items(content[:2])  # an even and an odd item nobody took
    even, odd = model.embed_users(np.arange(0, 200, 2)).mean(0), model.embed_users(np.arange(1, 200, 2)).mean(0)
    assert fresh[0] @ even > fresh[1] @ even and fresh[1] @ odd > fresh[0] @ odd
    stranger = model.embed_history([0, 2, 4])
    assert (model.embed_items() @ stranger).argsort()[-10:].tolist() == [i for i in (
        model.embed_items() @ stranger).argsort()[-10:] if i % 2 == 0]


def test_an_item_without_events_has_no_id_vector_of_chance(events, content):
    wide = np.vstack([content, content[:2]])
    model = TwoTower(**SMALL).fit(events, wide, progress=False)
    assert model.embed_items()[40:] == pytest.approx(model.embed_new_items(content[:2]), abs=1e-6)


def test_requests_add_the_session_and_answer_strangers(model):
    asked = Requests.of([0, 9999], eligible=np.arange(40), session_items=[[1, 3, 5], [1, 3, 5]])
    plain = model.embed_users([0])[0]
    vectors = model.embed_requests(asked)
    assert not np.allclose(vectors[0], plain)
    assert vectors[1] == pytest.approx(model.embed_history([1, 3, 5]), abs=1e-5)
    found = model.retrieve(asked, 5)
    assert (found.item[1] % 2 == 1).all() and (np.diff(found.score, axis=1) <= 0).all()


def test_retrieve_shows_only_what_is_eligible_and_pads(model):
    found = model.retrieve(Requests.of([0], eligible=[3, 8, 39, 77]), 6)  # item 77 is newer than the model
    assert set(found.item[0]) == {3, 8, 39, -1} and np.isneginf(found.score[found.item < 0]).all()


@pytest.mark.parametrize("eligible", [[], [77]])  # none, or none that the model knows
def test_where_nothing_is_eligible_all_is_padding(model, eligible):
    found = model.retrieve(Requests.of([0, 9999], eligible=np.array(eligible, int)), 6)
    assert found.item.shape == (2, 6) and (found.item == -1).all() and np.isneginf(found.score).all()


def test_save_and_load_give_the_same_answers(model, tmp_path):
    model.save(tmp_path / "m")
    again = TwoTower.load(tmp_path / "m")
    assert (again.score([0, 7]) == model.score([0, 7])).all()
    assert again.recommend([3], 5).tolist() == model.recommend([3], 5).tolist()


def test_a_damaged_or_missing_model_is_refused(model, tmp_path):
    folder = model.save(tmp_path / "m")
    file = folder / "model.towers"
    whole = file.read_bytes()
    for harm in (whole[:-20] + b"x" * 20, whole[:-1], whole[:200], whole.replace(b"towers", b"tovers", 1)):
        file.write_bytes(harm)
        with pytest.raises(CorruptError, match="model.towers was cut short or changed.*Fit the model"):
            TwoTower.load(folder)
    stored.save(file, "towers", 99, {}, {})
    with pytest.raises(CorruptError, match="format 99.*reads 4"):
        TwoTower.load(folder)
    stored.save(file, "towers", 4, {"settings": {"loss": "no such"}}, {"weights": b"", "arrays": b""})
    with pytest.raises(CorruptError, match="no towers that this version.*can use"):
        TwoTower.load(folder)
    with pytest.raises(DataError, match="model.towers is missing"):
        TwoTower.load(tmp_path / "nothing")


def test_a_model_saved_by_an_earlier_version_is_named(tmp_path):
    (tmp_path / "model.json").write_text("{}")
    with pytest.raises(DataError, match="earlier version.*save it again"):
        TwoTower.load(tmp_path)


def test_ids_of_any_kind_come_back_as_they_were(tmp_path):
    events = two_tastes(60, 20, 6)
    named = events.assign(user="u" + events["user"].astype(str), item="i" + events["item"].astype(str))
    model = TwoTower(**SMALL).fit(named, progress=False)
    top = model.recommend(["u3"], 4)
    assert all(str(item).startswith("i") for item in top[0])
    with pytest.raises(UnknownIdError, match="'u99'"):
        model.score(["u3", "u99"])
    assert TwoTower.load(model.save(tmp_path / "n")).recommend(["u3"], 4).tolist() == top.tolist()


def test_whole_numbers_kept_as_objects_come_back_as_numbers(tmp_path):
    events = two_tastes(60, 20, 6)
    model = TwoTower(**SMALL).fit(events.assign(user=events["user"].astype(object) + 10**6), progress=False)
    top = model.recommend([10**6 + 3], 4)
    assert TwoTower.load(model.save(tmp_path / "o")).recommend([10**6 + 3], 4).tolist() == top.tolist()


def test_vocabulary_of_large_sparse_integers_does_not_grow_with_them():
    vocabulary = vocabulary_of([10**12, 5, 10**9], None, "item")
    assert len(vocabulary) == 3 and rows(vocabulary, [10**9]).tolist() == [1]
    assert len(vocabulary_of([0, 2], None, "item")) == 3


@pytest.mark.parametrize(("change", "error", "says"), [
    (lambda e: e.drop(columns="time"), DataError, "no column time"),
    (lambda e: e[:0], DataError, "empty"),
    (lambda e: e.assign(time=e["time"].where(e.index != 3)), ArgumentError, "row 3"),
])
def test_bad_interactions_are_named(events, change, error, says):
    with pytest.raises(error, match=says):
        TwoTower(**SMALL).fit(change(events), progress=False)


def test_bad_features_and_settings_are_named(events, model):
    content = np.zeros((40, 2))
    content[7, 1] = np.nan
    with pytest.raises(ArgumentError, match=r"catalog holds 1 values that are NaN or infinite, first at \(7, 1\)"):
        TwoTower(**SMALL).fit(events, content, progress=False)
    users = pd.DataFrame({"age": [30.0] * 199 + [np.nan]})
    with pytest.raises(ArgumentError, match=r"users.age is missing \(NaN\) in 1 of 200"):
        TwoTower(**SMALL).fit(events, users=users, progress=False)
    with pytest.raises(UnknownIdError, match="item ids are unknown"):
        TwoTower(**SMALL).fit(events, np.zeros((30, 2)), progress=False)
    with pytest.raises(ArgumentError, match="history is empty"):
        model.embed_history([])
    with pytest.raises(ArgumentError, match="loss is 'hinge'"):
        TwoTower(loss="hinge")
    with pytest.raises(ArgumentError, match="without item content"):
        TwoTower(**SMALL | {"max_epochs": 1}).fit(events, progress=False).embed_new_items(np.zeros((1, 2)))


def test_user_features_speak_for_a_user_without_history(events):
    events = events[events["user"] >= 20]
    group = pd.DataFrame({"group": np.where(np.arange(200) % 2, "odd", "even")})
    top = TwoTower(**SMALL | {"max_epochs": 12}).fit(events, users=group, progress=False).recommend(np.arange(20), 5)
    assert share_of_own(top) > 0.9


def test_feature_matrix_takes_numbers_and_few_valued_columns_and_leaves_the_rest():
    table = pd.DataFrame({"raw_id": ["a", "b"] * 40, "sex": ["f", "m"] * 40, "age": np.linspace(20, 60, 80),
                          "name": [f"n{i}" for i in range(80)]})
    assert feature_matrix(table, "users").shape == (80, 3)


def test_early_stopping_keeps_the_best_weights(events):
    from course_lib.data import splits
    split = splits.by_user(events)
    model = TwoTower(**SMALL | {"max_epochs": 30}).fit(split.train, valid=split.valid, progress=False)
    assert len(model.history_) < 30
    swapped = splits.Split(split.train, split.test, split.valid)
    assert evaluate(model, swapped, metrics=["recall"])["recall"].value == pytest.approx(max(model.history_), abs=1e-3)


# --- time ----------------------------------------------------------------------------------------------------------
TIMED = SMALL | {"time": True, "batch_size": 64, "learning_rate": 0.01, "horizon_days": 1.0}


def test_recency_in_the_towers_follows_fashion_where_the_timeless_model_cannot():
    events = fashions()
    train, later = events[events["time"] < 75 * DAY_S], events[events["time"] >= 75 * DAY_S]
    soon = later["time"] < 76 * DAY_S
    parts = type("Parts", (), {"train": train, "test": later[~soon]})
    recall = {}
    for time in (True, False):
        model = TwoTower(**TIMED | {"time": time}).fit(train, np.zeros((24, 1)), valid=later[soon], progress=False)
        recall[time] = evaluate(model, parts, k=5, metrics=["recall"])["recall"].value
    chart = evaluate(RecentPopularity(3).fit(train, 300, 24), parts, k=5, metrics=["recall"])["recall"].value
    assert recall[True] > 1.5 * recall[False]
    assert recall[True] > 0.9 * chart


def test_time_is_carried_only_where_valid_comes_after_train(events):
    late = events["time"] > 50 * DAY_S
    fast = SMALL | {"max_epochs": 1}
    assert TwoTower(**fast).fit(events[~late], valid=events[late], progress=False).has_time
    mixed = np.arange(len(events)) % 5 == 0
    assert not TwoTower(**fast).fit(events[~mixed], valid=events[mixed], progress=False).has_time
    at_once = events.assign(time=5.0)                               # no order to learn from
    assert not TwoTower(**fast).fit(at_once[~mixed], valid=at_once[mixed], progress=False).has_time


def test_observed_events_change_counts_and_histories_and_survive_saving(tmp_path):
    events = fashions()
    model = TwoTower(**TIMED).fit(events[events["time"] < 72 * DAY_S], np.zeros((24, 1)), progress=False)
    before = model.recommend(np.arange(50), 4, exclude_seen=False)
    model.observe(events[events["time"] >= 72 * DAY_S])
    after = model.recommend(np.arange(50), 4, exclude_seen=False)
    assert np.mean(after >= 20) > np.mean(before >= 20) + 0.5
    again = TwoTower.load(model.save(tmp_path / "t"))
    assert again.recommend(np.arange(50), 4, exclude_seen=False).tolist() == after.tolist()
    with pytest.raises(ArgumentError, match="already hold events"):
        model.embed_items(at=0.0)


def test_decayed_counts_equal_a_sum_over_events():
    rng = np.random.default_rng(0)
    time, item = np.sort(rng.uniform(0, 20 * DAY_S, 200)), rng.integers(0, 5, 200)
    edges = np.array([5, 11, 20.5]) * DAY_S
    clock = RecencyClock(time, item, 5, edges, half_lives=(2.0, 7.0))
    for edge in edges:
        before = time < edge
        for column, half in enumerate((2.0, 7.0)):
            weight = 0.5 ** ((edge - time[before]) / DAY_S / half)
            assert clock.counts(edge)[:, column] == pytest.approx(np.bincount(item[before], weight, 5), rel=1e-4)


def test_batches_with_a_clock_stay_in_one_stretch_and_see_nothing_later():
    events = two_tastes(50, 20, 8).sort_values("time")
    history = History(events["user"].to_numpy(), events["item"].to_numpy(), events["time"].to_numpy(), 50)
    edges = np.linspace(0, 60 * DAY_S, 7)
    clock = RecencyClock(events["time"].to_numpy(), events["item"].to_numpy(), 20, edges)
    batches = Batches(history, 20, 32, 8, 0, clock=clock, causal=True)
    rows = 0
    for batch in batches:
        rows += len(batch["target"])
        assert len(batch["item"]) == len(batch["target"]) + max(8, len(batch["target"])) == len(batch["log_q"])
    assert rows == len(history)
    one = np.array([5])
    assert history.time[history.start[history.user[5]]:5].max(initial=-1) <= history.time[5]
    assert history.around(one, True)["history"].tolist() == history.item[history.start[history.user[5]]:5].tolist()


def test_the_target_is_left_out_of_its_own_history():
    history = History(np.array([0, 0, 0, 1]), np.array([4, 5, 6, 7]), np.arange(4.0), 2)
    batch = history.around(np.array([1, 3]), causal=False)
    table = torch.eye(8)
    total = HistorySum.apply(table, batch["history"], batch["offset"])[batch["row"]] - table[batch["minus"]]
    assert total.nonzero().tolist() == [[0, 4], [0, 6]] and batch["length"].tolist() == [2, 0]


def test_history_sum_has_the_gradient_of_embedding_bag():
    history, offset = torch.tensor([0, 2, 2, 3]), torch.tensor([0, 3, 3])
    weight = torch.randn(3, 5)
    grads = []
    for sum_of in (HistorySum.apply, lambda t, h, o: torch.nn.functional.embedding_bag(h, t, o, mode="sum")):
        table = torch.arange(20.0).reshape(4, 5).requires_grad_()
        (sum_of(table, history, offset) * weight).sum().backward()
        grads.append(table.grad.to_dense())
    assert torch.allclose(*grads)


@pytest.mark.parametrize("ask", [lambda m: m.recommend([1], 3), lambda m: m.score([1]), lambda m: m.embed_items(),
                                 lambda m: m.embed_users([1]), lambda m: m.n_items, lambda m: m.save("nowhere")])
def test_a_model_that_was_not_fitted_says_so(ask):
    with pytest.raises(ArgumentError, match="has not been fitted. Call fit"):
        ask(TwoTower())
    assert not hasattr(TwoTower(), "no_such_thing")
