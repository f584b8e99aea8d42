"""What a function leaves behind in the interpreter: seen before and after it ran, and put back.

Two kinds: what spoils the rest of the notebook is put back and told (a library's function replaced, another working
directory, torch's default dtype, gradients switched off, a signal's handler, a thread that goes on); what is harmless
is put back without a word (numpy's error state, warnings' filters, printing options, the environment, sys.path).
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import itertools
import operator
import os
import signal
import sys
import threading
import types
import warnings

import numpy as np

WATCHED = ("builtins", "math", "random", "copy", "time", "itertools", "statistics", "numpy", "numpy.linalg",
           "numpy.random", "numpy.ma", "torch", "torch.nn.functional", "torch.linalg", "pandas", "scipy.special")
CLASSES = (("pandas", "DataFrame"), ("pandas", "Series"), ("torch", "Tensor"))
CARDS = "course_lib.teach.cards."
GONE = object()
_noted: list = []                  # (cards, the names as `names_noted` found them) while it is open
_last_noted: dict = {}             # copies of the names, to be used again while nothing has changed


class Surroundings:
    """The interpreter as it was when this was made; `restore` puts it back and says what had been changed."""

    def __init__(self):
        self.names = _noted[-1][1][:1] if _noted else _names_now()
        self.folder = _folder()
        self.environ, self.path = _environment(), list(sys.path)
        self.recursion, self.filters = sys.getrecursionlimit(), list(warnings.filters)
        self.errors, self.printing = np.geterr(), np.get_printoptions()
        self.collecting, self.modules = gc.isenabled(), {name: sys.modules.get(name) for name in WATCHED}
        self.torch = _torch_state()
        self.pandas = _pandas_options()
        self.threads = set(threading.enumerate())
        self.handlers = _handlers()

    def restore(self, files=frozenset()) -> str:
        """Put all back. Returns what spoils the rest of the notebook, as the end of "your function …", or "".

        files: the learner's own (cells); only a thread that runs in one of them is ended.
        """
        told = [*self._torch(), *self._names(), *self._folder(), *self._handlers(), *self._threads(files)]
        self._harmless()
        return told[0] if told else ""

    def _names(self):
        for group in self.names:
            yield from _put_back(*group)

    def _folder(self):
        if self.folder and _folder() != self.folder:
            with contextlib.suppress(OSError):
                os.chdir(self.folder)
            yield "changes the working directory (`os.chdir`), so later cells do not find their files"

    def _torch(self):
        now = _torch_state()
        if self.torch is None or now is None or now == self.torch:
            return
        torch = sys.modules["torch"]
        torch.set_default_dtype(self.torch[0])
        torch.set_grad_enabled(self.torch[1])
        yield ("changes torch's default dtype (`torch.set_default_dtype`) for the whole notebook"
               if now[0] != self.torch[0] else "switches torch's gradients off or on for the whole notebook")

    def _handlers(self):
        now = _handlers()
        changed = [number for number, handler in self.handlers.items() if now.get(number) is not handler]
        for number in changed:
            with contextlib.suppress(ValueError, TypeError, OSError):
                signal.signal(number, self.handlers[number])
        if changed:
            yield f"changes what the notebook does on the signal {signal.Signals(changed[0]).name}"

    def _threads(self, files):
        frames = sys._current_frames()
        new = [thread for thread in threading.enumerate() if thread not in self.threads]
        going = [thread for thread in new if _stands_in(frames.get(thread.ident), files)]
        for thread in going:
            thread.join(0.05)
        going = [thread for thread in going if thread.is_alive()]
        for thread in going:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit))
        if going:
            yield "leaves a thread running after it has answered"

    def _harmless(self):
        if _environment() != self.environ:
            _put_environment_back(self.environ)
        sys.path[:] = self.path
        sys.modules.update({name: module for name, module in self.modules.items() if module is not None})
        if gc.isenabled() != self.collecting:
            (gc.enable if self.collecting else gc.disable)()
        sys.setrecursionlimit(self.recursion)
        if warnings.filters != self.filters:
            warnings.filters[:] = self.filters
            getattr(warnings, "_filters_mutated", lambda: None)()
        if np.geterr() != self.errors:
            np.seterr(**self.errors)
        if np.get_printoptions() != self.printing:
            np.set_printoptions(**self.printing)
        if self.pandas is not None and _pandas_options() != self.pandas:
            for name, value in self.pandas.items():
                with contextlib.suppress(Exception):
                    sys.modules["pandas"].set_option(name, value)


@contextlib.contextmanager
def names_noted(cards: str = ""):
    """What the watched modules hold is noted once for all attempts in the body.

    Each attempt puts the libraries back; the course's own modules, ten times as many, are looked at by `ours_put_back`
    and at the end. cards: the package of the lesson's cards where it is known; those of other lessons, which play no
    part, are left out. Inside another one for the same cards nothing has to be noted again.
    """
    if _noted and _noted[-1][0] == cards:
        yield
        return
    _noted.append((cards, _names_now(cards)))
    try:
        yield
    finally:
        for group in _noted.pop()[1]:
            list(_put_back(*group))


def ours_put_back() -> str:
    """Put back the course's own modules as `names_noted` found them. Returns what `Surroundings.restore` would."""
    return next(iter([*_put_back(*_noted[-1][1][1])]), "") if _noted else ""


@contextlib.contextmanager
def same_random_numbers():
    """The global random numbers of Python, numpy and torch go on afterwards as if the body had not run."""
    python, torch = sys.modules.get("random"), sys.modules.get("torch")
    before = (python.getstate() if python else None, np.random.get_state(), torch.get_rng_state() if torch else None)
    try:
        yield
    finally:
        if python:
            python.setstate(before[0])
        np.random.set_state(before[1])
        if torch and before[2] is not None:
            torch.set_rng_state(before[2])


def _names_now(cards="") -> tuple:
    """What the libraries hold and what the course's own modules hold: for each of the two groups
    [(module or class, its title, its names and values)] and the addresses of all the values.
    """
    groups = []
    for kind, found in (("libraries", _libraries()), ("ours", _ours(cards))):
        spaces = list(found)
        names, held = _last_noted.get((kind, cards), ([], b""))
        if [space for space, _, _ in names] != [space for space, _ in spaces] or _addresses(names) != held:
            names = [(space, title, dict(vars(space))) for space, title in spaces]
            _last_noted[kind, cards] = names, _addresses(names)
        groups.append(_last_noted[kind, cards])
    return tuple(groups)


def _addresses(names) -> bytes:
    """Where the values lie that the spaces hold now: equal only for the same objects, whatever their `==` says."""
    held = np.fromiter(itertools.chain.from_iterable(vars(space).values() for space, _, _ in names), dtype=object)
    return ctypes.string_at(held.ctypes.data, held.nbytes)


def _put_back(names, held):
    """Put back what was replaced in a group of spaces; yields the end of "your function …" for each."""
    if _addresses(names) == held:
        return
    for space, title, before in names:
        now = vars(space)
        if len(now) == len(before) and all(map(operator.is_, now.values(), before.values())):
            continue
        changed = [name for name, value in before.items() if now.get(name, GONE) is not value
                   and _counts(space, name, value)]
        for name in changed:
            setattr(space, name, before[name])
        if changed:
            yield f"replaces `{title}.{changed[0]}` for the whole notebook"


def _libraries():
    for name in WATCHED:
        if isinstance(sys.modules.get(name), types.ModuleType):
            yield sys.modules[name], name
    for name, kind in CLASSES:
        if hasattr(sys.modules.get(name), kind):
            yield getattr(sys.modules[name], kind), f"{name}.{kind}"


def _ours(cards):
    for name in [name for name in list(sys.modules) if name.startswith("course_lib.")]:
        idle = cards and name.startswith(CARDS) and not f"{name}.".startswith(f"{cards}.")
        if not idle and isinstance(sys.modules.get(name), types.ModuleType):
            yield sys.modules[name], name


def _counts(space, name, value) -> bool:
    """Dunders move by themselves (`__warningregistry__`), and so do a module's caches: functions count."""
    if name.startswith("_") and not getattr(space, "__name__", "").startswith("course_lib"):
        return name == "__import__"
    return callable(value) or isinstance(value, float)


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""


def _environment() -> dict:
    """The environment as the system has it: of bytes, which `os.environ` would turn into text one by one."""
    held = getattr(os.environ, "_data", None)
    return dict(held) if isinstance(held, dict) else dict(os.environ)


def _put_environment_back(before: dict):
    """What `_environment` gave is put back through `os.environ`, so that the process has it too."""
    text = {os.fsdecode(name): os.fsdecode(value) for name, value in before.items()}
    os.environ.clear()
    os.environ.update(text)


def _torch_state():
    torch = sys.modules.get("torch")
    return (torch.get_default_dtype(), torch.is_grad_enabled()) if hasattr(torch, "is_grad_enabled") else None


def _pandas_options():
    pandas = sys.modules.get("pandas")
    names = ("display.max_rows", "display.max_columns", "display.width", "display.precision", "display.float_format")
    held = {}
    for name in names if hasattr(pandas, "get_option") else ():
        with contextlib.suppress(Exception):
            held[name] = pandas.get_option(name)
    return held or None


def _handlers() -> dict:
    names = ("SIGINT", "SIGTERM", "SIGALRM", "SIGUSR1")
    return {getattr(signal, name): signal.getsignal(getattr(signal, name)) for name in names if hasattr(signal, name)}


def _stands_in(frame, files) -> bool:
    while frame is not None:
        if frame.f_code.co_filename in files:
            return True
        frame = frame.f_back
    return False
