"""Numbers as people write them: 1,234.50 and 1.234,50, with a currency or without, each column read in one way."""

from __future__ import annotations

import re

import numpy as np

CURRENCY = r"(?:[$€£¥₹]|USD|EUR|GBP|CHF)?"
_COMMAS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")              # 1,234.50
_DECIMAL_COMMA = re.compile(r"[+-]?(?:\d{1,3}(?:[. ']\d{3})+|\d+)(?:,\d+)?")    # 1.234,50 and 12,5 and 7


def to_numbers(column) -> tuple[np.ndarray, str]:
    """(float64 (n,), NaN where a value is missing, blank or no number; how they were read, "" where plainly).

    column: text or Python's numbers, also Decimal. All of a column is read in the one way that fits most of it: plain
    ("1234.5"), with commas between thousands ("1,234.50"), or with a decimal comma ("1.234,50"); plainly where ways
    fit alike, and "1,234" alone as a thousand. A currency before or behind is passed over.
    """
    import pandas as pd

    series = pd.Series(column)
    if pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_complex_dtype(series):
        return series.to_numpy(float, na_value=np.nan), ""
    series = series.astype(object).map(lambda one: float(one) if isinstance(one, bool | np.bool_) else one)
    text = series[series.notna()].astype(str).str.strip().str.replace("\u00a0", " ")
    bare = text.str.replace(rf"^([+-]?)\s*{CURRENCY}\s*([+-]?.*?)\s*{CURRENCY}$", r"\1\2", regex=True)
    plain = pd.to_numeric(bare, errors="coerce")
    ways = {"": plain}
    if plain.isna().any():
        grouped = bare.where(bare.map(lambda one: bool(_COMMAS.fullmatch(one)))).str.replace(",", "")
        european = bare.where(bare.map(lambda one: bool(_DECIMAL_COMMA.fullmatch(one))))
        european = european.str.replace(r"[. ']", "", regex=True).str.replace(",", ".")
        ways["with commas between thousands"] = plain.fillna(pd.to_numeric(grouped, errors="coerce"))
        ways["with a decimal comma"] = pd.to_numeric(european, errors="coerce")
    how = max(ways, key=lambda way: int(ways[way].notna().sum()))
    number = np.full(len(series), np.nan)
    number[series.notna().to_numpy()] = ways[how].to_numpy(float)
    return number, how
