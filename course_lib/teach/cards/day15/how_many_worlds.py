"""Decision 13.2: how many changes are tried, in how many worlds, and what is asked before one is kept."""

from course_lib.launch.drawn_tuning import MOST_CHANGES, MOST_WORLDS, outcome
from course_lib.teach.definitions.choice import Fields, Number, Options
from course_lib.teach.definitions.decision import Decision

SEEDS = (101, 102, 103, 104, 105)


def play(choice, seed) -> float:
    """Percent that the system handed in at last is worth beside the first, less what the plays cost."""
    return outcome(seed, choice["changes"], choice["worlds"], choice["keep it if"])["worth"]


def against(choice) -> str:
    """How often a change was kept, what it looked like and what it was, of the first seed; and what each part costs."""
    rule = choice["keep it if"]
    if rule == "never":
        return "never: the first system stays, and what a change would have been worth is not found out."
    got = outcome(SEEDS[0], choice["changes"], choice["worlds"], rule)
    told = [f"Of the teams, {100 * got['taken']:.0f}% kept a change. In the worlds that chose it, it looked like {got['said']:+.1f}%; "
            f"in truth it was {got['true']:+.1f}%."]
    if rule == "best mean":
        told.append("best mean: the largest of several means is large partly by luck, and is kept whatever worlds vary by.")
    if rule == "apart from 0":
        told.append("apart from 0: a change that helps a little is seldom certain in a few worlds, and is given up.")
    if rule == "again in fresh worlds":
        told.append("again in fresh worlds: as many plays more for the one that was chosen.")
    return " ".join(told)


def _choice(changes, worlds, rule) -> dict:
    return {"changes": changes, "worlds": worlds, "keep it if": rule}


TUNING = Decision(
    id="day15.2", title="How many worlds before you change it?", minutes=8, difficulty=3, used_in=(),
    task="True effects of a team's changes are normal around −1%, with a standard deviation of 3%, so most do harm. Each is played beside "
         "the system in as many worlds as you say; from world to world the paired difference has a standard deviation of 6%. Only the "
         "change with the highest mean can be kept, and your rule says when it is. One play of a change in a world costs .02%. What "
         "counts is the true effect of what is handed in (0 if no change is kept), less what all plays cost, on average over 300 such "
         "teams. These numbers are ours.",
    choice=Fields({
        "changes": Number(1, MOST_CHANGES, "changes that are tried", whole=True),
        "worlds": Number(2, MOST_WORLDS, "worlds for each", whole=True),
        "keep it if": Options({"never": "hand in the first system; nothing is played", "best mean": "its mean is above 0",
                               "apart from 0": "the 95% interval of its mean lies above 0",
                               "again in fresh worlds": "its mean in as many new worlds, which did not choose it, is above 0"})}),
    policies={
        "no change": _choice(1, 2, "never"), "one change, two worlds": _choice(1, 2, "best mean"),
        "many changes, two worlds": _choice(12, 2, "best mean"), "six changes, eight worlds": _choice(6, 8, "best mean"),
        "six changes, only if certain": _choice(6, 8, "apart from 0"),
        "six changes, again": _choice(6, 6, "again in fresh worlds")},
    play=play, unit="percent beside the first system", against=against, seeds=SEEDS, spec=".2f",
    why="Two things have to be kept apart. What you *choose* may be chosen by a noisy mean, if being wrong costs little and most "
        "changes are near zero. What you *promise* may not: in the worlds that chose it, the best of many looks better than it is, "
        "the more changes and the fewer worlds, the more so. A promise comes from worlds that had no part in the choice, which is "
        "what worlds drawn at the run are for. More worlds narrow the interval by the square root; more changes raise the best that "
        "there is to find, and the luck in it as well.",
    until_chosen="one change, two worlds")
