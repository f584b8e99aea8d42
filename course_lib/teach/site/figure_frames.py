"""The frames of a figure that moves: it is drawn once for every setting of its controls that the page can hold."""

from __future__ import annotations

import base64
import io
import itertools
from dataclasses import dataclass

from course_lib.contracts import DataError
from course_lib.teach.show.widgets import as_output, start_of
from course_lib.teach.site.explore_calls import Redrawable

MOST = 36                  # frames of one figure: about 10 kB of a page and a third of a second of the build each
TOGETHER = 2               # more controls than this are moved one at a time
COLOURS = 32
ALIKE = 4.0                # mean difference of two pictures, of 255, that another version of matplotlib may make


@dataclass(frozen=True)
class Control:
    """name: of the argument. values: what it can be set to, in order. start: the place of the value it starts at."""

    name: str
    values: list
    start: int


@dataclass(frozen=True)
class Frame:
    """places: of each control's value. png: base64. title: what the figure says of itself, such as "<Figure: …>"."""

    places: tuple[int, ...]
    png: str
    title: str


@dataclass(frozen=True)
class Moving:
    """A figure with its frames. together: whether all controls can be moved at once, or one at a time."""

    controls: list[Control]
    frames: list[Frame]
    together: bool


def moving(held: Redrawable, stored_png: str, stored_title: str) -> Moving | None:
    """All frames of a figure. stored_png, stored_title: what the notebook holds, drawn at the start of all controls.

    None where the figure, drawn at that start, is not the stored one any more: then its frames would not be either.
    Raises DataError for a setting at which the function draws no figure.
    """
    controls = controls_of(held)
    start = tuple(control.start for control in controls)
    first = _drawn(held, controls, start)
    if first.title != stored_title or not alike(first.png, stored_png):
        return None
    places = settings(controls)
    frames = [first if held_at == start else _drawn(held, controls, held_at) for held_at in places]
    small = [Frame(frame.places, few_colours(frame.png), frame.title) for frame in frames]
    return Moving(controls, small, len(controls) <= TOGETHER)


def controls_of(held: Redrawable) -> list[Control]:
    """A control for every range, with as many values as its share of MOST allows."""
    count = len(held.ranges)
    each = int(MOST ** (1 / count)) if count <= TOGETHER else MOST // count
    controls = []
    for name, span in held.ranges.items():
        start = start_of(held.function, name, span)
        controls.append(_control(name, thinned(values_of(span, start), start, each), start))
    return controls


def _control(name: str, values: list, start) -> Control:
    return Control(name, values, values.index(start))


def values_of(span, start) -> list:
    """Every value that the notebook's own control can be set to, and `start` where it lies between two of them."""
    if isinstance(span, bool):
        return [False, True]
    if isinstance(span, list):
        return span
    low, high = span[:2]
    whole = all(isinstance(value, int) for value in (*span, start))
    step = span[2] if len(span) == 3 else 1 if whole else (high - low) / 20
    count = int((high - low) / step + 1e-9) + 1
    values = [low + place * step for place in range(count)]
    return sorted({value if whole else round(value, 9) for value in (*values, start)})


def thinned(values: list, start, most: int) -> list:
    """At most `most` of the values: `start`, both ends, and evenly spaced ones between."""
    own = values.index(start)
    for stride in range(1, len(values) + 1):
        kept = {0, own, len(values) - 1, *range(own % stride, len(values), stride)}
        if len(kept) <= max(most, 3):
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


def _drawn(held: Redrawable, controls: list[Control], places: tuple[int, ...]) -> Frame:
    import matplotlib

    matplotlib.use("agg")
    values = {control.name: control.values[place] for control, place in zip(controls, places, strict=True)}
    made = as_output(held.function(**values))
    if "image/png" not in made:
        raise DataError(f"the figure that explore() shows is none at {values}: it is {made['text/plain'][:80]}")
    return Frame(places, made["image/png"], made["text/plain"])


def _picture(png: str):
    from PIL import Image

    return Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")


def alike(one: str, other: str) -> bool:
    """Whether two PNGs, as base64, have one size and nearly the same pixels."""
    from PIL import ImageChops, ImageStat

    pair = _picture(one), _picture(other)
    if pair[0].size != pair[1].size:
        return False
    return max(ImageStat.Stat(ImageChops.difference(*pair)).mean) < ALIKE


def few_colours(png: str) -> str:
    """The same picture in few colours, a third as large."""
    from PIL import Image

    small = io.BytesIO()
    _picture(png).quantize(COLOURS, dither=Image.Dither.NONE).save(small, "png", optimize=True)
    return base64.b64encode(small.getvalue()).decode()
