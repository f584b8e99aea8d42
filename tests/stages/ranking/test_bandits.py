"""Rankers that train on their own log: what each rule believes, and the loop it makes."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError, DayLog, Requests
from course_lib.stages.ranking.bandits import Retrained, posterior, rehearse

RATES = np.random.default_rng(0).beta(1, 9, 120)
LOOK = np.arange(1, 11.0) ** -0.7


def day(item, click):
    shown = pd.DataFrame({"item": item, "click": click})
    return DayLog(0, pd.DataFrame(), shown, pd.DataFrame())


def requests(size=200, items=30):
    return Requests.of(np.zeros(size, int), eligible=np.arange(items), slate_size=4)


def test_posterior_mean_is_laplaces_rule():
    alpha, beta = posterior([3, 0], [10, 0])
    np.testing.assert_allclose(alpha / (alpha + beta), [4 / 12, 0.5])


@pytest.mark.parametrize(("rule", "first"), [("counts", 0), ("rates", 1)])
def test_counts_reward_showings_and_rates_do_not(rule, first):
    policy = Retrained(rule)
    policy.observe(day([0] * 100 + [1] * 4, [1] * 10 + [0] * 90 + [1, 1, 0, 0]))
    slates = policy.slates(requests()).check(requests())
    assert (slates.item[:, 0] == first).all()


def test_thompson_draws_a_certain_item_at_its_rate_and_an_unknown_one_anywhere():
    policy = Retrained("thompson")
    policy.observe(day([0] * 10_000, [1] * 5_000 + [0] * 5_000))
    drawn = policy.score(np.array([0, 1]), draws=4_000)
    assert drawn[:, 0].std() < 0.01 and abs(drawn[:, 1].mean() - 0.5) < 0.02 and drawn[:, 1].std() > 0.25


def test_random_slots_show_what_the_rule_would_not():
    policy = Retrained("counts", random_slots=0.3)
    policy.observe(day([0, 1, 2, 3], [1, 1, 1, 1]))
    slates = policy.slates(requests(1000)).check(requests(1000))
    assert 0.2 < (slates.item > 3).mean() < 0.3     # a random draw may hit an item that is there already


def test_items_born_later_find_room():
    policy = Retrained("thompson")
    policy.observe(day([0], [1]))
    policy.observe(day([50], [0]))
    assert policy.showings[50] == 1 and len(policy.clicks) >= 51
    policy.slates(Requests.of([0], eligible=np.arange(80), slate_size=4))


@pytest.mark.parametrize("bad", [{"rule": "ctr"}, {"random_slots": 1.5}])
def test_what_makes_no_sense_is_refused(bad):
    with pytest.raises(ArgumentError, match=str(next(iter(bad.values())))):
        Retrained(**bad)


def test_the_loop_locks_in_by_counts_and_not_by_thompson():
    runs = {rule: [rehearse(RATES, LOOK, rule, seed=s) for s in range(4)] for rule in ("counts", "thompson")}
    found = {rule: np.mean([r["found"][-1] for r in rs]) for rule, rs in runs.items()}
    late = {rule: np.mean([r["clicks"][-10:].mean() for r in rs]) for rule, rs in runs.items()}
    assert found["thompson"] > found["counts"] + 0.2 and late["thompson"] > 1.1 * late["counts"]


def test_nobody_beats_the_best_slate_and_a_loop_can_be_repeated():
    best = (np.sort(RATES)[::-1][:10] * LOOK).sum()
    run = rehearse(RATES, LOOK, "thompson", seed=1)
    assert run["clicks"][-10:].mean() < best * 1.02
    np.testing.assert_array_equal(run["clicks"], rehearse(RATES, LOOK, "thompson", seed=1)["clicks"])


def test_with_every_slot_random_the_rule_does_not_matter():
    a, b = (rehearse(RATES, LOOK, rule, random_slots=1.0, requests=20_000)["clicks"].mean()
            for rule in ("counts", "rates"))
    assert a == pytest.approx(b, rel=0.05) == pytest.approx(RATES.mean() * LOOK.sum(), rel=0.05)


def test_where_items_pass_a_ranker_that_never_explores_falls_behind_its_own_possible():
    def earned(turnover, share):
        nights = rehearse(RATES, LOOK, "rates", random_slots=share, turnover=turnover, rounds=40, seed=1)
        return nights["clicks"].sum() / nights["possible"].sum()

    assert earned(0.1, 0.0) < earned(0.0, 0.0) - 0.05
    assert earned(0.1, 0.1) > earned(0.1, 0.0) + 0.05


def test_without_turnover_the_possible_is_the_best_slate_of_every_night():
    nights = rehearse(RATES, LOOK, "rates", rounds=3)
    np.testing.assert_allclose(nights["possible"], np.sort(RATES)[::-1][:10] @ LOOK)
    with pytest.raises(ArgumentError, match="turnover"):
        rehearse(RATES, LOOK, "rates", turnover=2)
