"""A shop run by a rule that says what a slot is worth: the money that it keeps, as it came and as it was expected.

The model of people is perfect, so that only the rules differ. The shop is an environment that can be asked for its
truth; a rule is a function of (chance of a sale, items, books, stock, sold lately).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from course_lib.contracts import Requests, Slates

FEE = 3.0                       # what handling a return costs
PLENTY = 1e9                    # pieces where nothing runs out
REFILL_DAYS = 5                 # that it takes on average until a shelf is filled again


@dataclass(frozen=True)
class Books:
    """What a shop knows of its articles, float (N,) each: price, margin, chance of a return, kept of a sale on average.
    """

    price: np.ndarray
    margin: np.ndarray
    p_return: np.ndarray
    kept: np.ndarray


def books_of(shop) -> Books:
    """The books of a shop that was made up: returns are their true chances."""
    goods, hidden = shop.catalog().items, shop.truth().hidden_items()
    margin, p_return = goods["margin"].to_numpy(), hidden["return_chance"].to_numpy()
    return Books(goods["price"].to_numpy(), margin, p_return, (1 - p_return) * margin - p_return * FEE)


def rules_by(slot_worth) -> dict:
    """Three rules: expected revenue, money kept, and money kept where stock is known; the latter two by `slot_worth`.

    slot_worth: function of (p_sale, margin, p_return, return cost, stock, demand).
    """
    def revenue(p, item, book, stock, sold):
        return p * book.price[item]

    def kept(p, item, book, stock, sold):
        return slot_worth(p, book.margin[item], book.p_return[item], FEE, PLENTY + 0 * p, 0 * p)

    def in_stock(p, item, book, stock, sold):
        return slot_worth(p, book.margin[item], book.p_return[item], FEE, stock[item], REFILL_DAYS * sold[item])

    return {"revenue": revenue, "kept": kept, "kept, in stock": in_stock}


class _ByRule:
    """Shows what a rule scores highest on one morning, ties to the lower id."""

    name = "shop"

    def __init__(self, rule, book, truth, stock, sold):
        self.rule, self.book, self.truth, self.stock, self.sold = rule, book, truth, stock, sold

    def slates(self, requests: Requests) -> Slates:
        item = requests.eligible
        p_sale = self.truth.request_scores(requests, by="value") / (self.book.margin * (1 - self.book.p_return))[item]
        score = np.asarray(self.rule(np.clip(p_sale, 0, 1), item, self.book, self.stock, self.sold), float)
        width = min(requests.slate_size, len(item))
        best = np.argsort(-score, axis=1, kind="stable")[:, :width]
        return Slates.certain(item[best])


def _morning_to_night(shop, rule, book, scarce, sold):
    """One day by a rule: what sales kept, and showings were expected to keep, of each person; and what was sold."""
    truth = shop.truth()
    stock = truth.hidden_items()["stock"].to_numpy() if scarce else np.full(len(sold), PLENTY)
    day = shop.run(_ByRule(rule, book, truth, stock, sold), 1)[0]
    done, shown = day.outcomes.query("kind == 'purchase'"), day.impressions
    item, people = shown["item"].to_numpy(), len(shop.users())
    p_sale = truth.expected_of_day(day, by="value") / (book.margin * (1 - book.p_return))[item]
    expected = np.bincount(shown["user"], p_sale * book.kept[item], people)
    return np.bincount(done["user"], book.kept[done["item"]], people), expected, done["item"].to_numpy()


def trade(market, rule, *, scarce: bool, days: int = 5) -> np.ndarray:
    """Run a twin of the shop by a rule: money kept of each person, as it came and as expected, float (people, 2).

    rule: one of `rules_by`. scarce: whether stock is counted each morning; else nothing is thought to run out.
    """
    shop, book, money = market.fork(), books_of(market), np.zeros((len(market.users()), 2))
    sold = np.zeros(len(book.price))
    for _ in range(days):
        came, expected, items = _morning_to_night(shop, rule, book, scarce, sold)
        sold = (sold + np.bincount(items, minlength=len(sold))) / 2
        money += np.column_stack([came, expected])
    return money
