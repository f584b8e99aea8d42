"""Exercise 2.7: what is known of an item."""

import numpy as np

from course_lib.stages.ranking.bandits import posterior
from course_lib.teach.cards import effects_truth, sizes
from course_lib.teach.cards.feedback import rare_logs
from course_lib.teach.cards.feedback.first_edition_slips import PARAMETER_PAIRS
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 2.7 -----------------------------------------------------------------------------------------------------------
def _beta_cases(rng):
    out = []
    for n in (3, 8):
        shown = rng.integers(0, 60, n)
        out.append(Case(f"{n} items", (rng.binomial(shown, 0.3), shown)))
    return out


def _rate_and_showings(clicks, showings):
    with np.errstate(invalid="ignore"):
        return clicks / showings, 1.0 * showings


BETA = Card(
    id="feedback.7", title="What is known of an item, and how well", minutes=5, difficulty=2, used_in=("{{metric_stack}}", "{{launch}}",),
    effect=effects_truth.clicks_while_learning,
    realistic=sizes.counts_of_items,
    task="An item was shown `showings` times and clicked `clicks` times. Before that, every click rate was equally likely. Give the parameters of "
         "the Beta distribution that says what is known now. Thompson sampling draws one rate from it for each item, and shows the highest draws.",
    shapes="`clicks`, `showings` int [N]; returns (alpha, beta), float [N] each.",
    why="Clicks add to alpha, silences to beta, and the uniform prior is the 1 in both. An item shown twice has a wide distribution and "
        "sometimes draws high, so it gets its chance; one shown a thousand times draws close to what it is.",
    reference=posterior, cases=_beta_cases,
    alternative=lambda clicks, showings: (np.array([1.0 + c for c in clicks]),
                                          np.array([1.0 + s - c for c, s in zip(clicks, showings, strict=True)])),
    by_hand=(Case("3 clicks of 10, and an item never shown", (np.array([3, 0]), np.array([10, 0])),
                  expected=(np.array([4.0, 1.0]), np.array([8.0, 1.0]))),
             *rare_logs.ITEMS_BY_HAND),
    invariants=(Invariant("the mean lies between the click rate and one half", lambda fn, rng: 0.3 < (
        lambda a, b: a[0] / (a[0] + b[0]))(*map(np.asarray, fn(np.array([3]), np.array([10])))) < 0.5),),
    mistakes=(
        Mistake("showings as beta", lambda clicks, showings: (1.0 + clicks, 1.0 + showings),
                "Your beta counts every showing. It counts the silences: showings less clicks."),
        Mistake("no prior", lambda clicks, showings: (clicks * 1.0, showings * 1.0 - clicks),
                "Without the prior an item never shown has no distribution at all. \"Every rate equally likely\" is Beta(1, 1)."),
        Mistake("swapped", lambda clicks, showings: (1.0 + showings - clicks, 1.0 + clicks),
                "Alpha and beta are swapped: clicks raise alpha."),
        Mistake("no prior, showings as beta", lambda clicks, showings: (1.0 * clicks, 1.0 * showings),
                "You return clicks and showings. Beta counts the silences, showings less clicks, and the uniform prior adds 1 to both."),
        Mistake("swapped, no prior", lambda clicks, showings: (1.0 * showings - clicks, 1.0 * clicks),
                "Alpha and beta are swapped, and the prior is missing: clicks raise alpha, and \"every rate equally likely\" adds 1 to both."),
        Mistake("prior in alpha only", lambda clicks, showings: (1.0 + clicks, 1.0 * showings - clicks),
                "The prior is missing in beta. Beta(1, 1) is the uniform one: it adds 1 to both."),
        Mistake("prior in beta only", lambda clicks, showings: (1.0 * clicks, 1.0 + showings - clicks),
                "The prior is missing in alpha. Beta(1, 1) is the uniform one: it adds 1 to both."),
        Mistake("prior in alpha, showings as beta", lambda clicks, showings: (1.0 + clicks, 1.0 * showings),
                "Your beta counts every showing, and lacks the prior. It is 1 plus the silences: showings less clicks."),
        Mistake("half a click", lambda clicks, showings: (0.5 + clicks, 0.5 + showings - clicks),
                "You start from Beta(½, ½), which favours rates near 0 and 1. \"Every rate equally likely\" is Beta(1, 1)."),
        Mistake("prior of two", lambda clicks, showings: (2.0 + clicks, 2.0 + showings - clicks),
                "You start from Beta(2, 2), which favours rates near one half. \"Every rate equally likely\" is Beta(1, 1)."),
        Mistake("prior only where nothing is known", lambda clicks, showings: (
                    np.maximum(clicks, 1.0), np.maximum(showings - clicks, 1.0)),
                "You put 1 in only where a count is 0. The prior adds 1 to all of them."),
        Mistake("all items together", lambda clicks, showings: (
                    1.0 + np.sum(clicks) + 0 * clicks, 1.0 + np.sum(showings - clicks) + 0 * clicks),
                "You add all items up. Each has a distribution of its own."),
        Mistake("the mean", lambda clicks, showings: (1.0 + clicks) / (2.0 + showings),
                "You return the mean of the distribution. Its two parameters are asked for: how wide it is counts, too."),
        Mistake("showings with their prior", lambda clicks, showings: (1.0 + clicks, 2.0 + showings),
                "Your second number is the sum of both parameters. Beta counts the silences alone: 1 plus showings less clicks."),
        Mistake("mean and its complement", lambda clicks, showings: (
                    (1.0 + clicks) / (2.0 + showings), (1.0 + showings - clicks) / (2.0 + showings)),
                "You divide both parameters by their sum. How large they are says how much is known: leave them as they are."),
        Mistake("rate and showings", _rate_and_showings,
                "You return the click rate and the showings, and an item never shown has no rate. Return the parameters alpha and beta: the counts "
                "of clicks and silences, plus the prior."),
        Mistake("mean and showings", lambda clicks, showings: ((1.0 + clicks) / (2.0 + showings), 2.0 + showings),
                "You return the mean and the sum of the two parameters. Return alpha and beta themselves."),
        Mistake("prior in the showings", lambda clicks, showings: (1.0 + clicks, 2.0 + showings - clicks),
                "You add 2 to beta, as to the showings. A prior of one click and one silence adds 1 to each."),
        *PARAMETER_PAIRS,
    ),
    hints=("What does one click change, what one silence?",
           "Beta(1, 1) is uniform; a success adds 1 to the first parameter, a failure 1 to the second.",
           "`(1 + clicks, 1 + showings - clicks)`"),
)
