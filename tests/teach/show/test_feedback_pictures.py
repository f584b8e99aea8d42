"""The picture of silences says what looks and clicks that are drawn say."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course_lib.teach.show import feedback_pictures


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def unseen(eta, liked):
    """The share in the title."""
    return int(feedback_pictures.silences(eta, liked).get_title(loc="left").split("%")[0])


@pytest.mark.parametrize(("eta", "liked"), [(0.7, 0.15), (1.4, 0.5), (0.2, 0.05)])
def test_the_title_and_the_bars_are_those_of_pages_that_are_drawn(eta, liked):
    rng = np.random.default_rng(0)
    position = np.tile(np.arange(1, 11), 40_000)
    look = rng.random(len(position)) < position**-eta
    silent = ~(look & (rng.random(len(position)) < liked))
    assert unseen(eta, liked) == pytest.approx(100 * np.mean(~look[silent]), abs=1)
    ax = feedback_pictures.silences(eta, liked)
    drawn = [bar.get_height() for bar in ax.patches]
    counted = [np.mean(look[silent & (position == k)]) for k in range(1, 11)]
    np.testing.assert_allclose(drawn, counted, atol=0.02)


def test_where_everybody_looks_no_silence_was_unseen():
    assert unseen(0.0, 0.3) == 0


def test_steeper_looks_and_more_liking_both_leave_fewer_silences_with_a_look():
    assert unseen(0.2, 0.15) < unseen(0.7, 0.15) < unseen(1.4, 0.15)
    assert unseen(0.7, 0.05) < unseen(0.7, 0.5) < unseen(1.4, 0.5)
