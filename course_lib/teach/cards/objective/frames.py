"""Exercise 1.12: both services framed, read for what is meant."""

import re

from course_lib.evidence.framing_examples import frame
from course_lib.evidence.framing_parts import read_framing
from course_lib.teach.definitions.card import Card, Case, Mistake

DECISION = "We decide which ten {} to show when somebody comes."
FEED_AIM, SHOP_AIM = "The objective is that people come back next month.", "The aim is the money kept after returns in a year."
RAIL = "The share who come back must not fall by more than one point, because people leave quietly."
MONEY = "Revenue is what the business watches."


def _problems(fn, system):
    """What a listener misses in the framing of this system, without the words of it that are quoted."""
    found = [re.sub(r" \((?:“.*”|two-tower.*)\)", "", problem) for problem in read_framing(fn(system), system).problems]
    return "; ".join(found) or "nothing is missing"


def _said(*parts):
    """A framing with these parts; "aim" stands for the system's own objective, {} for what it shows."""
    def said(system):
        aim, things = (FEED_AIM, "stories") if system == "feed" else (SHOP_AIM, "products")
        return " ".join(aim if part == "aim" else part.replace("{}", things) for part in parts)
    return said


FIELDS = {
    "feed": {"decision": "ten stories a visit", "objective": "people come back next month",
             "guardrails": [{"metric": "reports", "margin": 0.01, "risk": "people lose trust"}], "business": "subscriptions"},
    "marketplace": {"decision": "ten products a page", "objective": "money kept a customer, after returns",
                    "guardrails": ["returned orders at most one point higher, because they harm trust"], "business": "gross profit"},
}


def apart(system):
    """A margin in one guardrail and a risk in another."""
    return FIELDS[system] | {"guardrails": [{"metric": "the slowest request", "margin": "5 ms", "risk": ""},
                                            {"metric": "reports", "margin": "", "risk": "people lose trust"}]}


def in_fields(system):
    """Another right solution: fields in place of a text."""
    return FIELDS[system]


FRAMES = Card(
    id="objective.12", title="Frame the feed and the marketplace", minutes=12, difficulty=3, used_in=("{{interview}}",),
    task="How would you open a design interview, for `system` \"feed\" and for \"marketplace\"? Return a dict: `decision` (what is chosen, "
         "for whom, when), `objective` (an outcome and no proxy), `guardrails` (a list of dicts with `metric`, `margin` and the `risk` that it "
         "is there for), `business` (where the company sees it). No component comes before the objective, and together it takes a minute to "
         "say. A text of four or more sentences will do where the check understands it; it knows the usual words and no others.",
    why="An interviewer hears in the first minute whether you solve a problem or assemble parts. A guardrail without a margin cannot trip, "
        "one without a risk cannot be defended, and a proxy in the place of the objective is what the system will get very good at. What must never be shown, "
        "such as fraud, is no guardrail but a filter: it has no margin.",
    reference=frame, alternative=in_fields, call=_problems, cases=lambda rng: [],
    by_hand=(Case("the feed", ("feed",), expected="nothing is missing"),
             Case("the marketplace", ("marketplace",), expected="nothing is missing")),
    mistakes=(
        Mistake("a proxy as objective", _said(DECISION, "The objective is CTR.", RAIL, MONEY),
                "CTR is a proxy: say what a click is to stand for, people who come back or money that is kept."),
        Mistake("clicks as objective", _said(DECISION, "We maximise clicks.", RAIL, MONEY),
                "Clicks are a proxy: say what they are to stand for, and keep them for training."),
        Mistake("engagement as objective", _said(DECISION, "The goal is engagement.", RAIL, MONEY),
                "Engagement is a proxy for something: say for what, in the service's own terms."),
        Mistake("no margin", _said(DECISION, "aim", "Complaints must not rise, because people would leave.", MONEY),
                "A guardrail without a margin never trips: by how much may it get worse?"),
        Mistake("no risk", _said(DECISION, "aim", "Complaints must not rise by more than one percent.", MONEY),
                "Say what the guardrail is there for: which risk would go unseen without it?"),
        Mistake("margin and risk apart", apart,
                "One guardrail has a margin and no risk, another a risk and no margin. Each needs both: how far, and what for?"),
        Mistake("no guardrail", _said(DECISION, "aim", MONEY),
                "No guardrail: say what must not get worse, by how much, and why."),
        Mistake("no business metric", _said(DECISION, "aim", RAIL),
                "Say where the business sees it: money, subscriptions, profit."),
        Mistake("no decision", _said("aim", RAIL, MONEY), "Say what is decided: which things, for whom, when."),
        Mistake("no objective", _said(DECISION, RAIL, MONEY),
                "Say what is to go up, for people or for the business, and by when."),
        Mistake("a component first", _said("A two-tower model retrieves the items.", DECISION, "aim", RAIL, MONEY),
                "A component comes before the objective. Say first what it is for; then it can be defended."),
        Mistake("key words", lambda system: "decision items objective retention guardrail margin 1% risk trust business revenue",
                "That is a list of words. Say in sentences who decides what, and why."),
        Mistake("one framing for both", lambda system: frame("feed"),
                "The framing of the feed stands for the marketplace as well: there are prices, margins and stock, and other risks."),
        Mistake("the other one's framing", lambda system: frame("marketplace" if system == "feed" else "feed"),
                "The two are exchanged: each framing is about the other system."),
        Mistake("only an objective", _said("aim"), "Only the objective is there: what is decided, what must not get worse, where is the money?"),
        Mistake("only a decision", _said(DECISION), "Only the decision is there: what is it for, and what must not get worse?"),
    ),
    hints=("Begin with what is chosen each time somebody comes; then what that is for, a month later.",
           "For each guardrail ask: by how much, and what would I not see without it?",
           "Sentences that are understood: \"We decide which …\", \"The objective is that …\", \"… must not fall by more than …, because "
           "…\", \"The business sees it in …\"."),
)
