"""Controls of the statements of lesson 07 through its own functions: where each must hold, and where it must not."""

import ast
from types import SimpleNamespace

import numpy as np
import pytest
from lesson_functions import functions_of

from course_lib.contracts import Requests
from course_lib.stages.reranking import freshness
from course_lib.teach.publish.lesson_source import read_lesson, sources
from course_lib.world import feed, marketplace, policies

WEIGHTS = (1.0, 0.9, 0.7, 0.5, 0.3, 0.0)


@pytest.fixture(scope="module")
def lesson():
    return functions_of("reranker")


def assigned(space, name):
    """Run the one assignment of this name that the lesson's source has, inside space."""
    code = "\n".join(cell.source for cell in read_lesson(sources(["reranker"])[0]).solution.cells
                     if cell.cell_type == "code")
    node = next(part for part in ast.parse(code).body if isinstance(part, ast.Assign)
                and isinstance(part.targets[0], ast.Name) and part.targets[0].id == name)
    exec(compile(ast.Module([node], []), "reranker", "exec"), space)  # the course's own source


def films(wanted_are_the_best, people=150, seed=0):
    """A desk of made-up films: wanted films are the best ten of the candidates, or any ten of them."""
    rng = np.random.default_rng(seed)
    genre = (rng.random((300, 8)) < 0.2).astype(float)
    genre[np.arange(300), rng.integers(0, 8, 300)] = 1
    candidates = np.array([rng.permutation(300)[:40] for _ in range(people)])
    wanted = [row[:10] if wanted_are_the_best else rng.permutation(row)[:10] for row in candidates]
    shares = genre / genre.sum(1, keepdims=True)
    return SimpleNamespace(users=np.arange(people), wanted=wanted, candidates=candidates, genre=shares,
                           relevance=np.tile(np.linspace(1, 0, 40), (people, 1)), n_items=300,
                           direction=genre / np.linalg.norm(genre, axis=1, keepdims=True),
                           target=rng.dirichlet(np.ones(8), people))


def front(lesson, desk, weights=WEIGHTS):
    points = [lesson["judge"](lesson["slates"](lambda row, on, w=w: lesson["unlike"](row, on, w), desk), desk)
              for w in weights]
    return lesson["front_of"](points)


# --- lists -----------------------------------------------------------------------------------------------------------
def test_diversity_is_dear_where_the_best_are_wanted_and_free_where_order_says_nothing(lesson):
    assert lesson["price"](front(lesson, films(True))) > 0.05
    assert abs(lesson["price"](front(lesson, films(False)))) < 0.05
    assert lesson["price"](front(lesson, films(True)), more=0.0) == 0
    assert np.isnan(lesson["price"](front(lesson, films(True), weights=(1.0, 1.0))))  # never a tenth more diverse


def test_a_front_buys_all_of_what_it_buys_itself_and_nothing_where_it_does_not_move(lesson):
    rows = front(lesson, films(True))
    still = np.tile(rows[:, :4], len(WEIGHTS))
    still[:, ::4] *= np.linspace(1, 0.5, len(WEIGHTS))                # it pays and gains nothing
    for column in (1, 2):
        assert lesson["share_bought"](np.hstack([rows, rows]), column, len(WEIGHTS)) == pytest.approx(1)
        assert lesson["share_bought"](np.hstack([rows, still]), column, len(WEIGHTS)) == pytest.approx(0)


def test_a_front_is_not_ahead_of_itself_and_is_where_it_was_lifted(lesson):
    rows = front(lesson, films(True))
    lifted = rows.copy()
    lifted[:, ::4] += 0.01
    for column in (1, 3):
        assert lesson["ahead"](np.hstack([rows, rows]), column) == 0
        assert lesson["ahead"](np.hstack([rows, lifted]), column) == pytest.approx(0.01)


def test_the_catalogue_opens_where_lists_are_drawn_by_lot_and_not_where_nothing_changes(lesson):
    rng = np.random.default_rng(1)
    plain = np.tile(np.arange(10), (400, 1))
    by_lot = np.array([rng.permutation(100)[:10] for _ in range(400)])
    assert lesson["widened"](plain, plain).value == 1 and lesson["widened"](by_lot, plain).low > 1.1


# --- rules -----------------------------------------------------------------------------------------------------------
def test_a_cap_is_kept_where_everybody_makes_one_item_and_broken_where_one_makes_half(lesson):
    page = np.array([np.random.default_rng(k).permutation(500)[:10] for k in range(200)])
    over, flooded = lesson["over_cap"], lesson["flooded"]
    assert over(page, flooded(500, 0.0)).sum() == 0 and over(page, flooded(500, 0.5)).mean() > 0.9


def test_mmr_leaves_bait_alone_that_looks_like_all_and_pushes_down_what_looks_alike(lesson):
    rng = np.random.default_rng(2)
    lesson["click"] = rng.random((200, 300))
    lesson["appeal"] = (rng.random(300) < 0.2).astype(float)
    lesson["catalog"] = SimpleNamespace(content=rng.normal(size=(300, 16)))
    lesson["requests"] = Requests.of(np.arange(200), eligible=np.arange(300), day=0)

    def ratio(strength):
        return np.divide(*lesson["bait_slots"](strength).mean(axis=0))

    assert ratio(0.0) == pytest.approx(1, abs=0.1) and ratio(3.0) < 0.8


# --- what is new -----------------------------------------------------------------------------------------------------
def test_waste_and_what_is_left_are_one_where_two_boosts_do_the_same(lesson):
    poor, shown = np.repeat([0, 1], 50), np.random.default_rng(3).poisson(20, 100).astype(float)
    assert lesson["waste"](np.column_stack([poor, shown, shown])) == 1
    assert lesson["waste"](np.column_stack([poor, np.where(poor, shown / 2, shown), shown])) == pytest.approx(0.5)
    assert lesson["over"](np.column_stack([shown, shown])) == 1


def test_the_ordinary_test_shows_nothing_of_nothing_and_a_loss_where_slots_go_to_items_at_random(lesson):
    town = feed(people=150, items=150, requests_per_day=400, seed=0)
    ranker = freshness.Nightly(town.catalog())
    for day in town.run(policies.Popularity(), 2):
        ranker.observe(day)
    lesson |= {"town": town, "ranker": ranker}

    def lift(boost):
        first, second = (lesson["boosted"](each) for each in (None, boost))
        one, inside = lesson["time_in_arms"](first, second)
        other, _ = lesson["time_in_arms"](lesson["boosted"](boost), lesson["boosted"](None))
        return lesson["gain"](np.column_stack([np.where(inside, one, other), np.where(inside, other, one)]))

    def at_random(age, shown):
        return 50 * np.random.default_rng(len(age)).random(len(age))

    assert lift(None) == 0 and lift(at_random) < -0.1


# --- the shop --------------------------------------------------------------------------------------------------------
@pytest.fixture
def shop():
    space = functions_of("reranker")
    space["marketplace"] = lambda people, items, requests_per_day, **how: marketplace(
        people=150, items=60, requests_per_day=300, **how)
    assigned(space, "RULES")
    return space


def test_money_kept_gains_over_revenue_where_dear_things_earn_nothing_and_nothing_over_itself(shop):
    market = shop["market_of"](return_rate=0.25)
    kept, again = (shop["trade"](market, "kept", False, days=2)[:, 1] for _ in range(2))
    assert shop["gain"](np.column_stack([kept, again])) == 0
    books = shop["books"]

    def dear_earns_nothing(market):
        book = books(market)
        dear = book.price > np.median(book.price)
        return SimpleNamespace(**vars(book) | {"margin": np.where(dear, 0.01, book.margin),
                                               "kept": np.where(dear, 0.0, book.kept)})

    shop["books"] = dear_earns_nothing
    shop["slot_worth"] = lambda p, margin, *rest: p * margin
    revenue, kept = (shop["trade"](market, rule, False, days=2)[:, 0] for rule in ("revenue", "kept"))
    assert kept.sum() > revenue.sum()


def test_stock_changes_nothing_where_it_never_ends_and_moves_showings_where_it_does(shop):
    endless = shop["market_of"](scarcity=0.0)
    one, other = (shop["trade"](endless, rule, False, days=2) for rule in ("kept", "kept, in stock"))
    assert np.array_equal(one, other)
    book = SimpleNamespace(margin=np.ones(3), p_return=np.zeros(3))
    worth = shop["RULES"]["kept, in stock"](np.full((1, 3), 0.1), np.array([0, 1, 2]), book, np.array([0.0, 1.0, 9.0]),
                                            np.array([1.0, 1.0, 1.0]))
    assert worth[0, 0] == 0 and worth[0, 1] < worth[0, 2]


def test_the_made_up_films_are_what_their_name_says():
    desk = films(True)
    assert np.array_equal(desk.candidates[:, :10], desk.wanted)
