"""The `course` command; `course --help` lists what it can do. A part is imported when it is asked for."""

from __future__ import annotations

import argparse
import errno
import os
import sys

# What these do not know themselves goes to the part that does the work.
PASSES_ON = ("lab", "compare", "progress", "interview", "load")
GO_ON = "go on with a run that was stopped: its worlds so far lie beside --out, as .unfinished.json"


def _doctor(args) -> int:
    from course_lib import doctor

    return doctor.main(args.quiet)


def _lab(args) -> int:
    from course_lib import lab

    return lab.main(args.arguments, start=not args.copy_only)


def _build(args) -> int:
    from course_lib.teach.publish import build

    if args.check:
        drift = build.check(args.lessons)
        print("\n".join(drift) or "notebooks agree with their sources")
        if drift:
            print("Edit solutions/source/, not the notebooks, then run: course build")
        return bool(drift)
    return bool(build.build(args.lessons, execute=not args.no_execute, force=args.force, jobs=args.jobs))


def _replicate(args) -> int:
    from course_lib.teach.replication import replicate

    return replicate.main(args)


def _data(args) -> int:
    from course_lib.data import datasets

    result = datasets.fetch(args.names or None, progress=not args.optional)
    missing = {name: says for name, says in result.items() if says != "ok"}
    if missing and args.optional:
        print(f"Not here: {', '.join(missing)}. Lessons run without it and say what they leave out. "
              f"To get it later: course data")
    return 0 if args.optional else bool(missing)


def _try(args) -> int:
    from course_lib.trial import command

    return command.main(args)


def _serve(args) -> int:
    from course_lib.serving.service import serve_command

    return serve_command.main(args)


def _compare(args) -> int:
    from course_lib.teach.classroom import page as classpage

    return classpage.main(args.arguments)


def _progress(args) -> int:
    from course_lib.teach import progress

    return progress.main(args.arguments) or 0


def _interview(args) -> int:
    from course_lib.teach.interviewer import interview_command

    return interview_command.main(args.arguments)


def _site(args) -> int:
    from course_lib.teach.site import site_command

    return site_command.main(args)


def _submit(args) -> int:
    from course_lib.teach.capstone import submit_command

    return submit_command.main(args)


def _league(args) -> int:
    from course_lib.teach.capstone import league_command

    return league_command.main(args)


def _load(args) -> int:
    from course_lib.serving.loadgen import load_command

    return load_command.main(args.arguments)


def parser() -> argparse.ArgumentParser:
    """The command line; `course NAME --help` tells what NAME takes."""
    top = argparse.ArgumentParser(prog="course", description="Recommender-system design, built, measured and launched.")
    commands = top.add_subparsers(dest="command", required=True)

    def add(name, run, text, **more):
        command = commands.add_parser(name, help=text, description=text, **more)
        command.set_defaults(run=run)
        return command

    add("doctor", _doctor, "say in one line each what is missing, and the remedy").add_argument(
        "--quiet", action="store_true", help="print only what needs a hand")
    lab = add("lab", _lab, "copy lessons to work/, keep what you edited, open JupyterLab with any further arguments")
    lab.add_argument("--copy-only", action="store_true", help="do not start JupyterLab")
    build = add("build", _build, "make notebooks/ and solutions/ from solutions/source/")
    build.add_argument("lessons", nargs="*", help="such as 03 or two_tower; all where none is named")
    build.add_argument("--check", action="store_true", help="write nothing; fail where notebooks and sources differ")
    build.add_argument("--no-execute", action="store_true", help="learner notebooks only")
    build.add_argument("--force", action="store_true", help="execute even where nothing changed")
    build.add_argument("-j", "--jobs", type=int, default=1, help="lessons at a time")
    _add_replicate(add)
    site = add("site", _site, "write the executed lessons and the ledger as pages that open without a network")
    site.add_argument("--out", metavar="DIR", help="the folder to write into (build/site); its old site is replaced")
    data = add("data", _data, "fetch and check real data")
    data.add_argument("names", nargs="*", help="data sets; all where none is named")
    data.add_argument("--optional", action="store_true", help="say only what is missing, and never fail")
    _add_try(add)
    _add_serve(add)
    _add_submit(add)
    for name, run, text in (("compare", _compare, "one page that compares the notebooks of a class"),
                            ("progress", _progress, "what you have done so far"),
                            ("interview", _interview, "a design interview that asks back"),
                            ("load", _load, "send load to a service on this machine; what people would have felt")):
        add(name, run, text, add_help=False)       # --help too goes to the part that knows the arguments
    return top


def _add_replicate(add) -> None:
    again = add("replicate", _replicate, "measure lessons again under other seeds, for the ledger; goes on where it "
                "was stopped")
    again.description = ("Run the measuring cells of lessons again, each time with other seeds, and put what they "
                         "measure into a table. From it the ledger's verdicts are computed. A run takes about as long "
                         "as its lesson; a call that was stopped goes on with the runs that are missing.")
    again.epilog = ("for example: course replicate feedback --seeds 3. To see whether the published verdicts survive "
                    "seeds that nobody has seen: course replicate --first 11 --out fresh.csv, then "
                    "course replicate --against fresh.csv")
    again.add_argument("lessons", nargs="*", help="such as 03 or two_tower; all that measure where none is named")
    again.add_argument("--seeds", type=int, default=10, metavar="N", help="runs of each lesson (10); a verdict needs "
                       "10, on real data 5")
    again.add_argument("--first", type=int, default=1, metavar="N", help="number of the first run (1); 0 is the lesson "
                       "at its published seeds")
    again.add_argument("-j", "--jobs", type=int, default=2, metavar="N", help="runs at a time on this machine (2)")
    again.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster to use instead of this machine: "
                       "tcp://host:8786")
    again.add_argument("--out", metavar="FILE.csv", help="another table than solutions/ledger/replicates.csv")
    again.add_argument("--against", metavar="FILE.csv", help="measure nothing: say how many published verdicts these "
                       "other runs change, and how many of their values fall where a further run was to fall")


def _add_try(add) -> None:
    trial = add("try", _try, "say what a table of your own holds, and who recommends best on it")
    trial.description = ("Read a table of who took what, say in words what it holds and what was left out of it, split "
                         "it by time and at random, let peers and the course's systems learn from one part, choose by "
                         "the next and be judged by the last, and print one table for each split.")
    trial.epilog = ("for example: course try sales.csv --user customer --item article --time when --value pounds "
                    "--items articles.csv --out page.html")
    trial.add_argument("file", help="CSV or other delimited text (also .gz), or Parquet: a row each time a user took "
                       "an item")
    trial.add_argument("--user", required=True, metavar="COLUMN", help="who")
    trial.add_argument("--item", required=True, metavar="COLUMN", help="what")
    trial.add_argument("--time", metavar="COLUMN", help="when, in any unit and zone; without it: a random split alone")
    trial.add_argument("--time-unit", metavar="UNIT", help="of times that are numbers: D h min s ms us ns (guessed)")
    trial.add_argument("--value", metavar="COLUMN", help="how much; rows below 0 (returns) are left out")
    trial.add_argument("--items", metavar="FILE", help="a table of the items, with the same column of ids")
    trial.add_argument("--k", type=int, default=10, help="length of the lists (10)")
    trial.add_argument("--out", metavar="PAGE.html", help="write tables and pictures there, too")
    trial.add_argument("--minutes", type=float, default=10, help="about how long it may take (10)")


def _add_serve(add) -> None:
    serve = add("serve", _serve, "answer requests over HTTP, on this machine alone")
    serve.description = ("Load a saved recommender, or train a small one of films, and answer POST /recommend, "
                         "/health, /ready and /metrics until Ctrl+C.")
    serve.epilog = "for example: course serve --port 8000 --set '{\"budget_ms\": 50, \"batch\": 32}'"
    serve.add_argument("--file", metavar="FILE", help="what a recommender's save() wrote; without it: films")
    serve.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="to listen on (127.0.0.1)")
    serve.add_argument("--port", type=int, default=8000, help="to listen on (8000); 0: a free one")
    serve.add_argument("--workers", type=int, default=1, metavar="N", help="processes (1); each has its own metrics")
    serve.add_argument("--store", metavar="WHERE", help="what people clicked last: a SQLite file, redis://host:port or "
                       "valkey://host:port; without it: none")
    serve.add_argument("--set", default="{}", metavar="JSON", help="of serving/service/settings.py")
    serve.add_argument("--announce", action="store_true", help="print the address alone")
    serve.add_argument("--until-input-ends", action="store_true", help="stop when standard input is closed")


def _add_submit(add) -> None:
    submit = add("submit", _submit, "hand in a system and a launch plan; see what they were truly worth")
    submit.description = ("Play a system of yours for 14 days in hidden worlds that are drawn when you run this, "
                          "confined, beside popularity, EASE, the reference and the oracle, and say what it was truly "
                          "worth, what its own test would have claimed, what it lost where and what it took.")
    submit.epilog = ("for example: course submit EASE > my_system.py, then course submit my_system.py. What a file may "
                     "hold is said at the top of course_lib/teach/capstone/handed_in.py")
    submit.add_argument("file", metavar="FILE", help="a .py file or a notebook with policy(request) or a class System, "
                        "and a PLAN if you like; popularity, EASE or reference: print that example")
    submit.add_argument("--beside", metavar="FILE", action="append", default=[], help="another submission, such as "
                        "your earlier one, in the same worlds; may be given again")
    submit.add_argument("--brief", choices=("feed", "marketplace"), default="feed", help="what it is for (feed)")
    submit.add_argument("--worlds", type=int, default=4, metavar="N", help="hidden worlds (4); more narrow intervals")
    submit.add_argument("-j", "--jobs", type=int, default=2, metavar="N", help="worlds at a time (2)")
    submit.add_argument("--out", metavar="FILE.json", help="where the result is stored (FILE with .submit.json)")
    submit.add_argument("--again", metavar="FILE.json", help="play the worlds of a stored result; the report says so")
    submit.add_argument("--go-on", action="store_true", help=GO_ON)

    league = add("league", _league, "all systems of a folder in the same hidden worlds, by truth, on one page")
    league.description = ("Play every .py file and notebook of a folder as course submit does, all in the same hidden "
                          "worlds, which are drawn when you run this; order them by what they were truly worth, with "
                          "ties where they cannot be told apart, and name what fooled whom.")
    league.add_argument("folder", metavar="DIR", help="with the files that were handed in, one a system")
    league.add_argument("--brief", choices=("feed", "marketplace"), default="feed", help="what they are for (feed)")
    league.add_argument("--worlds", type=int, default=4, metavar="N", help="hidden worlds (4); more part more ties")
    league.add_argument("-j", "--jobs", type=int, default=2, metavar="N", help="worlds at a time (2)")
    league.add_argument("--out", metavar="PAGE.html", default="league.html", help="the page (league.html); the result "
                        "goes beside it as .json")
    league.add_argument("--go-on", action="store_true", help=GO_ON)


def speak_anywhere() -> None:
    """Let what a terminal cannot show (a ✓ where all is ASCII) appear as its code, rather than end the command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code. Errors the course raises on purpose print as one message."""
    speak_anywhere()
    arguments = list(sys.argv[1:] if argv is None else argv)
    args, args.arguments = parser().parse_known_args(arguments)
    if args.arguments and args.command not in PASSES_ON:
        parser().error(f"course {args.command} does not know {' '.join(args.arguments)}")
    try:
        code = int(args.run(args))
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except BrokenPipeError:                         # whoever read the output has gone: `course progress | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        print("Stopped. Nothing half-written is left; run the same command again to go on.", file=sys.stderr)
        return 130
    except ImportError as error:
        print(f"course {args.command}: {error}. Set up with 'make lab', or run 'course doctor'.", file=sys.stderr)
        return 2
    except Exception as error:
        from course_lib.contracts import CourseError

        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            error = f"the disk is full ({error.filename or 'while the output was written'}). Free some space."
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        elif not isinstance(error, CourseError):
            raise
        print(f"course {args.command}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
