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
    1: "it judges retrieval by its own model, not by what people wanted",
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
              "Buyers in both arms share one stock, so I randomise by request: each arm then meets the same stock.",
              False,
              "That it is the same stock is the trouble: what one arm buys, the other cannot. One buyer also sees both "
              "systems, so more rows are no more independent ones.",
              reason=5),
    Statement("b", "index",
              "Our index finds 99% of what exact search finds; of what people wanted, half may reach the ranker.",
              True,
              "That recall is against exact search by the same model. What the model does not see, no index finds.",
              leans_on={"ann.relevance": "holds on that set"}),
    Statement("c", "time",
              "I think the row should hold the count of that request, although today's says more about the item.",
              True,
              "Today's count says more because it knows what came after. At serving nobody will know that."),
    Statement("d", "logq",
              "In-batch negatives lift popular items, and subtracting log q in training takes that away.",
              False,
              "They push popular items down, since those are drawn as negatives more often.",
              reason=3, leans_on={"negatives.suppress": YES}),
    Statement("e", "offline",
              "NDCG rose on a log that the old ranker filled, so I take it as a reason to test, not a forecast.",
              True,
              "The log says nothing of what was never shown, so a gain is a reason to test, and no more."),
    Statement("f", "codes",
              "Short codes lose neighbours that more cells bring back, so I raise nprobe until recall is there.",
              False,
              "With all cells searched the codes still rank neighbours wrongly. The loss did not arise in the "
              "cells.",
              reason=8, leans_on={"ann.nprobe": YES}),
    Statement("g", "size",
              "Each prediction's AUC is fine; the weighted sum may be off, so I would check calibration by slice.",
              True,
              "A sum needs sizes. An order stays the same when every probability is doubled."),
    Statement("h", "margin",
              "The launch may be safe: although the guardrail's interval crosses the margin, its fall is not "
              "significant.",
              False,
              "A small test finds hardly anything significant. Harm beyond the margin is not excluded.",
              reason=6),
    Statement("i", "index",
              "Our index finds 99% of what exact search finds, so 99% of what people wanted reaches the ranker.",
              False,
              "Exact search by a weak model is exactly as weak.",
              reason=1, leans_on={"ann.relevance": "holds on that set"}),
    Statement("j", "time",
              "I think the row could hold today's count rather than that of the request: it says more about it.",
              False,
              "It says more because it holds clicks that came after the request, perhaps the label itself.",
              reason=7),
    Statement("k", "unit",
              "Buyers in both arms share one stock, so I randomise by warehouse region: each arm then has its own.",
              True,
              "What one arm buys is then still there for the other. The interval is wider, and honest."),
    Statement("l", "codes",
              "Short codes lose neighbours that more cells cannot bring back, so I re-rank a long shortlist exactly.",
              True,
              "Codes find the neighbourhood, real vectors find the order.",
              leans_on={"ann.nprobe": YES}),
    Statement("m", "margin",
              "The launch may be safe: although the guardrail's fall is significant, its interval lies inside the "
              "margin.",
              True,
              "Harm beyond the margin is excluded, which is what a guardrail is asked. The small fall is a price to be "
              "weighed against the gain."),
    Statement("n", "size",
              "The weighted sum may be off; each prediction's AUC would show it, so I would check AUC by slice.",
              False,
              "AUC looks at the order alone, and the sum needs sizes.",
              reason=4),
    Statement("o", "offline",
              "NDCG rose on a log that holds every click of our users, so I take it as a forecast for the test.",
              False,
              "It holds every click on what the old ranker chose, and none on anything else.",
              reason=2),
    Statement("p", "logq",
              "In-batch negatives push popular items down, and subtracting log q in training takes that away.",
              True,
              "Popular items are drawn as negatives more often. Uncorrected, the model divides popularity out.",
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
