"""The first stage of a check: is the answer the right sort of thing, of the right shape and dtype?"""

from __future__ import annotations

import numpy as np

from course_lib.teach.checking.dress import to_dress
from course_lib.teach.checking.equality import kind, numeric, plain, same, shape_of
from course_lib.teach.checking.taking import Sealed, count_of

AN = {"array": "an array", "None": "None", "number": "a number", "list": "a list", "table": "a table (DataFrame)",
      "tensor": "a tensor", "dict": "a dict", "tuple": "a tuple", "text": "text", "series": "a series"}


def shape_problem(got, want) -> str:
    """What is wrong with the sort, shape or dtype of an answer, as the end of a sentence; "" where nothing is."""
    if got is None and want is not None:
        return "your function returns None. Is a `return` missing?"
    if isinstance(got, Sealed) and (got.says or got.count is not None):
        return got.says or f"your answer has {_many(got.count, want)}; the right one has {_many(count_of(want), want)}."
    got = to_dress(got, want)
    if not _kinds_fit(got, want):
        if same(got, want):
            return f"the values are right; return {_a(want)}, not {_a(got)}{_remedy(kind(got), kind(want))}."
        return (f"your function returns {_a(got)} where {_a(want)} belongs{_remedy(kind(got), kind(want))}.")
    if kind(want) in ("array", "tensor", "series") or (kind(want) == "number" and kind(got) != "number"):
        return _array_problem(got, want)
    if kind(want) == "table":
        return _table_problem(got, want)
    if kind(want) == "dict":
        lost, extra = [k for k in want if k not in got], [k for k in got if k not in want]
        return f"the keys are not right: missing {_few(lost)}, too many {_few(extra)}." if lost or extra else ""
    if kind(want) in ("list", "tuple"):
        return _sequence_problem(got, want)
    return ""


def _many(count: int, want) -> str:
    unit = "character" if kind(want) == "text" else "value"
    return f"{count:,} {unit}{'s' * (count != 1)}"


def _a(value) -> str:
    return AN.get(kind(value), f"a {kind(value)}")


def _remedy(got: str, want: str) -> str:
    return {("list", "array"): ": wrap it in np.array", ("number", "tensor"): ": leave out .item() or float(), so that "
            "gradients can flow", ("array", "tensor"): ": stay in torch, so that gradients can flow",
            ("tensor", "array"): ": end with .detach().numpy()"}.get((got, want), "")


def _kinds_fit(got, want) -> bool:
    """After `to_dress` has turned what can be turned."""
    a, b = kind(got), kind(want)
    if a == b or b not in AN:
        return True
    return b == "number" and a in ("array", "tensor", "series")      # told about its shape, not its sort


def _few(names: list) -> str:
    listed = ", ".join(repr(name)[:40] for name in names[:5])
    return f"[{listed}{', …' * (len(names) > 5)}]"


def _array_problem(got, want) -> str:
    if kind(want) == "tensor" and kind(got) == "tensor" and want.requires_grad and not got.requires_grad:
        return "no gradient flows through your result: something detaches it (.item(), .detach(), numpy, no_grad)."
    a, b = plain(got), plain(want)
    if a.shape != b.shape:
        wanted = f"{tuple(b.shape)}" if b.ndim else "a single number"
        return f"your result is {'a ' * (a.ndim == 0)}{shape_of(got)}; expected {wanted}."
    return _dtype_problem(a, b)


def _dtype_problem(a: np.ndarray, b: np.ndarray) -> str:
    if a.dtype.kind == b.dtype.kind or not b.any():       # nothing but zeros says nothing about the dtype that is meant
        return ""
    if b.dtype.kind in "iu" and a.dtype.kind in "iu":
        return ""
    if b.dtype.kind == "b":
        return f"your result has dtype {a.dtype}; expected bool, so that it can be used as a mask."
    if b.dtype.kind in "iu" and a.dtype.kind in "fOU":
        return f"your result has dtype {a.dtype}; expected whole numbers ({b.dtype}), so that they can be used as ids."
    if b.dtype.kind in "fc" and a.dtype.kind in "OU":
        return f"your result has dtype {a.dtype}; expected numbers ({b.dtype})."
    return ""


def _table_problem(got, want) -> str:
    lost = [name for name in want.columns if name not in got.columns]
    extra = [name for name in got.columns if name not in want.columns]
    if lost or extra:
        told = [f"missing {', '.join(map(str, lost))}"] * bool(lost) + ["too many "
                                                                        f"{', '.join(map(str, extra))}"] * bool(
            extra)
        return f"the columns of your table are not right: {'; '.join(told)}."
    if len(got) != len(want):
        return f"your table has {len(got)} rows; expected {len(want)}."
    return ""


def _sequence_problem(got, want) -> str:
    if len(got) != len(want):
        return f"your function returns {len(got)} values; expected {len(want)}."
    if numeric(want) is not None:
        return ""
    for index, (g, w) in enumerate(zip(got, want, strict=True)):
        problem = shape_problem(g, w) if w is not None else ""
        if problem:
            return f"in value {index + 1} of {len(want)}, {problem}"
    return ""
