"""Tables from anywhere as the parts of a Dataset: what is found is said in sentences, what is dropped is counted."""

from __future__ import annotations

import numpy as np

from course_lib.contracts.columns import DAY_S
from course_lib.contracts.content import content_of
from course_lib.contracts.errors import ArgumentError, DataError
from course_lib.contracts.keys import check_same_keys
from course_lib.contracts.moments import to_seconds
from course_lib.contracts.vocabulary import Vocabulary, clean_ids
from course_lib.contracts.written_numbers import to_numbers

_FACTS = {"creator": ("int32", -1), "category": ("int32", -1), "price": ("float32", 0.0),
          "policy_score": ("float32", 0.0), "born_day": ("int32", 0)}   # what every Catalog has, and when not known


def parts_of(interactions, items, users, *, user: str, item: str, time: str | None, value: str | None, bad: str,
             time_unit: str | None) -> dict:
    """The fields of a Dataset (name and catalog apart: there are `items` and `content`) made of tables.

    Arguments and errors as `Dataset.from_frames`.
    """
    if bad not in ("error", "drop"):
        raise ArgumentError(f"bad is {bad!r}; expected 'error' or 'drop'.")
    notes: list[str] = []
    items, users = (_side(table, key, what, notes)
                    for table, key, what in ((items, item, "items"), (users, user, "users")))
    events = _events(interactions, {"user": user, "item": item, "time": time, "value": value}, time_unit, bad, notes)
    vocabularies = {}
    for kind, side in (("user", users), ("item", items)):
        others = [] if side is None else [side["raw_id"]]
        check_same_keys(**{f"{kind} of interactions": events[kind], **{f"{kind} of {kind}s": ids for ids in others}})
        vocabularies[kind] = Vocabulary.of(events[kind], *others, kind=kind)
        if side is not None:
            _say_who_is_missing(kind, events[kind], side["raw_id"], notes)
        events[kind] = vocabularies[kind].encode(events[kind])
    _say_repeats(events, time is not None, notes)
    events = events.sort_values(["time", "user", "item"], kind="stable", ignore_index=True)
    items, content = _catalogue(items, vocabularies["item"], events, notes)
    return {"interactions": events, "items": items, "content": content,
            "users": _laid_out(users, vocabularies["user"]).rename_axis("user"), "notes": tuple(notes),
            "user_ids": vocabularies["user"], "item_ids": vocabularies["item"], "has_time": time is not None}


# --- events ---------------------------------------------------------------------------------------------------------
def _events(table, columns: dict, time_unit, bad: str, notes: list[str]):
    """Table with user and item (raw ids), time (s), value where there is one, extra columns left out by name."""
    import pandas as pd

    _check_columns(table, {role: name for role, name in columns.items() if name is not None}, "interactions")
    if not len(table):
        raise DataError("interactions are empty; expected at least one row.")
    found, faults = {}, {}
    for role in ("user", "item"):
        found[role] = clean_ids(f"column {columns[role]!r} ({role})", table[columns[role]])
        faults[f"no {role}"] = found[role].isna().to_numpy()
    if columns["time"] is None:
        found["time"] = np.zeros(len(table))
        notes.append("There is no time: every event stands at 0, so only random splits make sense.")
    else:
        found["time"], said = to_seconds(f"column {columns['time']!r}", table[columns["time"]], time_unit)
        notes += said
        faults["a time that is missing or cannot be read"] = np.isnan(found["time"])
    if columns["value"] is not None:
        found["value"], faults["a value that is no number"] = _values(table[columns["value"]], notes)
    unused = [str(name) for name in table.columns if name not in columns.values()]
    if unused:
        notes.append(f"Columns of interactions that are not used: {', '.join(unused)}.")
    events = pd.DataFrame({role: np.asarray(column) for role, column in found.items()}, index=table.index)
    return _without(events, faults, bad, notes, table[columns["time"]] if columns["time"] is not None else None)


def _values(column, notes: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """(float32 (n,), bool (n,): text that is no number). Missing values stay as NaN, negative ones as they are."""
    missing = (column.isna() | column.astype(object).map(lambda one: isinstance(one, str) and not one.strip()))
    value, how = to_numbers(column)
    broken = np.isnan(value) & ~missing.to_numpy(bool) | np.isinf(value)
    if how:
        notes.append(f"value is read {how}.")
    if (gaps := int(missing.sum())):
        notes.append(f"value is missing in {gaps:,} rows: they are kept, with NaN.")
    if (negative := int((value < 0).sum())):
        notes.append(f"value is negative in {negative:,} rows (returns, corrections?): they are kept. Drop them first "
                     f"where such a row is not something that a user took.")
    return value.astype(np.float32), broken


def _without(events, faults: dict[str, np.ndarray], bad: str, notes: list[str], times):
    """The rows without a fault, as they came. times: the column as it came, to be quoted; None where there is none.

    Raises DataError for the first kind of fault where bad is "error".
    """
    broken, said = np.zeros(len(events), bool), []
    for why, rows in faults.items():
        rows = rows & ~broken
        if not rows.any():
            continue
        first = int(np.flatnonzero(rows)[0])
        quoted = f", {str(times.iloc[first])!r:.60}" if "time" in why else ""
        says = (f"{int(rows.sum()):,} of {len(events):,} rows have {why} (first: {events.index.name or 'row'} "
                f"{events.index[first]}{quoted})")
        if bad == "error":
            raise DataError(f"{says}. Mend them, or pass bad='drop' to leave such rows out.")
        said.append(f"{says}: left out.")
        broken |= rows
    if broken.all():
        raise DataError(f"none of {len(events):,} rows can be used: {' '.join(said)} Name the right columns.")
    notes += said
    return events[~broken].reset_index(drop=True)


def _say_repeats(events, has_time: bool, notes: list[str]) -> None:
    key = [name for name in events if has_time or name != "time"]
    same, again = int(events.duplicated(key).sum()), int(events.duplicated(["user", "item"]).sum())
    if same and has_time:
        notes.append(f"{same:,} rows repeat another row in {', '.join(key)}: they are kept.")
    if again:
        notes.append(f"{again:,} of {len(events):,} rows ({again / len(events):.1%}) are a user's further time with an "
                     f"item they took before: they are kept; splits.first_only leaves the first.")


# --- items and users ------------------------------------------------------------------------------------------------
def _side(table, key: str, what: str, notes: list[str]):
    """A table of items or users with its raw ids in column raw_id, each once; None for None."""
    if table is None:
        return None
    if key not in table and table.index.name == key:
        table = table.reset_index()
    _check_columns(table, {what[:-1]: key}, what)
    if not table.columns.is_unique:
        again = table.columns[table.columns.duplicated()][0]
        raise DataError(f"{what} have more than one column {again!r}; expected each name once.")
    ids = clean_ids(f"column {key!r} of {what}", table[key])
    missing, again = ids.isna(), ids.duplicated() & ids.notna()
    for rows, says in ((missing, "have no id"), (again, "repeat an id: the first of each counts")):
        if rows.any():
            notes.append(f"{int(rows.sum()):,} rows of {what} {says} (first: "
                         f"{table.index.name or 'row'} {table.index[rows.to_numpy()][0]}). They are left out.")
    keep = ~(missing | again).to_numpy()
    kept = table[keep].drop(columns=[key, *({"raw_id"} & set(table.columns))]).reset_index(drop=True)
    return kept.assign(raw_id=ids[keep].to_numpy())


def _say_who_is_missing(kind: str, taken, listed, notes: list[str]) -> None:
    only_taken = len(set(taken) - set(listed))
    only_listed = len(set(listed) - set(taken))
    if only_taken and only_taken == len(set(taken)) and len(listed):
        notes.append(f"No {kind} of the interactions stands in {kind}s: theirs look like {taken.iloc[0]!r}, those of "
                     f"{kind}s like {listed.iloc[0]!r}. Is it the right column, written alike?")
    if only_taken:
        notes.append(f"{only_taken:,} {kind}s of the interactions are not in {kind}s: nothing but their id is known.")
    if only_listed:
        notes.append(f"{only_listed:,} {kind}s stand in {kind}s alone, without an event: they are kept.")


def _laid_out(table, vocabulary: Vocabulary):
    """A row for each dense id: raw_id first, then the table's columns, missing where it has no row."""
    import pandas as pd

    out = pd.DataFrame({"raw_id": vocabulary.ids})
    if table is None:
        return out
    place = pd.Index(table["raw_id"]).get_indexer(pd.Index(vocabulary.ids))
    rest = table.drop(columns="raw_id")
    return out.join(rest.take(np.maximum(place, 0)).reset_index(drop=True).where(pd.Series(place >= 0), axis=0)
                    if (place < 0).any() else rest.take(place).reset_index(drop=True))


def _catalogue(items, vocabulary: Vocabulary, events, notes: list[str]):
    """(table with index item and all that a Catalog has, content float32 (N, d))."""
    import pandas as pd

    table = _laid_out(items, vocabulary)
    content, names, said = content_of(table, skip=("raw_id",))
    notes += said
    first = events.groupby("item")["time"].min().reindex(range(len(table)))
    born = (first // DAY_S).fillna(first.min() // DAY_S)
    for name, (kind, unknown) in _FACTS.items():
        column = table.get(name)
        if column is None:
            table[name] = born.to_numpy(kind) if name == "born_day" else np.full(len(table), unknown, kind)
        elif not pd.api.types.is_numeric_dtype(column) or column.isna().any():
            table[f"{name}_given"] = column
            code = (pd.factorize(column, sort=False)[0] if name in ("creator", "category")
                    else np.nan_to_num(to_numbers(column)[0], nan=unknown, posinf=unknown, neginf=unknown))
            table[name] = np.asarray(code).astype(kind)
            notes.append(f"items.{name} has to be {kind}: it stands there as such, and as it came in {name}_given.")
        else:
            table[name] = column.astype(kind)
    table.attrs["content"] = list(names)
    return table.rename_axis("item"), content


def _check_columns(table, columns: dict[str, str], what: str) -> None:
    if not hasattr(table, "columns"):
        raise ArgumentError(f"{what} is {type(table).__name__}; expected a pandas table.")
    twice = [name for name in columns.values() if list(table.columns).count(name) > 1]
    absent = {role: name for role, name in columns.items() if name not in table}
    if absent:
        role, name = next(iter(absent.items()))
        other = ", or time=None where there is none" if role == "time" else ""
        raise DataError(f"{what} have no column {name!r} for {role} (columns: {', '.join(map(str, table.columns))}). "
                        f"Name it: {role}=…{other}.")
    if twice:
        raise DataError(f"{what} have more than one column {twice[0]!r}; expected each name once.")
    if len(set(columns.values())) < len(columns):
        raise ArgumentError(f"one column is named for two things: {columns}; expected a column each.")
