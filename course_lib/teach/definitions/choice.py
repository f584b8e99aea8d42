"""What may be chosen in a decision: one of several options, a number in a range, or several of these by name.

Each reads what a learner gave and answers with it in one plain form, or raises an ArgumentError that names what came.
"""

from __future__ import annotations

import math
import numbers
from dataclasses import dataclass

from course_lib.contracts import ArgumentError
from course_lib.teach import lessons


def shortly(given) -> str:
    """What was given, in at most 60 characters; its type where its own text cannot be had."""
    try:
        text = str.__str__(repr(given))
    except Exception:  # noqa: BLE001 - anything may be handed in
        text = f"a {type(given).__name__}"
    return text if len(text) <= 60 else f"{text[:57]}..."


@dataclass(frozen=True)
class Options:
    """One of several. means: {option: what it means}, in the order shown; at least two."""

    means: dict[str, str]

    def __post_init__(self):
        lessons.fill_texts(self)
        if len(self.means) < 2:
            raise ArgumentError(f"{len(self.means)} options given: {list(self.means)}; expected at least 2.")

    def read(self, given) -> str:
        """The option as it is written in `means`; capital letters and outer spaces do not matter."""
        wanted = given.strip().lower() if isinstance(given, str) else given
        for option in self.means:
            if option.lower() == wanted:
                return option
        raise ArgumentError(f"{shortly(given)} is none of the options; expected one of "
                            f"{', '.join(map(repr, self.means))}.")

    def lines(self, name: str = "") -> list[str]:
        """Lines of markdown that say what may be chosen."""
        depth = "  " if name else ""
        head = [f"- `{name}`, one of"] if name else []
        return head + [f"{depth}- `\"{option}\"`: {meaning}" for option, meaning in self.means.items()]


class TheSame(Options):
    """The options of the field before, which the card lists once."""

    def lines(self, name: str = "") -> list[str]:
        """Lines of markdown that say what may be chosen."""
        return [f"- `{name}`, one of the same"]


@dataclass(frozen=True)
class Number:
    """A number from low to high, both ends included. unit: in words. whole: whether it has to be an integer."""

    low: float
    high: float
    unit: str = ""
    whole: bool = False

    def __post_init__(self):
        if not self.low < self.high:
            raise ArgumentError(f"the range is {self.low} to {self.high}; expected a lower end below the upper one.")

    def read(self, given) -> float:
        """The number as a float, or as an int where it has to be whole."""
        what = "a whole number" if self.whole else "a number"
        expected = f"expected {what} from {self.low:g} to {self.high:g}{f', {self.unit}' if self.unit else ''}."
        if isinstance(given, bool) or not isinstance(given, numbers.Real) or not math.isfinite(given):
            raise ArgumentError(f"{shortly(given)} was given; {expected}")
        if not self.low <= given <= self.high or (self.whole and given != int(given)):
            raise ArgumentError(f"{given:g} was given; {expected}")
        return int(given) if self.whole else float(given)

    def lines(self, name: str = "") -> list[str]:
        """Lines of markdown that say what may be chosen."""
        what = "a whole number" if self.whole else "a number"
        head = f"`{name}`: " if name else ""
        return [f"- {head}{what} from {self.low:g} to {self.high:g}{f' ({self.unit})' if self.unit else ''}"]


@dataclass(frozen=True)
class Fields:
    """Several choices by name. parts: {field: Options or Number}."""

    parts: dict[str, Options | Number]

    def __post_init__(self):
        if not self.parts:
            raise ArgumentError("no fields given; expected at least one, such as {\"margin\": Number(0, 0.1)}.")

    def read(self, given) -> dict:
        """A dict with a value for each field, in the order of `parts`."""
        names = ", ".join(map(repr, self.parts))
        if not isinstance(given, dict):
            form = ", ".join(f'"{name}": …' for name in self.parts)
            raise ArgumentError(f"{shortly(given)} was given; expected a dict, {{{form}}}.")
        missing = [name for name in self.parts if name not in given]
        unknown = [name for name in given if name not in self.parts]
        if missing or unknown:
            told = [f"{', '.join(map(repr, missing))} missing"] if missing else []
            told += [f"{', '.join(map(shortly, unknown))} unknown"] if unknown else []
            raise ArgumentError(f"fields {' and '.join(told)}; expected {names}.")
        return {name: self._part(name, given[name]) for name in self.parts}

    def _part(self, name, given):
        try:
            return self.parts[name].read(given)
        except ArgumentError as error:
            raise ArgumentError(f"{name!r}: {error}") from error

    def lines(self, name: str = "") -> list[str]:
        """Lines of markdown that say what may be chosen."""
        return [line for field, part in self.parts.items() for line in part.lines(field)]


def in_words(choice) -> str:
    """A choice as one reads it: an option as it is, a number, or "field value" for each field."""
    if isinstance(choice, dict):
        return ", ".join(f"{name} {in_words(held)}" for name, held in choice.items())
    return choice if isinstance(choice, str) else f"{choice:g}"
