"""Blended retrieval against brute force; what was seen never comes, and nobody runs short of candidates."""

import numpy as np
import pytest
import scipy.sparse as sp

from course_lib.contracts import ArgumentError
from course_lib.stages.retrieval import best_rank
from course_lib.stages.retrieval.best_rank import BestRank, batches, choose_shares

U, N = 25, 40


class Fixed:
    """A source with scores that are given."""

    def __init__(self, scores):
        self.scores = scores

    def score(self, users):
        return self.scores[users]


@pytest.fixture
def made():
    rng = np.random.default_rng(0)
    sources = {name: Fixed(rng.integers(0, 9, (U, N)).astype(np.float32)) for name in "abc"}          # many ties
    seen = sp.csr_matrix((rng.random((U, N)) < 0.4).astype(np.float32))
    return BestRank(sources, {"a": 1.0, "b": 0.5}, seen, np.arange(N) != 7)


def by_hand(retriever, user, n):
    """(items, keys) of the definition: for each free item the least of rank / share, sources cut at share · n."""
    free = [i for i in range(N) if retriever.alive[i] and not retriever.seen[user, i]]
    key = {}
    for name, share in retriever.shares.items():
        order = sorted(free, key=lambda i: (-retriever.sources[name].scores[user, i], i))
        for rank, item in enumerate(order[:int(np.ceil(share * n))], 1):
            key[item] = min(key.get(item, np.inf), rank / share)
    return sorted(key.values())[:n], key


@pytest.mark.parametrize("n", [1, 7, 15, N, N + 5])
def test_candidates_are_those_of_the_definition(made, n):
    item, key = made.candidates(*made.scores(np.arange(U)), n)
    for user in range(U):
        keys, of_item = by_hand(made, user, n)
        found = item[user][item[user] >= 0]
        assert key[user][:len(found)] == pytest.approx(keys)
        assert [of_item[i] for i in found] == pytest.approx(keys) and len(set(found)) == len(found)


def test_nothing_seen_or_dead_comes_and_nobody_with_enough_left_runs_short(made):
    n = 15
    item, key = made.candidates(*made.scores(np.arange(U)), n)
    left = ((made.seen.toarray() == 0) & made.alive).sum(1)
    assert ((item >= 0).sum(1) == np.minimum(n, left)).all() and (left >= n).sum() > 10
    for user in range(U):
        found = item[user][item[user] >= 0]
        assert made.seen.toarray()[user, found].sum() == 0 and made.alive[found].all()
    assert np.isinf(key[item < 0]).all()


def test_who_has_seen_everything_gets_padding(made):
    full = BestRank(made.sources, made.shares, sp.csr_matrix(np.ones((U, N))), made.alive)
    item, key = full.candidates(*full.scores([0, 1]), 5)
    assert (item == -1).all() and np.isinf(key).all()


def test_a_batch_changes_nothing(made, monkeypatch):
    whole, _ = made.candidates(*made.scores(np.arange(U)), 9)
    monkeypatch.setattr(best_rank, "BATCH_CELLS", 3 * N)
    parts = list(batches(np.arange(U), N))
    assert [len(part) for part in parts] == 8 * [3] + [1]
    assert (np.concatenate([made.candidates(*made.scores(part), 9)[0] for part in parts]) == whole).all()


def test_a_source_that_adds_nothing_gets_no_share_and_two_that_know_halves_get_both(made):
    rng = np.random.default_rng(1)
    wanted = np.zeros((U, N))
    for user in range(U):
        wanted[user, rng.choice(N, 8, replace=False)] = 1
    half = np.arange(N) < N // 2
    sources = {"low": Fixed(np.where(half, wanted, 0.0) + rng.random((U, N)) / 9), "noise": Fixed(rng.random((U, N))),
               "high": Fixed(np.where(half, 0.0, wanted) + rng.random((U, N)) / 9)}
    retriever = BestRank(sources, {"noise": 1.0}, sp.csr_matrix((U, N)), np.ones(N, bool))
    shares = choose_shares(retriever, np.arange(U), sp.csr_matrix(wanted), 8)
    assert set(shares) == {"low", "high"} and next(iter(shares.values())) == 1.0
    blend = retriever.with_shares(shares)

    def recall(one):
        item, _ = one.candidates(*one.scores(np.arange(U)), 8)
        return np.take_along_axis(wanted, item, 1).mean()

    assert recall(blend) > max(recall(retriever.with_shares({name: 1.0})) for name in sources) + 0.1


def test_the_best_source_mostly_stays_alone_where_the_others_are_noise():
    """Seven sources of noise beside one that knows something: in most draws some of them gain by luck, but little."""
    people, draws, joined = 200, 16, 0
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        wanted = rng.random((people, N)) < 0.2
        sure = wanted & (np.cumsum(wanted, 1) <= 3)                                     # the rest is luck for it too
        sources = {"good": Fixed(9.0 * sure + rng.normal(size=(people, N)))}
        for number in range(7):
            sources[f"noise {number}"] = Fixed(rng.normal(size=(people, N)))
        retriever = BestRank(sources, {"good": 1.0}, sp.csr_matrix((people, N)), np.ones(N, bool))
        shares = choose_shares(retriever, np.arange(people), sp.csr_matrix(wanted), 20)
        assert shares["good"] == 1.0
        joined += len(shares) > 1
    assert joined < draws / 3


def test_recall_that_shares_are_chosen_by_counts_an_item_once(made):
    wanted = sp.csr_matrix((np.random.default_rng(3).random((U, N)) < 0.3).astype(float))
    rank, hit = best_rank._ranks_in_union(made, np.arange(U), wanted, 10)
    scores, free = made.scores(np.arange(U))
    for name, rows in rank.items():                                                     # a source's own ten, each once
        top = best_rank.best_k(np.where(free, scores[name], -np.inf), 10)
        found = np.take_along_axis(wanted.toarray(), np.maximum(top, 0), 1) * (top >= 0)
        assert (np.isfinite(rows).sum(1) == (top >= 0).sum(1)).all()
        assert ((hit & np.isfinite(rows)).sum(1) == found.sum(1)).all()


def test_shares_that_make_no_sense_are_refused(made):
    for shares in ({}, {"a": 0.5}, {"a": 1.0, "d": 0.5}, {"a": 1.0, "b": 0.0}, {"a": 1.5}):
        with pytest.raises(ArgumentError, match="shares are"):
            made.with_shares(shares)
    with pytest.raises(ArgumentError, match="no users to choose shares by"):
        choose_shares(made, np.empty(0, int), made.seen, 5)
