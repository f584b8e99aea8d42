"""Semantic ids, the tree of those that exist, and beam search against scoring every item."""

import numpy as np
import pandas as pd
import pytest
import torch
from chains import rings

from course_lib.contracts import ArgumentError, Requests, ShapeError, UnknownIdError
from course_lib.stages.retrieval.sequences.code_net import CodeNet
from course_lib.stages.retrieval.sequences.generative import GenerativeRetriever
from course_lib.stages.retrieval.sequences.semantic_ids import PrefixTree, SemanticIds

CONTENT = np.random.default_rng(1).normal(size=(24, 5))


@pytest.fixture(scope="module")
def model():
    return GenerativeRetriever(2, 4, dim=16, max_length=6, blocks=1, batch_size=32, learning_rate=0.01, max_epochs=25,
                               beam=24).fit(rings(), CONTENT)


# --- ids ------------------------------------------------------------------------------------------------------------
def test_every_item_has_an_id_of_its_own_even_where_contents_are_the_same():
    ids = SemanticIds(2, 4).fit(np.repeat(CONTENT[:6], 4, axis=0))
    assert len(np.unique(ids.codes_, axis=0)) == 24
    assert (ids.codes_[::4, :2] == ids.codes_[3::4, :2]).all() and (ids.codes_.max(0) < ids.sizes).all()


def test_each_level_brings_the_codes_nearer_to_the_content():
    far = [((CONTENT - ids.restored(ids.codes_)) ** 2).sum()
           for ids in (SemanticIds(levels, 4).fit(CONTENT) for levels in (1, 2, 3))]
    assert far[0] > far[1] > far[2]


def test_an_item_seen_again_gets_the_codes_it_had_and_a_new_number():
    ids = SemanticIds(2, 4).fit(CONTENT)
    again = ids.quantise(CONTENT)
    assert (again == ids.codes_[:, :2]).all()
    assert len(np.unique(np.r_[ids.codes_, ids.numbered(again, ids.codes_)], axis=0)) == 48


def test_strange_content_is_refused():
    with pytest.raises(ShapeError, match=r"\(24,\)"):
        SemanticIds().fit(CONTENT[:, 0])
    with pytest.raises(ShapeError, match=r"expected \(items, 5\)"):
        SemanticIds(1, 4).fit(CONTENT).quantise(CONTENT[:, :3])


def test_the_tree_holds_all_ids_and_no_other():
    ids = SemanticIds(2, 4).fit(CONTENT)
    tree = PrefixTree(ids.codes_, ids.sizes)
    found = set()
    for first in np.flatnonzero(tree.children[0][0] >= 0):
        node = tree.children[0][0, first]
        for second in np.flatnonzero(tree.children[1][node] >= 0):
            leaf = tree.children[1][node, second]
            found |= {(first, second, last) for last in np.flatnonzero(tree.children[2][leaf] >= 0)}
    assert found == set(map(tuple, ids.codes_))
    assert (tree.path[tree.item, -1] == np.arange(24)).all()
    with pytest.raises(ArgumentError, match="24 items have"):
        PrefixTree(ids.codes_[:, :2], ids.sizes[:2])


# --- the decoder ----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def untrained():
    torch.manual_seed(0)
    ids = SemanticIds(2, 4).fit(CONTENT)
    return CodeNet(ids.codes_, ids.sizes, 8, max_length=5).eval()


def test_chances_of_all_items_sum_to_one(untrained):
    with torch.no_grad():
        chance = untrained.every_item(2 * torch.randn(6, 8)).exp()
    assert chance.shape == (6, 24) and chance.sum(1).numpy() == pytest.approx(np.ones(6), abs=1e-5)


def test_the_loss_is_minus_the_log_chance_of_what_came(untrained):
    token, target = torch.tensor([[24, 3, 4], [24, 9, 24]]), torch.tensor([[3, 4, 5], [9, -1, -1]])
    with torch.no_grad():
        chance = untrained.every_item(untrained.reader(token)[target >= 0])
        assert float(untrained.loss(token, target)) == pytest.approx(
            -float(chance[torch.arange(4), target[target >= 0]].mean()), rel=1e-5)


@torch.no_grad()
def test_with_all_beams_search_finds_what_exact_scoring_puts_first(untrained):
    vector = 2 * torch.randn(6, 8)
    exact = untrained.every_item(vector).sort(descending=True)
    found, chance = untrained.beam(vector, 24)
    assert torch.equal(found, exact.indices)
    assert chance.numpy() == pytest.approx(exact.values.numpy(), abs=1e-5)


@torch.no_grad()
@pytest.mark.parametrize("width", [1, 2, 5, 24, 500])
def test_only_items_that_exist_are_found_each_once(untrained, width):
    vector = 3 * torch.randn(20, 8)
    found, chance = untrained.beam(vector, width)
    every = untrained.every_item(vector)
    for row in range(20):
        real = found[row][found[row] >= 0]
        assert len(real) == len(set(real.tolist())) and len(real) >= min(width, 1)
        assert torch.allclose(chance[row][found[row] >= 0], every[row, real], atol=1e-5)
    if width >= 24:
        assert (found[:, :24] >= 0).all() and (found[:, 24:] == -1).all()


@torch.no_grad()
def test_what_may_not_be_shown_is_never_found(untrained):
    vector, out = 2 * torch.randn(6, 8), torch.rand(6, 24) < 0.5
    found, _ = untrained.beam(vector, 3, allowed=[2, 5, 11, 17])
    assert set(found.flatten().tolist()) <= {2, 5, 11, 17} and (found >= 0).all()
    found, _ = untrained.beam(vector, 24, leave_out=out)
    for row in range(6):
        assert sorted(found[row][found[row] >= 0].tolist()) == torch.nonzero(~out[row]).flatten().tolist()


# --- the whole ------------------------------------------------------------------------------------------------------
def test_it_learns_what_comes_next(model):
    user = np.arange(120)
    last = rings().groupby("user")["item"].last().to_numpy()
    assert (model.recommend(user, 1)[:, 0] == (last + 1) % 24).mean() > 0.8
    assert model.loss_[-1] < 0.5 * model.loss_[0]
    best = model.score(user).argmax(1)
    assert (model.recommend(user, 1, exclude_seen=False)[:, 0] == best).all()


def test_seen_items_are_left_out_and_lists_are_padded(model):
    found = model.recommend([0, 1], 30)
    for user, row in zip((0, 1), found, strict=True):
        taken = rings()["item"][rings()["user"] == user]
        assert set(row[row >= 0]) == set(range(24)) - set(taken) and (row[17:] == -1).all()


def test_strangers_foreign_items_and_users(model):
    found = model.retrieve(Requests.of([999, 3], eligible=[1, 4, 400]), 5)
    assert set(found.item.ravel()) == {1, 4, -1} and (found.item[:, 2:] == -1).all()
    assert np.isneginf(found.score[:, 2:]).all()
    assert (model.retrieve(Requests.of([3], eligible=[400]), 2).item == -1).all()
    with pytest.raises(UnknownIdError, match="999"):
        model.recommend([999], 3)
    with pytest.raises(ArgumentError, match="has not been fitted"):
        GenerativeRetriever().score([0])
    with pytest.raises(ArgumentError, match="catalog has no content"):
        GenerativeRetriever().fit(rings(), None)


def test_a_new_item_is_found_without_training():
    table = pd.DataFrame(CONTENT, index=np.arange(24))
    model = GenerativeRetriever(2, 4, dim=8, max_length=6, blocks=1, max_epochs=1).fit(rings(), table)
    later = pd.DataFrame({"user": [0, 500, 1], "item": [900, 3, 12345], "time": [1e9, 1e9, 1e9]})
    model.observe(later, pd.DataFrame(CONTENT[[7]], index=[900]))
    assert model.n_items == 25 and 500 in model.user_vocabulary.ids
    assert 900 in model.recommend([1], 25, exclude_seen=False)
    assert 900 not in model.recommend([0], 25) and np.exp(model.score([1])).sum() == pytest.approx(1, abs=1e-4)
    with pytest.warns(UserWarning, match="new items are left out"):
        model.observe(later, pd.DataFrame(np.repeat(CONTENT[[7]], 40, axis=0), index=np.arange(1000, 1040)))


def test_the_same_seed_gives_the_same_model():
    small = {"dim": 8, "max_length": 4, "blocks": 1, "max_epochs": 1}
    one, two = (GenerativeRetriever(2, 4, **small).fit(rings(), CONTENT, seed=3) for _ in range(2))
    assert np.array_equal(one.score([0, 1]), two.score([0, 1]))
