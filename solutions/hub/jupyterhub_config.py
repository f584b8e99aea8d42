"""JupyterHub for a class on one machine: a container for each person, work/ kept in a volume of their own.

INSTRUCTOR.md ("Serving a class") has the commands. What is set from outside, all of it optional:
CLASS_STATE: folder of the class's list and of the hub's records (~/.recsys-class)
CLASS_SOLUTIONS: shown or withheld (withheld); a teacher sees them always
HUB_BIND: where the hub listens (http://127.0.0.1:8000, behind a proxy with a certificate)
HUB_SUBDOMAINS: https://class.example.org gives each person a host name of their own, ann.class.example.org
"""

import asyncio
import os
import sys
from pathlib import Path

from jupyterhub.auth import Authenticator

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import people  # noqa: E402

c = get_config()  # noqa: F821 - JupyterHub provides it

SOLUTIONS = os.environ.get("CLASS_SOLUTIONS") or "withheld"
if SOLUTIONS not in ("shown", "withheld"):
    raise ValueError(f"CLASS_SOLUTIONS is {SOLUTIONS!r}; shown or withheld.")
STATE = people.state_folder()
STATE.mkdir(mode=0o700, parents=True, exist_ok=True)
# docker network create --subnet 172.30.19.0/24 --gateway 172.30.19.1 -o com.docker.network.bridge.enable_icc=false
# recsys-course: containers reach the hub there, and not each other.
NETWORK, GATEWAY = "recsys-course", "172.30.19.1"
COURSE, MEMORY = "/home/jovyan/course", "4G"


class ClassList(Authenticator):
    """Signs in who is in the class's list, each by their own password; the list is read anew each time."""

    async def authenticate(self, handler, data):
        return await asyncio.to_thread(people.signs_in, people.file_of_class(), data["username"], data["password"])

    async def refresh_user(self, user, handler=None, **more):
        return user.name in people.read(people.file_of_class())


c.JupyterHub.authenticator_class = ClassList
c.Authenticator.allow_all = True                   # all who are in the list: nobody else gets through authenticate
c.Authenticator.auth_refresh_age = 300
c.Authenticator.refresh_pre_spawn = True

c.JupyterHub.bind_url = os.environ.get("HUB_BIND") or "http://127.0.0.1:8000"
if os.environ.get("HUB_SUBDOMAINS"):
    c.JupyterHub.subdomain_host = os.environ["HUB_SUBDOMAINS"]
c.JupyterHub.hub_ip = GATEWAY                      # what containers ask; not open to the network outside
c.JupyterHub.db_url = f"sqlite:///{STATE / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")
c.JupyterHub.spawner_class = "dockerspawner.DockerSpawner"

c.DockerSpawner.image = "recsys-course"
c.DockerSpawner.remove = True                      # the next start takes the image as it is then
c.DockerSpawner.network_name = NETWORK
c.DockerSpawner.use_internal_ip = True
c.DockerSpawner.notebook_dir = COURSE
c.DockerSpawner.default_url = "/lab/tree/work/00_start_here.ipynb"
# A new volume starts with what the image has there: the lessons. It also holds the person's progress record. At each
# start, start.sh brings the lessons in it up to date, and leaves alone what was edited.
c.DockerSpawner.volumes = {"recsys-course-{username}": f"{COURSE}/work"}
c.DockerSpawner.mem_limit = MEMORY
c.DockerSpawner.cpu_limit = 2.0
c.DockerSpawner.extra_host_config = {"pids_limit": 512, "memswap_limit": MEMORY.lower(), "cap_drop": ["ALL"],
                                     "security_opt": ["no-new-privileges"]}
c.DockerSpawner.environment = {"OMP_NUM_THREADS": "2", "OMP_WAIT_POLICY": "passive"}


def show_or_withhold(spawner):
    """The image has no solutions; they are laid into a container, to be read only, for those who may see them."""
    shown = SOLUTIONS == "shown" or spawner.user.admin
    spawner.read_only_volumes = {str(HERE.parent): f"{COURSE}/solutions"} if shown else {}


c.Spawner.pre_spawn_hook = show_or_withhold

# Kernels that nobody uses give their memory back after an hour.
c.JupyterHub.load_roles = [{"name": "idle-culler", "services": ["idle-culler"],
                            "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"]}]
c.JupyterHub.services = [{"name": "idle-culler",
                          "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"]}]
