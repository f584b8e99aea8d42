"""A phrase, a point and a question that an instructor adds to the folder of patterns are heard; no code changes.

In a process of its own, since patterns are read once.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from course_lib.teach.interviewer.phrases import FOLDER

ROOT = Path(__file__).resolve().parents[3]
POINT = """
[[point]]
id = "energy"
phase = "scale"
weight = 2
label = "what it draws"
ways = ["energy_use"]
say = "It draws forty kilowatts at the peak."
lead = "it draws"
ask = "How much power does it draw?"
"""
QUESTION = """[[too_strong]]
phase = "close"
ask = "Who would switch it off to save power?"
ways = ["energy_use"]

"""
HEAR = """
import json, sys
from pathlib import Path
from course_lib.teach.interviewer import phrases
phrases.FOLDER = Path(sys.argv[1])
from course_lib.teach.interviewer import follow_ups
from course_lib.teach.interviewer.propositions import read
said = {"scale": "At the peak the whole thing draws 40 kilowatts.",
        "launch": "The lighthouse page is our backup for such a night."}
without = follow_ups.questions(read({"scale": "We have 50 ms at p99 for a request."}, "feed"), "scale")
asked = follow_ups.too_strong("close", "feed")[0]
print(json.dumps({"ticks": sorted(read(said, "feed").ticks), "gaps": [q.id for q in without if q.kind == "gap"],
                  "asks": asked.text, "share": follow_ups.judge(asked, said["scale"]).share}))
"""


def heard(folder):
    done = subprocess.run([sys.executable, "-c", HEAR, str(folder)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def put(file, before, text):
    held = file.read_text(encoding="utf-8")
    assert held.count(before) >= 1
    file.write_text(held.replace(before, text + before, 1), encoding="utf-8")


def test_what_is_added_to_the_patterns_is_heard_and_asked(tmp_path):
    folder = tmp_path / "patterns"
    shutil.copytree(FOLDER, folder)
    put(folder / "words.toml", "\nfallback = [", '\nenergy_use = ["# (kilowatts?|kw)"]')
    put(folder / "words.toml", '    "fall* ?back*"', '    "lighthouse page",\n')
    put(folder / "points.toml", "\n[[point]]", POINT)
    put(folder / "follow_ups.toml", '[[too_strong]]\nphase = "frame"', QUESTION)
    new, old = heard(folder), heard(FOLDER)
    assert {"energy", "fallback"} <= set(new["ticks"]) and not {"energy", "fallback"} & set(old["ticks"])
    assert "energy" in new["gaps"] and "energy" not in old["gaps"]
    assert new["asks"] == "Who would switch it off to save power?" != old["asks"]
    assert new["share"] == 1 and old["share"] == 0
