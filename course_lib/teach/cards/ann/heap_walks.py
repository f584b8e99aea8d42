"""Beam searches as they are often written, with two heaps, that forget which nodes were met or follow a link of −1."""

import heapq

import numpy as np


def _walk(query, vectors, links, entry, ef, known=None, real=lambda node: node >= 0):
    """The walk with two heaps: nodes to follow, nearest first, and the beam, farthest first.

    known(node, met, followed): is the node not compared again? None: as it should be. real(node): is it a node?
    """
    far_from = ((vectors - query) ** 2).sum(axis=1)
    waiting, beam, met, followed = [(far_from[entry], entry)], [(-far_from[entry], entry)], {entry}, set()
    known = known or (lambda node, met, followed: node in met)
    while waiting:
        far, node = heapq.heappop(waiting)
        if len(beam) == ef and far > -beam[0][0]:
            break
        followed.add(node)
        for other in links[node].tolist():
            if not real(other) or known(other, met, followed):
                continue
            met.add(other)
            if len(beam) < ef or far_from[other] < -beam[0][0]:
                heapq.heappush(waiting, (far_from[other], other))
                heapq.heappush(beam, (-far_from[other], other))
                if len(beam) > ef:
                    heapq.heappop(beam)
    return np.array([node for _, node in sorted((-far, node) for far, node in beam)])


def met_again(query, vectors, links, entry, ef):
    return _walk(query, vectors, links, entry, ef, known=lambda node, met, followed: False)


def met_until_followed(query, vectors, links, entry, ef):
    return _walk(query, vectors, links, entry, ef, known=lambda node, met, followed: node in followed)


def pads_followed(query, vectors, links, entry, ef):
    return _walk(query, vectors, links, entry, ef, real=lambda node: True)
