"""What may be handed in: a file with `policy(request)`, or with a class `System`, and beside either a launch plan.

    def fit(log): ...                          # the days so far; called at the start and after every day
    def policy(request): return [3, 1, 2]      # item ids, best first, out of request.eligible

    class System:                              # or this: all requests of a moment at once
        def fit(self, log): ...
        def slates(self, requests): ...        # int (B, K), a list of lists, or Slates with propensities
        def observe(self, day_log): ...        # may be left out: then fit is called again each night
        def candidates(self, requests): ...    # may be left out: int (B, C), what retrieval brings

    PLAN = LaunchPlan("mine", ...)             # may be left out: then the risk-aware plan decides
"""

from __future__ import annotations

import ast
import hashlib
from dataclasses import dataclass
from pathlib import Path

from course_lib.contracts import ArgumentError, DataError
from course_lib.teach.classroom.files import read_file
from course_lib.teach.classroom.needed import needed, statement

NAMES = ("policy", "System", "fit", "PLAN")
FORMS = ("expected a function policy(request) that returns a list of item ids, or a class System with fit(self, log) "
         "and slates(self, requests)")
METHODS = {"fit": 2, "slates": 2, "observe": 2, "candidates": 2}


@dataclass(frozen=True)
class HandedIn:
    """One submission: name, how it is called in reports; text, the Python that is run, confined, and only there."""

    name: str
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 of the text, by which a stored result knows what was played."""
        return hashlib.sha256(self.text.encode("utf-8", "replace")).hexdigest()


def read(path, name: str | None = None) -> HandedIn:
    """The submission in a .py file or a notebook; of a notebook only what policy, System, fit and PLAN lean on is run.

    name: default the file's, without its ending. Nothing is executed. Raises DataError for a file that cannot be read,
    ArgumentError for one that holds no submission; both say what came and what to do.
    """
    path = Path(path)
    if path.suffix.lower() not in (".py", ".ipynb"):
        raise ArgumentError(f"{path} is neither a .py file nor a notebook. Hand in one of those; {FORMS}.")
    held = read_file(path)
    if held.why:
        raise DataError(f"{path}: {held.why}. Save it again, and hand in the file itself.")
    notebook = path.suffix.lower() == ".ipynb"
    text = "\n\n".join(held.cells)
    return HandedIn(name or path.stem, checked(text, str(path), only_needed=notebook))


def checked(text: str, where: str, only_needed: bool = False) -> str:
    """The text to run. Raises ArgumentError, with the line, where it is no Python or defines neither form."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        raise ArgumentError(f"{where} is not Python{f' in line {line}' if line else ''}: {error}. Run it once yourself "
                            f"before you hand it in.") from None
    held = [one for one in map(statement, tree.body) if one is not None]
    bound = set().union(*(one.binds for one in held)) if held else set()
    here = {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    _check_forms(bound, here, where)
    return "\n".join(one.text for one in needed(set(NAMES), held)) if only_needed else text


def _check_forms(bound, here, where) -> None:
    given = [name for name in ("policy", "System") if name in bound]
    if not given:
        near = [name for name in here if name.lower() in ("policy", "system", "recommender", "slates", "recommend")]
        hint = f" It defines {', '.join(near)}: rename that." if near else ""
        raise ArgumentError(f"{where} defines neither policy nor System; {FORMS}.{hint}")
    if len(given) == 2:
        raise ArgumentError(f"{where} defines both policy and System; expected one of them, so that it is clear which "
                            f"is handed in. Take the other out.")
    if isinstance(here.get("policy"), ast.FunctionDef) and not _takes(here["policy"], 1):
        raise ArgumentError(f"policy in {where}, line {here['policy'].lineno}, takes {_count(here['policy'])} "
                            f"arguments; expected one, the request.")
    if isinstance(here.get("System"), ast.ClassDef):
        _check_class(here["System"], where)


def _check_class(node: ast.ClassDef, where: str) -> None:
    own = {part.name: part for part in node.body if isinstance(part, ast.FunctionDef)}
    if "slates" not in own and not node.bases:
        raise ArgumentError(f"System in {where}, line {node.lineno}, has no method slates; {FORMS}.")
    if "__init__" in own and not _takes(own["__init__"], 1):
        raise ArgumentError(f"System in {where}, line {own['__init__'].lineno}, cannot be made without arguments; "
                            f"expected System(): give the arguments of __init__ defaults.")
    for name, count in METHODS.items():
        if name in own and not _takes(own[name], count):
            raise ArgumentError(f"System.{name} in {where}, line {own[name].lineno}, takes {_count(own[name])} "
                                f"arguments; expected {count}, self among them.")


def _count(node) -> int:
    return len(node.args.posonlyargs) + len(node.args.args)


def _takes(node, count: int) -> bool:
    """Can it be called with so many arguments by position?"""
    static = any(isinstance(part, ast.Name) and part.id == "staticmethod" for part in node.decorator_list)
    most, count = _count(node), count - static
    return most - len(node.args.defaults) <= count and (most >= count or node.args.vararg is not None)
