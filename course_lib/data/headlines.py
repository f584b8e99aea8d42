"""Made-up headline tests, where Upworthy's archive cannot be had: the same columns, and a known truth.

Every number of a click or a reader is drawn; which tests have a broken split, and which arm is best, is known.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

ARMS = {2: 0.03, 3: 0.04, 4: 0.51, 5: 0.19, 6: 0.18, 7: 0.03, 8: 0.02}  # arms of a test: share of tests
WARNED = (201326, 201402)  # weeks, first and last, whose randomisation the archive's authors warn of
READERS, SPREAD = 3_100, 0.35  # of an arm: median, and deviation of the logarithm over tests
CLICK_RATE, TEST_SPREAD, ARM_SPREAD = 0.0125, 0.7, 0.25  # median; deviations of the logarithm over tests and arms
BROKEN_IN, BROKEN_ELSE = 0.75, 0.005  # chance that a test's split is broken: in weeks warned of, and in other weeks
TILT = 0.07  # deviation of an arm's share, relative, where the split is broken


def made_up(tests: int = 3_000, seed: int = 0) -> pd.DataFrame:
    """Headline tests like Upworthy's, one row an arm, with the columns of `datasets.upworthy()`.

    tests: how many, spread over the archive's weeks of 2013 to 2015. Two columns more tell the truth: split_broken
    (bool, the same for all arms of a test) and true_rate (float, chance of a click). `winner` marks the arm with the
    most clicks a reader of one test in four. .attrs: source "synthetic", seed.
    Nothing of the archive is in it; only its rough sizes are (medians of readers and click rates, shares of arms).
    """
    rng = np.random.default_rng(seed)
    n_arms = rng.choice(list(ARMS), p=np.array(list(ARMS.values())) / sum(ARMS.values()), size=tests)
    week = np.sort(rng.choice(_weeks(), size=tests))
    warned = (week >= WARNED[0]) & (week <= WARNED[1])
    broken = rng.random(tests) < np.where(warned, BROKEN_IN, BROKEN_ELSE)
    readers = READERS * np.exp(SPREAD * rng.normal(size=tests)) * n_arms
    appeal = np.log(CLICK_RATE) + TEST_SPREAD * rng.normal(size=tests)

    test = np.repeat(np.arange(tests), n_arms)
    arm = np.concatenate([np.arange(n) for n in n_arms])
    tilt = np.where(broken[test], np.exp(TILT * rng.normal(size=len(test))), 1.0)
    share = tilt / np.bincount(test, tilt)[test]
    shown = np.concatenate([rng.multinomial(round(total), share[test == i]) for i, total in enumerate(readers)])
    rate = np.minimum(np.exp(appeal[test] + ARM_SPREAD * rng.normal(size=len(test))), 0.3)
    clicks = rng.binomial(shown, rate)
    table = pd.DataFrame({
        "test_id": test.astype("int32"), "arm": arm.astype("int16"),
        "headline": [f"Made-up headline {k + 1} of test {i}" for i, k in zip(test, arm, strict=True)],
        "lede": "", "eyecatcher_id": [f"picture {i}" for i in test], "impressions": shown.astype("int64"),
        "clicks": clicks.astype("int64"), "week": week[test].astype("int32"), "winner": False,
        "broken_randomisation": warned[test], "raw_id": [f"made up {i}" for i in test],
        "split_broken": broken[test], "true_rate": rate})
    best = (table["clicks"] / table["impressions"].clip(1)).groupby(test).idxmax()
    table.loc[best[rng.random(tests) < 0.25], "winner"] = True
    table.attrs.update(source="synthetic", seed=seed)
    return table


def _weeks() -> np.ndarray:
    """The archive's weeks as year × 100 + week of the year, from 2013-03 to 2015-17."""
    return np.concatenate([year * 100 + np.arange(first, last + 1)
                           for year, first, last in ((2013, 3, 52), (2014, 0, 52), (2015, 0, 17))])
