"""The right answers of an exercise as texts to change and run: lesson's solution, reference, alternative."""

from __future__ import annotations

import ast
import contextlib
import inspect
import re
import sys
from dataclasses import dataclass
from functools import cache

from course_lib.teach import cards, lessons
from course_lib.teach.checking.equality import clone
from course_lib.teach.checking.guard import QUESTION_ROOM, attempt
from course_lib.teach.checking.mutations import function_of
from course_lib.teach.checking.texts import source
from course_lib.teach.definitions.card import Card, Case

LIBRARY = "import math\nimport numpy as np\nimport pandas as pd\n"


@dataclass
class Text:
    """A right answer to an exercise. of: "solution", "reference" or "alternative". names: what its text may use."""

    of: str
    name: str
    text: str
    names: dict


@cache
def _solutions(lesson: str) -> dict[str, tuple[str, str]]:
    """{"5.1": (name, text)} of the exercises of a lesson's source, with all that they may use under "" as text."""
    if lesson not in lessons.numbers().values():
        return {}
    path = lessons.SOURCES / f"{lesson}_{lessons.name(lesson)}.py"
    if not path.is_file():                                              # withheld, as in the image of a class
        return {}
    whole = path.read_text(encoding="utf-8")
    found = {}
    for node in ast.parse(whole).body:
        marks = [mark for mark in getattr(node, "decorator_list", [])
                 if isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "exercise"]
        if marks:
            text = ast.get_source_segment(whole, node)
            found[lessons.shown(marks[0].args[0].value)] = node.name, text
    imports = [line for line in whole.splitlines() if re.match(r"(import|from) [^_]", line)]
    found[""] = "", "\n".join(imports)
    return found


def _names_for(lesson: str, text: str) -> dict:
    """The names of a lesson's imports and exercises that a text uses, as its cells would find them."""
    held = _solutions(lesson)
    names = {"__name__": "__main__"}
    exec(LIBRARY, names)                                                # noqa: S102
    for statement in ast.parse(held[""][1]).body:
        bound = {(part.asname or part.name).split(".")[0] for part in statement.names}
        if bound & set(re.findall(r"\w+", text)):
            with contextlib.suppress(ImportError):                      # an optional library; the text then fails
                exec(ast.unparse(statement), names)                     # noqa: S102
    for other, (name, theirs) in held.items():
        if name and name in re.findall(r"\w+", text) and theirs != text:
            names[name] = cards.card(other).reference
    return names


def texts_of(card: Card) -> list[Text]:
    """The right answers that are mutated: the lesson's solution, then reference and alternative where they differ."""
    found = []
    name, text = _solutions(card.lesson).get(card.id, ("", ""))
    if name:
        found.append(Text("solution", name, text, _names_for(card.lesson, text)))
    for of, fn in (("reference", card.reference), ("alternative", card.alternative)):
        found += _text_of(of, fn)
    seen, kept = set(), []
    for held in found:
        body = re.sub(rf"\b{held.name}\b", "f", ast.unparse(function_of(held.text)))
        if body not in seen:
            kept.append(held)
        seen.add(body)
    return kept


def _text_of(of: str, fn) -> list[Text]:
    """Its text, where it has one that stands alone: not a lambda, nothing from a function around it."""
    fn = inspect.unwrap(fn)
    if not (inspect.isfunction(fn) or inspect.isclass(fn)) or getattr(fn, "__closure__", None):
        return []
    text = source(fn)
    if not text.startswith(("def ", "class ", "@")):
        return []
    names = vars(sys.modules[fn.__module__])
    return [Text(of, fn.__name__, text, dict(names))]


def build(held: Text, text: str):
    """The function that a changed text defines, among the names of the text that was changed."""
    names = dict(held.names)
    exec(compile(text, f"<mutant of {held.name}>", "exec"), names)      # noqa: S102
    return names[held.name]


def answer(card: Card, fn, case: Case, seconds: float):
    """What fn gives to a copy of the case's arguments, with the guards on."""
    given = Case(case.name, clone(case.args), clone(case.kwargs))
    return attempt(lambda: card.run(fn, given), fn, seconds, QUESTION_ROOM)
