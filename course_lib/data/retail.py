"""A real shop: Online Retail II as a Dataset of purchases, with returns, prices, and a count of what was left out.

Two years of a British wholesaler of gifts. Customers buy the same article again and again, send some of it back, and
the tables hold postage, fees and corrections beside articles: most of the work is to say what an event is.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S, Catalog, Dataset
from course_lib.data import splits

N_HASHED = 64  # columns of content that hold the words of a title
_ARTICLE = r"(\d{5})[A-Za-z]*"  # five digits; letters behind them name a colour, a size or a motif


@dataclass(frozen=True)
class Shop(Dataset):
    """A Dataset of a shop. interactions: every purchase, repeats among them; columns beside user, item, time:
    value float32 (pounds paid, price × quantity), price float32 (pounds a piece), quantity int32, order int32 (the
    invoice: rows of one basket share it).

    returns: one row a line sent back or cancelled: user, item, time, order as above, quantity int32 (pieces, a positive
    count), price float32, value float32 (pounds, negative), purchase int64 (row of interactions: the latest purchase of
    that article by that customer that is not later than the return; -1 where there is none).
    left_out: why, code, lines: the lines of the published table that stand in neither table.
    """

    returns: pd.DataFrame = field(default_factory=pd.DataFrame)
    left_out: pd.DataFrame = field(default_factory=pd.DataFrame)


def first_purchases(shop: Shop) -> Shop:
    """The same shop with the first purchase of each customer and article alone, as a recommender of what is new wants
    it: Online Retail II has 465,206. Returns are not kept: they may belong to a later purchase."""
    return replace(shop, interactions=splits.first_only(shop.interactions), returns=shop.returns.iloc[:0])


def shop(lines: pd.DataFrame, orders: pd.DataFrame, articles: pd.DataFrame) -> Shop:
    """The tables of data/online_retail as a Shop.

    lines: order, article (rows of the two other tables), quantity, price. orders: invoice, time (seconds), customer
    (-1: none), country. articles: code, description ("" or "nan": none), a row for each spelling.
    """
    digits = articles["code"].str.strip().str.extract(rf"^{_ARTICLE}$")[0]
    code, names = pd.factorize(digits, sort=True)  # -1: no article
    table = pd.DataFrame({
        "customer": orders["customer"].to_numpy()[lines["order"]], "code": code[lines["article"]],
        "time": orders["time"].to_numpy(float)[lines["order"]], "quantity": lines["quantity"].astype("int32"),
        "price": lines["price"], "article": lines["article"],
        "order": pd.factorize(orders["invoice"])[0].astype("int32")[lines["order"]]})
    named, coded = table["customer"] >= 0, table["code"] >= 0
    bought, back = (table[named & coded & sign] for sign in (table["quantity"] > 0, table["quantity"] < 0))
    people, codes = np.unique(bought["customer"]), np.unique(bought["code"])
    known = back["customer"].isin(people) & back["code"].isin(codes)
    interactions = _events(bought, people, codes)
    items = _items(table[coded], bought, codes, articles).assign(raw_id=names[codes].to_numpy())
    country = orders.groupby("customer")["country"].last()[people].to_numpy()
    users = pd.DataFrame({"raw_id": people, "country": country}).rename_axis("user")
    return Shop("online_retail", interactions, Catalog(items, content(items["title"], items["price"])), users,
                returns=_returns(back[known], interactions, people, codes),
                left_out=_left_out(table, back.index[~known], articles["code"]))


def _events(rows: pd.DataFrame, people, codes) -> pd.DataFrame:
    """Rows of the joined table with dense ids, by time."""
    value = rows["quantity"].to_numpy() * rows["price"].to_numpy(float)
    events = pd.DataFrame({
        "user": np.searchsorted(people, rows["customer"]).astype("int32"),
        "item": np.searchsorted(codes, rows["code"]).astype("int32"), "time": rows["time"].to_numpy(),
        "value": value.astype("float32"), "price": rows["price"].to_numpy("float32"),
        "quantity": rows["quantity"].to_numpy(), "order": rows["order"].to_numpy()})
    return events.sort_values(["time", "user", "item"], kind="stable", ignore_index=True)


def _returns(rows: pd.DataFrame, interactions: pd.DataFrame, people, codes) -> pd.DataFrame:
    """Returns with positive counts, each beside the latest earlier purchase of the same customer and article."""
    events = _events(rows, people, codes)
    events["quantity"] = -events["quantity"]
    earlier = interactions[["user", "item", "time"]].assign(purchase=np.arange(len(interactions)))
    found = pd.merge_asof(events, earlier, on="time", by=["user", "item"])
    return found.assign(purchase=found["purchase"].fillna(-1).astype("int64"))


def _left_out(table: pd.DataFrame, strange, code: pd.Series) -> pd.DataFrame:
    """Why each line is left out, counted: why, code (where it is the reason), lines. strange: index of returns whose
    customer or article never bought or was bought."""
    named = table["customer"] >= 0
    other = table.loc[named & (table["code"] < 0), "article"].map(code).value_counts()
    rows = [("no customer", "", int((~named).sum())),
            *(("not an article", name, int(count)) for name, count in other.items()),
            ("a return without any purchase", "", len(strange))]
    return pd.DataFrame(rows, columns=["why", "code", "lines"])


def _items(lines: pd.DataFrame, bought: pd.DataFrame, codes, articles: pd.DataFrame) -> pd.DataFrame:
    """The catalogue of the articles `codes`. title: the description that most purchases carry. price: the median of
    what was charged. variants: the published codes.

    born_day: the first day on which anybody, known or not, bought the article; those of the first day may be older.
    """
    spelling = bought.groupby("article").agg(code=("code", "first"), count=("code", "size"))
    spelling["variant"] = articles["code"].loc[spelling.index]
    spelling["title"] = [" ".join(text.split()) for text in articles["description"].loc[spelling.index]]
    titled = spelling[~spelling["title"].isin(["", "nan"])].groupby(["code", "title"])["count"].sum().reset_index()
    titled = titled.sort_values(["code", "count"], ascending=[True, False], kind="stable")
    title = titled.drop_duplicates("code").set_index("code")["title"]
    charged = bought[bought["price"] > 0].groupby("code")["price"].median()
    sale = (lines["quantity"] > 0) & ((lines["price"] > 0) | (lines["customer"] >= 0))  # the rest corrects the stock
    sold = lines[sale].groupby("code")["time"].min()
    items = pd.DataFrame({
        "raw_id": "", "title": title.reindex(codes).fillna(""),
        "variants": spelling.groupby("code")["variant"].agg(lambda names: "|".join(sorted(set(names)))).loc[codes],
        "creator": np.int32(-1), "category": np.int32(-1), "price": charged.reindex(codes).fillna(0).astype("float32"),
        "born_day": (sold.loc[codes] // DAY_S).astype("int32"), "policy_score": np.float32(0)})
    return items.reset_index(drop=True).rename_axis("item")


def content(titles, prices) -> np.ndarray:
    """What a title and a price say of an article: float32 (N, N_HASHED + 1).

    titles: N strings; each word goes, with a sign, to a column that its CRC-32 names, and each row of words has length
    1. prices: float (N,), pounds; the last column is their logarithm, centred, over its deviation.
    Source: Weinberger et al. 2009, arXiv:0902.2206 (feature hashing).
    """
    words = np.zeros((len(titles), N_HASHED))
    for row, title in enumerate(titles):
        for word in re.findall(r"[a-z]{2,}", title.lower()):
            key = zlib.crc32(word.encode())
            words[row, key % N_HASHED] += 1 if key & (1 << 20) else -1
    length = np.linalg.norm(words, axis=1, keepdims=True)
    logarithm = np.log(np.maximum(np.asarray(prices, float), 0.01))
    spread = logarithm.std() or 1.0
    return np.column_stack([words / np.maximum(length, 1e-9),
                            (logarithm - logarithm.mean()) / spread]).astype(np.float32)
