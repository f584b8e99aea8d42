"""The three outcomes, and the near misses that are recognised for any exercise without being listed."""

import numpy as np
import pytest
import torch
from toys import SUMS, TOP_K, card_of

from course_lib.teach.checking.check import check
from course_lib.teach.checking.shape_problems import shape_problem

rng = np.random.default_rng(0)
SQUARES = [(rng.normal(size=(n, n)),) for n in (3, 4)]
TABLES = [(rng.normal(size=(n, m)) + 2,) for n, m in ((3, 4), (5, 2), (4, 6))]
VECTORS = [(rng.uniform(0.5, 3, size=n),) for n in (4, 7, 5)]


def slip(card, fn):
    result = check(card, fn)
    assert result.status == "wrong" and not result.known, result
    return result


def test_right_wrong_and_not_attempted():
    def stub(x):
        """Docstring."""
        raise NotImplementedError  # your code here
    assert check(SUMS, stub).status == "todo"
    assert check(SUMS, lambda x: x.max(axis=1)).status == "wrong"
    right = check(SUMS, lambda x: np.einsum("ij->i", x))
    assert right.status == "right" and right.passed == (4, 4) and right.ratio > 0


@pytest.mark.parametrize("body", ["pass", "...", '"""Only a docstring."""'])
def test_an_empty_body_is_not_attempted(body):
    space = {}
    text = f"def f(x):\n    {body}"
    exec(text, space)
    assert check(SUMS, space["f"], text).status == "todo"


def test_given_lines_before_the_stub_are_not_an_attempt():
    def partly(x):
        total = x * 2
        raise NotImplementedError(total)
    assert check(SUMS, partly).status == "todo"


def test_not_implemented_from_a_library_is_an_error_and_not_a_stub():
    result = slip(SUMS, lambda x: torch.nn.Module()(torch.tensor(x)))
    assert result.mistake == "NotImplementedError" and result.line


def test_a_stub_in_one_branch_is_wrong():
    def half(x):
        if len(x) < 3:
            return x.sum(axis=1)
        raise NotImplementedError
    assert "not written yet" in slip(SUMS, half).says


def test_a_known_mistake_comes_before_a_near_miss():
    result = check(TOP_K, lambda scores, k: np.argsort(scores, axis=1)[:, :k])
    assert (result.known, result.mistake) == (True, "ascending")


NEAR = [
    ("transposed", card_of(lambda x: x * 2, TABLES), lambda x: x.T * 2),
    ("transposed", card_of(lambda x: x @ (x + 1), SQUARES), lambda x: (x @ (x + 1)).T),
    ("wrong sign", SUMS, lambda x: -x.sum(axis=1)),
    ("mean for sum", SUMS, lambda x: x.mean(axis=1)),
    ("sum for mean", card_of(lambda x: x.mean(axis=0), TABLES), lambda x: x.sum(axis=0)),
    ("n − 1 for n", card_of(lambda v: v.var(), VECTORS), lambda v: v.var(ddof=1)),
    ("n for n − 1", card_of(lambda v: v.var(ddof=1), VECTORS), lambda v: v.var()),
    ("wrong axis", card_of(lambda x: x.sum(axis=1), SQUARES), lambda x: x.sum(axis=0)),
    ("wrong axis", SUMS, lambda x: x.sum(axis=0)),
    ("wrong axis", card_of(lambda x: x / x.sum(axis=1, keepdims=True), SQUARES), lambda x: x / x.sum(axis=0)),
    ("off by one", card_of(lambda v: v.argsort(), VECTORS), lambda v: v.argsort() + 1),
    ("one short", TOP_K, lambda scores, k: np.argsort(-scores, axis=1)[:, :k - 1]),
    ("one long", TOP_K, lambda scores, k: np.argsort(-scores, axis=1)[:, :k + 1]),
    ("shifted by one", TOP_K, lambda scores, k: np.argsort(-scores, axis=1)[:, 1:k + 1]),
    ("order reversed", TOP_K, lambda scores, k: np.argsort(-scores, axis=1)[:, :k][:, ::-1]),
    ("wrong direction", card_of(lambda v: np.sort(v)[-2:].sum() + v[0] * 0, VECTORS),
     lambda v: -np.sort(v)[:2].sum()),
    ("swapped", card_of(lambda a, b: a - 2 * b, [(VECTORS[0][0], VECTORS[0][0] ** 2)]), lambda a, b: b - 2 * a),
    ("wrong dtype", SUMS, lambda x: x.sum(axis=1).astype(int)),
    ("wrong shape or dtype", TOP_K, lambda scores, k: np.argsort(-scores, axis=1)[:, :k].astype(float)),
    ("wrong shape or dtype", SUMS, lambda x: set(x.sum(axis=1))),
    ("extra axis", SUMS, lambda x: x.sum(axis=1, keepdims=True)),
    ("not reduced", SUMS, lambda x: x),
    ("reduced too far", SUMS, lambda x: x.sum()),
    ("NaN", SUMS, lambda x: np.where(x.sum(axis=1) < 0, np.nan, x.sum(axis=1))),
    ("returns None", SUMS, lambda x: print(x.sum(axis=1))),
    ("generator", SUMS, lambda x: (row.sum() for row in x)),
    ("tuple", SUMS, lambda x: (x, x.sum(axis=1))),
    ("complement", card_of(lambda v: v / v.sum(), VECTORS), lambda v: 1 - v / v.sum()),
    ("constant factor", card_of(lambda v: np.log(v + 1), VECTORS), lambda v: np.log2(v + 1)),
    ("root forgotten", card_of(lambda v: v.std(), VECTORS), lambda v: v.var()),
    ("rounded to 2", SUMS, lambda x: x.sum(axis=1).round(2)),
    ("imprecise", card_of(lambda v: v / v.sum(), VECTORS), lambda v: v / (v.sum() + 0.003)),
]


@pytest.mark.parametrize(("name", "card", "fn"), NEAR, ids=[f"{i}-{name}" for i, (name, _, _) in enumerate(NEAR)])
def test_a_near_miss_is_recognised_without_being_listed(name, card, fn):
    assert slip(card, fn).mistake == name


def test_the_axis_whose_length_is_missing_is_named():
    assert "axis 1 of `x`" in slip(SUMS, lambda x: x.mean(axis=1)).says


def test_something_quite_wrong_is_not_called_a_near_miss():
    result = slip(SUMS, lambda x: np.sin(x[:, 0]) + 17)
    assert result.mistake == "" and "two rows" in result.says and dict(result.shows)["right"] == "[ 6.5  -3.25]"


def test_right_answers_that_spoil_the_input_are_wrong():
    def spoils(x):
        total = x.sum(axis=1)
        x *= 0
        return total
    result = slip(SUMS, spoils)
    assert result.mistake == "mutated input" and "`x`" in result.says


def test_two_answers_to_one_question_are_told():
    state = []

    def remembers(x):
        state.append(1)
        return x.sum(axis=1) + len(state) ** 3
    assert slip(SUMS, remembers).mistake == "not repeatable"


def test_an_exception_is_shown_with_the_line_in_their_cell():
    def crash(x):
        first = x.sum(axis=1)
        return first / [1, 2, 3, 4, 5, 6, 7, 8, 9]
    result = slip(SUMS, crash)
    assert result.code == "return first / [1, 2, 3, 4, 5, 6, 7, 8, 9]" and "ValueError" in result.says


def test_an_endless_loop_is_stopped_and_told_so():
    def endless(x):
        while True:
            pass
    result = slip(SUMS, endless)
    assert result.mistake == "no answer in time" and result.code in ("while True:", "pass")


def test_a_loop_that_swallows_one_exception_is_stopped_too():
    def stubborn(x):
        while True:
            try:
                while True:
                    pass
            except Exception:  # noqa: BLE001
                continue
    assert slip(SUMS, stubborn).mistake == "no answer in time"


def test_printed_output_is_kept_and_cut():
    def noisy(x):
        print("a line\n" * 10_000)
        return x.sum(axis=1)
    result = check(SUMS, noisy)
    assert result.status == "right" and len(result.printed) < 3000 and "more characters" in result.printed


def test_a_broken_invariant_is_said_in_its_own_words():
    def by_ratio(scores, k):
        return top(scores, k) if scores.min() < 10 else top(-scores, k)

    def top(scores, k):
        return np.argsort(-scores, axis=1)[:, :k]
    result = slip(TOP_K, by_ratio)
    assert result.stage == "invariant" and "adding a constant" in result.says


def test_a_wrong_number_of_arguments_is_an_error_in_words():
    assert "TypeError" in slip(SUMS, lambda: 3).says


def test_the_reference_may_raise_and_so_must_the_learner():
    def strict(x):
        if not len(x):
            raise ValueError("empty")
        return x.sum()
    card = card_of(strict, [(np.array([1.0, 2.0]),), (np.array([]),)])
    assert check(card, strict).status == "right"
    assert "should raise ValueError" in slip(card, lambda x: x.sum()).says
    assert "KeyError" in slip(card, lambda x: x.sum() if len(x) else {}["a"]).says


def test_gradients_must_flow_where_the_reference_lets_them():
    card = card_of(lambda x: (x * 2).sum(), [(torch.ones(3, requires_grad=True),)])
    assert check(card, lambda x: x.sum() * 2).status == "right"
    assert "gradient" in slip(card, lambda x: (x * 2).sum().detach()).says
    assert ".item()" in slip(card, lambda x: (x * 2).sum().item()).says


def test_zeros_say_nothing_about_a_dtype():
    assert shape_problem(np.zeros(3), np.zeros(3, int)) == ""
    assert "whole numbers" in shape_problem(np.ones(3), np.ones(3, int))
