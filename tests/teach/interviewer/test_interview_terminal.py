"""`course interview` at a real terminal: arrow keys, pastes with empty lines and of any length, Ctrl-C, taking up."""

import contextlib
import json
import os
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

readline = pytest.importorskip("readline")
pty = pytest.importorskip("pty")
if "libedit" in (readline.__doc__ or ""):
    pytest.skip("this Python's readline is libedit, which has no bracketed paste", allow_module_level=True)

ROOT = Path(__file__).parents[3]
PROMPT = r"> $"
SECONDS = 90                # until the next prompt; a start on a busy machine takes its time
PASTE, PASTED = "\x1b[200~", "\x1b[201~"
BYTES_OF_A_LINE = 4095      # that a terminal takes without readline
TOLD_LONG = " ".join(f"Point {n} says another thing of what we want from them." for n in range(100))


class Terminal:
    """A person at a terminal."""

    def __init__(self, *arguments):
        self.screen, mine, theirs = "", *pty.openpty()
        environment = os.environ | {"TERM": "xterm", "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
        self.process = subprocess.Popen([sys.executable, "-m", "course_lib", "interview", *arguments], cwd=ROOT,
                                        stdin=theirs, stdout=theirs, stderr=theirs, env=environment,
                                        preexec_fn=lambda: os.login_tty(theirs))
        os.close(theirs)
        self._at, self._seen = mine, 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self._at)

    def wait(self, pattern=PROMPT):
        """What has come since the last wait, once the pattern is in it; all of it where the command has ended."""
        deadline = time.monotonic() + SECONDS
        while not re.search(pattern, self.screen[self._seen:]):
            if time.monotonic() > deadline:
                pytest.fail(f"{pattern!r} never came:\n{self.screen[-1500:]}")
            if not self._take():
                break
        new, self._seen = self.screen[self._seen:], len(self.screen)
        return new

    def type(self, text):
        """Type, in pieces that a terminal's buffer holds, while what comes back is read."""
        data = text.encode()
        for start in range(0, len(data), 512):
            os.write(self._at, data[start:start + 512])
            self._take(0.02)

    def press(self, key, until):
        """Press a key until something comes of it: Python does not see a Ctrl-C between its prompt and its waiting."""
        for _ in range(9):
            self.type(key)
            deadline = time.monotonic() + SECONDS / 9
            while not re.search(until, self.screen[self._seen:]) and time.monotonic() < deadline and self._take():
                pass
            if re.search(until, self.screen[self._seen:]) or self.process.poll() is not None:
                break
        return self.wait(until)

    def _take(self, seconds=0.2):
        if select.select([self._at], [], [], seconds)[0]:
            try:
                got = os.read(self._at, 65_536)
            except OSError:
                return False
            self.screen += got.decode("utf-8", "replace")
            return bool(got)
        return self.process.poll() is None


def kept():
    return json.loads(Path(os.environ["COURSE_PROGRESS"]).with_name("interviews.json").read_text())[-1]


def test_a_paste_with_empty_lines_is_one_answer_and_arrow_keys_edit_it():
    with Terminal("--brief", "feed", "--minutes", "45") as person:
        assert "what are we deciding" in person.wait()
        person.type("\n")
        assert "Nothing was typed yet" in person.wait()
        person.type(f"{PASTE}We decide which ten stories a person sees — “today” ☕.\n\nThe objective is that they "
                    f"still come back next mnth.{PASTED}\x1b[D\x1b[D\x1b[D\x1b[Do\n")
        person.wait()
        person.type("\n")
        assert "What must not get worse" in person.wait()      # the gap that the whole answer leaves
        person.type("/end\n")
        person.wait("Kept in")
    said = kept()["said"]["frame"]
    assert "“today” ☕" in said and "come back next month." in said and "\x1b" not in said


def test_a_line_longer_than_a_terminals_is_read_to_its_end():
    answer = f"We decide which ten stories a person sees. {TOLD_LONG} The last of it is a zebra."
    assert len(answer) > BYTES_OF_A_LINE
    with Terminal("--brief", "feed") as person:
        person.wait()
        person.type(f"{answer}\n")
        person.wait()
        person.type("\n")
        person.wait()
        person.type("/end\n")
        person.wait("Kept in")
    assert kept()["said"]["frame"].endswith("a zebra.")


def test_ctrl_c_breaks_it_off_and_it_is_taken_up_where_it_stood():
    with Terminal("--brief", "marketplace") as person:
        person.wait()
        person.type("We choose twenty listings for each buyer.\n")
        person.wait()
        assert "Broken off; nothing is lost" in person.press("\x03", "--resume")
        with contextlib.suppress(subprocess.TimeoutExpired):
            person.process.wait(SECONDS)
        assert person.process.returncode == 0
    with Terminal("--resume") as person:
        assert "(so far) We choose twenty listings" in person.wait()
        person.type("\x04")
        assert "Broken off" in person.wait("--resume$|--resume\\s")


def test_for_two_a_paste_of_several_lines_is_read_line_by_line():
    with Terminal("--pair", "--brief", "feed") as pair:
        pair.wait()
        pair.type(f"{PASTE}a ten stories at each visit\n? how many people{PASTED}\n")
        assert "20 million people a day" in pair.wait("Tell[^\n]*\n(.|\n)*> $")
        pair.type("/end\n")
        pair.wait("Kept in")
    assert kept()["said"]["frame"] == "ten stories at each visit"
