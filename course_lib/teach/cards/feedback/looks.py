"""Exercises 2.1 and 2.2: who looked, and what silence means."""

import numpy as np

from course_lib.data.labels import (
    relative_examination,
    seen_given_ignored,
)
from course_lib.teach.definitions.card import Card, Case, Mistake


# --- 2.1 -----------------------------------------------------------------------------------------------------------
def _look_cases(rng):
    cases = []
    for size, deep in ((40, 3), (90, 5)):
        position = np.concatenate([np.arange(1, deep + 1), [1, 1], rng.integers(1, deep + 1, size)])
        click = np.concatenate([np.zeros(deep, int), [1, 1], (rng.random(size) < 0.5).astype(int)])
        cases.append(Case(f"{deep} positions", (position, click, deep)))
    return cases


def _look_loop(position, click, n_positions):
    rate = [np.mean([c for p, c in zip(position, click, strict=True) if p == k]) for k in range(1, n_positions + 1)]
    return np.array(rate) / rate[0]


def _clicks_not_rates(position, click, n_positions):
    clicked = np.bincount(np.asarray(position) - 1, click, n_positions)
    return clicked / clicked[0]


def _rates_not_relative(position, click, n_positions):
    slot = np.asarray(position) - 1
    return np.bincount(slot, click, n_positions) / np.bincount(slot, minlength=n_positions)


def _relative_to_mean(position, click, n_positions):
    return _rates_not_relative(position, click, n_positions) / np.mean(click)


def _relative_to_above(position, click, n_positions):
    rate = _rates_not_relative(position, click, n_positions)
    return rate / np.concatenate([rate[:1], rate[:-1]])


LOOK = Card(
    id="feedback.1", title="Who looked? The examination curve", minutes=6, difficulty=2, used_in=("{{ranker}}", "{{metric_stack}}",),
    task="Items stand at random positions, so that no position holds better items than another. Say how likely each position is "
         "to be looked at, relative to the first.",
    shapes="`position` int [E], from 1; `click` 0/1 [E]; `n_positions` int; returns float [n_positions], the first is 1.",
    why="With random items, click rate = P(looked at) × the same average appeal at every position. Dividing by the first position "
        "cancels the appeal. In a log whose ranker put better items on top the appeal does not cancel, and the same "
        "division measures the ranker.",
    reference=relative_examination, alternative=_look_loop, cases=_look_cases,
    by_hand=(Case("half of two at the top, one of four below",
                  (np.array([1, 1, 2, 2, 2, 2]), np.array([1, 0, 1, 0, 0, 0]), 2), expected=np.array([1.0, 0.5])),),
    mistakes=(
        Mistake("clicks, not rates", _clicks_not_rates,
                "You compare clicks. Positions are not shown equally often: divide each by its showings first."),
        Mistake("not relative", _rates_not_relative,
                "These are click rates. Divide by the rate at position 1: what is left is the looking."),
        Mistake("relative to the average", _relative_to_mean,
                "You divide by the overall click rate. The first position is the yardstick, so that its value is 1."),
        Mistake("relative to the one above", _relative_to_above,
                "You divide each rate by that of the position above. All are compared with the first."),
    ),
    hints=("What differs between positions if the items on them do not?",
           "A click rate for each position, then one division.",
           "`np.bincount(position - 1, weights=click, minlength=n_positions)` gives the clicks; the same without weights, the showings."),
)


# --- 2.2 -----------------------------------------------------------------------------------------------------------
def _bayes_cases(rng):
    out = []
    for n in (3, 6):
        look = rng.uniform(0.2, 0.95, n).round(2)
        out.append(Case(f"{n} positions", (look, (look * rng.uniform(0.05, 0.6, n)).round(3))))
    return out


BAYES = Card(
    id="feedback.2", title="Ignored: seen, or never looked at?", minutes=7, difficulty=3, used_in=("{{negatives}}", "{{ranker}}",),
    task="A position is looked at with probability e and clicked with probability c. Given that it was *not* clicked: how likely is it "
         "that somebody looked?",
    shapes="`examination`, `click_rate` float [K], c ≤ e; returns float [K].",
    why="Bayes: looked and did not click has probability e − c; not clicked, 1 − c. Where few look, almost everything that "
        "was ignored was never seen, and a model that takes that for dislike learns the layout of the page.",
    reference=seen_given_ignored, cases=_bayes_cases,
    alternative=lambda examination, click_rate: np.array(
        [(e * (1 - c / e)) / (e * (1 - c / e) + (1 - e)) for e, c in zip(examination, click_rate, strict=True)]),
    by_hand=(Case("half look, a tenth click: of 90 silences, 40 looked", (np.array([0.5]), np.array([0.1])),
                  expected=np.array([4 / 9])),
             Case("everybody looks", (np.array([1.0]), np.array([0.3])), expected=np.array([1.0]))),
    mistakes=(
        Mistake("the prior", lambda e, c: e + 0.0 * c,
                "You give P(looked) before anything is known. Silence is evidence: it makes a look less likely."),
        Mistake("joint, not conditional", lambda e, c: e - c,
                "This is P(looked and did not click). Divide by the chance of not clicking."),
        Mistake("independent", lambda e, c: e * (1 - c),
                "You multiply as if looking and clicking were independent. Nobody clicks without looking: looked and silent is e − c."),
        Mistake("the other one", lambda e, c: (1 - e) / (1 - c),
                "This is the chance that nobody looked. The question is the opposite."),
    ),
    hints=("Imagine 100 showings. How many were looked at, how many clicked, how many silent?",
           "Of the silent ones, which were looked at?",
           "`(examination - click_rate) / (1 - click_rate)`"),
)
