"""Pictures of an index: cells and their borders, a query on its way down a graph, a surface of codes, and plans."""

from __future__ import annotations

import numpy as np

from course_lib.evidence.estimate import bootstrap
from course_lib.stages.ann import design
from course_lib.stages.ann.graph_by_hand import HandmadeGraph
from course_lib.teach.show import plots


def cells(points, centres, query, wanted: int, probes=(1, 2, 3)):
    """Voronoi cells of `centres`, float (C, 2), with points, float (N, 2), and the `wanted` nearest of a query, (2,).

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
    axes = plt.subplots(2, 2, figsize=(7.6, 7.8))[1].ravel()
    steps = graph.descend(query, ef)[-3:]
    for ax in axes[:3 - len(steps)]:
        ax.set_axis_off()
    for ax, (floor, step) in zip(axes[3 - len(steps):], steps, strict=False):
        _floor(ax, graph, floor, step, query)
        _walked(ax, graph.vectors, step, arrows=floor > 0)
    ground, nearest = steps[-1][1], ((graph.vectors - query) ** 2).sum(axis=1).argsort()[:wanted]
    _floor(axes[3], graph, 0, ground, query)
    _beam(axes[3], graph.vectors, ground, nearest)
    spread = 1.8 * np.abs(graph.vectors[ground.beam] - query).max()
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


def surface(recalled: dict, probes, target: float, cells_in_all: int):
    """Which share of the cells has to be searched for `target`: one line of squares for each width, one square a code.

    recalled: {d: {m: float (P, B)}}, recall for each number of probes and query. A square without a number is a code
    whose recall stays below the target with all cells searched. Returns the Axes.
    """
    widths, ratios = sorted(recalled), sorted({d // m for d, held in recalled.items() for m in held}, reverse=True)
    share = np.full((len(widths), len(ratios)), np.nan)
    ax = plots.figure(f"Smallest nprobe of {cells_in_all} that reaches a recall of {target:g}, codes alone",
                      "numbers of the vector in one byte of code (d / m)", "d, numbers in a vector", height=3.2)
    for row, d in enumerate(widths):
        for m, held in recalled[d].items():
            column, mean = ratios.index(d // m), held.mean(axis=1)
            reached = np.flatnonzero(mean >= target)
            share[row, column] = probes[reached[0]] if len(reached) else np.nan
            text = f"{probes[reached[0]]}" if len(reached) else "never"
            ax.text(column, row, f"{text}\n{m} bytes, all cells: {mean[-1]:.2f}", ha="center", va="center", fontsize=9)
    ax.imshow(np.log(share), cmap="Blues", alpha=0.55, aspect="auto")
    ax.set(xticks=range(len(ratios)), xticklabels=ratios, yticks=range(len(widths)), yticklabels=widths)
    ax.grid(visible=False)
    return ax


def plans(brief):
    """The cheapest plan of each index for a brief: what it costs a month, with what breaks a limit in red. The Axes."""
    designed = {index: design.design(brief, index) for index in design.PLANS}
    ax = plots.figure(_asked(brief), "€ a month without breaches (log)", width=8.6, height=3.4)
    for row, (plan, cost) in enumerate(reversed(designed.values())):
        euros = 1e3 * (cost.total - cost.euros["breaches"])
        color = plots.RED if cost.broken else plots.GREEN
        says = f"breaks {', '.join(cost.broken)}" if cost.broken else "keeps all limits"
        ax.plot(euros, row, "o", ms=9, color=color)
        says = f"{cost.ram_gb:,.3g} GB, p99 {_figure(cost.p99_ms)} ms, recall {cost.recall:.2f}, {says}"
        ax.annotate(f"{_dials(plan)}: {says}",
                    (0.01, row + 0.22), xycoords=("axes fraction", "data"), fontsize=9, color=color)
    ax.set(xscale="log", yticks=range(len(designed)), yticklabels=list(reversed(designed)),
           ylim=(-0.5, len(designed) - 0.3))
    return ax


def _asked(brief) -> str:
    passing = f", {brief.pass_rate:.2g} pass" if brief.pass_rate < 1 else ""
    return (f"{brief.n:,.0f} × {brief.d}{passing}: recall {brief.recall:g}, p99 {brief.p99_ms:g} ms, "
            f"{brief.machines} × {brief.ram_gb:g} GB")


def _dials(plan) -> str:
    if plan.index == "exact":
        return "no dials"
    if plan.index == "graph":
        return f"beam {plan.ef}, filter {plan.filter}"
    return f"m = {plan.m}, nprobe {plan.nprobe}" + (f", shortlist × {plan.factor}" if plan.index != "codes" else "")


def _figure(value) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def coded_scores(true, coded: dict, k: int):
    """True scores, float (N,), against those from codes, {name: float (N,)}: one panel each, the true k best marked."""
    import matplotlib.pyplot as plt

    plots.style()
    axes = np.atleast_1d(plt.subplots(1, len(coded), figsize=(9.6, 3.9))[1])
    nearest = np.argsort(-true)[:k]
    for ax, (name, score) in zip(axes, coded.items(), strict=True):
        cut = np.sort(score)[-k]
        ax.plot(true, score, ".", ms=2, color=plots.GREY, rasterized=True, label="vectors")
        ax.plot(true[nearest], score[nearest], "o", ms=4, color=plots.ORANGE, label=f"the true {k} nearest")
        ax.axhline(cut, color=plots.BLACK, ls="--", lw=1, label=f"cut for the {k} best codes")
        ax.set(xlabel="true dot product with the query", ylabel="score from codes")
        ax.set_title(f"{name}: {np.count_nonzero(score[nearest] >= cut)} of {k} kept", fontsize=11)
    axes[0].legend(fontsize=8)
    return axes


def standing_out(tables: dict, rank: int = 100):
    """How far a neighbour stands out: cosines of 50 unit vectors with all others, {name: float (N, d)}. The Axes."""
    ax = plots.figure("Clustered vectors have nearer neighbours than random ones", "cosine with the query", "density")
    for (name, table), color in zip(tables.items(), (plots.GREY, plots.BLUE), strict=False):
        near = table[:50] @ table[50:].T
        ax.hist(near.ravel(), 80, density=True, color=color, alpha=0.6, label=name)
        ax.axvline(np.sort(near, axis=1)[:, -rank].mean(), color=color, ls="--")
    ax.legend(title=f"dashed: the {rank}th neighbour")
    return ax


def growth(sizes, by_size, beam: int, target: float):
    """Vectors compared at each size: recall kept, or the beam kept with its recall beside each point. The Axes."""
    at = by_size[0].dial.index(beam)
    series = {f"recall kept at {target:g}": [curve.cost_at(target) for curve in by_size],
              f"beam kept at {beam}": [curve.cost[at].mean() for curve in by_size]}
    ax = plots.lines(sizes, series, "How many vectors does a graph compare?", "vectors in the graph (log)",
                     "compared with one query", logx=True)
    for size, count, other, curve in zip(sizes, *reversed(series.values()), by_size, strict=True):
        ax.annotate(f"recall {curve.recall[at].mean():.3f}", (size, count), xytext=(0, 8 if count > other else -15),
                    ha="center", fontsize=8, textcoords="offset points")
    ax.set(xlim=(0.6 * min(sizes), 1.7 * max(sizes)), ylim=(0, None))
    return ax


def by_pass_rate(rates, series: dict, wanted: float):
    """Recall of each filter against the share of items allowed, falling to the right. The Axes."""
    ax = plots.lines(100 * np.array(rates), series, "From which pass rate on is dropping enough?",
                     "share of items allowed, % (log)", "recall@10 after fetching 100", logx=True)
    ax.axhline(wanted, color=plots.BLACK, ls="--", lw=1)
    ax.set_xticks(100 * np.array(rates), [f"{100 * rate:g}" for rate in rates])
    ax.minorticks_off()
    ax.invert_xaxis()
    return ax


def losses(lost: dict):
    """Relevance lost against neighbours lost, with intervals: {name: float (B, 2), in this order}. The Axes."""
    points = {name: (bootstrap(rows[:, 1]), bootstrap(rows[:, 0])) for name, rows in lost.items()}
    ax = plots.front(points, "For each neighbour lost, how much of what people take?",
                     "share of the top 20 neighbours lost", "share of recall@20 lost")
    for slope, style, label in ((1, "--", "as much"), (0.5, ":", "half as much")):
        ax.plot([0, 0.5], [0, 0.5 * slope], style, color=plots.GREY, lw=1, label=label)
    ax.legend(loc="upper left")
    return ax
