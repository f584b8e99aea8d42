"""The parts of a page: headings, links, texts for figures, what controls say, drawings of replicates."""

import math
import re
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib.contracts import DataError
from course_lib.teach.definitions.claim import Claim
from course_lib.teach.ledger.verdict import Row
from course_lib.teach.site.alt_texts import alt_texts, figure_titles, modules_of, texts_of
from course_lib.teach.site.cell_html import code_cell, png_size
from course_lib.teach.site.code_html import coloured
from course_lib.teach.site.ledger_list import verdict_word
from course_lib.teach.site.prose_html import Anchors, to_html
from course_lib.teach.site.replicate_svg import strip_svg
from course_lib.teach.site.search_index import script

ROOT = Path(__file__).resolve().parents[3]
CLAIM = Claim("ann.toy", "A toy statement.", "own conjecture", (0.0, 1.0), "share", written="2026-11-28")


def test_headings_of_the_same_words_get_anchors_of_their_own():
    anchors = Anchors()
    made = to_html("## Were you right?\n\ntext\n\n## Were you right?\n\n### Exercise 4.1: Mask", anchors)
    assert re.findall(r'<h\d id="([^"]+)"', made) == ["were-you-right", "were-you-right-2", "exercise-4-1"]
    assert [held.words for held in anchors.headings][0] == "Were you right?"


def test_a_link_to_a_lesson_stays_inside_and_one_to_a_file_of_the_course_becomes_words():
    made = to_html("[next](05_ann.ipynb) [data](../data/README.md) [paper](https://doi.org/1)", pages={"05_ann"})
    assert '<a href="05_ann.html">next</a>' in made and '<a href="https://doi.org/1">paper</a>' in made
    assert "README.md</code>" in made and 'href="../data' not in made
    assert "href" not in to_html("[next](05_ann.ipynb)", pages=set())


def test_a_table_without_headings_has_no_empty_ones():
    made = to_html("| | |\n|---|---|\n| Budget | 50 ms |")
    assert "<th" not in made and "<td>Budget</td>" in made and made.startswith('<div class="wide">')
    assert "<th" in to_html("| A | B |\n|---|---|\n| 1 | 2 |")


def test_a_figures_title_and_axes_are_read_from_the_code():
    code = ('_ = plots.bars(bars, "Who finds most?", "recall@10", fmt="{:.3f}")\n'
            'ax = plots.figure(f"A hit is a negative {ratio:.0f}× as often", ylabel="times")\nprint("not a title")')
    assert figure_titles(code) == ["Who finds most? (recall@10)", "A hit is a negative …× as often (times)"]
    assert figure_titles('ax.set(title="A title", xlabel="x", ylabel="y")') == ["A title (x; y)"]
    two = figure_titles('title = f"{n} out of ten"\npanel.set_title("One of two panels")')
    assert two == ["… out of ten", "One of two panels"]
    assert figure_titles("%matplotlib inline") == []


def test_a_title_that_a_function_of_the_library_gives_is_found_through_the_notebooks_own_name_for_it():
    modules = modules_of(["from course_lib.teach.show import negatives_pictures as pictures"])
    assert modules == {"pictures": "negatives_pictures"}
    drawn = figure_titles("_ = pictures.log_and_people(powers, says, people)", modules)
    assert drawn == [texts_of("negatives_pictures")["log_and_people"]] and "logQ" in drawn[0]
    assert figure_titles("_ = pictures.log_and_people(powers, says, people)") == [] and texts_of("nothing_here") == {}


def test_every_figure_of_a_cell_gets_a_text():
    two = 'plots.bars(a, "The first of two")\nplots.bars(b, "The second of two")'
    size = "<Figure size 720x360 with 1 Axes>"
    assert alt_texts(two, [size, size], "Heading") == ["The first of two", "The second of two"]
    assert alt_texts(two, [size], "Heading") == ["The first of two. The second of two"]
    assert alt_texts("draw()", [size], "Heading") == ["Figure under “Heading”"]
    assert alt_texts("draw()", ["<Figure: λ = 0.7>"], "Heading") == ["λ = 0.7"]


def test_controls_are_named_with_their_values():
    view = {"output_type": "display_data", "data": {"application/vnd.jupyter.widget-view+json": {"model_id": "box"},
                                                    "text/plain": "VBox(children=…)"}}
    states = {"box": {"state": {"children": ["IPY_MODEL_one"]}}, "one": {"state": {"description": "depth", "value": 3}}}
    made = code_cell({"source": "explore(f)", "outputs": [view]}, "Heading", states)
    assert "depth (here 3)" in made and "Shown here" not in made and "VBox" not in made
    assert "controls stand here." in code_cell({"source": "explore(f)", "outputs": [view]}, "Heading", {})


def test_stored_html_loses_its_styles_and_scripts_and_its_tables_scroll():
    held = ('<style scoped>td{}</style><script>alert(1)</script><table border="1" class="dataframe"><thead><tr>'
            '<th></th><th>n</th></tr></thead><tbody><tr><th>a</th><td>1</td></tr></tbody></table>')
    cell = {"source": "table", "outputs": [{"output_type": "display_data", "data": {"text/html": held}}]}
    made = code_cell(cell, "", {})
    assert "<style" not in made and "alert" not in made and '<div class="wide"><table' in made
    assert '<th scope="col">n</th>' in made and '<th scope="row">a</th>' in made and "<th></th>" not in made


def test_an_address_in_memory_is_not_shown_and_text_is_escaped():
    def shown(text):
        return code_cell({"source": "", "outputs": [{"output_type": "execute_result", "data": {"text/plain": text}}]},
                         "", {})

    assert "Legend" not in shown("<matplotlib.legend.Legend at 0x…>")
    assert "&lt;b&gt;" in shown("<b>")


def test_what_no_page_can_show_is_refused():
    odd = {"source": "", "outputs": [{"output_type": "display_data", "data": {"video/mp4": "…"}}]}
    with pytest.raises(DataError, match="video/mp4"):
        code_cell(odd, "", {})
    with pytest.raises(DataError, match="base64"):
        png_size("not base64 at all!")


def test_code_keeps_every_letter():
    code = "def f(x):\n    # a < b\n    return f'{x:.2f}' if x else None"
    made = coloured(code)
    assert re.sub(r"<[^>]+>", "", made).replace("&lt;", "<") == code
    assert '<span class="k">def</span>' in made and '<span class="c"># a &lt; b</span>' in made


def rows(values):
    return [Row("5.toy", "here", value) for value in values]


def places(svg, kind):
    return [float(x) for x in re.findall(rf'class="{kind}" c?x1?="([-\d.]+)"', svg)]


def test_a_strip_puts_larger_values_further_right_and_piles_equal_ones():
    svg = strip_svg(CLAIM, rows([0.1, 0.5, 0.9]), None, "words")
    assert places(svg, "run") == sorted(places(svg, "run")) and len(set(places(svg, "run"))) == 3
    heights = re.findall(r'cy="([\d.]+)"', strip_svg(CLAIM, rows([0.4, 0.4, 0.9]), None, "words"))
    assert len(set(heights)) == 2
    assert 'class="own"' not in svg and 'class="own"' in strip_svg(CLAIM, rows([0.1, 0.5]), 0.3, "words")


def test_a_strip_shows_the_band_where_it_is_near_and_keeps_all_inside():
    assert 'class="band"' in strip_svg(CLAIM, rows([0.1, 0.5, 0.9]), None, "w")
    far = strip_svg(CLAIM, rows([100.0, 100.1, 100.2]), None, "w")
    assert 'class="band"' not in far
    for svg in (far, strip_svg(CLAIM, rows([0.2, 0.2, 0.2]), 7.0, "w")):
        assert all(0 <= x <= 300 for x in places(svg, "run"))
    assert strip_svg(CLAIM, rows([0.2]), None, "w") == ""
    assert strip_svg(CLAIM, rows([math.nan, 0.2]), None, "w") == ""


def test_the_words_of_a_strip_are_escaped():
    assert 'aria-label="a &lt; &quot;b&quot;"' in strip_svg(CLAIM, rows([0.1, 0.5]), None, 'a < "b"')


@pytest.mark.parametrize(("text", "word"), [
    ("turns between 0.4 and 0.6", "turns …"), ("depends on the set", "depends on …"),
    ("holds from 0.35 on", "holds …"), ("does not hold up to 2", "does not hold …"),
    ("3 of 10 runs, not yet replicated", "not yet replicated"), ("holds on that set", "holds on that set")])
def test_verdicts_are_grouped_without_their_numbers(text, word):
    assert verdict_word(text) == word


def test_the_index_is_a_script_that_no_browser_takes_for_markup():
    made = script([("a.html", "</script><b>", "words")])
    assert made.startswith("const COURSE_INDEX = [") and "<" not in made


def test_the_command_explains_itself_and_names_what_it_cannot_replace(tmp_path):
    def course(*arguments):
        return subprocess.run([sys.executable, "-m", "course_lib", "site", *arguments], cwd=ROOT, capture_output=True,
                              text=True, encoding="utf-8")

    assert "--out" in course("--help").stdout
    (tmp_path / "notes.txt").write_text("mine")
    refused = course("--out", str(tmp_path))
    assert refused.returncode == 1 and "no site of this course" in refused.stderr and "Traceback" not in refused.stderr
