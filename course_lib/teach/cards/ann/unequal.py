"""Refereed on ANN: two indexes compared at unequal recall."""

from functools import cache

import numpy as np

from course_lib.evidence.estimate import bootstrap
from course_lib.stages.ann.curves import Curve, beam_curve
from course_lib.stages.ann.index import build_index
from course_lib.stages.ann.measure import clustered_vectors, index_recall
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.refereed import Reading, Refereed

N, D, CELLS = 8_000, 32, 64


@cache
def curves() -> tuple[Curve, Curve]:
    """Of cells and of a graph over the same vectors: recall@10 and vectors compared, the cheapest setting first."""
    everything = clustered_vectors(N + 100, D, clusters=200, seed=0)
    items, queries = everything[:N], everything[N:]
    exact = build_index("flat", items).search(queries, 10)[0]
    cells, probes = build_index("ivf_flat", items, nlist=CELLS, train_size=N), (1, 2, 4, 6, 8, 16, 32, 64)
    centres = cells._faiss.quantizer.reconstruct_n(0, CELLS)
    held = np.array([cells._faiss.invlists.list_size(cell) for cell in range(CELLS)])
    nearest = np.argsort(-(queries @ centres.T), axis=1)
    compared = CELLS + np.cumsum(held[nearest], axis=1)[:, np.array(probes) - 1].T             # (settings, queries)
    recall = [index_recall(cells.search(queries, 10, nprobe=probe)[0], exact) for probe in probes]
    graph = build_index("hnsw", items, M=16)
    return (Curve(probes, np.array(recall), compared.astype(float)),
            beam_curve(graph, queries, exact, (32, 48, 64, 96, 128, 192, 256)))


def measure(part) -> Reading:
    """Which of the two compares fewer vectors, at the setting that `part` picks for each."""
    cells, graph = curves()
    cost = [curve.cost[int(part(curve.recall.mean(axis=1), curve.cost.mean(axis=1)))] for curve in (cells, graph)]
    times = bootstrap(np.stack(cost, axis=1), lambda rows: rows[:, 0].mean() / rows[:, 1].mean(), n_boot=200)
    says = "the graph compares fewer" if times.low > 1 else "the cells compare fewer" if times.high < 1 else "no difference"
    return Reading(says, times)


def cheapest(recall, cost):
    """As published: the first setting of each list."""
    return 0


def cheapest_at(recall, cost):
    """The cheapest setting that finds at least 0.95."""
    enough = np.flatnonzero(np.asarray(recall) >= 0.95)
    return enough[np.argmin(np.asarray(cost)[enough])]


UNEQUAL = Refereed(
    id="ann.11", title="“Cells are cheaper than a graph”", minutes=12, difficulty=3, used_in=("this lesson", "interview"),
    task="A team compared cells with a graph, over the same 8,000 vectors and 100 queries. It counted the vectors "
         "compared, centres included, with each index “as it comes”: one cell probed, a beam of 32. It reports: *the cells "
         "compare fewer; we take them.* The product needs a recall@10 of 0.95.",
    signature="`pick(recall, cost)`: two arrays by setting of an index, the cheapest first → the setting that stands for it.",
    measure=measure, rigged=cheapest, reference=cheapest_at,
    explanations={
        "The two indexes were compared at different recall.": "An index that finds less is always cheaper. Compared where both "
        "find 0.95, the verdict is another.",
        "Counting vectors is unfair: only milliseconds count.": "A count has no noise of a machine, though a graph's scattered "
        "reads cost more apiece than a cell's. But milliseconds at unequal recall would mislead in the same way.",
        "A hundred queries are too few.": "The interval comes from these queries and does not reach 1. A thousand queries would "
        "say the same thing with more confidence, and it would be as wrong.",
        "The graph was built with too few links.": "Sixteen is a usual number. More links change what a beam of 32 finds and "
        "costs; they do not make it equal to what one cell finds.",
        "Vectors in clusters favour cells.": "Both indexes saw the same vectors, and embeddings do come in clusters. That is a "
        "property of the data, and no error of the comparison. (Clusters make cells uneven, and queries fall where vectors are, "
        "into the large ones: the count of the cells, which is a mean over queries, holds that already.)"},
    right="The two indexes were compared at different recall.",
    why="Recall is bought with comparisons, so a cost without a recall says only where somebody left the dial. Fix the recall that "
        "the product needs, take the cheapest setting of each index that reaches it, and compare those. Better still, draw "
        "both curves: along the better one the choice is one of price, and belongs to the owner of the latency budget, who can "
        "hold the cost of .99 against what an experiment with two settings gains. Ask for batch, threads and machine beside "
        "any time, and for the recall of your own use: three hundred candidates instead of ten, under your filter and with your "
        "deletes.",
    wrong_mends=(
        Mistake("most recall", lambda recall, cost: int(np.argmax(recall)), "You take the setting with the most recall of each. "
                "They pay for more than the product needs, and not for equally much more. Take the cheapest that reaches 0.95."),
        Mistake("the middle", lambda recall, cost: len(cost) // 2, "You take the setting in the middle of each list. It is as "
                "arbitrary as the first: the lists were written by somebody. Take the cheapest that reaches 0.95."),
        Mistake("the dearest", lambda recall, cost: len(cost) - 1, "You take the last setting of each. It is as arbitrary as the "
                "first. Take the cheapest that reaches 0.95."),
        Mistake("nearest to 0.95", lambda recall, cost: int(np.abs(recall - 0.95).argmin()), "Your setting of the cells finds less than "
                "0.95, and the graph's more: nearest to a target is not the target reached. Take the cheapest setting of each that finds 0.95."),
        Mistake("a lower recall", lambda recall, cost: int(np.argmax(recall >= 0.9)), "You ask for 0.9. Both are held to the same recall "
                "then, but not to the one that the product needs, 0.95."),
        Mistake("a higher recall", lambda recall, cost: int(np.argmax(recall >= 0.99)), "You ask for 0.99. Both are held to the same recall "
                "then, but the product needs 0.95, and what lies above it is not paid for."),
    ))

REFEREED = (UNEQUAL,)
