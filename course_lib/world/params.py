"""All parameters of a world together: blocks of `mechanisms`, how to replace values, how to switch a block off."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace

from ..contracts import ArgumentError
from .mechanisms import (
    Arrival,
    Births,
    Calendar,
    Clickbait,
    Examination,
    Freshness,
    Joining,
    Mood,
    Novelty,
    PolicyScore,
    Quality,
    Reading,
    Repeats,
    Retention,
    Satisfaction,
    Sharing,
    Size,
    SocialProof,
    Spam,
    Taste,
    Trends,
)
from .shop import Shop


@dataclass(frozen=True)
class WorldParams:
    """All of it. `kind` is "feed" or "marketplace"."""

    kind: str = "feed"
    size: Size = field(default_factory=Size)
    births: Births = field(default_factory=Births)
    taste: Taste = field(default_factory=Taste)
    quality: Quality = field(default_factory=Quality)
    clickbait: Clickbait = field(default_factory=Clickbait)
    examination: Examination = field(default_factory=Examination)
    mood: Mood = field(default_factory=Mood)
    freshness: Freshness = field(default_factory=Freshness)
    trends: Trends = field(default_factory=Trends)
    calendar: Calendar = field(default_factory=Calendar)
    social_proof: SocialProof = field(default_factory=SocialProof)
    repeats: Repeats = field(default_factory=Repeats)
    reading: Reading = field(default_factory=Reading)
    satisfaction: Satisfaction = field(default_factory=Satisfaction)
    retention: Retention = field(default_factory=Retention)
    joining: Joining = field(default_factory=Joining)
    novelty: Novelty = field(default_factory=Novelty)
    sharing: Sharing = field(default_factory=Sharing)
    spam: Spam = field(default_factory=Spam)
    policy_score: PolicyScore = field(default_factory=PolicyScore)
    shop: Shop = field(default_factory=Shop)
    arrival: Arrival = field(default_factory=Arrival)

    def switches(self) -> tuple[str, ...]:
        """Names of the mechanisms that can be switched off."""
        return tuple(f.name for f in fields(self) if hasattr(getattr(self, f.name), "on"))

    def without(self, *names: str) -> WorldParams:
        """The same parameters with these mechanisms off. Raises ArgumentError for a name that is no mechanism."""
        unknown = [name for name in names if name not in self.switches()]
        if unknown:
            raise ArgumentError(f"{unknown[0]!r} is no mechanism; expected one of {', '.join(self.switches())}.")
        return replace(self, **{name: replace(getattr(self, name), on=False) for name in names})

    def with_(self, **blocks) -> WorldParams:
        """The same with some values replaced: with_(novelty={"logits": 0.5}).

        Raises ArgumentError for a block or a value that does not exist, or is of the wrong kind."""
        known = [f.name for f in fields(self) if f.name != "kind"]
        for name in blocks:
            if name not in known:
                raise ArgumentError(f"{name!r} is no parameter block; expected one of {', '.join(known)}.")
        return replace(self, **{name: _changed(name, getattr(self, name), given) for name, given in blocks.items()})

    def as_dict(self) -> dict:
        """Plain dicts of plain numbers, for a manifest."""
        blocks = {name: {key: _plain(value) for key, value in asdict(getattr(self, name)).items()}
                  for name in (f.name for f in fields(self)) if name != "kind"}
        return {"kind": self.kind, **blocks}


def _plain(value):
    """A number of numpy's as Python's own."""
    return value.item() if hasattr(value, "item") else value


def _changed(name, block, given):
    """A block with the values given, a dict; or the block given in its place."""
    if isinstance(given, type(block)):
        return given
    known = sorted(f.name for f in fields(block))
    if not isinstance(given, dict):
        raise ArgumentError(f"{name} is {given!r}; expected a dict with some of {', '.join(known)}.")
    if set(given) - set(known):
        raise ArgumentError(f"{name} has no {sorted(set(given) - set(known))[0]!r}; it has {', '.join(known)}.")
    return replace(block, **given)
