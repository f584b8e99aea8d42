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


def needed(names: set[str], statements: list[Statement]) -> list[Statement]:
    """The statements that bind or change these names, or what those need, where all of them have been run."""
    return Needs(statements).of(names, len(statements))


class Needs:
    """A notebook's statements in order, looked through once, so that what many answers need is found quickly.

    steps: names and statements that were looked at so far.
    """

    def __init__(self, statements: list[Statement]):
        self.statements, self.steps = statements, 0
        self._by_name: dict[str, list[int]] = {}
        first: dict[str, int] = {}
        for place, held in enumerate(statements):
            for name in held.binds | held.changes:
                self._by_name.setdefault(name, []).append(place)
            for name in held.binds:
                first.setdefault(name, place)
        self._always = [place for place, held in enumerate(statements) if held.always]
        self._first_of_any = [min((first[name] for name in held.binds), default=-1) for held in statements]

    def of(self, names: set[str], before: int, most: int | None = None) -> list[Statement] | None:
        """The statements that bind or change these names, or what those need, in the notebook's order.

        before: how many statements stand in the cells up to the answer, which a kernel runs; later ones give only a
        name that nothing before binds. None where more than `most` steps would have to be made.
        """
        chosen, seen, open_names, began = set(self._always), set(), list(names), self.steps
        while open_names:
            name = open_names.pop()
            self.steps += 1
            if most is not None and self.steps - began > most:
                return None
            if name in seen:
                continue
            seen.add(name)
            for place in self._by_name.get(name, ()):
                self.steps += 1
                if place not in chosen and (place < before or self._first_of_any[place] >= before):
                    chosen.add(place)
                    open_names += self.statements[place].uses
        return [self.statements[place] for place in sorted(chosen)]
