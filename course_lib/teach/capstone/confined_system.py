"""The near end of a submission's process: asks it, waits no longer than the brief allows, and believes nothing unread.

What comes back is read as data: one JSON line a question, no longer than a limit, with the question's own word, decoded
into plain arrays. Anything else ends the submission with a sentence that says what came.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import select
import tempfile
import time
from pathlib import Path

import numpy as np

from course_lib.contracts import CourseError, DayLog, Requests, Slates
from course_lib.contracts.framed import framed
from course_lib.launch.launch_plan import LaunchPlan
from course_lib.teach.capstone.clean_start import SubmissionError, of_no_program
from course_lib.teach.capstone.handed_in import HandedIn
from course_lib.teach.capstone.system_process import FIELDS, serve_system
from course_lib.teach.classroom.answer_folders import remove
from course_lib.teach.classroom.messages import MOST_BYTES, BadMessageError, decode
from course_lib.teach.classroom.sandbox import fresh_context, how_it_died, limits_held

GRACE_S = 5.0
LATE = "no answer in the time that the brief gives"
FEWEST = 10              # people of the brief: a step of a plan that treats fewer says nothing of anybody
MB = 1_000_000


def is_late(failed: str) -> bool:
    """Is it the sentence of a submission that was ended for its time? None that it wrote itself passes for that one."""
    return re.match(rf"[^:]*: {re.escape(LATE)} \(fit ", failed) is not None


def _fits(told: dict) -> bool:
    """Are the fields of a plan of the types that a LaunchPlan has?"""
    rails, level = told["guardrails"], told["level"]
    margins = list(rails.values()) if isinstance(rails, dict) else [""]
    flags = ("split_check", "canary", "must_win", "must_prove", "second_week")
    shares = [share for share, _ in told["steps"]]
    numbers = all(type(one) in (int, float) and 0 < one < 1 for one in [*margins, *shares, level])
    day = told["doubts_from"]
    words = isinstance(told["primary"], str) and all(isinstance(told[name], bool) for name in flags)
    return numbers and words and len(margins) < 20 and (day is None or type(day) is int)


def each_once(item: np.ndarray) -> np.ndarray:
    """int (B, C), -1 pads: the same items in order of their ids; one that stands twice in a row counts once."""
    ordered = np.sort(item, axis=1)
    ordered[:, 1:][ordered[:, 1:] == ordered[:, :-1]] = -1
    return ordered


def what_is_enforced(brief) -> dict[str, bool]:
    """What the system itself keeps a submission from, found by trying it in a confined process; after `ready`."""
    return limits_held(brief.memory_mb * MB)


def can_be_shown(slates: Slates, requests: Requests) -> bool:
    """Is it plain that `slates.check(requests)` would pass? A quick look at slates with a row for each request; a False
    says only that the check has to find out, and say in words what is wrong."""
    item, room = slates.item, int(requests.eligible.max(initial=-1)) + 2
    may = np.zeros(room, bool)                          # -1, an empty slot, looks at the last
    may[requests.eligible], may[-1] = True, True
    if item.max(initial=-1) >= room - 1 or not may[item].all():
        return False
    ordered = np.sort(item, axis=1)
    twice = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)
    return not twice.any() and bool(((slates.propensity > 0) & (slates.propensity <= 1)).all())


class ConfinedSystem:
    """A submission in its own process, as a policy: slates(requests), observe(day_log), and what else may be asked.

    handed_in: its text. brief: the limits. seconds: of wall time that its answers took, as seen from here.
    Every method raises SubmissionError, with what happened in words, and the process is then over.
    """

    name = "handed in"

    def __init__(self, handed_in: HandedIn, brief):
        self.brief, self.asked, self.seconds, self.fit_seconds, self.memory_mb = brief, 0, 0.0, 0.0, 0.0
        self._waited = 0.0
        self._came, self._folder = bytearray(), Path(tempfile.mkdtemp(prefix="system-"))
        context = fresh_context()
        self._pipe, theirs = context.Pipe(duplex=True)
        self._process = context.Process(target=serve_system, args=(theirs, str(self._folder), brief.memory_mb * MB,
                                                                   brief.cpu_s), daemon=True)
        with of_no_program():
            self._process.start()
        theirs.close()
        self._fd = self._pipe.fileno()
        os.set_blocking(self._fd, False)
        try:
            self._ask("text", brief.fit_s + GRACE_S, "reading the file", text=handed_in.text)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> ConfinedSystem:
        return self

    def __exit__(self, *error) -> None:
        self.close()

    def begin(self, world, days: list[DayLog]) -> LaunchPlan | None:
        """Hand over the log and let it fit. Returns its plan, or None. world: has catalog, users and slate_size."""
        start = time.monotonic()
        told = self._ask("begin", self.brief.fit_s, "fit", days=days, catalog=world.catalog, users=world.users,
                         slate_size=world.slate_size)
        self.fit_seconds = time.monotonic() - start
        if not isinstance(told, dict) or set(told) != {"plan", "candidates"}:
            raise self._refused("said of itself what is no description")
        self.offers_candidates = told["candidates"] is True
        return None if told["plan"] is None else self._plan(told["plan"])

    def slates(self, requests: Requests) -> Slates:
        """Its slates, checked: ids that may be shown, none twice, no more than there are slots."""
        start = time.monotonic()
        told = self._ask("slates", self.brief.answer_s, f"slates on day {requests.day}", requests=requests)
        self.seconds, self.asked = self.seconds + time.monotonic() - start, self.asked + len(requests)
        item, propensity = self._arrays(told, 2, len(requests), requests.slate_size)
        slates = Slates(item.astype(np.int32), propensity.astype(np.float32))
        try:
            return slates if can_be_shown(slates, requests) else slates.check(requests)
        except CourseError as error:
            raise SubmissionError(f"It answered with a slate that cannot be shown: {error}") from None

    def candidates(self, requests: Requests) -> np.ndarray | None:
        """int (B, C), -1 where padded or not eligible, of a submission that offers them; else None."""
        if not self.offers_candidates:
            return None
        item, = self._arrays(self._ask("candidates", self.brief.answer_s, "candidates", requests=requests), 1,
                             len(requests), 10_000)
        return each_once(np.where(np.isin(item, requests.eligible), item, -1))

    def observe(self, day_log: DayLog) -> None:
        """A night."""
        self._ask("observe", self.brief.fit_s, f"the night after day {day_log.day}", day_log=day_log)

    def one_at_a_time(self, requests: Requests) -> np.ndarray:
        """Milliseconds from question to answer, float (B,), when each request is asked alone; the way there counts."""
        taken = []
        for b in range(len(requests)):
            start = time.perf_counter()
            self.slates(requests.take(slice(b, b + 1)))
            taken.append(1000 * (time.perf_counter() - start))
        return np.array(taken)

    def close(self) -> None:
        """End the process and whatever is left of it."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
            self.memory_mb = int(status.split("VmHWM:")[1].split()[0]) * 1024 / MB
        self._process.kill()
        self._process.join(10)
        self._pipe.close()
        remove(self._folder)

    # --- asking -----------------------------------------------------------------------------------------------------
    def _ask(self, name: str, seconds: float, doing: str, **arguments):
        word, began = secrets.token_hex(8), time.monotonic()
        deadline = began + min(seconds, self.brief.play_s - self._waited)
        if self._came:
            raise self._refused("said something before it was asked")
        self._put(framed((word, name, arguments)), deadline, doing)
        line = self._line(deadline, doing)
        self._waited += time.monotonic() - began
        try:
            message = json.loads(line)
            if not isinstance(message, dict) or message.get("word") != word:
                raise BadMessageError("it does not answer the question")
            if "error" in message:
                said = str(message["error"]).replace(LATE, "…")       # nobody says of themselves that they were late
                raise SubmissionError(f"{doing}: {said[:1500]}")
            return True if name == "text" else decode(message.get("told"))
        except SubmissionError:
            raise
        except Exception as error:  # noqa: BLE001 - it may have been made to be anything
            raise self._refused(f"sent what is no answer ({str(error)[:100]})") from None

    def _put(self, data: bytes, deadline: float, doing: str) -> None:
        left = memoryview(data)
        while left:
            _, able, _ = select.select([], [self._fd], [], max(deadline - time.monotonic(), 0))
            if not able:
                raise self._late(doing)
            try:
                left = left[os.write(self._fd, left):]
            except BlockingIOError:
                continue
            except OSError:
                raise self._gone(doing) from None

    def _line(self, deadline: float, doing: str) -> bytes:
        while b"\n" not in self._came:
            able, _, _ = select.select([self._fd], [], [], max(deadline - time.monotonic(), 0))
            if not able:
                raise self._late(doing)
            try:
                part = os.read(self._fd, 1 << 18)
            except BlockingIOError:
                continue
            except OSError:
                part = b""
            if not part:
                raise self._gone(doing)
            self._came += part
            if len(self._came) > MOST_BYTES:
                raise self._refused("sent more than an answer can hold")
        line, _, rest = bytes(self._came).partition(b"\n")
        self._came = bytearray(rest)
        return line

    def _arrays(self, told, count: int, rows: int, width: int) -> list[np.ndarray]:
        good = isinstance(told, list) and len(told) == count and all(isinstance(one, np.ndarray) for one in told)
        if not good or told[0].dtype.kind not in "iu" or any(one.dtype.kind not in "iuf" for one in told):
            raise SubmissionError("Its slates are no arrays of item ids and propensities; expected whole numbers, and "
                                  "numbers.")
        if any(one.ndim != 2 or len(one) != rows or one.shape[1] > width or one.shape != told[0].shape for one in told):
            raise SubmissionError(f"Its answer has shapes {[one.shape for one in told]}; expected ({rows}, K) with K "
                                  f"at most {width}: a row for each request.")
        if told[0].size and (told[0].min() < -1 or told[0].max() >= 2**31):
            raise SubmissionError(f"Its answer holds item {told[0].min()}; expected ids, and -1 for an empty slot.")
        return told

    def _plan(self, held) -> LaunchPlan:
        try:
            told = json.loads(held[0])
            own_rule = told.pop("own_rule") is True
            if set(told) != set(FIELDS):
                raise ValueError("other fields")
            if not _fits(told):
                raise ValueError("fields of other types")
            told |= {"steps": tuple((float(share), int(days)) for share, days in told["steps"]),
                     "name": str(told["name"])[:60]}
            return self._of_some(LaunchPlan(**told, **({"rule": self._decide} if own_rule else {})))
        except SubmissionError:
            raise
        except CourseError as error:
            raise SubmissionError(f"Its PLAN cannot be carried out: {error}") from None
        except Exception as error:  # noqa: BLE001 - it may have been made to be anything
            raise self._refused(f"sent a plan that is none ({str(error)[:100]})") from None

    def _of_some(self, plan: LaunchPlan) -> LaunchPlan:
        """The plan, where each of its steps treats somebody."""
        least, people = min((share for share, _ in plan.steps), default=1.0), self.brief.people
        if round(least * people, 6) < FEWEST:
            raise SubmissionError(f"Its PLAN has a step with a share of {least:g}: of {people} people it treats fewer "
                                  f"than {FEWEST}, and a test of so few says nothing. Expected shares of "
                                  f"{FEWEST / people:g} or more.")
        return plan

    def _decide(self, reading, plan) -> str:
        said = self._ask("decide", self.brief.answer_s, "the rule of its PLAN", day=reading.day, share=reading.share,
                         row=reading.row, late=reading.late)
        return said[:60] if isinstance(said, str) else "no word"

    # --- what ends it -----------------------------------------------------------------------------------------------
    def _late(self, doing: str) -> SubmissionError:
        return SubmissionError(f"{doing}: {LATE} (fit {self.brief.fit_s:g} s, a batch of requests "
                               f"{self.brief.answer_s:g} s, a whole play {self.brief.play_s:g} s). It was ended.")

    def _gone(self, doing: str) -> SubmissionError:
        self._process.join(5)
        return SubmissionError(f"{doing}: {how_it_died(self._process.exitcode)['says']} The brief gives "
                               f"{self.brief.memory_mb} MB beside the libraries and {self.brief.cpu_s} s of CPU.")

    def _refused(self, what: str) -> SubmissionError:
        return SubmissionError(f"Its process {what}. Only answers that the course's own code makes are taken.")
