"""Answers heard in design interviews, to be sorted into strong ones and red flags, and what is wrong with each flag.

They come in pairs on one topic, of like length and tone, so that neither hedging nor assurance gives a flag away. What
a reason leans on is a claim of the ledger with its verdict, and a test fails where the ledger says something else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from course_lib.contracts import ArgumentError
from course_lib.teach.show.notices import Notice

REASONS = {                 # what is wrong with a red flag; the learner names it by number
    1: "it judges the index by its own model, not by what people wanted",
    2: "it takes the log for the world",
    3: "it has the direction the wrong way round",
    4: "it takes an order for a size",
    5: "it counts as independent what is not",
    6: "it takes “not significant” for “no harm”",
    7: "it lets the model see the future",
    8: "it looks for a loss where it did not arise",
}


@dataclass(frozen=True)
class Statement:
    """One answer. pair: the topic it shares with its counterpart. strong: would an interviewer be glad? reason: of a
    red flag, its number in REASONS. why: the reason in full. leans_on: claim id -> verdict word."""

    letter: str
    pair: str
    text: str
    strong: bool
    why: str
    reason: int = 0
    leans_on: dict[str, str] = field(default_factory=dict)


YES = "holds"
DECK = (
    Statement("a", "unit",
              "Buyers in both arms share one stock, so I randomise by request and get a tighter interval.",
              False,
              "One buyer then sees both systems, and the stock is shared still. More rows are no more independent "
              "ones.",
              reason=5),
    Statement("b", "index",
              "Our index finds 99% of what exact search finds; what people wanted it may miss all the same.",
              True,
              "That recall is against exact search by the same model. What the model does not see, no index finds.",
              leans_on={"ann.relevance": "holds on that set"}),
    Statement("c", "time",
              "I think the row should hold the count of that request, although today's might fit the label better.",
              True,
              "It fits better because it knows what came after. At serving nobody will know that."),
    Statement("d", "logq",
              "In-batch negatives lift popular items, and subtracting log q from the score takes that away.",
              False,
              "They push popular items down, since those are drawn as negatives more often.",
              reason=3, leans_on={"negatives.suppress": YES}),
    Statement("e", "offline",
              "NDCG on our log went up, and since the old ranker chose what it holds, I call it a gate.",
              True,
              "The log says nothing of what was never shown, so a gain is a reason to test, and no more."),
    Statement("f", "codes",
              "Short codes lose neighbours that more cells bring back, so I raise nprobe until recall is there.",
              False,
              "With all cells searched the codes still rank neighbours wrongly. The loss did not arise in the "
              "cells.",
              reason=8, leans_on={"ann.nprobe": YES}),
    Statement("g", "size",
              "Perhaps the order is fine; the weighted sum may still be off, so I would check calibration by slice.",
              True,
              "A sum needs sizes. An order stays the same when every probability is doubled."),
    Statement("h", "margin",
              "It may be safe: p is 0.3, although the interval crosses the margin and I know little more.",
              False,
              "A small test finds hardly anything significant. Harm beyond the margin is not excluded.",
              reason=6),
    Statement("i", "index",
              "Our index finds 99% of what exact search finds; what people wanted is found all the same.",
              False,
              "Exact search by a weak model is exactly as weak.",
              reason=1, leans_on={"ann.relevance": "holds on that set"}),
    Statement("j", "time",
              "I think the row could hold today's count, although that of the request might be what was served.",
              False,
              "Today's count holds clicks that came after the request, perhaps the label itself.",
              reason=7),
    Statement("k", "unit",
              "Buyers in both arms share one stock, so I randomise by region and get a wider interval.",
              True,
              "The wider interval is the honest one: what one arm buys is no longer there for the other."),
    Statement("l", "codes",
              "Short codes lose neighbours that no more cells bring back, so I re-rank a long shortlist exactly.",
              True,
              "Codes find the neighbourhood, real vectors find the order.",
              leans_on={"ann.nprobe": YES}),
    Statement("m", "margin",
              "It may be safe: the interval lies inside the margin, although p is 0.3 and I know little more.",
              True,
              "Harm beyond the margin is excluded, which is what a guardrail is asked."),
    Statement("n", "size",
              "Perhaps the weighted sum is fine; the AUC may tell, so I would check that the order is right.",
              False,
              "AUC looks at the order alone, and the sum needs sizes.",
              reason=4),
    Statement("o", "offline",
              "NDCG on our log went up, and since our users are what it holds, I call it a proof.",
              False,
              "It holds those users' answers to what the old ranker chose, and to nothing else.",
              reason=2),
    Statement("p", "logq",
              "In-batch negatives push popular items down, and subtracting log q from the score takes that away.",
              True,
              "Right. Without it a model divides popularity out, and shows far less popular items.",
              leans_on={"negatives.suppress": YES, "negatives.logq_log": YES}),
)
LETTERS = "".join(held.letter for held in DECK)


def deck() -> Notice:
    """The answers, unsorted, and the reasons that a red flag can have."""
    reasons = "\n".join(f"{number}  {text}" for number, text in REASONS.items())
    answers = [(held.letter, f"“{held.text}”") for held in DECK]
    return Notice("note", "Sixteen answers", (), [*answers, ("why", reasons)])


@dataclass(frozen=True)
class Sorted:
    """How a sorting came out. right: of all in the deck. fell_for: red flags taken for strong, letters. missed: strong
    ones taken for red flags. named: red flags of which the learner also said what is wrong. Shows itself."""

    right: int
    fell_for: str
    missed: str
    named: str
    notice: Notice

    def __repr__(self) -> str:
        return repr(self.notice)

    def _repr_html_(self) -> str:
        return self.notice._repr_html_()


def sort_answers(strong, at_hand=None, why=None) -> Sorted:
    """Judge a sorting. strong: the letters of the strong answers ("abc", "a b c", a list), or ... for none yet.
    at_hand: at_hand.AtHand, for the measurements. why: {letter of a red flag: number in REASONS}, or None. Every answer
    has its reason: those sorted wrongly first.

    Raises ArgumentError for a letter that is not in the deck, or a reason that there is not.
    """
    if strong is ...:
        return Sorted(0, "", "", "", Notice("todo", "Strong or red flag?", (
            "Write the letters of the strong answers in place of the dots, such as \"abc\"; the others count as red "
            "flags.",),
            word="not sorted yet"))
    chosen = set(_letters(strong))
    wrong = [held for held in DECK if held.strong != (held.letter in chosen)]
    fell = "".join(held.letter for held in wrong if not held.strong)
    missed = "".join(held.letter for held in wrong if held.strong)
    right = len(DECK) - len(wrong)
    said = _reasons(why)
    named = "".join(h.letter for h in DECK if not h.strong and h not in wrong and said.get(h.letter) == h.reason)
    flags = sum(not held.strong for held in DECK)
    says = [f"{right} of {len(DECK)} sorted rightly; of {flags} red flags you said of {len(named)} what is wrong."]
    says += [f"Red flags taken for strong answers: {', '.join(fell)}."] * bool(fell)
    says += [f"Strong answers taken for red flags: {', '.join(missed)}."] * bool(missed)
    unnamed = [h for h in DECK if not h.strong and h not in wrong and h.letter not in named]
    reasons = [(f"{held.letter}: {'strong' if held.strong else f'red flag, {held.reason}'}", held.why)
               for held in wrong + unnamed]
    rest = [_told(held, at_hand) for held in DECK if held not in wrong or held.leans_on]
    page = "".join(f'<p style="margin:.3em 0 .3em 1.2em">{_html(text)}</p>' for text in rest)
    folded = [("All reasons, with what was measured", page, "\n".join(rest))]
    done = not wrong and len(named) == flags
    return Sorted(right, fell, missed, named, Notice("right" if done else "wrong", "Strong or red flag?", tuple(says),
                                                     reasons, folded, word=None if done else ""))


def _reasons(why) -> dict[str, int]:
    """letter -> number of the reason."""
    given = {} if why is None or why is ... else dict(why)
    for letter, number in given.items():
        _letters([str(letter)])
        if number not in REASONS:
            raise ArgumentError(f"reason {number!r} of answer {letter!r} is not listed; expected 1 to {len(REASONS)}.")
    return {str(letter).lower(): number for letter, number in given.items()}


def _letters(strong: str | Iterable[str]) -> list[str]:
    letters = [c.lower() for c in "".join(strong) if c not in " ,;"]
    strange = [c for c in letters if c not in LETTERS]
    if strange:
        raise ArgumentError(f"the deck has no answer {strange[0]!r}; expected letters out of {LETTERS}.")
    return letters


def _told(held: Statement, at_hand) -> str:
    numbers = " ".join(at_hand.lines(held.leans_on)) if at_hand is not None else ""
    kind = "Strong" if held.strong else f"Red flag: {REASONS[held.reason]}"
    return f"{held.letter}) {kind}. {held.why} {numbers}".strip()


def _html(text: str) -> str:
    from course_lib.teach.show.notices import code_marks

    return code_marks(text)
