"""More hostile answers and notebooks, in one class with honest ones: none forges, takes, reads or leaves anything."""

import contextlib
import os
import shutil
import socket
from pathlib import Path

import made_class
import pytest

from course_lib.teach.classroom import page as classpage
from course_lib.teach.classroom.gradebook import gradebook
from course_lib.teach.classroom.page_html import page

CANARY, TOKEN = "canary-of-the-instructor", "token-of-the-instructor"
HEAD = """
import ctypes, json, os, sys, time
import numpy as np
from course_lib.teach import exercise
libc = ctypes.CDLL(None, use_errno=True)
def send(text):
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    for fd in range(3, 120):
        try:
            while data:
                data = data[os.write(fd, data):]
        except OSError:
            pass
def row_of(**more):
    return json.dumps({"status": "right", "known": False, "shows": [], **more}) + "\\n"
def refused(code):
    if code < 0:
        raise OSError("the system refused")
    return "not refused"
def everything():
    import gc
    return gc.get_objects()
"""
FORGED = {                                             # what the process says in the answer's place
    "a row for another": "send(row_of(key={key!r}, person='honest 0', values=[]))",
    "a row for all": "for name in range(30):\n    send(row_of(key=name, card_id='1.1'))",
    "a status that is a list": "send(json.dumps({'status': ['right']}) + '\\n')",
    "a status in capitals": "send(row_of(status='RIGHT'))", "a row in a list": "send('[' + row_of().strip() + ']\\n')",
    "right without values": "send(row_of())", "right with no calls": "send(row_of(values=[]))",
    "right with a value": "send(row_of(values=['right']))",
    "right with too many calls": "send(row_of(values=[['returned', None]] * 100000))",
    "right with an endless shape": "send(row_of(values=[['returned', ['array', '<f8', [2 ** 39] * 2, '']]] * 9))",
    "right with a pickle": "send(row_of(values=[['returned', ['array', '|O', [1], 'gASVAA==']]]))",
    "right with a deep value": "send(row_of(values=[['returned', eval('[' * 80 + ']' * 80)]]))",
    "right with a large dict": "send(row_of(values=[['returned', ['dict', [[['int', str(i * (2 ** 61 - 1))], None] "
                               "for i in range(8000)]]]]))",
    "right with an error's name": "send(row_of(values=[['raised', ['SystemExit', 'KeyboardInterrupt', 'open']]] * 9))",
    "wrong, with hostile values": "send(row_of(status='wrong', says='x', values={'a': [1] * 10}))",
    "wrong, with a text of surrogates": "send(row_of(status='wrong', says='\\ud800<script>', mistake='\\udfff'))",
    "wrong, with lines of html": "send(row_of(status='wrong', line='<script>', code='</code><script>alert(1)</script>',"
                                 " says='x', shows=[['<img src=x>', '</pre><script>']]))",
    "numbers that are none": "send('{\"status\": \"wrong\", \"seconds\": Infinity, \"ratio\": NaN, \"line\": 1e999, "
                             "\"says\": \"x\"}\\n')",
    "more, and ends": "send(row_of(status='wrong', says='x', more=True))\nos._exit(0)",
    "two rows": "send(row_of(status='wrong', says='x'))\nsend(row_of(status='right'))",
    "no UTF-8": "send(b'\\xff\\xfe{}\\n')", "zeros": "send(b'\\0' * 70000 + b'\\n')",
    "nine million signs": "send(b'[' * 9_000_000)", "a text without end": "send('\"' + 'x' * 70000)\nos._exit(0)",
    "nothing, and closes": "os.closerange(3, 200)\nreturn row", "a key twice": "send('{\"status\": \"right\", "
    "\"status\": \"wrong\", \"says\": \"x\", \"values\": []}\\n')",
}
PATCHED = {                                            # what the process is made into
    "the card": "from course_lib.teach import cards\ncards.card = lambda *a: None\nreturn row",
    "the cases": "from course_lib.teach.checking import case_runs\ncase_runs.cases_of = lambda *a: []\nreturn row",
    "the tolerance": "for held in everything():\n    if type(held).__name__ == 'Card':\n"
                     "        object.__setattr__(held, 'rtol', 1e9)\n        object.__setattr__(held, 'atol', 1e9)\n"
                     "return row * 1.0",
    "the expected values": "for held in everything():\n    if type(held).__name__ == 'Case':\n"
                           "        object.__setattr__(held, 'expected', row)\nreturn row",
    "the reference": "for held in everything():\n    if type(held).__name__ == 'Card':\n"
                     "        object.__setattr__(held, 'reference', lambda *a: row)\nreturn row",
    "the result": "for held in everything():\n    if type(held).__name__ == 'Result':\n        held.status = 'right'\n"
                  "return row",
    "what is recorded": "import course_lib.teach.classroom.judge as j\nj.recorded = lambda *a, **k: []\n"
                        "j.check = lambda card, *a: __import__('types').SimpleNamespace()\nreturn row",
    "os.write": "os.write = lambda *a: 10**9\nreturn row", "json": "json.dumps = lambda *a: '{}'\nreturn row",
    "the modules": "sys.modules.clear()\nreturn row", "the trace": "sys.settrace(lambda *a: 1 / 0)\nreturn row",
    "the profile": "sys.setprofile(lambda *a: sys.exit())\nreturn row",
    "the audit": "sys.addaudithook(lambda *a: sys.exit())\nreturn row",
    "the recursion limit": "sys.setrecursionlimit(10**9)\ndef f():\n    return f()\nreturn f()",
    "the alarm": "import signal\nfor n in range(1, 60):\n    try:\n        signal.signal(n, signal.SIG_IGN)\n"
                 "    except (OSError, ValueError):\n        pass\nreturn row",
    "the end": "import atexit\natexit.register(send, row_of())\nreturn row",
    "a finaliser": "class E:\n    def __del__(self):\n        send(row_of())\nheld = [E()]\nreturn row",
    "an array that lies": "class E:\n    def __array__(self, *a, **k):\n        sys.exit()\nreturn E()",
    "a class that lies": "class E:\n    __class__ = np.ndarray\n    shape = (n_requests,)\nreturn E()",
    "a name of an error": "raise type('BadMessageError', (ValueError,), {'__str__': lambda s: sys.exit()})",
    "a key press": "raise KeyboardInterrupt", "an end of its own": "raise type('E', (BaseException,), {})",
    "an abort": "os.abort()", "memory": "ctypes.memset(id(np.ndarray), 255, 400)\nreturn row",
}
READS = {                                              # what it looks at; the canary must not come back
    "a path that it knows": "raise ValueError(open({canary!r}).read())",
    "by the system": "fd = refused_fd = libc.open({canary!r}.encode(), 0)\nrefused(fd)\n"
                     "raise ValueError(os.read(fd, 90))",
    "by a link": "os.symlink({canary!r}, 'x')\nraise ValueError(open('x').read())",
    "by a hard link": "refused(libc.link({canary!r}.encode(), b'x'))\nraise ValueError(open('x').read())",
    "by its root": "raise ValueError(open('/proc/self/root' + {canary!r}).read())",
    "the jobs": "raise ValueError([open(p).read() for p in __import__('glob').glob('/tmp/class-*/*')] or 1 / 0)",
    "its parent's files": "raise ValueError(os.listdir(f'/proc/{os.getppid()}/fd'))",
    "its parent's memory": "raise ValueError(open(f'/proc/{os.getppid()}/mem', 'rb').read(9))",
    "its parent, stopped": "refused(libc.ptrace(16, os.getppid(), 0, 0))\nraise ValueError('not refused')",
    "its parent's memory by a call": "refused(libc.process_vm_readv(os.getppid(), 0, 0, 0, 0, 0))\n"
                                     "raise ValueError('not refused')",
    "the keys": "raise ValueError(os.listdir(os.path.expanduser('~root') + '/.ssh'))",
    "the temporary folder": "raise ValueError(os.listdir('/tmp'))",
    "the environment in memory": "raise ValueError(repr(dict(os.environ)) + repr(os.environb))",
}
REACHES = {                                            # what it does to others
    "a socket in the file system": "import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect({socket!r})\n"
                                   "s.send(b'x')\nraise ValueError('not refused')",
    "a socket of datagrams": "import socket\na, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
                             "a.sendto(b'x', {socket!r})\nraise ValueError('not refused')",
    "a port": "import socket\ns = socket.socket()\ns.bind(('', 0))\nraise ValueError('not refused')",
    "another program": "libc.execv(b'/bin/sh', (ctypes.c_char_p * 2)(b'sh', None))\nrefused(-1)",
    "a process": "refused(libc.fork())\ntime.sleep(600)", "a child by vfork": "refused(libc.vfork())\nos._exit(0)",
    "memory that stays": "refused(libc.shmget(0x5eed19, 4096, 0o1666))\nraise ValueError('not refused')",
    "a signal": "refused(libc.kill(os.getppid(), 0))\nraise ValueError('not refused')",
    "a signal to all": "refused(libc.kill(-1, 15))\nraise ValueError('not refused')",
    "a life after its parent's": "refused(libc.prctl(1, 0, 0, 0, 0))\nraise ValueError('not refused')",
    "a file of another": "open({canary!r}, 'a').write('x')", "the course's code": "open(np.__file__, 'a').write('x')",
    "a name of another": "refused(libc.rename({canary!r}.encode(), b'x'))\nraise ValueError('not refused')",
    "many files": "held = [open(f'f{i}', 'w') for i in range(10**6)]",
}
BODIES = {f"{kind} {name}": body for kind, held in (("says", FORGED), ("patches", PATCHED), ("reads", READS),
                                                    ("reaches", REACHES)) for name, body in held.items()}
REWARD = made_class.REWARD
NOTEBOOKS = {                                          # whole notebooks: what they hold besides the wrong answer
    "id of a superscript": ["@exercise('²')\ndef f():\n    pass"],
    "id of 5000 digits": [f"@exercise('{'9' * 5000}')\ndef f():\n    pass"],
    "4000 lines": ["\n".join(f"a{i} = {i}" for i in range(4000))],
    "a deep nest": ["x = " + "(" * 5000 + ")" * 5000, "y = " + "-" * 20000 + "1"],
    "1000 answers": [REWARD + "    return row",
                     "\n".join(f"@exercise('1.{i}')\ndef f{i}(): pass" for i in range(900, 1900))],
    "a nest of calls": ["x = " + "f(" * 90 + ")" * 90], "a zero": ["x = '\0'"],
    "a decorator that ends": [REWARD.replace("@exercise", "@(lambda f: os._exit(0))\n@exercise") + "    return row"],
    "a default that ends": [REWARD.replace("n_requests)", "n_requests, x=os._exit(0))") + "    return row"],
    "an earlier cell that says right": ["os = __import__('os')\nos.write(3, b'{}')\nnp = send(row_of())"],
    "an earlier cell that patches": ["import course_lib.teach.checking.check as c\nc.check = c = None",
                                     REWARD + "    c\n    return row"],
}


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """The class, compared once: (results, page, what the socket got)."""
    folder = tmp_path_factory.mktemp("attacked")
    canary, path = folder / "canary.txt", folder / "s"
    canary.write_text(CANARY)
    canary.chmod(0o644)
    people = {f"honest {n}": [HEAD, f"# {CANARY} {n}\n{REWARD}    {made_class.RIGHT}"] for n in range(3)}
    for name, body in BODIES.items():
        for word, value in (("key", "0" * 64), ("canary", str(canary)), ("socket", str(path))):
            body = body.replace("{" + word + "!r}", repr(value))
        people[name] = [HEAD, REWARD + "".join(f"    {line}\n" for line in body.split("\n")) + "    return row"]
    for name, cells in NOTEBOOKS.items():
        people[name] = [HEAD, *cells] + [REWARD + "    os, np\n    return row"] * (not any(REWARD[:16] in text
                                                                                  for text in cells))
    for name, cells in people.items():
        (folder / "class" / name).mkdir(parents=True)
        (folder / "class" / name / "a.ipynb").write_text(made_class.notebook(*cells))
    os.environ["COURSE_TOKEN"] = TOKEN
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        server.setblocking(False)
        path.chmod(0o777)
        try:
            results = classpage.compare_class([folder / "class"], workers=2, effect_seconds=0)
        finally:
            del os.environ["COURSE_TOKEN"]
        with contextlib.suppress(BlockingIOError):
            server.accept()
            results.enforced["nobody came to the socket"] = False
    assert canary.read_text() == CANARY
    yield results, page(results)
    shutil.rmtree(folder, ignore_errors=True)


def said(attacked, name):
    """All that the process of an answer said, as a text."""
    row = attacked[0].rows[name, "1.1"]
    return repr({key: value for key, value in row.items() if key not in ("text", "key", "notebook")})


def test_there_are_sixty_attacks_and_more():
    assert len(BODIES) + len(NOTEBOOKS) >= 60


def test_the_honest_are_right(attacked):
    assert {attacked[0].rows[f"honest {n}", "1.1"]["status"] for n in range(3)} == {"right"}


@pytest.mark.parametrize("name", [*BODIES, *NOTEBOOKS])
def test_no_attack_is_right_and_each_has_its_row(attacked, name):
    row = attacked[0].rows[name, "1.1"]
    assert row["status"] == "wrong" and row["says"] and row["mistake"] != "not run"
    assert CANARY not in said(attacked, name) and TOKEN not in said(attacked, name)


@pytest.mark.parametrize("name", [f"reads {name}" for name in READS])
def test_nothing_is_read(attacked, name):
    row = attacked[0].rows[name, "1.1"]
    assert "not refused" not in row["says"] or not attacked[0].enforced.get("reading")


@pytest.mark.parametrize("name", [f"reaches {name}" for name in REACHES])
def test_nobody_is_reached(attacked, name):
    layers = {"process": "processes", "program": "programs", "signal": "signals", "file": "files"}
    layer = next((layer for word, layer in layers.items() if word in name), "sockets")
    if attacked[0].enforced.get(layer):
        assert "not refused" not in attacked[0].rows[name, "1.1"]["says"]


def test_nobody_came_to_the_socket(attacked):
    assert attacked[0].enforced.get("nobody came to the socket", True) or not attacked[0].enforced.get("sockets")


def test_nothing_hostile_becomes_markup_or_breaks_the_files(attacked):
    assert "<script" not in attacked[1] and "<img" not in attacked[1]
    assert attacked[1].encode() and gradebook(attacked[0]).encode()
    assert CANARY not in attacked[1].replace(f"# {CANARY}", "")


def test_no_process_and_no_folder_is_left(attacked):
    assert left_behind() == []


def left_behind() -> list[str]:
    """Processes that belong to a class page which has ended: they still name its folder, which is gone."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (place / "stat").read_text().rpartition(")")[2].split()[0] == "Z":
                continue
            for part in (place / "environ").read_bytes().split(b"\0"):
                name, _, folder = part.partition(b"=")
                if name == b"MPLCONFIGDIR" and b"/class-" in folder and not os.path.exists(folder):
                    found.append(f"{place.name} {(place / 'cmdline').read_bytes()[:200]!r}")
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="Linux alone shows other processes this way")
def test_a_process_that_is_left_would_be_found(tmp_path):
    import subprocess
    import sys

    gone = tmp_path / "class-gone"
    child = subprocess.Popen([sys.executable, "-c", "import time; print(1, flush=True); time.sleep(60)"],
                             env={"MPLCONFIGDIR": str(gone)}, stdout=subprocess.PIPE)
    try:
        child.stdout.readline()
        assert [line for line in left_behind() if line.startswith(f"{child.pid} ")]
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
