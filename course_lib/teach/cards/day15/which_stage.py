"""Decision 13.1: a report says what each stage loses. Which is mended first, and which then?"""

from course_lib.launch.drawn_funnel import DAYS, HORIZON, kept, worth_of
from course_lib.teach.definitions.choice import Fields, Options, TheSame
from course_lib.teach.definitions.decision import Decision

SEEDS = (101, 102, 103, 104, 105)
STAGES = {"retrieval": "which items reach the others", "choice": "which ten of the candidates are shown",
          "order": "how those ten are arranged", "nothing": "leave it as it is"}


def play(choice, seed) -> float:
    """Percent of the oracle's worth that is kept, the mean of the days."""
    return worth_of(seed, choice["first"], choice["then"])


def against(choice) -> str:
    """What the first mend brought back, beside what the report says is lost there, of the first seed."""
    first, then = choice["first"], choice["then"]
    if first == "nothing":
        return "nothing first: days pass in which all losses stay as they are, and no other work was waiting."
    lost, after = kept(SEEDS[0]), kept(SEEDS[0], frozenset({first}))
    told = [f"{first} first: the report says {100 * lost[first]:.0f} points are lost there; once it is mended, "
            f"{100 * (after['kept'] - lost['kept']):+.0f} points come back, after {DAYS[first]} of {HORIZON} days."]
    if then in ("nothing", first):
        told.append("Then nothing more is mended, and the other stages keep their losses to the end.")
    else:
        both = kept(SEEDS[0], frozenset({first, then}))
        told.append(f"{then} then: {100 * (both['kept'] - after['kept']):+.0f} points more, after another {DAYS[then]} days.")
    return " ".join(told)


def _choice(first, then) -> dict:
    return {"first": first, "then": then}


STAGE = Decision(
    id="day15.1", title="Which stage first?", minutes=8, difficulty=3, used_in=("this lesson",),
    task="A team has the report that is printed above, and six weeks. Of 200 items, retrieval brings 40, choice takes 10 of them, and "
         "order arranges those; each goes by its own estimate of an item's worth, with an error of its own. Mending a stage halves "
         "its error and takes the days that stand in the report; only then does the next mend begin. What counts is the part of the "
         "oracle's worth that the team's slates keep, the mean over the 42 days. The report is of the first of five draws, and the "
         "other four are like it.",
    choice=Fields({"first": Options(STAGES), "then": TheSame(STAGES)}),
    policies={
        "as the funnel runs": _choice("retrieval", "choice"), "choice, then retrieval": _choice("choice", "retrieval"),
        "choice, then order": _choice("choice", "order"), "order, then choice": _choice("order", "choice"),
        "retrieval alone": _choice("retrieval", "nothing"), "leave it": _choice("nothing", "nothing")},
    play=play, unit="percent of the oracle's worth that is kept, a day", against=against, seeds=SEEDS, spec=".1f",
    why="A loss by stage is an account, and no forecast. It says what was lost there if all that follows were perfect; what a mend brings "
        "back goes through the stages that follow as they are, and a mend never takes all of the error away. So ask three questions of "
        "each stage: how much is lost, what part of it a known piece of work can win back, and how soon. What is won early is won on "
        "every day after. Beware of adding up single gains as well: what two mends bring together is not the sum of each alone.",
    until_chosen="as the funnel runs")
