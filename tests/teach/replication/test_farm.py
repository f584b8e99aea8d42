"""Against a scheduler in another process with two workers, one of which is killed: nothing lost, nothing twice."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from toy_lessons import MEASURES, task

from course_lib.contracts import DataError
from course_lib.teach.replication import farm

pytest.importorskip("distributed", reason="Dask distributed is not installed: make lab brings it")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are killed as POSIX knows it")
ROOT = Path(__file__).resolve().parents[3]


def start(module, *arguments):
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen([sys.executable, "-m", module, *arguments], stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": path})


@pytest.fixture
def cluster():
    """(address, two workers) of a Dask cluster whose parts are processes of their own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    scheduler = start("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    workers = [start("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
               for _ in range(2)]
    yield address, workers
    for process in [*workers, scheduler]:
        process.kill()
        process.wait()


def until(ready, seconds=120.0):
    """Wait until ready() is true; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not (found := ready()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
    return found


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def noted(folder):
    """[(replicate, worker's pid, lesson's pid)] of all runs that began."""
    return [tuple(map(int, line.split())) for file in folder.iterdir() for line in file.read_text().splitlines()]


def test_a_killed_worker_loses_nothing_and_nothing_is_counted_twice(cluster, tmp_path):
    address, workers = cluster
    begins = ("import os, time\nopen(f'{FOLDER}/{os.getpid()}', 'w').write(f'REPLICATE {os.getppid()} {os.getpid()}')\n"
              "time.sleep(1.0)\n").replace("FOLDER", "_").replace("{_}", str(tmp_path))
    tasks = [task(begins.replace("REPLICATE", str(number)) + MEASURES, number) for number in range(1, 7)]
    victim, killed, results = workers[0], [], []
    for done, result in farm.results(tasks, scheduler=address):
        results.append((done.replicate, result))
        if not killed:
            finished = {number for number, _ in results}
            running = until(lambda known=finished: [
                (number, child) for number, worker, child in noted(tmp_path)
                if worker == victim.pid and is_alive(child) and number not in known])
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            killed += running
    assert sorted(number for number, _ in results) == [1, 2, 3, 4, 5, 6]
    assert all(result["why"] == "" and len(result["rows"]) == 1 for _, result in results), results
    values = {number: result["rows"][0]["value"] for number, result in results}
    assert len(set(values.values())) == 6
    begun = Counter(number for number, _, _ in noted(tmp_path))
    assert begun[killed[0][0]] == 2 and set(begun) == set(values)       # begun again elsewhere, and counted once
    until(lambda: not is_alive(killed[0][1]))                      # the lesson of the killed worker has ended too


def test_a_cluster_of_this_machine_alone_will_do():
    done = list(farm.results([task()], jobs=1))
    assert [(asked.replicate, result["why"], len(result["rows"])) for asked, result in done] == [(1, "", 1)]


@pytest.mark.parametrize(("status", "why"), [("error", "gave it up (KilledWorker: three times)"),
                                             ("cancelled", "cancelled it")])
def test_what_the_cluster_gives_up_is_a_result_that_says_why(status, why):
    class KilledWorker(Exception):
        pass
    future = SimpleNamespace(status=status, exception=lambda: KilledWorker("three times"))
    assert why in farm._outcome(future)["why"]


def test_an_address_where_nobody_answers_is_named():
    with pytest.raises(DataError, match="no Dask scheduler answers at tcp://127.0.0.1:9"):
        list(farm.results([task()], scheduler="tcp://127.0.0.1:9"))
