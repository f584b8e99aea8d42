"""Calls of the Linux kernel that an answer has no use for, refused by a seccomp filter; it cannot be taken off again.

It closes what Landlock and an empty network leave open: sockets in the file system (the one by which further processes
are made among them), other programs, other processes' memory, shared memory that outlives a process, files in memory
and room on disks without a limit, rights, times and marks of files outside the folder, and whatever else acts on
another process of the same user: signals, limits, priority, processors.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys

NAMES = ("fork", "vfork", "execve", "execveat", "socket", "connect", "accept", "accept4", "bind", "listen", "ptrace",
         "process_vm_readv", "process_vm_writev", "shmget", "shmat", "shmctl", "shmdt", "semget", "semop", "semctl",
         "msgget", "msgsnd", "msgrcv", "msgctl", "mq_open", "add_key", "request_key", "keyctl", "mount", "umount2",
         "unshare", "setns", "pivot_root", "chroot", "bpf", "perf_event_open", "io_uring_setup", "io_uring_enter",
         "io_uring_register", "userfaultfd", "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "rt_sigqueueinfo",
         "rt_tgsigqueueinfo", "name_to_handle_at", "open_by_handle_at", "inotify_init", "inotify_init1",
         "fanotify_init", "kcmp", "setpriority", "ioprio_set", "migrate_pages", "move_pages", "process_madvise",
         "process_mrelease", "get_robust_list", "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown",
         "fchownat", "utime", "utimes", "futimesat", "utimensat", "setxattr", "lsetxattr", "fsetxattr", "setxattrat",
         "removexattr", "lremovexattr", "fremovexattr", "removexattrat", "file_setattr", "memfd_create", "memfd_secret",
         "fallocate", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "flock")
# Landlock leaves these free on every file that one may look at, also outside the folder. They are answered as if they
# had been done, and nothing is done: saving and copying in one's own folder call them, and need not know.
PRETENDED = ("chmod", "fchmod", "fchmodat", "fchmodat2", "utime", "utimes", "futimesat", "utimensat")
# Refused as a file system does that has no locks: whoever writes in the folder then goes on without one.
MISSING = ("flock",)
# Machine -> (its name for the kernel, numbers of NAMES in their order; -1: unknown there).
TABLES = {
    "x86_64": (0xC000003E, (
        57, 58, 59, 322, 41, 42, 43, 288, 49, 50, 101, 310, 311, 29, 30, 31, 67, 64, 65, 66, 68, 69, 70, 71, 240, 248,
        249, 250, 165, 166, 272, 308, 155, 161, 321, 298, 425, 426, 427, 323, 434, 438, 424, 129, 297, 303, 304, 253,
        294, 300, 312, 141, 251, 256, 279, 440, 448, 274, 90, 91, 268, 452, 92, 93, 94, 260, 132, 235, 261, 280, 188,
        189, 190, 463, 197, 198, 199, 466, 469, 319, 447, 285, 428, 429, 430, 431, 432, 433, 442, 73)),
    "aarch64": (0xC00000B7, (
        -1, -1, 221, 281, 198, 203, 202, 242, 200, 201, 117, 270, 271, 194, 196, 195, 197, 190, 193, 191, 186, 189, 188,
        187, 180, 217, 218, 219, 40, 39, 97, 268, 41, 51, 280, 241, 425, 426, 427, 282, 434, 438, 424, 138, 240, 264,
        265, -1, 26, 262, 272, 140, 30, 238, 239, 440, 448, 100, -1, 52, 53, 452, -1, 55, -1, 54, -1, -1, -1, 88, 5, 6,
        7, 463, 14, 15, 16, 466, 469, 279, 447, 47, 428, 429, 430, 431, 432, 433, 442, 32)),
}
LOOKED_AT = {"x86_64": {"kill": 62, "tkill": 200, "tgkill": 234, "prctl": 157, "clone": 56, "socketpair": 53,
                        "prlimit64": 302, "sched_setparam": 142, "sched_setscheduler": 144, "sched_setaffinity": 203,
                        "sched_setattr": 314, "fcntl": 72, "ioctl": 16},
             "aarch64": {"kill": 129, "tkill": 130, "tgkill": 131, "prctl": 167, "clone": 220, "socketpair": 199,
                         "prlimit64": 261, "sched_setparam": 118, "sched_setscheduler": 119, "sched_setaffinity": 122,
                         "sched_setattr": 274, "fcntl": 25, "ioctl": 29}}
OF_ITSELF = ("prlimit64", "sched_setparam", "sched_setscheduler", "sched_setaffinity", "sched_setattr")
CLONE3, NO_SUCH_CALL, NOT_PERMITTED = 435, 38, 1
OTHER_ABI = 0x40000000
LOAD, MASK, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
REFUSE, ALLOW = 0x00050000, 0x7FFF0000
THREAD, NEW_SPACES, STREAM, KIND = 0x10000, 0x7E020000, 1, 0xF
# Of prctl: no signal at the parent's death, no core shared with another. Of fcntl and ioctl: who gets a signal when a
# pipe is ready, and which (own, signal, own with a kind); no hold on a file that others want to write; no marks on a
# file (append only, no dump) through a descriptor that may only read.
PROCESS_ASKS, FILE_ASKS, DEVICE_ASKS = (1, 62), (8, 10, 15, 1024), (0x8901, 0x8902, 0x40086602, 0x401C5820)


def refuse_calls() -> bool:
    """Install the filter for this process and all its threads to come. Returns whether the system let us."""
    machine = platform.machine()
    if not sys.platform.startswith("linux") or machine not in TABLES:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    program = b"".join(struct.pack("=HBBI", *line) for line in _filter(machine, os.getpid()))
    held = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("=H6xQ", len(program) // 8, ctypes.addressof(held))
    libc.prctl(38, 1, 0, 0, 0)                                     # no new privileges: seccomp asks for it
    return libc.prctl(22, 2, ctypes.c_char_p(header), 0, 0) == 0


def _filter(machine: str, pid: int) -> list[tuple[int, int, int, int]]:
    """The program: lines of (operation, skip if true, skip if false, number)."""
    name, numbers = TABLES[machine]
    looked_at = LOOKED_AT[machine]
    refused, missing, done = ((RETURN, 0, 0, REFUSE | code) for code in (NOT_PERMITTED, NO_SUCH_CALL, 0))
    lines = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, name), refused, (LOAD, 0, 0, 0), (AT_LEAST, 0, 1, OTHER_ABI), refused,
             (EQUAL, 0, 1, CLONE3), missing]                             # libc then takes clone
    for call, number in zip(NAMES, numbers, strict=True):
        if number >= 0:
            lines += [(EQUAL, 0, 1, number), done if call in PRETENDED else missing if call in MISSING else refused]
    for call in ("kill", "tkill", "tgkill"):
        lines += _if(looked_at[call], 0, (EQUAL, 1, 0, pid))
    for call in OF_ITSELF:
        lines += _if(looked_at[call], 0, (EQUAL, 2, 0, 0), (EQUAL, 1, 0, pid))
    for call, argument, asks in (("prctl", 0, PROCESS_ASKS), ("fcntl", 1, FILE_ASKS), ("ioctl", 1, DEVICE_ASKS)):
        lines += _if(looked_at[call], argument, *_none_of(asks))
    lines += _if(looked_at["clone"], 0, (ANY_BIT, 0, 1, NEW_SPACES), (RETURN, 0, 0, REFUSE | NOT_PERMITTED),
                 (ANY_BIT, 1, 0, THREAD))
    lines += _if(looked_at["socketpair"], 1, (MASK, 0, 0, KIND), (EQUAL, 1, 0, STREAM))
    return [*lines, (RETURN, 0, 0, ALLOW)]


def _none_of(numbers) -> list[tuple[int, int, int, int]]:
    """A test that skips the refusal unless the argument is one of the numbers."""
    left = len(numbers) - 1
    return [(EQUAL, left - place, 0 if place < left else 1, number) for place, number in enumerate(numbers)]


def _if(number: int, argument: int, *test) -> list[tuple[int, int, int, int]]:
    """Refuse a call where the test of one of its arguments does not skip the refusal."""
    body = [(LOAD, 0, 0, 16 + 8 * argument), *test, (RETURN, 0, 0, REFUSE | NOT_PERMITTED), (LOAD, 0, 0, 0)]
    return [(EQUAL, 0, len(body), number), *body]
