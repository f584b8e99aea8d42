"""The whiteboard's functions: limiting cases, brute force, and what must not matter."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.launch.whiteboard import capacity, contributions, machines, request_quantile, should_page

positive = st.floats(0.01, 1000)


def test_the_example_of_the_docstring_holds():
    assert capacity(864_000, 10, 3, 20, 0.6) == (300.0, 10)
    assert machines(1e6, 100, 1, 1.0, 2) == (1, 2)


def test_twice_the_time_needs_about_twice_the_workers():
    rate, workers = capacity(5e6, 12, 3, 20, 0.6)
    again, more = capacity(5e6, 12, 3, 40, 0.6)
    assert rate == again and workers * 2 - 1 <= more <= workers * 2


def test_workers_carry_their_load_and_one_fewer_would_not():
    rate, workers = capacity(3e6, 7, 2.5, 31, 0.55)
    assert rate * 0.031 / workers <= 0.55 < rate * 0.031 / (workers - 1)


def test_both_indexes_of_a_swap_fit_the_shards():
    shards, hosts = machines(30e6, 384, 32, 0.5, 3)
    assert shards * 32e9 * 0.5 >= 2 * 30e6 * 384 > (shards - 1) * 32e9 * 0.5 and hosts == 3 * shards


def test_a_single_part_has_its_own_quantile():
    times = np.random.default_rng(0).gamma(2, 3, 101)
    assert request_quantile({"a": times}, [["a"]], 0.9) == pytest.approx(np.quantile(times, 0.9))


def test_parallel_is_never_slower_than_in_a_row():
    rng = np.random.default_rng(1)
    ms = {part: rng.gamma(2, 3, 300) for part in "abc"}
    assert request_quantile(ms, [["a", "b", "c"]]) < request_quantile(ms, [["a"], ["b"], ["c"]])


def test_percentiles_of_parts_that_are_slow_together_do_add_up():
    slow = np.random.default_rng(2).gamma(2, 3, 500)
    ms = {"a": slow, "b": 2 * slow}
    assert request_quantile(ms, [["a"], ["b"]]) == pytest.approx(3 * np.quantile(slow, 0.99))


@given(st.lists(st.tuples(positive, positive), min_size=1, max_size=5))
def test_contributions_add_up_to_the_change_and_flip_with_time(pairs):
    before = {str(i): a for i, (a, _) in enumerate(pairs)}
    after = {str(i): b for i, (_, b) in enumerate(pairs)}
    parts, back = contributions(before, after), contributions(after, before)
    change = math.prod(after.values()) - math.prod(before.values())
    size = max(math.prod(after.values()), math.prod(before.values()))
    assert sum(parts.values()) == pytest.approx(change, abs=1e-5 * size)
    assert all(parts[name] == pytest.approx(-back[name], abs=1e-5 * size) for name in parts)


def test_branches_that_cancel_are_still_seen():
    parts = contributions({"a": 2.0, "b": 3.0}, {"a": 3.0, "b": 2.0})
    assert parts["a"] == pytest.approx(6 * math.log(1.5)) and parts["b"] == pytest.approx(-parts["a"])


def page(bad, total, long=10, short=2, burn=5.0, promise=0.99):
    return should_page(np.array(bad), np.array(total), promise, long, short, burn)


def test_nothing_rings_where_nobody_asks_or_nothing_fails():
    assert not page([0] * 20, [0] * 20).any() and not page([0] * 20, [50] * 20).any()


def test_an_outage_rings_while_it_lasts_and_stops_soon_after():
    bad = [0] * 20 + [50] * 10 + [0] * 20
    rings = np.flatnonzero(page(bad, [50] * 50))
    assert rings[0] == 20 and rings[-1] == 30                 # the short window of two minutes lets go after one more


def test_a_blip_is_not_worth_waking_up_for():
    bad = [0] * 30 + [20] + [0] * 30
    assert not page(bad, [50] * 61, long=60).any()


def test_windows_agree_with_counting_them():
    rng = np.random.default_rng(3)
    total = rng.integers(0, 40, 80)
    bad = rng.binomial(total, 0.06)
    want = [all(bad[max(0, m - w + 1):m + 1].sum() / max(total[max(0, m - w + 1):m + 1].sum(), 1) > 0.05
                for w in (10, 2)) for m in range(80)]
    assert page(bad, total).tolist() == want
