"""What a figure is called for those who do not see it: its title and axes, read from the code that draws it.

The code stands in the cell, or in a function of teach/show that the cell calls; nothing is run.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from course_lib.teach import show

WORDS = re.compile(r"^<Figure: (.+)>$", re.DOTALL)          # how a figure with a title names itself as text
SHOW = "course_lib.teach.show"
DRAWN_BY = ("plots", "plt")
SETTERS = ("set_title", "suptitle")
LONGEST, TOO_FEW = 400, 8          # letters of a text; fewer name no figure


def _parsed(source: str) -> ast.AST:
    """The tree of a cell; an empty one for a cell with a magic, which is no Python."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.parse("")


def modules_of(sources: list[str]) -> dict[str, str]:
    """{"pictures": "negatives_pictures"}: what a notebook's cells call the modules of teach/show."""
    found = {}
    for source in sources:
        for node in ast.walk(_parsed(source)):
            if isinstance(node, ast.ImportFrom) and node.module == SHOW:
                found |= {held.asname or held.name: held.name for held in node.names}
    return found


def figure_titles(source: str | ast.AST, modules: dict[str, str] | None = None) -> list[str]:
    """The titles of the figures that a piece of code draws, in order, with the words of their axes: "Who finds most of
    what people took? (recall@10, mean over people (95%))". What is computed into a title stands as "…".

    modules: what the code calls the modules of teach/show, so that titles which their functions give are found too.
    """
    tree = _parsed(source) if isinstance(source, str) else source
    parts = [node for node in ast.walk(tree) if isinstance(node, ast.Call | ast.Assign)]
    parts.sort(key=lambda node: (node.lineno, node.col_offset))
    found = [_assigned(node) if isinstance(node, ast.Assign) else _title_of(node, modules or {}) for node in parts]
    return [title for title in found if sum(map(str.isalpha, title)) >= TOO_FEW]


def _assigned(node: ast.Assign) -> str:
    """The text of `title = f"…"`; "" for all other assignments."""
    target = node.targets[0]
    return _text(node.value) if isinstance(target, ast.Name) and target.id == "title" else ""


def _title_of(call: ast.Call, modules: dict[str, str]) -> str:
    """The title that a call gives to a figure; "" for all other calls."""
    named = {held.arg: _text(held.value) for held in call.keywords if held.arg}
    axes = [named[name] for name in ("xlabel", "ylabel") if named.get(name)]
    if named.get("title"):
        return _joined(named["title"], axes)
    function = call.func
    if not isinstance(function, ast.Attribute):
        return ""
    texts = [text for argument in call.args if (text := _text(argument))]
    if function.attr in SETTERS:
        return texts[0] if texts else ""
    owner = function.value.id if isinstance(function.value, ast.Name) else ""
    if owner in DRAWN_BY:
        return _joined(texts[0], texts[1:] + axes) if texts and " " in texts[0] else ""
    return texts_of(modules[owner]).get(function.attr, "") if owner in modules else ""


@cache
def texts_of(module: str) -> dict[str, str]:
    """{function: what it draws} of a module of teach/show: the titles that it gives, else its docstring's first
    sentence. Functions whose name begins with an underscore, and those that draw nothing, are left out."""
    path = Path(show.__file__).parent / f"{module}.py"
    if not path.exists():
        return {}
    functions = [node for node in _parsed(path.read_text(encoding="utf-8")).body
                 if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    return {node.name: text for node in functions if (text := _drawn_by(node))}


def _drawn_by(function: ast.FunctionDef) -> str:
    titles = [title for title in figure_titles(function) if title.strip(" …()")]
    if titles:
        return ". ".join(titles)
    told = " ".join((ast.get_docstring(function) or "").split())
    return re.split(r"(?<=[.;:]) ", told)[0].rstrip(".;:")


def _joined(title: str, axes: list[str]) -> str:
    return f"{title} ({'; '.join(axes)})" if axes else title


def _text(node: ast.expr) -> str:
    """The text of a literal or of an f-string; "" for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return ""


def alt_texts(source: str, plain: list[str], heading: str, modules: dict[str, str] | None = None) -> list[str]:
    """One text for each figure of a cell. source: the cell. plain: the figures' own text/plain, in order. heading: the
    nearest one above, which names a figure that has no title in the code."""
    titles = figure_titles(source, modules)
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
