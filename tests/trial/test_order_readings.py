"""What rows of a study say, by hand."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError, DataError
from course_lib.trial.order_readings import (
    all_settings,
    best_pooled,
    by_model,
    found_at_widths,
    gap,
    named,
    over_pooled,
    recalls,
    times,
    with_people,
    worth_of_order,
)


def rows():
    made = {"EASE": (0.2, 0.25, 0.3), "iALS": (0.1, 0.1, 0.1), "gSASRec": (0.3, 0.3, 0.3),
            "gSASRec, shuffled": (0.2, 0.1, 0.3)}
    return pd.DataFrame([{"model": name, "seed": seed, "recall": value, "ndcg": value / 2, "cold": np.nan,
                          "p50_ms": 4.0 if name == "gSASRec" else 1.0, "bytes": 2e6, "seconds": 9.0 - 6 * (seed > 0),
                          "people": 90 + 20 * seed}
                         for name, values in made.items() for seed, value in enumerate(values)])


def test_a_table_by_model_in_megabytes_best_first():
    table = by_model(rows())
    assert list(table.index)[:2] == ["gSASRec", "EASE"] and (table["megabytes"] == 2).all()
    assert (table["seconds"] == 3).all()                     # the first seed's, with choosing, are no one training's


def test_recalls_stand_side_by_side_with_the_fewest_people():
    table = recalls({"one": rows(), "two": rows().assign(people=500)})
    assert list(table.index)[:2] == ["gSASRec", "EASE"] and table.index[-1] == "people at least"
    assert table.loc["people at least"].tolist() == [90, 500] and table.loc["EASE", "one"] == pytest.approx(0.25)
    assert list(with_people({"one": rows(), "two": rows().assign(people=500)}, 100)) == ["two"]


def test_differences_are_taken_within_a_seed():
    value = gap(rows(), "gSASRec", "EASE")
    assert value.value == pytest.approx(0.05) and value.low < 0.05 < value.high
    assert times(rows(), "gSASRec", "EASE").value == 4
    with pytest.raises(DataError, match="known in none"):
        gap(rows(), "gSASRec", "EASE", "cold")
    with pytest.raises(ArgumentError, match="expected one of EASE"):
        gap(rows(), "BERT4Rec", "EASE")


def test_the_best_that_reads_no_order_is_neither_the_model_nor_its_control():
    assert best_pooled(rows()) == "EASE"
    assert over_pooled({"x": rows()})["x"].value == pytest.approx(0.05)
    assert worth_of_order({"x": rows()})["x"].value == pytest.approx(0.1)
    with pytest.raises(ArgumentError, match="no order"):
        best_pooled(rows().query("model == 'gSASRec'"))


def test_order_is_told_over_the_control_that_finds_more():
    own = rows()[rows()["model"] == "gSASRec, shuffled"]
    second = own.assign(model="gSASRec, shuffled, settings as in order")
    better, worse = second.assign(recall=0.25), second.assign(recall=0.05)
    told = worth_of_order({"better": pd.concat([rows(), better]), "worse": pd.concat([rows(), worse])})
    assert told["better"].value == pytest.approx(0.05) and told["worse"].value == pytest.approx(0.1)
    assert best_pooled(pd.concat([rows(), better.assign(recall=0.9)])) == "EASE"


def test_what_a_network_chose_is_told_and_a_study_of_fixed_settings_says_so_in_its_name():
    networks = rows()["model"].str.contains("SASRec")
    chose = rows().assign(passes=np.where(networks, 11, np.nan), blocks=2.0, learning_rate=0.001)
    studies = named({("log", "by time"): chose, ("log", "at random"): rows()})
    assert list(studies) == ["log, by time", "log, at random, fixed settings"]
    table = all_settings(studies)["gSASRec, shuffled"]
    assert table.tolist() == ["2 × 0.001, 11", "1 × 0.003"] and all_settings(studies)["SASRec"].isna().all()
    assert by_model(chose).loc["gSASRec", "passes"] == 11 and "passes" not in by_model(rows())


def test_a_network_that_chose_is_not_held_against_one_that_could_not():
    other = pd.concat([rows().assign(passes=11.0), rows().assign(model="SASRec")])
    with pytest.raises(DataError, match="SASRec had fixed settings where others chose"):
        named({("log", "by time"): other})


def test_a_study_named_by_log_and_split_stands_in_a_column_of_both():
    assert recalls({"log, by time": rows()})["log", "by time"]["EASE"] == pytest.approx(0.25)


def test_share_of_the_best_that_a_beam_finds():
    exact = np.log([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]])
    narrow, wide = [np.array([0]), np.array([1])], [np.array([0, 1, 2]), np.array([2, 1, 0])]
    found = found_at_widths(exact, {1: narrow, 3: wide}, 2)
    assert found[1].tolist() == [0.5, 0.5] and found[3].tolist() == [1, 1]
