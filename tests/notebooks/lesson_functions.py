"""A lesson's own functions, to be fed with made-up data, and what a claim says of it: nothing of the lesson is run."""

import ast
import builtins

from course_lib.teach import cards
from course_lib.teach.ledger.verdict import Row, decide
from course_lib.teach.publish.lesson_source import read_lesson, sources

KEPT = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


def functions_of(lesson, *names):
    """A namespace with a lesson's imports, functions and classes, its constants of plain numbers, and what `names` say.

    A function whose default comes from a run of the lesson is left out, as that run is.
    """
    tree = ast.parse("\n".join(cell.source for cell in read_lesson(sources([lesson])[0]).solution.cells
                               if cell.cell_type == "code"))
    kept = [node for node in tree.body if isinstance(node, KEPT) or _constant(node) or _targets(node) & set(names)]
    functions = [node for node in kept if isinstance(node, ast.FunctionDef)]
    for node in functions:
        node.decorator_list = []
    known = set(dir(builtins)).union(*(_defines(node) for node in kept))
    kept = [node for node in kept if node not in functions or _defaults(node) <= known]
    space = {}
    exec(compile(ast.Module(kept, []), lesson, "exec"), space)  # the course's own source
    return space


def said(name, estimate):
    """What one measurement says of a claim."""
    claim = cards.claim(name)
    return decide(claim, Row(claim.id, "made up", estimate.value, estimate.low, estimate.high))


def _targets(node):
    return {target.id for target in getattr(node, "targets", []) if isinstance(target, ast.Name)}


def _defines(node):
    """The names that a kept statement defines."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return _targets(node) | ({node.name} if hasattr(node, "name") else set())


def _defaults(function):
    """The names that stand in a function's defaults."""
    given = [*function.args.defaults, *filter(None, function.args.kw_defaults)]
    return {part.id for value in given for part in ast.walk(value) if isinstance(part, ast.Name)}


def _constant(node):
    if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper()):
        return False
    return not any(isinstance(part, (ast.Call, ast.Name)) for part in ast.walk(node.value))
