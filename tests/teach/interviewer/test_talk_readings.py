"""What single sentences say: rightly, in other words, in non-native English, denied, and gamed."""

import pytest
from said import AGAINST, SAID
from said_otherwise import OTHERWISE, VAGUE

from course_lib.contracts import ArgumentError
from course_lib.teach.interview.mock_texts import BRIEFS, KEYS
from course_lib.teach.interviewer.number_words import digits
from course_lib.teach.interviewer.propositions import flags, points, read
from course_lib.teach.interviewer.talk_score import heard
from course_lib.teach.interviewer.talk_text import plain
from course_lib.teach.interviewer.word_patterns import Way, Words, standard


@pytest.mark.parametrize(("phase", "brief", "sentence", "point", "said"), SAID)
def test_a_sentence_says_what_it_says(phase, brief, sentence, point, said):
    assert (point in heard(read({phase: sentence}, brief))) == said


@pytest.mark.parametrize(("phase", "brief", "point", "sentence"), OTHERWISE)
def test_the_same_in_other_words_is_heard(phase, brief, point, sentence):
    assert point in heard(read({phase: sentence}, brief))


@pytest.mark.parametrize(("phase", "point", "sentence"), VAGUE)
def test_vague_talk_is_not_taken_for_a_point(phase, point, sentence):
    assert point not in heard(read({phase: sentence}, "feed"))


@pytest.mark.parametrize(("phase", "sentence", "flag", "said"), AGAINST)
def test_what_counts_against_is_heard_and_its_denial_is_not(phase, sentence, flag, said):
    assert any(tick.id == flag for tick in read({phase: sentence}, "feed").flags) == said


def test_every_tick_keeps_the_words_it_rests_on():
    reading = read({phase: sentence for phase, brief, sentence, _, said in SAID if brief == "feed" and said}, "feed")
    assert reading.ticks
    for tick in reading.ticks.values():
        assert tick.words and all(words in plain(tick.sentence) for words in tick.words)


def test_what_is_said_a_second_time_counts_once():
    once = "At most two by one creator on a page."
    talk = read({"rank": f"{once} {once}"}, "feed").talks["rank"]
    assert [bool(s.idle) for s in talk.sentences] == [False, True]


def test_both_sides_of_a_contradiction_are_lost():
    said = {"rank": "At most two by one creator. The caps hold and no caps hold. The scores are calibrated and not "
                    "calibrated."}
    assert "slate" in read(said, "feed").ticks and "slate" not in heard(read(said, "feed"))


@pytest.mark.parametrize(("spoken", "written"), [
    ("ten thousand four "
     "hundred", "10400"), ("half a percent", "0.5 percent"), ("2k", "2000"), ("three million", "3000000"),
    ("one and a half million", "1500000"), ("twenty five", "25"), ("a hundred and fifty", "150"), ("one", "one"),
])
def test_spoken_numbers_are_written_in_digits(spoken, written):
    assert digits(spoken) == written


def test_a_way_needs_its_concepts_near_each_other_in_its_order_and_not_denied():
    words = Words({"a": ["first"], "b": ["second"]})
    assert Way("a >3 b", words).match("first comes second")
    assert not Way("a >3 b", words).match("second comes first") and Way("a +3 b", words).match("second comes first")
    assert not Way("a +2 b", words).match("first and much later there comes second")
    assert not Way("a +9 b", words).match("we do not need first or then second")
    assert not Way("a - b", words).match("first and second")


def test_a_pattern_that_is_none_is_refused_by_name():
    with pytest.raises(ArgumentError, match="concept 'torn'"):
        Words({"torn": ["(open"]})
    with pytest.raises(ArgumentError, match="names 'nothing'"):
        Way("guard + nothing", standard())


@pytest.mark.parametrize("brief", BRIEFS)
def test_the_patterns_cover_every_phase_and_name_only_what_there_is(brief):
    held = points(brief)
    assert {p.phase for p in held} == set(KEYS) and len({p.id for p in held}) == len(held)
    assert all(set(p.only_in) <= set(KEYS) for p in held)
    known = {p.id for name in BRIEFS for p in points(name)}
    assert all(set(flag.cancels) <= known and flag.phase in KEYS for flag in flags())
