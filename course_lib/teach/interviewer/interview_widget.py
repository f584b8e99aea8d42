"""The interview in a notebook: question, text box and clock where there are widgets, plain text else."""

from __future__ import annotations

import asyncio
import html
from contextlib import suppress

from course_lib.teach.interview.mock import TOTAL, phase
from course_lib.teach.interview.mock import brief as brief_of
from course_lib.teach.interview.mock_texts import KEYS
from course_lib.teach.interviewer import kept_debriefs
from course_lib.teach.interviewer.debrief import Debrief, make
from course_lib.teach.interviewer.interview_command import begin
from course_lib.teach.interviewer.interview_run import Interview
from course_lib.teach.interviewer.propositions import read
from course_lib.teach.show.notices import in_notebook, show

NOTHING_TYPED = "Nothing was typed. Type an answer, or press Skip to leave the question."


def interview(brief: str = "feed", minutes: float = TOTAL) -> Interview:
    """Begin an interview. With widgets: a box to answer in. Without: `run.say("…")` answers, `run.question` is what is
    asked, `finish(run)` ends it. Returns the Interview. Raises ArgumentError for another brief."""
    run = begin(brief, minutes)
    try:
        import ipywidgets as widgets
    except ImportError:
        widgets = None
    if widgets is None or not in_notebook():
        print(f"{run.question}\n(answer with run.say(\"…\"); end with finish(run))")
        return run
    _box(run, widgets)
    return run


def finish(run: Interview, mine: float | None = None) -> None:
    """Show the debrief, compare it with the last one on the same brief, and keep it."""
    done = run.debrief(mine)
    told = kept_debriefs.compared(done)
    done.notice.says = (*done.notice.says, told) if told else done.notice.says
    show(done.notice)
    kept_debriefs.keep(done)


def _box(run: Interview, widgets) -> None:
    from IPython.display import display

    asked = widgets.HTML()
    box = widgets.Textarea(layout=widgets.Layout(width="56em", height="9em"), placeholder="say it as you would aloud")
    answer, skip, end = (widgets.Button(description=name) for name in ("Answer", "Skip", "End"))
    tick = widgets.Play(min=0, max=24 * 3600, interval=5000)                    # the browser ticks: no thread
    tick.layout.display = "none"
    page = widgets.Output()

    def tell(_=None, note: str = ""):
        if end.disabled:                        # a late tick of the clock changes nothing any more
            return
        told = f"<br><i>{html.escape(note)}</i>" if note else ""
        asked.value = (f'<div style="max-width:56em"><small>{html.escape(run.pace())}</small><br>'
                       f'<b>{html.escape(run.question) or "Thank you."}</b>{told}</div>')

    def say(_=None):
        if not box.value.strip():               # a press by mistake answers nothing
            tell(note=NOTHING_TYPED)
            return
        run.say(box.value)
        after()

    def after():
        box.value = ""
        tell()
        if run.phase is None:
            over()

    def end_now(_=None):
        if box.value.strip():                   # what stands in the box was said, too
            run.say(box.value)
            box.value = ""
        over()

    def over():
        tick.playing = False
        for part in (answer, skip, end, tick):
            part.disabled = True
        asked.value = f'<div style="max-width:56em"><small>{html.escape(run.pace())}</small><br><b>Thank you.</b></div>'
        with page:
            finish(run)

    answer.on_click(say)
    skip.on_click(lambda _: (run.skip(), after()))
    end.on_click(end_now)
    tick.observe(tell, "value")
    tell()
    display(widgets.VBox([asked, box, widgets.HBox([answer, skip, end]), tick, page]))
    _set_going(tick)


def _set_going(tick, tries: int = 60) -> None:
    """Ask the browser each second until it ticks: it hears a change alone, and that only once the clock is drawn."""
    if tick.value or tick.disabled or not tries:
        return
    tick.playing = False
    tick.playing = True
    with suppress(RuntimeError):                # where no loop runs, nobody looks at a clock either
        asyncio.get_running_loop().call_later(1, _set_going, tick, tries - 1)


def read_answers(answers, brief: str = "feed") -> Debrief:
    """Read answers that were written down, without questions back, and show the debrief of them.

    answers: {phase: what you would say}, or ... for none yet; phases that are ... or left out were not reached. Raises
    ArgumentError for another brief or phase.
    """
    brief_of(brief)
    given = {} if answers is ... else {phase(key).key: text for key, text in answers.items() if text is not ...}
    return make(read({key: str(text) for key, text in given.items()}, brief), (), dict.fromkeys(KEYS, 0.0), TOTAL)
