"""A known mistake is still named behind a harmless second difference, with a hedge, and never by chance."""

from dataclasses import replace

import numpy as np
from toys import card_of

from course_lib.teach.checking.check import check
from course_lib.teach.definitions.card import Mistake

rng = np.random.default_rng(5)
CASES = [(rng.uniform(0.2, 3, 5),) for _ in range(4)]
SUM = Mistake("sum", lambda v: np.cumsum(v), "You add up along the way, and the mean so far is asked for.")
LOG = Mistake("log", lambda v: np.log(v), "You take logarithms, which nobody asked for in this task.")


def mean_so_far(v):
    return np.cumsum(v) / np.arange(1, len(v) + 1)


CARD = replace(card_of(mean_so_far, CASES), mistakes=(SUM, LOG))


def test_the_mistake_itself_is_said_without_a_hedge():
    result = check(CARD, lambda v: np.cumsum(v))
    assert result.known and result.says == SUM.says


def test_a_mistake_that_is_rounded_is_still_named():
    result = check(CARD, lambda v: np.round(np.cumsum(v), 2))
    assert (result.mistake, result.known) == ("sum", False)
    assert result.says == f"Your answers look like those of a known mistake, rounded to 2 places: {SUM.says}"


def test_a_mistake_with_a_guard_is_still_named():
    result = check(CARD, lambda v: np.cumsum(v) if v[0] > np.median([c[0][0] for c in CASES]) else mean_so_far(v))
    assert result.mistake == "sum" and "cases that fail your answers are those of a known mistake" in result.says


def test_a_mistake_on_some_values_is_still_named():
    result = check(CARD, lambda v: np.where(np.arange(len(v)) > 2, np.cumsum(v), mean_so_far(v)))
    assert result.mistake == "sum" and result.says.startswith("Where your values are wrong")


def test_one_value_that_is_wrong_otherwise_is_no_family():
    def other(v):
        answer = np.where(np.arange(len(v)) > 2, np.cumsum(v), mean_so_far(v))
        answer[1] += 0.5
        return answer
    assert check(CARD, other).mistake != "sum"


def test_two_mistakes_that_fit_are_none():
    twin = Mistake("twin", lambda v: np.cumsum(v) + 1e-9, "The same in other words, so that neither can be sure.")
    card = replace(CARD, mistakes=(SUM, twin))
    assert check(card, lambda v: np.round(np.cumsum(v), 2)).mistake not in ("sum", "twin")


def test_yes_and_no_agree_by_chance():
    card = card_of(lambda v: v.sum() > 1, [(rng.normal(size=3) + 1,) for _ in range(8)])
    never = Mistake("never", lambda v: False, "You say no to everything, whatever the sum may be.")
    card = replace(card, mistakes=(never,))
    assert check(card, lambda v: bool(v.sum() > 3)).mistake != "never"


def test_the_right_answer_rounded_is_not_the_mistake():
    result = check(CARD, lambda v: np.round(mean_so_far(v), 2))
    assert result.mistake == "rounded to 2"


def test_a_mistake_that_looks_out_for_nan_is_named_where_the_answer_does_not():
    """As an error taken from r (1 − r) where amounts can be lost: the mistake says 0 there, most people's code NaN."""
    cases = [(np.array([value, 2 * value]),) for value in (0.3, 0.7, 1.1, -0.4)]
    root = Mistake("root", lambda v: np.sqrt(max(v.sum(), 0.0)), "You take a root, and nobody asked for one.")
    card = replace(card_of(lambda v: v.sum() / 3, cases), mistakes=(root,))
    with np.errstate(invalid="ignore"):
        result = check(card, lambda v: np.sqrt(v.sum()))
        other = check(card, lambda v: np.sqrt(v.sum()) + (v.sum() > 3))
    assert result.mistake == "root" and result.says.startswith("Wherever your answer holds no NaN")
    assert other.mistake != "root"
