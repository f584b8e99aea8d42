"""Replicates as a small drawing inside a page: dots for the runs, the band behind, the interval of the mean below.

The style sheet colours it by class, so that it follows light and dark; its words stand in aria-label.
"""

from __future__ import annotations

import html
import math
from collections import Counter

from course_lib.teach.definitions.claim import Claim
from course_lib.teach.ledger.dials import CurvePoint
from course_lib.teach.ledger.spread import spread
from course_lib.teach.ledger.verdict import Row, number

WIDE, HIGH, EDGE = 300, 62, 8
CURVE_HIGH = 130
BINS = 60                   # places in which two dots would cover each other are piled up


def strip_svg(claim: Claim, rows: list[Row], mine: float | None, words: str) -> str:
    """The replicates at one place. mine: the lesson's own run, a triangle. words: what the drawing says, for those who
    do not see it. "" for fewer than two finite values."""
    finite = [row for row in rows if math.isfinite(row.value)]
    if len(finite) < 2:
        return ""
    held = spread(finite, claim.bounds)
    own = mine if mine is not None and math.isfinite(mine) else None
    shown = [*held.values, held.next_low, held.next_high, *([] if own is None else [own])]
    left, right = with_band(claim, min(shown), max(shown))
    across = Scale(left, right, EDGE, WIDE - EDGE)
    parts = [_band_across(claim, across), _line("next", across(held.next_low), 40, across(held.next_high), 40),
             _line("mean", across(held.low), 40, across(held.high), 40), *_piles(held.values, across)]
    if own is not None:
        x = across(own)
        parts.append(f'<path class="own" d="M{x:.1f} 42l4 7h-8z"/>')
    parts += [f'<text x="{EDGE}" y="60">{number(left)}</text>',
              f'<text x="{WIDE - EDGE}" y="60" text-anchor="end">{number(right)}</text>']
    return _svg(HIGH, words, parts)


def curve_svg(claim: Claim, points: list[CurvePoint], words: str) -> str:
    """A dial's curve: the mean at each strength, its interval, and faintly where one more run falls; the band behind.
    "" for fewer than two points that have a value."""
    held = [point for point in points if math.isfinite(point.mean)]
    if len(held) < 2:
        return ""
    values = [value for point in held for value in (point.mean, point.low, point.high, point.next_low, point.next_high)
              if math.isfinite(value)]
    low, high = with_band(claim, min(values), max(values))
    across = Scale(held[0].at, held[-1].at, 50, WIDE - 16)
    up = Scale(low, high, CURVE_HIGH - 22, 8)
    parts = [_band_up(claim, up)]
    for point in held:
        x = across(point.at)
        for name, bottom, top in (("next", point.next_low, point.next_high), ("mean", point.low, point.high)):
            if math.isfinite(bottom) and math.isfinite(top):
                parts.append(_line(name, x, up(bottom), x, up(top)))
    joined = " ".join(f"{across(point.at):.1f},{up(point.mean):.1f}" for point in held)
    parts.append(f'<polyline class="curve" points="{joined}"/>')
    parts += [f'<circle class="run" cx="{across(point.at):.1f}" cy="{up(point.mean):.1f}" r="3"/>' for point in held]
    parts += [f'<text x="46" y="{up(value) + 4:.1f}" text-anchor="end">{number(value)}</text>' for value in (low, high)]
    return _svg(CURVE_HIGH, words, [*parts, *_ticks(held, across)])


class Scale:
    """From values to places in the drawing; what lies beyond an end is put there."""

    def __init__(self, low: float, high: float, start: float, end: float):
        self.low, self.high, self.start, self.end = low, high, start, end

    def __call__(self, value: float) -> float:
        inside = min(max(value, self.low), self.high)
        return self.start + (inside - self.low) / (self.high - self.low) * (self.end - self.start)


def with_band(claim: Claim, low: float, high: float) -> tuple[float, float]:
    """The ends of a drawing: of what is shown, and of the band where that is not far off."""
    reach = (high - low) or abs(high) or 1.0
    for edge in claim.expected:
        if math.isfinite(edge) and low - 2 * reach <= edge <= high + 2 * reach:
            low, high = min(low, edge), max(high, edge)
    return (low, high) if high > low else (low - reach / 2, high + reach / 2)


def _band_across(claim: Claim, scale: Scale) -> str:
    low, high = claim.expected
    if high < scale.low or low > scale.high:
        return ""
    left, right = scale(low), scale(high)
    return f'<rect class="band" x="{left:.1f}" y="2" width="{max(right - left, 1):.1f}" height="46"/>'


def _band_up(claim: Claim, scale: Scale) -> str:
    low, high = claim.expected
    if high < scale.low or low > scale.high:
        return ""
    bottom, top = scale(low), scale(high)
    return f'<rect class="band" x="50" y="{top:.1f}" width="{WIDE - 66}" height="{max(bottom - top, 1):.1f}"/>'


def _piles(values, across: Scale) -> list[str]:
    """A dot for each run; runs at the same place stand on each other."""
    piled: Counter[int] = Counter()
    dots = []
    for value in sorted(values):
        x = across(value)
        place = round(x / WIDE * BINS)
        dots.append(f'<circle class="run" cx="{x:.1f}" cy="{32 - 3 * piled[place]:.1f}" r="3"/>')
        piled[place] += 1
    return dots


def _ticks(points: list[CurvePoint], across: Scale) -> list[str]:
    """The strengths below the curve, as many as fit beside each other; the last one always."""
    texts, last = [], across(points[-1].at)
    free = -math.inf
    for point in points:
        x = across(point.at)
        if x >= free and (x <= last - 34 or point is points[-1]):
            texts.append(f'<text x="{x:.1f}" y="{CURVE_HIGH - 4}" text-anchor="middle">{number(point.at)}</text>')
            free = x + 34
    return texts


def _line(name: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{name}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _svg(high: int, words: str, parts: list[str]) -> str:
    return (f'<svg class="strip" viewBox="0 0 {WIDE} {high}" role="img" aria-label="{html.escape(words)}">'
            f'{"".join(parts)}</svg>')
