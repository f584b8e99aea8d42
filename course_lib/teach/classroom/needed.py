"""Which statements of a notebook an answer needs: those that bind, or change, a name it leans on, directly or not.

So a notebook's long computations and its four thousand other assignments are not run for one answer.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field


@dataclass
class Statement:
    """One statement at the top of a cell. binds: names it gives; changes: names it alters; uses: names it reads."""

    text: str
    binds: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)
    always: bool = False


def statement(node: ast.stmt) -> Statement | None:
    """What a statement does to names; None where it cannot be written down again (it is nested too deeply)."""
    try:
        held = Statement(ast.unparse(node), always=_is_star(node))
    except (RecursionError, ValueError):
        return None
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            (held.uses if isinstance(part.ctx, ast.Load) else held.binds).add(part.id)
        elif isinstance(part, (ast.Import, ast.ImportFrom)):
            held.binds |= {(alias.asname or alias.name).split(".")[0] for alias in part.names}
        elif isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            held.binds.add(part.name)
        elif isinstance(part, (ast.Attribute, ast.Subscript)) and not isinstance(part.ctx, ast.Load):
            held.changes.add(_root(part))
        elif isinstance(part, ast.Expr) and isinstance(part.value, ast.Call):
            held.changes.add(_root(part.value.func))
    if isinstance(node, ast.AugAssign):
        held.uses |= held.binds
    held.changes.discard("")
    return held


def _is_star(node) -> bool:
    return isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)


def _root(node) -> str:
    """The name whose thing `name.part[0]` is a part of, "" where there is none; a plain name is part of nothing."""
    if isinstance(node, ast.Name):
        return ""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def names_read(node: ast.AST) -> set[str]:
    """All names that a piece of code mentions."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def needed(names: set[str], before: list[Statement], after: list[Statement]) -> list[Statement]:
    """The statements that bind or change these names, or what those need, in the notebook's order.

    before: of the cells up to the answer, as a kernel runs them. after: of later cells; they give only a name that
    nothing before binds.
    """
    bound = set().union(*(held.binds for held in before)) if before else set()
    late = [held for held in after if held.always or held.binds and not held.binds & bound]
    order = before + late
    by_name: dict[str, list[int]] = {}
    for place, held in enumerate(order):
        for name in held.binds | held.changes:
            by_name.setdefault(name, []).append(place)
    chosen = {place for place, held in enumerate(order) if held.always}
    seen, open_names = set(), list(names)
    while open_names:
        name = open_names.pop()
        if name in seen:
            continue
        seen.add(name)
        for place in set(by_name.get(name, ())) - chosen:
            chosen.add(place)
            open_names += order[place].uses
    return [order[place] for place in sorted(chosen)]
