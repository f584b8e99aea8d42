"""Ids of any type lead to dense ids and back; what is no id is refused."""

import uuid

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.contracts import ArgumentError, DataError, UnknownIdError, Vocabulary

IDS = st.one_of(st.lists(st.integers(-2**62, 2**62), min_size=1, max_size=40),
                st.lists(st.text(min_size=1).filter(lambda t: t.strip()), min_size=1, max_size=40),
                st.lists(st.uuids(), min_size=1, max_size=40))


@given(IDS, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_there_and_back_is_where_one_was_whatever_the_order_of_rows(ids, random):
    vocabulary = Vocabulary.of(ids)
    dense = vocabulary.encode(np.array([*ids, None], object)[:-1])
    assert vocabulary.decode(dense).tolist() == ids
    assert sorted(set(dense.tolist())) == list(range(len(vocabulary)))          # dense: every number is somebody's
    random.shuffle(ids)
    assert Vocabulary.of(ids).ids.tolist() == vocabulary.ids.tolist() == sorted(set(ids))


@pytest.mark.parametrize("column", [
    np.array([7, 3, 7]), np.array([7, 3, 7], object), np.array([7.0, 3.0, 7.0]), pd.Series([7, 3, 7], dtype="UInt8"),
    pd.Series([7, 3, None, 7]), pd.Series([7, 3, None, 7], dtype="Int64"), pd.Series([7, 3, 7], dtype="category")])
def test_whole_numbers_are_the_same_ids_however_they_are_held(column):
    vocabulary = Vocabulary.of(column)
    assert vocabulary.ids.tolist() == [3, 7] and vocabulary.ids.dtype.kind == "i"
    assert vocabulary.encode(np.array([7, 3.0], object)).tolist() == vocabulary.encode([7, 3]).tolist() == [1, 0]
    assert type(vocabulary.decode([1]).tolist()[0]) is int


def test_a_number_never_meets_the_text_that_spells_it():
    assert Vocabulary.of([1, 2]).encode(["1"], unknown=-1).tolist() == [-1]
    assert Vocabulary.of(["1", "2"]).encode([1], unknown=-1).tolist() == [-1]
    assert "1" in Vocabulary.of(["1"]) and 1 not in Vocabulary.of(["1"])
    with pytest.raises(DataError, match="user ids mixes numbers and text"):
        Vocabulary.of([1, "a"], kind="user")
    with pytest.raises(DataError, match="numbers.*text|text.*numbers"):
        Vocabulary.of([1, 2], ["1", "3"])


def test_an_unknown_id_is_named_with_its_place_or_marked():
    vocabulary = Vocabulary.of(["ann", "bob"], kind="user")
    with pytest.raises(UnknownIdError, match="1 of 2 user ids are not known, first 'eve' at place 1.*such as 'ann'"):
        vocabulary.encode(["bob", "eve"])
    assert vocabulary.encode([["bob", "eve"]], unknown=-1).tolist() == [[1, -1]]
    with pytest.raises(UnknownIdError):
        vocabulary.decode([2])


def test_empty_slots_have_no_id():
    assert Vocabulary.of(["a", "b"]).decode([[1, -1]]).tolist() == [["b", None]]
    assert Vocabulary.of([uuid.UUID(int=5)]).decode([0])[0] == uuid.UUID(int=5)
    assert len(Vocabulary.of([])) == 0 and Vocabulary.of([]).encode([]).tolist() == []


@pytest.mark.parametrize(("column", "says"), [
    ([1.5, 2.0], "holds 1.5 in row 0"), ([True, False], "True and False"), ([b"a"], "bytes"), ([np.inf, 1.0], "inf"),
    (pd.to_datetime(["2020-01-01"]), "moments"), ([[1], [2]], "list")])
def test_what_is_no_id_is_refused(column, says):
    with pytest.raises(ArgumentError, match=says):
        Vocabulary.of(pd.Series(column), kind="item")


def test_a_vocabulary_holds_each_id_once():
    with pytest.raises(DataError, match="'a' stands twice"):
        Vocabulary(["a", "b", "a"])
