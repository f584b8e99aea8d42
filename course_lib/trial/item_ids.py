"""Item ids of two files so that they meet: text and numbers, 001 and 1, 7 and 7.0."""

from __future__ import annotations

NUMBER = r"^0*(\d+?)(?:\.0+)?$"         # what is left of a number that one file wrote at length


def alike(taken, listed, notes: list[str]):
    """Both columns of item ids, of the events and of the table of items, as text where one of them is text.

    Where few ids of the events stand among the items as they are, and more would without zeros in front or a ".0"
    behind, they are compared without, unless two ids of one column would become the same. notes: gets a sentence on
    what was done.
    """
    import pandas as pd

    columns = [taken, listed]
    numbers = [pd.api.types.is_numeric_dtype(column) for column in columns]
    if all(numbers):
        return taken, listed
    if any(numbers):
        notes.append("One file holds item ids as text, the other as numbers: both are taken as text.")
        columns = [_text_of(column) if number else column for column, number in zip(columns, numbers, strict=True)]
    if not all(column.dropna().map(lambda one: isinstance(one, str)).all() for column in columns):
        return taken, listed
    short = [column.str.replace(NUMBER, r"\1", regex=True) for column in columns]
    one_to_one = all(a.nunique() == b.nunique() for a, b in zip(columns, short, strict=True))
    before, after = _shared(*columns), _shared(*short)
    if after <= before or not one_to_one:
        return tuple(columns)
    notes.append(f"Item ids are compared without zeros in front and .0 behind, since {after:,} items of the events "
                 f"stand in the table of items so, and {before:,} as they are written.")
    return tuple(short)


def _text_of(column):
    """Numbers as text: whole ones without a point, missing ones missing."""
    from course_lib.contracts.vocabulary import clean_ids

    cleaned = clean_ids(f"column {column.name!r}", column).astype(object)
    return cleaned.map(lambda one: None if one is None or one != one else str(one))


def _shared(taken, listed) -> int:
    return len(set(taken.dropna()) & set(listed.dropna()))
