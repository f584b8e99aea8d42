"""Refereed 1.11: a chart of the fourth week that counts the wrong unit."""

from functools import lru_cache

import numpy as np

from course_lib.contracts import ArgumentError
from course_lib.data.log import MemoryLog
from course_lib.evidence import objectives, proxies
from course_lib.evidence.estimate import Estimate, bootstrap
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.refereed import Reading, Refereed

PEOPLE, DAYS, SEED = 160, 31, 3


@lru_cache(maxsize=2)
def _fourth_week(feed, policies):
    """{policy: (clicks of each request, its user)} of days 24 to 30, and everybody who was there at any time."""
    world = feed(people=PEOPLE, items=200, seed=SEED)
    world.run(policies.Uniform(), 3)
    weeks, people = {}, []
    for name, by in (("clicks", "click"), ("satisfaction", "satisfaction")):
        log = MemoryLog()
        world.fork().run(policies.Oracle(world.truth(), by), DAYS - 3, log)
        asked = log.requests(range(DAYS - 7, DAYS), columns=["request_id", "user"])
        clicks = objectives.clicks(log).reindex(asked["request_id"]).to_numpy()
        weeks[name] = (clicks, asked["user"].to_numpy())
        people.append(log.requests(columns=["user"])["user"].to_numpy())
    return weeks, np.unique(np.concatenate(people))


def fourth_week(part, *, feed, policies):
    """The click policy less the satisfaction policy in week 4, by the mean of what the part gives."""
    weeks, everybody = _fourth_week(feed, policies)
    means = {}
    for name, (clicks, user) in weeks.items():
        held = np.asarray(part(clicks.copy(), user.copy(), everybody.copy()), float)
        if np.isnan(held).any():
            raise ArgumentError(f"{np.isnan(held).sum()} of your values are NaN. Whoever made no request clicked nothing: that is known, and 0.")
        means[name] = bootstrap(held)
    a, b = means["clicks"], means["satisfaction"]
    side = np.hypot((a.high - a.low) / 2, (b.high - b.low) / 2)
    gap = Estimate(a.value - b.value, a.value - b.value - side, a.value - b.value + side, min(a.n, b.n))
    says = {"above": "the click policy is ahead", "below": "the click policy is behind"}
    return Reading(says.get(gap.side(), "neither is ahead"), gap)


def by_request(clicks, user, everybody):
    """One value a request."""
    return clicks


def who_came(clicks, user, everybody):
    """One value for each person who came."""
    return proxies.weekly_totals(clicks, user, np.unique(user))


def mean_of_a_person(clicks, user, everybody):
    """Each person's clicks for each request."""
    count = np.bincount(user, minlength=user.max() + 1)
    return (np.bincount(user, clicks) / np.maximum(count, 1))[count > 0]


def requests_of_a_person(clicks, user, everybody):
    """How often each person asked."""
    return proxies.weekly_totals(np.ones(len(user)), user, everybody)


def came_at_all(clicks, user, everybody):
    """Whether a person asked at all."""
    return np.isin(everybody, user)


def mean_or_zero(clicks, user, everybody):
    """Each person's clicks for each request, 0 without a request."""
    asked = requests_of_a_person(clicks, user, everybody)
    return proxies.weekly_totals(clicks, user, everybody) / np.maximum(asked, 1)


def first_request(clicks, user, everybody):
    """The clicks of each person's first request."""
    return clicks[np.unique(user, return_index=True)[1]]


def most_in_a_request(clicks, user, everybody):
    """The most clicks of a person in one request."""
    most = np.zeros(user.max() + 1)
    np.maximum.at(most, user, clicks)
    return np.where(np.isin(everybody, user), most[np.minimum(everybody, user.max())], 0)


def requests_over_people(clicks, user, everybody):
    """Each request's clicks times the requests a person."""
    return clicks * len(clicks) / len(everybody)


def by_day(clicks, user, everybody):
    """A person's clicks a day."""
    return proxies.weekly_totals(clicks, user, everybody) / 7


CHART = Refereed(
    id="objective.11", title="The chart of the fourth week", minutes=9, difficulty=3,
    task="Two such policies served the same people. For the fourth week the team reports clicks, with an interval: *the click policy is "
         "ahead, clearly*. For each policy it averages what one function returned, the clicks of each request.",
    signature="`values(clicks, user, everybody)` returns the values to average. `clicks` float (R,), `user` int (R,): a row a request of "
              "the week; `everybody` int (P,): all who asked since the policies began.",
    measure=fourth_week, rigged=by_request, reference=proxies.weekly_totals,
    explanations={
        "The unit is a request, and the policy changes how many requests there are.":
            "Who asks less drops out of the mean. Count people, and those who stayed away with 0; then the interval comes from "
            "people too.",
        "The click policy is still new, and people click more on what is new.":
            "Both policies are equally new, and four weeks old. The difference is in how often people ask, and it is divided away.",
        "Clicks are rare, so the interval is too wide to say anything.":
            "The interval excludes 0 with ease; what it is an interval of is the question.",
        "The same people met both, so their difference should be paired.":
            "Pairing narrows the interval and leaves the unit as it is: a request has no partner under the other policy.",
        "A few people click very much; it should be a median.":
            "A median of the same values would still leave out whoever is no longer asking."},
    right="The unit is a request, and the policy changes how many requests there are.",
    wrong_mends=(
        Mistake("only those who came", who_came, "People who did not come in this week are missing. They are the ones the question is about: "
                                                 "count them with 0."),
        Mistake("mean of each person's mean", mean_of_a_person,
                "A person's clicks for each of their requests still has their number of requests in the denominator."),
        Mistake("mean of each person's mean, or 0", mean_or_zero,
                "Everybody is there now, but a person's clicks are still divided by their requests, and the policy moves those. Add them up."),
        Mistake("requests", requests_of_a_person,
                "You count a person's requests. That is worth knowing, but the chart is about clicks: add up the clicks of those requests."),
        Mistake("whether, not how much", came_at_all,
                "You ask whether a person came, or clicked, at all. One click and fifty are then the same: add up each person's clicks."),
        Mistake("first request", first_request,
                "You keep one request of each person. How often people ask is what the policy changes, and it is gone: add all of them up."),
        Mistake("best request", most_in_a_request,
                "You keep each person's best request. Twenty requests then count like one: add up all of them."),
        Mistake("requests over people", requests_over_people,
                "The mean is one of people now, but the interval comes from requests, and one person's requests are alike. Return one value for "
                "each person.")),
    also_right=((by_day, "With your part in its place the measurement is sound: clicks a day, where the course's own part counts a week."),),
    why="A ratio whose denominator the policy moves can rise while everything that is wanted falls. The unit to average is the one that was "
        "there before the policies parted: a person. It also mends the interval, since one person's requests are alike. Clicks for each showing "
        "have the same fault: leave out the worst slots, and they rise with no click gained. What you see is "
        f"one feed of {PEOPLE} people: in another, either of the two intervals may reach 0.")

REFEREED = [CHART]
