"""What decisions and refereed experiments say in words is what playing and measuring them says."""

import re
from itertools import product

import numpy as np
import pytest

from course_lib.evidence.estimate import mean_of_runs
from course_lib.evidence.label_worth import events_of_labels
from course_lib.teach.cards.ann import plans, unequal
from course_lib.teach.cards.feedback import label_choice, random_slots, twice
from course_lib.teach.cards.objective import choices, weekly_chart
from course_lib.teach.played.playing import play_out
from course_lib.world import feed, marketplace, policies

MAKERS = {"feed": feed, "marketplace": marketplace, "policies": policies}


def handed_in(held) -> dict:
    """What a lesson hands in."""
    return {name: MAKERS[name] for name in held.needs}


def fields(*names):
    """A function that makes a choice of these fields from a row of values."""
    return lambda row: dict(zip(names, row, strict=True))


SLOTS = [{"feed": share, "shop": 0.0} for share in (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)] + [
    {"feed": 0.1, "shop": share} for share in (0.01, 0.03, 0.05, 0.1, 0.3, 0.5)]
TWO = ("feed_index", "feed_filter", "market_index", "market_filter")
OF_TWO = [fields(*TWO)(row) for row in product(plans.PLANS, plans.FILTERS, plans.PLANS, plans.FILTERS)]
OF_FOUR = [fields(*plans.BRIEFS)(row) for row in product(plans.PLANS, repeat=len(plans.BRIEFS))]
LABELS = [{"feed": one, "shop": other} for one, other in product(label_choice.FEED, label_choice.SHOP)]
MARGINS = [0.002, 0.0075, 0.0099, 0.0125, 0.022, 0.0235, 0.025, 0.035, 0.06]


@pytest.mark.parametrize(("decision", "chosen"), [
    (label_choice.LABEL, LABELS), (random_slots.SLOTS, SLOTS), (choices.MARGIN, MARGINS), (plans.FOUR, OF_FOUR[::7]),
    (plans.TWO, OF_TWO[::2]),
], ids=["label", "slots", "margin", "four briefs", "two briefs"])
def test_what_costs_is_told_for_choices_that_no_policy_names_too(decision, chosen):
    """Clearly: by more than a hundredth of what lies between the best and the worst named policy."""
    given = handed_in(decision)
    played = play_out(decision, decision.policies[decision.until_chosen], given)
    best = np.array([decision.play(decision.policies[played.best], seed, **given) for seed in decision.seeds])
    clearly, silent = max(regret.value for regret in played.regret.values()) / 100, []
    for choice in chosen:
        own = np.array([decision.play(choice, seed, **given) for seed in decision.seeds])
        if mean_of_runs(best - own).low > clearly and len(decision.spoke_against(choice)) < 20:
            silent.append(choice)
    assert silent == []


def test_most_articles_of_the_young_shop_have_not_sold_and_the_feed_has_long_clicks_on_most_items():
    for seed in label_choice.LABEL.seeds[:3]:
        shop = marketplace(people=label_choice.PEOPLE, items=label_choice.ITEMS, seed=seed)
        tells = events_of_labels(shop, label_choice.DAYS, seed=seed)["items with a yes"]
        assert tells["purchase"] < label_choice.ITEMS / 2 < tells["long click"]


def test_the_labels_that_the_verdict_calls_close_together_are_and_the_others_are_further_off():
    played = play_out(choices.PROXY, "long clicks", handed_in(choices.PROXY))
    far = min(regret.value for name, regret in played.regret.items() if name not in ("", "long clicks"))
    for name in ("reading time", "meaningful engagement"):
        assert abs(play_out(choices.PROXY, name, handed_in(choices.PROXY)).own.value) < far / 2


def test_the_slots_are_played_with_the_figures_of_their_task():
    task, rates = random_slots.SLOTS.task, random_slots.LIKED[0] / sum(random_slots.LIKED)
    for brief, words in (("feed", "a click with chance"), ("shop", "a purchase with chance")):
        told = random_slots.BRIEFS[brief]
        said = float(re.search(rf"{words} ([\d.]+) on average", task)[1])
        assert rates * told["scale"] == pytest.approx(said, rel=0.05)
        assert f"{told['rounds']} nights" in task
    assert f"{random_slots.BRIEFS['feed']['turnover']:.0%} of the items" in task
    assert f"{random_slots.ITEMS} items" in task and f"{random_slots.REQUESTS:,} requests" in task


@pytest.mark.parametrize(("held", "published", "mended"), [
    (weekly_chart.CHART, "the click policy is ahead", "the click policy is behind"),
    (twice.REFEREE, "long titles put readers off", "titles make no difference that can be seen"),
    (unequal.UNEQUAL, "the cells compare fewer", "the graph compares fewer"),
], ids=["chart", "twice", "unequal"])
def test_a_rigged_measurement_gives_the_verdict_that_was_published_and_a_sound_one_another(held, published, mended):
    given = handed_in(held)
    assert held.measure(held.rigged, **given).says == published
    assert held.measure(held.reference, **given).says == mended


def test_per_look_the_long_titles_are_clicked_less_than_half_as_often_as_the_report_says():
    expected = 1 / twice.LOOK                                     # what is corrected twice gives r / e
    assert expected[:3].mean() < expected[7:].mean() / 2
    rng, rates = np.random.default_rng(1), []
    for look in twice.LOOK:
        click = (rng.random(50_000) < look * twice.LIKED).astype(float)
        rates.append(twice._twice(click, np.full(50_000, look), np.full(50_000, click.mean())))
    np.testing.assert_allclose(rates, twice.LIKED * expected, rtol=0.1)


def test_the_first_settings_of_the_two_indexes_are_the_cheapest_and_differ_in_recall():
    cells, graph = unequal.curves()
    assert all(curve.cost.mean(axis=1).argmin() == 0 for curve in (cells, graph))
    assert cells.recall[0].mean() < graph.recall[0].mean() - 0.1
