"""A funnel knows what the tables say of users and items: at its fit, in sessions, after later events, out of a file."""

import copy
import functools

import numpy as np
import pandas as pd

from course_lib.contracts import Dataset, Requests
from course_lib.data import splits
from course_lib.serving import funnel_training
from course_lib.serving.funnel import Funnel, FunnelSettings

DAY, USERS, ITEMS, KINDS = 86_400.0, 150, 60, 3
NEW = 10_000                                                                            # an id beyond the fit
SMALL = FunnelSettings(n_candidates=25, n_shares=25, l2_grid=(20.0,),
                       trees=funnel_training.TREES | {"trees": 30, "min_rows": 20})


@functools.cache
def fitted(width=KINDS):
    """150 people of three kinds; the table of users has a column of use, one with a gap, and one that is a name.

    width: columns of the items' content.
    """
    rng, rows = np.random.default_rng(0), []
    for user in range(USERS):
        taste = np.where(np.arange(ITEMS) % KINDS == user % KINDS, 1.0, 0.1)
        for item in rng.choice(ITEMS, 14, replace=False, p=taste / taste.sum()):
            rows.append((user, item, 1.3e9 + rng.uniform(0, 100) * DAY))
    users = pd.DataFrame({"user": np.arange(USERS), "kind": (np.arange(USERS) % KINDS).astype(str),
                          "age": np.where(np.arange(USERS) == 5, np.nan, 20.0 + np.arange(USERS) % 50),
                          "mail": [f"{n}@here" for n in range(USERS)]})
    data = Dataset.from_frames(pd.DataFrame(rows, columns=["user", "item", "time"]), users=users, time_unit="s")
    content = np.eye(width, dtype=np.float32)[np.arange(ITEMS) % KINDS]
    data = Dataset("kinds", data.interactions, type(data.catalog)(data.catalog.items, content), data.users)
    return Funnel(SMALL).fit(data, splits.by_user(data.interactions))


def of_session(users, items):
    return Requests.of(np.array(users), eligible=np.arange(ITEMS), session_items=np.array(items)[:, None])


def test_columns_of_users_and_content_are_features_and_what_is_left_out_is_named():
    chain = fitted()
    assert {"column_kind", "column_age", "content_0", "content_2"} <= set(chain.ranker.columns)
    assert "column_mail" not in chain.ranker.columns
    assert chain.fit_report["user_columns"] == ["kind", "age"]
    assert {"users.mail", "users.raw_id"} == set(chain.fit_report["left_out"])


def test_content_too_wide_for_features_is_named():
    chain = fitted(width=65)
    assert "64" in chain.fit_report["left_out"]["content"] and "content" in chain.fit_report["sources"]
    assert not [name for name in chain.ranker.columns if name.startswith("content_") and name[8:].isdigit()]


def test_columns_stay_with_their_users_in_a_file_in_sessions_and_after_events(tmp_path):
    chain = copy.deepcopy(fitted())
    again = Funnel.load(chain.save(tmp_path / "funnel"))
    users, asked = np.array([70, 5, NEW]), of_session([70, 5, NEW], [0, 3, 0])
    for _ in range(2):
        people = next(iter(chain.asked(asked))).people.columns
        assert people["kind"][:2].tolist() == chain.fitted.columns["kind"][users[:2]].tolist()
        assert people["age"][0] == 40 and np.isnan(people["age"][1:]).all() and np.isfinite(people["kind"][2])
        assert np.array_equal(again.score(np.arange(USERS)), chain.score(np.arange(USERS)))
        assert np.array_equal(*(one.retrieve(asked, 9).item for one in (chain, again)))
        for one in (chain, again):
            one.observe(pd.DataFrame({"user": [70, NEW], "item": [4, 9], "time": 1.4e9}))
    assert np.isfinite(chain.score([NEW])).any() and np.array_equal(chain.recommend([NEW]), again.recommend([NEW]))
