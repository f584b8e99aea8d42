"""Exercise 0.5: what the slots could show of a person's hidden films, were the last stages of the chain perfect."""

import numpy as np

from course_lib.teach.cards.start_here.best_slips import MISTAKES
from course_lib.teach.definitions.card import Card, Case, Invariant

NAMES = ("retrieve", "filter", "rank", "rerank")
OTHERS = ("gather", "screen", "score", "vary", "check")


def shown_at_best(fate: list[str], mended: list[str], slots: int) -> float:
    """Share of one person's hidden films that the slots show, were the stages in `mended`, the last of the chain, perfect.

    0.5 for ["rank", "retrieve", "shown", "filter"], ["rank", "rerank"] and 10.
    """
    reach = sum(stage == "shown" or stage in mended for stage in fate)
    return min(slots, reach) / len(fate)


def _fate(rng, films, chain, mended, slots):
    """Where so many films went: any stage of the chain, and never more shown than there are slots."""
    fate = rng.choice([*chain, "shown"], films).tolist()
    shown = [place for place, stage in enumerate(fate) if stage == "shown"]
    for place in shown[slots:]:
        fate[place] = mended[0]
    return fate


def _cases(rng):
    out = []
    for chain, last, films, slots in ((NAMES, 2, 7, 10), (NAMES, 2, 30, 10), (NAMES, 1, 9, 4), (NAMES, 3, 12, 5), (NAMES, 4, 23, 10),
                                      (OTHERS, 2, 14, 3), (OTHERS, 4, 40, 12), (OTHERS, 1, 3, 1), (NAMES, 2, 11, 6)):
        mended = list(chain[-last:])
        fate = _fate(rng, films, chain, mended, slots)
        out.append(Case(f"{films} films, {slots} slots, the last {last} of {len(chain)} stages", (fate, mended, slots)))
    return out + _odd_ones(rng)


def _odd_ones(rng):
    """Long lists, many slots, what reaches the end at its very end, and stages whose names hold one another."""
    long = _fate(rng, 400, NAMES, NAMES[2:], 150)
    late = ["retrieve"] * 120 + ["rank", "shown", "rerank"]
    early = ["rank", "shown", "rerank"] + ["retrieve"] * 120
    return [Case("400 films, 150 slots", (long, ["rank", "rerank"], 150)),
            Case("400 films, 1,000 slots", (long, ["rank", "rerank"], 1_000)),
            Case("2,500 films, 1,010 slots", (["rank"] * 1_600 + ["retrieve"] * 900, ["rank", "rerank"], 1_010)),
            Case("the last three of 123 films get through", (late, ["rank", "rerank"], 10)),
            Case("the first three of 123 films get through", (early, ["rank", "rerank"], 2)),
            Case("a stage whose name holds another's", (["pre-rank", "rank", "pre-rank", "shown", "ran"], ["rank"], 10)),
            Case("one of 2,700 films gets through", (["retrieve"] * 2_699 + ["shown"], ["rank", "rerank"], 10)),
            Case("130 mended stages", (["stage 0", "in front", "stage 129"], [f"stage {place}" for place in range(130)], 5)),
            Case("all are shown", (["shown"] * 4, ["rank", "rerank"], 10)),
            Case("all lost by the last stage, one slot", (["rerank"] * 6, ["rank", "rerank"], 1))]


def _by_what_came_before(fate, mended, slots):
    before = [stage for stage in fate if stage not in (*mended, "shown")]
    return float(np.minimum(len(fate) - len(before), slots) / len(fate))


def _today_makes_no_difference(fn, rng):
    """Which of the films that reach the mended stages are shown today does not matter to perfect ones."""
    fate = ["retrieve"] * 3 + ["rank"] * 4 + ["shown"] * 2 + ["filter"]
    swapped = ["retrieve"] * 3 + ["shown"] * 4 + ["rerank"] * 2 + ["filter"]
    return np.isclose(fn(fate, ["rank", "rerank"], 5), fn(swapped, ["rank", "rerank"], 5))


def _order_of_films_makes_no_difference(fn, rng):
    fate = ["rank", "retrieve", "rerank", "shown", "filter", "rank", "rank"]
    answers = [fn(rng.permutation(fate).tolist(), ["rank", "rerank"], slots) for slots in (3, 3, 9, 9)]
    return np.isclose(answers[0], answers[1]) and np.isclose(answers[2], answers[3])


BEST = Card(
    id="start_here.5", title="What could perfect last stages show?", minutes=4, difficulty=2, used_in=("this lesson",),
    task="`fate` names, for each of one person's hidden films, the stage that lost it, or `\"shown\"`. Imagine the stages in `mended`, the "
         "last of the chain, perfect: of the films that reach them they show as many as the slots hold. Earlier stages lose what they "
         "lose. **Which share of the hidden films is then shown?**",
    shapes="`fate` list of str, not empty; `mended` list of str, any names; `slots` int, at least the number shown now; returns a float.",
    why="What was lost before the mended stages stays lost. All else reaches them: what they lose today and what is shown today, side by "
        "side in one count, for a perfect order starts anew. Slots limit that count once a person. The share is of all hidden films, so "
        "that it stands beside the bars above. It is a ceiling: no model reaches it, and a real month of work wins a part of the way.",
    reference=shown_at_best, alternative=_by_what_came_before, cases=_cases,
    by_hand=(
        Case("four films: one lost by each of three stages, one shown", (["rank", "retrieve", "shown", "filter"], ["rank", "rerank"], 10),
             expected=0.5),
        Case("twenty films, all lost by the order", (["rank"] * 20, ["rank", "rerank"], 10), expected=0.5),
        Case("five films and two slots", (["rerank", "shown", "rank", "rank", "filter"], ["rank", "rerank"], 2), expected=0.4),
        Case("nothing was retrieved", (["retrieve", "retrieve"], ["rank", "rerank"], 10), expected=0.0),
    ),
    invariants=(Invariant("which of the films that reach the mended stages are shown today makes no difference", _today_makes_no_difference),
                Invariant("the order in which the films stand makes no difference", _order_of_films_makes_no_difference)),
    mistakes=MISTAKES,
    hints=("Which films reach the mended stages at all? Think of those that are shown today, too.",
           "Count the films that reach them. How many of these have room in the slots? Then ask what the share is of.",
           "A film reaches them if its fate is `\"shown\"` or stands in `mended`. The smaller of that count and `slots`, divided by "
           "`len(fate)`."),
)
