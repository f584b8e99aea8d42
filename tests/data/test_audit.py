import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2
from sklearn.metrics import roc_auc_score

from course_lib.contracts import ArgumentError, DataError, ShapeError
from course_lib.data.audit import auc, audit, mismatch, null_psi_threshold, psi

rng = np.random.default_rng(0)


def test_psi_is_zero_for_the_same_values_symmetric_in_shares_and_grows_with_a_shift():
    values = rng.normal(size=5000)
    assert psi(values, values) == 0
    assert psi(values, np.repeat(values, 3)) < 1e-6
    shifts = [psi(values, values + shift) for shift in (0.1, 0.5, 1.0)]
    assert shifts == sorted(shifts) and shifts[0] > 0


def test_psi_by_hand_on_two_bins():
    reference, actual = np.repeat([0.0, 1.0], 5000), np.repeat([0.0, 1.0], [2000, 8000])
    expected = (0.2 - 0.5) * np.log(0.2 / 0.5) + (0.8 - 0.5) * np.log(0.8 / 0.5)
    assert psi(reference, actual, bins=2) == pytest.approx(expected, rel=1e-3)


def test_psi_does_not_change_under_a_monotone_map_and_sees_missing_values():
    one, other = rng.normal(size=3000), rng.normal(0.3, 1, 3000)
    assert psi(np.exp(one), np.exp(other)) == pytest.approx(psi(one, other))
    holes = one.copy()
    holes[:900] = np.nan
    assert psi(one, holes) > 1 and psi(holes, holes) == 0


@pytest.mark.parametrize("n", [200, 2000, 20_000])
def test_the_null_threshold_is_that_of_chi_square(n):
    values = rng.normal(size=n)
    expected = chi2.ppf(0.95, 9) * 2 / n  # PSI ≈ chi²(bins − 1) · (1/N + 1/n)
    assert null_psi_threshold(values, n, n_boot=4000) == pytest.approx(expected, rel=0.12)


def test_the_null_threshold_gives_the_false_alarms_it_promises():
    reference = rng.exponential(size=3000)
    threshold = null_psi_threshold(reference, 500)
    alarms = np.mean([psi(reference, rng.exponential(size=500)) > threshold for _ in range(400)])
    assert 0.02 < alarms < 0.10


def test_auc_is_that_of_scikit_learn_with_ties():
    label, score = rng.integers(0, 2, 500), rng.integers(0, 6, 500)
    assert auc(label, score) == pytest.approx(roc_auc_score(label, score), abs=1e-9)
    holes = np.where(rng.random(500) < 0.2, np.nan, score)
    assert auc(label, holes) == pytest.approx(roc_auc_score(label, np.nan_to_num(holes, nan=-1)))
    assert np.isnan(auc(np.ones(4), np.arange(4))) and auc([0, 1], [1, 1]) == 0.5


def tables(n=4000):
    label = rng.integers(0, 2, n)
    good = pd.DataFrame({"honest": rng.normal(size=n) + label, "leaky": rng.normal(size=n),
                         "position": rng.integers(1, 11, n).astype(float), "slow": rng.normal(size=n),
                         "moved": rng.normal(size=n)})
    train = good.assign(leaky=good.leaky + 2 * label)
    served = pd.DataFrame(rng.normal(size=(1000, 4)), columns=["honest", "leaky", "slow", "moved"])
    served["honest"] += rng.integers(0, 2, 1000)
    return train, served.assign(moved=served.moved + 0.5), good, label


def test_audit_gives_each_feature_its_own_verdict():
    train, served, as_of, label = tables()
    ages = {"slow": np.full(1000, 7200.0), "honest": np.full(1000, 60.0)}
    sla = {"slow": 3600, "honest": 3600}
    table = audit(train, served, as_of=as_of, label=label, age_s=ages, sla_s=sla, alpha=0.001)
    assert table.verdict.to_dict() == {"honest": "keep", "leaky": "rebuild: leaks", "slow": "refresh: stale",
                                       "position": "drop: not at inference", "moved": "watch: moved"}
    leak = table.loc["leaky"]
    assert leak.auc > 0.85 and leak.auc_as_of < 0.55 and 0.4 < leak.differs < 0.6
    assert table.loc["slow", "late"] == 1 and table.loc["honest", "late"] == 0
    assert np.isnan(table.loc["position", "psi"])


def test_mismatch_counts_rows_and_takes_two_missing_values_as_equal():
    one = pd.DataFrame({"a": [1.0, np.nan, 3.0, 4.0], "b": 0.0})
    other = pd.DataFrame({"a": [1.0, np.nan, 3.5, np.nan], "c": 0.0})
    assert mismatch(one, other).to_dict() == {"a": 0.5}


def test_bad_arguments_are_named():
    with pytest.raises(ShapeError, match="2 and 3 rows"):
        mismatch(pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1, 2, 3]}))
    with pytest.raises(ShapeError, match="label has 1 rows"):
        audit(pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1]}), label=[1])
    with pytest.raises(DataError, match=r"actual has shape \(0,\)"):
        psi([1.0], [])
    with pytest.raises(ArgumentError, match="quantile is 95"):
        null_psi_threshold([1.0, 2.0], 10, quantile=95)
    with pytest.raises(ArgumentError, match="bins is 1"):
        psi([1.0], [1.0], bins=1)
