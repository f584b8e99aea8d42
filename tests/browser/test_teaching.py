"""The teaching layer as a learner and an instructor see it: diagnosis, tick, hints, quiz, the class page."""

import sys
from pathlib import Path

import made_class
import nbformat

from course_lib.teach import cards
from course_lib.teach.checking.texts import source
from course_lib.teach.classroom import page as classpage
from course_lib.teach.publish import lesson_source

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "teach"))
CARD = cards.all_cards()[0]
HEAD = "import numpy as np\nfrom course_lib.teach import *"
QUIZ = 'quiz("98.q1", "Which way?", {"this way": "No: `that` way.", "that way": "Yes, and why."}, "that way")'


def notebook(reader, *sources):
    cells = [nbformat.v4.new_code_cell(text) for text in sources]
    made = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": lesson_source.KERNEL})
    nbformat.write(made, reader.root / "work" / "teaching.ipynb")
    reader.open("teaching.ipynb")
    reader.run_all()


def answer(body):
    return f'@exercise("{CARD.id}")\ndef mine(*args):\n    {body}'


def notices(reader):
    return [(n.get_attribute("data-status"), n.inner_text()) for n in reader.page.locator(".course-notice").all()]


def test_not_attempted_then_a_diagnosis_then_a_tick(reader):
    notebook(reader, HEAD, "from course_lib.teach import cards\ncard = cards.all_cards()[0]",
             answer("raise NotImplementedError  # your code here"))
    assert [status for status, _ in notices(reader)] == ["todo"]
    reader.set_cell(2, answer("return card.mistakes[0].wrong(*args)"))
    reader.page.get_by_text(CARD.mistakes[0].says[:40]).wait_for()
    reader.shot("teaching-wrong")
    assert [status for status, _ in notices(reader)] == ["wrong"]
    reader.set_cell(2, answer("return card.alternative(*args)"))
    reader.page.locator('.course-notice[data-status="right"]').wait_for()
    (status, text), = notices(reader)
    assert "✓" in text and "right" in text
    reader.shot("teaching-right")


def test_hints_climb_and_the_solution_unfolds(reader):
    given = f"from course_lib.teach import cards\nheld = cards.card('{CARD.id}')"
    notebook(reader, f"{HEAD}\n{given}", f'hint("{CARD.id}")', f'hint("{CARD.id}")', f'solution("{CARD.id}")', answer(
        "return held.alternative(*args)"),        f'compare("{CARD.id}")')
    texts = [text for _, text in notices(reader)]
    assert CARD.hints[0][:30] in texts[0].replace("`", "") or "hint 1 of" in texts[0]
    assert "hint 2 of" in texts[1]
    reader.look(3)
    code = reader.page.locator("details", has_text="The code").first
    assert not code.locator("pre").first.is_visible()
    code.locator("summary").click()
    assert source(CARD.reference).split("(")[0].removeprefix("def ") in code.locator("pre").first.inner_text()
    reader.shot("teaching-solution")
    reader.look(5)
    reader.page.get_by_text("reference's time").last.wait_for()
    reader.shot("teaching-compare")


def test_a_quiz_answers_each_choice(reader):
    notebook(reader, HEAD, QUIZ)
    page = reader.page
    page.get_by_text("0 / 1 completed").wait_for()
    page.locator(".widget-radio-box input").nth(0).click()
    page.get_by_text("No: that way.", exact=True).wait_for()
    page.locator(".widget-radio-box input").nth(1).click()
    page.get_by_text("1 / 1 completed").wait_for()
    assert page.get_by_text("Yes, and why.", exact=True).is_visible()
    reader.shot("teaching-quiz")


def test_the_class_page_opens_code_and_runs_nothing(reader, tmp_path):

    made_class.build(tmp_path / "class", tmp_path / "victim")
    for slow in ("endless loop", "signals"):
        for file in (tmp_path / "class" / slow).iterdir():
            file.unlink()
    assert classpage.main([str(tmp_path / "class"), "-o", str(tmp_path / "class.html")]) == 0
    page, said = reader.page, []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: said.append(message.text))
    page.set_content((tmp_path / "class.html").read_text())
    assert page.get_by_text("What most got wrong").is_visible()
    assert page.locator("section.detail:visible").count() == 0
    reader.shot("class-page")
    page.locator("td.wrong a").first.click()
    assert page.locator("section.detail:visible").count() == 1
    reader.shot("class-page-open")
    assert said == []
