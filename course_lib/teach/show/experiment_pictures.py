"""Pictures of experiments: what is found, false alarms, looks, broken splits, interference, fading lifts."""

from __future__ import annotations

import numpy as np

from course_lib.evidence.aa_tests import EDGE
from course_lib.evidence.estimate import Estimate
from course_lib.evidence.experiment import SRM_ALARM, sample_size
from course_lib.evidence.group_sequential import edges, what_it_finds
from course_lib.evidence.interference import over_splits
from course_lib.teach.show import plots

LINE = "#333333"
Z_BOTH = 2.8015852181                                   # z at 97.5% and at 80%


def _percent(axis, signed=False):
    axis.set_major_formatter(lambda value, _: f"{value:+.0%}" if signed else f"{value:.0%}")


def smallest_effects(sizes, relative: dict, here: int):
    """Smallest relative effect against users an arm. relative: {metric: list}. here: users an arm of this service."""
    ax = plots.figure("How small an effect is found?", "users an arm (log)", "smallest effect, of the mean (log)")
    paint = {"clicks": "click", "requests": "retention", "reports": "bad"}
    for name, values in relative.items():
        ax.plot(sizes, values, "o-", color=plots.color(paint[name]), label=f"{name} a user")
    ax.axvline(here, color=LINE, ls=":", lw=1)
    ax.set(xscale="log", yscale="log")
    ax.set_yticks([0.01, 0.1, 1], ["1%", "10%", "100%"])
    ax.legend()
    return ax


def power_of(effect: float = 0.05, rho: float = 0.75, spread: float = 1.3):
    """Chance to find a relative effect against users an arm, without and with CUPED."""
    from scipy.stats import norm

    users = np.geomspace(300, 300_000, 60)
    need = {"plain": sample_size(spread, effect),
            f"CUPED, ρ = {rho:.2f}": sample_size(spread * np.sqrt(1 - rho**2), effect)}
    plain, less = need.values()
    ax = plots.figure(f"{effect:.0%} more: {plain:,} users an arm, or {less:,} with CUPED", "users an arm (log)",
                      "chance of finding it", height=3.2)
    for (name, n), paint in zip(need.items(), ("control", "good"), strict=True):
        ax.plot(users, norm.cdf(Z_BOTH * np.sqrt(users / n) - EDGE), color=plots.color(paint), label=name)
    ax.axhline(0.8, color=LINE, ls=":", lw=1)
    ax.set(xscale="log", ylim=(0, 1.02))
    ax.legend(loc="lower right")
    return ax


def distances(by_name: dict):
    """Differences in claimed standard errors of many A/A tests. by_name: {"bad" analysis: (T,), "good" one: (T,)}."""
    ax = plots.figure("One difference of click rates, two errors",
                      "difference, claimed standard errors (ends: beyond 10)", "A/A tests")
    cuts = np.linspace(-10, 10, 81)
    for (name, z), paint in zip(by_name.items(), ("bad", "good"), strict=True):
        ax.hist(z.clip(-10, 10), cuts, color=plots.color(paint), alpha=0.6, label=f"{name}: spread {z.std():.1f}")
    top = ax.get_ylim()[1]
    ax.vlines([-EDGE, EDGE], 0, top, color=LINE, ls=":", lw=1)
    ax.set_ylim(0, 1.35 * top)
    ax.legend(loc="upper left")
    return ax


def design_effects(effect: dict, alarm: dict):
    """Alarms against the design effect. effect: {impressions counted of each user: d}; alarm: {the same: Estimate}."""
    from scipy.stats import norm

    deff = np.geomspace(1, max(effect.values()) * 1.2, 50)
    ax = plots.figure("How often does a test of impressions ring?", "design effect d (log)", "A/A tests with an alarm")
    ax.plot(deff, 2 * norm.sf(EDGE / np.sqrt(deff)), color=LINE, lw=1, label="2 (1 − Φ(1.96 / √d))")
    for most, e in alarm.items():
        ax.errorbar(effect[most], e.value, yerr=[[e.value - e.low], [e.high - e.value]], fmt="o",
                    color=plots.color("bad"))
        if most in (min(alarm), 30, max(alarm)):
            name = "all" if most == max(alarm) else f"first {most}"
            aside = (-42, -3) if most == min(alarm) else (7, -8)
            ax.annotate(name, (effect[most], e.value), xytext=aside, textcoords="offset points", fontsize=9)
    ax.axhline(0.05, color=LINE, ls=":", lw=1)
    ax.set_xscale("log")
    ticks = [tick for tick in (1, 2, 3, 5, 10, 20) if tick <= deff[-1]]
    ax.set_xticks(ticks, map(str, ticks))
    ax.minorticks_off()
    ax.margins(x=0.2)
    _percent(ax.yaxis)
    ax.legend(loc="upper left")
    return ax


def alarms_of(found: dict):
    """False alarms of each analysis, sorted. found: {analysis: Estimate}."""
    ordered = dict(sorted(found.items(), key=lambda pair: pair[1].value))
    paint = {name: plots.color("good" if e.low <= 0.05 else "bad") for name, e in ordered.items()}
    ax = plots.bars(ordered, "Nothing to find: how often does each analysis ring?", "A/A tests with an alarm",
                    fmt="{:.1%}", colors=paint)
    ax.axvline(0.05, color=LINE, ls=":", lw=1)
    _percent(ax.xaxis)
    return ax


def ways(found: dict, truth: float, title: str, xlabel: str, fmt: str = "{:.2f}"):
    """What several ways of analysis report over many splits, against the truth. found: {way: float (splits,)}."""
    rows = {name: (np.mean(values), *np.quantile(values, [0.025, 0.975])) for name, values in found.items()}
    ax = plots.bars(rows, title, f"{xlabel} (whiskers: 95% of splits)", fmt=fmt,
                    colors=dict.fromkeys(rows, plots.color("treatment")))
    ax.axvline(truth, color=LINE, ls="--", lw=1)
    ax.annotate("truth", (truth, -0.45), xytext=(4, 0), textcoords="offset points", fontsize=9)
    return ax


def broken_weeks(weekly):
    """Share of tests with an alarm by week of an archive. weekly: table, index = week, columns share, warned."""
    ax = plots.figure("Where does the check of the split ring?", "week of the archive",
                      "share of tests with an alarm")
    for warned, paint, label in ((False, "control", "other weeks"), (True, "bad", "weeks its authors warn of")):
        place = np.flatnonzero(weekly["warned"] == warned)
        ax.bar(place, weekly["share"].iloc[place], color=plots.color(paint), label=label, width=0.9)
    ax.set_xticks(range(0, len(weekly), 20), [f"week {w % 100}\n{w // 100}" for w in weekly.index[::20]])
    _percent(ax.yaxis)
    ax.legend()
    return ax


def lost_users(gains, p):
    """Apparent gain where one arm loses its lightest users, by whether the split rings. gains, p: float (T,)."""
    ax = plots.figure("What does losing the lightest users look like?", "apparent gain in clicks a user", "A/A tests")
    cuts = np.linspace(gains.min(), gains.max(), 50)
    for rang, paint, label in ((False, "bad", "no alarm"), (True, "good", "split called broken")):
        ax.hist(gains[(p < SRM_ALARM) == rang], cuts, color=plots.color(paint), alpha=0.75, label=label)
    ax.axvline(0, color=LINE, lw=1)
    _percent(ax.xaxis, signed=True)
    ax.legend()
    return ax


def looking(returning, alarm: dict):
    """Alarms of ways of looking every day, by the share of users who come back. alarm: {way: list of Estimate}."""
    ax = plots.lines(returning, alarm, "Fourteen looks at nothing: how often does a day ring?",
                     "share of users who come back every day", "A/A tests with an alarm")
    ax.axhline(0.05, color=LINE, ls=":", lw=1)
    ax.set_ylim(0)
    _percent(ax.yaxis)
    return ax


def power_at_fourteen(rules, strengths=(0.5, 0.75, 1.0, 1.25, 1.5, 2.0), seed: int = 0):
    """Power, and days until a stop, of ways of looking, by the effect. strengths: over the one that one look finds."""
    import matplotlib.pyplot as plt

    plots.style()
    axes = plt.subplots(1, 2, figsize=(8.6, 3.6))[1]
    for index, rule in enumerate(rules):
        found = [what_it_finds(rule, Z_BOTH * strength, seed=seed) for strength in strengths]
        for ax, what in zip(axes, ("found", "mean look"), strict=True):
            ax.plot(strengths, [each[what] for each in found], marker="o", color=plots.color(rule, index),
                    label=rule)
    axes[0].axhline(0.8, color=LINE, ls=":", lw=1)
    across = "true effect (1: one look finds it in 80%)"
    axes[0].set(title="How often is it found?", xlabel=across, ylabel="power: share of tests that find it")
    axes[1].set(title="How soon?", xlabel=across, ylabel="mean day of the stop", ylim=(0, 15))
    axes[0].legend(fontsize=9)
    return axes


def bounds_of(rules, looks: int = 14):
    """Edges of ways of looking, by the look. Returns the axes."""
    ax = plots.figure("How far must a difference be to stop?", "look", "standard errors", height=3.0)
    for index, rule in enumerate(rules):
        edge = edges(rule, looks)
        ax.plot(np.arange(1, looks + 1), edge, marker="o", color=plots.color(rule, index), label=rule)
    ax.set_ylim(1.5, 8)
    ax.legend()
    return ax


def truth_and_test(found: dict, title: str, xlabel: str, ylabel: str, *, scarcer: bool = False):
    """The truth and what a test by users reports at each strength. found: {strength: (Estimate, reports (S,))}.

    scarcer: whether strengths fall from left to right, in logs.
    """
    lines = {"truth": [truth for truth, _ in found.values()],
             "treatment": [over_splits(reports) for _, reports in found.values()]}
    ax = plots.lines(list(found), lines, title, xlabel, ylabel, logx=scarcer)
    if scarcer:
        ax.invert_xaxis()
        ax.set_xticks(list(found), [f"{strength:,}" for strength in found])
        ax.minorticks_off()
    ax.lines[1].set_label("a test by users")
    ax.axhline(0, color=LINE, lw=1)
    _percent(ax.yaxis, signed=True)
    ax.legend()
    return ax


def units(truth: Estimate, by_unit: dict):
    """What one test by each unit reports. by_unit: {unit: (reports without noise (S,), half of one interval)}."""
    rows = {"truth": truth} | {f"by {unit}": (reports.mean(), reports.mean() - half, reports.mean() + half)
                               for unit, (reports, half) in by_unit.items()}
    paint = dict.fromkeys(rows, plots.color("treatment")) | {"truth": plots.color("truth")}
    ax = plots.bars(rows, "Which unit comes nearer, and how well does it know?",
                    "effect on clicks (whiskers: one test; truth: over people)", fmt="{:+.1%}", colors=paint)
    ax.axvline(float(truth), color=LINE, ls="--", lw=1)
    _percent(ax.xaxis)
    return ax


def first_and_third_week(strengths, first, third):
    """True lift of a change in its first and in its third week, by the strength of novelty. Lists of Estimate."""
    ax = plots.lines(strengths, {"bad": first, "good": third}, "Does the first week tell what the third brings?",
                     "strength of novelty on the first day, log-odds of a click", "true lift in clicks")
    ax.legend(ax.lines[:2], ["first week", "third week"])
    ax.axhline(0, color=LINE, lw=1)
    _percent(ax.yaxis, signed=True)
    return ax


def more_days(daily):
    """Smallest effect found by days of data, half and half and with a tenth held back. daily: float (n, days)."""
    n, days = daily.shape
    so_far = daily.cumsum(1)
    spread = Z_BOTH * so_far.std(0, ddof=1) / so_far.mean(0)
    widths = {"half and half": np.sqrt(4 / n), "a tenth held back": np.sqrt(1 / (0.1 * n) + 1 / (0.9 * n))}
    ax = plots.lines(np.arange(1, days + 1), {name: spread * width for name, width in widths.items()},
                     "What do more days of the same people buy?", "days of data",
                     "smallest effect found, of mean clicks")
    ax.set_ylim(0)
    _percent(ax.yaxis)
    return ax
