"""A learner's way through JupyterLab: open, run all, move a slider, see the figure change; nothing asks the outside."""

import os
from pathlib import Path

import nbformat
import pytest

from course_lib.teach.publish import lesson_source

ROOT = Path(__file__).resolve().parents[2]
PLAIN = ("import matplotlib.pyplot as plt\nfrom ipywidgets import interact, IntSlider",
         "@interact(k=IntSlider(value=3, min=1, max=20, continuous_update=False))\n"
         "def draw(k):\n    plt.plot(range(k))\n    plt.show()", "done = True")
EXPLORED = ("import matplotlib.pyplot as plt\nfrom course_lib.teach import explore",
            "def draw(k=3):\n    return plt.subplots()[1].plot(range(k))[0].axes\n\nexplore(draw, k=(1, 20))")
START = "00_start_here"
# Every lesson's slider can be looked at, at a price of minutes: BROWSER_LESSONS=03_two_tower,05_ann (or all)
ASKED = os.environ.get("BROWSER_LESSONS", "")
LESSONS = [p.stem for p in sorted((ROOT / "notebooks").glob("*.ipynb"))
           if p.stem != START and (ASKED == "all" or p.stem in ASKED.split(","))]


@pytest.mark.parametrize("sources", [PLAIN, EXPLORED], ids=["interact", "explore"])
def test_the_settings_we_ship_let_a_slider_redraw_its_figure(reader, sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    plain = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": lesson_source.KERNEL})
    nbformat.write(plain, reader.root / "work" / "plain.ipynb")
    reader.open("plain.ipynb")
    assert reader.run_all() == len(sources)
    before, after = reader.move_slider()
    assert before != after
    assert int(reader.page.locator(".widget-readout").first.inner_text()) > 3


@pytest.mark.parametrize("stem", [START, *LESSONS])
def test_a_lesson_runs_untouched_and_its_slider_moves_its_figure(reader, stem):
    reader.open(f"{stem}.ipynb")
    assert reader.run_all() > 5
    reader.shot(f"{stem}-top")
    reader.look(reader.find("explore("))
    before, after = reader.move_slider()
    reader.shot(stem)
    assert before != after


def test_a_running_lesson_can_be_saved_and_is_still_untouched(reader):
    from course_lib.lab import copy_lessons

    reader.open(f"{START}.ipynb")
    reader.set_cell(reader.find("import"), reader.cells()[reader.find("import")]["source"])
    reader.page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    reader.page.wait_for_timeout(1500)
    assert copy_lessons(ROOT / "notebooks", reader.root / "work")[f"{START}.ipynb"] == "same"
