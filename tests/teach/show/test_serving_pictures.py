"""Pictures of a service show what is in their tables."""

import numpy as np
import pandas as pd

from course_lib.teach.show import serving_pictures


def table(n):
    return pd.DataFrame({"sent_per_s": np.arange(1.0, n + 1), "full": 0.5, "cached": 0.3, "segment": 0.2,
                         "static": 0.0, "p99": 40.0, "p99_low": 30.0, "p99_high": [50.0] * (n - 1) + [np.inf]},
                        index=[f"fault {i}" for i in range(n)])


def test_bars_of_rungs_add_up_and_name_each_fault():
    ax = serving_pictures.rungs(table(3))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["fault 0", "fault 1", "fault 2"]
    assert np.isclose(sum(bar.get_width() for bar in ax.patches), 3)
    assert any("∞" in text.get_text() for text in ax.texts)


def test_bars_say_what_slates_are_worth_where_that_was_judged():
    judged = table(2).assign(worth=0.8, worth_low=0.7, worth_high=0.9)
    assert all("worth 80% [70%, 90%]" in text.get_text() for text in serving_pictures.rungs(judged).texts)


def test_loops_draw_a_line_a_way_to_send():
    left, right = serving_pictures.loops({"closed": table(3), "open": table(4)})
    assert len([line for line in left.lines if len(line.get_xdata()) > 2]) == len(right.lines) == 2
