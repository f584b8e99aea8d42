"""Where an answer is wrong, in which part, on which rows, and on how small an input: said only where it holds."""

import time

import numpy as np
from toys import SUMS, TOP_K, card_of

from course_lib.teach.checking.axes import groups_of, take
from course_lib.teach.checking.case_runs import cases_of, collect
from course_lib.teach.checking.check import check
from course_lib.teach.checking.localise import where
from course_lib.teach.checking.shrink import brief, sentence, smallest

rng = np.random.default_rng(3)
SIGNED = [(np.array([1.5, -2.0, 3.0, -0.5]),), (np.array([-1.0, 4.0, 2.5]),), (np.array([2.0, 3.0]),)]


def says(reference, fn, cases, **changes):
    result = check(card_of(reference, cases, **changes), fn)
    assert result.status == "wrong"
    return result


def test_the_place_of_all_wrong_values_is_named():
    result = says(lambda value: value ** 3, lambda value: np.where(value < 0, 7.0, value ** 3), SIGNED)
    assert "All 5 wrong values are where `value` is negative, and none of the 8 right ones." in result.says
    assert result.mistake == "wrong in one place"


def test_no_place_is_named_where_one_right_value_shares_it():
    result = says(lambda value: value ** 3, lambda value: np.where(value < -0.7, 7.0, value ** 3), SIGNED)
    assert "negative" not in result.says


def test_an_argument_is_held_against_another():
    cases = [(np.array([1.0, 5.0, 9.0]), 5.0), (np.array([2.0, 3.0, 8.0]), 3.0), (np.array([4.0, 1.0]), 2.0)]
    result = says(lambda time, now: (time <= now) * 2.5, lambda time, now: (time < now) * 2.5, cases)
    assert "`time` equals `now`" in result.says


def test_text_that_is_never_answered_is_named():
    def rule(low, high):
        return "good" if low > 0 else "bad" if high < 0 else "open"
    cases = [(1, 2), (-2, -1), (-1, 1), (-4, 3)]
    result = says(rule, lambda low, high: "good" if low + high >= 0 else "bad", cases)
    assert "On no case does your function answer 'open'." in result.says
    assert "yours is 'good'" in result.says and "right is 'open'" in result.says


def test_a_scalar_is_never_just_not_right():
    result = says(lambda v: float(np.median(v)), lambda v: float(np.sin(v).sum()), SIGNED)
    assert "There yours is" in result.says and "right is" in result.says


def test_each_part_of_an_answer_is_judged_alone():
    result = says(lambda value: (value * 2, value + 1.0), lambda value: (value * 2, -value - 1.0), SIGNED)
    assert "the first part is right; the second part is not" in result.says
    assert "negate it" in result.says and result.mistake == "a part is wrong"


def test_keys_are_parts_too():
    result = says(lambda value: {"low": value.min(), "all": value}, lambda value: {"low": value.max(), "all": value},
                  SIGNED)
    assert "`all` is right; `low` is not" in result.says


def test_dicts_of_numbers_are_read_as_numbers():
    result = says(lambda value: {"a": value.sum(), "b": value.max()},
                  lambda value: {"a": -value.sum(), "b": -value.max()}, SIGNED)
    assert result.mistake == "wrong sign"


def test_rows_that_are_right_alone_are_told():
    cases = [(rng.uniform(1, 2, (n, 4)),) for n in (3, 4, 5)]
    result = says(lambda x: x - x.max(axis=1, keepdims=True), lambda x: x - x.max(), cases)
    assert result.mistake == "rows together"
    other = says(lambda x: x - x.max(axis=1, keepdims=True), lambda x: x - x.max() + 1, cases)
    assert other.mistake != "rows together"


def test_rows_that_are_merged_are_counted_and_not_called_shared():
    cases = [(np.array(ids),) for ids in ([3, 1, 1], [2, 2, 5, 4], [9, 9])]
    result = says(lambda ids: ids * 2.0, lambda ids: np.unique(ids) * 2.0, cases)
    assert result.mistake == "rows together" and "shared" not in result.says
    assert "your answer has 2 rows where 3 belong" in result.says


def test_the_same_values_in_another_order():
    cases = [(rng.normal(size=n),) for n in (5, 6)]
    assert says(lambda v: v * 2, lambda v: np.roll(v, 2) * 2, cases).mistake == "other order"
    assert says(lambda v: v * 2, lambda v: np.roll(v, 2) * 2 + 1e-2, cases).mistake != "other order"


def test_the_right_one_over_its_own_sum():
    cases = [(rng.uniform(1, 2, n),) for n in (4, 5)]
    result = says(lambda v: v ** 2, lambda v: v ** 2 / (v ** 2).sum(), cases)
    assert "divided by its own sum" in result.says
    result = says(lambda v: v ** 2 / np.linalg.norm(v ** 2), lambda v: v ** 2, cases)
    assert "Divide your result by its own Euclidean norm" in result.says


def test_a_selection_says_what_it_lacks():
    cases = [(np.array([3, 1, 4, 2]),), (np.array([5, 9, 6]),)]
    result = says(lambda v: v[v > 2], lambda v: v[v > 3], [(np.array([3, 1, 4, 3]),), (np.array([5, 3, 6]),)])
    assert result.mistake == "too few" and "(first: 3)" in result.says
    assert says(lambda v: v[v > 4], lambda v: v[v > 1], cases).mistake == "too many"


def test_an_argument_that_never_matters_is_named():
    cases = [(rng.normal(size=4), float(k)) for k in (2, 3, 5)]
    result = says(lambda v, margin: v * margin + margin, lambda v, margin: v * 2.0 + 2.0, cases)
    assert result.mistake == "argument ignored" and "`margin`" in result.says
    result = says(lambda v, margin: v * margin + margin, lambda v, margin: v * 2.0 + 2.0 + margin, cases)
    assert result.mistake != "argument ignored"


def test_a_length_that_stands_in_another_argument_need_not_be_read():
    cases = [(rng.normal(size=n), n) for n in (3, 4, 5)]
    result = says(lambda v, n: np.sin(v) / n, lambda v, n: np.cos(v) / len(v), cases)
    assert "`n`" not in result.says.split("smallest")[0]


def test_the_smallest_input_is_small_and_still_fails():
    card = card_of(lambda a, b: float((a * b).sum()), [(rng.normal(size=n), rng.normal(size=n)) for n in (40, 60)])

    def wrong(a, b):
        return float((a * b).sum() - min(0.0, a.min()))
    small = smallest(card, wrong, collect(card, wrong, 1.0))
    a, b = small.case.args
    assert len(a) == len(b) <= 3 and (a < 0).any()
    assert wrong(a, b) == small.got != small.want == card.reference(a, b)


def test_only_inputs_on_which_two_right_solutions_agree_are_shown():
    """The task speaks of vectors of four or more: below that the alternative answers otherwise."""
    def other(v):
        return v.sum() if len(v) >= 4 else -1.0
    card = card_of(lambda v: v.sum(), [(rng.normal(size=n),) for n in (9, 12)])
    object.__setattr__(card, "alternative", other)
    small = smallest(card, lambda v: v.sum() + 1, collect(card, lambda v: v.sum() + 1, 1.0))
    assert len(small.case.args[0]) == 4


def test_shares_and_permutations_are_not_cut():
    shares, order = rng.dirichlet(np.ones(5)), rng.permutation(6)
    card = card_of(lambda p, order: p.max() + order[0], [(shares, order), (rng.dirichlet(np.ones(7)), order[::-1])])
    case = cases_of(card)[1][0]
    assert all(group.fixed for group in groups_of([one for one, _ in cases_of(card)], case))


def test_arguments_of_one_length_shrink_together():
    cases = [case for case, _ in cases_of(card_of(lambda a, b, n: a.sum() + len(b) + n, [
        (np.arange(float(n)), list(range(n)), n) for n in (4, 6)]))]
    group = groups_of(cases, cases[2])[0]
    a, b, n = take(cases[2], group, [0, 5]).args
    assert a.tolist() == [0.0, 5.0] and b == [0, 5] and n == 2


def test_shrinking_keeps_to_its_time():
    def slow(v):
        time.sleep(0)
        sum(range(20_000))
        return v.sum() + 1
    card = card_of(lambda v: v.sum(), [(rng.normal(size=n),) for n in (3_000, 4_000)])
    runs = collect(card, slow, 1.0)
    started = time.process_time()
    assert smallest(card, slow, runs, 0.1) is not None
    assert time.process_time() - started < 1.0


def test_an_error_is_shrunk_too():
    def crash(x):
        if (x < -1).any():
            raise KeyError("below")
        return x.sum(axis=1)
    result = check(SUMS, crash)
    assert "The smallest failing input found: `x` = [[" in result.says and "raises KeyError" in result.says


def test_values_on_one_line():
    assert brief(np.array([[1.0, 2.5]])) == "[[1. , 2.5]]"
    assert brief((np.arange(2), 3, 0.1 + 0.2)) == "([0, 1], 3, 0.3)"
    assert len(brief("x" * 500)) == 90


def test_no_place_without_a_right_value():
    def all_wrong(scores, k):
        return np.argsort(-scores, axis=1)[:, :k] * 0 + 17
    assert where(TOP_K, collect(TOP_K, all_wrong, 1.0)) == ""


def test_a_broken_invariant_shows_a_call_that_is_wrong():
    def by_ratio(scores, k):
        return top(scores, k) if scores.min() < 10 else top(-scores, k)

    def top(scores, k):
        return np.argsort(-scores, axis=1)[:, :k]
    result = check(TOP_K, by_ratio)
    assert "does not hold" in result.says
    assert "`scores` = [[13., 11., 12.]], `k` = 2. There yours is [[1, 2]]; right is [[0, 2]]" in result.says


def test_values_that_look_alike_get_more_digits():
    card = card_of(lambda v: v / 3, [(np.array([1.0]),), (np.array([4.0]),)])
    said = sentence(card, smallest(card, lambda v: v / 3.0001, collect(card, lambda v: v / 3.0001, 1.0)))
    yours, right = said.split("yours is ")[1].split("; right is ")
    assert yours != right.rstrip(".")


def test_a_smaller_case_that_does_not_fit_is_shown_beside_its_sentence():
    texts = [f"one of the texts that are too long for a line, number {number}" for number in range(30)]
    card = card_of(lambda texts: max(len(text) for text in texts) * 1.5, [(texts[:n],) for n in (10, 20, 30)])
    result = check(card, lambda texts: sum(len(text) for text in texts) * 1.0)
    assert "that is shown yours is" in result.says
    assert dict(result.shows)["texts"].count("number") < 10 and dict(result.shows)["right"] in result.says


def test_a_constant_gap_is_named_before_mere_closeness():
    cases = [(np.array([900.5, 700.25, 830.0]),), (np.array([999.0, 650.5]),)]
    result = says(lambda v: v * 2, lambda v: v * 2 + 3, cases)
    assert result.mistake == "constant gap" and "Every value is 3 too large." in result.says
