"""Exercises on the metric stack: one slate drafted from two rankers."""

import numpy as np

from course_lib.evidence.interleave import team_draft
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 9.4 -----------------------------------------------------------------------------------------------------------
def _draft_cases(rng):
    def lists(b, c):
        return np.array([rng.permutation(20)[:c] for _ in range(b)])

    near = lists(3, 6)
    return [Case("eight requests", (lists(8, 6), lists(8, 6), 6, rng.random((8, 3)))),
            Case("lists that overlap", (near, near[:, [1, 0, 2, 4, 3, 5]], 4, rng.random((3, 2)))),
            Case("an odd number of slots", (lists(4, 5), lists(4, 5), 5, rng.random((4, 3))))]


def _draft(a, b, slate_size, coin, *, order=lambda flip, r: (flip, 1 - flip), fresh=True, coins=lambda c, r: c[r]):
    item, team = (np.full((len(a), slate_size), -1) for _ in range(2))
    for row in range(len(a)):
        slate, whose, r = [], [], 0
        while len(slate) < slate_size and r < 2 * slate_size:
            flip = int(coins(coin[row], min(r, coin.shape[1] - 1)) >= 0.5)
            for t in order(flip, r):
                left = [i for i in (a, b)[t][row] if i not in slate] if fresh else \
                    [i for i in (a, b)[t][row][sum(w == t for w in whose):] if i not in slate]
                if left and len(slate) < slate_size:
                    slate.append(int(left[0]))
                    whose.append(t)
            r += 1
        item[row, :len(slate)], team[row, :len(slate)] = slate, whose
    return item, team


def _a_first(a, b, slate_size, coin):
    return _draft(a, b, slate_size, coin, order=lambda flip, r: (0, 1))


def _one_coin(a, b, slate_size, coin):
    return _draft(a, b, slate_size, coin, coins=lambda c, r: c[0])


def _coin_upside_down(a, b, slate_size, coin):
    return _draft(a, b, slate_size, coin, order=lambda flip, r: (1 - flip, flip))


def _snake(a, b, slate_size, coin):
    return _draft(a, b, slate_size, coin, order=lambda flip, r: (flip, 1 - flip) if r % 2 == 0 else (1 - flip, flip))


def _team_by_list(a, b, slate_size, coin):
    item, _ = team_draft(a, b, slate_size, coin)
    in_a = (item[:, :, None] == np.asarray(a)[:, None, :]).any(2)
    return item, np.where(item < 0, -1, np.where(in_a, 0, 1))


DRAFT = Card(
    id="metric_stack.4", title="Draft one slate from two rankers", minutes=15, difficulty=3, used_in=("this lesson",),
    task="Fill a slate from two ranked lists as two captains pick teams. In each round a coin says who picks first: below "
         "0.5 it is a. Each picks the best item of their own list that is not in the slate yet. Return the slates and whose "
         "pick each slot was (0 for a, 1 for b).",
    shapes="`a`, `b` int [B, C], best first; `coin` float [B, R], one a round; returns item int [B, slate_size] and team "
           "int [B, slate_size]. With an odd number of slots the last round is one pick.",
    why="The coin is thrown anew in every round, so that neither ranker owns the upper slots, whose clicks are cheaper. An "
        "item both would have picked goes to whoever's turn it is; over many slates those clicks cancel. What is left is "
        "the difference between the rankers, measured within each reader.",
    reference=team_draft, alternative=_draft, cases=_draft_cases,
    by_hand=(Case("a first, then b first", (np.array([[1, 2, 3, 4]]), np.array([[3, 1, 5, 6]]), 4, np.array([[0.1, 0.9]])),
                  expected=(np.array([[1, 3, 5, 2]]), np.array([[0, 1, 1, 0]]))),),
    invariants=(Invariant("no item stands in a slate twice", lambda fn, rng: all(
        len(set(row)) == 4 for row in np.asarray(fn(*[np.array([rng.permutation(6) for _ in range(5)]) for _ in range(2)],
                                                    4, rng.random((5, 2)))[0]).tolist())),),
    mistakes=(
        Mistake("a always first", _a_first,
                "Ranker a picks first in every round, so it owns the better slots and wins by position. Throw the coin."),
        Mistake("one coin for all rounds", _one_coin,
                "You use the first coin for every round. Then one ranker is first throughout a slate: use each round's own."),
        Mistake("coin upside down", _coin_upside_down, "Your coin is the other way round: below 0.5, a picks first."),
        Mistake("snake draft", _snake,
                "You swap the order in every second round as well as by the coin. The coin alone decides each round."),
        Mistake("team by list", _team_by_list,
                "You credit a with every item that is in its list. The credit goes to whoever picked it."),
    ),
    hints=("Two captains, one pool. Write it for a single request with a loop first.",
           "For each round: `first = 0 if coin < 0.5 else 1`; then let `first` and the other pick, in that order.",
           "A pick: the first item of the captain's list that is not in the slate so far. Stop at slate_size."),
)
