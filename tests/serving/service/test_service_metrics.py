"""Shares of the rungs are those of the last answers, and the alert goes by them."""

import os
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from course_lib.serving.service.service_metrics import RUNGS, ServiceMetrics


@given(st.lists(st.sampled_from(RUNGS), max_size=60))
def test_shares_are_those_of_the_last_answers(rungs):
    metrics = ServiceMetrics(window=20)
    for rung in rungs:
        metrics.answered(rung, 0.01)
    last = rungs[-20:]
    assert metrics.shares() == ({rung: last.count(rung) / len(last) for rung in RUNGS} if last else {})


def test_the_alert_waits_for_enough_answers_and_goes_away_again():
    metrics = ServiceMetrics(window=50, least_full=0.9, enough=10)
    for _ in range(9):
        metrics.answered("static", 0.01)
    assert metrics.alerts() == []
    metrics.answered("static", 0.01)
    assert "the full chain gave 0.0% of the last 10 answers; expected at least 90%" in metrics.alerts()
    for _ in range(45):
        metrics.answered("full", 0.01)
    assert metrics.alerts() == [] and b"course_rung_alert 0.0" in metrics.page()


def test_a_service_that_refuses_half_of_all_is_not_well_though_the_other_half_is_full():
    metrics = ServiceMetrics(window=50, least_full=0.9, enough=10)
    for _ in range(10):
        metrics.answered("full", 0.01)
        metrics.turned_away()
    assert "the full chain gave 50.0% of the last 20 answers, refusals among them (50.0%)" in metrics.alerts()[0]
    page = metrics.page().decode()
    assert 'course_rung_share{rung="refused"} 0.5' in page and "course_rung_alert 1.0" in page
    assert "course_request_seconds_count 10.0" in page and 'course_rungs_total{rung="refused"}' not in page


def test_two_services_of_a_process_count_apart_where_feast_was_imported_before(tmp_path):
    """Feast sets PROMETHEUS_MULTIPROC_DIR, by which prometheus_client keeps one count for all registries."""
    text = ("from course_lib.serving.service.service_metrics import ServiceMetrics\n"
            "one, other = ServiceMetrics(), ServiceMetrics()\n"
            "one.requests.labels('200').inc()\n"
            "other.requests.labels('200').inc()\n"
            "print(other.requests.labels('200')._value.get())\n")
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    said = subprocess.run([sys.executable, "-c", text], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["1.0"] and not list(tmp_path.iterdir())
