"""A figure is drawn again only where nothing that a cell computed, trained or filled is needed."""

from course_lib.teach.site.explore_calls import redrawable

LIBRARY = "import math\nfrom course_lib.teach import explore"
FUNCTION = "def grown(by=2):\n    return math.sqrt(by)"


def test_a_function_of_imports_and_plain_numbers_comes_alive():
    held = redrawable([LIBRARY, "TOP = 16", FUNCTION, "explore(grown, by=(0, TOP))"])
    assert held.function(by=9) == 3 and held.ranges == {"by": (0, 16)}
    assert redrawable([LIBRARY, "moved = {'x': (0.0, 1.0)}\nexplore(math.sqrt, **moved)"]).ranges == {"x": (0.0, 1.0)}
    assert redrawable([LIBRARY, "%matplotlib inline", "explore(math.sqrt, x=(0, 4))"]) is not None


def test_what_a_cell_computed_stops_it():
    assert redrawable([LIBRARY, "model = math.sqrt(2)", "def f(x):\n    return model * x",
                       "explore(f, x=(0, 4))"]) is None
    assert redrawable([LIBRARY, "table = {'a': []}", "for _ in range(3):\n    table['a'].append(1)",
                       "def f(x):\n    return table", "explore(f, x=(0, 4))"]) is None
    assert redrawable([LIBRARY, "TOP = 16", "TOP = math.floor(2.5)", FUNCTION, "explore(grown, by=(0, TOP))"]) is None
    assert redrawable([LIBRARY, "def f(x, y=model):\n    return x", "explore(f, x=(0, 4))"]) is None


def test_nothing_else_of_a_notebook_is_run(tmp_path):
    mark = tmp_path / "ran"
    cells = [LIBRARY, f"open({str(mark)!r}, 'w').write('')", "def f(x):\n    return x", "explore(f, x=(0, 4))"]
    assert redrawable(cells).function(3) == 3 and not mark.exists()
    assert redrawable([LIBRARY, "@math.floor\ndef f(x):\n    return x", "explore(f, x=(0, 4))"]) is None


def test_a_cell_without_one_call_moves_nothing():
    assert redrawable([LIBRARY, "print(1)"]) is None
    assert redrawable([LIBRARY, "explore(math.sqrt, x=(0, 4))\nexplore(math.sqrt, x=(0, 9))"]) is None
