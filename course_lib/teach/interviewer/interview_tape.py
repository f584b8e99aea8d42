"""An interview under way, kept line by line with the time of each, so that one that was broken off can be taken up.

What is kept is what was typed, not what came of it: taken up, the lines are played again through the same interview,
whose clock goes on where the last of them stood.
"""

from __future__ import annotations

import json
import math
import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.contracts import DataError
from course_lib.data.disk import Busy, locked, write_atomic
from course_lib.teach import progress
from course_lib.teach.interview.mock_texts import BRIEFS


@dataclass
class Held:
    """What is known of an interview. kind: "alone" or "pair". run: its own name. who: who answers, "" where not said.
    lines: (seconds since the start, what was typed)."""

    kind: str
    brief: str
    minutes: float
    seed: int
    who: str = ""
    run: str = field(default_factory=lambda: f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}")
    lines: list[tuple[float, str]] = field(default_factory=list)

    @property
    def file(self) -> Path | None:
        """Where it is kept; None where no record is kept."""
        return None if folder() is None else folder() / f"{self.kind}-{self.run}.json"


def folder() -> Path | None:
    """Beside the record of progress; None where no record is kept."""
    record = progress.path()
    return None if record is None else record.with_name("interviews_open")


def broken_off(kind: str) -> Held | None:
    """The interview of a kind that was broken off last, None where there is none. Raises DataError where its file
    cannot be read; the file stays as it is."""
    files = [] if folder() is None else sorted(folder().glob(f"{kind}-*.json"), key=lambda file: file.stat().st_mtime)
    return _read(files[-1], kind) if files else None


def _read(file: Path, kind: str) -> Held:
    try:
        row = json.loads(file.read_text(encoding="utf-8"))
        held = Held(kind, str(row["brief"]), float(row["minutes"]), int(row["seed"]), str(row["who"]), str(row["run"]),
                    [(float(at), text) for at, text in row["lines"]])
        times = [0.0, *(at for at, _ in held.lines)]
        sound = (held.brief in BRIEFS and 0 < held.minutes < 1e4 and held.file == file and times == sorted(times)
                 and all(map(math.isfinite, times)) and all(isinstance(text, str) for _, text in held.lines))
        if not sound:
            raise ValueError("a brief, a time or a line is none")
    except (OSError, ValueError, TypeError, KeyError, OverflowError) as error:
        raise DataError(f"The interview that was broken off cannot be read: {file} ({type(error).__name__}: {error}). "
                        "Move the file away; the one before it, if there is one, is then the last.") from error
    return held


class Tape:
    """Asks and tells in an interview, and keeps what is typed. To be used in a `with`.

    held: its lines so far are played first, in silence; then `where` says what is asked now. ask: asks for a
    line. tell: shows a text. now: a clock, in seconds. Raises DataError where the interview is under way elsewhere.
    """

    def __init__(self, held: Held, ask: Callable[[str], str] | None = None, tell: Callable[[str], object] = print,
                 now: Callable[[], float] = time.monotonic):
        self.held, self._ask, self._tell, self._now = held, ask or input, tell, now
        self._to_play = list(held.lines)
        self._at, self._since = 0.0, None if held.lines else now()
        self.where: Callable[[], str] = str     # what is asked now, to be told once the old lines have been played
        self._stack = ExitStack()
        self.problem = ""

    def __enter__(self) -> Tape:
        if (file := self.held.file) is not None:
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                self._stack.enter_context(locked(file.with_suffix(".lock"), 0))
            except Busy as error:
                raise DataError("This interview is under way in another window. Go on there, or begin another one "
                                "without --resume.") from error
            except OSError as error:
                self._cannot(error)
        return self

    def __exit__(self, *_) -> None:
        self._stack.close()
        with suppress(OSError):                 # leave no empty folder where nothing was typed
            if folder() is not None:
                folder().rmdir()

    def now(self) -> float:
        """Seconds since the start, without the time in which it was broken off."""
        return self._at if self._since is None else self._at + self._now() - self._since

    def ask(self, prompt: str = "") -> str:
        """The next line. Raises EOFError or KeyboardInterrupt as the asking does."""
        if self._to_play:
            self._at, line = self._to_play.pop(0)
            return line
        self.live()
        line = self._ask(prompt)
        self.held.lines.append((round(self.now(), 1), line))
        self._write()
        return line

    def tell(self, text: str) -> None:
        """Show a text, but not while old lines are played."""
        if self._since is not None:
            self._tell(text)

    def live(self) -> None:
        """From here on everything is shown, and the clock runs."""
        if self._since is None:
            self._since = self._now()
            self._tell(self.where())

    def done(self) -> None:
        """The interview is over: nothing is left to be taken up."""
        if self.held.file is not None:
            self.held.file.unlink(missing_ok=True)

    @property
    def is_kept(self) -> bool:
        """Is there something to be taken up?"""
        return self.held.file is not None and self.held.file.exists()

    def _write(self) -> None:
        if self.held.file is None or self.problem:
            return
        row = {"brief": self.held.brief, "minutes": self.held.minutes, "seed": self.held.seed, "who": self.held.who,
               "run": self.held.run, "lines": self.held.lines}
        try:
            write_atomic(self.held.file, json.dumps(row))
        except (OSError, DataError) as error:
            self._cannot(error)

    def _cannot(self, error) -> None:
        self.problem = f"This interview cannot be taken up again if it is broken off ({error})."
        self._tell(self.problem)
