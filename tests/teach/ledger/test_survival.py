"""Fresh seeds against the published table: verdicts that change and values that fall outside are counted and named."""

from dataclasses import replace

import numpy as np
import pytest

from course_lib.teach.definitions.claim import Claim
from course_lib.teach.ledger.claims import Entry
from course_lib.teach.ledger.further_runs import survived
from course_lib.teach.ledger.replicates import Replicates, Run
from course_lib.teach.ledger.survival import changed_by_luck, survival
from course_lib.teach.ledger.verdict import Row

CLAIM = Claim("5.gain", "It gains", "own conjecture", (0.0, np.inf))


def rows(values):
    return [[Row("5.gain", "world", float(value))] for value in values]


def table(values):
    made = Replicates()
    for number, run in enumerate(rows(values), 11):
        made.add(Run("ann", number, "c", "l", 1.0, rows=tuple(run)))
    return made


def compared(published, fresh):
    return survival([Entry(CLAIM, [], rows(published))], table(fresh))


def test_the_same_law_survives():
    rng = np.random.default_rng(0)
    places = [f"world {number}" for number in range(60)]
    runs = [[Row("5.gain", on, float(rng.normal(3, 1))) for on in places] for _ in range(20)]
    known, made = runs[:10], Replicates()
    for number, run in enumerate(runs[10:], 11):
        made.add(Run("ann", number, "c", "l", 1.0, rows=tuple(run)))
    found = survival([Entry(CLAIM, [], known)], made)
    assert found.held and (found.changed, found.verdicts, found.values) == ([], 1, 600)
    assert 0 < len(found.outside) < 42


def test_a_verdict_that_changes_is_named():
    found = compared(np.linspace(2, 3, 10), np.linspace(-3, -2, 10))
    assert found.changed == [("5.gain", "holds", "does not hold")] and len(found.outside) == 10 and not found.held
    assert "holds → does not hold" in str(found) and "0 of 10 values" in str(found)


def test_what_both_sets_of_runs_say_together_is_told_beside_what_the_fresh_ones_say_alone():
    one_far_off = np.r_[np.linspace(2, 3, 9), -6.0]
    found = compared(np.linspace(2, 3, 10), one_far_off)
    assert found.changed == [("5.gain", "holds", "cannot be said")] and found.together == []
    against = compared(np.linspace(0.1, 0.3, 10), np.linspace(-3, -2, 10))
    assert against.changed[0][2] == "does not hold" and against.together == [("5.gain", "holds", "cannot be said")]
    assert "From both together, 1 of 1 verdicts would be another." in str(against)


def test_values_that_spread_wider_than_before_fall_outside_though_the_verdict_stays():
    found = compared(np.linspace(2.9, 3.1, 10), np.linspace(1, 5, 10))
    assert found.changed == [] and len(found.outside) > 5 and not found.held


@pytest.mark.parametrize("fresh", [[], [3.0, 3.1]])
def test_what_has_earned_no_verdict_is_not_compared(fresh):
    found = compared(np.linspace(2, 3, 10), fresh)
    assert found.verdicts == 0 and not found.held


def test_a_verdict_of_fewer_further_runs_than_published_ones_is_not_compared():
    real = replace(CLAIM, id="5.real")
    published = [[Row("5.real", "ml100k", 0.3 + 0.1 * number)] for number in range(10)]
    made = Replicates()
    for number in range(5):
        made.add(Run("ann", 11 + number, "c", "l", 1.0, rows=(Row("5.real", "ml100k", -0.2 + 0.3 * number),)))
    few = survival([Entry(real, [], published)], made)
    for number in range(5, 10):
        made.add(Run("ann", 11 + number, "c", "l", 1.0, rows=(Row("5.real", "ml100k", -0.2 - number),)))
    enough = survival([Entry(real, [], published)], made)
    assert (few.verdicts, few.values) == (0, 5) and (enough.verdicts, enough.values) == (1, 10)


def test_a_dials_values_are_counted_strength_by_strength_and_its_turn_is_no_verdict():
    dial = Claim("5.dial", "It turns", "own conjecture", (0.0, np.inf), kind="dial", dial="clickbait")
    rng = np.random.default_rng(1)
    runs = [[Row("5.dial", "world", float(10 * at + rng.normal()), at=at) for at in (0.0, 1.0, 2.0, 3.0)]
            for _ in range(20)]
    made = Replicates()
    for number, run in enumerate(runs[10:], 11):
        made.add(Run("ann", number, "c", "l", 1.0, rows=tuple(run)))
    found = survival([Entry(dial, [], runs[:10])], made)
    assert (found.verdicts, found.values) == (0, 40) and len(found.outside) < 5
    moved = [[Row("5.dial", "world", row.value + 10 * (row.at == 1.0), at=row.at) for row in run] for run in runs[10:]]
    for number, run in enumerate(moved, 11):
        made.add(Run("ann", number, "c", "l", 1.0, rows=tuple(run)))
    outside = survival([Entry(dial, [], runs[:10])], made).outside
    assert len([where for _, where, _ in outside if where == "world at 1"]) == 10


def test_what_is_added_later_is_compared_with_all_that_was_known():
    published, first, second = (np.linspace(*ends, 10) for ends in ((0.1, 0.9), (-9, -2), (-9, -2)))
    known = table(first)
    later = Replicates({(lesson, number + 10): replace(run, replicate=number + 10)
                        for (lesson, number), run in table(second).runs.items()})
    entries = [Entry(CLAIM, [], rows(published))]
    alone, added = survival(entries, later), survival(entries, later, known)
    assert alone.changed == added.changed == [("5.gain", "holds", "does not hold")]
    assert alone.together == [("5.gain", "holds", "cannot be said")]
    assert added.together == []                 # the twenty known ones could not say either, and thirty cannot


def test_luck_changes_verdicts_at_an_edge_and_none_far_from_it():
    near = [Entry(CLAIM, [], rows(np.linspace(-0.7, 1.3, 10)))]        # its mean is some 1.6 standard errors above 0
    far = [Entry(CLAIM, [], rows(np.linspace(8, 9, 10)))]
    fresh = table(np.linspace(-0.6, 1.4, 10))
    assert 0.1 < changed_by_luck(near, fresh) <= 1 and changed_by_luck(near, fresh) == changed_by_luck(near, fresh)
    assert changed_by_luck(far, table(np.linspace(8, 9, 10))) == 0 == changed_by_luck(far, Replicates())


def test_the_page_says_what_further_runs_say_set_by_set_and_of_which_code():
    published = Replicates()
    for number, run in enumerate(rows(np.linspace(2, 3, 10)), 1):
        published.add(Run("ann", number, "c", "l", 1.0, rows=tuple(run)))
    entries = [Entry(CLAIM, [], rows(np.linspace(2, 3, 10)))]
    assert survived(entries, published, Replicates()) == ""
    told = survived(entries, published, table(np.linspace(-3, -2, 10)))
    assert "### Runs 11 to 20: 10 of 1 lessons" in told and "### Runs 21" not in told
    assert "**1 of 1 verdicts changed, 0 of 10 values (0.0%) fell inside.** That is not passed." in told
    assert "- `ann.gain`: *holds* became *does not hold*" in told and "`ann.gain` (10)" in told
    assert "they change 1 of 1 verdicts: `ann.gain` *cannot be said*, was *holds*." in told
    twice = survived(entries, published, table(np.linspace(2, 3, 20)))
    assert "### Runs 21 to 30: 10 of 1 lessons" in twice and twice.count("That is passed.") == 2
    assert "differ in 0.0 of 1 verdicts on average" in twice
    for run in published.runs.values():
        object.__setattr__(run, "code", "another")
    told = survived(entries, published, table(np.linspace(2, 3, 10)))
    assert "### Runs" not in told and "Without further runs of the same code so far: 05 ann" in told
