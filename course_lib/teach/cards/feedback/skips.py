"""Exercises 2.3 and 2.4: skips above a click, and a click rate among those who look."""

import numpy as np

from course_lib.data.labels import (
    click_rate_per_look,
    skips_and_clicks,
)
from course_lib.teach.definitions.card import Card, Case, Mistake


# --- 2.3 -----------------------------------------------------------------------------------------------------------
def _skip_cases(rng):
    return [Case(f"{b} slates of {k}", ((rng.random((b, k)) < 0.3).astype(int),)) for b, k in ((4, 5), (8, 7))]


def _skip_loop(click):
    keep = np.zeros(np.shape(click), bool)
    for b, row in enumerate(click):
        where = np.flatnonzero(row)
        if len(where):
            keep[b, :where.max() + 1] = True
    return keep


def _above_highest(click):
    click = np.asarray(click) > 0
    first = np.where(click.any(1), click.argmax(1), -1)
    return np.arange(click.shape[1]) <= first[:, None]


def _without_clicks(click):
    return _skip_loop(click) & ~(np.asarray(click) > 0)


def _keeps_silent_slates(click):
    return _skip_loop(click) | ~(np.asarray(click) > 0).any(1, keepdims=True)


def _below_too(click):
    return np.broadcast_to((np.asarray(click) > 0).any(1, keepdims=True), np.shape(click)).copy()


SKIP = Card(
    id="feedback.3", title="Skips above a click", minutes=7, difficulty=3, used_in=("{{negatives}}", "{{ranker}}",),
    task="Readers go down a slate. If they clicked position 4, they most likely passed 1 to 3 and decided against them; of 5 and below nothing is "
         "known. Mark what may be learnt from: clicks, and everything above the *lowest* click.",
    shapes="`click` 0/1 [B, K], positions from the top; returns bool [B, K]; a slate without a click is all False.",
    why="The lowest click proves that the eye came that far. It throws much away, and what it keeps is skewed towards people who click; "
        "weights by P(seen) keep everything, but need an examination curve.",
    reference=skips_and_clicks, alternative=_skip_loop, cases=_skip_cases,
    by_hand=(Case("clicks at 2 and 4 of five; a silent slate", (np.array([[0, 1, 0, 1, 0], [0, 0, 0, 0, 0]]),),
                  expected=np.array([[True, True, True, True, False], [False] * 5])),),
    mistakes=(
        Mistake("above the highest click", _above_highest,
                "You stop at the first click from the top. The lowest click shows how far the eye came."),
        Mistake("without the clicks", _without_clicks,
                "You keep the skipped items only. The clicks themselves are examples too, the positive ones."),
        Mistake("silent slates kept", _keeps_silent_slates,
                "A slate without a click tells nothing about how far the eye came: none of it is kept."),
        Mistake("the whole slate", _below_too,
                "You keep what stands below the lowest click as well. Nobody knows whether that was seen."),
    ),
    hints=("Which positions of a slate has the eye certainly passed?",
           "Everything at or above the last click, looking from the top. From the bottom: everything after the first click.",
           "Flip the slate, `np.maximum.accumulate(..., axis=1)`, flip back."),
)


# --- 2.4 -----------------------------------------------------------------------------------------------------------
def _rate_cases(rng):
    return [Case(f"{n} showings", ((rng.random(n) < 0.4).astype(float), rng.choice([1.0, 0.5, 0.25], n)))
            for n in (6, 15, 40)]


RATE = Card(
    id="feedback.4", title="A click rate that does not depend on the shelf", minutes=6, difficulty=2, used_in=("{{ranker}}", "{{metric_stack}}",),
    task="An item was shown at several positions. Estimate how often somebody who *looks* clicks it: weigh each click by one over the "
         "chance that its position is looked at, and average over all showings.",
    shapes="`click` 0/1 [E]; `examination` float [E], in (0, 1], for each showing's position; returns a number.",
    why="E[click / e] = e · r / e = r at every position, so items are compared as if all had stood at the top. The price is variance: a click at "
        "a position that few look at counts many times. Lesson {{metric_stack}} does the same with the chances of a policy.",
    reference=click_rate_per_look, cases=_rate_cases,
    alternative=lambda click, examination: sum(c / e for c, e in zip(click, examination, strict=True)) / len(click),
    by_hand=(Case("one click where half look, one silence at the top", (np.array([1.0, 0.0]), np.array([0.5, 1.0])),
                  expected=1.0),),
    mistakes=(
        Mistake("plain rate", lambda click, examination: float(np.mean(click)),
                "This is the plain click rate. An item at the bottom is clicked less because fewer look."),
        Mistake("multiplied", lambda click, examination: float(np.mean(click * examination)),
                "You multiply by the chance of a look. A click where few look has to count more, so divide."),
        Mistake("clicks only", lambda click, examination: float(np.sum(click / examination) / max(np.sum(click), 1)),
                "You average over clicks. Silence counts as well: divide by the number of showings."),
        Mistake("ratio of sums", lambda click, examination: float(np.sum(click) / np.sum(examination)),
                "Clicks over expected looks is an honest estimate too, with less variance, but not this one: weigh each click."),
    ),
    hints=("How many showings does one click stand for, at a position that half the people look at?",
           "A weight for each click, then the mean over all showings.",
           "`np.mean(click / examination)`"),
)
