"""What engineers do to a function's arguments or answer unasked: zeros dropped, values rounded, rows sorted.

`blind_spots(card, runs)` names the corruptions of a card's reference that its cases and invariants let pass. A name
says what is corrupted and how: "click_time: zeros dropped", "answer: rounded to 6 decimals".
"""

from __future__ import annotations

import functools
import inspect
import warnings
from collections import Counter
from itertools import permutations

import numpy as np
from corrupted_values import (
    ENTRIES,
    LONE,
    NOT_LONE,
    PLACES,
    VALUES,
    at,
    leaves,
    length,
    like,
    numbers_of,
    put,
    turned,
)
from values_allowed import Domain

from course_lib.teach.checking.case_runs import Run, agrees, copied, invariants
from course_lib.teach.checking.equality import clone, kind
from course_lib.teach.checking.guard import Attempt

# What is done to the answer's numbers; and to those of an answer that is one row.
ANSWERS = ("rounded to 6 decimals", "rounded to whole numbers", "negatives become 0", "without their sign", "at most 1",
           "missing becomes 0", "infinite becomes large", "8 bits", "zeros become missing")


def blind_spots(card, runs, told: dict, compared=()) -> list[str]:
    """Names of the corruptions of the card's reference that pass all of its cases and invariants.

    told: {argument or "answer": range}, as `mutants.ranges` gives it. compared: pairs of arguments [one, other] that
    the task compares, one by one.
    """
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        calls, answers = _calls(card, runs)
        held = {_said(path): [leaves(call)[path] for call in calls if path in leaves(call)]
                for call in calls for path in leaves(call)} | {"answer": answers}
        domains = {name: Domain(told.get(name, {}), values) for name, values in held.items()}
        return [name for name, fn in corrupted(card, calls, answers, compared).items()
                if not _untouched(name, domains)
                and not refuted(card, runs, fn) and all(invariants(card, fn))]


def refuted(card, runs, fn) -> bool:
    """Does fn answer some case wrong? Stops at the first."""
    for run in runs:
        try:
            got = Attempt(card.run(fn, copied(run.case)))
        except Exception as error:  # noqa: BLE001 - what a corrupted function raises is its answer
            got = Attempt(error=error)
        if not agrees(card, Run(run.case, got, run.want, (), run.by_hand)):
            return True
    return False


def _untouched(name, domains) -> bool:
    who, _, how = name.partition(": ")
    return who in domains and domains[who].untouched_by(how)


def corrupted(card, calls, answers, compared=()) -> dict:
    """{name: the reference, corrupted} for all that fits its arguments and its answer; compared: see `blind_spots`."""
    found = {}
    corruptions = _of_values(calls) | _of_rows(calls) | _of_pairs(calls, compared) | _of_inner(calls)
    for name, corrupt in corruptions.items():
        found[name] = _before(card.reference, corrupt)
    for name in ANSWERS:
        kinds, op = VALUES[name]
        if any(_holds(answer, kinds) for answer in answers):
            found[f"answer: {name}"] = _after(card.reference, functools.partial(turned, op=op, kinds=kinds))
    for name, turn in {"sorted": np.sort, "each only once": np.unique, "turned round": lambda row: row[::-1]}.items():
        if all(numbers_of(answer) is not None and numbers_of(answer).ndim == 1 for answer in answers):
            found[f"answer: {name}"] = _after(card.reference, turn)
    return found


def _calls(card, runs):
    """The arguments by name with which the cases call the reference, and its answers."""
    calls, answers = [], []

    def noting(*args, **kwargs):
        calls.append(clone(_by_name(card.reference, args, kwargs)))
        answers.append(card.reference(*args, **kwargs))
        return answers[-1]
    for run in runs:
        try:
            card.run(noting, copied(run.case))
        except Exception:  # noqa: BLE001, S110 - a case may ask for an error
            pass
    return calls, answers


def _by_name(fn, args, kwargs) -> dict:
    return dict(inspect.signature(fn).bind(*args, **kwargs).arguments)


def _before(fn, corrupt):
    """fn, its arguments corrupted."""
    def wrapped(*args, **kwargs):
        return fn(**corrupt(_by_name(fn, args, kwargs)))
    return wrapped


def _after(fn, turn):
    return lambda *args, **kwargs: turn(fn(*args, **kwargs))


def _holds(value, kinds) -> bool:
    """Does some number of these kinds stand in it?"""
    seen = []
    turned(value, lambda held: seen.append(1) or held, kinds)
    return bool(seen)


def _of_values(calls) -> dict:
    found = {}
    for path in dict.fromkeys(path for call in calls for path in leaves(call)):
        values = [leaves(call)[path] for call in calls if path in leaves(call)]
        lone = all(kind(part) != "array" for value in values for part in (value, *_inside(value)))
        for name, (kinds, op) in VALUES.items():
            if any(_holds(value, kinds) for value in values) and not (lone and name in NOT_LONE):
                found[f"{_said(path)}: {name}"] = functools.partial(_turn, path=path, op=op, kinds=kinds)
        if all(kind(value) == "number" for value in values):
            often = Counter(values).most_common(1)[0][0]
            same = functools.partial(_set, path=path, op=lambda value, often=often: often)
            found[f"{_said(path)}: always the most frequent"] = same
            for name, op in LONE.items():
                found[f"{_said(path)}: {name}"] = functools.partial(_set, path=path, op=op)
    return found


def _inside(value):
    """The parts of a list, of a dict; nothing else has any."""
    return list(value.values()) if kind(value) == "dict" else value if kind(value) == "list" else ()


def _said(path) -> str:
    return ".".join(map(str, path))


def _turn(given, path, op, kinds):
    held = leaves(given)
    return put(given, path, turned(held[path], op, kinds)) if path in held else given


def _set(given, path, op):
    return given | {path[0]: op(given[path[0]])} if path[0] in given else given


def _groups(calls) -> list[tuple[str, ...]]:
    """Arguments whose entries or rows belong together: those of one length in every case."""
    lengths = {}
    for call in calls:
        for name, value in call.items():
            lengths.setdefault(name, []).append(length(value))
    groups = {}
    for name, held in lengths.items():
        if None not in held:
            groups.setdefault(tuple(held), []).append(name)
    return [tuple(group) for group in groups.values()]


def _of_rows(calls) -> dict:
    found = {}
    for group in _groups(calls):
        for name, places in PLACES.items():
            found[f"{' '.join(group)}: {name}"] = functools.partial(_take_places, group=group, places=places)
        for path in dict.fromkeys(path for call in calls for path in leaves(call) if path[0] in group):
            values = [leaves(call)[path] for call in calls if path in leaves(call)]
            if all(numbers_of(value) is not None and value.ndim == 1 for value in values):
                for name, rows in ENTRIES.items():
                    found[f"{_said(path)}: {name}"] = functools.partial(_take_rows, group=group, path=path, rows=rows)
    return found


def _take(given, group, places):
    return given | {name: at(given[name], places) for name in group if name in given}


def _take_places(given, group, places):
    return _take(given, group, places(length(given[group[0]])))


def _take_rows(given, group, path, rows):
    held = leaves(given)
    return _take(given, group, rows(numbers_of(held[path]))) if path in held else given


def _of_pairs(calls, compared) -> dict:
    """Two arguments in one: ids coded with a fixed factor; values that isclose takes for equal, of `compared` pairs."""
    found = {}
    for one, other in permutations(dict.fromkeys(path for call in calls for path in leaves(call)), 2):
        arrays = [(numbers_of(leaves(call).get(one)), numbers_of(leaves(call).get(other))) for call in calls]
        if any(a is None or b is None for a, b in arrays) or not _fit(arrays):
            continue
        if [_said(one), _said(other)] in compared:
            name = f"{_said(one)}: close to {_said(other)} becomes equal"
            found[name] = functools.partial(_close, one=one, other=other)
        elif all(a.ndim == b.ndim == 1 and a.dtype.kind == b.dtype.kind == "i" for a, b in arrays):
            name = f"{_said(one)} {_said(other)}: coded with a factor of 1000"
            found[name] = functools.partial(_coded, one=one, other=other)
    return found


def _fit(arrays) -> bool:
    try:
        return all(np.broadcast_shapes(a.shape, b.shape) == a.shape for a, b in arrays)
    except ValueError:
        return False


def _close(given, one, other):
    held = leaves(given)
    a, b = numbers_of(held[one]), numbers_of(held[other])
    return put(given, one, like(np.where(np.isclose(a, b), b, a), held[one]))


def _coded(given, one, other):
    held = leaves(given)
    code = held[one].astype(np.int64) * 1000 + held[other]
    return put(put(given, one, code // 1000), other, code % 1000)


def _of_inner(calls) -> dict:
    """Lists of arrays, and dicts: their parts one by one."""
    found = {}
    for name in dict.fromkeys(name for call in calls for name in call):
        values = [call[name] for call in calls if name in call]
        if all(kind(value) == "list" and all(length(part) is not None for part in value) for value in values):
            for said, rows in {**ENTRIES, **{key: lambda v, p=p: p(len(v)) for key, p in PLACES.items()}}.items():
                found[f"each part of {name}: {said}"] = functools.partial(_inner, name=name, rows=rows)
        if all(numbers_of(value) is not None and numbers_of(value).ndim == 2 for value in values):
            for said, places in PLACES.items():
                found[f"each row of {name}: {said}"] = functools.partial(
                    _set, path=(name,), op=lambda v, p=places: v[:, p(v.shape[1]).copy()])
        if all(kind(value) == "dict" for value in values):
            for said, turn in DICTS.items():
                found[f"{name}: {said}"] = functools.partial(_set, path=(name,), op=turn)
    return found


DICTS = {
    "keys with 0 dropped": lambda held: {key: part for key, part in held.items() if not _is_zero(part)},
    "keys sorted": lambda held: {key: held[key] for key in sorted(held, key=str)},
    "first key dropped": lambda held: dict(list(held.items())[1:]),
    "last key dropped": lambda held: dict(list(held.items())[:-1]),
    "first 10 keys only": lambda held: dict(list(held.items())[:10]),
}


def _is_zero(part) -> bool:
    return numbers_of(part) is not None and np.ndim(part) == 0 and part == 0


def _inner(given, name, rows):
    parts = [np.asarray(part) for part in given[name]]
    return given | {name: [part[rows(part)] for part in parts]}
