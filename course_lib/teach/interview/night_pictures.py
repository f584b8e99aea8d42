"""The figures of the bad nights: what each stage lost, which faults a count names, a day of alerts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from course_lib.launch.incident import STAGES, Night
from course_lib.teach.show import plots


def loss_changes(nights: Mapping[str, Night], healthy: Night) -> pd.DataFrame:
    """Points of all held-out items that a stage lost more than on a healthy night: a row a night, a column a stage."""
    rows = {f"night {letter}": {stage: 100 * (night.lost[stage] - healthy.lost[stage]) for stage in STAGES}
            for letter, night in nights.items()}
    return pd.DataFrame(rows).T


def draw_changes(change: pd.DataFrame, nights: Mapping[str, Night], title: str):
    """The table of `loss_changes` as a map, with the fault of each night beside it. Returns the axes."""
    ax = plots.figure(title)
    ax.imshow(change, cmap="PuOr_r", vmin=-30, vmax=30, aspect="auto")
    for (y, x), points in np.ndenumerate(change.to_numpy()):
        ax.text(x, y, f"{points:+.0f}", ha="center", va="center", color="white" if abs(points) > 20 else "black")
    ax.set_xticks(range(len(change.columns)), [f"lost at {stage}" for stage in change])
    ax.set_yticks(range(len(change)), [f"{row} ({nights[row[-1]].fault.name})" for row in change.index])
    ax.grid(visible=False)
    return ax


def draw_named(drawn: pd.DataFrame, title: str):
    """Faults by how many points the stage at fault lost, named and not. drawn: columns "at fault", "named",
    "points lost there". Returns the axes."""
    hit = drawn["at fault"] == drawn["named"]
    ax = plots.figure(title, "points more than usual that the stage at fault lost", height=2.8)
    for y, (part, colour) in enumerate(((~hit, "bad"), (hit, "good"))):
        ax.plot(drawn.loc[part, "points lost there"], np.full(part.sum(), y), "|", ms=14, color=plots.color(colour))
    ax.set_yticks([0, 1], ["names another", "names it"])
    ax.set_ylim(-0.5, 1.5)
    return ax


def made_up_day(seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """(bad, total) requests by the minute, int (1440,): a blip of two minutes, a slow burn of six hours, an outage."""
    rng, minute = np.random.default_rng(seed), np.arange(1440)
    total = rng.poisson(150 - 100 * np.cos(2 * np.pi * minute / 1440))
    fails = np.full(1440, 0.0005)
    fails[300:302], fails[500:860], fails[1150:1175] = 0.2, 0.008, 0.8
    return rng.binomial(total, fails), total


def rings(ringing: np.ndarray) -> int:
    """How often a rule begins to ring. ringing: bool (minutes,)."""
    return int((np.diff(np.asarray(ringing).astype(int), prepend=0) == 1).sum())


def draw_day(bad: np.ndarray, total: np.ndarray, rules: Mapping[str, np.ndarray], title: str):
    """Failures by the minute, and where each rule rings. rules: name -> bool (minutes,), two. Returns the axes."""
    minute = np.arange(len(total))
    ax = plots.figure(title, "hour of the day", "requests that fail")
    ax.plot(minute / 60, bad / np.maximum(total, 1), ".", ms=3, color=plots.GREY)
    ax.set_yscale("symlog", linthresh=0.002)
    ax.yaxis.set_major_formatter(lambda v, _: f"{v:.1%}")
    for y, (name, ringing), paint in zip((3, 10), rules.items(), (plots.RED, plots.BLUE), strict=True):
        ax.plot(minute[ringing] / 60, np.full(ringing.sum(), y), "|", ms=9, color=paint)
        ax.annotate(name, (24.3, y), va="center", color=paint, annotation_clip=False)
    ax.set(ylim=(0, 25), xlim=(0, 24), xticks=range(0, 25, 4), yticks=[0, 0.002, 0.01, 0.1, 1])
    return ax
