"""The text of a solution: a function's or a lambda's own, its code alone for comparing, how two are written."""

from __future__ import annotations

import ast
import contextlib
import difflib
import inspect
import textwrap
import tokenize

LOOPS = (ast.For, ast.While, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)


def source(thing) -> str:
    """The text of a function or class, also of one defined in a notebook cell; "" where it cannot be had."""
    with contextlib.suppress(OSError, TypeError, SyntaxError, tokenize.TokenError):     # a lambda's line may end a call
        return textwrap.dedent(inspect.getsource(inspect.unwrap(thing)))
    with contextlib.suppress(Exception):
        from IPython import get_ipython

        for cell in reversed(get_ipython().history_manager.input_hist_raw):
            text = cell.split("\n", 1)[-1] if cell.startswith("%%") else cell
            with contextlib.suppress(SyntaxError):
                for node in ast.parse(text).body:
                    if getattr(node, "name", None) == thing.__name__:
                        return ast.get_source_segment(text, node)
    return ""


def is_stub(text: str) -> bool:
    """Does a function's text hold nothing but a docstring, `pass`, `...` or `raise NotImplementedError`?"""
    try:
        node = ast.parse(textwrap.dedent(text)).body[0]
    except (SyntaxError, IndexError):
        return False
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    return all(isinstance(part, ast.Pass) or (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
               or (isinstance(part, ast.Raise) and "NotImplementedError" in ast.dump(part)) for part in node.body)


def function_text(fn) -> str:
    """The text of a function; of a lambda the lambda alone, without the call that it stands in. "" if unknown."""
    if getattr(fn, "__name__", "") != "<lambda>":
        return source(fn)
    try:
        text = inspect.getsource(inspect.getmodule(fn))
        found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Lambda)
                 and node.lineno == fn.__code__.co_firstlineno
                 and [arg.arg for arg in node.args.args] == list(inspect.signature(fn).parameters)]
    except (OSError, TypeError, SyntaxError, ValueError):
        return ""
    if len(found) != 1 or fn.__code__.co_freevars:       # what a closure holds does not stand in its text
        return ""
    return ast.unparse(found[0])


def normalised(text: str) -> str:
    """A function's text without decorators, docstring, comments and spacing, so that only the code is compared."""
    try:
        node = ast.parse(text).body[0]
    except (SyntaxError, IndexError, ValueError, RecursionError, MemoryError):
        return text
    node.decorator_list = []
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node, clean=False) is not None:
        node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(node)


def difference(mine: str, ours: str) -> str:
    """Unified difference of the two functions' code."""
    a, b = normalised(mine).splitlines(), normalised(ours).splitlines()
    lines = list(difflib.unified_diff(b, a, "reference", "yours", lineterm="", n=9))
    return "\n".join(lines) or "The code is the same."


def same_code(one: str, other: str) -> bool:
    """Whether two functions have the same code, whatever they and their first lines are called."""
    return bool(one and other) and _body(one) == _body(other)


def _body(text: str) -> str:
    code = normalised(text)
    return code.split("\n", 1)[-1] if code.startswith(("def ", "async def ", "class ")) else code


def how_written(other: str, mine: str) -> str:
    """One line on how another solution is written, where that can be seen in the two texts; else ""."""
    loops = [_has_loop(text) for text in (other, mine)]
    if loops == [True, False]:
        return "It goes through the elements one by one, where yours works on whole arrays."
    if loops == [False, True]:
        return "It works on whole arrays, where yours goes through the elements one by one."
    return ""


def _has_loop(text: str) -> bool:
    try:
        return any(isinstance(node, LOOPS) for node in ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
