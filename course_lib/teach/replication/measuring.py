"""The measuring code of a lesson: its code cells as they stand in its source, and a digest that prose does not change.

There is no second copy of what a lesson measures. Calls that only speak to the learner are left out; so are, for the
digest, the texts inside prints and plots, so that a title may be mended without measuring everything again.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from course_lib.contracts import DataError
from course_lib.teach import lessons

SPEAKS = ("predict", "quiz", "answer", "explore", "hint", "solution", "compare", "decide",
          "referee")                                                                # nothing is measured by these
SHOWS = ("print", "plots")                                                          # their texts measure nothing
SHORT = 12
WIDGET = "widget"                                # the tag of a cell that shows a moving figure and does nothing else
MEASURING_ROOMS = ("capstone",)                  # rooms of `teach` that lessons measure with


def code_cells(path: Path) -> list[tuple[str, str]]:
    """[("02_feedback, cell 7", code)]: the code cells of a lesson's source, exercises with their solutions.

    A cell's number counts the markdown cells too, as in the notebook. A cell with the tag WIDGET is left out, with what
    it imports. Raises BuildError for a bad marker, DataError for such a cell that does more.
    """
    import jupytext  # here, for a run in its own process needs only the trees below

    from course_lib.teach.publish.lesson_source import split_regions

    path = Path(path)
    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    cells = []
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "code":
            where = f"{path.stem}, cell {number}"
            code = split_regions(cell.source, where, keep=True)
            if WIDGET in cell.metadata.get("tags", ()):
                _check_widget(code, where)
            else:
                cells.append((where, code))
    return cells


def _check_widget(code: str, where: str) -> None:
    """Raises DataError where a cell that is left out does more than import from `teach` and speak to the learner."""
    for node in measuring_tree(code, where).body:
        taught = isinstance(node, ast.ImportFrom) and (node.module or "").startswith("course_lib.teach")
        if not (taught or isinstance(node, ast.Pass)):
            raise DataError(f"{where}, line {node.lineno}: a cell with the tag {WIDGET!r} is left out when a lesson is "
                            "run under other seeds, so it may import from course_lib.teach and call explore, no more. "
                            "Put the rest into a cell without the tag.")


def measuring_tree(code: str, where: str) -> ast.Module:
    """A cell's syntax tree without the statements that only speak to the learner. Raises DataError for no Python."""
    try:
        tree = ast.parse(code, filename=f"<{where}>")
    except SyntaxError as error:
        raise DataError(f"{where} is not Python ({error.msg}, line {error.lineno}).") from error
    tree = _WithoutSpeech().visit(tree)
    return ast.fix_missing_locations(tree)


def root_name(node: ast.AST) -> str:
    """The name that a call or attribute begins with: "plots" for plots.lines(…); "" where it begins with none."""
    while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


class _WithoutSpeech(ast.NodeTransformer):
    """Puts `pass` where a statement is a call of one of SPEAKS."""

    def visit_Expr(self, node):
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in SPEAKS:
            return ast.copy_location(ast.Pass(), node)
        return self.generic_visit(node)


class _WithoutTexts(ast.NodeTransformer):
    """Empties every text inside a call of one of SHOWS, and drops docstrings."""

    def __init__(self):
        self.inside = 0

    def visit_Call(self, node):
        shows = root_name(node.func) in SHOWS
        self.inside += shows
        node = self.generic_visit(node)
        self.inside -= shows
        return node

    def visit_Constant(self, node):
        return ast.Constant("") if self.inside and isinstance(node.value, str) else node

    def visit_Expr(self, node):
        if isinstance(node.value, ast.Constant):
            return ast.Pass()                                   # a docstring, or a value that a cell shows
        return self.generic_visit(node)


def digest_of(cells: list[tuple[str, str]]) -> str:
    """12 hex digits over the measuring code of a lesson's cells, one after the other, and over what they import.

    Of MEASURING_ROOMS the code counts as well where a cell imports from them. Comments, layout, texts to be read, how
    the code is cut into cells and where an import stands do not count.
    """
    imported, statements = set(), []
    for where, code in cells:
        for node in _WithoutTexts().visit(measuring_tree(code, where)).body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                imported |= {f"{getattr(node, 'module', '')}\0{name.name}\0{name.asname}" for name in node.names}
            elif not isinstance(node, ast.Pass):
                statements.append(_dumped(node))
    rooms = [room_digest(room) for room in MEASURING_ROOMS
             if any(f"course_lib.teach.{room}" in name.replace("\0", ".") for name in imported)]
    return hashlib.sha256("\0".join([*sorted(imported), *statements, *rooms]).encode()).hexdigest()[:SHORT]


def _dumped(tree: ast.AST) -> str:
    """The tree as text that every Python from 3.11 on writes alike: empty lists and absent fields are left out."""
    if isinstance(tree, list):
        return "[" + ",".join(map(_dumped, tree)) + "]"
    if not isinstance(tree, ast.AST):
        return repr(tree)
    fields = [(name, value) for name, value in ast.iter_fields(tree) if value is not None and value != []]
    return f"{type(tree).__name__}({','.join(f'{name}={_dumped(value)}' for name, value in fields)})"


def lesson_digest(path: Path) -> str:
    """The digest of a lesson's source; see digest_of."""
    return digest_of(code_cells(path))


@cache
def library_digest(root: Path = lessons.ROOT) -> str:
    """12 hex digits over the library's code below the floor `teach`: comments and docstrings do not count.

    A worker elsewhere must have the same; rows that were measured with another are measured again. MEASURING_ROOMS
    belong to it.
    """
    package = Path(root) / "course_lib"
    return modules_digest(package, (path for path in package.rglob("*.py") if _measures(path.relative_to(package))))


def _measures(place: Path) -> bool:
    """Whether a module at this place below the package lies below `teach` or in one of MEASURING_ROOMS."""
    return place.parts[0] != "teach" or place.parts[1] in MEASURING_ROOMS


@cache
def room_digest(room: str, root: Path = lessons.ROOT) -> str:
    """12 hex digits over the code of one room of `teach`; see `modules_digest`."""
    package = Path(root) / "course_lib"
    return modules_digest(package, (package / "teach" / room).rglob("*.py"))


def modules_digest(package: Path, paths: Iterable[Path]) -> str:
    """12 hex digits over the code of these modules and their places below `package`; as of `library_digest`."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        tree = _WithoutTexts().visit(ast.parse(path.read_text(encoding="utf-8")))
        digest.update(f"{path.relative_to(package).as_posix()}\0{_dumped(tree)}\0".encode())
    return digest.hexdigest()[:SHORT]
