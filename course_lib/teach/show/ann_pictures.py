"""Pictures of an index in the plane: cells with their borders, and the way of one query down a graph."""

from __future__ import annotations

import numpy as np

from course_lib.stages.ann.graph_by_hand import HandmadeGraph
from course_lib.teach.show import plots


def cells(points, centres, query, wanted: int, probes=(1, 2, 3)):
    """Voronoi cells of `centres`, float (C, 2), with points, float (N, 2), and the wanted nearest of a query, float (2,).

    One panel for each number of probes: the cells looked into are shaded, a neighbour found is filled, one that is
    missed is ringed in red. Returns the axes.
    """
    import matplotlib.pyplot as plt
    from scipy.spatial import Voronoi, voronoi_plot_2d

    plots.style()
    axes = plt.subplots(1, len(probes), figsize=(9.6, 4.1))[1]
    cell_of = ((points[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
    by_distance = ((centres - query) ** 2).sum(axis=1).argsort()
    nearest = ((points - query) ** 2).sum(axis=1).argsort()[:wanted]
    for ax, nprobe in zip(np.atleast_1d(axes), probes, strict=True):
        looked = np.isin(cell_of, by_distance[:nprobe])
        found, missed = nearest[looked[nearest]], nearest[~looked[nearest]]
        voronoi_plot_2d(Voronoi(centres), ax, show_points=False, show_vertices=False, line_width=1, line_alpha=0.6)
        ax.plot(*points[~looked].T, ".", ms=3, color="#BBBBBB")
        ax.plot(*points[looked].T, ".", ms=4, color=plots.BLUE)
        ax.plot(*centres.T, "x", ms=5, color=plots.GREY)
        ax.plot(*points[found].T, "o", ms=6, color=plots.GREEN)
        ax.plot(*points[missed].T, "o", ms=7, mfc="none", mew=1.6, color=plots.RED)
        ax.plot(*query, "*", ms=14, color=plots.BLACK)
        ax.set(xticks=[], yticks=[], xlim=_range(points, 0), ylim=_range(points, 1), aspect="equal")
        ax.set_title(f"nprobe = {nprobe}: {len(found)} of {wanted} found,\n{looked.sum()} of {len(points)} compared",
                     fontsize=10)
    return axes


def descent(graph: HandmadeGraph, query, ef: int, wanted: int):
    """The way of a query, float (2,), through a graph in the plane: the two floors above the ground, the ground floor,
    and a part of it around the query. Returns the axes, int (4,).

    Orange: compared with the query. Arrows: the greedy walk above, in order. Close up, the numbers say in which order
    links were followed, rings mark the beam at the end, filled green dots are the wanted nearest.
    """
    import matplotlib.pyplot as plt

    plots.style()
    axes = plt.subplots(2, 2, figsize=(8.4, 8.6))[1].ravel()
    steps = graph.descend(query, ef)[-3:]
    for ax in axes[:3 - len(steps)]:
        ax.set_axis_off()
    for ax, (floor, step) in zip(axes[3 - len(steps):], steps, strict=False):
        _floor(ax, graph, floor, step, query)
        _walked(ax, graph.vectors, step, arrows=floor > 0)
    ground, nearest = steps[-1][1], ((graph.vectors - query) ** 2).sum(axis=1).argsort()[:wanted]
    _floor(axes[3], graph, 0, ground, query)
    _beam(axes[3], graph.vectors, ground, nearest)
    spread = 1.25 * np.abs(graph.vectors[ground.followed] - query).max()
    found = np.isin(nearest, ground.beam).sum()
    axes[3].set(xlim=query[0] + spread * np.array([-1, 1]), ylim=query[1] + spread * np.array([-1, 1]))
    axes[3].set_title(f"ground floor, close up: a beam of {ef}\nholds {found} of the {wanted} nearest", fontsize=10)
    return axes


def _floor(ax, graph, floor, step, query):
    """One floor: its links, its nodes, those compared, the query."""
    from matplotlib.collections import LineCollection

    links = graph.floors[floor]
    node, place = np.nonzero(links >= 0)
    ends = np.stack([graph.vectors[node], graph.vectors[links[node, place]]], axis=1)
    ax.add_collection(LineCollection(ends, colors="#D5D5D5", linewidths=0.6, zorder=0))
    here = graph.vectors[graph.level >= floor]
    ax.plot(*here.T, "o", ms=3.5, color="#9A9A9A")
    ax.plot(*graph.vectors[step.met].T, "o", ms=5, color=plots.ORANGE)
    ax.plot(*query, "*", ms=14, color=plots.BLACK)
    ax.set(xticks=[], yticks=[], xlim=_range(graph.vectors, 0), ylim=_range(graph.vectors, 1), aspect="equal")
    name = "ground floor" if floor == 0 else f"floor {floor}"
    ax.set_title(f"{name}: {len(here)} nodes,\n{len(step.met)} compared with the query", fontsize=10)


def _walked(ax, vectors, step, arrows):
    """A square where the walk enters; arrows from node to node of a greedy walk."""
    way = vectors[step.followed]
    ax.plot(*way[0], "s", ms=9, mfc="none", mew=1.6, color=plots.RED)
    for start, end in zip(way, way[1:], strict=False):
        if arrows:
            ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": plots.RED, "lw": 1.6, "shrinkA": 0,
                                                    "shrinkB": 1})


def _beam(ax, vectors, step, nearest):
    """The beam at the end, the wanted nearest, and the order in which links were followed."""
    ax.plot(*vectors[nearest].T, "o", ms=7, color=plots.GREEN)
    ax.plot(*vectors[step.beam].T, "o", ms=12, mfc="none", mew=1.4, color=plots.BLUE)
    for number, node in enumerate(step.followed, 1):
        ax.annotate(str(number), vectors[node], xytext=(7, 5), textcoords="offset points", fontsize=9,
                    color=plots.RED, clip_on=True)


def _range(points, axis):
    low, high = points[:, axis].min(), points[:, axis].max()
    room = 0.04 * (high - low)
    return low - room, high + room
