"""What a listener types: a letter or a number of the list with the words that were heard, read into notes.

    a next month         point a, on the words "next month"
    a+ next month        the same, and it had a reason, a number, an owner or a failure
    scale.c 11.5 GB      point c of another phase
    2 the more clicks    red flag 2
    !a clicks are it     something false about a
    = 10,400 a second    a number that ticks nothing by itself
    ? how many people    the other one asks for numbers of the brief
    -a                   take a back
    abd                  letters alone: the words are asked for one after the other
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from course_lib.contracts import ArgumentError
from course_lib.teach.interview.mock import brief as brief_of
from course_lib.teach.interview.mock_texts import KEYS
from course_lib.teach.interviewer.propositions import Flag, Point, flags, points

MOST = 400                  # characters of one note
COMMON = ("boast", "overclaim")         # red flags that may come in any phase


@dataclass(frozen=True)
class Note:
    """One line. kind: "point", "flag", "number", "asks", "back" (take it back). id: of the point or flag. words: as
    typed, "" where they still have to be asked for. reason: was one heard?"""

    kind: str
    id: str = ""
    words: str = ""
    reason: bool = False


@cache
def listed(brief: str, key: str) -> dict[str, Point]:
    """Letter -> point to be listened for in a phase."""
    here = [p for p in points(brief) if p.phase == key]
    return {chr(ord("a") + n): point for n, point in enumerate(here)}


@cache
def red_flags(brief: str, key: str) -> dict[str, Flag]:
    """Number -> what counts against an answer in a phase; what is wrong about a point is not listed one by one."""
    brief_of(brief)
    here = [f for f in flags() if f.id in COMMON or f.phase == key and f.again and not f.id.startswith("wrong_")
            and not f.label.startswith("no design")]
    return {str(n): flag for n, flag in enumerate(here, 1)}


def notes(line: str, brief: str, key: str) -> list[Note]:
    """A line as notes. Raises ArgumentError that says what was expected, for what is on no list."""
    text = " ".join(line.split())[:MOST]
    if text.startswith("="):
        if not re.search(r"\d", text):
            raise ArgumentError("= notes a number; type it with its unit, such as “= 10,400 requests a second”.")
        return [Note("number", words=text[1:].strip())]
    if text.startswith("?"):
        return [Note("asks", words=text[1:].strip())]
    match = re.fullmatch(r"([-!]?)(?:(\w+)\.)?([a-z]+|\d+)(\+?):?(?:\s+(.*))?", text, re.IGNORECASE)
    if match is None:
        raise ArgumentError(_unknown(text, brief, key))
    back, other, sign, plus, words = match[1], (match[2] or key).lower(), match[3].lower(), bool(match[4]), match[5]
    if other not in KEYS:
        raise ArgumentError(f"{match[2]!r} is no phase; expected one of {', '.join(KEYS)}, such as frame.a.")
    points_, flags_ = listed(brief, other), red_flags(brief, other)
    if sign.isdecimal():
        if sign not in flags_:
            raise ArgumentError(f"There is no red flag {sign} here; expected 1 to {len(flags_)}.")
        found = [Note("flag", flags_[sign].id, words or "")]
    elif len(sign) == 1 and sign in points_:
        found = [Note("point", points_[sign].id, words or "", plus)]
    elif not words and set(sign) <= set(points_):
        found = [Note("point", points_[letter].id, "", plus) for letter in dict.fromkeys(sign)]
    else:
        raise ArgumentError(_unknown(text, brief, other))
    if back == "!":
        return [_false(note, brief) for note in found]
    return [Note("back", note.id) for note in found] if back else found


def _false(note: Note, brief: str) -> Note:
    """Something false about a point, as a red flag. Raises ArgumentError where none is known of it."""
    if note.kind != "point":
        raise ArgumentError("! goes before the letter of a point, such as “!a the words”; a red flag needs none.")
    if not any(flag.id == f"wrong_{note.id}" for flag in flags()):
        label = next(p.label for p in points(brief) if p.id == note.id)
        raise ArgumentError(f"There is no known false statement about “{label}”; leave the letter without a tick.")
    return Note("flag", f"wrong_{note.id}", note.words)


def _unknown(text: str, brief: str, key: str) -> str:
    """The sentence for a line that is no note."""
    shown = text if len(text) <= 40 else text[:39] + "…"
    last = list(listed(brief, key))[-1]
    return (f"“{shown}” begins with none of the letters a to {last}, nor with the number of a red flag. Type a letter "
            "and the words you heard, such as “a as they said it”; /help says more.")
