"""What is seen in the text of an answer, and that it is said beside the difference and not as its cause."""

import numpy as np
import pytest
from toys import card_of

from course_lib.teach.checking.answer_text import observations
from course_lib.teach.checking.check import check

SEEN = [
    ("argument never read", "def f(x, margin):\n    return x"),
    ("shadowed builtin", "def f(x):\n    sum = 0\n    return sum(x)"),
    ("shadowed builtin", "def f(x):\n    list = x.tolist()\n    return list(x)"),
    ("name never used", "def f(x):\n    total = x.sum()\n    return x"),
    ("async def", "async def f(x):\n    return x"),
    ("no return", "def f(x):\n    print(x)"),
    ("return in the loop", "def f(x):\n    for one in x:\n        total = one\n        return total"),
    ("mutable default", "def f(x, seen=[]):\n    seen.append(x)\n    return len(seen)"),
    ("exact comparison", "def f(x):\n    return x == 0.3"),
    ("result not kept", "def f(x):\n    np.sort(x)\n    return x"),
    ("result not kept", "def f(x):\n    x.astype(int)\n    return x"),
]
NOT_SEEN = [
    "def f(x, margin):\n    return [one for one in x if one > margin]",
    "def f(x, margin):\n    return eval('x + margin')",
    "def f(x, _unused):\n    return x",
    "def f(x):\n    total = [sum for sum in x]\n    return sum(total)",
    "def f(x):\n    list = x\n    return list",
    "def f(x):\n    for one in x:\n        if one > 2:\n            return one\n    return 0",
    "def f(x):\n    for one in x:\n        if one < 2:\n            continue\n        return one\n    return 0",
    "def f(x, seen=()):\n    return len(seen) + x",
    "def f(x, seen=[]):\n    return len(seen) + x",
    "def f(x):\n    return x == 0.0 or x == 1",
    "def f(x):\n    x.sort()\n    return x",
    "def f(x):\n    x.sort_values('a', inplace=True)\n    return x",
    "def f(x):\n    first, rest = x[0], x[1:]\n    return rest",
    "def f(x):\n    def inner():\n        return x\n    return inner()",
    "def f(x:\n    return",
    "f = lambda x, y: x",
]


@pytest.mark.parametrize(("name", "text"), SEEN)
def test_what_is_in_the_text_is_seen(name, text):
    assert name in [one.name for one in observations(text)]


@pytest.mark.parametrize("text", NOT_SEEN)
def test_what_is_no_fault_is_not_seen(text):
    assert observations(text) == []


CASES = [(np.array([1.0, 2.0, 4.0]), 2.0), (np.array([3.0, 5.0]), 3.0), (np.array([2.5, 1.0]), 0.5)]


def test_an_observation_is_said_beside_the_difference():
    def answer(x, margin):
        spare = x * 3  # noqa: F841
        return np.sin(x) * margin
    result = check(card_of(lambda x, margin: x * margin, CASES), answer)
    assert "right is" in result.says and "whether or not it is the cause: `spare` is set on line 2" in result.says


def test_an_argument_that_is_never_read_is_a_cause_only_where_the_answer_depends_on_it():
    def unread(x, margin):
        return np.sin(x)
    depends = check(card_of(lambda x, margin: x * margin, CASES), unread)
    assert "`margin` is never read in your function, and the right answer depends on it." in depends.says
    free = check(card_of(lambda x, margin: x * 2, CASES), unread)
    assert free.mistake == "" and "whether or not it is the cause: `margin` is never read" in free.says


def test_a_shadowed_builtin_is_the_cause_where_the_error_says_so():
    def shadows(x, margin):
        list = x.tolist()
        return list(x * margin)
    result = check(card_of(lambda x, margin: x * margin, CASES), shadows)
    assert "no longer Python's `list`" in result.says and "whether or not" not in result.says
    assert result.mistake == "TypeError"


def test_async_def_is_named():
    async def waits(x, margin):
        return x * margin
    assert check(card_of(lambda x, margin: x * margin, CASES), waits).mistake == "async def"
