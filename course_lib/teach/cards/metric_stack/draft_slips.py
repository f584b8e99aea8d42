"""Families of wrong drafts: another order of the picks with another credit, other coins, a slate that is seen too late."""

from dataclasses import replace

import numpy as np

from course_lib.teach.cards.two_slips import Slip, by_arguments, in_one, mistakes_of, names, slips
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import AXIS, BASE, BOUNDARY, DIRECTION, POPULARITY


def _captain(flip, rounds, team, item, a, b):
    return team


def _taken(slate, whose, team, before):
    return slate


def _whole(slate, order):
    return order


def drafted(order=lambda flip, r: (flip, 1 - flip), coins=lambda coin: coin, flip=lambda c: int(c >= 0.5), credit=_captain,
            taken=_taken, last=_whole):
    """A draft with another order of a round's picks, coins, credit, idea of what is taken, or order of the last slot."""
    def wrong(a, b, slate_size, coin):
        items, teams, coin = [], [], coins(np.asarray(coin))
        for row in range(len(a)):
            lists = [np.asarray(part[row]).tolist() for part in (a, b)]
            slate, whose, r = [], [], 0
            while len(slate) < slate_size:
                face, before = flip(coin[row][r]), list(slate)
                picks = order(face, r)
                for t in last(slate, picks) if len(slate) == slate_size - 1 else picks:
                    if len(slate) < slate_size:
                        gone = taken(slate, whose, t, before)
                        pick = next(item for item in lists[t] if item not in gone)
                        slate.append(pick)
                        whose.append(t)
                        teams.append(credit(face, r, t, pick, *lists))
                r += 1
            items.append(slate)
        return np.array(items), np.array(teams).reshape(len(a), -1)
    return wrong


NEW = ("the last coin for all rounds", "one coin for all")
ORDERS = tuple(Slip(*slip, alone=slip[0] in NEW) for slip in (
    ("coin upside down", {"order": lambda flip, r: (1 - flip, flip)}, "your coin is the other way round: below 0.5, a picks first", DIRECTION),
    ("a always first", {"order": lambda flip, r: (0, 1)}, "a picks first in every round, and the coin decides that", POPULARITY),
    ("b always first", {"order": lambda flip, r: (1, 0)}, "b picks first in every round, and the coin decides that", POPULARITY),
    ("snake draft", {"order": lambda flip, r: (flip, 1 - flip) if r % 2 == 0 else (1 - flip, flip)},
     "you swap the order in every second round as well as by the coin", DIRECTION),
    ("both picks", {"order": lambda flip, r: (flip, flip)},
     "whoever wins the coin makes both picks of the round, and the second is the other's", BASE),
    ("a coin a slot", {"order": lambda flip, r: (flip,)}, "you throw a coin for every slot, and a round has one coin and two picks", BASE),
    ("the coin unread", {"order": lambda flip, r: (r % 2, 1 - r % 2)},
     "you swap who picks first from round to round, and the coin of the round decides", BASE),
    ("one coin for all rounds", {"coins": lambda coin: np.repeat(coin[:, :1], 99, axis=1)},
     "you use a request's first coin for all of its rounds", BASE),
    ("the last coin for all rounds", {"coins": lambda coin: np.repeat(coin[:, -1:], 99, axis=1)},
     "you use a request's last coin for all of its rounds", BASE),
    ("the first request's coins", {"coins": lambda coin: np.repeat(coin[:1], len(coin), axis=0)},
     "you use the first request's coins for all requests", BASE),
    ("one coin for all", {"coins": lambda coin: np.full((len(coin), 99), coin[0, 0])},
     "you use the very first coin for all requests and rounds", BASE),
    ("the coins backwards", {"coins": lambda coin: coin[:, ::-1]}, "you use the last round's coin first, and column 0 is the first round",
     AXIS),
    ("at one half a is first", {"flip": lambda c: int(c > 0.5)}, "at exactly 0.5 you let a pick first, and only below 0.5 it is a", BOUNDARY),
))
CREDITS = slips(
    BASE,
    ("team by a's list", {"credit": lambda flip, r, team, item, a, b: 0 if item in a else 1},
     "you credit a with every item that is in its list, and the credit goes to whoever picked it"),
    ("team by b's list", {"credit": lambda flip, r, team, item, a, b: 1 if item in b else 0},
     "you credit b with every item that is in its list, and the credit goes to whoever picked it"),
    ("teams exchanged", {"credit": lambda flip, r, team, item, a, b: 1 - team}, "your teams are exchanged: 0 is a, 1 is b"),
    ("the round's winner", {"credit": lambda flip, r, team, item, a, b: flip},
     "you credit both picks of a round to whoever wins the coin, and each pick is its captain's"),
    ("no credit for shared items", {"credit": lambda flip, r, team, item, a, b: -1 if item in a and item in b else team},
     "you give nobody the items that both lists hold, and they go to whoever picked them"),
    alone=(),
)
STEPS = {"order": ORDERS, "credit": CREDITS}
WITHOUT = ("both picks; the round's winner", "a coin a slot; the round's winner")       # the winner is the captain
# Other coins tell with the slips that read the coin of each round.
COINS = {
    "order": tuple(replace(slip, alone=False) for slip in ORDERS if slip.name in ("coin upside down", "at one half a is first")),
    "coins": tuple(replace(slip, alone=False) for slip in ORDERS if "coins" in slip.does),
}
MORE = (
    Mistake("team is the round", drafted(credit=lambda flip, r, team, item, a, b: r), "Your teams are numbers of rounds. They are 0 for a, 1 for b.", BASE),
    Mistake("the slate as before the round", drafted(taken=lambda slate, whose, team, before: before),
            "The second captain of a round does not see what the first has just picked, so both can pick the same item. Pick "
            "what is not in the slate *yet*.", BOUNDARY),
    Mistake("the last slot to the second", drafted(last=lambda slate, picks: picks[::-1]),
            "Where one slot is left, you let the second captain pick. The last round is one pick, by whoever is first.", BOUNDARY),
    Mistake("the last slot to a", drafted(last=lambda slate, picks: (0, 1)),
            "Where one slot is left, you always let a pick. The coin of that round says whose it is.", BOUNDARY),
    Mistake("the last slot to b", drafted(last=lambda slate, picks: (1, 0)),
            "Where one slot is left, you always let b pick. The coin of that round says whose it is.", BOUNDARY),
    Mistake("coins of every second round", drafted(coins=lambda coin: np.repeat(coin, 2, axis=1)[:, 1:]),
            "You use each coin for two rounds, or shift them: the coin of round r is column r.", BOUNDARY),
)
MISTAKES = (
    *MORE,
    *mistakes_of(by_arguments(drafted), STEPS, WITHOUT, named=names("; "), told=in_one()),
    *mistakes_of(by_arguments(drafted), COINS, named=names("; "), told=in_one()),
)
