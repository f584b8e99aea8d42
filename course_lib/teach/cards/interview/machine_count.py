"""Exercises on the interview: machines for an index."""

import math

from course_lib.launch.whiteboard import machines
from course_lib.teach.cards.interview import far_numbers
from course_lib.teach.definitions.card import Card, Case, Mistake


# --- 12.2 ----------------------------------------------------------------------------------------------------------
def _machine_cases(rng):
    return [Case("a feed", (8e6, 384, 2, 0.6, 3)), Case("a shop", (9e5, 272, 16, 0.5, 2)),
            Case("one small machine", (6e6, 100, 2, 0.8, 4)), Case("a billion codes", (1e9, 24, 64, 0.7, 3)),
            Case("the same, raw vectors", (1e9, 520, 64, 0.7, 2)), Case("shards that just fit", (5e8, 4, 2, 0.5, 2)),
            Case("many codes, on small machines, in one copy", (3.1e10, 18.5, 3.75, 0.9, 1)),
            Case("machines of which an index may have a quarter", (4.1e7, 700, 8, 0.25, 2))]


def _by_items_that_fit(items, bytes_each, machine_gb, usable, copies):
    fit = machine_gb * usable * 1e9 / bytes_each / 2        # half of the room stays free for the next index
    shards = -int(-items // fit)
    return shards, copies * shards


def _split(size, machine_gb, usable, copies):
    shards = math.ceil(size / (machine_gb * 1e9 * usable))
    return shards, shards * copies


def _by_bytes(change):
    """Another count of bytes or room: change(items, bytes_each, machine_gb, usable) -> shards, not rounded."""
    def wrong(items, bytes_each, machine_gb, usable, copies):
        shards = math.ceil(change(items, bytes_each, machine_gb, usable))
        return shards, shards * copies
    return wrong


def _by_shards(change):
    """The bytes are right; change(exact shards, copies) -> answer."""
    def wrong(items, bytes_each, machine_gb, usable, copies):
        return change(2 * items * bytes_each / (machine_gb * 1e9 * usable), copies)
    return wrong


def _whole(exact, copies):
    return math.ceil(exact), math.ceil(exact) * copies


MACHINES = Card(
    id="interview.2", title="Does the index fit, also tonight?", minutes=6, difficulty=2, used_in=(),
    task="An index of `items` vectors is rebuilt every night and swapped while it serves: for a while the old and "
         "the new one are both in memory. Of each machine's memory an index may take a share `usable`. Each shard, "
         "the part of the index that one machine holds, is kept `copies` times, on machines of their own. Return the "
         "number of shards, as few as fit, and of machines.",
    shapes="`bytes_each` bytes of a vector in the index; `machine_gb` in 10⁹ bytes; `usable` 0 to 1.",
    why="Three factors are left out under pressure, and each is about two: the swap, the memory that is not yours, "
        "the copies. A plan without them fits on the whiteboard and fails in the first night. Copies come last: a "
        "shard is whole, and so is its copy.",
    reference=machines, alternative=_by_items_that_fit, cases=lambda rng: [*_machine_cases(rng), *far_numbers.MACHINES],
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
        Mistake("binary gigabytes", _by_bytes(lambda items, each, gb, usable: 2 * items * each / (gb * 2**30 * usable)),
                "You take 2³⁰ bytes for a gigabyte. Here it is 10⁹: the difference of 7% can hide a shard that does not fit."),
        Mistake("usable upside down", _by_bytes(lambda items, each, gb, usable: 2 * items * each * usable / (gb * 1e9)),
                "You multiply the bytes by `usable`, so less room needs fewer machines. The room is memory × `usable`."),
        Mistake("the unusable share", _by_bytes(lambda items, each, gb, usable: 2 * items * each / (
            gb * 1e9 * max(1 - usable, 1e-12))),
                "You fill the share 1 − usable, which the index may not have. The room is memory × `usable`."),
        Mistake("usable twice", _by_bytes(lambda items, each, gb, usable: 2 * items * each / (gb * 1e9 * usable**2)),
                "You take `usable` off twice. The room of a machine is memory × `usable`, once."),
        Mistake("no swap, all the memory", _by_bytes(lambda items, each, gb, usable: items * each / (gb * 1e9)),
                "You forget the swap and give the index all of the machine: twice the bytes, and the room times `usable`."),
        Mistake("bits", _by_bytes(lambda items, each, gb, usable: 2 * items * each / 8 / (gb * 1e9 * usable)),
                "You divide by 8. `bytes_each` is in bytes already."),
        Mistake("three indexes", _by_bytes(lambda items, each, gb, usable: 3 * items * each / (gb * 1e9 * usable)),
                "You hold three indexes. During the swap there are two: the old one and the new."),
        Mistake("swap halves the bytes", _by_bytes(lambda items, each, gb, usable: items * each / 2 / (gb * 1e9 * usable)),
                "You halve the bytes. During the swap there are *twice* as many: the room for each index is halved."),
        Mistake("rounded to the nearest", _by_shards(lambda exact, copies: (max(round(exact), 1), max(round(exact), 1) * copies)),
                "You round to the nearest whole number; where that is down, the last shard does not fit. Round up."),
        Mistake("rounded to the nearest, without a least", _by_shards(lambda exact, copies: (round(exact), round(exact) * copies)),
                "You round to the nearest whole number, which may even be 0. Round up: what is left over needs a shard."),
        Mistake("rounded down, without a least", _by_shards(lambda exact, copies: (int(exact), int(exact) * copies)),
                "You round down (`int` or `//`): the last shard does not fit, and a small index has no machine at all."),
        Mistake("cut, and one more", _by_shards(lambda exact, copies: (int(exact) + 1, (int(exact) + 1) * copies)),
                "You cut to whole shards and add one. Where the shards just fit that is one too many: `math.ceil`."),
        Mistake("one to spare", _by_shards(lambda exact, copies: (math.ceil(exact) + 1, (math.ceil(exact) + 1) * copies)),
                "You have one shard too many. The spare room is in `usable` already: round up, and no more."),
        Mistake("not rounded", _by_shards(lambda exact, copies: (exact, exact * copies)),
                "Your shards are not whole. Round them up before you multiply by the copies."),
        Mistake("each index rounded", _by_shards(lambda exact, copies: _whole(2 * math.ceil(exact / 2), copies)),
                "You round up one index and double that. Old and new share a machine: double the bytes, then round up."),
        Mistake("swap on other machines", _by_shards(lambda exact, copies: (math.ceil(exact / 2), 2 * copies * math.ceil(exact / 2))),
                "You double the machines and leave the shards. Both indexes are in memory on the *same* machine, so a shard "
                "has half the room."),
        Mistake("swap as one more copy", _by_shards(lambda exact, copies: (math.ceil(exact / 2), (copies + 1) * math.ceil(exact / 2))),
                "You count the swap as one more copy. Every copy is rebuilt, each on its own machine: twice the bytes there."),
        Mistake("copies on top", _by_shards(lambda exact, copies: (math.ceil(exact), math.ceil(exact) * (copies + 1))),
                "You add the copies to an original. `copies` is how often a shard is held in all."),
        Mistake("machines before shards", _by_shards(lambda exact, copies: _whole(exact, copies)[::-1]),
                "You return the machines first. Return (shards, machines)."),
        Mistake("machines alone", _by_shards(lambda exact, copies: _whole(exact, copies)[1]),
                "You return the machines alone. Return (shards, machines)."),
    ),
    hints=("What is in memory at the moment at which the new index takes over?",
           "Bytes = 2 × items × bytes each. Shards: how many machines' usable memory that is, rounded up.",
           "`shards = math.ceil(2 * items * bytes_each / (machine_gb * 1e9 * usable))`; machines are shards × copies."),
)
