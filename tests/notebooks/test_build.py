"""From one source to two notebooks: stubs, cards, stable ids, and no marker gets through."""

import base64

import nbformat
import numpy as np
import pytest

from course_lib.teach.publish import build, lesson_source
from course_lib.teach.publish.execute import clean_text, execute_notebook, oversize
from course_lib.teach.publish.lesson_source import BuildError

LESSON = '''# %% [markdown]
# # A lesson
# {{card 1.1}}

# %%
def add(a, b):
    """a + b"""
    ### BEGIN SOLUTION
    return a + b
    ### END SOLUTION


# %%
print(add(1, 2))
'''
RUNS = LESSON.replace("print(add(1, 2))", '''import os
from ipywidgets import IntSlider
from IPython.display import display
display(IntSlider(description="k"))
print(add(1, 2), object(), os.getcwd())''')


def render(exercise_id):
    if exercise_id != "1.1":
        raise KeyError(exercise_id)
    return f"Card of {exercise_id}\n"


@pytest.fixture
def course(tmp_path):
    (tmp_path / "solutions" / "source").mkdir(parents=True)
    (tmp_path / "course_lib").mkdir()

    def write(text=LESSON, name="01_demo.py"):
        (tmp_path / "solutions" / "source" / name).write_text(text)
        return tmp_path / "solutions" / "source" / name

    write()
    return tmp_path, write


def lesson(course, text=LESSON):
    return lesson_source.read_lesson(course[1](text), render)


def test_the_learner_gets_a_stub_and_the_solution_keeps_the_region(course):
    made = lesson(course)
    assert made.learner.cells[1].source == f'def add(a, b):\n    """a + b"""\n    {lesson_source.STUB}'
    assert made.solution.cells[1].source == 'def add(a, b):\n    """a + b"""\n    return a + b'
    assert made.learner.cells[0].source == made.solution.cells[0].source == "# A lesson\nCard of 1.1"


def test_a_region_may_name_its_own_stub_and_keeps_its_depth(course):
    made = lesson(course, "# %%\nif 1:\n    ### BEGIN SOLUTION: guess = ...\n    guess = 3\n    ### END SOLUTION\n")
    assert made.learner.cells[0].source == "if 1:\n    guess = ..."


@pytest.mark.parametrize("bad", [
    "# %%\n### BEGIN SOLUTION\nx = 1\n", "# %%\n### END SOLUTION\n", "# %%\n### BEGIN SOLUTION\n### BEGIN SOLUTION\n",
    "# %%\n## BEGIN SOLUTION\nx = 1\n### END SOLUTION\n", "# %%\n### begin solution\nx = 1\n### END SOLUTION\n",
    "# %%\n### BEGIN SOLUTIONS\nx = 1\n### END SOLUTION\n", "# %%\nx = 1  ### BEGIN SOLUTION\n### END SOLUTION\n",
    "# %%\n### BEGIN_SOLUTION\nx = 1\n### END_SOLUTION\n",
])
def test_a_stray_marker_fails_and_says_where(course, bad):
    with pytest.raises(BuildError, match="01_demo.py cell 1"):
        lesson(course, bad)


@pytest.mark.parametrize("bad", ["# {{card 9.9}}", "# {{cards 1.1}}", "# see {{card 1.1}} here"])
def test_a_card_that_is_not_there_fails(course, bad):
    with pytest.raises(BuildError, match="01_demo.py cell 1"):
        lesson(course, f"# %% [markdown]\n{bad}\n")


def test_ids_are_the_same_each_time_and_twins_differ(course):
    text = LESSON + "\n# %%\nprint(add(1, 2))\n"
    ids = [cell.id for cell in lesson(course, text).learner.cells]
    assert ids == [cell.id for cell in lesson(course, text).solution.cells]
    assert len(set(ids)) == 4
    assert all(len(i) <= 64 for i in ids)


def test_a_changed_solution_leaves_the_learners_bytes_alone(course):
    other = lesson(course, LESSON.replace("return a + b", "return sum((a, b))"))
    assert build.dumps(other.learner) == build.dumps(lesson(course).learner)


def test_an_inserted_cell_moves_no_other_id(course):
    longer = lesson(course, LESSON.replace("# %%\nprint", "# %%\nx = 1\n\n# %%\nprint")).learner.cells
    assert {c.id for c in lesson(course).learner.cells} < {c.id for c in longer}


def test_a_long_cell_is_warned_of(course):
    made = lesson(course, "# %%\n" + "x = 1\n" * 16)
    assert "16 lines" in made.warnings[0]


def test_building_twice_changes_nothing_and_drift_is_found(course):
    root, write = course
    write(RUNS)
    said = []
    assert build.build(root=root, render=render, echo=said.append) == 0
    paths = [root / "notebooks" / "01_demo.ipynb", root / "solutions" / "01_demo.ipynb"]
    first = [p.read_bytes() for p in paths]
    stored = nbformat.read(paths[1], as_version=4)
    assert stored.cells[2].outputs[1].text == "3 <object object at 0x…> <folder>\n"
    assert [c.execution_count for c in stored.cells[1:]] == [1, 2]
    assert build.check(root=root, render=render) == []

    assert build.build(root=root, render=render, echo=said.append) == 0       # current: not run again
    assert build.build(root=root, render=render, echo=said.append, force=True) == 0
    assert [p.read_bytes() for p in paths] == first                           # run again: the widget's ids as before

    write(RUNS.replace("# A lesson", "# The lesson"))
    assert [line.split()[0] for line in build.check(root=root, render=render)] == [
        "notebooks/01_demo.ipynb", "solutions/01_demo.ipynb"]
    write(RUNS.replace("a + b\n", "b + a\n"))
    assert [line.split()[0] for line in build.check(root=root, render=render)] == ["solutions/01_demo.ipynb"]


def test_a_notebook_without_a_source_is_drift(course):
    root, _ = course
    build.build(root=root, render=render, execute=False, echo=lambda line: None)
    (root / "notebooks" / "77_ghost.ipynb").write_text("{}")
    drift = build.check(root=root, render=render)
    assert any("77_ghost" in line for line in drift) and any("solutions/01_demo.ipynb is missing" in d for d in drift)


def test_a_cell_that_raises_fails_the_build_and_stores_nothing(course):
    root, write = course
    write("# %%\nx = 1\n\n# %%\n1 / 0\n")
    said = []
    assert build.build(root=root, render=render, echo=said.append) == 1
    assert "cell 2 failed" in said[-1] and "ZeroDivisionError" in said[-1]
    assert not (root / "solutions" / "01_demo.ipynb").exists()


def test_one_bad_lesson_does_not_keep_the_next_from_being_built(course):
    root, write = course
    write("# %%\n### END SOLUTION\n", "00_bad.py")
    assert build.build(root=root, render=render, execute=False, echo=lambda line: None) == 1
    assert (root / "notebooks" / "01_demo.ipynb").exists()


def test_a_lesson_may_be_named_in_short_and_an_unknown_one_is_refused(course):
    root, _ = course
    assert [p.stem for p in lesson_source.sources(["01"], root)] == ["01_demo"]
    with pytest.raises(BuildError, match="01_demo"):
        lesson_source.sources(["5"], root)


def test_progress_made_while_building_is_not_the_learners(course):
    made = lesson(course, "# %%\nimport os\nprint(os.environ['COURSE_PROGRESS'])\n")
    execute_notebook(made.solution, "01_demo", course[0], lambda line: None)
    assert made.solution.cells[0].outputs[0].text == "<folder>/progress.sqlite\n"


def test_machine_paths_and_addresses_leave_the_output():
    text = "/tmp/ipykernel_12/345.py:3 <f at 0x7f12ab34cd56> /opt/v/lib/python3.11/site-packages/torch/x.py"
    assert clean_text(text, {}) == "<cell>:3 <f at 0x…> <site-packages>/torch/x.py"


def test_a_large_figure_is_warned_of():
    image = base64.b64encode(bytes(100 * 1024)).decode()
    cell = nbformat.v4.new_code_cell("plot", outputs=[nbformat.v4.new_output("display_data", {"image/png": image})])
    assert "100 KB" in oversize(nbformat.v4.new_notebook(cells=[cell]))[0]


def test_figures_are_stored_with_a_palette_and_look_the_same():
    import io

    from PIL import Image

    from course_lib.teach.publish.figures import packed

    def stored(picture):
        file = io.BytesIO()
        picture.save(file, "png")
        return base64.b64encode(file.getvalue()).decode()

    def pixels(image):
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(image))).convert("RGBA")).astype(int)

    shades = np.random.default_rng(0).integers(0, 20, (120, 160)) * 12
    chart = np.dstack([shades, shades // 2, 255 - shades, np.full_like(shades, 255)]).astype(np.uint8)
    whole = stored(Image.fromarray(chart, "RGBA"))
    small = packed(whole)
    assert len(small) < len(whole) and np.abs(pixels(small) - chart).max() <= 2
    chart[0, 0, 3] = 0                                  # a transparent corner: a palette would paint it
    clear = stored(Image.fromarray(chart, "RGBA"))
    assert packed(clear) == clear
