"""A staged launch: the evidence is that of its log, a calendar does not fool `net`, choices are played out from the day
of the decision."""

import numpy as np
import pytest
from toy_service import Rate, Service

from course_lib.contracts import ArgumentError
from course_lib.launch.situation import Situation, stage


@pytest.fixture(scope="module")
def better():
    return stage(Service(3000), Rate("a", 0.2), Rate("b", 0.25), warm_up=2, before=3, since=4)


def test_the_launch_stops_on_the_morning_of_the_decision(better):
    assert better.environment.day == 9
    assert [day.day for day in better.before] == [2, 3, 4] and [day.day for day in better.since] == [5, 6, 7, 8]
    assert better.treatment.seen == 5  # the days before it serves; the service itself teaches the rest
    assert set(better.before[0].requests["policy"]) == {"a"} and set(better.since[0].requests["policy"]) == {"a", "b"}


def test_the_choices_are_all_half_and_none_and_leave_the_situation_as_it_is(better):
    played = better.play_out(3, "clicks per user")
    assert played.best == "ramp" and better.environment.day == 9
    mean = {name: float(value) for name, value in played.table["clicks per user"].items()}
    assert mean["hold"] == pytest.approx((mean["ramp"] + mean["roll back"]) / 2, rel=0.02)
    assert mean["ramp"] / mean["roll back"] == pytest.approx(1.25, rel=0.03)
    np.testing.assert_allclose(played.by_day.sum(), played.table["clicks per user"].map(float), rtol=1e-9)


def test_what_is_lost_is_a_share_of_the_best(better):
    played = better.play_out(3, "clicks per user")
    assert float(played.share_lost("roll back")) == pytest.approx(0.2, abs=0.02)
    assert float(played.share_lost("ramp")) == 0


def test_before_and_after_blames_a_launch_for_what_happened_to_all():
    service = Service(3000)
    a, b = Rate("a", 0.1), Rate("b", 0.15)
    before = service.run(Rate("a", 0.2), 4)                       # a holiday: everyone clicks twice as much
    situation = Situation(service, a, b, before, [], 0.5)
    situation.since.extend(service.run(situation.split(), 4))
    assert float(situation.change("clicks")) == pytest.approx(-0.25, abs=0.03)
    assert not situation.net("clicks").excludes(0.5) and situation.net("clicks").excludes(0)


def test_the_net_change_of_a_treatment_that_does_nothing_holds_zero():
    situation = stage(Service(3000), Rate("a"), Rate("b"))
    assert not situation.net("clicks").excludes(0)
    assert situation.net("clicks", rule=lambda treated, control: 7.0).value == 7


def test_evidence_is_the_levels_of_the_log(better):
    table = better.evidence()
    rate = [np.mean([day.impressions["click"].mean() for day in better.before])]
    assert table.loc["clicks per user", "before"] == pytest.approx(5 * rate[0])
    treated = np.concatenate([day.impressions.loc[day.impressions["arm"] == "treatment", "click"]
                              for day in better.since])
    assert table.loc["clicks per user", "treatment"] == pytest.approx(5 * treated.mean())
    assert not table.loc["clicks per user", "treatment to control"].excludes(0.25)
    assert table.loc["dwell per click", ["before", "control", "treatment"]].tolist() == [30, 30, 30]
    assert abs(table.loc["slots on the top tenth of items", "treatment to control"].value) < 0.2


def test_bad_input_is_named():
    for wrong in ({"before": 0}, {"since": 0}, {"share": 1.0}, {"warm_up": -1}):
        with pytest.raises(ArgumentError, match="expected at least a day"):
            stage(Service(10), Rate("a"), Rate("b"), **wrong)
