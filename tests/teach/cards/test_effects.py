"""An effect tells a right function from a wrong one, by intervals that lie apart, and gives the same answer twice."""

import numpy as np
import pytest

from course_lib.data import datasets
from course_lib.teach import cards
from course_lib.teach.cards import card, effects
from course_lib.teach.checking import comparison

WITH_EFFECT = [held for held in cards.all_cards() if held.effect]
TRAINS = {"3.1", "3.2", "3.3", "4.1"}          # on ML-100K, seconds each: tried below, where it is there

WITHOUT = {
    "0.1": "names the stage that lost an item: nothing is ranked or estimated by it",
    "0.5": "is itself the gauge: what ten slots could show of what was found",
    "1.4": "is itself the measure of agreement that the lesson reads",
    "1.7": "a text",
    "1.12": "two texts, a framing each",
    "3.4": "is itself the metric, recall",
    "4.6": "a label by which results are read, no part of the system",
    "5.1": "is itself the metric, recall of an index",
    "5.2": "its answer is the number of bytes, which the lesson holds against built indexes",
    "6.2": "is itself the metric, AUC inside a request",
    "6.3": "is itself the metric, calibration error",
    "8.2": "is itself the measure of skew between two tables",
    "8.4": "is itself the measure of drift, PSI",
    "8.7": "is itself the metric, the hit rate of a cache",
    "7.8": "three rules that hold or do not; the lesson counts how often they bend",
    "9.1": "is itself the metric, NDCG",
    "12.3": "a table of rules, which the lesson plays out on whole launches",
    "14.2": "arithmetic of bytes and machines at a whiteboard",
    "15.1": "weights of one layer: what a leak is worth shows once a network is trained, which takes minutes",
    "14.4": "splits a change exactly into parts: bookkeeping",
}

SEEN = [("1.1", "mean of events"), ("2.4", "plain rate"), ("3.7", "seen items shown"), ("4.3", "sum of logs"),
        ("5.4", "squared distance"), ("5.7", "cut, then filter"), ("6.1", "multiplied instead of divided"),
        ("7.1", "relevance alone"), ("7.7", "stock forgotten"), ("8.1", "at or before"), ("9.3", "wrong sign"),
        ("10.2", "impressions as units"), ("10.5", "the usual p-value"), ("12.1", "service times"),
        ("14.1", "the mean rate"), ("15.2", "the beams forgotten")]


def test_every_exercise_has_an_effect_or_a_reason_why_it_has_none():
    without = {held.id for held in cards.all_cards() if not held.effect}
    assert without - set(WITHOUT) == set(), "give these an effect, or say here why their stage has no metric"
    assert set(WITHOUT) - without == set(), "these have an effect now, or are gone: take them off the list"
    assert all(len(reason.split()) >= 2 for reason in WITHOUT.values())


def test_exact_neighbours_are_all_found_and_strangers_are_not():
    vectors, queries = effects.clustered()
    exact = np.argsort(-(queries @ vectors.T), axis=1)[:, :10]
    assert effects.recall_of_neighbours(exact, vectors, queries).value == 1
    assert effects.recall_of_neighbours(exact[::-1], vectors, queries).high < 0.2


@pytest.mark.parametrize("held", [held for held in WITH_EFFECT if held.id not in TRAINS], ids=lambda held: held.id)
def test_two_right_solutions_have_the_same_effect_and_it_says_what_it_measures(held):
    """The same data and seed for both: what differs is what they compute."""
    first, second = held.effect(held.reference), held.effect(held.alternative)
    assert first.low <= first.value <= first.high
    assert second.value == pytest.approx(first.value, rel=0.02, abs=1e-6)
    assert held.id == "5.5" or held.effect.__doc__.partition("\n")[0].rstrip().endswith(".")


@pytest.mark.parametrize(("card_id", "name"), SEEN)
def test_a_broken_solution_shows(card_id, name):
    held = card(card_id)
    wrong = next(mistake.wrong for mistake in held.mistakes if mistake.name == name)
    right, broken = held.effect(held.reference), held.effect(wrong)
    assert right.low > broken.high or broken.low > right.high
    told = comparison.effect_text(held, wrong)
    assert "the intervals lie apart: the difference counts" in told and "cannot be measured" not in told


def test_a_function_that_raises_is_told_so():
    told = comparison.effect_text(card("2.4"), lambda click, examination: 1 / 0)
    assert "yours: cannot be measured: ZeroDivisionError" in told and "reference: " in told


def test_where_the_data_is_not_there_compare_says_so(monkeypatch):
    from course_lib.contracts import DataError

    def missing():
        raise DataError("ML-100K is not here")

    monkeypatch.setattr(effects, "_films", missing)
    held = card("3.1")
    assert "cannot be measured: DataError: ML-100K is not here" in comparison.effect_text(held, held.reference)


def test_reranking_badly_costs_recall():
    held = card("5.5")
    right, wrong = held.effect(held.reference), held.effect(held.mistakes[-1].wrong)
    assert right.low > wrong.high


@pytest.mark.skipif(not datasets.available("ml100k"), reason="ML-100K is not here: course data ml100k")
def test_adding_log_q_instead_of_subtracting_it_costs_recall():
    held = card("4.1")
    added = next(mistake.wrong for mistake in held.mistakes if "added" in mistake.says)
    right, wrong = held.effect(held.reference), held.effect(added)
    assert right.low > wrong.high
    again = held.effect(held.alternative)
    assert again.low < right.value < again.high


def test_no_effect_looks_into_the_world():
    import inspect

    from course_lib.teach.cards import effects_decisions, effects_lists, effects_truth

    for module in (effects, effects_decisions, effects_lists, effects_truth):
        assert "course_lib.world" not in inspect.getsource(module)
