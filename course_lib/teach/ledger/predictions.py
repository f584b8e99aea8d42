"""predict() before a measurement, measured() after it: the guess, the band expected beforehand, the verdict."""

from __future__ import annotations

import math
import numbers
from functools import cache

from course_lib.contracts import ArgumentError, CourseError
from course_lib.teach import progress
from course_lib.teach.cards import claim as find_claim
from course_lib.teach.definitions.claim import DIAL, IDENTITY, MACHINE
from course_lib.teach.ledger import among, replicates
from course_lib.teach.ledger.guesses import Judged, judge
from course_lib.teach.ledger.verdict import MIME, Row, decide, row_text
from course_lib.teach.show.notices import Notice, show
from course_lib.trial.gauges import machine

_guesses: dict[str, object] = {}
_measured: set[str] = set()
_rows: dict[str, dict[tuple[str, str], Row]] = {}       # {claim: {(place, strength): row}} of this session


def predict(claim_id: str, guess=...) -> None:
    """Commit to a guess before the cell that measures.

    guess: a number; or (low, high), a range you are 80% sure of; Ellipsis for none yet. The first guess made before
    the measurement is the one that counts in your record.
    """
    claim_id = find_claim(claim_id).id
    about = f"Prediction {claim_id}"
    if guess is ...:
        show(Notice("todo", about, ("Replace the dots with a number, or with a range you are 80% sure of, such as "
                                    "(5, 50); then run the cell.",), word="no guess yet"))
        return
    guess = _checked(claim_id, guess)
    if claim_id in _measured:
        show(Notice("note", about, ("It has been measured already, so this guess is not counted.",)))
        return
    first = claim_id not in _guesses
    _guesses.setdefault(claim_id, guess)
    if first:
        progress.record("guess", claim_id, guess=guess)
    kept = "" if first else f" Your first guess, {_told(_guesses[claim_id])}, is the one that counts."
    show(Notice("note", about, (f"Noted: {_told(guess)}.{kept}",)))


def _checked(claim_id, guess):
    parts = guess if isinstance(guess, (tuple, list)) else (guess,)
    real = all(isinstance(part, numbers.Real) and not isinstance(part, bool) for part in parts)
    if not real or not all(map(math.isfinite, parts)) or len(parts) > 2 or (
            len(parts) == 2 and parts[0] > parts[1]) or not parts:
        raise ArgumentError(f"predict({claim_id!r}, {guess!r}): expected a number or a range (low, high), e.g. 20 or "
                            f"(5, 50).")
    return list(map(float, parts)) if len(parts) == 2 else float(parts[0])


def _told(guess) -> str:
    return f"{guess[0]:g} to {guess[1]:g}" if isinstance(guess, list) else f"{guess:g}"


def row_of(claim_id: str, value, low=None, high=None, on: str = "world", at: float = math.nan,
           beside: str = "") -> Row:
    """The row that measured() with these arguments makes. Raises DataError for an interval that does not hold its
    value, ArgumentError for a dial's measurement without its strength."""
    held = find_claim(claim_id)
    if hasattr(value, "low") and hasattr(value, "value"):
        value, low, high = value.value, value.low, value.high
    ends = [math.nan if part is None else float(part) for part in (value, low, high)]
    if (held.kind == DIAL) == math.isnan(at):
        raise ArgumentError(f"measured({claim_id!r}, at={at}): a {DIAL} says at which strength of its input it was "
                            f"measured (at=0.5), and no other kind does; this is a {held.kind}.")
    if held.kind == MACHINE and not held.stored:        # what was stored says itself on which machine it was taken
        beside = "; ".join(filter(None, [beside, machine()]))
    return Row(held.id, on, *ends, float(at), beside)


def measured(claim_id: str, value, low=None, high=None, on: str = "world", at: float = math.nan,
             beside: str = "") -> None:
    """Show what came out: the claim, the band expected beforehand, the value, and the learner's guess; where the
    course has replicates, this one run among them, and the verdict that they gave. Of a dial, the curve so far.

    value: a number, or an Estimate with value, low and high. on: where it was measured: "world", "ml100k", or in more
    words ("world, cold items"). at: of a dial, the strength of its input. beside: of a machine figure, what the machine
    did ("batch 1, recall 0.95"); the machine itself is noted. The row goes into the output, from which the build
    gathers the ledger.
    """
    held = find_claim(claim_id)
    row = row_of(claim_id, value, low, high, on, at, beside)
    runs = _replicates_of(held.id)
    mine = _kept(row)
    guess = _guesses.get(held.id)
    judged = None if guess is None else judge(held, guess, row.value, row.low, row.high)
    _measured.add(held.id)
    of_the_guess = judged.detail() if judged else {}
    progress.record("measured", held.id, decide(held, row), value=row.value, on=on, **of_the_guess)
    show(notice_of(row, mine, runs, "" if judged is None else _outcome(judged, guess)))


def notice_of(row: Row, mine: list[Row], runs: list[list[Row]], outcome: str = "") -> Notice:
    """What measured() shows of a row. mine: what the session measured for the statement so far, the row last. runs: the
    replicates, a list of rows each. outcome: what came of a guess."""
    held = find_claim(row.claim)
    runs = [] if held.stored else runs
    says = [row_text(held, row), *among.sentences(held, mine, runs)]
    again = sum(other.on == row.on for other in mine) if held.kind == DIAL else len(mine)
    if again == 1:                                  # at a second place or strength it is known what is measured
        says = [held.says, *([] if held.kind == IDENTITY else [f"Who says so: {held.holder}"]), *says]
    says += [outcome] if outcome else []
    about = f"{held.kind[0].upper()}{held.kind[1:]} {held.id}"
    return Notice("note", about, tuple(says), among.blocks(held, mine, runs), data={MIME: row.as_dict()},
                  word=among.word(held, mine, runs))


def _kept(row: Row) -> list[Row]:
    """All that this session measured for the statement."""
    return kept(_rows, row)


def kept(rows: dict[str, dict], row: Row) -> list[Row]:
    """All that was measured for a row's statement, the newest last; measured again, a row takes the old one's place.

    rows: {claim: {(place, strength): row}}, to which the row is added.
    """
    held = rows.setdefault(row.claim, {})
    held.pop((row.on, str(row.at)), None)
    held[row.on, str(row.at)] = row
    return list(held.values())


def _replicates_of(claim_id: str) -> list[list[Row]]:
    """The replicates that came with the course; none where their table is missing or damaged."""
    try:
        return _table().of(claim_id)
    except (CourseError, OSError):
        return []


@cache
def _table():
    return replicates.read()


def _outcome(judged: Judged, guess) -> str:
    told = progress.calibration()
    if isinstance(guess, list) and told["ranges"] > 1:
        return f"{judged.says} Of {told['ranges']} ranges so far, {told['ranges_held']} held the result."
    return judged.says
