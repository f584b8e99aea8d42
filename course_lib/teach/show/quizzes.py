"""Single choice, with feedback for every choice: by radio buttons, by answer("9.q1", "b"), or unfolded in a page."""

from __future__ import annotations

import html

from course_lib.contracts import UnknownIdError
from course_lib.teach import lessons, progress
from course_lib.teach.definitions.quiz import LETTERS, Quiz
from course_lib.teach.show.notices import Notice, code_marks, in_notebook, is_built, show

_asked: dict[str, Quiz] = {}
_right: set[str] = set()


def quiz(quiz_id: str, question: str | None = None, choices: dict[str, str] | None = None,
         answer: str | None = None) -> None:
    """Ask a question. choices: text -> feedback; answer: the text of the right one.

    With the id alone the question comes from QUIZZES of the lesson's card file.
    """
    quiz_id = lessons.shown(quiz_id)
    held = _of_cards(quiz_id) if question is None else Quiz(quiz_id, question, dict(choices or {}), answer or "")
    _asked[quiz_id] = held
    if not in_notebook():
        print(_text(held))
        return
    from IPython.display import display

    bundle = {"text/plain": _text(held), "text/html": _page(held)}
    display({**bundle, **_buttons(held)}, raw=True)


def answer(quiz_id: str, choice: str) -> None:
    """Answer a question by letter or text: feedback and how many of the lesson are done. Works without widgets."""
    quiz_id = lessons.shown(quiz_id)
    held = _asked.get(quiz_id) or _of_cards(quiz_id)
    right, feedback = _judge(held, choice)
    show(Notice("right" if right else "wrong", f"Question {quiz_id}", (feedback, completed(held.lesson))))


def _judge(held: Quiz, choice: str) -> tuple[bool, str]:
    right, feedback = held.feedback(choice)
    if right:
        _right.add(held.id)
    progress.record("quiz", held.id, "right" if right else "wrong", choice=choice)
    return right, feedback


def completed(lesson: str) -> str:
    """ "2 / 5 completed" for a lesson: answered rightly, of those in its card file and those asked in this kernel."""
    ids = {held.id for held in (*_asked.values(), *_registered(lesson)) if held.lesson == lesson}
    return f"{len(ids & _right)} / {len(ids)} completed"


def _registered(lesson: str) -> tuple[Quiz, ...]:
    from course_lib.teach import cards

    return cards.quizzes_of(lesson)


def _of_cards(quiz_id: str) -> Quiz:
    lesson = quiz_id.split(".")[0]
    held = {held.id: held for held in (_registered(lesson) if lesson.isdigit() else ())}
    if quiz_id not in held:
        raise UnknownIdError(f"no question {quiz_id!r}; lesson {lesson} has {', '.join(held) or 'none'}. Pass "
                             "question, choices and answer to ask one of your own.")
    return held[quiz_id]


def _text(held: Quiz) -> str:
    lines = [f"? {held.question}", *(f"  {LETTERS[i]}) {text}" for i, text in enumerate(held.choices))]
    return "\n".join([*lines, f"  Answer with answer(\"{held.id}\", \"a\").  {completed(held.lesson)}"])


def _page(held: Quiz) -> str:
    """What a page without a kernel shows: every choice unfolds its feedback."""
    rows = "".join(
        f'<details style="margin:.25em 0 .25em 1em"><summary style="cursor:pointer">{code_marks(text)}</summary>'
        f'<div style="margin:.2em 0 .4em 1.2em">{"✓ Right." if text == held.answer else "✗ Not this."} '
        f'{code_marks(feedback)}</div></details>' for text, feedback in held.choices.items())
    return f'<div class="course-quiz" data-quiz="{held.id}"><b>{code_marks(held.question)}</b>{rows}</div>'


def _buttons(held: Quiz) -> dict:
    """The same as radio buttons with feedback below; {} where ipywidgets is not there, or no kernel will be."""
    if is_built():
        return {}
    try:
        import ipywidgets as widgets
    except ImportError:
        return {}
    choice = widgets.RadioButtons(options=list(held.choices), value=None, layout={"width": "max-content"})
    told, done = widgets.HTML(), widgets.HTML(f"<i>{completed(held.lesson)}</i>")

    def changed(change):
        if change["new"] is None:
            return
        right, feedback = _judge(held, change["new"])
        status = "right" if right else "wrong"
        told.value = Notice(status, "Right" if right else "Not this", (feedback,), word="")._repr_html_()
        done.value = f"<i>{completed(held.lesson)}</i>"
    choice.observe(changed, "value")
    box = widgets.VBox([widgets.HTML(f"<b>{html.escape(held.question)}</b>"), choice, told, done])
    bundle = box._repr_mimebundle_()
    return {mime: data for mime, data in bundle.items() if mime == "application/vnd.jupyter.widget-view+json"}
