"""The course's own framings pass its own check, and nothing else is framed."""

import pytest

from course_lib.contracts import ArgumentError
from course_lib.evidence.framing import WORDS_A_MINUTE
from course_lib.evidence.framing_examples import frame
from course_lib.evidence.framing_parts import read_framing


@pytest.mark.parametrize("system", ["feed", "marketplace"])
def test_ours_has_every_part_and_fits_a_minute(system):
    heard = read_framing(frame(system), system)
    assert heard.problems == () and len(heard.guardrails) == 2
    assert len(frame(system).split()) <= WORDS_A_MINUTE


def test_each_is_about_its_own_system():
    assert "nothing in it is about a marketplace" in read_framing(frame("feed"), "marketplace").problems[0]
    assert "nothing in it is about a feed" in read_framing(frame("marketplace"), "feed").problems[0]


def test_another_system_is_refused():
    with pytest.raises(ArgumentError, match="library"):
        frame("library")
