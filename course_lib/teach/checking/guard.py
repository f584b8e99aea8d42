"""Running a learner's function: with a time limit, its prints kept, its exception traced to a line of its own cell.

What it answers is taken in here too, under the same limit, and what it leaves behind is put back (`surroundings`).
"""

from __future__ import annotations

import _thread
import builtins
import contextlib
import ctypes
import enum
import inspect
import io
import linecache
import signal
import sys
import threading
import time
import traceback
from dataclasses import dataclass

from course_lib.teach.checking.surroundings import Surroundings
from course_lib.teach.checking.taking import taken

QUESTION_ROOM = 1_000_000             # values that an answer to a question of the diagnosis may have
PRINT_LIMIT = 2000
PATIENCE = 5
AGAIN_S = 0.25                        # a limit strikes again and again: a bare except may eat one


class ExerciseTimeout(BaseException):
    """Not an Exception, so that a learner's own `except Exception` does not swallow it."""


class _Over(BaseException):
    """Takes the place of a timeout that was thrown into a thread and has not arrived yet."""


class AskedForInput(RuntimeError):
    """The learner's code called input()."""

    short = "asks for input"


@contextlib.contextmanager
def time_limit(seconds: float):
    """Raise ExerciseTimeout in the body after so many seconds; up to five times that where the machine is busy.

    A signal where there is one (Unix, main thread), since it also ends a sleep; a second thread everywhere, so that
    there is a limit on Windows, in other threads, and where the body has switched the signal off. Python acts on
    both between bytecodes: one long call into C is noticed when it is over. Neither raises where this limit is being
    taken away: the clean-up would be left undone, and the limit would strike again and again at whoever comes next.
    """
    wall, work = time.perf_counter(), time.process_time()

    def late() -> bool:
        waited, worked = time.perf_counter() - wall, time.process_time() - work
        return worked >= 0.5 * seconds or waited >= PATIENCE * seconds      # else a busy machine, no slow function

    def fire(signum, frame):
        if late() and not _is_ours(frame):
            raise ExerciseTimeout(f"no answer after {seconds:.2g} s")
    with _lost_ones_unsaid(), _by_thread(2 * seconds, late), _by_signal(seconds, fire):
        yield


@contextlib.contextmanager
def _lost_ones_unsaid():
    """A limit that strikes in a `__del__` or at a weak reference's end is lost: Python tells of it, and goes on.

    The limit strikes again, so there is nothing to tell. It must not strike in the telling of other lost errors.
    """
    old = sys.unraisablehook

    def tell(lost):
        if not isinstance(lost.exc_value, ExerciseTimeout | _Over):
            old(lost)
    TELLERS.add(tell.__code__)
    sys.unraisablehook = tell
    try:
        yield
    finally:
        sys.unraisablehook = old


def _is_ours(frame) -> bool:
    """Does this module run there, or contextlib, which begins and ends its limits, or what one of the two called?"""
    below = frame
    while below is not None and below.f_code.co_filename in CALLED:
        below = below.f_back
    if below is not None and below.f_code.co_filename in OURS:
        return True
    while frame is not None and frame.f_code not in TELLERS:
        frame = frame.f_back
    return frame is not None


TELLERS = set()                       # the code of what tells of lost errors while a limit stands
OURS = {_is_ours.__code__.co_filename, contextlib.contextmanager.__code__.co_filename}
CALLED = {module.__file__ for module in (threading, signal, enum)}


@contextlib.contextmanager
def _by_signal(seconds, fire):
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    old = signal.signal(signal.SIGALRM, fire)
    try:
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-3), AGAIN_S)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


@contextlib.contextmanager
def _by_thread(seconds, late):
    """Throw ExerciseTimeout into this thread from another one; never after the body has ended."""
    here, over, lock = ctypes.c_ulong(threading.get_ident()), threading.Event(), threading.Lock()
    thrown = []

    def watch():
        pause = max(seconds, 0.05)
        while not over.wait(pause):
            with lock:
                if not over.is_set() and late() and not _is_ours(sys._current_frames().get(here.value)):
                    thrown.append(True)
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(here, ctypes.py_object(ExerciseTimeout))
            pause = AGAIN_S
    try:
        with contextlib.suppress(RuntimeError):        # no thread may be started where answers are confined
            _thread.start_new_thread(watch, ())        # threading's own start would wait until it runs: too long
        yield
    finally:
        with lock:
            over.set()
        if thrown:                       # a None in its place would leave CPython asking for ever once it is traced
            with contextlib.suppress(_Over):
                ctypes.pythonapi.PyThreadState_SetAsyncExc(here, ctypes.py_object(_Over))
                while True:
                    pass


class _Cut(io.TextIOBase):
    """Keeps the first PRINT_LIMIT characters and counts the rest."""

    def __init__(self):
        self.kept, self.total = [], 0

    def writable(self):
        return True

    def write(self, text):
        room = PRINT_LIMIT - self.total
        if room > 0:
            self.kept.append(text[:room])
        self.total += len(text)
        return len(text)

    def text(self):
        cut = self.total - PRINT_LIMIT
        return "".join(self.kept) + (f"\n… and {cut:,} more characters" if cut > 0 else "")


@dataclass
class Attempt:
    """What one call gave. error: the exception, or None. line, code: where in the learner's cell it was raised.

    message: the error's text. spoils: what the call left behind that would spoil the notebook (it was put back), as
    the end of "your function …". seconds: of the call alone, without the guards. spent: what of them counts against a
    limit, as in `time_limit`: the processor's, or a part of those waited where the machine was busy. after: what
    `after` gave, or None.
    """

    value: object = None
    error: BaseException | None = None
    timed_out: bool = False
    unwritten: bool = False
    seconds: float = 0.0
    spent: float = 0.0
    printed: str = ""
    line: int | None = None
    code: str = ""
    message: str = ""
    spoils: str = ""
    after: object = None


def _no_input(*_):
    raise AskedForInput("input() cannot be used in an exercise: all it needs comes as arguments")


def attempt(call, fn, seconds: float, room: int | None = None, after=None) -> Attempt:
    """call() with the guards on; `fn` is the learner's function, whose own lines are named in an error.

    room: the answer is taken in (see `taking.taken`) and may hold so many values; None leaves it as it is. after():
    what is to be looked at under the same guards once there is an answer. Nothing that call() raises comes out,
    SystemExit and KeyboardInterrupt included; only a key press that stops the cell does.
    """
    out, result, surroundings, pressed = _Cut(), Attempt(), Surroundings(), []
    builtins.input, old_input = _no_input, builtins.input
    started, began = time.perf_counter(), time.process_time()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out), _key_press(pressed):
            with time_limit(seconds):
                try:
                    result.value = call()
                finally:
                    result.seconds = time.perf_counter() - started
                    result.spent = max(time.process_time() - began, result.seconds / PATIENCE)
                result.value = result.value if room is None else taken(result.value, room)
                with contextlib.suppress(Exception, ExerciseTimeout):
                    result.after = after() if after else None
    except ExerciseTimeout as error:
        result.error, result.timed_out, result.value = error, True, None
    except BaseException as error:  # noqa: BLE001 - a learner's function may raise anything
        result.error, result.value = error, None
    finally:
        builtins.input = old_input
        result.spoils = surroundings.restore(_files(fn))
    if pressed:
        raise KeyboardInterrupt
    result.printed = out.text()
    if result.error is not None:
        result.line, result.code = own_line(result.error, fn)
        result.unwritten = _is_stub_error(result.error, fn)
        result.message = _message(result.error)
    return result


@contextlib.contextmanager
def _key_press(pressed: list):
    """Tell a key press that stops the cell from a KeyboardInterrupt that the function itself raises."""
    if threading.current_thread() is not threading.main_thread() or not callable(signal.getsignal(signal.SIGINT)):
        yield
        return

    def stop(signum, frame):
        pressed.append(signum)
        raise KeyboardInterrupt
    old = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, old)


def _message(error) -> str:
    """The error's text, cut; its own `__str__` may do anything."""
    try:
        with time_limit(0.2):
            return str.__str__(str(error))[:300]
    except BaseException:  # noqa: BLE001
        return ""


def _files(fn) -> set[str]:
    """The files (cells) in which a function, or the methods of a class, stand."""
    try:
        fn = inspect.unwrap(fn)
        parts = [getattr(part, "__func__", part) for part in vars(fn).values()] if inspect.isclass(fn) else [fn]
        return {part.__code__.co_filename for part in parts if hasattr(part, "__code__")}
    except Exception:  # noqa: BLE001 - any object may stand here
        return set()


def own_line(error: BaseException, fn) -> tuple[int | None, str]:
    """The last line of the learner's own cell on the way to the error: (number in the cell, text)."""
    files, found = _files(fn), (None, "")
    for frame, line in traceback.walk_tb(error.__traceback__):
        name = frame.f_code.co_filename
        if name in files:
            found = (line, linecache.getline(name, line or 0).strip())  # a stop may come where there is no line
    return found


def _is_stub_error(error, fn) -> bool:
    """Was it the learner's own `raise NotImplementedError`? input() and torch raise kinds of it too."""
    if type(error) is not NotImplementedError:
        return False
    frames = list(traceback.walk_tb(error.__traceback__))
    return bool(frames) and frames[-1][0].f_code.co_filename in _files(fn)
