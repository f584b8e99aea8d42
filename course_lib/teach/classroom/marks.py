"""Where a notebook answers an exercise: `@exercise("3.1")` and what means the same under another name.

Known are `@teach.exercise(...)`, `exercise as ex`, `ex = exercise`, `mark = exercise("3.1")` with `@mark`, an id that
is a constant of the notebook, and a call after the definition: `f = exercise("3.1")(f)`, whatever stands in the
brackets.
"""

from __future__ import annotations

import ast
import re

from course_lib.contracts import UnknownIdError
from course_lib.teach import lessons

LONGEST_ID = 40
DECORATOR = re.compile(r"@\s*(?:[\w.]+\.)?exercise\(\s*(['\"])([\w.]+)\1")


class Marks:
    """The names that mean `exercise` in one notebook, as far as it has been read; `read` each statement in order."""

    def __init__(self):
        self.functions, self.made, self.texts = {"exercise"}, {}, {}

    def read(self, node: ast.stmt) -> None:
        """Take note of what a statement says about these names."""
        if isinstance(node, ast.ImportFrom):
            self.functions |= {alias.asname for alias in node.names if alias.name == "exercise" and alias.asname}
        if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)):
            return
        name, value = node.targets[0].id, node.value
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            self.texts[name] = value.value
        elif self._is_exercise(value):
            self.functions.add(name)
        elif self.id_of(value):
            self.made[name] = self.id_of(value)

    def _is_exercise(self, node) -> bool:
        if isinstance(node, ast.Attribute):
            return node.attr == "exercise"
        return isinstance(node, ast.Name) and node.id in self.functions

    def id_of(self, node) -> str:
        """The id in a decorator such as `exercise("3.1")`, else ""."""
        if isinstance(node, ast.Name):
            return self.made.get(node.id, "")
        if not (isinstance(node, ast.Call) and node.args and self._is_exercise(node.func)):
            return ""
        told = node.args[0]
        text = told.value if isinstance(told, ast.Constant) else self.texts.get(getattr(told, "id", ""), "")
        return numbered(text) if isinstance(text, str) else ""

    def of_definition(self, node) -> str:
        """The id of a decorated definition, else ""."""
        return next(filter(None, map(self.id_of, getattr(node, "decorator_list", []))), "")

    def of_call(self, node) -> tuple[str, ast.expr | None]:
        """(id, what is marked) of `f = exercise("3.1")(f)`, of the call alone or with a lambda, else ("", None)."""
        call = getattr(node, "value", None)
        call = call.value if isinstance(call, ast.NamedExpr) else call
        if isinstance(call, ast.Call) and len(call.args) == 1 and not call.keywords:
            return self.id_of(call.func), call.args[0]
        return "", None


def marked_inside(node, marks: Marks) -> list[ast.FunctionDef]:
    """The marked definitions in the body of an `if`, `for`, `while`, `with` or `try`, however deep, in order."""
    found = []
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return found
    for name in ("body", "handlers", "orelse", "finalbody"):
        held = getattr(node, name, [])
        for part in held if isinstance(held, list) else []:
            found += [part] if marks.of_definition(part) else marked_inside(part, marks)
    return found


def numbered(ref: str) -> str:
    """An id as learners read it; one that no lesson has stays as it is, cut to a length that a page can show."""
    if len(ref) > LONGEST_ID:
        return ref[:LONGEST_ID] + "…"
    try:
        return lessons.shown(ref)
    except (UnknownIdError, ValueError):              # the page says that no exercise has this id
        return ref


def exercise_id(node) -> str:
    """The id in `@exercise("3.1")` of a definition read by itself, else ""."""
    return Marks().of_definition(node)
