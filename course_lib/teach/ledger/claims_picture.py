"""The ledger as a picture: one narrow column, large enough to be read on a phone."""

from __future__ import annotations

import io
import textwrap
from pathlib import Path

import numpy as np

from course_lib.teach.definitions.claim import DIAL, IDENTITY
from course_lib.teach.ledger.spread import spread
from course_lib.teach.ledger.verdict import DEPENDS, FAILS, HOLDS, UNSAID

WIDTH_INCHES, LINE_INCHES = 5.4, 0.74
LETTERS, LINES = 76, 3  # of a statement in one line; and how many lines it may have
DPI = 80


def picture(entries, path: Path | None = None, *, measured_only: bool = True, title: str | None = None):
    """Every judged statement as a line: the band expected beforehand, what came out, the verdict as colour and word.

    Each line has its own scale, on which the band is as wide as on every other; what lies far outside is drawn at the
    edge as an arrow. With replicates: a small point each, a thick line for the interval of the mean, a thin one for
    where the next run falls. Without: one hollow point, for it is one run. Returns the Figure; saved as a small PNG
    under `path`.
    """
    import matplotlib.pyplot as plt

    from course_lib.teach.show import plots

    plots.style()
    held = [entry for entry in entries if entry.claim.kind not in (IDENTITY, DIAL)]
    held = [entry for entry in held if entry.rows or entry.replicates or not measured_only]
    height = 1.2 + LINE_INCHES * max(len(held), 2)
    figure, ax = plt.subplots(figsize=(WIDTH_INCHES, height))
    for index, entry in enumerate(held):
        _draw(ax, len(held) - 1 - index, entry)
    ax.set(xlim=(-1.25, 2.25), ylim=(-0.6, max(len(held), 1) - 0.2), yticks=[], xticks=[])
    ax.grid(visible=False)
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.set_title("blue: where it was expected beforehand", fontsize=10, fontweight="normal")
    figure.suptitle(title or f"{len(held)} statements, measured", x=0.02, ha="left", fontsize=13, fontweight="bold")
    if path is not None:
        _save_small(figure, Path(path))
    return figure


def _save_small(figure, path: Path) -> None:
    """As PNG with a palette of 16 colours, a quarter of the bytes; other endings as matplotlib has them."""
    if path.suffix != ".png":
        figure.savefig(path)
        return
    from PIL import Image

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    Image.open(buffer).convert("RGB").quantize(16).save(path, optimize=True)


def _paint(word: str) -> str:
    from course_lib.teach.show import plots

    starts = {HOLDS: plots.GREEN, DEPENDS: plots.BLUE, FAILS: plots.RED, UNSAID: plots.BLACK}
    return next((colour for start, colour in starts.items() if word.startswith(start)), plots.GREY)


def _draw(ax, y, entry) -> None:
    from course_lib.teach.show import plots

    low, high = entry.claim.expected
    left, right = (0 if np.isfinite(low) else -1.2), (1 if np.isfinite(high) else 2.2)
    ax.barh(y, right - left, left=left, height=0.22, color=plots.SKY, alpha=0.3, linewidth=0)
    said = entry.verdict
    colour = _paint(said.text)
    place = _scaler(entry)
    for rows in entry.places.values():
        finite = [row for row in rows if np.isfinite(row.value)]
        if len(finite) > 1:
            _draw_spread(ax, y, spread(finite, entry.claim.bounds), place, colour)
    for row in entry.rows:
        if not entry.places[row.on] and np.isfinite(row.value):
            _mark(ax, y, place, row.value, "o", colour, 7, face="none")
    text = textwrap.fill(f"{entry.claim.lesson}  {entry.claim.says}", LETTERS, max_lines=LINES, placeholder=" …")
    ax.text(-1.22, y + 0.14, text, fontsize=9, va="bottom", linespacing=0.95)
    ax.text(2.22, y - 0.14, said.text, fontsize=9, va="top", ha="right", color=colour)


def _draw_spread(ax, y, held, place, colour) -> None:
    for value in held.values:
        _mark(ax, y, place, value, ".", colour, 4)
    for (low, high), width in (((held.next_low, held.next_high), 1), ((held.low, held.high), 4)):
        ends = [float(np.clip(place(end), -1.15, 2.15)) for end in (low, high)]
        ax.plot(ends, [y, y], color=colour, lw=width, alpha=0.7, solid_capstyle="butt")


def _mark(ax, y, place, value, sign, colour, size, face=None) -> None:
    x = place(value)
    beyond = "<" if x < -1.15 else ">" if x > 2.15 else sign
    ax.plot(float(np.clip(x, -1.15, 2.15)), y, beyond, color=colour, ms=size, mfc=face or colour)


def _scaler(entry):
    """Maps a value so that the band is [0, 1]; a band with one end is as wide as the farthest value from that end."""
    low, high = entry.claim.expected
    if np.isfinite(low) and np.isfinite(high):
        width = (high - low) or max(abs(low), 1.0)
        return lambda value: (value - low) / width
    edge, sign = (low, 1) if np.isfinite(low) else (high, -1)
    if not np.isfinite(edge):
        return lambda value: 0.5 + 0 * value
    values = [row.value for row in [*entry.rows, *sum(entry.replicates, [])] if np.isfinite(row.value)]
    width = max([abs(value - edge) for value in values] + [abs(edge) * 0.5, 1e-9])
    return (lambda value: (value - edge) / width) if sign > 0 else (lambda value: 1 + (value - edge) / width)
