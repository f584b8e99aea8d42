"""The picture of a guardrail's margin says what launches that are drawn and tested say."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_lib.evidence.noninferiority import non_inferiority
from course_lib.teach.cards.objective import choices
from course_lib.teach.show import objective_pictures


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.mark.parametrize(("change", "margin", "people"), [(0.0, 0.02, 20_000), (-0.02, 0.02, 5_000),
                                                          (-0.02, 0.03, 2_000)])
def test_as_many_pass_as_of_tests_that_are_drawn(change, margin, people):
    rng, tries = np.random.default_rng(0), 4_000
    here, there = rng.binomial(people, 0.5 + change, tries) / people, rng.binomial(people, 0.5, tries) / people
    wide = 1.96 * np.sqrt((here * (1 - here) + there * (1 - there)) / people)
    passed = [non_inferiority(low, high, margin) == "pass" for low, high in
              zip(here - there - wide, here - there + wide, strict=True)]
    assert objective_pictures.passes(change, margin, people) == pytest.approx(np.mean(passed), abs=0.025)


def test_the_picture_says_what_the_decision_says():
    said = choices._margin_against(0.015)
    for change in (0.0, objective_pictures.HARM):
        assert f"{float(objective_pictures.passes(change, 0.015)):.0%}" in said


def test_more_people_part_the_harmless_from_the_harmful():
    def gap(people):
        harmless, harmful = objective_pictures.passes([0.0, objective_pictures.HARM], 0.01, people)
        return harmless - harmful

    assert gap(2_000) < gap(20_000) < gap(200_000)


def test_the_title_names_both_shares():
    ax = objective_pictures.passing(0.02, 80_000)
    often = objective_pictures.passes([0.0, objective_pictures.HARM], 0.02, 80_000)
    assert ax.get_title(loc="left") == (
        f"Launches that change nothing pass in {often[0]:.0%}, harmful ones in {often[1]:.0%}")


@pytest.mark.parametrize(("margin", "people"), [(0.005, 2_000), (0.035, 20_000), (0.05, 320_000)])
def test_the_legend_hides_no_launch_wherever_the_curve_runs(margin, people):
    ax = objective_pictures.passing(margin, people)
    ax.figure.draw_without_rendering()
    assert not ax.get_legend().get_window_extent().overlaps(ax.get_window_extent())
