"""Refereed 0.3: a system compared with a linear model whose slots are filled with what people have taken already."""

from functools import lru_cache

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError
from course_lib.evidence.estimate import paired
from course_lib.evidence.offline import recall_at_k
from course_lib.stages.retrieval.baselines import ALS, EASE
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.refereed import Reading, Refereed

PEOPLE, ITEMS, TASTES, TOOK, HIDDEN, SLATE = 300, 160, 6, 30, 6, 10


@lru_cache(maxsize=1)
def _compared():
    """(the rival's scores (P, N), what each person took before, bool (P, N), hidden items, the system's recall)."""
    rng = np.random.default_rng(0)
    people, items = rng.normal(size=(PEOPLE, TASTES)), rng.normal(size=(ITEMS, TASTES))
    liking = 1.6 * people @ items.T / np.sqrt(TASTES) + rng.normal(size=ITEMS)
    taken = np.argsort(-(liking + rng.gumbel(size=liking.shape)), axis=1)[:, :TOOK]
    taken = rng.permuted(taken, axis=1)
    hidden, known = list(taken[:, :HIDDEN]), taken[:, HIDDEN:]
    person = np.arange(PEOPLE)
    log = pd.DataFrame({"user": np.repeat(person, known.shape[1]), "item": known.ravel(), "time": 0.0})
    seen = np.zeros(liking.shape, bool)
    seen[person[:, None], known] = True
    system = ALS(dim=8).fit(log, PEOPLE, ITEMS).recommend(person, SLATE)
    score = 100 * (EASE(50.0).fit(log, PEOPLE, ITEMS).score(person) - 1)        # the same order, all below 0
    return score, seen, hidden, recall_at_k(system, hidden, SLATE)


def lead(part) -> Reading:
    """Recall@10 of the system less that of the linear model, whose ten `part` picks."""
    score, seen, hidden, system = _compared()
    ten = np.asarray(part(score.copy(), seen.copy()))
    if ten.shape != (PEOPLE, SLATE):
        raise ArgumentError(f"`ten` returned the shape {ten.shape}; expected ({PEOPLE}, {SLATE}): ten items for each person.")
    gap = paired(system, recall_at_k(ten, hidden, SLATE))
    says = {"above": "the system is ahead", "below": "the linear model is ahead"}
    return Reading(says.get(gap.side(), "the two cannot be told apart"), gap)


def ten_best(score, seen):
    """As published: the ten with the highest score."""
    return np.argsort(-score, axis=1)[:, :SLATE]


def ten_best_unseen(score, seen):
    """The ten with the highest score among what the person has not taken yet."""
    return np.argsort(-np.where(seen, -np.inf, score), axis=1, kind="stable")[:, :SLATE]


def _only_seen(score, seen):
    return np.argsort(-np.where(seen, score, -np.inf), axis=1)[:, :SLATE]


def _lowest_unseen(score, seen):
    return np.argsort(np.where(seen, np.inf, score), axis=1)[:, :SLATE]


def _unseen_by_most(score, seen):
    few = seen.mean(axis=0) <= np.median(seen.mean(axis=0))
    return np.argsort(-np.where(few, score, -np.inf), axis=1)[:, :SLATE]


def _unseen_of_all(score, seen):
    """One list for everybody: the mean score, with nothing left out for anyone."""
    return np.tile(np.argsort(-score.mean(axis=0))[:SLATE], (len(score), 1))


def _less(penalty):
    def wrong(score, seen):
        return np.argsort(-(score - penalty * seen), axis=1)[:, :SLATE]
    return wrong


def _unseen_by_popularity(score, seen):
    return np.argsort(-np.where(seen, -np.inf, seen.mean(axis=0)), axis=1)[:, :SLATE]


def _unseen_by_anybody(score, seen):
    return np.argsort(-np.where(seen.any(axis=0), -np.inf, score), axis=1)[:, :SLATE]


SLOTS = Refereed(
    id="start_here.3", title="“Four times as good as a linear model”", minutes=8, difficulty=2, used_in=("{{metric_stack}}",),
    task="A team compared its system with EASE on 300 made-up people. Each took 30 of 160 items, of which 6 were hidden, and both "
         "learnt from the other 24. The system is a small factor model behind a filter like the one in the picture above, and shows "
         "ten items. The linear model gives a score to every item, and one function picks the ten that it would show. Recall@10 of "
         "both was compared person by person, "
         "with an interval. The report says: *the system is ahead; it finds almost four times as much*. What is wrong with the comparison?",
    signature="`ten(score, seen)`: `score` float (P, N), the linear model's score of each item for each person; `seen` bool (P, N), "
              "what each took before. It returns the ten items shown to each person, int (P, 10).",
    measure=lead, rigged=ten_best, reference=ten_best_unseen,
    explanations={
        "The linear model's slots are filled with what the person has taken already.":
            "A hidden item is by construction none of those, so such a slot can never count. The system's filter kept them out of its own "
            "ten. A rival deserves the same filter.",
        "The linear model was given fewer rows to learn from.":
            "Both learnt from the same 24 rows a person; the task says so. It is an error worth looking for, and not the one made here.",
        "300 people are too few to say anything.":
            "The interval comes from these 300 people and lies far from 0. More people would make the same error more precisely.",
        "Recall@10 favours a system of several stages.":
            "It counts hidden items among ten, whoever chose them. With other slots the same figure says something else.",
        "The hidden items were drawn at random and not from the last days.":
            "That makes the task an easy one for both alike. It says which question was asked, and does not favour either answer."},
    right="The linear model's slots are filled with what the person has taken already.",
    wrong_mends=(
        Mistake("only what was taken", _only_seen,
                "Your ten hold nothing but what the person has taken. Either all the rest is left out, or what was taken has the score 0: that is "
                "not the lowest, for scores can be negative, and here they are. It needs a score below all others."),
        Mistake("the lowest scores", _lowest_unseen,
                "You leave out the right items, and then take the ten lowest scores."),
        Mistake("what most have not taken", _unseen_by_most,
                "You leave out what many people have taken, for everybody. Each person has a row of `seen` of their own."),
        Mistake("the chart of what was not taken", _unseen_by_popularity,
                "You leave out the right items, and then order by how many people took an item. The linear model's own score orders them."),
        Mistake("what anybody has taken", _unseen_by_anybody,
                "You leave out, for everybody, what anybody has taken. Each person has a row of `seen` of their own."),
        Mistake("one list for everybody", _unseen_of_all,
                "You show everybody the same ten. Every person has a row of scores and a row of `seen`."),
        *(Mistake(f"a penalty of {penalty}", _less(penalty),
                  "You lower the score of what was taken by some amount, so a part of it stays. What was taken must not be shown at all.")
          for penalty in (1, 10)),
    ),
    why="Two systems are compared at what they would *show*, under the same rules. Filters, candidates and rows are parts of the comparison, "
        "and the rival is the side where nobody looks. This is one of the commonest ways in which a new system wins: the rival gets no "
        "filter, no tuning, or older rows. With the filter, these two cannot be told apart.")
