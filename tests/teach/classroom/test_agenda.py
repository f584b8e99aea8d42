"""The instructor's page is made from the cards: minutes add up, nothing is lost, nothing is stale."""

import pytest

from course_lib.contracts import DataError
from course_lib.teach import cards, lessons
from course_lib.teach.classroom import agenda


def test_the_instructors_page_is_not_stale():
    page = agenda.PAGE.read_text(encoding="utf-8")
    assert page == agenda.refreshed(page), "run: python -m course_lib.teach.classroom.agenda --write"


@pytest.mark.parametrize("name", agenda.FORMATS)
def test_an_agenda_fits_its_time_and_loses_no_exercise(name):
    count, minutes, names = agenda.FORMATS[name]
    slots = [slot for day in agenda.days(name) for slot in day]
    assert sum(slot.minutes for slot in slots) <= count * minutes
    for slot in slots:
        assert tuple(slot.done + slot.later) == cards.exercises_of(slot.lesson)
        assert slot.minutes == agenda.OPENING + agenda.DEBRIEF + sum(card.minutes for card in slot.done)
    for line in agenda.agenda_markdown(name).splitlines():
        if "| end |" in line:
            hours, mins = line.split("|")[1].strip().split(":")
            assert int(hours) * 60 + int(mins) <= minutes + agenda.BREAK
    assert [slot.lesson for slot in slots] == [lessons.number(held) for held in names or lessons.numbers()]


def test_more_time_takes_more_exercises():
    taught = tuple(cards.lessons())
    done = [sum(len(slot.done) for slot in agenda.plan(minutes, taught)) for minutes in (300, 600, 6000)]
    assert done == sorted(done) and done[-1] == sum(len(cards.exercises_of(lesson)) for lesson in taught)


def test_too_little_time_is_refused():
    with pytest.raises(DataError, match="fewer lessons"):
        agenda.plan(10, ("01", "09"))


def test_a_page_without_a_place_for_a_block_is_refused():
    with pytest.raises(DataError, match="begin agenda half a day"):
        agenda.refreshed("# no markers")


def test_every_lesson_has_its_question():
    page = agenda.PAGE.read_text(encoding="utf-8")
    assert all(f"- **{lessons.title(name)}.**" in page for name in lessons.numbers())
