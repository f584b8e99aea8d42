"""Phrases that an instructor can read, and the files of patterns that hold them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from course_lib.contracts import ArgumentError
from course_lib.teach.interviewer.number_words import NUMBER

FOLDER = Path(__file__).parent / "patterns"
_GAP = r"(?:[^\w.!?]+\w+(?:[.']\w+)*){0,5}?[^\w.!?]+"


def load(name: str) -> dict:
    """A file of patterns, by name. Raises ArgumentError where it is no TOML."""
    try:
        return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ArgumentError(f"{FOLDER / name}.toml cannot be read: {error}") from error


def as_regex(phrase: str) -> str:
    """The regular expression of a phrase: * any ending, ... up to five words, # a number, @ a number that is read."""
    if re.search(r" \)\*", phrase):
        raise ArgumentError(f"phrase {phrase!r}: a group that ends in a space takes ?, since * stands for any ending.")
    pieces = []
    for piece in re.split(r"\s*\.\.\.\s*", phrase.strip()):
        piece = re.sub(r"(?<=[\w\])])\*", r"\\w*", piece)
        piece = piece.replace("#", NUMBER).replace("@", f"(?P<number>{NUMBER})")
        pieces.append(piece.replace(" ?", r"\s*").replace(" ", r"\s+"))
    return r"(?<![\w.])(?:" + _GAP.join(pieces) + r")(?!\w)"
