"""What ten further runs, which nothing was made from, say of the ledger: a section of its page."""

from __future__ import annotations

from course_lib.teach import lessons
from course_lib.teach.ledger.replicates import Replicates
from course_lib.teach.ledger.survival import Survival, survival

HEAD = """## Does it survive seeds that nobody has seen?

Bands, replicates and verdicts are one thing; whether another ten runs would say the same is another. So lessons
are run ten times more (`course replicate --first 11 --out fresh.csv`), and nothing is made from these runs but the
comparison below (`course replicate --against fresh.csv`). From the further runs alone at most one verdict in twenty may
be another, and at least 93 of 100 values have to fall where a further run was to fall. (A verdict of ten runs is itself
uncertain: where the truth lies near the edge of a band, two sets of ten often disagree.)"""


def survived(entries, table: Replicates, further: Replicates) -> str:
    """The section, as markdown; "" where there are no further runs.

    entries: judged by `table`. A lesson counts where its further runs were made by the code that its replicates were
    made by; the others are named.
    """
    if not further.runs:
        return ""
    same, other = _by_code(table, further)
    counted = Replicates({key: run for key, run in further.runs.items() if run.lesson in same})
    found = survival([entry for entry in entries if lessons.name(entry.claim.lesson) in same], counted)
    runs = sum(not run.why for run in counted.runs.values())
    inside = found.values - len(found.outside)
    lines = [HEAD, "", f"{runs} further runs of {len(same)} lessons: **{len(found.changed)} of {found.verdicts} "
             f"verdicts changed, {inside} of {found.values} values ({_share(found)}) fell inside.** "
             f"That is {'passed' if found.held else 'not passed'}."]
    lines += ["", *(f"- `{lessons.kept(claim)}`: *{was}* became *{now}*" for claim, was, now in found.changed)]
    if found.changed:
        lines += ["", _from_both(found)]
    missed: dict[str, int] = {}
    for claim, _, _ in found.outside:
        missed[claim] = missed.get(claim, 0) + 1
    often = [f"`{lessons.kept(claim)}` ({count})" for claim, count in sorted(missed.items(), key=lambda held: -held[1])
             if count > 2]
    if often:
        lines += ["", f"More than two values fell outside of {', '.join(often)}."]
    few = [name for name in same if _count(counted, name) < _count(table, name)]
    if few:
        lines += ["", f"Fewer further runs than published ones are there of {', '.join(_numbered(few))}: of these the "
                  "values are counted and no verdict is compared, for fewer runs say less."]
    if other:
        lines += ["", f"Without further runs of the same code so far: {', '.join(other)}."]
    return "\n".join(lines) + "\n"


def _from_both(found: Survival) -> str:
    """Which verdicts would be another if the further runs were added to the published ones."""
    named = "; ".join(f"`{lessons.kept(claim)}` *{now}*" for claim, _, now in found.together)
    return (f"From all runs together, the published and the further ones, {len(found.together)} of {found.verdicts} "
            f"verdicts would be another{': ' * bool(named)}{named}. The published ones stand as they are until all is "
            "measured anew.")


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
