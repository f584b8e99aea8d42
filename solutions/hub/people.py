"""The list of a class: who may sign in, each with a password of their own. Standard library only.

python solutions/hub/people.py add ann bob      adds them and prints a password for each, once; only a hash is kept
python solutions/hub/people.py add --teacher eva
python solutions/hub/people.py new ann          another password for one who lost it
python solutions/hub/people.py remove bob       bob is asked to sign in again within five minutes, and cannot; what runs
                                                goes on until you stop his server on the admin page
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import re
import secrets
import sys
from pathlib import Path

NAME = re.compile(r"[a-z][a-z0-9]{0,30}")
# 16 signs of 31 that nobody takes for another: 79 bits, so that guessing at the door is no use.
SIGNS, LENGTH, GROUP = "abcdefghjkmnpqrstuvwxyz23456789", 16, 4
UNKNOWN = {"salt": "00" * 16, "key": "00" * 32, "teacher": False}


def state_folder() -> Path:
    """Where the class's list and the hub's own records lie: CLASS_STATE, else ~/.recsys-class."""
    return Path(os.environ.get("CLASS_STATE") or Path.home() / ".recsys-class")


def file_of_class() -> Path:
    """The list itself."""
    return state_folder() / "people.json"


def read(file: Path) -> dict[str, dict]:
    """Name -> {"salt", "key", "teacher"}; {} where there is no list yet. Raises ValueError where it is damaged."""
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    if not isinstance(held, dict) or not all(NAME.fullmatch(name) and set(entry) == set(UNKNOWN)
                                             for name, entry in held.items()):
        raise ValueError(f"{file} is no list of a class.")
    return held


def write(file: Path, people: dict[str, dict]) -> None:
    """Write the list for its owner alone, the whole of it or nothing."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(people, out, indent=1, sort_keys=True)
    os.replace(part, file)


def hashed(password: str, salt: str) -> str:
    """What is kept of a password."""
    return hashlib.scrypt(password.encode("utf-8", "replace"), salt=bytes.fromhex(salt), n=2**14, r=8, p=1,
                          dklen=32).hex()


def made(teacher: bool) -> tuple[str, dict]:
    """(a fresh password, what is kept of it)."""
    signs = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    password = "-".join(signs[at:at + GROUP] for at in range(0, LENGTH, GROUP))
    salt = secrets.token_hex(16)
    return password, {"salt": salt, "key": hashed(password, salt), "teacher": teacher}


def signs_in(file: Path, name: str, password: str) -> dict | None:
    """JupyterHub's word for somebody who gave the right password, None for everybody else.

    A name that is not in the list takes as long as one that is.
    """
    if not isinstance(name, str) or not isinstance(password, str) or len(password) > 200:
        return None
    name = name.strip().lower()
    entry = read(file).get(name)
    same = hmac.compare_digest(hashed(password.strip(), (entry or UNKNOWN)["salt"]), (entry or UNKNOWN)["key"])
    return {"name": name, "admin": entry["teacher"]} if entry and same else None


def main(argv: list[str] | None = None) -> int:
    """The command. Returns 1 where a name is not to be had, and then changes nothing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("add", "new", "remove", "list"))
    parser.add_argument("names", nargs="*")
    parser.add_argument("--teacher", action="store_true", help="may open everybody's server, and sees the solutions")
    args = parser.parse_intermixed_args(argv)
    file = file_of_class()
    people = read(file)
    for name in args.names:
        if args.what == "add" and (not NAME.fullmatch(name) or name in people):
            why = "is in the list" if name in people else "has to be small letters and digits, a letter first"
            print(f"{name} {why}. Nothing was changed.", file=sys.stderr)
            return 1
        if args.what != "add" and name not in people:
            print(f"{name} is not in the list. Nothing was changed.", file=sys.stderr)
            return 1
    told = {}
    for name in args.names:
        if args.what == "remove":
            del people[name]
        elif args.what in ("add", "new"):
            told[name], people[name] = made(args.teacher or people.get(name, UNKNOWN)["teacher"])
    if args.what == "list":
        told = {name: "teacher" * entry["teacher"] for name, entry in people.items()}
    else:
        write(file, people)
    for name, word in told.items():
        print(f"{name}\t{word}".rstrip())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
