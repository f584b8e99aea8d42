"""Approximate nearest neighbours: the few hundred items of millions that lie nearest to a user, in milliseconds.

`build_index` makes an index, `predicted_bytes` says what it will weigh, `LiveIndex` lets items come and go while it
serves, and `ANNRetriever` puts an index behind a model as the first stage of a recommender. Each name is imported when
it is first used, so that a size can be worked out where faiss is not installed.
"""

from __future__ import annotations

from importlib import import_module

_HOLDS = {
    "filter": ("post_filter",),
    "index": ("Index", "build_index"),
    "live": ("LiveIndex",),
    "measure": ("clustered_vectors", "comparisons", "index_recall", "latencies_ms", "pareto_front"),
    "retriever": ("ANNRetriever",),
    "size": ("KINDS", "bytes_per_vector", "factory", "predicted_bytes", "resolve"),
}
_ROOM_OF = {name: room for room, names in _HOLDS.items() for name in names}
__all__ = sorted(_ROOM_OF)


def __getattr__(name: str):
    if name not in _ROOM_OF:
        raise AttributeError(f"course_lib.stages.ann has no {name!r}; it has {', '.join(__all__)}.")
    return getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)
