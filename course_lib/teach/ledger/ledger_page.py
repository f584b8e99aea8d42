"""The ledger as a page of markdown: a paragraph a statement, narrow enough for a phone; and the short table."""

from __future__ import annotations

import math

from course_lib.teach import lessons
from course_lib.teach.definitions.claim import CLAIM, DIAL, IDENTITY, KINDS, Band, Claim
from course_lib.teach.ledger.alternatives import tried_lines
from course_lib.teach.ledger.dials import curve, turns_text
from course_lib.teach.ledger.spread import by_place, spread
from course_lib.teach.ledger.strip import sparkline, strip
from course_lib.teach.ledger.verdict import band_text, ends_text, number, value_text
from course_lib.teach.ledger.withdrawn import withdrawn_markdown

HEAD = """# The ledger

Every statement of the course that was measured, with the band that was written down for it and what came out. Where a
band was changed after a measurement, the old ones stand below it with their dates and the reason. A verdict is
computed, never typed: *holds* where the interval of the mean over replicates lies in the band and at least 8 of 10
replicates do, *does not hold* where both lie outside, *depends* where it holds in one place and not in another,
*cannot be said* in all other cases. It takes 10 replicates, 5 on real data; what one real set gave is said to hold *on
that set*. Runs on one real set share its people, so that their interval is over splits and seeds and not over people.
What was run once has no verdict. A dial *turns* between a strength at which the statement holds and one at which it
does not, each judged as a claim is; where between the two is not known: nothing was measured there, or it cannot be
said. What was played once and stored is judged by its own interval over its seeds or worlds: to read it again is no
replicate.

In a strip, `░` is the band, a digit says how many runs came out there, `[===]` is the interval of the mean, the dashes
show where one more run falls in 95 of 100 cases, and `▲` is the run that the lesson shows. Run it all again with
`course replicate`.

To be known when judging it: some things were changed after a first look. The setting of `launch.calendar` is another
than at first (its band is not); `launch.p99`, `launch.queue`, `launch.ladder` and `launch.lift` are no longer made
since that lesson was written anew; the set-up in which masking must help, a control of `negatives.masking`, was found
by trying five. Four rules of judging changed when replicates had been seen: where nothing at all came out, this lies
outside a one-sided band that ends at 0; a dial that cannot be turned to 0 may say why; a dial may declare a strength at
which nothing is left to chance, so that an interval without width counts there (eleven do, all at 0); and intervals end
where the quantity does, a share, a correlation, a ratio or a change, which lets `reranker.cap` hold at 0.05 as well,
`feature_audit.feast_join` at 0.01, 1 and 5, and `launch.abuse` at 0.1. Three bands were made stricter when their
replicates had been seen: those of `objective.retention`, `ranker.auc` and `two_tower.rank`. Lesson 03 was run five
times on real data at first, then ten times, and `two_tower.personal` could not be said at five. And 133 runs were given
a new digest, not run again: 93 when a lesson's digest stopped counting how code is cut into cells, those of lessons 01
and 06 when the words of two answers changed that nothing measured reads, and those of lessons 07 and 10 when the name
of a line, a title, an axis and a dash in their figures did. A digest covers a lesson's own cells. The library below
them has changed since most runs were made (`replicates.csv` says for each by which state of it), and what that moves
was tried for few lessons alone.

Forty statements, drawn at random, were read by a referee who did not know the code. A second forty were read in the
same way on 2026-11-30: 2 were called sound, 20 overstated, 11 misleading, 5 trivial, 1 false and 1 not measured; a
third forty on 2026-12-01: 8 sound, 21 overstated, 7 misleading and 4 trivial. Their
sentences say by now what was measured. Wherever a statement was called anything but sound and is not measured
otherwise by now, the objection stands there, behind *To be known with it*, and what only a new measurement could settle
behind *Not tried*. What could explain a statement otherwise and was switched once stands behind *Tried*: the mean over
a few seeds and their range, beside the published mean and that of the same seeds (`alternatives.csv`, and a script for
each in `alternatives/`). It has no band and no verdict.
"""


def page(entries, lesson: str | None = None, survived: str = "") -> str:
    """The whole ledger, or one lesson's part of it, as markdown. Of identities the sentence and the id alone.

    survived: what further runs say of it, as `further_runs.survived` writes it.
    """
    kinds = f"There are four kinds of statement:\n\n{kinds_markdown()}\n"
    parts = [] if lesson else [HEAD, survived, withdrawn_markdown(), kinds]
    parts = [part for part in parts if part]
    for number_, held in _by_lesson(entries, lesson):
        parts.append(f"## {number_} {lessons.title(number_)}\n")
        parts += [paragraph(entry) for entry in held if entry.claim.kind != IDENTITY]
        facts = [f"{claim.says} (`{lessons.kept(claim.id)}`)" for claim in (entry.claim for entry in held)
                 if claim.kind == IDENTITY]
        if facts:
            parts.append(f"True by arithmetic or by construction, and therefore not judged: {' '.join(facts)}\n")
    return "\n".join(parts)


def _by_lesson(entries, lesson):
    wanted = None if lesson is None else lessons.number(lesson)
    found: dict[str, list] = {}
    for entry in entries:
        if wanted in (None, entry.claim.lesson):
            found.setdefault(entry.claim.lesson, []).append(entry)
    return sorted(found.items())


def paragraph(entry) -> str:
    """One statement: what is said, verdict, kind, holder, band with its date and history, and each place's numbers."""
    claim, said = entry.claim, entry.verdict
    lines = [f"**{claim.says}** (`{lessons.kept(claim.id)}`)", "",
             f"- Verdict: **{said.text}**" + (f" ({said.reason})" if said.earned and said.reason else ""),
             f"- Kind: {claim.kind}. Holder: {claim.holder}",
             f"- {band_with_date(claim)}"]
    for band in claim.history:
        lines.append(f"- Before that: {ends_text(band.low, band.high, claim)}, {dated(band)}; "
                     f"given up because {band.why}")
    lines += [f"- To be known with it: {claim.limits}"] if claim.limits else []
    lines += tried_lines(entry)
    lines += [f"- Replicate {run.replicate} failed: {run.why}" for run in entry.failed]
    lines += _curve_lines(entry) if claim.kind == DIAL else _place_lines(entry)
    return "\n".join(lines) + "\n"


def band_with_date(claim: Claim) -> str:
    """"Expected, one-sided: at least 0.05, written 2026-11-28"."""
    sides = "one-sided" if claim.one_sided else "two-sided"
    return f"Expected, {sides}: {band_text(claim)}, {dated(claim)}"


def dated(held: Claim | Band) -> str:
    """When a band was written; that it was not kept, where it was not."""
    return f"written {held.written}" if held.written else "date not kept"


def _place_lines(entry) -> list[str]:
    claim, lines = entry.claim, []
    alone = {row.on: row for row in entry.rows}
    for on, rows in entry.places.items():
        one = alone.get(on)
        shown = "" if one is None else f"the notebook's run {value_text(claim, one)}{_beyond(one.value, rows)}"
        shown += f" ({one.beside})" if one is not None and one.beside else ""
        if not _has_spread(rows):
            lines.append(f"- On {on}: {shown or place_text(entry, on)}")
            continue
        lines.append(f"- On {on}: {spread_text(claim, rows)}" + (f"; {shown}" if shown else ""))
        drawn = strip(claim, rows, None if one is None else one.value, "lesson")
        lines += ["", "  ```text", *(f"  {line}" for line in drawn.splitlines()), "  ```", ""]
    return lines


def _beyond(value: float, rows) -> str:
    """", above all of them" or ", below all of them" where a run lies outside of all that were made further."""
    others = [row.value for row in rows if math.isfinite(row.value)]
    if len(others) < 2 or min(others) == max(others) or min(others) <= value <= max(others) or math.isnan(value):
        return ""
    return f", {'above' if value > max(others) else 'below'} all of them"


def spread_text(claim: Claim, rows) -> str:
    """"mean 0.41 [0.38, 0.44] over 10 runs, the next run 0.31 to 0.51"; where no run differs from another, "0.41 in all
    10 runs, on average [0.38, 0.44] in each"."""
    made = spread(rows, claim.bounds)
    unit = claim.unit if claim.unit in ("×", "%") else ""
    if not made.varies:
        own = f", on average [{number(made.low)}, {number(made.high)}] in each" if made.low < made.high else ""
        return f"{number(made.mean)}{unit} in all {len(rows)} runs{own}"
    return (f"mean {number(made.mean)}{unit} [{number(made.low)}, {number(made.high)}] over {len(rows)} runs, the next "
            f"run {number(made.next_low)} to {number(made.next_high)}{unit}")


def place_text(entry, on: str) -> str:
    """What came out at one place: the spread of its replicates; else the notebook's run, or the one replicate. Of a
    dial, its curve."""
    rows = entry.places[on]
    if entry.claim.kind == DIAL:
        return _dial_text(entry, on, rows)
    if _has_spread(rows):
        return spread_text(entry.claim, rows)
    one = next(row for row in [*entry.rows, *rows] if row.on == on)
    return value_text(entry.claim, one)


def _dial_text(entry, on, rows) -> str:
    """"by clickbait: 0.1 [0.08, 0.12], next 0.05 to 0.15, at 0; …; 10 of 10 runs turn, first between 0.4 and 0.6".
    """
    told = []
    for point in curve(rows or [row for row in entry.rows if row.on == on], entry.claim.bounds):
        further = "" if math.isnan(point.next_low) else f", next {_next(point)},"
        told.append(f"{_told(point)}{further} at {number(point.at)}")
    if rows:
        told.append(turns_text(entry.claim, [[row for row in run if row.on == on] for run in entry.replicates]))
    return f"by {entry.claim.dial}: {'; '.join(told)}"


def _has_spread(rows) -> bool:
    return len(rows) > 1 and all(math.isfinite(row.value) for row in rows)


def _curve_lines(entry) -> list[str]:
    """A dial's curve as a table, one a place: strength, the notebook's run, over replicates the mean with both
    intervals; where the runs turn; where public data lie."""
    claim, lines = entry.claim, []
    places = by_place([entry.rows, *entry.replicates])
    for on in places:
        runs = [[row for row in run if row.on == on] for run in entry.replicates]
        lines += [*([f"- On {on}:"] if len(places) > 1 else []), ""]
        lines += _table_of_curve(claim, [row for row in entry.rows if row.on == on], runs)
        if any(runs):
            lines += ["", f"Over the replicates: {turns_text(claim, [run for run in runs if run])}."]
    if claim.exact_at:
        lines += ["", f"At {', '.join(map(number, claim.exact_at))} nothing is left to chance, so that no interval is "
                      f"needed there."]
    return [*lines, ""]


def _table_of_curve(claim, alone, runs) -> list[str]:
    """Lines of a table; columns without replicates: strength and the notebook's run."""
    own = {point.at: point for point in curve(alone, claim.bounds)}
    points = {point.at: point for point in curve([row for run in runs for row in run], claim.bounds)}
    head = [claim.dial, "notebook"] + ["mean", "next run", "runs"] * bool(points)
    lines = [f"| {' | '.join(head)} |", f"|{'---:|' * len(head)}"]
    for at in sorted({*own, *points}):
        further = [row for run in runs for row in run if row.at == at]
        cells = [number(at), _told(own.get(at)) + (_beyond(own[at].mean, further) if at in own else "")]
        if points:
            cells += [_told(points.get(at)), _next(points.get(at)), _count(points.get(at))]
        lines.append(f"| {' | '.join(cells)} |")
    empty = "| " * (len(head) - 2)
    return lines + [f"| {number(at)} | {name} lies here {empty}|" for name, at in claim.public]


def _told(point) -> str:
    """"0.41 [0.38, 0.44]"; "–" where nothing has a value."""
    if point is None or math.isnan(point.mean):
        return "–"
    return number(point.mean) + ("" if math.isnan(point.low) else f" [{number(point.low)}, {number(point.high)}]")


def _next(point) -> str:
    return "–" if point is None or math.isnan(point.next_low) else (
        f"{number(point.next_low)} to {number(point.next_high)}")


def _count(point) -> str:
    """"10"; "7 of 10" where three runs found no value."""
    if point is None:
        return "0"
    return str(point.runs) if point.valued == point.runs else f"{point.valued} of {point.runs}"


def table_markdown(entries, lesson: str | None = None) -> str:
    """The ledger as one table: lesson, statement and kind, holder, band and date, what came out, verdict."""
    lines = ["| Lesson | What is said | Holder | Expected | What came out | Verdict |", "|---|---|---|---|---|---|"]
    for _, held in _by_lesson(entries, lesson):
        for entry in held:
            claim = entry.claim
            if claim.kind == IDENTITY:
                continue
            kind = "" if claim.kind == CLAIM else f" ({claim.kind})"
            cells = [claim.lesson, claim.says + kind, claim.holder, f"{band_text(claim)}; {dated(claim)}",
                     _came_out(entry), f"**{entry.verdict.text}**"]
            lines.append("| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines)


def _came_out(entry) -> str:
    """Each place's mean, both intervals and heights; the one run where there are no replicates."""
    claim, told = entry.claim, []
    for on, rows in entry.places.items():
        where = "" if on == "world" else f" ({on})"
        heights = f" {sparkline(claim, rows)}" if claim.kind != DIAL and _has_spread(rows) else ""
        told.append(f"{place_text(entry, on)}{heights}{where}")
    return "<br>".join(told) or "–"


def kinds_markdown() -> str:
    """What kinds there are and what each gets, as a list."""
    return "\n".join(f"- **{kind}**: {text}" for kind, text in KINDS.items())
