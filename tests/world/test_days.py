"""Days: the same seed gives the same log, however it is run."""

import numpy as np
import pytest

from course_lib import contracts
from course_lib.contracts import Arm, Assignment
from course_lib.world import feed, marketplace, resume
from course_lib.world import policies as P


def experiment(unit):
    return Assignment((Arm("control", P.Popularity(power=0.5), 0.5), Arm("treatment", P.Uniform(), 0.5)), unit=unit)


@pytest.mark.parametrize("unit", ["user", "cluster", "region", "time", "item"])
@pytest.mark.parametrize("make", [feed, marketplace])
def test_neither_batch_size_nor_threads_change_a_byte(make, unit, assert_same_days):
    whole = make(300, 200, seed=1).run(experiment(unit), 4)
    pieces = make(300, 200, seed=1, batch=7, workers=3).run(experiment(unit), 4)
    assert_same_days(whole, pieces)
    other = make(300, 200, seed=2).run(experiment(unit), 1)
    assert not whole[0].impressions["item"].equals(other[0].impressions["item"])


@pytest.mark.parametrize("make", [feed, marketplace])
def test_a_killed_run_resumes_and_equals_an_unbroken_one(make, list_log, assert_same_days):
    unbroken = make(300, 200, seed=3).run(experiment("user"), 6)
    log = list_log()
    make(300, 200, seed=3).run(experiment("user"), 4, log)  # and here it was killed
    again = experiment("user")
    world = resume(make(300, 200, seed=3), log, *[arm.policy for arm in again.arms])
    world.run(again, 2, log)
    assert_same_days(unbroken, log.days)


def test_a_log_of_another_seed_is_refused(list_log):
    log = list_log()
    feed(200, 100, seed=3).run(P.Uniform(), 2, log)
    with pytest.raises(contracts.LogMismatchError):
        resume(feed(200, 100, seed=4), log)
    with pytest.raises(contracts.LogMismatchError):
        feed(200, 100, seed=3).run(P.Uniform(), 1, log)


def test_tables_have_the_columns_of_the_contract():
    day = marketplace(300, 200, seed=1).run(P.Popularity(power=0.3), 2)[-1]
    for table, columns in ((day.requests, contracts.REQUEST_COLUMNS), (day.impressions, contracts.IMPRESSION_COLUMNS),
                           (day.outcomes, contracts.OUTCOME_COLUMNS)):
        assert {name: str(kind) for name, kind in table.dtypes.items()} == columns
    assert (np.diff(day.requests["time"]) >= 0).all() and day.requests["request_id"].is_unique
    assert (day.requests["time"] // contracts.DAY_S == day.requests["day"]).all()
