"""What a near miss may be said of: each rule is held against an answer that only looks like it."""

import numpy as np
import pytest
import torch
from toys import card_of

from course_lib.teach.checking.check import check
from course_lib.teach.checking.near_misses import from_outputs

rng = np.random.default_rng(1)
POSITIVE = [(rng.uniform(1, 3, n),) for n in (4, 5, 6)]
PAIRS = [(rng.normal(size=(3, 3)), rng.normal(size=(3, 3))) for _ in range(3)]
MIXED = [(np.array([-3.0, 1.0, 2.5]),), (np.array([2.0, -1.0, -4.0, 0.5]),)]


def named(reference, fn, cases):
    result = check(card_of(reference, cases), fn)
    assert result.status == "wrong"
    return result.mistake


def test_values_that_agree_are_no_near_miss():
    assert from_outputs([(np.ones(3), np.ones(3, int))], [{}]) is None


def test_a_rule_that_changes_nothing_is_not_the_cause():
    assert from_outputs([(np.array([[2.0, 1.0], [1.0, 5.0]]), np.array([[2.0, 1.0], [1.0, 5.0]]))], [{}]) is None
    zeros = [(np.zeros(3), np.zeros(3)), (np.array([1.0, 2.0, 4.0]), np.array([1.0, 2.0, 3.0]))]
    assert from_outputs(zeros, [{}, {}]) is None


def test_nan_that_is_legal_is_no_division_by_zero():
    right = np.array([np.nan, 1.0, 2.0, 0.5])
    early = np.array([1.0, np.nan, 2.0, 0.5])
    assert from_outputs([(early, right)], [{}]) is None
    more = from_outputs([(np.array([np.nan, np.nan, 2.0, 0.5]), right)], [{}])
    assert more.name == "NaN" and "division" not in more.says
    assert "division" in from_outputs([(np.array([np.nan, 2.0]), np.array([1.0, 2.0]))], [{}]).says


def test_a_pair_in_the_other_order_is_exchanged_and_not_reversed():
    up, twice = np.arange(3.0), 2 * np.arange(3.0)
    pairs = [((up + i, twice + i), (twice + i, up + i)) for i in (1, 2)]
    assert from_outputs(pairs, [{}, {}]).name == "exchanged"


def test_one_off_is_exact_also_for_large_numbers():
    assert from_outputs([(np.array([1_000_001.0, 7.0]), np.array([1_000_000.0, 6.0]))], [{}]).name == "off by one"
    close = [(np.array([1_000_000.0, 5_000_010.0]), np.array([1_000_009.0, 5_000_000.0]))]
    slip = from_outputs(close, [{}])
    assert slip is None or slip.name != "off by one"


def test_counting_is_spoken_of_only_where_something_is_counted():
    counted = from_outputs([(np.array([3, 5]), np.array([2, 4]))], [{}])
    measured = from_outputs([(np.array([3.25, 5.5]), np.array([2.25, 4.5]))], [{}])
    assert "count" in counted.says and "count" not in measured.says


def test_nothing_but_zeros_is_not_a_fraction_cut_off():
    pairs = [(np.array(1e-30), np.array(0.3)), (np.array(0.0), np.array(0.2)), (np.array(1e-12), np.array(0.7))]
    slip = from_outputs(pairs, [{}] * 3)
    assert slip is None or slip.name not in ("wrong dtype", "constant factor")


def test_always_zero_times_the_right_one_is_not_said():
    slip = from_outputs([(np.zeros(3), np.arange(1.0, 4.0)), (np.zeros(2), np.arange(1.0, 3.0))], [{}, {}])
    assert slip is None or "0 times" not in slip.says


def test_a_product_that_commutes_is_never_swapped():
    assert named(lambda a, b: a * b, lambda a, b: a * b + (a - b), PAIRS) != "swapped"
    assert named(lambda a, b: a - 2 * b, lambda a, b: b - 2 * a, PAIRS) == "swapped"


@pytest.mark.parametrize("cases", [POSITIVE, MIXED])
def test_right_for_the_negative_is_said_where_the_direction_is_wrong(cases):
    assert named(lambda v: np.argsort(-v), np.argsort, cases) in ("wrong direction", "order reversed")


def test_right_for_the_negative_is_not_said_of_a_value_that_has_one_sign():
    """Here 2·abs(v) is right for −v, and for v itself the answer is nothing that the task turned round would give."""
    assert named(lambda v: v + np.abs(v), lambda v: np.sin(v) if v.min() > 0 else 2 * np.abs(v),
                 POSITIVE) != "wrong direction"


@pytest.mark.filterwarnings("error")
def test_torch_has_nothing_to_warn_of_where_tables_are_turned_around_and_the_answer_is_a_number():
    cases = [(torch.rand(3, 3) + 1, torch.rand(3, 3)) for _ in range(3)]
    result = check(card_of(lambda a, b: (a @ b).sum(), cases), lambda a, b: (a + b).sum())
    assert result.status == "wrong"
