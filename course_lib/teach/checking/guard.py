"""Running a learner's function: with a time limit, its prints kept, its exception traced to a line of its own cell."""

from __future__ import annotations

import ast
import builtins
import contextlib
import inspect
import io
import linecache
import signal
import textwrap
import threading
import time
import traceback
from dataclasses import dataclass

PRINT_LIMIT = 2000
PATIENCE = 5


class ExerciseTimeout(BaseException):
    """Not an Exception, so that a learner's own `except Exception` does not swallow it."""


class AskedForInput(RuntimeError):
    """The learner's code called input()."""

    short = "asks for input"


@contextlib.contextmanager
def time_limit(seconds: float):
    """Raise ExerciseTimeout in the body after so many seconds; up to five times that where the machine is busy.

    Needs Unix and the main thread; elsewhere there is no limit. Python acts on the signal between bytecodes: one
    long call into C is noticed when it is over.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    wall, work = time.perf_counter(), time.process_time()

    def fire(signum, frame):
        waited, worked = time.perf_counter() - wall, time.process_time() - work
        if worked < 0.5 * seconds and waited < PATIENCE * seconds:      # a busy machine, not a slow function
            return
        raise ExerciseTimeout(f"no answer after {seconds:.2g} s")
    old = signal.signal(signal.SIGALRM, fire)
    try:
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-3), 0.25)   # again and again: a bare except may eat one
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


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
    """What one call gave. error: the exception, or None. line, code: where in the learner's cell it was raised."""

    value: object = None
    error: BaseException | None = None
    timed_out: bool = False
    unwritten: bool = False
    seconds: float = 0.0
    printed: str = ""
    line: int | None = None
    code: str = ""


def _no_input(*_):
    raise AskedForInput("input() cannot be used in an exercise: all it needs comes as arguments")


def attempt(call, fn, seconds: float) -> Attempt:
    """call() with the guards on; `fn` is the learner's function, whose own lines are named in an error."""
    out, result, old_input = _Cut(), Attempt(), builtins.input
    started = time.perf_counter()
    builtins.input = _no_input
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out), time_limit(seconds):
            result.value = call()
    except ExerciseTimeout as error:
        result.error, result.timed_out = error, True
    except (Exception, SystemExit, RecursionError) as error:
        result.error = error
    finally:
        builtins.input = old_input
    result.seconds, result.printed = time.perf_counter() - started, out.text()
    if result.error is not None:
        result.line, result.code = own_line(result.error, fn)
        result.unwritten = _is_stub_error(result.error, fn)
    return result


def _files(fn) -> set[str]:
    """The files (cells) in which a function, or the methods of a class, stand."""
    fn = inspect.unwrap(fn)
    parts = [getattr(part, "__func__", part) for part in vars(fn).values()] if inspect.isclass(fn) else [fn]
    return {part.__code__.co_filename for part in parts if hasattr(part, "__code__")}


def own_line(error: BaseException, fn) -> tuple[int | None, str]:
    """The last line of the learner's own cell on the way to the error: (number in the cell, text)."""
    files, found = _files(fn), (None, "")
    for frame, line in traceback.walk_tb(error.__traceback__):
        name = frame.f_code.co_filename
        if name in files:
            found = (line, linecache.getline(name, line).strip())
    return found


def _is_stub_error(error, fn) -> bool:
    """Was it the learner's own `raise NotImplementedError`? input() and torch raise kinds of it too."""
    if type(error) is not NotImplementedError:
        return False
    frames = list(traceback.walk_tb(error.__traceback__))
    return bool(frames) and frames[-1][0].f_code.co_filename in _files(fn)


def source(thing) -> str:
    """The text of a function or class, also of one defined in a notebook cell; "" where it cannot be had."""
    with contextlib.suppress(OSError, TypeError):
        return textwrap.dedent(inspect.getsource(inspect.unwrap(thing)))
    with contextlib.suppress(Exception):
        from IPython import get_ipython

        for cell in reversed(get_ipython().history_manager.input_hist_raw):
            text = cell.split("\n", 1)[-1] if cell.startswith("%%") else cell
            with contextlib.suppress(SyntaxError):
                for node in ast.parse(text).body:
                    if getattr(node, "name", None) == thing.__name__:
                        return ast.get_source_segment(text, node)
    return ""


def is_stub(text: str) -> bool:
    """Does a function's text hold nothing but a docstring, `pass`, `...` or `raise NotImplementedError`?"""
    try:
        node = ast.parse(textwrap.dedent(text)).body[0]
    except (SyntaxError, IndexError):
        return False
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    return all(isinstance(part, ast.Pass) or (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
               or (isinstance(part, ast.Raise) and "NotImplementedError" in ast.dump(part)) for part in node.body)
