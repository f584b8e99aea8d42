"""A model in a folder: one file with settings, weights and arrays, held by its checksum."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from course_lib.contracts import ArgumentError, DataError
from course_lib.data import stored
from course_lib.stages.retrieval.towers.batches import History
from course_lib.stages.retrieval.towers.feature_columns import FeatureColumns
from course_lib.stages.retrieval.towers.ids import named
from course_lib.stages.retrieval.towers.recency import RecencyClock

FORMAT = 4
REMEDY = "Fit the model and save it again."


def save_model(model, folder) -> Path:
    """Write settings, weights and arrays to one file of the folder, whole or not at all; returns the folder."""
    if callable(model.settings["loss"]):
        raise ArgumentError("loss is a function, which cannot be saved; expected one of the named losses. "
                            "Set model.settings['loss'] to a name first: it is not needed to serve.")
    folder = Path(folder)
    weights, arrays = io.BytesIO(), io.BytesIO()
    torch.save(model.net.state_dict(), weights)
    np.savez(arrays, **_arrays(model))
    about = {"settings": model.settings, "used": model.used, "added": model.added, "history": model.history_,
             "train_end": model.train_end, "counts_at": model.counts_at, "by_time": model.by_time,
             "network_users": model.net.n_users, "recall": model.recall_,
             "trials": None if model.trials_ is None else model.trials_.to_dict("records"),
             "columns": {name: None if one is None else [list(one.plan.items()), one.left_out]
                         for name, one in model.columns.items()}}
    parts = {"weights": weights.getvalue(), "arrays": arrays.getvalue()}
    stored.save(folder / model.FILE, "towers", FORMAT, about, parts)
    return folder


def _arrays(model) -> dict:
    arrays = {"users": model.user_vocabulary.ids, "items": model.item_vocabulary.ids,
              **dict(zip(("user", "item", "time"), model.past, strict=True))}
    for name in ("users", "items"):
        if arrays[name].dtype == object:
            arrays[name] = _of_one_kind(arrays[name], name)
    return arrays | {"counts": model.counts, "all_time": model.all_time, "mean": model.clock.mean,
                     "scale": model.clock.scale, "half_lives": model.clock.half_lives}


def _of_one_kind(ids: np.ndarray, name: str) -> np.ndarray:
    """Python objects as an array of numbers or of text; what came in as 7 does not come back as "7"."""
    for kind, wanted in ((int, np.int64), (str, str)):
        if all(isinstance(one, (kind, np.integer) if kind is int else kind) for one in ids):
            return ids.astype(wanted)
    kinds = sorted({type(one).__name__ for one in ids})
    raise ArgumentError(f"the ids of {name} are {', '.join(kinds)}; expected whole numbers alone or text alone. Make "
                        f"them text before fit: interactions['user'].astype(str).")


def load_model(cls, folder):
    """The model of a folder, an instance of cls. Raises DataError if none is there, CorruptError if damaged."""
    folder = Path(folder)
    if (folder / "model.json").exists() and not (folder / cls.FILE).exists():
        raise DataError(f"{folder} was saved by an earlier version of the course: it has a model.json and no "
                        f"{cls.FILE}. {REMEDY}")
    with stored.opened(folder / cls.FILE, "towers", FORMAT, REMEDY) as (about, parts):
        return _made(cls, about, np.load(io.BytesIO(parts["arrays"]), allow_pickle=False),
                     torch.load(io.BytesIO(parts["weights"]), weights_only=True))


def _made(cls, about: dict, arrays, state: dict):
    model = cls(**about["settings"])
    model.user_vocabulary, model.item_vocabulary = named(arrays["users"], "user"), named(arrays["items"], "item")
    model.past = tuple(arrays[name] for name in ("user", "item", "time"))
    model.history = History(*model.past, model.n_users)
    for name in ("used", "train_end", "counts_at", "by_time"):
        setattr(model, name, about[name])
    model.history_, model.recall_, model.judged = about["history"], about["recall"], None
    model.added = None if about["added"] is None else tuple(about["added"])
    model.trials_ = None if about["trials"] is None else pd.DataFrame(about["trials"])
    model.columns = {name: None if one is None else FeatureColumns(dict(one[0]), one[1])
                     for name, one in about["columns"].items()}
    model.clock = RecencyClock([], [], 1, [0.0], arrays["half_lives"])  # events are not needed again, only its scale
    model.clock.mean, model.clock.scale = arrays["mean"], arrays["scale"]
    model.counts, model.all_time = arrays["counts"], arrays["all_time"]
    model.net = model._make_net(state.get("item_content"), state.get("user_features"), about["network_users"])
    model.net.load_state_dict(state)
    model._refresh()
    return model
