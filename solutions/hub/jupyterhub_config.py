"""JupyterHub for a class on one machine: a container for each person, work/ kept in a volume of their own.

pip install jupyterhub dockerspawner jupyterhub-idle-culler, npm install -g configurable-http-proxy, then
CLASS_PASSWORD=… TEACHER_PASSWORD=… jupyterhub -f solutions/hub/jupyterhub_config.py

The first password has at least 8 characters, the second at least 32. No Docker was at hand to try it with; JupyterHub
6.1 loaded the configuration.
"""

import os
import sys

c = get_config()  # noqa: F821 - JupyterHub provides it

c.JupyterHub.bind_url = "http://:8000"
c.JupyterHub.hub_ip = "0.0.0.0"
c.JupyterHub.spawner_class = "dockerspawner.DockerSpawner"

# Everyone signs in with a name of their own and the class's password, which is at least 8 characters long.
c.JupyterHub.authenticator_class = "shared-password"
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {"teacher"}
c.SharedPasswordAuthenticator.user_password = os.environ.get("CLASS_PASSWORD", "")
c.SharedPasswordAuthenticator.admin_password = os.environ.get("TEACHER_PASSWORD", "")

c.DockerSpawner.image = "recsys-course"
c.DockerSpawner.remove = True
c.DockerSpawner.notebook_dir = "/home/jovyan/course"
c.DockerSpawner.default_url = "/lab/tree/work/00_start_here.ipynb"
# A new volume starts with what the image has there: the lessons. It also holds the person's progress record.
c.DockerSpawner.volumes = {"recsys-course-{username}": "/home/jovyan/course/work"}
c.DockerSpawner.mem_limit = "4G"
c.DockerSpawner.cpu_limit = 2.0
c.DockerSpawner.environment = {"OMP_NUM_THREADS": "2", "OMP_WAIT_POLICY": "passive"}

# Kernels that nobody uses give their memory back after an hour.
c.JupyterHub.load_roles = [{"name": "idle-culler", "services": ["idle-culler"],
                            "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"]}]
c.JupyterHub.services = [{"name": "idle-culler",
                          "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"]}]
