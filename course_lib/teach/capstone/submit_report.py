"""A result as plain text: what a submission was worth, what its test would have said, what it lost where, what it took.

What comes from a submission (its name, its plan's name, its errors) loses its control characters before it is printed.
"""

from __future__ import annotations

import numpy as np

from course_lib.evidence.estimate import Estimate
from course_lib.teach.capstone.run_of_play import RIVALS, standings
from course_lib.teach.capstone.verdicts import FOOLED, SHORT, Standing, difference, ratio_of_runs

NOT_TOLD = """What this does not say: a system is asked for slates and nothing else, so its filters are seen only as
slots that stay empty, and what exploration costs stands in choice and order; without `candidates`, retrieval stands
in choice. The oracle takes each slate for itself, by the truth of the morning: a bound of a slate, not of a month."""


def plain(text, cut: int = 700) -> str:
    """Text of others for a terminal: printable characters, on one line, cut."""
    text = "".join(c if c.isprintable() else "·" for c in str(text).replace("\n", " "))
    return text if len(text) <= cut else text[:cut] + " …"


def percent(estimate: Estimate) -> str:
    """+12% [+3%, +20%]; of one world the value alone."""
    if not np.isfinite(estimate.low):
        return f"{estimate.value:+.0%} (one world: no interval)"
    return f"{estimate.value:+.0%} [{estimate.low:+.0%}, {estimate.high:+.0%}]"


def report(result: dict) -> str:
    """The text of a result of `run_of_play.run`."""
    brief, everyone = result["brief"], {one.name: one for one in standings(result)}
    lines = [f"Brief {brief['kind']}: {brief['worth']}; {brief['days']} days in {worlds_of(result)} of "
             f"{brief['people']} people and {brief['items']} items.",
             "Worlds drawn at this run." if result["drawn"] else
             "Worlds of seeds that were given: no hidden run, since who tunes may know them.",
             f"Lifts are beside the incumbent, with 95% intervals over worlds. {result['seconds']:.0f} s.", ""]
    lines += _table(result, everyone)
    for name in result["submissions"]:
        lines += ["", *_one(everyone[name], everyone, brief)]
    return "\n".join([*lines, "", enforced(result), NOT_TOLD, ""])


def worlds_of(result: dict) -> str:
    """"4 hidden worlds", or how many of them where a run was stopped before its end."""
    done, of = len(result["worlds"]), len(result["seeds"])
    return f"{done} hidden worlds" if done == of else f"{done} (of {of}: the run is not at its end) hidden worlds"


def enforced(result: dict) -> str:
    """A sentence on what the system kept submissions from, and what it did not."""
    held = result["enforced"]
    missing = [name for name, so in held.items() if not so]
    if not held or missing:
        return (f"Not enforced by this system: {', '.join(missing) or 'nothing could be tried'}. Play only files of "
                f"people whom you trust, or on Linux.")
    return (f"Confined: {', '.join(held)} were tried, and refused by the system. Not tried: what may be guessed from "
            f"the log or from the machine's timing, and faults of the system itself.")


def _table(result: dict, everyone: dict[str, Standing]) -> list[str]:
    rows = [("", "true lift", "second week", "test's claim", "ships", "p99 ms")]
    for name, one in everyone.items():
        if one.failed:
            rows.append((plain(name, 30), "failed", "", "", "", ""))
            continue
        rows.append((plain(name, 30), percent(one.lift), f"{one.typical('second_week'):+.0%}",
                     f"{one.claim.value:+.0%}", f"{one.counts()['ship']} of {len(one.rows)}",
                     f"{one.mean('p99_ms'):.0f}"))
    oracle = [world["oracle"] for world in result["worlds"]]
    lift = ratio_of_runs([row["lift"] for row in oracle])
    second = ratio_of_runs([row["second_week"] for row in oracle]).value
    rows.append(("oracle", percent(lift), f"{second:+.0%}", "", "", ""))
    wide = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return ["  ".join(cell.ljust(size) for cell, size in zip(row, wide, strict=True)).rstrip() for row in rows]


def _one(one: Standing, everyone: dict[str, Standing], brief: dict) -> list[str]:
    title = plain(one.name, 60)
    if one.failed:
        return [title, f"  It did not play to the end. {plain(one.failed)}"]
    first, ships = one.rows[0], one.counts()["ship"]
    lines = [title, f"  True lift {percent(one.lift)}; first week {one.typical('first_week'):+.0%}, second "
             f"{one.typical('second_week'):+.0%}."]
    others = [name for name in everyone if name not in RIVALS and name != one.name]
    for rival in ("reference", "EASE", "popularity", *others):
        if not everyone[rival].failed:
            lines.append(f"  Beside {plain(rival, 40)}: {percent(difference(one, everyone[rival]))}.")
    low, high = (np.mean([row["claim"][k] for row in one.rows]) for k in (1, 2))
    if one.beyond:
        lines.append(f"  It breaks its brief: {one.beyond}. In a league it stands below all who hold it.")
    lines += [f"  Its plan ({plain(first['plan'], 60)}) reads {plain(first['primary'], 40)}: claims "
              f"{one.claim.value:+.0%} [{low:+.0%}, {high:+.0%}] on average (in truth "
              f"{one.mean('true_primary'):+.0%}), decides after {one.mean('day'):.0f} days on average, "
              f"ships in {ships} of {len(one.rows)} worlds.",
              f"  Beside a decision with hindsight on day 0, the launch lost {_share(one.launch_loss)} of the "
              f"incumbent's worth, with as many days after the play as in it: those are taken to be worth what its "
              f"second half was."]
    lines += [f"  Fooled by {'the ' if name != 'novelty' else ''}{name}: {FOOLED[name]}"
              f"{f', {plain(one.behind, 40)}' if name == 'log' else ''} ({percent(gap)})."
              for name, gap in one.fooled.items()] or ["  Fooled by: nothing that these worlds can tell."]
    if one.short:
        lines.append(f"  Sold short: {SHORT} ({percent(one.short)}).")
    lines += ["  Lost to the oracle on the first morning, of what its slates are worth: " + stages_of(one) + "."]
    lines += _guardrails(one), _cost(one, brief)
    late = [row["late"] for row in one.rows if "late" in row]
    if late:
        lines.append(f"  In {len(late)} of {len(one.rows)} worlds it ran out of time beside others and was played once "
                     f"more, alone: {plain(late[0], 200)}")
    return lines


def _share(estimate: Estimate) -> str:
    return f"{estimate.value:.0%}" + (f" [{estimate.low:.0%}, {estimate.high:.0%}]"
                                      if np.isfinite(estimate.low) else "")


def stages_of(one: Standing) -> str:
    """What each stage lost to the oracle, in parts of what its slates are worth."""
    told = {name: one.stage(name) for name in ("retrieval", "choice", "order")}
    return ", ".join(f"{name} {value:.0%}" if value is not None else f"{name} not told (no candidates)"
                     for name, value in told.items()) + f"; kept {one.stage('kept'):.0%}"


def _guardrails(one: Standing) -> str:
    said = {name: [row["guardrails"].get(name, "not read") for row in one.rows] for name in one.rows[0]["guardrails"]}
    tests = "; ".join(f"{plain(name, 40)} " + ", ".join(f"{answers.count(word)}× {word}" for word in dict.fromkeys(
        answers)) for name, answers in said.items()) or "none in the plan"
    true = "; ".join(f"{name} {np.mean([row['true_guardrails'][name] for row in one.rows]):+.0%}"
                     for name in one.rows[0]["true_guardrails"])
    return f"  Guardrails in its tests: {tests}.\n  In truth: {true}."


def _cost(one: Standing, brief: dict) -> str:
    slowest = max(row["p99_ms"] for row in one.rows)
    held = "within" if slowest <= brief["p99_ms"] else "beyond"
    return (f"  Asked one at a time: median {one.mean('p50_ms'):.1f} ms, p99 {one.mean('p99_ms'):.1f} ms (worst world "
            f"{slowest:.0f}, {held} the brief's {brief['p99_ms']:g}). Fit {one.mean('fit_s'):.1f} s, "
            f"{one.mean('ms_a_request'):.2f} ms a request in batches, "
            f"{max(row['memory_mb'] for row in one.rows):.0f} MB with the libraries, "
            f"{one.mean('empty'):.1%} of slots empty.")
