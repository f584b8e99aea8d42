"""Refereed 15.3: leave-last-out, with other people's future in the counts."""

from functools import cache

import numpy as np

from course_lib.evidence.estimate import bootstrap
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.refereed import Reading, Refereed

PEOPLE, ITEMS, GROUPS, EACH, DAYS, STAY_DAYS, K = 1000, 300, 10, 8, 60.0, 6.0, 5
HALF_LIFE_DAYS = 0.5                         # of what a chart counts, and of a fashion


@cache
def log():
    """(user, item, day) of a feed, int, int, float (n,), by day: two fifths of the takes follow a fashion, the others a taste."""
    rng = np.random.default_rng(5)
    born = rng.uniform(-10, DAYS, ITEMS)
    user = np.repeat(np.arange(PEOPLE), EACH)
    day = np.repeat(rng.uniform(0, DAYS - STAY_DAYS, PEOPLE), EACH) + rng.uniform(0, STAY_DAYS, PEOPLE * EACH)
    group = rng.integers(0, GROUPS, PEOPLE)
    age = day[:, None] - born
    pull = np.where(age >= 0, np.exp2(-np.maximum(age, 0) / HALF_LIFE_DAYS), 0.0) + 1e-9 * (age >= 0)
    own = (np.arange(ITEMS) % GROUPS == group[user][:, None]) & (age >= 0)
    fashion = rng.random(len(user)) < 0.4
    chance = np.where(fashion[:, None], pull, own + 1e-12)
    item = (rng.random(len(user))[:, None] > (chance / chance.sum(1, keepdims=True)).cumsum(1)).sum(1).clip(max=ITEMS - 1)
    order = np.argsort(day, kind="stable")
    return user[order], item[order], day[order]


def measure(part) -> Reading:
    """Recall@5 of a chart of the day less that of taste, each person's last take held out."""
    user, item, day = log()
    last = len(user) - 1 - np.unique(user[::-1], return_index=True)[1]          # row of each person's last take
    kept = np.setdiff1d(np.arange(len(user)), last)
    difference = np.empty(PEOPLE)
    for person, row in enumerate(last):
        known = np.asarray(part(day[kept].copy(), user[kept].copy(), float(day[row]), person), bool)
        events = kept[known]
        near = np.exp2(-np.abs(day[events] - day[row]) / HALF_LIFE_DAYS)
        chart = np.bincount(item[events], near, minlength=ITEMS)
        mine = events[user[events] == person]
        share = np.bincount(item[mine] % GROUPS, minlength=GROUPS)
        taste = share[np.arange(ITEMS) % GROUPS] + 1e-3 * np.minimum(np.bincount(item[events], minlength=ITEMS), 99)
        found = [item[row] in np.argsort(-score, kind="stable")[:K] for score in (chart, taste)]
        difference[person] = float(found[0]) - float(found[1])
    gap = bootstrap(difference, n_boot=500)
    if gap.low > 0:
        return Reading("the chart of the day is clearly ahead", gap)
    return Reading("the chart of the day is not clearly ahead", gap)


def all_but_the_last(day, user, at, person):
    """As published: everything that is no test event."""
    return np.ones(len(day), bool)


def before(day, user, at, person):
    """What had happened when the test event came."""
    return day < at


def _cutoff(day, user, at, person):
    return day < np.quantile(day, 0.8)


def _later(day, user, at, person):
    return day > at


def _only_own(day, user, at, person):
    return (user == person) & (day < at)


FUTURE = Refereed(
    id="sequences.3", title="“Charts beat taste, as everybody's last take shows”", minutes=10, difficulty=3,
    used_in=("this lesson", "{{metric_stack}}"),
    task="A team held out the last take of each of 1,000 people of a feed and trained on all others. The log has sixty days; each "
         "person was there for six. A chart counts everybody's takes, weighted by how near they are to the request in time (half after "
         "half a day). *Taste* ranks a person's own groups first. They publish: *the chart of the day is clearly ahead.* When it was "
         "served, it was not.",
    signature="`known(day, user, at, person)`: `day` float (n,) and `user` int (n,) of all takes that are no test event, `at` the day of "
              "this person's test take, `person` int → bool (n,), what the two rankings may count. Published: all.",
    measure=measure, rigged=all_but_the_last, reference=before,
    explanations={
        "Takes of other people that came after the test take are counted.":
        "Leave-last-out cuts each person's history at another moment. What the others did next week stood in the chart of today, and a chart "
        "lives on exactly that. Count what had happened by then.",
        "One test take per person is too few to compare two rankings.":
        "A thousand takes leave an interval that is narrow enough here, and more of them would have given the same wrong answer.",
        "The test take itself stands in the counts.":
        "It was held out for both; look at the rows that are handed to `known`.",
        "Taste should have been given a half-life as well.":
        "Perhaps it would be better with one. But the published verdict turns round without touching taste.",
        "People with long histories are counted as often as people with short ones.":
        "Everybody here has eight takes."},
    right="Takes of other people that came after the test take are counted.",
    why="Within each person the split is clean: nothing of theirs after the test take is known. Across people it is not, and everything "
        "that is learnt from all people (counts, neighbours, item vectors) may have seen the future. What gains most is what lives "
        "on time: charts, recency, and a sequence model that has learnt which new item follows which. A split by time, one cutoff for "
        "everybody, is the remedy where a model is trained once; counts can be taken as of each moment.",
    wrong_mends=(
        Mistake("one cutoff", _cutoff, "One cutoff for all is right where the test takes lie behind it. Here most lie before it, and still see "
                "their future."),
        Mistake("the future alone", _later, "You keep what came after and drop what came before."),
        Mistake("one's own past alone", _only_own, "You keep this person's own takes alone. A chart counts other people's as well, up to the "
                "moment of the request."),
    ))
