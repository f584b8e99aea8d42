"""Hostile answers beside honest ones, in one class: none gets a verdict it did not earn, none changes another's."""

import os

import made_class
import pytest

from course_lib.teach.classroom import page as classpage
from course_lib.teach.classroom.page_html import page

HONEST = 3
FDS = "import os\nfor fd in range(1, 200):\n    try:\n        os.write(fd, {})\n    except OSError:\n        pass\n"
PATCH = ("import sys\nfor name, module in list(sys.modules.items()):\n    if name.startswith('course_lib.teach'):\n"
         "        for part in list(vars(module)):\n            if part in ({names}):\n"
         "                setattr(module, part, {value})\n")
ATTACKS = {
    "erases the file of jobs": "import glob, os\nfor name in glob.glob('/tmp/class-*/*'):\n    os.remove(name)",
    "writes rows to every descriptor": FDS.format("b'{\"key\": \"x\", \"status\": \"right\"}\\n' * 3") + "return row",
    "writes a right row of its own": FDS.format(
        "b'{\"status\": \"right\", \"known\": false, \"shows\": [], \"values\": [[\"returned\", 1]]}\\n'")
    + "return row",
    "writes a list for a row": FDS.format("b'[]\\n'"), "writes half a row": FDS.format("b'{\"sta'") + "os._exit(0)",
    "writes no status": FDS.format("b'{}\\n'"), "writes a deep nest": FDS.format("b'[' * 60000 + b'\\n'"),
    "writes a long number": FDS.format("b'9' * 60000 + b'\\n'"), "writes without end":
        "import os\nwhile True:\n    for fd in range(3, 60):\n        try:\n            os.write(fd, b'x' * 60000)\n"
        "        except OSError:\n            pass",
    "patches what compares": PATCH.format(names="'same', 'agrees'", value="lambda *a, **k: True") + "return row",
    "patches the check": PATCH.format(names="'_first_failure', 'shape_problem'", value="lambda *a, **k: None")
    + "return row",
    "patches json": "import json\njson.dumps = lambda *a, **k: '{\"status\": \"right\", \"shows\": []}'\nreturn row",
    "patches numpy": "np.allclose = np.array_equal = np.all = lambda *a, **k: True\nreturn row",
    "patches builtins": "import builtins\nbuiltins.all = builtins.any = lambda *a: True\n"
                        "builtins.len = lambda x: 3\nreturn row",
    "equals everything": "class E:\n    def __eq__(self, other):\n        return True\nreturn E()",
    "an array that equals everything": "class E(np.ndarray):\n    def __eq__(self, other):\n        return np.True_\n"
                                       "return np.zeros(n_requests).view(E)",
    "raises SystemExit in repr": "class E:\n    def __repr__(self):\n        raise SystemExit\nreturn E()",
    "ends everything it may signal": "import ctypes\nctypes.CDLL(None).kill(-1, 9)\nreturn row",
    "signals its parent by the system": "import ctypes, os\nif ctypes.CDLL(None).kill(os.getppid(), 9) < 0:\n"
                                        "    raise OSError('the system refused')",
    "reads the environment": "import os\nraise ValueError('ENV ' + repr(sorted(os.environ.items())))",
    "reads the environment by the system": "raise ValueError('ENV ' + open('/proc/self/environ').read()[:9000])",
    "reads its parent's environment":
        "import os\nraise ValueError('ENV ' + open(f'/proc/{os.getppid()}/environ').read())",
    "reads another's notebook": "raise ValueError(open({other!r}).read())",
    "reads the solutions": "import os\nraise ValueError('SOLUTIONS ' + str(os.listdir({solutions!r})))",
    "reads the users": "raise ValueError('USERS ' + open('/etc/passwd').read())",
    "opens a socket": "import ctypes, socket\ns = socket.socket()\ns.settimeout(1)\ns.connect(('192.0.2.1', 80))",
    "has a process of the system": "import ctypes\nif ctypes.CDLL(None).fork() < 0:\n    raise OSError('refused')\n"
                                   "import time\ntime.sleep(1000)",
    "takes all memory": "held = []\nwhile True:\n    held.append(bytearray(10**8))",
    "fills the disk": "with open('x', 'wb') as file:\n    while True:\n        file.write(bytes(10**7))",
    "contains itself": "held = []\nheld.append(held)\nreturn held",
    "is enormous": "return np.broadcast_to(1.0, 10**12)",
    "hostile error": "raise type('<script>alert(1)</script>', (Exception,), {})('<img src=x onerror=alert(2)>')",
    "hostile line": "import sys\nsys.stdout.write('</pre><script>alert(4)</script>')\nreturn '<b>'",
    "looks for the values": "import gc\nfor held in gc.get_objects():\n    if isinstance(held, dict) and "
                            "'another ' + 'secret' in str(held.get('text', '')):\n        raise ValueError('LOOKED')\n"
                            "return row",
}


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """The class, compared once: (results, page). Three honest people, and the attackers."""
    folder = tmp_path_factory.mktemp("hostile")
    texts = {f"honest {n}": made_class.answer(f"# another secret {n}\n{made_class.RIGHT}") for n in range(HONEST)}
    other, solutions = folder / "class" / "honest 0" / "a.ipynb", str(classpage.ROOT / "solutions")
    for name, body in ATTACKS.items():
        body = body.replace("{other!r}", repr(str(other))).replace("{solutions!r}", repr(solutions))
        texts[name] = made_class.answer(body)
    for name, text in texts.items():
        (folder / "class" / name).mkdir(parents=True)
        (folder / "class" / name / "a.ipynb").write_text(text)
    os.environ["SECRET_TOKEN"] = "hunter2"
    try:
        results = classpage.compare_class([folder / "class"], workers=2, effect_seconds=0)
    finally:
        del os.environ["SECRET_TOKEN"]
    return results, page(results)


def test_the_honest_are_right(attacked):
    rows = attacked[0].rows
    assert [rows[f"honest {n}", "1.1"]["status"] for n in range(HONEST)] == ["right"] * HONEST


@pytest.mark.parametrize("name", ATTACKS)
def test_no_attack_is_right(attacked, name):
    row = attacked[0].rows[name, "1.1"]
    assert row["status"] == "wrong" and row["says"] and row["mistake"] != "not run"


def test_nothing_of_the_instructor_is_read(attacked):
    results, text = attacked
    assert "hunter2" not in text and "LOOKED" not in str(results.rows["looks for the values", "1.1"]["says"])
    if results.enforced.get("reading"):
        for name, word in (("reads the solutions", "SOLUTIONS ["), ("reads the users", "root:x:0"),
                           ("reads another's notebook", "another secret")):
            assert word not in results.rows[name, "1.1"]["says"]


def test_nothing_hostile_becomes_markup(attacked):
    assert "<script" not in attacked[1] and "<img" not in attacked[1]


def test_linux_with_landlock_holds_reading_and_signals(attacked):
    if attacked[0].enforced.get("files"):
        assert attacked[0].enforced["reading"]
