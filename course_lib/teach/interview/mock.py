"""A mock interview of 45 minutes: whose turn it is at a minute, a record of the pace, a clock that does not block.

Pure functions and a picture first; the clock is a widget on top, and the notebook goes on below it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from course_lib.contracts import ArgumentError
from course_lib.teach.interview.mock_texts import BRIEFS, KEYS, PHASES, Brief, Phase
from course_lib.teach.show import plots
from course_lib.teach.show.notices import in_notebook

TOTAL = sum(phase.minutes for phase in PHASES)


def brief(name: str) -> Brief:
    """One of the two briefs. Raises ArgumentError naming them."""
    if name not in BRIEFS:
        raise ArgumentError(f"brief is {name!r}; expected one of {', '.join(BRIEFS)}.")
    return BRIEFS[name]


def phase(key: str) -> Phase:
    """The phase with this key. Raises ArgumentError naming the keys."""
    if key not in KEYS:
        raise ArgumentError(f"phase is {key!r}; expected one of {', '.join(KEYS)}.")
    return PHASES[KEYS.index(key)]


def phase_at(minute: float) -> tuple[Phase, float]:
    """(the phase that should be under way, minutes left in it). minute: since the start; beyond the end, the last phase
    with 0 left. phase_at(0) is the first phase with all its minutes. Raises ArgumentError for a negative minute."""
    if minute < 0:
        raise ArgumentError(f"minute is {minute}; the interview starts at 0.")
    end = 0.0
    for held in PHASES:
        end += held.minutes
        if minute < end:
            return held, end - minute
    return PHASES[-1], 0.0


def pace(spent: Mapping[str, float]) -> dict[str, float]:
    """Minutes over (+) or under (−) the plan, by phase, once the 45 minutes have run out.

    spent: phase -> minutes; phases left out were given none. What lies beyond minute 45 was never heard and counts as
    not spent. Raises ArgumentError for a phase that there is not.
    """
    for key in spent:
        phase(key)
    left, over = float(TOTAL), {}
    for held in PHASES:
        used = min(max(float(spent.get(held.key, 0.0)), 0.0), left)
        left -= used
        over[held.key] = used - held.minutes
    return over


def picture(minute: int = 0, system: str = "feed"):
    """The plan as a line of 45 minutes, a hand at `minute`, and the question of the phase. Returns the Figure."""
    from textwrap import fill

    from matplotlib.figure import Figure

    now, left = phase_at(minute)
    drawn = Figure(figsize=(9.6, 2.6), layout="none")
    ax = drawn.add_axes([0.02, 0.0, 0.96, 0.86])
    start = 0
    for held in PHASES:
        on = held is now
        ax.barh(1, held.minutes, left=start, height=0.5, color=plots.BLUE if on else plots.SKY, alpha=1 if on else 0.35,
                edgecolor="white", linewidth=2)
        ax.text(start + held.minutes / 2, 1, fill(held.name, 9), ha="center", va="center", size=8.5,
                color="white" if on else "black")
        start += held.minutes
        ax.text(start, 0.68, f"{start}", ha="center", va="top", size=8.5, color="#444444")
    ax.plot([minute] * 2, [0.72, 1.42], color=plots.RED, lw=2)
    ax.text(0.2, 0.30, fill(f"“{now.asks[brief(system).name]}”", 100), size=12, va="top")
    ax.set(xlim=(-0.3, TOTAL + 0.3), ylim=(-0.1, 1.5))
    ax.axis("off")
    drawn.suptitle(f"Minute {minute} of {TOTAL}, {system}: {now.name.lower()}, {left:g} minutes left",
                    x=0.02, ha="left", fontsize=12, fontweight="bold")
    return drawn


class Mock:
    """One run of the interview: which phase is on, and how many minutes each has had. now: a clock, in seconds."""

    def __init__(self, system: str = "feed", now: Callable[[], float] = time.monotonic):
        self.brief, self._now = brief(system), now
        self._at, self._since, self._spent = 0, None, dict.fromkeys(KEYS, 0.0)

    @property
    def phase(self) -> Phase:
        """The phase under way; the last one once all are done."""
        return PHASES[min(self._at, len(PHASES) - 1)]

    @property
    def spent(self) -> dict[str, float]:
        """Phase -> minutes so far, with what runs now."""
        out = dict(self._spent)
        if self._since is not None and self._at < len(PHASES):
            out[self.phase.key] += (self._now() - self._since) / 60
        return out

    def next(self) -> Phase:
        """Start; afterwards, on to the next phase. Returns the phase that is now under way."""
        if self._since is not None and self._at < len(PHASES):
            self._spent = self.spent
            self._at += 1
        self._since = self._now()
        return self.phase

    def says(self) -> str:
        """What the interviewer sees: the question, minutes in all and in this phase."""
        total = sum(self.spent.values())
        if self._since is None:
            return f"“{self.brief.says}” (press Next to start the clock)"
        if self._at >= len(PHASES):
            return f"Done after {total:.1f} of {TOTAL} minutes."
        here = self.spent[self.phase.key]
        late = " ⚠ over its time" if here > self.phase.minutes else ""
        return (f"{total:.1f} of {TOTAL} min · {self.phase.name}: {here:.1f} of {self.phase.minutes} min{late} · "
                f"“{self.phase.asks[self.brief.name]}”")


def clock(system: str = "feed") -> Mock:
    """A running clock with a Next button, where there are widgets. Returns the Mock, whose `spent` holds the minutes;
    without widgets call its `next()` yourself. Nothing runs until the button is pressed."""
    mock = Mock(system)
    try:
        import ipywidgets as widgets
    except ImportError:
        widgets = None
    if widgets is None or not in_notebook():
        print(mock.says())
        return mock
    from IPython.display import display

    told, button = widgets.HTML(mock.says()), widgets.Button(description="Next", icon="forward")
    tick = widgets.Play(min=0, max=24 * 3600, interval=1000, description="clock")     # the browser ticks: no thread

    def tell(_=None):
        told.value = f'<div style="font-size:1.1em;max-width:56em">{mock.says()}</div>'

    def pressed(_):
        mock.next()
        tick.playing = mock._at < len(PHASES)
        tell()
    button.on_click(pressed)
    tick.observe(tell, "value")
    tick.layout.display = "none"
    display(widgets.VBox([told, button, tick]))
    return mock
