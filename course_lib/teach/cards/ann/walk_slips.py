"""Wrong walks of a graph index that come from another idea of the beam, as readers wrote them."""

import numpy as np

from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import BOUNDARY, OTHER, UNIT


def _far(query, vectors, node) -> float:
    return float(((vectors[node] - query) ** 2).sum())


def _real(links, node):
    return [other for other in np.asarray(links)[node].tolist() if other >= 0]


def _until_full(query, vectors, links, entry, ef):
    far, followed = {entry: _far(query, vectors, entry)}, set()
    while len(far) < ef:
        waiting = [node for node in sorted(far, key=far.get) if node not in followed]
        if not waiting:
            break
        followed.add(waiting[0])
        far |= {other: _far(query, vectors, other) for other in _real(links, waiting[0]) if other not in far}
    return np.array(sorted(far, key=far.get)[:ef])


def _by_length_of_way(query, vectors, links, entry, ef):
    way, followed = {entry: 0.0}, set()
    while True:
        waiting = [node for node in sorted(way, key=way.get)[:ef] if node not in followed]
        if not waiting:
            return np.array(sorted(way, key=lambda node: _far(query, vectors, node))[:ef])
        followed.add(waiting[0])
        for other in _real(links, waiting[0]):
            way.setdefault(other, way[waiting[0]] + _far(vectors[other], vectors, waiting[0]))


def _those_followed(query, vectors, links, entry, ef):
    waiting, met, out = {entry: _far(query, vectors, entry)}, {entry}, {}
    while waiting and len(out) < ef:
        node = min(waiting, key=waiting.get)
        out[node] = waiting.pop(node)
        fresh = [other for other in dict.fromkeys(_real(links, node)) if other not in met]
        met.update(fresh)
        waiting |= {other: _far(query, vectors, other) for other in fresh}
    return np.array(sorted(out, key=out.get))


WALKED = (
    Mistake("stops when the beam is full", _until_full,
            "You stop as soon as ef nodes have been met. They are the first, and not the nearest: go on, and let nearer ones push them out, "
            "until every node of the beam has been followed.", BOUNDARY),
    Mistake("shortest way from the entry", _by_length_of_way,
            "You follow the node with the shortest way from the entry, as in a road map. How long the way was does not matter: follow the one "
            "nearest to the query.", UNIT),
    Mistake("the first ef followed", _those_followed,
            "You return the first ef nodes whose links you followed. A node belongs to the beam by its distance, followed or not, and leaves "
            "it when ef nearer ones have been met.", OTHER),
)
