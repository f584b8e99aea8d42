"""`course league`: a folder, the same worlds for all, hostile ones too, one page that escapes what they wrote."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from course_lib.contracts import DataError
from course_lib.teach.capstone import league_command
from course_lib.teach.capstone.briefs import BRIEFS
from course_lib.teach.capstone.league_page import league_page, place
from course_lib.teach.capstone.run_of_play import standings
from course_lib.teach.capstone.submit_report import percent
from course_lib.teach.capstone.verdicts import places

SMALL = {"days": 2, "warm_days": 4, "people": 60, "items": 60, "requests_per_day": 150.0, "fit_s": 10.0,
         "answer_s": 4.0}
HONEST = "def policy(request):\n    return request.eligible[:request.slate_size]\n"
READS = ("import glob\ndef policy(request):\n    found = [p for p in glob.glob({folder!r} + '/*') ]\n"
         "    raise ValueError('FOUND ' + str(found) + open({other!r}).read())\n")
FORGES = ("import os\ndef policy(request):\n    for fd in range(3, 40):\n        try:\n            os.write(fd, "
          "b'{\"word\": \"\", \"told\": {\"lift\": 99}}\\n')\n        except OSError:\n            pass\n"
          "    return [1]\n")
NOBODY = "from course_lib.launch.launch_plan import LaunchPlan\nPLAN = LaunchPlan('x', steps=((1e-5, 1), (0.5, 1)))\n"
MARKUP = ("def policy(request):\n    raise type('<script>alert(1)</script>', (Exception,), {})('<img src=x "
          "onerror=alert(2)>')\n")


@pytest.fixture(scope="module")
def league(tmp_path_factory):
    """(folder of the outcome, page, result) of a league of honest and hostile ones, played once."""
    at, before = tmp_path_factory.mktemp("league"), dict(BRIEFS)
    handed = at / "class"
    handed.mkdir()
    texts = {"honest.py": HONEST + "# a secret\n", "<b>bold.py": HONEST, "markup.py": MARKUP, "forges.py": FORGES,
             "reads.py": READS.format(folder=str(handed), other=str(handed / "honest.py")),
             "nobody.py": NOBODY + HONEST, "EASE.py": HONEST, "nothing.py": "x = 1\n"}
    for name, text in texts.items():
        (handed / name).write_text(text)
    (handed / "link.py").symlink_to("/etc/passwd")
    BRIEFS["feed"] = replace(BRIEFS["feed"], **SMALL)
    try:
        done = league_command.main(SimpleNamespace(folder=str(handed), brief="feed", worlds=2, jobs=2, go_on=False,
                                                   out=str(at / "league.html")))
    finally:
        BRIEFS.update(before)
    assert done == 0
    return at, (at / "league.html").read_text(), json.loads((at / "league.json").read_text())


def test_all_play_the_same_worlds_and_hostile_ones_get_no_figure(league):
    _, _, result = league
    for world in result["worlds"]:
        rows = world["rows"]
        assert rows["honest"]["worth"] == rows["<b>bold"]["worth"]
        assert {name for name, row in rows.items() if "failed" in row} == {"markup", "forges", "reads", "nobody"}
        assert "a secret" not in str(rows) and "FOUND" not in rows["reads"]["failed"]
    assert len(set(result["seeds"])) == 2


def test_the_page_escapes_what_others_wrote_and_asks_for_nothing(league):
    _, text, _ = league
    assert "&lt;b&gt;bold" in text and "&lt;script&gt;alert(1)" in text
    for bad in ("<script", "<img", "<b>bold", "http://", "https://", " src=x onerror=alert(2)>"):
        assert bad not in text
    assert "default-src 'none'" in text


def test_ties_and_what_was_not_played_are_shown(league):
    _, text, _ = league
    assert "Not played" in text and "nothing.py" in text and "link.py: " in text and "Rename the file" in text
    assert place(2, 4) == "2–4" and place(3, 3) == "3"


def test_a_page_can_be_made_again_of_the_stored_result(league):
    _, text, result = league
    assert league_page(result) == text.replace(text[text.index("<h2>Not played"):text.index("<h2>Fooled by")], "")


def test_who_breaks_the_brief_stands_below_and_is_told_with_the_true_lift(league):
    """The times are set here: those of the league that was played are the machine's of that moment."""
    result = json.loads(json.dumps(league[2]))
    for world in result["worlds"]:
        for row in world["rows"].values():
            row.pop("late", None)
            row.update({} if "failed" in row else {"p99_ms": 3.0})
    assert "breaks the brief:" not in league_page(result)
    slow = json.loads(json.dumps(result))
    for world in slow["worlds"]:
        world["rows"]["honest"]["p99_ms"] = 900.0
    page = league_page(slow)
    assert "breaks the brief: p99 900 ms (brief: 100 ms) in 2 of 2 worlds" in page
    order = [one.name for _, _, one in places(standings(slow)) if not one.failed]
    assert order[-1] == "honest" and percent(standings(result)[3 + slow["submissions"].index("honest")].lift) in page


def test_a_page_of_a_stopped_run_says_that_it_is_one(league):
    _, text, result = league
    assert "not at its end" in league_page(result | {"worlds": result["worlds"][:1]}) and "not at its end" not in text


def test_a_folder_with_nothing_to_play_says_so(tmp_path):
    with pytest.raises(DataError, match="no submission"):
        league_command.main(SimpleNamespace(folder=str(tmp_path), brief="feed", worlds=2, jobs=1, out="x.html"))
    with pytest.raises(DataError, match="not a folder"):
        league_command.read_folder(tmp_path / "none")
