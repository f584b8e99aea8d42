"""Controls of the claims of lesson 09 through the code that measures them: where a claim must hold, and where not."""

import numpy as np
import pandas as pd
import pytest

from course_lib.evidence import agreement, drafted, one_slot


def rivals(worth, seen):
    names = pd.MultiIndex.from_product([[f"model {k}" for k in range(9)], ["a", "b", "c"]], names=["model", "variant"])
    return pd.DataFrame({"metric": seen, "clicks": worth}, index=names)


def test_correlation_is_near_one_with_an_oracle_and_a_straw_man_and_near_nothing_among_twins():
    rng = np.random.default_rng(1)
    spread = np.concatenate([[0.0, 10.0], rng.normal(5, 0.1, 25)])
    apart = rivals(spread, spread + rng.normal(0, 0.5, 27))
    assert agreement.correlation(apart, "metric", "clicks", rank=False).value > 0.9
    twins = rivals(rng.normal(5, 0.1, 27), rng.normal(0, 0.5, 27))
    assert abs(agreement.correlation(twins, "metric", "clicks", rank=False).value) < 0.5


def test_regret_is_zero_where_the_metric_is_the_outcome_and_a_random_picks_where_it_is_not():
    rng = np.random.default_rng(2)
    worth = np.linspace(1, 2, 27)[:, None] + rng.normal(0, 0.05, (27, 300))
    assert agreement.lost_by(worth, worth).high < 0.01
    assert agreement.lost_by(rng.random((27, 300)), worth).high > 0.1


def test_the_two_logs_part_only_where_they_differ():
    truth, models = np.random.default_rng(3).normal(size=(27, 1)), np.repeat(np.arange(9), 3)
    assert agreement.of_both_logs(truth, truth, truth, models)[2].value == 0
    assert agreement.of_both_logs(-truth, truth, truth, models)[2].value == pytest.approx(2)


def test_self_normalising_buys_nothing_at_rare_clicks_and_all_where_everybody_clicks():
    rng = np.random.default_rng(4)
    slot = one_slot.OneSlot(rng.uniform(0.05, 0.2, (3000, 20)), rng.dirichlet(np.ones(20)),
                            rng.dirichlet(np.ones(20), 3000), np.zeros(20))
    assert one_slot.error_ratio(slot, 0.002, logs=100).value > 0.9
    assert one_slot.error_ratio(slot, 0.999, logs=100).value < 0.3


def test_ips_grows_with_the_catalogue_only_where_the_target_leaves_the_logger():
    def rms(n_actions, q_of):
        c, p = np.full((200, n_actions), 0.3), np.full(n_actions, 1 / n_actions)
        kind, q = np.arange(n_actions) % 5, q_of(n_actions)
        errors = [one_slot._relative_errors(c, kind, p, q, [stream])[:, 0] for stream in range(6)]
        return np.sqrt((np.concatenate(errors)**2).mean())

    def always_the_first(n):
        return np.tile(np.eye(n)[0], (200, 1))

    def as_logged(n):
        return np.full((200, n), 1 / n)

    assert rms(1000, as_logged) / rms(10, as_logged) == pytest.approx(1, abs=0.3)
    assert rms(1000, always_the_first) / rms(10, always_the_first) > 6  # ten, but for the noise of sixty logs


def test_mips_with_one_item_a_group_is_ips():
    rng = np.random.default_rng(5)
    c, p = rng.uniform(0, 0.3, (200, 8)), rng.dirichlet(np.ones(8))
    q = np.tile(rng.dirichlet(np.ones(8)), (200, 1))
    errors = one_slot._relative_errors(c, np.arange(8), p, q, [0])
    assert np.allclose(errors[:, 0], errors[:, 1])


def test_interleaving_saves_by_what_tells_people_apart_and_a_fixed_factor_where_nothing_does():
    def saved(people, requests):
        a, b = (0.1 * people, 0.1 * people), (0.1 * people + 0.02, 0.1 * people)
        credit = np.full(500, 0.02), 0.1 * people
        return drafted._saved(a, b, credit, np.full(500, float(requests)))[:2]

    alike, unequal = np.ones(500), np.random.default_rng(6).gamma(0.5, 2, 500)
    assert [saved(alike, n)[0] for n in (0.001, 1, 50)] == pytest.approx([4, 4, 4], rel=0.2)  # one slate for two arms
    assert saved(unequal, 50)[0] > 5 * saved(unequal, 0.001)[0]
    assert saved(unequal, 50)[1] < saved(unequal, 50)[0] / 4  # CUPED knows the people too
