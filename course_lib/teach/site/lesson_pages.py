"""An executed notebook as the parts of a page: what its head says, its body, its headings, the texts to search."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup

from course_lib.contracts import CourseError, DataError
from course_lib.teach.site.alt_texts import modules_of
from course_lib.teach.site.cell_html import code_cell, flat
from course_lib.teach.site.guess_html import measured_rows
from course_lib.teach.site.prose_html import Anchors, Heading, plain, to_html

WIDGETS = "application/vnd.jupyter.widget-state+json"


@dataclass
class LessonPage:
    """stem: "04_negatives", the page's name. title: the heading. decision: HTML of the sentence it begins with.
    minutes: as its head says. body: HTML. headings: of the page, in order. texts: (anchor, words) of each paragraph."""

    stem: str
    title: str
    decision: str
    minutes: int
    body: str
    headings: list[Heading]
    texts: list[tuple[str, str]]

    @property
    def number(self) -> str:
        return self.stem[:2]


def read(path: Path, pages: set[str]) -> LessonPage:
    """The page of an executed notebook. pages: the names of all lessons, for links between them.

    Raises DataError, with the notebook's name and what to run, for a file that is no notebook, was not executed, shows
    an error, has no title, decision or minutes at its head, or holds a formula that cannot be drawn.
    """
    try:
        return _page(path, json.loads(path.read_text(encoding="utf-8")), pages)
    except CourseError as error:
        raise DataError(f"{path.name}: {error} Mend its source, then run: course build {path.stem[3:]}") from error
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise DataError(f"{path.name} is not a whole notebook ({type(error).__name__}: {error}). Run: course build "
                        f"{path.stem[3:]} --force") from error


def _page(path: Path, notebook: dict, pages: set[str]) -> LessonPage:
    cells = notebook["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    if not any(cell.get("execution_count") for cell in code):
        raise DataError("no cell was executed.")
    widgets = notebook["metadata"].get("widgets", {}).get(WIDGETS, {}).get("state", {})
    title, decision, minutes = _head(flat(cells[0]["source"]))
    modules = modules_of([flat(cell["source"]) for cell in code])
    rows = measured_rows(output for cell in code for output in cell.get("outputs", []))
    anchors, parts = Anchors(), []
    for place, cell in enumerate(cells, 1):
        if cell["cell_type"] == "markdown":
            parts.append(f'<div class="prose">{to_html(flat(cell["source"]), anchors, pages)}</div>')
            continue
        above = anchors.headings[-1].words if anchors.headings else title
        try:
            parts.append(code_cell(cell, above, widgets, modules, rows))
        except DataError as error:
            raise DataError(f"cell {place}: {error}.") from error
    body = "\n".join(parts)
    return LessonPage(path.stem, title, decision, minutes, body, anchors.headings, paragraphs(body))


def _head(text: str) -> tuple[str, str, int]:
    """Title, decision as HTML and minutes from a lesson's first cell."""
    title = re.search(r"^# (.+)$", text, re.MULTILINE)
    decision = re.search(r"\*\*The decision\.\*\*\s*(.+?)(?:\n\n|\n\||\Z)", text, re.DOTALL)
    minutes = re.search(r"^\| Minutes \| (\d+)", text, re.MULTILINE)
    for found, what in ((title, "a heading '# NN Title'"), (decision, "a paragraph '**The decision.** …'"),
                        (minutes, "a row '| Minutes | N'")):
        if found is None:
            raise DataError(f"its first cell lacks {what}.")
    return title[1].strip(), to_html(decision[1]), int(minutes[1])


def paragraphs(body: str) -> list[tuple[str, str]]:
    """(anchor of the heading above, words) of every heading, paragraph, list item and table row of a page's prose, in
    order. What code printed is left out."""
    found, anchor = [], ""
    for block in BeautifulSoup(body, "html.parser").select(".prose"):
        for tag in block.find_all(["h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "tr", "pre"]):
            if tag.name[0] == "h" and tag.get("id"):
                anchor = tag["id"]
                for link in tag.select("a.anchor"):
                    link.decompose()
            parts = tag.find_all(["th", "td"]) if tag.name == "tr" else [tag]
            words = " ".join(plain(str(part)) for part in parts).strip()
            if words and tag.find_parent(["li", "pre"]) is None:
                found.append((anchor, words))
    return found
