"""Estimates of another policy where the truth is known: unbiased where they should be, exact where nothing differs."""

import numpy as np
import pytest

from course_lib.evidence import one_slot


@pytest.fixture
def slot():
    rng = np.random.default_rng(0)
    target = rng.dirichlet(np.ones(8), 60)
    return one_slot.OneSlot(rng.uniform(0.05, 0.5, (60, 8)), rng.dirichlet(5 * np.ones(8)), target, np.full(8, 0.3))


def ips(reward, logged, target, **_):
    return np.mean(target / logged * reward)


def model(predicted_target, **_):
    return np.mean(predicted_target)


def test_ips_is_right_on_average_and_a_wrong_model_stays_wrong(slot):
    rng = np.random.default_rng(1)
    found = [ips(**slot.drawn(2000, rng)) for _ in range(200)]
    assert np.mean(found) == pytest.approx(slot.value, abs=4 * np.std(found) / np.sqrt(200))
    errors = one_slot.errors_by_size(slot, {"IPS": ips, "model": model}, [100, 10_000], logs=100)
    assert errors.loc["IPS", 100].value > 5 * errors.loc["IPS", 10_000].value
    assert errors.loc["model", 10_000].value == pytest.approx(abs(0.3 - slot.value), rel=0.05)


def test_self_normalising_buys_more_the_more_often_people_click(slot):
    rare, often = (one_slot.error_ratio(slot, rate, logs=150).value for rate in (0.002, 0.7))
    assert often < 0.8 < rare < 1.05


def test_a_target_that_is_the_logger_gains_no_error_with_the_catalogue_and_groups_help_where_they_hold_all():
    rng = np.random.default_rng(2)
    clicked = rng.uniform(0.01, 0.3, (50, 200))
    wide = one_slot.Wide(clicked, clicked + rng.normal(0, 0.05, clicked.shape), np.arange(200) % 5)
    near, far = (wide.by_size((10, 200), distance=distance) for distance in (0.0, 1.0))
    assert one_slot.growth(near[10][:, 0], near[200][:, 0]).value < 1.4
    assert one_slot.growth(far[10][:, 0], far[200][:, 0]).value > 1.6
    ips_error, mips_error = (one_slot.rms(wide.errors(200, own=0.0)[:, which]).value for which in (0, 1))
    assert mips_error < ips_error / 2


def test_the_logger_follows_clicks_and_the_model_is_the_smoothed_click_rate():
    import pandas as pd
    trial = pd.DataFrame({"item": np.repeat([0, 1, 2], 100), "click": np.r_[np.ones(50), np.zeros(50), np.ones(5),
                                                                           np.zeros(195)]})
    chance = np.full((4, 3), 0.2)
    slot = one_slot.from_random_slots(trial, np.eye(4, 3), chance, np.arange(3))
    assert slot.logger[0] > slot.logger[1] > slot.logger[2] > 0 and slot.logger.sum() == pytest.approx(1)
    assert np.allclose(slot.target.sum(1), 1) and slot.target[1].argmax() == 1
    assert slot.rate[0] == pytest.approx(51 / (100 + 300 / 55))
