"""A score out of what was shown to be understood, with its parts, and the sentences that would have gained most."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from course_lib.teach.interview.mock_texts import KEYS
from course_lib.teach.interviewer.asides import off_subject
from course_lib.teach.interviewer.asserted import waved_off
from course_lib.teach.interviewer.brief_numbers import Checked, check
from course_lib.teach.interviewer.coherence import FOREIGN, UPPER, highest, incoherent, relief, tied_share
from course_lib.teach.interviewer.handed_out import handed_out
from course_lib.teach.interviewer.number_words import NUMBER
from course_lib.teach.interviewer.propositions import Point, Reading, flag_words, flags, points
from course_lib.teach.interviewer.strange_words import connected
from course_lib.teach.interviewer.talk_text import FRAGMENT, OPPOSITE, REASON

PARTS = {"coverage": 0.72, "numbers": 0.14, "reasons": 0.08, "order": 0.06}     # of what was said, before follow-ups
FOLLOW_UPS = 0.15                       # share of the whole once any were asked
PACE = 0.05                             # share of what was said that is lost where no phase was reached in its time
RIGHT_NUMBERS = 3                       # different kinds of right number that count as full
REASONED = 0.6                          # share of sentences with a reason, a condition or a number that counts as full
USUAL_DENIALS = 3                       # "not clicks", "no id embedding": everybody denies something
ASKING = 2.0                            # points for asking for the numbers before using them
NO_SENSE = "sentences whose words I could not connect with the subject"
MOST_OFF = 25.0                         # points that idle talk and flags can cost each
FALSE_COSTS = 3.0                       # a flag of this cost is a false statement
FAR_OFF = 2.5                           # a number that is off by so many times is one, too
FALSE_FREE, EACH_FALSE, LEAST = 1, 10.0, 5.0    # false statements beyond the first lower what can be reached
WAVED_FREE, EACH_WAVED = 3, 2.0         # the same for what is waved off: "needs no", "is enough", "nobody has to"
CAPPED = "false statements: an answer that holds so many reaches no more"
HANDED = "reasons in your own words that fit other points of yours better than their own"
UNTIED = "points without a reason, a number, an owner or a failure"
WAVED = "things waved off"


@dataclass(frozen=True)
class Points:
    """A score, 0 to 100. coverage, numbers, reasons, order, follow_ups, pace: shares 0 to 1 (follow_ups None where none
    was asked, pace where no clock ran). off: points taken off, by why. by_phase: share of what belongs to a phase."""

    total: float
    coverage: float
    numbers: float
    reasons: float
    order: float
    follow_ups: float | None
    off: dict[str, float]
    by_phase: dict[str, float]
    checked: tuple[Checked, ...]
    pace: float | None = None


def heard(reading: Reading) -> set[str]:
    """Points that stand: ticked, and not taken away by what was said against them.

    Who says a thing and its opposite more than once has said neither: such a phase holds no points.
    """
    cancelled = {point for tick in reading.flags for flag in flags() if flag.id == tick.id for point in flag.cancels}
    both = [s.phase for s in reading.sentences() if s.idle == OPPOSITE]
    if len(both) > 1:
        cancelled |= {tick.id for tick in reading.ticks.values() if tick.phase in both}
    return set(reading.ticks) - cancelled


def score(reading: Reading, follow_ups: Mapping[str, float] | None = None, pace: float | None = None) -> Points:
    """Score a reading. follow_ups: question -> share survived, 0 to 1. pace: share of the phases that were reached and
    kept their time, None where no clock ran."""
    stand = heard(reading)
    coverage, by_phase = covered(stand, reading.brief)
    sentences = reading.sentences()
    checked = tuple({(c.kind, c.said, c.about): c for c in (*check(sentences, reading.brief), *reading.slips)}.values())
    said = {"coverage": coverage, "numbers": number_share(checked), "reasons": reason_share(sentences),
            "order": order_share(reading)}
    base, survived = weighed(said, follow_ups, pace)
    off = taken_off(reading)
    ticked = [reading.ticks[id].sentence for id in stand]
    sense = connected(off_subject((s for s in sentences if s.phase not in reading.explained), ticked))
    lost = incoherent(sentences, reading.brief) | ({NO_SENSE: 1 - sense} if sense < 1 else {})
    off |= {why: 100 * base * part for why, part in in_other_words(lost, sentences).items()}
    base += ASKING / 100 * bool(reading.asked)
    most = limits(reading, checked, tied_share(ticked))
    most[HANDED] = 100 - (100 - UPPER) * handed_out(sentences)      # reasons that were handed out tie nothing
    total = capped(100 * base, off, most)
    return Points(total, **said, follow_ups=survived, off=off, by_phase=by_phase, checked=checked, pace=pace)


def in_other_words(lost: Mapping[str, float], sentences) -> dict[str, float]:
    """What is lost, by why: words of other talk count once, by the larger of the two, less the speaker's relief."""
    held = dict(lost)
    both = [why for why in (NO_SENSE, FOREIGN) if why in held]
    if both:
        larger = max(both, key=held.get)
        held = {why: part for why, part in held.items() if why not in both or why == larger}
        held[larger] *= 1 - relief(sentences)
    return held


def covered(stand: set[str], brief: str) -> tuple[float, dict[str, float]]:
    """Of the points that stand: their share of the weight of all, and the same by phase."""
    by_phase = {}
    for key in KEYS:
        here = [p for p in points(brief) if p.phase == key]
        by_phase[key] = sum(p.weight for p in here if p.id in stand) / sum(p.weight for p in here)
    total = sum(p.weight for p in points(brief))
    return sum(p.weight for p in points(brief) if p.id in stand) / total, by_phase


def weighed(said: Mapping[str, float], follow_ups: Mapping[str, float] | None, pace: float | None = None
            ) -> tuple[float, float | None]:
    """(the parts, the pace and the questions back put together, 0 to 1; share of the questions survived, None where
    none)."""
    base = sum(share * said[name] for name, share in PARTS.items())
    base *= 1.0 if pace is None else 1 - PACE * (1 - pace)         # in time, but silent, is worth nothing
    if not follow_ups:
        return base, None
    survived = sum(follow_ups.values()) / len(follow_ups)
    return (1 - FOLLOW_UPS) * base + FOLLOW_UPS * survived, survived


def capped(total: float, off: dict[str, float], most: Mapping[str, float]) -> float:
    """A total less what is taken off, 0 to 100 and no more than any of `most` allows; what that takes is put to off."""
    total = min(max(total - sum(off.values()), 0.0), 100.0)
    for why, highest_one in most.items():
        if total > highest_one:
            off[why], total = total - highest_one, highest_one
    return total


def limits(reading: Reading, checked, tied: float) -> dict[str, float]:
    """Why -> the highest score that an answer can reach: false statements, points that nothing is tied to. tied: share
    of points with a reason, a number, an owner or a failure."""
    costs = {flag.id: flag.cost for flag in flags()}
    false = {tick.sentence for tick in reading.flags if costs[tick.id] >= FALSE_COSTS}
    false |= {c.words for c in checked if not c.ok and c.factor >= FAR_OFF}
    most = 100.0 - EACH_FALSE * max(len(false) - FALSE_FREE, 0)
    return {CAPPED: max(most, LEAST), UNTIED: highest(tied)}


def number_share(checked) -> float:
    """Right numbers of different kinds, less the wrong ones. Numbers that the brief gives and were only said again
    count for nothing."""
    kinds = ("rate", "bytes", "bytes_rate", "requests_day", "budget")
    worked_out = {c.about for c in checked if c.ok and c.kind in kinds}
    wrong = sum(not c.ok for c in checked)
    return min(max((len(worked_out) - wrong) / RIGHT_NUMBERS, 0.0), 1.0)


def reason_share(sentences) -> float:
    """Share of sentences that give a reason, a condition or a number, against REASONED."""
    live = [s for s in sentences if not s.idle]
    if not live:
        return 0.0
    reasoned = sum(bool(REASON.search(s.text) or re.search(NUMBER, s.text)) for s in live)
    return min(reasoned / len(live) / REASONED, 1.0) * min(len(live) / 12, 1.0)


def order_share(reading: Reading) -> float:
    """1 where the decision and the objective come before any component; 0 where a component does, or none comes."""
    words = flag_words()
    for sentence in reading.sentences("frame"):
        if not sentence.idle and any(not f.denied for f in words.find("component", sentence.text)):
            return 0.0
        said = {tick.id for tick in reading.ticks.values() if tick.phase == "frame" and sentence.said in tick.sentence}
        if said & {"decision", "objective", "money"}:
            return 1.0
    return 0.0


def taken_off(reading: Reading) -> dict[str, float]:
    """Points off, by why: what was said against the answer, and talk that says nothing."""
    off, sentences = flags_off(reading), reading.sentences()
    opposites = sum(s.idle == OPPOSITE for s in sentences)
    if opposites > 1:
        off[OPPOSITE] = min(4.0 * (opposites - 1), MOST_OFF)
    if len(reading.denied) > USUAL_DENIALS:
        off["says that it needs none of this"] = min(2.0 * (len(reading.denied) - USUAL_DENIALS), MOST_OFF)
    waved = sum(waved_off(s.text) for s in sentences if not s.idle)
    if waved > WAVED_FREE:
        off[WAVED] = min(EACH_WAVED * (waved - WAVED_FREE), MOST_OFF)
    idle = sum(len(s.text.split()) for s in sentences if s.idle not in ("", FRAGMENT))
    share = idle / max(sum(len(s.text.split()) for s in sentences), 1)
    if share > 0.05:
        off["sentences I could not use"] = MOST_OFF * share
    return off


def flags_off(reading: Reading) -> dict[str, float]:
    """Points off for what was said against the answer, by why."""
    costs = {flag.id: (flag.label, flag.cost) for flag in flags()}
    off: dict[str, float] = {}
    for tick in reading.flags:
        label, cost = costs[tick.id]
        off[label] = min(off.get(label, 0.0) + cost, 2 * cost if tick.id != "boast" else 8.0)
    return off


def would_gain(reading: Reading, n: int = 2) -> list[Point]:
    """The points not heard that weigh most, of phases that were reached, those of the earlier phase first."""
    stand = heard(reading)
    left = [p for p in points(reading.brief) if p.id not in stand and p.phase in reading.talks]
    return sorted(left, key=lambda p: (-p.weight, KEYS.index(p.phase)))[:n]
