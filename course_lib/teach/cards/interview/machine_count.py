"""Exercises on the interview: machines for an index."""

import math

from course_lib.launch.whiteboard import machines
from course_lib.teach.definitions.card import Card, Case, Mistake


# --- 12.2 ----------------------------------------------------------------------------------------------------------
def _machine_cases(rng):
    return [Case("a feed", (8e6, 384, 2, 0.6, 3)), Case("a shop", (9e5, 272, 16, 0.5, 2)),
            Case("a billion codes", (1e9, 24, 64, 0.7, 3)), Case("the same, raw vectors", (1e9, 520, 64, 0.7, 2))]


def _by_items_that_fit(items, bytes_each, machine_gb, usable, copies):
    fit = machine_gb * usable * 1e9 / bytes_each / 2        # half of the room stays free for the next index
    shards = -int(-items // fit)
    return shards, copies * shards


def _split(size, machine_gb, usable, copies):
    shards = math.ceil(size / (machine_gb * 1e9 * usable))
    return shards, shards * copies


MACHINES = Card(
    id="interview.2", title="Does the index fit, also tonight?", minutes=6, difficulty=2, used_in=(),
    task="An index of `items` vectors is rebuilt every night and swapped while it serves: for a while the old and "
         "the new one are both in memory. Of each machine's memory an index may take a share `usable`. Each shard is "
         "held `copies` times, on machines of their own. Return the number of shards and of machines.",
    shapes="`items`, `copies` whole numbers; `bytes_each` bytes of a vector in the index; `machine_gb` in 10⁹ bytes; "
           "`usable` 0 to 1; returns (shards, machines).",
    why="Three factors are left out under pressure, and each is about two: the swap, the memory that is not yours, "
        "the copies. A plan without them fits on the whiteboard and fails in the first night. Copies come last: a "
        "shard is whole, and so is its copy.",
    reference=machines, alternative=_by_items_that_fit, cases=_machine_cases,
    by_hand=(Case("10 million × 100 bytes, 1 GB, all usable: 2 GB with the swap",
                  (1e7, 100, 1.1, 1.0, 3), expected=(2, 6)),),
    mistakes=(
        Mistake("no swap", lambda items, bytes_each, machine_gb, usable, copies: _split(
            items * bytes_each, machine_gb, usable, copies),
                "It fits until the first rebuild. During the swap both indexes are in memory: twice the bytes."),
        Mistake("all the memory", lambda items, bytes_each, machine_gb, usable, copies: _split(
            2 * items * bytes_each, machine_gb, 1, copies),
                "You give the index all of the machine. The system and the requests need memory too: times `usable`."),
        Mistake("copies before shards", lambda items, bytes_each, machine_gb, usable, copies: (
            _split(2 * items * bytes_each, machine_gb, usable, 1)[0],
            _split(2 * copies * items * bytes_each, machine_gb, usable, 1)[0]),
                "You pour all copies into one heap of bytes. Then a machine holds two copies of a shard, and fails "
                "with both: round up the shards first, then multiply."),
        Mistake("no copies", lambda items, bytes_each, machine_gb, usable, copies: _split(
            2 * items * bytes_each, machine_gb, usable, 1),
                "You count every shard once. When one of its machines goes, its items are gone from every answer."),
        Mistake("rounded down", lambda items, bytes_each, machine_gb, usable, copies: tuple(
            n * max(1, math.floor(2 * items * bytes_each / (machine_gb * 1e9 * usable))) for n in (1, copies)),
                "You round down: the last shard does not fit on its machine."),
        Mistake("copies counted as shards", lambda items, bytes_each, machine_gb, usable, copies: (
            _split(2 * items * bytes_each, machine_gb, usable, copies)[1],) * 2,
                "You return the machines twice. A copy of a shard is not another shard: a request asks each shard "
                "once."),
    ),
    hints=("What is in memory at the moment at which the new index takes over?",
           "Bytes = 2 × items × bytes each. Shards: how many machines' usable memory that is, rounded up.",
           "`shards = math.ceil(2 * items * bytes_each / (machine_gb * 1e9 * usable))`; machines are shards × copies."),
)
