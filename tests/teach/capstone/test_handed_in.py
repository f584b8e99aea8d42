"""What may be handed in, and what is said of what may not."""

import json

import pytest

from course_lib.contracts import ArgumentError, DataError
from course_lib.teach.capstone.handed_in import checked, read

SIMPLE = "def policy(request):\n    return request.eligible[:10]\n"


@pytest.mark.parametrize(("text", "says"), [
    ("def recommend(request):\n    return []\n", "defines recommend: rename"),
    ("x = 1\n", "neither policy nor System"),
    (SIMPLE + "class System:\n    def slates(self, requests):\n        return []\n", "both"),
    ("def policy(user, items):\n    return []\n", "takes 2 arguments"),
    ("class System:\n    def fit(self, log):\n        pass\n", "no method slates"),
    ("class System:\n    def slates(self):\n        pass\n", "System.slates"),
    ("class System:\n    def __init__(self, l2):\n        pass\n    def slates(self, requests):\n        pass\n",
     "defaults"),
    ("def policy(request:\n", "line 1"),
])
def test_what_is_no_submission_is_told_with_what_to_do(text, says):
    with pytest.raises(ArgumentError, match=says.replace(".", r"\.")):
        checked(text, "mine.py")


@pytest.mark.parametrize("text", [
    SIMPLE, "policy = lambda request: [1]\n", "from other import System\n",
    "def policy(request, k=10):\n    return []\n",
    "class System:\n    @staticmethod\n    def slates(requests):\n        return []\n",
    "class Base: pass\nclass System(Base): pass\n",
])
def test_what_can_be_called_is_taken(text):
    assert checked(text, "mine.py") == text


def test_of_a_notebook_only_what_the_submission_leans_on_is_run(tmp_path):
    cells = ["import time\nimport numpy as np\nbest = [1, 2]", "time.sleep(1000)", "%matplotlib inline\nprint('hello')",
             "def policy(request):\n    return best"]
    page = {"cells": [{"cell_type": "code", "source": text} for text in cells]}
    (tmp_path / "mine.ipynb").write_text(json.dumps(page))
    text = read(tmp_path / "mine.ipynb").text
    assert "best = [1, 2]" in text and "def policy" in text and "hello" not in text


def test_files_that_cannot_be_read_say_why(tmp_path):
    with pytest.raises(ArgumentError, match="neither a .py"):
        read(tmp_path / "mine.txt")
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path / "mine.py")
    (tmp_path / "mine.ipynb").write_text("{")
    with pytest.raises(DataError, match="broken JSON"):
        read(tmp_path / "mine.ipynb")
