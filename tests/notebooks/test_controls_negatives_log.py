"""Controls of lesson 04's claims on log q, by its own functions: on the log, in truth, from a stream's gaps."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from lesson_functions import functions_of, said

from course_lib.data import splits
from course_lib.evidence import offline
from course_lib.world import feed

PEOPLE, ITEMS = 300, 60


@pytest.fixture
def negatives():
    return functions_of("negatives")


def log_of(skew):
    """Each person takes 15 items, by a popularity that falls with this power and by a taste for one half of them."""
    rng, rows = np.random.default_rng(0), []
    popularity = np.arange(1, ITEMS + 1.0) ** -skew
    for user in range(PEOPLE):
        chance = popularity * np.where(np.arange(ITEMS) % 2 == user % 2, 3.0, 1.0)
        rows += [(user, item) for item in rng.choice(ITEMS, 15, replace=False, p=chance / chance.sum())]
    table = pd.DataFrame(rows, columns=["user", "item"])
    return splits.by_user(table.assign(time=rng.permutation(len(table)).astype(float)), seed=0)


def both_measured(negatives, part, order=("no_logq", "logq")):
    """(ratio of the popularity shown, gain in recall) as the lesson measures them, the towers in this order."""
    towers = {name: negatives["fit"](part, negatives[loss], dim=8, max_epochs=8, batch_size=128)
              for name, loss in (("no_logq", "plain"), ("logq", "corrected"))}
    counts = np.hstack([negatives["counts_shown"](towers[name], part) for name in order])
    ratio = offline.bootstrap(counts, negatives["median_ratio"], n_boot=100)
    return ratio, offline.paired(*(negatives["recall_each"](towers[name], part) for name in order[::-1]))


@pytest.mark.parametrize(("order", "word"), [(("no_logq", "logq"), "holds"), (("logq", "no_logq"), "does not hold")])
def test_log_q_shows_more_hits_and_finds_more_where_items_differ_and_the_other_way_round_it_does_not(
        negatives, order, word):
    ratio, gain = both_measured(negatives, log_of(1.0), order)
    assert said("4.suppress", ratio) == said("4.logq_log", gain) == word


def test_log_q_does_next_to_nothing_where_all_items_are_equally_popular(negatives):
    ratio, gain = both_measured(negatives, log_of(0.0))
    assert 0.9 < ratio.value < 1.1 and abs(gain.value) < 0.03
    assert said("4.logq_log", gain) == "cannot be said"


@pytest.mark.parametrize(("knows", "word"), [("logq", "holds"), ("no_logq", "does not hold")])
def test_the_gain_in_truth_is_that_of_the_model_that_knows_what_people_like(negatives, knows, word):
    """One of the two scores by true satisfaction, the other by its opposite; which one is turned over."""
    world = feed(people=120, items=80, seed=0)
    people, every = np.arange(120), np.arange(80)
    part = SimpleNamespace(train=pd.DataFrame({"user": people, "item": people % 80}),
                           test=pd.DataFrame({"user": people, "item": (people + 1) % 80}))
    able = world.truth().eligible()
    worth = np.zeros((120, 80))
    worth[:, able] = world.truth().scores(people, able)

    def model(sign):
        return SimpleNamespace(n_items=80, score=lambda users: sign * worth[users])

    towers = {"logq": model(1 if knows == "logq" else -1), "no_logq": model(-1 if knows == "logq" else 1)}
    recall, truth = negatives["both_answers"](world, part, towers)
    assert said("4.logq_truth", truth) == word
    best = negatives["true_value"](model(1), world, part)
    assert best.mean() > 0.95 and negatives["true_value"](model(-1), world, part).mean() < best.mean() - 0.2
    assert len(every) == 80 and np.isfinite(recall.value)


@pytest.mark.parametrize(("whose", "word"), [("its own", "holds"), ("another's", "does not hold")])
def test_a_streams_gaps_give_each_item_its_own_chance_and_not_that_of_another(negatives, whose, word):
    rng = np.random.default_rng(1)
    share = np.arange(1, 201.0) ** -0.8
    events = rng.choice(200, 12_800, p=share / share.sum())
    counts = np.bincount(events, minlength=200)
    often = np.flatnonzero(counts >= 10)
    exact = np.log(1 - (1 - counts[often] / counts.sum()) ** 128)
    negatives |= {"n_items": 200, "events": events, "often": often,
                  "exact": exact if whose == "its own" else rng.permutation(exact)}
    error = negatives["stream_error"](200 / 128)
    far = offline.bootstrap(error, lambda values: np.sqrt(np.mean(values**2)), n_boot=100)
    assert said("4.streaming", far) == word


@pytest.mark.parametrize(("better", "word"), [("mixed", "holds"), ("in-batch", "does not hold")])
def test_new_items_are_helped_by_the_model_that_places_them_first(negatives, better, word):
    rng = np.random.default_rng(2)
    wanted = [rng.choice(np.arange(50, 60), 3, replace=False) for _ in range(PEOPLE)]
    likes = np.zeros((PEOPLE, ITEMS))
    likes[np.arange(PEOPLE)[:, None], wanted] = 1
    noise = rng.random((PEOPLE, ITEMS))
    negatives |= {"people": np.arange(PEOPLE), "relevant": wanted,
                  "warm_train": pd.DataFrame({"user": np.arange(PEOPLE), "item": np.arange(PEOPLE) % 50})}
    knows, guesses = (negatives["recall_unborn"](lambda users, s=score: s[users]) for score in (likes + noise, noise))
    pair = (knows, guesses) if better == "mixed" else (guesses, knows)
    assert said("4.mixed_cold", offline.paired(*pair)) == word
