"""One-change mutants of a function's text: a boundary moved, a term dropped, an axis changed, a statement removed."""

from __future__ import annotations

import ast
import copy
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from course_lib.teach.checking.mutation_rules import RULES, called, converts

DOORS = ("check_", "_check", "as_numbers", "as_ids", "as_count", "sides_of", "_rows")       # the library's own checks
UNTOUCHED = (ast.Raise, ast.JoinedStr, ast.arguments, ast.Assert, ast.Import, ast.ImportFrom)
KEPT = (ast.Return, ast.Raise, ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Pass, ast.Global,
        ast.Nonlocal)


@dataclass(frozen=True)
class Mutant:
    """A text with one change. was, now: what stood there, what stands there now. line: where in the original, from 1.

    at: the original line itself, without its indentation; with was and now it tells this mutant from the others.
    """

    kind: str
    was: str
    now: str
    line: int
    at: str
    text: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.at, self.was, self.now


def function_of(text: str) -> ast.Module:
    """The tree of a function's or class's text, without decorators and docstrings.

    Raises SyntaxError where the text cannot be parsed.
    """
    tree = ast.parse(textwrap.dedent(text))
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            node.decorator_list = []
            if len(node.body) > 1 and ast.get_docstring(node, clean=False) is not None:
                node.body = node.body[1:]
    return tree


def mutants_of(text: str, doors: bool = False) -> list[Mutant]:
    """All one-change mutants of the text of a function or class, in the order of the text, none twice.

    Each holds the whole changed text, without comments and docstring. doors: change what refuses bad arguments too
    (`if …: raise`); calls of the library's own door checks and what only silences warnings are never changed.
    Raises SyntaxError for a text that is no Python.
    """
    tree = function_of(text)
    lines = textwrap.dedent(text).splitlines()
    defaults = _defaults(tree)
    found, seen = [], {ast.unparse(tree)}
    for node, put in list(places(tree, doors)):
        for kind, was, now, other in _changes(node, defaults, tree):
            put(other)
            changed = ast.unparse(ast.fix_missing_locations(tree))
            put(node)
            if changed not in seen:
                seen.add(changed)
                at = lines[node.lineno - 1].split("  #")[0].strip()
                found.append(Mutant(kind, was, now, node.lineno, at, changed))
    return found


def _changes(node, defaults, tree):
    """(kind, was, now, what takes the node's place) for each change of one node."""
    was = ast.unparse(node)
    for kind, other in RULES.get(type(node), lambda *_: ())(node, defaults):
        now = ast.unparse(ast.fix_missing_locations(ast.copy_location(copy.deepcopy(other), node)))
        head = isinstance(node, (ast.If, ast.For, ast.While))
        yield kind, was.splitlines()[0] if head else was, now.splitlines()[0] if head else now, copy.deepcopy(other)
    if isinstance(node, ast.stmt) and not isinstance(node, KEPT) and not converts(getattr(node, "value", None)):
        yield "removed statement", was.splitlines()[0], "(removed)", ast.Pass()
    if isinstance(node, ast.For):
        given = [part for part in ast.walk(tree) if isinstance(part, ast.Return) and part.value is not None]
        if given:
            early = ast.For(node.target, node.iter, [*node.body, copy.deepcopy(given[-1])], node.orelse)
            yield "early return", "(end of the loop)", ast.unparse(given[-1]), early


def places(tree, doors) -> Iterator[tuple[ast.AST, object]]:
    """Every expression and statement below `tree`, with a function that puts another in its place."""
    for field, value in ast.iter_fields(tree):
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(node, ast.AST) or field in ("annotation", "returns") or _is_untouched(node, doors):
                continue
            if isinstance(node, (ast.expr, ast.stmt)) and not isinstance(tree, ast.Module):
                yield node, _putter(tree, field, index)
            yield from places(node, doors)


def _is_untouched(node, doors: bool) -> bool:
    """What no answer depends on: messages, annotations, silenced warnings, and checks of the arguments."""
    if isinstance(node, ast.If) and not doors and not node.orelse and isinstance(node.body[-1], ast.Raise):
        return True
    value = node.value if isinstance(node, (ast.Expr, ast.Assign)) else node
    if isinstance(value, ast.Tuple) and value.elts:                     # a, b = as_ids("a", a), as_ids("b", b)
        value = value.elts[0]
    if isinstance(value, ast.Call):
        return called(value).startswith(DOORS) or called(value) == "errstate"
    return isinstance(node, UNTOUCHED) or (isinstance(node, ast.keyword) and node.arg == "strict")


def _putter(parent, field, index):
    def put(node):
        if index is None:
            setattr(parent, field, node)
        else:
            getattr(parent, field)[index] = node
    return put


def _defaults(tree) -> dict:
    """Arguments of the function that have a plain number or text as default: {"k": 10}."""
    held = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            last = node.args.args[len(node.args.args) - len(node.args.defaults):]
            pairs = [*zip(last, node.args.defaults, strict=True),
                     *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)]
            held |= {arg.arg: value.value for arg, value in pairs if isinstance(value, ast.Constant)}
    return held


def spread(mutants: list[Mutant], limit: int) -> list[Mutant]:
    """At most `limit` of them, always the same: the kinds take turns, each from its first to its last."""
    if len(mutants) <= limit:
        return mutants
    kinds = defaultdict(list)
    for mutant in mutants:
        kinds[mutant.kind].append(mutant)
    chosen, turn = [], 0
    while len(chosen) < limit:
        for held in kinds.values():
            if turn < len(held) and len(chosen) < limit:
                chosen.append(held[turn])
        turn += 1
    return sorted(chosen, key=mutants.index)
