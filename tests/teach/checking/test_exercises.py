"""What a learner calls in a notebook, here as in a terminal: exercise, hint, predict, measured, quiz, explore."""

import json
import math
import sys
import warnings

import numpy as np
import pytest
from toys import SUMS, TOP_K

from course_lib.contracts import ArgumentError
from course_lib.teach import cards, progress
from course_lib.teach.checking import comparison, exercises
from course_lib.teach.definitions.claim import Claim
from course_lib.teach.ledger import predictions
from course_lib.teach.show import quizzes, widgets
from course_lib.teach.show.notices import Notice, code_marks

CLAIM = Claim("99.ratio", "It is large", "the field", (10, 30), "×")


@pytest.fixture(autouse=True)
def toy_lesson(monkeypatch, tmp_path):
    held = {card.id: card for card in (SUMS, TOP_K)}
    for module in (exercises, comparison):
        monkeypatch.setattr(module, "find_card", held.__getitem__)
    monkeypatch.setattr(predictions, "find_claim", {"99.ratio": CLAIM}.__getitem__)
    monkeypatch.setattr(cards, "quizzes_of", lambda lesson: ())
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.sqlite"))
    for store in (exercises.LATEST, exercises._hints_shown, predictions._guesses, predictions._measured,
                  quizzes._asked, quizzes._right):
        store.clear()


def wrong(x):
    return -x.sum(axis=1)


def right(x):
    return np.einsum("ij->i", x)


def test_a_right_function_is_kept_and_a_wrong_one_gives_way_to_the_reference(capsys):
    assert exercises.exercise("99.2")(right) is right
    assert exercises.exercise("99.2")(wrong) is SUMS.reference
    out = capsys.readouterr().out
    assert "✓ Exercise 99.2 · right" in out and "✗ Exercise 99.2 · not right yet" in out and "wrong sign" in out


def test_a_stub_gives_way_to_the_reference_quietly(capsys):
    def stub(x):
        raise NotImplementedError
    assert exercises.exercise("99.2")(stub) is SUMS.reference
    assert "○ Exercise 99.2 · not attempted" in capsys.readouterr().out


def test_attempts_are_recorded_with_their_diagnosis():
    exercises.exercise("99.2")(wrong)
    event = progress.events("attempt")[0]
    assert (event["status"], event["detail"]["mistake"]) == ("wrong", "wrong sign")
    assert "def wrong" in event["detail"]["source"]


def test_the_three_outcomes_look_different():
    pages = [Notice(status, "Exercise 3.1")._repr_html_() for status in ("right", "wrong", "todo")]
    texts = [repr(Notice(status, "Exercise 3.1")) for status in ("right", "wrong", "todo")]
    assert len(set(pages)) == 3 and [text[0] for text in texts] == ["✓", "✗", "○"]
    assert "dashed" in pages[2] and "dashed" not in pages[0] + pages[1]


def test_what_the_learner_wrote_is_escaped():
    page = Notice("wrong", "<b>", ("<script>", "`<i>`"), [("<u>", "</pre><script>")])._repr_html_()
    assert "<script>" not in page and "<u>" not in page and "<i>" not in page
    assert code_marks("a `b<c` **bold** *slanted* 2 * 3 * 4") == (
        "a <code>b&lt;c</code> <b>bold</b> <i>slanted</i> 2 * 3 * 4")


def test_hints_climb_the_ladder_and_end(capsys):
    for _ in range(4):
        exercises.hint("99.1")
    out = capsys.readouterr().out
    assert out.index("hint 1 of 3") < out.index("hint 2 of 3") < out.index("hint 3 of 3") < out.index("seen the last")
    exercises.hint("99.1", 2)
    assert "hint 2 of 3" in capsys.readouterr().out
    assert [e["detail"]["number"] for e in progress.events("hint")] == [1, 2, 3, 2]


def test_the_solution_comes_with_its_why_and_the_mistakes(capsys):
    exercises.solution("99.2")
    out = capsys.readouterr().out
    assert SUMS.why in out and "return x.sum(axis=1)" in out and SUMS.mistakes[0].says in out


def test_compare_shows_cases_speed_and_text(capsys):
    comparison.compare("99.2")
    assert "nothing of yours to compare yet" in capsys.readouterr().out
    exercises.exercise("99.2")(right)
    comparison.compare("99.2")
    out = capsys.readouterr().out
    assert "4 of 4 agree" in out and "× the reference's time" in out and "+    return np.einsum" in out


def test_compare_withholds_the_reference_from_a_wrong_answer_until_it_was_asked_for(capsys):
    exercises.exercise("99.2")(lambda x: x.sum(axis=0))
    comparison.compare("99.2")
    assert "once yours is right" in (told := capsys.readouterr().out) and "return x.sum(axis=1)" not in told
    exercises.solution("99.2")
    capsys.readouterr()
    comparison.compare("99.2")
    assert "return x.sum(axis=1)" in capsys.readouterr().out


@pytest.mark.parametrize("number", ["x", 0, 4, 1.5, -1])
def test_a_hint_that_is_not_there_is_told(capsys, number):
    exercises.hint("99.1", number)
    assert "there are 3, from 1" in capsys.readouterr().out


def test_compare_measures_the_effect_of_a_mistake_too(capsys, monkeypatch):
    from dataclasses import replace

    class Estimate:
        def __init__(self, value):
            self.value, self.low, self.high = value, value - 0.1, value + 0.1

        def __str__(self):
            return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"
    card = replace(SUMS, effect=lambda fn: Estimate(float(fn(np.ones((1, 2)))[0])))
    assert comparison.effect_text(card, wrong).splitlines() == [
        "yours: -2.00 [-2.10, -1.90]", "reference: 2.00 [1.90, 2.10]", "the intervals lie apart: the difference counts"]
    assert "the same" in comparison.effect_text(card, right)
    assert "ZeroDivisionError" in comparison.effect_text(card, lambda x: 1 / 0)


def test_docstrings_comments_and_decorators_are_no_difference():
    mine = '@exercise("1.1")\ndef f(x):\n    """Mine."""\n    return x+1  # so'
    assert comparison.difference(mine, "def f(x):\n    return x + 1") == "The code is the same."


def test_a_guess_is_kept_and_shown_after_the_measurement(capsys):
    predictions.predict("99.ratio", ...)
    assert "no guess yet" in capsys.readouterr().out
    predictions.predict("99.ratio", (5, 50))
    predictions.predict("99.ratio", 3)
    assert "first guess, 5 to 50" in capsys.readouterr().out
    predictions.measured("99.ratio", 19.3, 18, 20)
    out = capsys.readouterr().out
    assert "inside your range" in out and "10 to 30×" in out and "19.3× [18, 20]" in out and "holds in this run" in out
    predictions.predict("99.ratio", 19)
    assert "measured already" in capsys.readouterr().out
    assert progress.calibration()["ranges_held"] == 1


@pytest.mark.parametrize("guess", ["many", (1, 2, 3), (5, 1), None, math.nan, ()])
def test_a_guess_that_is_none_is_refused(guess):
    with pytest.raises(ArgumentError, match="expected a number or a range"):
        predictions.predict("99.ratio", guess)


def test_measured_takes_an_estimate():
    class Estimate:
        value, low, high = 5.0, 4.0, 6.0
    predictions.measured("99.ratio", Estimate(), on="ml100k")
    event = progress.events("measured")[0]
    assert event["status"] == "does not hold" and event["detail"] == {"value": 5.0, "on": "ml100k"}


CHOICES = {"one": "Too few.", "two": "Yes: two.", "three": "Too many."}


def test_a_quiz_works_in_text_and_counts(capsys):
    quizzes.quiz("99.q1", "How many?", CHOICES, "two")
    quizzes.quiz("99.q2", "And now?", CHOICES, "one")
    assert "b) two" in capsys.readouterr().out
    quizzes.answer("99.q1", "a")
    quizzes.answer("99.q1", "b")
    out = capsys.readouterr().out
    assert "Too few." in out and "0 / 2 completed" in out and "Yes: two." in out and "1 / 2 completed" in out
    with pytest.raises(ArgumentError, match="no choice"):
        quizzes.answer("99.q1", "z")


def test_a_quiz_gives_feedback_for_every_choice_without_a_kernel():
    page = quizzes._page(quizzes.Quiz("99.q1", "How <many>?", CHOICES, "two"))
    assert all(feedback in page for feedback in CHOICES.values()) and page.count("✓ Right.") == 1
    assert "<many>" not in page


@pytest.mark.parametrize("change", [{"answer": "four"}, {"choices": {"one": "x"}}, {"choices": {"two": "x", "b": " "}}])
def test_a_quiz_without_feedback_or_answer_is_refused(change):
    with pytest.raises(ArgumentError):
        quizzes.Quiz(**({"id": "99.q1", "question": "?", "choices": CHOICES, "answer": "two"} | change))


def test_quiz_buttons_give_feedback(monkeypatch):
    import ipywidgets

    made = []
    original = ipywidgets.VBox
    monkeypatch.setattr(ipywidgets, "VBox", lambda children: made.append(children) or original(children))
    held = quizzes.Quiz("99.q1", "How many?", CHOICES, "two")
    quizzes._asked["99.q1"] = held
    bundle = quizzes._buttons(held)
    assert list(bundle) == ["application/vnd.jupyter.widget-view+json"]
    _, buttons, told, done = made[0]
    buttons.value = "one"
    assert "Too few." in told.value and "0 / 1" in done.value
    buttons.value = "two"
    assert "Yes: two." in told.value and "1 / 1" in done.value


def draw(temperature=0.5, k=3, log=False):
    from course_lib.teach.show import plots

    return plots.lines([1, 2, 3], {"ease": [temperature, k, 2]}, f"At {temperature}")


def test_explore_draws_without_widgets(capsys):
    widgets.explore(draw, temperature=(0.1, 1.0, 0.1), k=[1, 5], log=False)
    assert "At 0.5" in (out := capsys.readouterr().out) and "k = 1" in out


def test_a_figure_is_stored_small():
    import base64

    drawn = widgets.as_output(draw())
    assert 2_000 < len(base64.b64decode(drawn["image/png"])) < 80_000


@pytest.mark.parametrize(("span", "told"), [
    ((0.005, 0.05, 0.005), ".3f"), ((0.0, 1.0, 0.1), ".2f"), ((0.0, 2.0), ".2f")])
def test_a_slider_tells_its_value_with_as_many_places_as_its_step_has(span, told):
    """A margin of 0.035 read 0.03."""
    pytest.importorskip("ipywidgets")
    assert widgets._controls({"a": span}, {"a": span[0]})["a"].readout_format == told


def test_controls_fit_the_ranges():
    start = {"a": 0.5, "b": 3, "c": True, "d": "x", "e": 2}
    made = widgets._controls({"a": (0.0, 1.0, 0.1), "b": (1, 9), "c": True, "d": ["x", "y"], "e": [1, 2, 4]}, start)
    assert [type(control).__name__ for control in made.values()] == [
        "FloatSlider", "IntSlider", "Checkbox", "Dropdown", "SelectionSlider"]
    assert {name: control.value for name, control in made.items()} == start
    assert made["a"].continuous_update is False and made["b"].continuous_update is False


@pytest.mark.parametrize(("ranges", "named"), [({"nothing": (0, 1)}, "takes no"), ({"k": 3}, "expected"),
                                               ({"k": (5, 1)}, "expected"), ({"k": []}, "expected")])
def test_a_range_that_cannot_be_is_refused(ranges, named):
    with pytest.raises(ArgumentError, match=named):
        widgets.explore(draw, **ranges)


def test_in_a_kernel_everything_has_a_page_and_a_text(tmp_path):
    import nbclient
    import nbformat

    cells = ["from course_lib.teach import *\nfrom course_lib.teach import cards\nplots.style()",
             "def draw(k=3):\n    return plots.lines([1, 2], {'ease': [1, k]}, 'A finding')\nexplore(draw, k=(1, 5))",
             "quiz('98.q1', 'Which?', {'this': 'Yes.', 'that': 'No.'}, 'this')\nanswer('98.q1', 'this')",
             "claim = cards.claims()[0]\npredict(claim.id, 1.0)\nmeasured(claim.id, 2.0)",
             "card = cards.all_cards()[0]\n@exercise(card.id)\ndef mine(*args):\n    raise NotImplementedError",
             "hint(card.id)\nsolution(card.id)\ncompare(card.id)"]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    nbclient.NotebookClient(book, timeout=60).execute()
    nbformat.validate(book)
    outputs = [[o for o in cell.outputs if o.output_type == "display_data"] for cell in book.cells]
    assert "image/png" in outputs[1][0].data and "application/vnd.jupyter.widget-view+json" in outputs[1][1].data
    assert {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"} <= set(outputs[2][0].data)
    assert "application/vnd.recsys-course.claim+json" in outputs[3][-1].data
    assert "not attempted" in outputs[4][0].data["text/plain"]
    assert all({"text/plain", "text/html"} <= set(o.data) for o in outputs[5])
    assert len(json.dumps(book)) < 200_000


def test_in_a_notebook_that_is_built_nothing_waits_for_a_kernel(tmp_path):
    """Frames in place of sliders, choices that unfold in place of buttons: a viewer shows the richest output."""
    import os

    import nbclient
    import nbformat

    cells = ["from course_lib.teach import *\nplots.style()",
             "def draw(k=3):\n    return plots.lines([1, 2], {'ease': [1, k]}, f'A finding at {k}')",
             "explore(draw, k=(1, 5))", "quiz('98.q1', 'Which?', {'this': 'Yes.', 'that': 'No.'}, 'this')"]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    nbclient.NotebookClient(book, timeout=60).execute(env={**os.environ, "COURSE_BUILT": "1"})
    picture, frames = book.cells[2].outputs
    assert picture.data["text/plain"] == "<Figure: A finding at 3>" and "image/png" in picture.data
    assert "is shown at k = 3" in frames.data["text/plain"] and "A finding at 5" in frames.data["text/html"]
    assert set(book.cells[3].outputs[0].data) == {"text/plain", "text/html"}
    assert "widgets" not in book.metadata


def test_a_warning_of_python_is_not_called_something_that_was_printed(capsys):
    def warns(x):
        print("summing")
        sys.stderr.write(warnings.formatwarning("invalid value", RuntimeWarning, "<cell>", 5, "a / b"))
        return np.einsum("ij->i", x)

    exercises.exercise("99.2")(warns)
    out = capsys.readouterr().out
    printed, warned = out.split("you printed:")[1].split("Python warned:")
    assert "summing" in printed and "Warning" not in printed
    assert "RuntimeWarning: invalid value" in warned and "summing" not in warned.split("Why it is so")[0]
    assert "right all the same" in warned


def test_what_was_printed_alone_is_shown_as_such(capsys):
    def prints(x):
        print("careful: 3: no warning of Python")
        return np.einsum("ij->i", x)

    exercises.exercise("99.2")(prints)
    out = capsys.readouterr().out
    assert "careful: 3: no warning of Python" in out.split("you printed:")[1] and "Python warned" not in out
