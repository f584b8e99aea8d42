"""Controls of the statements of lesson 07 through its own functions: where each must hold, and where it must not."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from lesson_functions import functions_of

from course_lib.contracts import DAY_S, Requests
from course_lib.evidence import boost_worth, returned_money, shop_by_slot
from course_lib.evidence import slate_fronts as front
from course_lib.stages.reranking import freshness, value
from course_lib.stages.reranking.counted import counted_slates
from course_lib.stages.reranking.desk import Desk, slates
from course_lib.stages.reranking.floods import flooded
from course_lib.world import feed, policies

WEIGHTS = (1.0, 0.9, 0.7, 0.5, 0.3, 0.0)


@pytest.fixture(scope="module")
def lesson():
    return functions_of("reranker")


def films(wanted_are_the_best, people=150, seed=0):
    """A desk of made-up films: wanted films are the best ten of the candidates, or any ten of them."""
    rng = np.random.default_rng(seed)
    genre = (rng.random((300, 8)) < 0.2).astype(float)
    genre[np.arange(300), rng.integers(0, 8, 300)] = 1
    candidates = np.array([rng.permutation(300)[:40] for _ in range(people)])
    wanted = [row[:10] if wanted_are_the_best else rng.permutation(row)[:10] for row in candidates]
    shares = genre / genre.sum(1, keepdims=True)
    return Desk(np.arange(people), wanted, candidates, np.tile(np.linspace(1, 0, 40), (people, 1)), genre,
                genre / np.linalg.norm(genre, axis=1, keepdims=True), shares, rng.dirichlet(np.ones(8), people), 300)


def front_by_mmr(lesson, desk, weights=WEIGHTS):
    return front.front_of([slates(lesson["unlike"](weight), desk) for weight in weights], desk)


# --- lists -----------------------------------------------------------------------------------------------------------
def test_diversity_is_dear_where_the_best_are_wanted_and_free_where_order_says_nothing(lesson):
    assert front.price(front_by_mmr(lesson, films(True))) > 0.05
    assert abs(front.price(front_by_mmr(lesson, films(False)))) < 0.05
    assert front.price(front_by_mmr(lesson, films(True)), more=0.0) == 0
    assert np.isnan(front.price(front_by_mmr(lesson, films(True), weights=(1.0, 1.0))))  # never a tenth more diverse


def test_a_front_buys_all_of_what_it_buys_itself_and_nothing_where_it_does_not_move(lesson):
    rows = front_by_mmr(lesson, films(True))
    still = np.tile(rows[:, :4], len(WEIGHTS))
    still[:, ::4] *= np.linspace(1, 0.5, len(WEIGHTS))                # it pays and gains nothing
    for column in (1, 2):
        assert front.share_bought(np.hstack([rows, rows]), column, len(WEIGHTS)) == pytest.approx(1)
        assert front.share_bought(np.hstack([rows, still]), column, len(WEIGHTS)) == pytest.approx(0)


def test_a_front_is_not_ahead_of_itself_and_is_where_it_was_lifted(lesson):
    rows = front_by_mmr(lesson, films(True))
    lifted = rows.copy()
    lifted[:, ::4] += 0.01
    for column in (1, 3):
        assert front.ahead(np.hstack([rows, rows]), column) == 0
        assert front.ahead(np.hstack([rows, lifted]), column) == pytest.approx(0.01)


def test_the_catalogue_opens_where_lists_are_drawn_by_lot_and_not_where_nothing_changes():
    rng = np.random.default_rng(1)
    plain = np.tile(np.arange(10), (400, 1))
    by_lot = np.array([rng.permutation(100)[:10] for _ in range(400)])
    assert front.widened(plain, plain).value == 1 and front.widened(by_lot, plain).low > 1.1


def test_counting_opens_the_catalogue_where_all_have_the_same_candidates_and_not_where_it_weighs_nothing():
    candidates, relevance = np.tile(np.arange(100), (400, 1)), np.tile(np.linspace(1, 0.9, 100), (400, 1))
    plain = candidates[:, :10]
    assert front.widened(counted_slates(candidates, relevance, 10, 0.0), plain).value == 1
    assert front.widened(counted_slates(candidates, relevance, 10, 0.5), plain).low > 1.5


# --- rules -----------------------------------------------------------------------------------------------------------
def test_a_cap_is_kept_where_everybody_makes_one_item_and_broken_where_one_makes_half():
    page = np.array([np.random.default_rng(k).permutation(500)[:10] for k in range(200)])
    over = front.over_cap
    assert over(page, flooded(500, 0.0)).sum() == 0 and over(page, flooded(500, 0.5)).mean() > 0.9


def test_mmr_leaves_bait_alone_that_looks_like_all_and_pushes_down_what_looks_alike(lesson):
    rng = np.random.default_rng(2)
    lesson["click"] = rng.random((200, 300))
    lesson["bait"] = rng.random(300) < 0.2
    lesson["catalog"] = SimpleNamespace(content=rng.normal(size=(300, 16)))
    lesson["requests"] = Requests.of(np.arange(200), eligible=np.arange(300), day=0)

    def ratio(strength):
        return np.divide(*lesson["bait_slots"](strength).mean(axis=0))

    assert ratio(0.0) == pytest.approx(1, abs=0.1) and ratio(3.0) < 0.8


# --- what is new -----------------------------------------------------------------------------------------------------
def test_waste_and_what_is_left_are_one_where_two_boosts_do_the_same():
    poor, shown = np.repeat([0, 1], 50), np.random.default_rng(3).poisson(20, 100).astype(float)
    assert boost_worth.waste(np.column_stack([poor, shown, shown])) == 1
    assert boost_worth.waste(np.column_stack([poor, np.where(poor, shown / 2, shown), shown])) == pytest.approx(0.5)
    assert boost_worth.over(np.column_stack([shown, shown])) == 1


def test_the_ordinary_test_shows_nothing_of_nothing_and_a_loss_where_slots_go_to_items_at_random():
    town = feed(people=150, items=150, requests_per_day=400, seed=0)
    ranker = freshness.Nightly(town.catalog())
    for day in town.run(policies.Popularity(), 2):
        ranker.observe(day)

    def at_random(age, shown):
        return 50 * np.random.default_rng(len(age)).random(len(age))

    nothing, lot = (boost_worth.gain(boost_worth.ordinary_test(town, ranker, boost)) for boost in (None, at_random))
    assert nothing == 0 and lot < -0.1


# --- the shop --------------------------------------------------------------------------------------------------------
@pytest.fixture
def small_shop(lesson):
    made = lesson["marketplace"]
    lesson["marketplace"] = lambda people, items, requests_per_day, **how: made(
        people=150, items=60, requests_per_day=300, **how)
    yield lesson
    lesson["marketplace"] = made


def test_money_kept_gains_nothing_over_itself_and_over_revenue_where_dear_things_earn_nothing(small_shop, monkeypatch):
    market, rules = small_shop["market_of"](return_rate=0.25), shop_by_slot.rules_by(value.slot_worth)
    kept, again = (shop_by_slot.trade(market, rules["kept"], scarce=False, days=2)[:, 1] for _ in range(2))
    assert boost_worth.gain(np.column_stack([kept, again])) == 0
    book = shop_by_slot.books_of(market)
    dear = book.price > np.median(book.price)
    margin, kept = np.where(dear, 0.01, book.margin), np.where(dear, 0, book.kept)
    poor = shop_by_slot.Books(book.price, margin, book.p_return, kept)
    monkeypatch.setattr(shop_by_slot, "books_of", lambda shop: poor)
    rules = shop_by_slot.rules_by(lambda p, margin, *rest: p * margin)
    revenue, kept = (shop_by_slot.trade(market, rules[name], scarce=False, days=2)[:, 0]
                     for name in ("revenue", "kept"))
    assert kept.sum() > revenue.sum()


def test_stock_changes_nothing_where_it_never_ends_and_moves_showings_where_it_does(small_shop):
    endless, rules = small_shop["market_of"](scarcity=0.0), shop_by_slot.rules_by(value.slot_worth)
    one, other = (shop_by_slot.trade(endless, rules[name], scarce=False, days=2) for name in ("kept", "kept, in stock"))
    assert np.array_equal(one, other)
    book = SimpleNamespace(margin=np.ones(3), p_return=np.zeros(3))
    worth = rules["kept, in stock"](np.full((1, 3), 0.1), np.array([0, 1, 2]), book, np.array([0.0, 1.0, 9.0]),
                                    np.array([1.0, 1.0, 1.0]))
    assert worth[0, 0] == 0 and worth[0, 1] < worth[0, 2]


def test_a_real_shelf_gains_where_the_dearer_article_comes_back_and_nothing_where_none_does():
    day, user = (part.ravel() for part in np.meshgrid(np.arange(0, 500, 5), np.arange(60), indexing="ij"))
    one = pd.DataFrame({"user": user, "item": 0, "time": day * DAY_S, "value": 11.0, "price": 11.0})
    events = pd.concat([one, one.assign(item=1, value=10.0, price=10.0)]).sort_values("time", ignore_index=True)
    dear = np.flatnonzero(events["item"] == 0)
    for back, gains in ((dear[::2], True), (dear[:0], False)):
        sent = pd.DataFrame({"purchase": back, "value": -11.0, "time": events["time"].to_numpy()[back] + 7 * DAY_S})
        shop = SimpleNamespace(interactions=events, returns=sent, n_users=60, n_items=2)
        kept = boost_worth.gain(returned_money.kept_by_shelf(shop, slots=1))
        assert kept > 0.5 if gains else kept == 0


def test_the_made_up_films_are_what_their_name_says():
    desk = films(True)
    assert np.array_equal(desk.candidates[:, :10], desk.wanted)
