"""Controls of the claims of lesson 13 through their own functions: where a claim must hold, and where it must not."""

import numpy as np
import pytest
from lesson_functions import said

from course_lib.teach.capstone import debrief_page
from course_lib.teach.capstone.first_morning import gain, share_of_choice
from course_lib.teach.capstone.verdicts import Standing, difference

BY = np.array([0.0, 0.05, -0.04, 0.02])             # what worlds vary by


@pytest.mark.parametrize(("theirs", "verdict"), [(0.2, "holds"), (1.6, "does not hold")])
def test_the_reference_is_worth_more_than_a_rival_or_less(theirs, verdict):
    ours, rival = ([{"lift": middle + by} for by in BY] for middle in (1.0, theirs))
    assert said("day15.reference", difference(Standing("reference", ours), Standing("EASE", rival))) == verdict


@pytest.mark.parametrize(("too_much", "verdict"), [(0.0, "holds"), (0.3, "does not hold"), (-0.3, "does not hold")])
def test_tests_are_right_or_say_too_much_or_too_little(monkeypatch, too_much, verdict):
    rows = [{"claim": [true + too_much + by, -1, 1], "true_primary": true}
            for true, by in zip((0.2, 0.5, -0.1, 0.3), BY, strict=True)]
    monkeypatch.setattr(debrief_page, "standings", lambda result: [Standing("a", rows)])
    assert said("day15.test", debrief_page.error_of_tests({"worlds": [{}] * 4})) == verdict


@pytest.mark.parametrize(("choice", "order", "verdict"), [(0.5, 0.1, "holds"), (0.1, 0.5, "does not hold")])
def test_most_is_lost_by_choosing_or_by_putting_in_order(choice, order, verdict):
    rows = [{"retrieval": 0.05, "choice": choice + by, "order": order, "kept": 0.3 - by} for by in BY]
    assert said("day15.choice", share_of_choice({"a": rows})) == verdict


@pytest.mark.parametrize(("mended", "verdict"), [(0.6, "holds"), (0.3, "does not hold"), (0.4, "cannot be said")])
def test_a_mend_helps_or_harms_or_is_none(mended, verdict):
    before = [{"kept": 0.4 + by} for by in BY]
    after = [{"kept": mended + by * (1 if mended != 0.4 else -1)} for by in BY]
    assert said("day15.mend", gain({"mine": before, "mended": after}, "mended", "mine")) == verdict
