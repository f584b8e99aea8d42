"""Nothing is asked for that is not there."""

import pytest

from course_lib.contracts import BudgetError, check_memory, free_memory


def test_what_does_not_fit_is_refused_with_both_sizes_and_a_remedy():
    check_memory("a byte", 1, "Wait.")
    with pytest.raises(BudgetError, match=r"a matrix would take 1,024\.0 GiB.*GiB are free\. Take fewer items\."):
        check_memory("a matrix", 2.0**40, "Take fewer items.")
    assert free_memory() > 2**20
