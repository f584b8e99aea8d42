"""A submission in its process: what honest ones answer, what hostile ones do not get."""

import ctypes
import os
import re
import sys
import time
from dataclasses import fields, replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import Catalog, DayLog, Requests, SlateError, Slates
from course_lib.launch.launch_plan import LaunchPlan
from course_lib.teach.capstone import clean_start
from course_lib.teach.capstone.briefs import BRIEFS
from course_lib.teach.capstone.confined_system import LATE, ConfinedSystem, SubmissionError, can_be_shown, is_late
from course_lib.teach.capstone.handed_in import HandedIn, checked
from course_lib.teach.capstone.system_process import FIELDS
from course_lib.teach.lessons import ROOT

LANDLOCK = sys.platform == "linux" and ctypes.CDLL(None).syscall(444, None, 0, 1) > 0
QUICK = replace(BRIEFS["feed"], fit_s=8.0, answer_s=5.0, cpu_s=20, memory_mb=300)
REQUESTS = Requests.of([0, 1, 2], eligible=[1, 3, 5, 7], slate_size=2)
WORLD = SimpleNamespace(catalog=Catalog(pd.DataFrame({"category": [0] * 8}), np.zeros((8, 2), np.float32)),
                        users=pd.DataFrame({"region": [0] * 3}), slate_size=2)
SHOWN = pd.DataFrame({"request_id": [0, 1], "user": [0, 1], "item": [3, 5], "click": [1, 0], "dwell_s": [40.0, 0.0]})
DAY = DayLog(0, pd.DataFrame({"request_id": [0, 1], "user": [0, 1]}), SHOWN, pd.DataFrame({"kind": []}))
FINE = "def policy(request):\n    return request.eligible[:2]\n"
PLAN = ("from course_lib.launch.launch_plan import LaunchPlan\nPLAN = LaunchPlan('mine', steps=((0.5, 3),){})\n" + FINE)


@pytest.fixture(scope="module", autouse=True)
def server():
    os.environ["SECRET_TOKEN"] = "hunter2"
    clean_start.ready()
    yield
    del os.environ["SECRET_TOKEN"]


def answers(text, brief=QUICK):
    """(plan, item, candidates) of a submission that fits on one day and is asked once."""
    with ConfinedSystem(HandedIn("one", checked(text, "one.py")), brief) as system:
        plan = system.begin(WORLD, [DAY])
        return plan, system.slates(REQUESTS).item, system.candidates(REQUESTS)


def test_both_forms_answer_and_short_lists_leave_slots_empty():
    assert answers(FINE)[1].tolist() == [[1, 3]] * 3
    one = "def fit(log):\n    global seen\n    seen = set(log.clicks['item'])\n" \
          "def policy(request):\n    return [i for i in request.eligible.tolist() if i in seen]\n"
    assert answers(one)[1].tolist() == [[3]] * 3
    whole = "class System:\n    def slates(self, requests):\n        return [[7, 5]] * len(requests)\n" \
            "    def candidates(self, requests):\n        return [[7, 7, 4, 1]] * len(requests)\n"
    _, item, candidates = answers(whole)
    assert item.tolist() == [[7, 5]] * 3 and sorted(candidates[0].tolist()) == [-1, -1, 1, 7]


def test_a_plan_comes_over_and_its_own_rule_is_asked():
    plan = answers(PLAN.format(", primary='dwell per user'"))[0]
    assert (plan.name, plan.steps, plan.primary) == ("mine", ((0.5, 3),), "dwell per user")
    text = "def rule(reading, plan):\n    return 'ship' if reading.day > 1 else 'go on'\n" + PLAN.format(", rule=rule")
    with ConfinedSystem(HandedIn("one", text), QUICK) as system:
        plan = system.begin(WORLD, [DAY])
        said = [plan.rule(SimpleNamespace(day=day, share=0.5, row={"x": 1.0}, late=None), plan) for day in (1, 2)]
    assert said == ["go on", "ship"]


@pytest.mark.parametrize(("body", "says"), [
    ("return [2]", "item 2 is not eligible"), ("return [1, 1]", "twice"), ("return [1, 3, 5]", "at most 2"),
    ("pass", "is there a return"), ("return 7", "line|list of item ids"), ("return ['a']", "whole numbers"),
    ("return 1 / 0", "ZeroDivisionError, line 2"), ("import sys\n    sys.exit()", "SystemExit"),
    ("import os\n    os._exit(3)", "exit code 3"),
    ("while True: pass", "no answer in the time"),
    ("held = []\n    while True: held.append(bytearray(10**8))", "MemoryError"),
    ("return list(range(10**5))", "at most 2"),
    ("open('/proc/self/environ').read().index('hunter2')", "substring not found|PermissionError"),
    ("return os.listdir('/etc')", "NameError"),
    ("return __import__('os').listdir('/etc')", "PermissionError"),
    ("return open(f'/proc/{__import__(\"os\").getppid()}/environ').read()", "PermissionError|FileNotFound"),
    ("__import__('os').kill(__import__('os').getppid(), 9)", "Refused"),
    ("return __import__('ctypes').CDLL(None).kill(__import__('os').getppid(), 9)", "list of item ids"),
    ("return __import__('subprocess').run(['ls'])", "Refused"),
])
def test_what_goes_wrong_or_is_tried_ends_it_with_a_sentence(body, says):
    with pytest.raises(SubmissionError, match=f"(?i){says}"):
        answers(f"def policy(request):\n    {body}\n")


@pytest.mark.parametrize(("change", "says"), [
    ("primary=3", "a plan that is none"), ("guardrails={'requests per user': float('nan')}", "margins|none"),
    ("level=2", "level 2"), ("canary='yes'", "a plan that is none"), ("guardrails=[]", "AttributeError|a plan|items"),
])
def test_a_plan_of_other_types_is_refused(change, says):
    with pytest.raises(SubmissionError, match=says):
        answers(PLAN.format(f", {change}"))


@pytest.mark.parametrize("steps", ["((1e-5, 1), (0.5, 9))", "((0.0005, 14),)"])
def test_a_plan_that_treats_nobody_is_refused_in_words(steps):
    with pytest.raises(SubmissionError, match="of 500 people it treats fewer than 10.*shares of 0.02 or more"):
        answers(PLAN.replace("((0.5, 3),)", steps).format(""))


@pytest.mark.parametrize("body", [f"raise type({LATE + ' (fit 8 s, '!r}, (Exception,), {{}})()",
                                  f"raise ValueError({LATE + ' (fit 8 s, '!r})"])
def test_nobody_can_say_of_themselves_that_they_were_late(body):
    with pytest.raises(SubmissionError) as told:
        answers(f"def policy(request):\n    {body}\n")
    assert "… (fit 8 s" in str(told.value) and LATE not in str(told.value) and not is_late(str(told.value))


def test_one_that_dawdles_is_ended_when_its_time_for_all_is_used_up():
    text = "import time\ndef policy(request):\n    time.sleep(0.2)\n    return [1]\n"
    with ConfinedSystem(HandedIn("one", text), QUICK) as system:
        system.begin(WORLD, [DAY])
        system.brief = replace(QUICK, play_s=system._waited + 1.0)
        with pytest.raises(SubmissionError, match="a whole play") as told:
            for _ in range(9):
                system.slates(REQUESTS)
    assert is_late(str(told.value))


FORGE = "import os, json\ndef policy(request):\n    for fd in range(3, 40):\n        try:\n" \
        "            os.write(fd, {})\n        except OSError:\n            pass\n    return [1]\n"


@pytest.mark.parametrize("line", [
    "b'{\"word\": \"0000\", \"told\": true}\\n'", "b'[]\\n'", "b'\\n'", "b'{' * 5000 + b'\\n'", "b'9' * 5000 + b'\\n'",
    "b'{\"told\": [\"array\", \"<i8\", [3, 1], \"AAAA\"]}\\n'",
])
def test_a_forged_answer_is_refused(line):
    with pytest.raises(SubmissionError, match="is no answer|before it was asked"):
        answers(FORGE.format(line))


@pytest.mark.parametrize("told", ["['estimate']", "['table', None, []]", "['array']", "[[[[]]]]", "{}"])
def test_an_answer_with_the_right_word_that_is_none_is_refused(told):
    """The word stands in a frame below its own, where it can be read."""
    text = "import json, os, sys\ndef policy(request):\n    frame = sys._getframe()\n" \
           "    while 'word' not in frame.f_locals or 'fd' not in frame.f_locals:\n        frame = frame.f_back\n" \
           "    line = json.dumps({'word': frame.f_locals['word'], 'told': " + told + "})\n" \
           "    os.write(frame.f_locals['fd'], line.encode() + b'\\n')\n    os._exit(0)\n"
    with pytest.raises(SubmissionError):
        answers(text)


def test_every_field_of_a_plan_comes_over():
    assert {field.name for field in fields(LaunchPlan)} == {*FIELDS, "rule"}
    assert answers(PLAN.format(", doubts_from=4"))[0].doubts_from == 4
    with pytest.raises(SubmissionError, match="a plan that is none"):
        answers(PLAN.format(", doubts_from='soon'"))


def test_an_answer_in_advance_is_refused():
    text = "import os, signal\ndef late(*_):\n    for fd in range(3, 40):\n        try:\n" \
           "            os.write(fd, b'{}\\n')\n        except OSError:\n            pass\n" \
           "signal.signal(signal.SIGALRM, late)\ndef fit(log):\n    signal.setitimer(signal.ITIMER_REAL, 0.2)\n" + FINE
    with ConfinedSystem(HandedIn("one", text), QUICK) as system:
        system.begin(WORLD, [DAY])
        time.sleep(2)
        with pytest.raises(SubmissionError, match="is no answer|before it was asked"):
            system.slates(REQUESTS)


def test_the_truth_is_in_no_object_that_it_can_reach():
    text = "import gc, sys\ndef policy(request):\n    kinds = {type(held).__name__ for held in gc.get_objects()}\n" \
           "    near = kinds & {'World', 'Truth', 'Hidden', 'HiddenWorld', 'ConfinedSystem', 'WorldInPlay'}\n" \
           "    there = [name for name in sys.modules if name.startswith('course_lib.world')]\n" \
           "    \n    raise ValueError(f'{sorted(near)} {there}')\n"
    with pytest.raises(SubmissionError, match=r"ValueError, line 7 of your file: \[\] \[\]"):
        answers(text)


def closed_files(package):
    return [os.path.join(path, *package.split("."), "__init__.py") for path in {str(ROOT), *filter(None, sys.path)}
            if os.path.exists(os.path.join(path, *package.split("."), "__init__.py"))]


@pytest.mark.parametrize("line", [
    "import course_lib.world", "from course_lib.world.hidden_host import Hidden", "from course_lib import world",
    "import importlib; importlib.import_module('course_lib.world.params')",
    f"open({closed_files('course_lib.world')[0]!r})",
])
def test_the_worlds_code_is_closed_and_that_is_said(line):
    with pytest.raises(SubmissionError, match=r"Refused, line 1 of your file: .*course_lib\.world.* closed here"):
        answers(f"{line}\n{FINE}")


@pytest.mark.skipif(not LANDLOCK, reason="this system has no Landlock")
def test_the_system_itself_keeps_the_worlds_code_closed_and_the_rest_open():
    """Past Python, where no hook is asked: what the kernel opens."""
    text = "import ctypes\nlibc = ctypes.CDLL(None)\nopened = [libc.open(path, 0) >= 0 for path in {}]\n" \
           "import course_lib.contracts.content, course_lib.stages.ranking, course_lib.launch.launch_plan\n" \
           "raise ValueError(str(opened))\n" + FINE
    worlds, own = closed_files("course_lib.world"), os.path.join(ROOT, "course_lib", "launch", "launch_plan.py")
    expected = [False] * len(worlds) + [True]
    with pytest.raises(SubmissionError, match=re.escape(str(expected))):
        answers(text.format([os.fsencode(path) for path in [*worlds, own]]))


def test_a_process_that_is_over_leaves_no_folder_behind():
    system = ConfinedSystem(HandedIn("one", FINE), QUICK)
    folder = system._folder
    assert folder.exists()
    system.close()
    assert not folder.exists() and not system._process.is_alive()


@pytest.mark.parametrize(("item", "propensity", "plain"), [
    ([[3, 1, -1], [7, 3, 1]], 1.0, True), ([[-1, -1, -1], [7, 3, 1]], 0.5, True), ([[3, 1, 3], [7, 3, 1]], 1.0, False),
    ([[3, 1, 8], [7, 3, 1]], 1.0, False), ([[3, 1, 2], [7, 3, 1]], 1.0, False), ([[3, 1, 7], [7, 3, 1]], 0.0, False),
    ([[3, 1, 7], [7, 3, 1]], 1.5, False), ([[3, 1, 2**30], [7, 3, 1]], 1.0, False)])
def test_a_quick_look_passes_no_slate_that_the_check_refuses(item, propensity, plain):
    requests = Requests.of([0, 1], eligible=np.array([1, 3, 7]), slate_size=3)
    slates = Slates(np.array(item, np.int32), np.full((2, 3), propensity, np.float32))
    assert can_be_shown(slates, requests) is plain
    if plain:
        assert slates.check(requests) is slates
    else:
        with pytest.raises(SlateError):
            slates.check(requests)
