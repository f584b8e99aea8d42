"""More hostile answers: what fills disks and memory, what touches files without opening them, what outlives its time.

Bodies of the function of exercise 1.1, below the names of hostile_answers.HEAD, which adds them to its own.
"""

FILLS = {                                              # what it leaves in its folder, and how much
    "folders in folders": "for _ in range(1900):\n    os.mkdir('d')\n    os.chdir('d')\nreturn row",
    "folders in folders without end": "while True:\n    os.mkdir('d')\n    os.chdir('d')",
    "a folder that nobody may look into": "os.mkdir('dark', 0o300)\nopen('dark/x', 'w').close()\n"
                                          "os.mkdir('dark/er', 0)\nreturn row",
    "a folder that nobody may look into, and waits": "os.mkdir('dark', 0o300)\ntime.sleep(900)",
    "file after file": "n = 0\nwhile True:\n    n += 1\n    open(f'f{n}', 'wb').write(bytes(7_000_000))",
    "names without end": "n = 0\nwhile True:\n    n += 1\n    open(f'f{n}', 'w').close()",
    "files without a name": "import mmap\nheld = []\nwhile True:\n    f = open('x', 'w+b')\n"
                            "    f.write(bytes(7_000_000))\n    f.flush()\n"
                            "    held.append(mmap.mmap(f.fileno(), 4096))\n    f.close()\n    os.remove('x')",
    "a hole of a terabyte": "open('x', 'w').close()\nos.truncate('x', 1 << 40)",
    "room that is kept for it": "fd = os.open('x', os.O_RDWR | os.O_CREAT)\n"
                                "refused(libc.fallocate(fd, 1, ctypes.c_long(0), ctypes.c_long(1 << 36)))\n"
                                "raise ValueError('not refused')",
    "a file in memory": "refused(libc.memfd_create(b'x', 0))\nraise ValueError('not refused')",
    "memory that all share": "open('/dev/shm/of-an-answer', 'w').close()\nraise ValueError('not refused')",
}
ALTERS = {                                             # files of others that it may not open to write
    "rights": "libc.chmod({canary!r}.encode(), 0o666)\nos.chmod({canary!r}, 0o777)\nreturn row",
    "rights by an open file": "libc.fchmod(libc.open(np.__file__.encode(), 0), 0o777)\n"
                              "libc.syscall(452, -100, {canary!r}.encode(), 0o777, 0)\nreturn row",
    "times": "libc.utimes({canary!r}.encode(), None)\nos.utime({canary!r}, (0, 0))\nreturn row",
    "an owner": "refused(libc.chown({canary!r}.encode(), os.getuid(), os.getgid()))\nraise ValueError('not refused')",
    "a mark": "refused(libc.setxattr({canary!r}.encode(), b'user.x', b'x', 1, 0))\nraise ValueError('not refused')",
    "flags": "import fcntl\nfcntl.ioctl(os.open(np.__file__, 0), 0x40086602, (64).to_bytes(8, 'little'))\n"
             "raise ValueError('not refused')",
    "a lock": "refused(libc.flock(os.open(np.__file__, 0), 2 | 4))\nraise ValueError('not refused')",
}
ASKS = {                                               # of the kernel
    "a mount by the new calls": "refused(libc.syscall(430, b'tmpfs', 0))\nraise ValueError('not refused')",
    "semaphores that stay": "refused(libc.semget(0x5eed19, 1, 0o1666))\nraise ValueError('not refused')",
    "a queue that stays": "refused(libc.msgget(0x5eed19, 0o1666))\nraise ValueError('not refused')",
    "a semaphore with a name": "import _multiprocessing\n_multiprocessing.SemLock(1, 1, 1, '/of-an-answer', False)\n"
                               "raise ValueError('not refused')",
    "the names of what changes": "refused(libc.inotify_init1(0))\nraise ValueError('not refused')",
    "its own faults": "refused(libc.syscall({userfaultfd}, 1))\nraise ValueError('not refused')",
    "a program by a descriptor": "refused(libc.syscall({execveat}, os.open(sys.executable, 0), b'', None, None, 4096))",
    "more than its limits": "import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))\n"
                            "raise ValueError('not refused')",
    "its terminal": "os.write(os.open('/dev/tty', 1), b'x')\nraise ValueError('not refused')",
    "its own memory": "open('/proc/self/mem', 'r+b').close()\nraise ValueError('not refused')",
    "threads without end": "import threading as t\nwhile True:\n    t.Thread(target=time.sleep, args=(900,)).start()",
}
LASTS = {                                              # what no alarm stops, what runs at the end, what it says
    "a pattern": "import re\nre.match('(a+)+$', 'a' * 60 + 'b')",
    "a sum in C": "return sum(iter(int, 1))",
    "a deep nest of JSON": "json.loads('[' * 10**6)",
    "a deep pickle": "import pickle\nheld = []\nfor _ in range(10**6):\n    held = [held]\npickle.dumps(held)",
    "a deep release": "held = None\nfor _ in range(10**6):\n    held = (held,)\ndel held\nreturn row",
    "no end of its own": "os._exit = lambda *a: None\nsys.exit = os._exit\nreturn row",
    "the modules of the check": "for name in [n for n in sys.modules if n.startswith('course_lib')]:\n"
                                "    sys.modules[name] = type(sys)(name)\nreturn row",
    "signs for a terminal": "print('\\x1b]0;x\\x07\\x1b[2J' * 50)\nraise ValueError('\\x1b[31mred\\x9b2J')",
    "a group with no end of nothing": "send(row_of(status='wrong', says='x', "
                                      "values=[['returned', ['array', '<U1', [2 ** 33, 0], '']]] * 9))",
    "a group of eight billion texts": "send(row_of(status='wrong', says='x', "
                                      "values=[['returned', ['array', '|S0', [2 ** 33], '']]] * 9))",
    "right with eight billion texts": "send(row_of(values=[['returned', ['array', '|S0', [2 ** 33], '']]] * 9))",
    "objects without end": "send(row_of(status='wrong', says='x', "
                           "values=[['returned', ['objects', [2 ** 33, 0], []]]] * 9))",
}
SIBLINGS = {f"{kind} {name}": body for kind, held in (("fills", FILLS), ("alters", ALTERS), ("asks", ASKS),
                                                      ("lasts", LASTS)) for name, body in held.items()}
