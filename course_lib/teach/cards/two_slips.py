"""Mistakes as families: each slip of each step of a solution, and two or three slips of different steps at once.

Two slips at once give values that neither gives alone, so each pair is a known mistake of its own. What a step is, a
card says by a function `build(**steps)` that makes a solution of its steps, each right unless another is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from course_lib.contracts import ArgumentError
from course_lib.teach.definitions.card import Mistake

COUNTS = {2: "Two things", 3: "Three things"}


@dataclass(frozen=True)
class Slip:
    """What one step becomes by a slip, and the sentence on it.

    alone: False where the card has that mistake already. paired: False for a rare slip, which stands in no pair.
    in_threes: False for one that stands among two at most.
    """

    name: str
    does: Any
    says: str
    kind: str
    alone: bool = True
    paired: bool = True
    in_threes: bool = True

    def stands_among(self, many: int) -> bool:
        return {1: self.alone, 2: self.paired, 3: self.paired and self.in_threes}[many]


def slips(kind: str, *parts: tuple, alone: Iterable[str] | None = None, unpaired: Iterable[str] = (),
          in_threes: bool = True) -> tuple[Slip, ...]:
    """Slips of one kind. Each part: (name, what the step becomes, what is said of it), or two of these if its name says it.

    alone: names of those that stand alone as well, all if not given. unpaired: names of those that stand in no pair.
    """
    return tuple(Slip(name, does, says[0] if says else name, kind, alone is None or name in alone, name not in unpaired,
                      in_threes)
                 for name, does, *says in parts)


def names(between: str = " + ", alone: str = "{name}", each: str = "{name}") -> Callable[[dict[str, Slip]], str]:
    """How mistakes are named: one slip as in `alone`; of more each as in `each`, with what is `between` them.

    alone, each: may hold {step} and {name}.
    """
    def named(chosen: dict[str, Slip]) -> str:
        form = alone if len(chosen) == 1 else each
        return between.join(form.format(step=step, name=slip.name) for step, slip in chosen.items())
    return named


JOINED = names()


def sentences(chosen: dict[str, Slip]) -> str:
    """What is said of slips that are whole sentences."""
    said = [slip.says for slip in chosen.values()]
    return said[0] if len(said) == 1 else f"{COUNTS[len(said)]} at once. {' '.join(said)}"


def and_then(chosen: dict[str, Slip]) -> str:
    """What is said of slips that are whole sentences, where the second is done to what the first gives."""
    return " And then: ".join(slip.says for slip in chosen.values())


def in_one(asked: str = "") -> Callable[[dict[str, Slip]], str]:
    """What is said of slips that are half sentences ("you divide by n"): one sentence on all, then what is asked for."""
    def told(chosen: dict[str, Slip]) -> str:
        said = "; and ".join(slip.says for slip in chosen.values())
        said = f"{said[0].upper()}{said[1:]}" if len(chosen) == 1 else f"{COUNTS[len(chosen)]}: {said}"
        return f"{said}. {asked}" if asked else f"{said}."
    return told


def spelled(form: str, **right: str) -> Callable[[dict[str, Slip]], str]:
    """A name or a sentence that tells every step, those without a slip too: `form` holds {step} for each, and {says}.

    right: what each step is called where it is right.
    """
    def told(chosen: dict[str, Slip]) -> str:
        called = right | {step: slip.name for step, slip in chosen.items()}
        return form.format(says=" ".join(slip.says for slip in chosen.values()), **called)
    return told


def by_arguments(make: Callable) -> Callable:
    """The `build` of slips that are {argument of make: value}, as where a slip exchanges two arguments at once."""
    def build(**steps: dict[str, Any]) -> Callable:
        return make(**{name: value for changed in steps.values() for name, value in changed.items()})
    return build


def mistakes_of(build: Callable, steps: dict[str, tuple[Slip, ...]], without: str | Iterable[str] = (), *,
                never: str | Iterable[str] = (), most: int = 2, named: Callable = JOINED,
                told: Callable = sentences) -> Iterator[Mistake]:
    """The slips that stand alone, then all of two slips of different steps, then, where `most` is 3, of three.

    without: names to leave out, parted by " | " or as a tuple: those that come to the same as another mistake.
    never: names of pairs that cannot be made together, not with a third slip either.
    named, told: from {step: slip} to the mistake's name and sentence. The kind is the first slip's.
    """
    left_out, apart = _parted(without), _parted(never)
    unread = left_out | apart
    for chosen in _chosen(steps, most):
        pairs = {named(dict(pair)) for pair in combinations(chosen.items(), 2)}
        name = named(chosen)
        unread -= {name} | pairs
        if name not in left_out and not pairs & apart:
            first = next(iter(chosen.values()))
            yield Mistake(name, build(**{step: slip.does for step, slip in chosen.items()}), told(chosen), first.kind)
    if unread:
        raise ArgumentError(f"left out, but no mistake of the family: {sorted(unread)}.")


def _parted(listed: str | Iterable[str]) -> set[str]:
    if isinstance(listed, str):
        return set(listed.split(" | ")) if listed else set()
    return set(listed)


def _chosen(steps: dict[str, tuple[Slip, ...]], most: int) -> Iterator[dict[str, Slip]]:
    """Every {step: slip} of one to `most` steps, whose slips may stand among so many."""
    for many in range(1, most + 1):
        for some in combinations(steps.items(), many):
            for group in product(*(of_step for _, of_step in some)):
                if all(slip.stands_among(many) for slip in group):
                    yield dict(zip((step for step, _ in some), group, strict=True))
