"""@exercise("3.1"): check a learner's function as it is defined; not attempted or wrong, the reference stands in."""

from __future__ import annotations

import numpy as np

from course_lib.teach.cards import card, card_markdown


def _plain(value):
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def exercise(card_id: str):
    """Decorate the learner's function; what comes back is theirs if right, else the reference."""
    held = card(card_id)

    def wrap(fn):
        rng = np.random.default_rng(0)
        try:
            for case in (*held.by_hand, *held.cases(rng)):
                want = held.run(held.reference, case) if case.expected is None else case.expected
                np.testing.assert_allclose(_plain(held.run(fn, case)), _plain(want), held.rtol, held.atol)
        except NotImplementedError:
            print(f"○ Exercise {card_id}: not attempted yet. The reference stands in.")
            return held.reference
        except Exception as error:
            print(f"✗ Exercise {card_id}: {error}. The reference stands in.")
            return held.reference
        print(f"✓ Exercise {card_id}: right.")
        return fn
    return wrap


def hint(card_id: str) -> None:
    """Show the hints of an exercise."""
    print("\n".join(card(card_id).hints))


def solution(card_id: str) -> None:
    """Show the reference and its why."""
    print(card_markdown(card(card_id)), card(card_id).why)
