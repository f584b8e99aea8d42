"""Pictures of launches: one launch day by day, many launches by plan and by cause, alarms, incidents, late money."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.launch.launch_plan import LaunchPlan, Reading
from course_lib.teach.show import plots

LINE = "#333333"
SHOWN = ("value", "harm", "regret", "days")


def _percent(axis, signed=False, digits=0):
    axis.set_major_formatter(lambda value, _: f"{value:+.{digits}%}" if signed else f"{value:.{digits}%}")


def readings_by_day(table: pd.DataFrame, plan: LaunchPlan):
    """The primary metric's change on each day of a plan, at the share of that day, as its rule is told it.

    table: readings of one launch.
    """
    at = table.set_index(["day", "share", "since"])
    days, seen, share = list(range(1, plan.length + 1)), [], []
    for day in days:
        share.append(plan.share_on(day - 1))
        reading = Reading(day, share[-1], at.loc[(day, share[-1], 0)].to_dict())
        seen.append(reading.change(plan.primary, level=plan.level, peeking=day < plan.length))
    ax = plots.lines(days, {"treatment": seen}, "What does the plan see of this launch?", "days of the test",
                     f"change in {plan.primary}")
    ax.axhline(0, color=LINE, lw=1)
    for at_day in np.flatnonzero(np.diff(share)) + 1.5:
        ax.axvline(at_day, color=LINE, ls=":", lw=1)
    _percent(ax.yaxis, signed=True)
    return ax


def score_table(scored: dict) -> pd.DataFrame:
    """A row a plan: share shipped, value, harm, regret in percent-days a launch, days; the most valuable first.

    scored: {plan: row of launch_arena.scores}.
    """
    order = sorted(scored, key=lambda name: -float(scored[name]["value"]))
    rows = {name: {"shipped": f"{scored[name]['shipped']:.0%}"} | {
        column: f"{scored[name][column]:.1f}" for column in SHOWN} for name in order}
    return pd.DataFrame(rows).T.rename_axis("plan")


def gap_to_others(gaps: dict, of: str):
    """How much more value one plan ships than each other. gaps: {other: Estimate, percent-days a launch}."""
    ax = plots.figure(f"What does “{of}” ship more than the others?",
                      "percent-days a launch (right of 0: more than the other; 95% over launches)",
                      height=1.3 + 0.36 * len(gaps))
    place = np.arange(len(gaps))[::-1]
    middle, low, high = np.array([(e.value, e.low, e.high) for e in gaps.values()]).T
    ax.errorbar(middle, place, xerr=[middle - low, high - middle], fmt="o", capsize=3, color=plots.color("treatment"))
    ax.set_yticks(place, list(gaps))
    ax.axvline(0, color=LINE, lw=1)
    return ax


def value_by_cause(played: dict, causes=None):
    """Value a launch by cause, a column of points a plan. played: {plan: what launch_arena.play gave}."""
    means = pd.DataFrame({name: part.groupby("cause")["value"].mean() for name, part in played.items()})
    means = means.loc[causes or means.iloc[:, 0].sort_values().index]
    ax = plots.figure("Where is value shipped, and where harm?", "percent-days a launch", height=1.5 + 0.3 * len(means))
    for index, name in enumerate(means):
        shift = 0.12 * (index - (len(means.columns) - 1) / 2)
        ax.plot(means[name], np.arange(len(means)) + shift, "o", color=plots.CYCLE[index % len(plots.CYCLE)],
                label=name)
    ax.set_yticks(range(len(means)), means.index)
    ax.axvline(0, color=LINE, lw=1)
    ax.legend(fontsize=8)
    return ax


def in_doubt(spreads, doubts: dict):
    """What each advice loses where a rule cannot decide. doubts: {spread: {advice: Estimate}}."""
    advice = list(next(iter(doubts.values())))
    ax = plots.lines(spreads, {name: [row[name] for row in doubts.values()] for name in advice},
                     "What does doubt cost?", "standard deviation of the launches' true effects",
                     "share of people's time lost")
    ax.axhline(0.003, color=LINE, ls=":", lw=1)
    _percent(ax.yaxis, digits=1)
    _percent(ax.xaxis)
    return ax


def against_zero(x, values, title: str, xlabel: str, ylabel: str, *, band: float, name: str = "control"):
    """Estimates along a dial, with a band around 0."""
    ax = plots.lines(x, {name: values}, title, xlabel, ylabel)
    ax.axhspan(-band, band, color=plots.color("control"), alpha=0.15, linewidth=0)
    ax.axhline(0, color=LINE, lw=1)
    _percent(ax.yaxis, signed=True)
    return ax


def operating_curves(curves: dict):
    """Faults found within a week against false alarms a month. curves: {alarm: alarms.operating_curve}."""
    ax = plots.figure("What does a quicker alarm cost?", "false alarms a month", "faults found within a week")
    for index, (name, table) in enumerate(curves.items()):
        rings = [estimate.value for estimate in table["false alarms a month"]]
        found = np.array([(e.value, e.low, e.high) for e in table["found in a week"]]).T
        ax.errorbar(rings, found[0], yerr=[found[0] - found[1], found[2] - found[0]], fmt="o-", capsize=3,
                    color=plots.CYCLE[index], label=name)
    ax.set(ylim=(-0.03, 1.03))
    _percent(ax.yaxis)
    ax.legend()
    return ax


def found_by_spread(spreads, caught):
    """Share of the sellers found who buy clicks, by how the clicks are spread over accounts."""
    ax = plots.lines(spreads, {"found": caught}, "Which attacks does a look at the clickers find?",
                     "share of the bought clicks from an account of their own", "share of the buyers found")
    _percent(ax.yaxis)
    return ax


def price_of_searching(days, worth: dict):
    """Percent-days by how long the search takes. worth: {what is done first: values}."""
    ax = plots.figure("What is each first step worth, the longer the search?", "mean days of search",
                      "worth in percent-days, four weeks")
    for index, (name, values) in enumerate(worth.items()):
        ends = np.array([(e.value, e.low, e.high) for e in values]).T
        ax.plot(days, ends[0], "o-", color=plots.CYCLE[index], label=name)
        ax.fill_between(days, ends[1], ends[2], color=plots.CYCLE[index], alpha=0.18, linewidth=0)
    ax.legend()
    return ax


def money_that_comes_in(shown: dict, week: int):
    """What the log holds of a week's money, day by day after it. shown: late_money.known_after."""
    days = np.arange(len(next(iter(shown.values()))))
    ax = plots.lines(days, shown, "When is a week of the shop known?", f"days after the {week} days of the test",
                     "of what is kept in the end")
    ax.axhline(1, color=LINE, ls=":", lw=1)
    _percent(ax.yaxis)
    return ax
