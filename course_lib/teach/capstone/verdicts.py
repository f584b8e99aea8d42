"""What the rows of several hidden worlds say together: lifts with intervals, who was fooled by what, who is tied.

An interval is over worlds, by Student's t on logarithms of worth: worlds differ by factors, and another world is what
a submission would meet next.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from course_lib.contracts import as_numbers
from course_lib.evidence.estimate import Estimate, mean_of_runs
from course_lib.teach.capstone.play_days import launch_loss

FOOLED = {
    "log": "on the log's last days it was better than another that is truly better",
    "test": "its test claimed more of its own metric than twins show, beyond what worlds vary by",
    "novelty": "what it gained in the first week was gone, or less by more than worlds vary by, in the second",
}
SHORT = ("its test claimed less of its own metric than twins show, beyond what worlds vary by. In a test both arms "
         "learn from one log, half of it made by each. Every system of a world has a split of its own")
WORN = 0.05     # a smaller loss from the first week to the second is not told as novelty
LIMITS = {"p99_ms": ("p99", "ms"), "fit_s": ("fit", "s")}       # of a brief, and of the rows of those who played
LEAST = 1e-3    # of a worth that is nothing, so that it has a logarithm


@dataclass(frozen=True)
class Standing:
    """One submission over all worlds. lift: true, over worlds, None where it failed. fooled: names of FOOLED, each with
    the Estimate that says so. behind: who is truly better though the log said otherwise, "" where nobody is.
    short: by how much its test claimed too little (SHORT), None where worlds do not say so. launch_loss: see
    `loss_with_days_after`. beyond: how it breaks its brief, "" where it holds it. failed: the first world's sentence,
    "" where it played all."""

    name: str
    rows: list[dict]
    failed: str = ""
    lift: Estimate | None = None
    claim: Estimate | None = None
    launch_loss: Estimate | None = None
    fooled: dict[str, Estimate] = field(default_factory=dict)
    behind: str = ""
    short: Estimate | None = None
    beyond: str = ""

    def mean(self, key: str) -> float:
        """The mean of a figure over worlds."""
        return float(np.mean([row[key] for row in self.rows]))

    def typical(self, key: str) -> float:
        """The typical relative change of a figure over worlds, as `lift` is: parts of a lift stand beside it so."""
        return ratio_of_runs([row[key] for row in self.rows]).value

    def stage(self, key: str) -> float | None:
        """The mean loss of a stage over worlds, None where the submission does not let it be told."""
        told = [row["stages"][key] for row in self.rows]
        return None if None in told else float(np.mean(told))

    def counts(self) -> dict[str, int]:
        """How often its plan shipped and stopped."""
        actions = [row["action"] for row in self.rows]
        return {"ship": actions.count("ship"), "stop": actions.count("stop")}


def standing(name: str, rows: list[dict], controls: list, others: dict[str, list[dict]],
             brief: dict | None = None) -> Standing:
    """The standing of a submission with a row for each world.

    controls: float (days,) of each world. others: name -> rows of all that played the same worlds, for the log's
    promise. brief: a Brief as a dict, whose limits are held against the rows; None where nothing is asked.
    """
    failed = next((row["failed"] for row in rows if "failed" in row), "")
    if failed:
        return Standing(name, rows, failed)
    lift = ratio_of_runs([row["lift"] for row in rows])
    losses = [loss_with_days_after(row, control) for row, control in zip(rows, controls, strict=True)]
    behind, gap = _better_than_the_log_said(name, rows, others)
    beyond = _beyond_the_truth(rows)
    fooled = {"log": gap} if behind else {}
    if beyond.low > 0:
        fooled["test"] = beyond
    worn = _worn(rows)
    if worn is not None:
        fooled["novelty"] = worn
    claim = _mean([row["claim"][0] for row in rows])
    return Standing(name, rows, "", lift, claim, _mean(losses), fooled, behind, beyond if beyond.high < 0 else None,
                    beyond_brief(rows, brief or {}))


def beyond_brief(rows: list[dict], brief: dict) -> str:
    """Which limits of the brief a submission broke, in words; "" where it held them.

    A limit counts as broken where that was so in more than half of the worlds: a machine that was busy for a moment is
    nobody's fault. Running out of time beside others counts in the same way, also where the play alone that followed
    was in time (a row's "late"): being late on purpose is no way to be measured on a quiet machine. In half of the
    worlds that stays possible. Memory is held to its limit by the system and ends a play, so that it needs no look
    here.
    """
    said = []
    for key, (what, unit) in LIMITS.items():
        found = [row[key] for row in rows if key in row]
        over = sum(value > brief.get(key, np.inf) for value in found)
        if 2 * over > len(rows):
            said.append(f"{what} {np.median(found):.0f} {unit} (brief: {brief[key]:g} {unit}) in {over} of {len(rows)} "
                        f"worlds")
    late = sum("late" in row for row in rows)
    if brief and 2 * late > len(rows):
        said.append(f"out of time beside others in {late} of {len(rows)} worlds")
    return ", ".join(said)


def loss_with_days_after(row: dict, control) -> float:
    """`launch_loss` over the play and as many days after it, in which the plan's decision holds.

    A plan that decides on the last day of a play decides about the days after it alone, so those have to count. Nobody
    plays them: they are taken to be worth, each, what a day of the play's second half was in the mean.
    row: of `WorldInPlay.play`. control: float (days,), the incumbent's worth.
    """
    control = np.asarray(control, float)
    days, half = len(control), len(control) // 2

    def on(worth):
        return np.concatenate([worth, np.full(days, np.mean(worth[half:]))])
    exposure = np.concatenate([row["exposure"], np.full(days, float(row["action"] == "ship"))])
    return launch_loss({"worth": on(row["worth"]), "exposure": exposure}, on(control))


def _better_than_the_log_said(name, rows, others) -> tuple[str, Estimate | None]:
    """Of those whom the log puts certainly below this one and who are certainly better, the best, and by how much this
    one is behind; ("", None) where there is none."""
    found = []
    for other, theirs in others.items():
        if other == name or any("failed" in row for row in theirs):
            continue
        promise = _mean([a["log_recall"] - b["log_recall"] for a, b in zip(rows, theirs, strict=True)])
        kept = ratio_of_runs([_more(a["lift"], b["lift"]) for a, b in zip(rows, theirs, strict=True)])
        if promise.low > 0 and kept.high < 0:
            found.append((other, kept))
    return min(found, key=lambda pair: pair[1].value, default=("", None))


def _beyond_the_truth(rows: list[dict]) -> Estimate:
    """By how much a submission's test claimed more of its own metric than twins show: paired over worlds.

    A difference and no ratio, as debrief_page.error_of_tests: logs of noisy claims lean towards "too little".
    """
    return _mean([row["claim"][0] - row["true_primary"] for row in rows])


def _worn(rows: list[dict]) -> Estimate | None:
    """What the second week holds of the first week's gain, where it is less beyond what worlds vary by; else None."""
    worn = ratio_of_runs([_more(row["second_week"], row["first_week"]) for row in rows])
    return worn if worn.high < -WORN and np.mean([row["first_week"] for row in rows]) > 0 else None


def places(standings: list[Standing]) -> list[tuple[int, int, Standing]]:
    """(best place, worst place, standing), by true lift, best first; places that differ are a tie.

    A place counts those who are better, or not worse, beyond what worlds vary by: the paired difference of lifts in
    the same worlds has an interval apart from 0. A brief is a contract: whoever breaks it stands below all who hold it,
    whatever the lift, and is compared with others that break it. Those who failed are last, and share that place.
    """
    played = [one for one in standings if not one.failed]
    found = []
    for group in ([one for one in played if not one.beyond], [one for one in played if one.beyond]):
        above = len(found)
        for one in sorted(group, key=lambda one: -one.lift.value):
            gaps = [difference(other, one) for other in group if other is not one]
            better, worse = sum(gap.low > 0 for gap in gaps), sum(gap.high < 0 for gap in gaps)
            found.append((above + 1 + better, above + len(group) - worse, one))
    return found + [(len(played) + 1, len(standings), one) for one in standings if one.failed]


def difference(one: Standing, other: Standing) -> Estimate:
    """How much more one is worth than another in the same worlds, in parts of the other."""
    return ratio_of_runs([_more(a["lift"], b["lift"]) for a, b in zip(one.rows, other.rows, strict=True)])


def _more(one: float, other: float) -> float:
    """(1 + one) / (1 + other) − 1."""
    return max(1 + one, LEAST) / max(1 + other, LEAST) - 1


def ratio_of_runs(values) -> Estimate:
    """The typical relative change over worlds, with its interval: Student's on log(1 + change), brought back.

    values: float (n,), above −1. [1.0, 0.0] is about +41%, their geometric mean. Raises ArgumentError for NaN.
    """
    logs = _mean(np.log(np.maximum(1 + as_numbers("values", values), LEAST)))
    return Estimate(float(np.expm1(logs.value)), float(np.expm1(logs.low)), float(np.expm1(logs.high)), logs.n)


def _mean(values) -> Estimate:
    """The mean over worlds with its interval; of one world, an interval without ends."""
    if len(values) > 1:
        return mean_of_runs(values)
    return Estimate(float(values[0]), -np.inf, np.inf, 1)
