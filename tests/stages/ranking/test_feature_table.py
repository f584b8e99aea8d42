"""Numbers of a feature table: the quick way for plain numbers gives what each column alone gives."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import DataError
from course_lib.stages.ranking.feature_table import numbers_of

TABLE = pd.DataFrame({"a": [1e9 + 0.1, np.nan, -3.0], "b": [2**62 - 1, -7, 0], "c": [True, False, True],
                      "d": np.array([0.1, 0.2, 0.3], np.float32)})


@pytest.mark.parametrize("columns", [list("abcd"), list("dba"), ["c"]])
@pytest.mark.parametrize("nullable", [False, True])
def test_columns_stand_in_the_order_asked_for_each_as_by_itself(columns, nullable):
    table = TABLE.assign(e=pd.array([1, None, 2], "Int64")) if nullable else TABLE
    found = numbers_of(table, columns)
    alone = np.column_stack([TABLE[name].to_numpy(np.float32) for name in columns])
    assert found.dtype == np.float32 and found.flags["C_CONTIGUOUS"]
    assert np.array_equal(found, alone, equal_nan=True)


def test_what_is_no_number_is_told():
    with pytest.raises(DataError, match="not numbers"):
        numbers_of(TABLE.assign(c=["x", "y", "z"]), list("abc"))
