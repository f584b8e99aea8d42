"""What a run says in tables for a lesson's cells, and the page that a learner keeps."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import CourseError, DataError
from course_lib.data.disk import write_atomic
from course_lib.evidence.estimate import Estimate, mean_of_runs
from course_lib.teach import progress
from course_lib.teach.capstone.handed_in import read
from course_lib.teach.capstone.run_of_play import standings
from course_lib.teach.capstone.submit_command import stored
from course_lib.teach.capstone.submit_report import report
from course_lib.teach.capstone.verdicts import Standing, ratio_of_runs
from course_lib.teach.classroom.escaping import esc

STYLE = """:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;padding:0 1rem;
max-width:62rem}pre{overflow-x:auto;font-size:.86rem}dt{font-weight:600;margin-top:.6rem}"""


def played(result: dict) -> dict[str, Standing]:
    """{name: Standing} of all that played to the end, the rivals first. result: of run_of_play.run."""
    return {one.name: one for one in standings(result) if not one.failed}


def lifts(result: dict) -> dict[str, Estimate]:
    """{name: true lift over worlds}, the oracle last."""
    oracle = ratio_of_runs([world["oracle"]["lift"] for world in result["worlds"]])
    return {name: one.lift for name, one in played(result).items()} | {"oracle": oracle}


def claims_beside_truth(result: dict) -> pd.DataFrame:
    """A row a system, means over worlds: what its test reads, claims, what twins say, and who or what fooled it."""
    rows = {}
    for name, one in played(result).items():
        fooled = [*one.fooled, *(["sold short"] if one.short else [])]
        rows[name] = {"reads": one.rows[0]["primary"], "claims": f"{one.claim.value:+.0%}",
                      "in truth": f"{one.mean('true_primary'):+.0%}", "true worth": f"{one.lift.value:+.0%}",
                      "ships": f"{one.counts()['ship']} of {len(one.rows)}",
                      "launch lost": f"{one.launch_loss.value:.0%}", "fooled by": ", ".join(fooled) or "–"}
    return pd.DataFrame(rows).T


def error_of_tests(result: dict) -> Estimate:
    """Claimed less true change of the metric that each test reads: the mean of a world's systems, over worlds.

    A difference and no ratio: a mean of logs of noisy claims leans towards "too little" by their noise alone.
    """
    everyone = played(result).values()
    worlds = range(len(result["worlds"]))
    return mean_of_runs([np.mean([one.rows[w]["claim"][0] - one.rows[w]["true_primary"] for one in everyone])
                         for w in worlds])


def keep(name: str, text: str) -> str:
    """Write a file beside the learner's record, on their machine. Returns a few words that say where it is."""
    record = progress.path()
    if record is None:
        return "not kept, since no record is kept here (COURSE_PROGRESS says so)"
    return f"kept in {write_atomic(record.with_name(name), text)}"


def kept_results(files: dict[str, str]) -> dict[str, dict]:
    """{heading: result} of those files beside the learner's record that `course submit` has played.

    files: {heading: name of a submission's file}. Prints which were not played yet, hold no result that can be read, or
    were played as another text than the file holds now.
    """
    record, found = progress.path(), {}
    for heading, name in files.items():
        path = None if record is None else record.with_name(name).with_suffix(".submit.json")
        if path is None or not path.exists():
            print(f"{heading}: {name} has not been played yet. Play it, and run this cell again.")
            continue
        try:
            found[heading] = stored(path)
            if _is_another(found[heading], record.with_name(name)):
                print(f"{heading}: {name} was changed since it was played. The result is that of the earlier text; "
                      "play it again.")
        except DataError as error:                     # the others' results are shown all the same
            print(f"{heading}: {error}")
    return found


def _is_another(result, path) -> bool:
    """Was another text played than the file holds? Not said of a file that is gone, or of a result without digests."""
    digests = result.get("digests", {})
    try:
        return bool(digests) and read(path).digest not in digests.values()
    except CourseError:
        return False


def debrief_page(results: dict[str, dict], said: dict[str, str]) -> str:
    """A page without a script that asks for nothing: what the learner said of it, and the report of each run.

    results: {heading: result of run_of_play.run}. said: {question: the learner's sentence, "" where there is none}.
    """
    answers = "".join(f"<dt>{esc(question)}</dt><dd>{esc(text, 2000) or '(nothing was written)'}</dd>"
                      for question, text in said.items())
    runs = "".join(f"<h2>{esc(heading)}</h2><p>{esc(result['began'])} UTC</p><pre>{esc(report(result), 20_000)}</pre>"
                   for heading, result in results.items())
    return ('<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" '
            'content="default-src \'none\'; style-src \'unsafe-inline\'"><meta name="viewport" '
            f'content="width=device-width"><title>Day 15: debrief</title><style>{STYLE}</style></head><body>'
            f"<h1>Day 15: debrief</h1><dl>{answers}</dl>{runs}</body></html>")
