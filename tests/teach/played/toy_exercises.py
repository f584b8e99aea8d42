"""A decision of each kind of choice, and a refereed experiment, all cheap: for the tests beside it."""

import numpy as np

from course_lib.evidence.estimate import bootstrap
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.choice import Fields, Number, Options
from course_lib.teach.definitions.decision import Decision
from course_lib.teach.definitions.refereed import Reading, Refereed

WORTH = {"good": 2.0, "twin": 2.0, "close": 1.8, "bad": 1.0}
PLAYED = []


def play_option(choice, seed):
    """Worth as in WORTH, the same noise for all; "close" has its own noise."""
    PLAYED.append((choice, seed))
    noise = np.random.default_rng(seed).normal()
    own = np.random.default_rng(seed + 1000).normal() if choice == "close" else 0.0
    return WORTH[choice] + noise + 0.3 * own


def play_number(choice, seed, *, world):
    """Best at the world's own number."""
    return -((choice - world(seed)) ** 2)


def play_fields(choice, seed):
    """Best at a margin of 0.02 and the unit "person"."""
    return -abs(choice["margin"] - 0.02) - (choice["unit"] != "person") + 0.001 * seed


OPTION = Decision(
    id="objective.98", title="Which toy?", task="Choose a <b>toy</b>.", minutes=3, difficulty=1,
    choice=Options({name: f"the {name} one" for name in WORTH}), policies={name: name for name in WORTH},
    play=play_option, unit="points", against={"good": "", "twin": "", "close": "", "bad": "The week before showed it."},
    why="Good is good.", until_chosen="good", spec=".2f")
NUMBER = Decision(
    id="objective.97", title="How many?", task="Give a number.", minutes=3, difficulty=1,
    choice=Number(0, 10, "items", whole=True), policies={"none": 0, "three": 3}, play=play_number, unit="points",
    against=lambda choice: f"{choice} is far from 4." if choice > 6 else "", why="Four is best.", until_chosen="three")
FIELDS = Decision(
    id="objective.96", title="Which margin of what?", task="Fill in both.", minutes=3, difficulty=1,
    choice=Fields({"margin": Number(0.0, 0.5, "share"), "unit": Options({"person": "a person", "click": "a click"})}),
    policies={"careful": {"margin": 0.0, "unit": "person"}, "lax": {"margin": 0.5, "unit": "click"}},
    play=play_fields, unit="points", against=lambda choice: "", why="People.", until_chosen="careful")


def toy_measure(part):
    """Is the mean of the part's answer above 0?"""
    values = np.asarray(part(np.arange(40.0) % 5 - 2.0), float)
    mean = bootstrap(values)
    return Reading("more" if mean.low > 0 else "cannot be said", mean)


REFEREED = Refereed(
    id="objective.99", title="A rigged mean", task="Somebody dropped what was below 0.", minutes=4, difficulty=2,
    signature="`kept(values)`: float (n,) → float (m,), the values that count.", measure=toy_measure,
    rigged=lambda values: values[values > 0], reference=lambda values: values,
    explanations={"Values below 0 were dropped.": "Everything that spoke against it is gone.",
                  "There are too few values.": "More values of this kind would say the same.",
                  "The mean is the wrong statistic.": "A median would have been misled as well."},
    right="Values below 0 were dropped.", why="Count everything.",
    wrong_mends=(Mistake("zeros dropped", lambda values: values[values != 0], "What is 0 counts as well."),))
