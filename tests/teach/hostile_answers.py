"""Hostile answers and notebooks. attacked_class compares them beside honest ones.

What is for the one who is attacked (a canary in a file, a token in the environment, a socket, a process, another's
notebook) belongs to whoever runs that.
"""

from __future__ import annotations

import made_class
from hostile_siblings import ALTERS, ASKS, FILLS, SIBLINGS

FDS = "import os\nfor fd in range(1, 200):\n    try:\n        os.write(fd, {})\n    except OSError:\n        pass\n"
PATCH = ("import sys\nfor name, module in list(sys.modules.items()):\n    if name.startswith('course_lib.teach'):\n"
         "        for part in list(vars(module)):\n            if part in ({names}):\n"
         "                setattr(module, part, {value})\n")
SIMPLE = {
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
    "a neighbour's limit": "import resource\nresource.prlimit({neighbour}, resource.RLIMIT_CPU, (1, 1))\n"
                           "raise ValueError('not refused')",
    "a neighbour's limit by the system": "refused(libc.prlimit({neighbour}, 1, (ctypes.c_long * 2)(0, 0), 0))\n"
                                         "raise ValueError('not refused')",
    "a neighbour's priority": "os.setpriority(os.PRIO_PROCESS, {neighbour}, 19)\nraise ValueError('not refused')",
    "everybody's priority": "os.setpriority(os.PRIO_USER, 0, os.getpriority(os.PRIO_USER, 0))\n"
                            "raise ValueError('not refused')",
    "a neighbour's affinity": "os.sched_setaffinity({neighbour}, [min(os.sched_getaffinity(0))])\n"
                              "raise ValueError('not refused')",
    "a neighbour's schedule": "os.sched_setscheduler({neighbour}, os.SCHED_IDLE, os.sched_param(0))\n"
                              "raise ValueError('not refused')",
    "a neighbour by a pipe's signal": "import fcntl\nours, theirs = os.pipe()\n"
                                      "fcntl.fcntl(ours, fcntl.F_SETOWN, {neighbour})\n"
                                      "fcntl.fcntl(ours, 10, 9)\nfcntl.fcntl(ours, fcntl.F_SETFL, os.O_ASYNC)\n"
                                      "os.write(theirs, b'x')\nraise ValueError('not refused')",
    "many files": "held = [open(f'f{i}', 'w') for i in range(10**6)]",
}
BODIES = {f"{kind} {name}": body for kind, held in (("says", FORGED), ("patches", PATCHED), ("reads", READS),
                                                    ("reaches", REACHES)) for name, body in held.items()}
BODIES |= SIBLINGS
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

# What touches others: their files, processes, signals, sockets, environment, the judge's pipe.
TOUCHING = [f"reads {name}" for name in READS] + [f"reaches {name}" for name in REACHES if name != "many files"] + [
    f"{kind} {name}" for kind, held in (("fills", FILLS), ("alters", ALTERS), ("asks", ASKS)) for name in held] + [
    f"says {name}" for name in ("a row for another", "a row for all", "right without values", "two rows",
                                "more, and ends")] + [
    f"patches {name}" for name in ("the cases", "the end", "os.write")] + [
    f"simply {name}" for name in SIMPLE if name.startswith(("erases", "writes r", "writes a right", "ends", "signals",
                                                            "reads", "opens", "has a", "looks"))]
