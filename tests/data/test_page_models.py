"""Made-up pages: random slots give the curve back, and trust bias shows where better and worse items are parted."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.data.labels import relative_examination
from course_lib.data.page_models import LAYOUTS, halves_curves, layout_curves, page_clicks

RATES = np.random.default_rng(0).beta(1.5, 6, 40)


def test_every_layouts_curve_comes_back_from_its_random_slots():
    for layout, curve in layout_curves(relative_examination, RATES).items():
        np.testing.assert_allclose(curve, np.array(LAYOUTS[layout]) / LAYOUTS[layout][0], atol=0.08)


def test_the_halves_part_with_trust_bias_and_not_without():
    curves = halves_curves(relative_examination, RATES)
    def gap(name):
        return np.mean(curves[f"{name}, better items"][1:] - curves[f"{name}, worse items"][1:])
    assert abs(gap("no trust bias")) < 0.03 and gap("trust bias") > 0.05


def test_each_request_shows_different_items_and_full_trust_clicks_every_look_at_the_top():
    shown = page_clicks(RATES, np.ones(3), trust=1.0, requests=200)
    assert not shown.duplicated(["request_id", "item"]).any()
    assert shown.loc[shown["position"] == 1, "click"].all()


@pytest.mark.parametrize("bad", [{"trust": 2}, {"rates": [0.1]}, {"examination": [1.5]}])
def test_what_is_no_page_is_refused(bad):
    with pytest.raises(ArgumentError):
        page_clicks(**{"rates": RATES, "examination": np.ones(3), "requests": 5, **bad})
