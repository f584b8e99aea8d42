"""Families of wrong answers to 2.3, 2.4 and 2.7: masks of a slate, weights and divisors of a rate, any two parameters."""

import numpy as np

from course_lib.teach.cards.two_slips import in_one, mistakes_of, slips, spelled
from course_lib.teach.definitions.mistake_kinds import BASE, BOUNDARY, IGNORED

# --- 2.3: how far down, what of a silent slate, and which of the clicks ----------------------------------------------


def _mask(depth=lambda hit: len(hit) - 1 - hit[::-1].argmax(), silent=-1, kept=lambda keep, hit: keep):
    def wrong(click):
        out = []
        for row in np.asarray(click) > 0:
            out.append(kept(np.arange(len(row)) <= (depth(row) if row.any() else silent), row))
        return np.array(out)
    return wrong


MASK_STEPS = {
    "depth": slips(
        BOUNDARY,
        ("you stop at the highest click", lambda hit: hit.argmax()),
        ("you go one position below the lowest click", lambda hit: len(hit) - hit[::-1].argmax()),
        ("you stop one position above the lowest click", lambda hit: len(hit) - 2 - hit[::-1].argmax()),
        ("you stop one position above the highest click", lambda hit: hit.argmax() - 1),
        ("you go one position below the highest click", lambda hit: hit.argmax() + 1),
        ("you keep the slate to its end", lambda hit: len(hit)),
    ),
    "silent": slips(
        BOUNDARY,
        ("you keep a silent slate whole", 10**6),
        ("you keep the first place of a silent slate", 0),
    ),
    "kept": slips(
        BOUNDARY,
        ("you leave the clicks out", lambda keep, hit: keep & ~hit),
        ("you keep all clicks besides", lambda keep, hit: keep | hit),
        ("you turn the mask round", lambda keep, hit: ~keep),
    ),
}
MASK_WITHOUT = ("you leave the clicks out", "you keep all clicks besides", "you turn the mask round",
                "you keep a silent slate whole", "you keep a silent slate whole + you keep all clicks besides",
                "you keep the first place of a silent slate + you keep all clicks besides",
                "you stop at the highest click", "you stop at the highest click + you leave the clicks out",
                "you stop at the highest click + you keep all clicks besides",
                "you stop at the highest click + you keep a silent slate whole",
                "you stop at the highest click + you keep a silent slate whole + you leave the clicks out",
                "you stop at the highest click + you keep the first place of a silent slate",
                "you go one position below the lowest click",
                "you go one position below the lowest click + you keep all clicks besides",
                "you go one position below the lowest click + you keep a silent slate whole + you keep all clicks besides",
                "you go one position below the lowest click + you keep the first place of a silent slate + you keep all clicks besides",
                "you stop one position above the lowest click",
                "you stop one position above the lowest click + you leave the clicks out",
                "you stop one position above the lowest click + you keep all clicks besides",
                "you stop one position above the lowest click + you keep a silent slate whole + you leave the clicks out",
                "you stop one position above the lowest click + you keep a silent slate whole + you keep all clicks besides",
                "you stop one position above the lowest click + you keep the first place of a silent slate + you leave the clicks out",
                "you stop one position above the lowest click + you keep the first place of a silent slate + you keep all clicks besides",
                "you stop one position above the highest click",
                "you stop one position above the highest click + you leave the clicks out",
                "you stop one position above the highest click + you keep all clicks besides",
                "you stop one position above the highest click + you keep a silent slate whole",
                "you stop one position above the highest click + you keep a silent slate whole + you leave the clicks out",
                "you stop one position above the highest click + you keep a silent slate whole + you keep all clicks besides",
                "you stop one position above the highest click + you keep a silent slate whole + you turn the mask round",
                "you stop one position above the highest click + you keep the first place of a silent slate",
                "you stop one position above the highest click + you keep the first place of a silent slate + you leave the clicks out",
                "you stop one position above the highest click + you keep the first place of a silent slate + you keep all clicks besides",
                "you keep the slate to its end", "you keep the slate to its end + you keep all clicks besides",
                "you keep the slate to its end + you keep a silent slate whole",
                "you keep the slate to its end + you keep a silent slate whole + you keep all clicks besides",
                "you keep the slate to its end + you keep the first place of a silent slate + you keep all clicks besides")
MASKS = tuple(mistakes_of(_mask, MASK_STEPS, MASK_WITHOUT, most=3, told=in_one(
    "Kept is everything from the top to the lowest click, clicks included, and nothing of a silent slate.")))

# --- 2.4: weights and divisors ---------------------------------------------------------------------------------------


def _rate(weight=lambda e: 1 / e, divisor=lambda c, e, w: len(c)):
    def wrong(click, examination):
        c, e = np.asarray(click, float), np.asarray(examination, float)
        return float(np.sum(c * weight(e)) / divisor(c, e, weight(e)))
    return wrong


RATE_STEPS = {
    "weight": slips(
        BASE,
        ("clicks are not weighed", np.ones_like),
        ("clicks are multiplied by the chance", lambda e: e),
        ("clicks are divided by the chance twice", lambda e: 1 / e**2),
        ("clicks are weighed by the chance of no look", lambda e: 1 - e),
        ("clicks are weighed by 2 − the chance", lambda e: 2 - e),
        ("clicks are divided by the root of the chance", lambda e: 1 / np.sqrt(e)),
        ("clicks are divided by the mean chance", lambda e: np.full(len(e), 1 / e.mean())),
        ("all clicks get the mean weight", lambda e: np.full(len(e), (1 / e).mean())),
        ("clicks are divided by the chance of no look", lambda e: 1 / np.maximum(1 - e, 1e-12)),
        ("weights are cut at 10", lambda e: np.minimum(1 / e, 10)),
        ("weights are cut at 5", lambda e: np.minimum(1 / e, 5)),
        ("weights are cut at 2", lambda e: np.minimum(1 / e, 2)),
        ("weights are cut at 100", lambda e: np.minimum(1 / e, 100)),
    ),
    "divisor": slips(
        BASE,
        ("the sum is divided by the number of clicks", lambda c, e, w: max(c.sum(), 1)),
        ("the sum is not divided", lambda c, e, w: 1.0),
        ("the sum is divided by the sum of the chances", lambda c, e, w: e.sum()),
        ("the sum is divided by the sum of 1 / chance", lambda c, e, w: (1 / e).sum()),
        ("the sum is divided by the number of silences", lambda c, e, w: max((1 - c).sum(), 1)),
        ("the sum is divided by the number of showings less 1", lambda c, e, w: max(len(c) - 1, 1)),
        ("the sum is divided by the number of showings and 1", lambda c, e, w: len(c) + 1),
        ("the sum is divided by the clicks' chances", lambda c, e, w: max((c * e).sum(), 1e-12)),
    ),
}
RATE_WITHOUT = ("the sum is divided by the number of clicks", "the sum is not divided",
                "the sum is divided by the sum of the chances", "the sum is divided by the sum of 1 / chance",
                "clicks are not weighed", "clicks are not weighed + the sum is divided by the sum of the chances",
                "clicks are not weighed + the sum is divided by the sum of 1 / chance",
                "clicks are not weighed + the sum is divided by the clicks' chances",
                "clicks are multiplied by the chance",
                "clicks are multiplied by the chance + the sum is divided by the sum of the chances",
                "clicks are multiplied by the chance + the sum is divided by the clicks' chances",
                "clicks are divided by the chance twice", "clicks are weighed by the chance of no look",
                "clicks are weighed by 2 − the chance", "clicks are divided by the mean chance",
                "all clicks get the mean weight",
                "all clicks get the mean weight + the sum is divided by the sum of 1 / chance")
RATES = tuple(mistakes_of(_rate, RATE_STEPS, RATE_WITHOUT, told=in_one(
    "Each click is divided by the chance of a look at its position, and the sum by the number of showings.")))

# --- 2.7: what the two parameters hold -------------------------------------------------------------------------------
PARAMETERS = {
    "1 + clicks": lambda c, s: 1.0 + c,
    "clicks": lambda c, s: 1.0 * c,
    "½ + clicks": lambda c, s: 0.5 + c,
    "2 + clicks": lambda c, s: 2.0 + c,
    "1 + silences": lambda c, s: 1.0 + s - c,
    "silences": lambda c, s: 1.0 * s - c,
    "½ + silences": lambda c, s: 0.5 + s - c,
    "2 + silences": lambda c, s: 2.0 + s - c,
    "1 + showings": lambda c, s: 1.0 + s,
    "showings": lambda c, s: 1.0 * s,
    "2 + showings": lambda c, s: 2.0 + s,
    "clicks − 1": lambda c, s: c - 1.0,
    "silences − 1": lambda c, s: s - c - 1.0,
    "the mean": lambda c, s: (1.0 + c) / (2.0 + s),
    "the rate": lambda c, s: c / np.maximum(s, 1),
}


def _both(alpha=PARAMETERS["1 + clicks"], beta=PARAMETERS["1 + silences"]):
    return lambda clicks, showings: (alpha(np.asarray(clicks), np.asarray(showings)), beta(np.asarray(clicks), np.asarray(showings)))


PARAMETER_STEPS = {
    "alpha": slips(IGNORED, *((name, value) for name, value in PARAMETERS.items() if name != "1 + clicks")),
    "beta": slips(IGNORED, *((name, value) for name, value in PARAMETERS.items() if name != "1 + silences")),
}
PARAMETER_WITHOUT = ("(1 + clicks, silences)", "(1 + clicks, 2 + silences)", "(1 + clicks, 1 + showings)",
                     "(1 + clicks, showings)", "(1 + clicks, 2 + showings)", "(clicks, 1 + silences)",
                     "(clicks, silences)", "(clicks, showings)", "(½ + clicks, ½ + silences)",
                     "(2 + clicks, 2 + silences)", "(1 + silences, 1 + clicks)", "(silences, clicks)",
                     "(the mean, 2 + showings)")
PARAMETER_NAMES = {"alpha": "1 + clicks", "beta": "1 + silences"}
PARAMETER_PAIRS = tuple(mistakes_of(
    _both, PARAMETER_STEPS, PARAMETER_WITHOUT, named=spelled("({alpha}, {beta})", **PARAMETER_NAMES), told=spelled(
        "You return ({alpha}, {beta}). Clicks add to alpha, silences (showings less clicks) to beta, and \"every rate equally likely\" is 1 in both.", **PARAMETER_NAMES)))
