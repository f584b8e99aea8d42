"""What becomes of each kind of column; nothing is left out without a word."""

import warnings

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError, DataError
from course_lib.stages.retrieval.towers.feature_columns import BUCKETS, FeatureColumns, feature_matrix
from course_lib.stages.retrieval.towers.model import TwoTower

N = 200
RNG = np.random.default_rng(0)
TABLE = pd.DataFrame({
    "raw_id": [f"r{n}" for n in range(N)], "price": RNG.random(N), "sold": np.arange(N),
    "on_sale": np.arange(N) % 2 == 0, "size": np.arange(N) % 3,
    "colour": pd.Categorical(np.where(np.arange(N) % 2, "red", "blue")),
    "since": pd.date_range("2020-01-01", periods=N, freq="D", tz="Europe/Paris"),
    "brand": [f"b{n % 90}" for n in range(N)], "title": [f"lamp {n % 50} of wood" for n in range(N)],
    "tags": [["a", f"t{n % 70}"] for n in range(N)], "name": [f"n{n}" for n in range(N)]})
WIDTH = {"price": 1, "sold": 1, "on_sale": 2, "size": 3, "colour": 2, "since": 1, "brand": BUCKETS, "title": 50,
         "tags": BUCKETS}


@pytest.mark.parametrize("name", WIDTH)
def test_every_kind_of_column_is_used(name):
    matrix = feature_matrix(TABLE[["raw_id", name]], "items")
    assert matrix.shape == (N, WIDTH[name]) and np.isfinite(matrix.numpy()).all() and matrix.std(0).max() > 0


def test_rows_that_say_the_same_get_the_same_and_others_mostly_do_not():
    brand = feature_matrix(TABLE[["brand"]], "items").numpy()
    assert (brand[:90] == brand[90:180]).all()
    assert len(np.unique(brand[:90], axis=0)) > 60
    assert set(np.unique(brand)) <= {-1.0, 0.0, 1.0}


def test_what_tells_no_two_rows_alike_is_left_out_by_name():
    columns = FeatureColumns.of(TABLE, "items")
    assert list(columns.left_out) == ["name"] and "raw_id" not in columns.plan
    events = pd.DataFrame({"user": np.arange(N), "item": np.arange(N), "time": 0.0})
    with pytest.warns(UserWarning, match=r"columns of catalog are left out: name \(its words are new in 100%"):
        TwoTower(dim=4, max_epochs=1).fit(events, TABLE, progress=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        TwoTower(dim=4, max_epochs=1).fit(events, TABLE.drop(columns="name"), progress=False)


def test_rows_that_come_later_are_read_as_those_at_fit():
    columns, whole = FeatureColumns.of(TABLE, "items"), feature_matrix(TABLE, "items")
    part = TABLE.iloc[[7, 3]].astype({"colour": str})
    assert (feature_matrix(part, "items", columns) == whole[[7, 3]]).all()
    unseen = TABLE.iloc[:1].assign(colour="green")
    assert feature_matrix(unseen, "items", columns).shape == (1, whole.shape[1])
    with pytest.raises(DataError, match="no column 'price'"):
        feature_matrix(TABLE.drop(columns="price"), "items", columns)


def test_missing_values_are_named_and_so_is_a_column_that_comes_twice():
    with pytest.raises(ArgumentError, match=r"items.brand is missing \(NaN\) in 1 of 200 rows, first at 4"):
        feature_matrix(TABLE.assign(brand=TABLE["brand"].where(TABLE.index != 4)), "items")
    with pytest.raises(DataError, match="'price' twice"):
        feature_matrix(pd.concat([TABLE[["price"]], TABLE[["price"]]], axis=1), "items")
