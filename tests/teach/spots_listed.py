"""The lists of blind spots that are none: blind_spots/<lesson>.toml, one file for each lesson."""

import tomllib
from fnmatch import fnmatchcase
from pathlib import Path

FOLDER = Path(__file__).with_name("cards") / "blind_spots"
# Corruptions that one reason covers, by a word for all of them.
GROUPS = {
    "fine": ("rounded to 6 decimals", "rounded to 8 decimals", "tiny becomes 0", "at least 1e-8"),
    "narrow": ("8 bits", "modulo 1000"),
    "order": ("sorted", "turned round"),
    "sign": ("negatives become 0", "without their sign", "negatives dropped"),
    "zero": ("zeros become *", "zeros dropped", "nothing becomes 1", "at least 1"),
    "smooth": ("float32", "close values become equal"),
    "once": ("first of equal ones only", "last of equal ones only"),
}


def compared_in(exercise: str) -> list[list[str]]:
    """The pairs of arguments that an exercise's task compares, one by one: [["event_time", "as_of"]]."""
    return [pair for entry in _entries("compared") if entry["exercise"] == exercise for pair in entry["pairs"]]


def harmless_in(exercise: str) -> list[dict]:
    """The entries of an exercise: of (arguments, "answer", "*"), how (corruptions or groups of them), because.

    Raises ValueError for an entry without a sentence.
    """
    found = [entry for entry in _entries("harmless") if entry["exercise"] == exercise]
    for entry in found:
        if len(entry["because"].split()) < 4:
            raise ValueError(f"{exercise} {entry['of']} {entry['how']}: say in a sentence why it is harmless.")
    return found


def _entries(kind):
    return [entry for path in sorted(FOLDER.glob("*.toml"))
            for entry in tomllib.loads(path.read_text(encoding="utf-8")).get(kind, [])]


def covers(of: str, how: str, name: str) -> bool:
    """Does an entry's pair (argument, corruption or group) name this blind spot ("click_time: zeros dropped")?"""
    who, _, what = name.partition(": ")
    return fnmatchcase(who, of) and any(fnmatchcase(what, pattern) for pattern in GROUPS.get(how, (how,)))
