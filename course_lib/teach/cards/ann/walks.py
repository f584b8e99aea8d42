"""Exercise on ANN: the beam search over the links of one floor, which is the whole of a graph index at search."""

import numpy as np

from course_lib.stages.ann.graph_by_hand import HandmadeGraph, beam_search
from course_lib.teach.cards.ann import far_vectors, heap_walks, rare_queries
from course_lib.teach.cards.ann.walk_slips import WALKED
from course_lib.teach.cards.effects import clustered, recall_of_neighbours
from course_lib.teach.cards.two_slips import in_one, mistakes_of, slips
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake
from course_lib.teach.definitions.mistake_kinds import BOUNDARY, DIRECTION, IGNORED, OTHER, UNIT


# --- 5.8 beam search -----------------------------------------------------------------------------------------------
def _near_links(rng, n, d, width):
    """Vectors and the links of each to its nearest, some of them left out: -1 stands between and behind them."""
    vectors = rng.normal(size=(n, d))
    far = ((vectors[:, None] - vectors) ** 2).sum(axis=2)
    links = far.argsort(axis=1)[:, 1:width + 1]
    return vectors, np.where(rng.random(links.shape) < 0.2, -1, links)


def _walk_cases(rng):
    cases = []
    for n, d, width, ef in ((40, 2, 4, 3), (60, 2, 4, 1), (60, 2, 5, 8), (90, 3, 5, 4), (120, 3, 6, 12), (80, 2, 4, 2)):
        vectors, links = _near_links(rng, n, d, width)
        query = rng.normal(size=d)
        entry = int(((vectors - query) ** 2).sum(axis=1).argmax())
        cases.append(Case(f"{n} nodes, a beam of {ef}, entry far away", (query, vectors, links, entry, ef)))
    vectors, links = _near_links(rng, 50, 2, 4)
    links[:20] = np.where(links[:20] >= 20, -1, links[:20])
    cases.append(Case("a beam wider than what can be reached", (vectors[45], vectors, links, 3, 30)))
    cases.append(Case("the last node has no link", (vectors[7], vectors, np.where(np.arange(50)[:, None] == 49, -1, links), 49, 4)))
    vectors, links = _near_links(rng, 45, 2, 5)
    cases.append(Case("the nearest is node 0", (vectors[0] + 0.01, vectors, links, int(vectors[:, 0].argmax()), 4)))
    vectors, links = _near_links(rng, 60, 2, 4)
    cases.append(Case("large values", (40 * vectors[3] + 61, 40 * vectors + 60, links, 17, 6)))
    cases.append(Case("the walk starts at the nearest", (vectors[20] + 0.01, vectors, links, 20, 5)))
    vectors, links = _near_links(rng, 70, 3, 5)
    cases.append(Case("vectors of very different lengths", (rng.normal(size=3), vectors * rng.gamma(1, 3, (70, 1)), links, 11, 5)))
    return [*cases, *rare_queries.walks(rng)]


def _distance(query, vectors, node):
    return float(((vectors[node] - query) ** 2).sum())


def _walk_sorted(query, vectors, links, entry, ef):
    far, followed = {entry: _distance(query, vectors, entry)}, set()
    while True:
        beam = sorted(far, key=far.get)[:ef]
        waiting = [node for node in beam if node not in followed]
        if not waiting:
            return np.array(beam)
        followed.add(waiting[0])
        for other in links[waiting[0]].tolist():
            if other >= 0 and other not in far:
                far[other] = _distance(query, vectors, other)


def _variant(pick=lambda waiting: 0, measure=_distance, real=lambda node: node >= 0, most=None, result=None,
             in_beam=lambda beam, met: beam):
    """A walk with one part exchanged: which waiting node is next, what "near" is, which links are real, and so on."""
    def wrong(query, vectors, links, entry, ef):
        far, followed = {entry: measure(query, vectors, entry)}, []
        while True:
            beam = sorted(far, key=far.get)[:ef]
            waiting = [node for node in in_beam(beam, list(far)) if node not in followed]
            if not waiting or (most is not None and len(followed) >= most(ef)):
                break
            node = waiting[pick(waiting)]
            followed.append(node)
            for other in links[node].tolist():
                if real(other) and other not in far:
                    far[other] = measure(query, vectors, other)
        return np.array(beam if result is None else result(beam, far, entry, ef))
    return wrong


def _greedy(query, vectors, links, entry, ef):
    """Stops where no neighbour is nearer than the nearest so far."""
    far, node = {entry: _distance(query, vectors, entry)}, entry
    while True:
        for other in links[node].tolist():
            if other >= 0:
                far[other] = _distance(query, vectors, other)
        best = min(far, key=far.get)
        if best == node:
            return np.array(sorted(far, key=far.get)[:ef])
        node = best


def _replaced(query, vectors, links, entry, ef):
    """A beam as in decoding: every round all of it is replaced by the best of its neighbours."""
    beam, met = [entry], {entry}
    while True:
        fresh = {o for node in beam for o in links[node].tolist() if o >= 0} - met
        if not fresh:
            return np.array(sorted(beam, key=lambda node: _distance(query, vectors, node)))
        met |= fresh
        beam = sorted(fresh, key=lambda node: _distance(query, vectors, node))[:ef]


def _in_rounds(query, vectors, links, entry, ef):
    """All nodes of the beam are followed before it is cut again."""
    far, followed = {entry: _distance(query, vectors, entry)}, set()
    while True:
        beam = sorted(far, key=far.get)[:ef]
        waiting = [node for node in beam if node not in followed]
        if not waiting:
            return np.array(beam)
        followed.update(waiting)
        for other in {o for node in waiting for o in links[node].tolist() if o >= 0} - set(far):
            far[other] = _distance(query, vectors, other)


def _exhaustive(query, vectors, links, entry, ef):
    return np.argsort(((vectors - query) ** 2).sum(axis=1), kind="stable")[:ef]


def _padded(query, vectors, links, entry, ef):
    beam = _walk_sorted(query, vectors, links, entry, ef)
    return np.pad(beam, (0, ef - len(beam)), constant_values=-1)


def _distances(query, vectors, links, entry, ef):
    return np.array([_distance(query, vectors, node) for node in _walk_sorted(query, vectors, links, entry, ef)])


# A wrong walk together with a wrong end of it: what is walked over, and what is returned.
WALKS = (
    ("−1 is read as the last vector", {"real": lambda node: True}), ("node 0 is skipped", {"real": lambda node: node > 0}),
    ("the farthest waiting node is followed first", {"pick": lambda waiting: -1}),
    ("you follow every node that you met", {"in_beam": lambda beam, met: met}),
    ("you stop after ef nodes", {"most": lambda ef: ef}), ("you stop after the entry's neighbours", {"most": lambda ef: 1}),
    ("you compare by dot product", {"measure": lambda query, vectors, node: -float(vectors[node] @ query)}),
    ("you keep the farthest nodes", {"measure": lambda query, vectors, node: -_distance(query, vectors, node)}),
)
ENDS = (
    ("all nodes met come out", lambda beam, far, entry, ef: sorted(far, key=far.get)), ("the farthest comes first", lambda beam, far, entry, ef: beam[::-1]),
    ("nodes come in the order met", lambda beam, far, entry, ef: [node for node in far if node in beam]),
    ("nodes come by number", lambda beam, far, entry, ef: sorted(beam)), ("the nearest alone comes out", lambda beam, far, entry, ef: beam[:1]),
    ("the entry is left out", lambda beam, far, entry, ef: [node for node in sorted(far, key=far.get) if node != entry][:ef]),
    ("−1 fills up", lambda beam, far, entry, ef: [*beam, *[-1] * (ef - len(beam))]),
    ("distances come out", lambda beam, far, entry, ef: [far[node] for node in beam]),
)


def _ended(slip):
    """A function that gives the wrong walk any end. The walk is walked once a case, whatever ends it is given."""
    held = {}

    def with_end(end):
        def wrong(query, vectors, links, entry, ef):
            key = (np.asarray(query).tobytes(), np.asarray(vectors).tobytes(), np.asarray(links).tobytes(), entry, ef)
            if key not in held:
                _variant(**slip, result=lambda beam, far, entry, ef: held.setdefault(key, (beam, far))[0])(query, vectors, links, entry, ef)
            return np.array(end(*held[key], entry, ef))
        return wrong
    return with_end


STEPS = {
    "walk": slips(OTHER, *((walk, _ended(slip)) for walk, slip in WALKS), alone=()),
    "end": slips(OTHER, *ENDS, alone=()),
}
TWICE_WRONG = tuple(mistakes_of(lambda walk, end: walk(end), STEPS, told=in_one("Asked for is the beam, nearest first.")))
ONCE_WRONG = (
    Mistake("one short", _variant(result=lambda beam, far, entry, ef: beam[:max(ef - 1, 1)] if len(beam) == ef else beam),
            "Your beam is one short. It holds the ef nearest of all nodes met.", BOUNDARY),
    Mistake("one long", _variant(result=lambda beam, far, entry, ef: sorted(far, key=far.get)[:ef + 1]),
            "Your beam is one too long. It holds the ef nearest of all nodes met.", BOUNDARY),
    Mistake("the first met", _variant(result=lambda beam, far, entry, ef: list(far)[:ef]),
            "You return the first ef nodes that you met. Return the ef nearest of them.", DIRECTION),
    Mistake("largest difference", _variant(measure=lambda query, vectors, node: float(np.abs(vectors[node] - query).max())),
            "You compare the largest difference of a dimension. The task asks for the squared Euclidean distance.", UNIT),
    Mistake("cosine", _variant(measure=lambda query, vectors, node: -float(vectors[node] @ query) / max(float(np.linalg.norm(vectors[node])), 1e-300)),
            "You compare directions (cosine). The task asks for the squared Euclidean distance.", UNIT),
    Mistake("first dimension", _variant(measure=lambda query, vectors, node: float(abs(vectors[node][0] - query[0]))),
            "You compare the first dimension alone. The distance sums the squares of all dimensions.", IGNORED),
    Mistake("last waiting of those met", _variant(in_beam=lambda beam, met: [node for node in met if node in beam]),
            "You follow the waiting nodes of the beam in the order in which you met them. Take the nearest one first.", DIRECTION),
    Mistake("twice ef followed", _variant(most=lambda ef: 2 * ef),
            "You stop after following twice ef nodes. The walk goes on until every node that is in the beam has been followed.", BOUNDARY),
    Mistake("first link alone", lambda query, vectors, links, entry, ef: _walk_sorted(query, vectors, np.asarray(links)[:, :1], entry, ef),
            "You follow only the first link of a node. All of its links are asked.", IGNORED),
    Mistake("last link left out", lambda query, vectors, links, entry, ef: _walk_sorted(
        query, vectors, np.where(np.arange(np.shape(links)[1]) == np.shape(links)[1] - 1, -1, links), entry, ef),
            "You leave out the last link of each node. All of its links are asked.", BOUNDARY),
    Mistake("entry 0", lambda query, vectors, links, entry, ef: _walk_sorted(query, vectors, links, 0, ef),
            "Your walk starts at node 0, whatever `entry` says.", IGNORED),
)


def _walk_effect(fn):
    """Recall@10 of a handmade graph whose ground floor and upper floors are walked by fn with a beam of 20."""
    vectors, queries = clustered()
    graph = HandmadeGraph(vectors[:400], M=6, ef_construction=20)
    graph.walk = fn
    return recall_of_neighbours(graph.search(queries[:60], 10, ef=20), vectors[:400], queries[:60])


def _walk_large(rng):
    vectors = rng.normal(size=(4_000, 32))
    return vectors[0] + 0.1, vectors, rng.integers(4_000, size=(4_000, 16)), 7, 40


LINE = np.arange(5.0)[:, None]
CHAIN = np.array([[1, -1], [0, 2], [1, 3], [2, 4], [3, -1]])
# From 0 the query at 2.9 is nearer to 1, whose links lead nowhere; the way to 3.0 leads through -1.0, which is farther.
DETOUR = np.array([[0.0], [1.0], [-1.0], [3.0]])
DETOUR_LINKS = np.array([[1, 2], [0, -1], [0, 3], [2, -1]])
# From 0 at 10 to 8 and 9; 8 leads to 5 and 6, which push 9 out of a beam of two before its link, to 1, is followed.
LEFT = np.array([[10.0], [8.0], [9.0], [5.0], [6.0], [1.0]])
LEFT_LINKS = np.array([[1, 2], [3, 4], [5, -1], [1, -1], [1, -1], [2, -1]])

BEAM = Card(
    id="ann.8", title="The beam search of a graph index", minutes=15, difficulty=3,
    used_in=("this lesson",),
    task="You know one node, `entry`, and meet others only over links. Return the `ef` nearest of all that you met: the beam. "
         "Compare no node twice, and follow the links of one node at a time: the nearest that may still belong to the answer. "
         "What must be remembered beside the beam, and when does the walk stop? −1 in `links`, at any place, is no neighbour.",
    why="The width decides how far the walk may go astray before it gives up. With ef = 1 it stands still in the first place "
        "where no neighbour is nearer, and that may be far from the goal; that is how the upper floors are walked. A wider "
        "beam lets it pass through nodes that are farther away than the best it has. Every node met costs one distance, "
        "which is all that the search pays. It may stop once every node of the beam has been followed: whatever it could "
        "meet next hangs on nodes that are worse than ef others. A walk that remembers the nodes followed alone finds "
        "the same beam, but compares a node at each link that leads to it. Each comparison jumps to another place in memory, so time "
        "grows faster than their number once the vectors outgrow the cache. A walk by distance finds the largest product only among "
        "vectors of one length; where lengths carry something, one more number, √(max |x|² − |x|²), and 0 for the query, makes "
        "all lengths equal and keeps the products.",
    reference=beam_search, alternative=_walk_sorted, cases=lambda rng: [*_walk_cases(rng), *far_vectors.walk_cases()], effect=_walk_effect, realistic=_walk_large,
    seconds=4.0,
    by_hand=(Case("five nodes in a chain", (np.array([3.2]), LINE, CHAIN, 0, 2), expected=np.array([3, 4])),
             Case("a beam of 1 stands still", (np.array([2.9]), DETOUR, DETOUR_LINKS, 0, 1), expected=np.array([1])),
             Case("a beam of 2 as well", (np.array([2.9]), DETOUR, DETOUR_LINKS, 0, 2), expected=np.array([1, 0])),
             Case("a beam of 3 finds the detour", (np.array([2.9]), DETOUR, DETOUR_LINKS, 0, 3),
                  expected=np.array([3, 1, 0])),
             Case("the entry is the nearest, by a little", (np.zeros(2), np.array([[1.7, 0], [2, 0], [5, 5]]),
                  np.array([[1], [2], [1]]), 0, 2), expected=np.array([0, 1])),
             Case("a node that leaves the beam before its turn", (np.array([0.0]), LEFT, LEFT_LINKS, 0, 2),
                  expected=np.array([3, 4])),
             *rare_queries.WALKS_BY_HAND),
    invariants=(Invariant("moving query and vectors together changes nothing", lambda fn, rng: np.array_equal(
        fn(np.array([4.2]), LINE + 1, CHAIN, 0, 2), fn(np.array([3.2]), LINE, CHAIN, 0, 2))), rare_queries.EQUAL_DISTANCES),
    mistakes=(
        Mistake("greedy", _greedy, "You stop where no neighbour is nearer than the nearest so far. That is the greedy walk. "
                "Hold the next node against the farthest in the beam, and go on until all in the beam have been followed."),
        Mistake("everything that can be reached", _variant(in_beam=lambda beam, met: met), "You follow the links of every node "
                "that you met. Only nodes that are still in the beam, the ef nearest, are followed: that is what makes it cheap."),
        Mistake("all vectors compared", _exhaustive, "You compare with all vectors. The walk may only meet what the links lead "
                "to; that is what makes it cheap, and approximate."),
        Mistake("beam replaced", _replaced, "Your beam is replaced by the best of its neighbours, as in decoding text. Here the "
                "best nodes met so far stay in it."),
        Mistake("−1 as the last vector", _variant(real=lambda node: True, result=lambda beam, far, entry, ef: beam), "You follow a "
                "link of −1, which numpy reads as the last vector. −1 is no neighbour: skip it."),
        Mistake("−1 as the last vector, on a heap", heap_walks.pads_followed, "You follow a link of −1, which numpy reads as the last "
                "vector, and −1 comes out as a node. −1 is no neighbour: skip it."),
        Mistake("met again", heap_walks.met_again, "You compare a node again at each link that leads to it, so it stands in your beam more than "
                "once. Remember which nodes were met, and skip them."),
        Mistake("met again until followed", heap_walks.met_until_followed, "You skip a node only once its links were followed. Until then it enters "
                "your beam again at each link that leads to it: remember a node as soon as it is met."),
        Mistake("not cut", _variant(result=lambda beam, far, entry, ef: sorted(far, key=far.get)), "You return all nodes met. "
                "Return the beam: the ef nearest of them."),
        Mistake("farthest first", _variant(result=lambda beam, far, entry, ef: beam[::-1]), "The beam comes out farthest first. "
                "Return the nearest first."),
        Mistake("in the order met", _variant(result=lambda beam, far, entry, ef: [n for n in far if n in beam]), "The nodes are right "
                "but stand in the order in which you met them. Sort them by distance, nearest first."),
        Mistake("sorted by number", _variant(result=lambda beam, far, entry, ef: sorted(beam)), "The nodes are right but sorted by "
                "their number. Sort them by distance, nearest first."),
        Mistake("entry left out", _variant(result=lambda beam, far, entry, ef: [n for n in sorted(far, key=far.get) if n != entry][:ef]),
                "The node where you start never comes out. It was compared like the others and belongs to the beam if it is near."),
        Mistake("ef links followed", _variant(most=lambda ef: ef), "You stop after following ef nodes. ef is the width of the beam; the "
                "walk goes on until every node that is in the beam at the end has been followed."),
        Mistake("one step", _variant(most=lambda ef: 1), "You compare with the neighbours of the entry and stop. Go on from the "
                "nearest node of the beam that was not followed yet."),
        Mistake("farthest node next", _variant(pick=lambda waiting: -1), "You follow the farthest waiting node of the beam first. "
                "Take the nearest one."),
        Mistake("the whole beam at once", _in_rounds, "You follow all waiting nodes of the beam before you cut it again. Follow one, "
                "the nearest, and cut at once: later ones may no longer be in the beam."),
        Mistake("dot product", _variant(measure=lambda query, vectors, node: -float(vectors[node] @ query)), "You compare by the dot "
                "product. The task asks for the squared Euclidean distance."),
        Mistake("absolute differences", _variant(measure=lambda query, vectors, node: float(np.abs(vectors[node] - query).sum())),
                "You add absolute differences. Square them first: squared Euclidean distance."),
        Mistake("farthest kept", _variant(measure=lambda query, vectors, node: -_distance(query, vectors, node)), "You keep the nodes "
                "that are farthest from the query. Keep the nearest."),
        Mistake("nearest alone", _variant(result=lambda beam, far, entry, ef: beam[:1]), "You return only the nearest node. Return the "
                "whole beam, up to ef nodes."),
        Mistake("padded", _padded, "You fill the answer up with −1. Where the walk meets fewer than ef nodes the answer is "
                "shorter."),
        Mistake("node 0 dropped", _variant(real=lambda node: node > 0), "You skip links to node 0 together with −1. 0 is a node; only "
                "−1 is none: `>= 0`."),
        Mistake("row cut at the first −1", lambda query, vectors, links, entry, ef: _walk_sorted(
            query, vectors, np.where(np.cumsum(links < 0, axis=1) > 0, -1, links), entry, ef), "You stop reading a node's links at the "
                "first −1. It may stand at any place: skip it and read on."),
        Mistake("distances", _distances, "You return distances. Return the nodes that they belong to."),
        *WALKED, *ONCE_WRONG, *TWICE_WRONG,
    ),
    hints=("Met and followed are two things. Keep the distance of every node met; the beam is the ef smallest of them.",
           "Keep a set of nodes whose links were followed. The next one is the first of the sorted beam that is not in it; where "
           "the whole beam is in it, nothing can be gained.",
           "`beam = sorted(distance, key=distance.get)[:ef]`, and `waiting = [node for node in beam if node not in followed]`; "
           "where `waiting` is empty, return the beam."),
)
