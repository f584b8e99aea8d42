"""More than a hundred right answers, written as people write them: not one is called wrong.

The files are handed in as many kinds in turn.
"""

import json
import re
import zipfile

import made_class
import pytest
from honest_texts import TEXTS as ANSWERS
from honest_texts import cells

from course_lib.teach.classroom import page as classpage
from course_lib.teach.lessons import ROOT


def script(text):
    return "# %% [markdown]\n# # My answers\n\n# %%\n" + "\n# %% next\n".join(cells(text))


def of_another_editor(text):
    """As some editors write it: each source one text, no ids, marks of their own, indented."""
    held = json.loads(made_class.notebook(*cells(text)))
    for cell in held["cells"]:
        del cell["id"]
        cell |= {"source": "".join(cell["source"]), "metadata": {"vscode": {"languageId": "python"}}}
    held["cells"].insert(0, {"cell_type": "markdown", "metadata": {}, "source": ["# @exercise(\"1.1\")"]})
    return json.dumps(held, indent=4) + "\n"


def hand_in(folder, person, text, kind):
    """Write one person's file, of one of KINDS."""
    folder.mkdir()
    notebook = made_class.notebook(*cells(text))
    if kind == "zip":
        with zipfile.ZipFile(folder / "Abgabe.ZIP", "w") as held:
            held.writestr("work/01.ipynb", notebook)
        return
    name, data = {
        "notebook": ("01_objective.ipynb", notebook), "script": ("answers.py", script(text)),
        "byte-order mark": ("a b.ipynb", "\ufeff" + notebook), "CRLF": ("a.py", script(text).replace("\n", "\r\n")),
        "CRLF in cells": ("01.IPYNB", made_class.notebook(*(part.replace("\n", "\r\n") for part in cells(text)))),
        "another editor": ("Kopie von 01 (2).ipynb", of_another_editor(text)),
        "script with a mark": ("a.py", "\ufeff" + script(text)),
    }[kind]
    (folder / name).write_bytes(data.encode())


KINDS = ("notebook", "script", "byte-order mark", "CRLF", "CRLF in cells", "another editor", "script with a mark",
         "zip")


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """The class, compared once: results, each answer by a person of its own."""
    folder = tmp_path_factory.mktemp("honest") / "class"
    folder.mkdir()
    for place, (name, text) in enumerate(ANSWERS.items()):
        hand_in(folder / f"{place:03d}", name, text, KINDS[place % len(KINDS)])
    return classpage.compare_class([folder], workers=2, effect_seconds=0)


def test_they_are_a_hundred_over_twenty_five_exercises():
    assert len(ANSWERS) >= 100 and len({name.split()[0] for name in ANSWERS}) >= 25


def test_they_answer_what_the_notebooks_ask():
    asked = set()
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        asked |= set(re.findall(r'@exercise\(\\"([\d.]+)\\"\)', path.read_text(encoding="utf-8")))
    assert {name.split()[0] for name in ANSWERS} <= asked


@pytest.mark.parametrize("place", range(len(ANSWERS)), ids=list(ANSWERS))
def test_it_is_right(judged, place):
    row = judged.rows[f"{place:03d}", list(ANSWERS)[place].split()[0]]
    assert row["status"] == "right", f"{row['mistake']}: {row['says']}"


def test_no_file_was_left_out(judged):
    assert judged.reading.problems == [] and judged.groups == []
