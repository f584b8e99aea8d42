"""Nobody is quoted without the place where it stands: a holder can be looked up, or is said to be nobody."""

import re

import pytest

from course_lib.teach import cards, lessons
from course_lib.teach.definitions.claim import FOLKLORE, OWN

# What a place is called: enough to find the words in the source, and not "yes" or "various".
PLACE = re.compile(r"\b(abstract|sections?|chapter|appendix|tables?|figures?|equation|theorem|proposition|algorithm|"
                   r"pages?|paragraph|slide|issues?|documentation|docs|wiki|release notes|README|tests)\b", re.I)
HELD = {lessons.kept(claim.id): claim for claim in cards.claims()}


@pytest.mark.parametrize("name", sorted(HELD))
def test_a_holder_has_its_place_or_is_said_to_be_nobody(name):
    claim = HELD[name]
    assert claim.placed, (f"{name} quotes {claim.who!r}: give place='section …, table …', or begin who with {OWN!r} or "
                          f"{FOLKLORE!r} and name the source as what it leans on")


@pytest.mark.parametrize("name", sorted(name for name, claim in HELD.items() if claim.place))
def test_a_place_can_be_looked_up(name):
    claim = HELD[name]
    assert PLACE.search(claim.place), f"{name}: {claim.place!r} names no section, table, figure or page"
