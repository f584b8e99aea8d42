"""Answers heard in design interviews, to be sorted into strong ones and red flags, each with a reason.

Some sound weak and are strong, some the reverse: that is the point. What a reason leans on is a claim of the ledger
with its verdict, and a test fails where the ledger has come to say something else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from course_lib.contracts import ArgumentError
from course_lib.teach.show.notices import Notice


@dataclass(frozen=True)
class Statement:
    """One answer. strong: would a good interviewer be glad? why: the reason. leans_on: claim id -> verdict word."""

    letter: str
    text: str
    strong: bool
    why: str
    leans_on: dict[str, str] = field(default_factory=dict)


NO, YES = "does not hold", "holds"
DECK = (
    Statement("a", "Retrieval over two thousand items? An ANN index: exact search does not scale.", False,
              "Exact search over a few thousand vectors is as fast and loses nothing. Say from which size on you "
              "would need an index.", {"ann.small": "does not hold on that set"}),
    Statement("b", "Only one item in a hundred passes the filter. Then I compare with all that pass, one by one.", True,
              "Sounds crude, and is exact. At a hundred thousand items it is faster, too, than a graph of like recall.",
              {"ann.brute": YES}),
    Statement("c", "If quantisation costs recall, we raise nprobe until it is back.", False,
              "More cells cannot bring back what coarse codes have lost. An exact re-rank of a long shortlist can.",
              {"ann.nprobe": YES}),
    Statement("d", "I count an ignored item against itself only by the chance that anybody looked at it.", True,
              "Many ignored items were never looked at. Where looking falls with the position, a model that counts "
              "each of them as a full no learns the page.", {}),
    Statement("e", "Our index has recall 0.99, so retrieval costs us one percent of what people want.", False,
              "That recall is against exact search by the same model. What the model does not see, no index finds.",
              {"ann.relevance": "holds on that set"}),
    Statement("f", "In-batch negatives push popular items down, so I correct for how often an item is drawn.", True,
              "Right. Without logQ a model divides popularity out, and what it shows is far less popular.",
              {"negatives.suppress": YES, "negatives.logq_log": YES}),
    Statement("g", "Five percent of our slots are random, so the feedback loop is taken care of.", False,
              "Random slots make learning possible; a ranker that goes on counting raw clicks makes no use of them.",
              {"feedback.random_slots": YES}),
    Statement("h", "The new ranker has the higher AUC on the log, so it is the better ranker.", False,
              "Pooled AUC also pays for telling people apart, and for copying the logger's order.", {}),
    Statement("i", "Rolling back is not free. If the cause has a name, I would rather repair it.", True,
              "It costs what the new system is worth over the old one, so know that figure. Rolling back is for when "
              "nobody knows the cause and it gets worse.", {}),
    Statement("j", "MMR makes the slates diverse, so we need no cap by creator.", False,
              "Diverse by content is not diverse by creator: it holds until somebody makes much of the catalogue. A "
              "hard rule needs a hard rule.", {}),
    Statement("k", "The guardrail's change is not significant, p is 0.3, so it is safe.", False,
              "A small test finds hardly anything significant. Ask whether the interval excludes the margin.", {}),
    Statement("l",
              "Recall on our own log orders rival policies only roughly by the clicks they would earn. What it says of "
              "satisfaction I can't tell from this log.",
              True, "It says what was measured, for which question, and where the evidence ends.",
              {"metric_stack.satisfaction": "cannot be said whether it turns"}),
    Statement("m", "PSI above 0.1 pages the on-call.", False,
              "With few rows an unmoved feature exceeds it. A threshold from the null alone is no better: with many "
              "rows it flags everything. An alarm needs more than noise, and enough to matter.",
              {"feature_audit.wolf": NO}),
    Statement("n", "Leakage or staleness: I would measure both on our data before I said which costs more.", True,
              "Which is worse depends on how long either is. That age costs more than as much of a leak, as we had "
              "expected, did not come out at any length.", {"feature_audit.stale_vs_leak": "never enters the band"}),
    Statement("o", "I'd start with a two-tower and a transformer ranker. The objective we can refine later.", False,
              "Every later stage gets better at the objective. Refined later, all of them were wrong until then.", {}),
    Statement("p", "I don't know. I would hold all else fixed, vary this alone, and that number would decide.", True,
              "The best answer to most follow-up questions, if the number is named.", {}),
)
LETTERS = "".join(held.letter for held in DECK)


def deck() -> Notice:
    """The answers, unsorted."""
    return Notice("note", "Sixteen answers", (), [(held.letter, f"“{held.text}”") for held in DECK])


@dataclass(frozen=True)
class Sorted:
    """How a sorting came out. right: of all in the deck. fell_for: red flags taken for strong, letters. missed: strong
    ones taken for red flags. Shows itself."""

    right: int
    fell_for: str
    missed: str
    notice: Notice

    def __repr__(self) -> str:
        return repr(self.notice)

    def _repr_html_(self) -> str:
        return self.notice._repr_html_()


def sort_answers(strong, at_hand=None) -> Sorted:
    """Judge a sorting. strong: the letters of the strong answers ("abc", "a b c", a list), or ... for none yet.
    at_hand: at_hand.AtHand, for the measurements. Every answer has its reason: those sorted wrongly first.

    Raises ArgumentError for a letter that is not in the deck.
    """
    if strong is ...:
        return Sorted(0, "", "", Notice("todo", "Strong or red flag?", (
            "Write the letters of the strong answers in place of the dots, such as \"abc\"; the others count as red "
            "flags.",),
            word="not sorted yet"))
    chosen = set(_letters(strong))
    wrong = [held for held in DECK if held.strong != (held.letter in chosen)]
    fell = "".join(held.letter for held in wrong if not held.strong)
    missed = "".join(held.letter for held in wrong if held.strong)
    right = len(DECK) - len(wrong)
    says = [f"{right} of {len(DECK)} sorted rightly."]
    says += [f"Red flags taken for strong answers: {', '.join(fell)}."] * bool(fell)
    says += [f"Strong answers taken for red flags: {', '.join(missed)}."] * bool(missed)
    reasons = [(f"{held.letter}: {'strong' if held.strong else 'red flag'}", held.why) for held in wrong]
    rest = [_told(held, at_hand) for held in DECK if held not in wrong or held.leans_on]
    page = "".join(f'<p style="margin:.3em 0 .3em 1.2em">{_html(text)}</p>' for text in rest)
    folded = [("All reasons, with what was measured", page, "\n".join(rest))]
    return Sorted(right, fell, missed, Notice("wrong" if wrong else "right",
                                              "Strong or red flag?", tuple(says), reasons,
                                              folded, word="" if wrong else None))


def _letters(strong: str | Iterable[str]) -> list[str]:
    letters = [c.lower() for c in "".join(strong) if c not in " ,;"]
    strange = [c for c in letters if c not in LETTERS]
    if strange:
        raise ArgumentError(f"the deck has no answer {strange[0]!r}; expected letters out of {LETTERS}.")
    return letters


def _told(held: Statement, at_hand) -> str:
    numbers = " ".join(at_hand.lines(held.leans_on)) if at_hand is not None else ""
    return f"{held.letter}) {'Strong' if held.strong else 'Red flag'}. {held.why} {numbers}".strip()


def _html(text: str) -> str:
    from course_lib.teach.show.notices import code_marks

    return code_marks(text)
