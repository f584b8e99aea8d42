"""What is kept of a run that was stopped, and how it goes on; worlds are played by nobody here."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from course_lib.contracts import DataError
from course_lib.teach.capstone import run_of_play, submit_command, submit_report
from course_lib.teach.capstone.briefs import BRIEFS
from course_lib.teach.capstone.handed_in import HandedIn
from course_lib.teach.capstone.hidden_world import HiddenWorldError
from course_lib.teach.capstone.kept_run import run_and_keep, unfinished

MINE = "def policy(request):\n    return request.eligible[:2]\n"
ONE = HandedIn("mine", MINE)


@pytest.fixture
def played(monkeypatch):
    """[(people, seed)] of the worlds that were played; those of `broken` end in an error."""
    made = SimpleNamespace(worlds=[], broken=set())

    def world(brief, seed, players, out, turns):
        if seed in made.broken:
            raise HiddenWorldError("It ended.")
        made.worlds.append((brief.people, seed))
        return {"seconds": 1.0, "control": [1.0], "oracle": {}, "rows": {one.name: {"lift": 0.5} for one in players}}
    monkeypatch.setattr(run_of_play, "_world", world)
    monkeypatch.setattr(run_of_play, "ready", lambda submissions: None)
    monkeypatch.setattr(run_of_play, "what_is_enforced", lambda brief: {})
    return made


def test_a_stopped_run_is_kept_and_plays_only_what_is_left(played, tmp_path):
    out, said = tmp_path / "one.json", []
    played.broken = {12}
    with pytest.raises(HiddenWorldError):
        run_and_keep([ONE], BRIEFS["feed"], out, seeds=[11, 12, 13], tell=said.append)
    assert "1 of 3 worlds are kept" in said[-1] and "--go-on" in said[-1]
    begun = submit_command.stored(unfinished(out))
    assert not out.exists()                         # an earlier result there would be as it was
    assert [world["seed"] for world in begun["worlds"]] == [11] and begun["seeds"] == [11, 12, 13]
    assert submit_report.worlds_of(begun).startswith("1 (of 3")
    played.broken, played.worlds = set(), []
    result = run_and_keep([ONE], BRIEFS["feed"], out, begun=begun, jobs=2)
    assert sorted(seed for _, seed in played.worlds) == [12, 13]
    assert [world["seed"] for world in result["worlds"]] == [11, 12, 13] and not result["drawn"]
    assert not unfinished(out).exists()
    assert json.loads(out.read_text()) | {"seconds": 0} == json.loads(json.dumps(result)) | {"seconds": 0}


def test_a_run_of_other_texts_or_another_brief_does_not_go_on(played, tmp_path):
    out = tmp_path / "one.json"
    run_and_keep([ONE], BRIEFS["feed"], out, seeds=[11])
    begun = submit_command.stored(out)
    with pytest.raises(DataError, match="other texts"):
        run_and_keep([HandedIn("mine", MINE + "# more")], BRIEFS["feed"], out, begun=begun)
    with pytest.raises(DataError, match="another brief"):
        run_and_keep([ONE], replace(BRIEFS["feed"], people=77), out, begun=begun)
    with pytest.raises(DataError, match="other code"):
        run_and_keep([ONE], BRIEFS["feed"], out, begun=begun | {"code": "0"})


def submit(tmp_path, **more):
    (tmp_path / "mine.py").write_text(MINE)
    args = {"file": str(tmp_path / "mine.py"), "brief": "feed", "worlds": 1, "jobs": 1, "out": None, "again": None,
            "go_on": False, "beside": []}
    return submit_command.main(SimpleNamespace(**args | more))


def test_a_result_is_written_before_anything_is_printed(played, tmp_path, monkeypatch):
    def closed(result):
        raise BrokenPipeError
    monkeypatch.setattr(submit_report, "report", closed)
    with pytest.raises(BrokenPipeError):
        submit(tmp_path)
    assert len(submit_command.stored(tmp_path / "mine.submit.json")["worlds"]) == 1


def test_worlds_are_played_again_by_the_stored_brief_and_other_code_is_told(played, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(submit_report, "report", lambda result: "")
    out = tmp_path / "small.json"
    run_and_keep([ONE], replace(BRIEFS["feed"], people=77), out, seeds=[11])
    submit(tmp_path, again=out)
    assert played.worlds == [(77, 11)] * 2 and "other code" not in capsys.readouterr().err
    out.write_text(json.dumps(json.loads(out.read_text()) | {"code": "0"}))
    submit(tmp_path, again=out)
    assert played.worlds == [(77, 11)] * 3 and "other code" in capsys.readouterr().err
    half = json.loads(out.read_text())
    del half["brief"]["people"]
    out.write_text(json.dumps(half | {"brief": half["brief"] | {"folk": 3}}))
    with pytest.raises(DataError, match="brief"):
        submit(tmp_path, again=out)


def test_where_a_result_cannot_be_written_is_said_before_anything_is_played(played, tmp_path):
    (tmp_path / "one.json").mkdir()
    (tmp_path / "a file").write_text("")
    for out in (tmp_path / "one.json", tmp_path / "a file" / "one.json"):
        with pytest.raises(DataError, match="one.json"):
            run_and_keep([ONE], BRIEFS["feed"], out, seeds=[11])
    assert played.worlds == []


def test_a_run_that_nobody_stopped_cannot_go_on_and_one_that_was_stopped_is_told(played, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(submit_report, "report", lambda result: "")
    with pytest.raises(DataError, match="no run to go on with.*none was stopped after its first world"):
        submit(tmp_path, go_on=True)
    submit(tmp_path)
    with pytest.raises(DataError, match="no run to go on with.*came to its end"):
        submit(tmp_path, go_on=True)
    out, said = tmp_path / "mine.submit.json", []
    held = json.loads(out.read_text())
    unfinished(out).write_text(json.dumps(held | {"seeds": held["seeds"] + [12]}))
    run_and_keep([ONE], BRIEFS["feed"], out, seeds=[11, 12], tell=said.append)
    assert "A stopped run stands in" in said[0] and not unfinished(out).exists()
    unfinished(out).write_text(json.dumps(held | {"seeds": held["seeds"] + [12]}))
    capsys.readouterr()
    submit(tmp_path, go_on=True)
    assert "Goes on: 1 of 2 worlds were played." in capsys.readouterr().err


def test_earlier_submissions_of_the_same_name_play_beside_in_the_same_worlds(played, tmp_path, monkeypatch):
    reported, files = [], []
    monkeypatch.setattr(submit_report, "report", lambda result: reported.append(result) or "")
    for place in ("earlier/mine.py", "week 1/earlier/mine.py", "other.py"):
        files.append(tmp_path / place)
        files[-1].parent.mkdir(parents=True, exist_ok=True)
        files[-1].write_text(MINE + "# earlier")
    submit(tmp_path, beside=list(map(str, files)))
    names = ["mine", "earlier/mine", "week 1/earlier/mine", "other"]    # short, for tables cut what is long
    assert reported[0]["submissions"] == names and set(names) <= set(reported[0]["worlds"][0]["rows"])
