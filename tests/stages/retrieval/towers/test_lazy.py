"""The lazy optimiser against PyTorch's, its average against one that is kept step by step."""

import numpy as np
import pytest
import torch

from course_lib.stages.retrieval.towers.lazy import LazyAdamW

ROWS, STEPS, KEEP = 12, 40, 0.9


def batches(every_row: bool):
    """(ids, wanted) of each step: all rows and some twice, or a few."""
    rng = np.random.default_rng(1)
    for _ in range(STEPS):
        ids = rng.integers(0, ROWS, 5)
        if every_row:
            ids = np.r_[rng.permutation(ROWS), ids]
        yield torch.as_tensor(ids), torch.as_tensor(rng.normal(size=(len(ids), 1)).astype(np.float32))


def trained(make, sparse: bool, every_row: bool):
    """(table, optimiser, dense average of the table and of the layer's bias) after STEPS steps."""
    torch.manual_seed(0)
    table, layer = torch.nn.Embedding(ROWS, 4, sparse=sparse), torch.nn.Linear(4, 1)
    optimiser = make([*table.parameters(), *layer.parameters()])
    average = [weight.detach().clone() for weight in (table.weight, layer.bias)]
    for ids, wanted in batches(every_row):
        optimiser.zero_grad()
        ((layer(table(ids)) - wanted) ** 2).mean().backward()
        optimiser.step()
        average = [KEEP * old + (1 - KEEP) * weight.detach()
                   for old, weight in zip(average, (table.weight, layer.bias), strict=True)]
    return (table.weight, layer.bias), optimiser, average


def lazy(parameters):
    return LazyAdamW(parameters, lr=0.02, weight_decay=0.3, keep=KEEP)


@pytest.mark.parametrize("sparse", [True, False])
def test_where_every_step_touches_every_row_it_is_torch_s_adamw(sparse):
    ours, _, _ = trained(lazy, sparse, every_row=True)
    theirs, _, _ = trained(lambda p: torch.optim.AdamW(p, lr=0.02, weight_decay=0.3), False, every_row=True)
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.detach().numpy() == pytest.approx(other.detach().numpy(), abs=1e-5)  # float32


@pytest.mark.parametrize("every_row", [True, False])
def test_the_average_is_exact_for_rows_that_stood_still_too(every_row):
    weights, optimiser, average = trained(lazy, True, every_row)
    before = [weight.detach().clone() for weight in weights]
    with optimiser.averaged():
        for weight, expected in zip(weights, average, strict=True):
            assert weight.detach().numpy() == pytest.approx(expected.numpy(), abs=2e-6)
    assert all(torch.equal(weight, old) for weight, old in zip(weights, before, strict=True))


def test_a_row_that_no_batch_touches_stays_as_it_is():
    table = torch.nn.Embedding(5, 3, sparse=True)
    optimiser, before = LazyAdamW(table.parameters(), lr=0.1, weight_decay=0.5, keep=0.5), table.weight.detach().clone()
    for _ in range(3):
        optimiser.zero_grad()
        table(torch.tensor([1, 3])).sum().backward()
        optimiser.step()
    moved = (table.weight.detach() != before).any(1)
    assert moved.tolist() == [False, True, False, True, False]


def test_without_an_average_nothing_is_kept_for_one():
    table = torch.nn.Embedding(5, 3, sparse=True)
    optimiser = LazyAdamW(table.parameters(), lr=0.1)
    table(torch.tensor([0])).sum().backward()
    optimiser.step()
    after = table.weight.detach().clone()
    with optimiser.averaged():
        assert torch.equal(table.weight, after)
    assert "average" not in optimiser.state[table.weight]
