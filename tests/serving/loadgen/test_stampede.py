"""Who computes what many ask for at once, and what that does to a cold restart."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.serving.loadgen.stampede import cold_restart, everybody_computes, restarts, who_computes


def ask(at, key=None, takes=100.0, fails=(), keep=50.0, who=who_computes):
    n = len(at)
    failed = np.isin(np.arange(n), fails)
    return who(np.array(at, float), np.zeros(n, int) if key is None else key, np.full(n, takes), failed, keep).tolist()


def test_one_computes_and_the_others_wait_or_find_it_kept():
    assert ask([0, 99, 100, 149, 150]) == [0, 0, 0, 0, 4]


def test_an_error_is_shared_while_it_runs_and_not_kept():
    assert ask([0, 99, 100, 101], fails=[0]) == [0, 0, 2, 2]


def test_keys_do_not_answer_for_each_other():
    assert ask([0, 1, 2, 3], key=["a", "b", "a", "b"]) == [0, 1, 0, 1]


def test_without_single_flight_all_compute_until_the_first_is_done():
    assert ask([0, 50, 99, 100, 140], who=everybody_computes) == [0, 1, 2, 0, 0]


def test_what_is_out_of_order_or_of_unequal_length_is_told():
    with pytest.raises(ArgumentError, match="ascending"):
        ask([5, 0])
    with pytest.raises(ArgumentError, match="as many"):
        who_computes([0.0, 1.0], [0], [1.0, 1.0], [False, False], 5.0)
    with pytest.raises(ArgumentError):
        ask([0, np.nan])


def test_single_flight_computes_each_key_once_and_warming_spares_the_popular_ones():
    alone, shared = (cold_restart(0, who) for who in (everybody_computes, who_computes))
    warm = cold_restart(0, who_computes, warm=20)
    assert shared["computed"] <= 50 < alone["computed"] and warm["computed"] <= 30
    assert warm["at_once"] < shared["at_once"] < alone["at_once"]


def test_control_where_a_computation_takes_no_time_nobody_needs_single_flight():
    assert cold_restart(0, everybody_computes, takes_ms=0) == cold_restart(0, who_computes, takes_ms=0)


def test_over_seeds_there_is_a_row_for_each_number():
    table = restarts(who_computes, range(3), per_second=100, seconds=1.0)
    assert list(table["name"]) == ["computed", "at_once"] and (table["low"] <= table["high"]).all()
