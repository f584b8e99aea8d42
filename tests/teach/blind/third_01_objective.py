"""Solutions of lesson 01, written blind."""

import math
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
from blind_book import right, wrong

# ---------------------------------------------------------------- 1.3


@wrong("objective.3", "A second visit on the same day counts as coming back.")
def came_back(user, day, last_day, within_days):
    user, day = np.asarray(user), np.asarray(day)
    out = np.zeros(len(user))
    for i in range(len(user)):
        gap = day - day[i]
        other = np.arange(len(user)) != i
        out[i] = np.any((user == user[i]) & other & (gap >= 0) & (gap <= within_days))
    out[day + within_days > last_day] = np.nan
    return out


@wrong("objective.3", "Gives 1 to whoever is back already although the days are not over; NaN only for the rest.")
def came_back(user, day, last_day, within_days):
    user, day = np.asarray(user), np.asarray(day)
    visits = set(zip(user.tolist(), day.tolist()))
    out = []
    for u, d in zip(user.tolist(), day.tolist()):
        if any((u, d + k) in visits and d + k <= last_day for k in range(1, within_days + 1)):
            out.append(1.0)
        elif d + within_days > last_day:
            out.append(np.nan)
        else:
            out.append(0.0)
    return np.array(out)


@wrong("objective.3", "Off by one: also NaN where the last of the days is last_day itself.")
def came_back(user, day, last_day, within_days):
    user, day = np.asarray(user), np.asarray(day)
    gap = day[None, :] - day[:, None]
    same = user[None, :] == user[:, None]
    back = (same & (gap > 0) & (gap <= within_days)).any(1).astype(float)
    return np.where(day + within_days >= last_day, np.nan, back)


@wrong("objective.3", "Looks at the next visit only; if that is on the same day, a later return is not seen.")
def came_back(user, day, last_day, within_days):
    frame = pd.DataFrame({"user": np.asarray(user), "day": np.asarray(day)})
    ordered = frame.sort_values(["user", "day"])
    gap = ordered.groupby("user")["day"].shift(-1) - ordered["day"]
    back = ((gap >= 1) & (gap <= within_days)).astype(float)
    back[ordered["day"] + within_days > last_day] = np.nan
    return back.sort_index().to_numpy()


@wrong("objective.3", "Day-N retention: back exactly on the last of the days, not on any of them.")
def came_back(user, day, last_day, within_days):
    user, day = np.asarray(user), np.asarray(day)
    visits = set(zip(user.tolist(), day.tolist()))
    back = np.array([float((u, d + within_days) in visits)
                     for u, d in zip(user.tolist(), day.tolist())])
    return np.where(day + within_days > last_day, np.nan, back)


@wrong("objective.3", "Sorts the visits by user and day and returns the answers in that order, not in the given one.")
def came_back(user, day, last_day, within_days):
    order = np.lexsort((np.asarray(day), np.asarray(user)))
    user, day = np.asarray(user)[order], np.asarray(day)[order]
    visits = set(zip(user.tolist(), day.tolist()))
    out = []
    for u, d in zip(user.tolist(), day.tolist()):
        if d + within_days > last_day:
            out.append(np.nan)
        else:
            out.append(float(any((u, d + k) in visits for k in range(1, within_days + 1))))
    return np.array(out)


@wrong("objective.3", "Takes the latest day among the visits as the end of the log, and ignores last_day.")
def came_back(user, day, last_day, within_days):
    user, day = np.asarray(user), np.asarray(day)
    if len(day) == 0:
        return np.zeros(0)
    visits = set(zip(user.tolist(), day.tolist()))
    end = day.max()
    return np.array([np.nan if d + within_days > end
                     else float(any((u, d + k) in visits for k in range(1, within_days + 1)))
                     for u, d in zip(user.tolist(), day.tolist())])


@wrong("objective.3", "Packs user and day into one number with too small a factor: day 0 of the next user is "
              "taken for the last day of this one.")
def came_back(user, day, last_day, within_days):
    user, day = np.asarray(user), np.asarray(day)
    if len(day) == 0:
        return np.zeros(0)
    key = user * day.max() + day
    back = np.zeros(len(key), bool)
    for k in range(1, within_days + 1):
        back |= np.isin(key + k, key)
    return np.where(day + within_days > last_day, np.nan, back.astype(float))


@right("objective.3", "A set of (user, day) and a plain loop; a list.")
def came_back(user, day, last_day, within_days):
    user, day = [int(u) for u in user], [int(d) for d in day]
    visits = set(zip(user, day))
    out = []
    for u, d in zip(user, day):
        if d + within_days > last_day:
            out.append(float("nan"))
        else:
            out.append(1.0 if any((u, d + k) in visits for k in range(1, within_days + 1)) else 0.0)
    return out


@right("objective.3", "Per user, the next later day by searchsorted.")
def came_back(user, day, last_day, within_days):
    user, day = np.asarray(user), np.asarray(day)
    out = np.zeros(len(user), dtype=np.float64)
    for u in np.unique(user):
        rows = np.flatnonzero(user == u)
        days = np.unique(day[rows])
        after = np.searchsorted(days, day[rows], side="right")
        has = after < len(days)
        following = days[np.minimum(after, len(days) - 1)]
        out[rows] = has & (following - day[rows] <= within_days)
    out[day + within_days > last_day] = np.nan
    return out


@right("objective.3", "Distinct user-days in pandas, shifted by one within the user and joined back; a Series.")
def came_back(user, day, last_day, within_days):
    frame = pd.DataFrame({"user": np.asarray(user), "day": np.asarray(day)})
    distinct = frame.drop_duplicates().sort_values(["user", "day"])
    distinct["next"] = distinct.groupby("user")["day"].shift(-1)
    joined = frame.merge(distinct, on=["user", "day"], how="left")
    back = (joined["next"] - joined["day"] <= within_days).astype(float)
    return back.mask(joined["day"] + within_days > last_day)


# ---------------------------------------------------------------- 1.2


@wrong("objective.2", "A return takes away the whole price, not the part that the sale had left.")
def kept_money(value, is_return, margin_rate, return_cost):
    return np.where(is_return, value - return_cost, value * margin_rate)


@wrong("objective.2", "A return costs the handling only; the margin of the sale stays counted.")
def kept_money(value, is_return, margin_rate, return_cost):
    return np.where(is_return, -return_cost, value * margin_rate)


@wrong("objective.2", "The handling of a return is added instead of taken off.")
def kept_money(value, is_return, margin_rate, return_cost):
    return value * margin_rate + return_cost * np.asarray(is_return)


@wrong("objective.2", "Every event pays the handling, the sales too.")
def kept_money(value, is_return, margin_rate, return_cost):
    return value * margin_rate - return_cost


@wrong("objective.2", "Drops the sign of a return's value, so a return earns its margin once more.")
def kept_money(value, is_return, margin_rate, return_cost):
    return np.abs(value) * margin_rate - np.where(is_return, return_cost, 0.0)


@wrong("objective.2", "Takes the handling off before multiplying by the margin, so only a part of it is paid.")
def kept_money(value, is_return, margin_rate, return_cost):
    return (value - return_cost * np.asarray(is_return)) * margin_rate


@wrong("objective.2", "One mean margin rate for all events.")
def kept_money(value, is_return, margin_rate, return_cost):
    return value * np.mean(margin_rate) - return_cost * np.asarray(is_return)


@wrong("objective.2", "Returns the running balance after each event and not the change that it makes.")
def kept_money(value, is_return, margin_rate, return_cost):
    return np.cumsum(value * margin_rate - return_cost * np.asarray(is_return))


@right("objective.2", "One line: margin of a signed value, less the handling where it is a return.")
def kept_money(value, is_return, margin_rate, return_cost):
    return np.multiply(value, margin_rate) - return_cost * np.asarray(is_return, float)


@right("objective.2", "A loop that undoes the sale of the price and pays the handling; a list.")
def kept_money(value, is_return, margin_rate, return_cost):
    out = []
    for amount, back, rate in zip(value, is_return, margin_rate):
        margin = abs(float(amount)) * float(rate)
        out.append(-(margin + return_cost) if back else margin)
    return out


@right("objective.2", "pandas mask; a Series.")
def kept_money(value, is_return, margin_rate, return_cost):
    frame = pd.DataFrame({"value": np.asarray(value, float), "rate": np.asarray(margin_rate, float),
                          "back": np.asarray(is_return, bool)})
    kept = frame["value"].mul(frame["rate"])
    return kept.mask(frame["back"], kept - return_cost)


# ---------------------------------------------------------------- 1.5


@wrong("objective.5", "Divides milliseconds by microseconds.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return max(0, math.floor((budget_ms - fixed_ms) / per_item_us))


@wrong("objective.5", "Spends the whole budget on items and forgets the fixed part.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return max(0, math.floor(budget_ms * 1000 / per_item_us))


@wrong("objective.5", "Rounds to the nearest number, which may be an item too many.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return max(0, round((budget_ms - fixed_ms) * 1000 / per_item_us))


@wrong("objective.5", "Has to end before the budget: exactly on time counts as late.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return max(0, math.ceil((budget_ms - fixed_ms) * 1000 / per_item_us) - 1)


@wrong("objective.5", "A negative number of items where the fixed part alone is too long.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return math.floor((budget_ms - fixed_ms) * 1000 / per_item_us)


@wrong("objective.5", "Takes the first item as part of the fixed time, so it counts one more.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    if fixed_ms > budget_ms:
        return 0
    return 1 + math.floor((budget_ms - fixed_ms) * 1000 / per_item_us)


@wrong("objective.5", "Cuts what is left to whole milliseconds before it divides.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return max(0, math.floor(int(budget_ms - fixed_ms) * 1000 / per_item_us))


@wrong("objective.5", "Always lets one item through, even where it is too late for any.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return max(1, math.floor((budget_ms - fixed_ms) * 1000 / per_item_us))


@right("objective.5", "Exact fractions of the decimals.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    left = (Fraction(str(budget_ms)) - Fraction(str(fixed_ms))) * 1000
    return max(0, left // Fraction(str(per_item_us)))


@right("objective.5", "Decimal arithmetic, rounded down.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    left_us = (Decimal(str(budget_ms)) - Decimal(str(fixed_ms))) * 1000
    if left_us < 0:
        return 0
    return int((left_us / Decimal(str(per_item_us))).to_integral_value(rounding=ROUND_FLOOR))


@right("objective.5", "Bisection for the largest number that ends in time, checked exactly; a numpy integer.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    budget, fixed, each = (Fraction(str(x)) for x in (budget_ms, fixed_ms, per_item_us))
    in_time = lambda n: fixed + each * n / 1000 <= budget  # noqa: E731
    if not in_time(0):
        return np.int64(0)
    low, high = 0, 1
    while in_time(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if in_time(middle) else (low, middle)
    return np.int64(low)


# ---------------------------------------------------------------- 1.6


@wrong("objective.6", "A worst case of exactly the margin passes.")
def non_inferiority(low, high, margin):
    if low >= -margin:
        return "pass"
    if high < -margin:
        return "fail"
    return "undecided"


@wrong("objective.6", "A best case of exactly the margin fails.")
def non_inferiority(low, high, margin):
    if low > -margin:
        return "pass"
    if high <= -margin:
        return "fail"
    return "undecided"


@wrong("objective.6", "The ordinary test of a difference: is it surely above or below zero? The margin is unused.")
def non_inferiority(low, high, margin):
    if low > 0:
        return "pass"
    if high < 0:
        return "fail"
    return "undecided"


@wrong("objective.6", "An equivalence test: a gain larger than the margin does not pass either.")
def non_inferiority(low, high, margin):
    if -margin < low and high < margin:
        return "pass"
    if high < -margin:
        return "fail"
    return "undecided"


@wrong("objective.6", "Fails what is surely a loss, although the loss may be below the margin.")
def non_inferiority(low, high, margin):
    if low > -margin:
        return "pass"
    if high < 0:
        return "fail"
    return "undecided"


@wrong("objective.6", "Takes the size of the lower end without its sign, so a clear gain does not pass.")
def non_inferiority(low, high, margin):
    if abs(low) < margin:
        return "pass"
    if high < -margin:
        return "fail"
    return "undecided"


@wrong("objective.6", "Reads the metric as one of which less is better.")
def non_inferiority(low, high, margin):
    if high < margin:
        return "pass"
    if low > margin:
        return "fail"
    return "undecided"


@wrong("objective.6", "Whatever does not surely pass fails; there is no undecided.")
def non_inferiority(low, high, margin):
    return "pass" if low > -margin else "fail"


@right("objective.6", "In losses: the worst and the best one against the margin.")
def non_inferiority(low, high, margin):
    worst, best = -low, -high
    if worst < margin:
        return "pass"
    if best > margin:
        return "fail"
    return "undecided"


@right("objective.6", "By the signs of both ends against the margin; a numpy string.")
def non_inferiority(low, high, margin):
    accepted, harm = bool(low > -margin), bool(high < -margin)
    return np.array(["undecided", "pass", "fail"])[accepted + 2 * harm]


@right("objective.6", "Undecided first, where the interval holds the limit.")
def non_inferiority(low, high, margin):
    limit = -margin
    if low <= limit <= high:
        return "undecided"
    return {True: "pass", False: "fail"}[bool(low > limit)]


# ---------------------------------------------------------------- 1.12


@wrong("objective.12", "Begins with the models and comes to the objective afterwards.")
def framing(system):
    if system == "feed":
        return ("I would build a two-tower model for retrieval and a transformer ranker on top of it. "
                "With them we decide which ten items to show each time somebody opens the app. "
                "The objective is that people are still active four weeks later. "
                "As a guardrail, the share of people who come back the next day may fall by at most "
                "0.5 points, because of the risk that people leave quietly. "
                "The business sees it in the number of monthly subscribers.")
    return ("I would build a two-tower model for retrieval and gradient boosted trees as a ranker. "
            "With them we decide which ten articles to show each time somebody opens the shop. "
            "The objective is the money kept after returns. "
            "As a guardrail, the share of customers who buy again within 60 days may fall by at most "
            "1 point, because of the risk that we sell dear goods to people who then stay away. "
            "The business sees it in the quarterly gross profit.")


@wrong("objective.12", "The objective is a proxy, the click-through rate.")
def framing(system):
    feed = system == "feed"
    return {
        "decision": "Which ten " + ("items" if feed else "articles") + " do we show at each visit?",
        "objective": "Maximise the click-through rate, clicks per showing.",
        "guardrails": [{"metric": "share of people who come back the next day", "margin": 0.005,
                        "risk": "people leave quietly"}],
        "business": "In the monthly " + ("subscription income." if feed else "gross profit."),
    }


@wrong("objective.12", "The guardrails name a risk but no margin.")
def framing(system):
    if system == "feed":
        return ("Each time a reader arrives we decide which ten items to show. "
                "The objective is that readers are still with us four weeks later. "
                "As a guardrail we watch the share of readers who come back the next day, because of "
                "the risk that people leave quietly. "
                "The business sees it in next quarter's subscriptions.")
    return ("Each time a customer arrives we decide which ten articles to show. "
            "The objective is the money kept, after returns and handling. "
            "As a guardrail we watch the share of customers who buy again, because of the risk that "
            "people feel cheated by what we pushed. "
            "The business sees it in next quarter's gross profit.")


@wrong("objective.12", "The guardrails have a margin but do not say which risk they are there for.")
def framing(system):
    feed = system == "feed"
    return {
        "decision": "Which ten " + ("items" if feed else "articles") + " to show when somebody arrives.",
        "objective": ("People who are still active four weeks later." if feed
                      else "Money kept after returns and handling."),
        "guardrails": [{"metric": "p99 of the response time", "margin": "5 ms", "risk": ""},
                       {"metric": "share back the next day" if feed else "share who buy again",
                        "margin": "0.5 points", "risk": ""}],
        "business": "Monthly subscribers." if feed else "Gross profit of the quarter.",
    }


@wrong("objective.12", "Does not say where the business sees it.")
def framing(system):
    if system == "feed":
        return ("We decide which ten items to show each time somebody opens the feed. "
                "The objective is that people are still active in four weeks. "
                "The guardrail is the share of people back the next day: it may fall by at most 0.5 "
                "points, because of the risk that people leave quietly.")
    return ("We decide which ten articles to show each time somebody opens the shop. "
            "The objective is the money kept after returns. "
            "The guardrail is the share of goods sent back: it may rise by at most 1 point, because "
            "of the risk that customers are disappointed and go elsewhere.")


@wrong("objective.12", "Does not say what is decided.")
def framing(system):
    if system == "feed":
        return ("The objective is that people are still active in four weeks. "
                "The guardrail is the share of people back the next day: it may fall by at most 0.5 "
                "points, because of the risk that people leave quietly. "
                "The business sees it in its monthly subscription income.")
    return ("The objective is the money kept after returns. "
            "The guardrail is the share of customers who buy again: it may fall by at most 1 point, "
            "because of the risk that dear goods drive them away. "
            "The business sees it in its quarterly gross profit.")


@wrong("objective.12", "One guardrail has a margin and no risk, the other a risk and no margin; none has both.")
def framing(system):
    feed = system == "feed"
    return {
        "decision": "Which ten " + ("items" if feed else "articles") + " to show when somebody arrives.",
        "objective": ("People who are still active four weeks later." if feed
                      else "Money kept after returns and handling."),
        "guardrails": [
            {"metric": "p99 of the response time", "margin": "at most 5 ms more", "risk": ""},
            {"metric": "share back the next day" if feed else "share who buy again", "margin": "",
             "risk": "people leave quietly"}],
        "business": "Monthly subscribers." if feed else "Gross profit of the quarter.",
    }


@wrong("objective.12", "Says in so many words that the outcome is not the objective, and takes the clicks.")
def framing(system):
    if system == "feed":
        return ("We decide which ten items to show each time somebody opens the feed. "
                "Retention in four weeks is too slow to be an objective, so our objective is clicks "
                "per request. "
                "The guardrail is the share of people back the next day: it may fall by at most 0.5 "
                "points, because of the risk that people leave quietly. "
                "The business sees it in its monthly subscription income.")
    return ("We decide which ten articles to show each time somebody opens the shop. "
            "Money kept comes weeks late, so it is not our objective; our objective is clicks per "
            "request. "
            "The guardrail is the share of customers who buy again: it may fall by at most 1 point, "
            "because of the risk that dear goods drive them away. "
            "The business sees it in its quarterly gross profit.")


@right("objective.12", "A text of a minute, the components named last.")
def framing(system):
    if system == "feed":
        return ("Each time a person opens the feed, we decide which ten items to show. "
                "The objective is retention: people who are still active four weeks later. "
                "That is slow, so we train on long clicks as a proxy and check it each quarter. "
                "The first guardrail is the share of people who come back the next day. It may fall "
                "by at most 0.5 points, because of the risk that people leave quietly. "
                "The business sees it in the number of subscribers each month. "
                "Only then do I talk of retrieval and ranking.")
    return ("Each time a customer opens the shop, we decide which ten articles to show. "
            "The objective is the money kept: the margin of what was sold, less returns and their "
            "handling. "
            "The first guardrail is the share of customers who buy again within 60 days. It may fall "
            "by at most 1 point, because of the risk that we push dear goods and customers stay away. "
            "The business sees it in the gross profit of each quarter. "
            "Only then do I talk of retrieval and ranking.")


@right("objective.12", "A dict with the four fields, margins as numbers.")
def framing(system):
    return {
        "feed": {
            "decision": "Which ten items do we show when a person arrives?",
            "objective": "The number of people who are still active four weeks later.",
            "guardrails": [
                {"metric": "share of people who come back the next day", "margin": 0.005,
                 "risk": "people leave quietly"},
                {"metric": "reports per thousand showings", "margin": 0.2,
                 "risk": "titles promise more than the item delivers"}],
            "business": "The monthly report of active people and of the subscriptions they pay."},
        "marketplace": {
            "decision": "Which ten articles do we show when a customer arrives?",
            "objective": "The money kept for each customer, after returns and their handling.",
            "guardrails": [
                {"metric": "share of customers who buy again within 60 days", "margin": 0.01,
                 "risk": "we push dear goods and customers stay away"},
                {"metric": "share of clicks on articles that are sold out", "margin": 0.005,
                 "risk": "customers are sent to empty shelves"}],
            "business": "The gross profit in the books of the quarter."},
    }[system]


@right("objective.12", "A dict with sentences; margins in words with units.")
def framing(system):
    if system == "marketplace":
        return dict(
            decision="At every visit we choose the ten products that the customer sees.",
            objective="We want to keep more money: margin of all sales minus the cost of returns.",
            guardrails=[dict(metric="share of orders that are returned", margin="at most 1 percentage point more",
                             risk="customers are disappointed by what we sold them")],
            business="It shows in the quarterly profit.")
    return dict(
        decision="At every visit we choose the ten items that the reader sees.",
        objective="We want readers to stay: the share who still visit after four weeks.",
        guardrails=[dict(metric="share of readers back on the next day", margin="at most 0.5 percentage points less",
                         risk="readers are annoyed by clickbait and leave quietly")],
        business="It shows in the yearly subscription revenue.")
