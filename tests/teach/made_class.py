"""Thirty synthetic submissions: right, wrong, hostile, empty, renamed, broken."""

from __future__ import annotations

import json
from pathlib import Path

from course_lib.teach import cards
from course_lib.teach.checking.texts import source

HEAD = "import numpy as np\nfrom course_lib.teach import exercise"
REWARD = "@exercise(\"1.1\")\ndef per_request(row, amount, n_requests):\n"


def notebook(*cells: str) -> str:
    """A notebook's text with these code cells."""
    made = [{"cell_type": "code", "id": f"c{i}", "metadata": {}, "execution_count": None, "outputs": [],
             "source": text.splitlines(keepends=True)} for i, text in enumerate(cells)]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made})


def answer(body: str) -> str:
    """A notebook that answers exercise 1.1 with this body."""
    return notebook(HEAD, REWARD + "".join(f"    {line}\n" for line in body.strip("\n").split("\n")))


RIGHT = "return np.bincount(row, amount, n_requests).astype(float)"
HOSTILE = {
    "endless loop": "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n"
                    "        pass",
    "fork": "import os\nwhile True:\n    os.fork()",
    "fork hidden": "import ctypes\nlibc = ctypes.CDLL(None)\npid = libc.fork()\nif pid < 0:\n"
                   "    raise OSError('the system refused')\nwhile True:\n    libc.fork()",
    "huge allocation": "return np.ones(10**11)",
    "os._exit": "import os\nos._exit(0)",
    "deleted file": "import os\nos.remove({victim!r})",
    "deleted file hidden": "import ctypes\nif ctypes.CDLL(None).unlink({victim!r}.encode()) < 0:\n"
                           "    raise OSError('the system refused')\nreturn row",
    "flood": "for i in range(10**7):\n    print('<script>alert(1)</script>' * 50)",
    "html in output": "print('<script>alert(2)</script><img src=x onerror=alert(3)>')\nreturn '<b>bold</b>'",
    "network": "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=1)",
    "signals": "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True:\n    pass",
    "kill parent": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "segfault": "import ctypes\nctypes.string_at(0)",
    "recursion": "def f(n):\n    return f(n + 1)\nreturn f(0)",
    "exit": "raise SystemExit",
    "input": "return input('?')",
}
NAME = "<script>alert('name')</script>"


def build(folder: Path, victim: Path) -> dict[str, str]:
    """Write the class below `folder`. victim: a file that hostile answers try to delete. Returns person -> kind."""
    people: dict[str, tuple[str, str]] = {
        "right": (answer(RIGHT), "right"), "right loop": (answer(source(cards.card("1.1").alternative).partition(
            ":\n")[2].replace("\n    ", "\n").lstrip()), "right"),
        "helper": (notebook(HEAD, "SCALE = 1.0\ndef total(r, a, n):\n    return np.bincount(r, a * SCALE, n)\n",
                            REWARD + "    return total(row, amount, n_requests)"), "right"),
        "renamed": (notebook(HEAD.replace("np", "zahlen"), "@exercise(\"1.1\")\ndef meine(reihe, betrag, n):\n"
                             "    return zahlen.bincount(reihe, betrag, n) * 1.0"), "right"),
        "sign": (answer("return -np.bincount(row, amount, n_requests)"), "wrong"),
        "prints": (answer("print(np.bincount(row, amount, n_requests))"), "wrong"),
        "crash": (answer("return amount[10**6]"), "wrong"),
        "stub": (answer("raise NotImplementedError  # your code here"), "todo"),
        "syntax": (notebook(HEAD, REWARD + "    return ("), "wrong"),
        "unknown id": (notebook(HEAD, "@exercise(\"99.1\")\ndef f():\n    return 1"), "none"),
        "empty": (notebook(), "none"), "broken json": ('{"cells": [', "none"), "not a notebook": ("[1, 2]", "none"),
        NAME: (answer(RIGHT), "right"),
    }
    people |= {name: (answer(body.format(victim=str(victim)) if "victim" in body else body), "wrong")
               for name, body in HOSTILE.items()}
    for index, (person, (text, _)) in enumerate(people.items()):
        home = folder / person.replace("/", "∕")
        home.mkdir(parents=True)
        (home / ("01_objective.ipynb" if index % 2 else "meine lösung (2).ipynb")).write_text(text, encoding="utf-8")
    return {person.replace("/", "∕"): kind for person, (_, kind) in people.items()}
