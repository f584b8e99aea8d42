"""A league that is measured goes on from draws of its own kind alone."""

import json
import runpy
from dataclasses import asdict, replace

import pytest

from course_lib.contracts import DataError
from course_lib.teach.capstone.briefs import BRIEFS
from course_lib.teach.lessons import ROOT

FEED = BRIEFS["feed"]


@pytest.mark.parametrize(("brief", "worlds", "drawn", "says"), [
    (replace(FEED, people=200), 2, True, "people 200, not 500"), (replace(FEED, days=7), 2, True, "days 7, not 14"),
    (BRIEFS["marketplace"], 2, True, "kind 'marketplace', not 'feed'"), (FEED, 1, True, "1 worlds, not 2"),
    (FEED, 2, False, "seeds that were given"), (FEED, 2, True, None),
])
def test_a_draw_of_another_brief_or_size_is_refused_in_words(brief, worlds, drawn, says):
    check_draw = runpy.run_path(str(ROOT / "tests" / "benchmarks" / "bench_league.py"))["check_draw"]
    draw = json.loads(json.dumps({"brief": asdict(brief), "worlds": [{}] * worlds, "drawn": drawn}))
    if says is None:
        return check_draw(draw, FEED, 2, "draw_1.json")
    with pytest.raises(DataError, match=says):
        check_draw(draw, FEED, 2, "draw_1.json")
