"""The frame that all pages share: head with its policy, navigation, search field, foot."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from course_lib.teach import show

HERE = Path(__file__).parent
FRAMES = Path(show.__file__).parent / "frames.js"          # what stored notebooks hold, too
ASSETS = (*(HERE / "assets" / name for name in ("site.css", "site.js", "quiz.js", "guess.js", "ledger.js",
                                                "search.js")), FRAMES)
# Nothing from anywhere but the folder itself: 'self' where it is served, file: where it is opened from a disk. Styles
# may stand in elements, since what checks and quizzes say carries its colours with it; scripts may not.
POLICY = ("default-src 'none'; img-src 'self' file: data:; style-src 'self' file: 'unsafe-inline'; "
          "script-src 'self' file:; base-uri 'none'; form-action 'self' file:")
MENU = (("index.html", "Lessons"), ("ledger.html", "Ledger"), ("exercises.html", "Exercises"),
        ("instructor.html", "Instructors"))


def templates() -> Environment:
    """Templates that escape what is put into them and refuse a name that is not there."""
    made = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined,
                       trim_blocks=True, lstrip_blocks=True)
    made.globals.update(policy=POLICY, menu=MENU)
    return made
