"""Decision 3.10: what a feed and a marketplace rank candidates by, where interest fades at different speeds."""

from functools import cache

import numpy as np

from course_lib.stages.retrieval.interest import Interest, found_tomorrow, made_log
from course_lib.teach.definitions.choice import Fields, Options, TheSame
from course_lib.teach.definitions.decision import Decision

SYSTEMS = {"feed": Interest(half_life=4.0, own=0.4), "shop": Interest(half_life=1_000.0, own=0.9)}
RULES = {"chart": ("chart", 3.0), "taste": ("taste", np.inf), "taste, counts of days": ("taste and recency", 3.0),
         "taste, counts of weeks": ("taste and recency", 28.0)}


@cache
def _found(system, rule, seed) -> float:
    name, half_life = RULES[rule]
    return float(np.nanmean(found_tomorrow(made_log(SYSTEMS[system], seed), name, half_life)))


def play(choice, seed) -> float:
    """Share of next week's takes found, in per cent, feed and shop added up."""
    return 100 * sum(_found(system, choice[system], seed) for system in SYSTEMS)


TOLD = {
    ("feed", "chart"): "feed, chart: of what people take, two fifths belong to their own tenth of the items, and a chart for all "
                       "cannot show it.",
    ("feed", "taste"): "feed, taste: counts of all time put first what was wanted a month ago; half of the interest in an item is "
                       "gone in four days.",
    ("feed", "taste, counts of weeks"): "feed, counts of weeks: a count that halves in 28 days is seven times as slow as the interest.",
    ("shop", "chart"): "shop, chart: nine tenths of what a customer takes lies in their own trade, and twenty articles for all "
                       "hold about two of each trade.",
    ("shop", "taste, counts of days"): "shop, counts of days: the order of last week's sales within a trade is mostly chance, "
                                       "and all sixty days say the same with less noise.",
}


def against(choice) -> str:
    """What speaks against the rule of each system."""
    return " ".join(TOLD[system, choice[system]] for system in SYSTEMS if (system, choice[system]) in TOLD)


MEANS = {"chart": "what was taken most in the last days, for all", "taste": "no time",
         "taste, counts of days": "a take counts half after 3 days", "taste, counts of weeks": "half after 28 days"}

MEMORY = Decision(
    id="two_tower.10", title="How long a memory?", minutes=10, difficulty=3, used_in=("interview",),
    task="Two logs of sixty days, 400 items in ten groups. In the *feed* four of ten takes come from a person's own group, and "
         "of two charts a month apart hardly anything is the same. In the *shop* nine of ten come from the customer's own "
         "trade, and this month's chart is last month's but for chance. Choose what candidates are ranked by: a chart for all, "
         "or taste and, within a group, counts. The last week judges.",
    choice=Fields({"feed": Options(MEANS), "shop": TheSame(MEANS)}),
    policies={"a chart for both": {"feed": "chart", "shop": "chart"}, "no time for both": {"feed": "taste", "shop": "taste"},
              "days for both": {"feed": "taste, counts of days", "shop": "taste, counts of days"},
              "each its own": {"feed": "taste, counts of days", "shop": "taste"}},
    play=play, unit="per cent of next week's takes found, feed and shop added up", against=against,
    why="Two things decide. How fast interest fades says how long a count may remember: a count should not outlive the interest "
        "it counts, nor be shorter than needed, since few takes are a noisy order. How much of demand is personal says what "
        "a chart for all can reach at most. The feed fades fast, so recency counts most there; the shop stands still, so "
        "forgetting only throws evidence away. In the shop, weeks instead of all time cost next to nothing.",
    until_chosen="no time for both", spec=".1f")
