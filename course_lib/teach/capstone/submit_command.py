"""`course submit FILE`: plays a submission in hidden worlds, prints what it was worth, and stores the result."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from course_lib.contracts import DataError
from course_lib.teach.capstone.briefs import Brief, brief_of
from course_lib.teach.capstone.handed_in import HandedIn, read
from course_lib.teach.capstone.kept_run import run_and_keep, unfinished
from course_lib.teach.capstone.run_of_play import EXAMPLES, FORM, RIVALS, playing_code

NEEDED = {"form", "brief", "enforced", "seeds", "drawn", "began", "seconds", "submissions", "worlds"}


def main(args) -> int:
    """Run the command. Returns 0 where the submission played to the end, 1 where it did not."""
    from course_lib.teach.capstone.submit_report import report

    if args.file in RIVALS:
        print((EXAMPLES / RIVALS[args.file]).read_text(encoding="utf-8"), end="")
        return 0
    held, brief, seeds = read(args.file), brief_of(args.brief), None
    again = stored(args.again) if args.again else None
    if again and again["brief"]["kind"] != args.brief:
        raise DataError(f"{args.again} holds worlds of the brief {again['brief']['kind']}, and {args.brief} is asked "
                        f"for. Add --brief {again['brief']['kind']}.")
    if again:
        brief, seeds = _stored_brief(again, args.again), again["seeds"]
        if again.get("code") != playing_code():
            _to_stderr(f"The worlds of {args.again} were played by other code of the course ({again.get('code')}; here "
                       f"it is {playing_code()}): figures there and here differ by that too.")
    out = Path(args.out) if args.out else Path(args.file).with_suffix(".submit.json")
    result = run_and_keep([held, *beside(held, args.beside)], brief, out, worlds=args.worlds, seeds=seeds,
                          jobs=args.jobs, tell=_to_stderr, begun=stopped(out) if args.go_on else None)
    print(report(result))
    print(f"Stored in {out}.")
    return int(any("failed" in world["rows"][held.name] for world in result["worlds"]))


def beside(held: HandedIn, files) -> list[HandedIn]:
    """Others that play the same worlds, such as earlier submissions; one of the same name is called by its folder too.
    """
    taken, found = {held.name, *RIVALS}, []
    for file in files:
        parts = Path(file).resolve().with_suffix("").parts
        names = ["/".join(parts[-count:]) for count in range(1, len(parts))]
        found.append(read(file, next((name for name in names if name not in taken), names[0])))
        taken.add(found[-1].name)
    return found


def _stored_brief(result: dict, path) -> Brief:
    """The brief of the worlds that are played again: sizes are part of a world."""
    try:
        return Brief(**result["brief"])
    except TypeError:
        raise DataError(f"{path} holds a brief of another form than this course's: {', '.join(result['brief'])}. Its "
                        f"worlds cannot be played again here.") from None


def stored(path) -> dict:
    """A stored result. Raises DataError for a file that holds none."""
    try:
        result = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read as a result: {error}. Name a file that course submit or course league "
                        f"wrote.") from None
    if not isinstance(result, dict) or not NEEDED <= set(result) or result["form"] != FORM or not result["worlds"]:
        raise DataError(f"{path} holds no result of this course's form {FORM}. Run course submit again.")
    return result


def stopped(out: Path) -> dict:
    """The stopped run whose result was to stand in out. Raises DataError where there is none."""
    part = unfinished(out)
    if not part.exists():
        why = f"that of {out} came to its end" if out.exists() else "none was stopped after its first world"
        raise DataError(f"There is no run to go on with: {part} is not there; {why}. Begin without --go-on.")
    return stored(part)


def _to_stderr(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
