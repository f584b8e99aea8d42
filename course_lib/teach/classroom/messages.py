"""What an answer's process may say: one JSON line, with a fixed schema, so large and no larger; never a pickle.

Values go over as tagged lists: numbers, text, arrays (dtype, shape, bytes), tables, nests of them. What the decoder
makes is plain: numpy's, pandas' and torch's own classes, whose methods no answer can have written.
"""

from __future__ import annotations

import base64
import math
import re

import numpy as np

from course_lib.evidence.estimate import Estimate
from course_lib.teach.checking.taking import Sealed, taken

MOST_BYTES = 8_000_000
ROOM = 1_000_000                      # values of one answer that are sent at all
DEPTH = 45
DTYPE = re.compile(r"[<>|=]?(?:[biufc]\d{1,2}|[US]\d{1,6}|[mM]8\[\d{0,4}[A-Za-z]{1,2}\])")
TEXTS = {"stage": 40, "mistake": 120, "says": 4000, "printed": 4000, "code": 400, "effect": 200, "card_id": 60}
STATUSES = ("right", "wrong", "todo")


class BadMessageError(ValueError):
    """The message of an answer's process does not follow the schema."""


def row_of(message) -> dict:
    """A row of known keys with the right types, texts cut. Raises BadMessageError for anything else."""
    if not isinstance(message, dict) or message.get("status") not in STATUSES:
        raise BadMessageError("no status")
    row = {"status": message["status"], "known": message.get("known") is True}
    for key, length in TEXTS.items():
        value = message.get(key, "")
        if not isinstance(value, str):
            raise BadMessageError(f"{key} is no text")
        if value or key != "effect":
            row[key] = value[:length]
    for key in ("seconds", "ratio"):
        value = message.get(key)
        good = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e9
        row[key] = float(value) if good else None
    line = message.get("line")
    row["line"] = line if type(line) is int and 0 < line < 10**6 else None
    row["shows"] = _pairs(message.get("shows", []))
    return row


def _pairs(shows) -> list[tuple[str, str]]:
    if not isinstance(shows, list) or len(shows) > 60:
        raise BadMessageError("shows is no short list")
    if not all(isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) for part in one) for one in shows):
        raise BadMessageError("shows holds more than pairs of texts")
    return [(label[:80], text[:4000]) for label, text in shows]


def encode(value):
    """A value as JSON may hold it, made in the answer's process. What cannot be sent becomes the name of its class."""
    root = type(value).__module__.partition(".")[0]
    if root == "pandas" and hasattr(value, "to_numpy") and not hasattr(value, "columns") and hasattr(value, "index"):
        return ["series", encode(value.index.to_numpy()), encode(value.to_numpy())]
    if type(value) is Estimate:
        return ["estimate", *(_encoded(float(part)) for part in (value.value, value.low, value.high)), int(value.n)]
    return _encoded(taken(value, ROOM))


def _encoded(value):
    if isinstance(value, np.generic) and value.dtype.kind in "biufcmMUS":
        return ["scalar", _array(np.asarray(value))]
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return ["int", str(value)]
    if isinstance(value, float):
        return ["float", repr(value)]
    if isinstance(value, complex):
        return ["complex", repr(value.real), repr(value.imag)]
    if isinstance(value, bytes):
        return ["bytes", base64.b64encode(value).decode()]
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, dict):
        return ["dict", [[_encoded(key), _encoded(part)] for key, part in value.items()]]
    for kind in (list, tuple, set, frozenset):
        if type(value) is kind:
            return [kind.__name__, [_encoded(part) for part in value]]
    root = type(value).__module__.partition(".")[0]
    if root == "torch" and hasattr(value, "detach"):
        return ["tensor", _array(value.detach().numpy()), bool(value.requires_grad)]
    if root == "pandas" and hasattr(value, "columns"):
        columns = [[_encoded(name), _array(value.iloc[:, i].to_numpy())] for i, name in enumerate(value.columns)]
        return ["table", _array(value.index.to_numpy()), columns]
    if isinstance(value, Sealed):
        return ["sealed", str(value.name)[:80], str(value.says)[:200], value.count]
    return ["sealed", type(value).__name__[:80], "", None]


def _array(value: np.ndarray):
    if value.dtype.kind == "O":
        return ["objects", list(value.shape), [_encoded(taken(part, ROOM)) for part in value.ravel()]]
    if not DTYPE.fullmatch(value.dtype.str):
        return ["sealed", f"array of {value.dtype}"[:80], "", None]
    data = np.ascontiguousarray(value).tobytes()
    return ["array", value.dtype.str, list(value.shape), base64.b64encode(data).decode()]


def decode(held, depth: int = 0):
    """The value of a message, rebuilt in the judge's process. Raises BadMessageError where it breaks the format."""
    if held is None or isinstance(held, (bool, str)):
        return held
    if depth > DEPTH or not isinstance(held, list) or not held or str(held[0]) not in MADE_BY:
        raise BadMessageError("an unknown tag, or nested too deeply")
    try:
        return MADE_BY[str(held[0])](depth + 1, *held[1:])
    except (TypeError, ValueError, KeyError, OverflowError, MemoryError) as error:
        raise BadMessageError(f"{held[0]}: {str(error)[:100]}") from None


def _made_array(depth, dtype, shape, data):
    if not (isinstance(dtype, str) and DTYPE.fullmatch(dtype)):
        raise BadMessageError("dtype")
    shape, raw = _shape(shape), base64.b64decode(data, validate=True)
    kind = np.dtype(dtype)
    if math.prod(shape) * kind.itemsize != len(raw):
        raise BadMessageError("shape and bytes disagree")
    return np.frombuffer(raw, kind).reshape(shape).copy() if raw else np.zeros(shape, kind)


def _shape(shape) -> tuple[int, ...]:
    if not (isinstance(shape, list) and len(shape) <= 16 and all(type(n) is int and 0 <= n < 2**40 for n in shape)):
        raise BadMessageError("shape")
    if math.prod(max(n, 1) for n in shape) > MOST_BYTES:           # also of what holds no values: 2**39 rows of none
        raise BadMessageError("a shape of more values than a message can hold")
    return tuple(shape)


def _made_objects(depth, shape, parts):
    made = np.empty(len(parts), object)
    for place, part in enumerate(parts):
        made[place] = decode(part, depth)
    return made.reshape(_shape(shape))


def _made_table(depth, index, columns):
    import pandas as pd

    held = [(decode(name, depth), decode(values, depth)) for name, values in columns]
    index = decode(index, depth)
    if any(not isinstance(part, np.ndarray) or part.shape != index.shape for _, part in held) or index.ndim != 1:
        raise BadMessageError("columns of different lengths")
    table = pd.DataFrame({place: values for place, (_, values) in enumerate(held)}, index=index)
    table.columns = [name for name, _ in held]
    return table


def _made_series(depth, index, values):
    import pandas as pd

    return pd.Series(decode(values, depth), index=decode(index, depth))


def _made_tensor(depth, array, grad):
    import torch

    held = torch.from_numpy(decode(array, depth))
    return held.requires_grad_(grad is True and held.is_floating_point())


def _made_int(depth, text):
    if not isinstance(text, str) or len(text) > 400:
        raise BadMessageError("too many digits")
    return int(text)


def _made_sealed(depth, name, says, count):
    if not (isinstance(name, str) and isinstance(says, str) and (count is None or type(count) is int)):
        raise BadMessageError("sealed")
    return Sealed(name[:80], says[:200], count)


def _parts(depth, parts):
    if not isinstance(parts, list):
        raise BadMessageError("no list")
    return [decode(part, depth) for part in parts]


MADE_BY = {
    "int": _made_int, "float": lambda depth, text: float(text),
    "complex": lambda depth, real, imag: complex(float(real), float(imag)),
    "bytes": lambda depth, text: base64.b64decode(text, validate=True),
    "scalar": lambda depth, held: decode(held, depth)[()], "array": _made_array, "objects": _made_objects,
    "list": _parts, "tuple": lambda depth, parts: tuple(_parts(depth, parts)),
    "set": lambda depth, parts: set(_parts(depth, parts)),
    "frozenset": lambda depth, parts: frozenset(_parts(depth, parts)),
    "dict": lambda depth, pairs: {decode(key, depth): decode(part, depth) for key, part in pairs},
    "estimate": lambda depth, *held: Estimate(*(decode(part, depth) for part in held[:3]), int(held[3])),
    "tensor": _made_tensor, "table": _made_table, "series": _made_series, "sealed": _made_sealed,
}
