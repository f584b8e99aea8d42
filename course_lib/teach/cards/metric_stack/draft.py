"""Exercises on the metric stack: one slate drafted from two rankers."""

import numpy as np

from course_lib.evidence.interleave import team_draft
from course_lib.teach.cards import effects_decisions
from course_lib.teach.cards.metric_stack import far_lists
from course_lib.teach.cards.metric_stack.draft_slips import MISTAKES
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake
from course_lib.teach.definitions.mistake_kinds import AXIS


# --- 9.4 -----------------------------------------------------------------------------------------------------------
def _draft_cases(rng):
    def lists(b, c):
        return np.array([rng.permutation(20)[:c] for _ in range(b)])

    near = lists(3, 6)
    return [Case("eight requests", (lists(8, 6), lists(8, 6), 6, rng.random((8, 3)))),
            Case("lists that overlap", (near, near[:, [1, 0, 2, 4, 3, 5]], 4, rng.random((3, 2)))),
            Case("more coins than rounds", (lists(6, 7), lists(6, 7), 4, rng.random((6, 5)))),
            Case("a single slot", (lists(5, 3), lists(5, 3), 1, rng.random((5, 1)))),
            Case("an odd number of slots", (lists(4, 5), lists(4, 5), 5, rng.random((4, 3)))),
            Case("twelve slots, items with large numbers", (7 + 25_600 * lists(6, 15), 7 + 25_600 * lists(6, 15), 12,
                                                            rng.random((6, 7)))),
            Case("one ranker first throughout", (lists(2, 6), lists(2, 6), 5, np.array([[0.0] * 3, [1 - 1e-9] * 3]))),
            Case("equal lists", (near, near, 5, rng.random((3, 3))))]


def _draft(a, b, slate_size, coin, *, order=lambda flip, r: (flip, 1 - flip)):
    item, team = [], []
    for row in range(len(a)):
        slate, whose, r = [], [], 0
        while len(slate) < slate_size:
            flip = int(coin[row][r] >= 0.5)
            for t in order(flip, r):
                if len(slate) < slate_size:
                    slate.append(next(int(i) for i in (a, b)[t][row] if i not in slate))
                    whose.append(t)
            r += 1
        item.append(slate)
        team.append(whose)
    return np.array(item), np.array(team)


def _a_first(a, b, slate_size, coin):
    return _draft(a, b, slate_size, coin, order=lambda flip, r: (0, 1))


def _one_coin(a, b, slate_size, coin):
    return _draft(a, b, slate_size, np.repeat(coin[:, :1], slate_size, axis=1))


def _coin_upside_down(a, b, slate_size, coin):
    return _draft(a, b, slate_size, coin, order=lambda flip, r: (1 - flip, flip))


def _snake(a, b, slate_size, coin):
    return _draft(a, b, slate_size, coin, order=lambda flip, r: (flip, 1 - flip) if r % 2 == 0 else (1 - flip, flip))


def _team_by_list(a, b, slate_size, coin):
    item, _ = team_draft(a, b, slate_size, coin)
    in_a = (item[:, :, None] == np.asarray(a)[:, None, :]).any(2)
    return item, np.where(item < 0, -1, np.where(in_a, 0, 1))


def _b_first(a, b, slate_size, coin):
    return _draft(a, b, slate_size, coin, order=lambda flip, r: (1, 0))


def _from_the_coins(change):
    return lambda a, b, slate_size, coin: _draft(a, b, slate_size, change(np.asarray(coin)))


def _both_picks(a, b, slate_size, coin):
    return _draft(a, b, slate_size, coin, order=lambda flip, r: (flip, flip))


def _one_pick(a, b, slate_size, coin):
    return _draft(a, b, slate_size, coin, order=lambda flip, r: (flip,))


def _alternate(a, b, slate_size, coin):
    return _draft(a, b, slate_size, coin, order=lambda flip, r: (r % 2, 1 - r % 2))


def _rounds(a, b, slate_size, coin):
    """For each request, its picks as (captain, place in the captain's own list), however many rounds the coins give."""
    for row in range(len(a)):
        turns = [t for c in coin[row] for t in ((0, 1) if c < 0.5 else (1, 0))]
        yield row, [(t, turns[:n].count(t)) for n, t in enumerate(turns)]


def _taken_by_place(a, b, slate_size, coin):
    item, team = [], []
    for row, picks in _rounds(a, b, slate_size, coin):
        item.append([int((a, b)[t][row][place]) for t, place in picks[:slate_size]])
        team.append([t for t, _ in picks[:slate_size]])
    return np.array(item), np.array(team)


def _turn_lost(a, b, slate_size, coin):
    item, team = np.full((2, len(a), slate_size), -1)
    for row, picks in _rounds(a, b, slate_size, coin):
        slot = 0
        for t, place in picks[:slate_size]:
            pick = (a, b)[t][row][place]
            if pick not in item[row, :slot]:
                item[row, slot], team[row, slot] = pick, t
                slot += 1
    return item, team


def _merged_first(a, b, slate_size, coin):
    item, team = np.full((2, len(a), slate_size), -1)
    for row in range(len(a)):
        slot = 0
        for place in range(len(a[row])):
            first = int(coin[row][min(place, len(coin[row]) - 1)] >= 0.5)
            for t in (first, 1 - first):
                pick = (a, b)[t][row][place]
                if slot < slate_size and pick not in item[row, :slot]:
                    item[row, slot], team[row, slot] = pick, t
                    slot += 1
    return item, team


def _credit(teams):
    """The right slates, with the credit given another way."""
    def wrong(a, b, slate_size, coin):
        item, team = team_draft(a, b, slate_size, coin)
        place = [np.where((found := item[:, :, None] == np.asarray(ranked)[:, None, :]).any(2), found.argmax(2), 10**6)
                 for ranked in (a, b)]
        return item, teams(team, *place)
    return wrong


def _team_of_the_round(team, in_a, in_b):
    return np.repeat(team[:, ::2], 2, axis=1)[:, :team.shape[1]]


def _last_slot_empty(a, b, slate_size, coin):
    item, team = team_draft(a, b, slate_size, coin)
    full = np.arange(slate_size) < slate_size // 2 * 2
    return np.where(full, item, -1), np.where(full, team, -1)


def _from_the_worst(a, b, slate_size, coin):
    return team_draft(np.asarray(a)[:, ::-1], np.asarray(b)[:, ::-1], slate_size, coin)


def _team_before_item(a, b, slate_size, coin):
    return team_draft(a, b, slate_size, coin)[::-1]


DRAFT = Card(
    id="metric_stack.4", title="Draft one slate from two rankers", minutes=15, difficulty=3, used_in=("this lesson",),
    effect=effects_decisions.winner_of_equals,
    task="Fill a slate from two ranked lists as two captains pick teams. In each round a coin says who picks first: below "
         "0.5 it is a, else b. Each picks the best item of their own list that is not in the slate yet. Return the slates and whose "
         "pick each slot was.",
    shapes="Lists are best first, with one coin a round. With an odd number of slots the last round is one pick. C ≥ slate_size and "
           "R ≥ slate_size / 2; spare rounds stay unused.",
    why="The coin is thrown anew in every round, so that neither ranker owns the upper slots, whose clicks are cheaper. An "
        "item both would have picked goes to whoever's turn it is; over many slates those clicks cancel. What is left is "
        "the difference between the rankers, measured within each reader.",
    reference=team_draft, alternative=_draft, cases=lambda rng: [*_draft_cases(rng), *far_lists.draft_cases()],
    by_hand=(Case("a first, then b first", (np.array([[1, 2, 3, 4]]), np.array([[3, 1, 5, 6]]), 4, np.array([[0.1, 0.9]])),
                  expected=(np.array([[1, 3, 5, 2]]), np.array([[0, 1, 1, 0]]))),
             Case("a coin of exactly 0.5", (np.array([[1, 2, 3]]), np.array([[3, 1, 2]]), 2, np.array([[0.5]])),
                  expected=(np.array([[3, 1]]), np.array([[1, 0]])))),
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
        Mistake("b always first", _b_first,
                "Ranker b picks first in every round, so it owns the better slots. Throw the coin."),
        Mistake("at one half a is first", lambda a, b, slate_size, coin: _draft(a, b, slate_size, np.where(
            np.asarray(coin) <= 0.5, 0.0, 1.0)),
                "At exactly 0.5 you let a pick first. Only *below* 0.5 it is a."),
        Mistake("the first request's coins", _from_the_coins(lambda coin: np.repeat(coin[:1], len(coin), axis=0)),
                "You use the first request's coins for all requests. Each row of `coin` belongs to one request."),
        Mistake("the coins backwards", _from_the_coins(lambda coin: coin[:, ::-1]),
                "You use the last round's coin first. Column 0 is the first round."),
        Mistake("both picks", _both_picks,
                "Whoever wins the coin makes both picks of the round. The coin says who picks *first*; then the other picks."),
        Mistake("a coin a slot", _one_pick,
                "You throw a coin for every slot. A round has one coin and two picks, one by each captain."),
        Mistake("a coin a slot, from the first again", lambda a, b, slate_size, coin: _one_pick(
            a, b, slate_size, np.tile(coin, slate_size)),
                "You throw a coin for every slot, and begin anew when they are used up. A round has one coin and two picks, one "
                "by each captain.", AXIS),
        Mistake("the coin unread", _alternate,
                "You swap who picks first from round to round. The coin of the round decides."),
        Mistake("an item twice", _taken_by_place,
                "You take each list place by place, so what both rank high can be in the slate twice. Pick the best item that "
                "is not in the slate *yet*, whoever put it there."),
        Mistake("a turn lost", _turn_lost,
                "A captain whose next item is taken loses the turn, and slots stay empty. They go on down their list to the "
                "best that is left."),
        Mistake("merged, then duplicates dropped", _merged_first,
                "You merge the lists place by place and drop duplicates. A captain whose item is taken then misses a pick; "
                "in a draft they take the next best in the same turn."),
        Mistake("teams exchanged", _credit(lambda team, in_a, in_b: 1 - team),
                "The slates are right, but your teams are exchanged: 0 is a, 1 is b."),
        Mistake("the round's winner", _credit(_team_of_the_round),
                "You credit both picks of a round to whoever came first. The second pick is the other captain's."),
        Mistake("team by rank", _credit(lambda team, in_a, in_b: np.where(in_a <= in_b, 0, 1)),
                "You credit the ranker that had the item higher. The credit goes to whoever picked it."),
        Mistake("team by rank, ties to b", _credit(lambda team, in_a, in_b: np.where(in_a < in_b, 0, 1)),
                "You credit the ranker that had the item higher, and b where both had it alike. The credit goes to whoever "
                "picked it."),
        Mistake("team by b's list", _credit(lambda team, in_a, in_b: (in_b < 10**6).astype(int)),
                "You credit b with every item that is in its list. The credit goes to whoever picked it."),
        Mistake("no credit for shared items", _credit(lambda team, in_a, in_b: np.where(np.maximum(in_a, in_b) < 10**6, -1, team)),
                "You give nobody the items that both lists hold. They go to whoever picked them; over many slates that "
                "cancels."),
        Mistake("odd slot empty", _last_slot_empty,
                "Your last slot stays empty where their number is odd. The last round is then one pick, by whoever is first."),
        Mistake("from the worst", _from_the_worst,
                "You pick from the end of the lists. They stand best first."),
        Mistake("team before item", _team_before_item,
                "You return the teams before the items. Return (item, team)."),
        *MISTAKES,
    ),
    hints=("Two captains, one pool. Write it for a single request with a loop first.",
           "For each round: `first = 0 if coin < 0.5 else 1`; then let `first` and the other pick, in that order.",
           "A pick: the first item of the captain's list that is not in the slate so far. Stop at slate_size."),
)
