"""The interview's clock in a browser: it starts at Next, ticks by itself, and the notebook goes on below it."""

import nbformat

from course_lib.teach.publish import lesson_source


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
    reader.page.get_by_text("0.1 of 45 min").wait_for(timeout=20_000)            # ticked without another press
    reader.page.get_by_role("button", name="Next").click()
    reader.page.get_by_text(mock_text("scale")).wait_for()
    reader.shot("interview-clock")


def mock_text(key):
    """The question of a phase, as far as it fits a line."""
    from course_lib.teach.interview.mock import phase

    return phase(key).asks["feed"][:30]
