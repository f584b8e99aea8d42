"""Decision 6.7: what 20 ms are spent on: candidates, trees, or one more feature."""

from course_lib.stages.ranking.spending import BASIC_US, BUDGET_MS, SESSION_US, TREE_US, milliseconds, worth_of
from course_lib.teach.definitions.choice import Fields, Number, Options
from course_lib.teach.definitions.decision import Decision


def play(choice, seed) -> float:
    """Clicks earned, as a share of the best possible of all items."""
    return worth_of(seed, choice["candidates"], choice["trees"], choice["session"] == "yes")


def _against(choice):
    spent = milliseconds(choice["candidates"], choice["trees"], choice["session"] == "yes")
    if spent > BUDGET_MS:
        return (f"Your request takes {spent:.1f} ms of {BUDGET_MS:g}: at the deadline it is answered in retrieval's order, and the "
                "ranker's work is thrown away.")
    told = []
    if choice["session"] == "no":
        told.append("The session says what no tree can grow out of the columns at hand. You left it out.")
    if choice["candidates"] < 200:
        told.append(f"With {choice['candidates']} candidates much of what this session is after was never scored: retrieval does not know it.")
    if choice["trees"] < 10:
        told.append("A handful of trees has not yet learnt what the columns say.")
    if choice["candidates"] > 1200:
        told.append("The candidates from far down seldom reach the slots.")
    return " ".join(told)


SPEND = Decision(
    id="ranker.7", title="Twenty milliseconds", minutes=8, difficulty=2, used_in=("{{serving}}",),
    task=f"You have {BUDGET_MS:g} ms of one core a request. A candidate costs {BASIC_US:g} µs for stored features and {TREE_US:g} µs a tree; a "
         f"session feature is fetched for another {SESSION_US:g} µs. Retrieval knows the taste roughly, "
         "and nothing of the session. A request that takes longer is answered in retrieval's order. (Made up, with 3,000 items.)",
    choice=Fields({"candidates": Number(10, 3000, "best by retrieval", whole=True), "trees": Number(1, 600, "of 15 leaves", whole=True),
                   "session": Options({"no": "stored features alone", "yes": "the session feature too"})}),
    policies={"more candidates": {"candidates": 1000, "trees": 80, "session": "no"},
              "a larger model": {"candidates": 476, "trees": 300, "session": "no"},
              "one more feature": {"candidates": 500, "trees": 80, "session": "yes"},
              "one more feature, few candidates": {"candidates": 50, "trees": 80, "session": "yes"},
              "everything at once": {"candidates": 1000, "trees": 300, "session": "yes"}},
    play=play, unit="clicks earned, of the best ten of all items", against=_against, until_chosen="a larger model",
    why="Complexity buys leverage where it brings information that is not there yet. Trees beyond some dozens refine what three columns say; the session says something else. More "
        "candidates help as long as retrieval leaves good ones out, and less with each doubling. A network on a hundred features could use more size than these trees: draw both curves on your own log, at equal time.")
