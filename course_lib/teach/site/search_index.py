"""The search index: a script that holds headings and paragraphs, since a page opened from a disk may fetch nothing."""

from __future__ import annotations

import json

from course_lib.teach.site.exercise_index import ExerciseItem
from course_lib.teach.site.ledger_list import LedgerItem
from course_lib.teach.site.lesson_pages import LessonPage
from course_lib.teach.site.prose_html import plain

Entry = tuple[str, str, str]            # address, heading, words


def of_lesson(page: LessonPage) -> list[Entry]:
    """A lesson's paragraphs, those below one heading together."""
    names = {heading.anchor: heading.words for heading in page.headings}
    gathered: dict[str, list[str]] = {}
    for anchor, words in page.texts:
        gathered.setdefault(anchor, []).append(words)
    return [(f"{page.stem}.html" + (f"#{anchor}" if anchor else ""),
             page.title if names.get(anchor, page.title) == page.title else f"{page.title} – {names[anchor]}",
             " ".join(words)) for anchor, words in gathered.items()]


def entries(pages: list[LessonPage], ledger: list[LedgerItem], exercises: list[ExerciseItem]) -> list[Entry]:
    """All that can be found: lessons, statements with their verdicts, titles of exercises. Known mistakes and the
    instructor's page give answers away and are left out."""
    found = [entry for page in pages for entry in of_lesson(page)]
    found += [(f"ledger.html#{item.anchor}", f"Ledger – {item.anchor}", f"{item.says} {item.verdict}")
              for item in ledger]
    found += [(f"exercises.html#{item.id}", f"Exercise {item.id}", plain(item.title)) for item in exercises]
    return found


def script(found: list[Entry]) -> str:
    """The script. It holds no "<", so that no browser takes a part of it for a tag."""
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f"const COURSE_INDEX = {text};\n"
