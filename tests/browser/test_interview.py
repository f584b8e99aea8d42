"""The interview in a browser: its clock ticks by itself, it asks back, and its debrief is kept."""

import json
import re

import nbformat

from course_lib.teach.publish import lesson_source

TICKED = re.compile(r"\b(0\.[1-9]|[1-9]\d*\.\d) of \d")         # of minutes: any but the 0.0 that stood there first


def test_the_clock_ticks_and_blocks_nothing(reader):
    cells = [nbformat.v4.new_code_cell(text) for text in (
        "from course_lib.teach.interview import mock", 'run = mock.clock("feed")', "print('below the clock')")]
    made = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": lesson_source.KERNEL})
    nbformat.write(made, reader.root / "work" / "interview.ipynb")
    reader.open("interview.ipynb")
    reader.run_all()
    assert reader.page.get_by_text("below the clock", exact=True).count()
    asked = mock_text("frame")
    assert not reader.page.get_by_text(asked).count()
    reader.page.get_by_role("button", name="Next").click()
    reader.page.get_by_text(asked).wait_for()
    reader.page.get_by_text(TICKED).first.wait_for(timeout=20_000)               # ticked without another press
    reader.page.get_by_role("button", name="Next").click()
    reader.page.get_by_text(mock_text("scale")).wait_for()
    reader.shot("interview-clock")


def mock_text(key):
    """The question of a phase, as far as it fits a line."""
    from course_lib.teach.interview.mock import phase

    return phase(key).asks["feed"][:30]


SAID = ("We decide which ten stories a person sees at each visit. The objective is that people still come back next "
        "month. A finished read is the proxy, because a month is too slow to train on.")
GUARDED = "Reports may rise by at most one percent, because that is how trust is lost."


def test_the_interview_is_a_conversation_with_a_clock_and_a_debrief_that_is_kept(reader):
    """The clock goes on by itself; an answer without a guardrail is asked for one; the end shows what was heard."""
    cells = [nbformat.v4.new_code_cell(text) for text in (
        "from course_lib.teach.interviewer.interview_widget import interview", 'run = interview("feed", 45)',
        "print('below the interview')")]
    made = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": lesson_source.KERNEL})
    nbformat.write(made, reader.root / "work" / "conversation.ipynb")
    kept = reader.root / "interviews.json"
    kept.unlink(missing_ok=True)
    reader.open("conversation.ipynb")
    reader.run_all()
    page = reader.page
    box, answer = page.locator("textarea").last, page.get_by_role("button", name="Answer", exact=True)
    page.get_by_text(mock_text("frame")).wait_for()
    page.get_by_text(TICKED).first.wait_for(timeout=30_000)     # before anything was pressed
    answer.click()                                              # by mistake: nothing is typed yet
    page.get_by_text("Nothing was typed").wait_for()
    box.fill(SAID)
    answer.click()
    page.get_by_text("What must not get worse").wait_for()      # the gap, and no other of the phase's points
    assert box.input_value() == ""
    box.fill(GUARDED)
    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_text("Debrief, feed").wait_for()
    assert page.get_by_text("of 100.").count() and page.get_by_text("Thank you.").count()
    reader.shot("interview-conversation")
    row = json.loads(kept.read_text())[-1]
    assert {"decision", "objective", "proxy", "guardrail"} <= set(row["heard"]) and row["said"]["frame"] == SAID
    assert answer.is_disabled()
