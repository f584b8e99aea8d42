"""Reasons that would fit any point, and things that the brief does not have."""

import re
import tomllib
from pathlib import Path

import pytest

from course_lib.teach.interview.mock_texts import BRIEFS
from course_lib.teach.interviewer.coherence import EMPTY, LIMITS, NOT_THERE, _not_in
from course_lib.teach.interviewer.empty_reasons import empty_reasons, is_empty
from course_lib.teach.interviewer.given_reasons import given
from course_lib.teach.interviewer.phrases import as_regex, load
from course_lib.teach.interviewer.talk_text import Sentence, parts, plain

HERE = Path(__file__).parent
KINDS = ("strong", "middle", "middling", "other_words", "non_native")
PATHS = [path for folder in ("transcripts", "fresh", "fresh_second", "half_right", "crossed_wires")
         for path in sorted((HERE / folder).glob("*.toml")) if path.stem.endswith(KINDS)]
PEOPLE = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in PATHS}


def sentences_of(held):
    return [Sentence(said, plain(said), phase) for phase, text in held["answers"].items() for said in parts(text)]


def absent_share(held):
    said = sentences_of(held)
    return sum(bool(_not_in(held["brief"]).search(s.text)) for s in said) / len(said)


@pytest.mark.parametrize(("sentence", "empty"), [
    ("We compute the power beforehand, since planning pays off.", True),
    ("The index is held twice, because a good design is worth the effort.", True),
    ("We split by person, since that is the standard way of doing it.", True),
    ("We split by person, since somebody who gets both pages mixes their effects.", False),
    ("The index is held twice, because both copies are in memory.", False),
    ("We log the propensity, because our grandmother kept a diary.", False),
    ("We log the propensity, so I do that.", False),
])
def test_a_reason_that_would_fit_any_point_is_told_from_one_that_says_something(sentence, empty):
    assert [is_empty(reason) for reason in given([Sentence(sentence, plain(sentence))])] == [empty]


def test_honest_people_have_few_such_reasons_and_seldom_speak_of_what_the_brief_does_not_have():
    assert len(PEOPLE) > 60
    assert max(empty_reasons(sentences_of(held)) for held in PEOPLE.values()) < LIMITS[EMPTY][0]
    assert max(map(absent_share, PEOPLE.values())) < LIMITS[NOT_THERE][0] - 0.04


def test_whoever_answers_another_brief_is_told():
    for name in ("half_05_game", "half_10_game"):
        held = tomllib.loads((HERE / "half_right" / f"{name}.toml").read_text(encoding="utf-8"))
        assert absent_share(held) > LIMITS[NOT_THERE][0] * 2


def test_what_a_brief_does_not_have_is_not_what_it_says_of_itself():
    assert set(load("absent")) == set(BRIEFS)
    for name, phrases in load("absent").items():
        found = re.search("|".join(map(as_regex, phrases)), plain(BRIEFS[name].says))
        assert found is None, found
