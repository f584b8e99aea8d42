"""A league of twelve in hidden worlds: order by truth, who was fooled, time; and whether other worlds say the same.

python tests/benchmarks/bench_league.py --draws 3 --out league --store    goes on where it was stopped
python tests/benchmarks/bench_league.py --harm        the same small worlds with the hostile one and without

Each draw draws worlds of its own and is what `course league tests/benchmarks/league_of_twelve` plays. --store puts the
table beside the twelve, with the digests of what was played; tests/teach/capstone/test_league_of_twelve.py reads it.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing.forkserver as server
import os
import resource
import sys
import tempfile
import traceback
from dataclasses import asdict, replace
from pathlib import Path

from course_lib.contracts import DataError
from course_lib.data.disk import write_atomic
from course_lib.teach.capstone.briefs import brief_of
from course_lib.teach.capstone.league_command import read_folder
from course_lib.teach.capstone.league_page import place
from course_lib.teach.capstone.run_of_play import run, standings
from course_lib.teach.capstone.stored_plays import figures, small
from course_lib.teach.capstone.verdicts import difference, places, ratio_of_runs

TWELVE = Path(__file__).with_name("league_of_twelve")
STORED = TWELVE / "played.json"


def cpu_seconds() -> float:
    """Of this process, the one that starts submissions' processes, and those of worlds and submissions that ended."""
    own = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    pid = getattr(server._forkserver, "_forkserver_pid", None)
    if pid is None or not Path(f"/proc/{pid}/stat").exists():
        return own
    spent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
    return own + sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")


def one_draw(twelve, brief, worlds: int, jobs: int) -> dict:
    """A result of run_of_play.run, with CPU seconds and the load of the machine before and after."""
    load, spent = os.getloadavg()[0], cpu_seconds()
    result = run(twelve, brief, worlds, jobs=jobs, tell=lambda text: print(text, file=sys.stderr, flush=True))
    return result | {"cpu_seconds": cpu_seconds() - spent, "load": [load, os.getloadavg()[0]]}


def check_draw(draw: dict, brief, worlds: int, file) -> None:
    """Raises DataError where a draw that lies there is of another brief or size, was not drawn, or is not whole."""
    theirs, ours = draw["brief"], json.loads(json.dumps(asdict(brief)))
    found = [f"{name} {theirs.get(name)!r}, not {ours.get(name)!r}" for name in ours.keys() | theirs.keys()
             if theirs.get(name) != ours.get(name)]
    found += [f"{len(draw['worlds'])} worlds, not {worlds}"] * (len(draw["worlds"]) != worlds)
    found += ["worlds of seeds that were given"] * (not draw["drawn"])
    if found:
        raise DataError(f"{file} holds a draw of {'; '.join(sorted(found))}. Name an empty folder with --out.")


def told(result: dict) -> dict:
    """A draw as it is stored: its table by truth."""
    rows = [{"name": one.name, "places": [first, last], "failed": one.failed[:160]} | ({} if one.failed else {
        "lift": [round(value, 3) for value in (one.lift.value, one.lift.low, one.lift.high)],
        "log_recall": round(one.mean("log_recall"), 3), "fooled": sorted(one.fooled), "behind": one.behind,
        "sold_short": one.short is not None, "beyond": one.beyond})
        for first, last, one in places(standings(result))]
    oracle = ratio_of_runs([world["oracle"]["lift"] for world in result["worlds"]])
    return {"seconds": round(result["seconds"]), "cpu_seconds": round(result["cpu_seconds"]),
            "load": [round(load, 1) for load in result["load"]], "worlds": len(result["worlds"]),
            "oracle": round(oracle.value, 3), "table": rows}


def decided(result: dict) -> dict[tuple[str, str], int]:
    """{(one, other): 1 where one is certainly better, -1 where the other is, 0 for a tie}."""
    played = [one for one in standings(result) if not one.failed]
    gaps = {(a.name, b.name): difference(a, b) for a, b in itertools.combinations(played, 2)}
    return {pair: int(gap.low > 0) - int(gap.high < 0) for pair, gap in gaps.items()}


def agreement(draws: list[dict]) -> dict:
    """Over pairs of systems and of draws: how often both are decided and alike, decided against each other, or tied."""
    found = {"alike": 0, "against": [], "tied in one": 0, "tied in both": 0}
    for one, other in itertools.combinations(map(decided, draws), 2):
        for pair in one.keys() & other.keys():
            both = one[pair], other[pair]
            if both[0] * both[1] < 0:
                found["against"].append(list(pair))
            else:
                found["alike" if all(both) else "tied in one" if any(both) else "tied in both"] += 1
    return found


def show(draw: dict) -> None:
    print(f"{draw['worlds']} worlds, {draw['seconds']} s, {draw['cpu_seconds']} s of CPU, load {draw['load']}, oracle "
          f"{draw['oracle']:+.0%}")
    for row in draw["table"]:
        says = f"did not play: {row['failed'][:70]}" if row["failed"] else (
            f"{row['lift'][0]:+.0%} [{row['lift'][1]:+.0%}, {row['lift'][2]:+.0%}]  log {row['log_recall']:.2f}"
            + (f"  fooled by {', '.join(row['fooled'])} {row['behind']}" if row["fooled"] else "")
            + ("  sold short" if row["sold_short"] else "")
            + (f"  breaks the brief: {row['beyond']}" if row["beyond"] else ""))
        print(f"{place(*row['places']):>6}  {row['name']:24}  {says}")
    print(flush=True)


def harm(twelve, brief) -> None:
    """Play the same two worlds with the hostile one and without."""
    rest = [one for one in twelve if one.name != "hostile"]
    with_it, without = (run(part, brief, seeds=[301, 302], jobs=2) for part in (twelve, rest))
    for one, other in zip(with_it["worlds"], without["worlds"], strict=True):
        ended = one["rows"].pop("hostile")
        print(f"hostile after {ended['seconds']:.0f} s: {ended['failed'][:100]}")
        print("the others' figures are", "the same" if figures(one) == figures(other) else "NOT the same")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--draws", type=int, default=1)
    ask.add_argument("--worlds", type=int, default=4)
    ask.add_argument("--jobs", type=int, default=2)
    ask.add_argument("--days", type=int, default=14)
    ask.add_argument("--small", action="store_true", help="small worlds, to shake out errors")
    ask.add_argument("--out", type=Path, help="a folder, where a stopped run goes on")
    ask.add_argument("--harm", action="store_true")
    ask.add_argument("--store", action="store_true")
    args = ask.parse_args()
    twelve, left_out = read_folder(TWELVE)
    assert not left_out, left_out
    brief = replace(small("feed") if args.small or args.harm else brief_of("feed"), days=args.days)
    if args.harm:
        harm(twelve, brief)
        return
    args.out = args.out or Path(tempfile.mkdtemp(prefix="league-"))
    args.out.mkdir(exist_ok=True)
    draws, failed = [], []
    for number in range(1, args.draws + 1):
        file = args.out / f"draw_{number}.json"
        if file.exists():
            check_draw(json.loads(file.read_text()), brief, args.worlds, file)
        else:
            try:
                write_atomic(file, json.dumps(one_draw(twelve, brief, args.worlds, args.jobs)))
            except Exception:  # noqa: BLE001 - the other draws are played all the same
                failed.append(number)
                traceback.print_exc()
                continue
        draws.append(json.loads(file.read_text()))
        show(told(draws[-1]))
    agree = agreement(draws)
    print(agree)
    if failed:
        sys.exit(f"Draws that failed: {failed}. Nothing is stored; the same command with --out {args.out} plays those.")
    if args.store:
        alike = all((draw["code"], draw["digests"]) == (draws[0]["code"], draws[0]["digests"]) for draw in draws)
        assert alike, "the draws were played by different code. Begin in an empty folder."
        sizes = f"--draws {args.draws} --worlds {args.worlds} --jobs {args.jobs} --days {args.days}"
        sizes += " --small" * args.small
        write_atomic(STORED, json.dumps({
            "command": f"python tests/benchmarks/bench_league.py {sizes} --store",
            "code": draws[0]["code"], "digests": draws[0]["digests"], "agreement": agree,
            "draws": [told(draw) for draw in draws]}, indent=1) + "\n")


if __name__ == "__main__":
    main()
