"""Replicates as a strip of text: as wide as a phone shows, readable without a picture."""

from __future__ import annotations

import math

from course_lib.teach.definitions.claim import Claim
from course_lib.teach.ledger.spread import spread
from course_lib.teach.ledger.verdict import Row, number

WIDTH = 24          # and nine signs more for the words behind it: 375 pixels of a phone hold them
HEIGHTS = "▁▂▃▄▅▆▇█"


def strip(claim: Claim, replicates: list[Row], mine: float | None = None, whose: str = "yours") -> str:
    """Five lines: the band, the replicates, the mean's interval, the value `mine` (left out where there is none) with
    the word `whose` behind it.

    Replicates are piled up: 1 to 9 at one place, + for more. `[===]` is the interval of the mean, the dashes around it
    are where the next run falls. A sign < or > marks what lies beyond the strip. "" for fewer than two replicates.
    """
    finite = [row for row in replicates if math.isfinite(row.value)]
    if len(finite) < 2:
        return ""
    held = spread(finite, claim.bounds)
    shown = [*held.values, held.next_low, held.next_high]
    shown += [mine] if mine is not None and math.isfinite(mine) else []
    left, right = _ends(claim, shown)
    scale = _Scale(left, right)
    lines = [_band(claim, scale), _piled(held.values, scale), _intervals(held, scale)]
    if mine is not None and math.isfinite(mine):
        lines.append(_put([" "] * WIDTH, scale, mine, "▲") + f"  {whose}")
    ends = f"{number(left)}{number(right):>{max(WIDTH - len(number(left)), 1)}}"
    return "\n".join(line.rstrip() for line in [*lines, ends])


def sparkline(claim: Claim, replicates: list[Row], width: int = 12) -> str:
    """The replicates in one word of a table: heights of a histogram over the band and all values, · where none lies."""
    values = [row.value for row in replicates if math.isfinite(row.value)]
    if len(values) < 2:
        return ""
    left, right = _ends(claim, values)
    counts = [0] * width
    for value in values:
        counts[min(int((value - left) / (right - left) * width), width - 1)] += 1
    top = max(counts)
    return "".join(HEIGHTS[round(n / top * (len(HEIGHTS) - 1))] if n else "·" for n in counts)


def _ends(claim, shown) -> tuple[float, float]:
    """From the least to the greatest of what is shown and of the band's ends, where these are not far off."""
    low, high = min(shown), max(shown)
    reach = (high - low) or abs(high) or 1.0
    for edge in claim.expected:
        if math.isfinite(edge) and low - 2 * reach <= edge <= high + 2 * reach:
            low, high = min(low, edge), max(high, edge)
    return (low, high) if high > low else (low - reach / 2, high + reach / 2)


class _Scale:
    """Places on the strip: 0 to WIDTH − 1, and what lies beyond at its ends."""

    def __init__(self, left: float, right: float):
        self.left, self.right = left, right

    def column(self, value: float) -> int:
        share = (min(max(value, self.left), self.right) - self.left) / (self.right - self.left)
        return round(share * (WIDTH - 1))


def _put(line: list[str], scale: _Scale, value: float, sign: str) -> str:
    line[scale.column(value)] = sign
    return "".join(line)


def _band(claim, scale) -> str:
    """The band, ░ where the claim holds; blank where it does not."""
    low, high = claim.expected
    if high < scale.left:
        return "<" + " " * (WIDTH - 1) + "  band"
    if low > scale.right:
        return " " * (WIDTH - 1) + ">  band"
    first, last = scale.column(low), scale.column(high)
    return " " * first + "░" * (last - first + 1) + " " * (WIDTH - 1 - last) + "  band"


def _piled(values, scale) -> str:
    counts = [0] * WIDTH
    for value in values:
        counts[scale.column(value)] += 1
    return "".join("·" if n == 0 else str(n) if n < 10 else "+" for n in counts) + f"  {len(values)} runs"


def _intervals(held, scale) -> str:
    line = [" "] * WIDTH
    for column in range(scale.column(held.next_low), scale.column(held.next_high) + 1):
        line[column] = "-"
    first, last = scale.column(held.low), scale.column(held.high)
    for column in range(first, last + 1):
        line[column] = "="
    line[first], line[last] = "[", "]"
    if first == last:
        line[first] = "|"
    return "".join(line) + "  mean"
