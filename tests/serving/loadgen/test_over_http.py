"""Load over HTTP against a service whose service time is known, an established tool, and what must be refused."""

import asyncio
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import numpy as np
import pytest

from course_lib.contracts import ArgumentError, CourseError
from course_lib.serving.load import open_loop_latency
from course_lib.serving.loadgen import load_command
from course_lib.serving.loadgen.arrivals import asked, poisson_due
from course_lib.serving.loadgen.load_client import closed_loop, local_address, open_loop
from course_lib.serving.loadgen.toy_server import toy_server

BODIES = asked(np.random.default_rng(0), 20, 10, 100)


@contextmanager
def answering(answer: bytes):
    """The address of a socket that reads a request and answers these bytes, or never where there are none."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held = []

        def serve():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                held.append(connection)
                connection.recv(65536)
                if answer:
                    connection.sendall(answer)
                    connection.close()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        for connection in held:
            connection.close()


def test_every_request_is_accounted_for_and_none_is_done_sooner_than_its_queue_allows():
    """The machine may add to a wait, and let neighbours overtake each other; nothing can take away from the work."""
    due = poisson_due(np.random.default_rng(0), 30, 2)
    with toy_server(20) as url:
        got = open_loop(url, due, BODIES, timeout_s=30)
    assert (got.status == 200).all() and set(got.rung) == {"full"}
    soonest = due + open_loop_latency(1000 * due, np.full(len(due), 20.0)) / 1000
    assert (np.sort(got.done_s) >= soonest - 1e-5).all()
    assert (got.latency_ms >= got.from_sent_ms).all()


def test_what_the_server_saw_is_the_queue_of_the_moments_at_which_requests_came():
    """The server writes down when each came and was done: the same arithmetic, whatever the machine was doing."""
    with toy_server(20) as url:
        got = open_loop(url, poisson_due(np.random.default_rng(1), 40, 1.5), BODIES, timeout_s=30)
    seen = sorted((answer["came"], answer["done"]) for answer in got.answers)
    came, done = 1000 * np.array(seen).T
    np.testing.assert_allclose(done - came, open_loop_latency(came, np.full(len(came), 20.0)), atol=1e-3)


def test_a_closed_loop_sees_what_the_apache_benchmark_sees(tmp_path):
    """Little's law, for both: two clients at one server of 50 ms wait 100 ms each; what a client needs for itself
    passes while the other one is served."""
    if not shutil.which("ab"):
        pytest.skip("ab is not installed (Debian: apt-get install apache2-utils), so nothing is compared")
    body = tmp_path / "body.json"
    body.write_text('{"user": 1, "session": [], "k": 10}')
    with toy_server(50) as url:
        out = subprocess.run(["ab", "-q", "-k", "-n", "30", "-c", "2", "-p", str(body), "-T", "application/json",
                              f"{url}/recommend"], capture_output=True, text=True, timeout=60, check=True).stdout
        ours = closed_loop(url, BODIES, seconds=30, clients=2, most=30, timeout_s=30)
    theirs = int(re.search(r"^ +50% +(\d+)", out, re.M)[1])
    assert re.search(r"Complete requests: +30", out) and len(ours) == 30
    median = ours.percentiles((50,)).ms[0]
    assert 50 < theirs < 150 and 50 < median < 150            # within a service: no wait is lost or counted twice
    assert abs(theirs - median) < 50


def test_a_refusal_is_a_status_and_silence_is_none():
    with toy_server(50, places=2) as url:
        got = open_loop(url, np.zeros(8), BODIES, timeout_s=30)
    assert sorted(got.status.tolist()) == [200] * 2 + [503] * 6
    with answering(b"") as url:
        silent = open_loop(url, [0.0, 0.0], BODIES, timeout_s=0.3)
    assert np.isinf(silent.latency_ms).all() and silent.by_status().status[0].startswith("no answer: ")


def test_nobody_there_is_no_answer():
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    got = open_loop(f"http://127.0.0.1:{port}", [0.0], BODIES)
    assert got.status.tolist() == [0] and got.summary()["unanswered"] == 1


@pytest.mark.parametrize("body", [b"\xff\xfe", b"[1, 2]", b"{", b""])
def test_an_answer_that_is_no_object_has_no_named_rung(body):
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body) as url:
        got = open_loop(url, [0.0], BODIES)
    assert got.status.tolist() == [200] and got.answers == [{}] and got.rung.tolist() == ["unnamed"]


def test_a_redirect_is_not_followed():
    away = b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n"
    with answering(away) as url:
        assert open_loop(url, [0.0], BODIES).status.tolist() == [302]


@pytest.mark.parametrize("url", ["http://192.0.2.1:80", "https://127.0.0.1", "http://0.0.0.0:8000", "ftp://localhost",
                                 "http://", "http://127.0.0.1.:99999", "http://[::ffff:192.0.2.1]/", "", "http://[::1",
                                 "http://127.0.0.1@192.0.2.1"])
def test_only_this_machine_is_called(url):
    with pytest.raises(ArgumentError, match="loopback"):
        local_address(url)


def test_a_name_that_also_stands_for_another_machine_is_refused(monkeypatch):
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 80)) for number in ("127.0.0.1", "192.0.2.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **more: both)
    with pytest.raises(ArgumentError, match="loopback"):
        local_address("http://here.example")


def test_addresses_of_this_machine_are_taken_with_or_without_a_path():
    assert local_address("http://localhost:8000") in ("http://127.0.0.1:8000/recommend", "http://[::1]:8000/recommend")
    assert local_address("127.0.0.1:8000") == "http://127.0.0.1:8000/recommend"
    assert local_address("http://127.0.0.1:8000/") == "http://127.0.0.1:8000/recommend"
    assert local_address("http://127.1.2.3:80/health") == "http://127.1.2.3:80/health"


def test_a_load_out_of_bounds_or_order_is_refused_before_anything_is_sent():
    url = "http://127.0.0.1:9"
    for due, says in (([1.0, 0.5], "ascending"), ([0.0, 601.0], "600"), ([], "0 requests"), ([np.nan], "NaN")):
        with pytest.raises(ArgumentError, match=says):
            open_loop(url, due, BODIES)
    with pytest.raises(ArgumentError, match="bodies"):
        open_loop(url, [0.0], [])
    with pytest.raises(ArgumentError, match="600"):
        closed_loop(url, BODIES, seconds=1e4)


def test_it_runs_where_a_loop_is_already_running_as_in_a_notebook():
    async def cell():
        with toy_server(1) as url:
            return closed_loop(url, BODIES, seconds=5, most=3)

    assert len(asyncio.run(cell())) == 3


def test_the_server_ends_with_its_block_and_with_whoever_started_it():
    with toy_server(1) as url:
        port = int(url.rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 5)
    code = ("import os\nfrom course_lib.serving.loadgen.toy_server import toy_server\n"
            "with toy_server(1) as url:\n print(url, flush=True)\n os.kill(os.getpid(), 9)")
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    port = int(out.stdout.strip().rpartition(":")[2])       # its end was seen above only after the server closed, too
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return
        threading.Event().wait(0.1)
    raise AssertionError("the server is still there")


def test_a_server_that_cannot_start_is_told():
    with pytest.raises(CourseError, match="did not come up"), toy_server("no number"):
        pass


def test_the_command_prints_what_people_felt_and_writes_a_row_a_request(capsys, tmp_path):
    rows = tmp_path / "rows.csv"
    with toy_server(2) as url:
        code = load_command.main([url, "--rate", "50", "--seconds", "1", "--out", str(rows)])
        closed = load_command.main([url, "--clients", "2", "--seconds", "0.3"])
    page = capsys.readouterr().out
    assert (code, closed) == (0, 0)
    assert "p99 " in page and "full" in page and "95% interval" in page
    assert len(rows.read_text().splitlines()) == int(re.match(r"(\d+) requests", page)[1]) + 1


def test_the_command_plays_the_moments_of_a_log(tmp_path):
    log, rows = tmp_path / "moments.txt", tmp_path / "rows.csv"
    log.write_text("1000\n1000.5\n\n1003\n1004\n")
    with toy_server(1) as url:
        assert load_command.main([url, "--rate", "20", "--replay", str(log), "--out", str(rows)]) == 0
    due = [float(line.partition(",")[0]) for line in rows.read_text().splitlines()[1:]]
    assert due == pytest.approx([0, 0.025, 0.15, 0.2])
    log.write_text("now\n")
    with answering(b"") as url, pytest.raises(CourseError, match="cannot be read.*Expected a file with a moment"):
        load_command.main([url, "--replay", str(log)])


@pytest.mark.parametrize(("arguments", "says"), [
    (["--seed", "-1"], "--seed is -1"), (["--users", "100000000000"], "--users is 100000000000"),
    (["--budget-ms", "nan"], "--budget-ms holds"), (["--budget-ms", "-1"], "--budget-ms holds -1"),
    (["--out", "."], "a folder"), (["--rate", "nan"], "NaN"), (["--clients", "0"], "clients is 0"),
    (["--timeout-ms", "0"], "expected 0.001 to 60"), (["--items", "-1"], "items is -1"),
    (["--rate", "1e308", "--seconds", "20"], "has inf requests"), (["--rate", "1e9"], "has 500000000 requests"),
    (["--rate", "0"], "above 0"), (["--rate", "-5"], "above 0"),
    (["--items", "9223372036854775809"], "items is 9"), (["--out", "/proc/none/rows.csv"], "cannot be written")])
def test_what_the_command_cannot_mean_is_said_before_anything_is_sent(arguments, says, capsys):
    with answering(b"") as url, pytest.raises(CourseError, match=says):
        load_command.main([url, "--rate", "50", "--seconds", "0.5", *arguments])
    assert capsys.readouterr().out == ""


def test_the_command_fails_where_nobody_answers_and_refuses_other_machines(capsys):
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    assert load_command.main([f"127.0.0.1:{port}", "--rate", "20", "--seconds", "0.5"]) == 1
    assert "no answer" in capsys.readouterr().out
    out = subprocess.run([sys.executable, "-m", "course_lib", "load", "http://192.0.2.1"], capture_output=True,
                         text=True, env=os.environ)
    assert out.returncode == 1 and "loopback" in out.stderr and "Traceback" not in out.stderr


@pytest.mark.parametrize("more", [["--replay", "no_such_file.txt"], ["--steady"]])
def test_a_closed_loop_takes_no_moments_to_send_at(more):
    with pytest.raises(ArgumentError, match="--clients is a closed loop"):
        load_command.main(["http://127.0.0.1:9", "--clients", "2", *more])
