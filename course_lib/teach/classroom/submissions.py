"""Reading other people's notebooks as text: whose they are, which exercises they hold, what each one needs to run.

Nothing is executed here. Names of files, functions and variables play no part: an exercise is known by its decorator.
What one person's notebooks may cost is counted: see person_bounds.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from course_lib.contracts import UnknownIdError
from course_lib.teach import cards, lessons
from course_lib.teach.classroom.files import HandedIn, handed_in, person_of, read_file
from course_lib.teach.classroom.marks import DECORATOR, Marks, exercise_id, marked_inside, numbered
from course_lib.teach.classroom.needed import Needs, Statement, names_read, statement
from course_lib.teach.classroom.person_bounds import LEANS_ON, MOST_STATEMENTS, PERSON_STEPS, Spent

__all__ = ["Reading", "Submission", "exercise_id", "read_class", "read_notebook"]
MOST_PROBLEMS, SHOWN = 20, 3


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
    """What was found in the folders: the submissions, the people, and what of the files could not be read.

    notes: what was passed over in files that were read: lines of IPython.
    """

    submissions: list[Submission] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    problems: list[tuple[str, str, str]] = field(default_factory=list)      # person, file, why
    notes: list[tuple[str, str, str]] = field(default_factory=list)         # person, file, what


def read_class(folders: list[Path]) -> Reading:
    """All files below the folders. A person is the first folder (or zip) below, else the file's name without ending.

    Where someone answered an exercise twice, the last in the last file (by name) counts, as when a notebook is run.
    """
    reading, latest, people = Reading(), {}, {}
    for folder in map(Path, folders):
        for file in handed_in(folder):
            person = person_of(file.path)
            person = f"{folder.name}/{person}" if len(folders) > 1 else person
            people[person] = True
            found, why = _of_file(file, person)
            if why:
                reading.problems.append((person, file.path, why))
            if file.not_python:
                reading.notes.append((person, file.path, _said_of(file.not_python)))
            latest |= {(person, held.card_id): held for held in found}
    reading.people = list(people)
    reading.problems = _at_most(reading.problems, "more files were left out")
    reading.notes = _at_most(reading.notes, "more files held lines for IPython")
    reading.submissions = list(latest.values())
    return reading


def _said_of(lines: list[str]) -> str:
    """The word on lines that are IPython's and not Python's."""
    shown = "; ".join(line[:40] for line in lines[:SHOWN])
    more = f" and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
    return f"{len(lines)} line{'s' * (len(lines) > 1)} for IPython left out: {shown}{more}"


def _at_most(told, of_more: str) -> list[tuple[str, str, str]]:
    """Every word, but of one person the first twenty and how many more there are."""
    kept, counts = [], {}
    for person, file, why in told:
        counts[person] = counts.get(person, 0) + 1
        if counts[person] <= MOST_PROBLEMS:
            kept.append((person, file, why))
    return kept + [(person, "and more", f"{count - MOST_PROBLEMS} {of_more}")
                   for person, count in counts.items() if count > MOST_PROBLEMS]


def read_notebook(path: Path, person: str) -> tuple[list[Submission], str]:
    """(submissions, what is wrong with the file or "")."""
    return _of_file(read_file(Path(path)), person)


def _of_file(file: HandedIn, person: str) -> tuple[list[Submission], str]:
    if file.why:
        return [], file.why
    book = _Notebook((person, Path(file.path).name), file.spent)
    for text in file.cells:
        book.read_cell(text)
    if not book.answers and not book.why:
        return [], "holds no exercises"
    return book.submissions(), "; ".join(book.why)


def _parse(text: str):
    try:
        return ast.parse(text), ""
    except SyntaxError as error:
        return None, f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return None, f"{type(error).__name__}: {str(error)[:200]}"


@dataclass
class _Found:
    """An answer on its way: what it is, the code whose names it reads, and how many statements came before it."""

    held: Submission
    code: ast.AST | None
    before: int


class _Notebook:
    """One notebook, read cell by cell: the last answer to each exercise, and the statements that it may lean on."""

    def __init__(self, whose: tuple[str, str], spent: Spent):
        self.whose, self.spent, self.marks = whose, spent, Marks()
        self.prelude: list[Statement] = []
        self.defined: dict[str, tuple] = {}
        self.answers: dict[str, _Found] = {}
        self.names: dict[str, str] = {}                      # of all answers -> exercise id
        self.strange: dict[str, None] = {}                   # ids that no exercise has, in their order
        self.count, self.full = 0, False

    @property
    def why(self) -> list[str]:
        """What was not read of it, in words."""
        strange = list(self.strange)
        told = [f"holds more than {MOST_STATEMENTS:,} statements; the rest was not read"] if self.full else []
        if strange:
            more = f" and {len(strange) - SHOWN} more" if len(strange) > SHOWN else ""
            told.append(f"no exercise of this course has the id {', '.join(strange[:SHOWN])}{more}")
        return told

    def read_cell(self, text: str) -> None:
        if self.full:
            return
        tree, problem = _parse(text)
        if tree is None:
            for match in DECORATOR.finditer(text):
                held = Submission(*self.whose, numbered(match.group(2)), cell=text, text=text,
                                  problem=f"does not parse: {problem}")
                self._take(_Found(held, None, 0))
            return
        self.count += len(tree.body)
        self.full = self.count > MOST_STATEMENTS
        lines = text.split("\n")
        for node in [] if self.full else tree.body:
            self._read_statement(node, text, lines)

    def submissions(self) -> list[Submission]:
        """The answers, each with what it needs of the others' cells."""
        needs = Needs(self.prelude)
        for one in self.answers.values():
            self._lean(one, needs)
        return [one.held for one in self.answers.values()]

    def _lean(self, one: _Found, needs: Needs) -> None:
        """Give an answer what it leans on, or the reason why that was not looked for."""
        held = one.held
        if held.problem or one.code is None:
            return
        self.spent.steps += len(held.text)
        left, began = self.spent.steps_left(), needs.steps
        names = names_read(one.code) if left else set()
        wanted = needs.of(names - {held.name}, one.before, left) if left else None
        self.spent.steps += needs.steps - began
        if wanted is None:
            held.problem = (f"was not looked through: this person's files take more than {PERSON_STEPS:,} steps to "
                            f"find what their answers lean on")
            return
        signs = len(held.cell) + sum(len(part.text) + 1 for part in wanted)
        if signs > LEANS_ON:
            held.problem = f"leans on too much: {signs:,} characters of code with its own cell, of {LEANS_ON:,} at most"
            return
        held.prelude = "\n".join(part.text for part in wanted)
        used = names.union(*(part.uses for part in wanted))
        held.others = {name: card_id for name, card_id in self.names.items() if name != held.name and name in used}

    def _take(self, one: _Found) -> None:
        """Keep an answer; the last to an exercise counts. Ids that no exercise has are kept as words."""
        card_id = one.held.card_id
        if not _is_exercise(card_id):
            self.strange[card_id] = None
            return
        self.answers.pop(card_id, None)
        self.answers[card_id] = one
        if one.held.name:
            self.names[one.held.name] = card_id

    def _read_statement(self, node, text, lines) -> None:
        """One statement of a cell: an answer, a call that marks something as one, or part of the prelude."""
        try:
            self.marks.read(node)
            called, marked = self.marks.of_call(node)
            if self.marks.of_definition(node):
                self._take(self._of_definition(node, text, lines))
                return
            if called:
                self._take(self._of_call(node, called, marked, text, lines))
                return
            for inner in marked_inside(node, self.marks):
                self._take(self._of_definition(inner, text, lines))
            part = statement(node)
        except RecursionError:                        # nested too deeply to be walked: what needs it will say so
            return
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            self.defined[node.name] = node, text, lines
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            self.defined[node.targets[0].id] = node, text, lines
        if part is not None:
            self.prelude.append(part)

    def _of_definition(self, node, text, lines) -> _Found:
        """A marked definition. Its marks are taken off, so that where it stands in an `if` they do nothing there."""
        made_by = tuple(ast.unparse(part) for part in node.decorator_list if self.marks.id_of(part))
        held = Submission(*self.whose, self.marks.of_definition(node), node.name, text, _own(node, lines),
                          line=node.lineno, marks=made_by)
        node.decorator_list = [part for part in node.decorator_list if not self.marks.id_of(part)]
        return _Found(held, node, len(self.prelude))

    def _of_call(self, node, card_id, marked, text, lines) -> _Found:
        """What a call marks: a definition that stands above, or any expression."""
        earlier, its_text, its_lines = self.defined.get(getattr(marked, "id", ""), (None, "", []))
        own = _own(node, lines)
        if isinstance(earlier, ast.FunctionDef):
            held = Submission(*self.whose, card_id, earlier.name, its_text, _own(earlier, its_lines),
                              line=earlier.lineno)
            return _Found(held, earlier, len(self.prelude))
        if earlier is not None:
            own = f"{_own(earlier, its_lines)}\n{own}"
        held = Submission(*self.whose, card_id, "", text, own, line=marked.lineno, expression=ast.unparse(marked))
        return _Found(held, marked, len(self.prelude))


def _is_exercise(card_id: str) -> bool:
    try:
        return card_id in _ids_of(lessons.number(card_id.partition(".")[0]))
    except (UnknownIdError, ValueError):
        return False


@cache
def _ids_of(lesson: str) -> frozenset[str]:
    return frozenset(card.id for card in cards.cards_of(lesson))


def _own(node, lines) -> str:
    """The lines of a statement, its decorators with it."""
    return "\n".join(lines[_start(node) - 1: node.end_lineno])


def _start(node) -> int:
    return min([node.lineno] + [part.lineno for part in getattr(node, "decorator_list", [])])
