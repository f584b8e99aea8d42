"""What `course try` does, from the file to the page. Every fault ends in one sentence that says what to do."""

from __future__ import annotations

import shutil
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import numpy as np

from course_lib.contracts import ArgumentError, CourseError, DataError, Dataset
from course_lib.contracts.vocabulary import clean_ids
from course_lib.trial.item_ids import alike
from course_lib.trial.stopping import Stop, stoppable
from course_lib.trial.table_file import read_table

RESERVE = 0.75      # of the time that is left may go into fitting; the rest is for judging


def main(args) -> int:
    """args: file, user, item, time, value, items, k, out, minutes as `course try --help` tells. Returns the exit code.

    Raises CourseError, a sentence; what nobody foresaw becomes one too.
    """
    try:
        with stoppable() as stop:
            return _try(args, stop)
    except (CourseError, KeyboardInterrupt, ImportError):
        raise
    except MemoryError as error:
        raise DataError("the memory did not suffice. Close other programs, or give a part of the table.") from error
    except Exception as error:
        where = error.__traceback__
        while where.tb_next is not None:
            where = where.tb_next
        raise CourseError(f"{type(error).__name__}: {error} ({Path(where.tb_frame.f_code.co_filename).name}, line "
                          f"{where.tb_lineno}). This is a fault of the course: please report it with the first lines "
                          f"of your table.") from error


def _try(args, stop: Stop) -> int:
    _check(args)
    started = time.perf_counter()
    say = _speaker(sys.stderr, stop)
    say(f"reads {Path(args.file).name}")
    data, listed = load(args)
    from course_lib.trial import contest, scoreboard, trial_page
    from course_lib.trial.contenders import contenders
    from course_lib.trial.findings import concentration, findings, new_at_the_end

    found = [*data.notes, *findings(data)]
    width = _width(sys.stdout)
    for sentence in found:
        _print(f"· {sentence}", width)
    competing = contenders()
    say("loads the libraries")
    started += _load_all(competing)         # seconds, the first time tens of them, that no contender is to pay
    kinds, results = (("time", "user") if data.has_time else ("user",)), []
    for number, kind in enumerate(kinds):
        try:
            split = contest.cut(data, kind)
            parts = (f"Split {scoreboard.PARTS[kind]}: {len(split.train):,} events to learn from, "
                     f"{len(split.valid):,} to choose by, {len(split.test):,} to judge by")
            new = "{:.0%} of these are of new users (left out), {:.0%} on new items.".format(*new_at_the_end(split))
            print()
            _print(f"{parts}; {new}", width)
            seconds = seconds_of(number, len(kinds), 60 * args.minutes, time.perf_counter() - started)
            results.append(contest.run(data, split, competing, args.k, seconds, say, sys.stderr.isatty(),
                                       listed=listed))
            say("")
            print(scoreboard.table(results[-1], width), flush=True)
            for sentence in scoreboard.remarks(results[-1]):
                _print(sentence, width)
        except DataError as error:
            print()
            _print(f"Split {scoreboard.PARTS[kind]}: {error}", width)
    if not results:
        raise DataError("no split could be made of this table. The sentences above say why.")
    print()
    for sentence in scoreboard.how(args.k):
        _print(sentence, width)
    if args.out:
        trial_page.write(args.out, trial_page.page(Path(args.file).name, found, results, concentration(data)))
        print(f"\nPage: {args.out}")
    return 0


def _load_all(competing: list) -> float:
    """Seconds that it took to import what all contenders need. What is missing is said in the tables."""
    before = time.perf_counter()
    for contender in competing:
        contender.load()
    return time.perf_counter() - before


def seconds_of(number: int, splits: int, seconds: float, spent: float) -> float:
    """Seconds that fitting may take on split `number` of so many: its share of all, and what the earlier ones left.

    spent: on all up to now. A split that took longer than its share takes nothing of the next one's.
    """
    return max(1.0, RESERVE * seconds / splits, RESERVE * (seconds - spent) / (splits - number))


def load(args) -> tuple[Dataset, np.ndarray | None]:
    """(The file, and that of the items, as a Dataset whose notes begin with what was left out of the files; bool (N,):
    which items the file of the items names, None where there is none)."""
    columns = [args.user, args.item, *filter(None, (args.time, args.value))]
    table, notes = read_table(args.file, columns)
    items = None
    if args.items:
        items, said = read_table(args.items)
        if args.item not in items:
            raise DataError(f"{Path(args.items).name} has no column {args.item!r}; it has {', '.join(items)}. Name its "
                            f"column of ids as in the other file.")
        notes += [f"{Path(args.items).name}: {sentence}" for sentence in said]
        table[args.item], items[args.item] = alike(table[args.item], items[args.item], notes)
    data = Dataset.from_frames(table, items, user=args.user, item=args.item, time=args.time, value=args.value,
                               name=Path(args.file).stem, bad="drop", time_unit=args.time_unit)
    listed = None
    if items is not None:
        named = data.item_ids.encode(clean_ids(args.item, items[args.item]).dropna(), unknown=-1)
        listed = np.isin(np.arange(data.n_items), named)
    return _without_returns(data, notes), listed


def _without_returns(data: Dataset, notes: list[str]) -> Dataset:
    """The Dataset without events of negative value: what came back was not taken.

    Notes that tell what to do in Python are left out, since repeats and returns are dealt with here, and so are those
    on what columns are named in Python.
    """
    from dataclasses import replace

    own = [note for note in data.notes if "splits.first_only" not in note and not note.startswith("value is negative")
           and not note.endswith("_given.")]
    if "value" in data.interactions and (back := data.interactions["value"] < 0).any():
        notes = [*notes, f"{int(back.sum()):,} rows with a value below 0 are left out of what follows: nothing was "
                         f"taken in them."]
        data = replace(data, interactions=data.interactions[~back].reset_index(drop=True))
        if not len(data.interactions):
            raise DataError(f"every value of {data.name} is below 0, so nothing was taken. Name another column.")
    notes += [note.replace("time_unit=", "--time-unit ").replace("--time-unit  ", "--time-unit ") for note in own]
    return replace(data, notes=tuple(notes))


def _check(args) -> None:
    if not 1 <= args.k <= 1000:
        raise ArgumentError(f"--k is {args.k}; expected 1 to 1000.")
    if not 0 < args.minutes < float("inf"):
        raise ArgumentError(f"--minutes is {args.minutes}; expected above 0.")
    out = Path(args.out) if args.out else None
    if out is not None and (out.is_dir() or not out.parent.is_dir()):
        raise ArgumentError(f"--out is {out}; expected a file in a folder that exists.")
    if out is not None:
        try:
            tempfile.TemporaryFile(dir=out.parent).close()
        except OSError as error:
            raise ArgumentError(f"--out is {out}; nothing can be written in that folder ({error.strerror}). Name a "
                                f"file in another one.") from error


def _width(stream) -> int | None:
    """Columns of the terminal that stream is; None where it is none, such as a file."""
    return shutil.get_terminal_size().columns if stream.isatty() else None


def _print(sentence: str, width: int | None) -> None:
    """A sentence, broken between words where a terminal is narrower."""
    indent = "  " if sentence.startswith("· ") else ""
    print(textwrap.fill(sentence, max(width, 20), subsequent_indent=indent, break_on_hyphens=False)
          if width else sentence, flush=True)


def _speaker(stream, stop: Stop):
    """say(words): one line that is written over on a terminal, a line each elsewhere; "" clears it. Ends the command
    where Ctrl-C was pressed before."""
    def say(words: str) -> None:
        stop.check()
        if stream.isatty():
            stream.write(f"\r\033[K{words[:shutil.get_terminal_size().columns - 1]}")
        elif words:
            stream.write(f"{words}\n")
        stream.flush()

    return say
