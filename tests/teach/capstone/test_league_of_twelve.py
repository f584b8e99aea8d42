"""The league that is stored beside its twelve: played by these texts and this code, and it says what it must."""

import json

import pytest

from course_lib.teach.capstone.league_command import read_folder
from course_lib.teach.capstone.run_of_play import RIVALS, playing_code, rivals
from course_lib.teach.lessons import ROOT

TWELVE = ROOT / "tests" / "benchmarks" / "league_of_twelve"
OVERFITTED = {"copies_the_log", "tuned_on_the_log"}
MINUTES = 10


@pytest.fixture(scope="module")
def stored():
    return json.loads((TWELVE / "played.json").read_text(encoding="utf-8"))


def test_all_twelve_can_be_read_and_are_what_was_played(stored):
    twelve, left_out = read_folder(TWELVE)
    assert len(twelve) == 12 and not left_out
    again = f"Play it again, where nothing else runs: {stored['command']}"
    assert stored["digests"] == {one.name: one.digest for one in [*rivals(), *twelve]}, again
    assert stored["code"] == playing_code(), again


def test_three_draws_of_worlds_give_the_same_order_up_to_ties_in_time(stored):
    assert len(stored["draws"]) >= 3 and not stored["agreement"]["against"]
    assert stored["agreement"]["alike"] > stored["agreement"]["tied in one"]
    assert all(draw["seconds"] < 60 * MINUTES for draw in stored["draws"])


def test_the_hostile_one_alone_is_out_and_nobody_beats_the_oracle(stored):
    for draw in stored["draws"]:
        table = {row["name"]: row for row in draw["table"]}
        assert len(table) == 12 + len(RIVALS)
        assert {name for name, row in table.items() if row["failed"]} == {"hostile"}
        assert max(row["lift"][0] for row in table.values() if not row["failed"]) < draw["oracle"]


@pytest.mark.parametrize("name", sorted(OVERFITTED))
def test_who_learnt_the_log_by_heart_is_named_as_fooled_by_it_in_each_draw(stored, name):
    """Six worlds a draw tell it each time. With four, one of the two was named in all three draws, the other in two."""
    rows = [row for draw in stored["draws"] for row in draw["table"] if row["name"] == name]
    assert len(rows) == len(stored["draws"]) and all("log" in row["fooled"] for row in rows)


def test_a_draw_of_the_stored_league_has_six_worlds(stored):
    assert [draw["worlds"] for draw in stored["draws"]] == [6] * len(stored["draws"])
