"""What was tried beside a statement: scripts and table agree, what is malformed is refused, limits quote the table."""

import re

import pytest

from course_lib.contracts import DataError
from course_lib.teach import cards, lessons
from course_lib.teach.ledger import alternatives, claims
from course_lib.teach.ledger.alternatives import Alternative, Tried, by_thing, told, tried_lines, tried_of
from course_lib.teach.ledger.replicates import Replicates, Run
from course_lib.teach.ledger.verdict import Row, number

SCRIPTS = sorted(alternatives.FOLDER.glob("*.py"))
FOUND = alternatives.read()
LEAST_SEEDS, MOST_LINES = 3, 60
QUOTE = re.compile(r"(?<!Not )Tried: .*?(?=Not tried|Until 20|$)")       # what was tried stands before these


def one(seed, value, claim="negatives.mixed", **more):
    row = Row(lessons.shown(claim), "world", value, **more)
    return Alternative("negatives_more", Tried(claim, "as many more"), seed, row, "2026-12-01")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_has_rows_for_what_it_says_that_it_switches_and_no_others(script):
    said, own = set(tried_of(script)), [row for row in FOUND if row.script == script.stem]
    assert said and said == {row.tried for row in own}
    assert len({tried.claim.split(".")[0] for tried in said}) == 1, "one lesson a script"
    assert len(script.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_a_row_has_its_script_and_a_claim_of_a_lesson():
    assert {row.script for row in FOUND} == {script.stem for script in SCRIPTS}
    assert {row.row.claim for row in FOUND} <= {claim.id for claim in cards.claims()}


def test_each_thing_was_tried_under_three_seeds_or_more_of_replicates():
    for ones in by_thing(FOUND):
        assert [row.seed for row in ones] == list(range(1, len(ones) + 1)) and len(ones) >= LEAST_SEEDS, ones[0]


@pytest.mark.parametrize("claim", cards.claims(), ids=lambda claim: lessons.kept(claim.id))
def test_limits_quote_what_the_table_says(claim):
    """Each number with a point behind "Tried:" is a mean or an end in the table, or what was published; and whatever
    was tried is quoted."""
    own = [row for row in FOUND if row.row.claim == claim.id]
    quoted = " ".join(QUOTE.findall(claim.limits))
    assert bool(own) == bool(quoted)
    entry = ENTRIES[claim.id]
    known = " ".join(tried_lines(entry))
    for figure in re.findall(r"−?\d+\.\d+", quoted):
        assert figure in re.findall(r"−?\d+\.\d+", known), f"{figure} is not in the table: {known}"
    for ones in by_thing(own):
        mean = number(sum(row.row.value for row in ones) / len(ones))
        assert mean in quoted, f"{ones[0].tried.switched}: its mean, {mean}, is not quoted in: {quoted}"


ENTRIES = {entry.claim.id: entry for entry in claims.gather(lessons.ROOT / "solutions")}


@pytest.fixture
def written(tmp_path):
    found = [one(1, 0.01, low=0.0, high=0.02), one(2, 0.02), one(3, 0.06)]
    return alternatives.write(found, tmp_path / "alternatives.csv")


def test_what_is_written_is_read_again(written):
    text = written.read_text(encoding="utf-8")
    assert [row.row.value for row in alternatives.read(written)] == [0.01, 0.02, 0.06]
    assert alternatives.write(alternatives.read(written), written).read_text(encoding="utf-8") == text


def test_where_there_is_no_table_nothing_was_tried(tmp_path):
    assert alternatives.read(tmp_path / "none.csv") == []


@pytest.mark.parametrize(("old", "new"), [
    ("script,claim", "file,claim"), ("negatives.mixed,world", "negatives.nothing,world"), (",1,0.01", ",0,0.01"),
    (",1,0.01", ",2,0.01"), ("0.01,0,0.02", "0.01,0.02,0.03"), ("0.01,0,0.02", "0.01,0,"), (",3,0.06", ",3,nan"),
    (",3,0.06", ",3,"), ("as many more", ""), ("mixed,world", "mixed,"), ("2026-12-01", "yesterday"), (",3,", ",a,")])
def test_what_is_malformed_is_refused(written, old, new):
    text = written.read_text(encoding="utf-8")
    assert old in text
    written.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError):
        alternatives.read(written)


def test_the_page_lays_it_beside_what_was_published():
    table = Replicates()
    for seed, value in enumerate((0.3, 0.4, 0.5, 0.8), 1):
        table.add(Run("negatives", seed, "c", "l", 1.0, rows=(Row(lessons.shown("negatives.mixed"), "world", value),)))
    entry = next(entry for entry in claims.entries_of(table) if lessons.kept(entry.claim.id) == "negatives.mixed")
    entry.tried = [one(3, 0.06), one(1, 0.01), one(2, 0.02)]
    assert tried_lines(entry) == ["- Tried: as many more (on world): mean 0.03, 0.01 to 0.06 in 3 runs; as published "
                                  "0.5, 0.4 with these seeds"]
    assert told([1.0, 3.0]) == "mean 2, 1 to 3 in 2 runs"
