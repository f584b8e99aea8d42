"""One interview: a question, an answer that is read, a question back, a constraint that changes, and a debrief."""

from __future__ import annotations

import time
from collections.abc import Callable

from course_lib.teach.interview.mock import TOTAL, brief
from course_lib.teach.interview.mock_texts import PHASES, Phase
from course_lib.teach.interviewer import changed_constraints, follow_ups
from course_lib.teach.interviewer.asides import off_subject
from course_lib.teach.interviewer.brief_answers import asks, tell
from course_lib.teach.interviewer.debrief import Debrief, make
from course_lib.teach.interviewer.phase_clock import PhaseClock
from course_lib.teach.interviewer.propositions import Reading, Tick, hear, listener_of
from course_lib.teach.interviewer.replies_heard import Replies
from course_lib.teach.interviewer.strange_words import connected, strange_share


class Interview:
    """An interview on a brief. `question` is what the interviewer asks now; `say` answers it; `debrief` judges.

    name: "feed" or "marketplace". minutes: for all eight phases, scaled from 45. seed: which constraints change, and
    when, so that the next attempt meets others. at_hand: at_hand.AtHand with the learner's own measurements, or None.
    now: a clock, in seconds. Raises ArgumentError for another brief, or minutes that are not above 0.
    """

    def __init__(self, name: str = "feed", minutes: float = TOTAL, *, seed: int = 0, at_hand=None,
                 now: Callable[[], float] = time.monotonic):
        self.brief, self.clock, self._at_hand = brief(name), PhaseClock(minutes, now), at_hand
        self.reading = Reading(name)
        self.replies: list[follow_ups.Reply] = []
        self.notes: list[str] = []
        self._listener, self._heard = listener_of(name), Replies(self.reading)
        self._back: list[follow_ups.Question] = []
        self._asked: set[tuple[str, str]] = set()
        self.told = ""
        self._changes = changed_constraints.planned(name, minutes, seed)

    @property
    def phase(self) -> Phase | None:
        """The phase under way, None once all are done or the time is over."""
        return self.clock.phase

    @property
    def minutes(self) -> float:
        """Minutes that the whole may take."""
        return self.clock.minutes

    @property
    def spent(self) -> dict[str, float]:
        """Phase -> minutes that were counted for it."""
        return self.clock.spent

    @property
    def asked_back(self) -> follow_ups.Question | None:
        """The question back that is open, None where the phase's own question is."""
        return self._back[0] if self._back and self.phase else None

    @property
    def question(self) -> str:
        """What the interviewer says now, with the numbers that were asked for; "" once the interview is over."""
        if self.phase is None:
            return ""
        asked = self.asked_back.text if self.asked_back is not None else self.phase.asks[self.brief.name]
        if self.phase is PHASES[0] and self.asked_back is None and not self.told:
            asked = f"{self.brief.says} {asked}"
        return f"{self.told} {asked}".strip()

    @property
    def brief_so_far(self) -> str:
        """The brief, with the numbers that were asked for so far."""
        return f"{self.brief.says} {tell(self.brief.name, self.reading.asked)}".strip()

    def pace(self) -> str:
        """Where the clock stands, in words."""
        return self.clock.pace()

    def say(self, text: str) -> str:
        """Answer the open question. Returns what is asked next, "" at the end. What is said after the time is over is
        not heard."""
        if self.phase is None:
            return ""
        key, open_question = self.phase.key, self.asked_back
        self.clock.count()
        if self.clock.minutes_spent > self.minutes:
            self.notes.append(f"The time was over in “{self.phase.name}”; what was said after it was not heard.")
            self.clock.stop()
            return ""
        topics, only_asks = asks(text)
        self.told = tell(self.brief.name, topics)
        self.reading.asked |= topics
        if only_asks and topics:
            return self.question                        # a question back to the interviewer answers nothing yet
        if open_question is not None:
            self._reply(open_question, text)
        else:
            talk = self._listener.hear(text, key)
            self.notes += [f"{self.phase.name}: {note}" for note in talk.notes]
            self.reading.talks[key] = talk
            hear(self.reading, key)
            self._back = self._to_ask(key)
        if not self._back:
            self._onward()
        return self.question

    def skip(self) -> str:
        """Leave the open question unanswered and go on. Returns what is asked next."""
        if self.phase is not None:
            self.clock.count()
            self.told = ""
            if self._back:
                self.replies.append(follow_ups.Reply(self._back.pop(0), "", 0.0, missing=("it was skipped",)))
            if not self._back:
                self._onward()
        return self.question

    def debrief(self, mine: float | None = None) -> Debrief:
        """The score so far. mine: your own estimate, 0 to 100, which stands beside it."""
        self.clock.count()
        return make(self.reading, self.replies, self.spent, self.minutes, tuple(self.notes), mine)

    def _onward(self) -> None:
        self.clock.onward()
        self._back = []

    def _to_ask(self, key: str) -> list[follow_ups.Question]:
        """What to ask back in a phase, a change of constraint last."""
        back = follow_ups.next_back(self.reading, key, self._asked, self._at_hand)
        here = [s for s in self.reading.sentences(key) if not s.idle]
        ticked = [tick.sentence for tick in self.reading.ticks.values()]
        if connected(strange_share(here)) < 1 and connected(off_subject(self.reading.sentences(), ticked)) < 1:
            back = [follow_ups.plainly(key), *back[:1]]
        back = [] if self.clock.is_late() else back
        back += [self._changes[key]] if key in self._changes else []
        self._asked |= {(q.kind, q.id) for q in back}
        return back

    def _reply(self, question: follow_ups.Question, text: str) -> None:
        reply = self._heard.hear(question, text)
        self.replies.append(reply)
        self._back.pop(0)
        self._back[:0] = question.then * (not self.clock.is_late())
        if question.kind == "again" and reply.share:
            self.reading.explained.add(question.phase)
        if question.kind == "gap" and reply.share:
            self.reading.ticks[question.id] = Tick(question.id, question.phase, text, reply.words)
