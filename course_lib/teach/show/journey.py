"""A request's journey as a picture: every item a dot, coloured by where it fell, with names that can be read."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from textwrap import wrap

import numpy as np

from course_lib.teach.show import plots

KEPT = plots.BLUE
FALLEN = {"retrieve": "#D9D9D9", "filter": plots.ORANGE, "rank": plots.SKY, "rerank": plots.PINK}
DOES = {"retrieve": "RETRIEVE  the nearest", "filter": "FILTER  what must not be shown",
        "rank": "RANK  by the chance of a yes", "rerank": "RE-RANK  the slate as a whole"}
HEIGHTS = {"retrieve": 0.205, "filter": 0.165, "rank": 0.165, "rerank": 0.15}
TOP, WIDE, HIGH = 0.968, 9.6, 10.2


def names_of(catalog) -> list[str]:
    """A name for every item: its title where there is one, else what is public of it."""
    items = catalog.items
    if "title" in items:
        return items["title"].astype(str).tolist()
    return [f"item {i} (category {c})" for i, c in zip(items.index, items["category"], strict=True)]


class Picture:
    """A figure as a small PNG of few colours; shown where it stands last in a cell. `write(path)` keeps it.

    title: what it says, for those who cannot see it.
    """

    def __init__(self, drawn, title: str, colors: int = 64):
        self._drawn, self._title, self._colors = drawn, title, colors

    def __repr__(self):
        return f"<Figure: {self._title}>"

    def _repr_png_(self) -> bytes:
        from PIL import Image

        raw, small = BytesIO(), BytesIO()
        self._drawn.savefig(raw, format="png", dpi=100)
        few = Image.open(raw).convert("RGB").quantize(self._colors, dither=Image.Dither.NONE)
        few.save(small, "png", optimize=True)
        return small.getvalue()

    def write(self, path) -> None:
        """Write the PNG to path."""
        Path(path).write_bytes(self._repr_png_())


def tell(trace, item: int, names) -> str:
    """trace.lost(item) with names in place of ids: "ranking: number 57 of 240 by score; …"."""
    return re.sub(r"item (\d+)", lambda found: f"“{names[int(found[1])]}”", trace.lost(item))


def draw(response, names, noun: str = "films") -> Picture:
    """The journey of one request. response: serving's Response. names: a string for every item id.

    Returns the picture: a band a stage (every item that came in is a dot; blue goes on), how many, how long, which
    fell and why, and the slate at the foot.
    """
    from matplotlib.figure import Figure

    trace, drawn = response.trace, Figure(figsize=(WIDE, HIGH), layout="none")
    ax = drawn.add_axes([0, 0, 1, 1])
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.axis("off")
    shown = int((response.item >= 0).sum())
    ax.text(0.03, TOP, f"{trace.stages[0].n_in:,} {noun} → {shown}, in {trace.total_ms:.0f} of {trace.budget_ms:g} ms",
            size=19, weight="bold", va="center")
    ax.text(0.03, TOP - 0.033, f"One request of user {trace.user}. Every dot is one of the {noun} that came into a "
            f"stage; the dark blue ones went on to the next.", size=10.5, color="#444444", va="center")
    y = TOP - 0.058
    for stage in trace.stages:
        height = HEIGHTS.get(stage.name, 0.15)
        _band(ax, stage, y, height, names, noun)
        y -= height
    _slate(ax, response, y - 0.012, names)
    _clock(ax, trace, 0.022)
    return Picture(drawn, f"The journey of one request of user {trace.user}: {trace.stages[0].n_in:,} {noun} → {shown}")


def _band(ax, stage, top, height, names, noun) -> None:
    """One stage between top and top − height: dots on the left, words on the right."""
    fallen = [items for items in stage.gone.values() if len(items)]
    item = np.concatenate([stage.item, *fallen]) if fallen else stage.item
    on = np.isin(item, stage.item)
    if stage.name in ("retrieve", "filter"):                    # these stages set no order that the eye should read
        order = np.argsort(item)
        item, on = item[order], on[order]
    _dots(ax, on, (0.035, top - height + 0.022, 0.40, height - 0.034), FALLEN.get(stage.name, "#BBBBBB"))
    ax.plot([0.03, 0.97], [top - height + 0.008] * 2, color="#CCCCCC", lw=0.8)
    x, y = 0.465, top - 0.018
    ax.text(x, y, DOES.get(stage.name, stage.name), size=11.5, weight="bold", color=KEPT, va="center")
    ax.text(0.97, y, f"{stage.ms:.1f} ms", size=11.5, weight="bold", va="center", ha="right")
    y -= 0.027
    ax.text(x, y, f"{stage.n_in:,} → {stage.n_out:,} {noun}", size=11, va="center")
    y -= 0.024
    reasons = [(why, items) for why, items in stage.gone.items() if len(items)]
    most = 2 if len(reasons) < 2 else 1                         # lines that a reason may take
    y = _line(ax, x, y, "go on: ", [names[i] for i in stage.item[:5]], KEPT, 2 if len(reasons) < 3 else 1)
    for why, items in reasons:
        y = _line(ax, x, y, f"{len(items):,} fell, {why}: ", [names[i] for i in items[:4]],
                  "#A6A6A6" if stage.name == "retrieve" else FALLEN.get(stage.name, "#777777"), most)


def _line(ax, x, y, head, titles, paint, most) -> float:
    """At most `most` lines of text behind a coloured mark; returns where the next line goes."""
    ax.plot([x + 0.004], [y], "o", ms=6, color=paint)
    lines = wrap(head + ", ".join(_cut(title, 30) for title in titles) + " …", 68)
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][:66].rstrip(" ,…") + " …"]
    for line in lines:
        ax.text(x + 0.016, y, line, size=9.2, va="center", color="#222222")
        y -= 0.0178
    return y - 0.005


def _cut(title: str, width: int) -> str:
    return title if len(title) <= width else title[: width - 1].rstrip() + "…"


def _dots(ax, on, box, paint) -> None:
    """A dot an item, row by row, in box (x, y, width, height); blue where `on`."""
    x, y, width, height = box
    n = max(len(on), 1)
    columns = int(np.ceil(np.sqrt(n * width / height)))
    rows = int(np.ceil(n / columns))
    place = np.arange(len(on))
    step = min(width / columns, height / rows)
    size = (0.74 * step * WIDE * 72) ** 2
    across = x + (place % columns + 0.5) * width / columns
    down = y + height - (place // columns + 0.5) * height / rows
    ax.scatter(across, down, s=min(size, 260), c=np.where(on, KEPT, paint), linewidths=0)


def _slate(ax, response, top, names) -> None:
    """The slate in two columns, with the score of each item."""
    shown = response.item[response.item >= 0]
    last = response.trace.stages[-1]
    score = dict(zip(last.item.tolist(), last.score.tolist(), strict=False))
    ax.text(0.03, top, f"SHOWN  the {len(shown)} of the slate, with the ranker's probability", size=11.5, weight="bold",
            color=KEPT, va="center")
    half = (len(shown) + 1) // 2
    step = min(0.0235, (top - 0.09) / max(half, 1))
    for place, item in enumerate(shown):
        x, y = 0.03 + 0.49 * (place // half), top - 0.030 - step * (place % half)
        ax.text(x + 0.018, y, f"{place + 1}", size=11, weight="bold", ha="right", va="center", color="#666666")
        ax.text(x + 0.028, y, _cut(names[item], 46), size=11, va="center")
        if item in score:
            ax.text(x + 0.445, y, f"{score[item]:.0%}", size=10, ha="right", va="center", color="#666666")


def _clock(ax, trace, y) -> None:
    """The budget as a bar from 0 to budget_ms, filled by what each stage took."""
    left, wide = 0.075, 0.85
    scale = wide / max(trace.budget_ms, trace.total_ms)
    ax.barh(y, trace.budget_ms * scale, 0.016, left=left, color="#EEEEEE")
    at = left
    for stage in trace.stages:
        paint = "#8A8A8A" if stage.name == "retrieve" else FALLEN.get(stage.name, "#777777")
        ax.barh(y, stage.ms * scale, 0.016, left=at, color=paint)
        if stage.ms * scale > 0.05:
            ax.text(at + stage.ms * scale / 2, y + 0.017, stage.name, size=8.5, ha="center", va="center")
        at += stage.ms * scale
    ax.text(left - 0.008, y, "time", size=9.5, ha="right", va="center", weight="bold")
    ax.text(left + trace.budget_ms * scale + 0.008, y, f"{trace.budget_ms:g} ms", size=9.5, va="center")
