"""Pictures of the metric stack draw what they are given, with names for axes and lines."""

import numpy as np
import pandas as pd
import pytest

from course_lib.evidence.estimate import Estimate
from course_lib.teach.show import metric_pictures as pictures


@pytest.fixture(autouse=True)
def closed():
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    yield
    plt.close("all")


def sure(value):
    return Estimate(value, value - 0.1, value + 0.1, 20)


def names(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_the_choice_of_the_log_and_the_best_are_both_named_even_where_they_are_one():
    index = pd.MultiIndex.from_tuples([("a", "as it is"), ("b", "as it is")], names=["model", "variant"])
    table = pd.DataFrame({"recall": [0.2, 0.3], "clicks": [2.0, 1.0]}, index=index)
    said = names(pictures.favourite(table, "recall", "clicks"))
    assert "chosen by the log:\nb, as it is" in said and "best in truth:\na, as it is" in said
    one = table.assign(clicks=[1.0, 2.0])
    assert "best in truth:\nb, as it is" in names(pictures.favourite(one, "recall", "clicks"))


def test_a_part_of_the_gap_has_a_row_and_a_service_a_colour():
    ax = pictures.gap({"usual": {"left": sure(0.5), "noise": sure(0.5)},
                       "steep": {"left": sure(-1.0), "noise": sure(2)}})
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["left: recall on its own log", "noise"]
    assert names(ax) == ["usual", "steep"]


def test_orders_strata_and_calibration_have_a_row_for_each_key():
    ax = pictures.orders({"recall": {"clicks": sure(0.2), "satisfied clicks": sure(0.1)}})
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["recall"]
    found = {"ease": pd.DataFrame({name: [0.1, 0.2, np.nan] for name in ("head", "middle", "tail")})}
    assert len(pictures.strata(found).get_yticklabels()) == 3
    says = {"one map": {"all": sure(1.0)}, "each": {"all": sure(1.1)}}
    assert names(pictures.calibrated(says)) == ["one map", "each"]


def test_lines_say_what_they_are():
    both = [sure(0.5), sure(0.7), sure(0.2)]
    assert names(pictures.sorted_logs({0.0: (both, 0.1), 1.0: (both, 0.5)}))[0] == "recall on the service's own clicks"
    lost = {0.0: (sure(0.1), sure(0)), 1.0: (sure(0.3), sure(0.1))}
    assert len(names(pictures.cost_of_clicks([0.0, 1.0], lost))) == 2
    sizes = pd.DataFrame({300: {"IPS": sure(0.2)}, 3000: {"IPS": sure(0.1)}}).map(
        lambda e: Estimate(e.value, e.value / 2, e.value * 2, 9))
    assert pictures.errors_by_size(sizes, 0.1).get_yscale() == "log"
    assert pictures.self_normalising({0.01: sure(0.9), 0.5: sure(0.5)}, 0.005).get_ylim()[0] == 0


def test_errors_are_drawn_from_whole_catalogues():
    errors = np.random.default_rng(0).normal(0, 0.1, (120, 2))
    ax = pictures.catalogues({0.0: {10: errors, 100: 2 * errors}})
    assert ax.lines[0].get_ydata()[1] == pytest.approx(2 * ax.lines[0].get_ydata()[0])
    assert names(pictures.groups({0.0: {10: errors}, 1.0: {10: errors}})) == ["IPS", "MIPS"]


def test_a_point_a_pair_and_two_lines_of_luck():
    pairs = np.abs(np.random.default_rng(0).normal(20, 3, (36, 3)))
    assert names(pictures.saved({0: pairs, 5: pairs})) == ["than a plain A/B test", "than one with CUPED"]
    assert len(names(pictures.luck([50, 100], {"bad": [sure(1), sure(0.5)], "good": [sure(0), sure(0)]}))) == 2


@pytest.mark.parametrize(("items", "click_rate"), [(1, 0.01), (100, 0.01), (1000, 0.1)])
def test_the_decisions_needed_are_those_at_which_a_simulated_log_errs_by_a_twentieth(items, click_rate):
    title = pictures.decisions_needed(items, click_rate).axes[0].get_title(loc="left")
    needed = int(title.split()[-2].replace(",", ""))
    matching = np.random.default_rng(0).binomial(needed, 1 / items, 4000)
    estimate = items * np.random.default_rng(1).binomial(matching, click_rate) / needed
    assert estimate.std() / click_rate == pytest.approx(0.05, rel=0.06)
