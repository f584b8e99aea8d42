"""A run: so many hidden worlds, whose seeds are drawn now, and in each every submission and rival. Rows, as JSON.

    result = run([handed_in], brief, worlds=4)

A result is made of plain numbers and texts: it is what `course submit` and `course league` store and report on.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from course_lib.contracts import ArgumentError, as_count
from course_lib.teach.capstone.clean_start import ready
from course_lib.teach.capstone.confined_system import is_late, what_is_enforced
from course_lib.teach.capstone.handed_in import HandedIn, read
from course_lib.teach.capstone.play_days import WorldInPlay
from course_lib.teach.capstone.turns import Turns
from course_lib.teach.capstone.verdicts import Standing, standing
from course_lib.teach.lessons import ROOT
from course_lib.teach.replication.measuring import modules_digest

EXAMPLES = Path(__file__).resolve().parent / "example_systems"
RIVALS = {"popularity": "chart_of_clicks.py", "EASE": "one_linear_model.py", "reference": "content_beside_clicks.py"}
FORM = 1
PLAYED_BY = ("world/*.py", "contracts/apart.py", "contracts/draw.py", "contracts/requests.py",
             "stages/retrieval/baselines.py", "launch/launch_plan.py", "launch/launch_arena.py",
             "launch/launch_readings.py", "evidence/experiment.py",
             "evidence/noninferiority.py", "teach/capstone/briefs.py", "teach/capstone/play_days.py",
             "teach/capstone/hidden_world.py", "teach/capstone/system_process.py",
             "teach/capstone/example_systems/*.py")


def playing_code() -> str:
    """12 hex digits over the code on which the figures of a play depend: the world, its rules, what rivals lean on.

    Comments, docstrings and printed texts do not count; nor does what reports, draws, confines or takes time.
    """
    package = ROOT / "course_lib"
    return modules_digest(package, (path for pattern in PLAYED_BY for path in package.glob(pattern)))


def rivals() -> list[HandedIn]:
    """The course's own systems, read as submissions: popularity, EASE, the reference."""
    return [read(EXAMPLES / file, name) for name, file in RIVALS.items()]


def run(submissions: list[HandedIn], brief, worlds: int = 4, *, seeds: list[int] | None = None, jobs: int = 1,
        tell: Callable = lambda text: None, keep: Callable = lambda result: None, begun: dict | None = None) -> dict:
    """Play all submissions and rivals in the same hidden worlds.

    worlds: how many, 2 or more for intervals. seeds: to play a stored result's worlds again; None draws them here.
    jobs: worlds at a time. tell: gets a line of progress. keep: gets the result so far whenever a world has ended.
    begun: such a result, of the same submissions and brief, whose seeds are taken and whose worlds are not played
    again. Raises ArgumentError where two submissions have one name.
    Returns {form, code: of `playing_code`, brief, enforced (of limits_tried.probe), seeds, drawn, began, seconds,
    submissions, digests: {name: HandedIn.digest} of rivals too, worlds: a dict each with seed, seconds, control,
    oracle, rows: {name: row}}; with fewer worlds than seeds where it is not at its end.
    """
    players = [*rivals(), *submissions]
    names = [one.name for one in players]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None or "oracle" in names:
        raise ArgumentError(f"two of those that play are called {twice or 'oracle'!r}; expected names that differ from "
                            f"each other and from {', '.join(RIVALS)} and oracle. Rename the file.")
    as_count("worlds", worlds, 1)
    as_count("jobs", jobs, 1)
    drawn = begun["drawn"] if begun else seeds is None
    seeds = begun["seeds"] if begun else seeds
    seeds = [secrets.randbits(62) for _ in range(worlds)] if seeds is None else [int(seed) for seed in seeds]
    ready(players)
    enforced = what_is_enforced(brief)
    start = time.monotonic() - (begun["seconds"] if begun else 0.0)
    played = {seeds.index(world["seed"]): world for world in begun["worlds"]} if begun else {}
    out = {name: row["failed"] for world in played.values() for name, row in world["rows"].items() if "failed" in row}
    said = {"form": FORM, "code": playing_code(), "brief": asdict(brief), "enforced": enforced, "seeds": seeds,
            "drawn": drawn, "began": begun["began"] if begun else time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
            "submissions": [one.name for one in submissions], "digests": {one.name: one.digest for one in players}}
    writing, turns = threading.Lock(), Turns()

    def so_far() -> dict:
        return said | {"seconds": time.monotonic() - start, "worlds": [played[at] for at in sorted(played)]}

    def one(at: int) -> None:
        held = {"seed": seeds[at]} | _world(brief, seeds[at], players, out, turns)
        with writing:
            played[at] = held
            tell(f"world {at + 1} of {len(seeds)}: {held['seconds']:.0f} s")
            keep(so_far())
    left = [at for at in range(len(seeds)) if at not in played]
    if jobs == 1:
        for at in left:
            one(at)
    else:
        with ThreadPoolExecutor(jobs) as pool:
            list(pool.map(one, left))
    return so_far()


def standings(result: dict, rivals_too: bool = True) -> list[Standing]:
    """Everybody over all worlds, from a result; rivals first, where they are asked for."""
    worlds = result["worlds"]
    names = [*RIVALS, *result["submissions"]] if rivals_too else result["submissions"]
    controls = [world["control"] for world in worlds]
    rows = {name: [world["rows"][name] for world in worlds] for name in worlds[0]["rows"]}
    return [standing(name, rows[name], controls, rows, result["brief"]) for name in names]


def _world(brief, seed: int, players: list[HandedIn], out: dict[str, str], turns: Turns) -> dict:
    """All that play, in one world. out: name -> why it could not be played to the end, in whichever world.

    Who is out already is not run again: an endless loop costs its time twice, and no more. turns: of the worlds that
    are played at once.
    """
    start, rows = time.monotonic(), {}
    with contextlib.ExitStack() as ends:
        with turns.beside():
            world = ends.enter_context(WorldInPlay(brief, seed))
        for one in players:
            began = time.monotonic()
            row = {"failed": out[one.name]} if one.name in out else _row(world, one, turns)
            rows[one.name] = row | {"seconds": time.monotonic() - began}
            if "failed" in row:
                out[one.name] = row["failed"]
        return {"seconds": time.monotonic() - start, "control": world.control["worth"].tolist(),
                "oracle": world.row_of_oracle(), "rows": rows}


def _row(world: WorldInPlay, one: HandedIn, turns: Turns) -> dict:
    """What one gets in a world. Whoever ran out of time plays it once more, while no other world is played.

    A slow moment of the machine then costs nobody a place, and no world can be thrown away by whoever is late there.
    "late" in the row says why it was played twice; a "failed" after two plays says both reasons.
    """
    with turns.beside():
        row = world.play(one)
    if not is_late(row.get("failed", "")):
        return row
    first = row["failed"]
    with turns.alone():
        row = world.play(one)
    if "failed" in row:
        return {"failed": f"It failed twice in one world. First, {first} Then, alone, {row['failed']}"}
    return row | {"late": first}
