"""Controls of the claims of the lesson on sequences: logs on which each must hold, and on which it must not.

The stored claims are studied by the code that studied the real logs, and read by what the lesson reads them with.
"""

import numpy as np
import pandas as pd
import pytest
from lesson_functions import functions_of, said

from course_lib.contracts import Dataset
from course_lib.data import splits
from course_lib.stages.retrieval.baselines import EASE, ItemKNN
from course_lib.stages.retrieval.sequences.last_item import Followers
from course_lib.trial import order_readings
from course_lib.trial.order_study import by_valid, sequence, study

SMALL = {"dim": 32, "max_length": 16, "blocks": 1, "batch_size": 16, "learning_rate": 0.005, "negatives": 32}
PLAIN, FULL = SMALL | {"loss": "bce"}, SMALL
ONE = ({},)                                                # nothing is searched
MODELS = {"EASE": by_valid(lambda: EASE(1.0), lambda: EASE(100.0)), "item-kNN": by_valid(lambda: ItemKNN(20)),
          "followers of the last item": by_valid(Followers), "SASRec": sequence(search=ONE, **PLAIN),
          "gSASRec": sequence(search=ONE, **FULL),
          "gSASRec, shuffled": sequence(order=False, search=ONE, **FULL)}
OF_ORDER = {name: fit for name, fit in MODELS.items() if name != "SASRec"}
# Recall of twenty says nothing where everybody has eight items of a ring: passes are given, and one item is judged.
PASSES = {f"{order} {ONE} {settings}": {"max_epochs": 25} for order in (True, False) for settings in (PLAIN, FULL)}
SEEDS, PEOPLE, EACH = 3, 200, 8


def log(items) -> Dataset:
    """A log of these items, int (people, each), an hour apart."""
    people, each = items.shape
    return Dataset.from_frames(pd.DataFrame({
        "user": np.repeat(np.arange(people), each), "item": items.ravel(),
        "time": np.tile(np.arange(each) * 3600.0, people)}))


def ring(rng, length=60, people=PEOPLE, each=EACH):
    """Everybody walks on a ring: the last item says what comes next."""
    return (rng.integers(0, length, people)[:, None] + np.arange(each)) % length


def two_rings(rng):
    """A step on one ring, then a step on another: the item before the last says what comes next, the last does not."""
    items = np.empty((PEOPLE, 2 * EACH), int)
    items[:, ::2], items[:, 1::2] = ring(rng, 24), 24 + ring(rng, 24)
    return items


def groups(rng):
    """Eight items of one of six groups of ten, in an order of chance."""
    return np.stack([10 * rng.integers(0, 6) + rng.permutation(10)[:EACH] for _ in range(PEOPLE)])


@pytest.fixture(scope="module")
def rows():
    """{log: rows of a study of it under three seeds}"""
    told = {}
    for make in (ring, two_rings, groups):
        found = []
        for seed in range(SEEDS):
            data = log(make(np.random.default_rng(seed)))
            split = splits.leave_last_out(data.interactions)
            found.append(study(data, split, seed, OF_ORDER, k=1, kept=dict(PASSES)).assign(seed=seed))
        told[make.__name__] = pd.concat(found)
    return told


@pytest.mark.parametrize(("name", "holds_on", "not_on", "read"), [
    ("sequences.order", "ring", "groups", order_readings.worth_of_order),
    ("sequences.rivals", "ring", "groups", order_readings.over_pooled),
    ("sequences.tables", "two_rings", "ring", order_readings.over_last_item)])
def test_a_claim_holds_where_it_must_and_does_not_where_it_must_not(rows, name, holds_on, not_on, read):
    told = read({log_name: rows[log_name] for log_name in (holds_on, not_on)})
    assert said(name, told[holds_on]) == "holds"
    assert said(name, told[not_on]) != "holds"


def test_more_negatives_win_where_time_is_short_and_not_over_themselves():
    """Six passes over three hundred items: with one negative a place, most are never told from what came."""
    short, found = dict.fromkeys(PASSES, {"max_epochs": 6}), []
    for seed in range(SEEDS):
        data = log(ring(np.random.default_rng(seed), length=300))
        split = splits.leave_last_out(data.interactions)
        both = {name: MODELS[name] for name in ("SASRec", "gSASRec")}
        found.append(study(data, split, seed, both, k=1, kept=short).assign(seed=seed))
    found = pd.concat(found)
    assert said("sequences.gbce", order_readings.gap(found, "gSASRec", "SASRec")) == "holds"
    assert said("sequences.gbce", order_readings.gap(found, "gSASRec", "gSASRec")) != "holds"


def test_twice_the_time_is_twice_the_time():
    made = pd.DataFrame({"model": ["slow"] * 3 + ["quick"] * 3, "seed": [0, 1, 2] * 2,
                         "p50_ms": [9.0, 10.0, 11.0, 3.0, 3.1, 3.2]})
    assert said("sequences.time", order_readings.times(made, "slow", "quick")) == "holds"
    assert said("sequences.time", order_readings.times(made, "quick", "quick")) != "holds"


@pytest.mark.parametrize(("better", "worse", "word"), [
    ("generative", "pooled towers", "holds"), ("pooled towers", "generative", "does not hold")])
def test_what_nobody_had_taken_is_found_by_the_better_of_two(better, worse, word):
    made = pd.DataFrame({"model": [better] * 5 + [worse] * 5, "seed": [*range(5)] * 2,
                         "cold": [0.20, 0.22, 0.21, 0.19, 0.23, 0.05, 0.08, 0.06, 0.05, 0.07]})
    assert said("sequences.cold", order_readings.gap(made, "generative", "pooled towers", "cold")) == word


def test_the_last_item_tells_more_where_all_sessions_have_an_intent_and_less_where_none_has():
    lesson = functions_of("sequences")
    worth = {share: lesson["worth_of_last"](lesson["clicks_with_intent"](share)) for share in (0.0, 1.0)}
    assert worth[1.0].low > 0 > worth[0.0].high


@pytest.mark.parametrize("tied", [True, False])
def test_shuffled_rows_take_what_rows_of_one_moment_told_and_nothing_else(tied):
    lesson = functions_of("sequences")
    data = log(ring(np.random.default_rng(0), length=600, each=40))
    events = data.interactions.assign(time=0.0 if tied else data.interactions["time"])
    events.loc[events["user"] == 0, "time"] += 1.0                   # so that there are two moments at least
    anew = events.sample(frac=1, random_state=0, ignore_index=True)
    as_it_stands, shuffled = (lesson["last_out"](Followers(3), log_now).mean() for log_now in (events, anew))
    assert as_it_stands > 0.9
    assert shuffled < as_it_stands - 0.2 if tied else shuffled == as_it_stands
