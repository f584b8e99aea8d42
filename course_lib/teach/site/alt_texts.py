"""What a figure is called for those who do not see it: its title and axes, read from the code that draws it."""

from __future__ import annotations

import ast
import re

WORDS = re.compile(r"^<Figure: (.+)>$", re.DOTALL)          # how a figure with a title names itself as text
DRAWN_BY = ("plots", "pictures", "plt")
LONGEST = 300


def figure_titles(source: str) -> list[str]:
    """The titles of the figures that a cell draws, in order, with the words of their axes: "Who finds most of what
    people took? (recall@10, mean over people (95%))". What a cell computes into a title stands as "…"."""
    try:
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    except SyntaxError:                                     # a cell with a magic
        return []
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    return [title for call in calls if (title := _title_of(call))]


def _title_of(call: ast.Call) -> str:
    """The title that a call gives to a figure; "" for all other calls."""
    named = {held.arg: _text(held.value) for held in call.keywords if held.arg}
    axes = [named[name] for name in ("xlabel", "ylabel") if named.get(name)]
    if named.get("title"):
        return _joined(named["title"], axes)
    function = call.func
    drawn = isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)
    if not drawn or function.value.id not in DRAWN_BY:
        return ""
    texts = [text for argument in call.args if (text := _text(argument))]
    return _joined(texts[0], texts[1:] + axes) if texts and " " in texts[0] else ""


def _joined(title: str, axes: list[str]) -> str:
    return f"{title} ({'; '.join(axes)})" if axes else title


def _text(node: ast.expr) -> str:
    """The text of a literal or of an f-string; "" for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return ""


def alt_texts(source: str, plain: list[str], heading: str) -> list[str]:
    """One text for each figure of a cell. source: the cell. plain: the figures' own text/plain, in order. heading: the
    nearest one above, which names a figure that has no title in the cell."""
    titles = figure_titles(source)
    texts = []
    for place, own in enumerate(plain):
        if found := WORDS.match(own):
            text = found[1]
        elif len(titles) == len(plain):
            text = titles[place]
        elif titles:
            text = ". ".join(titles)
        else:
            text = f"Figure under “{heading}”"
        text = " ".join(text.split())
        texts.append(text if len(text) <= LONGEST else text[:LONGEST] + " …")
    return texts
