"""A request that cannot be meant is refused with a status and one sentence; all others are read as they stand."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.serving.service.ask_schema import Ask, Limits, Refused, parsed

LIMITS = Limits(body_bytes=400, k=20, session=5)


def read(body):
    return parsed(body if isinstance(body, bytes) else json.dumps(body).encode(), LIMITS, n_users=30, n_items=60)


def test_a_right_request_is_read_and_has_defaults():
    assert read({"user": 3}) == Ask(user=3, session=[], k=10)
    assert read({"user": -1, "session": [5, 9], "k": 20}) == Ask(user=-1, session=[5, 9], k=20)


@pytest.mark.parametrize(("body", "status", "says"), [
    (b"", 422, "Invalid JSON"), (b"\xff\xfe", 422, "JSON"), ([1], 422, "body: Input should be an object"),
    ({}, 422, "user: Field required"),
    ({"user": "3"}, 422, "the ids of the log are not known here"), ({"user": ["3"]}, 422, "user: Input should be a"),
    ({"user": None}, 422, "the ids of the log are not known here"),
    ({"user": 3, "own": True}, 422, "own: Extra inputs are not permitted"), ({"user": 3.0}, 422, "user"),
    ({"user": True}, 422, "user"), ({"user": -2}, 422, "user: Input should be greater than or equal to -1"),
    ({"user": 10**30}, 422, "user"), ({"user": 30}, 404, "user 30 is not known; send -1 for somebody new"),
    ({"user": 3, "k": 0}, 422, "k: Input should be greater"), ({"user": 3, "k": 21}, 422, "k is 21; at most 20"),
    ({"user": 3, "session": [60]}, 422, "session holds item 60; items are 0 to 59"),
    ({"user": 3, "session": [-1]}, 422, "session holds item -1"),
    ({"user": 3, "session": list(range(6))}, 422, "session has 6 items; at most 5"),
    ({"user": 3, "session": None}, 422, "session"), ({"user": 3, "cookie": 1}, 422, "cookie"),
    (b" " * 401, 413, "the body has more than 400 bytes"),
])
def test_what_cannot_be_meant_is_refused_in_one_sentence(body, status, says):
    with pytest.raises(Refused) as refused:
        read(body)
    assert refused.value.status == status and says in str(refused.value)
    assert "\n" not in str(refused.value) and len(str(refused.value)) <= 200


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
                    max_leaves=8)


@given(st.binary(max_size=80) | JSON.map(lambda value: json.dumps(value).encode())
       | st.fixed_dictionaries({"user": JSON}, optional={"session": JSON, "k": JSON}).map(
           lambda value: json.dumps(value).encode()))
def test_whatever_comes_is_read_within_the_limits_or_refused(body):
    try:
        ask = read(body)
    except Refused as refused:
        assert refused.status in (404, 413, 422)
        return
    assert -1 <= ask.user < 30 and 1 <= ask.k <= 20 and all(0 <= item < 60 for item in ask.session)
