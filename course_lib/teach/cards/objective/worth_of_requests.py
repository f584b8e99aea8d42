"""Exercises 1.1 and 1.2: what a request was worth, and what the shop keeps of it."""

import numpy as np

from course_lib.evidence.objectives import kept_money, per_request
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 1.1 -----------------------------------------------------------------------------------------------------------
def _sum_cases(rng):
    return [Case(f"{n} requests", (rng.integers(n - 1, size=e), rng.normal(size=e).round(2), n))
            for n, e in ((4, 9), (7, 20), (3, 0))]


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


REWARD = Card(
    id="objective.1", title="What one request was worth", minutes=5, difficulty=1, used_in=("{{feedback}}", "{{metric_stack}}", "{{launch}}",),
    task="Add the events of a log up by request. Several events may belong to one request, and most requests have none. "
         "Those are worth 0 and must stay in: a request that earned nothing is a fact about the policy.",
    shapes="`row` int [E], the request each event belongs to; `amount` float [E]; returns float [n_requests].",
    why="`np.bincount` with weights adds up repeated rows, and `minlength` keeps the requests in which nothing happened. "
        "Leaving those out turns a reward per request into a reward per *successful* request, which a policy can raise by "
        "serving fewer people well.",
    reference=per_request, alternative=_sum_loop, cases=_sum_cases,
    by_hand=(Case("two events on request 2", (np.array([2, 2]), np.array([1.0, 3.0]), 4),
                  expected=np.array([0.0, 0.0, 4.0, 0.0])),),
    invariants=(Invariant("the rewards of all requests add up to the amounts of all events",
                          lambda fn, rng: np.isclose(np.sum(fn(np.array([0, 1, 1]), np.array([2.0, 5.0, 1.0]), 5)), 8)),),
    mistakes=(
        Mistake("mean of events", _mean_of_events,
                "You average the events of a request. Two purchases are worth more than one: add them."),
        Mistake("requests without events dropped", _without_empty,
                "Requests without events are missing from your result. They are worth 0 and belong in the average."),
        Mistake("counts", _count_events,
                "You count events, whatever their amount. A purchase of 100 and one of 1 are not the same reward."),
        Mistake("last event wins", _last_event,
                "Where a request has several events you keep only the last: `total[row] = amount` does not add up."),
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
    return out


def _money_loop(value, is_return, margin_rate, return_cost):
    return np.array([v * m - (return_cost if r else 0.0) for v, r, m in zip(value, is_return, margin_rate, strict=True)])


MONEY = Card(
    id="objective.2", title="Money kept, not money taken", minutes=6, difficulty=2, used_in=("{{reranker}}", "{{interview}}",),
    task="For the marketplace: turn purchases and returns into the money the shop keeps. It keeps a share of the price "
         "(the margin rate). A return gives that share back **and** costs a fixed amount to handle. A return's value is "
         "logged as a negative price.",
    shapes="`value` float [E], price or minus the price; `is_return` bool [E]; `margin_rate` float [E]; `return_cost` "
           "a number; returns float [E].",
    why="The value of a return is negative already, so one product covers both signs, and the handling cost is taken off "
        "returns alone. That matters most for items that sell well and come back often: by revenue they look "
        "like winners.",
    reference=kept_money, alternative=_money_loop, cases=_money_cases,
    by_hand=(Case("bought for 100 at a margin of 0.3, then returned at a cost of 5",
                  (np.array([100.0, -100.0]), np.array([False, True]), np.array([0.3, 0.3]), 5.0),
                  expected=np.array([30.0, -35.0])),),
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
    ),
    hints=("Two things happen at a return. Which of them is already in `value`?",
           "Margin applies to purchases and returns alike; handling applies to returns.",
           "`value * margin_rate - return_cost * is_return`"),
)
