"""One minute for the frame of a system, spoken and read: the decision, what for, the proxy, what must not get worse."""

from __future__ import annotations

import html

from course_lib.teach.interview.mock import brief
from course_lib.teach.interview.mock_texts import PHASES
from course_lib.teach.interviewer.first_minutes import Spoken
from course_lib.teach.interviewer.propositions import Point, flags, points, read
from course_lib.teach.interviewer.talk_score import heard, order_share
from course_lib.teach.show.notices import Notice

MOST_WORDS = 170            # what is said in a minute, and a little more
FRAME = PHASES[0]


def parts(name: str) -> list[Point]:
    """The points that belong into a minute: those of the first phase that an interviewer asks for where they are
    missing."""
    return [p for p in points(name) if p.phase == FRAME.key and p.ask]


def one_minute(name: str, said=...) -> Spoken:
    """Read a minute on a brief, "feed" or "marketplace". said: your words, as you would speak them, or ... to see the
    question alone. Raises ArgumentError for another brief."""
    asks = f"{brief(name).says} {FRAME.asks[name]} You have a minute."
    about = f"One minute: {name}"
    if said is ... or not str(said).strip():
        missing = tuple(p.label for p in parts(name))
        return Spoken({}, missing, (), Notice("todo", about, (f"“{asks}”",), word="not answered yet"))
    reading = read({FRAME.key: str(said)}, name)
    stand = heard(reading)
    told = {p.label: reading.ticks[p.id].words for p in parts(name) if p.id in stand}
    missing = tuple(p.label for p in parts(name) if p.label not in told)
    labels = {flag.id: flag.truth or flag.label for flag in flags() if flag.cost > 1}
    wrong = tuple(labels[tick.id] for tick in reading.flags if tick.id in labels)
    first = order_share(reading) == 1
    says = [f"“{asks}”", f"{len(told)} of {len(parts(name))} parts heard."]
    says += [f"Not heard: {'; '.join(missing)}."] * bool(missing)
    says += [f"Against it: {text}" for text in wrong]
    says += ["Begin with the decision or the objective, before any component."] * (not first)
    says += ["That is more than a minute."] * (len(str(said).split()) > MOST_WORDS)
    full = first and not missing and not wrong
    return Spoken(told, missing, wrong, Notice("right" if full else "note", about, tuple(says),
                                               word=None if full else "", folded=[_folded(name, told)]))


def _folded(name: str, told: dict[str, tuple[str, ...]]) -> tuple[str, str, str]:
    """What was heard on which words, and one answer, that open at a click."""
    lines = [f"✓ {label}: “{' … '.join(words)}”" for label, words in told.items()]
    lines += [f"One answer: {FRAME.reference[name]}"]
    body = '<div style="margin-left:1.2em">' + "<br>".join(html.escape(line) for line in lines) + "</div>"
    return "What was heard, and one answer", body, "\n".join(lines)
