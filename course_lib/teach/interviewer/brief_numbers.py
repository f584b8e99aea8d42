"""What was said in numbers, held against the brief: how many times off, and what the brief would give."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from course_lib.launch.whiteboard import SECONDS_A_DAY
from course_lib.teach.interview.mock import brief
from course_lib.teach.interviewer.number_words import NUMBER
from course_lib.teach.interviewer.quantities import Quantity, quantities
from course_lib.teach.interviewer.talk_text import FRAGMENT, GIVEN, LIST, Sentence

NEAR_ENOUGH = 1.3       # arithmetic aloud is rounded; a factor beyond this is another number
SPARE = re.compile(r"headroom|head room|provision|spare|capacity for|sized? for|buy for|plan for|reserve|room for|"
                   r"redundan|"
                   r"would be|instead of|not \d|test|budget halves|worker|machine|each server|per server|server|"
                   r"core|host|box")
RAW = re.compile(r"raw|float|uncompressed|full (?:vector|precision)|original|dimension|dims|picture|image")
MACHINE = re.compile(r"machine|server|ram of|host|node|\bbox|disk|cache|model")
STAGE = re.compile(r"retriev|\bann\b|gbdt|hnsw|rank|search|fetch|feature|filter|candidat|network|index|scor|lookup|"
                   r"assembl|overhead|slack|spare|rest\b|store|slate|sort|order|leaves|first|second|find|page|log|render")
# "every ten million listings cost 6 GB" is a rate, and no claim about how many there are.
PER_SO_MANY = re.compile(rf"\b(?:every|per|each) (?:further |extra |additional |more |another |about )?{NUMBER}\b")
PEAK = re.compile(r"peak|busiest|worst|max|rush|evening|prime")
MEAN = re.compile(r"mean|average|on a day|steady|over the day|spread")
# "3,500 a second, and three times that at the peak" says what the peak is made of, and not that it is 3,500.
MADE_OF = re.compile(r"\b(?:times|x|multipl\w*|\w*fold|factor|more|triple[sd]?|before)\b")
# A swap makes two of it; more are told as copies or machines.
COPIES = re.compile(r"\bcop(?:y|ies)|replica|redundan|"
                    r"(?:2|3|4|6) (?:of (?:it|them)|versions|shards|servers|machines|nodes|boxes)")
# "the index is 12 GB, and twice that in the swap": what is doubled is one of it, while "23 GB, twice the index" is two.
DOUBLED = re.compile(r"\b(?:twice|double|two times|2 times) (?:that|this|it|as much)\b(?! of)")
# "nobody can score all of it in 20 ms" speaks of what does not fit, and gives no stage its share.
DOES_NOT_FIT = re.compile(r"\b(?:can not|nobody|no one|impossible|would take|never|will not fit|does not fit)\b")
WHOLE = re.compile(r"altogether|in all|overall|total|whole|end to end|budget|a request|the request|per request|answer")


@dataclass(frozen=True)
class Checked:
    """One number that can be checked. kind: as in quantities, or "budget". said, given: in the kind's unit. ok: near
    enough? words: the sentence, as typed. about: what it counts. brief: what it is held against."""

    kind: str
    said: float
    given: float
    ok: bool
    words: str
    about: str
    brief: str = ""

    @property
    def factor(self) -> float:
        """How many times too much or too little, at least 1."""
        low, high = sorted((self.said, self.given))
        return high / low if low > 0 else float("inf")

    @property
    def question(self) -> str:
        """What is asked where it is off."""
        if self.kind == "budget":
            return (f"Your parts add up to {self.said:,.0f} ms, and the whole may take {self.given:,.0f}. Which part "
                    "gives way?")
        return (f"You said {readable(self.kind, self.said)} for {self.about}. From the brief's numbers I get another "
                f"value: yours is off by {self.factor:.1f}×. How did you get there?")


def readable(kind: str, value: float) -> str:
    """A value with its unit."""
    if kind.startswith("bytes"):
        scales = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))
        size, unit = next(((value / scale, name) for scale, name in scales if value >= scale), (value, "bytes"))
        return f"{size:,.3g} {unit}" + {"bytes_rate": " a second", "bytes_each": " an item"}.get(kind, "")
    unit = {"rate": "requests a second", "requests_day": "requests a day", "people_day": "people a day",
            "items": "items", "ms": "ms", "days": "days"}[kind]
    return f"{value:,.0f} {unit}"


def expected(name: str) -> dict[str, float]:
    """What the brief's numbers give, by what is counted."""
    b = brief(name)
    day = b.users_a_day * b.requests_a_user
    mean = day / SECONDS_A_DAY
    return {"peak": mean * b.peak, "mean": mean, "requests_day": day, "people_day": b.users_a_day, "items": b.items,
            "bytes_each": b.vector_bytes, "index": b.items * b.vector_bytes, "log": day * b.slate * b.row_bytes,
            "features": mean * b.peak * b.candidates * b.feature_bytes, "rows": mean * b.peak * b.slate * b.row_bytes}


def check(sentences: Iterable[Sentence], name: str) -> list[Checked]:
    """Numbers of sentences that say something, against the brief; a right one of a kind excuses no wrong one."""
    held, out = expected(name), []
    live = [s for s in sentences if s.idle in ("", FRAGMENT, LIST, GIVEN)]        # a terse list is read, too
    for sentence in live:
        for quantity in quantities(sentence):
            if (checked := _against(quantity, held)) is not None:
                out.append(checked)
    for phase in dict.fromkeys(s.phase for s in live):
        here = [q for s in live if s.phase == phase for q in quantities(s)]
        out += _budget([q for q in here if q.kind == "ms" and q.value <= 5000])
    return [replace(c, brief=name) for c in {(c.kind, c.said, c.about): c for c in out}.values()]


def _against(q: Quantity, held: dict[str, float]) -> Checked | None:
    text = q.sentence.text
    if q.value < (10 if q.kind == "rate" else 1e-9) or PER_SO_MANY.search(q.near):
        return None
    if SPARE.search(q.near) and not (q.kind == "rate" and q.value > 2 * held["peak"]):     # twice the peak is to spare
        return None
    if q.kind == "rate":
        if re.search(r"feature|event|click|byte|candidat|item|scor|row|vector|listing|frame|write|update|look ?up|"
                     r"read", q.near):
            return None
        names = _named(q)
        fits = [key for key in names if _near(q.value, held[key])]
        if not fits and len(names) > 1 and PEAK.search(text) and not MEAN.search(q.near):
            names = ("peak",)
        key = fits[0] if fits else min(names, key=lambda n: _off(q.value, held[n]))
        told = {"peak": "the peak", "mean": "the mean"}[key]
        return Checked("rate", q.value, held[key], bool(fits), q.sentence.said, told)
    if q.kind == "bytes":
        return _bytes(q, held, text)
    if q.kind == "bytes_each" and re.search(r"vector|code|item|index|listing|story", text):
        if RAW.search(text) or re.search(r"feature|row|log", q.near):
            return None
        return Checked("bytes_each", q.value, held["bytes_each"], _near(q.value, held["bytes_each"]), q.sentence.said,
                       "a vector")
    if q.kind == "bytes_rate":
        about = "features read" if "feature" in text else "rows logged" if "log" in text else ""
        given = held["features" if "feature" in text else "rows"]
        return Checked(q.kind, q.value, given, _near(q.value, given), q.sentence.said, about) if about else None
    least = {"people_day": 1e5, "items": 5e5, "requests_day": 1e6}.get(q.kind)
    if least is None or q.value < least or re.search(r"each|arm|group|new|percent|sample|need|per ", q.near):
        return None
    if q.kind == "people_day" and not re.search(r"day|daily|dau", text):
        return None
    about = {"people_day": "the people", "items": "the catalogue", "requests_day": "the requests of a day"}[q.kind]
    if q.kind == "requests_day" and _near(q.value, held["people_day"]):
        return None
    return Checked(q.kind, q.value, held[q.kind], _near(q.value, held[q.kind]), q.sentence.said, about)


def _named(q: Quantity) -> tuple[str, ...]:
    """What a rate is said to be, "peak" or "mean", by its own clause or a short one before it; both where that is open.
    """
    before, _, after = q.near.partition(q.sentence.text[q.at:q.end])
    lead = q.sentence.text[:q.sentence.text.find(q.near)].rstrip(" ,:;")
    lead = lead if not re.search(NUMBER, lead + before) and len(lead.split()) <= 6 else ""
    own = f"{lead} {re.split(NUMBER, before)[-1]} {re.split(NUMBER, after)[0]}"     # what no other number stands in
    peak, mean = (bool(pattern.search(own)) for pattern in (PEAK, MEAN))
    made_of = PEAK.search(after) and MADE_OF.search(after)
    return ("peak", "mean") if peak == mean or made_of else ("peak",) if peak else ("mean",)


def _bytes(q: Quantity, held: dict[str, float], text: str) -> Checked | None:
    """Bytes of the index (once or twice; more only where copies or a swap are named), or of the log."""
    if q.value < 1e6:
        return None
    if re.search(r"\blog|row|showing|impression", q.near):
        if "day" not in text and "daily" not in text:
            return None
        return Checked("bytes", q.value, held["log"], _near(q.value, held["log"]), q.sentence.said, "a day of the log")
    sure = re.search(r"index|vector|\bcode|embedding", text) is not None
    if RAW.search(text) or MACHINE.search(q.near) or re.search(r"feature|second", q.near):
        return None
    often = (1, 2, 3, 4, 6) if COPIES.search(text) else (1,) if DOUBLED.search(text[q.end:]) else (1, 2)
    given = min((held["index"] * times for times in often), key=lambda value: _off(q.value, value))
    ok = _off(q.value, given) <= 1.15                   # with so many multiples, a wide band would hold anything
    return Checked("bytes", q.value, given, ok, q.sentence.said, "the index") if sure or ok else None


def _budget(times: list[Quantity]) -> list[Checked]:
    """Do the parts add up to no more than the whole? Parts stand beside a stage, the whole beside a word for it."""
    parts = stage_parts(times)
    wholes = [q for q in times if q not in parts and (WHOLE.search(q.near) or not STAGE.search(q.near))]
    if len(parts) < 2 or not wholes:
        return []
    total, whole = sum(q.value for q in parts), max(q.value for q in wholes)
    return [Checked("budget", total, whole, total <= whole * 1.05, parts[0].sentence.said, "the stages together")]


def stage_parts(times: Iterable[Quantity]) -> list[Quantity]:
    """The times that stand beside a stage, and are not the whole's, nor of what does not fit."""
    return [q for q in times
            if STAGE.search(q.near) and not WHOLE.search(q.near) and not DOES_NOT_FIT.search(q.near)]


def _near(said: float, given: float) -> bool:
    return _off(said, given) <= NEAR_ENOUGH


def _off(said: float, given: float) -> float:
    return max(said / given, given / said)
