"""The frames of a figure that explore() shows: it is drawn once for every setting of its controls that a page can hold.

A frame is kept as what differs from the figure at its start, so that most of a chart is kept once.
"""

from __future__ import annotations

import base64
import io
import itertools
import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from course_lib.contracts import DataError

MOST = 36                  # frames of one figure: a third of a second of a lesson's build each
ROOM_KB = 300              # what the frames of one figure may take in a notebook of a megabyte
TOGETHER = 2               # more controls than this are moved one at a time
ALONE = 24                 # frames of such a figure: what takes so many controls takes half a second to draw
COLOURS = 31               # of a frame, beside "as at the start"
FEWEST = 3                 # values of one control: where it starts and both ends


@dataclass(frozen=True)
class Control:
    """name: of the argument. values: what it can be set to, in order. start: the place of the value it starts at."""

    name: str
    values: list
    start: int


@dataclass(frozen=True)
class Frame:
    """places: of each control's value. webp: base64 of the picture, transparent where it is as at the start. title:
    what the figure says of itself."""

    places: tuple[int, ...]
    webp: str
    title: str


@dataclass(frozen=True)
class Moving:
    """A figure with its frames. together: whether all controls can be moved at once, or one at a time."""

    controls: list[Control]
    frames: list[Frame]
    together: bool


def moving(drawn: Callable[[dict], dict], ranges: dict, start: dict, shown: dict, room_kb: int = ROOM_KB) -> Moving:
    """All frames of a figure, of as many settings as there is room for; at least three values of each control.

    drawn: {name: value} -> the figure as an output, {"image/png": base64, "text/plain": "<Figure: …>"}. ranges: as
    explore() takes them. start: the value at which each control starts. shown: the output that stands on the page, over
    which frames are laid; drawn again it may differ, where it says a time. Raises DataError for a setting at which
    there is no figure, or one of another size.
    """
    first, most = shown["image/png"], MOST
    known = {tuple(start[name] for name in ranges): (difference(first, first), _title(shown))}
    while True:
        controls = controls_of(ranges, start, most)
        frames = [Frame(places, *_known(known, drawn, first, controls, places)) for places in settings(controls)]
        size_kb = sum(len(frame.webp) for frame in frames) / 1024
        if size_kb <= room_kb or all(len(control.values) <= FEWEST for control in controls):
            return Moving(controls, frames, len(controls) <= TOGETHER)
        most = min(len(frames) - 1, int(most * room_kb / size_kb))


def controls_of(ranges: dict, start: dict, most: int = MOST) -> list[Control]:
    """A control for every range, with as many values as its share of `most` frames allows."""
    count = len(ranges)
    each = int(most ** (1 / count)) if count <= TOGETHER else min(most, ALONE) // count
    controls = []
    for name, span in ranges.items():
        values = thinned(values_of(span, start[name]), start[name], each)
        controls.append(Control(name, values, values.index(start[name])))
    return controls


def values_of(span, start) -> list:
    """Every value that the control of a running notebook can be set to, and `start` where it lies between two."""
    if isinstance(span, bool):
        return [False, True]
    if isinstance(span, list):
        return span
    low, high = span[:2]
    whole = all(isinstance(value, int) for value in (*span, start))
    step = span[2] if len(span) == 3 else 1 if whole else (high - low) / 20
    count = int((high - low) / step + 1e-9) + 1
    values = [low + place * step for place in range(count)]
    if whole:
        return sorted({*values, start})
    others = {round(value, 9) for value in values if not math.isclose(value, start, rel_tol=1e-9, abs_tol=1e-9)}
    return sorted({*others, start})


def thinned(values: list, start, most: int) -> list:
    """At most `most` of the values: `start`, both ends, and evenly spaced ones between."""
    own = values.index(start)
    for stride in range(1, len(values) + 1):
        kept = {0, own, len(values) - 1, *range(own % stride, len(values), stride)}
        if len(kept) <= max(most, FEWEST):
            return [values[place] for place in sorted(kept)]
    return values


def settings(controls: list[Control]) -> list[tuple[int, ...]]:
    """The settings that are drawn: every combination, or with many controls those in which one at most is moved."""
    every = [range(len(control.values)) for control in controls]
    if len(controls) <= TOGETHER:
        return list(itertools.product(*every))
    start = tuple(control.start for control in controls)
    moved = {(*start[:at], place, *start[at + 1:]) for at, places in enumerate(every) for place in places}
    return sorted(moved)


def _known(known: dict, drawn, first: str, controls: list[Control], places: tuple[int, ...]) -> tuple[str, str]:
    """(webp, title) of one setting, drawn where it was not yet."""
    values = {control.name: control.values[place] for control, place in zip(controls, places, strict=True)}
    key = tuple(values.values())
    if key not in known:
        made = drawn(values)
        if "image/png" not in made:
            raise DataError(f"the figure that explore() shows is none at {values}: it is {made['text/plain'][:80]}")
        known[key] = difference(made["image/png"], first), _title(made)
    return known[key]


def _title(made: dict) -> str:
    """What a figure says of itself, "" where it says nothing that a reader understands."""
    found = re.fullmatch(r"<Figure: (.+)>", made["text/plain"], re.DOTALL)
    return found[1] if found else ""


def picture(encoded: str, mode: str = "RGB"):
    """The picture that a base64 text holds."""
    from PIL import Image

    return Image.open(io.BytesIO(base64.b64decode(encoded))).convert(mode)


def difference(png: str, first: str) -> str:
    """A picture as lossless WebP in few colours, in base64, transparent where it is the same as `first`.

    Raises DataError where the two have not one size.
    """
    from PIL import Image, ImageChops

    shown, start = picture(png), picture(first)
    if shown.size != start.size:
        raise DataError(f"explore() drew figures of {start.size} and of {shown.size} pixels; they swap places, so "
                        "their function must give one figsize to all")
    changed = ImageChops.difference(shown, start).convert("RGB").split()
    mask = ImageChops.lighter(ImageChops.lighter(changed[0], changed[1]), changed[2]).point(lambda p: 255 * (p > 0))
    few = shown.quantize(COLOURS, dither=Image.Dither.NONE).convert("RGB")
    few.paste((0, 0, 0), mask=ImageChops.invert(mask))
    few.putalpha(mask)
    made = io.BytesIO()
    few.save(made, "webp", lossless=True, quality=80, method=4)
    return base64.b64encode(made.getvalue()).decode()
