"""A week's money: counted by the request that led to it, on the day it reaches the log."""

from types import SimpleNamespace

import pandas as pd
import pytest

from course_lib.launch.late_money import known_after, money_by_person


def day(requests, events):
    return SimpleNamespace(requests=pd.DataFrame(requests, columns=["request_id", "user"]),
                           outcomes=pd.DataFrame(events, columns=["request_id", "kind", "value"]))


DAYS = [day([(1, 7), (2, 8)], [(1, "purchase", 10.0)]), day([(3, 7)], [(2, "purchase", 30.0), (3, "purchase", 99.0)]),
        day([], [(1, "return", -10.0), (2, "share", 1.0)])]


def test_orders_count_when_they_come_in_and_returns_are_taken_off():
    at = [money_by_person(DAYS, 1, when) for when in (1, 2, 3)]
    assert [table["ordered"].sum() for table in at] == [10, 40, 40]
    assert [table["kept"].sum() for table in at] == [10, 40, 30]
    assert at[0].loc[8, "kept"] == 0


def test_what_is_known_ends_at_what_is_kept():
    shown = known_after(DAYS, 1)
    assert [float(estimate) for estimate in shown["kept so far"]] == pytest.approx([1 / 3, 4 / 3, 1.0])
    assert float(shown["ordered so far"][-1]) == pytest.approx(4 / 3)
