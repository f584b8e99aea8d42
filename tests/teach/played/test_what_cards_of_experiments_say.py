"""The decisions and the refereed test of lesson 10 say in words what playing and measuring them says."""

from itertools import product

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from course_lib.evidence.experiment import ratio_delta
from course_lib.teach.cards.experiments import briefs, shares_changed
from course_lib.teach.cards.experiments.asked_of_experiments import QUIZZES
from course_lib.world import feed, marketplace, policies

FEED = dict(feed=feed, policies=policies)
SHOP = dict(marketplace=marketplace, policies=policies)
BEST_FEED = briefs.FEED_BRIEF.policies["satisfied clicks, guarded, planned bounds"]
BEST_SHOP = briefs.SHOP_BRIEF.policies["money, by day"]


def worth(decision, choice, given):
    return np.array([decision.play(choice, seed, **given) for seed in decision.seeds])


def clearly_lost(decision, best, choice, given):
    lost = worth(decision, best, given) - worth(decision, choice, given)
    return lost.mean() > 1.0 and lost.mean() > 2.8 * lost.std(ddof=1) / np.sqrt(len(lost))


@pytest.mark.parametrize(("decision", "best", "given", "changes"), [
    (briefs.FEED_BRIEF, BEST_FEED, FEED, {
        "metric": ["clicks", "active days"], "unit": ["cluster"], "margin": [0.2, 0.5, 0.8, 1, 2, 2.5, 3, 5, 10],
        "days": [3, 5, 7, 12, 14, 17, 21], "stopping": ["one look", "every look at 5%", "always valid"]}),
    (briefs.SHOP_BRIEF, BEST_SHOP, SHOP, {
        "metric": ["orders"], "unit": ["user", "article"], "days": [4, 6, 7, 8, 9, 12, 14, 17, 21]})],
    ids=["feed", "shop"])
def test_what_costs_clearly_is_told_what_spoke_against_it_and_the_best_is_not(decision, best, given, changes):
    assert decision.spoke_against(best) == ""
    silent = [{part: value} for part, values in changes.items() for value in values
              if clearly_lost(decision, best, best | {part: value}, given)
              and len(decision.spoke_against(best | {part: value})) < 20]
    assert silent == []


def test_no_plan_of_a_grid_is_worth_clearly_more_than_the_best_named_one():
    top = worth(briefs.FEED_BRIEF, BEST_FEED, FEED).mean()
    for margin, days, stopping in product((1, 1.5, 2.5), (7, 10, 14), ("one look", "O'Brien-Fleming")):
        choice = BEST_FEED | {"margin": margin, "days": days, "stopping": stopping}
        assert worth(briefs.FEED_BRIEF, choice, FEED).mean() < top + 1.0, choice
    top = worth(briefs.SHOP_BRIEF, BEST_SHOP, SHOP).mean()
    for unit, days in product(("user", "article", "day"), (5, 7, 10, 14)):
        choice = {"metric": "money kept", "unit": unit, "days": days}
        assert worth(briefs.SHOP_BRIEF, choice, SHOP).mean() < top + 1.0, choice


def test_shop_and_feed_take_other_units():
    assert BEST_FEED["unit"] == "user" and BEST_SHOP["unit"] == "day"
    assert worth(briefs.SHOP_BRIEF, BEST_SHOP | {"unit": "user"}, SHOP).mean() < worth(
        briefs.SHOP_BRIEF, BEST_SHOP, SHOP).mean() - 1


def test_clusters_have_an_interval_nearly_half_as_wide_again():
    wide, narrow = (np.mean([briefs._feed_sees(feed, policies, "satisfied clicks", unit, seed)[1][:, 9].mean()
                             for seed in briefs.FEED_BRIEF.seeds]) for unit in ("cluster", "user"))
    assert 1.35 < wide / narrow < 1.55


def test_the_shares_and_the_fates_of_the_briefs_are_those_of_the_tables():
    share = {name: held[0] for name, held in briefs.FEED_KINDS.items()}
    assert share["better"] == 0.25 and sum(share.values()) == pytest.approx(1)  # “a quarter of ideas help”
    assert briefs.SHOP_KINDS["better"][0] == pytest.approx(1 / 3, abs=0.04)
    orders, cost = briefs.SHOP_KINDS["discount"][1:3]
    assert orders < cost < briefs.SEEN_IN_SHOP["user"] * orders   # by user “a discount seems to pay”


def test_treatment_is_ahead_on_each_day_and_behind_in_all():
    clicks, day, arm = shares_changed.visitors()
    assert all(clicks[(day == k) & (arm == 1)].mean() > clicks[(day == k) & (arm == 0)].mean() for k in range(7))
    assert shares_changed.measure(shares_changed.all_alike).value.value == pytest.approx(-0.19, abs=0.02)
    assert clicks.max() < 16                                                              # “more than fifteen clicks”


NAMES = ["planned shares", "product of both arms", "week alone", "weekend alone", "a constant"]


@pytest.mark.parametrize("name", NAMES)
def test_other_sound_weights_are_right_too(name):
    weights = {
        "planned shares": lambda day, arm: 1 / abs(1 - arm - shares_changed.SHARE[day]),
        "product of both arms": lambda day, arm: shares_changed.PEOPLE - shares_changed._count(day, arm),
        "week alone": lambda day, arm: (day < 5).astype(float), "weekend alone": lambda day, arm: (day >= 5) * 1.0,
        "a constant": lambda day, arm: 1e6 / shares_changed._count(day, arm)}
    right = shares_changed.measure(shares_changed.days_alike)
    assert shares_changed.SHARES.agrees(shares_changed.measure(weights[name]), right)


def test_the_sums_in_the_questions_are_right():
    text = " ".join(says for quiz in QUIZZES for says in quiz.choices.values())
    assert "χ² is 2 · 750² / 49,250 = 22.8" in text and 2 * 750**2 / 49_250 == pytest.approx(22.8, abs=0.05)
    assert "64%" in text and 1 - 0.95**20 == pytest.approx(0.64, abs=0.005)
    assert "= 30%" in text and 1 - 0.95**7 == pytest.approx(0.30, abs=0.005)
    assert "33%" in text and 0.8**5 == pytest.approx(0.33, abs=0.005)
    assert "22%" in text and 0.9 * 0.025 / (0.9 * 0.025 + 0.1 * 0.8) == pytest.approx(0.22, abs=0.005)
    assert "1.67" in text and np.sqrt(1 / 0.1 + 1 / 0.9) / 2 == pytest.approx(1.67, abs=0.005)
    assert "2.8 times" in text and (1 / 0.1 + 1 / 0.9) / 4 == pytest.approx(2.8, abs=0.05)
    assert "≈ 8%" in text and (2.18 + 0.87) * 0.05 * np.sqrt(2 / 7) == pytest.approx(0.08, abs=0.003)


@pytest.mark.parametrize(("method", "found"), [("bonferroni", 1), ("holm", 2), ("fdr_bh", 4)])
def test_of_five_p_values_bonferroni_finds_one_holm_two_and_the_false_discovery_rate_four(method, found):
    assert multipletests([0.004, 0.011, 0.02, 0.038, 0.3], method=method)[0].sum() == found


def delta_and_bootstrap(users, runs, rng):
    """({way: share of 95% intervals that hold the rate}, ratios of the errors); users come very unequally often."""
    inside, ratio = {"delta": 0, "bootstrap": 0}, []
    for _ in range(runs):
        shown = 1.0 + rng.poisson(rng.lognormal(2.0, 1.2, users))
        clicks = rng.binomial(shown.astype(int), rng.beta(1, 19, users)).astype(float)
        drawn = rng.multinomial(users, np.full(users, 1 / users), 500).astype(float)
        rate, error = ratio_delta(clicks, shown)
        rates = (drawn @ clicks) / (drawn @ shown)
        low, high = np.quantile(rates, [0.025, 0.975])
        inside["delta"] += abs(rate - 0.05) < 1.96 * error
        inside["bootstrap"] += low < 0.05 < high
        ratio.append(rates.std() / error)
    return {way: held / runs for way, held in inside.items()}, np.array(ratio)


def test_a_bootstrap_of_users_says_what_the_delta_method_says_and_both_are_too_narrow_with_few():
    few, _ = delta_and_bootstrap(30, 400, np.random.default_rng(0))
    assert max(few.values()) < 0.93
    _, ratio = delta_and_bootstrap(300, 40, np.random.default_rng(1))
    assert 0.95 < np.median(ratio) < 1.05
