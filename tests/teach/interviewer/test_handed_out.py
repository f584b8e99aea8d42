"""Reasons that were handed out to points: games that are right by half, and honest people in plain words.

The texts of half_right have one author, who had all files of patterns open. Fourteen were written before any score was
looked at. FIRST has the games' points before reasons in a speaker's own words were weighed. That told five of the eight
(one was told before); reasons that fit anything, and things that the brief does not have (test_empty_reasons), were
mended with these games in view. 09 and 10 are cousins of these, written before that mend. Of these ten, 08 was not
told: each of its reasons for another point holds a word of its own point.

BAITED has 08 and three cousins of it with what they had before that was mended. 11 to 13 were written before the mend
was, and before any of them was run: the bait stands behind the reason; the reason comes from another phase; there are
two words of bait. No limit was moved. Which kinds of reasons are told apart was chosen with their odds in view, though,
and in view of those of the honest ones.

PLAIN has the points of the honest ones at the first run; nothing was tuned on them but what short sentences may hold
(test_short_sentences), before which plain_03 had 11.0. The engine hears about half of what they say. 07 and 08 were
written with 11 to 13: they have a reason for nearly everything, most of them pictures.
"""

import functools
import statistics
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from attempts import STRONG
from test_crossed_wires import HELD as WIRES
from test_crossed_wires import OTHERS
from test_crossed_wires import STRONG as UNUSUAL
from test_second_fresh import of_kind as of_second

from course_lib.teach.interviewer import debrief, handed_out
from course_lib.teach.interviewer.given_reasons import given
from course_lib.teach.interviewer.handed_out import (
    DOUBT,
    FAR,
    HINTS_OWN,
    LEARNED,
    NEAR,
    NOTHING,
    OTHER,
    OTHER_FAR,
    OTHER_NEAR,
    SHARES,
    kinds,
)
from course_lib.teach.interviewer.propositions import listener_of, read
from course_lib.teach.interviewer.talk_score import HANDED, score
from course_lib.teach.interviewer.talk_text import Sentence, plain

FOLDER = Path(__file__).parent / "half_right"
HELD = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
FIRST = {"half_01_game": 42.5, "half_02_game": 67.7, "half_03_game": 86.6, "half_04_game": 77.7, "half_05_game": 67.4,
         "half_06_game": 84.0, "half_07_game": 80.1, "half_08_game": 85.4}
# Before that mend, by the words of today: "heap" and "remember" stand in the course ten times since two cards speak of
# them, so that this game's reasons have two foreign words fewer, and it has more points than at first.
GROWN = {"half_01_game": 52.8}
PLAIN = {"plain_01_strong": 62.8, "plain_02_strong": 52.8, "plain_03_strong": 46.7, "plain_04_strong": 67.2,
         "plain_05_middle": 33.4, "plain_06_middle": 38.7, "plain_07_strong": 63.6, "plain_08_strong": 62.5}
BAITED = {"half_08_game": 85.4, "half_11_game": 85.0, "half_12_game": 66.7, "half_13_game": 88.1}
GAMES = [name for name in HELD if HELD[name]["kind"] == "game"]
AFTER = ["half_09_game", "half_10_game"]


def test_every_text_is_told_of():
    assert set(HELD) == {*FIRST, *AFTER, *BAITED, *PLAIN} and set(GAMES) == {*FIRST, *AFTER, *BAITED}
    assert all(points_of(name).total <= (FIRST | GROWN)[name] + 0.1 for name in FIRST)


@functools.cache
def points_of(name):
    return score(read(HELD[name]["answers"], HELD[name]["brief"]))


@pytest.mark.parametrize("name", GAMES)
def test_no_game_that_is_half_right_stands_above_the_median_of_the_strong(name):
    assert points_of(name).total < statistics.median(of_second("strong"))


def test_what_the_games_with_bait_lose_they_lose_to_reasons_that_were_handed_out():
    median = statistics.median(of_second("strong"))
    for name, before in BAITED.items():
        off = points_of(name).off[HANDED]
        assert points_of(name).total + off == pytest.approx(before, abs=0.1) and before > median


@pytest.mark.parametrize("name", PLAIN)
def test_plain_words_lose_nothing_to_what_finds_the_games(name):
    assert HANDED not in points_of(name).off
    assert points_of(name).total == pytest.approx(PLAIN[name], abs=0.1)


def test_the_debrief_asks_about_reasons_that_fit_another_point():
    held = HELD["half_03_game"]
    done = debrief.make(read(held["answers"], "feed"), (), {}, 45)
    said = next(text for text in done.notice.says if "What has the one to do with the other?" in text)
    assert said.count("as the reason for") == 2
    assert not any("as the reason for" in text for text in debrief.make(read(STRONG, "feed"), (), {}, 45).notice.says)


def sentences_of(held):
    listener = listener_of(held["brief"])
    return [s for phase, text in held["answers"].items() for s in listener.hear(text, phase).sentences]


def log_odds(said):
    return handed_out.odds(Counter(kind for _, kind in kinds(said)))


def test_no_honest_person_comes_near_to_where_it_begins_to_cost():
    people = [*OTHERS.values(), *(sentences_of(WIRES[name]) for name in UNUSUAL)]
    assert len(people) > 60 and max(map(log_odds, people)) < DOUBT - 1


def counted(held):
    """Kinds of reasons, of (phase, reason, point's things) each."""
    return Counter(handed_out._kind(reason, at, [other for p, _, other in held if p == phase],
                                    [other for p, _, other in held if p != phase]) for phase, reason, at in held)


def three_ways(said):
    """Kinds of one person's reasons: as given; each handed to the next point of its phase; handed to each of the points
    from two places on."""
    held = [(phase, reason, at) for phase in dict.fromkeys(s.phase for s in said)
            for reason in given([s for s in said if s.phase == phase]) if (at := handed_out._point(reason))]
    moved, away = [], Counter()
    for phase in dict.fromkeys(phase for phase, _, _ in held):
        here = [one for one in held if one[0] == phase]
        moved += [(phase, reason._replace(reason=other.reason), at) for (_, reason, at), (_, other, _)
                  in zip(here, here[1:] + here[:1], strict=True) if len(here) > 1]
    for by in range(2, len(held) - 1):
        away += counted([(phase, reason._replace(reason=held[(k + by) % len(held)][1].reason), at)
                         for k, (phase, reason, at) in enumerate(held)])
    return counted(held), counted(moved), away


@functools.cache
def of_others():
    return {name: three_ways(said) for name, said in OTHERS.items()}


def shares_without(left_out=None):
    """Kind -> its share in each of the three ways, among all of other people's transcripts but one."""
    totals = [sum((ways[k] for name, ways in of_others().items() if name != left_out), Counter()) for k in range(3)]
    sizes = [sum(total[kind] + 1 for kind in SHARES) for total in totals]
    return {kind: tuple((total[kind] + 1) / n for total, n in zip(totals, sizes, strict=True)) for kind in SHARES}


def test_the_shares_of_each_kind_are_those_of_other_peoples_transcripts():
    found = shares_without()
    assert sum(sum(ways[0][kind] for kind in SHARES) for ways in of_others().values()) > 150
    assert {kind: pytest.approx(shares, abs=0.001) for kind, shares in SHARES.items()} == found


def test_whoever_is_left_out_of_the_shares_is_not_doubted_either():
    """The nearest has odds of 11 to 1, and begins to lose at 20."""
    assert max(handed_out.odds(ways[0], shares_without(name)) for name, ways in of_others().items()) < DOUBT - 0.5


POINTS = ("The index is held twice, because both copies are in memory. "
          "The peak is 10,417 requests a second, because people open the app in the evening. ")


@pytest.mark.parametrize(("sentence", "kind"), [
    ("We cannot score all of them, because exact search takes too long.", LEARNED),
    ("We cannot score all of them, because millions against the budget is hopeless.", HINTS_OWN),
    ("We cannot score all of them, because hardware follows the worst moment of all.", NEAR),
    ("We cannot score all of them, because my grandmother said so.", NOTHING),
    ("We cannot score all of them, because clicks alone can mislead.", OTHER),
    ("We cannot score all of them, because people open the app in the evening.", OTHER_NEAR),
    ("We cannot score all of them, because hardware is for millions.", NEAR),
    ("We cannot score all of them, because my grandmother had millions.", HINTS_OWN),
])
def test_a_reason_fits_its_point_or_another_of_the_speakers_better(sentence, kind):
    said = [Sentence(text, plain(text), "scale") for text in (*POINTS.strip().split(". "), sentence)]
    assert kinds(said)[-1][1] == kind


def test_a_reason_that_fits_a_point_of_another_phase_is_told_from_one_that_fits_none():
    said = [Sentence(text, plain(text), phase) for phase, text in (
        ("scale", "The peak is 10,417 requests a second, because people open the app in the evening."),
        ("data", "One slot in a hundred is random, since hardware follows the worst hour."))]
    assert [kind for _, kind in kinds(said)] == [LEARNED, FAR]


def test_a_known_reason_for_a_point_of_another_phase_is_told_as_such():
    said = [Sentence(text, plain(text), phase) for phase, text in (
        ("scale", "The peak is 10,417 requests a second, because machines are bought for it."),
        ("data", "One slot in a hundred is random, since people open the app in the evening."))]
    assert kinds(said)[-1][1] == OTHER_FAR


def test_phrases_learned_by_heart_and_words_that_can_be_put_in_show_nothing_for_or_against():
    assert handed_out.odds(Counter({LEARNED: 40, HINTS_OWN: 40})) == handed_out.odds(Counter()) == 0
