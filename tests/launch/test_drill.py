"""The drill: symptoms that are there are found, those that are not are not; forks share no state."""

import numpy as np
import pytest
from toy_service import Rate, Service

from course_lib.contracts import ArgumentError, DataError
from course_lib.launch.drill import play_out, symptoms


def test_the_best_choice_has_no_regret_and_the_others_have_theirs():
    service = Service()
    drill = play_out(service, {"hold": Rate("a", 0.2), "ramp": Rate("b", 0.25), "roll back": Rate("c", 0.2)}, 3)
    assert drill.best == "ramp" and service.day == 0
    assert drill.regret("ramp").value == 0
    assert not drill.regret("hold").excludes(3 * 5 * 0.05)  # three days, five slots, five points
    twin = drill.table.loc["roll back", "less hold"]
    assert twin.value == 0 and 0 < twin.width < 0.02  # same dice, same policy; that nobody differed proves nothing


def test_choices_are_copied_so_that_no_fork_teaches_another():
    policy = Rate("a")
    play_out(Service(100), {"one": policy, "two": policy}, 2)
    assert policy.seen == 0


def test_a_week_of_more_reports_and_fewer_clicks_is_seen_and_a_steady_one_is_not():
    service = Service(3000)
    log = list(service.run(Rate("a"), 4)) + list(service.run(Rate("a", click=0.17, report=0.05), 4))
    moved = symptoms(log, range(0, 4), range(4, 8), service.catalog())["moved"]
    assert moved["click rate"] and moved["reports per impression"]
    steady = symptoms(log, range(0, 2), range(2, 4), service.catalog())
    assert not steady["moved"][["click rate", "dwell per click", "requests per user"]].any()
    assert "spam" in steady.loc["reports per impression", "may mean"]


def test_the_paired_interval_equals_a_bootstrap_over_people():
    service = Service(400)
    log = list(service.run(Rate("a"), 3)) + list(service.run(Rate("a", click=0.15), 3))
    change = symptoms(log, range(3), range(3, 6)).loc["click rate", "change"]
    rate = [[d.impressions.groupby("user")["click"].mean().to_numpy() for d in log[i:i + 3]] for i in (0, 3)]
    per_person = np.mean(rate[1], 0) - np.mean(rate[0], 0)
    rng = np.random.default_rng(0)
    draws = [per_person[rng.integers(0, 400, 400)].mean() for _ in range(2000)]
    assert change.value == pytest.approx(per_person.mean())
    assert (change.low, change.high) == pytest.approx(tuple(np.quantile(draws, [0.025, 0.975])), abs=0.002)


def test_bad_input_is_named():
    with pytest.raises(ArgumentError, match="metric per user"):
        play_out(Service(100), {"one": Rate("a")}, 1, "click rate")
    with pytest.raises(ArgumentError, match="choice is"):
        play_out(Service(100), {"one": Rate("a")}, 1).regret("two")
    with pytest.raises(DataError, match="both stretches"):
        symptoms(list(Service(1).run(Rate("a"), 2)), [0], [1])
