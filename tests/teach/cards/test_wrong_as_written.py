"""Wrong answers as a reader writes them from the notebook alone: NaN where a root fails, a sort that is not stable.

A known mistake in tidier code gives another answer, so that these were not recognised; they are told the cause now.
"""

import numpy as np
import pandas as pd
import pytest

from course_lib.teach import cards
from course_lib.teach.checking.check import check


@pytest.fixture(autouse=True)
def without_timing(monkeypatch):
    monkeypatch.setattr("course_lib.teach.checking.check.speed_ratio", lambda card, fn: 1.0)


def _merged(events, facts, by=None, **how):
    right = facts.sort_values("time")
    right = right if by else right.drop(columns=right.columns[0])
    return pd.merge_asof(events.sort_values("time"), right, on="time", by=by, **how)


def plain_merge_asof(events, facts, by):
    return _merged(events, facts, by)


def merge_asof_without_by(events, facts, by):
    events = events.reset_index(drop=True)
    joined = _merged(events, facts, allow_exact_matches=False)
    joined.index = events.sort_values("time").index
    return joined.sort_index()


def merged_values_by_index(events, facts, by):
    return events.assign(value=_merged(events, facts, by, allow_exact_matches=False)["value"])


def _rounded(places):
    def share(trained, recomputed):
        one, other = trained.round(places), recomputed.round(places)
        return ((one != other) & ~(one.isna() & other.isna())).mean()
    return share


def within_a_ten_thousandth(trained, recomputed):
    return 1 - np.isclose(trained, recomputed, rtol=0, atol=1e-4, equal_nan=True).mean(axis=0)


def within_a_thousandth_of_it(trained, recomputed):
    return 1 - np.isclose(trained, recomputed, rtol=1e-3, equal_nan=True).mean(axis=0)


def within_a_billionth_of_it(trained, recomputed):
    return 1 - np.isclose(trained, recomputed, rtol=1e-9, equal_nan=True).mean(axis=0)


def divided_by_it(trained, recomputed):
    apart = (trained - recomputed).abs() / recomputed > 1e-6
    return (apart | (trained.isna() ^ recomputed.isna())).mean()


def _ndcg(row, relevant, weight, hits_in_ideal, places):
    if len(relevant) == 0:
        return np.nan
    hit = np.isin(row[:places], relevant)
    ideal = weight[:hits_in_ideal(hit, relevant)].sum()
    return (hit * weight[:len(hit)]).sum() / ideal if ideal else 0.0


def ideal_of_own_hits(top, relevant, k):
    weight = 1 / np.log2(np.arange(2, k + 2))
    return np.array([_ndcg(row, items, weight, lambda hit, _: hit.sum(), k)
                     for row, items in zip(top, relevant, strict=True)])


def whole_list_over_k(top, relevant, k):
    weight = 1 / np.log2(np.arange(2, top.shape[1] + 2))
    return np.array([_ndcg(row, items, weight, lambda _, items: min(len(items), k), None)
                     for row, items in zip(top, relevant, strict=True)])


def coins_again_from_the_first(a, b, slate_size, coin):
    item, team = np.zeros((2, len(a), slate_size), int)
    for row in range(len(a)):
        for slot in range(slate_size):
            whose = 0 if coin[row, slot % coin.shape[1]] < 0.5 else 1
            item[row, slot] = next(pick for pick in (a, b)[whose][row] if pick not in item[row, :slot])
            team[row, slot] = whose
    return item, team


def _ratio(error):
    def answer(numerator, denominator):
        r = numerator.sum() / denominator.sum()
        return r, error(r, numerator, denominator)
    return answer


def _jackknife(r, num, den):
    without = (num.sum() - num) / (den.sum() - den)
    return np.sqrt((len(num) - 1) / len(num) * np.sum((without - r)**2))


def _as_if_independent(r, num, den):
    return r * np.sqrt((num.var(ddof=1) / num.mean()**2 + den.var(ddof=1) / den.mean()**2) / len(num))


def rho_times_standardised(y, x):
    return y - np.corrcoef(x, y)[0, 1] * (x - x.mean()) / x.std()


def _difference(y, arm):
    one, other = y[arm == 1], y[arm == 0]
    return one.mean() - other.mean(), np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other))


def everybody_over_the_share(y, arm, touched):
    effect, error = _difference(y, arm)
    return effect / touched.mean(), error / touched.mean()


def share_squared(y, arm, touched):
    effect, error = _difference(y[touched], arm[touched])
    return effect * touched.mean(), error * touched.mean()**2


def one_spread(y, arm, touched):
    own, share = arm[touched], touched.mean()
    error = y[touched].std(ddof=1) * np.sqrt(1 / (own == 1).sum() + 1 / (own == 0).sum())
    return share * _difference(y[touched], own)[0], share * error


WRITTEN = [
    ("feature_audit.1", plain_merge_asof, "at or before, in order of time, ties as they fall"),
    ("feature_audit.1", merge_asof_without_by, "any item's fact, ties as they fall"),
    ("feature_audit.1", merged_values_by_index, "put back by index, ties as they fall"),
    ("feature_audit.2", _rounded(4), "rounded to four places"),
    ("feature_audit.2", _rounded(8), "rounded to eight places"),
    ("feature_audit.2", within_a_ten_thousandth, "rounded to four places"),
    ("feature_audit.2", within_a_thousandth_of_it, "a thousandth of the number"),
    ("feature_audit.2", within_a_billionth_of_it, "a billionth of the number"),
    ("feature_audit.2", divided_by_it, "a part of a negative number"),
    ("metric_stack.1", ideal_of_own_hits, "ideal of what was found, 0 without a hit"),
    ("metric_stack.1", whole_list_over_k, "hits not cut at k"),
    ("metric_stack.4", coins_again_from_the_first, "a coin a slot, from the first again"),
    ("experiments.2", _ratio(lambda r, num, den: np.sqrt(r * (1 - r) / den.sum())), "impressions as units"),
    ("experiments.2", _ratio(lambda r, num, den: np.sqrt(r * (1 - r) / len(num))), "impressions as units, over users"),
    ("experiments.2", _ratio(lambda r, num, den: np.sqrt(num.sum()) / den.sum()), "clicks as counts"),
    ("experiments.2", _ratio(_jackknife), "one user left out at a time"),
    ("experiments.2", _ratio(_as_if_independent), "relative spreads, as if independent"),
    ("experiments.3", rho_times_standardised, "ρ times the standardised, by n"),
    ("experiments.7", everybody_over_the_share, "everybody compared, divided by the share"),
    ("experiments.7", share_squared, "error times the share twice"),
    ("experiments.7", one_spread, "one spread, the effect in it"),
]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("card_id", "fn", "mistake"), WRITTEN, ids=[f"{held[0]}: {held[2]}" for held in WRITTEN])
def test_a_wrong_answer_as_it_is_written_is_told_its_cause(card_id, fn, mistake):
    result = check(cards.card(card_id), fn)
    assert (result.status, result.known, result.mistake) == ("wrong", True, mistake)
