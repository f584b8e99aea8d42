"""The course's own measurements, to be quoted in an answer: yours where you ran the lesson, else the solutions'.

No number is written down twice: yours come from your own record (teach.progress), the others from the outputs of the
executed solutions, as the README's ledger does.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from course_lib.contracts import UnknownIdError
from course_lib.teach import lessons, progress
from course_lib.teach.ledger import claims
from course_lib.teach.ledger.ledger_page import place_text
from course_lib.teach.ledger.verdict import Row, number, value_text
from course_lib.teach.lessons import ROOT
from course_lib.teach.show.notices import Notice, show

SOLUTIONS = ROOT / "solutions"


@dataclass(frozen=True)
class Quote:
    """One claim as it can be quoted: what it says, its verdict in the solutions, what the solutions measured, and
    {place: value} of what this machine's record holds."""

    entry: claims.Entry
    yours: dict[str, float]

    @property
    def text(self) -> str:
        """The claim, its verdict and the numbers, each with whose it is."""
        claim = self.entry.claim
        shipped = "; ".join(f"{place_text(self.entry, on)} ({on})" for on in self.entry.places)
        mine = "; ".join(f"{value_text(claim, Row(claim.id, on, value))} ({on})" for on, value in self.yours.items())
        told = [f"in the course's solution {shipped}"] * bool(shipped) + [f"on your machine {mine}"] * bool(mine)
        verdict = self.entry.verdict.text if shipped else "no verdict yet"
        said = '; '.join(told) or f'not measured yet; lesson {claim.lesson} does it'
        return f"{claim.says.rstrip('.')}: **{verdict}**; {said}."


class AtHand:
    """All measurements of the course by claim id. solutions: folder of executed notebooks.

    A learner who has run nothing has `yours` empty everywhere, and quotes the solutions' numbers.
    """

    def __init__(self, solutions: Path = SOLUTIONS):
        self.entries = {entry.claim.id: entry for entry in claims.gather(solutions)}
        self.yours: dict[str, dict[str, float]] = {}
        for event in progress.events("measured"):
            value = event["detail"].get("value")
            if event["ref"] in self.entries and isinstance(value, (int, float)):
                self.yours.setdefault(event["ref"], {})[str(event["detail"].get("on", "world"))] = float(value)

    def quote(self, claim_id: str) -> Quote:
        """The quote of a claim. Raises UnknownIdError naming the claims of that lesson."""
        claim_id = lessons.shown(claim_id)
        if claim_id not in self.entries:
            lesson = claim_id.split(".")[0]
            known = [held for held in self.entries if held.split(".")[0] == lesson]
            raise UnknownIdError(f"no claim {claim_id!r}; lesson {lesson} has {', '.join(known) or 'none'}.")
        return Quote(self.entries[claim_id], self.yours.get(claim_id, {}))

    def lines(self, claim_ids) -> tuple[str, ...]:
        """One line a claim, ready to be said."""
        return tuple(f"`{lessons.shown(held)}` {self.quote(held).text}" for held in claim_ids)

    def show(self, *claim_ids: str) -> None:
        """Show the quotes of these claims."""
        show(Notice("note", "Measured in this course", self.lines(claim_ids)))

    def whose(self) -> str:
        """How many claims there are, how many the solutions measured, and how many this machine did."""
        shipped = sum(bool(entry.rows) for entry in self.entries.values())
        mine = len(self.yours)
        told = f"{mine} of them also on your machine" if mine else ("none on your machine, so the numbers quoted are "
                                                                    "the solutions'")
        return f"{number(len(self.entries))} claims; {shipped} were measured when the solutions ran, {told}."
