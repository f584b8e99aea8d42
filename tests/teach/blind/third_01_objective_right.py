"""Right solutions of lesson 01, written blind."""

import math
from bisect import bisect_right
from collections import defaultdict
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
from blind_book import right


# ---------------------------------------------------------------- 1.3


@right("objective.3", "A set of days for each person, and a look at each of the next days.")
def came_back(user, day, last_day, within_days):
    days_of = defaultdict(set)
    for u, d in zip(np.asarray(user).tolist(), np.asarray(day).tolist()):
        days_of[u].add(d)
    out = []
    for u, d in zip(np.asarray(user).tolist(), np.asarray(day).tolist()):
        if d + within_days > last_day:
            out.append(float("nan"))
        else:
            out.append(float(any(d + k in days_of[u] for k in range(1, within_days + 1))))
    return np.array(out, dtype=float)


@right("objective.3", "numpy: distinct (person, day) pairs in order, the next one of the same person.")
def came_back(user, day, last_day, within_days):
    user, day = np.asarray(user), np.asarray(day)
    if len(user) == 0:
        return np.empty(0)
    pairs, place = np.unique(np.stack([user, day], axis=1), axis=0, return_inverse=True)
    gap = np.full(len(pairs), np.inf)
    same = pairs[1:, 0] == pairs[:-1, 0]
    gap[:-1][same] = np.diff(pairs[:, 1])[same]
    back = (gap[np.ravel(place)] <= within_days).astype(float)
    back[day + within_days > last_day] = np.nan
    return back


@right("objective.3", "pandas: groupby and shift on distinct days, merged back in the given order.")
def came_back(user, day, last_day, within_days):
    visits = pd.DataFrame({"user": np.asarray(user), "day": np.asarray(day)})
    days = visits.drop_duplicates().sort_values(["user", "day"])
    days["next"] = days.groupby("user")["day"].shift(-1)
    wait = visits.merge(days, on=["user", "day"], how="left").eval("next - day")
    back = wait.le(within_days).astype(float)
    return back.mask(visits["day"] + within_days > last_day)


@right("objective.3", "bisect in each person's sorted days; copies of the arguments, early continue.")
def came_back(user, day, last_day, within_days):
    user, day = np.array(user), np.array(day)
    assert user.shape == day.shape
    calendar = {u: sorted(day[user == u].tolist()) for u in np.unique(user).tolist()}
    answer = np.full(len(day), np.nan)
    for row, (u, d) in enumerate(zip(user.tolist(), day.tolist())):
        if d + within_days > last_day:
            continue                                      # cannot be asked yet
        mine = calendar[u]
        later = bisect_right(mine, d)                     # the first visit on a later day
        answer[row] = 1.0 if later < len(mine) and mine[later] - d <= within_days else 0.0
    return answer


# ---------------------------------------------------------------- 1.2


@right("objective.2", "Vectorised: margin of the value, less handling where it is a return.")
def kept_money(value, is_return, margin_rate, return_cost):
    value, margin_rate = np.asarray(value, dtype=float), np.asarray(margin_rate, dtype=float)
    return value * margin_rate - return_cost * np.asarray(is_return, dtype=bool)


@right("objective.2", "A loop; a list as the answer.")
def kept_money(value, is_return, margin_rate, return_cost):
    money = []
    for v, r, m in zip(value, is_return, margin_rate, strict=True):
        change = float(v) * float(m)
        if r:
            change -= return_cost
        money.append(change)
    return money


@right("objective.2", "pandas, Series.where; a Series as the answer.")
def kept_money(value, is_return, margin_rate, return_cost):
    log = pd.DataFrame({"value": np.asarray(value, dtype=float),
                        "back": np.asarray(is_return, dtype=bool),
                        "rate": np.asarray(margin_rate, dtype=float)})
    margin = log["value"] * log["rate"]
    return margin.where(~log["back"], margin - return_cost)


@right("objective.2", "np.where on the price without its sign: plus for a sale, minus for a return.")
def kept_money(value, is_return, margin_rate, return_cost):
    earned = np.abs(np.asarray(value, dtype=float)) * np.asarray(margin_rate, dtype=float)
    return np.where(np.asarray(is_return, dtype=bool), -(earned + return_cost), earned)


# ---------------------------------------------------------------- 1.5


@right("objective.5", "Floor with a small tolerance for float ties.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    left_us = (budget_ms - fixed_ms) * 1000
    if left_us <= 0:
        return 0
    n = left_us / per_item_us
    return int(math.floor(n + 1e-9 * max(1.0, n)))


@right("objective.5", "Exact fractions of the numbers as they are written.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    budget, fixed, each = (Fraction(str(x)) for x in (budget_ms, fixed_ms, per_item_us))
    return max(0, (budget - fixed) * 1000 // each)


@right("objective.5", "Decimal arithmetic, rounded down.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    assert per_item_us > 0
    left = (Decimal(str(budget_ms)) - Decimal(str(fixed_ms))) * 1000
    if left < 0:
        return 0
    return int((left / Decimal(str(per_item_us))).to_integral_value(rounding=ROUND_FLOOR))


@right("objective.5", "Doubling and then halving a count that is tried against the budget.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    def in_time(n):
        took = fixed_ms + n * per_item_us / 1000
        return took <= budget_ms or math.isclose(took, budget_ms, rel_tol=1e-12, abs_tol=1e-12)

    if not in_time(1):
        return 0
    good, bad = 1, 2
    while in_time(bad):
        good, bad = bad, 2 * bad
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if in_time(middle) else (good, middle)
    return good


# ---------------------------------------------------------------- 1.6


@right("objective.6", "Two comparisons with minus the margin.")
def non_inferiority(low, high, margin):
    if low > -margin:
        return "pass"
    if high < -margin:
        return "fail"
    return "undecided"


@right("objective.6", "In terms of losses: the largest and the smallest that are possible.")
def non_inferiority(low, high, margin):
    assert margin > 0 and low <= high
    largest_loss, smallest_loss = -low, -high
    surely_accepted = largest_loss < margin
    surely_harm = smallest_loss > margin
    return "pass" if surely_accepted else ("fail" if surely_harm else "undecided")


@right("objective.6", "np.select over both ends.")
def non_inferiority(low, high, margin):
    ends = np.array([low, high], dtype=float)
    return np.select([(ends > -margin).all(), (ends < -margin).all()], ["pass", "fail"],
                     default="undecided").item()


@right("objective.6", "An end that is the margin up to float noise counts as exactly margin.")
def non_inferiority(low, high, margin):
    def side(change):
        """1 accepted, −1 harm, 0 neither."""
        loss = -float(change)
        if math.isclose(loss, margin, rel_tol=1e-12):
            return 0
        return 1 if loss < margin else -1

    verdicts = {(1, 1): "pass", (-1, -1): "fail"}
    return verdicts.get((side(low), side(high)), "undecided")


# ---------------------------------------------------------------- 1.12


@right("objective.12", "Two dicts with numeric margins.")
def framing(system):
    if system == "feed":
        return {
            "decision": "Which ten posts, in which order, we show a person each time they open the feed.",
            "objective": "People who are still active four weeks from now.",
            "guardrails": [
                {"metric": "share of people who come back the next day", "margin": 0.005,
                 "risk": "people get fed up and leave without a complaint"},
                {"metric": "reports per thousand showings", "margin": 0.1,
                 "risk": "misleading titles cheat the readers"},
            ],
            "business": "Monthly active people, and with them the advertising revenue of the quarter.",
        }
    return {
        "decision": "Which ten articles fill the page when a customer visits the shop.",
        "objective": "Money kept per customer over ninety days, after returns.",
        "guardrails": [
            {"metric": "share of customers who buy again within sixty days", "margin": 0.01,
             "risk": "we sell dear goods once and lose the customer"},
            {"metric": "clicks on sold-out articles", "margin": 0.002,
             "risk": "people land on empty shelves and give up"},
        ],
        "business": "The contribution margin in the monthly books.",
    }


@right("objective.12", "A spoken minute for each, first person.")
def framing(system):
    speeches = {
        "feed": (
            "Let me start with the decision: every time somebody opens the app, we choose the ten items they see. "
            "What we want is that they're still with us next month, so the objective is four-week retention. "
            "That is slow, so day to day I'd train on clicks that were held for thirty seconds, as a proxy, and check "
            "every quarter that it still goes with retention. As a guardrail I'd watch the share of people back the "
            "next day: it must not fall by more than half a percentage point, because the risk is that people leave "
            "quietly while clicks go up. The business sees all of this in monthly active users and in ad revenue. "
            "Only then would I talk about the stages of the system."
        ),
        "marketplace": (
            "Let me start with the decision: for each visit to the shop we choose the ten products on the page. "
            "What we want is the profit that stays with us once returns are in, per customer and quarter; that is "
            "the objective. As a guardrail I'd watch how many customers buy again within two months: it must not "
            "drop by more than one percentage point, because the risk is that we push expensive things at people "
            "who then never return. The business sees it as gross margin after returns in the quarterly report. "
            "Only then would I talk about the stages of the system."
        ),
    }
    return speeches[system]


@right("objective.12", "Terse notes, one line a thought.")
def framing(system):
    if system == "feed":
        return """
Decision: which 10 items to show per request, for the person who asks.
Objective: satisfied people who keep coming - retention at day 28.
Guardrail: p99 latency may rise by at most 20 ms; risk: a slow page drives people away.
Guardrail: share of showings outside the top tenth of items may fall by at most 2 points; risk: a few hits take everything and creators quit.
Business: subscriptions renewed, seen in the monthly revenue.
"""
    if system == "marketplace":
        return """
Decision: which 10 products to show per request, for the customer who asks.
Objective: money kept per customer in 90 days - margin of the sales minus the cost of returns.
Guardrail: return rate may rise by at most 1 point; risk: we push goods that people send back.
Guardrail: share of customers who buy again may fall by at most 0.5 points; risk: a short-term gain that burns trust.
Business: operating profit, seen in the quarterly accounts.
"""
    raise ValueError(system)


@right("objective.12", "A dict by a helper, margins as words.")
def framing(system):
    def guard(metric, margin, risk):
        return {"metric": metric, "margin": margin, "risk": risk}

    if system == "feed":
        return dict(
            decision="On every refresh we pick ten stories for this reader and put them in order.",
            objective="Readers who still visit us regularly after a month.",
            guardrails=[guard("next-day return rate", "at most 0.3 percentage points lower",
                              "bait in the titles disappoints readers, who drift away")],
            business="Paid subscriptions that get renewed.",
        )
    return dict(
        decision="On every page view we pick ten offers for this shopper and put them in order.",
        objective="Profit per shopper over a quarter, net of returned goods.",
        guardrails=[guard("repeat purchase rate", "at most 1 percentage point lower",
                          "shoppers feel overcharged and take their money elsewhere")],
        business="The shop's net profit in the quarterly results.",
    )


@right("objective.12", "Text for the feed, dict for the marketplace; a product manager's words.")
def framing(system):
    if system == "feed":
        return ("We're deciding what fills the ten slots of the home screen each time someone comes by. Success means "
                "that more people are still using the product a month later and are happy with it; clicks are not "
                "the goal, they're an early signal at best. To be safe, daily return must not decline by over 0.5%, "
                "since the danger is that we tease people into clicking and they stop coming. Complaints per "
                "thousand impressions may go up by no more than 5%, since otherwise we'd be spreading content that "
                "deceives. For the company it shows up in monthly active users, which is what the ad sales are "
                "forecast from.")
    return {
        "decision": "We choose the ten listings that a buyer sees on each visit.",
        "objective": "The margin we keep on orders that are not sent back, per buyer and over three months.",
        "guardrails": [
            {"metric": "buyers who order a second time", "margin": "1%",
             "risk": "buyers are steered to overpriced goods and don't trust us any more"},
            {"metric": "p99 response time", "margin": "50 ms",
             "risk": "the shop gets slow and visitors abandon it"},
        ],
        "business": "Finance sees it in the contribution margin of the monthly profit and loss statement.",
    }


@right("objective.12", "One template in prose, filled in for either system.")
def framing(system):
    parts = {
        "feed": dict(
            who="person", what="ten videos to show", when="every session start",
            goal="long-term retention: the share of people active in week four",
            metric="the share of people who come back tomorrow", margin="0.4 percentage points",
            risk="people feel tricked and silently stop using us",
            money="in weekly active users and the advertising income that follows from them"),
        "marketplace": dict(
            who="customer", what="ten products to show", when="every visit",
            goal="the money we keep per customer in a quarter, after returns and handling",
            metric="the share of customers who purchase again", margin="0.8 percentage points",
            risk="customers regret what they bought and go to a competitor",
            money="in gross profit on the quarterly income statement"),
    }
    p = parts[system]
    return (f"The decision is which {p['what']} to each {p['who']} at {p['when']}. "
            f"The objective is {p['goal']}. "
            f"The guardrail is {p['metric']}: a loss of more than {p['margin']} is not accepted, "
            f"because the risk is that {p['risk']}. "
            f"The business will notice it {p['money']}.")


@right("objective.12", "Spoken loosely, with the proxy and the components at the end.")
def framing(system):
    if system == "feed":
        return ("Okay, so before I draw any boxes. Each time a user shows up, we have to pick ten pieces of content "
                "and the order they're in. That's the decision. And why do we do it? So that users find the service "
                "worth coming back to: I'd measure how many of them are still around after thirty days. "
                "What could go wrong? We might win at that on average while we fill the page with junk, so reported "
                "items per thousand views must not rise by more than 2%. And we could slow the page down and annoy "
                "everyone, so the 99th percentile of latency has to stay within 10 ms of today's. "
                "Leadership would see success as more monthly active users and lower churn. "
                "For training I need something faster, so I'd take long clicks as a proxy, and then retrieval "
                "and a ranking model come in.")
    return ("Okay, so before I draw any boxes. Each time a shopper shows up, we have to pick ten articles "
            "and the order they're in. That's the decision. And why do we do it? To earn money that stays: margin "
            "minus refunds and the handling of returns, per shopper, over a season. "
            "What could go wrong? We might squeeze people once and never see them again, so the share of shoppers "
            "who buy again within 60 days must not fall by more than half a point. And we might advertise what is "
            "out of stock, which frustrates people, so clicks on unavailable articles must not rise by more than 1%. "
            "Leadership would see success in the profit after returns, in the monthly books. "
            "For training I'd take the expected margin of a purchase, and then retrieval and a ranking model come in.")


@right("objective.12", "A dict built up step by step, several guardrails, an analyst's words.")
def framing(system):
    if system not in ("feed", "marketplace"):
        raise ValueError(f"unknown system {system!r}")
    feed = system == "feed"
    answer = {}
    answer["decision"] = ("For each request: the ten items that a visitor gets to see, and their order."
                          if feed else
                          "For each request: the ten goods that a visitor gets to see, and their order.")
    answer["objective"] = ("The number of people who are active in the fourth week after they were served."
                           if feed else
                           "Margin kept from each customer within three months, with all returns deducted.")
    answer["guardrails"] = []
    if feed:
        answer["guardrails"].append({"metric": "share of people back the next day", "margin": 0.003,
                                     "risk": "people turn away after being disappointed"})
        answer["guardrails"].append({"metric": "share of showings outside the top tenth", "margin": 0.02,
                                     "risk": "a few popular items crowd out all the rest"})
        answer["guardrails"].append({"metric": "p99 of the response time in ms", "margin": 5,
                                     "risk": "the service gets slower and people give up waiting"})
    else:
        answer["guardrails"].append({"metric": "share of customers who buy again", "margin": 0.005,
                                     "risk": "customers lose trust after one bad purchase"})
        answer["guardrails"].append({"metric": "share of purchases that are returned", "margin": 0.01,
                                     "risk": "we ship what nobody wants to keep, and pay for handling"})
    answer["business"] = ("Churn and monthly active people on the executive dashboard."
                          if feed else
                          "Net profit in the quarterly report.")
    return answer
