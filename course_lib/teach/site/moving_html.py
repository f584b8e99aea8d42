"""A figure that moves on a page: the stored picture, a slider or choice for each control, and the frames it swaps in.

The controls stay hidden until moving.js shows them, so that a page without scripts shows the figure as it starts.
"""

from __future__ import annotations

import html
import json

from course_lib.teach.site.figure_frames import Control, Moving

NOTE = "Drawn beforehand; the running notebook has every value in between."
ALONE = "One is moved at a time: the others go back to where they start."


def moving_html(held: Moving, name: str, picture: str, alt: str, size: tuple[int, int]) -> str:
    """The figure. name: begins the ids of its controls, once on a page. picture: the <img> that is seen first. alt: its
    text, which a frame without a title of its own takes over. size: (width, height) of every frame."""
    fields = "".join(_field(control, f"{name}-{at}") for at, control in enumerate(held.controls))
    frames = "".join(_frame(frame, held.controls, alt, size) for frame in held.frames)
    note = NOTE if held.together else f"{ALONE} {NOTE}"
    return (f'<div class="moving">{picture}<fieldset class="movers" hidden><legend>Move the figure</legend>{fields}'
            f'<p class="quiet">{note}</p></fieldset><p class="unseen" role="status"></p>'
            f"<template>{frames}</template></div>")


def value_words(value) -> str:
    """A value as it is read: "1,000", "0.1", "AUC", "yes"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _field(control: Control, name: str) -> str:
    """A slider for numbers, a choice for anything else. Both hold the place of a value, not the value."""
    words = [value_words(value) for value in control.values]
    label = html.escape(control.name.replace("_", " "))
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in control.values):
        told = html.escape(json.dumps(words))
        return (f'<div><label for="{name}">{label}</label><input type="range" id="{name}" min="0" '
                f'max="{len(words) - 1}" step="1" value="{control.start}" data-words="{told}" '
                f'aria-valuetext="{html.escape(words[control.start])}" autocomplete="off">'
                f'<span class="now" aria-hidden="true">{html.escape(words[control.start])}</span></div>')
    options = "".join(f'<option value="{at}"{" selected" if at == control.start else ""}>{html.escape(word)}</option>'
                      for at, word in enumerate(words))
    return (f'<div><label for="{name}">{label}</label><select id="{name}" data-start="{control.start}" '
            f'autocomplete="off">{options}</select></div>')


def _frame(frame, controls: list[Control], alt: str, size: tuple[int, int]) -> str:
    title = frame.title.removeprefix("<Figure: ").removesuffix(">")
    at = ", ".join(f"{control.name.replace('_', ' ')} {value_words(control.values[place])}"
                   for control, place in zip(controls, frame.places, strict=True))
    text = html.escape(f"{title or alt}. At {at}.")
    key = " ".join(map(str, frame.places))
    return (f'<img src="data:image/png;base64,{frame.png}" data-at="{key}" width="{size[0]}" height="{size[1]}" '
            f'alt="{text}">')
