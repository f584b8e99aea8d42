"""`course interview --listen`: tick two transcripts as a listener would, then see what the rules heard, and on which
words."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from course_lib.contracts import DataError
from course_lib.teach.interview.mock_texts import BRIEFS, CANDIDATE, KEYS, PHASES
from course_lib.teach.interviewer import pair_texts
from course_lib.teach.interviewer.debrief import Debrief
from course_lib.teach.interviewer.pair_run import LISTEN, PairRun
from course_lib.teach.interviewer.propositions import Reading, flags, hear, points
from course_lib.teach.interviewer.talk_score import score
from course_lib.teach.interviewer.talk_text import Listener

HOURS = 9999.0              # minutes: a transcript has no clock
INTRODUCTION = """Two candidates, phase by phase. Tick what each of them said, with the words it rests on; how the rules
read it comes after the last phase, so that you tick without it. An empty line ends a phase."""
WHY = """Look at each line where you differ, and read the words again. The rules know phrases: where the words say it in
another way, you are right. Where you ticked what was surely meant, they are. Where only they heard it, look whether it
was said of something else."""


@dataclass(frozen=True)
class Transcript:
    """What a candidate said. answers: phase -> words. readers: lowest and highest score of each reader, where known."""

    name: str
    brief: str
    answers: dict[str, str]
    readers: tuple[tuple[float, float], ...] = ()


def stored() -> tuple[Transcript, ...]:
    """The two that come with the course: a candidate on the feed, and what a prepared one says on the marketplace."""
    return (Transcript("the first candidate", "feed", {key: CANDIDATE[key][0] for key in KEYS}),
            Transcript("the second candidate", "marketplace", {p.key: p.reference["marketplace"] for p in PHASES}))


def load(file: str) -> Transcript:
    """A transcript from a TOML file: brief, a table `answers` by phase, and where known `score` and `second_reader`,
    two numbers each. Raises DataError that says what is missing."""
    try:
        held = tomllib.loads(Path(file).read_text(encoding="utf-8"))
        answers = {key: str(text) for key, text in held["answers"].items()}
        ranges = [held[name] for name in ("score", "second_reader") if name in held]
        readers = tuple((float(low), float(high)) for low, high in ranges)
        brief = held["brief"]
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(f"{file} is no transcript ({type(error).__name__}: {error}); expected a TOML file with brief = "
                        "\"feed\" and a table [answers] with a text for each phase.") from error
    strange = [key for key in answers if key not in KEYS]
    if brief not in BRIEFS or strange or not answers:
        raise DataError(f"{file}: expected brief to be one of {', '.join(BRIEFS)} and answers on {', '.join(KEYS)}; "
                        f"found brief {brief!r} and {', '.join(map(repr, strange)) or 'no other'} phases.")
    return Transcript(Path(file).stem, brief, answers, readers)


def rules_heard(transcript: Transcript) -> Reading:
    """What the rules hear, also in the course's own words, which count for nothing where a learner repeats them."""
    listener, reading = Listener(), Reading(transcript.brief)
    for key in KEYS:
        if key in transcript.answers:
            reading.talks[key] = listener.hear(transcript.answers[key], key)
    for key in reading.talks:
        hear(reading, key)
    return reading


@dataclass(frozen=True)
class Compared:
    """Two listeners. both, mine, theirs: ids of points ticked by both, by you alone, by the rules alone. boxes: points
    that could be ticked. text: all of it in words."""

    both: tuple[str, ...]
    mine: tuple[str, ...]
    theirs: tuple[str, ...]
    boxes: int
    text: str

    @property
    def alike(self) -> float:
        """Share of all points on which both say the same."""
        return 1 - (len(self.mine) + len(self.theirs)) / self.boxes

    @property
    def kappa(self) -> float:
        """The same beyond what two who tick as often by chance would have (Cohen's kappa); 1 where both tick all or
        none."""
        you, rules = len(self.both) + len(self.mine), len(self.both) + len(self.theirs)
        chance = (you * rules + (self.boxes - you) * (self.boxes - rules)) / self.boxes ** 2
        return (self.alike - chance) / (1 - chance) if chance < 1 else 1.0


def compare(transcript: Transcript, mine: Reading, done: Debrief | None = None) -> Compared:
    """Your ticks beside those of the rules, with the words of each. done: the debrief of your ticks, for the scores."""
    theirs, phases = rules_heard(transcript), [p for p in PHASES if p.key in transcript.answers]
    listed = [p for phase in phases for p in points(transcript.brief) if p.phase == phase.key]
    of = {kind: tuple(p.id for p in listed if (p.id in mine.ticks, p.id in theirs.ticks) == which)
          for kind, which in (("both", (True, True)), ("mine", (True, False)), ("theirs", (False, True)))}
    out = Compared(**of, boxes=len(listed), text="")
    label = {p.id: p.label for p in listed}
    lines = [f"You and the rules say the same of {out.alike:.0%} of {out.boxes} points (kappa {out.kappa:.2f})."]
    for head, ids, reading in (("Only you heard:", out.mine, mine), ("Only the rules heard:", out.theirs, theirs),
                               ("Both heard, and the rules on these words:", out.both, theirs)):
        lines += [head] * bool(ids)
        lines += [f"  {label[id]}: “{' … '.join(reading.ticks[id].words)}”{_where(reading, id)}" for id in ids]
    lines += _flags("Red flags that you noted:", mine) + _flags("Red flags that the rules noted:", theirs)
    if done is not None:
        lines.append(f"Your ticks make {done.points.total:.0f} of 100, the rules {score(theirs).total:.0f}."
                     + "".join(f" A reader gave {low:.0f} to {high:.0f}." for low, high in transcript.readers))
    return Compared(**of, boxes=out.boxes, text="\n".join((*lines, WHY)))


def _where(reading: Reading, id: str) -> str:
    """The sentence of a tick, where it says more than its words."""
    tick = reading.ticks[id]
    return f" in “{tick.sentence}”" if tick.words != (tick.sentence,) else ""


def _flags(head: str, reading: Reading) -> list[str]:
    held = {flag.id: flag.label for flag in flags()}
    return [head] * bool(reading.flags) + [f"  {held[tick.id]}: “{tick.sentence}”" for tick in reading.flags]


def terminal(files: Sequence[str] = (), ask: Callable[[str], str] | None = None,
             tell: Callable[[str], object] = print) -> int:
    """Tick transcripts in a terminal, the two stored ones where no file is named. Returns 0. Raises DataError for a
    file that is no transcript, before anything is asked."""
    ask = ask or input
    transcripts = tuple(map(load, files)) or stored()
    tell(f"{INTRODUCTION}\n{pair_texts.HELP}")
    done = 0
    try:
        for transcript in transcripts:
            tell(f"\n=== {transcript.name}, on the {transcript.brief}: {BRIEFS[transcript.brief].says}")
            run = tick(transcript, ask, tell)
            tell("\n" + compare(transcript, run.reading, run.debrief()).text)
            done += 1
    except (EOFError, KeyboardInterrupt):
        tell(f"\nStopped; {done} of {len(transcripts)} transcripts were compared. Nothing of this is kept.")
    return 0


def tick(transcript: Transcript, ask: Callable[[str], str], tell: Callable[[str], object]) -> PairRun:
    """Have one transcript ticked. Returns the run with the ticks; passes on what ends the asking."""
    run, shown = PairRun(transcript.brief, HOURS, asks_back=False, now=time.monotonic), None
    while run.phase is not None:
        key = run.phase.key
        if key not in transcript.answers:
            run.clock.onward()
            continue
        if (key, run.stage) != shown:
            says = f"\nThey say: “{' '.join(transcript.answers[key].split())}”" if run.stage == LISTEN else ""
            tell(f"\n{run.screen}{says}")
            shown = (key, run.stage)
        told = run.take(ask(f"{key}> "))
        if told:
            tell(told)
    return run
