"""Code as HTML in which every token carries one of few classes; the style sheet knows each in light and in dark."""

from __future__ import annotations

import html

from pygments import lex
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String

CLASSES = ((Comment, "c"), (Keyword, "k"), (Operator.Word, "k"), (String, "s"), (Number, "n"), (Name.Decorator, "d"),
           (Name.Function, "f"), (Name.Class, "f"), (Name.Builtin, "b"))


def _class_of(kind) -> str:
    return next((name for token, name in CLASSES if kind in token), "")


def coloured(source: str) -> str:
    """Python as a <pre>; what is no Python stays as it is, without colours."""
    parts = []
    for kind, text in lex(source, PythonLexer(stripall=False, ensurenl=False)):
        safe, name = html.escape(text, quote=False), _class_of(kind)
        parts.append(f'<span class="{name}">{safe}</span>' if name else safe)
    return f'<pre class="code"><code>{"".join(parts).strip(chr(10))}</code></pre>'
