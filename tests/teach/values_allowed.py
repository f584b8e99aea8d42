"""Which values an argument may take, and which corruptions change none of them."""

from __future__ import annotations

import numpy as np
from corrupted_values import CLOSE, turned


class Domain:
    """Which values an argument or the answer may take, as far as a list says it or the cases show it.

    told: {low, high, whole, zeros}. values: those of the cases: no NaN, no infinity and no whole number below 0 is
    asked of an answer where no case has one.
    """

    def __init__(self, told, values):
        held = [np.ravel(part) for value in values for part in _parts(value)]
        shown = np.concatenate([np.zeros(0), *(part.astype(float) for part in held)])
        low = 0 if held and all(part.dtype.kind in "iu" for part in held) and not (shown < 0).any() else -np.inf
        self.low, self.high = max(told.get("low", low), low), told.get("high", np.inf)
        self.whole, self.zeros = told.get("whole", False), told.get("zeros", "")
        self.missing, self.infinite = np.isnan(shown).any(), np.isinf(shown).any()
        self.zero = self.low <= 0 and self.zeros != "none"

    def untouched_by(self, how: str) -> bool:
        """Does the corruption of this name leave every value as it is?"""
        return {
            "negatives become 0": self.low >= 0, "without their sign": self.low >= 0,
            "negatives dropped": self.low >= 0,
            "at most 1": self.high <= 1, "at least 1": self.low >= 1, "missing becomes 0": not self.missing,
            "missing dropped": not self.missing, "infinite becomes large": not self.infinite,
            "zeros become the smallest other": not self.zero, "zeros become missing": not self.zero,
            "zeros dropped": not self.zero or self.zeros == "no change", "nothing becomes 1": not self.zero,
            "rounded to whole numbers": self.whole, "rounded to 6 decimals": self.whole,
            "rounded to 8 decimals": self.whole,
            "tiny becomes 0": self.whole, CLOSE: self.whole, "float32": self.whole, "float16": self.whole,
            "8 bits": self.high <= 127, "modulo 1000": self.high <= 999,
            "at least 1e-8": self.whole and not self.zero,
        }.get(how, False)


def _parts(value):
    seen = []
    turned(value, lambda held: seen.append(held) or held, "fi")
    return seen
