"""Many launches, one plan: what it ships, what that is worth, and what it costs to find out.

    table, truths = collect(draw, range(100), "launches.csv")      # slow: worlds run; stopped, it goes on where it was
    scores(play(plan, table, truths))                              # fast: nothing runs

A launch is worth the sum over a horizon of days of (share of people treated that day × the true relative effect of
that day), in percent-days: everyone treated for 28 days with 1% more is worth 28.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, DataError
from course_lib.data.disk import write_atomic
from course_lib.evidence.estimate import mean_of_runs
from course_lib.launch.launch_plan import ACTIONS, LaunchPlan, Reading
from course_lib.launch.launch_readings import DAYS, SHARES, readings

HORIZON = 28
CHOSEN_ON = 44          # the stored launches before this one were looked at to choose the plan "reference"
STORED = ("feed",)
SCORED = ("value", "harm", "regret", "days")
ALL = "all"


def one_launch(launch, secret, *, days: int = DAYS, horizon: int = HORIZON, shares=SHARES) -> pd.DataFrame:
    """Readings of a launch and, on top, its truth: rows with share 0, `day` from 0 and the day's `effect`.

    launch, secret: as world.scenarios.draw gives them; secret has cause and effects(horizon).
    """
    seen = readings(launch, days, shares).assign(cause="", effect=np.nan)
    effect = np.asarray(secret.effects(horizon), float)
    true = pd.DataFrame({"day": np.arange(horizon), "share": 0.0, "since": 0, "cause": secret.cause, "effect": effect})
    return pd.concat([seen, true.round({"effect": 5})], ignore_index=True)


def collect(draw: Callable, seeds: Iterable[int], path, progress: Callable | None = print,
            **options) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Run the launches of these seeds that the file does not hold yet; returns `split_truths` of those asked for.

    draw: seed -> (launch, secret). path: a CSV, written anew after each launch, so that a run that was stopped goes on
    where it was. progress: told after each launch how many are done. options: of `one_launch`.
    """
    path, seeds = Path(path), [int(seed) for seed in seeds]
    held = _read(path) if path.exists() else pd.DataFrame({"launch": []})
    missing = [seed for seed in seeds if seed not in set(held["launch"])]
    for done, seed in enumerate(missing, 1):
        rows = one_launch(*draw(seed), **options)
        rows.insert(0, "launch", seed)
        held = pd.concat([held, rows], ignore_index=True) if len(held) else rows
        write_atomic(path, held.to_csv(index=False))
        held = _read(path)
        if progress is not None:
            progress(f"{len(seeds) - len(missing) + done} of {len(seeds)} launches")
    return split_truths(held[held["launch"].isin(seeds)])


def _read(path: Path) -> pd.DataFrame:
    """The file as it was written: "null" is a cause, not a gap."""
    return pd.read_csv(path, keep_default_na=False, na_values=[""])


def stored(kind: str = "feed", *, whole: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The launches that come with the course, of a feed: `split_truths` of what tests/benchmarks/bench_launches.py ran.

    The first CHOSEN_ON of the 99 were looked at to choose the plan "reference"; they are left out unless `whole`. What
    the older plans make of 33 of the others had been seen before that, and no variant of the reference on any of them.
    Raises ArgumentError for a kind that is not stored.
    """
    path = Path(__file__).with_name("played") / f"{kind}.csv.gz"
    if not path.exists():
        raise ArgumentError(f"kind is {kind!r}; expected one of {', '.join(sorted(STORED))}.")
    held = _read(path)
    return split_truths(held if whole else held[held["launch"] >= CHOSEN_ON])


def split_truths(held: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What a plan may read, and the truths: launch, cause, and the effect of each day, columns 0, 1, ….

    held: what `collect` wrote. Raises DataError where a launch has readings and no truth, or the reverse.
    """
    hidden = held["share"] == 0
    table = held[~hidden].drop(columns=["cause", "effect"]).reset_index(drop=True)
    true = held[hidden]
    truths = true.pivot(index="launch", columns="day", values="effect")
    truths.insert(0, "cause", true.groupby("launch")["cause"].first())
    if set(truths.index) != set(table["launch"]):
        raise DataError("some launches have readings without a truth, or the reverse; expected both. Run them anew.")
    return table, truths


def run_plan(plan: LaunchPlan, table: pd.DataFrame, horizon: int = HORIZON) -> tuple[np.ndarray, str, int]:
    """One launch: (share treated on each day, float (horizon,); "ship" or "stop"; days until the decision).

    table: the readings of that launch alone. A plan that has not decided when its steps are over stops.
    Raises DataError where the table lacks a day and share of the plan, ArgumentError for an answer not in ACTIONS.
    """
    exposure = np.zeros(horizon)
    at = {(int(row["day"]), round(row["share"], 4), int(row["since"])): row for row in table.to_dict("records")}
    action, day = ("ship", 0) if not plan.steps else ("go on", 0)
    while action == "go on" and day < plan.length:
        share = plan.share_on(day)
        exposure[day] = share
        day += 1
        key = (day, round(share, 4))
        if (*key, 0) not in at:
            raise DataError(f"plan {plan.name!r} asks for day {day} at a share of {share:g}; expected one of the days "
                            f"and shares of the table. Choose steps from those.")
        action = plan.rule(Reading(day, share, at[(*key, 0)], at.get((*key, 7))), plan)
        if action not in ACTIONS:
            raise ArgumentError(f"the rule of plan {plan.name!r} said {action!r}; expected one of {ACTIONS}.")
    if action == "ship":
        exposure[day:] = 1.0
    return exposure, "ship" if action == "ship" else "stop", day


def play(plan: LaunchPlan | str, table: pd.DataFrame, truths: pd.DataFrame) -> pd.DataFrame:
    """What a plan gets of each launch: one row a launch, with cause, action, days and, in percent-days, value, harm,
    regret and worth (that of shipping on day 0).

    plan: a LaunchPlan; or "oracle", which ships on day 0 what is worth more than nothing, by the truth. value: of
    whatever people had. harm: of it, what days below 0 took away. regret: what shipping on day 0 or never, whichever
    is better, would have been worth more; below 0 where a plan got out in time.
    """
    rows, parts = [], dict(list(table.groupby("launch")))
    for launch, truth in truths.iterrows():
        effect = 100 * truth.drop("cause").to_numpy(float)
        if plan == "oracle":
            ships = effect.sum() > 0
            exposure, action, days = np.full(len(effect), float(ships)), "ship" if ships else "stop", 0
        else:
            exposure, action, days = run_plan(plan, parts[launch], len(effect))
        value, harm = float((exposure * effect).sum()), float((exposure * np.maximum(-effect, 0)).sum())
        rows.append({"launch": launch, "cause": truth["cause"], "action": action, "days": days, "value": value,
                     "harm": harm, "regret": max(effect.sum(), 0.0) - value, "worth": float(effect.sum())})
    return pd.DataFrame(rows)


def scores(played: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Means over launches with their intervals: launches, share shipped, and each of SCORED; by: "cause", or all.

    played: what `play` gave. A cause with one launch has no interval and shows its value alone.
    """
    groups = {ALL: played} if by is None else dict(list(played.groupby(by)))
    rows = {}
    for name, part in groups.items():
        row = {"launches": len(part), "shipped": float((part["action"] == "ship").mean())}
        rows[name] = row | {column: mean_of_runs(part[column]) if len(part) > 1 else float(part[column].iloc[0])
                            for column in SCORED}
    return pd.DataFrame(rows).T.rename_axis(by or "launches of")


def against(plan: pd.DataFrame, rival: pd.DataFrame):
    """How much more value a plan gets than a rival of the same launches, an Estimate over launches, percent-days.

    plan, rival: what `play` gave for each. Raises DataError where they did not play the same launches.
    """
    if plan["launch"].tolist() != rival["launch"].tolist():
        raise DataError("the two played other launches; expected the same, in the same order.")
    return mean_of_runs(plan["value"].to_numpy() - rival["value"].to_numpy())
