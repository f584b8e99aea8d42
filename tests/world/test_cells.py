"""A notebook's cell that moves the same world a second time says so; nothing else does."""

import subprocess
import sys
import warnings

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from course_lib.world import feed
from course_lib.world import policies as P
from course_lib.world.cells import MovedAgainWarning, running

MAKE = "from course_lib.world import feed, policies\nworld = feed(64, 50, 100.0)"


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """A function that runs a cell in a real IPython and returns the warnings which that cell gave."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])  # which a shell puts another module for
    shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))

    def run(cell, **options):
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("default")  # as a kernel has it
            shell.run_cell(cell, store_history=True, **options).raise_error()
        return [str(w.message) for w in said if w.category is MovedAgainWarning]

    run.shell = shell
    yield run
    InteractiveShell.clear_instance()


def test_a_cell_run_again_says_from_where_to_where_and_how_to_begin_anew(notebook):
    cell = "days = world.run(policies.Uniform(), 3)"
    notebook(MAKE)
    assert notebook(cell) == []
    (text,) = notebook(cell)
    assert "already moved this world from day 0 to day 3" in text and "from day 3 to day 6" in text
    assert "feed, marketplace" in text and "world.fork()" in text
    notebook("world.run(policies.Uniform(), 1)")
    assert "from day 3 to day 6. It now moves it on from day 7 to day 10" in notebook(cell)[0]


def test_every_repetition_is_said_though_its_words_are_the_same(notebook):
    cell = "world.run(policies.Uniform(), 2);"
    for _ in range(2):
        notebook(MAKE)
        assert [len(notebook(cell)) for _ in range(2)] == [0, 1]


@pytest.mark.parametrize("cell", [
    "for _ in range(3):\n    world.run(policies.Uniform(), 1)",  # a loop in one execution
    "def week():\n    world.run(policies.Uniform(), 1)\nweek()\nweek()",
    "world.run(policies.Uniform(), 1)\nworld.run(policies.Uniform(), 1)",
    "%time world.run(policies.Uniform(), 1)\nworld.run(policies.Uniform(), 1)",
    "world.run(policies.Uniform(), 0)",
])
def test_one_execution_may_move_a_world_as_often_as_it_likes(notebook, cell):
    notebook(MAKE)
    assert notebook(cell) == []
    assert len(notebook(cell)) == ("0)" not in cell)  # and a second one speaks once


@pytest.mark.parametrize("cell", [
    "town = world.fork(); town.run(policies.Uniform(), 2)",
    "world.fork().run(policies.Uniform(), 2);",
    MAKE + "\nworld.run(policies.Uniform(), 2)",
    "from course_lib.world.experiments import true_effect\n"
    "true_effect(world, policies.Uniform(), policies.Popularity(), 2)",
])
def test_a_cell_that_makes_its_own_world_may_be_run_again(notebook, cell):
    notebook(MAKE)
    notebook("world.run(policies.Uniform(), 1);")
    assert [notebook(cell) for _ in range(3)] == [[], [], []]


def test_a_fork_that_takes_its_world_s_place_is_the_same_world(notebook):
    cell = "world.run(policies.Uniform(), 2);"
    notebook(MAKE)
    notebook(cell)
    notebook("world = world.fork()")
    assert len(notebook(cell)) == 1


def test_functions_are_seen_through_and_other_cells_are_other_cells(notebook):
    notebook(MAKE)
    notebook("def week():\n    return world.run(policies.Uniform(), 1)")
    assert notebook("a = week()") == notebook("b = week()") == []
    assert len(notebook("a = week()")) == 1


def test_an_interrupted_cell_says_how_far_it_came(notebook):
    notebook(MAKE + "\nclass Tired(policies.Uniform):\n    def slates(self, requests):\n"
             "        1 / (requests.day - 2)\n        return super().slates(requests)")
    cell = "world.run(Tired(), 5);"
    with pytest.raises(ZeroDivisionError):
        notebook(cell)
    notebook("Tired.slates = policies.Uniform.slates")
    assert "already moved this world from day 0 to day 2. It now moves it on from day 2 to day 7" in notebook(cell)[0]


def test_two_cells_with_the_same_text_are_told_apart_where_the_front_end_names_them(notebook):
    cell = "world.run(policies.Uniform(), 1);"
    notebook(MAKE)
    said = []
    for name in ("one", "two", "one"):
        object.__setattr__(notebook.shell, "get_parent", lambda name=name: {"metadata": {"cellId": name}})
        said.append(len(notebook(cell)))
    assert said == [0, 0, 1]


def test_a_warning_can_be_silenced(notebook):
    notebook(MAKE + "\nimport warnings\nfrom course_lib.world.cells import MovedAgainWarning")
    cell = "warnings.simplefilter('ignore', MovedAgainWarning)\nworld.run(policies.Uniform(), 1);"
    assert notebook(cell) == notebook(cell) == []


def test_outside_a_notebook_nothing_is_said():
    assert running() is None
    world = feed(64, 50, 100.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3):
            world.run(P.Uniform(), 1)
    assert world._moves == {}


def test_ipython_is_not_imported_to_find_out():
    code = ("import sys; from course_lib.world import feed, policies; feed(64, 50, 100.0).run(policies.Uniform(), 1); "
            "print('IPython' in sys.modules)")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"
