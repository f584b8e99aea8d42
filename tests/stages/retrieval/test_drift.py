"""Errors of log q are in nats and without an offset; a memory pays for noise when short, for drift when long."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import DAY_S
from course_lib.stages.retrieval.drift import (
    error_nats,
    error_of_memory,
    errors_through_time,
    feed_stream,
    shop_stream,
)


def test_an_offset_is_no_error_and_a_factor_is_one_in_nats():
    chance = np.array([0.25, 0.25, 0.5])
    assert error_nats(np.log(chance) + 3, chance) == pytest.approx(0)
    assert error_nats(np.log(chance) + [0, 0, 1], chance) == pytest.approx(0.5)


def table(item_of_day, days=250, each=60):
    """Sales of a shop: `each` a day, drawn by item_of_day(rng, day)."""
    rng = np.random.default_rng(0)
    rows = [(item, day + k / each) for day in range(days) for k, item in enumerate(item_of_day(rng, day, each))]
    frame = pd.DataFrame(rows, columns=["item", "day"])
    return frame.assign(time=frame["day"] * DAY_S)


def test_without_drift_all_counts_are_best_and_with_a_sudden_change_the_last_days_are():
    steady = errors_through_time(table(lambda rng, day, n: rng.integers(8, size=n)), 8, (np.inf, 7), 0.05, rows=20)
    assert steady["all so far"].mean() < steady["last 7 days"].mean()
    turned = errors_through_time(table(lambda rng, day, n: rng.integers(4, size=n) + 4 * (day >= 150)), 8, (np.inf, 7),
                                 0.05, rows=20, every=60)
    assert len(turned["all so far"]) == 2 and np.isfinite(turned["gaps, alpha 0.05"]).all()


@pytest.mark.parametrize(("made", "best", "short", "long"), [(feed_stream, 0.15, 0.04, 1), (shop_stream, 50, 1, 180)])
def test_a_memory_has_a_best_length_between_noise_and_drift(made, best, short, long):
    error = {days: np.mean([error_of_memory(made(seed), days, seed) for seed in range(3)])
             for days in (best, short, long)}
    assert error[best] < min(error[short], error[long])


def test_a_stream_holds_chances():
    for made in (feed_stream, shop_stream):
        assert np.allclose(made(0).chance.sum(axis=1), 1) and (made(0).chance > 0).all()
