"""Pictures of the feature audit: leaks, age, drift, a skew by the hour, the price of a verdict, shortcuts, alarms."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.data.audit import null_psi_threshold, psi_of_counts
from course_lib.data.late_clicks import SHORTCUTS
from course_lib.evidence.estimate import bootstrap
from course_lib.stages.ranking import signed_audit
from course_lib.teach.show import plots

PAINT = {"leaked, offline": plots.color("bad"), "leaked, served": plots.color("unsure"),
         "point in time": plots.color("good")}


def _percent(axis):
    axis.set_major_formatter(lambda value, _: f"{value:.0%}")


def by_rate_handed(click, tables: dict):
    """Share of rows that were clicked, by the click rate that a row was given. Returns the Axes.

    click: 0/1 (n,). tables: {name: (clicks (n,), showings (n,)) of the row's user in its category}.
    """
    ax = plots.figure("Which rows were clicked, by the rate that they were given?",
                      "k / n: the user's click rate in the category, as given", "share of such rows that were clicked")
    ends = np.array([0, 1e-9, 0.05, 0.1, 0.2, 0.35, 1.01])
    paint = (plots.color("bad"), plots.color("good"))
    for (name, (clicks, shown)), color in zip(tables.items(), paint, strict=True):
        there = np.asarray(shown) > 0
        rate = np.asarray(clicks)[there] / np.asarray(shown)[there]
        part = np.digitize(rate, ends[1:])
        bins = [k for k in range(6) if (part == k).sum() > 20]
        held = [(rate[part == k].mean(), bootstrap(click[there][part == k])) for k in bins]
        share = np.array([[value.value, value.low, value.high] for _, value in held])
        ax.errorbar([middle for middle, _ in held], share[:, 0], marker="o", capsize=3, color=color, label=name,
                    yerr=[share[:, 0] - share[:, 1], share[:, 2] - share[:, 0]])
    ax.plot([0, 0.6], [0, 0.6], color=plots.BLACK, lw=1, ls="--", label="k / n")
    ax.set_xlim(-0.02, 0.62)
    _percent(ax.xaxis)
    _percent(ax.yaxis)
    ax.legend()
    return ax


def promised_and_given(results: dict):
    """AUC of the three ways, a panel a log. results: {log: {way: Estimate}}. Returns the axes."""
    import matplotlib.pyplot as plt

    axes = plt.subplots(1, len(results), figsize=(plots.WIDTH + 1, 2.6), squeeze=False, sharey=True)[1][0]
    for ax, (name, aucs) in zip(axes, results.items(), strict=True):
        plots.bars(aucs, name, "AUC on later days", ax=ax, colors=PAINT, fmt="{:.3f}")
        ax.set_xlim(0.5, 1.03)
        ax.title.set_fontweight("normal")
    axes[0].figure.suptitle("What does the leak promise, and what does it give?", x=0.01, ha="left", fontweight="bold")
    return axes


def gained_by_dropping(shares, gains):
    """Relative gain of lists without dwell, by the share of training rows that hold it. Returns the Axes."""
    ax = plots.lines(shares, {"point in time": gains}, "How much does dropping what cannot be served gain?",
                     "share of training rows that hold it",
                     "gain in the true chance of a click\n(linear to 1%, then log)")
    ax.set_yscale("symlog", linthresh=0.01)
    _percent(ax.xaxis)
    _percent(ax.yaxis)
    return ax


def cost_of_age(hours, lost: dict):
    """AUC lost by refreshing features every so many hours. lost: {log: [Estimate]}. Returns the Axes."""
    names = {0: "live", 1: "hourly", 6: "6 h", 24: "daily", 72: "3 days", 168: "weekly"}
    ax = plots.lines(np.arange(len(hours)), lost, "What does the age of features cost?", "features refreshed",
                     "AUC lost against live features")
    ax.set_xticks(np.arange(len(hours)), [names.get(h, f"{h} h") for h in hours])
    return ax


def age_and_look_ahead(hours, lost, gained):
    """AUC lost by age beside AUC that a look ahead seems to gain. lost, gained: [Estimate]. Returns the Axes."""
    curves = {"lost by age": lost, "seemingly gained by looking ahead": gained}
    ax = plots.lines(np.arange(len(hours)), curves, "Age, and a look ahead: what does each do to AUC?", "hours",
                     "AUC, lost or gained")
    ax.set_xticks(np.arange(len(hours)), hours)
    return ax


def null_of_psi(sizes, draws: list):
    """PSI where nothing has moved, by the values in each sample. draws: [float (draws,)]. Returns the Axes."""
    held = [tuple(np.quantile(one, [0.5, 0.05, 0.95])) for one in draws]
    ax = plots.lines(sizes, {"nothing has moved": held}, "What PSI is noise? With ten bins, the sample's size decides",
                     "values in each sample", "PSI: median and 90% of draws", logx=True, logy=True)
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.yaxis.set_major_formatter("{x:g}")
    for limit, word in ((0.1, "moderate"), (0.25, "large")):
        ax.axhline(limit, color=plots.color("bad"), ls="--", lw=1)
        ax.annotate(f"“{word}”: {limit}", (sizes[-1], limit), xytext=(0, 3), textcoords="offset points", ha="right")
    return ax


def moved_bell(n: int, shift: float):
    """A bell curve moved by `shift` standard deviations, n values of it, with PSI against both limits. → the Figure."""
    rng = np.random.default_rng(1)
    training, today = rng.normal(size=50_000), rng.normal(shift, 1, n)
    edges = np.quantile(training, np.linspace(0, 1, 11)[1:-1])
    counts = [np.bincount(np.searchsorted(edges, held), minlength=10) for held in (training, today)]
    own, found = null_psi_threshold(training, n, n_boot=200), psi_of_counts(*counts)
    words = ("noise" if found <= own else "moved", "small" if found <= 0.1 else "matters")
    ax = plots.figure(f"PSI {found:.3f}: {words[0]} (noise to {own:.3f}), {words[1]} (limit 0.1)", "feature", "density")
    for name, values in (("training", training), ("today", today)):
        ax.hist(values, np.linspace(-3, 3, 31), density=True, histtype="step", lw=2, label=name)
    ax.legend()
    return ax.figure


def two_days(hours: pd.DataFrame):
    """Mean of one feature by the hour of the day on two code paths. hours: as two_paths.by_hour. Returns the Axes."""
    ax = plots.figure("“Clicks of the last day”, by two code paths", "hour of the day", "mean of the feature")
    ax.plot(hours.index, hours["trained"], marker="o", color=plots.color("good"), label="training: recomputed")
    ax.plot(hours.index, hours["served"], marker="o", color=plots.color("bad"), label="serving: logged")
    ax.set_xticks(range(0, 24, 4))
    ax.set_ylim(0)
    ax.legend()
    return ax


def price_of_a_verdict(found, signed: dict, others: dict):
    """What one other verdict would cost: true clicks in a thousand looks, interval over people. Returns the Axes.

    found: signed_audit.Found. signed: {feature: verdict} for all. others: {feature: another verdict}.
    """
    ours, cost = signed_audit.chance_shown(found, signed), {}
    for name, verdict in others.items():
        theirs = signed_audit.chance_shown(found, {**signed, name: verdict})
        cost[f"{name}: {verdict}"] = bootstrap(1000 * (ours - theirs))
    ordered = dict(sorted(cost.items(), key=lambda pair: -pair[1].value))
    ax = plots.figure("What does one other verdict cost?",
                      "true clicks lost in a thousand looks (linear to 20, then log)", height=5.4)
    places = np.arange(len(ordered))[::-1]
    for place, (name, held) in zip(places, ordered.items(), strict=True):
        color = plots.color("bad") if name.endswith("keep") else plots.color("unsure")
        ax.errorbar(held.value, place, xerr=[[held.value - held.low], [held.high - held.value]], fmt="o", color=color,
                    capsize=3)
    ax.set_yticks(places, [name.replace("_", " ") for name in ordered])
    ax.axvline(0, color=plots.GREY, lw=1)
    ax.set_xscale("symlog", linthresh=20)
    ax.set_xticks([-20, -10, 0, 10, 20, 50, 100, 300], ["−20", "−10", "0", "10", "20", "50", "100", "300"])
    ax.minorticks_off()
    return ax


def shortcuts(shares, wrong: list, people):
    """Share of requests misread by each shortcut, by the share of phone days offline. Returns the Axes.

    wrong: [0/1 (R, 3)], one for each share, as late_clicks.misread. people: (R,), whose request it is.
    """
    held = {name: [bootstrap(each[:, k], groups=people, n_boot=200) for each in wrong]
            for k, name in enumerate(SHORTCUTS)}
    ax = plots.lines(shares, held, "How many requests does each shortcut misread?", "share of phone days offline",
                     "share of requests misread")
    _percent(ax.xaxis)
    _percent(ax.yaxis)
    return ax


def cold_and_warm(spans, rates: dict):
    """Hit rate of a cache after a restart. rates: {name: [Estimate]}. Returns the Axes."""
    ax = plots.lines(spans, rates, "What does warming a cache spare?", "requests since the restart (log)",
                     "share found in the cache", logx=True)
    ax.xaxis.set_major_formatter("{x:,.0f}")
    _percent(ax.yaxis)
    return ax


def alarms(hours, lost, rings: dict):
    """AUC lost since a job stopped, and when each alarm rings. lost: [Estimate], up to each of `hours`. → the Axes.

    rings: {name: hour, NaN where it does not ring in that time}.
    """
    ax = plots.lines(hours, {"AUC lost so far": lost}, "A job has stopped: what is lost, and what rings when?",
                     "hours since the job stopped", "AUC lost up to then")
    for (name, hour), color in zip(rings.items(), (plots.GREEN, plots.RED), strict=False):
        told = f"{name}: rings at hour {hour:.0f}" if np.isfinite(hour) else f"{name}: silent to hour {max(hours):.0f}"
        place = hour if np.isfinite(hour) else np.nan
        ax.axvline(place, color=color, ls="--", label=told)
    ax.set_xlim(0)
    ax.legend(loc="best")
    return ax
