"""A run that is kept as it goes: each world that has ended is written at once, and a stopped run can go on.

What has not come to its end stands beside the result, so that an earlier one is lost only to a whole one. It is a
result too, of fewer worlds than seeds: reports and pages read it, and say so.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from course_lib.contracts import DataError
from course_lib.data.disk import check_writable, write_atomic
from course_lib.teach.capstone.run_of_play import playing_code, run


def run_and_keep(submissions, brief, out: Path, *, begun: dict | None = None,
                 also: Callable = lambda result, where: None, tell: Callable = lambda text: None, **more) -> dict:
    """run_of_play.run, whose result stands in `out` before this returns, and until then in `unfinished(out)`.

    begun: a stopped run's result, whose other worlds are to be played. also: gets each result that is written, and
    where. more: for `run`. Whatever stops it, `tell` gets a sentence of what is kept.
    """
    part, kept = unfinished(out), []
    check_writable(out)                     # and not minutes later
    if begun is None and part.exists():
        tell(f"A stopped run stands in {part}. This one begins anew and takes its place; --go-on would have gone on "
             f"with that one.")

    def keep(result: dict) -> None:
        where = out if len(result["worlds"]) == len(result["seeds"]) else part
        write_atomic(where, json.dumps(result, indent=1))
        kept[:] = [f"{len(result['worlds'])} of {len(result['seeds'])} worlds are kept in {where}"]
        also(result, where)
    if begun is not None:
        check_begun(begun, submissions, brief, out)
        tell(f"Goes on: {len(begun['worlds'])} of {len(begun['seeds'])} worlds were played.")
    try:
        result = run(submissions, brief, begun=begun, keep=keep, tell=tell, **more)
    except BaseException:
        if kept:
            tell(f"Stopped. {kept[0]}; the same command with --go-on plays the rest.")
        raise
    for left in (part, part.with_suffix(".html")):
        left.unlink(missing_ok=True)
    return result


def unfinished(out: Path) -> Path:
    """Where a run's result stands before its end."""
    return out.with_suffix(".unfinished.json")


def check_begun(begun: dict, submissions, brief, out) -> None:
    """Raises DataError where a stopped run is not of this brief, these texts and this code."""
    mine = {one.name: one.digest for one in submissions}
    theirs = {name: begun.get("digests", {}).get(name) for name in begun["submissions"]}
    reasons = {"another brief": begun["brief"] != json.loads(json.dumps(asdict(brief))),
               "other submissions, or other texts of them": mine != theirs,
               "other code of the course": begun.get("code") != playing_code(),
               "a form that does not say which worlds": not all("seed" in world for world in begun["worlds"])}
    found = [reason for reason, so in reasons.items() if so]
    if found:
        raise DataError(f"The run in {out} cannot go on here; it is of {' and of '.join(found)}. Begin it anew, "
                        f"without --go-on.")
