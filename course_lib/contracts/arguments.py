"""What arrives at a function's door: taken as what it is, or refused with its first bad place."""

from __future__ import annotations

import numpy as np

from course_lib.contracts.errors import ArgumentError, DataError, ShapeError, UnknownIdError


def check_shape(**arrays_and_axes) -> dict[str, int]:
    """Hold arrays against named axes: check_shape(query=(q, "Bd"), item=(v, "Bd")) → {"B": 4, "d": 8}.

    Raises ShapeError naming the first array that disagrees, both shapes and the axis.
    """
    size: dict[str, int] = {}
    owner: dict[str, str] = {}
    for name, (array, axes) in arrays_and_axes.items():
        shape = tuple(array.shape)
        if len(shape) != len(axes):
            raise ShapeError(f"{name} has shape {shape}; expected {len(axes)} axes ({', '.join(axes)}).")
        for axis, length in zip(axes, shape, strict=True):
            if size.setdefault(axis, length) != length:
                raise ShapeError(f"{name} has shape {shape}: axis {axis} is {length}, but {owner[axis]} has "
                                 f"{axis} = {size[axis]}. Pass arrays that agree on {axis}.")
            owner.setdefault(axis, name)
    return size


def check_finite(**arrays) -> None:
    """Raise ArgumentError naming the first array that holds NaN or infinity, how many, and where first."""
    for name, array in arrays.items():
        if np.asarray(array).dtype.kind not in "iufb":
            as_numbers(name, array)
            continue
        bad = ~np.isfinite(np.asarray(array))
        if bad.any():
            where = tuple(int(i) for i in np.argwhere(bad)[0])
            raise ArgumentError(f"{name} holds {int(bad.sum())} values that are NaN or infinite, first at {where}. "
                                f"Fill or drop them before this call.")


def as_numbers(name: str, values, low: float = -np.inf, high: float = np.inf, *, missing: bool = False,
               infinite: bool = False) -> np.ndarray:
    """values as float64, of any shape: lists, arrays, table columns (nullable ones too), read-only ones untouched.

    low, high: what a number must lie in, ends included. missing: NaN (None, pd.NA) may stay, as NaN. infinite: so may
    infinity. Raises ArgumentError naming the first that is no number, NaN, infinite or out of range; text is not
    taken for the number it spells, nor a date for its nanoseconds.
    """
    array = np.asarray(values)
    if array.dtype.kind not in "iufb":
        odd = _first_not_number(array)
        if odd is not None:
            raise ArgumentError(f"{name} holds {str(odd[1])!r} ({type(odd[1]).__name__}) at {odd[0]}; expected "
                                f"numbers. Convert the column first (.astype(float), pd.to_numeric).")
        array = values.to_numpy(float, na_value=np.nan) if hasattr(values, "isna") else array
    array = array.astype(np.float64, copy=False)
    bad = ~(np.isfinite(array) | (missing & np.isnan(array)) | (infinite & np.isinf(array)))
    if bad.any():
        what = "NaN or infinite" if not (missing or infinite) else "infinite" if missing else "NaN"
        raise ArgumentError(f"{name} holds {int(bad.sum())} values that are {what}, first at {place(bad)}. Fill or "
                            f"drop them before this call.")
    bad = (array < low) | (array > high)
    if bad.any():
        where = place(bad)
        raise ArgumentError(f"{name} holds {array[bad].ravel()[0]:g} at {where}, {int(bad.sum())} such values in all; "
                            f"expected {span(low, high)}.")
    return array


def as_ids(name: str, ids, below: int | None = None, *, padding: bool = False) -> np.ndarray:
    """ids as int64, of any shape: dense ids from 0. Whole numbers held as floats or objects are taken.

    below: N, where ids must be rows of something with N rows. padding: −1 may stand where there is none.
    Raises ArgumentError naming the first that is text, a mask, NaN, a fraction or negative; UnknownIdError for one of
    `below` or more.
    """
    array = np.asarray(ids)
    if array.size and array.dtype.kind == "b":
        raise ArgumentError(f"{name} is a mask (bool) of shape {array.shape}; expected ids. Pass np.flatnonzero(mask).")
    if array.dtype.kind == "O" and all(isinstance(value, int) and abs(value) < 2**63 for value in array.ravel()):
        array = array.astype(np.int64)
    elif array.dtype.kind not in "iu" and array.size:
        if (odd := _first_not_number(array)) is not None and isinstance(odd[1], str):
            raise ArgumentError(f"{name} holds {str(odd[1])!r:.60} (str) at {odd[0]}; expected dense ids, 0 … "
                                f"{'n - 1' if below is None else below - 1}. Make a Dataset with Dataset.from_frames "
                                f"and pass its ids: its user_ids and item_ids lead there and back.")
        whole = as_numbers(name, ids)
        bad = (whole % 1 != 0) | (np.abs(whole) > 2**53)
        if bad.any():
            raise ArgumentError(f"{name} holds {whole[bad].ravel()[0]} at {place(bad)}; expected whole "
                                f"numbers, below 2**53 where they are floats.")
        array = whole
    elif array.dtype == np.uint64 and array.size and array.max() > np.iinfo(np.int64).max:
        raise ArgumentError(f"{name} holds {array.max()}; expected ids below 2**63. Number them 0, 1, 2 … first.")
    out = array.astype(np.int64, copy=False)
    if out.size and out.min() < -int(padding):
        bad = out < -int(padding)
        instead = ", or -1 for padding" if padding else ". Drop padding first"
        raise ArgumentError(f"{name} holds {int(bad.sum())} negative ids, first {out[bad].ravel()[0]} at "
                            f"{place(bad)}; expected dense ids from 0{instead}.")
    if below is not None and out.size and out.max() >= below:
        bad = out >= below
        raise UnknownIdError(f"{name} holds {int(bad.sum())} ids outside 0 … {below - 1}, first {out[bad].ravel()[0]} "
                             f"at {place(bad)}. Pass ids of those {below}, or a table that covers them all.")
    return out


def as_count(name: str, value, low: int = 0, high: float = np.inf) -> int:
    """value as int. Raises ArgumentError unless it is a whole number from low to high."""
    number = np.asarray(value)
    if number.ndim or number.dtype.kind not in "iuf" or not low <= number <= high or number % 1:
        raise ArgumentError(f"{name} is {value!r}; expected a whole number, {span(low, high)}.")
    return int(number)


def check_labels(name: str, label, highest: int = 1, *, both: bool = False, instead: str = "") -> np.ndarray:
    """label as float64, if it holds whole numbers from 0 to `highest` only: by default 0 and 1 (or False and True).

    both: it must hold more than one. instead: what to do with other labels. Raises ArgumentError naming the first
    label that is NaN or out of range and what all are like; DataError where there is one kind only.
    """
    label = as_numbers(name, label)
    bad = (label < 0) | (label > highest) | (label % 1 != 0)
    if bad.any():
        expected = "0 or 1" if highest == 1 else f"whole grades from 0 to {highest}"
        raise ArgumentError(f"{name} holds {label[bad].ravel()[0]:g} at {place(bad)} (labels run from {label.min():g} "
                            f"to {label.max():g}); expected {expected}. "
                            f"{instead or 'Say what counts as positive first, such as rating >= 4.'}")
    if both and len(kinds := np.unique(label)) < 2:
        raise DataError(f"{name} holds only {kinds.tolist()}; expected rows of both labels. Take more or others.")
    return label


def _first_not_number(array: np.ndarray):
    """(where, value) of the first entry that is neither a number nor missing; None where all are."""
    if array.dtype.kind != "O":
        return (place(np.ones(array.shape, bool)), array.ravel()[0]) if array.size else None
    bad = np.array([not isinstance(value, int | float | np.number | np.bool_ | None)
                    and type(value).__name__ != "NAType" for value in array.ravel()], bool).reshape(array.shape)
    return (place(bad), array[bad].ravel()[0]) if bad.any() else None


def place(bad: np.ndarray) -> tuple | str:
    where = np.argwhere(bad)[0] if bad.ndim else ()
    return f"row {int(where[0])}" if len(where) == 1 else tuple(int(i) for i in where)


def span(low, high) -> str:
    if high == np.inf:
        return f"at least {low:g}"
    return f"at most {high:g}" if low == -np.inf else f"{low:g} to {high:g}"
