"""The page of a league: one file without a script that asks for nothing outside itself; all texts of others escaped."""

from __future__ import annotations

import numpy as np

from course_lib.evidence.estimate import Estimate
from course_lib.teach.capstone.run_of_play import RIVALS, standings
from course_lib.teach.capstone.submit_report import NOT_TOLD, enforced, percent, stages_of, worlds_of
from course_lib.teach.capstone.verdicts import FOOLED, SHORT, Standing, places, ratio_of_runs
from course_lib.teach.classroom.escaping import esc

STYLE = """
:root{color-scheme:light dark;--line:#8884;--blue:#0072B2;--bad:#D55E00;--quiet:#777}
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;padding:0 1rem;max-width:1200px}
h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.15rem;margin-top:2.2rem}.wide{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{border-bottom:1px solid var(--line);padding:.3rem .6rem;text-align:left;vertical-align:top}
.rival{color:var(--quiet)}.small{font-size:.86rem;color:var(--quiet)}.fooled{color:var(--bad)}
svg{width:15rem;height:1.2rem;fill:currentColor}td.name{overflow-wrap:anywhere;max-width:16rem}
"""
HEADS = ("place", "who", "true lift beside the incumbent", "", "second week", "claim of its test", "ships", "fooled by",
         "lost to the oracle on the first morning", "p99 ms")
LEAST, MOST = np.log(0.1), np.log(10.0)     # of the picture of intervals: a tenth of the incumbent's worth to ten times


def league_page(result: dict, left_out: list[tuple[str, str]] = ()) -> str:
    """The whole page. result: of run_of_play.run. left_out: (file, why it was not played)."""
    brief, everyone = result["brief"], standings(result)
    rows = "".join(_row(first, last, one) for first, last, one in places(everyone))
    body = [f"<h1>League: {esc(brief['kind'])}, {len(result['submissions'])} handed in</h1>",
            f'<p class="small">{esc(result["began"])} UTC · {result["seconds"]:.0f} s · {brief["days"]} days in '
            f'{worlds_of(result)} of {brief["people"]} people and {brief["items"]} items, '
            f'{"drawn at this run" if result["drawn"] else "of seeds that were given: no hidden run"}</p>',
            f"<p>By what everybody was truly worth: {esc(brief['worth'])}, beside the incumbent in the same worlds. "
            "Who shares places cannot be told apart in these worlds. Intervals (95%) are over worlds. The brief is a "
            "contract: who breaks it stands below all who hold it, whatever the lift.</p>",
            '<div class="wide"><table><thead><tr>', *(f"<th>{head}</th>" for head in HEADS), "</tr></thead><tbody>",
            rows, _oracle(result), "</tbody></table></div>", _left_out(left_out), "<h2>Fooled by</h2><ul>",
            *(f"<li><b>{name}</b>: {esc(says)}.</li>" for name, says in FOOLED.items()),
            f"<li><b>sold short</b> (under its claim): {esc(SHORT, 400)}.</li>", "</ul>",
            f'<p class="small">{esc(enforced(result))} {esc(NOT_TOLD, 2000)}</p>']
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return ('<!doctype html><html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
            '<meta name="viewport" content="width=device-width"><title>League by truth</title>'
            f"<style>{STYLE}</style></head><body>{''.join(body)}</body></html>")


def place(first: int, last: int) -> str:
    """"3", or "2–4" for a tie."""
    return str(first) if first == last else f"{first}–{last}"


def _row(first: int, last: int, one: Standing) -> str:
    kind = ' class="rival"' if one.name in RIVALS else ""
    head = f'<tr{kind}><td>{place(first, last)}</td><td class="name">{esc(one.name, 60)}</td>'
    if one.failed:
        return f'{head}<td colspan="8">did not play to the end: {esc(one.failed)}</td></tr>'
    fooled = ", ".join(f'<span title="{esc(percent(gap))}">{esc(name)}'
                       f'{f" (put above {esc(one.behind, 60)})" if name == "log" else ""}</span>'
                       for name, gap in one.fooled.items())
    claim = f"{one.claim.value:+.0%}"
    if one.short:
        claim += f' <span class="small" title="{esc(percent(one.short))}">sold short</span>'
    cells = [esc(percent(one.lift)), _bar(one.lift), f"{one.typical('second_week'):+.0%}", claim,
             f"{one.counts()['ship']} of {len(one.rows)}", f'<span class="fooled">{fooled}</span>' if fooled else "–",
             esc(stages_of(one)), f"{one.mean('p99_ms'):.0f}" + _breaks(one)]
    return head + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _breaks(one: Standing) -> str:
    return f'<br><span class="fooled">breaks the brief: {esc(one.beyond)}</span>' if one.beyond else ""


def _oracle(result: dict) -> str:
    lift = ratio_of_runs([world["oracle"]["lift"] for world in result["worlds"]])
    return (f'<tr class="rival"><td></td><td class="name">oracle (knows the truth)</td><td>{esc(percent(lift))}</td>'
            f'<td>{_bar(lift)}</td><td colspan="6"></td></tr>')


def _bar(lift: Estimate) -> str:
    """An interval on a scale of factors, with a line where the incumbent stands."""
    def at(value):
        return 200 * float(np.clip((np.log(max(1 + value, 0.01)) - LEAST) / (MOST - LEAST), 0, 1))
    low, high = (at(end) if np.isfinite(end) else at(lift.value) for end in (lift.low, lift.high))
    return (f'<svg viewBox="0 0 200 16" role="img" aria-label="{esc(percent(lift))}">'
            f'<line x1="{at(0):.0f}" x2="{at(0):.0f}" y1="0" y2="16" stroke="currentColor" stroke-dasharray="2"/>'
            f'<rect x="{low:.1f}" y="6" width="{max(high - low, 1):.1f}" height="4" fill="#0072B2"/>'
            f'<circle cx="{at(lift.value):.1f}" cy="8" r="4"/></svg>')


def _left_out(left_out) -> str:
    if not left_out:
        return ""
    return "<h2>Not played</h2><ul>" + "".join(f"<li>{esc(name)}: {esc(why)}</li>" for name, why in left_out) + "</ul>"
