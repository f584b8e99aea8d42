"""Exercises 1.1 and 1.2: what a request was worth, and what the shop keeps of it."""

import numpy as np

from course_lib.evidence.objectives import kept_money, per_request
from course_lib.teach.cards import effects_truth, sizes
from course_lib.teach.cards.objective import far_requests, rare_requests
from course_lib.teach.cards.objective.money_slips import KEPT, SUMMED
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 1.1 -----------------------------------------------------------------------------------------------------------
def _sum_cases(rng):
    return [Case(f"{n} requests", (rng.integers(n - 1, size=e), rng.normal(size=e).round(2), n))
            for n, e in ((4, 9), (7, 20), (3, 0))] + [
                Case("large amounts and small ones", (np.array([0, 0, 2, 3]), np.array([250.5, 80.0, -40.25, 0.012345]), 5))]


def _sum_loop(row, amount, n_requests):
    total = [0.0] * n_requests
    for r, a in zip(row, amount, strict=True):
        total[int(r)] += float(a)
    return np.array(total)


def _mean_of_events(row, amount, n_requests):
    return per_request(row, amount, n_requests) / np.maximum(np.bincount(row, minlength=n_requests), 1)


def _without_empty(row, amount, n_requests):
    return per_request(row, amount, n_requests)[np.unique(row)]


def _count_events(row, amount, n_requests):
    return per_request(row, np.ones(len(row)), n_requests)


def _last_event(row, amount, n_requests):
    total = np.zeros(n_requests)
    total[row] = amount
    return total


def _first_event(row, amount, n_requests):
    total = np.zeros(n_requests)
    total[row[::-1]] = amount[::-1]
    return total


def _no_request_behind(row, amount, n_requests):
    return np.bincount(row, weights=amount)


def _empty_unknown(row, amount, n_requests):
    total = per_request(row, amount, n_requests)
    return np.where(np.bincount(row, minlength=n_requests) > 0, total, np.nan)


def _mean_empty_unknown(row, amount, n_requests):
    return _mean_of_events(row, amount, n_requests) + 0 * _empty_unknown(row, amount, n_requests)


def _mean_without_empty(row, amount, n_requests):
    return _mean_of_events(row, amount, n_requests)[np.unique(row)]


def _count_without_empty(row, amount, n_requests):
    return _count_events(row, amount, n_requests)[np.unique(row)]


def _anything(row, amount, n_requests):
    return (np.bincount(row, minlength=n_requests) > 0).astype(float)


def _from_one(row, amount, n_requests):
    return np.roll(per_request(row, amount, n_requests), -1)


def _largest(row, amount, n_requests):
    total = np.zeros(n_requests)
    np.maximum.at(total, row, amount)
    return total


def _running(row, amount, n_requests):
    return np.cumsum(per_request(row, amount, n_requests))


REWARD = Card(
    id="objective.1", title="What one request was worth", minutes=5, difficulty=1, used_in=("{{feedback}}",),
    effect=effects_truth.worth_of_a_request,
    realistic=sizes.rewards_of_requests,
    task="Add the events of a log up by request. Several events may belong to one request, and most requests have none. "
         "Those are worth 0 and must stay in: a request that earned nothing is a fact about the policy.",
    shapes="`row` int [E], the request each event belongs to; `amount` float [E]; returns float [n_requests].",
    why="`np.bincount` with weights adds up repeated rows, and `minlength` keeps the requests in which nothing happened. "
        "Leaving those out turns a reward per request into a reward per *successful* request, which a policy can raise by "
        "serving fewer people well.",
    reference=per_request, alternative=_sum_loop, cases=_sum_cases,
    by_hand=(Case("two events on request 2", (np.array([2, 2]), np.array([1.0, 3.0]), 4),
                  expected=np.array([0.0, 0.0, 4.0, 0.0])),
             *rare_requests.SUMS_BY_HAND),
    invariants=(Invariant("the rewards of all requests add up to the amounts of all events",
                          lambda fn, rng: np.isclose(
                              np.sum(np.asarray(fn(np.array([0, 1, 1]), np.array([2.0, 5.0, 1.0]), 5))), 8)),),
    mistakes=(
        Mistake("mean of events", _mean_of_events,
                "You average the events of a request. Two purchases are worth more than one: add them."),
        Mistake("requests without events dropped", _without_empty,
                "Requests without events are missing from your result. They are worth 0 and belong in the average."),
        Mistake("counts", _count_events,
                "You count events, whatever their amount. A purchase of 100 and one of 1 are not the same reward."),
        Mistake("last event wins", _last_event,
                "Where a request has several events you keep only the last: neither `total[row] = amount` nor `total[row] += amount` "
                "adds up repeated rows."),
        Mistake("first event wins", _first_event,
                "Where a request has several events you keep only the first. Add them all."),
        Mistake("ends at the last request with an event", _no_request_behind,
                "Your result ends at the last request that has an event. Those behind it are worth 0 and belong in it: there are "
                "n_requests of them."),
        Mistake("requests without events unknown", _empty_unknown,
                "Requests without events are NaN in your result. Nothing about them is unknown: they earned 0."),
        Mistake("mean, empty ones unknown", _mean_empty_unknown,
                "You average the events of a request, and one without events is NaN. Add them up instead; without events that is 0."),
        Mistake("mean, empty ones dropped", _mean_without_empty,
                "You average the events of a request and leave out requests without any. Add the events up, and keep those at 0."),
        Mistake("counts, empty ones dropped", _count_without_empty,
                "You count events, and requests without any are missing. Add up their amounts, with 0 for those without events."),
        Mistake("whether, not how much", _anything,
                "You say whether a request had an event. How much all of its events were worth is asked for."),
        Mistake("gains only", lambda row, amount, n_requests: per_request(row, np.maximum(amount, 0), n_requests),
                "Events with a negative amount count as 0 in your result. A loss belongs to what a request was worth."),
        Mistake("amounts without their sign", lambda row, amount, n_requests: per_request(row, np.abs(amount), n_requests),
                "You add up amounts without their sign, so a loss counts as a gain."),
        Mistake("share of a request", lambda row, amount, n_requests: per_request(row, amount, n_requests) / n_requests,
                "You divide by the number of requests, as for an average. Here each request keeps its own sum."),
        Mistake("largest event", _largest,
                "Of several events you keep the largest, and never less than 0. Add them all."),
        Mistake("rows sorted without their amounts", lambda row, amount, n_requests: per_request(np.sort(row), amount, n_requests),
                "You sort `row` without its amounts, so events land at other requests. Sort neither, or both alike."),
        Mistake("whole numbers", lambda row, amount, n_requests: per_request(row, np.trunc(amount), n_requests),
                "You cut the amounts to whole numbers before you add. Keep them as floats."),
        Mistake("counted from 1", _from_one,
                "Your sums stand one place too early: `row` counts requests from 0."),
        Mistake("running total", _running,
                "You add up over the requests as well. Each request has the sum of its own events alone."),
        Mistake("one sum for all", lambda row, amount, n_requests: float(np.sum(amount)),
                "You return one number for the whole log. A sum for each request is asked for."),
        Mistake("one mean for all", lambda row, amount, n_requests: float(np.sum(amount) / n_requests),
                "You return the average over all requests. A sum for each request is asked for."),
        *SUMMED,
    ),
    hints=("A request can appear in `row` once, several times or never. What should each of the three give?",
           "You need a sum grouped by an integer, with a result for every integer from 0 to n_requests − 1.",
           "`np.bincount(row, weights=amount, minlength=n_requests)` does all of it."),
)


# --- 1.2 -----------------------------------------------------------------------------------------------------------
def _money_cases(rng):
    sizes = (3, 8)
    out = []
    for n in sizes:
        back = rng.random(n) < 0.4
        price = rng.uniform(5, 80, n).round(2)
        out.append(Case(f"{n} events", (np.where(back, -price, price), back, rng.uniform(0.1, 0.5, n).round(2), 4.0)))
    return [*out, Case("dear returns, and things sold without a margin", (
        np.array([300.0, 0.5, -80.0, 40.0, -20.0]), np.array([False, False, True, False, True]),
        np.array([0.3, 0.01234, 0.2, 0.0, 0.0]), 25.0))]


def _money_loop(value, is_return, margin_rate, return_cost):
    return np.array([v * m - (return_cost if r else 0.0) for v, r, m in zip(value, is_return, margin_rate, strict=True)])


MONEY = Card(
    id="objective.2", title="Money kept, not money taken", minutes=6, difficulty=2, used_in=(),
    effect=effects_truth.money_by_choice,
    realistic=sizes.sales,
    task="A shop keeps the share `margin_rate` of a price; handling a return costs it `return_cost`. A sale and its return together cost "
         "it the handling and nothing else. By how much does each event of its log change the money kept?",
    shapes="`value` float [E], the price, negative for a return; `is_return` bool [E], `margin_rate` float [E]; returns float [E].",
    why="A return takes back what the sale brought, the kept share and not the whole price. Its value is negative already, so one product "
        "covers both signs, and the handling comes off returns alone. That matters most for items that sell well and come back often: by "
        "revenue they look like winners.",
    reference=kept_money, alternative=_money_loop, cases=lambda rng: [*_money_cases(rng), *far_requests.money_cases()],
    by_hand=(Case("bought for 100 at a margin of 0.3, then returned at a cost of 5",
                  (np.array([100.0, -100.0]), np.array([False, True]), np.array([0.3, 0.3]), 5.0),
                  expected=np.array([30.0, -35.0])),
             Case("an item for 10, and one given away free that comes back at a cost of 2",
                  (np.array([10.0, -0.0]), np.array([False, True]), np.array([0.2, 0.5]), 2.0),
                  expected=np.array([2.0, -2.0])),
             *rare_requests.MONEY_BY_HAND),
    mistakes=(
        Mistake("revenue", lambda value, is_return, margin_rate, return_cost: value - return_cost * is_return,
                "You count the whole price. The shop keeps only the margin rate of it."),
        Mistake("no handling cost", lambda value, is_return, margin_rate, return_cost: value * margin_rate,
                "Your returns cost nothing to handle. Take return_cost off for each."),
        Mistake("returns ignored", lambda value, is_return, margin_rate, return_cost:
                np.where(is_return, 0.0, value * margin_rate),
                "Your returns are worth 0. A return gives the margin back and costs handling on top."),
        Mistake("cost on everything", lambda value, is_return, margin_rate, return_cost:
                value * margin_rate - return_cost,
                "You charge the handling cost on purchases too. Only a return has it."),
        Mistake("negated twice", lambda value, is_return, margin_rate, return_cost:
                np.where(is_return, -value, value) * margin_rate - return_cost * is_return,
                "A return's value is negative in the log already; you turned it positive, so returns earn money."),
        Mistake("negated twice, no handling cost", lambda value, is_return, margin_rate, return_cost:
                np.abs(value) * margin_rate,
                "You turn the value of a return positive, so returns earn money; and they cost nothing to handle. The value is "
                "negative in the log already."),
        Mistake("revenue, no handling cost", lambda value, is_return, margin_rate, return_cost: value * 1.0,
                "You return the prices as they are. The shop keeps only the margin rate of a price, and a return costs handling."),
        Mistake("whole price given back", lambda value, is_return, margin_rate, return_cost:
                np.where(is_return, value - return_cost, value * margin_rate),
                "You take the margin rate of purchases only. A return gives back the share that the shop kept, not the whole price."),
        Mistake("whole price given back, no handling cost", lambda value, is_return, margin_rate, return_cost:
                np.where(is_return, value, value * margin_rate),
                "A return gives back the share that the shop kept, not the whole price; and it costs handling on top."),
        Mistake("handling only", lambda value, is_return, margin_rate, return_cost:
                np.where(is_return, -return_cost, value * margin_rate),
                "Your returns cost the handling and nothing else. A return gives the kept share of the price back as well."),
        Mistake("the other share at purchases", lambda value, is_return, margin_rate, return_cost:
                np.where(is_return, value * margin_rate - return_cost, value * (1 - margin_rate)),
                "At purchases you count the part of the price that the shop passes on. It keeps the margin rate itself, at returns and purchases."),
        Mistake("return as a gain less handling", lambda value, is_return, margin_rate, return_cost:
                np.where(is_return, -value - return_cost, value) * margin_rate,
                "A return's value is negative in the log already; you turned it positive, and took the rate of the handling cost too. Returns lose "
                "money: the kept share, and all of the handling."),
        Mistake("all returns on each event", lambda value, is_return, margin_rate, return_cost:
                value * margin_rate - return_cost * np.sum(is_return),
                "You take the handling of all returns off every event. Each return carries its own."),
        Mistake("rate subtracted", lambda value, is_return, margin_rate, return_cost: value - margin_rate - return_cost * is_return,
                "You subtract the margin rate from the price. It is a share: multiply by it."),
        Mistake("price given back, margin kept", lambda value, is_return, margin_rate, return_cost:
                value * margin_rate - return_cost * is_return - np.abs(value) * is_return,
                "At a return you take the whole price off as well. The shop gives back the share it kept, and pays the handling."),
        Mistake("rate of the cost, price of a return forgotten", lambda value, is_return, margin_rate, return_cost:
                np.where(is_return, -return_cost, value) * margin_rate,
                "A return loses only the margin rate of its handling in your result. It gives the kept share of the price back, and costs all of "
                "the handling."),
        Mistake("cost added", lambda value, is_return, margin_rate, return_cost: value * margin_rate + return_cost * is_return,
                "You add the handling cost at a return. It is money lost: subtract it."),
        Mistake("rate of the cost", lambda value, is_return, margin_rate, return_cost:
                (value - return_cost * is_return) * margin_rate,
                "You take the margin rate of the handling cost too. Handling is paid in full, whatever the rate."),
        Mistake("cost of purchases", lambda value, is_return, margin_rate, return_cost:
                value * margin_rate - return_cost * ~is_return,
                "You charge the handling cost on purchases and not on returns: the wrong way round."),
        Mistake("the other share", lambda value, is_return, margin_rate, return_cost:
                value * (1 - margin_rate) - return_cost * is_return,
                "You count the part of the price that the shop passes on. It keeps the margin rate itself, not one minus it."),
        Mistake("one rate for all", lambda value, is_return, margin_rate, return_cost:
                value * np.mean(margin_rate) - return_cost * is_return,
                "You use the average margin rate. Each event has a rate of its own."),
        Mistake("return known by its sign", lambda value, is_return, margin_rate, return_cost:
                value * margin_rate - return_cost * (value < 0),
                "You take events with a negative value for the returns. An item given away free has price 0 when it comes back, and "
                "handling it costs as much: ask `is_return`."),
        Mistake("multiplied by the cost", lambda value, is_return, margin_rate, return_cost:
                value * margin_rate * np.where(is_return, return_cost, 1.0),
                "You multiply by the handling cost. It is a fixed amount: subtract it from each return."),
        *KEPT,
    ),
    hints=("What does a sale bring the shop? Then what must its return bring, if the two are to add up to minus the handling?",
           "Two things happen at a return: the kept share is given back, and somebody handles the goods. Which of them is already in "
           "`value`?",
           "`value * margin_rate - return_cost * is_return`"),
)
