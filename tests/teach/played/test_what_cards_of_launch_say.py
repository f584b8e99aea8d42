"""The decisions and the refereed measurement of the launch lesson say in words what playing and measuring them says."""

import numpy as np

from course_lib.teach.cards.launch import mornings, plans, silent_faults
from course_lib.teach.cards.launch.asked_of_launch import QUIZZES

BEST = mornings.MORNING.policies["mitigate, keep evidence"]


def worth(decision, choice):
    return np.array([decision.play(choice, seed) for seed in decision.seeds])


def clearly_lost(decision, best, choice):
    lost = worth(decision, best) - worth(decision, choice)
    return lost.mean() > 1.0 and lost.mean() > 2.8 * lost.std(ddof=1) / np.sqrt(len(lost))


def test_what_costs_clearly_on_a_morning_is_told_what_spoke_against_it():
    assert mornings.against(BEST).startswith("act above 3%")          # what its own alarm costs, and no more
    assert mornings.against(BEST | {"act above": 4}) == ""
    for part, values in {"first": ["keep serving", "old system for all"], "act above": [0, 1, 5, 6, 8, 10],
                         "give up after": [0, 1, 3, 5, 25, 28]}.items():
        for value in values:
            if clearly_lost(mornings.MORNING, BEST, BEST | {part: value}):
                assert len(mornings.against(BEST | {part: value})) > 20, (part, value)


def test_no_morning_of_a_grid_is_worth_clearly_more_than_the_best_named_one():
    top = worth(mornings.MORNING, BEST).mean()
    for first in mornings.MORNING.choice.parts["first"].means:
        for act in (0, 2, 4):
            for give_up in (5, 14, 28):
                choice = {"first": first, "act above": act, "give up after": give_up}
                assert worth(mornings.MORNING, choice).mean() < top + 1.0, choice


def test_every_part_of_a_plan_that_a_learner_may_choose_reaches_the_plan():
    base = plans.PLAN.policies["all guardrails, two weeks"]
    held = plans.plan_of(base)
    assert held.length == 14 and held.must_win and held.must_prove and held.second_week and len(held.steps) == 3
    other = plans.plan_of(base | {"ships if": "proved", "days": 9, "steps": "half at once", "second week": "not asked"})
    assert other.length == 9 and other.must_prove and not other.must_win and not other.second_week
    lost = plans.plan_of(base | {"ships if": "not lost", "days": 5})
    assert not lost.must_prove and lost.length == 5 and lost.steps[-1] == (0.5, 1)
    assert held.doubts_from is None and plans.plan_of(base | {"out when in doubt": "from day 8"}).doubts_from == 8


def test_each_seed_has_launches_of_its_own_and_together_they_are_all():
    held = [set(plans._part(seed)[1].index) for seed in plans.PLAN.seeds]
    assert len(held) == plans.PARTS and sum(map(len, held)) == len(set.union(*held)) >= 22


def test_the_published_verdict_comes_from_leaving_silent_faults_out():
    days = silent_faults.found_on()
    assert np.isnan(days).mean() > 0.2
    assert silent_faults.measure(silent_faults.of_those_found).value.low > 0.5
    assert silent_faults.measure(silent_faults.of_all).value.value < 0.5


def test_answers_do_not_stand_at_one_place():
    places = [list(quiz.choices).index(quiz.answer) for quiz in QUIZZES]
    assert len(set(places)) > 1 and len(QUIZZES) == 6
