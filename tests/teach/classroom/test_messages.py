"""What an answer's process says is checked against a schema; values go over without pickles and come back plain."""

import json

import numpy as np
import pandas as pd
import pytest

from course_lib.teach.checking.equality import same
from course_lib.teach.checking.taking import Sealed
from course_lib.teach.classroom.messages import BadMessageError, decode, encode, row_of


@pytest.mark.parametrize("value", [
    None, True, 3, -2**70, 2.5, float("inf"), 1 + 2j, "ü<b>", b"\x00\xff", np.float32(1.5), np.int64(3), [1, [2.0]],
    (1, "a"), {"a": 1, 2: [3]}, {1, 2}, np.arange(6).reshape(2, 3), np.array([True, False]), np.zeros((0, 3)),
    np.array(["a", "bc"]), np.array(["2024-01-01"], "M8[ns]")], ids=str)
def test_a_value_comes_over_as_it_was(value):
    got = decode(json.loads(json.dumps(encode(value))))
    assert type(got) is type(value) and same(got, value, 0, 0)
    assert getattr(got, "dtype", None) == getattr(value, "dtype", None)


def test_nan_tables_and_series_come_over():
    assert np.isnan(decode(encode(float("nan"))))
    table = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}, index=[5, 6])
    pd.testing.assert_frame_equal(decode(json.loads(json.dumps(encode(table)))), table)
    series = pd.Series([1.0, 2.0], index=["x", "y"])
    pd.testing.assert_series_equal(decode(json.loads(json.dumps(encode(series)))), series)


class Liar(list):
    def __eq__(self, other):
        return True

    __hash__ = None


class Everything:
    def __eq__(self, other):
        return True

    __hash__ = None


@pytest.mark.parametrize("shape", [(0,), (0, 5), (3, 0), (0, 1000, 64)])
def test_an_array_without_values_keeps_its_shape(shape):
    assert decode(encode(np.zeros(shape))).shape == decode(encode(np.zeros(shape, object))).shape == shape


def test_a_class_of_an_answer_loses_its_methods():
    assert type(decode(encode(Liar([1])))) is list
    assert isinstance(decode(encode(Everything())), Sealed)


def deep(levels):
    held = ["int", "1"]
    for _ in range(levels):
        held = ["list", [held]]
    return held


@pytest.mark.parametrize("held", [
    3, 2.5, [], {}, ["pickle", "x"], [["list"]], ["array", "O", [1], "AAAA"], ["array", "<f8", [10**9], ""],
    ["array", "<f8", [-1], ""], ["array", "|S0", [2**33], ""], ["array", "<U1", [2**33, 0], ""],
    ["objects", [2**33, 0], []], ["objects", [0, 2**33], []],
    ["array", "<f8", "x", ""], ["array", 3, [1], "AAAAAAAAAAA="], ["int", "9" * 5000],
    ["int", 5], ["float", "a"], ["float"], ["list", 3], ["dict", [[1]]], ["dict", [[["list", []], 1]]],
    ["array", "<f8", [1], "§"], ["sealed", 1, 2, 3], ["bytes", 5], deep(60),
    ["table", ["array", "<i8", [1], "AQAAAAAAAAA="], [["a", ["array", "<i8", [0], ""]]]]], ids=str)
def test_what_breaks_the_format_is_refused(held):
    with pytest.raises(BadMessageError):
        decode(held)


@pytest.mark.parametrize("message", [
    [], None, 3, "right", {}, {"status": "passed"}, {"status": ["right"]}, {"status": "right", "says": 3},
    {"status": "wrong", "shows": "x"}, {"status": "wrong", "shows": [["a"]]}, {"status": "wrong", "shows": [["a", 1]]},
    {"status": "wrong", "shows": [["a", "b"]] * 100}], ids=str)
def test_a_row_that_breaks_the_schema_is_refused(message):
    with pytest.raises(BadMessageError):
        row_of(message)


def test_a_row_keeps_what_it_may_say_and_nothing_else():
    row = row_of({"status": "right", "key": "another's", "line": "<b>", "ratio": "x", "seconds": -1, "says": "a" * 9000,
                  "person": "ann", "known": 1})
    assert row["line"] is row["ratio"] is row["seconds"] is None and row["known"] is False
    assert "key" not in row and "person" not in row and len(row["says"]) == 4000
