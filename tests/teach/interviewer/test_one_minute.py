"""The one-minute frame of both systems: what is heard, what is missing, and what came first."""

import pytest
from attempts import STRONG

from course_lib.contracts import ArgumentError
from course_lib.teach.interview.mock_texts import BRIEFS
from course_lib.teach.interviewer.one_minute import MOST_WORDS, one_minute, parts

MARKETPLACE = ("We decide which twenty offers a visitor sees. What counts is the margin we keep once returns are "
               "settled. That takes weeks, so purchases are the proxy. For the buyers returns may rise by one percent "
               "at most; the share of sellers who sell at all may fall by one percent at most.")


@pytest.mark.parametrize(("name", "said"), [("feed", STRONG["frame"]), ("marketplace", MARKETPLACE)])
def test_a_minute_that_holds_every_part_is_full(name, said):
    spoken = one_minute(name, said)
    assert spoken.missing == () and spoken.notice.status == "right" and len(said.split()) <= MOST_WORDS
    assert "One answer" in repr(spoken) and "<details" in spoken._repr_html_()


def test_the_other_system_s_minute_is_not_enough():
    assert one_minute("marketplace", STRONG["frame"]).missing
    assert {p.id for p in parts("marketplace")} - {p.id for p in parts("feed")} == {"money", "both_sides"}


def test_components_first_and_clicks_as_the_goal_are_told():
    spoken = one_minute("feed", "I would use a two-tower model and Kafka. We maximise clicks with no constraint.")
    assert spoken.against and "before any component" in repr(spoken) and len(spoken.missing) == len(parts("feed"))


@pytest.mark.parametrize("name", BRIEFS)
def test_nothing_said_asks_the_question(name):
    assert one_minute(name).notice.status == "todo" and BRIEFS[name].says in repr(one_minute(name, " "))


def test_another_brief_is_refused():
    with pytest.raises(ArgumentError, match="brief"):
        one_minute("shop", "We decide.")
