"""Small cards for the tests of the machinery, and the tools to make others of them."""

from dataclasses import replace

import numpy as np

from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


def top_k(scores, k):
    """Ids of the k highest scores of each row, best first."""
    return np.argsort(-scores, axis=1)[:, :k]


def _top_k_by_partition(scores, k):
    return np.array([sorted(range(len(row)), key=lambda i: -row[i])[:k] for row in scores])


def row_sums(x):
    """The sum of each row."""
    return x.sum(axis=1)


TOP_K = Card(
    id="99.1", title="The best k", minutes=10, difficulty=2, used_in=("05",), task="Return the best k.",
    why="Sorting is enough.", reference=top_k, alternative=_top_k_by_partition, hints=("Think.", "Sort.", "argsort"),
    cases=lambda rng: [Case(f"random {i}", (rng.normal(size=(3 + i, 6)), 2 + i)) for i in range(3)],
    by_hand=(Case("two users", (np.array([[0.1, 0.9, 0.5], [0.7, 0.2, 0.4]]), 2),
                  expected=np.array([[1, 2], [0, 2]])),),
    invariants=(Invariant("adding a constant to the scores changes nothing", lambda fn, rng: np.array_equal(
        fn(np.array([[3.0, 1.0, 2.0]]), 2), fn(np.array([[13.0, 11.0, 12.0]]), 2))),),
    mistakes=(Mistake("ascending", lambda scores, k: np.argsort(scores, axis=1)[:, :k],
                      "You take the smallest scores where the largest belong."),), seconds=1.0)
SUMS = Card(
    id="99.2", title="Sums of rows", minutes=5, difficulty=1, used_in=(), task="Return the sum of each row.",
    why="That is what sum does.", reference=row_sums, alternative=lambda x: np.einsum("ij->i", x), hints=("Sum.",),
    cases=lambda rng: [Case(f"random {i}", (rng.normal(size=(3 + i, 5)),)) for i in range(3)],
    by_hand=(Case("two rows", (np.array([[1.0, 2.0, 3.5], [0.5, 0.25, -4.0]]),), expected=np.array([6.5, -3.25])),),
    mistakes=(Mistake("maximum", lambda x: x.max(axis=1), "You take the largest of each row, not the sum."),),
    seconds=1.0)


def card_of(reference, case_args, **changes):
    """A card around a reference, with cases given as argument tuples and the first as the one by hand."""
    made = [Case(f"case {i}", args) for i, args in enumerate(case_args)]
    by_hand = (Case("by hand", case_args[0], expected=reference(*case_args[0])),)
    never = Mistake("never", lambda *args: "no such answer", "Nobody answers in these words, on any exercise.")
    return replace(SUMS, reference=reference, alternative=reference, cases=lambda rng: made, by_hand=by_hand,
                   mistakes=(never,), **changes)
