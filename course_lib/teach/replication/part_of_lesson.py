"""A part of a lesson, run under the seeds of one replicate, with one thing in it switched.

What an alternative needs of a lesson is few of its statements. They are found backwards: a statement is kept where it
makes or changes a name that is wanted or that a kept statement reads. What only shows or measures is left out.
"""

from __future__ import annotations

import ast
import contextlib
import io
import sys
import types

from course_lib.contracts import ArgumentError
from course_lib.teach import lessons
from course_lib.teach.replication.measuring import code_cells, measuring_tree, root_name
from course_lib.teach.replication.one_run import stub_what_speaks
from course_lib.teach.replication.shifted_seeds import HOOK, SeedShift, calls_through

STORED = (ast.Store, ast.Del)


class Lesson:
    """One lesson under the seeds of one replicate. name: "negatives". replicate: int from 0, as `course replicate`
    counts them."""

    def __init__(self, name: str, replicate: int):
        self.name, self.replicate = lessons.name(name), replicate
        self._shift = SeedShift(replicate)

    def seed(self, value: int = 0) -> int:
        """A seed of the lesson as this replicate has it, for what a script draws itself."""
        return self._shift.seed(value)

    def part(self, *wanted: str, until: str = "", instead: dict[str, str] | None = None) -> types.SimpleNamespace:
        """Run what the wanted names need; returns the lesson's names, of which the wanted are as the lesson leaves
        them.

        until: a piece of code; what stands behind the first statement that holds it is not run. instead: {a piece of
        the lesson's code: what stands in its place}. Raises ArgumentError for a name that the lesson never makes, and
        for a piece that does not stand in it just once.
        """
        cells = code_cells(lessons.SOURCES / f"{lessons.number(self.name)}_{self.name}.py")
        for old, new in (instead or {}).items():
            cells = _replaced(cells, old, new)
        statements = _until([node for where, code in cells for node in measuring_tree(code, where).body], until)
        kept = needed(statements, wanted)
        module = types.ModuleType("__main__")
        module.__dict__[HOOK] = self._shift.through
        before = sys.modules["__main__"]
        sys.modules["__main__"] = module
        try:
            stub_what_speaks(lambda row: None)
            program = calls_through(ast.Module(kept, []))
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(program, f"<{self.name}, a part>", "exec"), module.__dict__)   # the course's own source
        finally:
            sys.modules["__main__"] = before
        return types.SimpleNamespace(**module.__dict__)


def _replaced(cells, old, new):
    found = sum(code.count(old) for _, code in cells)
    if found != 1:
        raise ArgumentError(f"{old!r} stands {found} times in the lesson; expected once, for one thing is switched.")
    return [(where, code.replace(old, new)) for where, code in cells]


def _until(statements, text):
    if not text:
        return statements
    for place, node in enumerate(statements):
        if text in ast.unparse(node):
            return statements[:place + 1]
    raise ArgumentError(f"no statement of the lesson holds {text!r}; expected it as ast.unparse writes it.")


def needed(statements: list[ast.stmt], wanted) -> list[ast.stmt]:
    """Those statements that make or change a wanted name, or one that they read, in order.

    Raises ArgumentError for a wanted name that none makes.
    """
    names, kept = set(wanted), []
    missing = names - set().union(*(_makes(node) for node in statements))
    if missing:
        raise ArgumentError(f"no statement makes {', '.join(sorted(missing))}.")
    more = True
    while more:                                 # again, for a function may read what stands below it
        before = len(names)
        kept = []
        for node in reversed(statements):
            if _makes(node) & names:
                kept.append(node)
                names |= _reads(node)
        more = len(names) > before
    return kept[::-1]


def _makes(node: ast.stmt) -> set[str]:
    """The names that a statement makes or changes: what it stores into, and whose method stands alone on its line."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    made = _stored(node)
    made |= {root_name(part) for part in ast.walk(node)
             if isinstance(part, (ast.Subscript, ast.Attribute)) and isinstance(part.ctx, STORED)}
    methods = {root_name(call) for call in _alone(node) if isinstance(getattr(call, "func", None), ast.Attribute)}
    return (made | methods) - {"_", ""}


def _alone(node: ast.stmt):
    """Calls whose value nobody keeps, and what a loop runs over: `log.append(x)`, `_ = town.run(policy, 4)`."""
    for part in ast.walk(node):
        unkept = isinstance(part, ast.Assign) and root_name(part.targets[0]) == "_"
        if (isinstance(part, ast.Expr) or unkept) and isinstance(part.value, ast.Call):
            yield part.value
        elif isinstance(part, ast.For):
            yield part.iter


def _reads(node: ast.stmt) -> set[str]:
    """The names that it takes from before: not those that it first makes itself, as a function or a loop does."""
    read = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
    inside = {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)}
    for part in ast.walk(node):
        if isinstance(part, (ast.For, ast.comprehension)):
            inside |= _stored(part.target)
    if isinstance(node, (ast.For, ast.FunctionDef)):
        inside |= set().union(*(_stored(part) for part in ast.walk(node) if isinstance(part, ast.Assign)))
    changed = {root_name(part) for part in ast.walk(node)
               if isinstance(part, (ast.Subscript, ast.Attribute)) and isinstance(part.ctx, STORED)}
    again = {part.target.id for part in ast.walk(node)
             if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name)}
    return read - inside | changed - inside | again


def _stored(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, STORED)}
