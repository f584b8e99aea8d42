"""A hundred launches at the margin, and what each named plan makes of them: value, harm, days, regret, by cause.

python tests/benchmarks/bench_launches.py --launches 100 --out launches.csv     start it anew to go on where it was
python tests/benchmarks/bench_launches.py --launches 100 --out launches.csv --part 0 --of 2     half of the seeds

--store puts them where lesson "launch" reads them (course_lib/launch/played): causes in turn, so a multiple of eleven.

With --part, each part has a file of its own (launches_0.csv); a run without it puts together whatever parts there are.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import pandas as pd

from course_lib.launch import launch_arena
from course_lib.launch.launch_arena import ALL, CHOSEN_ON, against, collect, play, scores
from course_lib.launch.launch_plan import RIVALS_OF
from course_lib.world import scenarios


def draw(kind: str):
    """A launch of a seed; the causes come in turn, so that each has as many launches as another."""
    causes = scenarios.OF_FEED if kind == "feed" else scenarios.OF_SHOP
    return lambda seed: scenarios.draw(seed, kind, cause=causes[seed % len(causes)])


def put_together(out: Path) -> None:
    """Add what the parts hold to the whole file."""
    files = [path for path in [out, *sorted(out.parent.glob(f"{out.stem}_[0-9].csv"))] if path.exists()]
    if len(files) > 1:
        rows = pd.concat([pd.read_csv(path, keep_default_na=False, na_values=[""]) for path in files])
        rows.drop_duplicates(["launch", "day", "share", "since"]).to_csv(out, index=False)


def report(kind, table, truths) -> None:
    played = {name: play(plan, table, truths) for name, plan in RIVALS_OF[kind].items()} | {
        "oracle": play("oracle", table, truths)}
    whole = pd.concat({name: scores(part).loc[ALL] for name, part in played.items()}, axis=1).T
    print(whole.to_string(), "\n")
    by_cause = pd.DataFrame({name: part.groupby("cause")["value"].mean() for name, part in played.items()})
    print("value by cause, percent-days a launch\n" + by_cause.round(1).to_string(), "\n")
    shipped = pd.DataFrame({name: part.groupby("cause")["action"].agg(lambda a: (a == "ship").mean())
                            for name, part in played.items()})
    print("share shipped by cause\n" + shipped.round(2).to_string(), "\n")
    for mine in ("risk-aware", "reference"):
        for name, part in played.items():
            if name != mine:
                print(f"{mine}, more value than {name}: {against(played[mine], part):.1f}")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--launches", type=int, default=100)
    ask.add_argument("--kind", choices=("feed", "marketplace"), default="feed")
    ask.add_argument("--out", type=Path, default=Path("launches.csv"))
    ask.add_argument("--part", type=int)
    ask.add_argument("--of", type=int, default=1)
    ask.add_argument("--store", action="store_true")
    args = ask.parse_args()
    seeds, start = range(args.launches), time.process_time()
    if args.part is not None:
        own = args.out.with_name(f"{args.out.stem}_{args.part}.csv")
        collect(draw(args.kind), seeds[args.part::args.of], own, lambda text: print(text, flush=True))
        return
    put_together(args.out)
    table, truths = collect(draw(args.kind), seeds, args.out, lambda text: print(text, flush=True))
    print(f"{time.process_time() - start:.0f} s of CPU for what was missing\n")
    for title, kept in (("on which the reference was chosen", truths.index < CHOSEN_ON),
                        ("on which it is shown", truths.index >= CHOSEN_ON)):
        if kept.sum() > 1:
            print(f"## the {kept.sum()} launches {title}\n")
            report(args.kind, table[table["launch"].isin(truths.index[kept])], truths[kept])
    if args.store:
        kept = pd.read_csv(args.out, keep_default_na=False, na_values=[""])
        kept = kept[kept["launch"].isin(seeds)].sort_values(["launch", "share", "since", "day"], kind="stable")
        kept.to_csv(Path(launch_arena.__file__).with_name("played") / f"{args.kind}.csv.gz", index=False)


if __name__ == "__main__":
    main()
