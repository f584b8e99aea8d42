"""Sentences under the figures of the lesson on sequences, held to the stored studies that they speak of."""

import numpy as np
import pytest

from course_lib.trial import request_times
from course_lib.trial.order_readings import DEALT, by_model, gap, over_pooled, recalls, settings, with_people
from course_lib.trial.order_study import LOGS, SPLITS, stored

STUDIES = {(log, split): stored(log, split) for log in LOGS for split in SPLITS}
RECALL = recalls(STUDIES)
JUDGED = with_people(STUDIES, 100)
IDS_ALONE = ["EASE", "iALS", "item-kNN", "SASRec", "gSASRec", "followers of the last item", "item-kNN, last item"]
WITHOUT_ORDER = ["EASE", "iALS", "item-kNN", "popularity", "pooled towers"]
TABLES = ["followers of the last item", "item-kNN, last item"]


@pytest.mark.parametrize("log", ["ml100k", "online_retail"])
def test_with_the_last_item_held_out_order_makes_half_or_more_of_what_the_network_finds(log):
    assert RECALL.loc[list(DEALT), (log, "last")].max() <= RECALL.loc["gSASRec", (log, "last")] / 2


def test_the_shop_by_time_shows_none_of_it_and_the_network_in_order_stopped_after_one_pass():
    shop, own, taken = RECALL["online_retail", "time"], *DEALT
    assert shop["gSASRec"] < shop[own] and shop[taken] == pytest.approx(shop["gSASRec"], rel=0.1)
    passes = settings(STUDIES["online_retail", "time"])["passes"]
    assert (passes["gSASRec"], passes[own], passes[taken]) == (1, 11, 1)       # eleven: the ledger's limits


def test_in_the_shop_by_time_models_without_recency_find_about_twice_as_much():
    shop = RECALL["online_retail", "time"]
    assert all(1.8 < shop[model] / shop["gSASRec"] < 2.5 for model in ("EASE", "item-kNN"))


def test_by_time_a_model_without_order_finds_more_on_every_log():
    ahead = over_pooled({log: STUDIES[log, "time"] for log in LOGS})
    assert max(value.high for value in ahead.values()) < 0


def test_a_chart_is_far_ahead_on_the_tweets_by_time_and_knows_no_new_item():
    tweets = RECALL["movietweetings", "time"].drop("people at least")
    assert tweets.idxmax() == "popularity" and tweets[IDS_ALONE].max() < 0.8 * tweets["popularity"]
    assert by_model(STUDIES["movietweetings", "time"]).loc["popularity", "cold"] == 0


@pytest.mark.parametrize("log", ["ml100k", "online_retail"])
def test_a_table_finds_nine_tenths_or_more_of_what_the_transformer_finds_where_order_was_worth_most(log):
    assert RECALL.loc[TABLES, (log, "last")].max() >= 0.9 * RECALL.loc["gSASRec", (log, "last")]


def test_on_tweets_the_transformer_keeps_points_over_a_table_and_by_time_models_without_order_find_more_than_both():
    for split in ("last", "time"):
        tweets = RECALL["movietweetings", split]
        assert tweets["gSASRec"] - tweets[TABLES].max() > 0.01
    assert RECALL["movietweetings", "time"][WITHOUT_ORDER].max() > RECALL["movietweetings", "time"]["gSASRec"]


def test_sasrec_is_behind_everywhere_and_not_always_clearly():
    both = [gap(rows, "gSASRec", "SASRec") for (_, split), rows in STUDIES.items() if split != "random"]
    assert min(less.value for less in both) > 0 > min(less.low for less in both)


def test_a_table_of_pairs_is_by_far_the_largest_and_two_networks_train_longest_on_tweets_by_time():
    tweets = by_model(STUDIES["movietweetings", "time"])
    first, second = tweets["megabytes"].nlargest(2)
    assert tweets["megabytes"].idxmax() == "EASE" and second < 0.1 * first
    assert set(tweets["seconds"].nlargest(2).index) == {"gSASRec", "generative"}


@pytest.mark.parametrize("log", LOGS)
def test_the_generative_retriever_is_slowest(log):
    rows = request_times.stored(log)
    assert rows.groupby("model")["p50_ms"].mean().idxmax() == "generative"
    assert rows.groupby("model")["p99_ms"].mean().idxmax() == "generative"


def test_only_ml100k_by_time_has_fewer_than_a_hundred_people():
    assert set(STUDIES) - set(JUDGED) == {("ml100k", "time")}


def test_pooled_towers_find_new_films_in_three_of_five_seeds_and_ids_by_ties_at_most():
    rows = STUDIES["movietweetings", "time"]
    assert (rows[rows["model"] == "pooled towers"]["cold"] > 0.01).sum() == 3
    assert by_model(rows).loc[IDS_ALONE, "cold"].max() < 0.001


def test_the_limits_of_the_claim_on_rivals_count_where_a_chart_finds_more():
    lost = [name for name, value in over_pooled(JUDGED).items() if value.high < 0]
    ahead = [name for name in lost if RECALL.loc["popularity", name] > RECALL.loc["gSASRec", name]]
    assert (len(ahead), len(lost)) == (4, 5)


def test_the_limits_of_the_claim_on_new_items_name_what_the_last_one_out_shows():
    rows = STUDIES["movietweetings", "last"]
    assert rows["cold_people"].between(100, 150).all()
    written = rows[rows["model"] == "generative"]
    assert np.rint(written["cold"] * written["cold_people"]).sum() == 1
    assert rows[rows["model"] == "pooled towers"]["cold"].eq(0).all()
