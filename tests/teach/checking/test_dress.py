"""The right values in another container are right, and what later cells get from the function is the reference's."""

from collections import OrderedDict, deque, namedtuple
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import torch
from toys import SUMS, TOP_K, card_of

from course_lib.teach import cards
from course_lib.teach.checking.check import check
from course_lib.teach.checking.dress import to_dress
from course_lib.teach.checking.equality import kind, same
from course_lib.teach.checking.exercises import exercise

EVERY = [pytest.param(card, id=card.id) for card in cards.all_cards()]


@pytest.fixture(autouse=True)
def without_timing(monkeypatch):
    monkeypatch.setattr("course_lib.teach.checking.check.speed_ratio", lambda card, fn: 1.0)


def numbers(value):
    return kind(value) in ("array", "number") and np.asarray(value).dtype.kind in "biuf"


def as_list(value):
    return value.tolist() if kind(value) in ("array", "tensor") else value


def as_tensor(value):
    return torch.as_tensor(np.array(value)) if numbers(value) else value


def as_series(value):
    if kind(value) != "array" or value.ndim != 1:
        return value
    return pd.Series(value, index=np.arange(len(value))[::-1] * 3)


def as_numpy_scalar(value):
    if isinstance(value, bool):
        return np.bool_(value)
    if isinstance(value, str):
        return np.str_(value)
    return np.asarray(value)[()] if kind(value) == "number" else value


def as_array_without_axes(value):
    return np.asarray(value) if kind(value) in ("number", "text") else value


def as_python_number(value):
    return value.item() if kind(value) == "array" and value.ndim == 0 or isinstance(value, np.generic) else value


def as_whole_number(value):
    if kind(value) == "number":
        return int(value) if np.isfinite(value) and int(value) == value else value
    whole = kind(value) == "array" and value.dtype.kind == "f" and np.isfinite(value).all()
    return value.astype(int) if whole and np.array_equal(value, np.round(value)) else value


def as_matrix_in_fortran_order(value):
    return np.asfortranarray(value) if kind(value) == "array" else value


def as_longer_dtype(value):
    sorts = {"i": np.int32, "f": np.float64}
    return value.astype(sorts[value.dtype.kind]) if kind(value) == "array" and value.dtype.kind in sorts else value


def as_other_tuple(value):
    if kind(value) == "tuple":
        return list(value)
    return tuple(value) if kind(value) == "list" else value


def as_other_dict(value):
    if kind(value) != "dict":
        return value
    return OrderedDict((np.str_(key) if isinstance(key, str) else key, value[key]) for key in reversed(list(value)))


DRESSES = [as_list, as_tensor, as_series, as_numpy_scalar, as_array_without_axes, as_python_number, as_whole_number,
           as_matrix_in_fortran_order, as_longer_dtype, as_other_tuple, as_other_dict]


def in_dress(value, dress):
    """The answer, or the parts of a tuple or dict, in this dress."""
    if kind(value) == "tuple":
        value = tuple(dress(part) for part in value)
    elif kind(value) == "dict":
        value = {key: dress(part) for key, part in value.items()}
    return dress(value)


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("card", EVERY)
def test_a_right_answer_in_another_dress_is_right(card, dress):
    def dressed(*args, **kwargs):
        return in_dress(card.reference(*args, **kwargs), dress)
    result = check(card, dressed)
    if result.status == "wrong":
        assert "tensor" in result.says and "values are right" in result.says and dress in (
            as_list, as_python_number), result.says
        return
    assert result.status == "right", result.says


@pytest.mark.parametrize(("like", "value"), [
    (np.array([1.0, 2.0]), [1, 2]), (np.array([1.0, 2.0]), (1.0, 2.0)), (np.array([1, 2]), torch.tensor([1, 2])),
    (np.array([1, 2]), pd.Series([1, 2], index=[5, 3])), (1.5, np.array(1.5)), (1.5, torch.tensor(1.5)),
    ("a", np.array("a")), ([1, 2], np.array([1, 2])), ((1, 2), [1, 2]), ([1, 2], (1, 2)),
    ((np.ones(2), 1.0), [[1, 1], np.array(1.0)]), ({"a": np.ones(2)}, {"a": [1, 1]}), (np.array(2.0), 2.0)])
def test_what_later_cells_get_has_the_references_container(like, value):
    turned = to_dress(value, like)
    assert same(turned, like) and kind(turned) == kind(like)
    if isinstance(like, (tuple, dict)):
        places = like if isinstance(like, dict) else range(len(like))
        assert all(kind(turned[place]) == kind(like[place]) for place in places)


def test_a_function_that_answers_in_the_references_container_is_itself():
    def mine(x):
        return np.einsum("ij->i", x)
    assert check(SUMS, mine).fn is mine


def test_a_function_that_answers_lists_gives_arrays_to_later_cells(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.sqlite"))
    monkeypatch.setattr("course_lib.teach.checking.exercises.find_card", {"99.2": SUMS}.__getitem__)

    def mine(x):
        """My own words."""
        return [sum(row) for row in x]
    bound = exercise("99.2")(mine)
    answer = bound(np.ones((3, 2)))
    assert isinstance(answer, np.ndarray) and (answer + 1).tolist() == [3, 3, 3]
    assert bound.__doc__ == "My own words." and bound.__name__ == "mine"


def test_lists_pass_invariants_that_reckon_with_arrays():
    def lists(scores, k):
        return np.argsort(-scores, axis=1)[:, :k].tolist()
    assert check(TOP_K, lists).status == "right"


def test_a_container_that_cannot_be_turned_is_named_and_nothing_else():
    loss = card_of(lambda x: (x * 2).sum(), [(torch.ones(3),), (torch.arange(4.0),)])
    for answer in (lambda x: (x.sum() * 2).numpy(), lambda x: np.float32(x.sum() * 2)):
        assert "the values are right; return a tensor" in check(loss, answer).says
    says = check(loss, lambda x: float(x.sum() * 2)).says
    assert "the values are right; return a tensor, not a number" in says and "swap" not in says


def test_wrong_values_in_a_list_are_not_called_right():
    result = check(SUMS, lambda x: [sum(row) + 1 for row in x])
    assert result.status == "wrong" and "values are right" not in result.says


def test_text_is_not_taken_for_an_array():
    assert "text where an array belongs" in check(SUMS, lambda x: "6.5").says


def test_a_dtype_that_matters_is_still_told():
    assert "whole numbers" in check(TOP_K, lambda scores, k: (np.argsort(-scores, axis=1)[:, :k] * 1.0).tolist()).says


def test_a_named_tuple_is_a_tuple():
    pair = namedtuple("Pair", "low high")
    card = card_of(lambda x: (x.min(), x.max()), [(np.arange(3.0),), (np.ones(2),)])
    assert check(card, lambda x: pair(x.min(), x.max())).status == "right"
    assert check(card, lambda x: np.array([x.min(), x.max()])).status == "right"


@pytest.mark.parametrize("wrap", [pd.Series, pd.Index, deque, lambda rows: dict(enumerate(rows)).values(),
                                  lambda rows: [Decimal(repr(float(row))) for row in rows]])
def test_later_cells_get_arrays_from_a_class_that_had_to_be_rebuilt(wrap):
    bound = check(SUMS, lambda x: wrap([float(row.sum()) for row in x])).fn
    answer = bound(np.ones((3, 2)))
    assert type(answer) is np.ndarray and (answer[:, None] + 1).ravel().tolist() == [3, 3, 3] and answer[-1] == 2


def test_an_empty_list_of_places_can_be_used_as_places():
    bound = check(TOP_K, lambda scores, k: np.argsort(-scores, axis=1)[:, :k].tolist()).fn
    none = bound(np.ones((2, 3)), 0)
    assert none.dtype.kind == "i" and np.arange(3)[none].shape == (2, 0)
    assert to_dress([], np.array([[1, 2]])).shape == (0, 2) and to_dress([], np.array([1.0])).dtype == float


@pytest.mark.parametrize("lazy", [lambda rows: map(float, rows), iter, lambda rows: (row for row in rows)])
def test_an_answer_that_can_be_read_once_is_told_so(lazy):
    result = check(SUMS, lambda x: lazy([row.sum() for row in x]))
    assert result.status == "wrong" and "return the finished" in result.says


def test_a_series_keeps_its_labels_where_the_answer_has_keys():
    import pandas as pd

    card = cards.card("interview.4")
    result = check(card, lambda before, after: pd.Series(card.reference(before, after)))
    assert result.status == "right", result.says
    assert result.fn({"a": 1.0, "b": 1.0}, {"a": 2.0, "b": 2.0}) == pytest.approx({"a": 1.5, "b": 1.5})


def test_a_count_that_comes_as_a_float_is_whole_for_later_cells():
    card = card_of(lambda counted: int(np.sum(counted)), [(np.array([1, 0, 1, 1]),)])
    result = check(card, lambda counted: np.float64(np.sum(counted)))
    assert result.status == "right" and type(result.fn(np.array([1, 1]))) is int
