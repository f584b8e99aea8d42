import os

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import (
    DAY_S,
    IMPRESSION_COLUMNS,
    OUTCOME_COLUMNS,
    REQUEST_COLUMNS,
    ArgumentError,
    CorruptError,
    DataError,
    DayLog,
    LogMismatchError,
)
from course_lib.data import stored
from course_lib.data.day_tables import read_table
from course_lib.data.disk import sha256
from course_lib.data.log import Log, MemoryLog, interactions
from course_lib.data.stored import sealed


def day_log(day: int, rows: int = 12, policy: str = "uniform") -> DayLog:
    rng = np.random.default_rng(day)
    request = np.repeat(np.arange(rows // 3), 3) + day * 1000
    time = day * DAY_S + np.sort(rng.uniform(0, DAY_S, rows // 3))
    user = rng.integers(0, 5, rows // 3)
    impressions = pd.DataFrame({
        "request_id": request, "day": day, "time": np.repeat(time, 3), "user": np.repeat(user, 3),
        "position": np.tile([1, 2, 3], rows // 3), "item": rng.integers(0, 9, rows), "propensity": 0.25,
        "click": rng.integers(0, 2, rows), "click_time": np.repeat(time, 3) + 2.5, "dwell_s": 1.5, "policy": policy,
        "arm": "a"}).astype(IMPRESSION_COLUMNS)
    requests = pd.DataFrame({"request_id": np.unique(request), "day": day, "time": time, "user": user, "session": 1,
                             "device": 0, "policy": policy, "arm": "a"}).astype(REQUEST_COLUMNS)
    outcomes = pd.DataFrame({"request_id": request[:1], "user": user[:1], "item": 3, "kind": "purchase",
                             "event_time": time[:1] + DAY_S, "arrival_time": time[:1] + 2 * DAY_S,
                             "value": 9.5}).astype(OUTCOME_COLUMNS)
    return DayLog(day, requests, impressions, outcomes)


@pytest.fixture(params=["disk", "memory"])
def log(request, tmp_path):
    return Log.create(tmp_path / "log", {"seed": 1}) if request.param == "disk" else MemoryLog(manifest={"seed": 1})


def test_what_was_appended_is_read_back_in_order_with_the_contract_s_types(log):
    days = [day_log(day, policy=policy) for day, policy in ((0, "uniform"), (1, "popularity"), (4, "uniform"))]
    assert log.last_day == -1 and len(log.impressions()) == 0
    for day in days:
        log.append(day)
    assert log.last_day == 4 and log.days == [0, 1, 4]
    read = log.impressions()
    assert read.dtypes.astype(str).to_dict() == IMPRESSION_COLUMNS
    for table in ("impressions", "requests", "outcomes"):
        expected = pd.concat([getattr(day, table).astype({c: str for c in ("policy", "arm", "kind")
                                                          if c in getattr(day, table)}) for day in days])
        got = getattr(log, table)()
        assert got.astype(expected.dtypes.to_dict()).equals(expected.reset_index(drop=True)), table


def test_days_and_columns_select(log):
    for day in range(3):
        log.append(day_log(day))
    assert list(log.impressions([1], ["click", "item"])) == ["click", "item"]
    assert log.impressions([2]).day.unique().tolist() == [2]
    with pytest.raises(DataError, match="no day 7"):
        log.impressions([7])


def test_sql_answers_what_pandas_answers(log):
    assert log.query("SELECT count(*) AS n FROM impressions").n[0] == 0
    for day in range(3):
        log.append(day_log(day))
    got = log.query("SELECT item, sum(click)::int AS clicks FROM impressions GROUP BY item ORDER BY item")
    assert got.clicks.tolist() == log.impressions().groupby("item").click.sum().tolist()
    assert log.query("SELECT count(*) AS n FROM outcomes WHERE kind = 'purchase'").n[0] == 3


def test_a_day_is_appended_once_and_in_order(log):
    log.append(day_log(3))
    for day in (3, 2):
        with pytest.raises(LogMismatchError, match=f"day {day} is not after day 3"):
            log.append(day_log(day))
    assert log.last_day == 3


def test_another_world_s_day_is_refused_with_the_difference(log):
    log.append(day_log(0), {"seed": 1})
    with pytest.raises(LogMismatchError, match="seed = 1.*seed = 2"):
        log.append(day_log(1), {"seed": 2})
    with pytest.raises(LogMismatchError, match="holiday = None.*holiday = True"):
        log.expect({"seed": 1, "holiday": True})
    assert log.last_day == 0


def test_a_wrong_table_is_refused_and_nothing_is_kept(log):
    good = day_log(0)
    with pytest.raises(DataError, match="impressions of day 0 has no column propensity"):
        log.append(DayLog(0, good.requests, good.impressions.drop(columns="propensity"), good.outcomes))
    with pytest.raises(ArgumentError, match="row of day 0"):
        log.append(DayLog(5, good.requests, good.impressions, good.outcomes))
    assert log.last_day == -1


def test_create_never_overwrites_and_open_wants_a_log(tmp_path):
    Log.create(tmp_path / "log", {"seed": 1}).append(day_log(0))
    with pytest.raises(DataError, match="never overwritten"):
        Log.create(tmp_path / "log", {"seed": 1})
    with pytest.raises(DataError, match="not a log"):
        Log.open(tmp_path)
    again = Log.open(tmp_path / "log")
    assert again.last_day == 0 and again.manifest == {"seed": 1} and len(again.impressions()) == 12


def test_what_a_killed_writer_left_is_swept_and_the_log_goes_on(tmp_path):
    log = Log.create(tmp_path / "log", {"seed": 1})
    log.append(day_log(0))
    orphans = [log.path / ".day=00001.4242", log.path / "day=00001"]  # killed while writing; killed before the commit
    for orphan in orphans:
        orphan.mkdir()
        (orphan / "impressions.parquet").write_bytes(b"half")
    (log.path / ".manifest.json.x.part").write_text("{")
    log = Log.open(log.path)
    assert not any(orphan.exists() for orphan in orphans) and not list(log.path.glob("*.part"))
    log.append(day_log(1))
    assert Log.open(log.path).verify() == 6 and log.last_day == 1


@pytest.mark.parametrize("step", ["to_parquet", "rename", "manifest"])
def test_a_full_disk_at_any_step_leaves_the_log_as_it_was(tmp_path, monkeypatch, step):
    import errno

    from course_lib.data import log as module

    log = Log.create(tmp_path / "log", {"seed": 1})
    log.append(day_log(0))

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    target = {"to_parquet": (pd.DataFrame, "to_parquet"), "rename": (module.os, "replace"),
              "manifest": (module, "write_atomic")}[step]
    with monkeypatch.context() as patch:
        patch.setattr(*target, full)
        with pytest.raises(DataError, match="disk is full.*day 1"):
            log.append(day_log(1))
    assert log.last_day == 0 and Log.open(log.path).days == [0]
    log.append(day_log(1))
    assert Log.open(log.path).verify() == 6


def test_verify_names_the_damaged_file(tmp_path):
    log = Log.create(tmp_path / "log", {})
    log.append(day_log(0))
    file = log.path / "day=00000" / "requests.parquet"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(CorruptError, match="requests.parquet"):
        log.verify()
    file.unlink()
    (log.path / "day=00000" / "outcomes.parquet").write_bytes(b"")
    with pytest.raises(CorruptError, match="2 of 3 files.*outcomes.parquet was changed.*requests.parquet is missing"):
        log.verify()


def flip(file, at=-9) -> None:
    """Turn one bit of a file."""
    held = bytearray(file.read_bytes())
    held[at] ^= 4
    file.write_bytes(held)


@pytest.mark.parametrize("harm", [flip, lambda file: file.write_bytes(file.read_bytes()[:700]), lambda f: f.unlink()])
@pytest.mark.parametrize("read", [
    lambda log, days: log.impressions(days), lambda log, days: log.impressions(days, ["click"]),
    lambda log, days: log.query("SELECT count(*) FROM impressions", days),
    lambda log, days: log.connect(days).close()])
def test_a_damaged_day_is_named_and_the_good_ones_are_read(tmp_path, harm, read):
    log = Log.create(tmp_path / "log", {})
    for day in range(5):
        log.append(day_log(day))
    harm(log.path / "day=00003" / "impressions.parquet")
    log = Log.open(log.path)
    with pytest.raises(CorruptError, match=r"day=00003/impressions.parquet.*day 3; days 0–2, 4 can still be read"):
        read(log, None)
    assert log.good_days() == [0, 1, 2, 4]
    read(log, log.good_days())
    assert sorted(log.impressions(log.good_days()).day.unique()) == [0, 1, 2, 4]
    assert log.requests([3]).day.unique() == [3]  # its own file is whole


def test_a_day_is_read_twice_but_checked_once(tmp_path, monkeypatch):
    log = Log.create(tmp_path / "log", {})
    log.append(day_log(0))
    for file in log.path.glob("day=*/*"):
        os.utime(file, (1e9, 1e9))
    monkeypatch.setattr(stored, "_SETTLED_NS", -1)  # as if they had been written long ago
    hashed = []
    monkeypatch.setattr(stored, "sha256", lambda file: hashed.append(file) or sha256(file))
    for _ in range(3):
        log.impressions()
    assert len(hashed) == 1
    flip(log.path / "day=00000" / "impressions.parquet")  # while the process runs: its times are new
    with pytest.raises(CorruptError, match="no other day is whole"):
        log.impressions()


@pytest.mark.parametrize("harm", ["{", "[]", "7", '{"days": [], "files": {}, "writer": {}}x', None, "flip", "other"])
def test_a_damaged_manifest_is_restored_from_its_copy(tmp_path, harm):
    log = Log.create(tmp_path / "log", {"seed": 1})
    log.append(day_log(0))
    log.append(day_log(1))
    file = log.path / "manifest.json"
    whole = file.read_text()
    if harm == "flip":
        file.write_text(whole.replace('"seed": 1', '"seed": 3'))
    elif harm == "other":
        file.write_text(sealed({"name": "t", "key": {}, "files": {}}))
    else:
        file.unlink() if harm is None else file.write_text(harm)
    with pytest.warns(UserWarning, match="manifest.json .*restored from its copy; nothing is lost"):
        again = Log.open(log.path)
    assert again.manifest == {"seed": 1} and again.verify() == 6 and file.read_text() == whole
    file.write_text("{")
    (log.path / ".manifest-copy.json").write_text("{")
    with pytest.raises(CorruptError, match="manifest.json cannot be read.*Its copy is no better"):
        Log.open(log.path)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("days", [0, 1, 3])
def test_another_log_s_manifest_or_an_older_one_costs_no_day(tmp_path, seed, days):
    log, other = Log.create(tmp_path / "log", {"seed": 1}), Log.create(tmp_path / "other", {"seed": seed})
    for day in range(3):
        log.append(day_log(day))
    for day in range(days):
        other.append(day_log(day, rows=15 if seed == 2 else 12))
    (log.path / "manifest.json").write_bytes((other.path / "manifest.json").read_bytes())
    if (seed, days) == (1, 3):
        assert Log.open(log.path).verify() == 9          # the same log, after all
    else:
        with pytest.warns(UserWarning, match="manifest.json is another log's, or an older one.*restored from its copy"):
            assert Log.open(log.path).verify() == 9
    assert len(Log.open(log.path).impressions()) == 36


def test_a_writer_killed_between_copy_and_manifest_leaves_the_day_out(tmp_path):
    log = Log.create(tmp_path / "log", {"seed": 1})
    log.append(day_log(0))
    before = (log.path / "manifest.json").read_bytes()
    log.append(day_log(1))
    (log.path / "manifest.json").write_bytes(before)
    again = Log.open(log.path)
    assert again.days == [0] and not (log.path / "day=00001").exists()
    again.append(day_log(1))
    assert Log.open(log.path).verify() == 6


def test_a_damaged_copy_is_written_again(tmp_path):
    log = Log.create(tmp_path / "log", {"seed": 1})
    flip(log.path / ".manifest-copy.json")
    Log.open(log.path)
    assert (log.path / ".manifest-copy.json").read_text() == (log.path / "manifest.json").read_text()


def test_opening_a_log_writes_nothing_and_an_appended_one_has_no_litter(tmp_path):
    log = Log.create(tmp_path / "log", {"seed": 1})
    log.append(day_log(0))
    before = {file: file.stat().st_mtime_ns for file in [log.path, *log.path.rglob("*")]}
    assert {file.name for file in log.path.iterdir()} == {"manifest.json", ".manifest-copy.json", "day=00000"}
    Log.open(log.path).impressions()
    assert {file: file.stat().st_mtime_ns for file in [log.path, *log.path.rglob("*")]} == before


def test_a_second_writer_is_refused(tmp_path):
    log = Log.create(tmp_path / "log", {})
    other = Log.open(log.path)
    log.append(day_log(0))
    with pytest.raises(LogMismatchError, match="another process"):
        other.append(day_log(1))
    assert Log.open(log.path).days == [0]


def test_the_same_days_give_the_same_bytes(tmp_path):
    logs = [Log.create(tmp_path / name, {}) for name in "ab"]
    for log in logs:
        log.append(day_log(0))
    manifests = [(log.path / "manifest.json").read_text() for log in logs]
    assert manifests[0] == manifests[1]


def test_interactions_are_first_clicks_by_time():
    impressions = day_log(0, 300).impressions
    clicked = interactions(impressions)
    every = interactions(impressions, repeats=True)
    assert len(every) == impressions.click.sum() and every.time.is_monotonic_increasing
    assert not clicked.duplicated(["user", "item"]).any()
    first = impressions[impressions.click == 1].groupby(["user", "item"]).time.min()
    assert clicked.set_index(["user", "item"]).time.sort_index().equals(first)


def test_a_log_of_an_earlier_course_says_which_column_it_lacks(tmp_path):
    log = Log.create(tmp_path / "log", {"seed": 1})
    log.append(day_log(0))
    file = log.path / "day=00000" / "impressions.parquet"
    old = pd.read_parquet(file).drop(columns="click_time")
    old.to_parquet(file, index=False)
    with pytest.raises(DataError, match="impressions.parquet has no column click_time: an earlier version"):
        read_table(file, list(IMPRESSION_COLUMNS))
    assert read_table(file, ["item"]).equals(old[["item"]])


def test_an_append_stopped_between_disk_and_memory_is_found_out(tmp_path, monkeypatch):
    from course_lib.data import log as module

    log = Log.create(tmp_path / "log", {"seed": 1})
    written = module.write_atomic

    def stopped(path, *args):
        written(path, *args)
        if path.name == "manifest.json":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_atomic", stopped)
        with pytest.raises(KeyboardInterrupt):
            log.append(day_log(0))
    assert log.last_day == 0 == Log.open(log.path).last_day
    log.append(day_log(1))
    assert log.days == [0, 1] and Log.open(log.path).verify() == 6
