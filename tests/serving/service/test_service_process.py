"""`course serve` as a process: it starts, answers, changes release under load, and ends by itself, whoever ends."""

import gc
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import uvicorn
from redis_here import free_port, start_redis
from small_served import USERS, saved_small

from course_lib.contracts import CourseError
from course_lib.serving.funnel_recommender import FunnelRecommender
from course_lib.serving.loadgen import load_command
from course_lib.serving.loadgen.live_faults import fault_table
from course_lib.serving.service import serve_command
from course_lib.serving.service.service_process import NO_PROXY, ServiceProcess

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return saved_small(tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="module")
def service(saved):
    with ServiceProcess(saved, budget_ms=20_000, fresh_s=0, store_ms=10_000, hedge_ms=10_000) as running:
        yield running


def test_it_gives_what_the_recommender_gives(service, saved):
    system = FunnelRecommender.load(saved)
    for user in (0, 17, 59):
        said = service.recommend(user, k=5)
        assert said["rung"] == "full" and said["slate"] == system.funnel.recommend([user], 5)[0].tolist()
    assert service.url.startswith("http://127.0.0.1:")


def test_a_newcomer_is_answered_by_the_session_and_by_what_the_store_says(service):
    by_session = service.recommend(-1, [1, 5, 9])
    assert by_session["rung"] == "full" and not {1, 5, 9} & set(by_session["slate"])
    before = service.recommend(3)["slate"]
    assert service.put_recent({3: before[:2]}) == {"held": 1}
    assert not set(before[:2]) & set(service.recommend(3)["slate"])


def test_what_is_wrong_is_said(service):
    with pytest.raises(CourseError, match="404: user 999 is not known"):
        service.recommend(999)
    with pytest.raises(CourseError, match="422: 0.part: Input should be 'store'"):
        service.switch_on({"part": "moon"})


def test_faults_go_on_and_off_and_metrics_tell(service):
    service.switch_on({"part": "ranker", "errors": 1.0})
    assert service.recommend(4)["rung"] in ("cached", "segment")
    service.switch_off()
    found = service.metrics()
    assert found["course_requests_total{status=200}"] >= 1 and found["course_incidents_total{part=chain}"] >= 1


def test_a_release_under_load_fails_nothing(service, saved):
    rungs, failed, stop = [], [], threading.Event()

    def ask(first):
        for step in range(2000):                            # bounded, whatever happens
            if stop.is_set():
                return
            try:
                rungs.append(service.recommend((first + step) % USERS)["rung"])
            except Exception as error:
                failed.append(error)

    people = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for person in people:
        person.start()
    for number in range(3):
        assert service.release(saved, f"number {number}", withdrawn=[number])["current"] == f"number {number}"
    stop.set()
    for person in people:
        person.join()
    assert failed == [] and set(rungs) == {"full"}
    assert all(2 not in service.recommend(user)["slate"] for user in range(20))


def test_a_row_of_the_table_of_faults_does_not_depend_on_the_rows_before(saved):
    """Breakers stay open for long here: without a fresh start the second "none" would lack what the store has."""
    with ServiceProcess(saved, budget_ms=20_000, fresh_s=0, store_ms=10_000, hedge_ms=10_000, warm=10,
                        breaker_reset_s=1000) as running:
        slates = {user: running.recommend(user)["slate"] for user in range(20)}
        since = {user: slate[:3] for user, slate in slates.items()}
        running.put_recent(since)
        bodies = [{"user": user, "session": [], "k": 10} for user in slates]
        table = fault_table(running, bodies, {}, rate=40, seconds=0.8, since=since,
                            names=("none", "store dead", "index dead, cache cold", "index dead", "none"))
        first, dead, cold, kept, last = (row for _, row in table.iterrows())
        assert dead["again"] == 1 and cold["segment"] == 1 and cold["cached"] == 0 < kept["cached"]
        told = ["requests", "again", "full", "cached", "segment", "not_200", "violated"]
        assert first["again"] == 0 and first["full"] == 1 and first[told].tolist() == last[told].tolist()


def test_one_process_stands_for_several_that_differ_in_their_settings(saved):
    with ServiceProcess(saved, budget_ms=20_000, fresh_s=1000, warm=0) as running:
        def batches(**settings):
            running.start_afresh(**settings)
            before = running.metrics()["course_batch_size_count"]
            people = [threading.Thread(target=running.recommend, args=(user, [9])) for user in range(12)]
            for person in people:
                person.start()
            for person in people:
                person.join()
            return running.metrics()["course_batch_size_count"] - before

        assert batches(batch=1, batch_wait_ms=0) == 12 > batches(batch_wait_ms=200)
        with pytest.raises(CourseError, match="422: budget_ms: Input should be greater than 0"):
            running.start_afresh(budget_ms=-1)
        running.start_afresh(shed_at=1, budget_ms=1_500)
        running.switch_on({"part": "index", "delay_ms": 1000})
        first = threading.Thread(target=running.recommend, args=(3,))
        first.start()
        assert comes_true(lambda: running.metrics()["course_waiting"] == 1)
        with pytest.raises(CourseError, match="503: 1 requests are being answered"):
            running.recommend(4)
        first.join()
        running.start_afresh()                              # as it was made again
        assert running.recommend(4)["rung"] == "full"


def test_a_request_under_way_is_answered_before_it_ends(saved):
    running, said = ServiceProcess(saved, warm=0, budget_ms=20_000), []
    running.switch_on({"part": "index", "delay_ms": 1500})
    person = threading.Thread(target=lambda: said.append(running.recommend(5)))
    person.start()
    for _ in range(1000):
        if running.metrics()["course_waiting"]:
            break
        time.sleep(0.005)
    assert said == [] and running.stop() == 0
    person.join(30)
    assert said[0]["rung"] == "full"


def test_it_ends_when_it_is_told_and_says_why_it_did_not_start(saved, tmp_path):
    running = ServiceProcess(saved, warm=0)
    assert running.stop() == 0 and running.stop() == 0
    with pytest.raises(CourseError, match="the service did not start.*none.recommender"):
        ServiceProcess(tmp_path / "none.recommender")


def test_a_cell_that_is_run_again_leaves_no_service_behind(saved):
    """The name stands for another service then; nobody can stop the first by hand."""
    gone = []
    for _ in range(2):
        running = ServiceProcess(saved, warm=0)
        gone.append((running.pid, Path(running._folder.name)))
    try:
        (pid, folder), (second, kept) = gone
        assert comes_true(lambda: not lives(pid)) and not folder.exists()
        assert lives(second) and kept.exists() and running.recommend(5)["slate"]
    finally:
        assert running.stop() == 0
    del running
    gc.collect()                                            # stopped already: there is nothing left to do


def test_a_child_of_whoever_started_it_does_not_end_it(saved):
    with ServiceProcess(saved, warm=0) as running:
        child = os.fork()
        if not child:
            running._let_go()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0 and lives(running.pid) and running.recommend(5)["slate"]


def lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


OWNER = """
import sys, time
from course_lib.serving.service.service_process import ServiceProcess
service = ServiceProcess(sys.argv[1], warm=0)
print(service.pid, flush=True)
time.sleep(60)
"""


def test_it_ends_when_whoever_started_it_is_killed(saved):
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(saved)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    pid = int(owner.stdout.readline())
    os.kill(pid, 0)                                         # it lives
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    for _ in range(600):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    pytest.fail("the service outlived whoever started it")


INTERRUPTED = """
import sys, time
from course_lib.serving.service.service_process import ServiceProcess
service = ServiceProcess(sys.argv[1], warm=0, budget_ms=20_000)
try:
    print("asks", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    print(service.recommend(5)["rung"], service.stop(), flush=True)
"""


def test_an_interrupted_cell_leaves_the_service_alive(saved):
    """As a kernel is interrupted: the signal goes to it and to all of its group."""
    owner = subprocess.Popen([sys.executable, "-c", INTERRUPTED, str(saved)], cwd=ROOT, stdout=subprocess.PIPE,
                             text=True, start_new_session=True)
    assert owner.stdout.readline() == "asks\n"
    os.killpg(owner.pid, signal.SIGINT)
    assert owner.communicate(timeout=60)[0] == "full 0\n"


def test_a_start_that_is_interrupted_leaves_no_process_and_no_files(saved, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    started_here = []

    def interrupted(self):
        started_here.append(self)
        raise KeyboardInterrupt

    monkeypatch.setattr(ServiceProcess, "_announced", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ServiceProcess(saved, warm=0)
    assert started_here[0]._process.returncode is not None and list(tmp_path.iterdir()) == []


def test_two_workers_answer_at_one_address(saved):
    with ServiceProcess(saved, workers=2, warm=0, budget_ms=20_000) as running:
        assert {running.recommend(user)["rung"] for user in range(8)} == {"full"}
        with pytest.raises(CourseError, match="409: several processes answer here"):
            running.switch_on({"part": "index", "errors": 1.0})
        assert running.put_recent({3: [1]}) == {"held": 1}          # the store is shared
        assert running.stop() == 0


def test_what_is_asked_of_a_service_that_was_killed_is_one_sentence(saved):
    with ServiceProcess(saved, warm=0) as running:
        os.kill(running.pid, signal.SIGKILL)
        running._process.wait()
        for ask in (lambda: running.recommend(3), running.metrics, running.switch_off):
            with pytest.raises(CourseError, match=r"the service has ended \(exit code -9\).*Start another"):
                ask()


def test_a_store_that_is_killed_costs_what_was_clicked_last_and_nothing_else(saved, tmp_path):
    """Redis is killed, not stopped, while people ask; when it is back it is read again without a restart."""
    port = free_port()
    store = start_redis(tmp_path, port)
    try:
        with ServiceProcess(saved, store=f"redis://127.0.0.1:{port}/0", warm=0, fresh_s=0, budget_ms=20_000,
                            store_ms=5_000, breaker_reset_s=0.05) as running:
            well = running.recommend(-1, [2])["slate"]
            told = running.recommend(5)["slate"]
            running.put_recent({5: [told[0]]})
            assert told[0] not in running.recommend(5)["slate"]
            store.send_signal(signal.SIGKILL)
            store.wait()
            answers = [running.recommend(5) for _ in range(15)]
            assert {answer["rung"] for answer in answers} == {"full"} and answers[-1]["slate"] == told
            assert running.metrics()["course_incidents_total{part=store}"] >= 1
            with pytest.raises(CourseError, match="503: the store did not take it"):
                running.put_recent({5: [told[1]]})
            store = start_redis(tmp_path, port)
            assert comes_true(lambda: running.put_recent({5: [told[1]]}) == {"held": 1}
                              and told[1] not in running.recommend(5)["slate"])
            assert running.recommend(-1, [2])["slate"] == well and running.stop() == 0
    finally:
        store.kill()
        store.wait()


@contextmanager
def started(saved, settings, *arguments, **more):
    """(process, address) of a service that was started by hand, which listens; at the end all of it is gone."""
    command = [sys.executable, "-m", "course_lib", "serve", "--announce", "--file", str(saved), "--port", "0",
               "--set", json.dumps({"warm": 0} | settings), *arguments]
    process = subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, start_new_session=True, **more)
    try:
        address = process.stdout.readline().split()[-1]
        assert comes_true(lambda: not refuses(address))
        yield process, address
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def comes_true(is_so):
    """Whether it becomes so within half a minute."""
    for _ in range(600):
        if is_so():
            return True
        time.sleep(0.05)
    return False


def refuses(address):
    """Whether nobody listens there."""
    host, _, port = address.removeprefix("http://").rpartition(":")
    with socket.socket(socket.AF_INET6 if "[" in host else socket.AF_INET) as knock:
        return knock.connect_ex((host.strip("[]"), int(port))) != 0


def test_workers_end_when_what_started_them_is_killed(saved):
    with started(saved, {}, "--workers", "2") as (process, address):
        process.kill()
        process.wait()
        assert comes_true(lambda: refuses(address)), "workers outlived their supervisor and hold its port"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_however_it_is_ended_nothing_is_left_in_the_folder_of_temporary_files(saved, tmp_path, number, code):
    with started(saved, {}, env={**os.environ, "TMPDIR": str(tmp_path)}) as (process, _):
        assert list(tmp_path.glob("course-serve-*"))
        process.send_signal(number)
        said = process.communicate(timeout=30)[1]
        assert process.returncode == code and "Traceback" not in said and not list(tmp_path.glob("course-serve-*"))


def test_who_sends_slowly_does_not_hold_up_its_end(saved):
    with (started(saved, {"body_s": 0.5}) as (process, address),
          socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), 30) as slow):
        slow.sendall(b"POST /recommend HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n{")
        assert b" 408 " in slow.recv(65536).splitlines()[0]
        process.send_signal(signal.SIGINT)
        assert "Traceback" not in process.communicate(timeout=30)[1] and process.returncode == 130


def test_an_address_of_the_newer_kind_is_shown_as_it_can_be_called(saved):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with started(saved, {}, "--host", "::1") as (_, address):
        assert address.startswith("http://[::1]:")


def test_a_port_that_is_taken_is_said_before_anything_is_trained():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        out = subprocess.run([sys.executable, "-m", "course_lib", "serve", "--port", port], cwd=ROOT, timeout=60,
                             capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert out.returncode == 1 and f"nothing can listen on port {port} of 127.0.0.1" in out.stderr
    assert "Traceback" not in out.stderr


ALONE = """
import gc, json, os, sys
from course_lib.serving.service import serve_command
from course_lib.serving.service.settings import ServiceSettings
facts = {"file": sys.argv[1], "store": None, "settings": ServiceSettings(warm=0).model_dump()}
os.environ[serve_command.FACTS] = json.dumps(facts)
serve_command.app_from_environment()
from threadpoolctl import threadpool_info
print(json.dumps({"blas": [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"],
                  "frozen": gc.get_freeze_count(), "looked_at": len(gc.get_objects())}))
"""


def test_a_process_that_serves_has_one_thread_for_linear_algebra_and_does_not_collect_what_it_loaded(saved):
    """With two, a pass of 32 took four times as long beside other work; a collection of all took 80 ms."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
    out = subprocess.run([sys.executable, "-c", ALONE, str(saved)], env=environment, cwd=ROOT, capture_output=True,
                         text=True, check=True, timeout=120)
    found = json.loads(out.stdout)
    assert found["blas"] and set(found["blas"]) == {1}
    assert found["frozen"] > 50_000 > found["looked_at"]


def test_who_starts_a_second_one_while_the_first_still_loads_is_told():
    """Two sockets may be bound to one port as long as neither listens; both services then said that they serve."""
    with serve_command._bound("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(CourseError, match=f"nothing can listen on port {port} of 127.0.0.1: Address already"):
            serve_command._bound("127.0.0.1", port)
        assert not refuses(f"http://127.0.0.1:{port}")      # who asks too early waits, and is not turned away


def test_the_lines_of_the_readme_serve_ask_and_load_as_they_stand(saved, tmp_path, capsys):
    """On another port; TRACE is what the first answer says, and the load is short."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = [shlex.split(line, comments=True) for line in
             re.search(r"```sh\n(course serve .*?)```", page, re.DOTALL)[1].splitlines()]
    assert [line[0] for line in lines] == ["course", "curl", "curl", "curl", "course"]
    (tmp_path / "shop.recommender").write_bytes(Path(saved).read_bytes())
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-m", "course_lib", *lines[0][1:], "--port", "0"], cwd=tmp_path,
                               text=True, stdout=subprocess.PIPE, env=environment, stdin=subprocess.DEVNULL)
    try:
        said = [process.stdout.readline() for _ in range(4)]
        address = re.search(r"http://127\.0\.0\.1:\d+", said[0])[0]
        assert "No client's rate is limited; to limit it: --set" in said[0]
        assert comes_true(lambda: not refuses(address))
        answers = []
        for line in lines[1:4]:
            url = line[2].replace("http://127.0.0.1:8000", address)
            if answers:
                url = url.replace("TRACE", json.loads(answers[0])["trace"])
            data = line[line.index("-d") + 1].encode() if "-d" in line else None
            with NO_PROXY.open(url, data, timeout=30) as answer:
                answers.append(answer.read().decode())
        slate, trace = json.loads(answers[0]), json.loads(answers[1])
        assert slate["slate"] == trace["slate"] and "course_rung_share" in answers[2]
        load = [word.replace("http://127.0.0.1:8000", address) for word in lines[4][2:]]
        load[load.index("--seconds") + 1] = "1"
        assert lines[4][1] == "load" and load_command.main([*load, "--users", "60"]) == 0
        assert "requests" in capsys.readouterr().out
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.mark.parametrize(("given", "rate", "says"), [
    ("{}", 20.0, "answered 20 times a second at most"), ('{"per_second": 7}', 7.0, None),
    ('{"per_second": null}', None, None)])
def test_where_other_machines_can_ask_it_says_so_and_limits_their_rate(given, rate, says, capsys):
    serve_command._check_host("0.0.0.0")
    found = serve_command._for_host(serve_command._settings(given), "0.0.0.0")
    told = capsys.readouterr().err
    assert "0.0.0.0 can be reached from other machines" in told and "Nothing here asks who they are" in told
    assert found.per_second == rate and (says is None or says in told)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "127.8.8.8"])
def test_on_this_machine_alone_nothing_is_said_and_load_may_come(host, capsys):
    serve_command._check_host(host)
    assert serve_command._for_host(serve_command._settings("{}"), host).per_second is None
    assert capsys.readouterr().err == ""


def test_a_service_that_other_machines_can_reach_warns_when_it_starts_and_refuses_who_asks_too_often(saved):
    with started(saved, {"burst": 3}, "--host", "0.0.0.0") as (process, address):
        url, codes = address.replace("0.0.0.0", "127.0.0.1") + "/recommend", []
        for _ in range(12):
            try:
                with NO_PROXY.open(url, b'{"user": 3}', timeout=30) as answer:
                    codes.append(answer.status)
            except urllib.error.HTTPError as error:
                codes.append(error.code)
        process.send_signal(signal.SIGTERM)
        assert "can be reached from other machines" in process.communicate(timeout=30)[1]
    assert codes[:3] == [200] * 3 and set(codes) <= {200, 429}


@pytest.mark.parametrize(("arguments", "says"), [
    (["--port", "99999"], "--port is 99999; expected a whole number, 0 to 65535"), (["--port", "-5"], "--port is -5"),
    (["--workers", "0"], "--workers is 0"), (["--host", "192.0.2.1"], "nothing can listen on port 0 of 192.0.2.1"),
    (["--set", '{"budget_ms": Infinity}'], "budget_ms: Input should be a finite number"),
    (["--set", '{"fresh_s": 5000}'], "which is longer than keep_s, 3600 s"),
    (["--host", "everywhere"], "--host is 'everywhere'; expected the number of an address"),
    (["--set", "{"], "--set '{' cannot be used"), (["--set", '{"colour": "red"}'], "colour"),
    (["--set", '{"budget_ms": 5}'], "leaves nothing of 5 ms"),
    (["--file", "none.recommender"], "none.recommender"),
])
def test_what_cannot_be_served_is_one_message(arguments, says):
    out = subprocess.run([sys.executable, "-m", "course_lib", "serve", "--port", "0", *arguments], cwd=ROOT,
                         capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    assert out.returncode not in (0, None) and says in out.stderr and "Traceback" not in out.stderr


def test_a_signal_whose_exception_is_lost_ends_the_server_all_the_same():
    """As where it comes while a weak reference ends: Python prints such an exception and goes on."""
    server = uvicorn.Server(uvicorn.Config(None))
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        asked = serve_command._asked_to_end(server)
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        with suppress(SystemExit):
            signal.raise_signal(signal.SIGTERM)
    finally:
        for number, held in before.items():
            signal.signal(number, held)
    assert server.should_exit and asked == [signal.SIGINT, signal.SIGTERM]
