"""A client has a rate, a house is full at some point, and who leaves makes room."""

from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from course_lib.serving.service.admission import Admission
from course_lib.serving.service.ask_schema import Limits, Refused
from course_lib.serving.service.settings import ServiceSettings


def test_a_full_house_turns_people_away_until_somebody_leaves():
    house = Admission(Limits(), shed_at=2)
    with ExitStack() as inside:
        inside.enter_context(house.entered("a"))
        with house.entered("b"):
            with pytest.raises(Refused) as refused, house.entered("c"):
                pass
            assert refused.value.status == 503 and refused.value.retry_after_s == 1
        with house.entered("c"):
            assert house.waiting == 2
    assert house.waiting == 0


def test_who_fails_inside_leaves_too():
    house = Admission(Limits(), shed_at=1)
    with pytest.raises(OSError), house.entered("a"):
        raise OSError
    assert house.waiting == 0


def test_a_client_has_a_burst_and_then_its_rate_and_others_are_not_touched():
    now = [0.0]
    house = Admission(Limits(per_second=10, burst=3), shed_at=100, clock=lambda: now[0])

    def let_in(client):
        try:
            with house.entered(client):
                return True
        except Refused as refused:
            assert refused.status == 429 and f"more than 10 requests per second came from {client}" in str(refused)
            return False

    assert [let_in("a") for _ in range(5)] == [True] * 3 + [False] * 2
    assert let_in("b")
    now[0] = 0.1
    assert [let_in("a"), let_in("a")] == [True, False]
    now[0] = 30.0                           # a long rest fills no more than the burst, remembered or forgotten
    assert [let_in("a") for _ in range(4)] == [True] * 3 + [False]
    now[0] = 1000.0
    assert [let_in("a") for _ in range(4)] == [True] * 3 + [False]


@given(st.sampled_from([0.01, 0.3, 1.0, 50.0]), st.integers(1, 60), st.lists(st.floats(0, 200), max_size=80))
def test_whatever_the_rate_nobody_gets_more_than_the_burst_and_the_rate_and_comes_again_when_told(rate, burst, rests):
    now, admitted = [0.0], 0
    house = Admission(Limits(per_second=rate, burst=burst), shed_at=10, clock=lambda: now[0])
    for rest in [0.0] * (burst + 1) + rests:
        now[0] += rest
        try:
            with house.entered("a"):
                admitted += 1
        except Refused as refused:
            now[0] += refused.retry_after_s
            with house.entered("a"):                # it was told when to come again
                admitted += 1
        assert admitted <= burst + rate * now[0] + 1e-6


@pytest.mark.parametrize("odd", [{"per_second": 1e-320}, {"burst": 10**400}, {"per_second": 0.0005}])
def test_a_rate_whose_pause_would_be_no_number_cannot_be_set(odd):
    with pytest.raises(ValidationError):
        ServiceSettings(**odd)
