"""How fast is the world beside other simulators? One run, one core each; prints a table with ratios.

python tests/benchmarks/bench_world.py            ours, obp's synthetic slates, T-RECS, memory and scaling
python tests/benchmarks/bench_world.py --setup    builds the peers' environment first (requirements-world.txt)
python tests/benchmarks/bench_world.py --full     100 million impressions in one world, with the memory they take

Peers run in an environment of their own; ours has every mechanism on and 1,000 eligible items. obp cannot go beyond a
few items a slate, so it gets ten; T-RECS runs at 1,000 and, for what its overhead is, at toy size.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve()
ENV = Path(os.environ.get("COURSE_BENCH_ENV", HERE.parents[2] / "data" / "cache" / "bench-world"))
PEERS = ["obp==0.4.1", "trecs==0.2.1"]
ONE_CORE = {name: "1" for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")}


def setup():
    """Build the peers' environment; raises CalledProcessError with pip's words where it cannot be built."""
    subprocess.run([sys.executable, "-m", "venv", ENV], check=True)
    pip = [ENV / "bin" / "python", "-m", "pip", "install", "-q"]
    subprocess.run([*pip, "-r", HERE.with_name("requirements-world.txt")], check=True)
    subprocess.run([*pip, "--no-deps", *PEERS], check=True)


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# --- ours -----------------------------------------------------------------------------------------------------------
class Ready:
    """Slates made beforehand, so that only the world works."""

    name = "ready"

    def __init__(self, n_items):
        import numpy as np
        rng = np.random.default_rng(0)
        self.pool = np.stack([rng.choice(n_items, 10, replace=False) for _ in range(4096)])

    def slates(self, requests):
        import numpy as np

        from course_lib.contracts import Slates
        return Slates.certain(requests.eligible[self.pool[np.arange(len(requests)) % len(self.pool)]])


class Nowhere:
    """A log that counts and forgets."""

    last_day, rows = -1, 0

    def append(self, day_log):
        self.last_day, self.rows = day_log.day, self.rows + len(day_log.impressions)


def sampled(n_items):
    """Plackett–Luce over all eligible items with weights of each person's own: a full race for each request."""
    import numpy as np

    from course_lib.world import policies
    own = np.random.default_rng(0).normal(size=(64, 4 * n_items))
    return policies.PlackettLuce(lambda r: own[:, r.eligible][r.user % 64])


def shared(n_items):
    """Plackett–Luce over all eligible items, weights shared by all, as a popularity logger has them."""
    import numpy as np

    from course_lib.world import policies
    own = np.random.default_rng(0).normal(size=4 * n_items)
    return policies.PlackettLuce(lambda r: own[r.eligible])


def ours(kind, people=8000, items=1000, per_day=40_000, days=5, parquet=False):
    """Impressions a second of CPU after one day of warming up, and the memory the process has taken."""
    from course_lib.world import feed
    world = feed(people, items, per_day, births={"life_days": 100.0})
    policy = {"ready": lambda: Ready(items * 3 // 4), "sampled": lambda: sampled(items),
              "shared": lambda: shared(items)}[kind]()
    world.run(policy, 1)
    sink = Nowhere()
    sink.last_day = 0
    with tempfile.TemporaryDirectory(dir=os.environ.get("COURSE_BENCH_TMP")) as folder:
        if parquet:
            from course_lib.data.log import Log
            fresh = feed(people, items, per_day, births={"life_days": 100.0})
            log, world = Log.create(Path(folder) / "log", fresh.manifest()), fresh
        began, wall = time.process_time(), time.perf_counter()
        world.run(policy, days, log if parquet else sink)
        took, wall = time.process_time() - began, time.perf_counter() - wall
        rows = sink.rows if not parquet else int(log.query("select count(*) as n from impressions")["n"][0])
    return {"impressions": rows, "per_s": rows / took, "seconds": took, "wall_s": round(wall, 1), "mb": memory_mb(),
            "eligible": len(world.eligible())}


# --- peers, run by the other environment's Python ---------------------------------------------------------------------
def obp_slate(rounds=1000, length=10, actions=10):
    """obp's synthetic slates under its random policy, the cheapest way to have them: no pscores beyond need."""
    from obp.dataset import SyntheticSlateBanditDataset
    data = SyntheticSlateBanditDataset(n_unique_action=actions, len_list=length, dim_context=2, reward_type="binary",
                                       click_model="pbm", random_state=0)
    options = {"return_pscore_item_position": False, "clip_logit_value": None}
    for drop in ((), ("clip_logit_value",)):
        try:
            kept = {k: v for k, v in options.items() if k not in drop}
            data.obtain_batch_bandit_feedback(n_rounds=20, **kept)
            break
        except TypeError:
            continue
    began = time.process_time()
    data.obtain_batch_bandit_feedback(n_rounds=rounds, **kept)
    took = time.process_time() - began
    return {"impressions": rounds * length, "per_s": rounds * length / took, "seconds": took, "mb": memory_mb()}


def trecs(people=1000, items=1000, steps=5):
    """T-RECS' popularity recommender, ten items a person and step."""
    from trecs.models import PopularityRecommender
    model = PopularityRecommender(num_users=people, num_items=items, num_items_per_iter=10)
    model.run(timesteps=1)
    began = time.process_time()
    model.run(timesteps=steps)
    took = time.process_time() - began
    return {"impressions": people * 10 * steps, "per_s": people * 10 * steps / took, "seconds": took,
            "mb": memory_mb()}


JOBS = {"ours": ours, "obp": obp_slate, "trecs": trecs}


def alone(name, options=None, python=sys.executable):
    """Run one job in a process of its own, on one core; returns its figures, or a word on why there are none."""
    command = [str(python), str(HERE), "--job", name, "--options", json.dumps(options or {})]
    env = {**os.environ, **ONE_CORE, "PYTHONPATH": str(HERE.parents[2]) if name == "ours" else ""}
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    if done.returncode:
        return {"missing": (done.stderr.strip().splitlines() or ["no word"])[-1][:100]}
    return json.loads(done.stdout.strip().splitlines()[-1])


def show(title, rows):
    """Print rows of (name, figures) as a table."""
    print(f"\n{title}")
    for name, got in rows:
        if "missing" in got:
            print(f"  {name:44s} not measured: {got['missing']}")
        else:
            more = "  ".join(f"{k} {v}" for k, v in got.items() if k not in ("impressions", "per_s", "seconds", "mb"))
            print(f"  {name:44s} {got['impressions']:>12,d} impressions  {got['per_s']:>12,.0f} /s  "
                  f"{got['seconds']:>8.1f} s  {got['mb']:>6.0f} MB  {more}")


def speed():
    """Ours against the peers."""
    python = ENV / "bin" / "python"
    ready, own = alone("ours", {"kind": "ready"}), alone("ours", {"kind": "sampled"})
    shared_ = alone("ours", {"kind": "shared"})
    peers = {"obp slate, PBM, 10 of 10 actions": alone("obp", python=python),
             "obp slate, PBM, 3 of 10 actions": alone("obp", {"length": 3, "rounds": 3000}, python),
             "T-RECS popularity, 1,000 × 1,000": alone("trecs", python=python),
             "T-RECS popularity, a toy: 100 × 100": alone("trecs", {"people": 100, "items": 100, "steps": 100}, python)}
    show("Impressions a second of CPU, one core", [
        ("world, ready slates", ready), ("world, drawn by weights of one's own", own),
        ("world, drawn by shared weights", shared_), *peers.items()])
    for name, got in peers.items():
        if "per_s" in got:
            print(f"  ready ÷ {name}: {ready['per_s'] / got['per_s']:.0f}×, drawn: {own['per_s'] / got['per_s']:.0f}×")


def scaling():
    """Time and memory from 10^4 to 10^7 impressions, and from 10^3 to 10^6 people."""
    show("Growth with impressions (8,000 people, 40,000 requests a day)", [
        (f"{days} days of {per_day:,d} requests", alone("ours", {"kind": "ready", "days": days, "per_day": per_day}))
        for days, per_day in ((1, 1000), (1, 10_000), (3, 40_000), (25, 40_000))])
    show("Growth with people (100,000 requests a day, one day)", [
        (f"{people:,d} people", alone("ours", {"kind": "ready", "people": people, "per_day": 100_000, "days": 1}))
        for people in (1000, 10_000, 100_000, 1_000_000)])


def full():
    """100 million impressions, streamed to Parquet."""
    show("100 million impressions, to Parquet", [
        ("50,000 people, 250,000 requests a day", alone("ours", {
            "kind": "ready", "people": 50_000, "items": 4000, "per_day": 250_000, "days": 41, "parquet": True}))])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--setup", action="store_true")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--job", choices=JOBS)
    parser.add_argument("--options", default="{}")
    asked = parser.parse_args()
    if asked.job:
        print(json.dumps(JOBS[asked.job](**json.loads(asked.options))))
        return
    if asked.setup:
        setup()
    if asked.full:
        full()
        return
    speed()
    scaling()


if __name__ == "__main__":
    main()
