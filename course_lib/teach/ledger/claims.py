"""The ledger of all claims: gathered from executed notebooks, as a table and as a picture."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from course_lib.contracts import CourseError, DataError
from course_lib.teach import cards, lessons
from course_lib.teach.definitions.claim import Claim
from course_lib.teach.ledger.verdict import (
    FAILS,
    HOLDS,
    HOLDS_IF,
    MIME,
    UNSAID,
    Row,
    Verdict,
    band_text,
    decide,
    value_text,
    verdict_of,
)

# An `on` that begins so is real data.
REAL = ("ml100k", "movietweetings", "online_retail", "open_bandit", "upworthy")


@dataclass
class Entry:
    """One claim with all its measurements."""

    claim: Claim
    rows: list[Row] = field(default_factory=list)

    @property
    def verdict(self) -> Verdict:
        return verdict_of(self.claim, self.rows)


def rows_of(notebook: Path) -> list[Row]:
    """The rows that measured() left in an executed notebook's outputs; a later row for the same place stands.

    Raises DataError for a file that is not a notebook.
    """
    try:
        cells = json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"]
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise DataError(f"{notebook} is not a notebook ({type(error).__name__}: {error}). Build it again.") from error
    rows: dict[tuple, Row] = {}
    for output in outputs:
        held = output.get("data", {}).get(MIME)
        if held is not None:
            row = Row.of(json.loads("".join(held)) if isinstance(held, (str, list)) else held)
            rows[row.claim, row.on] = row
    return list(rows.values())


def gather(solutions_dir: Path) -> list[Entry]:
    """All claims of all lessons, each with what the executed notebooks in `solutions_dir` measured.

    A claim that no notebook measured stays, without rows: "cannot be said". A row whose claim no lesson has is a
    DataError, for it would be lost silently.
    """
    entries = {claim.id: Entry(claim) for claim in cards.claims()}
    for notebook in sorted(Path(solutions_dir).glob("*.ipynb")):
        for row in rows_of(notebook):
            if row.claim not in entries:
                raise DataError(f"{notebook.name} measured {row.claim!r}, but no lesson has this claim. Add it to the "
                                f"lesson's cards, or rebuild the notebook.")
            entries[row.claim].rows.append(row)
    return list(entries.values())


def verdicts(entries: list[Entry]) -> dict[str, str]:
    """Claim, by its lesson's name ("ann.nprobe") -> verdict word, for tests to hold."""
    return {lessons.kept(entry.claim.id): entry.verdict.word for entry in entries}


def counts(entries: list[Entry]) -> dict[str, int]:
    """How many claims have each verdict, in the order holds, holds if…, does not hold, cannot be said."""
    words = [entry.verdict.word for entry in entries]
    return {word: words.count(word) for word in (HOLDS, HOLDS_IF, FAILS, UNSAID)}


def table_markdown(entries: list[Entry], lesson: str | None = None) -> str:
    """The ledger as a markdown table: claim, band, in the world or on synthetic data, on real data, verdict."""
    lines = ["| Lesson | What is said | Who says it | Expected | World or synthetic | On real data | Verdict |",
             "|---|---|---|---|---|---|---|"]
    for entry in entries:
        claim = entry.claim
        if lesson is not None and claim.lesson != lessons.number(lesson):
            continue
        real = [row for row in entry.rows if row.on.startswith(REAL)]
        world = [row for row in entry.rows if row not in real]
        verdict = entry.verdict
        word = f"**{verdict.word}**" + (f" {verdict.reason}" if verdict.word == HOLDS_IF else "")
        cells = [claim.lesson, claim.says, claim.who, band_text(claim), _values(claim, world), _values(claim, real),
                 word]
        lines.append("| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    return "\n".join(lines)


def _values(claim, rows) -> str:
    return "<br>".join(value_text(claim, row) + ("" if row.on == "world" else f" ({row.on})") for row in rows) or "–"


def picture(entries: list[Entry], path: Path | None = None, *, measured_only: bool = True, title: str | None = None):
    """Every claim as a line: the band expected beforehand, what came out, the verdict as colour and word.

    Each line has its own scale, on which the band is as wide as on every other; what lies far outside is drawn at the
    edge as an arrow. Long ledgers stand in two columns. Returns the Figure; saved as a small PNG under `path`.
    """
    import matplotlib.pyplot as plt

    from course_lib.teach.show import plots

    plots.style()
    held = [entry for entry in entries if entry.rows or not measured_only]
    half = len(held) if len(held) <= 14 else -(-len(held) // 2)
    columns = [held[:half], held[half:]] if held[half:] else [held]
    figure, axes = plt.subplots(1, len(columns), figsize=(7.5 * len(columns), 1.0 + 0.26 * max(half, 2)), squeeze=False)
    for ax, column in zip(axes[0], columns, strict=True):
        _column(ax, column, max(half, 1))
    figure.suptitle(title or f"Of {len(held)} claims, {_told(held)}", x=0.01, ha="left", fontsize=13, fontweight="bold")
    if path is not None:
        _save_small(figure, Path(path))
    return figure


def _told(entries) -> str:
    """"33 hold, 1 holds under conditions, 18 do not hold, 7 cannot be said" """
    words = {HOLDS: ("holds", "hold"), HOLDS_IF: ("holds under conditions", "hold under conditions"),
             FAILS: ("does not hold", "do not hold"), UNSAID: ("cannot be said", "cannot be said")}
    told = [f"{n} {words[word][n != 1]}" for word, n in counts(entries).items() if n]
    return ", ".join(told) or "none was measured yet"


def _column(ax, entries, height) -> None:
    for index, entry in enumerate(entries):
        _draw(ax, height - 1 - index, entry)
    ax.set(xlim=(-1.25, 2.25), ylim=(-0.7, height - 0.3), xticks=[0.5], xticklabels=["expected beforehand"])
    ax.set_yticks(range(height - 1, height - 1 - len(entries), -1), [_label(entry) for entry in entries], fontsize=8)
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)


def _save_small(figure, path: Path) -> None:
    """As PNG with a palette of 48 colours, a quarter of the bytes; other endings as matplotlib has them."""
    if path.suffix != ".png":
        figure.savefig(path)
        return
    from PIL import Image

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=80)
    Image.open(buffer).convert("RGB").quantize(48).save(path, optimize=True)


def _label(entry) -> str:
    says = entry.claim.says
    return f"{says if len(says) < 60 else says[:58] + '…'}  {entry.claim.lesson}"


def _draw(ax, y, entry) -> None:
    from course_lib.teach.show import plots

    paint = {HOLDS: plots.GREEN, HOLDS_IF: plots.BLUE, FAILS: plots.RED, UNSAID: plots.GREY}
    low, high = entry.claim.expected
    left, right = (0 if np.isfinite(low) else -1.2), (1 if np.isfinite(high) else 2.2)
    ax.barh(y, right - left, left=left, height=0.62, color=plots.SKY, alpha=0.28, linewidth=0)
    marks = {HOLDS: "o", FAILS: "X", UNSAID: "d"}
    for row in entry.rows:
        place = _scaler(entry)
        x, a, b = (float(np.clip(place(v), -1.15, 2.15)) for v in (row.value, row.low, row.high))
        word = decide(entry.claim, row)
        if not np.isnan(place(row.low)):
            ax.plot([a, b], [y, y], color=paint[word], lw=2)
        if not np.isnan(x):
            ax.plot(x, y, "<" if place(row.value) < -1.15 else ">" if place(row.value) > 2.15 else marks[word],
                    color=paint[word], ms=6)
    ax.annotate(entry.verdict.word, (2.27, y), va="center", fontsize=8, color=paint[entry.verdict.word],
                annotation_clip=False)


def _scaler(entry):
    """Maps a value so that the band is [0, 1]; a band with one end is as wide as the farthest value from that end."""
    low, high = entry.claim.expected
    if np.isfinite(low) and np.isfinite(high):
        width = (high - low) or max(abs(low), 1.0)
        return lambda v: (v - low) / width
    edge, sign = (low, 1) if np.isfinite(low) else (high, -1)
    if not np.isfinite(edge):
        return lambda v: 0.5 + 0 * v
    width = max([abs(row.value - edge) for row in entry.rows if np.isfinite(row.value)] + [abs(edge) * 0.5, 1e-9])
    return (lambda v: (v - edge) / width) if sign > 0 else (lambda v: 1 + (v - edge) / width)


def main(argv: list[str] | None = None) -> int:
    """`python -m course_lib.teach.ledger.claims DIR [--picture FILE]`: print the table gathered from DIR."""
    import argparse
    import sys

    parser = argparse.ArgumentParser(prog="course claims", description="Gather the claims from executed notebooks.")
    parser.add_argument("directory", nargs="?", default="solutions")
    parser.add_argument("--picture", metavar="FILE", help="also draw the picture into FILE (png or svg)")
    parser.add_argument("--verdicts", metavar="FILE", help="also write claim id → verdict, which a test then holds")
    args = parser.parse_args(argv)
    try:
        entries = gather(Path(args.directory))
        print(table_markdown(entries))
        if args.verdicts:
            Path(args.verdicts).write_text(json.dumps(verdicts(entries), indent=1, ensure_ascii=False) + "\n", "utf-8")
        if args.picture:
            picture(entries, Path(args.picture))
    except (CourseError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
