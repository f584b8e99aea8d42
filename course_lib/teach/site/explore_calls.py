"""Which figure of a notebook can be drawn again without the notebook: its function needs nothing but the library.

What a lesson trained or loaded is gone when its kernel is. But a function that is imported, or written in a cell out of
imported ones and plain numbers, can be called again anywhere, and gives the same figure.
"""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Callable
from dataclasses import dataclass

ALLOWED = (ast.Import, ast.ImportFrom, ast.FunctionDef)


@dataclass(frozen=True)
class Redrawable:
    """A call of explore(function, **ranges) that can be made again."""

    function: Callable
    ranges: dict


def redrawable(sources: list[str]) -> Redrawable | None:
    """The call of explore() in the last of `sources`, the cells of a notebook up to there, with its function alive.

    None where the last cell has no such call or more than one, or where the call needs what a cell computed. Only
    imports, undecorated functions and assignments of literals are executed.
    """
    *before, last = [_statements(source) for source in sources]
    calls = [place for place, statement in enumerate(last) if _is_explore(statement)]
    if len(calls) != 1:
        return None
    call = last[calls[0]].value
    statements = [statement for cell in before for statement in cell] + last[:calls[0]]
    wanted = _needed(call, statements)
    if wanted is None:
        return None
    space: dict = {}
    exec(compile(ast.Module(wanted, type_ignores=[]), "<notebook>", "exec"), space)  # noqa: S102, the course's own cells
    return Redrawable(_value(call.args[0], space), _value(_as_dict(call), space))


def _statements(source: str) -> list[ast.stmt]:
    """What stands in a cell; nothing for a cell with a magic, which is no Python."""
    try:
        return ast.parse(source).body
    except SyntaxError:
        return []


def _is_explore(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not call.args:
        return False
    return isinstance(call.func, ast.Name) and call.func.id == "explore"


def _as_dict(call: ast.Call) -> ast.Call:
    """The call's keyword arguments as a call of dict."""
    return ast.copy_location(ast.Call(ast.Name("dict", ast.Load()), [], call.keywords), call)


def _value(expression: ast.expr, space: dict):
    held = ast.fix_missing_locations(ast.Expression(expression))
    return eval(compile(held, "<notebook>", "eval"), space)  # noqa: S307, the course's own cells


def _needed(call: ast.Call, statements: list[ast.stmt]) -> list[ast.stmt] | None:
    """The statements that the call needs, in order; None where one of them is not allowed."""
    binds = [_bound(statement) for statement in statements]
    open_names = _loaded(call.args[0]) | _loaded(_as_dict(call))
    known, wanted = set(), set()
    while open_names:
        name = open_names.pop()
        known.add(name)
        places = [place for place, bound in enumerate(binds) if name in bound]
        if not places and not hasattr(builtins, name):
            return None
        for place in places:
            if not _may_run(statements[place]) or _may_have_changed(name, statements[place], statements):
                return None
            wanted.add(place)
            open_names |= _free(statements[place]) - known
    return [statements[place] for place in sorted(wanted)]


def _may_run(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign):
        return _literal(statement)
    return isinstance(statement, ALLOWED) and not getattr(statement, "decorator_list", [])


def _literal(statement: ast.Assign) -> bool:
    try:
        ast.literal_eval(statement.value)
    except ValueError:
        return False
    return all(isinstance(target, ast.Name) for target in statement.targets)


def _may_have_changed(name: str, bound_by: ast.stmt, statements: list[ast.stmt]) -> bool:
    """Whether a list or dict could have been filled by another statement, which would not be run."""
    mutable = isinstance(bound_by, ast.Assign) and isinstance(bound_by.value, ast.List | ast.Dict | ast.Set)
    return mutable and any(name in _loaded(other) for other in statements if not isinstance(other, ast.FunctionDef))


def _bound(statement: ast.stmt) -> set[str]:
    """The names that a statement gives a value to."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(held.asname or held.name).split(".")[0] for held in statement.names}
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    return {node.id for node in names if not isinstance(node.ctx, ast.Load)}


def _loaded(node: ast.AST) -> set[str]:
    return {held.id for held in ast.walk(node) if isinstance(held, ast.Name) and isinstance(held.ctx, ast.Load)}


def _free(statement: ast.stmt) -> set[str]:
    """The names that a function takes from around it, defaults included; none for the other statements allowed."""
    if not isinstance(statement, ast.FunctionDef):
        return set()
    table = symtable.symtable(ast.unparse(statement), "<notebook>", "exec")
    return {symbol.get_name() for held in _tables(table) for symbol in held.get_symbols()
            if symbol.is_global() or held is table and symbol.is_referenced()}


def _tables(table):
    yield table
    for child in table.get_children():
        yield from _tables(child)
