"""Controls of the statements of lessons 00 and 06 through their own functions: where each must hold, and where not.

The functions are taken from the lessons' sources; nothing of a lesson is run. So a measurement that comes out the same
whatever is fed to it fails here. What is true by construction is tested here too.
"""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from lesson_functions import functions_of

from course_lib.contracts import Requests
from course_lib.evidence.auc import auc, grouped_auc
from course_lib.evidence.estimate import bootstrap
from course_lib.evidence.offline import paired, recall_at_k
from course_lib.evidence.panel import over_people, panel_of, worth
from course_lib.evidence.rival_numbers import agreement, factor_off
from course_lib.serving.recommender import Recommender
from course_lib.stages.filters import AlreadySeen
from course_lib.stages.ranking import remedies
from course_lib.stages.ranking.ranker import position_weights
from course_lib.stages.ranking.sorted_logs import BASE, Sorter, week_of
from course_lib.stages.retrieval.baselines import EASE
from course_lib.world import feed
from course_lib.world.policies import Uniform

# --- 00 --------------------------------------------------------------------------------------------------------------
HIDDEN = {user: np.array([user, 500 + user, 900 + user]) for user in range(80)}


@pytest.fixture
def start():
    """Lesson 00's functions, with a retriever that knows nothing: one random order of 1,000 items for all."""
    space = functions_of("start_here")
    order = np.random.default_rng(0).permutation(1000)

    def retrieve(users, n):
        return SimpleNamespace(item=np.tile(order[:n], (len(users), 1)))

    retriever = SimpleNamespace(retrieve=retrieve)
    return space | {"people": np.arange(80), "hidden": HIDDEN, "ask": lambda users: users,
                    "system": SimpleNamespace(retriever=retriever), "functions": space}


def test_nothing_is_left_out_of_everything_and_chance_leaves_out_its_share(start):
    start["functions"].update(start)
    assert max(start["left_out"](1000)) == 0
    by_chance = bootstrap(start["left_out"](50))
    assert by_chance.low > 0.25 and by_chance.value == pytest.approx(0.95, abs=0.04)


def test_the_order_loses_all_of_what_was_retrieved_and_nothing_of_what_was_not(start):
    assert np.mean(start["by_order"]([["rank", "shown", "rerank"], ["rerank"]])) == 1
    assert np.mean(start["by_order"]([["retrieve", "shown"], ["filter", "retrieve"]])) == 0
    assert len(start["by_order"]([["rank"] * 11, ["shown"] * 3])) == 0       # more films than slots; nothing missed


def test_a_perfect_order_shows_what_survived_and_no_more_than_ten(start):
    order = ["rank", "rerank"]
    assert start["perfect"](["rank", "retrieve", "shown", "filter"], order, 10) == 0.5
    assert start["perfect"](["rank"] * 20, order, 10) == 0.5
    assert start["perfect"](["retrieve"] * 20, ["retrieve", *order], 10) == 0.5


def test_a_system_that_knows_beats_its_rival_and_one_that_guesses_does_not():
    rng, wanted = np.random.default_rng(1), list(HIDDEN.values())
    rival = np.array([np.r_[w[:1], rng.choice(np.arange(600, 800), 9, False)] for w in wanted])
    knows = np.array([np.r_[w, rng.choice(np.arange(600, 800), 7, False)] for w in wanted])
    guess = rng.choice(np.arange(600, 800), (80, 10))
    recall = [recall_at_k(np.array([rng.permutation(row) for row in top]), wanted, 10) for top in (rival, knows)]
    assert paired(recall[1], recall[0]).low > 0
    guessed = np.array([rng.choice(200, 10, False) + 600 for _ in guess])
    assert paired(recall_at_k(guessed, wanted, 10), recall[0]).high < 0


def test_a_rival_keeps_its_ten_behind_rules_that_forbid_nothing_and_finds_less_behind_some_that_do():
    rng = np.random.default_rng(0)
    taste, people = rng.integers(0, 4, 80), np.arange(80)
    taken = pd.DataFrame([(user, item) for user in people for item in rng.choice(50, 12, False) * 4 + taste[user]],
                         columns=["user", "item"])
    rival = EASE(l2=10.0).fit(taken, 80, 200)
    wanted = [np.setdiff1d(np.arange(50) * 4 + taste[user], taken["item"][taken["user"] == user]) for user in people]
    ruled = Recommender(rival, [AlreadySeen(taken)], None, None, n_retrieve=200)

    def found(on_offer):
        asked = Requests.of(people, eligible=np.asarray(on_offer, np.int32))
        return recall_at_k(ruled.slates(asked).item, wanted, 10)

    free, short = found(np.arange(200)), found(np.setdiff1d(np.arange(200), np.arange(0, 200, 4)))
    unseen = np.where(rival.seen[people].toarray() > 0, -np.inf, rival.score(people))
    plain = recall_at_k(np.argsort(-unseen, axis=1, kind="stable")[:, :10], wanted, 10)
    assert np.array_equal(free, plain) and plain.mean() > 0 and paired(free, short).low > 0


# --- 06 --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def ranker():
    return functions_of("ranker")


def weigh_by(looks):
    return lambda position, click: position_weights(position, click, looks)


def small(taste, days=6, **blocks):
    """A week of a small service and its panel, in a world with the mechanisms given."""
    world = feed(people=700, items=400, seed=3, **blocks)
    week = week_of(Sorter(world, taste, Uniform()), world.fork(), days)
    return week, panel_of(week.features, week.world, Uniform())


def gain_of_remedy(week, panel):
    """What position as a column, held at 1, adds to worth over ignoring it."""
    models = remedies.treated(week.days(1, 5), BASE, weigh_by(panel["looks"]))
    values = [worth(models[way].predict, panel) for way in (remedies.FIXED, "ignored")]
    return over_people(values[0] - values[1], panel)


def test_the_order_of_a_log_goes_with_relevance_as_far_as_the_dial_says():
    rng = np.random.default_rng(0)
    item = np.arange(40_000).reshape(4000, 10)
    liked, found = rng.normal(size=(4000, 10)), []
    for taste in (0.0, 0.5, 1.0):
        sorter = Sorter.__new__(Sorter)
        sorter.taste, sorter.length = taste, rng.normal(size=40_000)
        sorter.base = SimpleNamespace(slates=lambda requests: SimpleNamespace(item=item))
        sorter.truth = SimpleNamespace(request_scores=lambda requests, item, by: liked)
        shown = liked.ravel()[sorter.slates(None).item]
        found.append(np.corrcoef(-np.tile(np.arange(10), 4000), shown.ravel())[0, 1])
    assert abs(found[0]) < 0.02 and 0.3 < found[1] < 0.6 and found[2] > 0.8      # a rank tells a little less


def test_the_remedy_for_position_helps_where_looks_fall_and_not_where_all_is_looked_at():
    for eta, low, high in ((1.5, 0.005, 1), (0.0, -0.02, 0.02)):
        gain = gain_of_remedy(*small(0.0, examination={"eta": eta, "patience_sigma": 0}))
        assert low < gain.value < high, (eta, gain)


def test_the_remedy_harms_where_the_log_was_sorted_by_the_truth():
    assert gain_of_remedy(*small(1.0)).high < 0


def test_pairs_are_in_order_where_the_number_is_the_worth_and_as_a_coin_says_where_it_is_noise():
    rng = np.random.default_rng(2)
    value = rng.normal(size=21)
    said = {name: bootstrap(np.column_stack([number, value]), agreement, n_boot=200)
            for name, number in (("worth", value), ("reverse", -value), ("noise", rng.normal(size=21)))}
    assert said["worth"].low > 0.9 and said["reverse"].high < 0.1
    assert said["noise"].low < 0.5 < said["noise"].high


def test_only_the_pooled_auc_pays_for_telling_people_apart(ranker):
    rng = np.random.default_rng(3)
    request = np.repeat(np.arange(900), 10)
    person = np.repeat(rng.uniform(0.05, 0.6, 900), 10)
    click = pd.Series((rng.random(9000) < person).astype(int))
    assert auc(person, click) > 0.65
    assert grouped_auc(person, click, request) == pytest.approx(0.5)
    assert ranker["grouped_auc"](person, click.to_numpy(), request) == pytest.approx(0.5)


def test_a_pointwise_mean_is_near_and_a_stretched_score_is_far_off():
    rng = np.random.default_rng(4)
    p = rng.beta(1, 9, 6000)
    came, asked = (rng.random(6000) < p).astype(float), np.repeat(np.arange(1500), 4)
    stretched = 1 / (1 + np.exp(-10 * (p - p.mean())))
    near, far = (bootstrap(np.column_stack([guess, came]), factor_off, groups=asked, n_boot=200)
                 for guess in (p, stretched))
    assert near.high < 1.5 < far.low


def test_the_correction_restores_the_mean_where_negatives_go_at_random_and_not_where_the_easy_ones_go(ranker):
    rng = np.random.default_rng(5)
    table = pd.DataFrame({"x": rng.normal(size=60_000), "request_id": np.arange(60_000)})
    table["click"] = (rng.random(60_000) < 1 / (1 + np.exp(3 - table["x"]))).astype(int)
    easy = table["x"].rank(pct=True) < 0.9
    every = remedies.train(table, ["x"]).predict(table)
    off = {}
    for name, kept in (("at random", rng.random(60_000) < 0.1), ("hard ones", ~easy)):
        thin = remedies.train(table[(table["click"] == 1) | kept], ["x"]).predict(table)
        corrected = ranker["undo_negative_sampling"](thin, 0.1)
        off[name] = factor_off(np.column_stack([corrected, every]))
    assert off["at random"] < 1.02 < off["hard ones"]


def test_lambdarank_wins_where_people_differ_more_than_items_and_not_where_they_are_alike():
    """Log loss spends its few leaves on who asks; LambdaRank need not. Without such people there is nothing to save."""
    rng = np.random.default_rng(6)
    loud, item = np.repeat(rng.normal(size=1500), 40), rng.normal(size=60_000)
    rows = pd.DataFrame({"loud": loud, "item": item, "request_id": np.repeat(np.arange(1500), 40)})
    for people, low, high in ((4, 0.001, 1.0), (0, -0.02, 0.001)):
        chance = 1 / (1 + np.exp(2 - people * np.sin(9 * loud) - 0.5 * item))
        rows["click"] = (rng.random(60_000) < chance).astype(int)
        panel = {"click": chance.reshape(1500, 40), "rows": rows, "user": np.arange(1500), "looks": np.ones(10)}
        values = [worth(remedies.train(rows, ["loud", "item"], objective, trees=20).predict, panel)
                  for objective in ("lambdarank", "binary")]
        difference = over_people(values[0] - values[1], panel)
        assert low < difference.value < high, (people, difference)


def test_the_session_outweighs_history_where_sessions_are_all_of_taste_and_not_where_they_are_none(ranker):
    for mood, sign in (({"share": 1.0, "weight": 1.0}, 1), ({"share": 0.0}, -1)):
        week, panel = small(0.0, mood=mood)
        lost = ranker["lost_without"](week, panel)
        difference = bootstrap(lost["session"] - lost["history"], groups=panel["user"][panel["begun"]])
        assert sign * difference.value > 0 and difference.excludes(0), (mood, difference)


def test_with_true_chances_no_weight_earns_more_satisfied_clicks_than_one(ranker):
    """True by construction: at weight 1 the score is the chance of a satisfied click itself."""
    rng = np.random.default_rng(7)
    click, stay = rng.random((2, 50, 40))
    ranker["panel"] = {"click": click, "joy": click * stay, "looks": np.linspace(1, 0.2, 10), "rows": None}
    joy = {weight: ranker["both_goals"](weight, (click, stay))[1] for weight in (0, 0.5, 1, 2, 4)}
    assert joy[1] == pytest.approx(1) and all(joy[weight] < 1 for weight in (0, 0.5, 2, 4))


class Chain:
    """A chain that shows what it is told to."""

    fit_report = {"l2": 100.0}

    def __init__(self, candidates, shown):
        self.lists = candidates, shown

    def candidates(self, people, k):
        return self.lists[0][people, :k]

    def recommend(self, people, k):
        return self.lists[1][people, :k]


def test_a_chain_that_knows_beats_its_sources_and_ease_and_one_that_shuffles_does_not(ranker):
    rng = np.random.default_rng(8)
    events = pd.DataFrame([(user, item) for user in range(120) for item in rng.choice(60, 12, False)],
                          columns=["user", "item"]).assign(rating=1.0, time=0.0)
    part = np.tile(np.repeat([0, 1, 2], [8, 2, 2]), 120)
    split = SimpleNamespace(train=events[part == 0], valid=events[part == 1], test=events[part == 2])
    order = np.array([rng.permutation(60) for _ in range(120)])
    knows = order.copy()
    for user, items in split.test.groupby("user")["item"]:
        knows[user] = np.r_[items, np.setdiff1d(order[user], items)]
    data = SimpleNamespace(n_users=120, n_items=60)
    worse = Chain(order, order)
    recall = ranker["by_stage"](data, split, Chain(order, knows), {"worse": worse})
    for name in ("EASE", "sources, blended", "worse"):
        assert paired(recall["the whole chain"], recall[name]).low > 0, name
    recall = ranker["by_stage"](data, split, worse, {"the same": worse})
    assert np.array_equal(recall["the whole chain"], recall["the same"])
    assert paired(recall["the whole chain"], recall["sources, blended"]).value == 0
