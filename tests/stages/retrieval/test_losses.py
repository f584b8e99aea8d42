"""Losses against their limits, torch's own functions and the softmax over everything that they approximate."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from course_lib.contracts import ArgumentError, ShapeError
from course_lib.stages.retrieval.losses import bpr, full_softmax, gbce, in_batch_softmax, info_nce


def _random(*shape, seed=0):
    return torch.as_tensor(np.random.default_rng(seed).normal(size=shape), dtype=torch.float32)


def test_bpr_of_equal_scores_is_log_two_and_falls_as_the_positive_rises():
    zero = torch.zeros(5)
    assert bpr(zero, zero).item() == pytest.approx(np.log(2))
    assert bpr(zero + 1, zero) < bpr(zero, zero) < bpr(zero - 1, zero)


def test_bpr_stays_finite_and_has_a_gradient_where_a_sigmoid_has_none():
    positive = torch.tensor([-500.0], requires_grad=True)
    loss = bpr(positive, torch.tensor([500.0]))
    loss.backward()
    assert torch.isfinite(loss) and positive.grad.item() == pytest.approx(-1)


def test_in_batch_softmax_of_equal_scores_is_log_of_the_batch():
    assert in_batch_softmax(torch.zeros(7, 3), torch.zeros(7, 3)).item() == pytest.approx(np.log(7))


def test_the_mean_of_corrected_samples_approaches_the_softmax_over_everything():
    rng, table, query = np.random.default_rng(0), _random(40, 4), _random(1, 4, seed=1)
    p = rng.dirichlet(np.ones(40))
    log_q = torch.as_tensor(np.log(p), dtype=torch.float32)

    def partition(correct):
        drawn = torch.as_tensor(rng.choice(40, 20_000, p=p))
        score = query @ table[drawn].T - (log_q[drawn] if correct else 0)
        return torch.exp(score).mean().item()

    exact = torch.exp(query @ table.T).sum().item()
    assert partition(True) == pytest.approx(exact, rel=0.05)
    assert partition(False) != pytest.approx(exact, rel=0.5)


def test_log_q_lowers_frequent_competitors():
    query, item = torch.zeros(2, 2), torch.zeros(2, 2)
    log_q = torch.log(torch.tensor([0.9, 0.1]))
    rows = F.log_softmax(-log_q.expand(2, 2), 1)
    assert in_batch_softmax(query, item, log_q=log_q).item() == pytest.approx(-rows.diagonal().mean().item())


def test_an_item_that_stands_twice_is_not_its_own_negative():
    query, item = _random(3, 4), _random(3, 4, seed=1)
    item[2] = item[0]
    with_ids = in_batch_softmax(query, item, torch.tensor([5, 6, 5]))
    score = query @ item.T
    score[0, 2] = score[2, 0] = -torch.inf
    assert with_ids.item() == pytest.approx(F.cross_entropy(score, torch.arange(3)).item())
    assert with_ids < in_batch_softmax(query, item)


def test_further_items_are_negatives_only():
    query, item = _random(3, 4), _random(5, 4, seed=1)
    expected = F.cross_entropy(query @ item.T, torch.arange(3))
    assert in_batch_softmax(query, item).item() == pytest.approx(expected.item())


def test_info_nce_sees_directions_only_and_knows_its_temperature():
    query, item = _random(6, 3), _random(6, 3, seed=1)
    assert info_nce(9 * query, 0.1 * item, 0.2).item() == pytest.approx(info_nce(query, item, 0.2).item(), rel=1e-5)
    assert info_nce(query, query, 0.05) < info_nce(query, query, 1.0) < np.log(6)


def test_full_softmax_is_in_batch_softmax_over_a_batch_of_all_items():
    table, query = _random(6, 3), _random(6, 3, seed=1)
    assert full_softmax(query, table, torch.arange(6)).item() == pytest.approx(in_batch_softmax(query, table).item())


@pytest.mark.parametrize("call", [
    lambda: bpr(torch.zeros(3), torch.zeros(2)),
    lambda: in_batch_softmax(torch.zeros(3, 2), torch.zeros(3, 4)),
    lambda: in_batch_softmax(torch.zeros(3, 2), torch.zeros(2, 2)),
    lambda: in_batch_softmax(torch.zeros(3, 2), torch.zeros(3, 2), log_q=torch.zeros(4)),
    lambda: in_batch_softmax(torch.zeros(3, 2), torch.zeros(3, 2), torch.zeros(2, dtype=torch.long)),
    lambda: info_nce(torch.zeros(3, 2), torch.zeros(4, 2)),
    lambda: full_softmax(torch.zeros(3, 2), torch.zeros(4, 2), torch.zeros(2, dtype=torch.long)),
])
def test_shapes_that_disagree_are_refused(call):
    with pytest.raises(ShapeError, match="shape"):
        call()


def test_a_temperature_of_zero_is_refused():
    with pytest.raises(ArgumentError, match="temperature is 0"):
        in_batch_softmax(torch.zeros(2, 2), torch.zeros(2, 2), temperature=0)


def test_gbce_at_t_0_is_binary_cross_entropy_of_one_positive_and_k_negatives():
    positive, negative = _random(4), _random(4, 3, seed=1)
    score, truth = torch.cat([positive[:, None], negative], 1), torch.eye(4)[0].expand(4, 4)
    plain = F.binary_cross_entropy_with_logits(score, truth)
    assert gbce(positive, negative, 50, t=0).item() == pytest.approx(plain.item(), rel=1e-5)
    assert gbce(torch.zeros(2), torch.zeros(2, 3), 50, t=0).item() == pytest.approx(np.log(2))


@pytest.mark.parametrize("t", [0.0, 0.5, 1.0])
def test_gbce_calls_an_item_too_likely_at_t_0_and_as_likely_as_it_is_at_t_1(t):
    """The best scores over all positives, of chance p, and one negative drawn from the others."""
    p = torch.tensor(np.r_[0.4, np.full(10, 0.06)], dtype=torch.float64)
    score = torch.zeros(11, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([score], max_iter=200, line_search_fn="strong_wolfe")
    others = [torch.tensor(np.delete(np.arange(11), item)) for item in range(11)]

    def expected():
        optimizer.zero_grad()
        loss = sum(p[item] * gbce(score[item].expand(10), score[others[item]][:, None], 11, t=t) for item in range(11))
        loss.backward()
        return loss

    optimizer.step(expected)
    found, alpha = score.detach().sigmoid(), 0.1
    beta = t * (alpha - 1) + 1
    assert found.numpy() == pytest.approx((beta * p / (beta * p + alpha * (1 - p))).numpy(), abs=1e-3)
    assert (t == 1.0) == (found.sum().item() == pytest.approx(1, abs=1e-2))


def test_gbce_refuses_what_does_not_fit():
    with pytest.raises(ShapeError, match="axis B"):
        gbce(torch.zeros(2), torch.zeros(3, 4), 50)
    with pytest.raises(ArgumentError, match="t is 1.5"):
        gbce(torch.zeros(2), torch.zeros(2, 4), 50, t=1.5)
