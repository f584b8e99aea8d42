"""Numbers as people write them, each column in one way, and nothing that is no number."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts.written_numbers import to_numbers


@pytest.mark.parametrize(("written", "expected", "how"), [
    (["1234.5", "7", "-2e3"], [1234.5, 7, -2000], ""), (["1,234.50", "7", "-2,000"], [1234.5, 7, -2000], "thousands"),
    (["1.234,50", "7", "-12,5"], [1234.5, 7, -12.5], "decimal comma"), (["1.234", "2.500"], [1.234, 2.5], ""),
    (["1,234", "2,500"], [1234, 2500], "thousands"), (["1\u00a0234,50", "12,5"], [1234.5, 12.5], "decimal comma"),
    (["£1.50", "-$2", "3 €"], [1.5, -2, 3], ""), ([Decimal("1.5"), None], [1.5, np.nan], ""),
    ([True, False], [1, 0], ""), ([" 5 ", "", None], [5, np.nan, np.nan], ""), ([1, 2.5], [1, 2.5], "")])
def test_a_column_is_read_in_one_way(written, expected, how):
    number, said = to_numbers(pd.Series(written))
    assert np.allclose(number, expected, equal_nan=True) and (how in said if how else said == "")


def test_what_is_no_number_is_nan():
    number, how = to_numbers(pd.Series(["1,23,4", "a", "1-2", "12,5x", "£"]))
    assert np.isnan(number).all() and how == ""


def test_the_index_makes_no_difference():
    assert to_numbers(pd.Series(["1", None, "3"], index=[5, 5, 5]))[0][2] == 3
