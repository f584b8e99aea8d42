"""Pictures of feedback: what a silence says of a look, by the layout and by how much people like."""

from __future__ import annotations

import numpy as np

from course_lib.data.labels import seen_given_ignored
from course_lib.teach.show import plots

SLOTS = 10


def silences(eta: float = 0.7, liked: float = 0.15):
    """The chance that an ignored item was looked at, by its position. Returns the Axes.

    eta: position k is looked at with chance 1 / k^eta. liked: chance of a click after a look, the same everywhere.
    """
    position = np.arange(1, SLOTS + 1)
    look = position**-float(eta)
    seen = seen_given_ignored(look, look * liked)
    silent = 1 - look * liked                                       # weights: how often a position is ignored
    unseen = float(np.sum(silent * (1 - seen)) / np.sum(silent))
    ax = plots.figure(f"{unseen:.0%} of all silences were never looked at", "position",
                      "chance of a look, given ignored")
    ax.bar(position, seen, color=np.where(seen < 0.5, plots.ORANGE, plots.BLUE))
    ax.axhline(0.5, color=plots.BLACK, lw=1, ls="--")
    ax.set(ylim=(0, 1.02), xticks=position)
    ax.annotate(f"η = {eta:.1f}, a look is a click in {liked:.0%}\norange: more likely never seen", (0.98, 0.94),
                xycoords="axes fraction", ha="right", va="top", bbox={"facecolor": "white", "edgecolor": "none"})
    return ax
