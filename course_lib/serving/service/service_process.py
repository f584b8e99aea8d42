"""The service as a process of its own, started and ended from a notebook, and gone when the notebook's kernel is.

    with ServiceProcess(recommender) as service:
        service.recommend(user=3)
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from course_lib.contracts import CourseError

NO_PROXY = build_opener(ProxyHandler({}))       # a loopback address is never asked of a proxy


class ServiceProcess:
    """recommender: a FunnelRecommender, or the path of a saved one. store: path or address, None: a file of its own.
    settings: of ServiceSettings. workers: processes; each has its own cache and metrics, and with more than one of them
    faults and releases are refused. wait_s: for it to be ready.

    url: http://127.0.0.1:port. The process reads its standard input to the end, so it stops by itself when this process
    ends in whatever way; and it is stopped when nobody holds this object any more, as when a cell is run again and its
    name stands for another one. An interrupt of a cell goes to a kernel and all of its group; the service is in a group
    of its own and lives on.
    """

    def __init__(self, recommender, *, store: str | None = None, workers: int = 1, wait_s: float = 180.0, **settings):
        self._folder = tempfile.TemporaryDirectory(prefix="course-service-")
        self._token, self._wait_s = secrets.token_hex(16), wait_s
        path = recommender
        if hasattr(recommender, "save"):
            path = recommender.save(Path(self._folder.name) / "first.recommender")
        store = store or str(Path(self._folder.name) / "features.sqlite")
        self._said = open(Path(self._folder.name) / "said.txt", "w+", encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "course_lib", "serve", "--file", str(path), "--store", store, "--port", "0",
             "--workers", str(workers), "--announce", "--until-input-ends", "--set", json.dumps(settings)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said, text=True, encoding="utf-8",
            env=_environment(self._token), start_new_session=True)
        self._let_go = weakref.finalize(self, _ended, self._process, self._said, self._folder, os.getpid())
        try:
            self.url = self._announced()
        except BaseException:
            self.stop(wait_s=0.0)                   # nobody is being answered yet
            raise

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def recommend(self, user: int | str | None, session=(), k: int = 10) -> dict:
        """Ask once; {"slate", "propensities", "rung", "trace"}. user, session: numbers from 0, -1 for somebody new; or
        the log's own ids as text, None for somebody new, and then the slate is text too. Raises CourseError with what
        the service says."""
        return self.ask("POST", "/recommend", {"user": user, "session": list(session), "k": k})

    def switch_on(self, *faults: dict) -> dict:
        """Switch faults on, each as a dict of Fault."""
        return self.ask("POST", "/admin/faults", list(faults))

    def switch_off(self) -> dict:
        """Switch all faults off."""
        return self.ask("DELETE", "/admin/faults")

    def start_afresh(self, **settings) -> dict:
        """Switch all faults off, let what is under way end, and begin with warm caches and closed breakers, as after a
        start; the store keeps what it holds. What comes next then does not depend on what was broken before.

        settings: of ServiceSettings, other than those it was made with, until the next fresh start. So one process
        stands for several that differ in their settings."""
        return self.ask("POST", "/admin/afresh", settings or None)

    def put_recent(self, recent: dict[int, list[int]] | dict[str, list[str]]) -> dict:
        """Write what people clicked last, oldest first, as the feature job does: in numbers, or by own ids as text."""
        return self.ask("POST", "/admin/features", {str(user): list(items) for user, items in recent.items()})

    def release(self, recommender, name: str, role: str = "current", share: float = 1.0, withdrawn=()) -> dict:
        """Load another recommender, warm it, and put it into a role; returns who is in which."""
        path = recommender
        if hasattr(recommender, "save"):
            path = recommender.save(Path(self._folder.name) / f"{secrets.token_hex(4)}.recommender")
        return self.ask("POST", "/admin/release", {"path": str(path), "name": name, "role": role, "share": share,
                                                   "withdrawn": list(withdrawn)})

    def metrics(self) -> dict[str, float]:
        """{name of a sample with its labels: value}, out of /metrics."""
        from prometheus_client.parser import text_string_to_metric_families

        text, found = self._told(Request(self.url + "/metrics")).decode(), {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
                found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
        return found

    def ask(self, method: str, path: str, body=None) -> dict:
        """One request; its answer as JSON. Raises CourseError with the sentence of an answer that is an error, and
        where there is no answer."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.url + path, data, {"Content-Type": "application/json", "token": self._token},
                          method=method)
        return json.loads(self._told(request))

    def _told(self, request: Request) -> bytes:
        try:
            with NO_PROXY.open(request, timeout=60) as answer:
                return answer.read()
        except HTTPError as error:
            with error:
                raise CourseError(f"{error.code}: {json.load(error)['error']}") from None
        except (OSError, HTTPException) as error:
            code = self._process.poll()
            fate = "runs, but did not answer" if code is None else f"has ended (exit code {code})"
            why = error.reason if isinstance(error, URLError) else error
            raise CourseError(f"the service {fate}: {why}. Start another ServiceProcess.") from None

    def stop(self, wait_s: float = 10.0) -> int:
        """End it: requests under way are answered first. Returns the process's exit code. May be called twice."""
        self._let_go.detach()
        return _ended(self._process, self._said, self._folder, os.getpid(), wait_s)

    def __enter__(self) -> ServiceProcess:
        return self

    def __exit__(self, *error) -> None:
        self.stop()

    def _announced(self) -> str:
        """The address that the process prints when it listens; then wait until it is ready."""
        until, lines = time.monotonic() + self._wait_s, []
        reader = threading.Thread(target=lambda: lines.append(self._process.stdout.readline()), daemon=True)
        reader.start()
        reader.join(self._wait_s)
        if not lines or not lines[0].strip():
            raise CourseError(f"the service did not start. {self._complaint()}")
        url = lines[0].split()[-1]
        while time.monotonic() < until and self._process.poll() is None:
            try:
                with NO_PROXY.open(url + "/ready", timeout=5):
                    return url
            except OSError:
                time.sleep(0.05)
        raise CourseError(f"the service was not ready within {self._wait_s:g} s. {self._complaint()}")

    def _complaint(self) -> str:
        self._said.seek(0)
        return self._said.read()[-2000:].strip() or "It says nothing."


def _ended(process: subprocess.Popen, said, folder: tempfile.TemporaryDirectory, owner: int,
           wait_s: float = 3.0) -> int | None:
    """End a service and remove its files; the process's exit code. Nothing in a process forked off from its owner."""
    if os.getpid() != owner:
        return None
    if not process.stdin.closed:
        process.stdin.close()
    for harder, seconds in ((process.terminate, wait_s), (process.kill, 2.0)):
        try:
            process.wait(seconds)
            break
        except subprocess.TimeoutExpired:
            harder()
    process.wait()
    if not said.closed:
        process.stdout.close()
        said.close()
        folder.cleanup()
    return process.returncode


def _environment(token: str) -> dict[str, str]:
    """This process's environment, the token, and where this package stands."""
    root = str(Path(__file__).resolve().parents[3])
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "COURSE_SERVICE_TOKEN": token, "PYTHONPATH": path}
