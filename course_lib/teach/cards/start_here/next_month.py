"""Decision 0.4: which stage to mend next, in a feed and in a shop, where the longest bar is not the most that can be won."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from course_lib.teach.definitions.choice import Fields, Options, TheSame
from course_lib.teach.definitions.decision import Decision

SEEDS = (101, 102, 103, 104, 105)
STAGES = ("retrieve", "filter", "order", "shown")


@dataclass(frozen=True)
class Chain:
    """A service in numbers. wanted: of `items`, by one person. candidates: that the first stage hands on. cheap, close:
    correlation of its score, and of the ranker's, with what a person likes. dropped: share of what may be shown that
    the filter drops all the same. slots: shown. people: asked for in one play."""

    wanted: int
    close: float = 0.85
    dropped: float = 0.0
    cheap: float = 0.5
    items: int = 2_000
    candidates: int = 150
    slots: int = 10
    people: int = 120


CHAINS = {"feed": Chain(wanted=20, dropped=0.05), "shop": Chain(wanted=3, dropped=0.3)}
BETTER = {"first stage": {"cheap": 0.6}, "filter": {"dropped": 0.0}, "ranker": {"close": 0.95}}


@cache
def _people(system: str, seed: int):
    """(liking, noise of the first score, noise of the last, what may pass), each (people, items)."""
    chain = CHAINS[system]
    rng, shape = np.random.default_rng([seed, list(CHAINS).index(system)]), (chain.people, chain.items)
    liking, rough, fine = (rng.standard_normal(shape, dtype=np.float32) for _ in range(3))
    return liking, rough, fine, rng.random(shape)


@cache
def fates(system: str, mended: str, seed: int) -> dict[str, float]:
    """Where the wanted items went, shares that add up to 1, with one part mended or none (""); see STAGES."""
    chain = replace(CHAINS[system], **BETTER.get(mended, {}))
    liking, rough, fine, luck = _people(system, seed)
    wanted = _best(liking, chain.wanted)
    found = _best(_score(liking, rough, chain.cheap), chain.candidates)
    left = found & (luck >= chain.dropped)
    shown = left & _best(np.where(left, _score(liking, fine, chain.close), -np.inf), chain.slots)
    kept = [np.sum(wanted & stage) / wanted.sum() for stage in (found, left, shown)]
    return dict(zip(STAGES, (1 - kept[0], kept[0] - kept[1], kept[1] - kept[2], kept[2]), strict=True))


def _best(score, n: int):
    """The n highest of each row, as a mask."""
    return score >= np.partition(score, -n, axis=1)[:, -n, None]


def _score(liking, noise, correlation):
    """A score that has this correlation with what people like."""
    return np.float32(correlation) * liking + np.float32(np.sqrt(1 - correlation**2)) * noise


def filled(system: str, mended: str, seed: int) -> float:
    """Wanted items shown, in per cent of the most that the slots could show."""
    chain = CHAINS[system]
    return 100 * fates(system, mended, seed)["shown"] * chain.wanted / min(chain.wanted, chain.slots)


def play(choice, seed) -> float:
    """Mean of feed and shop."""
    return sum(filled(system, choice[system], seed) for system in CHAINS) / len(CHAINS)


TOLD = {
    ("feed", "first stage"): "feed, first stage: it already finds nearly as many wanted items as there are slots, and what it finds besides "
                             "mostly pushes others out.",
    ("feed", "filter"): "feed, filter: of a hundred wanted items it gives two back, and slots are short already.",
    ("shop", "first stage"): "shop, first stage: a third of its bar is won, and three in ten of that are dropped by the filter.",
    ("shop", "ranker"): "shop, ranker: it loses least of all, since ten slots have room for three wanted articles.",
}


def against(choice) -> str:
    """What spoke against the part that is mended, for each system."""
    return " ".join(TOLD[system, choice[system]] for system in CHAINS if (system, choice[system]) in TOLD)


MEANS = {"first stage": "loses a quarter less (feed) or a third (shop)", "filter": "drops nothing that may be shown",
         "ranker": "loses nearly half less (feed), or next to nothing (shop)"}


def _both(part):
    return dict.fromkeys(CHAINS, part)


NEXT = Decision(
    id="start_here.4", title="Which stage gets the next month?", minutes=6, difficulty=2, used_in=("{{launch}}",),
    task="Both are made up, with the same two models. In the **feed** a person wants 20 of 2,000 items; of a hundred wanted ones the first "
         "stage loses 56, the filter 2, the order 18, and 24 are shown. In the **shop** a customer wants 3 articles; of a hundred they lose "
         "43, 17 and 4, and 35 are shown. (Its filter reads stock that is hours old.) A month mends one stage; what it no longer "
         "loses goes on to the next. Which one, for each?",
    choice=Fields({"feed": Options(MEANS), "shop": TheSame(MEANS)}),
    policies={"the longest bar": _both("first stage"), "the model that decides last": _both("ranker"),
              "the one that is no model": _both("filter"), "by what each would bring": {"feed": "ranker", "shop": "filter"}},
    play=play, unit="per cent of the most that ten slots could show, mean of both", against=against,
    why="A bar says what a stage loses. It says neither how much of that a month wins back nor what becomes of it behind the stage. In the "
        "feed ten slots can show half of the twenty wanted items at most, and the first stage finds about nine: most of what it would find besides "
        "pushes others out, and a better order fills slots. In the shop three wanted articles have room in ten slots, so nearly all that "
        "comes through the filter is shown; of what the first stage would win, the filter drops three in ten. So reckon a mend as what it "
        "wins times what all later stages keep, with the slots in mind. Better still, replay logged requests with one stage perfect at a "
        "time, before anybody begins. And look at the filters first: a stock table that is hours old costs nobody a new model.",
    seeds=SEEDS, until_chosen="the longest bar", spec=".1f")
