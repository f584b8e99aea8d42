"""Decisions 10.8 and 10.9: how a feed tests its launches, and how a shop does, each played through a year."""

from functools import cache

import numpy as np
from scipy.stats import t as student

from course_lib.evidence import launch_year
from course_lib.evidence.launch_year import LAUNCHES, TEAMS, Launches
from course_lib.teach.definitions.choice import Fields, Number, Options
from course_lib.teach.definitions.decision import Decision

PEOPLE, ARTICLES, DAYS, DRAWN = 40_000, 8_000, 21, TEAMS * LAUNCHES


# --- 10.8: the feed ---------------------------------------------------------------------------------------------------
SEEN_IN_FEED = {"user": 0.8, "cluster": 0.95}           # of an effect; the rest reaches control, from friend to friend
FEED_KINDS = {                                          # share, clicks, satisfied clicks, active days, on the first day
    "better": (0.25, 0.03, 0.04, 0.005, 0.0), "nothing": (0.2, 0.0, 0.0, 0.0, 0.0),
    "worse": (0.15, -0.01, -0.02, 0.0, 0.0), "bait": (0.15, 0.06, -0.02, -0.01, 0.0),
    "tiring": (0.15, 0.05, 0.05, -0.035, 0.0), "new": (0.1, 0.0, 0.0, 0.0, 0.15)}
UPKEEP = 0.01                                           # what every launch that ships costs, relative


@cache
def feed_launches(seed) -> Launches:
    """Launches of a feed: some help, some are bait, some tire people, some are merely new."""
    rng = np.random.default_rng([seed, 1])
    kinds = np.array(list(FEED_KINDS.values()))
    drawn = kinds[rng.choice(len(kinds), DRAWN, p=kinds[:, 0])]
    _, clicks, satisfied, active, early = (drawn * rng.gamma(2.0, 0.5, (DRAWN, 1))).T
    lasting = {"clicks": clicks, "satisfied clicks": satisfied, "active days": active}
    return Launches(lasting, {"clicks": early, "satisfied clicks": early}, satisfied + 2 * active - UPKEEP)


@cache
def _feed_log(feed, policies, seed):
    """What six hundred people of a feed that changes nothing do in three weeks, and what may be split."""
    world, usual = feed(people=600, items=150, requests_per_day=1500, seed=seed), policies.Uniform()
    world.run(usual, 2)
    users = world.users()
    units = {"user": users.index.to_numpy(), "cluster": users["cluster"].to_numpy()}
    return launch_year.daily_table(world.run(usual, DAYS), users.index), units


@cache
def _feed_sees(feed, policies, column, unit, seed):
    """(difference, error) of all launches on each day, relative, effects included."""
    daily, units = _feed_log(feed, policies, seed)
    value, error = launch_year.noise(daily[column], units[unit], DAYS, PEOPLE, seed=seed)
    return value + SEEN_IN_FEED[unit] * feed_launches(seed).seen(column, DAYS), error


def play_feed(choice, seed, *, feed, policies) -> float:
    """Per cent of satisfied clicks that a year of launches adds, on average over its days."""
    days = choice["days"]
    seen = [[part[:, :days] for part in _feed_sees(feed, policies, column, choice["unit"], seed)]
            for column in (choice["metric"], "active days")]
    plan = launch_year.rule_edges(choice["stopping"], days)
    return 100 * launch_year.gained(feed_launches(seed), seen[0], plan, seen[1], choice["margin"] / 100)


def against_feed(choice) -> str:
    """What speaks against a plan, part by part."""
    told, days, stopping = [], choice["days"], choice["stopping"]
    if choice["metric"] == "clicks":
        told.append("clicks: bait earns them, and leaves fewer satisfied clicks and fewer days.")
    if choice["metric"] == "active days":
        told.append("active days: what helps hardly moves them within weeks, so it is not found. Guard them instead.")
    if choice["unit"] == "cluster":
        told.append("clusters: they see 0.95 of an effect where people see 0.8, with an interval nearly half as wide again.")
    if choice["margin"] > 3:
        told.append(f"a margin of {choice['margin']:g}%: launches that tire people cost 3.5% of active days, and pass.")
    if choice["margin"] < 1.2:
        told.append(f"a margin of {choice['margin']:g}%: the interval of active days reaches further down by chance "
                    "alone, so good launches fail.")
    if stopping == "every look at 5%":
        told.append("every look at 5%: what is new wins on its first days, and so does chance.")
    if stopping == "always valid":
        told.append("always valid: bounds planned for this number of mornings find more with the same people.")
    if days < 6:
        told.append("less than a week: novelty has hardly faded, and not every weekday was seen.")
    if days > 8 and stopping == "one look":
        told.append("one look at the end: a large effect could have been called days before, and the next idea waits.")
    if days > 11:
        told.append("more than eleven days: more days of the same people hardly narrow the interval, and ideas wait.")
    return " ".join(told)


FEED_BRIEF = Decision(
    id="experiments.8", title="A brief from the feed", minutes=14, difficulty=4, used_in=("{{launch}}", "{{interview}}"),
    task="*“We are 40,000 people. An idea is ready every ten days; one test runs at a time. A quarter of ideas help, others do "
         "nothing, harm, are clickbait, are merely new, or make people click more and come on fewer days. A fifth of an "
         "effect reaches control through friends. One per cent of active days is worth two of satisfied clicks; what ships "
         "costs 1% upkeep.”* A launch ships where the metric is significantly up *and* the interval of active days excludes "
         "a loss of the margin. Forty teams follow your plan for a year. The noise is our world's, the effects are planted.",
    choice=Fields({
        "metric": Options({"clicks": "a person", "satisfied clicks": "with 30 seconds of dwell", "active days": "a person"}),
        "unit": Options({"user": "by person", "cluster": "32 friends who joined together"}),
        "margin": Number(0.2, 10, "% of active days"), "days": Number(3, DAYS, "at most", whole=True),
        "stopping": Options({"one look": "on the last day", "every look at 5%": "each morning, at 1.96 errors",
                             "O'Brien-Fleming": "each morning, planned bounds",
                             "always valid": "each morning"})}),
    policies={
        "clicks, stopped at the first p < 5%": {"metric": "clicks", "unit": "user", "margin": 10, "days": 14, "stopping": "every look at 5%"},
        "a week of clicks": {"metric": "clicks", "unit": "user", "margin": 10, "days": 7, "stopping": "one look"},
        "satisfied clicks, no guardrail": {"metric": "satisfied clicks", "unit": "user", "margin": 10, "days": 10, "stopping": "O'Brien-Fleming"},
        "as careful as can be": {"metric": "satisfied clicks", "unit": "cluster", "margin": 0.5, "days": 21, "stopping": "one look"},
        "satisfied clicks, guarded, planned bounds": {"metric": "satisfied clicks", "unit": "user", "margin": 1.5, "days": 10, "stopping": "O'Brien-Fleming"}},
    play=play_feed, unit="% of satisfied clicks gained over the year", against=against_feed,
    why="The metric decides most: clicks ship bait. Then the margin: none lets launches through that tire people, and one as "
        "narrow as the interval's own noise stops good ones. Days pull both ways: novelty has to fade and noise to fall, but "
        "the same people soon tell nothing new, and every week delays this launch and the next idea. Planned bounds keep 5% "
        "and end early where the effect is large. Clusters see 0.95 of an effect instead of 0.8 and pay with an interval nearly half "
        "as wide again; here that is a bad trade. Had half of the effect leaked, or had launches been harmful through friends, it "
        "would not be.",
    until_chosen="a week of clicks", spec=".1f")


# --- 10.9: the shop ---------------------------------------------------------------------------------------------------
SEEN_IN_SHOP = {"user": 2.2, "article": 1.2, "day": 1.0}     # of the effect on orders, where shelves empty by evening
SPREAD_OF_DAYS = 0.05
SHOP_KINDS = {                                               # share, orders, cost, lost again by returns
    "better": (0.3, 0.05, 0.0, 0.0), "nothing": (0.2, 0.0, 0.0, 0.0), "discount": (0.3, 0.05, 0.07, 0.0),
    "comes back": (0.2, 0.05, 0.0, 0.07)}


@cache
def shop_launches(seed, unit) -> Launches:
    """Launches of a shop as a split by this unit sees them: some help, some cost more than they bring, some come back."""
    rng = np.random.default_rng([seed, 2])
    kinds = np.array(list(SHOP_KINDS.values()))
    drawn = kinds[rng.choice(len(kinds), DRAWN, p=kinds[:, 0])]
    _, orders, cost, returned = (drawn * rng.gamma(2.0, 0.5, (DRAWN, 1))).T
    seen = SEEN_IN_SHOP[unit] * orders
    return Launches({"orders": seen, "money kept": seen - cost - returned}, {"money kept": returned},
                    orders - cost - returned - UPKEEP, fade=10.0)


@cache
def _shop_log(marketplace, policies, seed):
    """What people buy, and what of each article, in three weeks of a shop that changes nothing."""
    world, usual = marketplace(people=400, items=120, requests_per_day=1200, seed=seed), policies.Uniform()
    world.run(usual, 4)
    users, days = world.users().index, world.run(usual, DAYS)
    n_items = 1 + max(int(day.outcomes["item"].max()) for day in days)
    return {"user": launch_year.daily_table(days, users), "article": launch_year.daily_articles(days, n_items)}


@cache
def _shop_sees(marketplace, policies, column, unit, seed):
    """(difference, error) of all launches on each day, relative, effects included."""
    daily = _shop_log(marketplace, policies, seed)[unit][column]
    size = {"user": PEOPLE, "article": ARTICLES}[unit]
    value, error = launch_year.noise(daily, np.arange(len(daily)), DAYS, size, seed=seed)
    return value + shop_launches(seed, unit).seen(column, DAYS), error


def play_shop(choice, seed, *, marketplace, policies) -> float:
    """Per cent of the money kept that a year of launches adds, on average over its days."""
    unit, days, launches = choice["unit"], choice["days"], shop_launches(seed, choice["unit"])
    plan = launch_year.rule_edges("one look", days)
    if unit == "day":
        value, error = launch_year.of_days(days, SPREAD_OF_DAYS, seed=seed)
        value = value + launches.seen(choice["metric"], days)
        plan = np.append(plan[:-1], student.ppf(0.975, max(days - 2, 1)))
    else:
        value, error = (part[:, :days] for part in _shop_sees(marketplace, policies, choice["metric"], unit, seed))
    return 100 * launch_year.gained(launches, (value, error), plan)


def against_shop(choice) -> str:
    """What speaks against a plan, part by part."""
    told, unit, days = [], choice["unit"], choice["days"]
    if choice["metric"] == "orders":
        told.append("orders: discounts and goods that come back raise them, and lower the money kept.")
    if unit == "user":
        told.append("by user: both arms buy from the same shelves, so an effect on orders looks 2.2 times as large, and a "
                    "discount seems to pay.")
    if unit == "article":
        told.append("by article: articles of both arms compete on one page, so an effect looks 1.2 times as large; and money "
                    "hangs on few articles.")
    if days < 9 and unit == "day":
        told.append(f"{days} days are {days} units: hardly anything is found.")
    if days < 6 and unit != "day":
        told.append("less than a week: returns are still to come.")
    if days > 12:
        told.append("more than twelve days: ideas wait in the queue.")
    return " ".join(told)


SHOP_BRIEF = Decision(
    id="experiments.9", title="The same from a shop", minutes=8, difficulty=3, used_in=("{{launch}}", "{{interview}}"),
    task="*“Our shelves are full each morning and empty by evening. Three in ten ideas sell more; others do nothing, are discounts "
         "that cost more than they bring, or sell what comes back within weeks. 40,000 customers, 8,000 articles; days of "
         "one weekday differ by 5%.”* One look on the last day, Student's edge for few units; no guardrail.",
    choice=Fields({
        "metric": Options({"orders": "placed", "money kept": "less costs and the returns known so far"}),
        "unit": Options({"user": "by customer", "article": "every page holds both arms' articles", "day": "everybody has one arm a day"}),
        "days": Number(4, DAYS, "of the test", whole=True)}),
    policies={
        "as in the feed": {"metric": "orders", "unit": "user", "days": 7},
        "money, by user": {"metric": "money kept", "unit": "user", "days": 10},
        "money, by article": {"metric": "money kept", "unit": "article", "days": 7},
        "money, by day": {"metric": "money kept", "unit": "day", "days": 10},
        "orders, by day, three weeks": {"metric": "orders", "unit": "day", "days": 21}},
    play=play_shop, unit="% of the money kept gained over the year", against=against_shop,
    why="In the feed control *gained* a little from treatment, so a test by users erred on the safe side. Here control loses what "
        "treatment sells, and the error grows with the effect: a test of more users is wrong with a narrower interval. A "
        "switch by day gives each arm shelves of its own from morning to morning, for one unit a day and Student's edge "
        "with G − 2. A split by article is level with it on these seeds: it shows effects a fifth too large, and has many more units. "
        "And orders are no money: costs and returns have to be in the metric.",
    until_chosen="as in the feed", spec=".1f")
