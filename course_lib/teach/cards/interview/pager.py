"""Decision 14.7: which burn wakes somebody, in a large service and in a small one, played over months."""

import numpy as np

from course_lib.launch.months import Outcome, outcome
from course_lib.teach.definitions.choice import Fields, Number
from course_lib.teach.definitions.decision import Decision

ASKED = {"feed": 2_000.0, "shop": 20.0}        # requests a minute, on average
A_PAGE = 0.1                                   # of the month's error budget: what a page costs the team
MONTHS = 4                                     # a seed


def outcomes(choice, service, seed) -> list[Outcome]:
    """What came of the choice for one service in each month of a seed."""
    return [outcome(ASKED[service], choice[f"{service} minutes"], choice[f"{service} burn"], MONTHS * seed + k)
            for k in range(MONTHS)]


def play_pager(choice, seed) -> float:
    """Minus what is burned and what pages cost, in % of a month's error budget, both services added."""
    return -100 * float(sum(np.mean([held.burned + A_PAGE * held.woken for held in outcomes(choice, service, seed)])
                            for service in ASKED))


def against_pager(choice) -> str:
    """Pages, pages in vain and what was missed, by service, over the seeds."""
    told = []
    for service in ASKED:
        held = [month for seed in PAGER.seeds for month in outcomes(choice, service, seed)]
        woken, in_vain, missed = (np.mean([getattr(month, part) for month in held]) for part in ("woken", "in_vain", "missed"))
        told.append(f"{service}: {woken:.1f} pages a month, {in_vain:.1f} of them with nothing to mend, and no page for {missed:.1f} "
                    "of 6 faults that last")
    return "; ".join(told) + "."


def _rules(feed, shop):
    return {"feed minutes": feed[0], "feed burn": feed[1], "shop minutes": shop[0], "shop burn": shop[1]}


PAGER = Decision(
    id="interview.7", title="Which burn wakes somebody?", minutes=12, difficulty=4, used_in=("this lesson",),
    task="Two services promise 99.9%: a feed with 2,000 requests a minute on average, and a shop with 20. At three in the morning they "
         "have three tenths of that. A month holds twenty blips of two or three minutes, a dozen times *one client* that retries in vain "
         "for minutes, fifteen times a minute, three slow burns and three outages. Somebody who is paged mends what goes on within 20 minutes. What "
         "nobody was paged for ends by itself, or when the dashboards are read at nine. The team prices a page at a tenth of the month's "
         "error budget. For each service: `minutes` of the long window (the short one is a twelfth of it), "
         "and `burn`, how many times the allowed pace is too fast.",
    choice=Fields({
        "feed minutes": Number(5, 720, "of the long window", whole=True), "feed burn": Number(1, 200, "times the allowed pace"),
        "shop minutes": Number(5, 720, "of the long window", whole=True), "shop burn": Number(1, 200, "times the allowed pace")}),
    policies={
        "the workbook's fast page, both": _rules((60, 14.4), (60, 14.4)), "the workbook's slow page, both": _rules((360, 6), (360, 6)),
        "one in a hundred over five minutes, both": _rules((5, 10), (5, 10)), "an hour, both": _rules((60, 40), (60, 40)),
        "four hours, both": _rules((240, 40), (240, 40)), "an hour in the feed, four in the shop": _rules((60, 40), (240, 40))},
    play=play_pager, unit="% of a month's error budget, burned or paid for pages, with a minus", against=against_pager, spec=".0f",
    until_chosen="the workbook's fast page, both",
    why="A page pays where somebody can mend something that would otherwise go on. A blip is over before anybody can mend it, so "
        "a rule has to be slower than a blip is large: window and burn work together, since a share of failures over `minutes` "
        "is what failed, spread over all of them. In the feed one client is lost among the requests of a minute. In the shop it is "
        "almost half of them, and more at night: only a longer window makes it small. An outage waits longer for its page then, "
        "and that is the price. The workbook's numbers are for a team that prices its sleep lower, or whose faults last longer: say "
        "what a page costs before you copy a threshold.")
