"""The hub's settings are ones that JupyterHub and DockerSpawner have, and Docker would be asked for what they say.

Nothing is started: what DockerSpawner would send to Docker is caught on its way.
"""

import importlib.util
import json
import subprocess
import sys

import pytest
from running_hub import CHOICES, without_choices

from course_lib.teach.lessons import ROOT

MISSING = [name for name in ("jupyterhub", "dockerspawner", "docker") if importlib.util.find_spec(name) is None]
pytestmark = [pytest.mark.skipif(not sys.platform.startswith("linux"), reason="JupyterHub runs on Linux"),
              pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")]
ASKED = """
import asyncio, json, sys
from types import SimpleNamespace
import docker
from dockerspawner import DockerSpawner
from jupyterhub.app import JupyterHub
from jupyterhub.auth import Authenticator
from jupyterhub.proxy import ConfigurableHTTPProxy
from jupyterhub.spawner import Spawner
from traitlets.config.loader import PyFileConfigLoader

config = PyFileConfigLoader("jupyterhub_config.py", "solutions/hub").load_config()
known = {"JupyterHub": JupyterHub, "Authenticator": Authenticator, "Spawner": Spawner, "DockerSpawner": DockerSpawner,
         "ConfigurableHTTPProxy": ConfigurableHTTPProxy}
unknown = [f"{part}.{name}" for part, settings in config.items() for name in settings
           if part not in known or name not in known[part].class_trait_names(config=True)]
told = {}


class Caught(DockerSpawner):
    async def docker(self, method, *args, **kwargs):
        told.update(kwargs)
        return {"Id": "x", "Config": {"Cmd": ["/home/jovyan/start-class"]}}      # as the Dockerfile has it

    def get_env(self):
        return {"TOLD": "1"}

    def template_namespace(self):
        return {"username": "ann", "raw_username": "ann", "servername": "", "prefix": "jupyter", "imagename": "x",
                "safe_username": "ann", "safe_servername": ""}


spawner = Caught(config=config, hub=SimpleNamespace(public_host="", api_url="x"), _deprecated_db_session=None)
spawner.user = SimpleNamespace(name="ann", admin=sys.argv[1] == "teacher", escaped_name="ann", url="/user/ann/")
spawner.server = None
type(spawner).client = docker.APIClient(base_url="unix:///nowhere", version="1.43")
spawner.pre_spawn_hook(spawner)
spawner.get_args = lambda: ["--port=8888"]
asyncio.run(spawner.create_object())
print(json.dumps({"unknown": unknown, "told": told}, default=str))
"""


def asked(tmp_path, who, **environment):
    env = {**without_choices(), "CLASS_STATE": str(tmp_path), **environment}
    out = subprocess.run([sys.executable, "-c", ASKED, who], capture_output=True, text=True, cwd=ROOT, env=env)
    assert out.returncode == 0, out.stderr[-2000:]
    return json.loads(out.stdout.splitlines()[-1])


def test_every_setting_has_its_name(tmp_path):
    assert asked(tmp_path, "ann")["unknown"] == []


def test_what_the_instructors_shell_chose_for_the_class_plays_no_part_here(tmp_path, monkeypatch):
    monkeypatch.setenv("CLASS_SOLUTIONS", "shown")
    assert asked(tmp_path, "ann")["told"]["host_config"]["Binds"] == ["recsys-course-ann:/home/jovyan/course/work:rw"]
    for name in CHOICES:
        monkeypatch.setenv(name, "x")
    assert not {*CHOICES} & {*without_choices()}


def test_docker_is_asked_for_the_limits_that_the_page_promises(tmp_path):
    told = asked(tmp_path, "ann")["told"]
    host = told["host_config"]
    assert host["PidsLimit"] == 512 and host["CapDrop"] == ["ALL"] and host["SecurityOpt"] == ["no-new-privileges"]
    assert host["Memory"] == host["MemorySwap"] == 4 * 2**30 and host["CpuQuota"] == 2 * host["CpuPeriod"]
    assert host["NetworkMode"] == "recsys-course" and not host.get("PortBindings") and not host.get("Privileged")
    assert host["Binds"] == ["recsys-course-ann:/home/jovyan/course/work:rw"] and told["image"] == "recsys-course"
    assert told["command"] == ["/home/jovyan/start-class", "--port=8888"]


@pytest.mark.parametrize(("who", "choice", "shown"), [("ann", "withheld", False), ("ann", "shown", True),
                                                      ("teacher", "withheld", True)])
def test_solutions_are_laid_in_to_be_read_only_or_not_at_all(tmp_path, who, choice, shown):
    binds = asked(tmp_path, who, CLASS_SOLUTIONS=choice)["told"]["host_config"]["Binds"]
    mine = [bind for bind in binds if "solutions" in bind]
    assert mine == [f"{ROOT / 'solutions'}:/home/jovyan/course/solutions:ro"] * shown
