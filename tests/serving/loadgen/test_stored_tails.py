"""The stored tails: written and read without loss, shown with where they come from, held to what the lesson says."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import DataError
from course_lib.serving.loadgen import stored_tails
from course_lib.teach import lessons
from course_lib.teach.show import serving_pictures

ABOUT = {"date": "2024-02-29", "command": "python bench.py", "machine": "2 processors", "other_work": "nothing else"}


def made(**changes):
    row = {"way": "one by one", "share": 0.25, "budget_ms": 50.0, "per_second": 80.4, "requests": 4824,
           "p99.9_high": np.inf}
    return pd.DataFrame([dict.fromkeys(stored_tails.TABLE, 12.345) | row | changes])


def test_what_is_stored_is_read_again(tmp_path):
    (tmp_path / "t.json").write_text(stored_tails.as_text(made(), ABOUT), encoding="utf-8")
    table, about = stored_tails.read(tmp_path / "t.json")
    assert about == ABOUT
    pd.testing.assert_frame_equal(table, made(), check_dtype=False)


def test_it_is_shown_with_its_date_command_and_machine(tmp_path, capsys):
    (tmp_path / "t.json").write_text(stored_tails.as_text(made(p99=1234.5), ABOUT), encoding="utf-8")
    shown = serving_pictures.tails(tmp_path / "t.json")
    assert capsys.readouterr().out == ("Measured on 2024-02-29 by `python bench.py`: 2 processors; nothing else. The "
                                       "knee is the greatest rate up to which the p99 stays within 50 ms.\n")
    assert shown.loc[("one by one", "25%")].tolist() == ["80", "4,824", "12.3 [12.3, 12.3]", "1,234 [12.3, 12.3]",
                                                         "12.3 [12.3, ∞]"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"date": 1, "rows": 7}', "\x00"])
def test_a_file_that_holds_something_else_is_said(tmp_path, text):
    (tmp_path / "t.json").write_text(text)
    for file in ("t.json", "none.json"):
        with pytest.raises(DataError, match="does not hold stored tails .*--only tails --store"):
            stored_tails.read(tmp_path / file)


SAID = ("Sharing serves at least twice as many a second, with a longer median. The p99 at 80% is above that at 25%, "
        "on a busy machine perhaps beyond the budget: a knee found in seconds is rough.")


def test_what_the_lesson_says_of_the_stored_tails_is_in_them():
    lesson = (lessons.ROOT / "solutions" / "source" / "11_serving.py").read_text(encoding="utf-8")
    assert SAID in " ".join(line.removeprefix("# ") for line in lesson.splitlines())
    table, about = stored_tails.read()
    alone, shared = (rows.set_index("share") for _, rows in table.groupby("way", sort=False))
    assert table["way"].unique().tolist() == ["one by one", "up to 32 a pass"] and list(alone.index) == [0.25, 0.5, 0.8]
    assert (shared["per_second"] >= 2 * alone["per_second"]).all() and (shared["p50"] > alone["p50"]).all()
    for rows in (alone, shared):
        assert rows.loc[0.8, "p99"] > rows.loc[0.25, "p99"]
        assert (rows["p50"] <= rows["p99"]).all() and (rows["p99"] <= rows["p99.9"]).all()
    assert about["command"].startswith("python tests/benchmarks/bench_service.py --only tails --store")
