import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import DAY_S, ArgumentError, DataError
from course_lib.data import labels


def impressions(clicks_by_request):
    rows = [(r, r % 3, 10 * r + k, k + 1, click, 100.0 * r)
            for r, clicks in enumerate(clicks_by_request) for k, click in enumerate(clicks)]
    return pd.DataFrame(rows, columns=["request_id", "user", "item", "position", "click", "time"])


def simulated(examination, relevance, requests, seed=0):
    rng = np.random.default_rng(seed)
    seen = rng.random((requests, len(examination))) < examination
    return impressions(seen & (rng.random(seen.shape) < relevance)).astype({"click": "int8"})


def test_every_ignored_keeps_all_rows_and_skip_above_only_those_the_eye_passed():
    shown = impressions([[0, 1, 0], [0, 0, 0]])
    assert labels.every_ignored(shown)["label"].tolist() == [0, 1, 0, 0, 0, 0]
    kept = labels.skip_above(shown)
    assert kept[["item", "label"]].to_numpy().tolist() == [[0, 0], [1, 1]]


def test_exposure_weight_is_the_share_of_ignored_impressions_that_were_seen():
    examination, relevance = np.array([1.0, 0.5, 0.2]), 0.3
    rng = np.random.default_rng(1)
    seen = rng.random((40_000, 3)) < examination
    clicked = seen & (rng.random(seen.shape) < relevance)
    rows = labels.exposure_weighted(impressions(clicked).astype({"click": "int8"}), examination)
    for k in range(3):
        ignored = rows[(rows["position"] == k + 1) & (rows["label"] == 0)]
        assert ignored["weight"].mean() == pytest.approx(seen[~clicked[:, k], k].mean(), abs=0.01)


def test_examination_is_recovered_from_random_slots():
    truth = np.array([1.0, 0.6, 0.3])
    curve = labels.examination_curve(simulated(truth, 0.4, 30_000))
    assert ((curve["low"] <= truth) & (truth <= curve["high"])).all()
    assert curve["relative"].iloc[0] == 1


def test_a_position_without_a_click_is_not_known_to_be_seen_by_nobody():
    """Its interval was [0, 0], whether two or two thousand had been shown."""
    few, many = (labels.examination_curve(impressions([[1, 0, 0], [1, 1, 0]] * n), n_boot=50) for n in (10, 1000))
    for curve, n in ((few, 20), (many, 2000)):
        assert curve["relative"].iloc[2] == curve["low"].iloc[2] == 0
        assert curve["high"].iloc[2] >= 1 - 0.025 ** (1 / n)                 # of none among n, exactly
    assert many["high"].iloc[2] < 0.01 < 0.1 < few["high"].iloc[2]
    rng, held = np.random.default_rng(2), []
    for _ in range(300):                                                     # a tenth look at it; few click
        clicks = rng.random((120, 2)) < [0.2, 0.02]
        if clicks[:, 0].any() and not clicks[:, 1].any():
            held.append(labels.examination_curve(impressions(clicks.astype(int)), n_boot=20)["high"].iloc[1] >= 0.1)
    assert len(held) > 15 and np.mean(held) >= 0.93


def test_examination_needs_clicks_at_the_top():
    with pytest.raises(DataError, match="no click at position 1"):
        labels.examination_curve(impressions([[0, 1], [0, 0]]))


@pytest.mark.parametrize("examination", [[1.0, 0.5], [1.0, 0.5, 0.0]])
def test_examination_must_cover_every_position(examination):
    with pytest.raises(ArgumentError, match="at least 3"):
        labels.exposure_weighted(impressions([[0, 1, 0]]), examination)


def test_an_empty_log_is_named():
    with pytest.raises(DataError, match="no rows"):
        labels.every_ignored(impressions([]))


def delayed(clicks=20_000, rate=0.2, mean_delay_s=2 * DAY_S, days=20, seed=0):
    rng = np.random.default_rng(seed)
    shown = pd.DataFrame({"request_id": np.arange(clicks), "user": 0, "item": 0, "click": 1,
                          "time": np.sort(rng.uniform(0, days * DAY_S, clicks))})
    buys = rng.random(clicks) < rate
    happened = shown["time"][buys] + rng.exponential(mean_delay_s, buys.sum())
    return shown, pd.DataFrame({"request_id": shown["request_id"][buys], "item": 0, "kind": "purchase",
                                "event_time": happened, "arrival_time": happened})


def test_a_purchase_that_has_not_arrived_is_not_known():
    shown, outcomes = delayed()
    early = labels.conversions(shown, outcomes, as_of=5 * DAY_S, window_s=7 * DAY_S)
    late = labels.conversions(shown, outcomes, as_of=30 * DAY_S, window_s=7 * DAY_S)
    both = early.merge(late, on="request_id", suffixes=("_early", "_late"))
    assert (both["label_early"] <= both["label_late"]).all()
    assert both["label_early"].sum() < both["label_late"].sum()
    assert not early["mature"].any() and late["mature"].all()


def test_weighing_by_arrival_recovers_the_rate_that_fresh_labels_miss():
    shown, outcomes = delayed()
    window, as_of = 10 * DAY_S, 20 * DAY_S
    rows = labels.conversions(shown, outcomes, as_of=as_of, window_s=window)
    fresh = rows[~rows["mature"] & (rows["time"] < as_of - DAY_S)]
    final = labels.conversions(shown, outcomes, as_of=99 * DAY_S, window_s=window)
    truth = final[final["request_id"].isin(fresh["request_id"])]["label"].mean()
    delays = labels.arrival_curve(shown, outcomes, as_of=as_of, window_s=window)
    corrected = labels.weigh_by_arrival(fresh, delays, as_of=as_of)["weight"].mean()
    assert fresh["label"].mean() < 0.9 * truth
    assert corrected == pytest.approx(truth, rel=0.06)


# --- the lesson's small functions ----------------------------------------------------------------------------------
def test_a_position_never_shown_is_unknown_and_the_first_is_one():
    rate = labels.relative_examination([1, 1, 3, 3], [1, 1, 1, 0], 3)
    assert rate[0] == 1 and np.isnan(rate[1]) and rate[2] == 0.5
    with pytest.raises(DataError, match="position 1"):
        labels.relative_examination([1, 2], [0, 1], 2)


def test_relative_examination_is_the_curve_without_its_interval():
    shown = simulated(np.array([1.0, 0.6, 0.3]), 0.4, 5_000)
    np.testing.assert_allclose(labels.relative_examination(shown["position"], shown["click"], 3),
                               labels.examination_curve(shown, n_boot=2)["relative"])


def test_bayes_limits_everything_seen_or_every_look_a_click():
    np.testing.assert_allclose(labels.seen_given_ignored([1.0, 0.5, 0.5], [0.3, 0.5, 0.0]), [1, 0, 0.5])


def test_skips_and_clicks_is_skip_above_as_a_table():
    rng = np.random.default_rng(0)
    click = (rng.random((50, 6)) < 0.15).astype(int)
    assert labels.skips_and_clicks(click).sum() == len(labels.skip_above(impressions(click)))
    assert not labels.skips_and_clicks(np.zeros((2, 3))).any()


def test_clicks_per_look_do_not_depend_on_where_an_item_stood():
    rng, relevance = np.random.default_rng(0), 0.3
    for look in (1.0, 0.2):
        click = rng.random(200_000) < look * relevance
        assert labels.click_rate_per_look(click, np.full(200_000, look)) == pytest.approx(relevance, rel=0.03)


def test_a_label_is_unknown_until_its_window_is_over_and_agrees_with_conversions():
    shown, outcomes = shop_of_clicks()
    for as_of in (3 * DAY_S, 9 * DAY_S, 30 * DAY_S):
        rows = labels.conversions(shown, outcomes, as_of=as_of, window_s=7 * DAY_S)
        event = rows.merge(outcomes, on=["request_id", "item"], how="left")["event_time"].to_numpy()
        mine = labels.window_label(rows["time"], event, as_of, 7 * DAY_S)
        assert (mine[mine == 1] == rows["label"].to_numpy()[mine == 1]).all()
        assert (np.isnan(mine) == ~(rows["mature"] | (rows["label"] == 1)).to_numpy()).all()


def shop_of_clicks(n=400, seed=3):
    rng = np.random.default_rng(seed)
    shown = impressions([[1]] * n).assign(time=rng.uniform(0, 20 * DAY_S, n))
    bought = rng.random(n) < 0.4
    event = shown["time"].to_numpy() + rng.exponential(3 * DAY_S, n)
    outcomes = pd.DataFrame({"request_id": shown["request_id"], "item": shown["item"], "kind": "purchase",
                             "event_time": event, "arrival_time": event, "value": 10.0})[bought]
    return shown, outcomes


def test_young_clicks_corrected_give_the_rate_that_old_ones_show():
    rng, n, rate = np.random.default_rng(0), 200_000, 0.2
    age, delay = rng.uniform(0, 6, n), rng.exponential(2.0, n)
    bought = rng.random(n) < rate
    known = bought & (delay <= age)
    old = rng.exponential(2.0, 50_000)
    assert known.mean() < 0.7 * rate
    assert labels.rate_corrected_for_delay(known, age, old) == pytest.approx(rate, rel=0.05)
    assert np.isnan(labels.rate_corrected_for_delay([1.0], [0.5], [1.0, 2.0]))
