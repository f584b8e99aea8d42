"""What two towers cost when they grow: logits of a batch, bytes of tables and their optimiser, traffic of processes.

**Batches.** In-batch softmax over B rows has B² logits. Accumulating gradients over eight batches is one large step for
the optimiser, and no larger batch for the loss: each row still meets the items of its own batch. More negatives come
from gathering the item vectors of all processes (with a gather that passes gradients back), from caching vectors and
recomputing them in chunks, which is exact and costs one more forward pass (Gao et al. 2021, arXiv:2101.06983), or from
a queue of older vectors, which is cheap and stale (Wang et al. 2021, arXiv:2110.15154).

**Several processes.** Under DDP each process trains on its own batches and gradients are averaged; processes.py says
how it is called. A step sends whole tables, N·d numbers, where one process touches only the rows of its batch. From
some ten million items on, tables are therefore cut by rows over machines, and only the small networks are copied
(Naumov et al. 2019, arXiv:1906.00091).
"""

from __future__ import annotations

from course_lib.contracts import as_count

FLOAT = 4  # bytes
OPTIMISERS = {"none": 0.0, "Adam": 2.0, "row-wise Adagrad": None}


def step_cost(batch: int, dim: int) -> dict[str, float]:
    """What the scores of one step cost: logits, their GB in float32, and GFLOP forward and backward.

    A product of (B, d) with (d, B) is 2·B²·d operations, and its backward pass two such products.
    At B = 4,096 and d = 128: 16.8 million logits, 0.067 GB, 12.9 GFLOP.
    """
    batch, dim = as_count("batch", batch, 1), as_count("dim", dim, 1)
    return {"logits, million": batch**2 / 1e6, "GB of logits": FLOAT * batch**2 / 1e9,
            "GFLOP a step": 3 * 2 * batch**2 * dim / 1e9}


def table_gb(items: int, dim: int, optimiser: str = "none") -> float:
    """GB of a table of N vectors in float32 with what an optimiser keeps beside it.

    optimiser: "none" (as it is served), "Adam" (two moments a number) or "row-wise Adagrad" (one number a row).
    """
    items, dim = as_count("items", items, 1), as_count("dim", dim, 1)
    kept = OPTIMISERS[optimiser]
    beside = items if kept is None else kept * items * dim
    return FLOAT * (items * dim + beside) / 1e9
