"""What can be seen in the text of an answer: observations that are true of the text, whatever they have to do with it.

They are said in addition to the difference and never as its cause, except where it can be nothing else.
"""

from __future__ import annotations

import ast
import builtins
import textwrap
from dataclasses import dataclass

MUTATING = {"append", "add", "update", "extend", "insert", "pop", "remove", "setdefault", "clear"}
# Calls that give something new and leave what they are called on as it is.
GIVES_NEW = {"astype", "reshape", "transpose", "flatten", "sort_values", "reset_index", "fillna", "dropna", "merge",
             "rename", "assign", "round", "cumsum", "detach", "clone", "copy", "clip", "argsort", "union"}
NUMPY_NEW = {"sort", "argsort", "unique", "cumsum", "where", "clip", "maximum", "minimum", "concatenate", "append",
             "round", "flip", "delete"}


@dataclass(frozen=True)
class Observation:
    """Something seen in the text: a short name, and a sentence. about: the argument or name it speaks of."""

    name: str
    says: str
    about: str = ""


def observations(text: str) -> list[Observation]:
    """All that is seen in the text of a function; [] for anything else, and for text that cannot be read."""
    node = function_in(text)
    if node is None:
        return []
    found = []
    for look in (_awaited, _prints, _unread, _shadowed, _ends_early, _unkept, _never_used, _defaults, _float_equality):
        found += look(node)
    return found


def function_in(text: str):
    """The function that a text defines first, or None."""
    try:
        body = ast.parse(textwrap.dedent(text)).body
    except (SyntaxError, ValueError, RecursionError):
        return None
    return next((node for node in body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))), None)


def _own(node, inside_nested=False):
    """All nodes of a function's body; without those of functions and classes defined in it unless asked for."""
    stack = list(node.body)
    while stack:
        part = stack.pop()
        yield part
        nested = isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda))
        if inside_nested or not nested:
            stack.extend(ast.iter_child_nodes(part))


def _loaded(node) -> set[str]:
    return {part.id for part in _own(node, True) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}


def _reads_all(node) -> bool:
    """locals(), vars(), eval and exec may read any name."""
    return bool(_loaded(node) & {"locals", "vars", "eval", "exec"})


def _arguments(node) -> list[str]:
    return [part.arg for part in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]


def _awaited(node):
    if isinstance(node, ast.AsyncFunctionDef):
        yield Observation("async def", "Your function is defined with `async def`, so that calling it gives a "
                                       "coroutine and no answer: write `def`.")


def _prints(node):
    calls = {part.func.id for part in _own(node) if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)}
    answers = any(isinstance(part, (ast.Yield, ast.YieldFrom)) or (isinstance(part, ast.Return) and part.value)
                  for part in _own(node))
    if not answers:
        yield Observation("no return", "Your function prints and returns nothing." if "print" in calls else
                          "No `return` in your function gives a value.")


def _unread(node):
    if _reads_all(node):
        return
    stored = {part.id for part in _own(node, True) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    for name in _arguments(node):
        if name not in _loaded(node) and name not in stored and not name.startswith("_") and name != "self":
            yield Observation("argument never read", f"`{name}` is never read in your function.", name)


def _stores(node) -> dict[str, int]:
    """Names that the function itself binds by =, for or with, and the line where it first does."""
    inside = {id(part) for comp in _own(node) if isinstance(comp, (ast.ListComp, ast.SetComp, ast.DictComp,
                                                                   ast.GeneratorExp)) for part in ast.walk(comp)}
    found = {}
    for part in _own(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store) and id(part) not in inside:
            found[part.id] = min(part.lineno, found.get(part.id, part.lineno))
    return found


def _shadowed(node):
    bound = _stores(node) | {name: node.lineno for name in _arguments(node)}
    for name, line in bound.items():
        calls = [part.lineno for part in _own(node) if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)
                 and part.func.id == name]
        if hasattr(builtins, name) and calls:
            yield Observation("shadowed builtin", f"`{name}` gets a meaning of its own on line {line} and is called on "
                                                  f"line {calls[0]}: in your function it is no longer Python's "
                                                  f"`{name}`.", name)


def _ends_early(node):
    for loop in (part for part in _own(node) if isinstance(part, (ast.For, ast.While))):
        skips = any(isinstance(part, (ast.Continue, ast.Break)) for part in ast.walk(loop))
        last = loop.body[-1]
        endless = isinstance(loop, ast.While) and isinstance(loop.test, ast.Constant)
        if isinstance(last, ast.Return) and not skips and not endless:
            yield Observation("return in the loop", f"The `return` on line {last.lineno} stands inside the loop, so "
                                                    f"that the loop ends in its first round.")


def _unkept(node):
    for part in _own(node):
        if not isinstance(part, ast.Expr) or not isinstance(part.value, ast.Call):
            continue
        call = part.value
        if any(word.arg in ("inplace", "out", "copy") for word in call.keywords):
            continue
        if isinstance(call.func, ast.Name) and call.func.id in ("sorted", "reversed", "round", "abs", "min", "max"):
            name = call.func.id
        elif isinstance(call.func, ast.Attribute):
            of = call.func.value
            numpy = isinstance(of, ast.Name) and of.id in ("np", "numpy")
            name = f"np.{call.func.attr}" if numpy else f".{call.func.attr}"
            if call.func.attr not in (NUMPY_NEW if numpy else GIVES_NEW):
                continue
        else:
            continue
        yield Observation("result not kept", f"`{name}(…)` on line {part.lineno} gives something new, and your "
                                             f"function does not keep it.")


def _never_used(node):
    if _reads_all(node) or any(isinstance(part, (ast.Global, ast.Nonlocal)) for part in _own(node, True)):
        return
    plain = {}
    for part in _own(node):
        if isinstance(part, ast.Assign) and len(part.targets) == 1 and isinstance(part.targets[0], ast.Name):
            plain.setdefault(part.targets[0].id, part.lineno)
    for name, line in plain.items():
        if name not in _loaded(node) and not name.startswith("_"):
            yield Observation("name never used", f"`{name}` is set on line {line} and never used.", name)


def _defaults(node):
    names = _arguments(node)
    pairs = list(zip(names[len(names) - len(node.args.defaults):], node.args.defaults, strict=False))
    for name, value in pairs:
        maker = value.func if isinstance(value, ast.Call) else None
        made = isinstance(maker, ast.Name) and maker.id in ("list", "dict", "set")
        if (isinstance(value, (ast.List, ast.Dict, ast.Set)) or made) and _changed(node, name):
            yield Observation("mutable default", f"The default of `{name}` is made once and kept between calls, and "
                                                 f"your function changes it.", name)


def _changed(node, name) -> bool:
    for part in _own(node):
        of = part.func.value if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) else None
        if isinstance(of, ast.Name) and of.id == name and part.func.attr in MUTATING:
            return True
        if isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Store):
            if isinstance(part.value, ast.Name) and part.value.id == name:
                return True
    return False


def _float_equality(node):
    for part in _own(node):
        if isinstance(part, ast.Compare) and any(isinstance(rule, (ast.Eq, ast.NotEq)) for rule in part.ops):
            sides = [side for side in (part.left, *part.comparators) if isinstance(side, ast.Constant)]
            for side in sides:
                if isinstance(side.value, float) and side.value % 1:
                    yield Observation("exact comparison", f"Line {part.lineno} asks whether something is exactly "
                                                          f"{side.value!r}, which a computed fraction rarely is.")
