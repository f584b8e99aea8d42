"""Days: the same seed gives the same log, however it is run."""

import hashlib
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from course_lib import contracts
from course_lib.contracts import Arm, Assignment
from course_lib.data.log import Log
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


@pytest.mark.parametrize("make, unit", [(feed, "user"), (feed, "item"), (marketplace, "time")])
def test_a_killed_run_resumes_and_equals_an_unbroken_one(make, unit, list_log, assert_same_days):
    unbroken = make(300, 200, seed=3).run(experiment(unit), 6)
    log = list_log()
    make(300, 200, seed=3).run(experiment(unit), 4, log)  # and here it was killed
    again = experiment(unit)
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


def digest(days):
    """Of every byte of a log's tables, but for when clicks fell."""
    state = hashlib.sha256()
    for day in days:
        for table in (day.requests, day.impressions, day.outcomes, day.new_items.items):
            for name in table.columns.drop("click_time", errors="ignore"):
                column = table[name]
                state.update(name.encode())
                if str(column.dtype) == "category":
                    state.update("|".join(map(str, column.cat.categories)).encode())
                    column = column.cat.codes
                state.update(np.ascontiguousarray(column.to_numpy()).tobytes())
        state.update(day.new_items.content.tobytes())
    return state.hexdigest()[:16]


@pytest.mark.parametrize("make, unit, expected", [
    (feed, "user", "6ffce424d11692ee"), (feed, "time", "f8338ba5f37a3ed6"), (feed, "item", "e71de8ebecdb5b85"),
    (marketplace, "user", "40e8a36800015b95"), (marketplace, "time", "19c5f7572e49e0d2"),
    (marketplace, "item", "a1523fdcb7d18867")])
def test_days_are_those_of_the_course_s_first_edition_but_for_click_times(make, unit, expected):
    """The digests were taken before clicks had a time: a change of any other column changes every lesson's numbers."""
    assert digest(make(300, 200, seed=1).run(experiment(unit), 6)) == expected


def test_tables_have_the_columns_of_the_contract():
    day = marketplace(300, 200, seed=1).run(P.Popularity(power=0.3), 2)[-1]
    for table, columns in ((day.requests, contracts.REQUEST_COLUMNS), (day.impressions, contracts.IMPRESSION_COLUMNS),
                           (day.outcomes, contracts.OUTCOME_COLUMNS)):
        assert {name: str(kind) for name, kind in table.dtypes.items()} == columns
    assert (np.diff(day.requests["time"]) >= 0).all() and day.requests["request_id"].is_unique
    assert (day.requests["time"] // contracts.DAY_S == day.requests["day"]).all()


def test_a_run_in_another_process_killed_while_it_writes_resumes_from_parquet(tmp_path, assert_same_days):
    """A real kill: SIGKILL somewhere in the run, then the log as it stands on disk."""
    code = ("from course_lib.world import feed, policies as P; from course_lib.data.log import Log; "
            f"w = feed(300, 200, seed=3); log = Log.create({str(tmp_path / 'log')!r}, w.manifest()); "
            "w.run(P.Popularity(power=0.5), 500, log)")
    run = subprocess.Popen([sys.executable, "-c", code])
    while run.poll() is None and len(list(tmp_path.rglob("*impressions*.parquet"))) < 3:
        time.sleep(0.05)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    log, policy = Log.open(tmp_path / "log"), P.Popularity(power=0.5)
    held = log.last_day + 1
    world = resume(feed(300, 200, seed=3), log, policy)
    assert world.day == held
    world.run(policy, 2, log)
    unbroken = feed(300, 200, seed=3).run(P.Popularity(power=0.5), held + 2)
    for name in ("requests", "impressions", "outcomes"):
        whole = pd.concat([getattr(day, name) for day in unbroken], ignore_index=True)
        stored = getattr(log, name)()
        for column in whole:
            same = stored[column].astype(str) == whole[column].astype(str)
            assert same.all(), f"{name}.{column} differs in {int((~same).sum())} rows"
