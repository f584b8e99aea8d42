"""No attempt touches the next: after a function that spoils all it can reach, every card is as it was."""

import numpy as np
import pandas as pd
import pytest
import torch
from toys import SUMS, card_of

from course_lib.evidence import estimate
from course_lib.teach import cards
from course_lib.teach.checking import case_runs
from course_lib.teach.checking.check import check
from course_lib.teach.checking.equality import clone, same

EVERY = [pytest.param(card, id=card.id) for card in cards.all_cards()]


@pytest.fixture(autouse=True)
def without_timing(monkeypatch):
    monkeypatch.setattr("course_lib.teach.checking.check.speed_ratio", lambda card, fn: 1.0)


def spoil(value):
    """Change value in place as far as it lets itself be changed."""
    if isinstance(value, np.ndarray):
        value.setflags(write=True)
        value[...] = np.zeros((), value.dtype) if value.dtype.kind in "OUSV" else 77
    elif isinstance(value, torch.Tensor):
        with torch.no_grad():
            value.fill_(1)
    elif isinstance(value, pd.DataFrame):
        for name in list(value.columns):
            value[name] = value[name].to_numpy()[::-1] * 0 if value[name].dtype.kind in "iuf" else "spoilt"
        value.drop(columns=list(value.columns)[1:], inplace=True)
    elif isinstance(value, list):
        for part in value:
            spoil(part)
        value.clear()
    elif isinstance(value, tuple):
        for part in value:
            spoil(part)
    elif isinstance(value, dict):
        for part in value.values():
            spoil(part)
        value.clear()
    elif hasattr(value, "__dict__") and not callable(value):
        vars(value).clear()


def vandal(reference, late=False):
    """Spoils its arguments, those of all earlier calls and what the reference gives; late: but answers right first."""
    seen = []

    def spoils(*args, **kwargs):
        answer = reference(*clone(args), **clone(kwargs))
        seen.extend([args, kwargs, answer])
        for part in seen[-300:]:
            try:
                spoil(part)
            except (ValueError, TypeError, RuntimeError):
                continue
        return reference(*clone(args), **clone(kwargs)) if not late else clone(answer)
    return spoils


def state_of(card):
    runs = case_runs.collect(card, card.reference, 20.0)
    return ([run.got.value if run.got.error is None else type(run.got.error).__name__ for run in runs],
            [run.want for run in runs if run.got.error is None], [run.case.expected for run in runs if run.by_hand],
            case_runs.invariants(card, card.reference, stop_at_first=False))


@pytest.mark.parametrize("card", EVERY)
def test_a_vandal_leaves_every_card_as_it_was(card):
    before = state_of(card)
    for late in (False, True):
        check(card, vandal(card.reference, late))
        case_runs.invariants(card, vandal(card.reference, late), stop_at_first=False)
    after = state_of(card)
    assert same(after, before, 0, 0)
    result = check(card, card.reference)
    assert result.status == "right", result.says


def test_the_vandal_would_be_seen_without_the_copies(monkeypatch):
    """The invariant of the join exercise hands out a table of its module; without copies it is spoilt for good."""
    table = pd.DataFrame({"x": [1.0, 2.0]})
    card = card_of(lambda rows: float(rows["x"].sum()), [(table,)], invariants=(
        case_runs_invariant(table),))
    check(card, vandal(card.reference))
    case_runs.invariants(card, vandal(card.reference))
    assert list(table["x"]) == [1.0, 2.0]
    monkeypatch.setattr(case_runs, "isolated", lambda fn, *_: fn)
    case_runs.invariants(card, vandal(card.reference))
    assert list(table["x"]) != [1.0, 2.0]


def case_runs_invariant(table):
    from course_lib.teach.definitions.card import Invariant

    return Invariant("the sum is above zero", lambda fn, rng: fn(table) > 0)


def test_cases_share_nothing_with_the_card_or_one_another():
    first, second = case_runs.cases_of(SUMS), case_runs.cases_of(SUMS)
    for case, _ in first:
        case.args[0][...] = 0
        if case.expected is not None:
            case.expected[...] = 0
    assert all(case.args[0].any() for case, _ in second)
    assert all(case.args[0].any() for case, _ in case_runs.cases_of(SUMS)) and SUMS.by_hand[0].expected.any()


def test_a_table_is_copied_with_its_labels_and_its_objects():
    table = pd.DataFrame({"names": [["a"], ["b"]], "x": [1, 2]}, index=[10, 20])
    held = clone(table)
    held["names"].iloc[0].append("c")
    held.index.to_numpy().setflags(write=True)
    held.index.to_numpy()[0] = 99
    assert table["names"].tolist() == [["a"], ["b"]] and list(table.index) == [10, 20]


def test_an_answer_is_judged_as_it_was_returned_and_not_as_a_later_call_left_it():
    buffer = np.zeros(5)

    def reuses(x):
        buffer[: len(x)] = x.sum(axis=1)
        return buffer[: len(x)]
    assert check(SUMS, reuses).status == "right"


def test_gradients_flow_through_the_copies():
    x = torch.ones(3, requires_grad=True)
    case_runs.isolated(lambda v: (v * 2).sum())(x).backward()
    assert x.grad.tolist() == [2, 2, 2]


def test_an_argument_changed_in_place_is_still_told_under_a_card_that_calls():
    card = card_of(lambda x: x.sum(axis=1), [(np.ones((2, 2)),)], call=lambda fn, x: fn(x))

    def changes(x):
        total = x.sum(axis=1)
        x *= 0
        return total
    assert "changes its argument `x`" in check(card, changes).says


class AlwaysEqual:
    """Takes a function's place and says that it is equal to anything."""

    def __call__(self, *args, **kwargs):
        return 0.0

    def __eq__(self, other):
        return True

    __hash__ = None


@pytest.mark.parametrize(("module", "name"), [
    (np, "mean"), (np.linalg, "norm"), (estimate, "t_estimate"), (case_runs, "agrees")])
@pytest.mark.parametrize("when", ["at once", "in the last case"])
def test_a_function_of_a_library_or_of_the_course_that_is_replaced_is_told_and_put_back(module, name, when):
    before, calls = getattr(module, name), []
    last = len(case_runs.cases_of(SUMS))

    def patching(x):
        calls.append(1)
        if when == "at once" or len(calls) == last:
            setattr(module, name, AlwaysEqual())
        return x.sum(axis=1)
    result = check(SUMS, patching)
    assert getattr(module, name) is before
    assert result.status == "wrong" and f"replaces `{module.__name__}.{name}`" in result.says
