"""What a better way would have found and cost, for decisions that are made for several systems at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping


def better_ways(choice: Mapping[str, str], ways: Iterable[str], worth: Callable[[str, str], float],
                least: float) -> Iterator[tuple[str, str, str]]:
    """(system, chosen way, best way) of each system whose best way is worth more than the chosen one by over `least`.

    worth: (system, way) -> a number, in the unit of `least`.
    """
    for system, own in choice.items():
        told = {way: worth(system, way) for way in ways}
        best = max(told, key=told.get)
        if told[best] - told[own] > least:
            yield system, own, best
