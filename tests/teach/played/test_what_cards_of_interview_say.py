"""What lesson 14's decisions and refereed report say in words is what playing them says, on other seeds too."""

import numpy as np
import pytest

from course_lib.launch import incident, months
from course_lib.launch.probes import PROBES
from course_lib.teach.cards.interview import found_in, looks, pager

NAMED = looks.LOOKS.policies
BEST = NAMED["a small count of the same people"]
OTHER_SEEDS = range(301, 307)


def minutes(choice, seeds=OTHER_SEEDS):
    return -np.array([looks.play_looks(choice, seed) for seed in seeds])


def test_on_other_nights_too_a_small_count_of_the_same_people_is_quickest_and_a_large_one_slower_than_none():
    mean = {name: minutes(choice).mean() for name, choice in NAMED.items()}
    assert min(mean, key=mean.get) == "a small count of the same people"
    assert mean["a large count"] > mean["from the top"] > mean["what is quick first"]
    assert mean["the largest loss"] > mean["what is quick first"]


CHANGES = ({"people": 300}, {"people": 100}, {"order": "from the top"}, {"order": "quickest first"},
           {"order": "largest loss"}, {"compare": "others"}, {"labels": "first"}, {"labels": "last"})


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_what_is_slower_than_the_best_plan_is_told_why_and_the_best_is_not(change):
    slower = minutes(BEST | change) - minutes(BEST)
    assert slower.mean() > 1.0
    assert len(looks.LOOKS.spoke_against(BEST | change)) > 20 and looks.LOOKS.spoke_against(BEST) == ""


def test_retrieval_loses_most_on_a_healthy_night_and_wrong_labels_look_like_a_fault_of_the_filter():
    for seed in OTHER_SEEDS:
        usual, held = looks.nights(seed)
        assert incident.STAGES[usual.mean(axis=0).argmax()] == "retrieve"
        for kind, tonight in held:
            if kind == "labels":
                assert incident.STAGES[(tonight - usual).mean(axis=0).argmax()] == "filter"
        kinds = [kind for kind, _ in held]
        assert {kinds.count(kind) for kind in kinds} == {looks.NIGHTS // 5}


def test_the_loss_of_each_person_is_the_one_that_the_lesson_counts():
    healthy = looks.small_service(301)
    usual, _ = looks.nights(301)
    counted = incident.lost_by_stage(healthy.system, healthy.hidden, healthy.people, healthy.items)
    assert dict(zip(incident.STAGES, usual.mean(axis=0), strict=True)) == pytest.approx(counted)


def test_the_task_names_the_minutes_of_the_looks():
    for look in (*looks.OWN_LOOK.values(), "labels"):
        assert f"`{look}` {PROBES[look][0]}" in looks.LOOKS.task
    assert looks.A_TRACE == 0.1 and looks.NIGHTS == 40


# --- the pager --------------------------------------------------------------------------------------------------------
def bill(choice, seeds=OTHER_SEEDS):
    return -np.array([pager.play_pager(choice, seed) for seed in seeds])


def test_on_other_months_too_the_shop_wants_the_longer_window_and_the_feed_the_shorter():
    named = pager.PAGER.policies
    split = bill(named["an hour in the feed, four in the shop"])
    for name in ("an hour, both", "four hours, both", "the workbook's fast page, both"):
        lost = bill(named[name]) - split
        assert lost.mean() > 2 * lost.std(ddof=1) / np.sqrt(len(lost)), name


def test_no_rule_of_a_grid_is_clearly_better_than_the_best_named_one():
    best = pager.PAGER.policies["an hour in the feed, four in the shop"]
    for service in pager.ASKED:
        for long, burn in ((30, 40), (60, 25), (120, 25), (120, 70), (240, 25), (360, 25), (720, 14.4)):
            other = best | {f"{service} minutes": long, f"{service} burn": burn}
            assert (bill(other) - bill(best)).mean() > -25, other


def test_the_month_is_the_one_that_the_task_tells():
    held = months.month(20.0, 7)
    at_three, noon = (held.total.reshape(months.DAYS, 1440)[:, at:at + 60].mean() for at in (150, 870))
    assert at_three == pytest.approx(0.3 * 20, rel=0.1) and noon == pytest.approx(1.7 * 20, rel=0.1)
    kinds = [event.kind for event in held.events]
    assert {kind: kinds.count(kind) for kind in kinds} == {"blip": 20, "one client": 12, "slow burn": 3, "outage": 3}
    client = months.CLIENT_RETRIES
    assert 0.4 < client / (client + pager.ASKED["shop"]) < 0.5 and client / pager.ASKED["feed"] < 0.01


def test_a_page_mends_and_a_rule_that_never_rings_leaves_all_to_the_morning():
    eager, deaf = (months.outcome(2_000.0, 60, burn, 9) for burn in (14.4, 1e6))
    assert eager.burned < deaf.burned and deaf.woken == 0 and deaf.missed == 6
    assert months.pages(np.r_[np.zeros(3), np.ones(2), 0, np.ones(2), np.zeros(70), 1]).tolist() == [3, 78]


def test_at_nine_means_the_next_nine_o_clock():
    for start, seen in ((60, 570), (539, 570), (540, 1440 + 570), (1441, 1440 + 570)):
        assert months.seen_in_the_morning(months.Event("outage", start, start + 9, np.ones(9, int))) == seen


# --- the report -------------------------------------------------------------------------------------------------------
def test_the_report_says_within_the_hour_and_all_faults_say_that_it_is_not():
    held = found_in.FOUND
    assert held.measure(held.rigged).says == "within the hour"
    assert held.measure(held.reference).says == "not within the hour"
    others = range(36, 216, 36)          # other years, of which the card knows nothing
    assert sum(found_in.measure(held.rigged, first).says == "within the hour" for first in others) >= 4
    assert {found_in.measure(held.reference, first).says for first in others} == {"not within the hour"}
    began, rang, seen = found_in.faults()
    assert (seen > began).all() and 0.2 < (rang < 0).mean() < 0.8
    assert np.median((rang - began)[rang >= 0]) < 60           # “a median would be of the same rows”


def test_a_deafer_alarm_has_the_better_report(monkeypatch):
    """The mean over what was detected falls, or what it leaves out grows, as the threshold rises."""
    shares, true = [], []
    for burn in (5, 14.4, 60):
        found_in.faults.cache_clear()
        monkeypatch.setattr(found_in, "BURN", burn)
        _, rang, _ = found_in.faults()
        shares.append((rang < 0).mean())
        true.append(found_in.measure(found_in.of_all).value.value)
    found_in.faults.cache_clear()
    assert shares == sorted(shares) and true == sorted(true) and shares[-1] > shares[0]
