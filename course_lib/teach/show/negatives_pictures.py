"""Pictures of what negatives do: where training rests, what a log and people say, how log q drifts, the ceiling."""

from __future__ import annotations

import numpy as np

from course_lib.evidence.estimate import bootstrap, t_estimate
from course_lib.teach.show import plots


def at_rest(chance, plain, corrected):
    """Scores after training against what the formula says, a panel a loss. Returns the axes, (2,).

    chance: float (U, N), p(i | u). plain, corrected: float (U, N), scores at rest. All are centred for each user.
    """
    import matplotlib.pyplot as plt

    plots.style()
    axes = plt.subplots(1, 2, figsize=(8.4, 3.9))[1]
    log_p, log_q = np.log(chance), np.log(chance.mean(axis=0))
    likely = chance > 1 / (3 * chance.shape[1])                   # pairs that batches hold often enough to learn from
    popular = np.broadcast_to(log_q > np.quantile(log_q, 0.8), chance.shape)
    panels = ((plain, log_p - log_q, "without log q", "log p(i | u) − log q(i)"),
              (corrected, log_p, "your loss", "log p(i | u)"))
    for ax, (scores, says, title, label) in zip(axes, panels, strict=True):
        says = says - (chance * says).sum(axis=1, keepdims=True)
        for which, color, name in ((likely & ~popular, plots.BLUE, "other items"),
                                   (likely & popular, plots.ORANGE, "most popular fifth")):
            ax.plot(says[which], scores[which], ".", ms=3, color=color, label=name)
        ends = [says[likely].min(), says[likely].max()]
        ax.plot(ends, ends, color=plots.BLACK, lw=1, ls="--")
        ax.set(title=title, xlabel=f"{label}, nats", ylabel="score after training, nats")
    axes[0].legend(markerscale=3)
    return axes


def log_and_people(powers, log, people):
    """What a change adds to recall on the log and to what people get, by the power of the policy. Returns the axes."""
    ax = plots.lines(powers, {"log": log, "truth": people}, "What does logQ add, by the policy that wrote the log?",
                     "power with which the log's policy follows clicks", "gain from logQ, with 95% interval")
    ax.axhline(0, color=plots.GREY, lw=1)
    ax.legend(ax.lines[:2], ["recall@20 on the log", "true satisfaction, share of the best"])
    return ax


def strength(strengths, says: dict, s: float):
    """Recall on the log and worth to people, relative to their best, by the weight of log popularity; s is marked.

    says: {"log", "truth", "median"}: float (S,), the last one the median clicks of what is shown. Returns the axes.
    """
    at = int(np.argmin(abs(strengths - s)))
    ax = plots.figure(f"At s = {strengths[at]:g} the median item shown had {says['median'][at]:.0f} clicks",
                      "s, weight of log popularity", "relative to its own best", height=3.4)
    for name, label in (("log", "recall@20 on the log"), ("truth", "true satisfaction")):
        line = np.array(says[name]) / max(says[name])
        best = strengths[line.argmax()]
        ax.plot(strengths, line, marker="o", color=plots.color(name), label=f"{label}, best at {best:g}")
        ax.plot(strengths[at], line[at], "o", ms=13, mfc="none", color=plots.color(name))
    ax.legend()
    return ax


def by_start(counts, errors: dict):
    """Error of a stream's log q for each item, by its events. counts: float (n,). errors: {start: (n,)}, nats."""
    ax = plots.figure("One pass: how far is log q from the count?", "events of the item (log)", "error, nats")
    for (name, error), color in zip(errors.items(), plots.CYCLE[1::-1], strict=False):
        far = np.sqrt(np.mean(error**2))
        ax.plot(counts, error, ".", ms=4, color=color, label=f"start {name}: {far:.2f} nats")
    ax.axhline(0, color=plots.GREY, lw=1)
    ax.set_xscale("log")
    ax.legend(title="root mean square")
    return ax


def drifting(errors: dict):
    """Mean error of log q for each way of knowing it, with Student's interval over dates. errors: {way: (dates,)}."""
    means = {way: t_estimate(held.mean(), held.std(ddof=1) / np.sqrt(len(held)), len(held), len(held) - 1)
             for way, held in errors.items()}
    paint = {way: plots.ORANGE if "alpha" in way else plots.BLUE for way in means}
    return plots.bars(means, "How far is log q from the four weeks to come?", "error, nats; interval over dates",
                      colors=paint, fmt="{:.2f}")


def strata(recalled: dict):
    """Recall with and without log q in each stratum. recalled: {model: table (users, strata)}. Returns the axes.

    A user without held-out items of a stratum (NaN) does not count there.
    """
    table = {}
    for model, by_stratum in recalled.items():
        for stratum in by_stratum:
            table[f"{stratum}, {model}"] = bootstrap(by_stratum[stratum].dropna().to_numpy(), n_boot=300)
    paint = {key: plots.color("no_logq" if "without" in key else "logq") for key in table}
    return plots.bars(dict(sorted(table.items())), "Where does logQ gain, in the head or in the tail?",
                      "recall@20 within the stratum", colors=paint, fmt="{:.2f}")


def ceiling(reached: dict, needed: dict):
    """Share of held-out events among the first candidates, by their share of the catalogue. Returns the axes.

    reached: {name: float (events,)}, the rank of each event as a share. needed: {name: Estimate} for nine tenths.
    """
    shares = np.geomspace(0.005, 1, 40)
    ax = plots.figure("What lies above the curve, no ranker recovers", "candidates, as a share of the catalogue (log)",
                      "share of held-out events among them")
    for name, share in reached.items():
        ax.plot(shares, [(share <= cut).mean() for cut in shares], color=plots.color(name), label=name)
        ax.plot([needed[name].low, needed[name].high], [0.9, 0.9], color=plots.color(name), lw=5, alpha=0.4)
    ax.axhline(0.9, color=plots.GREY, lw=1, ls="--")
    ax.set(xscale="log", ylim=(0, 1.02))
    ax.legend()
    return ax
