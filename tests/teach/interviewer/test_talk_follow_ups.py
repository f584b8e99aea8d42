"""What is asked back, and whether a reply answers it."""

import tomllib
from pathlib import Path

import pytest
from attempts import STRONG, THREE_HOLES

from course_lib.contracts import ArgumentError
from course_lib.teach import progress
from course_lib.teach.interview.mock_texts import BRIEFS, KEYS
from course_lib.teach.interviewer import follow_ups
from course_lib.teach.interviewer.interview_command import own_measurements
from course_lib.teach.interviewer.interview_run import Interview
from course_lib.teach.interviewer.propositions import points, read


def whole(answers, name):
    """What would be asked back on a whole answer, the most pressing first."""
    return follow_ups.questions(read(answers, name))


@pytest.mark.parametrize("brief", BRIEFS)
@pytest.mark.parametrize("phase", KEYS)
def test_each_phase_has_three_questions_back_of_three_kinds(brief, phase):
    gaps = [p for p in points(brief) if p.phase == phase and p.ask]
    assert gaps and follow_ups.too_strong(phase, brief) and follow_ups.changes(phase, brief)
    assert all(len(change.changes) >= change.need >= 2 for change in follow_ups.changes(phase, brief))


def test_a_strong_answer_is_asked_nothing_back():
    assert whole(STRONG, "feed") == []


def test_three_holes_are_asked_for_and_nothing_else():
    asked = whole(THREE_HOLES, "feed")
    assert [(q.kind, q.phase, q.id) for q in asked] == [
        ("number", "scale", "rate the peak"), ("owner", "retrieve", "owner"), ("gap", "launch", "day7")]
    assert "off by 3.0×" in asked[0].text and "retrieval" in asked[1].text


VOICE = tomllib.loads((Path(__file__).parent / "voices" / "three_holes.toml").read_text(encoding="utf-8"))["answers"]
OWN_WORDS = VOICE | {"frame": VOICE["frame"].replace("That is too slow to train on",        # stands in the reference
                                                     "A month is more than we can wait for")}


@pytest.mark.parametrize(("answers", "stage"), [(THREE_HOLES, "retrieve"), (OWN_WORDS, "rank")])
def test_in_a_whole_interview_three_holes_are_all_that_is_asked_about_gaps(answers, stage):
    """Everybody hears the rest: a question that tries what was said in each phase where nothing is missing, four
    changes of constraint and a question after each."""
    run, asked = Interview("feed", 45, now=lambda: 0.0), []
    while run.phase is not None:
        if run.asked_back is None:
            run.say(answers[run.phase.key])
        else:
            asked.append(run.asked_back)
            run.say("I would have to think about that first.")
    everybody = [q for q in asked if q.kind in ("too_strong", "change", "then")]
    assert [(q.kind, q.phase, q.id) for q in asked if q not in everybody] == [
        ("number", "scale", "rate the peak"), ("owner", stage, "owner"), ("gap", "launch", "day7")]
    assert [q.kind for q in everybody].count("change") == [q.kind for q in everybody].count("then") == 4
    assert [q.phase for q in everybody if q.kind == "too_strong"] == [
        key for key in KEYS if key not in ("scale", "launch")]


def number():
    return whole(THREE_HOLES, "feed")[0]


def budget():
    said = {"scale": "The whole request may take 50 ms. Retrieval has 40 ms, ranking has 30 ms."}
    return next(q for q in whole(said, "feed") if q.number is not None and q.number.kind == "budget")


@pytest.mark.parametrize(("question", "reply", "share"), [
    (number, "I used the peak twice. It is 10,400 requests a second.", 1),
    (number, "It is 31,000 requests a second, I am sure.", 0),
    (number, "Not 31,000; it is 3,500 on average, so 10,400 requests a second at the peak.", 1),
    (number, "Either 10,400 or 31,000 requests a second.", 0),
    (number, "It is 10,400 requests a second or 31,000 requests a second.", 0),
    (number, "It is 10,400 requests a second. It is 31,000 requests a second.", 0),
    (budget, "It is 5 ms.", 0),
    (budget, "The whole is 50 ms.", 0),
    (budget, "Retrieval keeps 30 ms and ranking has 20 ms.", 1),
    (budget, "Retrieval keeps 40 ms and ranking has 20 ms.", 0),
    (number, "Let me think about it.", 0),
    (lambda: whole(THREE_HOLES, "feed")[1], "Retrieval owns what was never found, and its on-call is paged.", 1),
    (lambda: whole(THREE_HOLES, "feed")[2], "The model now trains on its own slates after a week.", 1),
    (lambda: whole(THREE_HOLES, "feed")[2], "Nothing much has changed, I think.", 0),
])
def test_a_reply_answers_or_does_not(question, reply, share):
    assert follow_ups.judge(question(), reply).share == share


@pytest.mark.parametrize(("phase", "right", "wrong"), [
    ("scale", "I would rank 150 candidates instead of 300 and cut the features. Popular pages come from the cache, and "
     "the recall that we lose is measured.", "We would optimise the code until it fits."),
    ("retrieve", "Ids are worth nothing then, so the item tower reads text and picture, and the index takes up new "
                 "items "
     "within minutes. I retrain every night.", "Nothing changes, as the two-tower still works."),
    ("data", "The user tower reads only this visit and the context. I expect to lose recall and measure how much. "
             "The old "
     "logs are purged.", "We would ask the lawyers about that."),
    ("rank", "I cap each seller, and rank on kept purchases, which are harder to fake than clicks. Somebody watches "
     "reports by seller.", "We would wait and see what they do."),
])
def test_after_a_changed_constraint_the_answer_has_to_change_in_named_ways(phase, right, wrong):
    for brief in BRIEFS:
        question = follow_ups.changes(phase, brief)[0]
        assert follow_ups.judge(question, right).share == 1
        failed = follow_ups.judge(question, wrong)
        assert failed.share < 1 and failed.missing


def test_a_claim_without_exception_is_held_against_the_learners_own_measurement():
    said = {"retrieve": "The index always finds the best ones in time."}
    progress.record("measured", "negatives.suppress", "holds", value=0.42, on="world")
    own = own_measurements()
    asked = [q for q in follow_ups.questions(read(said, "feed"), "retrieve", own) if q.id == "overclaim"]
    assert [q.kind for q in asked] == ["measured"] and "0.42 (world)" in asked[0].text
    without = [q for q in follow_ups.questions(read(said, "feed"), "retrieve") if q.id == "overclaim"]
    assert without[0].kind == "against" and "always finds" in without[0].text


def test_a_reply_that_repeats_the_fault_does_not_answer():
    asked = follow_ups.questions(read({"frame": "We maximise clicks with no constraint."}, "feed"), "frame")
    against = [question for question in asked if question.kind == "against"]
    assert against
    for question in against:
        assert follow_ups.judge(question, "The objective is CTR, because we have labels for it.").share == 0


@pytest.mark.parametrize("asked", [follow_ups.changes, follow_ups.too_strong])
def test_an_unknown_brief_is_refused(asked):
    with pytest.raises(ArgumentError, match="brief"):
        asked("frame", "shop")
