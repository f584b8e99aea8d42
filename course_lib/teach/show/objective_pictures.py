"""Pictures of an objective: how often a launch passes a guardrail's margin."""

from __future__ import annotations

import numpy as np

from course_lib.evidence.margins import PEOPLE, reach
from course_lib.teach.show import plots

HARM = -0.02                        # a launch that loses two people in a hundred


def passes(change, margin: float, people: int = PEOPLE):
    """How often a launch passes a margin, by its true change of a share of about one half; of the shape of `change`.

    It passes where the lower end of its 95% interval lies above minus the margin. people: of an arm.
    """
    from scipy.stats import norm

    wide = reach(people)
    return norm.cdf((margin + np.asarray(change, float) - wide) / (wide / 1.96))


def passing(margin: float = 0.02, people: int = PEOPLE):
    """How often launches pass this margin, by what they truly do to the share of people who come. Returns the Axes."""
    changes = np.linspace(-0.05, 0.02, 281)
    marked = {"changes nothing": (0.0, plots.color("good")), "loses two points": (HARM, plots.color("bad"))}
    often = {name: float(passes(change, margin, people)) for name, (change, _) in marked.items()}
    ax = plots.figure(f"Launches that change nothing pass in {often['changes nothing']:.0%}, harmful ones in "
                      f"{often['loses two points']:.0%}",
                      f"true change of the share of people who come, points ({people:,} people an arm)",
                      "share of such launches that pass")
    ax.plot(100 * changes, passes(changes, margin, people), color=plots.BLUE)
    for name, (change, paint) in marked.items():
        ax.plot(100 * change, often[name], "o", ms=9, color=paint, label=name)
    ax.axvline(-100 * margin, color=plots.BLACK, lw=1, ls="--", label=f"margin: {100 * margin:.1f} points")
    ax.set(xlim=(-5, 2), ylim=(-0.02, 1.02))
    ax.legend(loc="upper left", bbox_to_anchor=(0, -0.16), ncols=3, fontsize=9)   # no place inside is always free
    return ax
