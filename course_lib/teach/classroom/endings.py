"""However the class page ends, what it started ends with it: Ctrl-C, a closed terminal, kill, kill -9.

The page holds one end of a pipe, its runner the other: where the page has gone, the runner reads the end of it, ends
the answers and removes their folder. Below the runner the kernel does it where it can (Linux: a signal at the parent's
death), and elsewhere the closed pipe of the process from which answers are made.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from course_lib.teach.classroom.answer_folders import remove

STOPS = ("SIGINT", "SIGTERM", "SIGHUP")
PATIENCE_S = 8.0                       # for a runner that has been told to end; then it is killed


LONGEST_SOCKET = 104                   # the name of a socket; Linux takes 108 bytes, macOS 104


class Stopped(BaseException):
    """The runner was told to end, or its page has gone."""


def temporary(folder: str) -> dict[str, str]:
    """An environment in which temporary files lie in the folder, where a socket can still be named below it."""
    fits = len(os.fsencode(folder)) + len("/pymp-12345678/listener-12345678") < LONGEST_SOCKET
    return {"TMPDIR": folder} if fits else {}


def run_with_us(command: list[str], **more) -> tuple[str, str]:
    """Run a command that calls `end_with_page` to its end; (what it printed, its errors).

    Where this process is interrupted or ends, so does the command.
    """
    theirs, ours = os.pipe()
    try:
        process = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    try:
        told = process.communicate()
    finally:
        os.close(ours)
        if process.returncode is None:                             # we were interrupted: it tidies up and ends
            try:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(PATIENCE_S)
            finally:
                process.kill()
                process.wait()
    return told


def end_with_page(folder: Path) -> None:
    """In the runner: raise Stopped in the main thread once the page has gone or a signal asks for an end.

    folder: removed then at the latest, when the main thread has had its time to end what it started.
    """
    main = threading.main_thread().ident

    def stop(number, frame):
        for name in STOPS:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_IGN)
        threading.Thread(target=too_late, daemon=True).start()
        raise Stopped

    def too_late():
        threading.Event().wait(PATIENCE_S / 2)
        leave(folder)

    def watch():
        with suppress(OSError):
            while os.read(0, 1):
                pass
        if hasattr(signal, "pthread_kill"):
            signal.pthread_kill(main, signal.SIGTERM)
        else:
            leave(folder)

    for name in STOPS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)
    threading.Thread(target=watch, daemon=True).start()


def leave(folder: Path) -> None:
    """End what makes answers, remove the folder and end this process, whatever its threads do. Does not return."""
    made = getattr(sys.modules.get("multiprocessing.forkserver"), "_forkserver", None)
    maker = getattr(made, "_forkserver_pid", None)
    with suppress(OSError):
        if maker:                                                  # what it still loads would write to the folder
            os.kill(maker, signal.SIGKILL)
            os.waitpid(maker, 0)
    os.chdir(os.path.dirname(folder))
    for _ in range(40):                                            # answers that die with it may be writing
        remove(folder)
        if not os.path.exists(folder):
            break
        time.sleep(0.05)
    os._exit(1)


def die_with_parent(parent: int | None = None) -> None:
    """Linux: end when the process that made this one ends. parent: its id; where it has gone already, end now."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(1, 9, 0, 0, 0)
        if parent is not None and os.getppid() != parent:
            os._exit(1)
