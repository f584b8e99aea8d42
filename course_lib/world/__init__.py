"""The simulated service. `feed` and `marketplace` make a world; README.md says what is in it.

Sealed: nothing in course_lib outside this folder imports it. Notebooks and tests do.
"""

from __future__ import annotations

from dataclasses import replace

__all__ = ["feed", "marketplace", "resume"]


def _world(params, people, items, requests_per_day, slate_size, seed, without, blocks, options):
    from ..contracts import ArgumentError
    from .days import World

    if not isinstance(without, (tuple, list, set)):
        raise ArgumentError(f"without is {without!r}; expected a tuple of names, such as ('novelty',).")
    size = replace(params.size, people=people, items=items, slate_size=slate_size)
    per_day = 5.0 * people if requests_per_day is None else requests_per_day
    size = replace(size, requests_per_day=per_day)
    return World(seed, replace(params, size=size).with_(**blocks).without(*without), **options)


def feed(people: int = 8000, items: int = 4000, requests_per_day: float | None = None, *, seed: int = 0,
         slate_size: int = 10, without: tuple[str, ...] = (), batch: int = 1024, workers: int = 1, **blocks):
    """A feed: many fresh items, sessions, retention. Returns a World.

    requests_per_day: about how many; default 5 a person. without: mechanisms to switch off, such as ("novelty",).
    blocks: parameters of a mechanism, such as novelty={"logits": 0.5}. Raises ArgumentError for values out of range.
    """
    from .params import WorldParams

    return _world(WorldParams(), people, items, requests_per_day, slate_size, seed, without, blocks,
                  {"batch": batch, "workers": workers})


def marketplace(people: int = 8000, items: int = 4000, requests_per_day: float | None = None, *, seed: int = 0,
                slate_size: int = 10, without: tuple[str, ...] = (), batch: int = 1024, workers: int = 1, **blocks):
    """A marketplace: price, stock, margin, purchases after a delay, returns. Arguments as `feed`; returns a World."""
    from .params import WorldParams
    from .shop import marketplace_params

    return _world(marketplace_params(WorldParams()), people, items, requests_per_day, slate_size, seed, without,
                  blocks, {"batch": batch, "workers": workers})


def resume(world, log, *policies):
    """Bring a fresh world to the day after the log's last by replaying what was shown; see `replay.resume`."""
    from .replay import resume as run

    return run(world, log, *policies)
