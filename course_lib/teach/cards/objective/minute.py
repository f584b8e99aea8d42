"""Exercise 1.7: the one-minute framing."""

import re

from course_lib.evidence.framing import WORDS_A_MINUTE, frame_feed, framing_problems
from course_lib.teach.definitions.card import Card, Case, Mistake

# --- 1.7 -----------------------------------------------------------------------------------------------------------
DECISION, OBJECTIVE = "We decide which ten stories to show.", "The objective is that people come back next week."
GUARDRAIL, FILLER = "Complaints must not rise.", "And there is more to say about it. " * 20
COMPONENT = "A two-tower model retrieves, and a ranker orders."


def _says(*sentences):
    return lambda: " ".join(sentences)


def _what_is_missing(fn):
    """The problems of a text, whatever the name of the component that comes too early."""
    text = fn()
    if not isinstance(text, str):
        return text
    found = [re.sub(r"component \(.*\)", "component", problem) for problem in framing_problems(text)]
    return "; ".join(found) or "nothing is missing"


def _no_guardrail():
    return "We decide which ten stories to show. The objective is that people come back next week."


def _stack_first():
    return ("A two-tower model retrieves and a ranker orders. We decide which stories to show; the objective is retention, "
            "and complaints must not rise.")


def _no_decision():
    return "Maximise satisfaction over a month; the share that leaves must not rise."


def _too_long():
    return ("We decide which ten stories to show. The objective is retention. A guardrail is complaints. "
            + "And there is more to say about it. " * 20)


FRAME = Card(
    id="objective.7", title="The one-minute framing", minutes=8, difficulty=3, used_in=("{{interview}}",),
    task="Write, as a text your function returns, how you would open a design interview for the feed: the decision, the objective, what "
         "must not get worse, and only then anything about how. One minute, said aloud. The check reads words, not sense: "
         f"it finds a component (a model, an index, a store) named before the objective, a missing decision, objective or guardrail, and more "
         f"than {WORDS_A_MINUTE} words. It does not look for the budget.",
    shapes="no arguments; returns a text.",
    why="An interviewer hears in the first minute whether you are solving a problem or assembling parts. The parts follow from the decision "
        "and its budget; the reverse order cannot be defended when somebody asks \"why that one?\".",
    reference=frame_feed, alternative=lambda: _no_guardrail() + " Complaints must not rise.",
    call=_what_is_missing,
    cases=lambda rng: [], by_hand=(Case("your text", (), expected="nothing is missing"),),
    mistakes=(
        Mistake("no guardrail", _no_guardrail, "No guardrail: say what must not get worse, and by how much."),
        Mistake("the stack first", _stack_first,
                "A component comes before the objective. Say what it is for first; then it can be defended."),
        Mistake("no decision", _no_decision, "No decision: say what is decided, for whom and when."),
        Mistake("over a minute", _too_long, "More than a minute. Cut until each sentence would be missed."),
        Mistake("no objective", _says(DECISION, GUARDRAIL),
                "No objective: say what is to go up, in the service's own terms (people who come back, satisfaction, margin)."),
        Mistake("only a decision", _says(DECISION),
                "Only the decision is there. What is it for (objective), and what must not get worse (guardrail)?"),
        Mistake("only an objective", _says(OBJECTIVE),
                "Only the objective is there. What is decided, and what must not get worse?"),
        Mistake("only a guardrail", _says(GUARDRAIL),
                "Only the guardrail is there. What is decided, and what is to go up?"),
        Mistake("nothing of the three", _says("The feed has many readers."),
                "Neither decision nor objective nor guardrail: begin with \"We decide which …\"."),
        Mistake("over a minute, no guardrail", _says(DECISION, OBJECTIVE, FILLER),
                "More than a minute, and what must not get worse is still missing. Cut the rest first."),
        Mistake("over a minute, no decision", _says(OBJECTIVE, GUARDRAIL, FILLER),
                "More than a minute, and what is decided is still missing. Cut the rest first."),
        Mistake("over a minute, no objective", _says(DECISION, GUARDRAIL, FILLER),
                "More than a minute, and what it is for is still missing. Cut the rest first."),
        Mistake("the stack first, no guardrail", _says(COMPONENT, DECISION, OBJECTIVE),
                "A component comes before the objective, and no guardrail at all. What is it for, and what must not get worse?"),
        Mistake("the stack first, no decision", _says(COMPONENT, OBJECTIVE, GUARDRAIL),
                "A component comes before the objective, and what is decided is missing. Begin with \"We decide which …\"."),
        Mistake("the stack, no objective", _says(DECISION, COMPONENT, GUARDRAIL),
                "You name a component and nothing that it is for. Say the objective first; then it can be defended."),
        Mistake("the stack and a decision", _says(DECISION, COMPONENT),
                "A decision and a component, but no objective and no guardrail. What is it for, and what must not get worse?"),
        Mistake("the stack and an objective", _says(COMPONENT, OBJECTIVE),
                "A component first, and an objective behind it; decision and guardrail are missing. Begin with \"We decide which …\"."),
        Mistake("the stack and a guardrail", _says(COMPONENT, GUARDRAIL),
                "A component and a guardrail; what is decided, and what for, is missing. Begin with \"We decide which …\"."),
        Mistake("nothing but the stack", _says(COMPONENT),
                "You assemble components. Decision, objective and guardrail are missing: begin with \"We decide which …\"."),
        Mistake("the stack first, over a minute", _says(COMPONENT, DECISION, OBJECTIVE, GUARDRAIL, FILLER),
                "More than a minute, and a component comes before the objective. Cut the components first."),
    ),
    hints=("What does the system decide, each time somebody arrives?",
           "Four sentences: decision, objective, guardrails, budget. Components last, if at all.",
           "Begin: \"We decide which …\". Then: \"The objective is …\". Then: \"… must not …\"."),
)
