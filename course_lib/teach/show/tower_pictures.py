"""Pictures of two towers: who is pushed by a softmax, losses in a grid, what a width holds, and what recency brings."""

from __future__ import annotations

import numpy as np

from course_lib.evidence.estimate import bootstrap, paired
from course_lib.stages.retrieval.interest import Interest, found_tomorrow, made_log
from course_lib.teach.show import plots

MODELS = plots.COLORS | {"with recency": plots.RED}


def who_gets_pushed(temperature: float = 0.1):
    """How much of the gradient of one row falls on its hardest negatives, at one temperature. Returns the Axes."""
    cosines = np.sort(np.random.default_rng(0).normal(0, 0.25, 255).clip(-1, 1))[::-1]
    weight = np.exp((cosines - cosines.max()) / temperature)
    so_far = np.cumsum(weight / weight.sum())
    half = int(np.searchsorted(so_far, 0.5)) + 1
    ax = plots.figure(f"Temperature {temperature:.2f}: {half} of 255 negatives get half of the push",
                      "negatives counted, hardest first", "their share of the gradient")
    ax.fill_between(np.arange(1, 256), so_far, step="mid", color=plots.color("two_tower"), alpha=0.7)
    ax.plot([half, half, 0], [0, 0.5, 0.5], color=plots.color("truth"), linestyle="--", linewidth=1)
    ax.set(xlim=(0, 256), ylim=(0, 1.02))
    return ax


def side_by_side(panels: dict, xlabel: str, colors: dict | None = None):
    """Bars with intervals over users, a panel each on one axis. panels: {title: {name: float (U,)}}. → the axes."""
    import matplotlib.pyplot as plt

    plots.style()
    most = max(len(values) for values in panels.values())
    alike = len({tuple(values) for values in panels.values()}) == 1
    size = (4.4 * len(panels), 1.4 + 0.34 * most)
    axes = plt.subplots(1, len(panels), figsize=size, sharex=True, sharey=alike, layout="constrained")[1]
    for ax, (title, values) in zip(np.atleast_1d(axes), panels.items(), strict=True):
        paint = colors or dict.fromkeys(values, plots.color("two_tower"))
        drawn = {name: bootstrap(one[~np.isnan(one)]) for name, one in values.items()}
        plots.bars(drawn, title, xlabel, ax=ax, colors=paint)
    return axes


def by_rank(cut: dict, whole: dict):
    """Recall lost when EASE is cut to a rank. cut: {table: {rank: float (U,)}}. whole: {table: float (U,)}. → Axes."""
    ax = plots.figure("How much of EASE does a dot product of this width hold?",
                      "rank of the item-item matrix, the width of a dot product (log)", "recall@20 minus whole EASE's")
    for (where, found), paint in zip(cut.items(), (plots.ORANGE, plots.BLUE), strict=False):
        ranks, lost = list(found), [paired(values, whole[where]) for values in found.values()]
        label = f"{where}: whole EASE {whole[where].mean():.3f}"
        ax.plot(ranks, [e.value for e in lost], "o-", color=paint, label=label)
        ax.fill_between(ranks, [e.low for e in lost], [e.high for e in lost], color=paint, alpha=0.18, linewidth=0)
    ax.axhline(0, color=plots.BLACK, linewidth=1)
    ax.set_xscale("log")
    ax.set_xticks(ranks, ranks)
    ax.minorticks_off()
    ax.legend(loc="lower right")
    return ax


def widths(recall: dict, ms: dict):
    """Recall by width, and the time of exact search. recall: {table: {d: float (U,)}}. ms: {d: ms}. → the axes."""
    import matplotlib.pyplot as plt

    plots.style()
    axes = plt.subplots(1, 2, figsize=(8.6, 3.3))[1]
    for (name, found), paint in zip(recall.items(), (plots.ORANGE, plots.BLUE), strict=False):
        drawn = [bootstrap(values) for values in found.values()]
        axes[0].plot(list(found), [e.value for e in drawn], "o-", color=paint, label=name.replace("_", " "))
        low, high = [e.low for e in drawn], [e.high for e in drawn]
        axes[0].fill_between(list(found), low, high, color=paint, alpha=0.18, linewidth=0)
    axes[0].set_title("What does a wider ALS find?")
    axes[0].set(xlabel="numbers an item (log)", ylabel="recall@20", xscale="log")
    axes[0].legend()
    axes[1].plot([4 * d for d in ms], list(ms.values()), "o-", color=plots.GREY)
    axes[1].set_title("… and what does exact search take?")
    axes[1].set(xlabel="bytes an item (4d)", ylabel="ms of one core, 50,000 items", ylim=(0, None))
    axes[0].set_xticks(list(ms), list(ms))
    axes[0].minorticks_off()
    return axes


def what_decides(half_lives=(4, 16, 64, 256), own=(0.4, 0.9), seeds=(1, 2)):
    """Recall of a chart, of taste, and of taste with recency, by how fast interest fades, for two shares of own taste.

    Returns the axes, one for each share in `own`.
    """
    import matplotlib.pyplot as plt

    plots.style()
    axes = plt.subplots(1, len(own), figsize=(8.6, 3.3), sharey=True)[1]
    paint = {"chart": plots.BLACK, "taste": plots.BLUE, "taste and recency": plots.RED}
    for ax, share in zip(np.atleast_1d(axes), own, strict=True):
        logs = {days: [made_log(Interest(days, share), seed) for seed in seeds] for days in half_lives}
        for rule, color in paint.items():
            runs = np.array([[np.nanmean(found_tomorrow(log, rule, 3.0)) for log in logs[days]] for days in half_lives])
            ax.plot(half_lives, runs.mean(axis=1), "o-", color=color, label=rule)
            ax.fill_between(half_lives, runs.min(axis=1), runs.max(axis=1), color=color, alpha=0.18, linewidth=0)
        ax.set_title(f"{share:.0%} of takes are of one's own group", fontsize=10)
        ax.set(xlabel="days in which interest halves (log)", xscale="log")
        ax.set_xticks(half_lives, half_lives)
        ax.minorticks_off()
    np.atleast_1d(axes)[0].set_ylabel("recall@20 of the next week")
    np.atleast_1d(axes)[0].legend()
    return axes


def one_users_time(ms):
    """Histogram of the time that a user's vector takes. ms: float (R,). Returns the Axes."""
    p99 = np.percentile(ms, 99)
    ax = plots.figure(f"A user vector takes {p99:.2f} ms of a core at the 99th percentile",
                      "ms of one core, one user at a time (log)", "users")
    ax.hist(ms, bins=np.geomspace(ms.min(), ms.max(), 40), color=plots.color("two_tower"))
    ax.axvline(p99, color=plots.color("truth"), linestyle="--")
    ax.set_xscale("log")
    return ax
