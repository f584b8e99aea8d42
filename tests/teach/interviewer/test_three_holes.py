"""Strong answers with one number wrong, one stage without an owner and no word on day 7, in six wordings of both
briefs: each is asked exactly these three things."""

import tomllib
from pathlib import Path

import pytest

from course_lib.teach.interviewer import follow_ups
from course_lib.teach.interviewer.interview_run import Interview
from course_lib.teach.interviewer.propositions import read

CASES = tomllib.loads((Path(__file__).parent / "three_holes.toml").read_text(encoding="utf-8"))["case"]
HOLES = ("number", "owner", "day7")


def with_holes(case, *holes):
    """The answers with these of its three holes."""
    answers = dict(case["answers"])
    for hole in holes:
        there, instead = case[hole]
        phase = next(key for key, text in answers.items() if there in text)
        answers[phase] = answers[phase].replace(there, instead)
    return answers


def asked(case, *holes):
    questions = follow_ups.questions(read(with_holes(case, *holes), case["brief"]))
    return [(q.kind, q.id) for q in questions]


def expected(case):
    return {"number": ("number", case["about"]), "owner": ("owner", "owner"), "day7": ("gap", "day7")}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_nothing_is_asked_where_nothing_is_missing(case):
    assert asked(case) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_three_holes_are_asked_for_and_nothing_else(case):
    assert sorted(asked(case, *HOLES)) == sorted(expected(case).values())
    owner = next(q for q in follow_ups.questions(read(with_holes(case, *HOLES), case["brief"])) if q.kind == "owner")
    assert f"And {case['stage']}:" in owner.text


@pytest.mark.parametrize("hole", HOLES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_one_hole_is_asked_for_alone(case, hole):
    assert asked(case, hole) == [expected(case)[hole]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_in_a_whole_interview_they_are_the_only_gaps(case):
    answers, back = with_holes(case, *HOLES), []
    run = Interview(case["brief"], 45, now=lambda: 0.0)
    while run.phase is not None:
        if run.asked_back is None:
            run.say(answers[run.phase.key])
        else:
            back.append(run.asked_back)
            run.say("I would have to think about that first.")
    of_the_answer = [(q.kind, q.id) for q in back if q.kind not in ("too_strong", "change", "then")]
    assert sorted(of_the_answer) == sorted(expected(case).values())
