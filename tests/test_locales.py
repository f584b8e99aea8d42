"""Neither the language of a machine, nor its encoding, nor its time zone ends a command or changes a result."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ENCODINGS = {
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "utf-8": {"PYTHONIOENCODING": "utf-8"},
}
COMMANDS = ("progress", "--help", "progress --help", "compare --help", "doctor", "data --optional ml100k", "build 99")
RESULTS = """
import hashlib, json, sys
from course_lib.contracts import Arm, Assignment
from course_lib.data import splits
from course_lib.data.features import as_of_join
from course_lib.data.log import Log
from course_lib.evidence.estimate import bootstrap
from course_lib.world import feed, policies
import lightgbm

BY_DAY = "SELECT day, count(*) AS n, sum(click) AS clicks FROM impressions GROUP BY day ORDER BY day"

def digest(table):
    return hashlib.sha256(table.to_csv(index=False).encode()).hexdigest()[:12]

world = feed(200, 150, seed=1)
log = Log.create(sys.argv[1], world.manifest())
world.run(Assignment((Arm("all", policies.Uniform(), 1.0),), unit="user"), 3, log)
shown = log.impressions()
split = splits.by_time(shown[shown.click == 1].drop_duplicates(["user", "item"])[["user", "item", "time"]])
clicks = shown.groupby(["item", "time"], as_index=False).click.sum()
joined = as_of_join(shown[["item", "time"]].tail(500), clicks, "item")
columns = ["position", "user", "item"]
model = lightgbm.train({"objective": "binary", "verbose": -1, "num_threads": 1, "seed": 1},
                       lightgbm.Dataset(shown[columns], shown.click), 5)
print(json.dumps({"world": digest(shown), "split": digest(split.test), "as of": digest(joined),
                  "sql": digest(log.query(BY_DAY)), "mean": str(bootstrap(shown.click[:500])),
                  "trees": model.predict(shown[columns]).round(9).sum()}))
"""


def run(arguments, **environment):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LC_") and name != "LANG"}
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, env={**clean, **environment})


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    """A learner's record in which something is right, so that a ✓ has to be shown."""
    file = tmp_path_factory.mktemp("record") / "progress.sqlite"
    with sqlite3.connect(file) as made:
        made.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, at REAL, kind TEXT, ref TEXT, status TEXT, "
                     "seconds REAL, detail TEXT)")
        made.execute("INSERT INTO events VALUES (1, 1, 'attempt', '1.1', 'right', 1, '{}')")
    return file


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_no_command_ends_where_the_terminal_cannot_show_a_sign(encoding, record, tmp_path):
    nowhere = {"COURSE_CACHE": str(tmp_path), "COURSE_DATA_MIRROR": "", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}
    for command in COMMANDS if encoding == "ascii" else ["progress"]:
        out = run(["-m", "course_lib", *command.split()], COURSE_PROGRESS=str(record), **nowhere, **ENCODINGS[encoding])
        assert b"Traceback" not in out.stderr, (command, out.stderr.decode(errors="replace"))
        assert out.stdout or out.stderr
        if command == "progress":
            shown = "✓ right".encode() if encoding == "utf-8" else rb"\u2713 right"
            assert out.returncode == 0 and shown in out.stdout


@pytest.fixture(scope="module")
def locales(tmp_path_factory):
    """The environment in which tr_TR and a German one in latin-1 exist; skips, saying so, where they cannot be made."""
    folder, made = tmp_path_factory.mktemp("locales"), {}
    if not shutil.which("localedef"):
        pytest.skip("no localedef here, so no other locale could be tried")
    for name, charmap in (("tr_TR", "UTF-8"), ("de_DE", "ISO-8859-1")):
        out = subprocess.run(["localedef", "-i", name, "-f", charmap, str(folder / f"{name}.{charmap}")],
                             capture_output=True, text=True, encoding="utf-8")
        if out.returncode > 1 or not (folder / f"{name}.{charmap}").is_dir():
            pytest.skip(f"the locale {name} could not be made (Debian: apt-get install locales): {out.stderr[:200]}")
        made[name] = {"LOCPATH": str(folder), "LC_ALL": f"{name}.{charmap}"}
    return made


@pytest.mark.parametrize("given", [{}, {"OMP_WAIT_POLICY": "PASSIVE"}], ids=["unset", "capitals"])
def test_idle_threads_sleep_in_a_turkish_locale_too(locales, given, monkeypatch):
    """There the small letter of I is no i, and libgomp, which compares without regard to case, refuses PASSIVE."""
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    load = "import locale; locale.setlocale(locale.LC_ALL, ''); {}import lightgbm"
    environment = {"OMP_DISPLAY_ENV": "true", **locales["tr_TR"], **given}
    said = run(["-c", load.format("import course_lib; ")], **environment).stderr.decode(errors="replace")
    assert "Invalid value" not in said
    if "OMP_WAIT_POLICY" in said:            # libgomp says what it took; other runtimes may keep silent
        assert "OMP_WAIT_POLICY = 'PASSIVE'" in said


def test_results_do_not_change_with_the_time_zone_or_the_locale(tmp_path, request):
    places = [{"TZ": "UTC"}, {"TZ": "Pacific/Auckland"}, {"TZ": "Asia/Kolkata"}]
    try:
        locales = request.getfixturevalue("locales")
        places[1] |= locales["tr_TR"]
        places[2] |= locales["de_DE"]
    except pytest.skip.Exception:
        pass                                    # the time zones alone, then
    seen = []
    for number, place in enumerate(places):
        out = run(["-c", RESULTS, str(tmp_path / str(number))], **place)
        assert out.returncode == 0, out.stderr.decode(errors="replace")
        seen.append(json.loads(out.stdout))
    assert seen[0] == seen[1] == seen[2]
