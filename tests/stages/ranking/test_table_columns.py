"""Columns of a table as numbers: what becomes a feature, what is left out and why."""

import numpy as np
import pandas as pd
import pytest

from course_lib.stages.ranking.table_columns import MOST_VALUES, columns_as_numbers


def test_numbers_stay_and_categories_become_codes_by_how_common_they_are():
    table = pd.DataFrame({"age": [30, 20, 20, 40], "job": ["b", "a", "a", None], "paid": [True, False, True, True],
                          "height": [1.5, np.inf, 1.7, 1.8]})
    found, left_out = columns_as_numbers(table)
    assert not left_out and all(value.dtype == np.float32 for value in found.values())
    assert found["age"].tolist() == [30, 20, 20, 40] and found["paid"].tolist() == [1, 0, 1, 1]
    assert found["job"][:3].tolist() == [1, 0, 0] and np.isnan(found["job"][3]) and np.isnan(found["height"][1])


@pytest.mark.parametrize("kind", [object, "category", "string"])
def test_the_order_of_rows_and_the_type_of_text_change_no_code(kind):
    job = pd.Series(["a", "b", "c", "b", "d", "d", "a", "a"])
    order = np.random.default_rng(0).permutation(len(job))
    plain = columns_as_numbers(pd.DataFrame({"job": job}))[0]["job"]
    moved = columns_as_numbers(pd.DataFrame({"job": job[order].astype(kind)}))[0]["job"]
    assert plain[order].tolist() == moved.tolist() and plain.tolist() == [0, 1, 3, 1, 2, 2, 0, 0]


def test_rare_categories_share_the_last_code():
    value = [f"{n:03d}" for n in range(100)] + ["000"]
    code = columns_as_numbers(pd.DataFrame({"town": value}))[0]["town"]
    assert code.max() == MOST_VALUES - 1 and (code == MOST_VALUES - 1).sum() == 100 - (MOST_VALUES - 1)


def test_what_is_no_feature_is_named_with_a_reason():
    table = pd.DataFrame({"raw_id": [5, 6, 7], "name": ["x", "y", "z"], "planet": "Earth", "empty": np.nan,
                          "born": pd.to_datetime(["2000-01-01", "2000-01-02", "2000-01-01"]),
                          "tags": [["a"], ["b"], ["a"]], "age": [1.5, 2.5, 3.5]})
    found, left_out = columns_as_numbers(table)
    assert list(found) == ["age"] and set(left_out) == set(table) - {"age"}
    assert "every row" in left_out["raw_id"] and "every row" in left_out["name"]
    assert left_out["planet"] == left_out["empty"] == "one value only"
    assert left_out["born"] == left_out["tags"] == "neither a number nor a category"


def test_odd_tables_do_no_harm():
    twice = pd.DataFrame([[1.5, 2.5], [2.5, 3.5]], columns=["a", "a"])
    found, left_out = columns_as_numbers(twice)
    assert found["a"].tolist() == [1.5, 2.5] and list(left_out) == ["a"]
    assert columns_as_numbers(pd.DataFrame(index=range(3))) == ({}, {})
    assert columns_as_numbers(pd.DataFrame({"a": []})) == ({}, {"a": "one value only"})
    gaps = pd.DataFrame({7: pd.array([1, None, 2, 2], dtype="Int64"), "all": [1 + 2j, 1, 1, 2]})
    found, left_out = columns_as_numbers(gaps)
    assert list(found) == ["7"] and np.isnan(found["7"][1]) and list(left_out) == ["all"]
