"""What further runs, which nothing was made from, say of the ledger: a section of its page."""

from __future__ import annotations

from course_lib.teach import lessons
from course_lib.teach.ledger.replicates import Replicates
from course_lib.teach.ledger.survival import Survival, changed_by_luck, survival

TEN = 10                    # further runs are read in sets of as many as a verdict needs: 11 to 20, 21 to 30, ...
HEAD = """## Does it survive seeds that nobody has seen?

Bands, replicates and verdicts are one thing; whether further runs would say the same is another. So lessons were run
again, ten times and ten times more (`course replicate --first 11 --out fresh.csv`), and nothing is made from these runs
but the comparison below (`course replicate --against fresh.csv`). From further runs alone at most one verdict in twenty
may be another, and at least 93 of 100 values have to fall where a further run was to fall. Beside it stands what
becomes of a verdict when ten further runs are added to all that were known. That is a milder question, since most of
the runs are the same, and it decides nothing here."""


def survived(entries, table: Replicates, further: Replicates) -> str:
    """The section, as markdown; "" where there are no further runs.

    entries: judged by `table`. A lesson counts where its further runs were made by the code that its replicates were
    made by; the others are named.
    """
    if not further.runs:
        return ""
    same, other = _by_code(table, further)
    counted = Replicates({key: run for key, run in further.runs.items() if run.lesson in same and not run.why})
    entries = [entry for entry in entries if lessons.name(entry.claim.lesson) in same]
    lines, before = [HEAD], Replicates()
    for number in sorted({(run.replicate - 1) // TEN for run in counted.runs.values()}):
        fresh = counted.between(number * TEN + 1, number * TEN + TEN)
        lines += _of_ten(number, fresh, survival(entries, fresh, before))
        before = Replicates({**before.runs, **fresh.runs})
    lines += [*_luck(entries, counted), *_far(entries, counted)]
    few = [name for name in same if _count(counted, name) < _count(table, name)]
    if few:
        lines += ["", f"Fewer further runs than published ones are there of {', '.join(_numbered(few))}: of these the "
                  "values are counted and no verdict is compared, for fewer runs say less."]
    if other:
        lines += ["", f"Without further runs of the same code so far: {', '.join(other)}."]
    return "\n".join(lines) + "\n"


def _of_ten(number: int, fresh: Replicates, found: Survival) -> list[str]:
    """What one set of ten further runs says."""
    lessons_run = len({run.lesson for run in fresh.runs.values()})
    inside = found.values - len(found.outside)
    lines = ["", f"### Runs {number * TEN + 1} to {number * TEN + TEN}: {len(fresh.runs)} of {lessons_run} lessons", "",
             f"**{len(found.changed)} of {found.verdicts} verdicts changed, {inside} of {found.values} values "
             f"({_share(found)}) fell inside.** That is {'passed' if found.held else 'not passed'}."]
    lines += ["", *(f"- `{lessons.kept(claim)}`: *{was}* became *{now}*" for claim, was, now in found.changed)]
    named = "; ".join(f"`{lessons.kept(claim)}` *{has}*, was *{had}*" for claim, had, has in found.together)
    return [*lines, "", f"Added to all runs before them, they change {len(found.together)} of {found.verdicts} verdicts"
            f"{': ' * bool(named)}{named}."]


def _luck(entries, further: Replicates) -> list[str]:
    """What two sets of runs differ by where nothing but luck sets them apart."""
    compared = survival(entries, further).verdicts
    if not compared:
        return []
    return ["", "What would luck alone change? Two sets of ten, drawn at random from all runs that a "
            f"statement has, differ in {changed_by_luck(entries, further):.1f} of {compared} verdicts on "
            "average, though nothing sets them apart but luck: where the truth lies near the edge of a band, ten runs "
            "are a coin. So a verdict next "
            "to an edge is worth no more than its interval, which stands beside it. The verdicts of this page are of "
            "the ten published runs; what all runs together say is named above."]


def _far(entries, further: Replicates) -> list[str]:
    """The statements whose values missed most often."""
    missed: dict[str, int] = {}
    for claim, _, _ in survival(entries, further).outside:
        missed[claim] = missed.get(claim, 0) + 1
    often = [f"`{lessons.kept(claim)}` ({count})" for claim, count in sorted(missed.items(), key=lambda held: -held[1])
             if count > 2]
    return ["", f"More than two values fell outside of {', '.join(often)}."] if often else []


def _by_code(table: Replicates, further: Replicates) -> tuple[list[str], list[str]]:
    """The lessons with further runs whose code is that of the replicates, and those in which it is another."""
    codes = {name: {run.code for run in table.runs.values() if run.lesson == name and not run.why}
             for name in {run.lesson for run in table.runs.values()}}
    fresh = {name: {run.code for run in further.runs.values() if run.lesson == name and not run.why}
             for name in {run.lesson for run in further.runs.values()}}
    same = sorted(name for name, held in fresh.items() if held and held == codes.get(name))
    return same, _numbered(set(codes) - set(same))


def _numbered(names) -> list[str]:
    """["04 negatives", …] in the order of the lessons."""
    ordered = sorted(names, key=lambda name: lessons.numbers().get(name, "99"))
    return [f"{lessons.numbers().get(name, '?')} {name}" for name in ordered]


def _count(table: Replicates, name: str) -> int:
    """How many runs of a lesson went through."""
    return sum(run.lesson == name and not run.why for run in table.runs.values())


def _share(found: Survival) -> str:
    return f"{100 * (1 - len(found.outside) / found.values):.1f}%" if found.values else "none"
