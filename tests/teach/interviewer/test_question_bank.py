"""The question bank: its schema, which questions come next, and the round that asks them."""

import json
import re

import pytest

from course_lib.contracts import ArgumentError, UnknownIdError
from course_lib.teach import lessons
from course_lib.teach.cards import cards_of, exercises_of
from course_lib.teach.interviewer import bank_round, interview_command, question_bank
from course_lib.teach.interviewer.question_bank import KINDS, bank, banked, draw


def everything():
    return [question for lesson in banked() for question in bank(lesson)]


def test_every_lesson_with_decisions_of_its_own_has_a_bank_of_twenty_questions():
    assert len(banked()) >= 12 and all(len(bank(lesson)) >= 20 for lesson in banked())
    ids = [question.id for question in everything()]
    assert len(set(ids)) == len(ids) >= 300


@pytest.mark.parametrize("lesson", banked())
def test_every_question_has_points_with_a_source_and_names_lessons_that_exist(lesson):
    for question in bank(lesson):
        assert question.kind in KINDS and question.id.startswith(f"{lesson}.")
        assert 2 <= len(question.points) <= 7 and len(question.asks) > 20
        for point in question.points:
            assert point.says and point.source
            assert not re.search(r"\{\{", point.where), point.met


def test_a_heading_or_card_that_is_named_is_there():
    texts = {name: (lessons.SOURCES / f"{number}_{name}.py").read_text(encoding="utf-8").lower()
             for name, number in lessons.numbers().items()}
    ids = {lessons.kept(thing.id) for name in banked() if name in lessons.numbers()
           for thing in (*cards_of(name), *exercises_of(name))}
    for question in everything():
        for point in question.points:
            for lesson, heading in re.findall(r"\{\{(\w+)\}\}: “([^”]*)”", point.met):
                assert heading.lower() in texts[lesson], (question.id, heading)
            for card in re.findall(r"card \{\{(\w+\.\w+)\}\}", point.met):
                assert card in ids, (question.id, card)


def test_no_path_of_a_machine_and_no_name_of_a_tool_stands_in_it():
    for file in question_bank.FOLDER.glob("*.toml"):
        assert not re.search(r"/(tmp|work|home)/|\.md\b|[Cc]laude|[Aa]ssistant|referee file", file.read_text("utf-8"))


def test_what_was_not_asked_comes_first_then_what_was_known_least():
    questions = bank("ann")
    asked = {q.id: 1.0 for q in questions[2:]} | {questions[5].id: 0.2}
    assert {q.id for q in draw("ann", 2, asked)} == {questions[0].id, questions[1].id}
    assert draw("ann", 3, asked)[2].id == questions[5].id
    assert draw("ann", 3, seed=1) == draw("5", 3, seed=1) and len(draw("ann", 999)) == len(questions)
    assert len({draw("ann", 1, seed=s)[0].id for s in range(20)}) > 5


@pytest.mark.parametrize("n", [0, -1, 1.5, "3", True])
def test_a_number_of_questions_that_is_none_is_refused(n):
    with pytest.raises(ArgumentError, match="how many"):
        draw("ann", n)


def test_a_lesson_without_a_bank_is_refused():
    for lesson in ("interview", "nowhere", 77):
        with pytest.raises(UnknownIdError):
            bank(lesson)


WHY = '[[question]]\nid = "ann.x"\nkind = "why"\nasks = "Why?"\n'


@pytest.mark.parametrize(("text", "said"), [
    ('[[question]]\nid = "ann.x"\nkind = "riddle"\nasks = "?"\npoints = []', "kind"),
    (WHY + "points = []", "points"),
    (WHY + 'points = [{says = "a", source = "", met = ""}]', "source"),
    (WHY + 'points = [{says = "a", source = "b", met = "{{x}}"}]', "lesson"),
    ('[[question]]\nid = "ann.x"\n', "no question bank"), ("[[", "no question bank"),
])
def test_a_file_that_is_no_bank_is_refused(tmp_path, monkeypatch, text, said):
    monkeypatch.setattr(question_bank, "FOLDER", tmp_path)
    (tmp_path / "ann.toml").write_text(text)
    bank.cache_clear()
    try:
        with pytest.raises(ArgumentError, match=said):
            bank("ann")
    finally:
        bank.cache_clear()


def test_a_round_in_the_terminal_asks_shows_and_keeps(capsys):
    lines = iter(["I would count bytes.", "", "1 2 99 x"])

    def ask(_):
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None
    assert bank_round.terminal("ann", 2, ask=ask) == 0
    out = capsys.readouterr().out
    assert out.count("answer aloud") == 2 and "So far: ann" in out
    held = json.loads(bank_round.path().read_text())
    assert len(held) == 1 and held[0]["named"] == 2
    assert list(bank_round.shares()) == [held[0]["id"]]


def test_in_a_notebook_the_points_are_folded_and_say_where_they_are_met(capsys):
    question = bank_round.ask_bank("ranker", 1, seed=3)[0]
    notice = bank_round.page(question)
    assert question.asks in capsys.readouterr().out
    assert "<details" in notice._repr_html_() and all(p.says in notice.folded[0][2] for p in question.points)
    assert bank_round.score(question, [1]) == 1 / len(question.points)
    assert bank_round.score(question, len(question.points) + 5) == 1.0


def test_answers_that_are_damaged_are_told_and_left_alone():
    bank_round.path().write_text('[{"x": 3}]')
    with pytest.warns(UserWarning, match="cannot be read"):
        assert bank_round.score(bank("ann")[0], 1) > 0
    assert bank_round.path().read_text() == '[{"x": 3}]'


def test_the_command_asks_them_and_refuses_a_lesson_that_has_none(capsys, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda _: (_ for _ in ()).throw(EOFError))
    assert interview_command.main(["--bank", "reranker", "--questions", "1"]) == 0
    assert "Nothing was scored" in capsys.readouterr().out
    assert interview_command.main(["--bank", "nowhere"]) == 2
    assert "there is no lesson" in capsys.readouterr().out
