"""Replies over a whole interview: one text for every question answers one of them, and what is false in replies counts.
"""

import tomllib
from pathlib import Path

import pytest
from attempts import STRONG
from test_changed_constraints import SAID

from course_lib.teach.interviewer import follow_ups
from course_lib.teach.interviewer.interview_run import Interview
from course_lib.teach.interviewer.propositions import Reading, points
from course_lib.teach.interviewer.replies_heard import BEFORE, MOST_WORDS, Replies

WEAK = tomllib.loads((Path(__file__).parent / "transcripts" / "19_weak.toml").read_text(encoding="utf-8"))
PASTE = " ".join(text for pair in SAID.values() for text in pair)


def gap(id):
    point = next(p for p in points("feed") if p.id == id)
    return follow_ups.Question("gap", point.phase, id, point.ask, point.ways, lead=point.lead)


def replied(answers, reply):
    """An interview in which every question back gets the same reply."""
    run = Interview("feed", 45, now=lambda: 0.0)
    while run.phase is not None:
        run.say(answers[run.phase.key] if run.asked_back is None else reply)
    return run


@pytest.mark.parametrize("paste", [PASTE, " ".join(STRONG.values())])
def test_one_paste_for_every_question_answers_few_of_them_and_gains_little(paste):
    run = replied(WEAK["answers"], paste)
    assert len(run.replies) >= 12
    assert sum(reply.share == 1 for reply in run.replies) <= 2
    assert sum(reply.missing == (BEFORE,) for reply in run.replies) >= len(run.replies) - 2
    assert run.debrief().points.total < 20


def test_a_long_reply_is_read_once_a_short_one_may_answer_two_questions():
    heard = Replies(Reading("feed"))
    long = ("People get the cached list, then the popular one of their country. The page is never empty, because the "
            "list is kept for a day and read from the memory of the server that answers.")
    assert [heard.hear(gap("fallback"), long).share for _ in range(2)] == [1, 0]
    short = Replies(Reading("feed"))
    assert [short.hear(gap("fallback"), "People get the cached list.").share for _ in range(3)] == [1, 1, 0]


def test_words_beyond_what_is_listened_to_answer_nothing():
    heard = Replies(Reading("feed"))
    padding = "The sea was calm that day and the weather held. " * (MOST_WORDS // 9)
    assert heard.hear(gap("fallback"), f"{padding}People get the cached list.").share == 0


def test_what_is_false_in_a_reply_counts_against_the_answer():
    reading = Reading("feed")
    heard = Replies(reading)
    heard.hear(gap("fallback"), "The logQ correction boosts popular items, so they are shown more often.")
    assert [tick.id for tick in reading.flags] == ["wrong_logq"]
    heard.hear(gap("latency"), "We get 90,000 requests a second at the peak.")
    assert [(c.kind, c.ok) for c in reading.slips] == [("rate", False)]


def test_numbers_under_a_changed_constraint_are_not_held_against_the_brief():
    reading = Reading("feed")
    change = follow_ups.changes("launch", "feed")[0]
    Replies(reading).hear(change, "That leaves 1,042 requests a second at the peak.")
    assert reading.slips == []
