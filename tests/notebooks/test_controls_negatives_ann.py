"""Controls of the claims of lessons 04 and 05 through their own functions: where a claim must hold, and where not."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from lesson_functions import functions_of, said

from course_lib.data import splits
from course_lib.evidence import offline
from course_lib.stages.ann.index import build_index
from course_lib.stages.ann.measure import clustered_vectors, index_recall
from course_lib.stages.retrieval.negatives import content_to_vector


@pytest.fixture
def negatives():
    return functions_of("negatives")


@pytest.fixture
def ann():
    return functions_of("ann")


def table(pairs):
    frame = pd.DataFrame(pairs, columns=["user", "item"])
    return frame.assign(time=np.arange(len(frame), dtype=float))


# --- 04, the ceiling -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("luck", "word"), [(1e6, "holds"), (0.0, "does not hold")])
def test_chance_needs_most_of_the_catalogue_and_an_oracle_next_to_none(negatives, luck, word):
    rng = np.random.default_rng(0)
    taken = np.array([rng.permutation(400)[:10] for _ in range(200)])
    pairs = [(user, item) for user in range(200) for item in taken[user]]
    part = splits.Split(table(pairs[::2]), table(pairs[:0]), table(pairs[1::2]))
    likes = np.zeros((200, 400))
    likes[np.repeat(np.arange(200), 10), taken.ravel()] = 1
    model = SimpleNamespace(n_items=400, score=lambda users: likes[users] + luck * rng.random((len(users), 400)))
    reached, who = negatives["ranks"](model, part)
    needed = offline.bootstrap(reached, lambda share: np.quantile(share, 0.9), groups=who, n_boot=100)
    assert said("4.ceiling", needed) == word


# --- 04, new items ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("shuffled", "word"), [(False, "holds"), (True, "does not hold")])
def test_content_places_what_is_new_where_taste_is_content_and_not_where_it_is_anothers(negatives, shuffled, word):
    """Everybody's taste is a direction of the content, and some content is liked by all. Shuffled among the new items,
    content still gives some order to each person, and the order for all is made from the right content."""
    rng = np.random.default_rng(1)
    content, people = rng.normal(size=(260, 6)), rng.normal(size=(300, 6)) + np.array([1, 0, 0, 0, 0, 0])
    new, old = np.arange(60), np.arange(60, 260)
    worth = people @ content.T
    negatives |= {"viewers": np.arange(300), "unreleased": new, "seen_films": np.zeros((300, 260), bool),
                  "took": [np.argsort(-row[new])[:5] for row in worth]}
    theirs = content[new][rng.permutation(60)] if shuffled else content[new]
    vectors = content_to_vector(content[old], content[old], theirs, 10.0)
    loved = worth[:, old].mean(0)[:, None]
    for_all = content_to_vector(content[old], loved, content[new], 10.0)
    placed = negatives["among_unreleased"](people @ vectors.T)
    same = negatives["among_unreleased"](np.repeat(for_all.T, 300, axis=0))
    assert said("4.cold", offline.paired(placed, same)) == word


# --- 04, trained towers ----------------------------------------------------------------------------------------------
def log_of(people, items, each):
    """Each person takes `each` of the items, those of one quarter six times as readily; split by person."""
    rng, rows = np.random.default_rng(0), []
    for user in range(people):
        chance = np.where(np.arange(items) % 4 == user % 4, 6.0, 1.0)
        rows += [(user, item) for item in rng.choice(items, each, replace=False, p=chance / chance.sum())]
    return splits.by_user(table(rows).sample(frac=1.0, random_state=0), seed=0)


@pytest.mark.parametrize(("people", "items", "each", "batch", "word"), [
    (300, 200, 60, 512, "holds"), (600, 2_000, 6, 64, "cannot be said")])
def test_masking_helps_where_a_quarter_of_a_batch_was_taken_and_does_nothing_where_next_to_nothing_was(
        negatives, people, items, each, batch, word):
    part = log_of(people, items, each)
    negatives |= {"known": part.train[["user", "item"]].to_numpy(np.int64).T, "share_known": []}
    towers = {loss: negatives["fit"](part, negatives[loss], max_epochs=1, batch_size=batch)
              for loss in ("masked", "corrected")}
    masked, plain = (negatives["recall_each"](model, part) for model in towers.values())
    assert (np.mean(negatives["share_known"]) > 0.2) == (word == "holds")
    assert said("4.masking", offline.paired(masked, plain)) == word


@pytest.mark.parametrize(("bands", "word"), [
    (((1, 5), (120, 124)), "holds"), (((120, 124), (1, 5)), "does not hold"), (((1, 5), (1, 5)), "cannot be said")])
def test_hard_negatives_harm_where_the_top_is_what_people_will_take_and_a_band_is_no_worse_than_itself(
        negatives, bands, word):
    """Each quarter of people takes from a quarter of the items, of which the test holds half: it ranks on top."""
    part = log_of(300, 200, 40)
    seen = np.zeros((300, 200), bool)
    seen[part.train["user"], part.train["item"]] = True
    counts = np.bincount(part.train["item"], minlength=200)
    negatives |= {"seen_films": seen, "film_log_q": torch.as_tensor(np.log(counts / counts.sum())).float()}
    found = [negatives["recall_each"](negatives["fit"](
        part, negatives["with_hard"](*band, weight=3.0), uniform_negatives=256, max_epochs=4, batch_size=256), part)
        for band in bands]
    assert said("4.hard", offline.paired(*found)) == word


@pytest.mark.parametrize(("untaken", "word"), [(300, "holds"), (0, "cannot be said")])
def test_uniform_negatives_help_where_most_items_were_never_taken_and_not_where_all_are_alike(
        negatives, untaken, word):
    part, n_items = log_of(400, 60, 15), 60 + untaken
    content = np.random.default_rng(0).normal(size=(n_items, 4)).astype(np.float32)
    negatives |= {"n_items": n_items, "catalog": SimpleNamespace(content=content), "warm_train": part.train,
                  "valid": part.valid, "unborn": np.arange(0)}
    mixed, in_batch = (negatives["recall_each"](negatives["with_content"](uniform, np.arange(n_items)), part)
                       for uniform in (512, 0))
    assert said("4.mixed", offline.paired(mixed, in_batch)) == word


# --- 05, the second look ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("length", "word"), [(3_000, "holds"), (100, "does not hold")])
def test_a_second_look_at_everything_is_exact_and_one_at_the_answer_alone_changes_nothing(ann, length, word):
    items, queries = np.split(clustered_vectors(3_200, seed=0), [3_000])
    exact, _ = build_index("flat", items).search(queries, 100)
    codes = build_index("ivf_pq_refine", items, nlist=32, m=8, train_size=3_000).without_refinement()
    shortlists, _ = codes.search(queries, length, nprobe=32)
    best = np.array([ann["exact_rerank"](q, s, items, 100) for q, s in zip(queries, shortlists, strict=True)])
    found = offline.bootstrap(index_recall(best, exact), n_boot=100)
    assert said("5.refine", found) == word
    if length == 100:
        assert np.allclose(index_recall(best, exact), index_recall(shortlists, exact))


# --- 05, relevance ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("wanted_among", "word"), [(400, "holds"), (20, "does not hold")])
def test_what_people_take_is_lost_with_the_neighbours_only_where_it_is_the_neighbours(ann, wanted_among, word):
    """The wanted are twenty items drawn from the nearest 400, or the nearest twenty themselves."""
    rng = np.random.default_rng(2)
    items, users = clustered_vectors(1_000, seed=3), clustered_vectors(300, seed=4)
    order = np.argsort(-(users @ items.T), axis=1)
    ann |= {"film_vectors": items, "user_vectors": users, "tested": np.arange(300),
            "seen": np.zeros((300, 1_000), bool),
            "wanted": {user: rng.choice(order[user, :wanted_among], 20, replace=False) for user in range(300)}}
    ann["best"] = ann["lists"](build_index("flat", items))
    ann["best_taken"] = offline.recall_at_k(ann["best"], list(ann["wanted"].values()), 20)
    values = ann["lost"](4)
    share = offline.bootstrap(values, lambda rows: rows[:, 0].mean() / rows[:, 1].mean(), n_boot=100)
    assert said("5.relevance", share) == word and math.isfinite(share.value)
