"""Pictures of rankers: who sorted the log, numbers against worth, calibration, fronts, milliseconds, chains."""

from __future__ import annotations

import numpy as np

from course_lib.evidence.estimate import bootstrap, paired
from course_lib.evidence.rival_numbers import agreement
from course_lib.stages.ranking.calibrate import reliability
from course_lib.stages.ranking.remedies import FIXED
from course_lib.teach.show import plots

SPOKEN = {FIXED: "position as a column, held at 1", "weights": "clicks weighed by 1 / chance of a look"}
NAMED = (0, 1, 2, 4)          # weights that stand beside their points: the others lie too close together

def who_sorted(rate: dict, looks):
    """Clicks a showing by position for each log, beside the chance of a look, scaled to the first log. → the axes.

    rate: {log: float (K,)}. looks: float (K,).
    """
    place = np.arange(1, len(looks) + 1)
    first = np.asarray(next(iter(rate.values())), float)
    drawn = {**rate, "chance of a look, scaled": looks * first[0] / looks[0]}
    return plots.lines(place, drawn, "Where do clicks fall faster than attention?", "position", "clicks a showing",
                       logy=True)


def remedies(tastes, gain: dict):
    """What each remedy for position adds to worth, by who sorted the log. gain: {remedy: Estimates}. → the axes."""
    drawn = {SPOKEN.get(name, name): held for name, held in gain.items()}
    ax = plots.lines(tastes, drawn, "What is a remedy for position worth, by who sorted the log?",
                     "correlation of the log's order with what people like",
                     "worth gained over ignoring position,\nshare of the best")
    ax.axhline(0, color=plots.BLACK, lw=1)
    return ax


def number_and_worth(tables: dict, column: int, name: str):
    """Each rival's number against its worth, a panel a log, with the share of pairs in order. → the axes, (logs,).

    tables: {log: float (rivals, numbers + 1)}, worth last. column: which number.
    """
    import matplotlib.pyplot as plt

    plots.style()
    axes = np.atleast_1d(plt.subplots(1, len(tables), figsize=(8.4, 3.4), sharey=True)[1])
    for ax, (log, table) in zip(axes, tables.items(), strict=True):
        said, worth = table[:, column], table[:, -1]
        ax.plot(said, worth, "o", color=plots.BLUE, alpha=0.7)
        ax.set(title=f"{log}: {agreement(table[:, [column, -1]]):.0%} of pairs in order", xlabel=name)
        ax.locator_params(axis="x", nbins=5)
    axes[0].set_ylabel("worth, share of the best")
    return axes


def pairs_in_order(shares: dict, random: str = "random"):
    """Share of pairs of rankers that a number puts in order, with a coin's line. shares: {name: Estimate}. → axes."""
    colors = {name: plots.BLUE if random in name else plots.ORANGE for name in shares}
    ax = plots.bars(shares, "Which number puts rankers in the order of their worth?",
                    "share of pairs in order (95%, resampling the seven draws)", fmt="{:.0%}", colors=colors)
    ax.axvline(0.5, color=plots.BLACK, lw=1)
    return ax


def differences(gains: dict, title: str, xlabel: str, colors: dict | None = None):
    """Bars of differences around 0, with room for their labels. gains: {name: Estimate}. → the axes."""
    ax = plots.bars(gains, title, xlabel, fmt="{:+.3f}", colors=colors)
    ax.axvline(0, color=plots.BLACK, lw=1)
    low, high = min(0, *(one.low for one in gains.values())), max(0, *(one.high for one in gains.values()))
    ax.set_xlim(low - 0.1 * (high - low), high + 0.25 * (high - low))
    ax.locator_params(axis="x", nbins=6)
    return ax


def by_log(gains: dict, title: str, xlabel: str):
    """Bars of differences, blue for the log that was sorted by title. gains: {name: Estimate}. → the axes."""
    spoken = {name.replace("relevance", "taste").replace("position fixed", "position held at 1"): one
              for name, one in gains.items()}
    colors = {name: plots.BLUE if "title" in name else plots.ORANGE for name in spoken}
    return differences(spoken, title, xlabel, colors)


def came_true(said: dict, happened):
    """Reliability curves in bins of equal counts. said: {name: float (n,)}; happened: 0/1 (n,). → the axes."""
    ax = plots.figure("What was predicted, and what came true?", "predicted chance of a click",
                      "share clicked (95%, each row by itself)", height=3.6)
    ax.plot([0, 0.9], [0, 0.9], color=plots.GREY, lw=1, ls="--")
    for index, (name, chance) in enumerate(said.items()):
        curve = reliability(chance, happened, bins=8, by="count")
        spread = [curve["observed"] - curve["observed_low"], curve["observed_high"] - curve["observed"]]
        ax.errorbar(curve["predicted"], curve["observed"], yerr=np.maximum(spread, 0), marker="o", capsize=2,
                    color=plots.CYCLE[index], label=name)
    ax.legend(loc="upper left")
    return ax


def slices(ratios: dict):
    """Mean prediction over what happened, a point a slice. ratios: {slice: Estimate}. → the axes."""
    ax = plots.figure("For whom does the probability come true?", "mean prediction over share clicked (95%)",
                      height=1.2 + 0.36 * len(ratios))
    for place, one in zip(range(len(ratios))[::-1], ratios.values(), strict=True):
        ax.plot([one.low, one.high], [place, place], color=plots.BLUE, lw=2)
        ax.plot(one.value, place, "o", color=plots.BLUE)
    ax.set_yticks(range(len(ratios))[::-1], list(ratios))
    ax.axvline(1, color=plots.BLACK, lw=1)
    return ax


def two_goals(fronts: dict, weights, here, weight: float):
    """Fronts of clicks and satisfied clicks over the weight; `here` (2,) is marked. fronts: {name: (W, 2)}. → axes."""
    ax = plots.figure(f"Weight {weight:g}: {here[0]:.1%} of the clicks, {here[1]:.1%} of the satisfied ones",
                      "clicks earned, share of best", "satisfied clicks earned, share of best")
    for (name, points), color in zip(fronts.items(), (plots.BLUE, plots.GREY), strict=False):
        ax.plot(*points.T, "-o", color=color, ms=4, label=f"{name} chances")
        for held, point in zip(weights, points, strict=True):
            if held in NAMED:
                ax.annotate(f"{held:g}", point, xytext=(5, 4), textcoords="offset points", color=color)
    ax.plot(*here, "o", ms=12, color=plots.BLUE, alpha=0.6)
    ax.legend()
    ax.margins(0.12)
    return ax


def milliseconds(slow: dict, budget: float, most: int):
    """99th percentiles by number of candidates. slow: {candidates: (processor ms, wall ms)}. → the axes."""
    processor, wall = zip(*slow.values(), strict=True)
    ax = plots.lines(list(slow), {"99th percentile, processor": processor, "99th percentile, wall": wall},
                     f"{most:,} candidates fit {budget:g} ms of this processor; tried up to {max(slow):,}",
                     "candidates of one request", "ms a request", logx=True, logy=True)
    ax.axhline(budget, color=plots.RED, lw=1, ls="--", label="budget")
    ticks = [1, 2, 5, 10, 20, 50]
    ax.set_xticks(list(slow), list(slow))
    ax.set_yticks(ticks, ticks)
    ax.minorticks_off()
    ax.legend()
    return ax


def leverage(trees: dict, candidates: dict):
    """Worth by size of the model and by number of candidates, a panel each, one axis of worth. → the axes, (2,).

    trees, candidates: {number: Estimate}.
    """
    import matplotlib.pyplot as plt

    plots.style()
    axes = plt.subplots(1, 2, figsize=(8.4, 3.4), sharey=True)[1]
    for ax, held, name in ((axes[0], trees, "trees, at 40 candidates"),
                           (axes[1], candidates, "candidates, at 40 trees")):
        plots.lines(list(held), {"worth": list(held.values())}, f"Worth by {name.split(',')[0]}", name,
                    ax=ax, logx=True)
        ax.set_xticks(list(held), list(held))
        ax.minorticks_off()
    axes[0].set_ylabel("worth, share of the best of 40")
    return axes


def what_is_lost(lost: dict, asked: dict):
    """Worth lost without a group of features, by the share of sessions with an intent. → the axes.

    lost: {share: {what is missing: float (R,)}}. asked: {share: int (R,), who asked}.
    """
    names = next(iter(lost.values()))
    drawn = {f"without {name}": [bootstrap(held[name], groups=asked[share]) for share, held in lost.items()]
             for name in names}
    ax = plots.lines(list(lost), drawn, "What is lost without the session, or without the history?",
                     "share of sessions with an intent of their own", "worth lost after a click, share of the best")
    ax.axhline(0, color=plots.BLACK, lw=1)
    return ax


def against(recall: dict, rival: str, title: str):
    """How much more than the rival each finds, paired by people. recall: {name: float (people,)}. → the axes."""
    gain = {name: paired(values, recall[rival]) for name, values in recall.items() if name != rival}
    colors = dict.fromkeys(gain, plots.SKY) | {"the whole chain": plots.BLUE, "sources, blended": plots.GREY}
    return differences(gain, title, f"recall@10 less {rival}'s {recall[rival].mean():.3f}, paired by people", colors)
