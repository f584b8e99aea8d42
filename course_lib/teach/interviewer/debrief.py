"""The page after an interview: the score, what every tick rests on, the two sentences that were missing."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from course_lib.teach.interview.mock_texts import PHASES
from course_lib.teach.interviewer.handed_out import elsewhere
from course_lib.teach.interviewer.phase_clock import over_time, pace_share
from course_lib.teach.interviewer.propositions import Reading, flags, points
from course_lib.teach.interviewer.talk_score import HANDED, PARTS, Points, heard, score, would_gain
from course_lib.teach.show.notices import Notice

SHARES = (*PARTS, "follow_ups", "pace")
LEGEND = ("✓ heard, · not heard, ✗ taken away again, − counts against, ○ could not be used, ½ partly answered; a phase "
          "opens at a click.")


@dataclass(frozen=True)
class Debrief:
    """How an interview went. points: the score and its parts. gains: what would have gained most, as sentences. mine:
    the learner's own estimate or None. kept: what is stored of it, JSON. Shows itself."""

    points: Points
    gains: tuple[str, ...]
    mine: float | None
    kept: dict
    notice: Notice

    def __repr__(self) -> str:
        return repr(self.notice)

    def _repr_html_(self) -> str:
        return self.notice._repr_html_()


def make(reading: Reading, replies: Sequence, spent: Mapping[str, float], minutes: float, notes: tuple[str, ...] = (),
         mine: float | None = None, listened: Points | None = None) -> Debrief:
    """Judge a reading and the replies. spent: phase -> minutes; all 0 where no clock ran. listened: the score where a
    listener ticked what is in the reading, None where rules read it."""
    points_ = listened or score(reading, survived(replies), pace_share(spent, minutes))
    stand = heard(reading)
    gains = tuple(f"{_phase_name(p.phase)}: {p.label}" + (f", such as “{p.say}”" if p.say else "")
                  for p in would_gain(reading))
    says = [f"{points_.total:.0f} of 100."]
    says += [f"Your own estimate: {mine:.0f}."] if mine is not None else []
    says += [_parts(points_, "ticks" if listened else "sentences")]
    if gains and stand:
        says.append("The two sentences that would have gained most: " + " ".join(gains))
    says += [f"Taken off: {why} (−{cost:.0f})." for why, cost in points_.off.items() if cost >= 0.5]
    if HANDED in points_.off:
        says.append(f"You gave {'; '.join(elsewhere(reading.sentences()))}. What has the one to do with the other?")
    says += [c.question for c in points_.checked if not c.ok]
    says += _pace(spent, minutes)
    says += notes
    if not reading.talks:
        says = ["Nothing has been said yet.", *notes]
    says += [LEGEND] if reading.talks else []
    folded = [_page(reading, p, stand, points_) for p in PHASES if p.key in reading.talks]
    folded += [_replies(replies)] if replies else []
    kept = {"brief": reading.brief, "by": "listener" if listened else "rules",
            "total": round(points_.total, 1), "mine": mine, "gains": list(gains),
            "parts": {name: getattr(points_, name) for name in SHARES},
            "by_phase": points_.by_phase, "heard": sorted(stand), "spent": dict(spent),
            "said": {key: " ".join(s.said for s in talk.sentences) for key, talk in reading.talks.items()}}
    return Debrief(points_, gains, mine, kept, Notice("note", f"Debrief, {reading.brief}", tuple(says), folded=folded))


def survived(replies: Sequence) -> dict[str, float]:
    """Question -> share of it that was answered, 0 to 1."""
    return {f"{n} {reply.question.id}": reply.share for n, reply in enumerate(replies)}


def _parts(held: Points, of: str) -> str:
    told = [f"covered {held.coverage:.0%} of what is listened for", f"numbers worked out and right {held.numbers:.0%}",
            f"{of} with a reason {held.reasons:.0%}",
            "the decision came first" if held.order else "the decision did not come first"]
    told += [f"questions back survived {held.follow_ups:.0%}"] if held.follow_ups is not None else []
    told += [f"phases reached and in their time {held.pace:.0%}"] if held.pace is not None else []
    return "; ".join(told).capitalize() + "."


def _pace(spent: Mapping[str, float], minutes: float) -> list[str]:
    """The phases that had much more or less than their time; nothing where no clock ran to speak of."""
    if pace_share(spent, minutes) is None:
        return []
    over = [_phase_name(key) for key in over_time(spent, minutes)]
    none = [p.name for p in PHASES if spent.get(p.key, 0.0) == 0]
    told = [f"{sum(spent.values()):.0f} of {minutes:g} minutes used."]
    told += [f"Over their time: {', '.join(over)}."] if over else []
    return told + ([f"Not reached: {', '.join(none)}."] if none else [])


def _phase_name(key: str) -> str:
    return next(p.name for p in PHASES if p.key == key)


def _page(reading: Reading, phase, stand: set[str], held: Points) -> tuple[str, str, str]:
    """One phase, folded: what was heard and on which words it rests, what was not, what said nothing."""
    lines = []
    for point in points(reading.brief):
        if point.phase != phase.key:
            continue
        tick = reading.ticks.get(point.id)
        if point.id in stand and tick is not None:
            words = " … ".join(tick.words)
            lines.append(f"✓ {point.label}: “{words}”" + f" in “{_short(tick.sentence)}”" * (words != tick.sentence))
        elif tick is not None:
            lines.append(f"✗ {point.label}: taken away by what was said against it")
        else:
            lines.append(f"· {point.label}")
    told = {flag.id: flag for flag in flags()}
    lines += [f"− {told[t.id].label}: “{_short(t.sentence)}” {told[t.id].truth}".rstrip() for t in reading.flags
              if t.phase == phase.key]
    lines += [f"− said not to be needed: “{_short(t.sentence)}”" for t in reading.denied.values()
              if t.phase == phase.key and t.id not in stand]
    lines += [f"○ {s.idle}: “{_short(s.said)}”" for s in reading.talks[phase.key].sentences if s.idle]
    return _folded(f"{phase.name}: {held.by_phase[phase.key]:.0%}", lines)


def _replies(replies: Sequence) -> tuple[str, str, str]:
    lines = []
    for reply in replies:
        sign = "✓" if reply.share == 1 else "·" if reply.share == 0 else "½"
        rests = f" rests on “{' … '.join(reply.words)}”" if reply.words else ""
        left = f" Missing: {'; '.join(reply.missing)}." if reply.missing else ""
        lines.append(f"{sign} {reply.question.text} You: “{_short(reply.said)}”{rests}{left}")
    return _folded("Questions back", lines)


def _folded(title: str, lines: list[str]) -> tuple[str, str, str]:
    """A part that opens at a click: its title, its lines as HTML and as text."""
    body = '<div style="margin-left:1.2em">' + "<br>".join(html.escape(line) for line in lines) + "</div>"
    return title, body, "\n".join(lines)


def _short(text: str, most: int = 160) -> str:
    flat = " ".join(str(text)[:4 * most].split())
    return flat if len(flat) <= most else flat[:most - 1] + "…"
