"""What comes from others as HTML text: escaped, cut, its control characters made visible."""

from __future__ import annotations

import html

from course_lib.contracts import UnknownIdError
from course_lib.teach import cards


def esc(text, cut: int = 600) -> str:
    """Escaped for HTML, cut, control characters made visible."""
    text = str(text)
    text = text if len(text) <= cut else text[:cut] + f" … ({len(text) - cut:,} more characters)"
    return html.escape("".join(c if c.isprintable() or c in "\n\t" else "�" for c in text))


def title_of(card_id: str) -> str:
    """The exercise's title; of an id that no lesson has, a word that says so."""
    try:
        return cards.card(card_id).title
    except UnknownIdError:
        return "unknown exercise"
