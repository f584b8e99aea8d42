"""Make the compact copies that stand in the clone out of the published files: python data/make_compact.py RAW [TO]

RAW: a folder that holds movietweetings-100k/{ratings.dat, movies.dat, LICENSE} and
online-retail-ii/online_retail_ii.parquet (data/README.md says where they come from); their SHA-256 is checked first.
TO: where the copies go; this folder if it is left out. The same raw files and the same pyarrow give the same bytes.
Prints the SHA-256 of each copy: those of course_lib/data/committed.py have to be the same.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from course_lib.contracts import CourseError, DataError
from course_lib.data.cache import sha256
from course_lib.data.parsers import tweeted

RAW = {
    "movietweetings-100k/ratings.dat": "c0dd868c2632d10002ebc928ddc5345f33adeaa59eca52c2941c26a2c5e36fd6",
    "movietweetings-100k/movies.dat": "e63fb84bc734e3c574f135634a40d3cbafab22b8f94f5fc0b80f80d1d2076efc",
    "movietweetings-100k/LICENSE": "ae985d01e5fe4f32d14937099a4e871dbdc2d93d8ccc2f7a141ec4ecddcab41c",
    "online-retail-ii/online_retail_ii.parquet": "98ee358558fd4badc36c8e8387d5aa700255d5c043542027ad0abd3f3b5944ff",
}
NO_CUSTOMER = -1


def main(raw: Path, to: Path) -> dict[str, str]:
    """Write all copies; returns {path below `to`: SHA-256}. DataError where a raw file is missing or another one."""
    for name, digest in RAW.items():
        if not (raw / name).is_file():
            raise DataError(f"{raw / name} is missing. data/README.md says where the raw files come from.")
        if sha256(raw / name) != digest:
            raise DataError(f"{raw / name} is not the file the copies are made of: expected SHA-256 {digest[:12]}…, "
                            f"got {sha256(raw / name)[:12]}…. Get it again; data/README.md says from where.")
    tables = {**movietweetings(raw / "movietweetings-100k"), **online_retail(raw / "online-retail-ii")}
    for name, (table, plain) in tables.items():
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        write(table, to / name, plain)
    shutil.copyfile(raw / "movietweetings-100k/LICENSE", to / "movietweetings/LICENSE")
    return {name: sha256(to / name) for name in tables}


def movietweetings(folder: Path) -> dict:
    """{file: (table, columns without a dictionary)}. Rows and their order are those of the published files."""
    ratings, films = tweeted(folder / "ratings.dat", folder / "movies.dat")
    return {"movietweetings/ratings.parquet": (ratings, ["user", "film", "rating", "time"]),
            "movietweetings/films.parquet": (films, ["film", "title", "genres"])}


def online_retail(folder: Path) -> dict:
    """{file: (table, columns without a dictionary)}: lines that point at orders and articles. No line is left out.

    An order is an invoice at one minute; an article is a code with one of its descriptions, in alphabetical order.
    """
    raw = pd.read_parquet(folder / "online_retail_ii.parquet")
    seconds = ((raw["time"] - pd.Timestamp(0)) // pd.Timedelta(seconds=1)).astype("int32")  # whatever unit pandas has
    order, _ = pd.factorize(raw["invoice"] + "|" + seconds.astype(str))
    first = np.unique(order, return_index=True)[1]
    orders = pd.DataFrame({
        "invoice": raw["invoice"].to_numpy()[first], "time": seconds.to_numpy()[first],
        "customer": raw["customer"].fillna(NO_CUSTOMER).astype("int32").to_numpy()[first],
        "country": raw["country"].to_numpy()[first]})
    named = raw["stock_code"] + "|" + raw["description"].astype(object).fillna("")
    article, _ = pd.factorize(named, sort=True)
    first = np.unique(article, return_index=True)[1]
    articles = pd.DataFrame({"code": raw["stock_code"].to_numpy()[first],
                             "description": raw["description"].astype(object).fillna("").to_numpy()[first]})
    lines = pd.DataFrame({"order": order.astype("int32"), "article": article.astype("int16"),
                          "quantity": raw["quantity"].astype("int32"), "price": raw["price"].astype("float32")})
    return {"online_retail/lines.parquet": (lines, ["order", "article", "quantity"]),
            "online_retail/orders.parquet": (orders, ["invoice", "time", "customer"]),
            "online_retail/articles.parquet": (articles, ["code", "description"])}


def write(table: pd.DataFrame, path: Path, plain: list[str]) -> None:
    """One row group, zstd; whole numbers in `plain` columns byte by byte, the other columns by a dictionary."""
    whole = [name for name in plain if table[name].dtype.kind == "i" and table[name].dtype.itemsize >= 2]
    fields = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(fields, path, compression="zstd", compression_level=19, row_group_size=1 << 21,
                   data_page_size=1 << 22, use_dictionary=[name for name in table if name not in plain],
                   use_byte_stream_split=whole)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    try:
        done = main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else Path(__file__).parent)
    except CourseError as error:
        sys.exit(str(error))
    print("\n".join(f"{digest}  {name}" for name, digest in done.items()))
