"""Writes the site: all pages into a folder of their own first, which then takes the old site's place as a whole."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

from course_lib.contracts import DataError
from course_lib.data.disk import disk_errors, locked
from course_lib.teach.ledger import claims, replicates
from course_lib.teach.ledger.further_runs import survived
from course_lib.teach.ledger.ledger_page import HEAD
from course_lib.teach.lessons import ROOT
from course_lib.teach.site import exercise_index, ledger_list, lesson_pages, search_index, system_links
from course_lib.teach.site.prose_html import Anchors, to_html
from course_lib.teach.site.site_frame import ASSETS, templates

OUT = ROOT / "build" / "site"
MARK = ".course-site"               # stands in every folder that a build made, and lets the next one replace it
HALF = ".building-"


def build(out: Path = OUT, root: Path = ROOT) -> list[Path]:
    """Write the site into the folder `out` and return the paths of its pages.

    root: of the repository whose solutions/ are read. What stood in `out` is replaced only when every page has been
    written. Raises DataError for a lesson without a whole executed notebook, for a folder that holds other things, and
    for a full disk; Busy while another build writes there.
    """
    out = Path(out).absolute()
    _refuse_others(out)
    with disk_errors(f"write the site into {out}"):
        out.parent.mkdir(parents=True, exist_ok=True)
        with locked(out.parent / f".{out.name}.lock", timeout_s=0):
            for left in out.parent.glob(f"{HALF}{out.name}-*"):         # of a build that was killed
                shutil.rmtree(left, ignore_errors=True)
            half = Path(tempfile.mkdtemp(prefix=f"{HALF}{out.name}-", dir=out.parent))
            try:
                for name, text in files(root).items():
                    (half / name).write_text(text, encoding="utf-8")
                half.chmod(0o755)
                _swap(half, out)
            finally:
                shutil.rmtree(half, ignore_errors=True)
    return sorted(out.glob("*.html"))


def _refuse_others(out: Path) -> None:
    """Raises DataError for a place where something stands that no build made."""
    if not out.exists() or out.is_dir() and ((out / MARK).exists() or not any(out.iterdir())):
        return
    raise DataError(f"{out} holds something that is no site of this course, and a build would replace it. Name an "
                    "empty folder or one that is not there yet: course site --out FOLDER")


def _swap(half: Path, out: Path) -> None:
    """Put the new folder in the place of the old one; the old one comes back where that fails."""
    old = Path(f"{half}-old")
    if out.exists():
        os.replace(out, old)
    try:
        os.replace(half, out)
    except OSError:
        if old.exists():
            os.replace(old, out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def files(root: Path = ROOT) -> dict[str, str]:
    """{name: text} of every file of the site."""
    made = _read_lessons(root)
    ledger = ledger_list.items(claims.gather(root / "solutions"))
    exercises = exercise_index.exercises()
    held = {MARK: "made by: course site\n"}
    held |= {path.name: path.read_text(encoding="utf-8") for path in ASSETS}
    held["search-index.js"] = search_index.script(search_index.entries(made, ledger, exercises))
    return held | _pages(root, made, ledger, exercises)


def _read_lessons(root: Path) -> list[lesson_pages.LessonPage]:
    stems = [path.stem for path in sorted((root / "solutions" / "source").glob("[0-9][0-9]_*.py"))]
    if not stems:
        raise DataError(f"{root} holds no lessons: there is no solutions/source/NN_name.py. Run this in a clone.")
    missing = [stem for stem in stems if not (root / "solutions" / f"{stem}.ipynb").exists()]
    if missing:
        raise DataError(f"never executed: {', '.join(missing)}. Run: course build {' '.join(missing)}")
    return [lesson_pages.read(root / "solutions" / f"{stem}.ipynb", set(stems)) for stem in stems]


def _pages(root, made, ledger, exercises) -> dict[str, str]:
    """{name: HTML} of every page."""
    draw = templates()
    titles = {page.number: page.title for page in made}
    by_number = {page.number: page for page in made}
    held = {}
    for before, page, after in zip([None, *made], made, [*made[1:], None], strict=False):
        asked = [item for item in exercises if item.lesson == page.number]
        held[f"{page.stem}.html"] = draw.get_template("lesson.html").render(
            here=f"{page.stem}.html", title=page.title, page=page, before=before, after=after, asked=asked)
    held["index.html"] = draw.get_template("index.html").render(
        here="index.html", title="Recommender-system design", intro=_intro(root), pages=made, rows=system_links.rows(),
        objective=system_links.objective(), asked={number: sum(item.lesson == number for item in exercises)
                                                   for number in by_number})
    held["ledger.html"] = draw.get_template("ledger.html").render(
        here="ledger.html", title="The ledger", head=to_html(HEAD.partition("\n")[2]), items=ledger, titles=titles,
        further=_further(root),
        kinds=_options(item.kind for item in ledger), verdicts=_options(item.sort for item in ledger))
    held["exercises.html"] = draw.get_template("exercises.html").render(
        here="exercises.html", title="Exercises", items=exercises, titles=titles)
    held["instructor.html"] = draw.get_template("instructor.html").render(
        here="instructor.html", title="For instructors", body=_instructor(root, {page.stem for page in made}))
    held["search.html"] = draw.get_template("search.html").render(here="search.html", title="Search")
    return held


def _options(words) -> list[tuple[str, str]]:
    """(value, what is read) of a choice, each word once, in order of the alphabet."""
    return [(word, word) for word in sorted(set(words))]


def _further(root: Path) -> str:
    """What runs that nothing was made from say of the ledger, as HTML; "" where there are none."""
    folder = root / "solutions" / "ledger"
    table, further = (replicates.read(folder / held.name) for held in (replicates.TABLE, replicates.FURTHER))
    return to_html(survived(claims.entries_of(table), table, further))


def _intro(root: Path) -> str:
    """The first paragraph of README.md as HTML."""
    text = (root / "README.md").read_text(encoding="utf-8")
    found = re.search(r"\A# [^\n]+\n\n(.+?)\n\n", text, re.DOTALL)
    if found is None:
        raise DataError("README.md does not begin with a heading and a paragraph; the site's first page shows them.")
    return to_html(found[1])


def _instructor(root: Path, stems: set[str]) -> str:
    """The instructor's page without its title, which the frame has."""
    text = (root / "solutions" / "INSTRUCTOR.md").read_text(encoding="utf-8")
    text = re.sub(r"<!--.*?-->\n?", "", text, flags=re.DOTALL)
    return to_html(re.sub(r"\A\s*# .+\n", "", text), Anchors(), stems)
