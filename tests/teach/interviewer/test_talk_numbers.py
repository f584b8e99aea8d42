"""Numbers with units, held against the brief."""

import pytest

from course_lib.launch.whiteboard import capacity
from course_lib.teach.interview.mock_texts import BRIEFS
from course_lib.teach.interviewer.brief_numbers import check, expected
from course_lib.teach.interviewer.quantities import quantities
from course_lib.teach.interviewer.talk_text import Listener


def checked(text, brief):
    return {(c.kind, c.ok): c for c in check(Listener().hear(text, "scale").sentences, brief)}


def test_the_expected_peak_is_that_of_the_whiteboard():
    for name, b in BRIEFS.items():
        assert expected(name)["peak"] == pytest.approx(capacity(b.users_a_day, b.requests_a_user, b.peak, 20, 0.6)[0])


@pytest.mark.parametrize(("said", "brief", "kind", "ok"), [
    ("We get about 2,000 requests a second at the peak.", "marketplace", "rate", False),
    ("We get about seven hundred requests a second at the peak.", "marketplace", "rate", True),
    ("That makes 694 rps.", "marketplace", "rate", True),
    ("That is 41,667 requests per minute at the peak.", "marketplace", "rate", True),
    ("It's 3,500 a second on average.", "feed", "rate", True),
    ("In the busy hours it is 10.4k qps.", "feed", "rate", True),
    ("I provision for 15,000 requests a second.", "feed", "rate", None),
    ("I provision for 31,000 requests a second at the peak.", "feed", "rate", False),
    ("The index takes 11.5 GB in memory.", "feed", "bytes", True),
    ("The index takes 23 gigabytes while we swap.", "feed", "bytes", True),
    ("The index of vectors is 1.1 GB.", "feed", "bytes", False),
    ("The vectors of the index are 960 MB.", "marketplace", "bytes", True),
    ("We log 360 GB a day of rows.", "feed", "bytes", True),
    ("We get 3,500 requests a second at the peak.", "feed", "rate", False),
    ("At the peak, we get 3,500 requests a second.", "feed", "rate", False),
    ("On average we get 10,400 requests a second.", "feed", "rate", False),
    ("The peak is 174 requests a second.", "marketplace", "rate", False),
    ("The peak is 174.", "marketplace", "rate", False),
    ("The peak is 694.", "marketplace", "rate", True),
    ("The peak is 3 times the mean.", "feed", "rate", None),
    ("3,472 requests a second and 10,417 at the peak.", "feed", "rate", True),
    ("It is 3,500 a second, and at the peak three times as much.", "feed", "rate", True),
    ("3,500 requests a second times three at the peak.", "feed", "rate", True),
    ("The index takes 34.5 GB in memory.", "feed", "bytes", False),
    ("30 million vectors times 384 bytes is 34.5 GB of index.", "feed", "bytes", False),
    ("The index takes 46 GB in memory.", "feed", "bytes", False),
    ("The index takes 69 GB in memory.", "feed", "bytes", False),
    ("The index takes 34.5 GB with three replicas.", "feed", "bytes", True),
    ("The index takes 69 GB: three copies, and each twice while we swap.", "feed", "bytes", True),
    ("There are two million people a day.", "feed", "people_day", False),
    ("It makes 300 million requests a day.", "feed", "requests_day", True),
    ("Reading features moves 1.25 GB a second.", "feed", "bytes_rate", True),
    ("The whole request may take 50 ms. Retrieval has 30 ms, ranking has 20 ms.", "feed", "budget", True),
    ("The whole request may take 50 ms. Retrieval has 40 ms, ranking has 30 ms.", "feed", "budget", False),
])
def test_a_number_is_held_against_the_brief(said, brief, kind, ok):
    found = checked(said, brief)
    assert ((kind, ok) in found) if ok is not None else not {k for k, _ in found} & {kind}


def test_the_question_says_how_far_off_it_is():
    wrong = checked("We get 2,000 requests a second at the peak.", "marketplace")["rate", False]
    assert wrong.factor == pytest.approx(2.88, abs=0.01)
    assert "off by 2.9×: how did you get there?" in wrong.question.lower().replace(". how", ": how")


@pytest.mark.parametrize(("said", "kind", "value"), [
    ("It takes half a second.", "ms", 500), ("It takes 50 thousandths of a second.", "ms", 50),
    ("The test runs for three weeks.", "days", 21), ("We store 24 bytes an item.", "bytes_each", 24),
    ("At 600 requests per minute it holds.", "rate", 10), ("It is 3,5 GB in all.", "bytes", 3.5e9),
])
def test_units_are_converted(said, kind, value):
    found = [q for s in Listener().hear(said).sentences for q in quantities(s)]
    assert (kind, value) in [(q.kind, q.value) for q in found]
