"""explore(): a figure that stands by itself; a slider below it redraws it where there is a kernel and ipywidgets.

In a notebook that is being built no kernel will stand behind what is stored, so frames drawn beforehand take its place.
"""

from __future__ import annotations

import inspect
import io
import itertools

from course_lib.contracts import ArgumentError
from course_lib.teach.show.notices import in_notebook, is_built

_count = itertools.count(1)


def explore(function, **ranges) -> None:
    """Show function(**start) as a static figure, then one control for each range that redraws it.

    function: pure; returns a Figure, Axes, or anything that can be displayed. ranges: name = (low, high) or
    (low, high, step) for a slider, a list for a choice, a bool for a tick box. It starts at the function's own default
    where that lies in the range, else at its first value. Without widgets (a terminal, nbval) the figure stands alone;
    in a notebook that is being built, frames that were drawn beforehand move it. Raises ArgumentError for a range that
    is none of these or that function does not take.
    """
    start = {name: start_of(function, name, held) for name, held in ranges.items()}
    drawn = as_output(function(**start))
    if not in_notebook():
        print(drawn["text/plain"] + " " + ", ".join(f"{name} = {value}" for name, value in start.items()))
        return
    from IPython.display import display

    if is_built():
        display(drawn, raw=True)
        if ranges and "image/png" in drawn:                  # a table stands alone
            display(_stored(function, ranges, start, drawn), raw=True)
        return
    name = f"explore-{next(_count)}"
    handle = display(drawn, raw=True, display_id=name)
    controls = _controls(ranges, start)
    if controls is None:
        return

    def redraw(_=None):
        handle.update(as_output(function(**{key: control.value for key, control in controls.items()})), raw=True)
    for control in controls.values():
        control.observe(redraw, "value")
    from ipywidgets import VBox

    display(VBox(list(controls.values())))


def _stored(function, ranges, start, shown) -> dict:
    """The frames of the figure as an output. shown: the output over which they will be laid."""
    from course_lib.teach.show.explore_frames import moving
    from course_lib.teach.show.frames_html import frames_html, sentence

    held = moving(lambda values: as_output(function(**values)), ranges, start, shown)
    return {"text/html": frames_html(held), "text/plain": sentence(held)}


def start_of(function, name, held):
    taken = inspect.signature(function).parameters
    if name not in taken and not any(p.kind is p.VAR_KEYWORD for p in taken.values()):
        raise ArgumentError(f"explore: {getattr(function, '__name__', 'the function')} takes no {name!r}; it takes "
                            f"{', '.join(taken)}.")
    default = taken[name].default if name in taken else inspect.Parameter.empty
    if isinstance(held, bool):
        return held
    if isinstance(held, tuple) and len(held) in (2, 3) and held[0] < held[1]:
        numeric = isinstance(default, (int, float)) and not isinstance(default, bool)
        return default if numeric and held[0] <= default <= held[1] else held[0]
    if isinstance(held, list) and held:
        return default if default in held else held[0]
    raise ArgumentError(f"explore: the range of {name!r} is {held!r}; expected (low, high), (low, high, step), a list "
                        "of choices, or True/False.")


def _controls(ranges, start):
    try:
        import ipywidgets as widgets
    except ImportError:
        return None
    style, layout = {"description_width": "10em"}, {"width": "34em"}
    made = {}
    for name, held in ranges.items():
        common = {"description": name.replace("_", " "), "value": start[name], "style": style, "layout": layout}
        if isinstance(held, bool):
            made[name] = widgets.Checkbox(**common)
        elif isinstance(held, list):
            made[name] = widgets.SelectionSlider(options=held, continuous_update=False, **common) if all(
                isinstance(v, (int, float)) for v in held) else widgets.Dropdown(options=held, **common)
        else:
            whole = all(isinstance(v, int) for v in (*held, start[name]))
            step = held[2] if len(held) == 3 else 1 if whole else (held[1] - held[0]) / 20
            slider = widgets.IntSlider if whole else widgets.FloatSlider
            common |= {} if whole else {"readout_format": _places(step)}
            made[name] = slider(min=held[0], max=held[1], step=step, continuous_update=False, **common)
    return made


def _places(step: float) -> str:
    """How a slider tells its value: with as many places as its step has, two at least and six at most."""
    decimals = f"{step:.6f}".rstrip("0").partition(".")[2]
    return f".{max(len(decimals), 2)}f"


def _in_text(held):
    """A form of a display as a notebook stores it: bytes, such as those of a picture, in base64."""
    import base64

    return base64.b64encode(held).decode() if isinstance(held, bytes) else held


def as_output(thing) -> dict:
    """A figure (or Axes) as PNG with a word of text; anything else as its own forms. The figure is closed."""
    figure = getattr(thing, "figure", thing)
    figure = figure if hasattr(figure, "savefig") else getattr(figure, "figure", None)
    if hasattr(figure, "savefig"):
        import base64

        import matplotlib.pyplot as plt

        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=100)
        titles = [ax.get_title(loc=loc) for ax in figure.axes for loc in ("left", "center")]
        plt.close(figure)
        title = next(filter(None, titles), "")
        return {"image/png": base64.b64encode(buffer.getvalue()).decode(), "text/plain": f"<Figure: {title}>"}
    if in_notebook():
        from IPython.core.formatters import DisplayFormatter

        forms = DisplayFormatter().format(thing)[0]
        return {kind: _in_text(held) for kind, held in forms.items()}
    return {"text/plain": repr(thing)}
