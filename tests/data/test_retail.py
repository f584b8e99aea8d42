"""Online Retail II as a shop: what became a purchase, a return, an article, and what was left out."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import INTERACTION_COLUMNS
from course_lib.data import datasets, retail, splits


@pytest.fixture(scope="module")
def shop():
    return datasets.online_retail()


def test_counts_and_columns(shop):
    assert (shop.n_users, shop.n_items, len(shop.interactions), len(shop.returns)) == (5_853, 3_863, 788_247, 17_538)
    kinds = {**INTERACTION_COLUMNS, "value": "float32", "price": "float32", "quantity": "int32", "order": "int32"}
    assert shop.interactions.dtypes.astype(str).to_dict() == kinds
    assert shop.returns.dtypes.astype(str).to_dict() == {**kinds, "purchase": "int64"}
    for table in (shop.interactions, shop.returns, shop.catalog.items, shop.users, shop.left_out):
        assert not table.isna().any().any()
    for table in (shop.interactions, shop.returns):
        assert table.time.is_monotonic_increasing and (table.quantity > 0).all()
    for column, count in (("user", shop.n_users), ("item", shop.n_items)):
        assert np.array_equal(np.unique(shop.interactions[column]), np.arange(count))
        assert shop.returns[column].between(0, count - 1).all()
    first, last = pd.to_datetime(shop.interactions.time.iloc[[0, -1]], unit="s")
    assert (str(first), str(last)) == ("2009-12-01 07:45:00", "2011-12-09 12:50:00")


def test_every_published_line_is_a_purchase_a_return_or_left_out_with_a_reason(shop):
    assert len(shop.interactions) + len(shop.returns) + shop.left_out.lines.sum() == 1_044_847
    assert shop.left_out.groupby("why").lines.sum().to_dict() == {
        "no customer": 235_287, "not an article": 3_672, "a return without any purchase": 103}
    codes = shop.left_out.set_index("code").lines
    assert {"POST", "DOT", "M", "BANK CHARGES", "TEST001"} <= set(codes.index) and codes["POST"] == 1_982
    assert not shop.left_out.code.str.fullmatch(r"\d{5}[A-Za-z]*").any()


def test_first_purchases_and_how_much_is_bought_again(shop):
    first = retail.first_purchases(shop)
    assert len(first.interactions) == 465_206 and not first.interactions.duplicated(["user", "item"]).any()
    assert (first.n_users, first.n_items, len(first.returns)) == (5_853, 3_863, 0)
    earliest = shop.interactions.groupby(["user", "item"]).time.min()
    assert np.array_equal(first.interactions.set_index(["user", "item"]).time.sort_index(), earliest)
    days = (shop.interactions.time // 86_400).groupby([shop.interactions.user, shop.interactions["item"]]).nunique()
    assert 0.24 < (days > 1).mean() < 0.26
    assert splits.by_time(first.interactions).train.user.nunique() > 4_000


def test_money_is_price_times_pieces_and_a_return_s_is_negative(shop):
    for table, sign in ((shop.interactions, 1), (shop.returns, -1)):
        assert np.allclose(table.value, sign * table.price.astype(float) * table.quantity, rtol=1e-5)
    assert (shop.interactions.value >= 0).all() and (shop.returns.value <= 0).all()


def test_a_return_stands_beside_the_latest_earlier_purchase(shop):
    matched = shop.returns[shop.returns.purchase >= 0]
    assert 0.9 < len(matched) / len(shop.returns) < 0.95
    bought = shop.interactions.iloc[matched.purchase].reset_index(drop=True)
    assert (bought[["user", "item"]].to_numpy() == matched[["user", "item"]].to_numpy()).all()
    assert (bought.time.to_numpy() <= matched.time.to_numpy()).all()
    for row in shop.returns.sample(100, random_state=0).itertuples():
        same = (shop.interactions.user == row.user) & (shop.interactions["item"] == row.item)
        earlier = shop.interactions.time[same & (shop.interactions.time <= row.time)]
        assert (row.purchase < 0) == earlier.empty
        assert earlier.empty or shop.interactions.time[row.purchase] == earlier.iloc[-1]


def test_titles_prices_and_variants(shop):
    items = shop.catalog.items.set_index("raw_id")
    assert items.index.is_unique and items.index.str.fullmatch(r"\d{5}").all()
    assert items.title["85123"] == "WHITE HANGING HEART T-LIGHT HOLDER"
    assert items.title["22423"] == "REGENCY CAKESTAND 3 TIER"
    assert (items.title.str.len() > 2).all() and (items.title == items.title.str.strip()).all()
    assert "85099B" in items.variants["85099"].split("|") and items.variants["22423"] == "22423"
    assert (items.price > 0).all() and items.price["85123"] == np.float32(2.95)
    assert {"creator", "category", "born_day", "policy_score"} <= set(items) and (items.category == -1).all()
    first = shop.interactions.groupby("item").time.min() // 86_400
    assert (shop.catalog.items.born_day <= first).all()
    assert shop.users.country.value_counts().index[0] == "United Kingdom"


def test_content_is_small_finite_and_brings_like_titles_together(shop):
    content = shop.catalog.content
    assert content.dtype == np.float32 and content.shape == (3_863, retail.N_HASHED + 1) and np.isfinite(content).all()
    titles = shop.catalog.items.title
    bags = np.flatnonzero(titles.str.contains("LUNCH BAG"))
    words = content[:, :-1]
    assert (words[bags] @ words[bags].T).mean() > (words[bags] @ words.T).mean() + 0.3
    twin = retail.content(["Red Bag", "red  bag!", "BLUE CUP"], [1.0, 1.0, 4.0])
    assert np.array_equal(twin[0], twin[1]) and twin[0, -1] < twin[2, -1] and not np.array_equal(twin[0], twin[2])


def test_a_small_table_by_hand():
    """Two customers; one article in two colours; postage; a line without customer; three kinds of return."""
    orders = pd.DataFrame({"invoice": ["1", "2", "C3", "4", "C5"], "time": [60, 120, 180, 240, 300],
                           "customer": [70, 50, 70, -1, 50], "country": "France"})
    articles = pd.DataFrame({"code": ["10001A", "10001B", "10002", "POST", "10003"],
                             "description": ["RED  CUP", "BLUE CUP", " MUG", "POSTAGE", "nan"]})
    lines = pd.DataFrame([[0, 0, 2, 1.5], [0, 3, 1, 9.0], [1, 1, 4, 2.0], [1, 1, 4, 2.0], [1, 2, 1, 5.0],
                          [2, 1, -1, 1.5], [3, 2, 7, 5.0], [4, 4, -1, 3.0], [4, 2, -1, 5.0], [2, 2, -1, 5.0]],
                         columns=["order", "article", "quantity", "price"])
    shop = retail.shop(lines, orders, articles)
    assert shop.users.raw_id.tolist() == [50, 70] and shop.catalog.items.raw_id.tolist() == ["10001", "10002"]
    assert shop.interactions[["user", "item", "time", "value"]].to_numpy().tolist() == [
        [1, 0, 60, 3], [0, 0, 120, 8], [0, 0, 120, 8], [0, 1, 120, 5]]
    assert shop.returns[["user", "item", "quantity", "value", "purchase"]].to_numpy().tolist() == [
        [1, 0, 1, -1.5, 0], [1, 1, 1, -5, -1], [0, 1, 1, -5, 3]]
    assert shop.left_out.to_numpy().tolist() == [
        ["no customer", "", 1], ["not an article", "POST", 1], ["a return without any purchase", "", 1]]
    assert shop.catalog.items.title.tolist() == ["BLUE CUP", "MUG"]
    assert shop.catalog.items.variants.tolist() == ["10001A|10001B", "10002"]
    assert shop.catalog.items.price.tolist() == [2.0, 5.0]


def test_lines_of_an_invoice_share_an_order_and_a_return_may_come_in_the_minute_of_its_purchase():
    orders = pd.DataFrame({"invoice": ["1", "1", "C2", "3"], "time": [60, 120, 120, 180], "customer": 7,
                           "country": "France"})
    articles = pd.DataFrame({"code": ["10001"], "description": ["CUP"]})
    lines = pd.DataFrame([[0, 0, 1, 2.0], [1, 0, 1, 2.0], [2, 0, -1, 2.0], [3, 0, 1, 2.0]],
                         columns=["order", "article", "quantity", "price"])
    shop = retail.shop(lines, orders, articles)
    first, second, third = shop.interactions.order
    assert first == second != third
    assert shop.returns.purchase.tolist() == [1]
