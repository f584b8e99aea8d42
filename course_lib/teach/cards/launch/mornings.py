"""Decision 12.7: a number has turned and nobody knows why. What is done first, and at what price?"""

from functools import cache

from course_lib.launch.incidents import draw_mornings, worth_of
from course_lib.teach.definitions.choice import Fields, Number, Options
from course_lib.teach.definitions.decision import Decision

_mornings = cache(draw_mornings)


def play(choice, seed) -> float:
    """Percent-days over four weeks, a service's incident, the mean of 400."""
    return float(worth_of(_mornings(seed), choice["first"], choice["act above"], choice["give up after"]).mean())


def against(choice) -> str:
    """What speaks against a choice, part by part."""
    told = []
    if choice["first"] == "keep serving":
        told.append("keep serving: while you search, everyone bears the fault, and most faults grow.")
    if choice["first"] == "old system for all":
        told.append("old system for all: the fault is out of sight as well, so the search takes twice as long.")
    if choice["act above"] > 4:
        told.append(f"act above {choice['act above']:g}%: a fault that grows by less than a percent a day goes on for days before you look.")
    if choice["act above"] < 4:
        told.append(f"act above {choice['act above']:g}%: the dashboard's noise alone is 1.5 points, so quiet services are searched too; at 3%, nearly half of them within four weeks.")
    if choice["give up after"] < 8:
        told.append(f"give up after {choice['give up after']} days: a gain that would have come back with the repair is given away for good.")
    if choice["give up after"] > 20:
        told.append(f"give up after {choice['give up after']} days: where novelty is over there is no cause to find, and a system that is worse stays.")
    return " ".join(told)


MORNING = Decision(
    id="launch.7", title="Mitigate first?", minutes=10, difficulty=3, used_in=("{{interview}}",),
    task="Your service has launched and is worth 2.4% more than the old one, on average. Every morning the dashboard shows how far the "
         "metric has fallen against the holdback, with a noise of 1.5 points. In three services of ten a feature job stands still and the "
         "loss grows by .8 points a day; in three of twenty bought clicks take 6 points at once; in one of five the gain was novelty: "
         "nothing can be repaired, and the new system is now 1% worse than the old; in the rest nothing happens. All are means. Finding a cause takes 3 days (bought clicks: 5) with the new system in full view, "
         "twice that with the old system for all, a fifth more with a tenth left on it. A day of search costs a percent-day.",
    choice=Fields({
        "first": Options({"keep serving": "search while everybody has it", "old system for all": "then search",
                          "old system, a tenth stays": "mitigate, keep evidence, search"}),
        "act above": Number(0, 10, "% that the metric seems to have fallen"),
        "give up after": Number(0, 28, "days of search; then the old system for good", whole=True)}),
    policies={
        "wait and see": {"first": "keep serving", "act above": 10, "give up after": 28},
        "roll back, no questions": {"first": "old system for all", "act above": 3, "give up after": 0},
        "search first": {"first": "keep serving", "act above": 3, "give up after": 10},
        "mitigate for all": {"first": "old system for all", "act above": 4, "give up after": 14},
        "mitigate, keep evidence": {"first": "old system, a tenth stays", "act above": 3, "give up after": 10}},
    play=play, unit="percent-days over four weeks", against=against,
    why="Mitigating first pays for the days of search with the launch's own gain; serving on pays with the fault. Where the fault "
        "is larger than the gain, mitigating is cheaper for each day of search; but it lengthens the search, and with the old system for "
        "all that cost more than it saved here. So do not lose sight of the fault: leave a small share on the new system as evidence. Rolling back for good is the right end only where the "
        "search finds nothing.",
    until_chosen="search first", spec=".1f")
