"""A fitted funnel in one file: events, catalogue, users' columns, sources, trees and settings, held by a checksum.

No pickle. A source is kept as its class's name and its attributes. An array that several hold is written once.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp

from course_lib.contracts import ArgumentError, Catalog
from course_lib.data import stored
from course_lib.serving.fitted_funnel import FittedFunnel
from course_lib.serving.funnel_training import FunnelSettings
from course_lib.stages.ranking.ranker import GBDTRanker
from course_lib.stages.retrieval.best_rank import BestRank
from course_lib.stages.retrieval.past import Past
from course_lib.stages.retrieval.source_models import Source

FORMAT = 3
REMEDY = "Fit the funnel and save it again."
PLAIN = (bool, int, float, str, type(None), np.integer, np.floating, np.bool_)


def save_funnel(funnel, path) -> Path:
    """Write funnel, a fitted Funnel, to one file; errors as Funnel.save."""
    return stored.save(path, "funnel", FORMAT, *packed(funnel))


def load_funnel(cls, path):
    """The funnel of a file, an instance of cls; errors as Funnel.load."""
    with stored.opened(path, "funnel", FORMAT, REMEDY) as (about, parts):
        return unpacked(cls, about, parts)


def packed(funnel) -> tuple[dict, dict[str, bytes]]:
    """(facts, JSON-able; named bytes): all that answers depend on."""
    fitted, arrays = funnel.fitted, {}
    retriever, past = fitted.retriever, fitted.past
    facts_of_trees, trees = fitted.ranker.packed()
    held = {"sources": retriever.sources, "seen": retriever.seen, "alive": retriever.alive, "changed": past.changed,
            "events": {name: past.events[name].to_numpy() for name in past.events},
            "content": np.asarray(fitted.catalog.content), "columns": dict(fitted.columns),
            "items": {name: _as_numbers(fitted.catalog.items[name]) for name in fitted.catalog.items}}
    about = {"settings": asdict(funnel.settings), "seed": funnel.seed, "report": funnel.fit_report,
             "shares": retriever.shares, "timed": fitted.timed, "n_items": past.n_items, "trees": facts_of_trees}
    names = {id(source): name for name, source in retriever.sources.items()}
    about["held"] = {name: _written(value, name, names, arrays, top=True) for name, value in held.items()}
    file = io.BytesIO()
    np.savez(file, **arrays)
    return about, {"arrays": file.getvalue(), **{f"ranker {name}": data for name, data in trees.items()}}


def unpacked(cls, about: dict, parts: dict[str, bytes]):
    """The funnel, an instance of cls, that `packed` took apart."""
    with np.load(io.BytesIO(parts["arrays"]), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    sources: dict[str, Source] = {}
    held = {name: _read(value, arrays, sources) for name, value in about["held"].items()}
    settings = {name: tuple(value) if isinstance(value, list) else value for name, value in about["settings"].items()}
    funnel = cls(FunnelSettings(**settings), seed=about["seed"])
    funnel.fit_report = about["report"]
    past = Past(pd.DataFrame(held["events"]), about["n_items"])
    past.changed = held["changed"]
    retriever = BestRank(held["sources"], about["shares"], held["seen"], held["alive"])
    ranker = GBDTRanker.unpacked(about["trees"], {name.removeprefix("ranker "): data for name, data in parts.items()})
    catalog = Catalog(pd.DataFrame(held["items"], index=np.arange(about["n_items"])), held["content"])
    funnel.fitted = FittedFunnel(past, retriever, ranker, catalog, timed=about["timed"], columns=held["columns"])
    return funnel


def _as_numbers(column) -> np.ndarray:
    return pd.to_numeric(column, errors="coerce").to_numpy(float, na_value=np.nan)


# --- any attribute as JSON and arrays -------------------------------------------------------------------------------
def _written(value, where: str, names: dict[int, str], arrays: dict[str, np.ndarray], top: bool = False):
    """value as JSON; its arrays go into `arrays`, under a name made of their content. names: {id of a source: name}."""
    if isinstance(value, PLAIN):
        return value.item() if isinstance(value, np.generic) else value
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return {"array": _kept(value, arrays)}
    if sp.issparse(value):
        matrix = value.tocsr()
        return {"csr": [_kept(part, arrays) for part in (matrix.data, matrix.indices, matrix.indptr)],
                "shape": list(matrix.shape)}
    if isinstance(value, dict):
        return {"dict": {name: _written(one, f"{where} {name}", names, arrays, top=True) for name, one in
                         value.items()}}
    if isinstance(value, Source) and id(value) in names and not top:
        return {"source": names[id(value)]}
    if isinstance(value, Source) and type(value).__name__ in _classes():
        own = {name: held for name, held in vars(value).items() if not name.startswith("_")}
        return {"class": type(value).__name__, "own": {name: _written(one, f"{where} {name}", names, arrays)
                                                       for name, one in own.items()}}
    raise ArgumentError(f"{where} is a {type(value).__name__}, which cannot be saved; expected a Source of "
                        f"source_models, whose attributes are numbers, text, arrays or other sources of the funnel.")


def _read(value, arrays: dict[str, np.ndarray], sources: dict[str, Source]):
    """What _written wrote. sources: those that were read before, by name."""
    if not isinstance(value, dict):
        return value
    if "array" in value:
        return arrays[value["array"]]
    if "csr" in value:
        return sp.csr_matrix(tuple(arrays[name] for name in value["csr"]), shape=tuple(value["shape"]))
    if "source" in value:
        return sources[value["source"]]
    if "class" in value:
        source = object.__new__(_classes()[value["class"]])
        vars(source).update({name: _read(one, arrays, sources) for name, one in value["own"].items()})
        return source
    found = {}
    for name, one in value["dict"].items():
        found[name] = _read(one, arrays, sources)
        if isinstance(found[name], Source):
            sources[name] = found[name]
    return found


def _kept(array: np.ndarray, arrays: dict[str, np.ndarray]) -> str:
    array = np.ascontiguousarray(array)
    name = hashlib.sha256(f"{array.dtype}{array.shape}".encode() + array.data).hexdigest()[:24]
    arrays[name] = array
    return name


def _classes() -> dict[str, type]:
    """All kinds of sources there are by now, by name."""
    found, left = {}, [Source]
    while left:
        kind = left.pop()
        found[kind.__name__] = kind
        left += kind.__subclasses__()
    return found
