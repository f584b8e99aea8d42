"""The clock of an interview: minutes in all and in each phase, what is left, whether a phase is over its time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from course_lib.contracts import ArgumentError
from course_lib.teach.interview.mock import TOTAL
from course_lib.teach.interview.mock_texts import KEYS, PHASES, Phase

LATE = 1.5                  # times its minutes after which a phase is asked nothing back
KEPT = 1.3                  # times its minutes up to which a phase kept its time
RAN = 0.5                   # minutes in all below which no clock ran to speak of


def over_time(spent: Mapping[str, float], minutes: float) -> list[str]:
    """The keys of the phases that had much more than their time. spent: phase -> minutes. minutes: of the whole."""
    return [p.key for p in PHASES if spent.get(p.key, 0.0) > KEPT * p.minutes * minutes / TOTAL]


def pace_share(spent: Mapping[str, float], minutes: float) -> float | None:
    """Share of the phases that were reached and kept their time, None where no clock ran."""
    if sum(spent.values()) < RAN:
        return None
    reached = {key for key in KEYS if spent.get(key, 0.0) > 0}
    return len(reached - set(over_time(spent, minutes))) / len(KEYS)


class PhaseClock:
    """Which phase is under way, and the minutes that each has had.

    minutes: for all eight phases, each scaled from 45. now: a clock, in seconds. Raises ArgumentError for minutes that
    are not above 0.
    """

    def __init__(self, minutes: float = TOTAL, now: Callable[[], float] = time.monotonic):
        if not isinstance(minutes, (int, float)) or isinstance(minutes, bool) or not 0 < minutes < 1e4:
            raise ArgumentError(f"minutes is {minutes!r}; expected a number above 0, such as {TOTAL}.")
        self.minutes, self._now = float(minutes), now
        self.spent = dict.fromkeys(KEYS, 0.0)
        self._at, self._since = 0, now()

    @property
    def phase(self) -> Phase | None:
        """The phase under way, None once all are done or the clock was stopped."""
        return PHASES[self._at] if self._at < len(PHASES) else None

    @property
    def _running(self) -> float:
        return (self._now() - self._since) / 60 if self.phase else 0.0

    @property
    def minutes_spent(self) -> float:
        """Minutes since the start, with what runs now."""
        return sum(self.spent.values()) + self._running

    @property
    def left(self) -> float:
        """Minutes that are left in all, at least 0."""
        return max(self.minutes - self.minutes_spent, 0.0)

    @property
    def here(self) -> float:
        """Minutes that the phase under way has had."""
        return self.spent[self.phase.key] + self._running if self.phase else 0.0

    def planned(self, key: str) -> float:
        """Minutes that a phase may have."""
        return PHASES[KEYS.index(key)].minutes * self.minutes / TOTAL

    def over(self) -> float:
        """Minutes that the phase under way is over its time, 0 where it is not."""
        return max(self.here - self.planned(self.phase.key), 0.0) if self.phase else 0.0

    def is_late(self) -> bool:
        """Has the phase under way had so much that nothing is asked back in it?"""
        return self.phase is not None and self.here > LATE * self.planned(self.phase.key)

    def pace(self) -> str:
        """Where the clock stands, in words."""
        if self.phase is None:
            return f"Over after {self.minutes_spent:.1f} of {self.minutes:g} minutes."
        here, may = self.here, self.planned(self.phase.key)
        late = " (over its time)" if here > may else ""
        return f"minute {self.minutes_spent:.0f} of {self.minutes:g} · {self.phase.name}: {here:.1f} of {may:.1f}{late}"

    def count(self) -> None:
        """Give the phase under way the minutes since the last count."""
        if self.phase is not None:
            now = self._now()
            self.spent[self.phase.key] += max(now - self._since, 0.0) / 60
            self._since = now

    def onward(self) -> None:
        """Go on to the next phase."""
        self.count()
        self._at += 1

    def stop(self) -> None:
        """End it: no phase is under way any more."""
        self.count()
        self._at = len(PHASES)
