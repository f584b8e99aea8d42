"""The audit that is signed: each fault is where its card says, verdicts do what they promise, faults cost."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.stages.ranking import signed_audit
from course_lib.stages.ranking.signed_audit import LINEAGE, SOUND
from course_lib.teach.cards.feature_audit.signed import found
from course_lib.world import feed, policies

LEAKS, OLD = ("item_ctr", "user_clicks", "affinity_clicks"), ("item_ctr_day", "affinity_ctr")
SKEWS = ("item_age_d", "affinity_clicks_day")
AFTER = ("position", "dwell_s", "clicks_below")


@pytest.fixture(scope="module")
def case():
    return found(7, feed, policies)


def test_there_are_twenty_features_and_ten_are_sound():
    assert len(LINEAGE) == 20 and list(SOUND.values()).count("keep") == 10
    assert {name for name, fate in SOUND.items() if fate != "keep"} == {*LEAKS, *OLD, *SKEWS, *AFTER}


def test_what_an_auditor_measures_shows_each_fault_and_only_there(case):
    table = signed_audit.audited(case)
    assert set(table.index[~table["at_request"].astype(bool)]) == set(AFTER)
    assert set(table.index[table["unlike_as_of"] > 0.01]) == set(LEAKS)
    assert set(table.index[table["age_h"] > table["allowed_h"]]) == set(OLD)
    assert set(table.index[table["unlike_logged"] > 0.001]) == {*OLD, *SKEWS}


def test_the_noise_of_psi_can_be_read_in_a_table_of_hundredths(case):
    table = signed_audit.audited(case).round(2)
    there = table["at_request"].astype(bool)
    assert (table.loc[there, "psi_noise"].astype(float) > 0).all() and (table.loc[~there, "psi_noise"] == "").all()


def test_verdicts_do_what_they_say(case):
    train, served = signed_audit.tables(case, SOUND)
    assert list(train) == list(served) == [name for name in LINEAGE if SOUND[name] != "drop"]
    for name in train:
        assert np.array_equal(train[name], case.honest[name], equal_nan=True)
        assert np.array_equal(served[name], case.live[name], equal_nan=True)
    train, served = signed_audit.tables(case, dict.fromkeys(LINEAGE, "keep"))
    assert served["dwell_s"].isna().all() and train["dwell_s"].notna().any()
    assert not np.array_equal(served["affinity_ctr"], case.live["affinity_ctr"])
    _, served = signed_audit.tables(case, {**SOUND, "affinity_ctr": "rebuild", "dwell_s": "rebuild"})
    assert np.array_equal(served["affinity_ctr"], case.served["affinity_ctr"]) and served["dwell_s"].isna().all()


def test_dwell_kept_ruins_the_lists_and_nothing_kept_is_chance(case):
    sound = signed_audit.chance_shown(case, SOUND).mean()
    assert signed_audit.chance_shown(case, {**SOUND, "dwell_s": "keep"}).mean() < sound / 2
    none = signed_audit.chance_shown(case, dict.fromkeys(LINEAGE, "drop"))
    assert np.allclose(none, case.chance.mean(axis=1))


def test_an_audit_that_is_not_whole_is_refused(case):
    with pytest.raises(ArgumentError):
        signed_audit.tables(case, {"dwell_s": "drop"})
    with pytest.raises(ArgumentError):
        signed_audit.tables(case, {**SOUND, "dwell_s": "burn"})


def test_clicks_below_are_counted_from_the_bottom():
    import pandas as pd

    rows = pd.DataFrame({"request_id": [1, 1, 1, 2], "position": [2, 1, 3, 1], "click": [1, 0, 1, 1],
                         "dwell_s": [5.0, np.nan, 7.0, 2.0]}, index=[9, 4, 6, 5])
    assert signed_audit.after_the_click(rows)["clicks_below"].tolist() == [1, 2, 0, 0]
