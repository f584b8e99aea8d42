"""The first two minutes when something is down: a question, what your answer holds of its parts, and one answer."""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import cache

from course_lib.contracts import UnknownIdError
from course_lib.teach.interviewer.propositions import flags, says
from course_lib.teach.interviewer.strange_words import connected, strange_share
from course_lib.teach.interviewer.talk_text import Listener, Talk
from course_lib.teach.interviewer.word_patterns import Way, Words, load
from course_lib.teach.show.notices import Notice

MOST_WORDS = 320            # what is said in two minutes, and a little more


@dataclass(frozen=True)
class Part:
    """One thing that belongs into an answer. ways: any one carries it."""

    label: str
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Script:
    """One thing that goes wrong. asks: the interviewer. parts: in the order in which they are best said."""

    id: str
    asks: str
    reference: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Spoken:
    """An answer, read. heard: label -> the words it rests on. missing: labels. against: what is wrong in it. Shows
    itself."""

    heard: dict[str, tuple[str, ...]]
    missing: tuple[str, ...]
    against: tuple[str, ...]
    notice: Notice

    def __repr__(self) -> str:
        return repr(self.notice)

    def _repr_html_(self) -> str:
        return self.notice._repr_html_()


@cache
def scripts() -> dict[str, Script]:
    """The scripts by id."""
    held = load("scripts")
    follow_up = load("follow_ups")
    words = Words(load("words") | load("flags")["words"] | held["words"]
                  | {"against_what": ["against", "than", "before", "last", "compared", "yesterday", "healthy"]}
                  | follow_up["too_strong_words"])
    return {s["id"]: Script(s["id"], s["asks"], s["reference"], tuple(
        Part(part["label"], tuple(Way(way, words) for way in part["ways"])) for part in s["part"]))
            for s in held["script"]}


def script(id: str) -> Script:
    """One script. Raises UnknownIdError naming them all."""
    if id not in scripts():
        raise UnknownIdError(f"there is no script {id!r}; there are {', '.join(scripts())}.")
    return scripts()[id]


def first_minutes(id: str, said=...) -> Spoken:
    """Read what you would say. said: your words, as you would speak them, or ... to see the question alone.

    Raises UnknownIdError for another script.
    """
    held = script(id)
    if said is ... or not str(said).strip():
        return Spoken({}, tuple(part.label for part in held.parts), (), Notice(
            "todo", f"Two minutes: {id.replace('_', ' ')}", (f"“{held.asks}”",), word="not answered yet"))
    talk = Listener((held.reference, held.asks)).hear(str(said))
    sense = connected(strange_share(talk.sentences))
    bad = [flag for flag in flags() if flag.cost > 1]
    right = Talk(tuple(s for s in talk.sentences if not any(says(Talk((s,)), flag.ways) for flag in bad)))
    heard = {part.label: words for part in held.parts if sense and (words := says(right, part.ways))}
    missing = tuple(part.label for part in held.parts if part.label not in heard)
    wrong = tuple(flag.truth or flag.label for flag in bad if says(talk, flag.ways))
    told = [f"“{held.asks}”", f"{len(heard)} of {len(held.parts)} parts heard."]
    told += [f"Not heard: {'; '.join(missing)}."] * bool(missing)
    told += [f"Against it: {text}" for text in wrong]
    told += ["I could not connect much of this with the subject: say it in plain words."] * (sense < 1)
    told += ["That is more than two minutes."] * (len(str(said).split()) > MOST_WORDS)
    lines = [f"✓ {label}: “{' … '.join(words)}”" for label, words in heard.items()] + [f"One answer: {held.reference}"]
    body = '<div style="margin-left:1.2em">' + "<br>".join(html.escape(line) for line in lines) + "</div>"
    full = not missing and not wrong
    return Spoken(heard, missing, wrong, Notice("right" if full else "note", f"Two minutes: {id.replace('_', ' ')}",
                                                tuple(told), folded=[("What was heard, and one answer", body,
                                                                      "\n".join(lines))], word=None if full else ""))


