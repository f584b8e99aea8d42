"""How outcomes are shown: one notice with a sign, a word and a colour, as HTML and as text that reads as well."""

from __future__ import annotations

import html
import os
import re
import sys
from dataclasses import dataclass, field

# Sign, word, colour (blue, orange and grey stay apart for the colour-blind), border.
LOOKS = {
    "right": ("✓", "right", "#009E73", "solid"),
    "wrong": ("✗", "not right yet", "#D55E00", "solid"),
    "todo": ("○", "not attempted", "#888888", "dashed"),
    "note": ("·", "", "#0072B2", "solid"),
}


@dataclass
class Notice:
    """What a cell shows. about: "Exercise 3.1". status: a key of LOOKS. says: paragraphs of plain text.

    blocks: (label, text) shown preformatted. folded: (label, html, text) shown on a click; text for a terminal.
    data: what goes into the output beside it, by mime type, for programs.
    """

    status: str
    about: str
    says: tuple[str, ...] = ()
    blocks: list[tuple[str, str]] = field(default_factory=list)
    folded: list[tuple[str, str, str]] = field(default_factory=list)
    data: dict = field(default_factory=dict)
    word: str | None = None

    def _word(self) -> str:
        return LOOKS[self.status][1] if self.word is None else self.word

    def __repr__(self) -> str:
        head = " · ".join(part for part in (f"{LOOKS[self.status][0]} {self.about}", self._word()) if part)
        lines = [head, *(f"  {text}" for text in self.says if text)]
        for label, text in self.blocks:
            flat = str(text).splitlines()
            lines += [f"  {label}: {flat[0] if flat else ''}"] if len(flat) < 2 else [f"  {label}:"] + [
                f"    {line}" for line in flat]
        for label, _, text in self.folded:
            lines += [f"  {label}:"] + [f"    {line}" for line in text.splitlines()] if text else []
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        sign, _, colour, border = LOOKS[self.status]
        word = f' · <span style="color:{colour}"><b>{html.escape(self._word())}</b></span>' if self._word() else ""
        parts = [f'<div><b style="color:{colour}">{sign}</b> <b>{html.escape(self.about)}</b>{word}</div>']
        parts += [f'<div style="margin-top:.3em">{code_marks(text)}</div>' for text in self.says if text]
        parts += [_table(self.blocks)] if self.blocks else []
        parts += [f'<details style="margin-top:.4em"><summary style="cursor:pointer">{html.escape(label)}</summary>'
                  f'{body}</details>' for label, body, _ in self.folded]
        look = f"border-left:6px {border} {colour};padding:.4em .9em;margin:.2em 0;max-width:60em"
        return (f'<div class="course-notice" data-about="{html.escape(self.about)}" data-status="{self.status}" '
                f'style="{look}">{"".join(parts)}</div>')

    def bundle(self) -> dict:
        """The output by mime type."""
        return {"text/plain": repr(self), "text/html": self._repr_html_(), **self.data}


def _table(blocks) -> str:
    """Labels and preformatted texts in two columns."""
    cell = "text-align:left;vertical-align:top;padding:.1em .8em .1em 0"
    text = "margin:0;background:none;white-space:pre-wrap"
    rows = "".join(f'<tr style="background:none"><td style="{cell};white-space:nowrap">{html.escape(label)}</td>'
                   f'<td style="{cell}"><pre style="{text}">{html.escape(str(held))}</pre></td></tr>'
                   for label, held in blocks)
    return f'<table style="margin:.4em 0 0 0;border-collapse:collapse">{rows}</table>'


def code_marks(text: str) -> str:
    """Escaped text in which `this` stands as code, **this** bold, *this* slanted; an empty line parts paragraphs."""
    done = []
    for index, part in enumerate(re.split(r"`([^`]+)`", text)):
        safe = html.escape(part, quote=False)
        if index % 2:
            done.append(f"<code>{safe}</code>")
            continue
        safe = re.sub(r"\*\*(\S[^*]*?)\*\*", r"<b>\1</b>", safe)
        done.append(re.sub(r"(?<![\w*])\*(\S[^*]*?)\*(?![\w*])", r"<i>\1</i>", safe).replace("\n\n", "<br><br>"))
    return "".join(done)


def show(notice: Notice) -> None:
    """Display in a notebook (both forms), print in a terminal."""
    if in_notebook():
        from IPython.display import display

        display(notice.bundle(), raw=True)
    else:
        print(notice)


def in_notebook() -> bool:
    """Is there a kernel that takes rich output?"""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    shell = get_ipython()
    return shell is not None and hasattr(shell, "kernel")


def is_built() -> bool:
    """Is this notebook being built, to be read where no kernel answers? Set by `course build` (publish/execute.py)."""
    return bool(os.environ.get("COURSE_BUILT"))


def code_html(text: str) -> str:
    """Source as a preformatted block, coloured where pygments is there."""
    try:
        from pygments import highlight
        from pygments.formatters import HtmlFormatter
        from pygments.lexers import PythonLexer

        body = highlight(text, PythonLexer(), HtmlFormatter(noclasses=True, nowrap=True, style="default"))
    except ImportError:
        body = html.escape(text)
    return (f'<pre style="overflow-x:auto;background:rgba(127,127,127,.08);padding:.6em;margin:.3em '
            f'0;line-height:1.35">'
            f'{body}</pre>')
