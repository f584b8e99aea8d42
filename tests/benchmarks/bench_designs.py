"""Twenty systems made of what the lessons teach: which are worth more than the reference, by how much?

python tests/benchmarks/bench_designs.py --worlds 4 --out designs.json    goes on where it was stopped

All play the same hidden worlds, drawn at the run. Twelve are weights of three signals (EASE on long clicks, taste by
content, rate of an item) in a funnel; seven stand in league_of_twelve; one is the reference on its last week alone.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from course_lib.teach.capstone.briefs import brief_of
from course_lib.teach.capstone.handed_in import HandedIn, checked, read
from course_lib.teach.capstone.kept_run import run_and_keep, unfinished
from course_lib.teach.capstone.run_of_play import standings
from course_lib.teach.capstone.stored_plays import small
from course_lib.teach.capstone.submit_command import stored
from course_lib.teach.capstone.submit_report import percent
from course_lib.teach.capstone.verdicts import difference, places

TWELVE = Path(__file__).with_name("league_of_twelve")
FILES = ("last_days_chart", "favourite_category", "nearest_content", "towers_and_linear", "trees_on_features",
         "various_slates", "explores")
WEIGHTS = {"rate": (0, 0, 1), "EASE": (1, 0, 0), "taste": (0, 1, 0), "EASE, rate": (1, 0, 0.5),
           "EASE, loud rate": (1, 0, 2), "taste, rate": (0, 1, 0.5), "EASE, taste": (1, 1, 0), "all": (1, 1, 0.5),
           "all, taste twice": (1, 2, 0.5), "all, loud taste": (1, 4, 0.5), "all, loud rate": (1, 2, 2)}
SIGNALS = """from course_lib.teach.capstone.example_systems import three_signals

three_signals.SETTINGS.update(retrieve={}, choose={}, order={})
System = three_signals.System
"""
LAST_WEEK = """from course_lib.teach.capstone.example_systems.content_beside_clicks import System as Reference


class System(Reference):
    def fit(self, log):
        days, log.days = log.days, log.days[-7:]
        try:
            super().fit(log)
        finally:
            log.days = days
"""


def twenty() -> list[HandedIn]:
    texts = {f"signals: {name}": SIGNALS.format(held, held, held) for name, held in WEIGHTS.items()}
    texts["signals: a stage each"] = SIGNALS.format((1, 0, 0), (1, 2, 0.5), (0, 0, 1))
    texts["reference, last week"] = LAST_WEEK
    made = [HandedIn(name, checked(text, name)) for name, text in texts.items()]
    return made + [read(TWELVE / f"{name}.py", name) for name in FILES]


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--worlds", type=int, default=4)
    ask.add_argument("--jobs", type=int, default=2)
    ask.add_argument("--small", action="store_true", help="small worlds, to shake out errors")
    ask.add_argument("--out", type=Path, help="where the whole result goes, as JSON")
    args = ask.parse_args()
    out = args.out or Path(tempfile.mkdtemp(prefix="designs-")) / "designs.json"
    begun = stored(unfinished(out)) if unfinished(out).exists() else None
    result = run_and_keep(twenty(), small("feed") if args.small else brief_of("feed"), out, begun=begun,
                          worlds=args.worlds, jobs=args.jobs,
                          tell=lambda text: print(text, file=sys.stderr, flush=True))
    print(f"{result['seconds']:.0f} s. Written: {out}")
    everyone = standings(result)
    reference = next(one for one in everyone if one.name == "reference")
    for first, last, one in places(everyone):
        says = f"did not play: {one.failed[:80]}" if one.failed else (
            f"lift {percent(one.lift)}  beside the reference {percent(difference(one, reference))}")
        print(f"{first:>3}–{last:<3} {one.name:26} {says}")


if __name__ == "__main__":
    main()
