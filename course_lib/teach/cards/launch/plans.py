"""Decision 12.6: a launch plan, written first, then played over the stored launches of a feed."""

from functools import cache

from course_lib.launch.launch_arena import play, stored
from course_lib.launch.launch_plan import LaunchPlan
from course_lib.teach.definitions.choice import Fields, Number, Options
from course_lib.teach.definitions.decision import Decision

PARTS = 5
RAMPS = {"half at once": (), "in steps": ((0.05, 2), (0.25, 2))}


@cache
def _part(seed):
    """(readings, truths) of the launches that stand under a seed: each has a part of its own, causes in turn."""
    table, truths = stored("feed")
    own = truths.iloc[(seed - 101) % PARTS::PARTS]
    return table[table["launch"].isin(own.index)], own


def plan_of(choice) -> LaunchPlan:
    """The plan that a choice describes."""
    first = tuple((share, days) for share, days in RAMPS[choice["steps"]])
    left = max(choice["days"] - sum(days for _, days in first), 1)
    margin = choice["margin"] / 100
    guards = {"dwell per user": margin, "requests per user": margin, "dwell per click": margin}
    return LaunchPlan("chosen", steps=(*first, (0.5, left)), primary=choice["primary"], guardrails=guards,
                      must_win=choice["ships if"] == "won", must_prove=choice["ships if"] != "not lost",
                      second_week=choice["second week"] == "asked")


def play_plan(choice, seed) -> float:
    """Percent-days that the plan ships, a launch, over the launches of this seed."""
    return float(play(plan_of(choice), *_part(seed))["value"].mean())


def against(choice) -> str:
    """What speaks against a plan, part by part."""
    told = []
    if choice["primary"] == "clicks per user":
        told.append("clicks: bait and bought clicks raise them while people read less; what is counted as worth is long clicks.")
    if choice["ships if"] == "not lost":
        told.append("ships if not lost: with the error that a test of this size has, a loss of a percent or two is not seen, and goes to everyone.")
    if choice["ships if"] == "won":
        told.append("must have won: a gain of two percent is seen in less than half of the tests, and the others are stopped.")
    if choice["ships if"] == "proved":
        told.append("guardrails proved, no win asked: what does nothing ships as well, at the cost of its upkeep.")
    if choice["margin"] < 3:
        told.append(f"a margin of {choice['margin']:g}%: narrower than the interval itself, so good launches fail.")
    if choice["margin"] > 8:
        told.append(f"a margin of {choice['margin']:g}%: a loss of {choice['margin'] - 1:g}% passes.")
    if choice["days"] < 8:
        told.append(f"{choice['days']} days: no second week, so novelty and late harm are not seen.")
    if choice["days"] > 11 and choice["steps"] == "in steps":
        told.append("a long ramp: good launches reach everybody late.")
    return " ".join(told)


PLAN = Decision(
    id="launch.6", title="Write the plan", minutes=12, difficulty=4, used_in=("{{interview}}",),
    task="Before you see a launch, write down how it is to be decided. Then the plan faces the stored launches: a strong incumbent, "
         "changes of a few percent, causes in turn. Early steps and the canary's automatic stop are the same for all plans. What "
         "ships is worth its true effect on long clicks (30 seconds and more) until day 28.",
    choice=Fields({
        "primary": Options({"clicks per user": "how often people click", "dwell per user": "how long they stay",
                            "dwell per click": "how long a click is read"}),
        "margin": Number(1, 20, "% of each guardrail: dwell and requests a user, dwell a click"),
        "steps": Options({"half at once": "from day 0", "in steps": "5% and 25% for two days each, then half"}),
        "days": Number(5, 14, "until the decision", whole=True),
        "ships if": Options({"not lost": "nothing has certainly lost", "proved": "every guardrail is proved",
                             "won": "every guardrail is proved and the primary is certainly up"}),
        "second week": Options({"asked": "stops where it says the opposite", "not asked": "all days together decide"})}),
    policies={
        "clicks at day 7": {"primary": "clicks per user", "margin": 20, "steps": "half at once", "days": 7, "ships if": "won", "second week": "not asked"},
        "a short canary": {"primary": "clicks per user", "margin": 5, "steps": "in steps", "days": 5, "ships if": "not lost", "second week": "not asked"},
        "all guardrails, two weeks": {"primary": "clicks per user", "margin": 5, "steps": "in steps", "days": 14, "ships if": "won", "second week": "asked"},
        "dwell, not lost, two weeks": {"primary": "dwell per user", "margin": 5, "steps": "in steps", "days": 14, "ships if": "not lost", "second week": "asked"},
        "as narrow as a wish": {"primary": "dwell per user", "margin": 1, "steps": "in steps", "days": 14, "ships if": "proved", "second week": "asked"}},
    play=play_plan, unit="percent-days shipped a launch", against=against,
    why="A plan has two ways to lose: it ships harm, or it stops what would have helped. Which is dearer depends on how large effects "
        "are beside the error of the test, and on how many launches are good. Asking for a win is the safe side; with effects "
        "as small as the error it also stops most of what is good. The second week is what shows novelty and late harm, and a metric "
        "of reading is what shows bait. Intervals over so few launches are wide: a tie is no order.",
    until_chosen="clicks at day 7", spec=".1f")
