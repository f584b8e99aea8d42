"""When requests are sent and what they ask; tables of what came back."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError, DataError
from course_lib.serving.loadgen.arrivals import asked, poisson_due, replayed_due, steady_due
from course_lib.serving.loadgen.load_result import LoadResult
from course_lib.serving.loadgen.sending import SendLog


def result(**more):
    body = np.array([b'{"rung": "full"}', b'{"rung": "cached"}', b'{"error": "busy"}', b"TimeoutError"], dtype=object)
    rows = {"due_s": np.arange(4.0), "sent_s": np.arange(4.0) + 0.01, "done_s": np.array([0.02, 1.03, 2.04, np.inf]),
            "status": np.array([200, 200, 503, 0]), "body": body, "timeout_s": 1.0}
    return LoadResult(**{**rows, **more})


def test_poisson_arrivals_are_independent_exponential_gaps_at_the_rate():
    from scipy.stats import kstest

    due = poisson_due(np.random.default_rng(0), 100, 50)
    assert kstest(np.diff(due), "expon", args=(0, 0.01)).pvalue > 0.01
    assert due.min() >= 0 and due.max() < 50
    counts = [len(poisson_due(np.random.default_rng(seed), 20, 5)) for seed in range(400)]
    assert np.mean(counts) == pytest.approx(100, abs=2) and np.var(counts) == pytest.approx(100, rel=0.3)


def test_replayed_arrivals_keep_their_rushes_at_another_rate():
    log = np.array([86_400.0, 0.0, 10.0, 20.0])
    due = replayed_due(log, 2.0)
    assert due[0] == 0 and due[-1] == 2.0                                 # 4 requests at 2 a second
    np.testing.assert_allclose(np.diff(due) / np.diff(due).sum(), np.diff(np.sort(log)) / 86_400)
    assert steady_due(4, 1).tolist() == [0, 0.25, 0.5, 0.75]


def test_whoever_comes_often_is_asked_for_often():
    bodies = asked(np.random.default_rng(0), 1000, np.array([7, 7, 7, 9]), 50, k=4, session=2)
    users = [body["user"] for body in bodies]
    assert set(users) == {7, 9} and 650 < users.count(7) < 850
    assert all(len(body["session"]) == 2 and max(body["session"]) < 50 and body["k"] == 4 for body in bodies)
    assert asked(np.random.default_rng(0), 1, 1)[0] == {"user": 0, "session": [], "k": 10}


@pytest.mark.parametrize("call", [
    lambda: poisson_due(np.random.default_rng(0), 0, 1), lambda: poisson_due(np.random.default_rng(0), 1, 601),
    lambda: poisson_due(np.random.default_rng(0), 1e6, 10), lambda: steady_due(float("nan"), 1),
    lambda: replayed_due([1.0], 1), lambda: replayed_due([1.0, 1.0], 1), lambda: replayed_due([0.0, 1.0], 1e-6),
    lambda: asked(np.random.default_rng(0), 1, 0), lambda: asked(np.random.default_rng(0), 1, np.array([]))])
def test_what_cannot_be_sent_is_refused(call):
    with pytest.raises(ArgumentError):
        call()


def test_latency_counts_from_when_a_request_was_due():
    got = result()
    np.testing.assert_allclose(got.latency_ms, [20, 30, 40, np.inf])
    np.testing.assert_allclose(got.from_sent_ms, [10, 20, 30, np.inf])
    np.testing.assert_allclose(got.lateness_ms, 10)
    assert got.within(25) == 0.25 and got.within(1000) == 0.5            # a refusal is not a slate, however quick


def test_rows_stand_in_the_order_in_which_requests_were_due():
    log = SendLog()
    for due, answer in ((2.0, b"late"), (1.0, b"early")):
        log.close_row(log.open_row(due, due), 200, answer, due + 0.5)
    got = LoadResult.from_log(log, 1.0)
    assert got.due_s.tolist() == [1, 2] and got.done_s.tolist() == [1.5, 2.5]
    assert got.body.tolist() == [b"early", b"late"]


def test_shares_are_of_all_requests():
    got = result()
    assert got.by_rung().set_index("rung").share.to_dict() == {"cached": 0.25, "full": 0.25, "no slate": 0.5}
    statuses = got.by_status().set_index("status")
    assert statuses.requests.to_dict() == {"200": 2, "503": 1, "no answer: TimeoutError": 1}
    numbers = got.summary()
    assert (numbers["slates"], numbers["shed"], numbers["unanswered"], numbers["server_errors"]) == (.5, .25, .25, 0)
    assert numbers["p99_ms"] == np.inf and numbers["p50_ms"] == pytest.approx(30)


def test_a_percentile_over_slates_alone_is_another_number():
    assert result().percentiles((99,)).ms[0] == np.inf
    assert result().percentiles((99,), slates_only=True).ms[0] == pytest.approx(30)


def test_a_warm_up_is_left_out_and_nothing_is_not_a_result():
    assert result().after(1.5).status.tolist() == [503, 0]
    with pytest.raises(DataError, match="shorter warm-up"):
        result().after(9)
    with pytest.raises(ArgumentError, match="from_sent_ms"):
        result().percentiles(of="latency")
    assert result(status=np.zeros(4, int), done_s=np.full(4, np.inf)).summary()["slates_per_s"] == 0
