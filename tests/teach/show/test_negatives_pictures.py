"""The pictures of negatives draw what they are given."""

import matplotlib
import numpy as np
import pandas as pd
import pytest

from course_lib.evidence.estimate import bootstrap
from course_lib.stages.retrieval.rest import made_up_chances
from course_lib.teach.show import negatives_pictures as pictures

matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def closed():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


def test_scores_that_are_what_the_formula_says_lie_on_the_line():
    chance = made_up_chances()
    lift, log_p = np.log(chance / chance.mean(axis=0)), np.log(chance)
    centred = [scores - (chance * scores).sum(axis=1, keepdims=True) for scores in (lift, log_p)]
    for ax in pictures.at_rest(chance, *centred):
        for line in ax.lines:
            assert np.allclose(line.get_xdata(), line.get_ydata())


def test_the_best_strength_of_each_line_is_named_and_the_chosen_one_is_in_the_title():
    says = {"log": [0.1, 0.3, 0.2], "truth": [0.9, 0.8, 0.7], "median": [5.0, 50.0, 90.0]}
    ax = pictures.strength(np.array([0.0, 0.5, 1.0]), says, 0.6)
    assert "s = 0.5" in ax.get_title(loc="left") and "50 clicks" in ax.get_title(loc="left")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["recall@20 on the log, best at 0.5",
                                                                         "true satisfaction, best at 0"]


def test_the_ceiling_reaches_everything_at_the_whole_catalogue():
    share = np.random.default_rng(0).random(200)
    ax = pictures.ceiling({"world": share}, {"world": bootstrap(share, lambda s: np.quantile(s, 0.9), n_boot=50)})
    assert ax.lines[0].get_ydata()[-1] == 1


def test_strata_leave_out_users_without_items_of_a_stratum():
    table = pd.DataFrame({"head": [1.0, np.nan, 0.0], "tail": [0.0, 0.0, np.nan]})
    ax = pictures.strata({"with logQ": table, "without logQ": table})
    assert sorted(bar.get_width() for bar in ax.patches) == [0, 0, 0.5, 0.5]


def test_dates_and_powers_and_starts_are_drawn_with_their_intervals():
    rng = np.random.default_rng(0)
    ax = pictures.drifting({"all so far": rng.random(9), "gaps, alpha 0.01": rng.random(9)})
    assert len(ax.patches) == 2
    gains = [bootstrap(rng.random(30), n_boot=50) for _ in range(3)]
    assert len(pictures.log_and_people([0.0, 1.0, 2.0], gains, gains).collections) == 2
    assert "0.00 nats" in pictures.by_start(np.arange(1, 5), {"1": np.zeros(4)}).get_legend().get_texts()[0].get_text()
