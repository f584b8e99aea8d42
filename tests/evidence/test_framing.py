import pytest

from course_lib.evidence.framing import WORDS_A_MINUTE, frame_feed, framing_problems

GOOD = "We decide which films to show. The objective is retention. Complaints must not rise."


def test_a_full_framing_has_no_problem():
    assert framing_problems(frame_feed()) == () and framing_problems(GOOD) == ()


@pytest.mark.parametrize("text, problem", [
    ("A two-tower model. " + GOOD, "a component (two-tower) comes before the objective"),
    (GOOD.replace(" Complaints must not rise.", ""), "no guardrail is named"),
    (GOOD.replace("We decide which films to show. ", ""), "no decision is named"),
    (GOOD + " word" * WORDS_A_MINUTE, f"over a minute: more than {WORDS_A_MINUTE} words"),
])
def test_each_omission_is_named_alone(text, problem):
    assert framing_problems(text) == (problem,)


def test_a_component_after_the_objective_is_welcome():
    assert framing_problems(GOOD + " So a two-tower model retrieves.") == ()


def test_an_empty_answer_names_all_three_parts():
    assert len(framing_problems("")) == 3
