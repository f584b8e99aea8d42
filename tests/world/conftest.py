"""What the world's tests share: small worlds and a log in memory."""

import pandas as pd
import pytest

TABLES = ("requests", "impressions", "outcomes")


class ListLog:
    """The least log a world can write to and resume from."""

    def __init__(self, manifest=None):
        self.days, self.last_day, self.manifest = [], -1, manifest

    def append(self, day_log):
        assert day_log.day == self.last_day + 1
        self.days.append(day_log)
        self.last_day = day_log.day

    def _table(self, name, days):
        return pd.concat([getattr(self.days[day], name) for day in days], ignore_index=True)

    def requests(self, days):
        return self._table("requests", days)

    def impressions(self, days):
        return self._table("impressions", days)

    def outcomes(self, days):
        return self._table("outcomes", days)


@pytest.fixture
def list_log():
    return ListLog


@pytest.fixture
def assert_same_days():
    def check(left, right):
        assert len(left) == len(right)
        for a, b in zip(left, right, strict=True):
            for name in TABLES:
                pd.testing.assert_frame_equal(getattr(a, name), getattr(b, name))
            pd.testing.assert_frame_equal(a.new_items.items, b.new_items.items)
    return check
