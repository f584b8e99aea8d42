"""Planned bounds: the constants of the tables, their level, and what each way of looking finds."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.evidence.group_sequential import crossing_chance, edges, group_bounds, paths, what_it_finds

TABLE = {"Pocock": {1: 1.960, 2: 2.178, 5: 2.413, 10: 2.555},                # Jennison and Turnbull 2000, table 2.1
         "O'Brien-Fleming": {1: 1.960, 2: 1.977, 5: 2.040, 10: 2.087}}       # and 2.3


@pytest.mark.parametrize("shape", TABLE)
def test_constants_are_those_of_the_tables(shape):
    assert {looks: round(group_bounds(looks, shape)[-1], 3) for looks in TABLE[shape]} == pytest.approx(TABLE[shape],
                                                                                                       abs=0.0011)


def test_the_first_bound_of_obrien_and_fleming_is_the_strictest_and_pococks_are_equal():
    strict = group_bounds(4)
    assert strict == pytest.approx(strict[-1] * np.sqrt(4 / np.arange(1, 5)))
    assert len(set(group_bounds(4, "Pocock"))) == 1


@pytest.mark.parametrize("rule", ["O'Brien-Fleming", "Pocock"])
def test_they_keep_their_level_and_a_bound_that_is_too_low_does_not(rule):
    assert crossing_chance(group_bounds(14, rule)) == pytest.approx(0.05, abs=1e-3)
    assert what_it_finds(rule, 0.0)["found"] == pytest.approx(0.05, abs=0.006)
    peeked = (np.abs(paths(0.0, 14, tests=100_000)) > 1.96).any(1).mean()                # fourteen looks at 5%
    assert crossing_chance(np.full(14, 1.96)) == pytest.approx(peeked, abs=0.004) and 0.21 < peeked < 0.23
    assert crossing_chance([1.96]) == pytest.approx(0.05, abs=1e-3)


def test_power_at_fourteen_looks_falls_from_one_look_to_always_valid():
    rules = ["one look", "O'Brien-Fleming", "Pocock", "always valid"]
    found = [what_it_finds(rule, 2.8016)["found"] for rule in rules]
    assert found[0] == pytest.approx(0.8, abs=0.01) and found == sorted(found, reverse=True)
    assert found[0] - found[1] < 0.03 and found[3] < 0.6


def test_a_test_that_stops_early_overstates_and_one_that_never_stops_does_not():
    early = what_it_finds("Pocock", 2.8016)
    assert early["mean look"] < 11 and early["estimate over truth"] > 1.3
    assert what_it_finds("one look", 6.0)["estimate over truth"] == pytest.approx(1, abs=0.01)
    assert np.isnan(what_it_finds("one look", 0.0)["estimate over truth"])


def test_edges_of_one_look_are_infinite_before_the_last_and_paths_have_spread_one():
    assert np.isinf(edges("one look", 5)[:4]).all() and edges("every look at 5%", 3) == pytest.approx(1.96, abs=1e-3)
    assert paths(0.0, 5).std(0) == pytest.approx(1, abs=0.02)
    assert paths(3.0, 5).mean(0)[-1] == pytest.approx(3, abs=0.03)


@pytest.mark.parametrize("bad", [{"shape": "none"}, {"looks": 0}, {"alpha": 0.0}, {"alpha": 1.0}])
def test_bounds_of_nothing_are_refused(bad):
    with pytest.raises(ArgumentError):
        group_bounds(**{"looks": 3, **bad})
