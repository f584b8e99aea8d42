"""More hostile answers and notebooks, in one class with honest ones: none forges, takes, reads or leaves anything."""

import contextlib
import os
import shutil
import time
from pathlib import Path

import pytest
from attacked_class import compared
from hostile_answers import BODIES, CANARY, NOTEBOOKS, REACHES, READS, TOKEN
from hostile_siblings import ALTERS, ASKS, FILLS

from course_lib.teach.classroom.gradebook import gradebook
from course_lib.teach.classroom.page_html import page


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """The class, compared once: (results, page, honest person -> exercise)."""
    folder = tmp_path_factory.mktemp("attacked")
    results, honest = compared(folder, [*BODIES, *NOTEBOOKS])
    yield results, page(results), honest
    shutil.rmtree(folder, ignore_errors=True)


def said(attacked, name):
    """All that the process of an answer said, as a text."""
    row = attacked[0].rows[name, "1.1"]
    return repr({key: value for key, value in row.items() if key not in ("text", "key", "notebook")})


def test_there_are_sixty_attacks_and_more():
    assert len(BODIES) + len(NOTEBOOKS) >= 60


def test_the_honest_thirty_are_right(attacked):
    results, _, honest = attacked
    told = {(who, card_id): results.rows[who, card_id]["status"] for who, card_id in honest.items()}
    assert len(told) == 30 and len(set(honest.values())) >= 15 and told == dict.fromkeys(told, "right")


@pytest.mark.parametrize("name", [*BODIES, *NOTEBOOKS])
def test_no_attack_is_right_and_each_has_its_row(attacked, name):
    row = attacked[0].rows[name, "1.1"]
    assert row["status"] == "wrong" and row["says"] and row["mistake"] != "not run"
    assert CANARY not in said(attacked, name) and TOKEN not in said(attacked, name)


@pytest.mark.parametrize("name", [f"reads {name}" for name in READS])
def test_nothing_is_read(attacked, name):
    row = attacked[0].rows[name, "1.1"]
    assert "not refused" not in row["says"] or not attacked[0].enforced.get("reading")


@pytest.mark.parametrize("name", [f"reaches {name}" for name in REACHES])
def test_nobody_is_reached(attacked, name):
    layers = {"signal": "signals", "neighbour": "others", "everybody": "others", "process": "processes",
              "program": "programs", "file": "files"}
    layer = next((layer for word, layer in layers.items() if word in name), "sockets")
    if attacked[0].enforced.get(layer):
        assert "not refused" not in attacked[0].rows[name, "1.1"]["says"]


@pytest.mark.parametrize("name", [*(f"fills {name}" for name in FILLS), *(f"asks {name}" for name in ASKS),
                                  *(f"alters {name}" for name in ALTERS)])
def test_what_fills_alters_and_asks_is_refused_or_ended(attacked, name):
    layers = ("files", "rights", "sockets", "others", "programs", "memory")
    if all(attacked[0].enforced.get(layer) for layer in layers):
        assert "not refused" not in attacked[0].rows[name, "1.1"]["says"]


@pytest.mark.parametrize("name", ["folders in folders without end", "file after file", "names without end",
                                  "files without a name"])
def test_who_fills_the_folder_is_ended_for_it(attacked, name):
    assert attacked[0].rows[f"fills {name}", "1.1"]["mistake"] == "wrote too much"


def test_a_file_of_another_keeps_its_rights_and_times(attacked):
    assert attacked[0].enforced["the canary's rights are as they were"] or not attacked[0].enforced.get("rights")


def test_nothing_hostile_reaches_a_terminal(attacked):
    assert not {"\x1b", "\x9b", "\x07"} & set(attacked[1] + gradebook(attacked[0]))


def test_nobody_came_to_the_socket(attacked):
    assert attacked[0].enforced["nobody came to the socket"] or not attacked[0].enforced.get("sockets")


def test_ids_that_no_exercise_has_are_nobodys_columns(attacked):
    results, text, honest = attacked
    assert set(results.card_ids) == set(honest.values())
    (why,) = [why for who, _, why in results.reading.problems if who == "1000 answers"]
    assert why.startswith("no exercise of this course has the id 1.900, 1.901, 1.902 and 997 more") and why in text


def test_a_neighbour_of_the_same_user_stays_as_it_was(attacked):
    assert attacked[0].enforced["the neighbour is as it was"] or not attacked[0].enforced.get("others")


def test_nothing_hostile_becomes_markup_or_breaks_the_files(attacked):
    assert "<script" not in attacked[1] and "<img" not in attacked[1]
    assert attacked[1].encode() and gradebook(attacked[0]).encode()
    assert CANARY not in attacked[1].replace(f"# another secret {CANARY}", "")


def test_no_process_and_no_folder_is_left(attacked):
    end = time.monotonic() + 10              # another page's runner may stand between removing its folder and its end
    while (left := left_behind()) and time.monotonic() < end:
        time.sleep(0.05)
    assert left == []


def left_behind() -> list[str]:
    """Processes that belong to a class page which has ended: they still name its folder, which is gone."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (place / "stat").read_text().rpartition(")")[2].split()[0] == "Z":
                continue
            for part in (place / "environ").read_bytes().split(b"\0"):
                name, _, folder = part.partition(b"=")
                if name == b"MPLCONFIGDIR" and b"/class-" in folder and not os.path.exists(folder):
                    found.append(f"{place.name} {(place / 'cmdline').read_bytes()[:200]!r}")
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="Linux alone shows other processes this way")
def test_a_process_that_is_left_would_be_found(tmp_path):
    import subprocess
    import sys

    gone = tmp_path / "class-gone"
    child = subprocess.Popen([sys.executable, "-c", "import time; print(1, flush=True); time.sleep(60)"],
                             env={"MPLCONFIGDIR": str(gone)}, stdout=subprocess.PIPE)
    try:
        child.stdout.readline()
        assert [line for line in left_behind() if line.startswith(f"{child.pid} ")]
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
