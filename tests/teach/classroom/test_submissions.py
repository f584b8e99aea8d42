"""Reading notebooks as text: who, which exercises, what each needs; nothing is run."""

import ast

import made_class

from course_lib.teach.classroom.judge import make_function
from course_lib.teach.classroom.submissions import exercise_id, read_class, read_notebook


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_person_is_the_first_folder_or_the_file(tmp_path):
    write(tmp_path / "ann" / "deep" / "01.ipynb", made_class.answer(made_class.RIGHT))
    write(tmp_path / "bob.ipynb", made_class.answer(made_class.RIGHT))
    write(tmp_path / "ann" / ".ipynb_checkpoints" / "01.ipynb", "{")
    reading = read_class([tmp_path])
    assert reading.people == ["ann", "bob"] and reading.problems == []
    assert {held.card_id for held in reading.submissions} == {"1.1"}


def test_people_of_two_folders_do_not_mix(tmp_path):
    for group in ("monday", "friday"):
        write(tmp_path / group / "ann.ipynb", made_class.answer(made_class.RIGHT))
    assert read_class([tmp_path / "monday", tmp_path / "friday"]).people == ["monday/ann", "friday/ann"]


def test_the_last_answer_counts(tmp_path):
    text = made_class.notebook(made_class.HEAD, made_class.REWARD + "    return 1", made_class.REWARD + "    return 2")
    write(tmp_path / "ann" / "a.ipynb", text)
    assert read_class([tmp_path]).submissions[0].text.endswith("return 2")


def test_an_exercise_is_known_by_its_decorator():
    def first(text):
        return exercise_id(ast.parse(text).body[0])
    assert first('@exercise("3.1")\ndef f(): pass') == "3.1"
    assert first('@teach.exercise("3.1")\nclass F: pass') == "3.1"
    assert first("@other('3.1')\ndef f(): pass") == first("@exercise\ndef f(): pass") == first("x = 1") == ""


def test_an_answer_gets_its_imports_helpers_constants_and_the_other_answers(tmp_path):
    text = made_class.notebook(
        "%matplotlib inline\nimport numpy as np\nimport not_installed_anywhere\nfrom course_lib.teach import exercise",
        "open('/etc/passwd', 'w')\nSCALE = 2.0\nhalf = lambda x: x / 2\ndef helper(x):\n    return half(x) * SCALE",
        "@exercise(\"1.2\")\ndef kept(*args):\n    raise NotImplementedError",
        "# my answer\n\n@exercise(\"1.1\")\ndef total(row, amount, n):\n    kept\n    return helper(np.ones(2))")
    found, why = read_notebook(write(tmp_path / "a.ipynb", text), "ann")
    assert why == "" and [held.card_id for held in found] == ["1.2", "1.1"]
    held = found[1]
    assert held.others == {"kept": "1.2"} and "open" not in held.prelude and held.text.startswith("@exercise")
    fn = make_function({"card_id": "1.1", "name": held.name, "cell": held.cell, "prelude": held.prelude,
                        "others": held.others})
    assert fn(None, None, None).tolist() == [1.0, 1.0] and fn.__code__.co_firstlineno == 4


def test_files_that_cannot_be_read_are_said_to_be(tmp_path):
    for name, text, why in (("a", "{", "broken JSON"), ("b", '{"cells": 3}', "not a notebook"), ("c", "{}", "not a"),
                            ("d", "[" * 100_000, "")):
        assert why in read_notebook(write(tmp_path / f"{name}.ipynb", text), "ann")[1]
    (tmp_path / "e.ipynb").write_bytes(b"\xff\xfe\x00")
    assert read_notebook(tmp_path / "e.ipynb", "ann")[1] == "not UTF-8 text"
