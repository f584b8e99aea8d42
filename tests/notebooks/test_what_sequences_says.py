"""Sentences under the figures of the lesson on sequences, held to the stored studies that they speak of."""

import numpy as np
import pytest

from course_lib.trial.order_readings import by_model, recalls, with_people
from course_lib.trial.order_study import LOGS, SPLITS, stored

STUDIES = {(log, split): stored(log, split) for log in LOGS for split in SPLITS}
RECALL = recalls(STUDIES)
IDS_ALONE = ["EASE", "iALS", "item-kNN", "SASRec", "gSASRec", "followers of the last item", "item-kNN, last item"]


@pytest.mark.parametrize("log", ["ml100k", "online_retail"])
def test_with_the_last_item_held_out_order_makes_more_than_half_of_what_the_network_finds(log):
    assert RECALL.loc["gSASRec, shuffled", (log, "last")] < RECALL.loc["gSASRec", (log, "last")] / 2


def test_the_shop_by_time_shows_none_of_it_and_models_without_recency_find_twice_as_much():
    shop = RECALL["online_retail", "time"]
    assert shop["gSASRec"] < shop["gSASRec, shuffled"]
    assert min(shop["EASE"], shop["item-kNN"]) > 2 * shop["gSASRec"]


def test_a_chart_leads_the_tweets_by_time_and_no_model_of_ids_comes_near():
    tweets = RECALL["movietweetings", "time"].drop("people at least")
    assert tweets.idxmax() == "popularity" and tweets[IDS_ALONE].max() < 0.8 * tweets["popularity"]


def test_a_table_finds_all_but_a_point_or_so_where_order_was_worth_most_and_two_to_four_less_on_tweets():
    tables = RECALL.loc[["followers of the last item", "item-kNN, last item"]].max()
    gap = RECALL.loc["gSASRec"] - tables
    assert max(gap["ml100k", "last"], gap["online_retail", "last"]) < 0.015
    assert 0.02 <= round(gap["movietweetings", "last"], 2) <= round(gap["movietweetings", "time"], 2) <= 0.04
    for split in ("last", "time"):
        without = RECALL.loc[["EASE", "iALS", "item-kNN", "popularity", "pooled towers"], ("movietweetings", split)]
        assert without.max() >= RECALL.loc["gSASRec", ("movietweetings", split)] - 0.001


def test_only_ml100k_by_time_has_fewer_than_a_hundred_people():
    assert set(STUDIES) - set(with_people(STUDIES, 100)) == {("ml100k", "time")}


def test_pooled_towers_find_new_films_in_three_of_five_seeds_and_ids_by_ties_at_most():
    rows = STUDIES["movietweetings", "time"]
    assert (rows[rows["model"] == "pooled towers"]["cold"] > 0.01).sum() == 3
    assert by_model(rows).loc[IDS_ALONE, "cold"].max() < 0.001


def test_the_limits_of_the_claim_on_new_items_name_what_the_last_one_out_shows():
    rows = STUDIES["movietweetings", "last"]
    assert rows["cold_people"].between(100, 150).all()
    written = rows[rows["model"] == "generative"]
    assert np.rint(written["cold"] * written["cold_people"]).sum() == 1
    assert rows[rows["model"] == "pooled towers"]["cold"].eq(0).all()
