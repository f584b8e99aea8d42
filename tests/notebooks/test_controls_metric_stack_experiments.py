"""The click rate on a dial of lesson 09 is that of the real log. The claims' other controls stand in tests/evidence."""

import pytest

from course_lib.data import datasets


@pytest.mark.skipif(not datasets.available("open_bandit"), reason="Open Bandit is not here")
def test_open_bandits_click_rate_is_the_one_on_the_dial():
    from course_lib.teach.cards.metric_stack import CLAIMS

    (rate,) = [at for claim in CLAIMS if claim.id == "9.snips" for name, at in claim.public if name == "Open Bandit"]
    assert rate == pytest.approx(datasets.open_bandit().impressions["click"].mean(), rel=0.05)
