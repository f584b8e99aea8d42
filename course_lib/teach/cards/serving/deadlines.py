"""Decision on serving: how a request's 50 ms are split over its stages, played while parts are slow."""

import numpy as np

from course_lib.teach.definitions.choice import Fields, Number, Options
from course_lib.teach.definitions.decision import Decision

BUDGET_MS, ANSWER_MS, N = 50.0, 3.0, 4_000
STAGES = {"store": (3.0, 0.4), "index": (8.0, 0.5), "ranker": (12.0, 0.4)}     # median ms, sigma of its logarithm
WITHOUT = {"store": 0.92, "index": 0.75, "ranker": 0.7}                        # what a slate is worth without the stage
DAYS = {"ordinary": {}, "store late": {"store": (0.3, 200.0)}, "index late": {"index": (0.3, 1000.0)},
        "ranker slow": {"ranker": (1.0, 12.0)}}                                # share of calls, ms that they take longer


def play(choice, seed) -> float:
    """Mean worth of a request over the four days, percent of a full slate in time."""
    return float(np.mean([_day(choice, day, seed, place) for place, day in enumerate(DAYS)]))


def _day(choice, day, seed, place) -> float:
    rng = np.random.default_rng([seed, place])
    spent, worth = np.zeros(N), np.full(N, 100.0)
    for stage, (median, sigma) in STAGES.items():
        share, later = DAYS[day].get(stage, (0.0, 0.0))
        takes = median * np.exp(sigma * rng.standard_normal(N)) + later * (rng.random(N) < share)
        allowed = np.full(N, float(choice[stage]))
        if choice["clock"] == "what is left":
            allowed = np.clip(np.minimum(allowed, BUDGET_MS - ANSWER_MS - choice["reserve"] - spent), 0, None)
        cut = takes > allowed
        spent += np.where(cut, allowed, takes)
        worth *= np.where(cut, WITHOUT[stage], 1.0)
    last_rung = rng.gamma(4.0, 1.0, N)                                          # ms, where anything was cut
    spent += ANSWER_MS + np.where(worth < 100, last_rung, 0)
    return float(np.where(spent <= BUDGET_MS, worth, 0).mean())


def against(choice) -> str:
    """What the worst day brought, and the rule that explains it."""
    worth = {day: _day(choice, day, 0, place) for place, day in enumerate(DAYS)}
    worst = min(worth, key=worth.get)
    told = f"On the day “{worst}” a request was worth {worth[worst]:.0f} of 100."
    total = sum(choice[stage] for stage in STAGES)
    if choice["clock"] == "its own" and total + ANSWER_MS > BUDGET_MS:
        return told + f" The three limits add up to {total:g} ms, so a slow stage and an ordinary one are late together."
    if choice["clock"] == "what is left" and choice["reserve"] < 6:
        return told + " With so little kept back, the rung below comes too late just when it is needed."
    return told + " A stage that is cut short on ordinary days costs worth every day."


def _split(store, index, ranker, reserve, clock):
    return {"store": store, "index": index, "ranker": ranker, "reserve": reserve, "clock": clock}


SPLIT = Decision(
    id="serving.3", title="Split the deadline", minutes=12, difficulty=3, used_in=("this lesson", "interview"),
    task="A request has 50 ms: store (median 3 ms), index (8 ms), ranker (12 ms), one after the other, and 3 ms for the "
         "answer. A stage that is not ready at its limit is cut. A slate without the store is worth .92 of a full one, without "
         "the index .75, unranked .7 (inputs; multiply where two are cut). After a cut the rung below takes 4 ms more, now and then "
         "10. Later than 50 ms nothing counts.\n\n"
         "Four days are played: an ordinary one; the store 200 ms later in 30% of calls; the index a second later in 30%; the "
         "ranker 12 ms slower.",
    choice=Fields({"store": Number(1, 50, "ms"), "index": Number(1, 50, "ms"), "ranker": Number(1, 50, "ms"),
                   "reserve": Number(0, 30, "ms kept back; for “what is left” alone"),
                   "clock": Options({"its own": "a stage's limit is all that holds it",
                                     "what is left": "its limit, or what is left beside answer and reserve, if less"})}),
    policies={"no limits": _split(50, 50, 50, 0, "its own"),
              "a third each": _split(15, 15, 15, 0, "its own"),
              "twice the median each": _split(6, 16, 24, 0, "its own"),
              "short store, what is left, nothing kept back": _split(8, 50, 50, 0, "what is left"),
              "short store, what is left, 8 ms kept back": _split(8, 18, 40, 8, "what is left")},
    play=play, unit="percent of a full slate in time, mean of four days", against=against, spec=".1f",
    until_chosen="a third each", seeds=tuple(range(101, 109)),
    why="A limit of its own for each stage wastes what the others did not need. So hand the request's *deadline* down (Beyer "
        "et al. 2016, chapter 22), cap early stages so that one of them cannot eat what the later ones need, and keep back "
        "what the last rung takes. At the deadline the work behind is cancelled where it can be, or it goes on using the "
        "machine for nobody. A native call cannot be cut short, so the number of them at a time needs a bound. "
        "Percentiles do not add: the sum of the stages' p99s is usually above the p99 of the sum.")
