"""Each phenomenon comes out of a mechanism: it is there with the mechanism, and gone without it."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import Arm, Assignment
from course_lib.world import feed, marketplace
from course_lib.world import policies as P
from course_lib.world.params import WorldParams

ALL = set(WorldParams().switches())


def only(*names, make=feed, people=1024, items=300, seed=5, **blocks):
    """A world in which only these mechanisms are on."""
    return make(people, items, seed=seed, without=tuple(ALL - set(names)), **blocks)


def shown(days):
    return pd.concat([day.impressions for day in days], ignore_index=True)


class Fixed:
    """The same slate for all, every day: the first ten eligible items, or the next ten."""

    def __init__(self, name="fixed", start=0):
        self.name, self.start = name, start

    def slates(self, requests):
        from course_lib.contracts import Slates
        return Slates.certain(np.tile(requests.eligible[self.start:self.start + 10], (len(requests), 1)))


def births(on):
    world = only(*on)
    before = world.eligible()
    world.run(P.Uniform(), 5)
    return len(np.setxor1d(before, world.eligible()))


def quality(on):
    truth = only(*on).truth()
    kept = truth.satisfaction(0, truth.eligible()) / truth.click_probability(0, truth.eligible())
    hidden = truth.hidden_items()["quality"].to_numpy()
    return abs(np.cov(hidden, kept)[0, 1])


def clickbait(on):
    truth = only(*on).truth()
    return truth.hidden_items()["appeal"].mean()


def examination(on):
    log = shown(only(*on, taste={"base": -2.0}).run(P.Uniform(), 4))
    rate = log.groupby("position")["click"].mean()
    return max(0.0, rate[1] / rate[10] - 1.3)


def share_of_same(log, by):
    """Of all pairs of clicks within a group, how many have the same category."""
    kind = log.groupby([by, "category"]).size()
    return (kind * (kind - 1)).sum() / (log.groupby(by).size() * (log.groupby(by).size() - 1)).sum()


def mood(on):
    """How much more often two clicks share a category if they share a session, not only a person."""
    world = only(*on, taste={"base": -3.0}, mood={"share": 1.0, "weight": 0.8})
    log = shown(world.run(P.Uniform(), 3)).query("click > 0")
    log = log.assign(category=world.catalog().items["category"].to_numpy()[log["item"]], s=log["request_id"] // 8)
    return max(0.0, share_of_same(log, "s") / share_of_same(log, "user") - 1.15)


def freshness(on):
    world = only(*on, taste={"base": -3.0})
    log = shown(world.run(P.Uniform(), 5))
    age = log["day"] - world.catalog().items["born_day"].to_numpy()[log["item"]]
    return max(0.0, log["click"][age < 6].mean() / log["click"][age > 60].mean() - 1.25)


def trends(on):
    truth = only(*on).truth()
    item = truth.eligible()
    return np.abs(truth.click_probability(0, item, 3) - truth.click_probability(0, item, 12)).max()


def calendar(on):
    days = only(*on).run(P.Uniform(), 7)
    count = [len(day.requests) for day in days]
    return max(0.0, np.mean(count[5:]) / np.mean(count[:5]) - 1.1)


def social_proof(on):
    world = only(*on)
    before = world.truth().click_probability(0, world.eligible(), 10)
    world.run(P.Uniform(), 3)
    return np.abs(world.truth().click_probability(0, world.eligible(), 10) - before).max()


def repeats(on):
    """How much less those click on day 1 who clicked the same item on day 0, against the world without."""
    def again(names):
        log = shown(only(*names, taste={"base": -1.0}).run(Fixed(), 2)).query("position == 1")
        before, after = log.query("day == 0"), log.query("day == 1")
        keen = before.loc[before["click"] > 0, "user"]
        return after.loc[after["user"].isin(keen), "click"].mean()
    return again(()) - again(on)


def retention(on):
    """Do visits depend on what was shown? Sessions of twins under two policies."""
    world = only(*on, "clickbait", "quality")
    twin = world.fork()
    good, bad = world.run(P.Oracle(world.truth()), 4), twin.run(P.Uniform(), 4)
    return sum(abs(a.requests["session"].nunique() - b.requests["session"].nunique())
               for a, b in zip(good, bad, strict=True))


def joining(on):
    world = only(*on)
    before = len(world.users())
    world.run(P.Uniform(), 20)
    return len(world.users()) - before


def novelty(on):
    """Clicks of the same slates on the day on which they come from a policy of another name."""
    world = only(*on)
    world.run(Fixed("old"), 1)
    twin = world.fork()
    return shown(twin.run(Fixed("new"), 1))["click"].sum() - shown(world.run(Fixed("old"), 1))["click"].sum()


def spillover(on, **options):
    """Clicks of the control group that change because others are treated: zero if units do not interfere."""
    def control(treatment):
        world = only(*on, taste={"base": -1.5}, **options)
        arms = Assignment((Arm("control", Fixed("same"), 0.5), Arm("treatment", treatment, 0.5)))
        log = shown(world.run(arms, 6))
        return log[log["arm"] == "control"].set_index(["request_id", "position"])[["item", "click"]]
    a, b = control(Fixed("other", 10)), control(Fixed("same"))
    joined = a.join(b, how="outer", lsuffix="_a", rsuffix="_b").fillna(-1)
    return int(((joined["item_a"] != joined["item_b"]) | (joined["click_a"] != joined["click_b"])).sum())


def stock_spillover(on):
    return spillover(on, make=marketplace, shop={"stock": "shop" in on, "buy": 3.0, "stock_median": 3.0})


def spam(on):
    truth = only(*on).truth()
    return truth.hidden_items()["spam"].sum() + truth.hidden_users()["bot"].sum()


def policy_score(on):
    """Items that the score puts on the wrong side."""
    world = only(*on, "spam", spam={"creators": 0.2}, items=2000)
    spam = world.truth().hidden_items()["spam"].to_numpy()
    return ((world.catalog().items["policy_score"].to_numpy() > 0.5) != spam).sum()


def shop(on):
    days = only(*on, make=marketplace, taste={"base": -2.0}).run(P.Uniform(), 3)
    return sum((day.outcomes["kind"] == "purchase").sum() for day in days)


def arrival(on):
    days = only(*on, "sharing", taste={"base": -2.0}).run(P.Uniform(), 3)
    late = pd.concat([day.outcomes for day in days])
    assert len(late)
    return (late["arrival_time"] > late["event_time"]).sum()


PHENOMENA = {
    "births": births, "quality": quality, "clickbait": clickbait, "examination": examination, "mood": mood,
    "freshness": freshness, "trends": trends, "calendar": calendar, "social_proof": social_proof, "repeats": repeats,
    "retention": retention, "joining": joining, "novelty": novelty, "sharing": spillover, "spam": spam,
    "policy_score": policy_score, "shop": shop, "arrival": arrival,
}


def test_every_switch_has_its_phenomenon():
    assert set(PHENOMENA) == ALL


@pytest.mark.parametrize("name", PHENOMENA)
def test_the_phenomenon_goes_away_with_its_mechanism(name):
    assert PHENOMENA[name]((name,)) > 0, "the mechanism is on, and its phenomenon does not show"
    assert PHENOMENA[name](()) == 0, "the mechanism is off, and its phenomenon still shows"


def test_people_interfere_through_stock_and_counters_too():
    assert stock_spillover(("shop",)) > 0
    assert stock_spillover(()) == 0
    assert spillover(("social_proof",)) > 0


def test_clickbait_earns_clicks_and_loses_satisfaction():
    truth = only("clickbait").truth()
    appeal, items = truth.hidden_items()["appeal"].to_numpy(), truth.eligible()
    click = truth.scores(np.arange(200), items, by="click").mean(axis=0)
    kept = truth.scores(np.arange(200), items, by="satisfaction").mean(axis=0) / click
    bait = appeal[items] > 1
    assert click[bait].mean() > 1.5 * click[~bait].mean() and kept[bait].mean() < 0.5 * kept[~bait].mean()


def test_novelty_wears_off():
    world = only("novelty", people=4096, taste={"base": -1.0}, novelty={"logits": 1.0, "decay_days": 2.0})
    world.run(Fixed("old"), 1)
    twin = world.fork()
    new, old = twin.run(Fixed("new"), 8), world.run(Fixed("old"), 8)
    lift = [a.impressions["click"].mean() / b.impressions["click"].mean() for a, b in zip(new, old, strict=True)]
    assert lift[0] > 1.1 and lift[0] > lift[3] > lift[7] > 0.97 and lift[7] < 1.03


def test_bots_click_their_own_creators_items_and_wait_for_the_attack():
    world = only("spam", spam={"bots": 0.2, "creators": 0.05, "attack_day": 2})
    bots = np.flatnonzero(world.truth().hidden_users()["bot"])
    log = shown(world.run(P.Uniform(), 4))
    mine = log[log["user"].isin(bots)]
    assert mine["day"].min() == 2 and len(mine) > 100
    spam = world.truth().hidden_items()["spam"].to_numpy()[mine["item"]]
    assert mine["click"][spam].sum() > 0 and mine["click"][~spam].sum() == 0


def test_sold_out_items_are_not_eligible_and_restock_brings_them_back():
    world = only("shop", make=marketplace, items=50, taste={"base": 2.0},
                 shop={"buy": 5.0, "stock_median": 3.0, "delay_days": 0.01, "restock_days": 6})
    world.run(P.Uniform(), 4)
    left = world.eligible()
    assert len(left) < 40 and (world._state.stock >= 0).all()
    again = world.run(P.Uniform(), 3)[-1]  # day 6
    assert again.impressions["item"].nunique() > len(left) + 10
