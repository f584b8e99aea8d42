"""Decision 12.6: a launch plan, written first, then played over the stored launches of a feed."""

from functools import cache

from course_lib.launch.launch_arena import play, stored
from course_lib.launch.launch_plan import LaunchPlan
from course_lib.teach.definitions.choice import Fields, Number, Options
from course_lib.teach.definitions.decision import Decision

PARTS = 5
RAMPS = {"half at once": (), "a day at 5%": ((0.05, 1),), "in steps": ((0.05, 2), (0.25, 2))}
DOUBTS = {"never": None, "from day 4": 4, "from day 8": 8}


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
                      second_week=choice["second week"] == "asked", doubts_from=DOUBTS[choice["out when in doubt"]])


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
        told.append(f"a margin of {choice['margin']:g}%: narrower than the interval itself, so good launches stay unproved and are stopped.")
    if choice["margin"] > 8:
        told.append(f"a margin of {choice['margin']:g}%: a loss of {choice['margin'] / 2:g}% can pass.")
    if choice["out when in doubt"] == "never":
        told.append("never out when in doubt: half of all people keep what is probably worse until the last day, and most launches "
                    "here are worse.")
    else:
        told.append("out when in doubt, asked every day: a launch that does nothing is stopped more than one time in four, and some good "
                    "ones with it.")
    if choice["days"] < 8:
        told.append(f"{choice['days']} days: no second week, so novelty and late harm are not seen.")
    if choice["days"] > 11:
        told.append(f"{choice['days']} days: good launches reach everybody late, and bad ones stay at half for long.")
    return " ".join(told)


def _plan(primary, margin, steps, days, ships, second_week, out) -> dict:
    return {"primary": primary, "margin": margin, "steps": steps, "days": days, "ships if": ships,
            "second week": second_week, "out when in doubt": out}


PLAN = Decision(
    id="launch.6", title="Write the plan", minutes=12, difficulty=4, used_in=("{{interview}}",),
    task="Write down how a launch is to be decided. Your plan faces the launches above, in five parts (the “seeds”), with each cause "
         "once in a part; so what won there was partly seen beforehand. Every plan checks the split and stops on a certain loss. What "
         "people have, in the test and after it, is worth its true effect on long clicks (30 seconds and more) until day 28. With 7 "
         "days or fewer there is no second week to ask.",
    choice=Fields({
        "primary": Options({"clicks per user": "how often people click", "dwell per user": "how long they stay",
                            "dwell per click": "how long a click is read"}),
        "margin": Number(1, 20, "% of each guardrail: dwell and requests a user, dwell a click"),
        "steps": Options({"half at once": "from day 0", "a day at 5%": "then half",
                          "in steps": "5% and 25% for two days each, then half"}),
        "days": Number(5, 14, "until the decision", whole=True),
        "ships if": Options({"not lost": "nothing has certainly lost", "proved": "every guardrail is proved",
                             "won": "every guardrail is proved and the primary is certainly up"}),
        "second week": Options({"asked": "stops where it says the opposite", "not asked": "all days together decide"}),
        "out when in doubt": Options({"never": "out before the last day only if a loss is certain",
                                      "from day 4": "out as soon as the primary is probably worse, three to one",
                                      "from day 8": "the same, once there is a second week"})}),
    policies={
        "clicks at day 7": _plan("clicks per user", 20, "half at once", 7, "won", "not asked", "never"),
        "a short canary": _plan("clicks per user", 5, "in steps", 5, "not lost", "not asked", "never"),
        "all guardrails, two weeks": _plan("clicks per user", 5, "in steps", 14, "won", "asked", "never"),
        "dwell, not lost, two weeks": _plan("dwell per user", 5, "in steps", 14, "not lost", "asked", "never"),
        "reading, out when in doubt": _plan("dwell per user", 5, "a day at 5%", 10, "won", "asked", "from day 4"),
        "as narrow as a wish": _plan("dwell per user", 1, "in steps", 14, "proved", "asked", "never")},
    play=play_plan, unit="percent-days a launch", against=against,
    why="A plan has three ways to lose: it ships harm, it stops what would have helped, and it keeps half of all people on what is "
        "worse while it waits for proof. The third is the one that is forgotten: with effects as small as the error of the test, "
        "certainty comes late or never, and a change that is probably worse is not worth the wait. To get out early costs little "
        "here, because most launches are not good; where most of yours are, it costs more. The second week shows novelty and late "
        "harm, and a metric of reading is nearer to what is worth something than clicks. Intervals over so few launches are wide: "
        "a tie is no order.",
    until_chosen="clicks at day 7", spec=".1f")
