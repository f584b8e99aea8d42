"""`course submit FILE`: plays a submission in hidden worlds, prints what it was worth, and stores the result."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from course_lib.contracts import DataError
from course_lib.data.disk import write_atomic
from course_lib.teach.capstone.briefs import brief_of
from course_lib.teach.capstone.handed_in import read
from course_lib.teach.capstone.run_of_play import EXAMPLES, FORM, RIVALS, run

NEEDED = {"form", "brief", "enforced", "seeds", "drawn", "began", "seconds", "submissions", "worlds"}


def main(args) -> int:
    """Run the command. Returns 0 where the submission played to the end, 1 where it did not."""
    from course_lib.teach.capstone.submit_report import report

    if args.file in RIVALS:
        print((EXAMPLES / RIVALS[args.file]).read_text(encoding="utf-8"), end="")
        return 0
    held, brief = read(args.file), brief_of(args.brief)
    again = stored(args.again) if args.again else None
    if again and again["brief"]["kind"] != args.brief:
        raise DataError(f"{args.again} holds worlds of the brief {again['brief']['kind']}, and {args.brief} is asked "
                        f"for. Add --brief {again['brief']['kind']}.")
    out = Path(args.out) if args.out else Path(args.file).with_suffix(".submit.json")
    result = run([held], brief, args.worlds, seeds=again["seeds"] if again else None, jobs=args.jobs, tell=_to_stderr)
    print(report(result))
    write_atomic(out, json.dumps(result, indent=1))
    print(f"Stored in {out}.")
    return int(any("failed" in world["rows"][held.name] for world in result["worlds"]))


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


def _to_stderr(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
