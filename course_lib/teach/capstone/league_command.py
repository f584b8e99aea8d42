"""`course league DIR`: every submission of a folder in the same hidden worlds, ordered by truth, on one page."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from course_lib.contracts import CourseError, DataError
from course_lib.data.disk import check_writable, write_atomic
from course_lib.teach.capstone.briefs import brief_of
from course_lib.teach.capstone.handed_in import HandedIn, read
from course_lib.teach.capstone.kept_run import run_and_keep
from course_lib.teach.capstone.run_of_play import RIVALS, standings
from course_lib.teach.capstone.submit_command import stopped
from course_lib.teach.capstone.submit_report import percent, plain
from course_lib.teach.capstone.verdicts import places

KINDS = (".py", ".ipynb", ".zip")


def main(args) -> int:
    """Run the command. Returns 0 where a page was written. Raises DataError for a folder with nothing to play."""
    from course_lib.teach.capstone.league_page import league_page, place

    out = Path(args.out)
    if out.suffix == ".json":
        raise DataError(f"{out} is to be a page, and the result goes beside it as .json. Name a page: {out.stem}.html.")
    submissions, left_out = read_folder(Path(args.folder))
    if not submissions:
        raise DataError(f"{args.folder} holds no submission. " + (f"{plain(left_out[0][1])} " if left_out else "")
                        + "Expected .py files or notebooks, one a system.")
    kept = out.with_suffix(".json")
    check_writable(out)
    result = run_and_keep(submissions, brief_of(args.brief), kept, worlds=args.worlds, jobs=args.jobs,
                          begun=stopped(kept) if args.go_on else None,
                          also=lambda result, where: write_atomic(out if where == kept else where.with_suffix(".html"),
                                                                  league_page(result, left_out)),
                          tell=lambda text: print(text, file=sys.stderr, flush=True))
    for first, last, one in places(standings(result)):
        said = f"did not play: {plain(one.failed, 120)}" if one.failed else percent(one.lift) + (
            f"  fooled by {', '.join(one.fooled)}" if one.fooled else "") + (
            f"  breaks the brief: {one.beyond}" if one.beyond else "")
        print(f"{place(first, last):>5}  {plain(one.name, 40):40}  {said}")
    for name, why in left_out:
        print(f"       {plain(name, 40):40}  not played: {plain(why, 200)}")
    print(f"{result['seconds']:.0f} s. Written: {out} and {kept}")
    return 0


def read_folder(folder: Path) -> tuple[list[HandedIn], list[tuple[str, str]]]:
    """(submissions, (file, why) of what is left out), by name; a file below a folder of its own is called by both.

    Hidden files are passed over, links not followed; nothing is executed. Raises DataError where there is
    no such folder.
    """
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder. Name the one with the files that were handed in.")
    submissions, left_out, taken = [], [], {*RIVALS, "oracle"}
    for path in _files(folder):
        name = str(path.relative_to(folder).with_suffix(""))
        if path.suffix.lower() == ".zip":
            left_out.append((str(path.relative_to(folder)), "a zip is not opened. Unpack it here and run again."))
            continue
        if name in taken:
            left_out.append((str(path.relative_to(folder)), f"another that plays is called {name!r}. Rename the file."))
            continue
        try:
            submissions.append(read(path, name))
            taken.add(name)
        except CourseError as error:
            left_out.append((str(path.relative_to(folder)), str(error)))
    return submissions, left_out


def _files(folder: Path) -> list[Path]:
    found = []
    for where, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith((".", "__pycache__"))]
        found += [Path(where) / name for name in names if Path(name).suffix.lower() in KINDS and name[0] != "."]
    return sorted(found)
