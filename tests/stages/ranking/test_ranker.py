"""The ranker: learns an order, treats position as told, is deterministic, survives a round trip, names bad input."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError, Candidates, CorruptError, DataError, Requests, ShapeError
from course_lib.data import stored
from course_lib.stages.ranking.calibrate import Isotonic
from course_lib.stages.ranking.ranker import GBDTRanker, RankerStage, position_weights, weighted_value


def clicks(n=4000, seed=0):
    """Clicks by a feature and by position, independent of each other."""
    rng = np.random.default_rng(seed)
    taste, position = rng.random(n), rng.integers(1, 6, n)
    click = rng.random(n) < taste * 0.8**position
    return pd.DataFrame({"taste": taste, "position": position, "noise": rng.random(n)}), click.astype(int)


def test_binary_learns_the_order_and_probabilities_of_the_mean():
    features, click = clicks()
    features = features[["taste", "noise"]]
    p = GBDTRanker(trees=40).fit(features, click).predict(features)
    assert p.min() >= 0 and p.max() <= 1 and p.mean() == pytest.approx(click.mean(), abs=0.01)
    assert p[features["taste"] > 0.8].mean() > 2 * p[features["taste"] < 0.3].mean()


def test_lambdarank_orders_inside_groups():
    rng = np.random.default_rng(1)
    group = np.repeat(np.arange(300), 8)
    x = rng.random(len(group))
    y = (x + 0.1 * rng.standard_normal(len(x)) > 0.6).astype(int)
    score = GBDTRanker("lambdarank", trees=30).fit(pd.DataFrame({"x": x}), y, group).predict(pd.DataFrame({"x": x}))
    assert np.corrcoef(score, x)[0, 1] > 0.7


def test_position_is_held_at_serving():
    features, click = clicks()
    model = GBDTRanker(trees=30, position="position").fit(features, click)
    at_any = model.predict(features)
    assert (at_any == model.predict(features.assign(position=5))).all()
    assert (at_any == model.predict(features.drop(columns="position"))).all()
    assert model.importance()["position"] > 0.05


def test_same_data_and_seed_give_the_same_scores_whatever_the_threads():
    features, click = clicks()
    one = GBDTRanker(trees=20, num_threads=1).fit(features, click).predict(features)
    two = GBDTRanker(trees=20).fit(features, click).predict(features)
    assert (one == two).all()


def test_several_models_answer_with_the_mean_of_rankers_of_other_seeds():
    features, click = clicks()
    how = {"trees": 20, "feature_fraction": 0.5}
    several = GBDTRanker(n_models=3, seed=4, **how).fit(features, click)
    alone = [GBDTRanker(seed=seed, **how).fit(features, click) for seed in several._seeds()]
    answers = [model.predict(features) for model in alone]
    assert (answers[0] != answers[1]).any() and (answers[1] != answers[2]).any()
    assert several.predict(features) == pytest.approx(np.mean(answers, axis=0), abs=1e-12)
    assert (GBDTRanker(seed=4, **how).fit(features, click).predict(features) == answers[0]).all()
    shares = [model.importance()["taste"] for model in alone]
    assert several.importance().sum() == pytest.approx(1)
    assert min(shares) <= several.importance()["taste"] <= max(shares)


def test_one_model_is_the_ranker_that_does_not_know_of_several():
    """So that what was measured with one stays."""
    import lightgbm as lgb

    features, click = clicks(900)
    model = GBDTRanker(trees=7, seed=3, feature_fraction=0.5).fit(features, click)
    booster = lgb.train(model.params, lgb.Dataset(features.to_numpy(np.float32), click), num_boost_round=7)
    assert (model.predict(features) == booster.predict(features.to_numpy(np.float32))).all()


def test_several_models_that_would_be_alike_are_refused():
    with pytest.raises(ArgumentError, match="n_models is 3, but nothing is drawn.*feature_fraction"):
        GBDTRanker(n_models=3)
    for wrong in (0, -1, 2.5, "3"):
        with pytest.raises(ArgumentError, match="n_models"):
            GBDTRanker(n_models=wrong, feature_fraction=0.5)


def test_no_model_is_begun_that_would_end_too_late():
    features, click = clicks(400)
    how = {"trees": 3, "n_models": 3, "feature_fraction": 0.5}
    short = GBDTRanker(**how).fit(features, click, seconds=0.0)
    assert (short.n_fitted, short.n_models) == (1, 3)
    assert (short.predict(features) == GBDTRanker(trees=3, feature_fraction=0.5).fit(features, click).predict(
        features)).all()
    assert short.fit(features, click, seconds=1e9).n_fitted == 3             # a hurried fit leaves the setting alone


@pytest.mark.parametrize("n_models", [2, 3])
def test_all_models_are_kept_in_the_one_file(n_models, tmp_path):
    features, click = clicks(800)
    model = GBDTRanker(trees=5, n_models=n_models, feature_fraction=0.5, position="position").fit(features, click)
    model.save(tmp_path / "ranker.txt")
    again = GBDTRanker.load(tmp_path / "ranker.txt")
    assert (again.predict(features) == model.predict(features)).all() and again.n_models == n_models
    again.save(tmp_path / "again.txt")
    assert (tmp_path / "again.txt").read_bytes() == (tmp_path / "ranker.txt").read_bytes()


def test_a_file_of_an_earlier_format_is_named(tmp_path):
    features, click = clicks(400)
    about, parts = GBDTRanker(trees=3).fit(features, click).packed()
    del about["n_models"]
    stored.save(tmp_path / "old", "ranker", 2, about, {"trees": parts["trees 0"]})
    with pytest.raises(CorruptError, match="holds format 2 of a ranker.*reads 3. Fit the ranker and save it again"):
        GBDTRanker.load(tmp_path / "old")


def test_save_and_load_give_the_same_scores(tmp_path):
    features, click = clicks(800)
    model = GBDTRanker(trees=5, position="position").fit(features, click)
    model.save(tmp_path / "ranker.txt")
    again = GBDTRanker.load(tmp_path / "ranker.txt")
    assert (again.predict(features) == model.predict(features)).all()
    assert (again.params, again.trees, again.columns) == (model.params, model.trees, model.columns)
    with pytest.raises(ArgumentError, match="nothing to save"):
        GBDTRanker().save(tmp_path / "ranker.txt")
    assert GBDTRanker.load(tmp_path / "ranker.txt").columns == model.columns


def test_lightgbm_never_sees_a_damaged_file(tmp_path, monkeypatch):
    """Cut text ends the interpreter inside LightGBM, so nothing but whole text may reach it."""
    features, click = clicks(400)
    file = tmp_path / "ranker.txt"
    GBDTRanker(trees=3).fit(features, click).save(file)
    whole = file.read_bytes()
    monkeypatch.setattr("lightgbm.Booster", lambda **_: pytest.fail("LightGBM was handed damaged text"))
    for cut in (0, 10, 120, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:cut])
        with pytest.raises(CorruptError, match="ranker.txt.*save it again"):
            GBDTRanker.load(file)
    file.write_bytes(whole.replace(b"leaf_value=0", b"leaf_value=1", 1).replace(b"leaf_value=-0", b"leaf_value=-1", 1))
    with pytest.raises(CorruptError, match="cut short or changed"):
        GBDTRanker.load(file)


def test_another_part_s_file_and_none_are_named(tmp_path):
    rng = np.random.default_rng(0)
    Isotonic().fit(rng.random(50), rng.integers(0, 2, 50)).save(tmp_path / "map")
    with pytest.raises(CorruptError, match="holds a calibrator; expected a ranker"):
        GBDTRanker.load(tmp_path / "map")
    for text in ("[1]", "7", '{"objective": "binary"}\ntree'):
        (tmp_path / "other").write_text(text)
        with pytest.raises(CorruptError, match="is no ranker of this version"):
            GBDTRanker.load(tmp_path / "other")
    with pytest.raises(DataError, match="missing; expected a saved ranker"):
        GBDTRanker.load(tmp_path / "nowhere")
    with pytest.raises(DataError, match="is a folder"):
        GBDTRanker.load(tmp_path)


def test_weights_undo_examination_in_the_mean():
    rng = np.random.default_rng(5)
    position, examination = rng.integers(1, 4, 60_000), np.array([1.0, 0.5, 0.25])
    click = rng.random(60_000) < 0.4 * examination[position - 1]
    weight = position_weights(position, click, examination)
    by_position = [np.mean((weight * click)[position == k]) for k in (1, 2, 3)]
    assert by_position == pytest.approx([0.4] * 3, abs=0.03)
    assert (position_weights(position, click, np.ones(3)) == 1).all()
    with pytest.raises(ArgumentError, match="positions 1 to 2"):
        position_weights([3], [1], [1.0, 0.5])


def test_bad_input_is_named():
    features, click = clicks(200)
    with pytest.raises(ShapeError, match="200 rows and label 3"):
        GBDTRanker().fit(features, click[:3])
    with pytest.raises(DataError, match="both labels"):
        GBDTRanker().fit(features, np.zeros(200))
    with pytest.raises(ArgumentError, match="group"):
        GBDTRanker("lambdarank").fit(features, click)
    with pytest.raises(DataError, match="stand together"):
        GBDTRanker("lambdarank").fit(features, click, np.tile([0, 1], 100))
    with pytest.raises(DataError, match="'title'"):
        GBDTRanker().fit(features.assign(title="a"), click)
    with pytest.raises(DataError, match="taste"):
        GBDTRanker(trees=2).fit(features, click).predict(features[["noise"]])
    with pytest.raises(ArgumentError, match="objective"):
        GBDTRanker("regression_l1")


class Table:
    """A model that gives back a column."""

    def predict(self, table):
        return table["x"].to_numpy()


def test_the_stage_keeps_rows_in_place_and_padding_out():
    found = Candidates(np.array([[3, 1], [2, -1]]), np.zeros((2, 2)))
    stage = RankerStage(Table(), lambda requests, c: pd.DataFrame({"x": c.item.ravel() * 10.0}))
    assert stage.score(Requests.of([0, 1], eligible=range(5)), found).tolist() == [[30, 10], [20, -np.inf]]
    short = RankerStage(Table(), lambda requests, c: pd.DataFrame({"x": [1.0]}))
    with pytest.raises(ShapeError, match="expected 4"):
        short.score(Requests.of([0, 1], eligible=range(5)), found)


def test_a_calibrated_stage_keeps_the_models_order_on_the_steps():
    class Step:
        def predict(self, score):
            return np.where(score > 0, 0.5, 0.1)

    found = Candidates(np.array([[0, 1, 2, 3]]), np.zeros((1, 4)))
    stage = RankerStage(Table(), lambda r, c: pd.DataFrame({"x": [2.0, 1.0, -1.0, -2.0]}), Step())
    score = stage.score(Requests.of(0, eligible=range(5)), found)[0]
    assert score == pytest.approx([0.5, 0.5, 0.1, 0.1], abs=2e-6) and (np.diff(score) < 0).all()


def test_a_weighted_value_runs_from_clicks_to_satisfied_clicks():
    click, joy = np.array([0.5, 0.4]), np.array([0.2, 0.9])
    assert weighted_value(click, joy, 0).tolist() == click.tolist()
    assert weighted_value(click, joy, 1) == pytest.approx(click * joy)
    assert np.argmax(weighted_value(click, joy, 0)) == 0 and np.argmax(weighted_value(click, joy, 1)) == 1
    with pytest.raises(ArgumentError, match="weight is -1"):
        weighted_value(click, joy, -1)


def test_rows_without_a_table_are_judged_like_the_table():
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(300, 2)), columns=["a", "b"]).assign(position=rng.integers(1, 9, 300))
    model = GBDTRanker(trees=5, position="position").fit(table, (table["a"] > 0).astype(float))
    rows = table.to_numpy()
    assert np.array_equal(model.predict_rows(rows), model.predict(table))
    assert np.array_equal(rows, table.to_numpy())                                       # positions are not overwritten
    assert model.predict_rows(rows[:0]).shape == (0,)
    with pytest.raises(ShapeError, match=r"expected \(n, 3\)"):
        model.predict_rows(rows[:, :2])
    with pytest.raises(ArgumentError, match="not been fitted"):
        GBDTRanker().predict_rows(rows)
