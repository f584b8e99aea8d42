"""The ledger is gathered from notebooks and replicates; what was run once has no verdict, and everything is shown."""

import json
import math

import pytest

from course_lib.contracts import DataError
from course_lib.teach import cards
from course_lib.teach.definitions.claim import Claim
from course_lib.teach.ledger import claims, ledger_page, replicates
from course_lib.teach.ledger.claims import Entry
from course_lib.teach.ledger.replicates import Replicates, Run
from course_lib.teach.ledger.verdict import (
    DEPENDS,
    FAILS,
    HOLDS,
    MIME,
    UNSAID,
    Row,
    band_text,
    decide,
    number,
    value_text,
    verdict_of,
)

CLAIM = Claim("5.compression", "PQ compresses 32×", "many texts", (28, 36), "×")


@pytest.mark.parametrize(("value", "low", "high", "word"), [
    (32, 30, 34, HOLDS), (32, math.nan, math.nan, HOLDS), (19, 18, 20, FAILS), (19, math.nan, math.nan, FAILS),
    (32, 20, 44, UNSAID), (27, 25, 29, UNSAID), (40, 37, 43, FAILS), (math.nan, math.nan, math.nan, UNSAID),
    (28, 28, 36, HOLDS)])
def test_a_measurement_is_judged_by_its_interval(value, low, high, word):
    assert decide(CLAIM, Row("5.compression", "world", value, low, high)) == word


@pytest.mark.parametrize(("values", "word", "reason"), [
    ({"world": 30, "ml100k": 31}, HOLDS, "on world, ml100k"),
    ({"world": 30, "ml100k": 3}, DEPENDS, "on world; not on ml100k"),
    ({"world": 3, "ml100k": 2}, FAILS, "not on world, ml100k"),
    ({"world": 30, "ml100k": math.nan}, UNSAID, "on world; cannot be said on ml100k"),
    ({"world": 3, "ml100k": math.nan}, UNSAID, "not on world; cannot be said on ml100k"),
    ({"world": 3, "ml100k": math.nan, "log": 30}, DEPENDS, "on log; not on world; cannot be said on ml100k"),
    ({"world": math.nan}, UNSAID, "cannot be said on world"), ({}, UNSAID, "not measured yet")])
def test_all_places_are_weighed_and_holding_weighs_as_much_as_failing(values, word, reason):
    verdict = verdict_of(CLAIM, [Row("5.compression", on, value) for on, value in values.items()])
    assert (verdict.word, verdict.reason) == (word, reason)


def test_a_band_may_be_open():
    assert band_text(Claim("5.a", "s", "w", (1.2, math.inf))) == "at least 1.2"
    assert band_text(Claim("5.a", "s", "w", (-math.inf, 0), "ms")) == "at most 0 ms"
    assert band_text(CLAIM) == "28 to 36×"
    assert decide(Claim("5.a", "s", "w", (1.2, math.inf)), Row("5.a", "world", 1e9)) == HOLDS


@pytest.mark.parametrize(("value", "text"), [(0.38512, "0.385"), (19.3, "19.3"), (1240.4, "1,240"), (0, "0"),
                                             (-0.05, "−0.05"), (math.nan, "–"), (math.inf, "∞"), (85491, "85,491")])
def test_numbers_are_told_to_three_digits(value, text):
    assert number(value) == text


def test_a_value_is_told_with_its_interval():
    assert value_text(CLAIM, Row("5.compression", "world", 19.3, 18.9, 19.7)) == "19.3× [18.9, 19.7]"


def notebook(*rows):
    return json.dumps({"cells": [{"cell_type": "code", "outputs": [
        {"output_type": "display_data", "data": {MIME: row.as_dict(), "text/plain": "x"}} for row in rows]}]})


@pytest.fixture
def one_claim(monkeypatch):
    monkeypatch.setattr(cards, "claims", lambda lesson=None: (CLAIM, Claim("5.other", "other", "who", (0, 1))))


def test_rows_are_gathered_from_executed_notebooks(tmp_path, one_claim):
    row = Row("5.compression", "world", 19.3, math.nan, math.nan)
    again = Row("5.compression", "world", 19.0, 18, 20)
    real = Row("5.compression", "ml100k", 33.0)
    (tmp_path / "05_ann.ipynb").write_text(notebook(row, again, real))
    (tmp_path / "06_other.ipynb").write_text(notebook())
    first, second = claims.gather(tmp_path)
    assert first.rows == [again, real] or (first.rows[0] == again and first.rows[1].on == "ml100k")
    assert (first.verdict.word, second.verdict.word) == (DEPENDS, UNSAID)
    assert claims.verdicts([first, second]) == {"ann.compression": DEPENDS, "ann.other": UNSAID}
    assert claims.counts([first, second]) == {"one run, not yet replicated": 2}
    table = ledger_page.table_markdown([first, second])
    assert "19× [18, 20]" in table and "33× (ml100k)" in table and "**one run, not yet replicated**" in table
    assert table.count("\n") == 3


def test_replicates_are_gathered_from_the_table_beside_the_notebooks(tmp_path, one_claim):
    (tmp_path / "05_ann.ipynb").write_text(notebook(Row("5.compression", "world", 19.3)))
    table = Replicates()
    for number_ in range(1, 11):
        table.add(Run("ann", number_, "c", "l", 1.0, rows=(Row("5.compression", "world", 31 + number_ / 10),)))
    table.add(Run("ann", 11, "c", "l", 1.0, why="it broke"))
    replicates.write(table, tmp_path / "ledger" / "replicates.csv")
    first, _ = claims.gather(tmp_path)
    assert (first.verdict.text, first.verdict.earned, first.verdict.runs) == (HOLDS, True, 10)
    page = ledger_page.page([first])
    assert "mean 31.6× [31.3, 31.8] over 10 runs" in page and "the notebook's run 19.3×, below all of them" in page
    assert "Replicate 11 failed: it broke" in page and "▲" in page
    assert "▇" in ledger_page.table_markdown([first]) or "█" in ledger_page.table_markdown([first])


@pytest.mark.parametrize(("ends", "told"), [
    ((30.0, 34.0), "32× in all 10 runs, on average [30, 34] in each"), ((32.0, 32.0), "32× in all 10 runs")])
def test_runs_that_do_not_differ_are_not_told_as_ten_findings(ends, told):
    assert ledger_page.spread_text(CLAIM, [Row("5.compression", "open_bandit", 32.0, *ends)] * 10) == told


def test_a_run_that_lies_beyond_all_others_is_said_to():
    """The kind of fault: a lesson shows a run on the other side of the band than all further ones, and the ledger keeps
    silent; runs that agree to the last digit have nothing beyond them."""
    def rows(*values, at=math.nan):
        return [[Row("5.compression", "world", value, at=at)] for value in values]
    told = {one: ledger_page.paragraph(Entry(CLAIM, rows(one)[0], rows(31.0, 32.0))) for one in (30.0, 31.0, 33.0)}
    assert "run 30×, below all of them" in told[30.0] and "run 33×, above all of them" in told[33.0]
    assert "all of them" not in told[31.0] + ledger_page.paragraph(Entry(CLAIM, rows(33.0)[0], rows(32.0, 32.0)))
    dial = Claim("5.dial", "It turns.", "own conjecture", (0.0, math.inf), kind="dial", dial="clickbait")
    page = ledger_page.paragraph(Entry(dial, rows(3.0, at=0.0)[0], rows(1.0, 2.0, at=0.0)))
    assert "| 0 | 3, above all of them |" in page


@pytest.mark.parametrize("replicated", [False, True])
def test_a_dial_is_told_as_a_curve_and_never_as_one_mean_over_its_strengths(replicated):
    dial = Claim("5.dial", "It turns.", "own conjecture", (0.0, math.inf), kind="dial", dial="clickbait")
    rows = [Row("5.dial", "world", value, at=at) for at, value in ((0.0, -1.0), (1.0, 3.0))]
    other = [Row("5.dial", "world", value, at=at) for at, value in ((0.0, -3.0), (1.0, 3.0))]
    entry = Entry(dial, rows, [rows, other] if replicated else [])
    told, page = ledger_page.place_text(entry, "world"), ledger_page.paragraph(entry)
    assert told in ledger_page.table_markdown([entry]) and "mean" not in told
    if not replicated:
        assert told == "by clickbait: −1 at 0; 3 at 1" and "| 0 | −1 |" in page
        return
    assert told == ("by clickbait: −2 [−14.7, 10.7], next −24 to 20, at 0; 3 [3, 3], next 3 to 3, at 1; "
                    "2 of 2 runs turn, first between 0 and 1")
    assert "| 0 | −1 | −2 [−14.7, 10.7] | −24 to 20 | 2 |" in page
    assert "Over the replicates: 2 of 2 runs turn, first between 0 and 1." in page


def test_a_strength_at_which_some_runs_found_no_value_says_so():
    dial = Claim("5.dial", "It turns.", "own conjecture", (0.0, math.inf), kind="dial", dial="scarcity")
    runs = [[Row("5.dial", "world", 1.0 + number, at=0.0), Row("5.dial", "world", math.nan, at=0.5),
             Row("5.dial", "world", math.nan if number else 2.0, 1.0 if not number else math.nan,
                 3.0 if not number else math.nan, at=1.0)] for number in range(3)]
    page = ledger_page.paragraph(Entry(dial, [], runs))
    assert "| 0.5 | – | – | – | 0 of 3 |" in page and "| 1 | – | 2 [1, 3] | – | 1 of 3 |" in page


def test_what_has_no_place_and_what_has_no_interval_is_listed():
    placed = Claim("5.a", "s", "Jégou et al. 2011", (0, 1), place="section 4")
    exact = Claim("5.b", "s", "own conjecture", (0, 1), deterministic=True)
    entries = [Entry(CLAIM, [Row("5.compression", "world", 19.3)]), Entry(placed, [Row("5.a", "world", 0.5, 0.4, 0.6)]),
               Entry(exact, [Row("5.b", "world", 0.5)])]
    assert claims.unplaced(entries) == ["5.compression"]
    assert claims.without_interval(entries) == [("5.compression", "world")]


def test_a_row_without_a_claim_is_not_lost_silently(tmp_path, one_claim):
    (tmp_path / "a.ipynb").write_text(notebook(Row("5.unknown", "world", 1)))
    with pytest.raises(DataError, match="5.unknown"):
        claims.gather(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"cells": 3}'])
def test_a_broken_notebook_is_named(tmp_path, one_claim, text):
    (tmp_path / "05_ann.ipynb").write_text(text)
    with pytest.raises(DataError, match="05_ann"):
        claims.gather(tmp_path)


def test_the_picture_is_one_narrow_column_with_every_measured_claim(tmp_path):
    runs = [[Row("5.a", "world", 1.0 + 0.01 * number_)] for number_ in range(10)]
    entries = [Entry(CLAIM, [Row("5.compression", "world", 19.3, 18, 20), Row("5.compression", "ml100k", 900.0)]),
               Entry(Claim("5.a", "a", "w", (1.2, math.inf)), [], runs),
               Entry(Claim("5.b", "b", "w", (1, math.inf)), [Row("5.b", "world", 2.0)]),
               Entry(Claim("5.c", "c", "w", (-math.inf, 0)), [Row("5.c", "world", math.nan)]),
               Entry(Claim("5.d", "not measured", "w", (0, 1))),
               Entry(Claim("5.e", "true anyway", "w", (0, 1), kind="identity"), [Row("5.e", "world", 1.0)])]
    figure = claims.picture(entries, tmp_path / "claims.png")
    words = " ".join(text.get_text() for text in figure.axes[0].texts)
    assert "4 statements" in figure.get_suptitle() and figure.get_size_inches()[0] < 6
    assert "not measured" not in words and "true anyway" not in words and "does not hold" in words
    assert 1_000 < (tmp_path / "claims.png").stat().st_size < 80_000


def test_the_pictures_longest_statements_are_whole_and_no_words_lie_on_others():
    """Three statements as long as the course's longest, one below the other, each with a verdict in many words."""
    longest = max((claim.says for claim in cards.claims() if claim.judged), key=len)
    runs = [[Row("5.a", on, value + 0.01 * run) for on, value in (("world", 1.0), ("mall", 3.0))] for run in range(10)]
    held = [Entry(Claim("5.a", longest, "w", (0, 2), varies="how much the filter lets pass"), [], runs)] * 4
    figure = claims.picture(held)
    figure.canvas.draw()                                       # which is when it is laid out
    texts = figure.axes[0].texts
    assert texts[0].get_text().replace("\n", " ").endswith(longest)
    assert texts[1].get_text() == "depends on how much the filter lets pass"
    boxes = [text.get_window_extent(figure.canvas.get_renderer()) for text in texts]
    assert not [(a, b) for b in range(len(boxes)) for a in range(b) if boxes[a].overlaps(boxes[b])]
    assert min(box.x0 for box in boxes) >= 0 and max(box.x1 for box in boxes) <= figure.bbox.width


def test_a_row_survives_json():
    row = Row("5.compression", "world", 19.3, -math.inf, math.inf)
    back = Row.of(json.loads(json.dumps(row.as_dict())))
    assert (back.claim, back.on, back.value) == (row.claim, row.on, row.value) and back.low == -math.inf
    with pytest.raises(DataError, match="expected claim"):
        Row.of({"claim": "x"})


def test_what_is_to_be_known_with_a_verdict_stands_below_it():
    held = Claim("5.gain", "It gains", "own conjecture", (0.0, math.inf), limits="At one width alone.")
    told = ledger_page.paragraph(Entry(held))
    assert "- To be known with it: At one width alone." in told.splitlines()
