"""The strip of replicates fits a phone and puts every value where it belongs."""

import math

import pytest

from course_lib.teach.definitions.claim import Claim
from course_lib.teach.ledger import predictions, strip
from course_lib.teach.ledger.replicates import Replicates, Run
from course_lib.teach.ledger.verdict import Row

CLAIM = Claim("5.gain", "It gains", "own conjecture", (0.0, 10.0))


def rows(values):
    return [Row("5.gain", "world", value) for value in values]


def test_every_line_fits_a_phone_and_shows_its_part():
    lines = strip.strip(CLAIM, rows([2, 3, 3, 4]), mine=9.0).splitlines()
    assert len(lines) == 5 and max(map(len, lines)) <= strip.WIDTH + 9
    band, piled, intervals, yours, ends = lines
    assert "░" in band and sum(int(sign) for sign in piled[:strip.WIDTH] if sign.isdigit()) == 4 and "2" in piled
    assert intervals.index("-") <= intervals.index("[") < intervals.index("]")
    assert yours.index("▲") > intervals.index("]") and ends.strip().endswith("10")


def test_the_places_are_in_order_and_alike_on_all_lines():
    band, piled, _, yours, _ = strip.strip(CLAIM, rows([0.0, 10.0]), mine=0.0).splitlines()
    assert piled.index("1") == yours.index("▲") == band.index("░")
    assert band.rindex("░") == piled.rindex("1", 0, strip.WIDTH)


def test_a_band_that_lies_far_off_is_pointed_at():
    below = strip.strip(CLAIM, rows([1000, 1001])).splitlines()[0]
    above = strip.strip(CLAIM, rows([-1000, -1001])).splitlines()[0]
    assert below.startswith("<") and above.strip().startswith(">")
    assert below.endswith("  band") and above.endswith("  band") and max(map(len, (below, above))) <= strip.WIDTH + 9


@pytest.mark.parametrize("values", [[], [1.0], [math.nan, 1.0]])
def test_fewer_than_two_values_make_no_strip(values):
    assert strip.strip(CLAIM, rows(values)) == "" == strip.sparkline(CLAIM, rows(values))


def test_equal_values_and_an_open_band_can_be_drawn():
    assert "3" in strip.strip(Claim("5.b", "s", "w", (-math.inf, math.inf)), rows([2, 2, 2]), mine=math.nan)
    assert "█" in strip.sparkline(Claim("5.b", "s", "w", (0, math.inf)), rows([2, 2, 2]))


def test_a_sparkline_has_the_heights_of_a_histogram():
    line = strip.sparkline(CLAIM, rows([0.1, 0.2, 0.3, 5.0, 9.9]), width=10)
    assert len(line) == 10 and line[0] == "█" and line[1] == "·" and line[5] in strip.HEIGHTS and line[9] != "·"


# --- in a lesson ---------------------------------------------------------------------------------------------------
@pytest.fixture
def lesson(monkeypatch, tmp_path):
    """A claim whose replicates lie around 3."""
    table = Replicates()
    for number in range(1, 11):
        table.add(Run("ann", number, "c", "l", 1.0, rows=(Row("5.gain", "world", 3 + number / 10),)))
    monkeypatch.setattr(predictions, "find_claim", {"5.gain": CLAIM}.__getitem__)
    monkeypatch.setattr(predictions, "_table", lambda: table)
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.sqlite"))


@pytest.mark.parametrize(("value", "lies"), [(3.6, "inside"), (20.0, "outside")])
def test_measured_shows_the_run_among_the_replicates(lesson, capsys, value, lies):
    predictions.measured("5.gain", value)
    said = capsys.readouterr().out
    assert f"yours lies {lies}" in said and "▲" in said and "10 runs" in said
    assert said.splitlines()[0].endswith("holds")                          # the verdict of the replicates


def test_a_place_without_replicates_says_that_this_is_one_run(lesson, capsys):
    predictions.measured("5.gain", 3.6, on="ml100k")
    said = capsys.readouterr().out
    assert "This is one run" in said and "▲" not in said


def test_a_damaged_table_disturbs_no_lesson(lesson, capsys, monkeypatch):
    def broken():
        raise OSError("gone")
    monkeypatch.setattr(predictions, "_table", broken)
    predictions.measured("5.gain", 3.6, 3.0, 4.0)
    assert "holds in this run" in capsys.readouterr().out
