"""A model in a folder: settings as JSON, weights and arrays beside it, each held by its checksum."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import torch

from course_lib.contracts import ArgumentError, CorruptError, DataError
from course_lib.data import cache
from course_lib.stages.retrieval.towers.batches import History, Vocabulary
from course_lib.stages.retrieval.towers.recency import RecencyClock

FORMAT = 2


def save_model(model, folder) -> Path:
    """Write weights.pt, arrays.npz and, last of all, model.json with their checksums: a half-written model is none."""
    if callable(model.settings["loss"]):
        raise ArgumentError("loss is a function, which cannot be saved; expected one of the named losses. "
                            "Set model.settings['loss'] to a name first: it is not needed to serve.")
    folder = Path(folder)
    weights, arrays = io.BytesIO(), io.BytesIO()
    torch.save(model.net.state_dict(), weights)
    np.savez(arrays, **_arrays(model))
    files = {"weights.pt": weights.getvalue(), "arrays.npz": arrays.getvalue()}
    for name, data in files.items():
        cache.write_atomic(folder / name, data)
    about = {"format": FORMAT, "settings": model.settings, "has_time": model.has_time, "history": model.history_,
             "train_end": model.train_end, "counts_at": getattr(model, "counts_at", None),
             "sha256": {name: cache.sha256(folder / name) for name in files}}
    cache.write_atomic(folder / "model.json", json.dumps(about, indent=1))
    return folder


def _arrays(model) -> dict:
    arrays = {"users": model.user_vocabulary.ids, "items": model.item_vocabulary.ids,
              **dict(zip(("user", "item", "time"), model.past, strict=True))}
    for name in ("users", "items"):
        if arrays[name].dtype == object:
            arrays[name] = arrays[name].astype(str)
    if model.has_time:
        arrays |= {"counts": model.counts, "mean": model.clock.mean, "scale": model.clock.scale,
                   "half_lives": model.clock.half_lives}
    return arrays


def load_model(cls, folder):
    """The model of a folder, an instance of cls. Raises DataError if none is there, CorruptError if damaged."""
    folder = Path(folder)
    about = _about(folder)
    model = cls(**about["settings"])
    arrays = np.load(folder / "arrays.npz", allow_pickle=False)
    model.user_vocabulary, model.item_vocabulary = Vocabulary(arrays["users"], "user"), Vocabulary(arrays["items"],
                                                                                                   "item")
    model.past = tuple(arrays[name] for name in ("user", "item", "time"))
    model.history = History(*model.past, model.n_users)
    model.train_end, model.has_time, model.history_ = about["train_end"], about["has_time"], about["history"]
    model.clock = None
    if model.has_time:
        model.clock = RecencyClock([], [], 1, [0.0], arrays["half_lives"])
        model.clock.mean, model.clock.scale = arrays["mean"], arrays["scale"]
        model.counts, model.counts_at = arrays["counts"], about["counts_at"]
    state = torch.load(folder / "weights.pt", weights_only=True)
    model.net = model._make_net(state.get("item_content"), state.get("user_features"))
    model.net.load_state_dict(state)
    model._refresh()
    return model


def _about(folder) -> dict:
    try:
        about = json.loads((folder / "model.json").read_text())
    except FileNotFoundError:
        raise DataError(f"{folder} holds no model.json; expected a folder that TwoTower.save wrote.") from None
    except ValueError as error:
        raise CorruptError(f"{folder / 'model.json'} is not JSON ({error}). Save the model again.") from error
    if about.get("format") != FORMAT:
        raise CorruptError(f"{folder} has format {about.get('format')}; expected {FORMAT}. Save the model again.")
    for name, expected in about["sha256"].items():
        if not (folder / name).exists() or cache.sha256(folder / name) != expected:
            raise CorruptError(f"{folder / name} is missing or damaged (SHA-256 differs). Save the model again.")
    return about
