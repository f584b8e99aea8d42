"""The stand-in for Upworthy's archive: the same columns, a truth that is known, and a word that says what it is."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chisquare

from course_lib.contracts import CorruptError, DataError
from course_lib.data import datasets, headlines

# Of the published archive, so that the stand-in can be held against it where the archive is not here.
COLUMNS = {"test_id": "int32", "arm": "int16", "headline": "object", "lede": "object", "eyecatcher_id": "object",
           "impressions": "int64", "clicks": "int64", "week": "int32", "winner": "bool",
           "broken_randomisation": "bool", "raw_id": "object"}


def upworthy_or_skip() -> pd.DataFrame:
    try:
        return datasets.upworthy()
    except DataError as error:
        pytest.skip(str(error))


def test_the_columns_are_those_of_the_archive():
    made = headlines.made_up(200)
    assert made[list(COLUMNS)].dtypes.astype(str).to_dict() == COLUMNS
    assert set(made) - set(COLUMNS) == {"split_broken", "true_rate"} and made.attrs["source"] == "synthetic"
    assert not made.isna().any().any()
    assert np.array_equal(np.unique(made.test_id), np.arange(200)) and (made.clicks <= made.impressions).all()
    assert (made.groupby("test_id").arm.max() + 1 == made.groupby("test_id").size()).all()
    assert made.equals(headlines.made_up(200)) and not made.equals(headlines.made_up(200, seed=1))


def test_the_archive_has_these_columns_too():
    assert upworthy_or_skip().dtypes.astype(str).to_dict() == COLUMNS


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_check_of_the_split_finds_the_tests_that_are_broken_and_few_others(seed):
    made = headlines.made_up(seed=seed)
    tests = made.groupby("test_id").agg(broken=("split_broken", "first"), warned=("broken_randomisation", "first"))
    alarm = made.groupby("test_id").impressions.apply(lambda shown: chisquare(shown).pvalue < 0.0005)
    assert alarm[tests.broken].mean() > 0.7 and alarm[~tests.broken].mean() < 0.005
    assert alarm[tests.warned].mean() > 0.5 and alarm[~tests.warned].mean() < 0.02
    assert 100 < tests.warned.sum() < len(tests) / 2


def test_clicks_follow_the_true_rate():
    made = headlines.made_up()
    spread = (made.clicks - made.impressions * made.true_rate) / np.sqrt(
        made.impressions * made.true_rate * (1 - made.true_rate))
    assert abs(spread.mean()) < 4 / np.sqrt(len(made)) and abs(spread.std() - 1) < 0.03
    assert set(made.groupby("test_id").winner.sum()) == {0, 1}


def test_without_the_archive_a_line_says_what_takes_its_place(monkeypatch, capsys):
    def gone():
        raise DataError("not here")

    monkeypatch.setattr(datasets, "upworthy", gone)
    arms = datasets.headline_tests()
    assert arms.attrs["source"] == "synthetic" and set(COLUMNS) <= set(arms)
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and "made up" in said and "course data upworthy" in said


def test_a_damaged_archive_is_not_replaced_by_a_stand_in(monkeypatch):
    def damaged():
        raise CorruptError("damaged")

    monkeypatch.setattr(datasets, "upworthy", damaged)
    with pytest.raises(CorruptError):
        datasets.headline_tests()


def test_with_the_archive_its_own_tests_come_under_its_own_name(capsys):
    arms = upworthy_or_skip()
    assert datasets.headline_tests().equals(arms) and datasets.headline_tests().attrs["source"] == "upworthy"
    assert capsys.readouterr().out == ""
