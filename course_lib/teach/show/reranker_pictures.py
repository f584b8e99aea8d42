"""Pictures of what whole lists cost and buy: fronts, one slate, dials with the line that matters, logged chances."""

from __future__ import annotations

import numpy as np

from course_lib.evidence.estimate import bootstrap
from course_lib.evidence.slate_fronts import DIVERSITY, GAP, NDCG, NEAREST
from course_lib.teach.show import plots

LABELS = {NDCG: "NDCG@10", DIVERSITY: "diversity (mean distance)", GAP: "gap to the person's mix, nats",
          NEAREST: "smallest distance"}


def price_curve(weights, rows):
    """One front: NDCG@10 by diversity, a point a weight, named. rows: float (people, weights · 4). Returns the axes."""
    ax = plots.figure("What does each step of diversity cost?", LABELS[DIVERSITY], LABELS[NDCG], height=4.0)
    x, y = _ends(rows, DIVERSITY), _ends(rows, NDCG)
    ax.errorbar(x[0], y[0], xerr=x[1], yerr=y[1], fmt="o-", color=plots.BLUE, elinewidth=0.8, lw=1)
    for place, weight in enumerate(weights):
        at = (x[0][place], y[0][place])
        beside = (5, 9) if place % 2 else (-46, -14)
        ax.annotate(f"λ = {weight:g}", at, xytext=beside, textcoords="offset points", fontsize=9)
    ax.margins(0.12)
    return ax


def _ends(rows, column):
    """Means of a column, (weights,), and what an interval reaches below and above, (2, weights)."""
    found = [bootstrap(values) for values in rows[:, column::4].T]
    middle = np.array([each.value for each in found])
    reach = [[each.value - each.low for each in found], [each.high - each.value for each in found]]
    return middle, np.array(reach)


def fronts(rows_of: dict, across: int, up: int, title: str):
    """Several fronts in one picture. rows_of: {method: float (people, weights · 4)}. Returns the axes."""
    ax = plots.figure(title, LABELS[across], LABELS[up], height=4.0)
    for color, (name, rows) in zip(plots.CYCLE, rows_of.items(), strict=False):
        (x, wide), (y, tall) = _ends(rows, across), _ends(rows, up)
        ax.errorbar(x, y, xerr=wide, yerr=tall, fmt="o-", color=color, label=name, elinewidth=0.5, lw=1.2, ms=5)
    ax.legend()
    return ax


def one_slate(titles, multi_hot, names, title: str):
    """A slate as a picture: films down, genres across. multi_hot: float (K, G). Returns the axes."""
    ax = plots.figure(title, "", "", height=4.6)
    place, column = np.nonzero(multi_hot)
    ax.scatter(column, place, s=60, color=plots.BLUE)
    ax.set_yticks(range(len(titles)), [f"{name[:34]}  {slot + 1}" for slot, name in enumerate(titles)])
    ax.set_xticks(range(len(names)), names, rotation=60, ha="right", fontsize=8.5)
    ax.invert_yaxis()
    return ax


def dial(at, series: dict, title: str, across: str, up: str, *, line: float | None = None, by_chance=None,
         percent: str = "y"):
    """Lines over an input of the world. line: where the statement turns. by_chance: float (len(at),), what a lot would
    give. percent: axes that are read as shares, "x", "y", "xy" or "". Returns the axes."""
    ax = plots.lines(at, series, title, across, up)
    if by_chance is not None:
        ax.plot(at, by_chance, ":", color=plots.GREY, lw=2, label="items drawn by lot")
    if line is not None:
        plots.edge(ax, line)
    if len(series) > 1 or by_chance is not None:
        ax.legend()
    for name, axis in (("x", ax.xaxis), ("y", ax.yaxis)):
        if name in percent:
            axis.set_major_formatter(lambda value, _: f"{value:.0%}")
    return ax


def reach(points: dict):
    """What lists bring to the catalogue by what they cost, two panels: films shown to anybody, films that reach ten.

    points: {method: [(share of NDCG lost, films shown to anybody over plain lists', the same of ten people)]}, the last
    an Estimate. Returns the axes, (2,).
    """
    import matplotlib.pyplot as plt
    from matplotlib.ticker import MultipleLocator

    plots.style()
    axes = plt.subplots(1, 2, figsize=(8.4, 3.7))[1]
    titles = ("shown to anybody", "shown to ten people or more")
    for color, (name, held) in zip((plots.BLUE, plots.ORANGE), points.items(), strict=True):
        lost, anybody, ten = zip(*held, strict=True)
        axes[0].plot(lost, anybody, "o-", color=color, label=name, ms=5, lw=1.2)
        beside = [[each.value - each.low for each in ten], [each.high - each.value for each in ten]]
        axes[1].errorbar(lost, [each.value for each in ten], yerr=beside, fmt="o-", color=color, ms=5, lw=1.2)
    for ax, title in zip(axes, titles, strict=True):
        ax.axvline(0.05, color=plots.BLACK, ls="--", lw=1)
        ax.set(title=title, xlabel="share of NDCG@10 lost (dashed: 5%)", ylabel="films, × as many as plain lists")
        ax.xaxis.set_major_locator(MultipleLocator(0.05))
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes[0].legend()
    return axes


def chances(counted, told, draws: int):
    """Counted shares of a slot with 95% intervals, and the chances that were told, by rank. Returns the axes."""
    ax = plots.figure("Do counted shares lie on the told chances?", "candidate, by rank",
                      "chance of filling slot 1 (log)")
    rank = np.arange(1, len(counted) + 1)
    reach_ = 1.96 * np.sqrt(counted * (1 - counted) / draws)
    ax.errorbar(rank, counted, yerr=reach_, fmt="o", color=plots.BLUE, label="counted")
    ax.plot(rank, told, "_", ms=22, color=plots.ORANGE, label="your function")
    ax.set(yscale="log", ylim=(0.015, 1))
    ax.set_yticks([0.02, 0.05, 0.1, 0.2, 0.5, 1], ["0.02", "0.05", "0.1", "0.2", "0.5", "1"])
    ax.minorticks_off()
    ax.legend()
    return ax
