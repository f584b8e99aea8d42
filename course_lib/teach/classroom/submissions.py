"""Reading other people's notebooks as text: whose they are, which exercises they hold, what each one needs to run.

Nothing is executed here. Names of files, functions and variables play no part: an exercise is known by its decorator.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.teach.classroom.files import HandedIn, handed_in, read_file
from course_lib.teach.classroom.marks import DECORATOR, Marks, exercise_id, marked_inside, numbered
from course_lib.teach.classroom.needed import Statement, names_read, needed, statement

__all__ = ["Reading", "Submission", "exercise_id", "read_class", "read_notebook"]
LARGEST_TEXT = 2_000_000
MOST_ANSWERS, MOST_PROBLEMS = 300, 20


@dataclass
class Submission:
    """One person's answer to one exercise. cell: its cell's text; line: of its definition (from 1).

    marks: the decorators that make it an answer, as text. expression: what was marked by a call, where that is no
    definition: `exercise("3.1")(lambda x: 2 * x)`.
    prelude: the statements of its notebook that it leans on. others: name -> exercise id of the other answers.
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
    line: int = 0
    marks: tuple[str, ...] = ()
    expression: str = ""


@dataclass
class Reading:
    """What was found in the folders: the submissions, the people, and the files that could not be read."""

    submissions: list[Submission] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    problems: list[tuple[str, str, str]] = field(default_factory=list)      # person, file, why


def read_class(folders: list[Path]) -> Reading:
    """All files below the folders. A person is the first folder (or zip) below, else the file's name without ending.

    Where someone answered an exercise twice, the last in the last file (by name) counts, as when a notebook is run.
    """
    reading, latest = Reading(), {}
    for folder in map(Path, folders):
        for file in handed_in(folder):
            person = _person(file.path)
            person = f"{folder.name}/{person}" if len(folders) > 1 else person
            if person not in reading.people:
                reading.people.append(person)
            found, why = _of_file(file, person)
            if why:
                reading.problems.append((person, file.path, why))
            latest |= {(person, held.card_id): held for held in found}
    reading.problems = _at_most(reading.problems)
    reading.submissions = list(latest.values())
    return reading


def _person(path: str) -> str:
    first = Path(path).parts[0]
    return Path(first).stem if len(Path(path).parts) == 1 or first.lower().endswith(".zip") else first


def _at_most(problems) -> list[tuple[str, str, str]]:
    """Every reason, but of one person the first twenty and how many more there are."""
    kept, counts = [], {}
    for person, file, why in problems:
        counts[person] = counts.get(person, 0) + 1
        if counts[person] <= MOST_PROBLEMS:
            kept.append((person, file, why))
    more = [(person, "and more", f"{count - MOST_PROBLEMS} more files were left out")
            for person, count in counts.items() if count > MOST_PROBLEMS]
    return kept + more


def read_notebook(path: Path, person: str) -> tuple[list[Submission], str]:
    """(submissions, what is wrong with the file or "")."""
    return _of_file(read_file(Path(path)), person)


def _of_file(file: HandedIn, person: str) -> tuple[list[Submission], str]:
    if file.why:
        return [], file.why
    if sum(map(len, file.cells)) > LARGEST_TEXT:
        return [], f"more than {LARGEST_TEXT:,} characters of code, not read"
    found = _submissions(file.cells, person, Path(file.path).name)
    if len(found) > MOST_ANSWERS:
        return found[:MOST_ANSWERS], f"holds {len(found)} answers; the first {MOST_ANSWERS} were read"
    return found, "" if found else "holds no exercises"


def _parse(text: str):
    try:
        return ast.parse(text), ""
    except SyntaxError as error:
        return None, f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return None, f"{type(error).__name__}: {str(error)[:200]}"


@dataclass
class _Found:
    """An answer on its way: what it is, the names it reads, and how many statements came before it."""

    held: Submission
    names: set[str]
    before: int


def _submissions(cells: list[str], person: str, notebook: str) -> list[Submission]:
    """The answers of one notebook's cells, each with what it needs of the others."""
    marks, prelude, found, defined = Marks(), [], [], {}
    for text in cells:
        tree, problem = _parse(text)
        if tree is None:
            held = [Submission(person, notebook, numbered(match.group(2)), cell=text, text=text,
                               problem=f"does not parse: {problem}") for match in DECORATOR.finditer(text)]
            found += [_Found(one, set(), 0) for one in held]
            continue
        lines = text.split("\n")
        for node in tree.body:
            _read_statement(node, text, lines, marks, prelude, found, defined, (person, notebook))
    names = {one.held.name: one.held.card_id for one in found if one.held.name}
    for one in found:
        wanted = needed(one.names - {one.held.name}, prelude[:one.before], prelude[one.before:])
        one.held.prelude = "\n".join(part.text for part in wanted)
        one.held.others = {name: card_id for name, card_id in names.items()
                           if name != one.held.name and name in one.names | _used_by(wanted)}
    return [one.held for one in found]


def _used_by(statements: list[Statement]) -> set[str]:
    return set().union(*(part.uses for part in statements)) if statements else set()


def _read_statement(node, text, lines, marks, prelude, found, defined, whose) -> None:
    """One statement of a cell: an answer, a call that marks something as one, or part of the prelude."""
    try:
        marks.read(node)
        called, marked = marks.of_call(node)
        if marks.of_definition(node):
            found.append(_of_definition(node, text, lines, marks, len(prelude), whose))
            return
        if called:
            found.append(_of_call(node, called, marked, text, lines, len(prelude), defined, whose))
            return
        for inner in marked_inside(node, marks):
            found.append(_of_definition(inner, text, lines, marks, len(prelude), whose))
        part = statement(node)
    except RecursionError:                            # nested too deeply to be walked: what needs it will say so
        return
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        defined[node.name] = node, text, lines
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        defined[node.targets[0].id] = node, text, lines
    if part is not None:
        prelude.append(part)


def _of_definition(node, text, lines, marks, before, whose) -> _Found:
    """A marked definition. Its marks are taken off, so that where it stands in an `if` they do nothing there."""
    made_by = tuple(ast.unparse(part) for part in node.decorator_list if marks.id_of(part))
    held = Submission(*whose, marks.of_definition(node), node.name, text, _own(node, lines), line=node.lineno,
                      marks=made_by)
    node.decorator_list = [part for part in node.decorator_list if not marks.id_of(part)]
    return _Found(held, names_read(node), before)


def _of_call(node, card_id, marked, text, lines, before, defined, whose) -> _Found:
    """What a call marks: a definition that stands above, or any expression."""
    earlier, its_text, its_lines = defined.get(getattr(marked, "id", ""), (None, "", []))
    own = _own(node, lines)
    if isinstance(earlier, ast.FunctionDef):
        held = Submission(*whose, card_id, earlier.name, its_text, _own(earlier, its_lines), line=earlier.lineno)
        return _Found(held, names_read(earlier), before)
    if earlier is not None:
        own = f"{_own(earlier, its_lines)}\n{own}"
    held = Submission(*whose, card_id, "", text, own, line=marked.lineno, expression=ast.unparse(marked))
    return _Found(held, names_read(marked), before)


def _own(node, lines) -> str:
    """The lines of a statement, its decorators with it."""
    return "\n".join(lines[_start(node) - 1: node.end_lineno])


def _start(node) -> int:
    return min([node.lineno] + [part.lineno for part in getattr(node, "decorator_list", [])])
