"""One-change mutants of a function's text: a boundary moved, a term dropped, an axis changed, a statement removed.

Each rule of the table RULES takes a node of the syntax tree and yields pairs (kind, node that takes its place). The
kinds are the slips that people make, so a mutant is a wrong answer that somebody could hand in.
"""

from __future__ import annotations

import ast
import copy
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

PAIRS = [("min", "max"), ("minimum", "maximum"), ("argmin", "argmax"), ("sum", "mean"), ("any", "all"), ("ceil", "floor"),
         ("log", "log2"), ("zeros", "ones"), ("zeros_like", "ones_like"), ("head", "tail"), ("var", "std")]
CALLED = {name: other for pair in PAIRS for name, other in (pair, pair[::-1])} | {
    "nanmean": "mean", "nansum": "sum", "nanmax": "max", "nanmin": "min", "round": "floor", "median": "mean",
    "log1p": "log", "cumsum": "cumprod", "logical_and": "logical_or", "logical_or": "logical_and"}
COMPARED = {ast.Lt: [("boundary", ast.LtE), ("comparison", ast.Gt)], ast.LtE: [("boundary", ast.Lt), ("comparison", ast.GtE)],
            ast.Gt: [("boundary", ast.GtE), ("comparison", ast.Lt)], ast.GtE: [("boundary", ast.Gt), ("comparison", ast.LtE)],
            ast.Eq: [("comparison", ast.NotEq)], ast.NotEq: [("comparison", ast.Eq)], ast.In: [("comparison", ast.NotIn)],
            ast.NotIn: [("comparison", ast.In)], ast.Is: [("comparison", ast.IsNot)], ast.IsNot: [("comparison", ast.Is)]}
REPLACED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
            ast.FloorDiv: ast.Div, ast.Mod: ast.FloorDiv, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
            ast.BitXor: ast.BitOr}
FILLS = ("nan", "inf")
SORTS = ("argsort", "sort", "sorted")
BOUNDS = ("lower", "upper")


@dataclass(frozen=True)
class Mutant:
    """A text with one change. was, now: what stood there and what stands there now. line: where, from 1, in the original.

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


def _compare(node, _):
    for i, op in enumerate(node.ops):
        for kind, other in COMPARED.get(type(op), ()):
            changed = copy.deepcopy(node)
            changed.ops[i] = other()
            yield kind, changed


def _binary(node, _):
    if type(node.op) in REPLACED:
        yield "arithmetic", ast.BinOp(node.left, REPLACED[type(node.op)](), node.right)
    yield "dropped term", node.left
    yield "dropped term", node.right


def _boolean(node, _):
    yield "and or", ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for value in node.values:
        yield "dropped condition", value


def _unary(node, _):
    yield "dropped sign or not", node.operand


def _constant(node, _):
    value = node.value
    if isinstance(value, bool):
        yield "constant", ast.Constant(not value)
    elif isinstance(value, (int, float)):
        for other in dict.fromkeys((value + 1, value - 1, value * 2, 0)):
            if other != value:
                yield "constant", ast.Constant(other) if other >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-other))


def _name(node, defaults):
    if isinstance(node.ctx, ast.Load) and node.id in defaults:
        yield "default for the argument", ast.Constant(defaults[node.id])


def _attribute(node, _):
    if node.attr in FILLS:
        yield "fill value", ast.Constant(0)
        yield "fill value", ast.Attribute(node.value, FILLS[1 - FILLS.index(node.attr)], ast.Load())


def _called(node) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _call(node, _):
    name = _called(node)
    if name in CALLED:
        changed = copy.deepcopy(node)
        setattr(changed.func, "attr" if isinstance(node.func, ast.Attribute) else "id", CALLED[name])
        yield "another function", changed
    for i, keyword in enumerate(node.keywords):
        kept = node.keywords[:i] + node.keywords[i + 1:]
        yield f"dropped {'axis' if keyword.arg == 'axis' else 'keyword'}", ast.Call(node.func, node.args, kept)
    if len(node.args) > 1 or (node.args and isinstance(node.func, ast.Attribute)):
        yield "dropped argument", ast.Call(node.func, node.args[:-1], node.keywords)
    if len(node.args) <= 2:
        for arg in node.args:
            if not isinstance(arg, ast.Starred):
                yield "dropped call", arg
    if isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Name):
        yield "dropped call", node.func.value
    yield from _sorting(node, name)
    if name == "range" and len(node.args) == 1:
        yield "range", ast.Call(node.func, [ast.Constant(1), *node.args], [])
        yield "range", ast.Call(node.func, [_one_off(node.args[0], ast.Sub())], [])


def _sorting(node, name):
    if name not in SORTS:
        return
    yield "sort reversed", _subscript(node, ast.Slice(step=ast.UnaryOp(ast.USub(), ast.Constant(1))))
    if name == "argsort" and any(keyword.arg == "kind" for keyword in node.keywords) and node.args:
        first = node.args[0]                    # the same order, but of equal values the last comes first
        turned = first.operand if isinstance(first, ast.UnaryOp) else ast.UnaryOp(ast.USub(), first)
        changed = ast.Call(node.func, [turned, *node.args[1:]], node.keywords)
        yield "ties the other way", _subscript(changed, ast.Slice(step=ast.UnaryOp(ast.USub(), ast.Constant(1))))


def _subscript(value, index):
    return ast.Subscript(value, index, ast.Load())


def _one_off(node, op):
    return ast.BinOp(node, op, ast.Constant(1))


def _taken(node, _):
    if not isinstance(node.ctx, ast.Load):
        return
    if isinstance(node.slice, (ast.Slice, ast.Compare, ast.Name)):
        yield "dropped selection", node.value
    if not isinstance(node.slice, ast.Slice):
        return
    for bound in BOUNDS:
        held = getattr(node.slice, bound)
        if held is None:
            continue
        for op in (ast.Add(), ast.Sub()):
            changed = copy.deepcopy(node)
            setattr(changed.slice, bound, _one_off(held, op))
            yield "slice", changed


def _either(node, _):
    yield "one branch", node.body
    yield "one branch", node.orelse


def _augmented(node, _):
    if type(node.op) in REPLACED:
        yield "arithmetic", ast.AugAssign(node.target, REPLACED[type(node.op)](), node.value)
    yield "dropped term", ast.Assign([node.target], node.value)


def _branch(node, _):
    yield "condition", ast.If(ast.Constant(True), node.body, node.orelse)
    if node.orelse:
        yield "condition", ast.If(ast.Constant(False), node.body, node.orelse)


def _comprehension(node, _):
    for i, part in enumerate(node.generators):
        for condition in part.ifs:
            changed = copy.deepcopy(node)
            changed.generators[i].ifs = [other for other in part.ifs if other is not condition]
            yield "dropped condition", changed


RULES = {**dict.fromkeys((ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), _comprehension),
         ast.Compare: _compare, ast.BinOp: _binary, ast.BoolOp: _boolean, ast.UnaryOp: _unary, ast.Constant: _constant,
         ast.Name: _name, ast.Attribute: _attribute, ast.Call: _call, ast.Subscript: _taken, ast.IfExp: _either,
         ast.AugAssign: _augmented, ast.If: _branch}
UNTOUCHED = (ast.Raise, ast.JoinedStr, ast.arguments, ast.Assert, ast.Import, ast.ImportFrom)
KEPT = (ast.Return, ast.Raise, ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Pass, ast.Global, ast.Nonlocal)


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


def mutants_of(text: str) -> list[Mutant]:
    """All one-change mutants of the text of a function or class, in the order of the text, none twice.

    Each holds the whole changed text, without comments and docstring. Raises SyntaxError for a text that is no Python.
    """
    tree = function_of(text)
    lines = textwrap.dedent(text).splitlines()
    defaults = _defaults(tree)
    found, seen = [], {ast.unparse(tree)}
    for node, put in list(_places(tree)):
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
    if isinstance(node, ast.stmt) and not isinstance(node, KEPT):
        yield "removed statement", was.splitlines()[0], "(removed)", ast.Pass()
    if isinstance(node, ast.For):
        given = [part for part in ast.walk(tree) if isinstance(part, ast.Return) and part.value is not None]
        if given:
            early = ast.For(node.target, node.iter, [*node.body, copy.deepcopy(given[-1])], node.orelse)
            yield "early return", "(end of the loop)", ast.unparse(given[-1]), early


def _places(tree) -> Iterator[tuple[ast.AST, object]]:
    """Every expression and statement below `tree`, with a function that puts another in its place."""
    for field, value in ast.iter_fields(tree):
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(node, ast.AST) or isinstance(node, UNTOUCHED) or field in ("annotation", "returns"):
                continue
            if isinstance(node, (ast.expr, ast.stmt)) and not isinstance(tree, ast.Module):
                yield node, _putter(tree, field, index)
            yield from _places(node)


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
