"""Terms of the subject that are tied to what they cannot belong with: a recall of the engineer, a guardrail that reads.
Each word is right there, and the sentence means nothing. The table is patterns/belongs.toml."""

from __future__ import annotations

import re
from functools import cache

from course_lib.teach.interviewer.denial import is_denied, is_hypothetical
from course_lib.teach.interviewer.phrases import as_regex, load

LONGEST = 600               # characters of a sentence that are read: nobody speaks longer ones
_PLAIN = {"does": r"(of # percent |)((can|may|must|will|should|also|always|often|then|weekly|again) ){0,2}",
          "is": r"(can be |may be |must be |will be |is |are |was |were |has been |have been |gets |get )"
                r"((also|then|always|first) )?"}
_KINDS_OF_THINGS = ("number", "part", "rule")


@cache
def _table() -> tuple[tuple[str, re.Pattern], ...]:
    """(why it cannot be, pattern), a line of the table each."""
    held = load("belongs")
    names = {kind: "|".join(terms) for kind, terms in held["kinds"].items()}
    names |= {deed: "|".join(verbs) for deed, verbs in held["deeds"].items()}
    names["thing"] = "|".join(names[kind] for kind in _KINDS_OF_THINGS)
    names = {name: f"({terms})" for name, terms in names.items()} | _PLAIN

    def full(phrase: str) -> str:
        return re.sub(r"\{([a-z]+)\}", lambda found: names[found[1]], phrase)

    return tuple((line["why"], re.compile("|".join(as_regex(full(phrase)) for phrase in line["says"])))
                 for line in held["cannot"])


@cache
def crossed(text: str) -> tuple[str, str]:
    """(words that cannot belong together, why), ("", "") where all can. text: as `talk_text.plain` makes it."""
    text = text[:LONGEST]
    for why, pattern in _table():
        for found in pattern.finditer(text):
            if not is_denied(text, found.start(), found.end()) and not is_hypothetical(text, found[0]):
                return found[0], why
    return "", ""
