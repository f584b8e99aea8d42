"""TeX as MathML, which browsers draw by themselves: no script, no font to fetch, and screen readers read it."""

from __future__ import annotations

import re
from html import escape
from xml.etree import ElementTree

from latex2mathml import converter
from latex2mathml import exceptions as known

from course_lib.contracts import DataError

# The library sets "log p" without a space; TeX has a thin one between a function's name and a letter (not a bracket).
NAME_AND_LETTER = re.compile(r"(<mi>[a-z]{2,}</mi>)(?=<(?:mi|mn|msub|msup|msubsup|mfrac|msqrt)\b)")
REFUSED = tuple(kind for kind in vars(known).values() if isinstance(kind, type) and issubclass(kind, Exception))


def mathml(tex: str, display: bool = False) -> str:
    """A formula as one <math> element. tex: what stands between the dollars. display: on a line of its own.

    Raises DataError, with the formula, where it cannot be read or holds a command that nobody knows, so that no reader
    meets a formula that is half drawn.
    """
    try:
        made = converter.convert(tex.strip(), display="block" if display else "inline")
        words = "".join(ElementTree.fromstring(made).itertext())
    except (*REFUSED, ElementTree.ParseError, IndexError, ValueError) as error:
        raise DataError(f"the formula ${tex.strip()}$ cannot be drawn: {type(error).__name__} {error}. "
                        "Mend it in the lesson's source.") from None
    if "\\" in words or words.count("}") > tex.count(r"\}"):
        raise DataError(f"the formula ${tex.strip()}$ cannot be drawn: what became of it is {words!r}, which holds a "
                        "command that is not known or a brace that closes nothing. Mend it in the lesson's source.")
    made = NAME_AND_LETTER.sub(r'\1<mspace width="0.167em" />', made)
    return made.replace("<math ", f'<math alttext="{escape(" ".join(tex.split()))}" ', 1)
