"""A figure's frames as the HTML that a notebook stores right below the figure.

Without scripts it is a sentence; frames.js, which stands in it too, makes controls of it that move the picture above.
"""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

from course_lib.teach.show.explore_frames import Control, Moving

MARK = '<div class="course-frames">'
NOTE = "Drawn beforehand; the running notebook has every value in between."
ALONE = "One is moved at a time: the others go back to where they start."
SCRIPT = re.compile(r"<script>.*?</script>", re.DOTALL)           # what runs; what it reads is in a script with a type


def frames_html(held: Moving) -> str:
    """The HTML of a figure's frames, with the script that moves it."""
    script = (Path(__file__).parent / "frames.js").read_text(encoding="utf-8")
    return (f'{MARK}<p class="quiet">{html.escape(sentence(held))}</p>'
            f'<script type="application/json">{_kept(held)}</script><script>{script}</script></div>')


def sentence(held: Moving) -> str:
    """What is read where no script runs: "Shown at n = 1,000 and shift = 0.1. …"."""
    at = [f"{told(control)} = {value_words(control.values[control.start])}" for control in held.controls]
    return (f"The figure is shown at {_listed(at)}. Where scripts run, controls below it move it; in the running "
            f"notebook, which make lab opens, they take every value.")


def without_script(markup: str) -> str:
    """The stored HTML without the script that runs, for a page that brings it along as a file."""
    return SCRIPT.sub("", markup)


def told(control: Control) -> str:
    """The name of a control as it is read."""
    return control.name.replace("_", " ")


def value_words(value) -> str:
    """A value as it is read: "1,000", "0.1", "AUC", "yes"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _kept(held: Moving) -> str:
    """What frames.js reads, without a letter that markup or the search for paths of a machine could stumble over."""
    controls = [{"name": told(control), "words": [value_words(value) for value in control.values],
                 "start": control.start, "slides": _slides(control)} for control in held.controls]
    frames = {" ".join(map(str, frame.places)): [frame.webp.replace("+", "-").replace("/", "_"), frame.title]
              for frame in held.frames}
    note = NOTE if held.together else f"{ALONE} {NOTE}"
    text = json.dumps({"controls": controls, "note": note, "frames": frames}, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _slides(control: Control) -> bool:
    """Whether it is a slider: one of numbers. Anything else is a choice."""
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in control.values)
