"""Pictures of a service: what rung answers under which fault, and what a load test sees that waits or does not."""

from __future__ import annotations

import numpy as np

from course_lib.serving.loadgen import stored_tails
from course_lib.teach.show import plots

RUNGS = {"full": plots.GREEN, "cached": plots.BLUE, "segment": plots.ORANGE, "static": plots.GREY}
TICKS = (5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)     # ms


def rungs(table, title: str = "Who answers while one part is slow, stale or down?"):
    """Stacked bars of the rungs' shares, a bar a fault; behind it the p99 and, if there, the worth, with intervals.

    table: of fault_table. Returns the Axes.
    """
    judged = "worth" in table
    height = 1.4 + (0.5 if judged else 0.4) * len(table)
    ax = plots.figure(title, "share of requests", height=height)
    place = np.arange(len(table))[::-1]
    left = np.zeros(len(table))
    for rung, color in RUNGS.items():
        share = table[rung].to_numpy(float)
        ax.barh(place, share, left=left, color=color, height=0.62, label=rung)
        left += share
    for y, row in zip(place, table.itertuples(), strict=True):
        top = "∞" if np.isinf(row.p99_high) else f"{row.p99_high:.0f}"
        said = f"p99 {row.p99:.0f} ms [{row.p99_low:.0f}, {top}]"
        if judged:
            said += f"\nworth {row.worth:.0%} [{row.worth_low:.0%}, {row.worth_high:.0%}]"
        ax.annotate(said, (1.02, y), va="center", fontsize=8 if judged else 9)
    ax.set_yticks(place, table.index)
    ax.set_xlim(0, 1.42)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1.0])
    ax.legend(loc="upper center", bbox_to_anchor=(0.36, -0.7 / height), ncols=4, frameon=False)
    ax.grid(axis="y", visible=False)
    return ax


def loops(tables: dict, budget_ms: float = 50.0):
    """p99 over the rate that was sent, and the share that the full chain answered, a line a way to send load.

    tables: {name: table of load_steps}. Returns the Axes, (2,).
    """
    import matplotlib.pyplot as plt

    plots.style()
    left, right = plt.subplots(1, 2, figsize=(9.6, 3.7))[1]
    for index, (name, table) in enumerate(tables.items()):
        x, color = table["sent_per_s"], plots.color(name, index)
        left.plot(x, table["p99"], marker="o", color=color, label=name)
        known = np.isfinite(table["p99_high"].to_numpy(float))
        left.fill_between(x[known], table["p99_low"][known], table["p99_high"][known], color=color, alpha=0.18, lw=0)
        right.plot(x, table["full"], marker="o", color=color, label=name)
    left.axhline(budget_ms, color=plots.BLACK, ls=":", lw=1)
    left.set(title="What 99 in 100 stay within", xlabel="requests a second", ylabel="ms", yscale="log")
    low, high = left.get_ylim()
    left.set_yticks([tick for tick in TICKS if low <= tick <= high], minor=False)
    left.yaxis.set_major_formatter("{x:,.0f}")
    left.yaxis.set_minor_formatter("")
    right.set(title="Answered by the full chain", xlabel="requests a second", ylabel="share", ylim=(-0.03, 1.05))
    left.figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=len(tables), frameon=False)
    return np.array([left, right])


def tails(path=stored_tails.STORED):
    """The table to be looked at: a row a way and share of its knee, percentiles in ms with their 95% intervals.

    Above it stands where and when it was measured. ∞: too few requests were sent to bound that percentile.
    """
    import pandas as pd

    table, about = stored_tails.read(path)
    print(f"Measured on {about['date']} by `{about['command']}`: {about['machine']}; {about['other_work']}. The knee "
          f"is the greatest rate up to which the p99 stays within {table['budget_ms'].max():g} ms.")
    rows = {}
    for row in table.to_dict("records"):
        cells = {"a second": f"{row['per_second']:.0f}", "requests": f"{row['requests']:,.0f}"}
        for name in ("p50", "p99", "p99.9"):
            cells[f"{name}, ms"] = f"{_ms(row[name])} [{_ms(row[f'{name}_low'])}, {_ms(row[f'{name}_high'])}]"
        rows[row["way"], f"{row['share']:.0%}"] = cells
    return pd.DataFrame(rows).T.rename_axis(["way", "of its knee"])


def _ms(value: float) -> str:
    return "∞" if np.isinf(value) else f"{value:.1f}" if value < 100 else f"{value:,.0f}"
