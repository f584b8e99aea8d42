"""Film features: each against a plain loop, independent of the batch, blind to what came after."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import Candidates, Catalog, DataError, Requests
from course_lib.stages.ranking.film_features import COLUMNS, FilmFeatures

DAY = 86_400.0
PAST = pd.DataFrame({"user": [0, 0, 1, 1, 2], "item": [0, 1, 0, 2, 3], "time": [0, 10 * DAY, 0, 99 * DAY, 100 * DAY],
                     "value": [5, 4, 3, 5, 1.0]})
CATALOG = Catalog(pd.DataFrame({"year": [1990.0, 1994, np.nan, 1996]}),
                  np.array([[1, 0], [1, 0], [0, 1], [0, 1]], np.float32))


def ask(users, items, score=None):
    item = np.asarray(items, np.int32)
    found = Candidates(item, np.zeros(item.shape) if score is None else score)
    return FilmFeatures(PAST, CATALOG, 3)(Requests.of(users, eligible=range(4)), found)


def test_one_row_a_candidate_and_only_numbers():
    table = ask([0, 1], [[1, 2, -1], [3, 0, 1]], np.array([[3, 2, -np.inf], [1, 1, 1]]))
    assert tuple(table.columns) == COLUMNS and len(table) == 6 and np.isfinite(table.to_numpy()).all()
    assert table["retrieval_rank"].tolist() == [1, 2, 3] * 2
    assert table["retrieval_score"].tolist() == [3, 2, 0, 1, 1, 1]


def test_values_by_hand():
    table = ask([0], [[0, 1, 2, 3]])
    assert table["popularity"].tolist() == pytest.approx(np.log1p([2, 1, 1, 1]))
    assert table["recent_popularity"].tolist() == pytest.approx(np.log1p([0, 0, 1, 1]))
    assert table["mean_rating"].tolist() == pytest.approx((np.array([8, 4, 5, 1]) + 36) / (np.array([2, 1, 1, 1]) + 10))
    assert table["genre_match"].tolist() == [1, 1, 0, 0]                   # user 0 took two films of the first genre
    assert table["year_gap"].tolist() == [1990 - 1992, 2, 1994 - 1992, 4]  # a missing year counts as the median, 1994
    near = 1 / (np.sqrt(2) + 10) / np.sqrt(2)                              # films 0 and 2 share one of two viewers
    assert table["neighbours"].tolist() == pytest.approx([near, near, near, 0])


def test_a_row_does_not_depend_on_the_batch():
    both = ask([0, 2], [[1, 2], [3, 0]])
    assert both.iloc[2:].reset_index(drop=True).equals(ask([2], [[3, 0]]))


def test_no_past_is_refused():
    with pytest.raises(DataError, match="empty"):
        FilmFeatures(PAST.iloc[:0], CATALOG, 3)
