"""Controls of the lesson on serving, through its own code: where the cause is switched off the effect is gone."""

import numpy as np
import pytest
from lesson_functions import functions_of

from course_lib.serving.loadgen import virtual_experiments as virtual


@pytest.fixture
def serving():
    return functions_of("serving")


def test_retries_prolong_an_outage_and_do_nothing_where_there_is_none(serving, monkeypatch):
    assert serving["longer"](0, 0.2)["three retries"] > 5
    real = virtual.outage
    monkeypatch.setattr(virtual, "outage", lambda seed, **setting: real(seed, times=1.0, **setting))
    calm = serving["longer"](0, 0.2)
    assert calm["three retries"] == calm["three, a budget of 10%"] == 0


def test_a_second_copy_lowers_the_tail_where_one_replica_is_slow_and_little_where_none_is(serving):
    slow = [serving["lower_by"](seed, 0.002, 21.4)["factor"] for seed in range(3)]
    calm = [serving["lower_by"](seed, 0.0, 21.4)["factor"] for seed in range(3)]
    assert np.mean(slow) > 2 > np.mean(calm)


def test_a_second_copy_that_is_never_sent_changes_nothing(serving):
    got = serving["lower_by"](0, 0.01, np.inf)
    assert got == {"factor": 1.0, "more": 0.0}
