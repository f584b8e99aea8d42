"""The measuring code of a lesson is read from its source; its digest changes with what is measured and nothing else."""

import pytest

from course_lib.contracts import DataError
from course_lib.teach.lessons import SOURCES
from course_lib.teach.replication import measuring
from course_lib.teach.replication.shifted_seeds import calls_through

LESSON = '''# %% [markdown]
# # A lesson

# %%
from course_lib.teach import exercise, measured, plots, predict
predict("feedback.unseen", ...)

# %%
@exercise("feedback.1")
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return 2 * x          # twice
    ### END SOLUTION

# %%
value = double(0.3)
print(f"it is {value}")
plots.bars({"one": value}, "A title")
measured("feedback.unseen", value, on="world")
'''


@pytest.fixture
def digest(tmp_path):
    def of(text):
        path = tmp_path / "02_feedback.py"
        path.write_text(text, encoding="utf-8")
        return measuring.lesson_digest(path)
    return of


def test_the_cells_are_those_of_the_source_with_solutions_and_without_markers(tmp_path):
    path = tmp_path / "02_feedback.py"
    path.write_text(LESSON, encoding="utf-8")
    cells = measuring.code_cells(path)
    assert [where for where, _ in cells] == ["02_feedback, cell 2", "02_feedback, cell 3", "02_feedback, cell 4"]
    assert "return 2 * x" in cells[1][1] and "SOLUTION" not in cells[1][1]


@pytest.mark.parametrize(("old", "new"), [
    ("# # A lesson", "# # Another heading"), ("          # twice", ""), ('"""Twice x."""', '"""Two times x."""'),
    ('"A title"', '"Another title"'), ("it is {value}", "it came out as {value}"),
    ('predict("feedback.unseen", ...)', "predict('feedback.window', 3)"), ("2 * x", "(2 * x)"),
    ('print(f"it', '# %%\nprint(f"it'), ("import exercise, measured, plots", "import plots, exercise, measured")])
def test_prose_titles_and_guesses_do_not_change_the_digest(digest, old, new):
    assert old in LESSON and digest(LESSON.replace(old, new)) == digest(LESSON)


@pytest.mark.parametrize(("old", "new"), [
    ("2 * x", "3 * x"), ("double(0.3)", "double(0.4)"), ('on="world"', 'on="ml100k"'), ('{"one": value}', '{"one": 1}'),
    ("feedback.unseen\", value", "feedback.window\", value"), ("import exercise", "import double as exercise"),
    ("value = double(0.3)\nprint", "print")])
def test_what_is_measured_changes_the_digest(digest, old, new):
    assert old in LESSON and digest(LESSON.replace(old, new)) != digest(LESSON)


def test_statements_that_speak_to_the_learner_are_left_out():
    tree = measuring.measuring_tree("predict('a', 1)\nx = 1\nquiz('b')\nif x:\n    hint('c')", "here")
    assert [type(statement).__name__ for statement in tree.body] == ["Pass", "Assign", "Pass", "If"]


def test_a_cell_that_is_no_python_is_named():
    with pytest.raises(DataError, match="02_feedback, cell 7 is not Python.*line 2"):
        measuring.measuring_tree("x = 1\n%magic", "02_feedback, cell 7")


def test_every_lesson_can_be_read_and_compiled_with_its_seeds_led_through_one_place():
    for path in sorted(SOURCES.glob("[0-9][0-9]_*.py")):
        assert len(measuring.lesson_digest(path)) == measuring.SHORT
        for where, code in measuring.code_cells(path):
            compile(calls_through(measuring.measuring_tree(code, where)), where, "exec")


def test_the_digest_of_the_library_sees_code_but_neither_comments_nor_the_teaching(tmp_path):
    (tmp_path / "course_lib" / "teach").mkdir(parents=True)
    module, teaching = tmp_path / "course_lib" / "a.py", tmp_path / "course_lib" / "teach" / "b.py"

    def now(code, text="x = 1"):
        module.write_text(code)
        teaching.write_text(text)
        measuring.library_digest.cache_clear()
        return measuring.library_digest(tmp_path)

    first = now("x = 1")
    assert now("x = 1  # one") == first == now("x = 1", "x = 2") and now("x = 2") != first


@pytest.mark.parametrize("room", measuring.MEASURING_ROOMS)
def test_a_room_of_the_teaching_that_lessons_measure_with_counts_for_them_and_for_the_library(
        digest, tmp_path, monkeypatch, room):
    module = tmp_path / "course_lib" / "teach" / room / "scores.py"
    module.parent.mkdir(parents=True)
    of_its_own = {name: getattr(measuring, name) for name in ("room_digest", "library_digest")}

    def now(code):
        module.write_text(code)
        for function in of_its_own.values():
            function.cache_clear()
        monkeypatch.setattr(measuring, "room_digest", lambda one: of_its_own["room_digest"](one, tmp_path))
        uses = LESSON + f"\n# %%\nfrom course_lib.teach.{room}.scores import lift\n"
        return digest(LESSON), digest(uses), of_its_own["library_digest"](tmp_path)

    (other, uses, library), (same, changed, newer) = now("x = 1  # one"), now("x = 2")
    assert other == same and uses != changed and library != newer
    assert now("x = 2  # two")[1:] == (changed, newer)


WIDGET = '''
# %% tags=["widget"]
from course_lib.teach import explore
from course_lib.teach.show import feedback_pictures

explore(feedback_pictures.silences, eta=(0.0, 2.0, 0.2))
'''


def test_a_cell_that_holds_a_widget_alone_is_no_measuring_code(digest):
    assert digest(LESSON + WIDGET) == digest(LESSON)
    assert digest(LESSON + WIDGET.replace(' tags=["widget"]', "")) != digest(LESSON)


@pytest.mark.parametrize("more", ["value = 3", "from course_lib.data import splits", "print(double(2))"])
def test_a_widgets_cell_that_does_more_is_refused(digest, more):
    with pytest.raises(DataError, match="02_feedback, cell 5, line 5: a cell with the tag 'widget'"):
        digest(LESSON + WIDGET + more + "\n")


def test_no_lesson_uses_elsewhere_what_only_a_widget_imports():
    import ast

    import jupytext

    for path in sorted(SOURCES.glob("[0-9][0-9]_*.py")):
        notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
        widgets = [cell.source for cell in notebook.cells if measuring.WIDGET in cell.metadata.get("tags", ())]
        kept = [measuring.measuring_tree(code, where) for where, code in measuring.code_cells(path)]
        imported = {name.asname or name.name for source in widgets for node in ast.walk(ast.parse(source))
                    if isinstance(node, ast.ImportFrom) for name in node.names}
        again = {name.asname or name.name for tree in kept for node in ast.walk(tree)
                 if isinstance(node, (ast.Import, ast.ImportFrom)) for name in node.names}
        used = {node.id for tree in kept for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert (imported - again) & used == set(), path.stem
