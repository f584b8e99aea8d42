"""Refereed on negatives: hard negatives from the top ranks, half of which were positives."""

from functools import cache

import numpy as np

from course_lib.evidence import offline
from course_lib.stages.retrieval.hard_table import held_out_lists, made_up_log, train
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.refereed import Reading, Refereed

TOP, BELOW = (1, 5), (31, 35)


@cache
def _log():
    return made_up_log(seed=0)


def measure(part) -> Reading:
    """Recall with hard negatives from the top ranks minus recall with some from below, paired by person."""
    taken, later = _log()
    recall = []
    for low, high in (TOP, BELOW):
        scores = train(taken, later, part, low, high)
        top = np.argsort(-np.where(taken, -np.inf, scores), axis=1)[:, :20]
        recall.append(offline.recall_at_k(top, held_out_lists(later), 20))
    gain = offline.paired(*recall)
    says = "the top ranks are better" if gain.low > 0 else "the top ranks are worse" if gain.high < 0 else "no difference"
    return Reading(says, gain)


def own_alone(own, taken, later):
    """As published: only the row's own item may not be its negative."""
    return own


def own_and_taken(own, taken, later):
    """Nothing that the person took in training may be a negative."""
    return own | taken


INSIDE = Refereed(
    id="negatives.10", title="“Take the top ranks, it makes no difference”", minutes=12, difficulty=3, used_in=("this lesson", "interview"),
    task="A team added hard negatives to its loss: at each step the model ranks 240 items for the row's person, and five serve as negatives, "
         "from ranks 1–5 or from ranks 31–35. All else is equal. Recall@20 is compared person by person on a held-out part. The report: "
         "*recall is the same; the top is cheaper to find, so we take the top.* A footnote: before ranking, the row's own item is left out.",
    signature="`excluded(own, taken, later)`: three bool arrays (B, N), a row of the batch by an item: the row's own item; all that its person took "
              "in training; all that the person took in the held-out part → bool (B, N), True where an item may not be that row's hard "
              "negative. Published: `own`.",
    measure=measure, rigged=own_alone, reference=own_and_taken,
    explanations={
        "The hard negatives hold items that the person took.": "Both arms punish what they should reward, the top one twice as often. "
        "Leave those items out, and it shows what the top ranks do.",
        "300 people are too few.": "The interval is narrow enough to show the difference once the negatives are negatives. More people would "
        "confirm the same mixture.",
        "Recall@20 cannot see hard negatives.": "It sees them well once the negatives are right: the same metric then parts the two.",
        "The hard negatives need a log q.": "They are picked and not drawn from a known q, so no correction is defined for them; their loss "
        "is weighted. That holds for both arms.",
        "Ranks 31–35 are too easy to matter.": "They are an eighth of the catalogue from the top and move the model: mended, the arms differ."},
    right="The hard negatives hold items that the person took.",
    why="A hard negative is an item that ranks high *and was not taken*. The model ranks high just what was taken, so the top is full of it (one in two "
        "of ranks 1–5, over the training here), and each step pushes down in one term what it pushes up in the other. Leave out all that the person took in training, and the top "
        "ranks are worse than those below: there stand the items that would be liked and have not been met. The held-out part must not "
        "be used for that: it would tell the model what is to come.",
    close=0.05,
    wrong_mends=(
        Mistake("held-out part left out too", lambda own, taken, later: own | taken | later,
                "You leave out the held-out items as well. That tells the model what people will take, by never punishing it, and turns the verdict. "
                "In production nobody has that column."),
        Mistake("own item back in", lambda own, taken, later: taken & ~own,
                "You leave out the other taken items but let the row's own be its negative. It is a positive too."),
        Mistake("nothing excluded", lambda own, taken, later: own & False,
                "You leave nothing out, so even the row's own item is among its negatives."),
        Mistake("only held-out items", lambda own, taken, later: own | later,
                "You leave out the held-out items and keep those that were taken in training: the fault stays, and a leak is added."),
        Mistake("turned over", lambda own, taken, later: ~(own | taken),
                "You exclude what may be a negative and keep the positives. True marks what may *not* be drawn."),
        Mistake("taken by anybody", lambda own, taken, later: own | np.broadcast_to(taken.any(axis=0), taken.shape),
                "You leave out what anybody in the batch took. For this person most of that is no positive, and few items are left to be a "
                "hard negative: ask each row for its own person's items."),
    ))
