"""Runs a command as a user who owns nothing, where the tests run as root: `python ordinary_user.py USER -- COMMAND`.

Python or the course may lie where only root may enter (/root/.pyenv). So the command runs in a mount namespace of its
own, in which such a folder is an empty one with nothing in it but what is needed. The machine is not changed: the
namespace ends with the command. Exit code CANNOT, with the reason in words, where the system does not allow it.
"""

from __future__ import annotations

import ctypes
import os
import stat
import sys
import tempfile
from pathlib import Path

CANNOT = 77
NEW_MOUNTS, BIND, PRIVATE, RECURSIVE = 0x20000, 0x1000, 0x40000, 0x4000


def needed() -> list[Path]:
    """Where the command must be able to read: Python, its libraries, the course, its data."""
    places = [sys.prefix, sys.base_prefix, Path(sys.executable).resolve().parents[1], Path(__file__).parents[2],
              *filter(None, (os.environ.get(name) for name in ("COURSE_CACHE", "COURSE_DATA_MIRROR")))]
    return [Path(place).resolve() for place in dict.fromkeys(map(str, places)) if Path(place).exists()]


def closed_above(place: Path) -> Path | None:
    """The first folder on the way to `place` that others may not enter, None where they may enter all."""
    way = [*reversed(place.parents), place]
    return next((folder for folder in way if not stat.S_IMODE(folder.stat().st_mode) & 0o001), None)


def open_the_way(places: list[Path]) -> None:
    """In a mount namespace of our own, replace every closed folder by one that holds only what is needed of it."""
    libc = ctypes.CDLL(None, use_errno=True)

    def asked(code: int, what: str) -> None:
        if code != 0:
            raise PermissionError(f"{what}: {os.strerror(ctypes.get_errno())}")

    def mount(source, target, kind, flags, more=None):
        asked(libc.mount(str(source).encode(), str(target).encode(), kind, flags, more), f"mount {target}")

    asked(libc.unshare(NEW_MOUNTS), "a mount namespace")
    mount("none", "/", None, PRIVATE | RECURSIVE)
    closed = {place: top for place in places if (top := closed_above(place)) is not None}
    held = {}
    for place in closed:
        held[place] = tempfile.mkdtemp(prefix="held-")
        mount(place, held[place], None, BIND | RECURSIVE)
    for top in set(closed.values()):
        mount("none", top, b"tmpfs", 0, b"mode=755")
    for place, holder in held.items():
        place.mkdir(parents=True, exist_ok=True)
        mount(holder, place, None, BIND | RECURSIVE)
        asked(libc.umount2(holder.encode(), 2), f"umount {holder}")
        os.rmdir(holder)


def main(argv: list[str]) -> None:
    """Become the user and then the command. Does not return."""
    user, command = int(argv[0]), argv[2:]
    try:
        open_the_way(needed())
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        with open(sys.executable, "rb"):
            pass
    except OSError as error:
        print(f"no ordinary user can be had here: {error}", file=sys.stderr)
        raise SystemExit(CANNOT) from None
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
