"""A JupyterHub with the class's configuration and no containers, and people who sign in to it as a browser does.

What a container does stands in: a course of each person's own in `homes`, start.sh at the start of each server, the
solutions laid in for those who may see them; where this runs as root also a user of the system for each person.
"""

from __future__ import annotations

import http.cookiejar
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path

import ordinary_user

ROOT = Path(__file__).resolve().parents[2]
HUB, USERS = ROOT / "solutions" / "hub", {"ann": 50_011, "bob": 50_012, "eva": 50_013}
LESSONS = ("00_start_here", "01_objective")
NO_USER = "a user of the system apart (root may not mount here)"
APART = hasattr(os, "geteuid") and os.geteuid() == 0
CHOICES = ("CLASS_SOLUTIONS", "HUB_BIND", "HUB_SUBDOMAINS")       # an instructor's shell may hold them
TRIAL = """
__file__ = {config!r}
exec(compile(open(__file__).read(), __file__, "exec"))
import os, shutil
from jupyterhub.spawner import SimpleLocalProcessSpawner

class WithoutContainers(SimpleLocalProcessSpawner):
    read_only_volumes = {{}}

    async def start(self):
        course = os.path.join(self.home_dir, "course")
        shutil.rmtree(os.path.join(course, "solutions"), ignore_errors=True)
        for source in self.read_only_volumes:
            os.mkdir(os.path.join(course, "solutions"))
            shutil.copy(os.path.join(source, "01_objective.ipynb"), os.path.join(course, "solutions"))
        self.cmd = [*{user!r}, *([str({users!r}[self.user.name]), "--"] if {user!r} else []), {start!r}]
        return await super().start()

c.JupyterHub.spawner_class = WithoutContainers
c.JupyterHub.hub_ip, c.JupyterHub.hub_port = "127.0.0.1", {hub}
c.ConfigurableHTTPProxy.command = [{python!r}, "-c", "from configurable_http_proxy.cli import main; main()"]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
c.ConfigurableHTTPProxy.auth_token = {token!r}
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r} + "/{{username}}"
c.Spawner.notebook_dir = {homes!r} + "/{{username}}/course"
c.Spawner.default_url = "/lab"
c.Spawner.environment = {{
    "COURSE": lambda spawner: spawner.home_dir + "/course", "PYTHONPATH": lambda spawner: spawner.home_dir + "/course",
    "JUPYTER_CONFIG_PATH": {jupyter!r}, "PYTHONDONTWRITEBYTECODE": "1"}}
c.Authenticator.auth_refresh_age = 1
"""


def without_choices() -> dict[str, str]:
    """The environment, without what the instructor may have chosen there for the class's own hub."""
    return {name: value for name, value in os.environ.items() if name not in CHOICES}


@cache
def missing() -> str:
    """What is not here of that which a hub needs, "" where all is."""
    needed = ("jupyterhub", "jupyterlab", "configurable_http_proxy", "jupyterhub_idle_culler")
    found = [name for name in needed if importlib.util.find_spec(name) is None]
    if APART and not found:
        tried = subprocess.run([sys.executable, ordinary_user.__file__, str(USERS["ann"]), "--", "true"],
                               capture_output=True)
        found += [NO_USER] * (tried.returncode == ordinary_user.CANNOT)
    return ", ".join(found)


def free_ports(count: int) -> list[int]:
    """So many that differ: all are held until the last is found."""
    with ExitStack() as ends:
        held = [ends.enter_context(socket.socket()) for _ in range(count)]
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]


# A loopback address is never asked of a proxy; urlopen keeps the one that stood in the environment at its first call.
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def asked(address, data=None, method=None, opener=None, **headers) -> tuple[int, str, str]:
    """(status, text, where it ended) of one request; a dict as data is a form, all else JSON."""
    if isinstance(data, dict) and "Content-Type" not in headers:
        data = urllib.parse.urlencode(data).encode()
    elif data is not None:
        data = json.dumps(data).encode()
    request = urllib.request.Request(address, data, headers, method=method)
    try:
        with (opener or NO_PROXY).open(request, timeout=60) as answer:
            return answer.status, answer.read().decode("utf-8", "replace"), answer.url
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8", "replace"), error.url


class Person:
    """A browser: cookies, and the sign that guards forms. token: of the person's own, once it was asked for."""

    def __init__(self, address):
        self.address, self.jar, self.token = address, http.cookiejar.CookieJar(), ""
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                                  urllib.request.HTTPCookieProcessor(self.jar))

    def asks(self, path, data=None, method=None, **headers):
        """(status, text, where it ended)."""
        return asked(self.address + path, data, method, self.opener, **headers)

    def tells(self, path, method, data=None, on="/hub/"):
        """The status and text of a request that changes something, with the sign that guards it."""
        sign = next((cookie.value for cookie in self.jar if cookie.name == "_xsrf" and cookie.path == on), "none")
        return self.asks(path, data, method, **{"X-XSRFToken": sign, "Content-Type": "application/json"})[:2]

    def signs_in(self, name, password) -> bool:
        self.asks("/hub/login")
        sign = next(cookie.value for cookie in self.jar if cookie.name == "_xsrf" and cookie.path == "/hub/")
        self.asks("/hub/login?next=/hub/home", {"username": name, "password": password, "_xsrf": sign})
        return self.asks("/hub/home")[2].endswith("/hub/home")

    def starts(self, name, wait: bool = True) -> int:
        """Ask for somebody's server; the status. wait: until it runs."""
        self.asks("/hub/home")
        status, _ = self.tells(f"/hub/api/users/{name}/server", "POST")
        if wait and status in (201, 202):
            self.waits(name)
        return status

    def waits(self, name, seconds: float = 60.0) -> bool:
        """Wait for somebody's server; whether it runs."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.reads(name) == 200:
                return True
            time.sleep(0.2)
        return False

    def stops(self, name) -> int:
        """End somebody's server and wait until it has ended. Returns the status."""
        self.asks("/hub/home")
        status, _ = self.tells(f"/hub/api/users/{name}/server", "DELETE")
        end = time.monotonic() + 20
        while status == 202 and time.monotonic() < end:
            told = json.loads(self.asks(f"/hub/api/users/{name}")[1])
            if not told["servers"] and not told.get("pending"):
                break
            time.sleep(0.2)
        return status

    def reads(self, name, path="") -> int:
        """The status of opening somebody's server and asking for a file there, 401 where a sign-in is asked for."""
        self.asks(f"/user/{name}/lab")
        status, _, where = self.asks(f"/user/{name}/api/contents/{path}")
        return 401 if "/hub/login" in where else status


class Hub:
    """address, homes, passwords by name; `people` calls people.py."""

    def __init__(self, folder: Path, **environment):
        self.folder, self.homes, self.token = folder, folder / "homes", "token-of-the-proxy"
        self.port, self.api, port_of_hub = free_ports(3)
        self.address = f"http://127.0.0.1:{self.port}"
        beside = Path(sys.executable).parent
        self.env = {**without_choices(), "CLASS_STATE": str(folder / "state"), "HUB_BIND": self.address, **environment,
                    "PATH": f"{beside}:{os.environ['PATH']}"}
        user = [sys.executable, ordinary_user.__file__] if APART else []
        config = folder / "config.py"
        config.write_text(TRIAL.format(
            config=str(HUB / "jupyterhub_config.py"), hub=port_of_hub, api=self.api, homes=str(self.homes), user=user,
            users=USERS, start=str(HUB / "start.sh"), jupyter=str(ROOT / ".jupyter"), token=self.token,
            python=sys.executable))
        self.homes.mkdir(mode=0o711)
        for name, number in USERS.items():
            _give_course(self.homes / name, number)
        self.passwords = self.people("add", "ann", "bob") | self.people("add", "--teacher", "eva")
        with open(folder / "log", "w") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "jupyterhub", "-f", str(config)], env=self.env,
                                            cwd=folder, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)

    def people(self, *words) -> dict[str, str]:
        done = subprocess.run([sys.executable, str(HUB / "people.py"), *words], env=self.env, capture_output=True,
                              text=True)
        assert done.returncode == 0, done.stderr
        return dict(line.split("\t") for line in done.stdout.splitlines() if "\t" in line)

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def waits(self) -> None:
        """Until it answers."""
        for _ in range(300):
            with suppress(OSError):
                if asked(f"{self.address}/hub/health")[0] == 200:
                    return
            assert self.process.poll() is None, self.log()[-3000:]
            time.sleep(0.1)
        raise AssertionError(self.log()[-3000:])

    def signed_in(self, name) -> Person:
        person = Person(self.address)
        assert person.signs_in(name, self.passwords[name]), name
        return person

    def collect(self, name, into: Path) -> subprocess.CompletedProcess:
        """What INSTRUCTOR.md does with a volume: pack a person's work/ as that person."""
        user = [sys.executable, ordinary_user.__file__, str(USERS[name]), "--"] if APART else []
        command = [*user, sys.executable, "-P", "-m", "course_lib.teach.classroom.collecting",
                   str(self.homes / name / "course" / "work")]
        done = subprocess.run(command, capture_output=True, cwd=self.folder, env={**self.env, "PYTHONPATH": str(ROOT)})
        (into / f"{name}.zip").write_bytes(done.stdout)
        return done

    def ends(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(30)
        with suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def give_library(place: Path) -> None:
    """The library, elsewhere: links, but for what asks where it lies itself."""
    place.mkdir()
    for held in (ROOT / "course_lib").iterdir():
        if held.name in ("__init__.py", "__main__.py", "lab.py"):
            shutil.copy(held, place)
        else:
            (place / held.name).symlink_to(held)


def _give_course(home: Path, number: int) -> None:
    """A course of the person's own, as an image has it: two lessons, and of the library what hands them out."""
    course = home / "course"
    (course / "notebooks").mkdir(parents=True)
    (course / "work").mkdir()
    give_library(course / "course_lib")
    for name in LESSONS:
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", course / "notebooks")
    home.chmod(0o700)
    if APART:
        for where, _, files in os.walk(home):
            for path in (where, *(os.path.join(where, file) for file in files)):
                os.chown(path, number, number)


@contextmanager
def running_hub(**environment):
    """A hub that runs; at the end it has ended, with all that it started, and its folder is gone."""
    folder = Path(tempfile.mkdtemp(prefix="hub-"))
    folder.chmod(0o711)
    hub = Hub(folder, **environment)
    try:
        hub.waits()
        yield hub
    finally:
        hub.ends()
        print(hub.log()[-6000:])
        shutil.rmtree(folder, ignore_errors=True)
