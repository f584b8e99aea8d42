"""A JupyterHub with the class's configuration and no containers: sign-in, and what keeps people's servers apart.

Runs where JupyterHub, JupyterLab and a proxy are installed, which the course's own environment has not:
pip install jupyterhub jupyterlab configurable-http-proxy jupyterhub-idle-culler pytest, then
python -m pytest --import-mode=importlib -c /dev/null tests/teach/classroom/test_hub_running.py
"""

import http.cookiejar
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

for needed in ("jupyterhub", "jupyterlab", "configurable_http_proxy"):
    pytest.importorskip(needed)
HUB = Path(__file__).resolve().parents[3] / "solutions" / "hub"
TRIAL = """
__file__ = {config!r}
exec(compile(open(__file__).read(), __file__, "exec"))
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.hub_ip, c.JupyterHub.hub_port = "127.0.0.1", {hub}
c.ConfigurableHTTPProxy.command = [{proxy!r}]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r} + "/{{username}}"
c.Spawner.args, c.Spawner.default_url = ["--allow-root"], "/lab"
c.Authenticator.auth_refresh_age = 1
c.Spawner.cmd = [{single!r}]
"""


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


class Person:
    """A browser: cookies, and the sign that guards forms."""

    def __init__(self, address):
        self.address, self.jar = address, http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def asks(self, path, data=None, method=None, **headers):
        """(status, text, where it ended)."""
        data = data if data is None else urllib.parse.urlencode(data).encode()
        request = urllib.request.Request(self.address + path, data, headers, method=method)
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode(), answer.url
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.url

    def xsrf(self, path="/hub/"):
        return next(cookie.value for cookie in self.jar if cookie.name == "_xsrf" and cookie.path == path)

    def signs_in(self, name, password) -> bool:
        self.asks("/hub/login")
        self.asks("/hub/login?next=/hub/home", {"username": name, "password": password, "_xsrf": self.xsrf()})
        return self.asks("/hub/home")[2].endswith("/hub/home")

    def starts(self, name) -> int:
        self.asks("/hub/home")
        return self.asks(f"/hub/api/users/{name}/server", method="POST",
                         **{"X-XSRFToken": self.xsrf(), "Content-Type": "application/json"})[0]

    def reads(self, name) -> int:
        """The status of opening somebody's server and asking for its files."""
        self.asks(f"/user/{name}/lab")
        status, _, where = self.asks(f"/user/{name}/api/contents")
        return 401 if "/hub/login" in where else status


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """(address, passwords by name, a call of people.py)."""
    folder = tmp_path_factory.mktemp("hub")
    port, beside = free_port(), Path(sys.executable).parent
    config = folder / "config.py"
    config.write_text(TRIAL.format(config=str(HUB / "jupyterhub_config.py"), hub=free_port(), api=free_port(),
                                   proxy=str(beside / "configurable-http-proxy"), homes=str(folder / "homes"),
                                   single=str(beside / "jupyterhub-singleuser")))
    env = {**os.environ, "CLASS_STATE": str(folder / "state"), "HUB_BIND": f"http://127.0.0.1:{port}"}

    def people(*words):
        done = subprocess.run([sys.executable, str(HUB / "people.py"), *words], env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return dict(line.split("\t") for line in done.stdout.splitlines() if "\t" in line)

    passwords = people("add", "ann", "bob") | people("add", "--teacher", "eva")
    (folder / "homes").mkdir()
    with open(folder / "log", "w") as log:
        process = subprocess.Popen([sys.executable, "-m", "jupyterhub", "-f", str(config)], env=env, cwd=folder,
                                   stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    for _ in range(120):
        with suppress(OSError):
            if Person(address).asks("/hub/health")[0] == 200:
                break
        assert process.poll() is None, (folder / "log").read_text()[-3000:]
        time.sleep(0.5)
    yield address, passwords, people
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(30)
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    print((folder / "log").read_text()[-6000:])
    shutil.rmtree(folder / "homes", ignore_errors=True)


def test_each_signs_in_by_their_own_password_alone(hub):
    address, passwords, _ = hub
    for name, password in (("bob", passwords["ann"]), ("ann", ""), ("ann", "x" * 16), ("zoe", passwords["ann"]),
                           ("eva", passwords["bob"]), ("ann", passwords["ann"][:-1])):
        assert not Person(address).signs_in(name, password), name
    for name in passwords:
        assert Person(address).signs_in(name, passwords[name]), name


def test_servers_are_kept_apart(hub):
    address, passwords, people = hub
    ann, bob, eva, nobody = (Person(address) for _ in range(4))
    assert ann.signs_in("ann", passwords["ann"]) and bob.signs_in("bob", passwords["bob"])
    assert ann.starts("ann") in (201, 202)
    for _ in range(60):
        if ann.reads("ann") == 200:
            break
        time.sleep(0.5)
    assert ann.reads("ann") == 200
    assert bob.reads("ann") in (403, 404) and nobody.reads("ann") in (401, 403)
    assert bob.starts("ann") in (403, 404)
    assert bob.asks("/hub/admin")[0] == 403 and bob.asks("/hub/api/users")[0] == 403
    assert eva.signs_in("eva", passwords["eva"]) and eva.asks("/hub/admin")[0] == 200
    people("remove", "bob")
    time.sleep(2)
    assert not bob.asks("/hub/home")[2].endswith("/hub/home")
    assert not Person(address).signs_in("bob", passwords["bob"])
