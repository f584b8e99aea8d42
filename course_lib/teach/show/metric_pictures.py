"""Pictures of what metrics say: who finds hits, how rivals are ordered, what the gap is made of, who saves users."""

from __future__ import annotations

import numpy as np

from course_lib.evidence.estimate import bootstrap
from course_lib.evidence.one_slot import rms
from course_lib.teach.show import plots

TRUTHS = {"clicks": "click", "satisfied clicks": "satisfaction", "clicks a week later": "world"}


def _dots(rows: dict, title, xlabel, paint, *, width=plots.WIDTH, height=3.6, step=0.18):
    """Points with intervals, a row a key of `rows`, a colour a key of its dicts {row: {series: Estimate}}."""
    ax = plots.figure(title, xlabel, width=width, height=height)
    for place, values in enumerate(rows.values()):
        for nth, (name, e) in enumerate(values.items()):
            y = place + step * (nth - (len(values) - 1) / 2)
            ax.errorbar(e.value, y, xerr=[[e.value - e.low], [e.high - e.value]], fmt="o", color=paint(name),
                        label=name.replace("_", " ") if place == 0 else None)
    ax.set_yticks(range(len(rows)), list(rows))
    ax.invert_yaxis()
    return ax


def strata(found: dict, seed: int = 0):
    """Recall@20 within the head, middle and tail. found: {model: table (users, strata)}. Returns the axes."""
    rows = {stratum: {name: bootstrap(by[stratum].dropna(), seed=seed)
                      for name, by in found.items()} for stratum in ("head", "middle", "tail")}
    ax = _dots(rows, "Who finds the hits, and who the tail?", "recall@20 within the stratum", plots.color)
    ax.legend()
    return ax


def favourite(table, metric: str, outcome: str):
    """Each rival by a metric and by the truth; the metric's choice and the best are named. table: a row a rival."""
    ax = plots.figure("Does the log's favourite deserve it?", f"{metric}, held out",
                      f"true {outcome} a person and slate")
    for index, (variant, part) in enumerate(table.groupby(level="variant", sort=False)):
        ax.plot(part[metric], part[outcome], "o", color=plots.color(variant, index), label=variant)
    picks = (("chosen by the log", table[metric].idxmax(), "s"), ("best in truth", table[outcome].idxmax(), "o"))
    for label, rival, mark in picks:
        ax.plot(*table.loc[rival, [metric, outcome]], mark, ms=12, mfc="none", color=plots.BLACK,
                label=f"{label}:\n{rival[0]}, {rival[1]}")
    ax.margins(0.15)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=9)
    return ax


def orders(agreements: dict):
    """Rank correlations with three truths. agreements: {metric: {truth: Estimate}}. Returns the axes."""
    ax = _dots(agreements, "How does each offline metric order the rivals?",
               "rank correlation with the truth, over rivals", lambda name: plots.color(TRUTHS[name]), height=4)
    ax.axvline(0, color="#333333", lw=1)
    ax.legend(fontsize=8.5, loc="upper left", bbox_to_anchor=(0, -0.14), ncols=3, title="true …", title_fontsize=8.5)
    return ax


def gap(shares: dict):
    """What stands between the log's agreement with the truth and 1, part by part.

    shares: {service: what gap_parts.shares says}. Returns the axes.
    """
    parts = list(next(iter(shares.values())))
    rows = {("left: recall on its own log" if part == "left" else part): {
        name: held[part] for name, held in shares.items()} for part in parts}
    names = list(shares)
    ax = _dots(rows, "What is the gap made of?", "part of a rank correlation of 1",
               lambda name: plots.CYCLE[names.index(name)], width=8.4, height=4)
    ax.axvline(0, color="#333333", lw=1)
    ax.legend(fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def sorted_logs(by_power: dict):
    """Agreement with the truth of two logs, by how steeply the service sorts.

    by_power: {power: ([own log, random slots, …] as Estimates, showings of the most shown tenth as a share)}.
    """
    powers = list(by_power)
    lines = {name: [by_power[power][0][which] for power in powers] for which, name in enumerate(("log", "truth"))}
    ax = plots.lines(powers, lines, "How far can a log be trusted that was sorted by popularity?",
                     "power of the clicks by which the service sorts (below: what the most shown tenth gets)",
                     "rank correlation with the truth")
    ax.axhline(0, color="#333333", lw=1)
    ax.set_xticks(powers, [f"{power:g}\n{by_power[power][1]:.0%}" for power in powers])
    ax.legend(ax.lines[:2], ["recall on the service's own clicks", "recall on random slots"], loc="lower left")
    return ax


def cost_of_clicks(baits, by_bait: dict):
    """Satisfied clicks lost by choosing by the log, and by true clicks. by_bait: {bait: (Estimate, Estimate)}."""
    lines = {"log": [by_bait[bait][0] for bait in baits], "truth": [by_bait[bait][1] for bait in baits]}
    ax = plots.lines(baits, lines, "What does choosing by clicks cost in satisfaction?",
                     "strength of clickbait (1: as this world usually has it)", "satisfied clicks lost")
    plots.edge(ax, 0.02)
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
    ax.legend(ax.lines[:2], ["chosen by recall on the usual log", "chosen by true clicks"])
    return ax


def errors_by_size(table, value: float):
    """RMS error of estimators by the size of the log; table: Estimates, a row an estimator, a column a size."""
    sizes = list(table.columns)
    ax = plots.lines(sizes, {name: list(table.loc[name]) for name in table.index},
                     "More log cures noise; it does not cure bias", "logged decisions", "RMS error, clicks a request",
                     logx=True, logy=True)
    ax.set_xticks(sizes, [f"{n:,}" for n in sizes])
    ax.minorticks_off()
    marks = [tick for tick in (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2) if ax.get_ylim()[0] < tick < 2 * value]
    ax.set_yticks(marks, [f"{tick:g}" for tick in marks])
    ax.axhline(value, color="#333333", ls=":", lw=1)
    ax.annotate("the true value itself", (sizes[-1], value), xytext=(0, 4), textcoords="offset points", fontsize=9,
                ha="right")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=9)
    return ax


def decisions_needed(items: int = 100, click_rate: float = 0.01):
    """Relative error of IPS by the size of a uniform log, for a target that always shows one item. → the Figure.

    One decision in `items` matches and weighs `items`, so the error is √((items / click_rate − 1) / decisions).
    """
    decisions = np.geomspace(1e3, 1e9, 61)
    needed = (items / click_rate - 1) / 0.05**2
    ax = plots.figure(f"Known to ± 5%: after {float(f'{needed:.2g}'):,.0f} decisions", "logged decisions (log)",
                      "standard error, of the value (log)", height=3.4)
    logs = (("the target's own log", 1, "truth"), (f"a uniform log of {items:,} items", items, "log"))
    for name, choices, paint in logs:
        error = np.sqrt((choices / click_rate - 1) / decisions)
        ax.plot(decisions, error, color=plots.color(paint), label=name)
    ax.axhline(0.05, color="#333333", ls=":", lw=1)
    ax.set(xscale="log", yscale="log", ylim=(0.001, 10))
    ax.set_yticks([0.01, 0.1, 1], ["1%", "10%", "100%"])
    ax.legend(loc="upper right")
    return ax.figure


def self_normalising(ratios: dict, real: float | None):
    """RMS error of SNIPS over IPS by click rate. ratios: {rate: Estimate}. real: the click rate of a real log."""
    ax = plots.lines(list(ratios), {"treatment": list(ratios.values())},
                     "What does self-normalising buy, by click rate?", "click rate under the logger, log scale",
                     "RMS error, SNIPS over IPS", logx=True)
    ax.axhline(1, color="#333333", lw=1)
    plots.edge(ax, 0.9)
    ax.set_xticks(list(ratios), [f"{100 * rate:g}%" for rate in ratios])
    ax.minorticks_off()
    ax.set_ylim(0)
    if real is not None:
        ax.axvline(real, color=plots.color("open_bandit"), lw=1)
        ax.annotate("Open Bandit", (real, 0.05), xytext=(4, 0), textcoords="offset points", fontsize=9)
    return ax


def catalogues(far: dict):
    """RMS error of IPS by the number of actions, a line a distance. far: {distance: {actions: errors (n, 2)}}."""
    actions = list(next(iter(far.values())))
    ax = plots.lines(actions, {f"distance {d:g}": [rms(off[:, 0]) for off in held.values()] for d, held in far.items()},
                     "Does the catalogue make the error grow, or the distance?", "actions to choose from",
                     "RMS error, share of the true value", logx=True, logy=True)
    ax.set_xticks(actions, [f"{n:,}" for n in actions])
    ax.set_yticks([0.05, 0.1, 0.2], ["5%", "10%", "20%"])
    ax.minorticks_off()
    return ax


def groups(grouped: dict):
    """RMS error of IPS and MIPS at most actions, by the item's own share. grouped: {own: {actions: errors (n, 2)}}."""
    lines = {name: [rms(held[max(held)][:, which]) for held in grouped.values()]
             for which, name in enumerate(("IPS", "MIPS"))}
    ax = plots.lines(list(grouped), lines, "Do weights by group help with 1,000 actions?",
                     "share of the click chance that is the item's own", "RMS error, share of the true value")
    ax.set_ylim(0)
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
    return ax


def calibrated(says: dict):
    """Predicted over observed clicks. says: {map: {slice: Estimate}}. Returns the axes."""
    names = list(says)
    rows = {which: {name: says[name][which] for name in names} for which in says[names[0]]}
    ax = _dots(rows, "Are the probabilities probabilities?", "predicted clicks over observed clicks",
               lambda name: plots.CYCLE[names.index(name)], width=8.4, height=3.2)
    ax.axvline(1, color="#333333", lw=1)
    ax.legend(fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def saved(by_requests: dict, seed: int = 0):
    """How many times fewer users interleaving needs. by_requests: {requests a person: float (pairs, 3)}."""
    ax = plots.figure("How many times fewer users does interleaving need?", "requests a person makes during the test",
                      "× fewer users, log scale")
    for column, label, paint in ((0, "than a plain A/B test", "bad"), (1, "than one with CUPED", "good")):
        place = np.arange(len(by_requests)) + 0.12 * (2 * column - 1)
        for x, pairs in zip(place, by_requests.values(), strict=True):
            ax.plot(np.full(len(pairs), x), pairs[:, column], ".", ms=4, alpha=0.3, color=plots.color(paint))
        middle = [bootstrap(pairs[:, column], np.median, seed=seed) for pairs in by_requests.values()]
        error = np.array([[e.value - e.low, e.high - e.value] for e in middle]).T
        ax.errorbar(place, [e.value for e in middle], yerr=error, fmt="D-", color=plots.color(paint), label=label)
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter("{x:,.0f}")
    ax.axhspan(10, 100, color="#333333", alpha=0.08, lw=0)
    ax.set_xticks(range(len(by_requests)), list(by_requests))
    ax.legend(title=f"diamonds: median of {len(pairs)} pairs", fontsize=9)
    return ax


def luck(sizes, gains: dict):
    """What the best of many equals gains, by the users it was chosen on. gains: {"bad": [...], "good": [...]}."""
    ax = plots.lines(sizes, gains, "The best of twenty looks better than it is", "users in the test",
                     "gain over the mean of the twenty", logx=True)
    ax.set_xticks(sizes, [f"{n:,}" for n in sizes])
    ax.minorticks_off()
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
    ax.legend(ax.lines[:2], ["on the users it was chosen by", "on the others"])
    return ax
