"""Re-ranking: what depends on the rest of the slate. Diversity, constraints, exploration, freshness, value.

The functions for one slate and the re-ranker for a batch can be taken from here; each is imported when first used.
"""

from __future__ import annotations

from importlib import import_module

_HOLDS = {
    "constraints": ("Cap", "capped_slate", "fillable", "shortfall"),
    "diversity": ("calibrated", "greedy_dpp", "mmr", "normalised"),
    "exploration": ("slot_propensities",),
    "reranker": ("MMRReranker",),
}
_ROOM_OF = {name: room for room, names in _HOLDS.items() for name in names}
__all__ = sorted(_ROOM_OF)


def __getattr__(name: str):
    if name not in _ROOM_OF:
        raise AttributeError(f"course_lib.stages.reranking has no {name!r}; it has {', '.join(__all__)}.")
    return getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)
