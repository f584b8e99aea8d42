"""Reading other people's notebooks as text: whose they are, which exercises they hold, what each one needs to run.

Nothing is executed here. Names of files, functions and variables play no part: an exercise is known by its decorator.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.contracts import UnknownIdError
from course_lib.teach import lessons

LARGEST_BYTES = 20_000_000
MAGIC = re.compile(r"^\s*[%!?]")
DECORATOR = re.compile(r"@\s*(?:[\w.]+\.)?exercise\(\s*(['\"])([\w.]+)\1")


@dataclass
class Submission:
    """One person's answer to one exercise. cell: its cell's text; line: where its definition starts (from 1).

    prelude: imports, helpers and constants of the whole notebook. others: name -> exercise id of the other answers.
    problem: why it cannot be run ("" where it can).
    """

    person: str
    notebook: str
    card_id: str
    name: str = ""
    cell: str = ""
    text: str = ""
    prelude: str = ""
    others: dict[str, str] = field(default_factory=dict)
    problem: str = ""


@dataclass
class Reading:
    """What was found in the folders: the submissions, the people, and the files that could not be read."""

    submissions: list[Submission] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    problems: list[tuple[str, str, str]] = field(default_factory=list)      # person, file, why


def read_class(folders: list[Path]) -> Reading:
    """All notebooks below the folders. A person is the first folder below, else the file's name without its ending.

    Where someone answered an exercise twice, the last in the last file (by name) counts, as when a notebook is run.
    """
    reading, latest = Reading(), {}
    for folder in folders:
        for path in sorted(Path(folder).rglob("*.ipynb")):
            if ".ipynb_checkpoints" in path.parts or not path.is_file():
                continue
            parts = path.relative_to(folder).parts
            person = parts[0] if len(parts) > 1 else path.stem
            person = f"{Path(folder).name}/{person}" if len(folders) > 1 else person
            if person not in reading.people:
                reading.people.append(person)
            found, why = read_notebook(path, person)
            if why:
                reading.problems.append((person, str(path.relative_to(folder)), why))
            latest |= {(person, held.card_id): held for held in found}
    reading.submissions = list(latest.values())
    return reading


def read_notebook(path: Path, person: str) -> tuple[list[Submission], str]:
    """(submissions, what is wrong with the file or "")."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            return [], f"larger than {LARGEST_BYTES // 1_000_000} MB, not read"
        held = json.loads(path.read_text(encoding="utf-8"))
        cells = [_text(cell) for cell in held["cells"] if cell.get("cell_type") == "code"]
    except UnicodeDecodeError:
        return [], "not UTF-8 text"
    except RecursionError:
        return [], "nested too deeply to be a notebook"
    except OSError as error:
        return [], f"cannot be read: {error.strerror or error}"
    except ValueError as error:
        return [], f"broken JSON: {error}"
    except (KeyError, TypeError, AttributeError):
        return [], "JSON, but not a notebook"
    found = _submissions(cells, person, path.name)
    return found, "" if found else "holds no exercises"


def _text(cell) -> str:
    source = cell.get("source", "")
    text = source if isinstance(source, str) else "".join(source)
    return "\n".join("" if MAGIC.match(line) else line for line in text.split("\n"))


def _parse(text: str):
    try:
        return ast.parse(text), ""
    except SyntaxError as error:
        return None, f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return None, f"{type(error).__name__}: {error}"


def _submissions(cells: list[str], person: str, notebook: str) -> list[Submission]:
    found, prelude = [], []
    for text in cells:
        tree, problem = _parse(text)
        if tree is None:
            found += [Submission(person, notebook, match.group(2), cell=text, text=text,
                                 problem=f"does not parse: {problem}") for match in DECORATOR.finditer(text)]
            continue
        for node in tree.body:
            card_id = exercise_id(node)
            if card_id:
                found.append(Submission(person, notebook, card_id, node.name, text,
                                        "\n".join(text.split("\n")[_start(node) - 1: node.end_lineno])))
            elif _harmless_to_keep(node):
                prelude.append(ast.get_source_segment(text, node) or "")
    names = {held.name: held.card_id for held in found if held.name}
    for held in found:
        held.prelude = "\n".join(prelude)
        held.others = {name: card_id for name, card_id in names.items() if name != held.name}
    return found


def _start(node) -> int:
    return min([node.lineno] + [decorator.lineno for decorator in node.decorator_list])


def exercise_id(node) -> str:
    """The id in `@exercise("3.1")` of a definition, else ""."""
    for call in getattr(node, "decorator_list", []):
        if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name == "exercise" and isinstance(call.args[0].value, str):
                return _numbered(call.args[0].value)
    return ""


def _numbered(ref: str) -> str:
    try:
        return lessons.shown(ref)
    except UnknownIdError:              # the page says that no exercise has this id
        return ref


def _harmless_to_keep(node) -> bool:
    """Imports, definitions and constants: what an answer may lean on, without running the notebook."""
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)):
        return True
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
        try:
            ast.literal_eval(node.value)
            return True
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return isinstance(node.value, ast.Lambda)
    return False
