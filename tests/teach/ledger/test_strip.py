"""The strip of replicates fits a phone and puts every value where it belongs."""

import math

import pytest

from course_lib.teach.definitions.claim import IDENTITY, Claim
from course_lib.teach.ledger import predictions, strip
from course_lib.teach.ledger.replicates import Replicates, Run
from course_lib.teach.ledger.verdict import Row

CLAIM = Claim("5.gain", "It gains", "own conjecture", (0.0, 10.0))


DIAL = Claim("5.dial", "It turns", "own conjecture", (0.0, math.inf), kind="dial", dial="clickbait")
STRENGTHS = (0.0, 0.5, 1.5, 2.0)


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
    assert "3" in strip.strip(Claim("5.b", "s", "w", (-math.inf, math.inf), kind=IDENTITY), rows([2, 2, 2]),
                              mine=math.nan)
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
        turned = [Row("5.dial", "world", at - 1 + number / 100, at=at) for at in STRENGTHS]
        sets = [Row("5.sets", on, value + number / 10) for on, value in (("ml100k", 3), ("world", -3))]
        others = Row("5.gain", "world", 3 + number / 10), Row("5.ms", "world", 7 + number / 10, beside="1 thread")
        table.add(Run("ann", number, "c", "l", 1.0, rows=(*turned, *sets, *others)))
    held = {"5.gain": CLAIM, "5.dial": DIAL, "5.ms": Claim("5.ms", "It is fast", "own conjecture", (0, 9), "ms",
                                                           kind="machine figure"),
            "5.sets": Claim("5.sets", "It gains", "own conjecture", (0, 10), varies="the set"),
            "5.new": Claim("5.new", "It turns", "own conjecture", (0, 9), kind="dial", dial="clickbait")}
    monkeypatch.setattr(predictions, "find_claim", held.__getitem__)
    monkeypatch.setattr(predictions, "_rows", {})
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


def test_a_dial_with_replicates_shows_the_verdict_the_run_at_its_strength_and_at_last_the_curve(lesson, capsys):
    for at in STRENGTHS:
        predictions.measured("5.dial", at - 0.95, at=at)
        said = capsys.readouterr().out
        assert said.splitlines()[0] == "· Dial 5.dial · turns between 0.5 and 1.5" and "yours lies inside" in said
        assert f"the mean at {at:g}" in said and "10 runs" in said and ("  curve:" in said) == (at == 2.0)
        assert ("Who says so" in said) == (at == 0.0)                         # what was said once is not said again
    assert "holds at 1.5, 2; does not hold at 0, 0.5" in said and "10 of 10 runs turn" in said
    curve = said.split("  curve:")[1].splitlines()[1:]
    assert curve[0].split() == ["at", "mean", "yours"] and curve[-1].split() == ["░", "2", "1.06", "1.05"]
    assert max(len(line) for line in said.split("  curve:")[1].splitlines()) <= strip.WIDTH + 9 + 4    # its indent


def test_a_dial_that_is_new_says_what_this_run_shows_and_never_that_it_lacks_its_curve(lesson, capsys):
    heads = []
    for at in STRENGTHS:
        predictions.measured("5.new", at - 1, at=at)
        said = capsys.readouterr().out
        heads.append(said.splitlines()[0].split(" · ")[-1])
    assert heads == ["outside the band at 0, in this run", "outside the band at all 2 strengths so far, in this run",
                     "turns between 0.5 and 1.5 in this run", "turns between 0.5 and 1.5 in this run"]
    assert "This is one run" in said and "  curve:" in said and "at 2 (clickbait)" in said
    predictions.measured("5.new", 5.0, at=0.0)                              # the cell is run again: it replaces its row
    assert "in the band at 0" not in capsys.readouterr().out and len(predictions._rows["5.new"]) == 4


def test_a_strength_at_which_no_replicate_found_a_value_says_so(lesson, capsys):
    predictions.measured("5.dial", 1.0, at=9.0)
    assert "0 of 10 runs with other seeds found a value here" in capsys.readouterr().out


def test_a_machine_figure_is_no_finding_and_several_places_are_told_together(lesson, capsys):
    predictions.measured("5.ms", 7.5, beside="batch 1")
    said = capsys.readouterr().out
    assert said.splitlines()[0] == "· Machine figure 5.ms · one machine's figure" and "batch 1; " in said
    assert "seed" not in said and "▲" not in said
    predictions.measured("5.sets", 3.2, on="ml100k")
    said = capsys.readouterr().out
    assert said.splitlines()[0].endswith("depends on the set") and "10 runs" in said and "▲" in said
    assert "All runs together: on ml100k; not on world." in said


def test_a_damaged_table_disturbs_no_lesson(lesson, capsys, monkeypatch):
    def broken():
        raise OSError("gone")
    monkeypatch.setattr(predictions, "_table", broken)
    predictions.measured("5.gain", 3.6, 3.0, 4.0)
    assert "holds in this run" in capsys.readouterr().out
