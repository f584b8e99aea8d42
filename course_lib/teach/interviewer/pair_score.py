"""The score of an interview that a person listened to: the same parts and weights as where rules read the words."""

from __future__ import annotations

from collections.abc import Mapping

from course_lib.teach.interviewer.brief_numbers import check
from course_lib.teach.interviewer.propositions import Reading
from course_lib.teach.interviewer.talk_score import (
    ASKING,
    REASONED,
    Points,
    capped,
    covered,
    flags_off,
    heard,
    limits,
    number_share,
    weighed,
)

ENOUGH = 12                 # ticks from which the share of reasons counts in full, as sentences do where rules read


def listened(reading: Reading, reasoned: set[str], order: bool, follow_ups: Mapping[str, float] | None = None,
             pace: float | None = None) -> Points:
    """Score what a listener ticked.

    reading: with the ticks and red flags, and the words noted for them as its talks; numbers in those words are held
    against the brief. reasoned: ids of ticks for which a reason, a number, an owner or a failure was heard. order: did
    the decision come before any component? follow_ups: question -> share survived, 0 to 1. pace: as for `score`.

    What only the full text shows (talk that says nothing, words brought where they do not belong) takes nothing off:
    a listener does not tick it.
    """
    stand = heard(reading)
    coverage, by_phase = covered(stand, reading.brief)
    checked = tuple(check(reading.sentences(), reading.brief))
    tied = len(reasoned & stand) / len(stand) if stand else 0.0
    reasons = min(tied / REASONED, 1.0) * min(len(stand) / ENOUGH, 1.0)
    said = {"coverage": coverage, "numbers": number_share(checked), "reasons": reasons, "order": float(order)}
    base, survived = weighed(said, follow_ups, pace)
    base += ASKING / 100 * bool(reading.asked)
    off = flags_off(reading)
    total = capped(100 * base, off, limits(reading, checked, tied))
    return Points(total, **said, follow_ups=survived, off=off, by_phase=by_phase, checked=checked, pace=pace)
