"""An answer gets what its notebook gave it: the statements that bind or change a name it leans on, and no others."""

import made_class
import pytest

from course_lib.teach.classroom.ipython_lines import without_ipython
from course_lib.teach.classroom.judge import make_function
from course_lib.teach.classroom.submissions import read_class

HEAD = "import numpy as np\nfrom course_lib.teach import exercise\n"
DEFINED = "def f(x):\n    return {}\n"
STYLES = {
    "product": ("DAY = 24 * 3600", "x * DAY", 172_800), "array": ("A = np.array([1.0, 2.0])", "x * A.sum()", 6),
    "call": ("d = dict(day=3)", "x * d['day']", 6), "if": ("if True:\n    K = 4\nelse:\n    K = 5", "x * K", 8),
    "augmented": ("K = 1\nK += 2", "x * K", 6),
    "try": ("try:\n    K = int('3')\nexcept ValueError:\n    K = 0", "x*K", 6),
    "loop": ("xs = []\nfor i in range(3):\n    xs.append(i)", "x + sum(xs)", 5),
    "item": ("d = {}\nd['a'] = 7", "d['a']", 7),
    "method": ("xs = [1]\nxs.append(5)", "sum(xs)", 6), "with": ("with np.errstate(all='ignore'):\n    K = 9", "K", 9),
    "lambda": ("g = lambda v: v + 1", "g(x)", 3), "class": ("class C:\n    K = 3", "C.K", 3),
    "unpacked": ("a, (b, *c) = 1, (2, 3, 4)", "a + b + sum(c)", 10), "walrus": ("print(K := 5)", "K", 5),
    "attribute": ("class C: pass\nC.K = 8", "C.K", 8), "chain": ("a = b = 4", "a * b", 16),
    "annotated": ("K: int = 6", "K", 6), "import": ("import math as m", "m.floor(2.5)", 2),
    "comprehension": ("xs = [i * i for i in range(4)]", "sum(xs)", 14), "magic": ("%time\n!ls\nnp?\nK = 2", "K", 2),
}
IPYTHON = {                                                # what stands in an answer's notebook, beside Python
    "output of a command": ("files = !ls *.csv\nK = 4", 8),
    "two of them": ("a, b = !ls\nd = {}\nd['x'] = !pwd\nK = 4", 8),
    "a magic's value": ("t = %timeit -o 1\nK = 4", 8), "all a block holds": ("if True:\n    !ls\nK = 4", 8),
    "an installer": ("pip install somewhere\nK = 4", 8), "goes on": ("!ls \\\n  --all\nK = 4", 8),
    "a look": ("np.zeros??\n?np\nK = 4", 8), "a percent in brackets": ("!ls\nK = (9\n     % 5)", 8),
    "a percent after a backslash": ("!ls\nK = 9 \\\n  % 5", 8),
    "a text": ('!ls\nT = """(\n!a\n%b\nc = !d\n"""\nK = len(T.split("!")) + 1', 8),
    "signs in a text": ("!echo it's (\nK = len('(') + len(\"#'\") + 1 # don't (\n%time", 8),
    "time of a cell": ("%%time\nK = 4", 8), "another language": ("K = 4\n# %%\n%%bash\nK = 9", 8),
}
MARKS = {
    "plain": "@exercise('1.1')\n" + DEFINED,
    "alias": "from course_lib.teach import exercise as ex\n@ex('1.1')\n" + DEFINED,
    "module": "import course_lib.teach as t\n@t.exercise('1.1')\n" + DEFINED,
    "name": "ex = exercise\n@ex('1.1')\n" + DEFINED,
    "made": "mark = exercise('1.1')\n@mark\n" + DEFINED, "constant": "ID = '1.1'\n@exercise(ID)\n" + DEFINED,
    "call": DEFINED + "f = exercise('1.1')(f)", "call alone": DEFINED + "exercise('1.1')(f)",
    "lambda": "f = exercise('1.1')(lambda x: {})", "lambda with a name": "f = lambda x: {}\nf = exercise('1.1')(f)",
    "walrus": "print(g := 1)\n(f := exercise('1.1')(lambda x: {}))",
    "partial": "from functools import partial\nf = exercise('1.1')(partial(lambda k, x: {}, 1))",
    "in an if": "if K == 3:\n    @exercise('1.1')\n    def f(x):\n        return {}\nelse:\n    pass",
    "in a try": "try:\n    if True:\n        @exercise('1.1')\n        def f(x):\n            return {}\n"
                "except ValueError:\n    pass",
}


def made(folder, *cells):
    (folder / "ann.ipynb").write_text(made_class.notebook(*cells))
    (held,) = read_class([folder]).submissions
    assert held.card_id == "1.1" and held.problem == ""
    return held, make_function({"card_id": "1.1", "name": held.name, "cell": held.cell, "prelude": held.prelude,
                                "others": held.others, "line": held.line, "marks": held.marks,
                                "expression": held.expression})


@pytest.mark.parametrize("style", STYLES)
def test_a_name_from_an_earlier_cell_is_there(tmp_path, style):
    before, body, right = STYLES[style]
    assert made(tmp_path, HEAD, before, MARKS["plain"].format(body))[1](2) == right


@pytest.mark.parametrize("style", IPYTHON)
@pytest.mark.parametrize("where", ["before", "beside"])
def test_lines_of_ipython_make_no_answer_wrong_and_are_told(tmp_path, style, where):
    text, right = IPYTHON[style]
    *before, last = text.split("# %%\n")
    answer = MARKS["plain"].format("x * K")
    if where == "before" or before or "%%" in text:
        cells = [*before, last, answer]
    else:
        cells = [f"{last}\n{answer}"]
    held, fn = made(tmp_path, HEAD, *cells)
    assert fn(2) == right and fn.__code__.co_firstlineno == 1 + held.cell.split("\n").index("def f(x):")
    (note,) = read_class([tmp_path]).notes
    assert note[:2] == ("ann", "ann.ipynb") and "for IPython left out" in note[2]


def test_a_statement_that_is_timed_stays(tmp_path):
    held, fn = made(tmp_path, HEAD, "%time K = max(3,\n        4)\nif True:\n    %time K += 0",
                    MARKS["plain"].format("x * K"))
    assert fn(2) == 8 and read_class([tmp_path]).notes == []


def test_a_long_line_is_looked_at_once(tmp_path):
    for text in (" " * 100_000 + "x", "a" * 100_000, "'" * 99_999, '"\\' * 50_000, "[" * 100_000, "a " * 50_000):
        assert without_ipython(f"{text}\n!ls")[0].startswith(text[:10])


@pytest.mark.parametrize("mark", MARKS)
def test_every_way_to_mark_an_answer_is_known(tmp_path, mark):
    assert made(tmp_path, HEAD, "K = 3", MARKS[mark].format("x * K"))[1](2) == 6


def test_what_runs_later_does_not_change_an_answer(tmp_path):
    answer = MARKS["plain"].format("x * K * late()")
    assert made(tmp_path, HEAD, "K = 2", answer, "K = 100\ndef late():\n    return 1")[1](2) == 4


def test_what_an_answer_does_not_need_is_left_out(tmp_path):
    held, fn = made(tmp_path, HEAD, "\n".join(f"a{i} = {i}" for i in range(4000)) + "\nslow = 1 / 0",
                    MARKS["plain"].format("x + a17"))
    assert held.prelude == "a17 = 17" and fn(1) == 18


@pytest.mark.parametrize("ref", ["²", "9" * 5000, "1." + "9" * 5000, "<img src=x>", "..", "",
                                 "99.1", "１.１", "\ud800"])
def test_an_id_may_be_anything(tmp_path, ref):
    from course_lib.teach.classroom.page import _order

    (tmp_path / "ann.ipynb").write_text(made_class.notebook(f"@exercise({ref!r})\ndef f():\n    pass"))
    for held in read_class([tmp_path]).submissions:
        assert len(held.card_id) <= 41 and _order(held.card_id)
