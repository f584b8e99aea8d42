"""The rules by which a text is mutated: for each node of a syntax tree, what might stand in its place.

Each rule of the table RULES takes a node and the function's defaults and yields pairs (kind, what takes its place).
The kinds are the slips that people make, so a mutant is a wrong answer that somebody could hand in.
"""

from __future__ import annotations

import ast
import copy

PAIRS = (("min", "max"), ("minimum", "maximum"), ("argmin", "argmax"), ("sum", "mean"), ("any", "all"),
         ("ceil", "floor"), ("log", "log2"), ("zeros", "ones"), ("zeros_like", "ones_like"), ("head", "tail"),
         ("var", "std"), ("logical_and", "logical_or"))
CALLED = {name: other for pair in PAIRS for name, other in (pair, pair[::-1])} | {
    "nanmean": "mean", "nansum": "sum", "nanmax": "max", "nanmin": "min", "round": "floor", "median": "mean",
    "log1p": "log", "cumsum": "cumprod"}
BOUNDARY = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
COMPARED = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
            ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is}
REPLACED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
            ast.FloorDiv: ast.Div, ast.Mod: ast.FloorDiv, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
            ast.BitXor: ast.BitOr}
EXCHANGED = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
EITHER_WAY = ("min", "max", "minimum", "maximum", "isclose", "allclose", "hypot", "append", "range", "print", "zip",
              "bincount", "logical_and", "logical_or", "intersect1d", "union1d")
WORDS = {"left": "right", "right": "left", "first": "last", "last": "first", "min": "max", "max": "min"}
FILLS = ("nan", "inf")
CONVERSIONS = ("float", "bool", "asarray", "asanyarray", "array", "atleast_1d", "tolist", "to_numpy")
SORTS = ("argsort", "sort", "sorted")
BOUNDS = ("lower", "upper")


def _compare(node, _):
    for i, op in enumerate(node.ops):
        for kind, table in (("boundary", BOUNDARY), ("comparison", COMPARED)):
            if type(op) in table:
                changed = copy.deepcopy(node)
                changed.ops[i] = table[type(op)]()
                yield kind, changed


def _binary(node, _):
    if type(node.op) in REPLACED:
        yield "arithmetic", ast.BinOp(node.left, REPLACED[type(node.op)](), node.right)
    if isinstance(node.op, EXCHANGED):
        yield "exchanged", ast.BinOp(node.right, node.op, node.left)
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
    if isinstance(value, str) and value in WORDS:
        yield "another word", ast.Constant(WORDS[value])
    elif isinstance(value, bool):
        yield "constant", ast.Constant(not value)
    elif isinstance(value, (int, float)):
        near = (value + 1, value - 1) if value == 0 or 1e-3 <= abs(value) < 1e3 else ()     # not for 1e-12 and 10**9
        for other in dict.fromkeys((*near, value * 2, 0)):
            if other != value:
                yield "constant", ast.Constant(other) if other >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-other))


def _name(node, defaults):
    if isinstance(node.ctx, ast.Load) and node.id in defaults:
        yield "default for the argument", ast.Constant(defaults[node.id])


def _attribute(node, _):
    if node.attr in FILLS:
        yield "fill value", ast.Constant(0)
        yield "fill value", ast.Attribute(node.value, FILLS[1 - FILLS.index(node.attr)], ast.Load())


def called(node) -> str:
    """The last part of the name that a call calls: "sum" for `x.sum(0)`."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _call(node, _):
    name = called(node)
    if name in CALLED:
        changed = copy.deepcopy(node)
        setattr(changed.func, "attr" if isinstance(node.func, ast.Attribute) else "id", CALLED[name])
        yield "another function", changed
    for i, keyword in enumerate(node.keywords):
        if keyword.arg == "strict":             # of zip: refuses lists of two lengths, changes no answer
            continue
        kept = node.keywords[:i] + node.keywords[i + 1:]
        yield f"dropped {'axis' if keyword.arg == 'axis' else 'keyword'}", ast.Call(node.func, node.args, kept)
    if converts(node):
        return
    if len(node.args) > 1 or (node.args and isinstance(node.func, ast.Attribute)):
        yield "dropped argument", ast.Call(node.func, node.args[:-1], node.keywords)
    if len(node.args) >= 2 and name not in EITHER_WAY:
        *first, one, two = node.args
        yield "exchanged", ast.Call(node.func, [*first, two, one], node.keywords)
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


def converts(node) -> bool:
    """Does the call only turn numbers into another container or type of numbers, which a check lets pass?"""
    if not isinstance(node, ast.Call):
        return False
    name, args = called(node), [ast.unparse(arg) for arg in node.args]
    return name in CONVERSIONS or (name == "astype" and args == ["float"]) or (
        name == "int" and isinstance(node.args[0], (ast.Name, ast.Subscript, ast.Call, ast.Compare)))


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
    if isinstance(node.slice, (ast.Compare, ast.Name)):
        yield "the others selected", ast.Subscript(node.value, ast.UnaryOp(ast.Invert(), node.slice), ast.Load())
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


def _jump(node, _):
    yield "continue or break", ast.Break() if isinstance(node, ast.Continue) else ast.Continue()


def _branch(node, _):
    yield "condition", ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
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
         ast.AugAssign: _augmented, ast.If: _branch, ast.Continue: _jump, ast.Break: _jump}
