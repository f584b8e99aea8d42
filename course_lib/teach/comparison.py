"""compare("3.1"): the learner's code beside the reference."""

from __future__ import annotations


def compare(card_id: str) -> None:
    """Put the learner's code beside the reference."""
    print("compare: nothing to compare yet")
