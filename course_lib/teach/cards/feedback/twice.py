"""Referee 2.11: position that was corrected twice."""

import numpy as np

from course_lib.data.labels import seen_given_ignored
from course_lib.evidence.estimate import bootstrap
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.refereed import Reading, Refereed

LOOK, LIKED, SHOWN, LOGS = 1 / np.arange(1, 11) ** 0.7, 0.15, 4000, 20


def measure(part):
    """The long titles' clicks per look less the short ones': a page sorted by title length, twenty logs."""
    rng, leads = np.random.default_rng(0), []
    for _ in range(LOGS):
        rate = np.empty(10)
        for k in range(10):
            click = (rng.random(SHOWN) < LOOK[k] * LIKED).astype(float)
            rate[k] = part(click, np.full(SHOWN, LOOK[k]), np.full(SHOWN, click.mean()))
        leads.append(rate[:3].mean() - rate[7:].mean())
    lead = bootstrap(np.array(leads))
    if lead.low <= 0 <= lead.high:
        return Reading("titles make no difference that can be seen", lead)
    return Reading("long titles put readers off" if lead.high < 0 else "readers like long titles", lead)


def _twice(click, examination, click_rate):
    seen = seen_given_ignored(examination, click_rate)
    return np.sum(click / examination) / np.sum(np.where(click == 1, 1, seen))


def _once(click, examination, click_rate):
    return np.mean(click / examination)


RIGHT = "Position is corrected twice: clicks are divided by the chance of a look, and silences are weighed by it as well."

REFEREE = Refereed(
    id="feedback.11", title="Do long titles put readers off?", minutes=8, difficulty=3,
    task="A page is sorted by title length, the longest on top. A colleague counts clicks per look, with the page's own curve from random slots, "
         "and reports: *the three longest titles are clicked less than half as often as the three shortest. We should cut titles.*\n\n"
         "```python\n"
         "def rate_per_look(click, examination, click_rate):\n"
         "    seen = seen_given_ignored(examination, click_rate)\n"
         "    return np.sum(click / examination) / np.sum(np.where(click == 1, 1, seen))\n"
         "```\n\n"
         "What does it return for a position, where *e* is the chance of a look and *r* that of a click after one?",
    signature="`rate_per_look(click, examination, click_rate)`: `click` 0/1 [E], impressions of one position; `examination`, `click_rate` "
              "float [E]; returns a number.",
    measure=measure, rigged=_twice, reference=_once,
    explanations={
        RIGHT: "With c = e·r the yeses are c / e a showing and the showings are c + (e − c) = e, so the answer is r / e: too high wherever few look.",
        "Readers do dislike long titles, and the plain click rate hid it.":
            "Sort the same page the other way round, and it is the short titles that this measurement finds disliked. What follows the position, and "
            "not the title, is no dislike.",
        "There are too few clicks, and the interval is too narrow for them.":
            "With ten times the log the interval shrinks around the same figure. Noise goes away with data, and this does not.",
        "The curve of looks comes from random slots, and does not hold on a sorted page.":
            "Who looks where depends on the layout, which is the same; here the curve is even the true one.",
        "Silence must not be weighed: whoever did not click did not like it.":
            "Most silences at the bottom were never seen. Weighing them alone, with plain clicks, gives a sound answer.",
    },
    right=RIGHT,
    wrong_mends=(
        Mistake("plain rate", lambda click, examination, click_rate: np.mean(click),
                "Within a position that is the plain click rate: nothing is corrected. The top is clicked more because it is seen more, and long titles look liked."),
        Mistake("multiplied", lambda click, examination, click_rate: np.mean(click * examination),
                "You multiply clicks by the chance of a look. A click where few look stands for more, so divide."),
        Mistake("among silences", lambda click, examination, click_rate: np.sum(click) / np.sum(
                    (1 - click) * seen_given_ignored(examination, click_rate)),
                "You divide clicks by the silences that were seen. A look ends in a click or in such a silence: both belong in the denominator."),
        Mistake("silences weighed by the curve", lambda click, examination, click_rate: np.sum(click) / np.sum(
                    np.where(click == 1, 1, examination)),
                "Beside a click, a silence counts with the chance of a look, e. Whoever did not click looked less often than that: of the silent "
                "ones, (e − c) / (1 − c) looked."),
        Mistake("silences weighed by what was not seen", lambda click, examination, click_rate: np.sum(click) / np.sum(
                    np.where(click == 1, 1, 1 - seen_given_ignored(examination, click_rate))),
                "You count the silences that were not seen. A silence says something where there was a look: weigh it by the chance of one."),
        Mistake("all weighed as silences", lambda click, examination, click_rate: np.sum(click) / np.sum(
                    seen_given_ignored(examination, click_rate)),
                "You weigh clicked showings, too, by the chance of a look after a silence. Whoever clicked has looked: those count 1."),
        Mistake("root of the curve", lambda click, examination, click_rate: np.sum(click / np.sqrt(examination)) / np.sum(
                    np.where(click == 1, 1, seen_given_ignored(examination, click_rate))),
                "You take the root of the weight of a click and keep that of the silences. Half a correction on top of a whole one is still too "
                "much: drop one of the two."),
        Mistake("weighed clicks below the line too", lambda click, examination, click_rate: np.sum(click / examination) / np.sum(
                    np.where(click == 1, 1 / examination, seen_given_ignored(examination, click_rate))),
                "Above and below the line a click stands for 1 / e showings, but a silence still for its look alone. One correction is enough: "
                "clicks over looks, or weighed clicks over showings."),
    ),
    why="Each correction alone is sound. Clicks over the chance of a look: (e·r / e) / 1 = r. Plain clicks over showings that were seen: "
        "e·r / (e·r + (1 − e·r) · (e − e·r) / (1 − e·r)) = e·r / e = r. Both together give r / e. It happens when one team weighs the "
        "training rows and another one adds position to the loss; each can show that its part is right. So one place in the pipeline owns the "
        "correction, and every row says whether it was applied.")
