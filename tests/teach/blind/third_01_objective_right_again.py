"""Right solutions of lesson 01, written blind."""

import bisect
import math
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
from blind_book import right


# ---------------------------------------------------------------- 1.3

@right("objective.3", "A set of (user, day) and plain loops.")
def came_back(user, day, last_day, within_days):
    user = [int(u) for u in user]
    day = [int(d) for d in day]
    visits = set(zip(user, day))
    answer = []
    for u, d in zip(user, day):
        if d + within_days > last_day:
            answer.append(float("nan"))
        elif any((u, d + step) in visits for step in range(1, int(within_days) + 1)):
            answer.append(1.0)
        else:
            answer.append(0.0)
    return np.array(answer, dtype=float)


@right("objective.3", "Sorted days of each user, bisect for the next later day.")
def came_back(user, day, last_day, within_days):
    user, day = np.asarray(user), np.asarray(day)
    days_of = defaultdict(list)
    for u, d in zip(user.tolist(), day.tolist()):
        days_of[u].append(d)
    for days in days_of.values():
        days.sort()

    out = np.full(len(user), np.nan)
    for v, (u, d) in enumerate(zip(user.tolist(), day.tolist())):
        if d + within_days > last_day:
            continue
        days = days_of[u]
        after = bisect.bisect_right(days, d)
        out[v] = float(after < len(days) and days[after] <= d + within_days)
    return out


@right("objective.3", "pandas: unique (user, day), the next day by shift, merged back in order.")
def came_back(user, day, last_day, within_days):
    visits = pd.DataFrame({"user": np.asarray(user), "day": np.asarray(day)})
    unique = visits.drop_duplicates().sort_values(["user", "day"])
    unique = unique.assign(following=unique.groupby("user")["day"].shift(-1))
    merged = visits.merge(unique, on=["user", "day"], how="left")
    gap = merged["following"].to_numpy(dtype=float) - merged["day"].to_numpy(dtype=float)
    back = (gap <= within_days).astype(float)              # NaN <= x is False
    known = merged["day"].to_numpy() + within_days <= last_day
    return np.where(known, back, np.nan)


@right("objective.3", "All pairs by broadcasting.")
def came_back(user, day, last_day, within_days):
    user = np.array(user, dtype=np.int64)
    day = np.array(day, dtype=np.int64)
    gap = day[None, :] - day[:, None]
    same = user[None, :] == user[:, None]
    result = (same & (gap >= 1) & (gap <= within_days)).any(axis=1).astype(float)
    result[day > last_day - within_days] = np.nan
    return result


# ---------------------------------------------------------------- 1.2

@right("objective.2", "One line: the margin of the signed price, less the handling.")
def kept_money(value, is_return, margin_rate, return_cost):
    value, margin_rate = np.asarray(value, float), np.asarray(margin_rate, float)
    return value * margin_rate - return_cost * np.asarray(is_return, bool)


@right("objective.2", "np.where with the two cases spelt out.")
def kept_money(value, is_return, margin_rate, return_cost):
    price = np.abs(np.asarray(value, dtype=float))
    margin = price * np.asarray(margin_rate, dtype=float)
    return np.where(np.asarray(is_return, dtype=bool), -(margin + return_cost), margin)


@right("objective.2", "A plain loop, answered as a list.")
def kept_money(value, is_return, margin_rate, return_cost):
    kept = []
    for amount, sent_back, rate in zip(value, is_return, margin_rate):
        change = float(amount) * float(rate)
        if sent_back:
            change -= float(return_cost)
        kept.append(change)
    return kept


@right("objective.2", "A pandas Series, returns corrected by mask.")
def kept_money(value, is_return, margin_rate, return_cost):
    events = pd.DataFrame({"value": np.asarray(value, float), "back": np.asarray(is_return, bool),
                           "rate": np.asarray(margin_rate, float)})
    kept = events["value"] * events["rate"]
    return kept.mask(events["back"], kept - return_cost).to_numpy()


# ---------------------------------------------------------------- 1.5

@right("objective.5", "Floor with a small tolerance for ties.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    left_us = (budget_ms - fixed_ms) * 1000.0
    if left_us <= 0:
        return 0
    items = left_us / per_item_us
    return int(math.floor(items * (1 + 1e-12) + 1e-9))


@right("objective.5", "Exact arithmetic with fractions of the decimals as written.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    budget, fixed, each = (Fraction(repr(float(x))) for x in (budget_ms, fixed_ms, per_item_us))
    assert each > 0
    return max(0, (budget - fixed) * 1000 // each)


@right("objective.5", "Decimal, truncated after checking for lateness.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    budget, fixed, each = (Decimal(repr(float(x))) for x in (budget_ms, fixed_ms, per_item_us))
    if fixed > budget:
        return 0
    return int((budget - fixed) * 1000 / each)


@right("objective.5", "numpy floor, then the neighbour is tried with isclose.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    n = int(np.floor((budget_ms - fixed_ms) * 1e3 / per_item_us))
    if n < 0:
        n = -1
    end_of_next = fixed_ms + (n + 1) * per_item_us / 1e3
    if math.isclose(end_of_next, budget_ms, rel_tol=1e-12, abs_tol=1e-12):
        n += 1
    return max(n, 0)


# ---------------------------------------------------------------- 1.6

@right("objective.6", "Two comparisons.")
def non_inferiority(low, high, margin):
    if low > -margin:
        return "pass"
    if high < -margin:
        return "fail"
    return "undecided"


@right("objective.6", "In terms of losses, with early returns for no number.")
def non_inferiority(low, high, margin):
    if any(math.isnan(float(x)) for x in (low, high)):
        return "undecided"
    worst_loss, least_loss = -low, -high
    assert worst_loss >= least_loss
    if worst_loss < margin:
        return "pass"
    if least_loss > margin:
        return "fail"
    return "undecided"


@right("objective.6", "Ends within float noise of the margin count as the margin itself.")
def non_inferiority(low, high, margin):
    def beyond(end):
        """Sign of end + margin, 0 at a tie."""
        if math.isclose(end, -margin, rel_tol=1e-12):
            return 0
        return 1 if end > -margin else -1

    return {(1, 1): "pass", (-1, -1): "fail"}.get((beyond(low), beyond(high)), "undecided")


@right("objective.6", "np.select.")
def non_inferiority(low, high, margin):
    return str(np.select([low + 0.0 > -margin, high + 0.0 < -margin], ["pass", "fail"],
                         default="undecided"))


# ---------------------------------------------------------------- 1.12

@right("objective.12", "An engineer: margins as numbers, short phrases.")
def framing(system):
    if system == "feed":
        return {
            "decision": "which ten items we show to each person, every time they open the app",
            "objective": "retention: the share of people who are still active four weeks later",
            "guardrails": [
                {"metric": "reports per thousand showings", "margin": 0.1,
                 "risk": "titles that cheat people"},
                {"metric": "share of showings outside the top tenth of items", "margin": 0.02,
                 "risk": "a few items take all the attention"},
                {"metric": "p99 latency in ms", "margin": 5, "risk": "the service slows down"},
            ],
            "business": "advertising revenue per quarter, which follows the number of active people",
        }
    if system == "marketplace":
        return {
            "decision": "which ten articles we show to each customer, on every visit to the shop",
            "objective": "money kept per customer, after margins and returns",
            "guardrails": [
                {"metric": "share of customers who buy again within 60 days", "margin": 0.005,
                 "risk": "we sell dear goods once and lose the customer"},
                {"metric": "clicks on sold-out articles", "margin": 0.01,
                 "risk": "the page shows empty shelves"},
                {"metric": "p99 latency in ms", "margin": 5, "risk": "the shop slows down"},
            ],
            "business": "gross profit in the quarterly accounts",
        }
    raise ValueError(system)


@right("objective.12", "A product manager: whole sentences, margins as strings with a unit.")
def framing(system):
    feed = dict(
        decision="Each time a reader opens the feed, we choose the ten stories that they see.",
        objective="Readers who are satisfied and come back month after month.",
        guardrails=[
            dict(metric="complaints per thousand impressions", margin="5% more at most",
                 risk="Clickbait annoys readers."),
            dict(metric="share of impressions that go to new creators", margin="1 point",
                 risk="Small creators give up because the same hits fill every page."),
        ],
        business="Subscriptions renewed at the end of the quarter.",
    )
    marketplace = dict(
        decision="Each time a shopper opens the start page, we choose the ten products they see.",
        objective="Profit per shopper once the goods that come back have been paid for.",
        guardrails=[
            dict(metric="return rate", margin="half a point",
                 risk="Products look better in the listing than at home."),
            dict(metric="repeat purchase rate", margin="1 point",
                 risk="Shoppers feel overcharged and do not come back."),
        ],
        business="Contribution margin in the monthly profit and loss statement.",
    )
    return {"feed": feed, "marketplace": marketplace}[system]


@right("objective.12", "An economist: long-run value, says what the objective is not.")
def framing(system):
    if system == "feed":
        decision = "For every user and every request: the ten posts on the page, and their order."
        objective = "Long-term retention: days active per user over the next month, rather than clicks."
        guardrails = [
            {"metric": "share of users back the next day", "margin": 0.005,
             "risk": "people leave quietly before the month is over"},
            {"metric": "posts hidden or reported per 1,000 shown", "margin": 0.2,
             "risk": "harmful or misleading content"},
            {"metric": "share of requests answered by the fallback page", "margin": 0.001,
             "risk": "slow or failing service"},
        ]
        business = "Lifetime value of a user, seen as ad income per quarter."
    else:
        assert system == "marketplace"
        decision = "For every buyer and every request: the ten offers on the page, and their order."
        objective = "Margin kept per buyer net of returns and handling, rather than revenue."
        guardrails = [
            {"metric": "share of showings for small sellers", "margin": 0.02,
             "risk": "a few sellers take everything and the others leave the platform"},
            {"metric": "showings of articles out of stock", "margin": 0.001,
             "risk": "buyers meet empty shelves"},
            {"metric": "share of buyers who order again in 90 days", "margin": 0.01,
             "risk": "short-term profit at the cost of trust"},
        ]
        business = "Operating profit of the quarter."
    return {"decision": decision, "objective": objective, "guardrails": guardrails,
            "business": business}


@right("objective.12", "A terse colleague: the fewest words.")
def framing(system):
    rail = lambda metric, margin, risk: {"metric": metric, "margin": margin, "risk": risk}
    if system == "feed":
        return {"decision": "ten items for the person who asks, at each request",
                "objective": "people still active next month",
                "guardrails": [rail("user reports", 0.01, "clickbait"),
                               rail("p99 in ms", 2, "slow pages")],
                "business": "subscription revenue"}
    return {"decision": "ten articles for the customer who asks, at each request",
            "objective": "money kept per customer after returns",
            "guardrails": [rail("return rate", 0.01, "bad purchases"),
                           rail("out-of-stock showings", 0.005, "frustrated customers"),
                           rail("p99 in ms", 2, "slow pages")],
            "business": "profit"}


@right("objective.12", "A non-native speaker from a subscription service and a fashion shop.")
def framing(system):
    answers = {
        "feed": {
            "decision": "We decide which ten videos a user gets on the home screen when he opens it.",
            "objective": "The user stays with us: he is satisfied and is still visiting after four weeks.",
            "guardrails": [
                {"metric": "rate of 'not interested' and report buttons", "margin": 0.002,
                 "risk": "videos promise more than they deliver"},
                {"metric": "part of showings that goes to the top 10% videos", "margin": 0.03,
                 "risk": "popular videos eat the whole traffic and new ones are never seen"},
            ],
            "business": "Monthly churn of subscribers and so the subscription income.",
        },
        "marketplace": {
            "decision": "We decide which ten clothes a customer gets on the home screen when she opens it.",
            "objective": "The profit that remains per customer when the returned parcels are subtracted.",
            "guardrails": [
                {"metric": "stock-outs shown per thousand showings", "margin": 1.0,
                 "risk": "customer wants what is sold out"},
                {"metric": "customer satisfaction (complaints per order)", "margin": 0.005,
                 "risk": "quality is bad and trust goes down"},
                {"metric": "99th percentile of response time, ms", "margin": 10,
                 "risk": "page is slow and people go away"},
            ],
            "business": "The net profit in the yearly report.",
        },
    }
    return answers[system]


@right("objective.12", "A reliability engineer: shares a latency rail, builds the dict in steps.")
def framing(system):
    assert system in ("feed", "marketplace")
    speed = {"metric": "p99 response time", "margin": "3 ms", "risk": "the service gets slow"}
    degraded = {"metric": "share of simpler fallback pages", "margin": "0.1 percentage points",
                "risk": "time-outs go unnoticed"}
    answer = {}
    if system == "feed":
        answer["decision"] = "Which ten items to put on the page of a visitor, whenever a visitor asks for one"
        answer["objective"] = "Requests per person over the next four weeks, that is, whether people keep coming back"
        answer["guardrails"] = [
            {"metric": "reports per thousand showings", "margin": "0.1",
             "risk": "misleading titles"}, speed, degraded]
        answer["business"] = "Active people per month, and the advertising sold on them"
    else:
        answer["decision"] = "Which ten products to put on the page of a shopper, whenever a shopper asks for one"
        answer["objective"] = "Net margin per shopper after returns and their handling"
        answer["guardrails"] = [
            {"metric": "share of shoppers who buy again", "margin": "0.5 percentage points",
             "risk": "we squeeze shoppers once and they leave"}, speed, degraded]
        answer["business"] = "Gross margin in the books at the end of the quarter"
    return answer


@right("objective.12", "An interview candidate: spoken style, why each guardrail is there.")
def framing(system):
    if system == "feed":
        return {
            "decision": "Every time a member arrives we pick ten articles for that member's home page.",
            "objective": "We want members to be here next month, so the outcome is four-week retention.",
            "guardrails": [
                {"metric": "unsubscribes per thousand members a week", "margin": 0.5,
                 "risk": "we annoy people who then go for good"},
                {"metric": "share of showings going to items younger than a day", "margin": 0.02,
                 "risk": "fresh items starve because old favourites win"},
                {"metric": "latency at the 99th percentile, in ms", "margin": 5,
                 "risk": "a heavier system makes the page late"},
            ],
            "business": "The company sees it in renewals and in revenue per member over the year.",
        }
    if system == "marketplace":
        return {
            "decision": "Every time a customer arrives we pick ten listings for that customer's home page.",
            "objective": "We want the money that we keep per customer, margin less the cost of returns.",
            "guardrails": [
                {"metric": "share of customers with a second order within a quarter", "margin": 0.01,
                 "risk": "pushing dear listings drives customers away"},
                {"metric": "share of showings of sold-out listings", "margin": 0.002,
                 "risk": "inventory runs out while we still show it"},
                {"metric": "share of sales that come back", "margin": 0.01,
                 "risk": "goods disappoint and returns eat the profit"},
            ],
            "business": "The company sees it in its profit per quarter.",
        }
    raise ValueError(f"unknown system {system!r}")


@right("objective.12", "A data scientist: windows and denominators fixed, relative margins.")
def framing(system):
    if system == "feed":
        fields = (
            "the slate of ten items for one user, chosen online at each request",
            "28-day retention, over all users who were here on day one",
            [("share of users active the next day", 0.01, "early loss of users, before the slow metric is read"),
             ("negative feedback (hides, reports) per user", 0.02, "low-quality content and clickbait"),
             ("share of impressions outside the most shown tenth", 0.02, "concentration on a few items")],
            "monthly active users, and with them ad revenue",
        )
    else:
        fields = (
            "the slate of ten articles for one customer, chosen online at each request",
            "contribution margin per customer over eight weeks, all returns counted",
            [("repeat purchase rate over all customers", 0.01, "loss of loyal customers"),
             ("clicks on unavailable articles", 0.02, "stock sold out yet still shown"),
             ("average price shown", 0.05, "the shop looks expensive")],
            "the quarter's gross profit",
        )
    decision, objective, rails, business = fields
    guardrails = [dict(zip(("metric", "margin", "risk"), rail)) for rail in rails]
    return {"decision": decision, "objective": objective, "guardrails": guardrails,
            "business": business}
