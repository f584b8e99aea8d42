"""The refereed table of a league: which mends are taken."""

import pytest
from scipy.stats import t, ttest_rel

from course_lib.teach.cards.day15.league_table import RANKING
from course_lib.teach.played.referee import judge_part

PAIRS = 66


def of_all(level):
    def is_better(one, other):
        gap = one - other
        return gap.mean() > t.ppf(1 - level / 2, len(gap) - 1) * gap.std(ddof=1) / len(gap) ** 0.5
    return is_better


def test_an_interval_for_all_pairs_is_taken_with_a_sentence_of_its_own():
    """The card's own why recommends it; Bonferroni's and Šidák's levels are hardly apart."""
    for level in (0.05 / PAIRS, 1 - 0.95 ** (1 / PAIRS)):
        judged = judge_part(RANKING, of_all(level), {})
        assert judged.status == "right" and "among the 66 pairs" in judged.says


@pytest.mark.parametrize(("part", "status"), [
    (of_all(0.05), "right"), (lambda one, other: ttest_rel(one, other).pvalue < 0.05, "right"),
    (lambda one, other: False, "wrong"), (lambda one, other: (one > other).all(), "wrong"),
    (lambda one, other: one.mean() - other.mean() > 0.3, "wrong"), (of_all(0.3), "wrong"),
])
def test_what_was_right_or_wrong_stays_so(part, status):
    assert judge_part(RANKING, part, {}).status == status
