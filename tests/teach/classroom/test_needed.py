"""An answer gets what its notebook gave it: the statements that bind or change a name it leans on, and no others."""

import made_class
import pytest

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
