"""Anyone's table becomes a Dataset; nothing of it vanishes without a sentence."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.contracts import ArgumentError, DataError, Dataset, Slates

TABLE = pd.DataFrame({"who": ["b", "a", "b"], "what": [30, 10, 30],
                      "when": ["2020-01-02T00:00Z", "2020-01-01T00:00Z", "2020-01-03T00:00Z"], "paid": [1, 2, 3]})
NAMES = {"user": "who", "item": "what", "time": "when"}


def of(table=TABLE, *tables, **arguments):
    return Dataset.from_frames(table, *tables, **(NAMES | arguments))


def said(data) -> str:
    return " ".join(data.notes)


def test_a_table_is_a_dataset_by_time_with_dense_ids_that_lead_back():
    data = of(value="paid", name="mine")
    assert data.name == "mine" and data.n_users == data.n_items == 2
    assert {name: str(kind) for name, kind in data.interactions.dtypes.items()} == {
        "user": "int32", "item": "int32", "time": "float64", "value": "float32"}
    assert data.interactions["time"].is_monotonic_increasing
    assert data.user_ids.decode(data.interactions["user"]).tolist() == ["a", "b", "b"]
    assert data.recommended(Slates.certain([[1, -1]])).tolist() == [[30, None]]
    assert data.recommended([[0]]).tolist() == [[10]]


@given(st.permutations(range(6)))
@settings(max_examples=20, deadline=None)
def test_the_order_of_rows_makes_no_difference(order):
    table = pd.DataFrame({"who": list("abcabc"), "what": [3, 1, 2, 1, 2, 3], "when": [1.3e9 + n for n in range(6)]})
    one, other = of(table), of(table.iloc[list(order)])
    pd.testing.assert_frame_equal(one.interactions, other.interactions)
    assert one.user_ids.ids.tolist() == other.user_ids.ids.tolist()


def test_rows_that_cannot_be_used_are_an_error_or_counted():
    bad = pd.concat([TABLE, pd.DataFrame({"who": ["", "c", "c"], "what": [1, None, 2],
                                          "when": ["2020-01-01T00:00Z", "2020-01-01T00:00Z", "never"]})],
                    ignore_index=True)
    with pytest.raises(DataError, match=r"1 of 6 rows have no user \(first: row 3\)\. Mend them, or pass bad='drop'"):
        of(bad)
    data = of(bad, bad="drop")
    assert len(data.interactions) == 3
    assert "no item (first: row 4): left out" in said(data) and "(first: row 5, 'never'): left out" in said(data)
    with pytest.raises(DataError, match="none of 1 rows can be used"):
        of(bad.iloc[[5]], bad="drop")


def test_repeats_gaps_and_returns_are_kept_and_counted():
    table = TABLE.assign(when="2020-01-01T00:00Z", paid=[-1, np.nan, -1], shop=1)
    data = of(table, value="paid")
    assert len(data.interactions) == 3
    for words in ("value is missing in 1 rows", "value is negative in 2 rows", "1 rows repeat another row",
                  "1 of 3 rows (33.3%)", "not used: shop"):
        assert words in said(data)


def test_without_times_all_stand_at_0_and_that_is_said():
    data = of(TABLE[["who", "what"]], time=None)
    assert not data.has_time and (data.interactions["time"] == 0).all() and "There is no time" in said(data)


@pytest.mark.parametrize(("arguments", "error", "says"), [
    ({"user": "name"}, DataError, "no column 'name' for user .columns: who, what, when, paid."),
    ({"time": "ts"}, DataError, "or time=None where there is none"),
    ({"user": "what"}, ArgumentError, "one column is named for two things"),
    ({"bad": "skip"}, ArgumentError, "bad is 'skip'"), ({"user": "when", "time": "who"}, DataError, "'b'")])
def test_columns_that_are_not_there_are_named_beside_those_that_are(arguments, error, says):
    with pytest.raises(error, match=says):
        of(**arguments)
    with pytest.raises(DataError, match="empty"):
        of(TABLE.iloc[:0])
    with pytest.raises(ArgumentError, match="interactions is list; expected a pandas table"):
        Dataset.from_frames([1, 2])


def test_items_of_either_table_alone_are_kept_and_counted():
    items = pd.DataFrame({"what": [10, 20, 20, None], "colour": ["red", "blue", "green", "red"]})
    data = of(TABLE, items)
    assert data.item_ids.ids.tolist() == [10, 20, 30] and data.catalog.items["colour"].tolist()[:2] == ["red", "blue"]
    assert data.catalog.content.shape == (3, 2) and not data.catalog.content[2].any()
    for words in ("1 items of the interactions are not in items", "1 items stand in items alone", "have no id",
                  "repeat an id"):
        assert words in said(data)
    indexed = items.iloc[:2].astype({"what": int}).set_index("what")
    assert of(TABLE, indexed).catalog.items["colour"].tolist()[:2] == ["red", "blue"]
    with pytest.raises(DataError, match="no key would match|are different keys"):
        of(TABLE, pd.DataFrame({"what": ["10", "30"]}))


def test_users_have_their_columns():
    data = of(TABLE, None, pd.DataFrame({"who": ["c", "b"], "age": [30, 40]}))
    assert data.users["raw_id"].tolist() == ["a", "b", "c"] and data.users.loc[1, "age"] == 40


def test_a_catalogue_has_what_the_course_asks_of_one():
    items = pd.DataFrame({"what": [10, 30], "category": ["tea", "cup"], "price": ["1.5", "cheap"]})
    catalog = of(TABLE, items).catalog.items
    assert {"creator", "category", "price", "born_day", "policy_score"} <= set(catalog)
    assert catalog["category"].dtype == "int32" and catalog["category_given"].tolist() == ["tea", "cup"]
    assert catalog["price"].tolist() == [1.5, 0.0] and catalog["born_day"].tolist() == [18262, 18263]


def test_a_value_with_commas_is_a_value_and_a_column_that_stands_twice_is_refused():
    data = of(TABLE.assign(paid=["1,250.50", "2", "-3"]), value="paid")
    assert data.interactions["value"].tolist() == [2, 1250.5, -3]
    with pytest.raises(DataError, match="items have more than one column 'a'"):
        of(TABLE, pd.DataFrame([[10, 1, 2]], columns=["what", "a", "a"]))
    with pytest.raises(DataError, match="none of 3 rows can be used: 3 of 3 rows have a value that is no number"):
        of(TABLE.assign(paid=["a", "b", "c"]), value="paid", bad="drop")


def test_it_is_asked_whether_the_column_is_right_where_no_item_stands_in_both_tables():
    assert "No item of the interactions stands in items: theirs look like" in said(of(TABLE, pd.DataFrame(
        {"what": [1, 2], "a": [1, 2]})))
    assert "No item" not in said(of(TABLE, pd.DataFrame({"what": [10, 2], "a": [1, 2]})))


def test_ids_above_every_signed_number_are_ids():
    large = np.array([2**64 - 1, 2**63, 2**64 - 1], np.uint64)
    data = of(TABLE.assign(who=large))
    assert data.user_ids.ids.tolist() == [2**63, 2**64 - 1] and data.user_ids.encode(large).tolist() == [1, 0, 1]
    gaps = pd.array([2**62 + 1, None, 2**62 + 3], "Int64")
    assert of(TABLE.assign(who=gaps), bad="drop").user_ids.ids.tolist() == [2**62 + 1, 2**62 + 3]
