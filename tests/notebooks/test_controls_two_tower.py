"""Controls of the claims of lesson 03 through its own functions: where a claim must hold, and where it must not.

The functions are taken from the lesson's source; nothing of the lesson is run. So a measurement that comes out the same
whatever is fed to it fails here.
"""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from lesson_functions import functions_of

from course_lib.contracts import DAY_S
from course_lib.data import splits
from course_lib.evidence import offline
from course_lib.stages.retrieval.baselines import ALS, EASE, ItemKNN, Popularity, RecentPopularity

PEOPLE, ITEMS = 400, 120
SIZE = {"n_users": PEOPLE, "n_items": ITEMS}


@pytest.fixture(scope="module")
def lesson():
    return functions_of("two_tower")


def table(rows, seed=0):
    """Interactions of (user, item) pairs at random times."""
    rng = np.random.default_rng(seed)
    made = pd.DataFrame(rows, columns=["user", "item"])
    return made.assign(time=rng.permutation(len(made)).astype(float))


def by_groups(groups, each=15, seed=0):
    """Each person takes from one of so many groups of items, which are equally popular."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(PEOPLE):
        own = np.arange(user % groups, ITEMS, groups)
        rows += [(user, item) for item in rng.choice(own, min(each, len(own)), replace=False)]
    return table(rows)


def by_one_law(seed=0):
    """Everybody draws from one law of popularity."""
    rng = np.random.default_rng(seed)
    share = 1 / np.arange(1, ITEMS + 1)
    share /= share.sum()
    rows = [(user, item) for user in range(PEOPLE) for item in rng.choice(ITEMS, 15, replace=False, p=share)]
    return table(rows)


def found_by(model, split):
    return offline.per_user(model.fit(split.train, **SIZE), split, metrics=["recall"])[0]["recall"]


# --- personal --------------------------------------------------------------------------------------------------------
def test_a_personal_model_finds_far_more_where_people_differ_and_no_more_where_all_are_alike(lesson):
    def times_popularity(events):
        split = splits.by_user(events, seed=0)
        both = np.column_stack([found_by(ItemKNN(k=20), split), found_by(Popularity(), split)])
        return offline.bootstrap(both, lesson["ratio_of_means"], n_boot=200)

    assert times_popularity(by_groups(4)).low > 2
    assert times_popularity(by_one_law()).high < 1.5


# --- ALS, and its width -----------------------------------------------------------------------------------------------
def test_als_of_too_small_a_width_loses_and_width_beyond_the_rank_of_the_data_brings_nothing(lesson):
    split = splits.by_user(by_groups(24, each=5), seed=0)
    narrow, enough, wide = (found_by(lesson["best_als"](split.train, split.valid, SIZE, dim=d), split)
                            for d in (2, 32, 64))
    assert offline.paired(enough, narrow).low > 0.1          # 24 tastes do not fit into two numbers
    assert offline.paired(wide, enough).high < 0.05


def test_the_regularisation_of_als_is_chosen_and_not_fixed(lesson):
    split = splits.by_user(by_groups(4), seed=0)
    assert lesson["best_als"](split.train, split.valid, SIZE, regularisation=(1e6, 1)).l2 == 1


# --- losses ----------------------------------------------------------------------------------------------------------
def test_with_one_other_item_in_the_batch_all_three_losses_are_one(lesson):
    score = torch.randn(2, 2, generator=torch.Generator().manual_seed(0))
    losses = [lesson[name](score, torch.eye(2)) for name in ("bpr_of_one", "bpr_of_all", "in_batch_softmax")]
    assert torch.allclose(torch.stack(losses), losses[0].expand(3))


def test_the_losses_part_where_a_batch_has_many_items_and_only_one_of_them_is_hard(lesson):
    score = torch.zeros(64, 64)
    score[:, 0] = 8.0                                         # everybody's hardest negative
    softmax, one = lesson["in_batch_softmax"](score, torch.eye(64)), lesson["bpr_of_one"](score, torch.eye(64))
    assert softmax > 3 * one


def test_towers_with_softmax_find_more_than_with_bpr_of_one_and_the_same_in_batches_of_two(lesson):
    half = splits.by_user(by_groups(20, each=6), seed=0)
    lesson["half"] = half

    def gap(**settings):
        found = [offline.per_user(lesson["train"](loss, **settings), half, k=5, metrics=["recall"])[0]["recall"]
                 for loss in (lesson["in_batch_softmax"], lesson["bpr_of_one"])]
        return offline.paired(*found)

    assert gap(dim=16, max_epochs=3, batch_size=256, learning_rate=0.03).low > 0
    two = gap(dim=8, max_epochs=1, batch_size=2, learning_rate=0.01)
    assert abs(two.value) < 0.02                              # the same loss, but for the order of its sums


# --- temperature -----------------------------------------------------------------------------------------------------
def test_a_temperature_costs_much_at_a_peak_and_nothing_on_a_plain(lesson):
    rng = np.random.default_rng(1)
    people = rng.uniform(0.5, 1.5, (500, 1))
    peak, plain = people * [0.2, 0.4, 0.2, 0.1], np.repeat(people * 0.4, 4, axis=1)
    lost = lesson["one_step_off"](peak.mean(0), peak + rng.normal(0, 0.01, peak.shape))
    assert lost.value == pytest.approx(0.5, abs=0.02)
    lost = lesson["one_step_off"](plain.mean(0), plain + rng.normal(0, 0.01, plain.shape))
    assert abs(lost.value) < 0.05 and lost.high < 0.05


def test_the_best_temperature_at_an_end_has_one_neighbour(lesson):
    values = np.ones((50, 4)) * [0.4, 0.3, 0.2, 0.1]
    assert lesson["one_step_off"](values.mean(0), values).value == pytest.approx(0.25)


# --- EASE, ALS, rank --------------------------------------------------------------------------------------------------
def pairs_of_a_shop(seed=0):
    """Item 2n is taken together with item 2n + 1, and with nothing else."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(PEOPLE):
        chosen = rng.choice(ITEMS // 2, 5, replace=False)
        rows += [(user, item) for item in np.r_[2 * chosen, 2 * chosen + 1]]
    return table(rows)


def test_ease_beats_a_narrow_factorisation_where_items_go_in_pairs_and_not_where_tastes_are_few():
    def ahead(events):
        split = splits.by_user(events, seed=0)
        found = [offline.per_user(model.fit(split.train, **SIZE), split, k=5, metrics=["recall"])[0]["recall"]
                 for model in (EASE(l2=10), ALS(dim=8, l2=1, alpha=4))]
        return offline.paired(*found)

    assert ahead(pairs_of_a_shop()).low > 0.1
    assert ahead(by_groups(4)).low < 0.02


def test_cutting_ease_costs_what_its_rank_holds_and_nothing_beyond(lesson):
    split = splits.by_user(pairs_of_a_shop(), seed=0)
    users, wanted = offline.held_out(split.test)
    lesson["RANKS"] = (8, 100)
    whole = EASE(l2=10).fit(split.train, **SIZE)
    flat = SimpleNamespace(seen=whole.seen, weight=np.outer(np.ones(ITEMS), np.arange(ITEMS)).astype(np.float32))
    of_pairs = lesson["recall_by_rank"](whole, split.train, users, wanted)
    of_rank_one = lesson["recall_by_rank"](flat, split.train, users, wanted)
    assert offline.paired(of_pairs[100], of_pairs[8]).low > 0.05
    assert np.allclose(of_rank_one[100], of_rank_one[8])


# --- sampled metrics --------------------------------------------------------------------------------------------------
def drawn_for(wanted, n, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.choice(np.setdiff1d(np.arange(500), mine), n, replace=False) for mine in wanted]


def test_against_sampled_items_nobodys_recall_is_lower_and_with_all_of_them_it_is_the_same(lesson):
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(50, 500)).round(1)              # with ties
    wanted = [rng.choice(500, rng.integers(1, 15), replace=False) for _ in range(50)]
    top = offline.top_items(lambda users: scores[users], np.arange(50), 10)
    gained = lesson["sampled_recall"](scores, drawn_for(wanted, 100), wanted) - offline.recall_at_k(top, wanted, 10)
    assert gained.min() >= 0 and gained.max() > 0
    distinct, alone = rng.permuted(np.tile(np.arange(500.0), (50, 1)), axis=1), [mine[:1] for mine in wanted]
    top = offline.top_items(lambda users: distinct[users], np.arange(50), 10)
    everything = lesson["sampled_recall"](distinct, drawn_for(alone, 499), alone)
    assert np.array_equal(everything, offline.recall_at_k(top, alone, 10))


def ranked_at(places, seed):
    """Scores float (400, 500) that put item 0 at one of the places, drawn anew for each user."""
    rng = np.random.default_rng(seed)
    scores = rng.permuted(np.tile(np.arange(500.0), (400, 1)), axis=1)
    place = rng.choice(places, 400)
    scores[:, 0] = 500 - place - 0.5
    return scores


def test_models_good_at_the_top_and_in_the_middle_change_places_and_one_that_leads_everywhere_stays_ahead(lesson):
    wanted = [np.array([0])] * 400
    rivals = drawn_for(wanted, 100)

    def turn(scores):
        tops = {name: offline.top_items(lambda users, s=one: s[users], np.arange(400), 10)
                for name, one in scores.items()}
        whole = {name: offline.recall_at_k(top, wanted, 10) for name, top in tops.items()}
        sampled = {name: lesson["sampled_recall"](one, rivals, wanted) for name, one in scores.items()}
        return lesson["turned_elsewhere"](whole, sampled)

    pair, turned = turn({"top": ranked_at((1, 1, 400, 400), 1), "middle": ranked_at((25, 30), 2)})
    assert pair == ("top", "middle") and turned.low > 0
    assert turn({"leads": ranked_at((1, 20), 1), "trails": ranked_at((200, 400), 2)})[1].high <= 0


# --- time -------------------------------------------------------------------------------------------------------------
def trend(days=40, people=PEOPLE, seed=0):
    """Every four days everybody wants other five items; nobody has a taste."""
    rng = np.random.default_rng(seed)
    day = np.repeat(np.arange(days), 50)
    item = (day // 4 * 5 + rng.integers(0, 5, len(day))) % ITEMS
    time = (day + rng.random(len(day))) * DAY_S
    made = pd.DataFrame({"user": rng.integers(0, people, len(day)), "item": item, "time": time})
    return made.drop_duplicates(["user", "item"]).sort_values("time").reset_index(drop=True)


def steady(seed=0):
    """Tastes that never change, over forty days."""
    made = by_groups(6, seed=seed)
    return made.assign(time=np.random.default_rng(seed).uniform(0, 40 * DAY_S, len(made))).sort_values("time")


def test_a_model_without_time_loses_to_a_chart_under_a_trend_and_beats_it_where_tastes_are_steady(lesson):
    def against(events):
        train, valid, test = lesson["stand_at"](events, 1.0)
        past = pd.concat([train, valid], ignore_index=True)
        users, wanted = offline.held_out(test)
        found = [offline.recall_at_k(offline.top_items(model.fit(past, **SIZE), users, 5, past), wanted, 5)
                 for model in (RecentPopularity(4), ItemKNN(k=20))]
        return lesson["against_chart"](found[0], found[1:])

    assert against(trend()).high < 1
    assert against(steady()).low > 1


def test_nothing_of_the_future_is_in_the_past_and_another_moment_gives_other_parts(lesson):
    events = steady()
    train, valid, test = lesson["stand_at"](events, 0.9)
    assert train.time.max() < valid.time.min() and valid.time.max() < test.time.min()
    assert lesson["stand_at"](events, 0.8)[2].time.max() < test.time.max()


def test_the_window_of_the_chart_is_chosen_short_under_a_trend(lesson):
    train, valid, _ = lesson["stand_at"](trend(), 1.0)
    assert lesson["best_chart"](train, valid, SIZE, windows=(4, 400)) == 4
