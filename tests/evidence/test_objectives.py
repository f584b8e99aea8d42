import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from course_lib.contracts import DataError
from course_lib.evidence import objectives


class TinyLog:
    """Three people over ten days; person 0 comes daily, 1 on days 0 and 9, 2 on day 0 only."""

    def __init__(self, scale=1.0):
        visits = [(0, d) for d in range(10)] + [(1, 0), (1, 9), (2, 0)]
        self._requests = pd.DataFrame({"request_id": range(len(visits)), "user": [u for u, _ in visits],
                                       "day": [d for _, d in visits]})
        self._shown = pd.DataFrame({"request_id": [0, 0, 10], "item": [1, 2, 3], "click": [1, 1, 0],
                                    "dwell_s": [40.0 * scale, 5.0, 0.0]})
        self._outcomes = pd.DataFrame({"request_id": [0, 0, 10], "item": [1, 1, 3],
                                       "kind": ["purchase", "return", "purchase"], "value": [100.0, -100.0, 50.0]})

    def requests(self, columns=None):
        return self._requests

    def impressions(self, columns=None):
        return self._shown

    def outcomes(self):
        return self._outcomes


def test_every_request_has_a_reward_and_those_without_events_have_none():
    log = TinyLog()
    for reward in (objectives.clicks, objectives.dwell, objectives.revenue, objectives.margin):
        assert reward(log).index.tolist() == log.requests()["request_id"].tolist()
    assert objectives.clicks(log)[0] == 2 and objectives.clicks(log).sum() == 2
    assert objectives.dwell(log)[0] == 45 and objectives.long_clicks(log)[0] == 1


def test_a_returned_purchase_leaves_revenue_and_costs_margin():
    log = TinyLog()
    assert objectives.revenue(log)[0] == 100
    assert objectives.margin(log, margin_rate=0.3, return_cost=5)[0] == pytest.approx(-5)
    assert objectives.margin(log, margin_rate=pd.Series({1: 0.1, 3: 0.5}), return_cost=0)[10] == pytest.approx(25)


def test_purchases_of_requests_before_the_log_are_nobodys_and_those_of_another_log_an_error():
    log = TinyLog()
    before = pd.DataFrame({"request_id": [-7], "item": [1], "kind": ["purchase"], "value": [1e6]})
    log._outcomes = pd.concat([log._outcomes, before])
    assert objectives.revenue(log).sum() == 150
    assert objectives.margin(log, return_cost=0).sum() == pytest.approx(15)
    log._outcomes = before
    with pytest.raises(DataError, match="1 events belong to no request"):
        objectives.revenue(log)
    log._shown = log._shown.assign(request_id=[0, 0, 999])
    with pytest.raises(DataError, match="first: request 999"):
        objectives.clicks(log)


def test_next_week_return_asks_only_requests_whose_week_is_over():
    log = TinyLog()
    back = objectives.next_week_return(log)
    user = log.requests().set_index("request_id")["user"].reindex(back.index)
    assert back[user == 0].tolist() == [1, 1, 1]
    assert back[user == 1].tolist() == [0] and back[user == 2].tolist() == [0]
    with pytest.raises(DataError, match="at least 31"):
        objectives.next_week_return(log, within_days=30)


def test_came_back_agrees_with_looking_at_every_pair_of_visits():
    rng = np.random.default_rng(0)
    user, day = rng.integers(5, size=60), rng.integers(20, size=60)
    got = objectives.came_back(user, day, last_day=19, within_days=3)
    for u, d, value in zip(user, day, got, strict=True):
        if d + 3 > 19:
            assert np.isnan(value)
        else:
            assert value == (((user == u) & (day > d) & (day <= d + 3)).any())


def test_rank_agreement_is_scipys_spearman():
    a, b = np.random.default_rng(1).normal(size=(2, 12))
    assert objectives.rank_agreement(a, b) == pytest.approx(spearmanr(a, b).statistic)
    assert objectives.rank_agreement(a, np.exp(a)) == pytest.approx(1)


def test_a_showing_is_worth_its_mean_and_few_showings_are_pulled_to_the_average():
    item, amount = np.array([0, 0, 0, 1]), np.array([1.0, 0.0, 1.0, 1.0])
    np.testing.assert_allclose(objectives.per_showing(item, amount, 3, strength=1e-12), [2 / 3, 1, 0.75])
    pulled = objectives.per_showing(item, amount, 3, strength=1e9)
    np.testing.assert_allclose(pulled, 0.75, rtol=1e-6)
    assert objectives.per_showing(item, amount, 3, strength=2)[1] == pytest.approx((1 + 2 * 0.75) / 3)


def test_agreement_is_certain_where_everybody_says_the_same_and_open_where_people_differ():
    people = pd.RangeIndex(40)
    order = pd.DataFrame({name: np.full(40, float(i)) for i, name in enumerate("abcd")}, index=people)
    same = objectives.agreement(order, order * 3 + 1)
    assert (same.value, same.low, same.high, same.n) == (1, 1, 1, 40)
    assert objectives.agreement(order, -order).value == -1
    noise = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 4)), index=people, columns=list("abcd"))
    wide = objectives.agreement(order, noise)
    assert wide.low < wide.value < wide.high and wide.width > 0.5


def test_a_person_who_never_asked_counts_for_neither_objective():
    logs = {"a": TinyLog(), "b": TinyLog(2), "c": TinyLog(3)}
    table = objectives.by_policy(logs, objectives.dwell)
    assert table.columns.tolist() == ["a", "b", "c"] and table.loc[0, "b"] == pytest.approx(85 / 10)
    table.loc[9] = np.nan
    assert objectives.agreement(table, table).value == 1
