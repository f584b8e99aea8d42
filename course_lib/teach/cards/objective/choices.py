"""Decisions 1.8 to 1.10: a proxy for the feed, what a shop ranks by, and a guardrail's margin."""

from functools import lru_cache

import numpy as np
from scipy.stats import norm

from course_lib.data.log import MemoryLog
from course_lib.evidence import proxies
from course_lib.evidence.margins import reach, worth_of_margin
from course_lib.teach.definitions.choice import Number, Options
from course_lib.teach.definitions.decision import Decision

PEOPLE, ITEMS, LAUNCHED_DAYS = 120, 120, 10


# --- 1.8 -----------------------------------------------------------------------------------------------------------
@lru_cache(maxsize=8)
def _after_a_random_week(feed, policies, seed):
    """A feed after a week of random slots, and each item's scores by the six proxies."""
    world, week = feed(people=PEOPLE, items=ITEMS, seed=seed), MemoryLog()
    world.run(policies.Uniform(), 7, week)
    return world, proxies.item_scores(week, len(world.catalog().items))


def requests_after(proxy, seed, *, feed, policies):
    """Requests a person and day in the last seven of ten days of a ranker that learnt this proxy."""
    world, scores = _after_a_random_week(feed, policies, seed)
    log = MemoryLog()
    ranker = policies.PlackettLuce(proxies.scorer(scores[proxy]), temperature=0.4, name=proxy)
    world.fork().run(ranker, LAUNCHED_DAYS, log)
    return proxies.requests_a_day(log, PEOPLE)


PROXY = Decision(
    id="objective.8", title="Which proxy shall the ranker learn?", minutes=8, difficulty=3,
    task="Six rankers learn from a week of random slots, each from one proxy, and then serve ten days.",
    choice=Options({
        "clicks": "per showing", "reading time": "per showing", "long clicks": "per showing",
        "meaningful engagement": "per showing", "session depth": "per click", "back tomorrow": "per click"}),
    policies={name: name for name in ("clicks", "long clicks", "session depth", "back tomorrow")}, play=requests_after,
    unit="requests a person and day, in the last seven days",
    against={
        "clicks": "Set its clicks for each request beside its share back tomorrow in the six logs. A click pays for the title, "
                  "before anybody has read the item.",
        "reading time": "A long read that annoyed counts as much as one that pleased, and one long item outweighs ten good short ones.",
        "long clicks": "A bounce costs nothing here, so an item that disappoints most who open it is punished for what it did not "
                       "earn and not for the harm.",
        "meaningful engagement": "Half a long click for a bounce is a weight that somebody made up; it wants a check against who "
                                 "comes back, like the one you saw.",
        "session depth": "A visit has many items and one depth. Credited to each item, it says little of any: compare its row with that of "
                         "random slots. And who finds nothing may go on searching.",
        "back tomorrow": "It is the objective itself, and a week holds one yes or no a person and day, shared by all that was "
                         "clicked. Its ranker learns much noise: compare its row with the rows of reading time and long clicks."},
    why="A proxy has to be near the objective *and* dense enough to learn from. The objective itself has few bits in a week, and it is "
        "credited to each click and not to each showing, so its score does not say how often an item is clicked; the play does not tell "
        "the two causes apart. A click has many bits about the title. What is known within minutes, but only after reading, lies between. "
        "Long clicks, reading time, and long clicks less bounces lie close together here, so take the one that is easiest to explain and "
        "to check, and read the slow metric beside it. Its threshold has to fit the items: 30 s is a long click on a note and a bounce on "
        "a film. A weight in a sum, such as half a long click for a bounce, is a claim to be checked against who comes back; a constraint, "
        "such as \"reports at most x\", has a margin and needs no such exchange rate. To check a proxy by past experiments, take its effect "
        "and that on the slow metric from two halves of the people, since from the same people their errors agree; and ask for many: a "
        "correlation of .4 over ten experiments has the interval −.31 to .82. People can also be asked: a survey of a sample, corrected for who "
        "answers, checks a proxy on satisfaction itself, and is too sparse to train on alone. Several early metrics can also be joined into one prediction "
        "of the long run, a surrogate index (Athey et al. 2019); it holds if all of the effect passes through them.",
    until_chosen="long clicks", spec=".2f")


# --- 1.9 -----------------------------------------------------------------------------------------------------------
BUYERS, GOODS, SHOP_DAYS, HANDLING = 200, 150, 8, 2.0


@lru_cache(maxsize=16)
def _shop_scores(marketplace, seed):
    """A shop on its first day, what a sale of each item keeps, float (items,), and what each ranker maximises.

    A sale keeps its margin, and where the goods come back it loses the margin again and the handling. The chance of
    that is the truth's, so a return counts whether it comes within the judged days or long after them. What a ranker
    maximises is {name: float (people, items)}.
    """
    shop = marketplace(people=BUYERS, items=GOODS, seed=seed)
    truth, goods = shop.truth(), shop.catalog().items
    price, margin = goods["price"].to_numpy(), goods["margin"].to_numpy()
    back = truth.hidden_items()["return_chance"].to_numpy()
    person, item = np.arange(BUYERS), np.arange(len(goods))
    sale = truth.scores(person, item, by="value") / (margin * (1 - back))
    kept = margin - back * (margin + HANDLING)
    return shop, kept, {"clicks": truth.scores(person, item, by="click"), "chance of a sale": sale,
                        "revenue": sale * price, "money kept": sale * kept}


def money_kept(by, seed, *, marketplace, policies):
    """Money kept a person of what the log of eight days holds as bought, all its returns counted at what they cost."""
    shop, kept, scores = _shop_scores(marketplace, seed)

    def scored(requests):
        known = requests.eligible[requests.eligible < len(kept)]
        out = np.full((len(requests.user), len(requests.eligible)), -1e9)      # what was born since is left out
        out[:, :len(known)] = scores[by][np.minimum(requests.user, BUYERS - 1)][:, known]
        return out

    log = MemoryLog()
    shop.fork().run(policies.TopScore(scored, name=by), SHOP_DAYS, log)
    outcomes = log.outcomes()
    bought = outcomes["item"][outcomes["kind"] == "purchase"].to_numpy()
    return float(kept[bought[bought < len(kept)]].sum()) / BUYERS


SHOP = Decision(
    id="objective.9", title="What shall the shop rank by?", minutes=6, difficulty=3,
    task="Suppose that every chance is known, so that only the objective differs. Handling a return costs 2.",
    choice=Options({
        "clicks": "leaves out whether anything is bought", "chance of a sale": "leaves out the price",
        "revenue": "chance times price; leaves out margin and returns",
        "money kept": "chance times what stays of the price; leaves out **inventory**, for the best items sell out"}),
    policies={name: name for name in ("clicks", "revenue", "money kept")}, play=money_kept,
    unit="money kept a person from eight days, all returns counted",
    against={
        "clicks": "Most clicks in a shop end in no purchase, and what a sale would bring stands in none of them.",
        "chance of a sale": "A sale of 3 counts as much as one of 30. People buy cheap things more readily, so the page fills with "
                            "what earns least.",
        "revenue": "The figure above says what revenue leaves out: what stays of a price differs from item to item. How much that costs "
                   "depends on how much it differs, and on how soon the best items sell out.",
        "money kept": "It needs each item's margin and return rate, which a new item does not have yet, and it knows nothing of stock: two "
                      "policies may sell out the same best items."},
    why="In the shop the worth of a sale is written in the books, so the objective can be computed item by item once the chance of a sale "
        "is known. On the pages of the first morning, ranking by revenue is worth 6% less than by money kept in shops of this size. Over "
        "eight days with stock it is about 2% behind, with every return counted, and that cannot be told from 0; clicks are clearly behind. "
        "Without stock we saw revenue 4 to 9% behind, decided by a few dear goods, so that cannot be told from 0 either. Stock may well "
        "narrow the gap, since the best items sell out whatever put them on top; this play does not prove it. A log would need many "
        "people: where 2% buy and amounts have a coefficient of variation of 1.5, that of a person's money has the square "
        "(1 + 1.5²)/.02 − 1 ≈ 162, so a change of 2% takes 16 · 162/.02² ≈ 6.5 million people an arm. A new item has no return rate yet: "
        "give it its category's, and let its own count more as its sales grow. And margin alone would show people what is dear, "
        "against which a guardrail on buying again protects. A marketplace has a second side: it lives on a share of each price, so the money "
        "kept can rise for a year while small sellers, who are seen less and less, leave. The share of sellers with a sale is a guardrail for "
        "that.",
    seeds=tuple(range(101, 111)),
    until_chosen="money kept", spec=".2f")


# --- 1.10 ----------------------------------------------------------------------------------------------------------
def _margin_against(margin) -> str:
    """How often a harmless launch passes a margin, and how often one that loses two people in a hundred."""
    wide = reach()
    harmless, harmful = (norm.cdf((margin + change - wide) / (wide / 1.96)) for change in (0.0, -0.02))
    odds = (f"With 20,000 people an arm the interval reaches {wide:.4f} to each side. A launch that changes nothing passes a margin of "
            f"{margin:g} in {harmless:.0%} of the tries, one that loses two people in a hundred in {harmful:.0%}.")
    if harmless < 0.9 and harmless + harmful < 1:
        return f"{odds} You mostly lose by keeping back what is harmless: ask for more people, or accept more."
    if harmful > 0.1:
        return f"{odds} You mostly lose by letting harm through."
    return f"{odds} Even here some harmful launches pass and some harmless ones wait: the margin trades one for the other."


MARGIN = Decision(
    id="objective.10", title="How wide is the guardrail's margin?", minutes=7, difficulty=3,
    task="In a model, not the feed, a team tests 400 launches with 20,000 people an arm. The guardrail is the share of "
         "*all* people of an arm who come on a day, about one half; who stays away counts as 0. A launch ships if it passes at your margin. A "
         "quarter of the launches lower it by 0.5 to 3 points, one in seven raises it, the others hardly move it. Each also brings 1 to 6 "
         "visits a thousand people and day; a point of the share is worth 10.",
    choice=Number(0.001, 0.1, "share of people; 0.01 is one point"),
    policies={"a tenth of a point": 0.001, "half a point": 0.005, "one point": 0.01, "two points": 0.02, "five points": 0.05},
    play=worth_of_margin, unit="visits a thousand people and day, for each launch", against=_margin_against,
    why="A margin has two costs. Below the reach of the interval nearly everything is kept back, also what is harmless; far above it, "
        "harm passes. So the margin and the number of people are one decision: halve the margin and you need four times the people. To find "
        "half a point of return with 80% power takes 16 · .25/.005² = 160,000 an arm, one reason why return is a guardrail and seldom the "
        "primary metric. If every guardrail has to pass, shipping needs no correction for their number, but power falls with each.",
    until_chosen="two points", spec=".2f")

DECISIONS = [PROXY, SHOP, MARGIN]
