"""Controls of lessons 09 and 10 beside those of tests/evidence: a dial's place of real data, shares of an effect."""

import numpy as np
import pytest
from lesson_functions import said

from course_lib.data import datasets
from course_lib.evidence import interference
from course_lib.evidence.estimate import Estimate


@pytest.mark.skipif(not datasets.available("open_bandit"), reason="Open Bandit is not here")
def test_open_bandits_click_rate_is_the_one_on_the_dial():
    from course_lib.teach.cards.metric_stack import CLAIMS

    (rate,) = [at for claim in CLAIMS if claim.id == "9.snips" for name, at in claim.public if name == "Open Bandit"]
    assert rate == pytest.approx(datasets.open_bandit().impressions["click"].mean(), rel=0.05)


# --- 10: what a test reports of an effect ----------------------------------------------------------------------------
@pytest.mark.parametrize(("reported", "word"), [(0.0, "holds"), (1.0, "does not hold")])
def test_an_ordinary_test_shows_all_or_nothing_of_what_exploration_is_worth(reported, word):
    """Three splits that report nothing of the effect, or all of it; where there is no effect nothing can be said."""
    truth, splits = Estimate(0.05, 0.03, 0.07), np.array([-0.001, 0.0, 0.001])
    told = interference.share_reported(reported * 0.05 + splits, truth)
    assert said("experiments.exploration", told) == word
    assert np.isnan(interference.share_reported(splits, Estimate(0.0, -0.02, 0.02)).value)


@pytest.mark.parametrize(("third_week", "word"), [(0.1, "holds"), (0.0, "does not hold")])
def test_the_third_week_keeps_all_or_nothing_of_the_first(third_week, word):
    """Clicks of a thousand people in three weeks, without and with; the first week gains a tenth."""
    without = np.random.default_rng(0).poisson(20, (1000, 1)) + 0.0
    rows = without * [1, 1.1, 1, 1.05, 1, 1 + third_week]
    assert said("experiments.novelty", interference.lift_kept(rows, 0, 2)) == word
