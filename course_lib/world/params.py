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
    Repeats,
    Retention,
    Satisfaction,
    Sharing,
    Shop,
    Size,
    SocialProof,
    Spam,
    Taste,
    Trends,
)


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

        Raises ArgumentError for a block or a value that does not exist."""
        changed = {}
        for name, values in blocks.items():
            if name not in {f.name for f in fields(self)}:
                raise ArgumentError(f"{name!r} is no parameter block; expected one of "
                                    f"{', '.join(f.name for f in fields(self))}.")
            block = getattr(self, name)
            if isinstance(values, dict):
                known = {f.name for f in fields(block)}
                if set(values) - known:
                    raise ArgumentError(f"{name} has no {sorted(set(values) - known)[0]!r}; it has "
                                        f"{', '.join(sorted(known))}.")
                values = replace(block, **values)
            changed[name] = values
        return replace(self, **changed)

    def as_dict(self) -> dict:
        """Plain dicts of numbers, for a manifest."""
        return asdict(self)
