"""Seeds out of a seed that tell nothing of it, nor of each other."""

from __future__ import annotations

import hashlib


def seed_apart(seed: int, *purpose: str) -> int:
    """63 bits that depend on a seed and on what they are for; from them neither the seed nor another's can be found.

    seed: int, of as many bits as it has: one of few bits can be found by trying all. purpose: words, such as
    ("split", "EASE"). Returns an int from 0 to 2**63 − 1, the same on any machine.
    """
    told = "\n".join([str(int(seed)), *(f"{len(word)}:{word}" for word in purpose)])
    return int.from_bytes(hashlib.sha256(told.encode("utf-8", "replace")).digest()[:8], "big") >> 1
