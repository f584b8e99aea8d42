"""Mutants with a guard that nobody asked for: an answer or an intermediate value capped, floored, rounded or dropped.

Engineers write such guards out of habit ("a rate is never above 1"). Where the task does not ask for one, the answer
is wrong, and only values that reach the bound show it. These mutants stand beside those of `mutations`.
"""

from __future__ import annotations

import ast
import copy
import inspect

import numpy as np

from course_lib.teach.checking.mutation_rules import called
from course_lib.teach.checking.mutations import Mutant, function_of, places

KIND, KIND_AT_THE_END = "unasked guard", "unasked guard of the answer"
GIVEN_BACK = ("np.maximum({0}, 0)", "np.minimum({0}, 1)", "np.minimum({0}, 10)", "np.round({0}, 4)", "np.abs({0})")
ON_THE_WAY = ("np.minimum({0}, 5)", "np.minimum({0}, 10)", "np.maximum({0}, 0)", "np.clip({0}, 0, 1)")
LAST_OF_EQUAL = "len({1}) - 1 - np.{0}(np.asarray({1})[::-1])"
STEEP = ("exp", "log", "log2", "log10", "log1p", "expm1", "sqrt")


def unasked_of(text: str, floats: tuple[str, ...] = (), together: tuple[str, ...] = ()) -> list[Mutant]:
    """All mutants of the text of a function with one guard that it does not hold, none twice.

    floats: arguments that hold real numbers. together: arguments that are arrays of one length; of these, the rows
    with a zero in one of them are dropped. Raises SyntaxError for a text that is no Python.
    """
    tree = function_of(text)
    found = []
    for node, put in list(places(tree, False)):
        for now in _guards(node):
            put(ast.parse(now, mode="eval").body)
            found.append(_mutant(tree, text, node, ast.unparse(node), now))
            put(node)
    head = tree.body[0]
    for now in _first_lines(floats, together) if isinstance(head, ast.FunctionDef) else []:
        head.body[:0] = ast.parse(now).body
        found.append(_mutant(tree, text, head, "(start)", now))
        del head.body[:len(ast.parse(now).body)]
    return list({mutant.text: mutant for mutant in found}.values())


def _mutant(tree, text, node, was, now):
    kind = KIND_AT_THE_END if getattr(node, "guarded_with", ()) is GIVEN_BACK else KIND
    at = inspect.cleandoc(text).splitlines()[node.lineno - 1].split("  #")[0].strip()
    return Mutant(kind, was, now, node.lineno, at, ast.unparse(ast.fix_missing_locations(copy.deepcopy(tree))))


def _guards(node):
    """What takes the node's place: its own text within a guard. A node is marked by its parent (see `_marked`)."""
    told = ast.unparse(node) if isinstance(node, ast.expr) else ""
    for shape in getattr(node, "guarded_with", ()):
        yield shape.format(told)
    if isinstance(node, ast.Call) and called(node) in ("argmax", "argmin") and not node.keywords:
        inner = node.args[0] if node.args else node.func.value
        yield LAST_OF_EQUAL.format(called(node), ast.unparse(inner))
    for part, shapes in _marked(node):
        part.guarded_with = shapes


def _marked(node):
    """Parts of a node that a guard might hold, with the guards."""
    if isinstance(node, ast.Return) and node.value is not None:
        yield from ((part, GIVEN_BACK) for part in _values(node.value))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        yield from ((part, ON_THE_WAY) for part in (node.left, node.right) if not isinstance(part, ast.Constant))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.MatMult)):
        yield from ((part, ON_THE_WAY) for part in (node.left, node.right) if "weight" in ast.unparse(part))
    elif isinstance(node, ast.Call) and called(node) in STEEP and node.args:
        yield node.args[0], ON_THE_WAY


def _values(node):
    """The values that a return statement gives back: each part of a tuple, each value of a dict."""
    if isinstance(node, ast.Tuple):
        return node.elts
    if isinstance(node, ast.Dict):
        return node.values
    if isinstance(node, ast.DictComp):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [node]
    return [] if isinstance(node, ast.Constant) else [node]


def _first_lines(floats, together):
    for name in floats:
        yield from (f"{name} = {shape.format(name)}" for shape in ON_THE_WAY)
    for name in together if len(together) > 1 else ():
        rows = ", ".join(f"np.asarray({other})[_kept]" for other in together)
        yield f"_kept = np.asarray({name}) != 0\n{', '.join(together)} = {rows}"


def does_nothing(mutant: Mutant, values: dict[str, dict]) -> bool:
    """Is the mutant's guard without effect on the values that its expression may take, as told by {text: range}?

    A range holds some of low, high, whole (numbers without a fraction) and zeros ("none", or "no change" where a row
    with a zero changes no answer). The text is an argument's name, an expression, or "answer" for what is returned.
    """
    if mutant.kind not in (KIND, KIND_AT_THE_END):
        return False
    if "_kept" in mutant.now:
        told = values.get(mutant.now.split("(")[1].split(")")[0], {})
        return told.get("zeros") in ("none", "no change") or told.get("low", 0) > 0
    return any(_holds(shape, values.get(text, {})) for text, shapes in _texts(mutant) for shape in shapes
               if mutant.now in (shape.format(text), shape.format(mutant.was), f"{text} = {shape.format(text)}"))


def _texts(mutant):
    if mutant.was == "(start)":
        return [(mutant.now.split(" = ")[0], ON_THE_WAY)]
    if mutant.kind == KIND:
        return [(mutant.was, ON_THE_WAY)]
    return [(mutant.was, GIVEN_BACK), ("answer", GIVEN_BACK)]


def _holds(shape, told) -> bool:
    """Does a value of this range pass the guard unchanged?"""
    low, high = told.get("low", -np.inf), told.get("high", np.inf)
    if shape.startswith("np.round"):
        return told.get("whole", False)
    if shape.startswith("np.minimum"):
        return high <= float(shape.split(", ")[1].rstrip(")"))
    return low >= 0 and (not shape.startswith("np.clip") or high <= 1)


def kinds_of_arguments(fn, cases) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which arguments hold real numbers in these cases, and which are arrays of one length in all of them.

    Empty for what is not called with the case's own arguments (a class).
    """
    given = [held for held in (_bound(fn, case) for case in cases) if held]
    if not given or not inspect.isfunction(fn):
        return (), ()
    names = list(given[0])
    floats = [name for name in names if any(_array(held.get(name)).dtype.kind == "f" for held in given)]
    rows = [name for name in names
            if all(_array(held.get(name)).ndim == 1 and _array(held.get(name)).dtype.kind in "ifb" for held in given)]
    whole = [name for name in rows if all(len(held[name]) == len(held[rows[0]]) for held in given)]
    return tuple(floats), tuple(whole)


def _bound(fn, case):
    try:
        return inspect.signature(fn).bind(*case.args, **case.kwargs).arguments
    except (TypeError, ValueError):
        return {}


def _array(value):
    """The value as an array of numbers; an array of objects where it is none."""
    try:
        return np.asarray(value if isinstance(value, (int, float, list, tuple, np.ndarray)) else None)
    except ValueError:
        return np.asarray(None)
