"""All seeds of a lesson are shifted together where they leave the lesson, and replicate 0 shifts none."""

import ast
import types

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.teach.replication.shifted_seeds import HOOK, LESSON, STRIDE, SeedShift, calls_through


def run(code, replicate, **names):
    """The names of a lesson's code after it ran."""
    lesson = types.ModuleType(LESSON)
    lesson.__dict__.update({HOOK: SeedShift(replicate).through, "np": np, **names})
    exec(compile(calls_through(ast.parse(code)), "<lesson>", "exec"), lesson.__dict__)
    return lesson.__dict__


def of_the_course(seed=0, *, scale=1):
    """Stands for a function of the library that takes a seed."""
    return seed * scale


def without_seed(x):
    return x


of_the_course.__module__ = without_seed.__module__ = "course_lib.data.splits"


class Model:
    """Stands for a class of the library whose seed has a default."""

    def __init__(self, seed=0):
        self.seed = seed

    def fit(self, table, seed=5):
        return seed


Model.__module__ = Model.fit.__module__ = Model.__init__.__module__ = "course_lib.stages.model"


@pytest.mark.parametrize(("call", "seed"), [
    ("f(seed=3)", 3), ("f(3)", 3), ("f()", 0), ("f(seed=np.int64(2))", 2), ("Model().seed", 0), ("Model(7).seed", 7),
    ("Model().fit([1])", 5), ("Model().fit([1], seed=1)", 1), ("f(**{'seed': 4})", 4), ("dict(seed=6)['seed']", 6),
    ("(lambda seed: f(seed=seed))(8)", 8)])
def test_a_seed_is_shifted_however_it_reaches_the_library(call, seed):
    for replicate in (0, 1, 3):
        found = run(f"out = {call}", replicate, f=of_the_course, Model=Model)["out"]
        assert found == seed + replicate * STRIDE


def test_a_function_of_the_lesson_hands_its_seed_on_and_it_is_shifted_once():
    code = "def mine(seed=2):\n    return f(seed=seed), seed\nout = mine(seed=4), mine()"
    assert run(code, 1, f=of_the_course)["out"] == ((4 + STRIDE, 4), (2 + STRIDE, 2))


def test_each_of_several_seeds_is_shifted():
    def several(seeds):
        return seeds
    several.__module__ = "course_lib.world"
    assert run("out = f(seeds=range(2))", 2, f=several)["out"] == [2 * STRIDE, 1 + 2 * STRIDE]


@pytest.mark.parametrize("made", ["np.random.default_rng(4)", "np.random.default_rng(seed=4)"])
def test_generators_are_seeded_anew(made):
    published, other = (run(f"out = {made}.random(3)", replicate)["out"] for replicate in (0, 1))
    assert np.array_equal(published, np.random.default_rng(4).random(3))
    assert np.array_equal(other, np.random.default_rng(4 + STRIDE).random(3))


def test_numpys_own_seed_is_shifted_and_others_seeds_are_left_alone():
    run("np.random.seed(1)", 1)
    drawn = np.random.random()
    assert drawn == np.random.RandomState(1 + STRIDE).random()
    made = types.SimpleNamespace(seed=lambda n: n)
    assert run("out = made.seed(1)", 1, made=made)["out"] == 1


@pytest.mark.parametrize("value", [None, "auto", True, 2.5])
def test_what_is_no_whole_number_is_no_seed(value):
    assert SeedShift(1).seed(value) is value


def test_a_call_that_is_wrong_says_so_itself():
    with pytest.raises(TypeError, match="of_the_course"):
        run("f(1, 2, 3)", 1, f=of_the_course)


def test_objects_are_not_kept_alive():
    import gc
    import weakref
    model = Model()
    gone = weakref.ref(model)
    shift = SeedShift(1)
    shift.through(model.fit, False)([1])
    del model
    gc.collect()
    assert gone() is None


def test_an_error_names_the_lessons_line():
    with pytest.raises(ZeroDivisionError) as caught:
        run("x = 1\ny = f(\n    1 / 0)", 1, f=without_seed)
    assert caught.traceback[-1].lineno + 1 == 3


@pytest.mark.parametrize("replicate", [-1, 2001])
def test_a_replicate_out_of_range_is_refused(replicate):
    with pytest.raises(ArgumentError, match="0 to 2,000"):
        SeedShift(replicate)
