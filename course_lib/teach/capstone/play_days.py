"""One hidden world and what submissions get in it: true worth by twins, the test that each would have run, its stages.

Three processes a submission and world, so that nothing is carried from one to another: one learns from the log but
its last two days and is asked for those (what the log promises); one plays all days for everybody (the truth); one
plays the split test that its plan reads (the claim).
"""

from __future__ import annotations

import traceback

import numpy as np
import pandas as pd

from course_lib.contracts import CourseError, DayLog, Requests
from course_lib.contracts.apart import seed_apart
from course_lib.evidence.noninferiority import non_inferiority
from course_lib.launch.launch_arena import run_plan
from course_lib.launch.launch_plan import LaunchPlan, Reading
from course_lib.launch.launch_readings import FEED, SHOP, by_person, level, readings
from course_lib.teach.capstone.confined_system import ConfinedSystem, SubmissionError, each_once
from course_lib.teach.capstone.handed_in import HandedIn
from course_lib.teach.capstone.hidden_world import HiddenWorld, HiddenWorldError

HELD_OUT_DAYS = 2
ASKED_ALONE = 120
GRADED = 300


class WorldInPlay:
    """A hidden world, its incumbent and its oracle; every submission is played against the same.

    brief: Brief. seed: int. Closed by `close` or at the end of a with block.
    """

    def __init__(self, brief, seed: int):
        self.brief = brief
        self.world = HiddenWorld(brief, seed)
        try:
            self.control = self.world.play("incumbent", brief.days)
            self.oracle = self.world.play("oracle", brief.days)
            self._theirs = by_person(self.control.pop("days"), self.control["people"])
            self.sample = self.world.sample(GRADED, seed=1)
        except BaseException:
            self.world.close()
            raise
        self.seed = seed

    def __enter__(self) -> WorldInPlay:
        return self

    def __exit__(self, *error) -> None:
        self.close()

    def close(self) -> None:
        self.world.close()

    def row_of_oracle(self) -> dict:
        """The oracle's row: lift by day alone, since it runs no test and has no process."""
        return {"lift": _lift(self.oracle["worth"], self.control["worth"])} | _weeks(
            self.oracle["worth"], self.control["worth"])

    def play(self, handed_in: HandedIn) -> dict:
        """What a submission gets here: a dict of plain numbers and texts, ready for JSON.

        With "failed" (a sentence) where it could not be played to the end: then that and no figures. Names otherwise:
        lift, first_week, second_week: of true worth beside the incumbent, parts of it; worth: of each day.
        log_recall: share of what people clicked on the log's last two days that stood in its slates; 0 where nobody
        clicked.
        claim (value, low, high), primary, action, day, split_p, plan, guardrails, exposure: the test's end as its plan
        reads it. true_primary: what twins say of the same metric over the same days.
        stages: see `stages_of_system`. true_guardrails: name -> change. empty: share of slots that stayed empty.
        p50_ms, p99_ms, fit_s, ms_a_request, memory_mb: what it took.
        """
        try:
            return self._log(handed_in) | self._truth(handed_in) | self._claim(handed_in)
        except SubmissionError as error:
            return {"failed": str(error)}
        except HiddenWorldError:                         # the world's end is nobody's failure
            raise
        except Exception as error:  # noqa: BLE001 - one submission ends no league
            return {"failed": unforeseen(error)}

    # --- the three processes ----------------------------------------------------------------------------------------
    def _log(self, handed_in) -> dict:
        learnt, held = self.world.before[:-HELD_OUT_DAYS], self.world.before[-HELD_OUT_DAYS:]
        with ConfinedSystem(handed_in, self.brief) as system:
            system.begin(self.world, learnt)
            shares = []
            for day in held:
                shares.append(_recall(system, day, self.world.slate_size))
                system.observe(day)
        shares = np.concatenate(shares)
        return {"log_recall": float(shares.mean()) if len(shares) else 0.0}

    def _truth(self, handed_in) -> dict:
        with ConfinedSystem(handed_in, self.brief) as system:
            system.begin(self.world, self.world.before)
            alone = system.one_at_a_time(self.sample.take(slice(0, ASKED_ALONE)))
            stages = stages_of_system(system, self.world, self.sample)
            system.seconds, system.asked = 0.0, 0
            played = self.world.play(system, self.brief.days)
        worth, rows = played["worth"], played["rows"]
        self._ours = by_person(played["days"], played["people"])
        asked = sum(row["requests"] for row in rows)
        return _weeks(worth, self.control["worth"]) | {
            "lift": _lift(worth, self.control["worth"]), "worth": worth.tolist(), "stages": stages,
            "true_guardrails": _true_guardrails(rows, self.control["rows"]), "p50_ms": float(np.median(alone)),
            "p99_ms": float(np.quantile(alone, 0.99)), "fit_s": system.fit_seconds,
            "ms_a_request": 1000 * system.seconds / max(system.asked, 1), "memory_mb": system.memory_mb,
            "empty": 1 - sum(row["impressions"] for row in rows) / max(asked * self.world.slate_size, 1)}

    def _claim(self, handed_in) -> dict:
        with ConfinedSystem(handed_in, self.brief) as system:
            plan = system.begin(self.world, self.world.before) or default_plan(self.brief)
            metrics = FEED if self.brief.kind == "feed" else SHOP
            if plan.length > self.brief.days:
                raise SubmissionError(f"Its PLAN takes {plan.length} days; the brief has {self.brief.days}.")
            shares = tuple(sorted({round(share, 4) for share, _ in plan.steps} | {0.5}))
            if max(shares) > 0.5:
                raise SubmissionError(f"Its PLAN has a step with a share of {max(shares):g}; expected at most 0.5.")
            salt = seed_apart(self.seed, "split", handed_in.name)      # its own, so that luck is not shared
            try:
                table = readings(self.world.test(system, salt), self.brief.days, shares, metrics)
                exposure, action, day = run_plan(plan, table, self.brief.days)
                reading = _reading(table, max(day, 1), plan)
                claim = reading.change(plan.primary, level=plan.level)
                if not np.isfinite([claim.value, claim.low, claim.high]).all():
                    raise SubmissionError(f"Its test says nothing of {plan.primary} after {max(day, 1)} days: too few "
                                          f"people came to one of its arms. Give PLAN a larger share or more days.")
                rails = {name: _verdict(reading.change(name, level=plan.level), margin)
                         for name, margin in plan.guardrails.items()}
            except (SubmissionError, HiddenWorldError):
                raise
            except CourseError as error:
                raise SubmissionError(f"Its PLAN cannot be carried out: {error}") from None
        return {"plan": plan.name, "primary": plan.primary, "action": action, "day": day,
                "split_p": reading.split_p, "claim": [claim.value, claim.low, claim.high], "guardrails": rails,
                "true_primary": _changed(self._ours, self._theirs, plan.primary, reading.day),
                "exposure": exposure.tolist()}


def unforeseen(error: Exception) -> str:
    """What a submission's row says of an error of the course's own code; where it arose is printed for whoever runs."""
    traceback.print_exception(error)
    return (f"What it did led to an error that the course did not foresee, and ended its play alone: "
            f"{type(error).__name__}: {str(error)[:300]}")


def stages_of_system(system, world: HiddenWorld, sample: Requests) -> dict:
    """Worth of the morning's requests lost to the oracle, in parts of what the oracle's slates are worth.

    retrieval: the best slate out of its candidates and what it shows, where it offers those. choice: which items of
    them are shown. order: their order. Without candidates, retrieval is None and in choice. sample: what `world.sample`
    gave last.
    """
    slates, candidates = system.slates(sample).item, system.candidates(sample)
    if candidates is not None:                   # what is shown was a candidate, whether it was offered as one or not
        candidates = each_once(np.concatenate([candidates, slates], axis=1))
    worth = {name: float(part.mean()) for name, part in world.grade(slates, candidates).items()}
    oracle, reached = worth["oracle"], worth.get("candidates", worth["oracle"])
    best = oracle if oracle > 0 else 1.0         # where nothing is worth anything, nothing is lost
    return {"retrieval": None if candidates is None else (oracle - reached) / best,
            "choice": (reached - worth["order"]) / best, "order": (worth["order"] - worth["shown"]) / best,
            "kept": worth["shown"] / best}


def default_plan(brief) -> LaunchPlan:
    """The risk-aware plan, for a submission without one; in a brief shorter than that, half of people to its end."""
    steps = LaunchPlan("").steps
    if sum(days for _, days in steps) > brief.days:
        steps = ((0.5, brief.days),)
    return LaunchPlan("risk-aware (none was handed in)", steps, guardrails=brief.guardrails,
                      primary="clicks per user" if brief.kind == "feed" else "spend per user")


def launch_loss(row: dict, control) -> float:
    """Worth that the plan lost beside deciding with hindsight on day 0, in parts of the incumbent's worth.

    Below 0 where a plan got out after good days and before bad ones: no decision for all days had those alone.
    row: of `WorldInPlay.play`. control: float (days,), the incumbent's worth; where that is nothing, no parts of it can
    be told, and what was lost is returned as it is.
    """
    control = np.asarray(control, float)
    gain = (np.asarray(row["worth"], float) - control) / (control.sum() if control.sum() > 0 else 1.0)
    return float(max(gain.sum(), 0.0) - (np.asarray(row["exposure"]) * gain).sum())


def _reading(table: pd.DataFrame, day: int, plan: LaunchPlan) -> Reading:
    """The reading of the day on which the plan decided; of one that ships at once, that of half of people on day 1."""
    share = round(plan.share_on(day - 1), 4) if plan.steps else 0.5
    rows = table[(table["day"] == day) & np.isclose(table["share"], share)]
    row = rows[rows["since"] == 0].iloc[0].to_dict()
    return Reading(day, share, row)


def _verdict(change, margin: float) -> str:
    return non_inferiority(change.low, change.high, margin)


def _recall(system, day: DayLog, slate_size: int) -> np.ndarray:
    """Of each person who clicked on a day of the log, the share of it that stands in the slate for their first request.

    What may be shown is what was shown to anyone that day, since a log does not say more.
    """
    first = day.requests.drop_duplicates("user")
    clicked = day.impressions[day.impressions["click"] > 0][["user", "item"]].drop_duplicates()
    first = first[first["user"].isin(clicked["user"])]
    if first.empty:
        return np.zeros(0)
    requests = Requests(first["user"].to_numpy(), first["time"].to_numpy(), first["request_id"].to_numpy(), day.day,
                        np.unique(day.impressions["item"].to_numpy()), slate_size,
                        np.full((len(first), 1), -1, np.int32), first["session"].to_numpy(), first["device"].to_numpy())
    item = system.slates(requests).item
    shown = pd.DataFrame({"user": np.repeat(requests.user, item.shape[1]), "item": item.ravel(), "hit": 1.0})
    hit = clicked.merge(shown, on=["user", "item"], how="left")["hit"].fillna(0.0)
    return hit.groupby(clicked["user"].to_numpy()).mean().to_numpy()


def _lift(worth, control) -> float:
    return relative_change(np.sum(worth), np.sum(control))


def relative_change(now, before) -> float:
    """now / before − 1; where there was nothing before, no parts of it can be told: then the difference itself."""
    return float(now / before - 1 if before > 0 else now - before)


def _weeks(worth, control) -> dict:
    half = len(worth) // 2
    return {"first_week": _lift(worth[:half], control[:half]), "second_week": _lift(worth[half:], control[half:])}


def _changed(ours: dict, control: dict, metric: str, days: int) -> float:
    """How a metric of the test changes by twins over its first days, where everyone has one or the other.

    ours, control: of `by_person`, as the test's own arms are counted: a purchase counts on the day it reaches the log,
    where its request is one of the play.
    """
    parts = (FEED | SHOP)[metric]
    now, before = (level({name: rows[:days].sum(axis=0) for name, rows in table.items()}, *parts)
                   for table in (ours, control))
    return relative_change(now, before)


def _true_guardrails(rows, control) -> dict[str, float]:
    """How a few counts of all days change by twins: requests, dwell a click, reports a request."""
    ours, theirs = ({name: sum(row[name] for row in part) for name in part[0]} for part in (rows, control))
    rates = {"requests": ("requests", None), "dwell per click": ("dwell_s", "clicks"),
             "reports per request": ("reports", "requests"), "people who came": ("people", None)}

    def rate(of, above, below):
        return of[above] / (max(of[below], 1) if below else 1)
    return {name: relative_change(rate(ours, *parts), rate(theirs, *parts)) for name, parts in rates.items()}
