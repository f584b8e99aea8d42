"""Each kind of statement gets what it is due, and malformed rows are refused."""

import math

import pytest

from course_lib.contracts import ArgumentError, DataError
from course_lib.teach.definitions.claim import SHARE, Band, Claim
from course_lib.teach.ledger import predictions
from course_lib.teach.ledger.dials import NO_CURVE, UNSURE, curve, flips, in_this_run, turns_text
from course_lib.teach.ledger.judgement import verdict
from course_lib.teach.ledger.verdict import FAILS, HOLDS, UNSAID, Row, cut, decide, row_text, value_text


def claim(**more):
    return Claim(**({"id": "5.gain", "says": "It gains.", "who": "own conjecture", "expected": (0.0, math.inf)} | more))


def runs(*places, n=10):
    """n replicates; places: (on, first value)."""
    return [[Row("5.gain", on, value + 0.01 * number) for on, value in places] for number in range(n)]


# --- claims --------------------------------------------------------------------------------------------------------
def test_one_run_is_never_shown_as_a_verdict():
    said = verdict(claim(), [Row("5.gain", "world", 2.0, 1.0, 3.0)])
    assert (said.word, said.text, said.earned) == (HOLDS, "one run, not yet replicated", False)


def test_too_few_replicates_are_no_verdict_either():
    said = verdict(claim(), [Row("5.gain", "world", 2.0, 1.0, 3.0)], runs(("world", 1.0), n=3))
    assert (said.text, said.earned) == ("3 of 10 runs, not yet replicated", False)


def test_what_has_no_chance_in_it_depends_on_its_condition_too():
    rows = [Row("5.gain", "with a log", 1.0), Row("5.gain", "without", -1.0)]
    said = verdict(claim(deterministic=True, varies="the log"), rows)
    assert (said.text, said.earned) == ("depends on the log", True)
    assert verdict(claim(deterministic=True, varies="the log"), rows[:1]).text == HOLDS


@pytest.mark.parametrize(("places", "word"), [
    ([("world", 1.0)], HOLDS), ([("world", -1.0)], FAILS), ([("world", -0.045)], UNSAID),
    ([("world", 1.0), ("log", 1.0)], HOLDS), ([("world", 1.0), ("log", -1.0)], "depends on the logger"),
    ([("world", 1.0), ("log", -0.045)], UNSAID), ([("world", -1.0), ("log", -0.045)], UNSAID)])
def test_replicates_give_the_verdict_over_all_places(places, word):
    said = verdict(claim(varies="the logger"), [Row("5.gain", "world", -9.0)], runs(*places))
    assert (said.text, said.earned) == (word, True)


def test_a_place_that_the_replicates_did_not_reach_is_not_passed_over():
    rows = [Row("5.gain", "world", 1.0), Row("5.gain", "ml100k", 1.0)]
    said = verdict(claim(), rows, runs(("world", 1.0)))
    assert said.text == UNSAID and "ml100k: 0 of 5 replicates" in said.reason


@pytest.mark.parametrize(("places", "text"), [
    ([("ml100k", 1.0)], "holds on that set"),
    ([("ml100k, 2 bytes", 1.0), ("ml100k, 4 bytes", 1.0)], "holds on that set"),
    ([("open_bandit: all", -1.0), ("open_bandit: men", -1.0)], "does not hold on that set"),
    ([("ml100k", 1.0), ("movietweetings", 1.0)], HOLDS), ([("ml100k", 1.0), ("world", 1.0)], HOLDS),
    ([("ml100k", 1.0), ("movietweetings", -1.0)], "depends on the set"), ([("ml100k", -0.045)], UNSAID)])
def test_what_one_real_set_gave_is_said_of_that_set_alone(places, text):
    assert verdict(claim(varies="the set"), [], runs(*places)).text == text


def test_real_data_need_five_runs_and_a_world_beside_them_ten():
    both = runs(("ml100k", 1.0), ("world", 1.0), n=7)
    assert verdict(claim(), [], both).text == "7 of 10 runs, not yet replicated"
    assert verdict(claim(), [], runs(("ml100k", 1.0), n=5)).earned


def test_what_has_no_chance_in_it_needs_one_value():
    assert verdict(claim(deterministic=True), [Row("5.gain", "world", 2.0)]).text == HOLDS
    assert verdict(claim(deterministic=True), []).text == "one run, not yet replicated"


# --- the other kinds -----------------------------------------------------------------------------------------------
def test_an_identity_and_a_machine_figure_get_no_verdict():
    assert verdict(claim(kind="identity"), [], runs(("world", -1.0))).text == "true by construction"
    fact = Row("5.gain", "world", 1.0)
    assert row_text(claim(kind="identity"), fact) == "Measured on world: 1."
    assert row_text(claim(), fact) == "Expected beforehand: at least 0. Measured on world: 1."
    figure = verdict(claim(kind="machine figure"), [Row("5.gain", "world", 2.0, beside="4 threads")])
    assert (figure.text, figure.reason) == ("one machine's figure", "4 threads")


def test_a_ratio_measured_in_one_run_on_one_machine_may_have_a_verdict():
    assert verdict(claim(kind="machine figure", ratio=True), [], runs(("world", 1.0))).text == HOLDS


def turned(*points):
    return [[Row("5.gain", "world", value + 0.01 * number, at=at) for at, value in points] for number in range(10)]


DIAL = claim(kind="dial", dial="clickbait", public=(("MovieLens", 0.4),))


def test_a_dial_gets_the_strength_at_which_it_turns_and_where_public_data_lie():
    said = verdict(DIAL, [], turned((0.0, -1.045), (1.0, 0.955), (2.0, 3.0), (4.0, 5.0)))
    assert (said.text, said.earned, said.runs) == ("turns between 0 and 1", True, 10)
    assert "clickbait from 0 to 4; holds at 1, 2, 4; does not hold at 0" in said.reason
    assert "10 of 10 runs turn, first between 0 and 1;" in said.reason
    assert "MovieLens lies at 0.4" in said.reason


def test_a_dial_that_never_turns_says_so_on_which_side():
    above = [(0.0, 1.0), (1.0, 2.0), (2.0, 3.0), (3.0, 4.0)]
    assert verdict(DIAL, [], turned(*above)).text == "never leaves the band"
    assert verdict(DIAL, [], turned(*((at, -value) for at, value in above))).text == "never enters the band"
    assert "none of 10 runs turns" in verdict(DIAL, [], turned(*above)).reason


@pytest.mark.parametrize(("at_zero", "at_four", "word"), [
    (-0.05, 5.0, "holds from 1 on"), (5.0, -0.05, "holds up to 2"), (-0.05, -0.05, UNSURE)])
def test_a_turn_that_noise_could_have_made_is_not_claimed(at_zero, at_four, word):
    """The means cross the edge, but at no strength is the statement surely false."""
    said = verdict(DIAL, [], turned((0.0, at_zero), (1.0, 3.0), (2.0, 3.0), (4.0, at_four)))
    assert said.text == word and "cannot be said at" in said.reason


def test_no_strength_alone_is_a_side():
    said = verdict(DIAL, [], turned((0.0, -0.05), (1.0, -0.05), (2.0, -0.05), (4.0, 5.0)))
    assert said.text == UNSURE


def test_a_dial_of_few_runs_has_no_verdict():
    few = turned((0.0, -1.0), (1.0, 1.0), (2.0, 3.0), (4.0, 5.0))[:3]
    said = verdict(DIAL, [], few)
    assert (said.text, said.earned) == ("3 of 10 runs, not yet replicated", False)


@pytest.mark.parametrize("strengths", [[0.0], [0.0, 1.0, 2.0], [1.0, 2.0, 3.0, 4.0]])
def test_a_dial_needs_four_strengths_and_zero_among_them(strengths):
    assert verdict(DIAL, [], turned(*((at, 1.0) for at in strengths))).text == NO_CURVE


def test_the_points_of_a_curve_have_both_intervals_and_a_two_sided_band_two_turns():
    rows = [row for run in turned((0.0, -1.0), (1.0, 0.5), (2.0, 2.0)) for row in run]
    points = curve(rows)
    assert [point.at for point in points] == [0.0, 1.0, 2.0] and all(p.low < p.mean < p.high for p in points)
    assert all(p.next_low < p.low and p.high < p.next_high and p.runs == p.valued == 10 for p in points)
    assert len(flips(claim(kind="dial", dial="x", expected=(0.0, 1.0)), points)) == 2


def test_a_mean_on_the_edge_itself_is_inside_and_a_turn_starts_there():
    points = curve([Row("5.gain", "world", value, at=at) for at, value in ((0.0, 1.0), (1.0, 0.0), (2.0, -2.0))])
    assert flips(claim(kind="dial", dial="x", expected=(1.0, math.inf)), points) == [(0.0, 1.0)]


def test_at_nothing_a_statement_of_more_does_not_hold_and_a_turn_starts_there():
    points = curve([Row("5.gain", "world", value, at=at) for at, value in ((0.0, 0.0), (1.0, 1.0), (2.0, 2.0))])
    assert flips(claim(kind="dial", dial="x", expected=(0.0, math.inf)), points) == [(0.0, 1.0)]
    assert flips(claim(kind="dial", dial="x", expected=(0.0, 3.0)), points) == []


def test_a_dial_that_cannot_be_turned_to_zero_says_why_and_has_its_curve_all_the_same():
    runs = turned((0.1, -1.0), (1.0, 1.0), (2.0, 3.0), (4.0, 5.0))
    assert verdict(claim(kind="dial", dial="x"), [], runs).text == "a dial without its curve"
    said = verdict(claim(kind="dial", dial="x", no_zero="there is none"), [], runs)
    assert said.text == "turns between 0.1 and 1"


def test_a_strength_that_is_declared_exact_needs_no_interval_and_no_spread_but_one_value():
    """A mechanism that is off gives 0 in every run, with no interval; undeclared, the seeds may not have reached it."""
    runs = turned((0.0, 0.0), (1.0, 1.0), (2.0, 3.0), (4.0, 5.0))
    exact = [[Row("5.gain", "world", 0.0, at=0.0), *run[1:]] for run in runs]
    asked = {"kind": "dial", "dial": "x", "expected": (0.5, math.inf)}
    assert verdict(claim(**asked), [], exact).text == "holds from 1 on"
    assert verdict(claim(**asked, exact_at=(0,)), [], exact).text == "turns between 0 and 1"
    apart = [[Row("5.gain", "world", 0.001 * place, at=0.0), *run[1:]] for place, run in enumerate(exact)]
    assert verdict(claim(**asked), [], apart).text == "turns between 0 and 1"
    said = verdict(claim(**asked, exact_at=(0,)), [], apart)
    assert said.text == "holds from 1 on" and "cannot be said at 0" in said.reason, "what differs was not exact"


def test_two_places_of_a_dial_are_not_mixed():
    there = turned((0.0, -1.0), (1.0, 1.0), (2.0, 3.0), (4.0, 5.0))
    elsewhere = [[Row("5.gain", "ml100k", 7.0 + row.value, at=row.at) for row in run] for run in there]
    both = [first + second for first, second in zip(there, elsewhere, strict=True)]
    assert verdict(DIAL, [], both).text == "on world turns between 0 and 1; on ml100k never leaves the band"


def test_runs_that_turn_elsewhere_or_not_at_all_are_counted():
    differ = [[Row("5.gain", "world", value, at=at) for at, value in ((0.0, first), (1.0, 1.0), (2.0, last))]
              for first, last in ((-1.0, 1.0), (-3.0, -1.0), (1.0, 1.0))]
    told = turns_text(DIAL, differ)
    assert told == "2 of 3 runs turn, first between 0 and 1; 1 of them turn again"


def test_a_turn_is_told_no_more_closely_than_strengths_were_measured():
    """A straight line from -1 to 99 crosses 0 at a hundredth of the way; nobody measured there."""
    steep = [[Row("5.gain", "world", value, at=at) for at, value in ((0.0, -1.0), (0.5, middle), (5.0, 99.0))]
             for middle in (-1.0, -0.1, 2.0)]
    assert turns_text(DIAL, steep) == "3 of 3 runs turn, first between 0 and 0.5 (1), 0.5 and 5 (2)"


def test_a_share_is_not_judged_beyond_its_end():
    """Nine runs of 1 and one of 0.9997: the mean's interval reaches beyond 1, where no share can be."""
    asked = {"kind": "dial", "dial": "gap", "expected": (0.999, 1.0)}
    shares = [[Row("5.gain", "world", 0.7 + number / 100, at=0.0),
               *(Row("5.gain", "world", 1.0 if number else 0.9997, at=at) for at in (1.0, 2.0, 3.0))]
              for number in range(10)]
    assert verdict(claim(**asked), [], shares).text == UNSURE
    assert verdict(claim(**asked, bounds=SHARE), [], shares).text == "turns between 0 and 1"


def test_one_runs_interval_ends_where_its_share_does():
    row, share = Row("5.gain", "world", 0.99, 0.96, 1.02), claim(expected=(0.95, 1.0), bounds=SHARE)
    assert (decide(claim(expected=(0.95, 1.0)), row), decide(share, row)) == (UNSAID, HOLDS)
    assert value_text(share, row).endswith("[0.96, 1]")
    assert cut(Row("5.gain", "world", 1.01, 1.0, 1.03), SHARE) == (1.0, 1.01)       # never inside of what was seen


@pytest.mark.parametrize(("values", "text"), [
    ([(0.4, 1.0)], "in the band at 0.4, in this run"), ([(0.4, -1.0)], "outside the band at 0.4, in this run"),
    ([(0.4, math.nan)], "no value in this run"), ([(0.0, -1.0), (1.0, 1.0)], "turns between 0 and 1 in this run"),
    ([(0.0, 1.0), (1.0, 1.0)], "in the band at all 2 strengths so far, in this run")])
def test_one_runs_dial_is_told_as_what_this_run_shows(values, text):
    assert in_this_run(DIAL, [Row("5.gain", "world", value, at=at) for at, value in values]) == text


# --- what is refused -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("value", "low", "high"), [
    (2.0, 3.0, 4.0), (5.0, 3.0, 4.0), (3.5, 4.0, 3.0), (2.0, 1.0, math.nan), (2.0, math.nan, 3.0),
    (math.nan, 1.0, 2.0)])
def test_an_interval_that_does_not_hold_its_value_is_refused(value, low, high):
    with pytest.raises(DataError, match="expected low <= value <= high"):
        Row("5.gain", "world", value, low, high)


@pytest.mark.parametrize(("more", "fault"), [
    ({"kind": "finding"}, "expected one of claim, dial"), ({"ratio": True}, "ratio is for a machine figure"),
    ({"dial": "x"}, "for a dial alone"), ({"exact_at": (0,)}, "for a dial alone"),
    ({"kind": "dial"}, "names the input"),
    ({"written": "yesterday"}, "expected a date"), ({"written": "2026-13-01"}, "expected a date"),
    ({"written": "2026-11-01", "history": (Band(0, 1, "2026-11-28", "too wide"),)}, "oldest first"),
    ({"history": (Band(0, 1, "2026-11-28", ""),)}, "the reason why"),
    ({"history": (Band(2, 1, "", "x"),)}, "low <= high")])
def test_a_claim_that_contradicts_itself_is_refused(more, fault):
    with pytest.raises(ArgumentError, match=fault):
        claim(**more)


@pytest.mark.parametrize(("who", "place", "holder", "placed"), [
    ("Yi et al. 2019", "section 3", "Yi et al. 2019, section 3", True),
    ("Yi et al. 2019", "", "Yi et al. 2019 (no place in a source given)", False),
    ("own conjecture", "", "own conjecture", True),
    ("folklore, no source found", "", "folklore, no source found", True)])
def test_a_holder_has_a_place_or_is_said_to_be_nobody(who, place, holder, placed):
    made = claim(who=who, place=place)
    assert (made.holder, made.placed) == (holder, placed)


def test_a_band_is_one_sided_or_two_sided():
    assert claim().one_sided and not claim(expected=(0, 1)).one_sided


def test_a_dial_is_measured_at_a_strength_and_nothing_else_is(monkeypatch):
    held = {"5.gain": claim(), "5.dial": claim(id="5.dial", kind="dial", dial="x"),
            "5.ms": claim(id="5.ms", kind="machine figure")}
    monkeypatch.setattr(predictions, "find_claim", held.__getitem__)
    assert predictions.row_of("5.dial", 1.0, at=0.5).at == 0.5
    for wrong in ({"claim_id": "5.dial"}, {"claim_id": "5.gain", "at": 0.5}):
        with pytest.raises(ArgumentError, match="at which strength"):
            predictions.row_of(value=1.0, **wrong)
    assert "cores" in predictions.row_of("5.ms", 1.0, beside="batch 1").beside
