"""Whatever an answer is or does: one clear sentence, in time, nothing raised, nothing left behind."""

import os
import random
import signal
import sys
import threading
import time
import warnings

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import torch
from toys import SUMS, card_of

from course_lib.teach.checking import guard
from course_lib.teach.checking.check import check
from course_lib.teach.checking.guard import attempt, time_limit
from course_lib.teach.checking.taking import Sealed, count_of, taken


@pytest.fixture(autouse=True)
def without_timing(monkeypatch):
    monkeypatch.setattr("course_lib.teach.checking.check.speed_ratio", lambda card, fn: 1.0)


def total(x):
    return x.sum(axis=1)


def told(fn, card=SUMS):
    """The sentence of a wrong answer, which must come in time."""
    started = time.process_time()
    result = check(card, fn)
    assert result.status == "wrong" and result.says and len(result.says) < 500, result
    assert result.mistake != "cannot be compared", result.says
    assert all(len(text) < 2000 for _, text in result.shows)
    assert time.process_time() - started < 6
    return result.says


def loop(*_):
    while True:
        pass


def lie(*_):
    return True


def angry(*_):
    raise SystemExit("no")


METHODS = ("__eq__", "__repr__", "__str__", "__len__", "__iter__", "__array__", "__bool__", "__hash__", "__getattr__",
           "__getattribute__", "__float__", "__index__", "__getitem__", "__deepcopy__", "__class__", "__contains__")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("does", [loop, lie, angry])
@pytest.mark.parametrize("base", [object, list, float, np.ndarray])
def test_an_object_that_loops_lies_or_raises_is_no_danger(base, does, method):
    value = property(does) if method == "__class__" else does
    kind = type("Odd", (base,), {method: value})

    def odd(x):
        return np.ndarray.__new__(kind, (2,)) if base is np.ndarray else base.__new__(kind)
    told(odd)
    told(lambda x: [odd(x)])
    told(lambda x: {"a": odd(x)})


def holds_itself(kind):
    if kind == "list":
        value = [1.0]
        value.append(value)
    elif kind == "dict":
        value = {}
        value["self"] = value
    elif kind == "array":
        value = np.empty(1, dtype=object)
        value[0] = value
    else:
        inside = []
        value = (inside,)
        inside.append(value)
    return value


@pytest.mark.parametrize("kind", ["list", "dict", "array", "tuple"])
def test_an_answer_that_contains_itself_is_told_so(kind):
    assert "contains itself" in told(lambda x: holds_itself(kind))


def deep():
    value = 1.0
    for _ in range(100_000):
        value = [value]
    return value


@pytest.mark.parametrize(("make", "count"), [
    (lambda: np.broadcast_to(1.0, (20_000, 20_000)), "400,000,000 values"),
    (lambda: range(10**12), "1,000,000,000,000"),
    (lambda: "a" * 10**8, "100,000,000"), (lambda: torch.ones(1).expand(10**9), "1,000,000,000 values"),
    (lambda: scipy.sparse.csr_matrix((10**6, 10**6)), "1,000,000,000,000"), (lambda: [0] * 10**7, "10,000,000"),
    (lambda: pd.DataFrame(np.broadcast_to(0.0, (10**6, 3))), "3,000,000"),
    (lambda: dict.fromkeys(range(200_000)), "200,000"),
], ids=["broadcast", "range", "text", "expanded", "sparse", "list", "table", "dict"])
def test_a_huge_answer_is_counted_and_not_compared(make, count):
    says = told(lambda x: make())
    assert count in says and "the right one has 2" in says


def test_many_views_of_one_list_do_not_multiply():
    """Ten levels of a list that holds the level below a hundred times: 10^20 values in a few kB."""
    def bomb(x):
        value = [1.0] * 100
        for _ in range(10):
            value = [value] * 100
        return value
    says = told(bomb)
    assert "values; the right one has 2" in says or "No answer after" in says      # the latter on a busy machine


@pytest.mark.parametrize("make", [deep, lambda: 10**100_000, lambda: float("nan"), lambda: b"x",
                                  lambda: np.array(["a", None]),
                                  lambda: np.zeros(2, "f,f"), lambda: (i for i in range(3)), lambda: map(str, "ab"),
                                  lambda: lambda: 1, lambda: np, lambda: ValueError("x"), lambda: threading.Lock(),
                                  lambda: iter(int, 1), lambda: pd.DataFrame({"a": [object()]}), lambda: NotImplemented,
                                  lambda: np.array([[1], [2, 3]], dtype=object), lambda: np.datetime64("now"),
                                  lambda: torch.empty(2, device="meta")])
def test_odd_things_get_a_sentence(make):
    told(lambda x: make())
    told(lambda x: (make(), make()), card_of(lambda x: (x.sum(), x.mean()), [(np.ones((2, 2)),)]))


class Fierce(Exception):
    def __str__(self):
        while True:
            pass


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), GeneratorExit(), BaseException("x"), Fierce(),
                                   RecursionError(), MemoryError(), StopIteration(), guard.ExerciseTimeout()],
                         ids=lambda error: type(error).__name__)
def test_whatever_is_raised_is_told_and_stays_inside(error):
    def raises(x):
        raise error
    says = told(raises)
    assert type(error).__name__ in says or "No answer" in says


def test_a_key_press_still_stops_the_cell():
    """With Python's own handler: a test run that a shell starts in the background is deaf to SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def pressed(x):
        signal.raise_signal(signal.SIGINT)
        return total(x)
    try:
        with pytest.raises(KeyboardInterrupt):
            check(SUMS, pressed)
    finally:
        signal.signal(signal.SIGINT, before)


def leaves(change):
    def fn(x):
        change()
        return total(x)
    return fn


def thread():
    def go_on():
        while True:
            time.sleep(0.001)
    threading.Thread(target=go_on, daemon=True).start()


SPOILS = [(lambda: setattr(np, "mean", len), "numpy.mean"), (lambda: setattr(__builtins__ if not isinstance(
    __builtins__, dict) else sys.modules["builtins"], "sorted", len), "builtins.sorted"),
    (lambda: os.chdir("/"), "working directory"), (lambda: torch.set_default_dtype(torch.float64), "default dtype"),
    (lambda: torch.set_grad_enabled(False), "gradients"), (lambda: signal.signal(signal.SIGTERM, lie), "SIGTERM"),
    (thread, "thread"), (lambda: setattr(pd.DataFrame, "mean", len), "pandas.DataFrame.mean"),
    (lambda: setattr(sys.modules["course_lib.teach.checking.equality"], "same", lie), "equality.same")]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(("change", "named"), SPOILS, ids=[named for _, named in SPOILS])
def test_what_spoils_the_notebook_is_put_back_and_told(change, named):
    before = np.mean, sorted, os.getcwd(), torch.get_default_dtype(), torch.is_grad_enabled(), pd.DataFrame.mean
    handler, running = signal.getsignal(signal.SIGTERM), threading.active_count()
    says = told(leaves(change))
    assert named in says and "put back" in says
    assert before == (np.mean, sorted, os.getcwd(), torch.get_default_dtype(), torch.is_grad_enabled(),
                      pd.DataFrame.mean)
    assert signal.getsignal(signal.SIGTERM) is handler
    time.sleep(0.2)
    assert threading.active_count() <= running + 1
    assert check(SUMS, total).status == "right"


HARMLESS = {"errors": lambda: np.seterr(all="raise"), "seed": lambda: (np.random.seed(1), random.seed(1),
                                                                       torch.manual_seed(1)),
            "warnings": lambda: warnings.simplefilter("error"), "environment": lambda: os.environ.update(ODD="1"),
            "path": lambda: sys.path.insert(0, "/odd"), "recursion": lambda: sys.setrecursionlimit(10**5),
            "printing": lambda: np.set_printoptions(precision=1),
            "pandas": lambda: pd.set_option("display.max_rows", 3)}


def harmless_state():
    return (np.geterr(), random.getstate(), list(np.random.get_state()[1]), torch.get_rng_state().tolist(),
            list(warnings.filters), dict(os.environ), list(sys.path), sys.getrecursionlimit(),
            np.get_printoptions()["precision"], pd.get_option("display.max_rows"))


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_is_harmless_is_put_back_without_a_word(change):
    before = harmless_state()
    assert check(SUMS, leaves(change)).status == "right"
    assert harmless_state() == before


def test_there_is_a_limit_without_signals(monkeypatch):
    """As on Windows; also in a thread, and where the function switches the signal off."""
    monkeypatch.delattr(signal, "setitimer")
    assert "No answer" in told(loop)
    monkeypatch.undo()
    got = []
    worker = threading.Thread(target=lambda: got.append(attempt(loop, loop, 0.2)))
    worker.start()
    worker.join(20)
    assert got and got[0].timed_out

    def deaf(x):
        signal.setitimer(signal.ITIMER_REAL, 0)
        loop()
    assert "No answer" in told(deaf)


def test_where_no_thread_may_be_started_the_check_goes_on(monkeypatch):
    """As in the confined process of the class page."""
    def refuse(self):
        raise RuntimeError("can't start new thread")
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert check(SUMS, total).status == "right"
    assert "No answer" in told(loop)


def test_a_limit_that_was_kept_does_not_strike_later():
    for _ in range(20):
        with time_limit(0.01):
            pass
    time.sleep(0.3)


def test_taking_counts_and_copies():
    held = np.arange(3.0)
    answer = taken({"a": held, "b": (1, [2.0, np.str_("x")]), "c": pd.Series([1, None], dtype="Int64")})
    held[:] = 0
    assert answer["a"].tolist() == [0, 1, 2] and type(answer["b"][1][1]) is str and np.isnan(answer["c"][1])
    assert count_of(answer) == 3 + 3 + 2
    assert isinstance(taken([0] * 10, 9), Sealed) and taken([0] * 10, 20) == [0] * 10


def test_what_is_nested_deep_is_told_apart_from_what_holds_itself():
    deep = []
    for _ in range(100):
        deep = [deep]
    assert "nested more than 40 deep" in check(SUMS, lambda x: deep).says


def test_a_huge_dict_is_told_to_be_too_large_at_once():
    card = card_of(lambda x: {"a": float(x)}, [(1.0,)])
    result = check(card, lambda x: dict.fromkeys(range(90_000), 1.0))
    assert result.mistake == "too many values", result.says


def test_the_collector_and_the_modules_are_put_back():
    import gc
    import sys

    def vandal(x):
        gc.disable()
        sys.modules.pop("statistics", None)
        sys.modules.pop("numpy.linalg", None)
        return x.sum(axis=1)
    check(SUMS, vandal)
    assert gc.isenabled() and "numpy.linalg" in sys.modules
