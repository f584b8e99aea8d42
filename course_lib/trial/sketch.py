"""Two pictures as SVG, drawn without a library so that the page that holds them asks for nothing outside."""

from __future__ import annotations

import html

import numpy as np

from course_lib.trial.contest import Contest

WIDTH, LEFT, RIGHT, ROW = 760, 170, 24, 26
BLUE, ORANGE = "#0072B2", "#D55E00"                     # peers, systems: told apart by the colour-blind too


def recalls(contests: list[Contest], names: dict[str, str]) -> str:
    """SVG: recall of every contender with its 95% interval, a panel for each split. names: kind → the panel's title."""
    judged = [row for contest in contests for row in contest.rows if row.recall is not None]
    top = 1.05 * max([row.recall.high for row in judged] + [1e-9])
    parts, y = [], 8
    for contest in contests:
        parts.append(_text(LEFT, y + 14, names[contest.kind], bold=True))
        y += 24
        first = y
        rows = sorted((row for row in contest.rows if row.recall is not None), key=lambda row: -row.recall.value)
        for row in rows:
            middle, colour = y + ROW / 2, BLUE if row.peer else ORANGE
            low, at, high = (_x(value, top) for value in (row.recall.low, row.recall.value, row.recall.high))
            parts += [_text(LEFT - 12, middle + 4, row.name, anchor="end", bold=not row.peer),
                      f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}" stroke="{colour}" '
                      f'stroke-width="2.5"/>',
                      f'<circle cx="{at:.1f}" cy="{middle}" r="5" fill="{colour}"/>']
            y += ROW
        parts += [_axis(top, first, y, "{:.2f}" if top < 1 else "{:.1f}"),
                  _text((LEFT + WIDTH - RIGHT) / 2, y + 36, f"recall@{contest.k}, with its 95% interval over users",
                        anchor="middle")]
        y += 52
    return _svg(y, parts, "Recall of every contender with its interval")


def shares(share: np.ndarray) -> str:
    """SVG: share of events that the most popular items have together, float (N,), over the share of items."""
    height, foot = 300, 44
    n = len(share)
    place = np.unique(np.r_[np.linspace(0, n - 1, 200), np.geomspace(1, n, 60) - 1].round().astype(int))
    x = LEFT + (WIDTH - LEFT - RIGHT) * np.r_[0, (place + 1) / n]
    y = 12 + (height - foot - 12) * (1 - np.r_[0, share[place]])
    line = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    parts = [f'<polyline points="{line}" fill="none" stroke="{BLUE}" stroke-width="2.5"/>',
             f'<line x1="{LEFT}" y1="{height - foot}" x2="{WIDTH - RIGHT}" y2="12" stroke="#8888" '
             f'stroke-dasharray="4 4"/>', _axis(1.0, 12, height - foot, "{:.0%}"),
             _text((LEFT + WIDTH - RIGHT) / 2, height - 6, "share of items, the most popular first", anchor="middle")]
    for tick in (0, 0.5, 1):
        parts.append(_text(LEFT - 8, 12 + (height - foot - 12) * (1 - tick) + 4, f"{tick:.0%}", anchor="end"))
    parts.append(_text(LEFT - 48, 12 + (height - foot) / 2, "share of events", anchor="end"))
    return _svg(height, parts, "Share of events that the most popular items have together")


def _x(value: float, top: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * value / top


def _axis(top: float, above: float, below: float, form: str) -> str:
    """Marks at five round places from 0 on, with thin lines up to `above`."""
    step = next((s for s in (m * 10.0**e for e in range(-6, 3) for m in (1, 2, 5)) if top / s <= 6), top)
    marks = np.arange(0, top * (1 + 1e-9), step)
    lines = "".join(f'<line x1="{_x(m, top):.1f}" x2="{_x(m, top):.1f}" y1="{above}" y2="{below}" stroke="#8883"/>'
                    for m in marks)
    places = form if step >= 0.01 or "%" in form else "{:.3g}"
    return lines + "".join(_text(_x(m, top), below + 16, places.format(m), anchor="middle") for m in marks)


def _text(x: float, y: float, words: str, anchor: str = "start", bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight}>{html.escape(words)}</text>'


def _svg(height: float, parts: list[str], title: str) -> str:
    return (f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{html.escape(title)}">'
            f'<title>{html.escape(title)}</title>{"".join(parts)}</svg>')
