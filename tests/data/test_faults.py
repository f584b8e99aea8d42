"""Stored things under random faults: told or harmless, never silent, never a crash. All of it: bench_faults.py."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
REDUCED = f"""
import json, sys
sys.path.insert(0, {str(BENCHMARKS)!r})
import bench_faults
from course_lib.data import cache, log_files, stored

def rows(trials, things, faults, seed=1):
    return bench_faults.run(trials, seed, things, faults, say=lambda text: None)

held = dict(
    rest=rows(40, ["log", "ranker", "calibrator", "index", "recommender", "artifact", "progress", "work list"],
              [*bench_faults.AT_REST]),
    writing=rows(10, ["log", "ranker", "artifact", "progress", "work list"], ["killed", "interrupted"]))
if bench_faults.can_mount():
    held["full"] = rows(8, ["log", "ranker", "artifact", "progress"], ["disk full"], seed=2)
# As if no checksum were looked at:
stored.check_file = cache.check_file = log_files.check_file = lambda path, digest, remedy: None
held["unchecked"] = rows(24, ["log", "artifact"], ["bit flipped"])
print(json.dumps(held))
"""


@pytest.fixture(scope="module")
def table():
    """In a process of its own, which has no threads yet that a fork would lose."""
    done = subprocess.run([sys.executable, "-c", REDUCED], capture_output=True, timeout=600)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return json.loads(done.stdout.splitlines()[-1])


def bad(rows):
    return [row for row in rows if any(row[name] for name in ("raw", "silent", "crash", "lost", "litter"))]


def count(rows, outcome):
    return sum(row[outcome] for row in rows)


def test_no_fault_at_rest_is_silent(table):
    assert bad(table["rest"]) == [] and count(table["rest"], "told") >= 28


def test_no_broken_write_loses_anything(table):
    assert bad(table["writing"]) == [] and count(table["writing"], "whole") == 10


def test_a_full_disk_is_told_and_loses_nothing(table):
    if "full" not in table:
        pytest.skip("no small file system can be mounted here: it takes root")
    assert bad(table["full"]) == [] and count(table["full"], "told") >= 2


def test_without_checksums_the_same_faults_are_found_out(table):
    """So the tests above do test something."""
    assert count(table["unchecked"], "silent") + count(table["unchecked"], "raw") >= 6
