"""What an answer says: points ticked with the words they rest on, and what counts against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from course_lib.teach.interview.mock_texts import BRIEFS, KEYS, PHASES
from course_lib.teach.interviewer.brief_numbers import Checked
from course_lib.teach.interviewer.crossed import crossed
from course_lib.teach.interviewer.denial import TAKEN_BACK, is_hypothetical
from course_lib.teach.interviewer.number_ranges import ranges
from course_lib.teach.interviewer.talk_text import FRAGMENT, Listener, Sentence, Talk
from course_lib.teach.interviewer.word_patterns import Way, Words, load, standard, windows

WRONG_COSTS = 3.0                   # points off for a statement that is wrong about a point
WRONG_ASKS = "You said “{words}”. Is that so? Think it through once more, and tell me what you would do instead."
MOST_POINTS_A_SENTENCE = 3          # a sentence that touches on more than this is a list, whatever joins it


@dataclass(frozen=True)
class Point:
    """Something to be heard; a line of points.toml."""

    id: str
    phase: str
    weight: float
    label: str
    ways: tuple[Way, ...]
    ask: str
    briefs: tuple[str, ...]
    only_in: tuple[str, ...] = ()
    say: str = ""
    lead: str = ""


@dataclass(frozen=True)
class Flag:
    """Something that counts against an answer; a line of flags.toml."""

    id: str
    phase: str
    cost: float
    label: str
    ways: tuple[Way, ...]
    cancels: tuple[str, ...]
    again: str
    truth: str = ""


@dataclass(frozen=True)
class Tick:
    """A point or flag that was heard. sentence: as typed. words: the phrases in it that carry it. phase: where."""

    id: str
    phase: str
    sentence: str
    words: tuple[str, ...]


@dataclass
class Reading:
    """All answers so far, read. talks: phase -> Talk. ticks: point id -> Tick. flags: heard, in order.
    denied: point id -> where it was said not to be needed, or not to be so. asked: numbers of the brief that were asked
    for. explained: phases whose strange words were explained when asked. slips: numbers in replies that are off."""

    brief: str
    talks: dict[str, Talk] = field(default_factory=dict)
    ticks: dict[str, Tick] = field(default_factory=dict)
    flags: list[Tick] = field(default_factory=list)
    denied: dict[str, Tick] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    explained: set[str] = field(default_factory=set)
    slips: list[Checked] = field(default_factory=list)

    def sentences(self, phase: str | None = None) -> list[Sentence]:
        """What was said, in the order of the phases."""
        return [s for key in KEYS if phase in (None, key) and key in self.talks for s in self.talks[key].sentences]


@cache
def flag_words() -> Words:
    """The concepts of words.toml, flags.toml and wrong.toml."""
    wrong = {f"wrong_{w['cancels']}": w["says"] for w in load("wrong")["wrong"]}
    wrong |= {f"unless_{w['cancels']}": w["unless"] for w in load("wrong")["wrong"] if "unless" in w}
    return Words(load("words") | load("flags")["words"] | wrong)


@cache
def points(brief: str) -> tuple[Point, ...]:
    """What is listened for in a brief."""
    words = standard()
    return tuple(Point(p["id"], p["phase"], p["weight"], p["label"], tuple(Way(w, words) for w in p["ways"]), p["ask"],
                       tuple(p.get("briefs", BRIEFS)), tuple(p.get("only_in", ())), p.get("say", ""), p.get("lead", ""))
                 for p in load("points")["point"] if brief in p.get("briefs", BRIEFS))


@cache
def flags() -> tuple[Flag, ...]:
    """What counts against an answer: the flags, then what is wrong about a point, then numbers that no design has."""
    words = flag_words()
    held = [Flag(f["id"], f["phase"], f["cost"], f["label"], tuple(Way(w, words) for w in f["ways"]),
                 tuple(f["cancels"]), f["again"]) for f in load("flags")["flag"]]
    about = {p.id: p for brief in BRIEFS for p in points(brief)}
    for wrong in load("wrong")["wrong"]:
        point = about[wrong["cancels"]]
        way = f"wrong_{point.id} - unless_{point.id}" if "unless" in wrong else f"wrong_{point.id}"
        held.append(Flag(f"wrong_{point.id}", point.phase, WRONG_COSTS, f"wrong about “{point.label}”",
                         (Way(way, words),), (point.id,), WRONG_ASKS, wrong["truth"]))
    held += [Flag(r.id, r.phase, WRONG_COSTS, f"no design has such a number: {r.what}", (), r.cancels, WRONG_ASKS)
             for r in ranges()]
    return tuple(held)


def known_texts(brief: str) -> tuple[str, ...]:
    """What is not the candidate's own: the brief, the questions, what is listened for, the reference."""
    held = [BRIEFS[brief].says]
    for phase in PHASES:
        for name in BRIEFS:
            held += [phase.asks[name], *phase.listens[name], phase.reference[name]]
    held += [text for p in points(brief) for text in (p.label, p.ask, p.say)]
    return tuple(held)


def listener_of(brief: str) -> Listener:
    """A listener who knows what was given."""
    b = BRIEFS[brief]
    given = (b.users_a_day, b.requests_a_user, b.peak, b.items, b.vector_bytes, b.candidates, b.feature_bytes,
             b.row_bytes, b.slate)
    return Listener(known_texts(brief), map(float, given))


def read(answers: Mapping[str, str], brief: str) -> Reading:
    """Read answers by phase. brief: "feed" or "marketplace". Phases that there are not are left out."""
    listener, reading = listener_of(brief), Reading(brief)
    for key in KEYS:
        if key in answers:
            reading.talks[key] = listener.hear(answers[key], key)
    for key in reading.talks:
        hear(reading, key)
    return reading


def hear(reading: Reading, key: str) -> None:
    """Tick what the answer of one phase says; the talk is in the reading already."""
    seen = _Looker(flag_words())
    bad = _hear_flags(reading, reading.talks[key], key, seen) | _hear_ranges(reading, reading.talks[key], key)
    sentences = [s for s in reading.talks[key].sentences if s.said not in bad and not crossed(s.text)[0]]
    spans = windows(sentences)
    _hear_denials(reading, key, spans, seen)
    load_of: dict[str, int] = {}
    for point in sorted(points(reading.brief), key=lambda p: (p.phase != key, -p.weight)):
        if point.id in reading.ticks or point.only_in and key not in point.only_in:
            continue
        for held, text in spans:
            if max(load_of.get(s.said, 0) for s in held) >= MOST_POINTS_A_SENTENCE:
                continue
            if found := _first(point.ways, text, seen):
                said = " ".join(s.said for s in held)
                reading.ticks[point.id] = Tick(point.id, key, said, tuple(f.words for f in found))
                for sentence in held:
                    load_of[sentence.said] = load_of.get(sentence.said, 0) + 1 / len(held)
                break


def hear_reply(reading: Reading, talk: Talk, key: str, only_false: bool = False) -> None:
    """Note what a reply in a phase says that counts against it. only_false: that alone which is wrong whatever the
    constraints are."""
    held = tuple(f for f in flags() if f.cost > 1 and (f.id.startswith("wrong_") or not only_false))
    _hear_flags(reading, talk, key, _Looker(flag_words()), held)
    if not only_false:
        _hear_ranges(reading, talk, key)


def _hear_flags(reading, talk, key, seen, held=None) -> set[str]:
    """Note what speaks against an answer of one phase. Returns the sentences that therefore tick nothing."""
    single = [s for s in talk.sentences if s.idle in ("", FRAGMENT)]
    follows = {one.said: other.text for one, other in zip(single, single[1:], strict=False)}
    bad: set[str] = set()
    for flag in flags() if held is None else held:
        again = False
        for sentence in single:
            found = _first(flag.ways, sentence.text, seen)
            if not found or flag.cost > 1 and (is_hypothetical(sentence.text, found[0].words)
                                               or TAKEN_BACK.match(follows.get(sentence.said, ""))):
                continue
            if flag.cost > 1:
                bad.add(sentence.said)
            tick = Tick(flag.id, key, sentence.said, tuple(f.words for f in found))
            known = any((old.id, old.sentence) == (tick.id, tick.sentence) for old in reading.flags)
            if not known and not (again and flag.id != "boast"):
                reading.flags.append(tick)
            again = True
    return bad


def _hear_ranges(reading, talk, key) -> set[str]:
    """Note the numbers of one phase that no design has. Returns the sentences that hold them."""
    bad: set[str] = set()
    for sentence in talk.sentences:
        for kind in ranges() if sentence.idle in ("", FRAGMENT) else ():
            words = kind.outside(sentence.text)
            if words and not is_hypothetical(sentence.text, words):
                bad.add(sentence.said)
                reading.flags.append(Tick(kind.id, key, sentence.said, (words,)))
    return bad


def _hear_denials(reading, key, spans, seen) -> None:
    """Note the points that a sentence says not to be needed, or not to be so."""
    for point in points(reading.brief):
        if point.only_in and key not in point.only_in:
            continue
        for held, text in spans:
            found = _first(point.ways, text, seen, Way.denied) if len(held) == 1 else ()
            if found:
                tick = Tick(point.id, key, held[0].said, tuple(f.words for f in found))
                reading.denied.setdefault(point.id, tick)
                break


def says(talk: Talk, ways: Iterable[Way]) -> tuple[str, ...]:
    """The words of a reply that carry one of the ways, () where none does. Idle sentences say nothing."""
    ways = tuple(ways)
    for _, window in windows(talk.sentences):
        for way in ways:
            if found := way.match(window):
                return tuple(f.words for f in found)
    return ()


def _first(ways, text, seen, find=Way.match):
    for way in ways:
        if found := find(way, text, seen.at(text)):
            return found
    return ()


class _Looker:
    """Finds each concept in each text once."""

    def __init__(self, words: Words):
        self._words, self._held = words, {}

    def at(self, text: str):
        held = self._held.setdefault(text, {})

        def look(name):
            if name not in held:
                held[name] = self._words.find(name, text)
            return held[name]
        return look
