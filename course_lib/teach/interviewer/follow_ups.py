"""What an interviewer asks next: numbers that are off, claims too strong, an owner that is missing, gaps; and whether a
reply answers it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product

from course_lib.teach.interview.mock import brief as brief_of
from course_lib.teach.interview.mock_texts import KEYS
from course_lib.teach.interviewer.brief_numbers import NEAR_ENOUGH, Checked, check, stage_parts
from course_lib.teach.interviewer.denial import is_hypothetical
from course_lib.teach.interviewer.number_words import NUMBER
from course_lib.teach.interviewer.propositions import Reading, flags, points, says
from course_lib.teach.interviewer.quantities import quantities
from course_lib.teach.interviewer.strange_words import connected, strange_share
from course_lib.teach.interviewer.talk_score import heard
from course_lib.teach.interviewer.talk_text import FRAGMENT, FUNCTION, Listener, plain
from course_lib.teach.interviewer.word_patterns import Way, Words, load, windows

BACK_A_PHASE = 2            # questions back in one phase, a changed constraint and what follows it not counted
STAGES = {"stage_retrieve": "retrieval", "stage_rank": "the ranker", "stage_rerank": "the re-ranker"}


@dataclass(frozen=True)
class Question:
    """One question that comes back. kind: number, against (it counts against the answer), owner, gap, measured,
    too_strong, change or then. id: of the point or flag. ways: a reply that carries one answers it; for a change
    (label, ways) of which `need` have to be named. lead: what a short reply leaves out of its question. then: what is
    asked after the reply."""

    kind: str
    phase: str
    id: str
    text: str
    ways: tuple[Way, ...] = ()
    changes: tuple[tuple[str, tuple[Way, ...]], ...] = ()
    need: int = 1
    number: Checked | None = None
    lead: str = ""
    then: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Reply:
    """How a question was answered. share: 0 to 1. words: what it rests on. missing: what was not named."""

    question: Question
    said: str
    share: float
    words: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def plainly(phase: str) -> Question:
    """What is asked where the words of a phase could not be connected with the subject."""
    return Question("again", phase, "again",
                    "I could not follow that. Say it again in plain words, with an example and a number.")


@cache
def _all_words() -> Words:
    return Words(load("words") | load("flags")["words"] | load("follow_ups")["owner"]["words"]
                 | load("follow_ups")["too_strong_words"] | load("follow_ups")["change_words"])


def _ways(written: Iterable[str]) -> tuple[Way, ...]:
    return tuple(map(_way, written))


@cache
def _way(text: str) -> Way:
    return Way(text, _all_words())


@cache
def changes(phase: str, brief: str) -> tuple[Question, ...]:
    """The changed constraints that may come in a phase of a brief."""
    brief_of(brief)
    return tuple(_change(c) for c in load("follow_ups")["change"]
                 if c["phase"] == phase and brief in c.get("briefs", (brief,)))


def _change(c: Mapping) -> Question:
    """A changed constraint, as follow_ups.toml has it, with the question that comes after it."""
    then = Question("then", c["phase"], f"{c['title']}, then", c["then"]["ask"], _ways(c["then"]["ways"]))
    named = tuple((label, _ways(ways)) for label, *ways in c["changes"])
    return Question("change", c["phase"], c["title"], c["ask"], changes=named, need=c["need"], then=(then,))


@cache
def too_strong(phase: str, brief: str) -> tuple[Question, ...]:
    """The questions that try what was said in a phase of a brief, where nothing is missing."""
    brief_of(brief)
    return tuple(Question("too_strong", phase, f"{phase} {k}", c["ask"], _ways(c["ways"]))
                 for k, c in enumerate(load("follow_ups")["too_strong"])
                 if c["phase"] == phase and brief in c.get("briefs", (brief,)))


def questions(reading: Reading, phase: str | None = None, at_hand=None) -> list[Question]:
    """What is left to ask, the most pressing first: numbers, what speaks against the answer, owners, gaps.

    phase: that alone. at_hand: at_hand.AtHand with the learner's own measurements, or None.
    """
    out = _numbers(reading) + _against(reading, at_hand) + _owners(reading) + _gaps(reading)
    return [q for q in out if phase in (None, q.phase)]


def next_back(reading: Reading, key: str, asked: set[tuple[str, str]], at_hand=None) -> list[Question]:
    """What to ask back after the answer of a phase: what is wrong or missing; where nothing is, one that tries what was
    said. asked: (kind, id) of what was asked already."""
    left = [q for q in questions(reading, None, at_hand) if (q.kind, q.id) not in asked]
    found = [q for q in left if q.phase == key and q.kind != "owner"]
    back = found[:BACK_A_PHASE] or list(too_strong(key, reading.brief))[:1]
    if key == "rank":           # owners are asked for once both stages have been spoken of, beside the rest
        back += [q for q in left if q.kind == "owner"]
    return back


def _numbers(reading):
    talk = {s.said: s.phase for s in reading.sentences()}
    return [Question("number", talk[c.words], f"{c.kind} {c.about}", c.question, number=c)
            for c in check(reading.sentences(), reading.brief) if not c.ok]


def _against(reading, at_hand):
    held, out = {flag.id: flag for flag in flags()}, []
    point_ways = {p.id: p.ways for p in points(reading.brief)}
    for tick in reading.flags:
        flag, words = held[tick.id], " … ".join(tick.words)
        if not flag.again or any(q.id == flag.id for q in out):
            continue
        text = flag.again.replace("{words}", words)
        if flag.id == "overclaim" and (own := _own(tick.phase, at_hand)):
            text = load("follow_ups")["measured"]["ask"].format(claim=own[0], value=own[1], words=words)
        ways = _ways(["limit_said +20 reason"]) + tuple(w for p in flag.cancels for w in point_ways.get(p, ()))
        out.append(Question("measured" if "machine" in text else "against", tick.phase, flag.id, text, ways))
    return out


def _own(phase: str, at_hand) -> tuple[str, str] | None:
    """(claim, value) of the first measurement of the learner's that belongs to a phase."""
    from course_lib.teach import lessons
    from course_lib.teach.interview.mock import phase as phase_of

    for claim in phase_of(phase).cites if at_hand is not None else ():
        shown = lessons.shown(claim)
        if at_hand.yours.get(shown):
            quote = at_hand.quote(shown)
            on, value = next(iter(quote.yours.items()))
            return quote.entry.claim.says, f"{value:.3g} ({on})"
    return None


def _owners(reading) -> list[Question]:
    """The stages that no sentence gives a failure or an owner, once the stages have been spoken of."""
    if not {"retrieve", "rank"} <= set(reading.talks):
        return []
    words, owned = _all_words(), set()
    for _, text in windows(reading.sentences(), span=1):
        for stage in STAGES:
            if Way(f"{stage} +14 owns", words).match(text):
                owned.add(stage)
    for key, stage in (("retrieve", "stage_retrieve"), ("rank", "stage_rank")):      # "this stage owns …"
        for sentence in reading.talks[key].sentences:
            if "this stage" in sentence.text and words.find("owns", sentence.text):
                owned.add(stage)
    told, ways = load("follow_ups")["owner"], _ways(load("follow_ups")["owner"]["ways"])
    left = [name for stage, name in STAGES.items() if stage not in owned]
    if len(left) == len(STAGES):
        return [Question("owner", "rank", "owner", told["none"], ways)]
    phase = "retrieve" if left[:1] == ["retrieval"] else "rank"
    return [Question("owner", phase, "owner", told["one"].format(stage=" and ".join(left)), ways)] if left else []


def _gaps(reading) -> list[Question]:
    stand, against = heard(reading), {tick.id for tick in reading.flags}
    cancelled = {p for flag in flags() if flag.id in against for p in flag.cancels}
    left = [p for p in points(reading.brief) if p.ask and p.id not in stand | cancelled and p.phase in reading.talks]
    left = sorted(left, key=lambda p: (KEYS.index(p.phase), -p.weight))
    return [Question("gap", p.phase, p.id, p.ask, p.ways, lead=p.lead) for p in left]


def judge(question: Question, said: str) -> Reply:
    """Does a reply answer the question? Idle talk does not; what repeats the fault does not."""
    talk = Listener((question.text,)).hear(said, question.phase)
    if question.kind == "again":
        plain_now = any(not s.idle and re.search(NUMBER, s.text) for s in talk.sentences) \
            and connected(strange_share(talk.sentences)) == 1
        return Reply(question, said, float(plain_now), missing=() if plain_now else ("an example with a number",))
    if question.number is not None:
        return _number_reply(question, said, talk)
    alone = Listener().hear(said)               # the question's own words count against a reply, too
    if any(_still_says(alone, flag, question) for flag in flags() if flag.cost > 1):
        return Reply(question, said, 0.0, missing=("it says the same again, or something as bad",))
    if question.changes and NO_CHANGE.search(" ".join(s.text for s in talk.sentences)):
        return Reply(question, said, 0.0, missing=("a change: the answer stays as it was",))
    if question.changes:
        named = {label: words for label, ways in question.changes if (words := says(talk, ways))}
        left = tuple(label for label, _ in question.changes if label not in named)
        return Reply(question, said, min(len(named) / question.need, 1.0),
                     tuple(w for words in named.values() for w in words), left)
    words = says(talk, question.ways) or _with_lead(question, talk)
    return Reply(question, said, float(bool(words)), words, () if words else ("I did not recognise an answer in this",))


def _still_says(talk, flag, question: Question) -> bool:
    """Does a reply say what counts against it, alone or read after its question?"""
    texts = [s.text for s in talk.sentences if s.idle in ("", FRAGMENT)]
    texts += [f"{question.lead} {texts[0]}"] if texts and question.lead else []
    found = [(text, match) for text in texts for way in flag.ways if (match := way.match(text))]
    return any(not is_hypothetical(text, match[0].words) for text, match in found)


NO_CHANGE = re.compile(r"\bnothing (?:much |really )?(?:changes|has to change|would change|needs to change)\b|"
                       r"\b(?:cap|watch|monitor|change|do|limit)s? nothing\b")
NOTHING = re.compile(r"(?:nothing|nobody|none|no one|no|never|i (?:do not|would ask)|more|it depends|a lot|that it)\b"
                     r"(?! click)")


OPENING = re.compile(r"^(?:(?:the|an?|we|i|you|they|it) )+")
OFFERED = re.compile(rf"\beither\b|{NUMBER}[^,.;]*\bor\b[^,.;]*{NUMBER}")
TAKEN_BACK = re.compile(r"\b(?:not|instead|rather|said|wrong|mistake|slip|should have|meant)\b")


def _with_lead(question: Question, talk) -> tuple[str, ...]:
    """The words of a short reply that carry one of the ways once it is read together with its question."""
    spoken = [s.text for s in talk.sentences if s.idle in ("", FRAGMENT)]
    for text in {*spoken[:2], " ".join(spoken[:2])}:
        if not question.lead or NOTHING.match(text):
            continue
        for way, reply in product(question.ways, dict.fromkeys((text, OPENING.sub("", text)))):
            asked, words = len(question.lead.split()), f"{question.lead} {reply}".split()
            found = [f for f in way.match(" ".join(words)) if not FUNCTION.issuperset(words[asked:f.end + 1])]
            if found:
                return tuple(f.words for f in found)
    return ()


def _number_reply(question: Question, said: str, talk) -> Reply:
    """Right where one number is, and no other of the reply is wrong or offered beside it: who names two knows none."""
    held, wanted = question.number, "ms" if question.number.kind == "budget" else question.number.kind
    found = [q for s in talk.sentences for q in quantities(s) if q.kind == wanted]
    if held.kind == "budget":
        parts = stage_parts(found)
        ok = bool(parts) and sum(q.value for q in parts) <= held.given * 1.05
    else:
        ok = any(max(q.value / held.given, held.given / q.value) <= NEAR_ENOUGH for q in found if q.value > 0)
        ok = ok and not any(OFFERED.search(q.sentence.text) for q in found)
    wrong = [c for c in check(talk.sentences, held.brief) if not c.ok and not TAKEN_BACK.search(plain(c.words))]
    ok = ok and not wrong
    return Reply(question, said, float(ok), tuple(q.near.strip() for q in found) if ok else (),
                 () if ok else ("the number that the brief gives, and no other",))
