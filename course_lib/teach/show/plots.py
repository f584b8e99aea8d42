"""How figures look in all lessons: one style, one colour for each thing, uncertainty drawn.

Colours are Okabe and Ito's, safe for the colour-blind. matplotlib is loaded at the first call.
"""

from __future__ import annotations

import numpy as np

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, RED, PINK, GREY = "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#7F7F7F"
COLORS = {
    "popularity": GREY, "recent_popularity": BLACK, "item_knn": YELLOW, "ease": GREEN, "als": SKY, "two_tower": BLUE,
    "bpr": PINK, "info_nce": ORANGE, "no_logq": ORANGE, "logq": BLUE, "mixed": GREEN, "hard": RED,
    "truth": BLACK, "log": ORANGE, "control": GREY, "treatment": BLUE, "expected": SKY,
    "world": BLUE, "ml100k": ORANGE, "movietweetings": GREEN, "online_retail": SKY, "open_bandit": PINK,
    "upworthy": RED,
    "flat": BLACK, "hnsw": BLUE, "ivf_flat": GREEN, "ivf_pq": ORANGE, "opq_ivf_pq": RED, "ivf_pq_refine": PINK,
    "click": ORANGE, "satisfaction": GREEN, "retention": BLUE, "margin": PINK,
    "good": GREEN, "bad": RED, "unsure": ORANGE, "feed": BLUE, "marketplace": ORANGE,
    "1.96 each day": RED, "one look": BLUE, "O'Brien-Fleming": ORANGE, "Pocock": PINK, "always valid": GREEN,
}
CYCLE = (BLUE, ORANGE, GREEN, RED, PINK, SKY, BLACK, YELLOW)
WIDTH, HEIGHT = 7.2, 3.6
FEW = 8                         # values that a logarithmic axis can name one by one


def color(name: str, index: int = 0) -> str:
    """The colour of a thing, the same in every lesson; for a name not in COLORS, the index-th of the cycle."""
    return COLORS.get(str(name), CYCLE[index % len(CYCLE)])


def style() -> None:
    """Set the course's style for all figures that follow. Call once, in a lesson's first cell."""
    import matplotlib as mpl

    mpl.rcParams.update({
        "figure.figsize": (WIDTH, HEIGHT), "figure.dpi": 100, "savefig.dpi": 100, "figure.constrained_layout.use": True,
        "font.size": 10.5, "axes.titlesize": 12, "axes.titleweight": "bold", "axes.titlelocation": "left",
        "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.alpha": 0.25,
        "axes.prop_cycle": mpl.cycler(color=CYCLE), "legend.frameon": False, "lines.linewidth": 2,
    })


def figure(title: str, xlabel: str = "", ylabel: str = "", *, width: float = WIDTH, height: float = HEIGHT, ax=None):
    """Axes with a title that states the finding, and labelled axes. Returns the Axes; `.figure` is its figure."""
    import matplotlib.pyplot as plt

    style()
    ax = ax if ax is not None else plt.subplots(figsize=(width, height))[1]
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    return ax


def _ends(value):
    """(value, low, high) of an Estimate, a (value, low, high) tuple or a plain number."""
    if hasattr(value, "low") and hasattr(value, "value"):
        return float(value.value), float(value.low), float(value.high)
    if isinstance(value, (tuple, list)):
        return tuple(float(v) for v in value)
    return float(value), np.nan, np.nan


def bars(values: dict, title: str, xlabel: str = "", *, ax=None, colors: dict | None = None, fmt: str = "{:.3g}"):
    """Horizontal bars with intervals. values: name -> number, Estimate or (value, low, high). Returns the Axes."""
    ax = figure(title, xlabel, ax=ax, height=1.3 + 0.36 * len(values))
    ends = np.array([_ends(value) for value in values.values()]).reshape(-1, 3)
    middle, low, high = ends.T
    place = np.arange(len(values))[::-1]
    paint = [(colors or {}).get(name, color(name, i)) for i, name in enumerate(values)]
    ax.barh(place, middle, color=paint, height=0.65)
    drawn = np.isfinite(low)
    ax.errorbar(middle[drawn], place[drawn], xerr=[(middle - low)[drawn], (high - middle)[drawn]], fmt="none",
                ecolor="#333333", capsize=3)
    for y, value, top in zip(place, middle, np.where(drawn, high, middle), strict=True):
        ax.annotate(fmt.format(value), (max(value, top, 0), y), xytext=(5, 0), textcoords="offset points", va="center")
    ax.set_yticks(place, [str(name).replace("_", " ") for name in values])
    ax.grid(axis="y", visible=False)
    ax.margins(x=0.14)
    return ax


def lines(x, series: dict, title: str, xlabel: str = "", ylabel: str = "", *, ax=None, logx=False, logy=False,
          marker="o"):
    """Lines with bands. series: name -> list of numbers, or of Estimates / (value, low, high). Returns the Axes.

    On a logarithmic x a few values close together are its ticks: matplotlib's own labels would lie upon one another.
    """
    ax = figure(title, xlabel, ylabel, ax=ax)
    for index, (name, values) in enumerate(series.items()):
        middle, low, high = np.array([_ends(value) for value in values]).T
        ax.plot(x, middle, marker=marker, color=color(name, index), label=str(name).replace("_", " "))
        if np.isfinite(low).any():
            ax.fill_between(x, low, high, color=color(name, index), alpha=0.18, linewidth=0)
    if logx:
        ax.set_xscale("log")
        drawn = np.unique(np.concatenate([line.get_xdata() for line in ax.lines]))
        if len(drawn) <= FEW and 0 < drawn[0] and drawn[-1] < 100 * drawn[0]:
            ax.set_xticks(drawn, [f"{value:,.6g}" for value in drawn])
            ax.minorticks_off()
    if logy:
        ax.set_yscale("log")
    if len(series) > 1:
        ax.legend()
    return ax


def edge(ax, level: float, text: str = "the claim's edge"):
    """A dashed line across at which a claim turns, named at its right end. Returns the Axes."""
    ax.axhline(level, color=BLACK, ls="--", lw=1)
    ax.annotate(text, (1, level), xycoords=("axes fraction", "data"), xytext=(-2, 3), textcoords="offset points",
                ha="right", fontsize=8.5)
    return ax


def by_rank(values, title: str, xlabel: str = "item, by popularity rank", ylabel: str = "", *, ax=None, log=True,
            name: str = "popularity"):
    """One value an item, drawn by rank as given. values: float (N,). Returns the Axes."""
    values = np.asarray(values, float)
    ax = figure(title, xlabel, ylabel, ax=ax)
    ax.plot(np.arange(1, len(values) + 1), values, ".", ms=3, color=color(name))
    if log:
        ax.set_xscale("log")
        if (values > 0).any():
            ax.set_yscale("symlog", linthresh=max(values[values > 0].min(), 1e-12))
    return ax


def front(points: dict, title: str, xlabel: str, ylabel: str, *, ax=None, logx=False, logy=False):
    """Points with names beside them, and their intervals. points: name -> (x, y), numbers or Estimates. → the Axes."""
    ax = figure(title, xlabel, ylabel, ax=ax)
    for index, (name, point) in enumerate(points.items()):
        (x, left, right), (y, low, high) = map(_ends, point)
        ax.plot([left, right], [y, y], color=color(name, index), lw=1.2, alpha=0.6)
        ax.plot([x, x], [low, high], color=color(name, index), lw=1.2, alpha=0.6)
        ax.plot(x, y, "o", ms=8, color=color(name, index))
        ax.annotate(str(name).replace("_", " "), (x, y), xytext=(6, 4), textcoords="offset points")
    if logx:
        ax.set_xscale("log")
    if logy:
        ax.set_yscale("log")
    ax.margins(0.15)
    return ax
