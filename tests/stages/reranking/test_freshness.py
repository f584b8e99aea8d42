"""The boost in its limits; the ranker against a plain count, and that only a boost brings what was never shown."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.contracts import ArgumentError, Catalog, DayLog, Requests
from course_lib.stages.reranking.freshness import EXAMINATION, Nightly, fresh_boost


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 100), st.floats(0, 500), st.floats(0.1, 20), st.floats(1, 300))
def test_a_boost_fades_with_age_and_with_showings_and_stays_between_none_and_all(age, shown, half, enough):
    now = fresh_boost(age, shown, half_life_days=half, enough=enough)
    assert 0 <= now <= 1
    assert fresh_boost(age + 1, shown, half_life_days=half, enough=enough) <= now
    assert fresh_boost(age, shown + 1, half_life_days=half, enough=enough) <= now
    assert fresh_boost(age + half, shown, half_life_days=half, enough=enough) == pytest.approx(now / 2)


def test_it_ends_at_enough_and_is_whole_at_birth():
    np.testing.assert_allclose(fresh_boost([0, 0, 0, -1], [0, 100, 1000, 0], size=3), [3, 0, 0, 3])


def catalog(n, born=0):
    return Catalog(pd.DataFrame({"born_day": np.full(n, born)}), np.eye(n, 6, dtype=np.float32))


def day(items, dwell, *, user=0, positions=None, new=None, number=0):
    shown = pd.DataFrame({"item": np.array(items, "int32"), "dwell_s": np.array(dwell, "float32"),
                          "user": np.int32(user),
                          "position": np.arange(1, len(items) + 1) if positions is None else positions})
    return DayLog(number, pd.DataFrame(), shown, pd.DataFrame(), new)


def ask(people, items, today=0):
    return Requests.of(people, eligible=items, day=today, slate_size=3)


def test_rates_are_reads_a_look_drawn_to_the_mean():
    ranker = Nightly(catalog(4), near=0.0, prior=2.0)
    ranker.observe(day([0, 1, 2, 0], [60, 5, 40, 0]))
    looks = np.arange(1, 5) ** -EXAMINATION
    mean = 2 / looks.sum()
    by_item = {0: (1, looks[0] + looks[3]), 1: (0, looks[1]), 2: (1, looks[2]), 3: (0, 0)}
    expected = [np.log((read + 2 * mean) / (look + 2)) for read, look in by_item.values()]
    np.testing.assert_allclose(ranker.scores(ask([0], np.arange(4)))[0], expected, rtol=1e-5)
    assert ranker.slates(ask([0], np.arange(4))).item[0].tolist() == np.argsort(-np.array(expected))[:3].tolist()


def test_nearness_is_the_cosine_with_what_the_person_read():
    ranker = Nightly(catalog(6), near=5.0, prior=1e9)
    ranker.observe(day([4, 4, 2], [60, 60, 60], user=7))
    score = ranker.scores(ask([7, 3], np.arange(6)))
    np.testing.assert_allclose(score[0] - score[1], 5 * np.array([0, 0, 1, 0, 2, 0]) / np.sqrt(5), atol=1e-4)


def test_a_newborn_is_met_and_a_boost_puts_it_in_front_until_it_was_seen():
    new = Catalog(pd.DataFrame({"born_day": [0]}, index=[4]), np.zeros((1, 6), np.float32))
    plain, pushed = (Nightly(catalog(4, -9), boost, near=0.0, prior=5.0) for boost in (
        None, lambda age, shown: fresh_boost(age, shown, size=5.0, enough=20)))
    for ranker in (plain, pushed):
        ranker.observe(day([0, 1, 2, 3] * 10, [60] * 40, positions=np.ones(40), new=new))
    assert 4 not in plain.slates(ask([0], np.arange(5), 1)).item
    assert pushed.slates(ask([0], np.arange(5), 1)).item[0, 0] == 4
    pushed.observe(day([4] * 20, [0] * 20, positions=np.ones(20), number=1))
    assert pushed.slates(ask([0], np.arange(5), 2)).item[0].tolist() == plain.slates(ask([0], np.arange(5), 2)).item[
        0].tolist() and pushed.scores(ask([0], np.arange(5), 2))[0].argmin() == 4


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ArgumentError, match="half_life_days is 0"):
        fresh_boost([1.0], [1.0], half_life_days=0)
    with pytest.raises(ArgumentError, match="enough 0"):
        fresh_boost([1.0], [1.0], enough=0)
