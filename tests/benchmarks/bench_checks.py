"""Seconds of work that a check takes, known mistakes included: the slowest fifteen. None should take more than 1.5.

Then those that all plays of a decision take together, of which none should take more than 15.
"""

import time

import numpy as np

from course_lib.teach import cards
from course_lib.teach.checking.check import check
from course_lib.teach.played.playing import play_out
from course_lib.world import feed, marketplace, policies

MAKERS = {"feed": feed, "marketplace": marketplace, "policies": policies}


def far_off(*args, **kwargs):
    """Answered at once, and near to nothing: every rule and every question is tried."""
    return np.full((3, 2), 0.123)


def slightly_off(reference):
    """The right answers, a little further off each: not a factor, not a shift."""
    def fn(*args, **kwargs):
        answer = reference(*args, **kwargs)
        try:
            return answer * 1.01 + 0.0137 * len(args)
        except TypeError:
            return "something else"
    return fn


def answers(card):
    return {"the reference": card.reference, "the alternative": card.alternative, "far off": far_off,
            "slightly off": slightly_off(card.reference)} | {mistake.name: mistake.wrong for mistake in card.mistakes}


def seconds_of_work(card, fn) -> float:
    before = time.process_time()
    check(card, fn)
    return time.process_time() - before


def seconds_of_plays(decision) -> float:
    before = time.process_time()
    play_out(decision, decision.policies[decision.until_chosen], {name: MAKERS[name] for name in decision.needs})
    return time.process_time() - before


if __name__ == "__main__":
    rows = [(seconds_of_work(card, fn), card.id, name)
            for card in cards.all_cards() for name, fn in answers(card).items()]
    for seconds, card_id, name in sorted(rows, reverse=True)[:15]:
        print(f"{seconds:.2f} s  {card_id:5}  {name}")
    print(f"median {np.median([row[0] for row in rows]):.2f} s of {len(rows)} checks")
    every = [held for lesson in cards.lessons() for held in cards.exercises_of(lesson)]
    for decision in (held for held in every if hasattr(held, "play")):
        print(f"{seconds_of_plays(decision):.2f} s  {decision.id:5}  all plays of the decision")
