"""An interview for two: one asks and listens, types what was heard; every line is read on its own and answered.

The state follows from the lines and the clock alone, so an interview that was broken off is its lines, played again.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from course_lib.contracts import ArgumentError
from course_lib.teach.interview.mock import TOTAL, brief
from course_lib.teach.interviewer import changed_constraints, follow_ups, pair_texts
from course_lib.teach.interviewer.brief_answers import TOPICS, asks, tell
from course_lib.teach.interviewer.debrief import Debrief, make, survived
from course_lib.teach.interviewer.follow_ups import Question, Reply
from course_lib.teach.interviewer.listener_notes import Note, notes
from course_lib.teach.interviewer.pair_score import listened
from course_lib.teach.interviewer.phase_clock import PhaseClock, pace_share
from course_lib.teach.interviewer.propositions import Reading, Tick, flags, points
from course_lib.teach.interviewer.talk_text import Sentence, Talk, plain

LISTEN, ORDER, BACK = "listen", "order", "back"         # what is typed now: notes, yes or no, what answered a question


class PairRun:
    """An interview that somebody listens to. `screen` is what the listener sees, `take` reads a line, `debrief`
    judges.

    name, minutes, seed, now: as for interview_run.Interview. asks_back: False where there is nobody to be asked, as
    with a transcript. Raises ArgumentError as Interview does.
    """

    def __init__(self, name: str = "feed", minutes: float = TOTAL, *, seed: int = 0, asks_back: bool = True,
                 now: Callable[[], float] = time.monotonic):
        self.brief, self.clock, self.reading = brief(name), PhaseClock(minutes, now), Reading(name)
        self.replies: list[Reply] = []
        self.told: list[str] = []               # what the debrief has to say of the run
        self.reasoned: set[str] = set()
        self.order: bool | None = None
        self.stage = LISTEN
        self._asks_back = asks_back
        self._changes = changed_constraints.planned(name, minutes, seed) if asks_back else {}
        self._back: list[Question] = []
        self._named: dict[str, str] = {}        # of a changed constraint: label -> words
        self._pending: list[Note] = []          # ticks whose words are asked for
        self._asked: set[tuple[str, str]] = set()
        self._warned: set[str] = set()
        self._sure = False

    @property
    def phase(self):
        """The phase under way, None once the interview is over."""
        return self.clock.phase

    @property
    def asked_back(self) -> Question | None:
        """The question back that is open."""
        return self._back[0] if self._back and self.phase and self.stage == BACK else None

    @property
    def screen(self) -> str:
        """What the listener reads now; "" once the interview is over."""
        if self.phase is None:
            return ""
        head = f"[{self.clock.pace()} · {self.clock.left:.0f} left]\n" if self._asks_back else ""
        if self.stage == LISTEN:
            return f"{head}{pair_texts.to_listen(self.brief, self.phase)}"
        if self.stage == ORDER:
            return pair_texts.ORDER
        return f"{head}{pair_texts.to_ask_back(self.asked_back)}"

    def take(self, line: str) -> str:
        """Read one line. Returns what the listener is told of it, "" where nothing has to be said."""
        if self.phase is None:
            return ""
        self.clock.count()
        if self.clock.minutes_spent > self.clock.minutes:
            return self._out_of_time()
        word = line.strip()
        late = self._late_word()
        read = {LISTEN: self._listen, ORDER: self._in_order, BACK: self._answered}[self.stage]
        try:
            told = self._command(word.lower()) if word.startswith("/") else read(word)
        except ArgumentError as error:
            told = str(error)
        return "\n".join(text for text in (told, late) if text)

    def debrief(self, mine: float | None = None) -> Debrief:
        """The score so far. mine: the estimate of the one who answers, 0 to 100, beside it."""
        self.clock.count()
        pace = pace_share(self.clock.spent, self.clock.minutes)
        score = listened(self.reading, self.reasoned, bool(self.order), survived(self.replies), pace)
        return make(self.reading, self.replies, self.clock.spent, self.clock.minutes, tuple(self.told), mine, score)

    def _out_of_time(self) -> str:
        self.told.append(f"The time was over in “{self.phase.name}”; what was said after it was not heard.")
        self.clock.stop()
        return f"The {self.clock.minutes:g} minutes are over: this line is no longer counted. Here is the debrief."

    def _late_word(self) -> str:
        over, key = self.clock.over(), self.phase.key
        if over <= 0 or key in self._warned:
            return ""
        self._warned.add(key)
        return (f"“{self.phase.name}” is over its {self.clock.planned(key):.1f} minutes, and {self.clock.left:.0f} are "
                "left in all. Bring it to an end: what comes late is missing later.")

    def _command(self, word: str) -> str:
        told = {"/time": f"[{self.clock.pace()} · {self.clock.left:.0f} left]", "/help": pair_texts.HELP,
                "/list": self.screen, "/brief": pair_texts.numbers(self.brief)}
        if word == "/end":
            self.clock.stop()
            return ""
        return told.get(word, f"{word} is no command; there are {', '.join((*told, '/end'))}.")

    # --- listening ---------------------------------------------------------------------------------------------------
    def _listen(self, word: str) -> str:
        if self._pending:
            return self._words_for(word)
        if word:
            self._sure = False
            told = [self._note(note) for note in notes(word, self.brief.name, self.phase.key)]
            return "\n".join(text for text in (*told, self._ask_words()) if text)
        if self.phase.key not in self.reading.talks and not self._sure:
            self._sure = True
            return f"Nothing is noted in “{self.phase.name}”. An empty line once more goes on without a tick."
        self._sure = False
        if self.phase.key == "frame" and self.order is None and self.reading.ticks:
            self.stage = ORDER
            return ""
        return self._ask_back()

    def _words_for(self, word: str) -> str:
        note, word = self._pending.pop(0), "" if word == "-" else word
        reason, words = word.startswith("+"), word.lstrip("+ ").strip()
        told = self._note(Note(note.kind, note.id, words, note.reason or reason)) if words else (
            f"No words, so “{self._label(note)}” is not noted.")
        return "\n".join(text for text in (told, self._ask_words()) if text)

    def _ask_words(self) -> str:
        if not self._pending:
            return ""
        return f"Which words said “{self._label(self._pending[0])}”? (+ before them where they had a reason)"

    def _label(self, note: Note) -> str:
        held = points(self.brief.name) if note.kind == "point" else flags()
        return next(one.label for one in held if one.id == note.id)

    def _note(self, note: Note) -> str:
        if note.kind == "back":
            return self._take_back(note.id)
        if note.kind == "asks":
            return self._tell_numbers(note.words)
        if note.kind in ("point", "flag") and not note.words:
            self._pending.append(note)
            return ""
        self._hear(note.words)
        tick = Tick(note.id, self.phase.key, note.words, (note.words,))
        if note.kind == "point":
            self.reading.ticks[note.id] = tick
            self.reasoned |= {note.id} if note.reason else set()
        elif note.kind == "flag":
            self.reading.flags.append(tick)
        return ""

    def _hear(self, words: str) -> None:
        key, sentence = self.phase.key, Sentence(words, plain(words), self.phase.key)
        before = self.reading.talks[key].sentences if key in self.reading.talks else ()
        self.reading.talks[key] = Talk((*before, sentence))

    def _take_back(self, id: str) -> str:
        had = id in self.reading.ticks or any(tick.id == id for tick in self.reading.flags)
        gone = [t.sentence for t in (*self.reading.ticks.values(), *self.reading.flags) if t.id == id]
        self.reading.ticks.pop(id, None)
        self.reasoned.discard(id)
        self.reading.flags[:] = [tick for tick in self.reading.flags if tick.id != id]
        for key, talk in self.reading.talks.items():        # its words go with it
            self.reading.talks[key] = Talk(tuple(s for s in talk.sentences if s.said not in gone))
        return "Taken back." if had else "That was not noted, so there is nothing to take back."

    def _tell_numbers(self, words: str) -> str:
        topics = asks(f"What is {words}?")[0] | {topic for topic in TOPICS if topic in words.lower()}
        if not topics:
            return f"The brief says nothing of that; it has {', '.join(TOPICS)}. Whatever else: theirs to assume."
        self.reading.asked |= topics
        return f"Tell: “{tell(self.brief.name, topics)}”"

    def _in_order(self, word: str) -> str:
        if word.lower() not in ("y", "yes", "n", "no"):
            return "Type y or n."
        self.order = word.lower().startswith("y")
        return self._ask_back()

    # --- asking back -------------------------------------------------------------------------------------------------
    def _ask_back(self) -> str:
        key = self.phase.key
        self.reading.talks.setdefault(key, Talk(()))        # it was asked, so what is missing in it is asked for
        quiet = self.clock.is_late() or not self._asks_back
        back = [] if quiet else follow_ups.next_back(self.reading, key, self._asked)
        back += [self._changes[key]] if key in self._changes else []
        self._asked |= {(q.kind, q.id) for q in back}
        self._back, self.stage = back, BACK
        return self._next()

    def _next(self) -> str:
        if not self._back:
            self.clock.onward()
            self.stage = LISTEN
        return ""

    def _answered(self, word: str) -> str:
        question = self._back[0]
        if question.changes:
            return self._changed(question, word)
        if not word:
            return "Type the words that answered it, or - where nothing did."
        if word == "-":
            return self._reply(Reply(question, "", 0.0, missing=("it was not answered",)))
        half, words = word.startswith("~"), word.lstrip("~+ ").strip()
        if not words:
            return "Type the words that answered it; ~ before them where they only did in part."
        self._hear(words)
        if question.number is not None:
            return self._reply(follow_ups.judge(question, words))
        if question.kind == "gap":
            self.reading.ticks[question.id] = Tick(question.id, question.phase, words, (words,))
            self.reasoned |= {question.id} if word.startswith("+") else set()
        return self._reply(Reply(question, words, 0.5 if half else 1.0, (words,)))

    def _changed(self, question: Question, word: str) -> str:
        labels = [label for label, _ in question.changes]
        if word and word != "-":
            letter, _, words = word.partition(" ")
            letter = letter.rstrip(":+").lower()
            at = ord(letter) - ord("a") if len(letter) == 1 else -1
            if not 0 <= at < len(labels):
                raise ArgumentError(f"“{letter[:20]}” is no letter of these; expected a to {chr(96 + len(labels))} and "
                                    "the words that named it, or - where nothing was named.")
            if not words.strip():
                raise ArgumentError(f"{letter} needs the words that named it, such as “{letter} as they said it”.")
            self._named[labels[at]] = words.strip()
            self._hear(words.strip())
            return ""
        if not word and not self._named:
            return "Type a letter with the words that named it, or - where nothing was named."
        named, self._named = self._named, {}
        left = tuple(label for label in labels if label not in named)
        return self._reply(Reply(question, "; ".join(named.values()), min(len(named) / question.need, 1.0),
                                 tuple(named.values()), left))

    def _reply(self, reply: Reply) -> str:
        self.replies.append(reply)
        self._back.pop(0)
        if reply.said and not self.clock.is_late():
            self._back[:0] = reply.question.then
        self._next()
        return ""


