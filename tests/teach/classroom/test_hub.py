"""The hub of a class: who signs in, what their container may do, what the image holds, how lessons are brought up to
date. Read and carried out without JupyterHub and Docker; test_hub_running.py starts a JupyterHub where there is one."""

import asyncio
import fnmatch
import importlib.util
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import types
from types import SimpleNamespace

import pytest
import running_hub
from traitlets.config import Config, LoggingConfigurable

from course_lib import lab
from course_lib.teach import lessons
from course_lib.teach.lessons import ROOT

HUB = ROOT / "solutions" / "hub"
VOLUME = "/home/jovyan/course/work"


@pytest.fixture
def people(tmp_path, monkeypatch):
    """people.py, with a class of its own."""
    monkeypatch.setenv("CLASS_STATE", str(tmp_path / "state"))
    spec = importlib.util.spec_from_file_location("people", HUB / "people.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def told(capsys) -> dict[str, str]:
    return dict(line.split("\t") for line in capsys.readouterr().out.splitlines() if "\t" in line)


@pytest.fixture
def configured(people, monkeypatch):
    """A call that carries out jupyterhub_config.py under an environment and returns (its settings, its names)."""
    auth = types.ModuleType("jupyterhub.auth")
    auth.Authenticator = LoggingConfigurable
    monkeypatch.setitem(sys.modules, "jupyterhub", types.ModuleType("jupyterhub"))
    monkeypatch.setitem(sys.modules, "jupyterhub.auth", auth)
    monkeypatch.setitem(sys.modules, "people", people)
    monkeypatch.setattr(sys, "path", [*sys.path])

    def configure(**environment):
        for name in running_hub.CHOICES:
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        settings = Config()
        names = {"get_config": lambda: settings, "__file__": str(HUB / "jupyterhub_config.py")}
        exec(compile((HUB / "jupyterhub_config.py").read_text(), "jupyterhub_config.py", "exec"), names)
        return settings, names
    return configure


def test_each_has_a_password_of_their_own(people, capsys):
    assert people.main(["add", "ann", "bob"]) == 0 and people.main(["add", "--teacher", "eva"]) == 0
    words = told(capsys)
    assert len(set(words.values())) == 3 and all(len(word) == 19 for word in words.values())
    file = people.file_of_class()
    assert people.signs_in(file, "ann", words["ann"]) == {"name": "ann", "admin": False}
    assert people.signs_in(file, " Eva ", words["eva"]) == {"name": "eva", "admin": True}
    for name, word in (("ann", words["bob"]), ("zoe", words["ann"]), ("ann", ""), ("", ""), ("ann", "x" * 10**6),
                       ("ann", None), (["ann"], words["ann"]), ("zoe", ""), ("ann", "\ud800")):
        assert people.signs_in(file, name, word) is None
    kept = file.read_text()
    assert not any(word in kept for word in words.values())
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_names_and_lost_passwords(people, capsys):
    people.main(["add", "ann", "bob", "--teacher"])
    first = told(capsys)
    for wrong in ("ann", "Zoe", "../x", "a b", "", "a_b", "ä", "a" * 40, "x\n"):
        assert people.main(["add", "zoe", wrong]) == 1, wrong
    assert people.main(["new", "zoe"]) == 1 and people.main(["remove", "zoe"]) == 1
    assert set(people.read(people.file_of_class())) == {"ann", "bob"}
    assert people.main(["new", "ann"]) == 0 and people.main(["remove", "bob"]) == 0
    again, file = told(capsys), people.file_of_class()
    assert people.signs_in(file, "ann", first["ann"]) is None and people.signs_in(file, "bob", first["bob"]) is None
    assert people.signs_in(file, "ann", again["ann"]) == {"name": "ann", "admin": True}
    file.write_text(json.dumps({"ann": {"key": ""}}))
    with pytest.raises(ValueError, match="no list of a class"):
        people.signs_in(file, "ann", again["ann"])


def test_the_configuration_signs_in_the_class_and_nobody_else(configured, people, capsys):
    settings, names = configured()
    people.main(["add", "ann"])
    word = told(capsys)["ann"]
    assert settings.JupyterHub.authenticator_class is names["ClassList"]
    door = names["ClassList"]()
    assert asyncio.run(door.authenticate(None, {"username": "ann", "password": word})) == {"name": "ann",
                                                                                          "admin": False}
    assert asyncio.run(door.authenticate(None, {"username": "ann", "password": "shared"})) is None
    assert asyncio.run(door.refresh_user(SimpleNamespace(name="ann"))) is True
    assert asyncio.run(door.refresh_user(SimpleNamespace(name="bob"))) is False
    assert settings.Authenticator.auth_refresh_age <= 300 and settings.Authenticator.refresh_pre_spawn


def test_a_container_is_limited_and_alone(configured, people):
    settings, _ = configured()
    spawner = settings.DockerSpawner
    assert spawner.extra_host_config["pids_limit"] == 512 and spawner.extra_host_config["cap_drop"] == ["ALL"]
    assert spawner.mem_limit == "4G" and spawner.extra_host_config["memswap_limit"] == "4g"
    assert "no-new-privileges" in spawner.extra_host_config["security_opt"]
    assert spawner.volumes == {"recsys-course-{username}": VOLUME} and spawner.remove
    page = (ROOT / "solutions" / "INSTRUCTOR.md").read_text(encoding="utf-8")
    assert f"--gateway {settings.JupyterHub.hub_ip}" in page and "enable_icc=false" in page
    assert spawner.network_name == "recsys-course" and spawner.use_internal_ip
    assert settings.JupyterHub.bind_url == "http://127.0.0.1:8000"           # no password over an open line
    state = str(people.state_folder())
    assert state in settings.JupyterHub.db_url and settings.JupyterHub.cookie_secret_file.startswith(state)
    assert configured(HUB_SUBDOMAINS="https://x.org")[0].JupyterHub.subdomain_host == "https://x.org"


@pytest.mark.parametrize(("choice", "admin", "shown"), [("", False, False), ("withheld", False, False),
                                                        ("withheld", True, True), ("shown", False, True)])
def test_solutions_are_shown_or_withheld(configured, choice, admin, shown):
    settings, _ = configured(CLASS_SOLUTIONS=choice)
    spawner = SimpleNamespace(user=SimpleNamespace(admin=admin), read_only_volumes={"old": "/old"})
    settings.Spawner.pre_spawn_hook(spawner)
    assert spawner.read_only_volumes == ({str(ROOT / "solutions"): "/home/jovyan/course/solutions"} if shown else {})


def test_another_word_for_the_choice_is_refused(configured):
    with pytest.raises(ValueError, match="shown or withheld"):
        configured(CLASS_SOLUTIONS="yes")


def sent(path: str) -> bool:
    """Would `docker build` send this path? As Docker reads .dockerignore: the last line that fits decides."""
    kept = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        rule = line.removeprefix("!")
        if not rule or line.startswith("#"):
            continue
        parts = [path.rsplit("/", cut)[0] for cut in range(path.count("/") + 1)]      # a folder stands for all in it
        fits = any(fnmatch.fnmatchcase(part.rsplit("/", 1)[-1], rule[3:]) if rule.startswith("**/") else
                   part.count("/") == rule.count("/") and fnmatch.fnmatchcase(part, rule) for part in parts)
        kept = line.startswith("!") if fits else kept
    return kept


def test_the_image_takes_the_course_and_nothing_else():
    for path in (".venv/bin/python", "work/01_objective.ipynb", "collected/ann.zip", ".git/config", "data/cache/x",
                 "solutions/01_objective.ipynb", "solutions/INSTRUCTOR.md", "solutions/source/01_objective.py",
                 "solutions/hub/people.py", "people.json", "jupyterhub.sqlite", "tests/teach/made_class.py", ".env",
                 "course_lib/__pycache__/x.pyc", "course_lib/x.sqlite", "class.html", "notebooks/.ipynb_checkpoints/a"):
        assert not sent(path), path
    for path in ("course_lib/lab.py", "notebooks/01_objective.ipynb", "data/README.md", "pyproject.toml", "LICENSE",
                 "constraints.txt", "README.md", ".jupyter/jupyter_lab_config.json", "solutions/hub/start.sh",
                 "data/online_retail/lines.parquet", "course_lib/teach/site/templates/page.html"):
        assert sent(path), path
    for path in [*ROOT.glob("notebooks/*.ipynb"), ROOT / "constraints.txt"]:
        assert path.exists() and sent(str(path.relative_to(ROOT)))


def test_the_image_has_feast_locked_versions_and_the_start():
    text = (HUB / "Dockerfile").read_text()
    assert re.search(r'pip install .*-c constraints.txt -e "\.\[feast\]"', text)
    assert "USER ${NB_UID}" in text.split("COPY")[0].splitlines()[-1] and "rm -r solutions" in text
    assert 'CMD ["/home/jovyan/start-class"]' in text and "solutions/hub/start.sh /home/jovyan/start-class" in text
    for copied in re.findall(r"^COPY (?:--\S+ )?(\S+)", text, re.MULTILINE):
        assert (ROOT / copied).exists()


@pytest.mark.skipif(os.name != "posix", reason="runs in a Linux container")
def test_at_its_start_a_container_brings_lessons_up_to_date_and_touches_no_edit(tmp_path):
    course, bin_ = tmp_path / "course", tmp_path / "bin"
    (course / "notebooks").mkdir(parents=True)
    bin_.mkdir()
    running_hub.give_library(course / "course_lib")
    for name in ("00_start_here", "01_objective"):
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", course / "notebooks")
    for name, does in (("jupyterhub-singleuser", 'echo "server started $@"'),
                       ("python", f'exec "{sys.executable}" "$@"')):
        (bin_ / name).write_text(f"#!/bin/sh\n{does}\n")
        (bin_ / name).chmod(0o755)
    env = {**os.environ, "PATH": f"{bin_}:{os.environ['PATH']}", "COURSE": str(course), "PYTHONPATH": str(course),
           "PYTHONDONTWRITEBYTECODE": "1"}

    def start():
        done = subprocess.run([str(HUB / "start.sh"), "--port=1"], env=env, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 and "server started --port=1" in done.stdout, done.stderr
        return done

    assert "copied to work/: 00_start_here, 01_objective\n" in start().stdout
    work, other = course / "work", json.dumps({"cells": [{"cell_type": "code", "source": ["mine"]}]})
    (work / "01_objective.ipynb").write_text(other)
    for name in ("00_start_here", "01_objective"):                          # the course goes on
        held = json.loads((course / "notebooks" / f"{name}.ipynb").read_text())
        held["cells"].append({"cell_type": "markdown", "id": "new", "metadata": {}, "source": ["second edition"]})
        (course / "notebooks" / f"{name}.ipynb").write_text(json.dumps(held))
    shutil.copy(ROOT / "notebooks" / "02_feedback.ipynb", course / "notebooks")
    said = start().stdout
    assert "second edition" in (work / "00_start_here.ipynb").read_text() and (work / "02_feedback.ipynb").exists()
    assert (work / "01_objective.ipynb").read_text() == other and "the course has a newer version" in said
    assert lab.copy_lessons(course / "notebooks", work)["01_objective.ipynb"] == "kept, course changed"
    (bin_ / "python").write_text("#!/bin/sh\nexit 1\n")                      # even where nothing can be copied
    assert "not brought up to date" in start().stderr


def test_without_solutions_the_lessons_keep_their_numbers_and_titles():
    told = subprocess.run([sys.executable, "-c", """
import json
from pathlib import Path
from course_lib.teach import cards, lessons
gone = Path("nowhere")
numbers = lessons.numbers.__wrapped__(gone)
lessons.SOURCES = gone
lessons.numbers.cache_clear()
lessons.numbers.__wrapped__.__defaults__ = (gone,)
from course_lib.teach.checking import right_answers
print(json.dumps([numbers, lessons.numbers(), [lessons.title(held) for held in lessons.numbers().values()],
                  [text.of for text in right_answers.texts_of(cards.card("1.1"))]]))
"""], capture_output=True, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert told.returncode == 0, told.stderr
    elsewhere, numbers, titles, texts = json.loads(told.stdout)
    assert elsewhere == {} and numbers == lessons.numbers() and texts == ["reference", "alternative"]
    assert titles == [lessons.title(held) for held in numbers.values()]


@pytest.mark.parametrize(("code", "says"), [(running_hub.ordinary_user.CANNOT, running_hub.NO_USER), (0, "")])
def test_where_root_may_not_mount_the_tests_of_a_hub_that_runs_are_left_out(monkeypatch, code, says):
    """As in an ordinary container: it is named as missing, and no test fails for it."""
    monkeypatch.setattr(running_hub, "APART", True)
    monkeypatch.setattr(running_hub.importlib.util, "find_spec", lambda name: name)
    monkeypatch.setattr(running_hub.subprocess, "run", lambda *command, **more: SimpleNamespace(returncode=code))
    assert running_hub.missing.__wrapped__() == says
