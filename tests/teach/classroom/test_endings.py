"""However the class page is ended, nothing that it started goes on, and no page is half written."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import made_class
import pytest

from course_lib.teach.classroom import endings
from course_lib.teach.lessons import ROOT

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="Linux alone shows processes this way")
STUBBORN = ("import signal, time\nfor n in range(1, 60):\n    try:\n        signal.signal(n, signal.SIG_IGN)\n"
            "    except (OSError, ValueError):\n        pass\nwhile True:\n    try:\n        time.sleep(1)\n"
            "    except BaseException:\n        pass")
ENDINGS = {                                                # what is signalled, with what, when
    "ctrl-c": ("group", signal.SIGINT, "answers"), "terminated at once": ("page", signal.SIGTERM, "runner"),
    "terminal closed": ("group", signal.SIGHUP, "answers"), "page hung up": ("page", signal.SIGHUP, "answers"),
    "killed": ("page", signal.SIGKILL, "answers"), "runner killed": ("runner", signal.SIGKILL, "answers"),
}


class Compared:
    """`course compare` at work on a small class, in a group of its own; all that it starts has `mark` in its PATH."""

    def __init__(self, folder: Path):
        self.folder, self.mark, self.page = folder, f"/nowhere/{folder.name}-{os.getpid()}", folder / "page.html"
        for name, body in (("loop", STUBBORN), ("sleep", "import time\ntime.sleep(900)"), ("right", made_class.RIGHT)):
            (folder / "class" / name).mkdir(parents=True)
            (folder / "class" / name / "a.ipynb").write_text(made_class.answer(body))
        (folder / "tmp").mkdir()
        self.page.write_text("the page of last week")
        env = {**os.environ, "PATH": f"{os.environ['PATH']}:{self.mark}", "TMPDIR": str(folder / "tmp")}
        command = [sys.executable, "-m", "course_lib", "compare", str(folder / "class"), "-o", str(self.page),
                   "--workers", "2", "--effect-seconds", "0"]
        self.main = subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True, stdin=subprocess.DEVNULL,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def alive(self) -> dict[int, str]:
        """Process id -> command and folder of all that it started and that has not ended."""
        found = {}
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if self.mark.encode() in (place / "environ").read_bytes():
                    cwd = os.readlink(place / "cwd")
                    found[int(place.name)] = f"{(place / 'cmdline').read_bytes().decode().replace(chr(0), ' ')} {cwd}"
        return found

    def until(self, what) -> dict[int, str]:
        """Wait for the runner, or for two answers at work."""
        end = time.monotonic() + 90
        while time.monotonic() < end:
            alive = self.alive()
            if sum({"answers": "/answer-", "runner": "classroom.sandbox"}[what] in text
                   for text in alive.values()) >= {"answers": 2, "runner": 1}[what]:
                return alive
            time.sleep(0.05)
        raise AssertionError(f"{what} did not come: {self.alive()}")

    def end(self, whom, number, when):
        alive = self.until(when)
        if whom == "group":
            os.killpg(self.main.pid, number)
        elif whom == "page":
            os.kill(self.main.pid, number)
        else:
            os.kill(next(pid for pid, text in alive.items() if "classroom.sandbox" in text), number)
        return alive

    def left(self, seconds=60.0) -> list[str]:
        """What is still there after a while."""
        end = time.monotonic() + seconds
        while (alive := self.alive()) and time.monotonic() < end:
            time.sleep(0.05)
        return list(alive.values())


@pytest.fixture
def compared():
    folder = Path(tempfile.mkdtemp(prefix="end-"))                 # pytest's own is too long for a socket's name
    held = Compared(folder)
    yield held
    for pid in [*held.alive()]:
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    held.main.communicate()
    shutil.rmtree(folder)


@pytest.mark.parametrize("name", ENDINGS)
def test_nothing_is_left(compared, name):
    alive = compared.end(*ENDINGS[name])
    assert len(alive) >= (2 if "at once" in name else 5)           # page, runner; maker of answers, answers
    assert compared.left() == []
    assert [path.name for path in (compared.folder / "tmp").iterdir()] == []
    said, code = compared.main.communicate(timeout=30)[1], compared.main.returncode
    if name == "runner killed":
        assert code == 0 and "The runner ended before" in compared.page.read_text()
    else:
        assert compared.page.read_text() == "the page of last week" and code != 0
    assert not list(compared.folder.glob(".page*"))
    if name == "ctrl-c":
        assert code == 130 and said.startswith("Stopped.") and "Traceback" not in said


def test_a_runner_that_takes_too_long_to_end_is_killed_and_the_interrupt_stays_one(monkeypatch):
    made = []

    def interrupted(process):
        made.append(process)
        raise KeyboardInterrupt
    monkeypatch.setattr(endings, "PATIENCE_S", 0.2)
    monkeypatch.setattr(subprocess.Popen, "communicate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        endings.run_with_us([sys.executable, "-c", "import time; time.sleep(600)"])
    assert made[0].returncode == -signal.SIGKILL
    made[0].stdout.close()
    made[0].stderr.close()
