"""Does the load generator measure what is there? Real processes against theory, an established tool and itself.

python tests/benchmarks/bench_loadgen.py               about four minutes
python tests/benchmarks/bench_loadgen.py --seconds 5   a quick look

theory    one server of 20 ms, constant or exponential, at loads .3 to .8: the mean time at the server, as the server
          wrote it down, with its 95% interval beside M/D/1 and M/M/1; p99 as the client saw it; and what everything
          else (network, both processes, whoever else uses the machine) added to a request
ab        closed loop, 1, 2 and 4 clients: median latency and rate, beside those of Apache's ab
omission  a service of 5 ms that stops for a second: p99 of an open loop, of a loop that waits (which counts from when
          it sent) and of the same loop counted from when it meant to send
rate      how many a second this machine can send to a service that takes no time, and how late it sends
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import tempfile
import time

import numpy as np

from course_lib.serving.loadgen.arrivals import asked, poisson_due
from course_lib.serving.loadgen.load_client import closed_loop, open_loop
from course_lib.serving.loadgen.percentiles import mean_interval_of_blocks, percentile, percentile_interval
from course_lib.serving.loadgen.queueing import md1_wait, mm1_latency_percentile, mm1_wait
from course_lib.serving.loadgen.toy_server import toy_server

SERVICE_MS = 20.0
BODIES = asked(np.random.default_rng(0), 1000, 100, 1000)


def theory(seconds: float) -> None:
    """Mean and p99 beside what formulas say."""
    print(f"\none server of {SERVICE_MS:g} ms")
    print("kind         load  requests   at the server: mean ms [95%]  theory   client: p99 ms [95%]      theory   "
          "added: p50    p99")
    for kind, wait in (("constant", md1_wait), ("exponential", mm1_wait)):
        for load in (0.3, 0.6, 0.8):
            with toy_server(SERVICE_MS, kind, seed=1) as url:
                due = poisson_due(np.random.default_rng(int(load * 10)), 1000 * load / SERVICE_MS, seconds)
                got = open_loop(url, due, BODIES, timeout_s=30).after(min(2, seconds / 5))
            at_server = 1000 * np.array([answer["done"] - answer["came"] for answer in got.answers])
            mean, low, high = mean_interval_of_blocks(at_server)
            tail = percentile_interval(got.latency_ms, 99)
            added = np.maximum(got.latency_ms - at_server, 0)
            known = f"{mm1_latency_percentile(load, SERVICE_MS, 99):8.1f}" if kind == "exponential" else "       -"
            print(f"{kind:12} {load:.1f}  {len(got):8}   {mean:12.1f} [{low:5.1f}, {high:6.1f}] "
                  f"{wait(load, SERVICE_MS) + SERVICE_MS:8.1f}   {percentile(got.latency_ms, 99):6.1f} "
                  f"[{tail[0]:5.1f}, {tail[1]:6.1f}] {known} {percentile(added, 50):10.1f} "
                  f"{percentile(added, 99):7.1f}")


def against_ab() -> None:
    """The same closed loop by both."""
    if not shutil.which("ab"):
        print("\nab is not installed (Debian: apt-get install apache2-utils): not compared")
        return
    print("\nclosed loop    median ms: ours   ab      a second: ours   ab")
    with toy_server(SERVICE_MS) as url, tempfile.NamedTemporaryFile("w", suffix=".json") as body:
        body.write('{"user": 1, "session": [], "k": 10}')
        body.flush()
        for clients in (1, 2, 4):
            ours = closed_loop(url, BODIES, seconds=60, clients=clients, most=300)
            out = subprocess.run(["ab", "-q", "-k", "-n", "300", "-c", str(clients), "-p", body.name, "-T",
                                  "application/json", f"{url}/recommend"], capture_output=True, text=True, check=True)
            median = re.search(r"^ +50% +(\d+)", out.stdout, re.M)[1]
            rate = re.search(r"Requests per second: +([\d.]+)", out.stdout)[1]
            print(f"{clients} clients {percentile(ours.latency_ms, 50):20.1f} {median:>6} "
                  f"{ours.summary()['slates_per_s']:18.2f} {rate:>6}")


def omission(seconds: float) -> None:
    """What a loop that waits does not see."""
    print("\na second's stall, service 5 ms, 50 a second")
    stall = (seconds / 2, seconds / 2 + 1)
    with toy_server(5.0, stall=stall) as url:
        opened = open_loop(url, poisson_due(np.random.default_rng(0), 50, seconds), BODIES)
    with toy_server(5.0, stall=stall) as url:
        waits = closed_loop(url, BODIES, seconds=seconds, every_s=0.02)
    for name, values in (("open loop", opened.latency_ms), ("waits, from when sent", waits.from_sent_ms),
                         ("waits, from when meant", waits.latency_ms)):
        print(f"{name:24} p50 {percentile(values, 50):7.1f}   p99 {percentile(values, 99):7.1f}   "
              f"p99.9 {percentile(values, 99.9):7.1f} ms")


def sending_rate(seconds: float) -> None:
    """How fast this machine can send, the service's own process included."""
    print("\na service that takes no time   asked for a second   sent   late p50   late p99   latency p50   processor")
    for rate in (100, 300, 600, 1000, 1500):
        with toy_server(0.0) as url:
            cpu = time.process_time()
            got = open_loop(url, poisson_due(np.random.default_rng(0), rate, seconds), BODIES)
            cpu = (time.process_time() - cpu) / seconds
        late = np.maximum(got.lateness_ms, 0)
        sent = len(got) / (got.sent_s.max() - got.sent_s.min())
        print(f"{rate:48} {sent:8.0f} {percentile(late, 50):8.2f} {percentile(late, 99):10.2f} "
              f"{percentile(np.maximum(got.latency_ms, 0), 50):12.2f} {cpu:12.0%}")


def main() -> None:
    """All of it, with the load that was on the machine."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=25.0, help="of each run")
    seconds = arguments.parse_args().seconds
    print(f"load of the machine at the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    theory(seconds)
    against_ab()
    omission(min(seconds, 10))
    sending_rate(min(seconds, 5))
    print(f"load of the machine at the end: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
