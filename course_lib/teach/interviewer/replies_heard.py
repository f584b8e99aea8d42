"""Replies to questions back, one after another: what was given before answers nothing, and what is false in one costs.

An interviewer remembers. The same text for every question would hold an answer to each of them somewhere.
"""

from __future__ import annotations

from collections import Counter

from course_lib.teach.interviewer import follow_ups
from course_lib.teach.interviewer.brief_numbers import check
from course_lib.teach.interviewer.follow_ups import Question, Reply
from course_lib.teach.interviewer.propositions import Reading, hear_reply
from course_lib.teach.interviewer.talk_text import WORD, Listener, Talk, content

MOST_WORDS = 200            # of one reply: more than a minute of talk
SHORT = 20                  # words: a reply of no more may be given to a second question, since some answers are alike
SAME = 0.8                  # share of two sentences' words, together, that makes them one sentence
BEFORE = "most of it was an answer to an earlier question"
CHANGED = ("change", "then")                # their numbers are not the brief's


class Replies:
    """Hears the replies of one interview. reading: takes what is false in them, and the gaps that they fill."""

    def __init__(self, reading: Reading):
        self._reading = reading
        self._before: Counter[frozenset[str]] = Counter()

    def hear(self, question: Question, said: str) -> Reply:
        """Does a reply answer its question, in words that did not answer others before? Only the first MOST_WORDS
        words are read."""
        words = said.split() if isinstance(said, str) else []
        said = " ".join(words[:MOST_WORDS]) if len(words) > MOST_WORDS else said
        talk = Listener().hear(said, question.phase)
        repeated = self._repeated(talk)
        self._remember(talk)
        changed = question.kind in CHANGED
        hear_reply(self._reading, talk, question.phase, only_false=changed)
        if not changed and question.number is None:
            self._reading.slips += [c for c in check(talk.sentences, self._reading.brief) if not c.ok]
        if repeated:
            return Reply(question, said, 0.0, missing=(BEFORE,))
        return follow_ups.judge(question, said)

    def _repeated(self, talk: Talk) -> bool:
        """Do most of its words stand in sentences that were said in earlier replies?"""
        spoken = [(len(WORD.findall(s.text)), self._times(content(s.text))) for s in talk.sentences]
        total = sum(n for n, _ in spoken)
        least = 1 if total > SHORT else 2
        return sum(n for n, times in spoken if times >= least) > total / 2

    def _times(self, words: frozenset[str]) -> int:
        if len(words) < 3:                      # "Retention." is no text that somebody prepared
            return 0
        return sum(times for old, times in self._before.items() if len(words & old) >= SAME * len(words | old))

    def _remember(self, talk: Talk) -> None:
        self._before.update({content(s.text) for s in talk.sentences})
