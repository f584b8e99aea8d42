"""Constraints that change: how many, in which phases, in an order that repeats, each with a question after it."""

import pytest

from course_lib.contracts import ArgumentError
from course_lib.teach.interview.mock_texts import BRIEFS, KEYS
from course_lib.teach.interviewer import follow_ups
from course_lib.teach.interviewer.changed_constraints import QUARTERS, how_many, planned
from course_lib.teach.interviewer.interview_run import Interview

ALL = {(name, held.id): held for name in BRIEFS for key in KEYS for held in follow_ups.changes(key, name)}
SAID = {        # title: an answer to the change, an answer to what is asked next
    "revenue this quarter": (
        "I would write down how many returning readers we are ready to lose per euro. The limits on reports stay. "
        "What we earn this quarter we pay for next year in people who left.",
        "The product lead signs it and takes it back once reports rise by two percent."),
    "the budget halves": (
        "I rank 150 candidates instead of 300, and popular pages come from the cache.",
        "Recall of what people later read; the retrieval team looks at it every day."),
    "no personal features": (
        "The model reads only the context of this visit. I would test what that costs us in recall.",
        "The random slots, for positions and for counts by story, since nobody is named in those."),
    "the inventory turns over daily": (
        "The item tower reads text and picture, and the index takes up new items within minutes.",
        "A few slots explore new stories, placed by what their text says."),
    "somebody games it": (
        "I cap each seller, and rank on kept purchases, which are harder to fake than clicks.",
        "They can appeal, and a person reviews it by hand; wrong ones are put back the same day."),
    "a tenth of the traffic": (
        "A test takes longer, since the power is smaller, and CUPED reduces the variance.",
        "Small changes go untested or are bundled; the ranking lead decides by expected gain."),
    "a holiday": (
        "I freeze the ramp because that week is not like the others. The cached list is the fallback.",
        "One full week after the holiday is over, if reports stay inside one percent."),
    "half the team": (
        "The re-ranker's second model goes first. Monitoring and the fallback stay to the last.",
        "The on-call of ranking is paged, and people get the cached list."),
    "three times the catalogue": (
        "We use product quantization with shorter codes, and three times the shards. What that loses in recall is "
        "measured.",
        "Memory of the machines: at 80 percent busy the slowest requests miss 50 ms, and an alert on that rings."),
    "stories by machines": (
        "Each source gets a limit, new accounts fewer places. Near duplicates are clustered and only one is shown.",
        "By retention: readers who see them still come back next month, because they were good. Then they stay."),
    "an answer within a week": (
        "We need an early metric that predicted retention in past tests. A holdback keeps running and is read again.",
        "Novelty: in the first week people are only curious."),
    "only within the region": (
        "The region is a filter inside the search. Where few items pass, brute force over those is exact.",
        "All forty are ranked exactly, and the page is filled from the next region where that is allowed."),
    "a promise to new sellers": (
        "Two slots are reserved for new sellers, spread over the week. They are shown to buyers for whom they may "
        "be relevant.",
        "We verify accounts: one payment account gets the promise once, because otherwise it is a subsidy for fraud."),
    "returns are free": (
        "A purchase counts as a positive only once it was kept. So we wait for a longer window until returns settle.",
        "On old data with the return rate scaled up, since returns under the new rule have a window that is open."),
}
EMPTY = ("We would ask the lawyers about that.", "Nothing changes, as the design still works.",
         "We continuously improve it with the right stakeholders.")


@pytest.mark.parametrize("name", BRIEFS)
def test_a_brief_has_changes_of_its_own_and_one_for_every_phase(name):
    assert all(follow_ups.changes(key, name) for key in KEYS)
    others = {title for brief, title in ALL if brief != name}
    assert len({title for brief, title in ALL if brief == name} - others) >= 2


@pytest.mark.parametrize("name", BRIEFS)
def test_one_change_comes_in_each_quarter_and_the_order_can_be_repeated(name):
    for seed in range(20):
        plan = planned(name, 45, seed)
        assert len(plan) == 4 and plan == planned(name, 45, seed)
        assert [sum(key in phases for key in plan) for phases in QUARTERS] == [1] * 4
        after = planned(name, 45, seed + 1)
        assert not {q.id for q in plan.values()} & {q.id for q in after.values()}
    met = {question.id for seed in range(12) for question in planned(name, 45, seed).values()}
    assert met == {title for brief, title in ALL if brief == name}


def test_the_four_changes_that_the_interview_is_asked_for_are_among_them():
    for name in BRIEFS:
        assert {"the budget halves", "the inventory turns over daily", "no personal features", "somebody games it"} <= {
            title for brief, title in ALL if brief == name}


def test_less_time_has_fewer_changes_and_keeps_the_one_half_way():
    assert [how_many(minutes) for minutes in (1, 12, 23, 34, 45, 90)] == [1, 1, 2, 3, 4, 4]
    assert list(planned("feed", 10, 0)) == ["retrieve"] and list(planned("feed", 10, 1)) == ["data"]


@pytest.mark.parametrize("key", ALL, ids=lambda key: " ".join(key))
def test_an_answer_that_changes_in_named_ways_survives_and_an_empty_one_does_not(key):
    question, (said, after) = ALL[key], SAID[key[1]]
    assert follow_ups.judge(question, said).share == 1, follow_ups.judge(question, said)
    assert follow_ups.judge(question.then[0], after).share == 1, follow_ups.judge(question.then[0], after)
    for empty in EMPTY:
        assert follow_ups.judge(question, empty).share < 1
        assert follow_ups.judge(question.then[0], empty).share == 0, empty


def test_another_change_s_answer_seldom_passes():
    """The named ways are those of one change: of the other answers, most are refused."""
    passed = [key for key, question in ALL.items() for title, (said, _) in SAID.items()
              if title != key[1] and follow_ups.judge(question, said).share == 1]
    assert len(passed) / (len(ALL) * (len(SAID) - 1)) < 0.15, passed


def test_every_change_of_an_interview_is_asked_with_its_own_question_after_it():
    run, asked = Interview("marketplace", seed=1), []
    while run.phase is not None:
        if run.asked_back is None:
            run.say("We do something about that, since it has to be done.")
        elif run.asked_back.kind in ("change", "then"):
            asked.append((run.phase.key, run.asked_back.kind, run.asked_back.id))
            run.say("I would have to think about that first.")
        else:
            run.skip()
    plan = planned("marketplace", 45, 1)
    wanted = [(key, kind, plan[key].id + tail) for key in KEYS if key in plan
              for kind, tail in (("change", ""), ("then", ", then"))]
    assert asked == wanted and len(run.replies) >= 8


def test_a_change_that_is_skipped_is_not_followed_up():
    run, kinds = Interview("feed", seed=0), []
    while run.phase is not None:
        kinds += [run.asked_back.kind] if run.asked_back else []
        run.skip() if run.asked_back else run.say("We do something about that, since it has to be done.")
    assert kinds.count("change") == 4 and "then" not in kinds


def test_an_unknown_brief_has_no_plan():
    with pytest.raises(ArgumentError, match="brief"):
        planned("shop")
