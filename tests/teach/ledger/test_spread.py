"""Replicates: the mean's interval, where another run falls, and the verdict; held against a library and simulation."""

import math

import numpy as np
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from course_lib.contracts import ArgumentError
from course_lib.teach.definitions.claim import SHARE, Claim
from course_lib.teach.ledger.spread import judge, spread
from course_lib.teach.ledger.verdict import FAILS, HOLDS, UNSAID, Row

CLAIM = Claim("5.gain", "It gains", "own conjecture", (0.0, math.inf))


def rows(values, width=math.nan, on="world"):
    return [Row("5.gain", on, value, value - width, value + width) for value in values]


def around(centre, deviation=1.0, n=10):
    """n values with exactly this mean and standard deviation."""
    values = np.arange(n) - (n - 1) / 2
    return (centre + deviation * values / values.std(ddof=1)).tolist()


@pytest.mark.parametrize("n", [2, 5, 10, 30])
def test_the_means_interval_is_that_of_statsmodels_for_equally_exact_runs(n):
    values = np.random.default_rng(n).normal(3, 2, n)
    with pytest.warns(UserWarning, match="use_t"):
        table = combine_effects(values, np.full(n, 1e-12), use_t=True).summary_frame()
    made = spread(rows(values))
    assert (made.mean, made.low, made.high) == pytest.approx(
        tuple(table.loc["random effect wls", ["eff", "ci_low", "ci_upp"]]), rel=1e-9)


@pytest.mark.parametrize(("name", "most"), [("normal", 0.97), ("uniform", 0.99), ("skewed", 0.97)])
def test_both_intervals_cover_what_they_say_over_ten_replicates(name, most):
    """Where another run falls is told too widely for values that have hard ends, as a uniform's: never too narrowly."""
    draw = {"normal": lambda rng, n: rng.normal(size=n), "uniform": lambda rng, n: rng.uniform(size=n),
            "skewed": lambda rng, n: rng.gamma(4.0, size=n)}[name]
    rng = np.random.default_rng(0)
    truth = draw(rng, 200_000).mean()
    held, fell = 0, 0
    for _ in range(1500):
        values = draw(rng, 11)
        made = spread(rows(values[:10]))
        held += made.low <= truth <= made.high
        fell += made.next_low <= values[10] <= made.next_high
    assert 0.93 < held / 1500 < 0.97 and 0.93 < fell / 1500 < most


def test_another_run_is_less_certain_than_the_mean():
    made = spread(rows(around(0.0)))
    assert made.next_low < made.low < made.mean < made.high < made.next_high
    assert made.next_high / made.high == pytest.approx(math.sqrt(11))


def test_intervals_end_where_a_share_ends_but_never_inside_of_what_was_seen():
    shares = rows([0.0, 0.01, 0.0, 0.05, 0.0], width=0.3)
    free, cut = spread(shares), spread(shares, SHARE)
    assert free.low < 0 == cut.low and free.next_low < 0 == cut.next_low
    assert (cut.high, cut.next_high) == (free.high, free.next_high)
    beyond = spread(rows([0.9, 1.2]), SHARE)
    assert (beyond.high, beyond.next_high) == (1.2, 1.2)


def test_a_share_near_nothing_lies_in_a_band_that_begins_there():
    few = Claim("5.gain", "It is rare", "own conjecture", (0.0, 0.1), bounds=SHARE)
    seen = rows([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.001, 0.05])
    assert judge(few, "world", seen)[0] == HOLDS


def test_equal_values_are_as_uncertain_as_the_runs_themselves():
    made = spread([Row("5.gain", "world", 1.0, 0.7, 1.0)] * 10)
    assert (made.low, made.high, made.next_low) == (pytest.approx(0.7), 1.0, pytest.approx(0.7)) and not made.varies


@pytest.mark.parametrize("values", [[], [1.0], [1.0, math.nan], [1.0, math.inf]])
def test_what_is_no_spread_is_refused(values):
    with pytest.raises(ArgumentError, match="at least two finite"):
        spread(rows(values))


@pytest.mark.parametrize(("values", "word", "why"), [
    (around(2.0), HOLDS, ""), (around(-2.0), FAILS, ""), (around(0.1), UNSAID, "across"),
    ([0.5] * 7 + [-0.1] * 3, UNSAID, "7 of 10"), ([-0.5] * 7 + [0.1] * 3, UNSAID, "7 of 10"),
    (around(2.0)[:9], UNSAID, "9 of 10"), ([1.0] * 10, UNSAID, "differs"),
    ([math.nan] + [1.0] * 9, UNSAID, "no value")])
def test_a_verdict_needs_the_mean_and_eight_of_ten_replicates(values, word, why):
    said, reason = judge(CLAIM, "world", rows(values))
    assert said == word and why in reason


def test_nothing_at_all_is_neither_more_nor_fewer():
    more, fewer, within = Claim("5.x", "S.", "own conjecture", (0.0, math.inf)), \
        Claim("5.y", "S.", "own conjecture", (-math.inf, 0.0)), Claim("5.z", "S.", "own conjecture", (0.0, 0.1))
    for claim, word in ((more, FAILS), (fewer, FAILS), (within, HOLDS)):
        assert judge(claim, "world", rows(np.zeros(10), 0.0)) == (word, "")
    assert judge(more, "world", rows(around(0.01, 0.001), 0.001)) == (HOLDS, "")


def test_a_verdict_is_symmetric():
    """Mirrored values against a mirrored band say the same; the same values against the other side, the opposite."""
    mirrored = Claim("5.gain", "It loses", "own conjecture", (-math.inf, 0.0))
    opposite = {HOLDS: FAILS, FAILS: HOLDS, UNSAID: UNSAID}
    for centre in np.linspace(-2, 2, 21) + 0.01:
        word = judge(CLAIM, "world", rows(around(centre)))[0]
        assert judge(mirrored, "world", rows(around(-centre)))[0] == word
        assert judge(mirrored, "world", rows(around(centre)))[0] == opposite[word]


def test_five_splits_of_real_data_are_enough():
    assert judge(CLAIM, "ml100k, cold items", rows(around(2.0, n=5)))[0] == HOLDS
    assert judge(CLAIM, "world", rows(around(2.0, n=5)))[0] == UNSAID
