"""The shared words: errors that say what to do, dice that do not depend on batching, slates that are checked."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.contracts import (
    DAY_S,
    ArgumentError,
    Arm,
    Assignment,
    Requests,
    ShapeError,
    SlateError,
    Slates,
    UnknownIdError,
    check_finite,
    check_shape,
    keyed_uniform,
)

KEYS = st.lists(st.integers(-2**62, 2**62), min_size=1, max_size=30)


# --- shapes and numbers -------------------------------------------------------------------------------------------
def test_shapes_that_agree_give_their_sizes():
    assert check_shape(query=(np.ones((4, 8)), "Bd"), item=(np.ones((5, 8)), "Nd")) == {"B": 4, "d": 8, "N": 5}


def test_shapes_that_disagree_name_both_arrays_and_the_axis():
    with pytest.raises(ShapeError, match=r"item has shape \(4, 7\): axis d is 7, but query has d = 8"):
        check_shape(query=(np.ones((4, 8)), "Bd"), item=(np.ones((4, 7)), "Bd"))
    with pytest.raises(ShapeError, match="expected 2 axes"):
        check_shape(query=(np.ones(4), "Bd"))


def test_the_first_bad_number_is_named():
    values = np.zeros((2, 3))
    values[1, 2] = np.nan
    with pytest.raises(ArgumentError, match=r"price holds 1 values .* first at \(1, 2\)"):
        check_finite(stock=np.ones(3), price=values)
    check_finite(stock=np.ones(3))


def test_an_unknown_id_prints_as_a_sentence():
    assert str(UnknownIdError("user 7 was never seen")) == "user 7 was never seen"
    with pytest.raises(KeyError):
        raise UnknownIdError("user 7")


# --- dice ---------------------------------------------------------------------------------------------------------
@given(KEYS, st.integers(0, 2**63))
@settings(max_examples=50, deadline=None)
def test_dice_do_not_depend_on_the_batch(keys, seed):
    together = keyed_uniform(seed, np.array(keys), 3)
    alone = [float(keyed_uniform(seed, key, 3)) for key in keys]
    assert together.tolist() == alone
    assert ((together >= 0) & (together < 1)).all()


def test_dice_are_uniform_and_keys_do_not_commute():
    from scipy.stats import kstest

    draws = keyed_uniform(5, np.arange(20_000), 1)
    assert kstest(draws, "uniform").pvalue > 0.001
    assert abs(np.corrcoef(draws[:-1], draws[1:])[0, 1]) < 0.03        # neighbours know nothing of each other
    assert keyed_uniform(5, 1, 2) != keyed_uniform(5, 2, 1)
    assert keyed_uniform(5, 1, 2) != keyed_uniform(6, 1, 2)


def test_dice_are_the_same_on_any_machine():
    assert keyed_uniform(0, 0) == keyed_uniform(0, np.int32(0)) == keyed_uniform(0, np.array([0]))[0]
    assert int(keyed_uniform(0, 1) * 2**53) == 0xE220A8397B1DCDAF >> 11         # SplitMix64, seed 0, as published


# --- requests and slates -------------------------------------------------------------------------------------------
def requests(size=3, items=20, slate_size=4):
    return Requests.of(np.arange(size), eligible=np.arange(items), day=2, slate_size=slate_size)


def test_requests_know_their_day_and_can_be_taken_from():
    batch = requests()
    assert batch.day == 2 and (batch.time == 2.5 * DAY_S).all()
    some = batch.take([2, 0])
    assert some.user.tolist() == [2, 0] and some.request_id.tolist() == [2, 0] and len(some) == 2
    assert some.session_items.shape == (2, 0)
    assert batch.take(batch.user > 0).user.tolist() == [1, 2]


def test_a_fair_slate_passes_and_padding_is_allowed():
    item = np.array([[1, 2, 3, -1], [4, 5, -1, -1], [6, 7, 8, 9]])
    assert Slates.certain(item).check(requests()).item.tolist() == item.tolist()


@pytest.mark.parametrize(("item", "propensity", "says"), [
    ([[1, 2], [3, 99]], 1.0, "position 2: item 99 is not eligible on day 2"),
    ([[1, 2], [3, 3]], 1.0, "request 1 shows an item twice"),
    ([[1, 2], [3, 4]], 0.0, "request 0, position 1: propensity 0.0 is outside"),
    ([[1, 2], [3, 4]], 1.5, "propensity 1.5 is outside"),
    ([[1, 2], [3, 4]], np.nan, "propensity nan is outside"),
])
def test_a_slate_that_cannot_be_is_refused_with_its_place(item, propensity, says):
    item = np.array(item, np.int32)
    with pytest.raises(SlateError, match=says):
        Slates(item, np.full(item.shape, propensity, np.float32)).check(requests(2))


def test_slates_for_another_batch_are_refused():
    with pytest.raises(ShapeError, match="for 3 requests"):
        Slates.certain(np.zeros((2, 4))).check(requests())


# --- assignment ---------------------------------------------------------------------------------------------------
def assignment(share, salt=0):
    return Assignment((Arm("control", None, 1 - share), Arm("treatment", None, share)), salt=salt)


def test_an_assignment_gives_the_shares_asked_for_and_never_moves():
    units = np.arange(40_000)
    arm = assignment(0.2).arm_of(units)
    assert abs(arm.mean() - 0.2) < 4 * np.sqrt(0.16 / len(units))
    assert (arm[::-1] == assignment(0.2).arm_of(units[::-1])).all()


def test_a_ramp_only_adds_to_the_treated():
    units = np.arange(5_000)
    small, large = (assignment(share).arm_of(units) for share in (0.05, 0.25))
    assert (large[small == 1] == 1).all()


def test_another_salt_is_another_draw():
    units = np.arange(40_000)
    both = (assignment(0.5, salt=1).arm_of(units) & assignment(0.5, salt=2).arm_of(units)).mean()
    assert abs(both - 0.25) < 0.02


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_shares_of_nothing_and_all_are_exact(share):
    assert set(assignment(share).arm_of(np.arange(1000))) == {int(share)}


def test_shares_that_do_not_sum_and_unknown_units_are_refused():
    with pytest.raises(ArgumentError, match="sum 0.9"):
        Assignment((Arm("a", None, 0.5), Arm("b", None, 0.4)))
    with pytest.raises(ArgumentError, match="'household'"):
        Assignment((Arm("a", None, 1.0),), unit="household")
