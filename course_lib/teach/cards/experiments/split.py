"""Exercise on the split of an experiment: are these the users who were planned?"""

import numpy as np

from course_lib.evidence.experiment import srm
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 10.4 ----------------------------------------------------------------------------------------------------------
def _split_cases(rng):
    return [Case("two arms, a few users too many", (np.array([5080, 4920]), np.array([0.5, 0.5]))),
            Case("a tenth held back", (np.array([1040, 8960]), np.array([0.1, 0.9]))),
            Case("three arms", (np.array([330, 345, 390]), np.array([1, 1, 1]) / 3)),
            Case("three arms of different size", (np.array([95, 205, 670]), np.array([0.1, 0.2, 0.7])))]


def _distance(counts, shares):
    counts = np.asarray(counts, float)
    expected = counts.sum() * np.asarray(shares)
    return counts, expected, ((counts - expected)**2 / expected).sum()


def _tail(distance, dof):
    from scipy.stats import chi2

    return float(chi2.sf(distance, dof))


def _split_loop(counts, shares):
    total = distance = 0
    for count in counts:
        total += count
    for count, share in zip(counts, shares, strict=True):
        distance += count**2 / (total * share)
    return _tail(distance - total, len(counts) - 1)


def _first_arm(counts, shares):
    from scipy.stats import norm

    counts, expected, _ = _distance(counts, shares)
    return 2 * norm.sf(abs(counts[0] - expected[0]) / np.sqrt(expected[0] * (1 - shares[0])))


SRM = Card(
    id="experiments.4", title="Is this the split that was asked for?", minutes=8, difficulty=2, used_in=("{{experiments}}", "{{launch}}", "{{interview}}",),
    task="The plan gave each arm a share of the users. These are the users who were counted. How likely is a split at least "
         "this uneven, if the plan was carried out? Compare observed with expected counts: Σ (observed − expected)² / "
         "expected follows a chi-squared law with one degree of freedom fewer than there are arms. Return its upper tail.",
    shapes="`counts` int [A], users in each arm; `shares` float [A], sum 1; returns a p-value.",
    why="A tiny p does not say who is missing or why, only that the arms are not alike for another reason than the "
        "treatment. Then no metric of the test can be read. It costs nothing, needs no outcome, and "
        "finds redirects, bots, crashes and lost logs. The alarm stands at a very small p, for it runs on every test every "
        "day.",
    reference=srm, alternative=_split_loop, cases=_split_cases,
    by_hand=(Case("exactly as planned", (np.array([50, 50]), np.array([0.5, 0.5])), expected=1.0),
             Case("60 and 40: a distance of 4", (np.array([60, 40]), np.array([0.5, 0.5])), expected=0.0455002639)),
    invariants=(Invariant("the order of the arms does not matter", lambda fn, rng: np.isclose(
        fn(np.array([95, 205, 670]), np.array([0.1, 0.2, 0.7])), fn(np.array([670, 95, 205]), np.array([0.7, 0.1, 0.2])))),),
    mistakes=(
        Mistake("shares of the total", lambda counts, shares: _tail(_distance(np.asarray(counts) / np.sum(counts),
                                                                              shares)[2], len(counts) - 1),
                "You compare shares, not users. The same shares mean nothing with a hundred users and everything with a "
                "million: use counts."),
        Mistake("equal arms", lambda counts, shares: _tail(_distance(counts, np.full(len(counts), 1 / len(counts)))[2],
                                                           len(counts) - 1),
                "You expect equal arms. Expect what the plan asked for: total × share."),
        Mistake("degrees of freedom", lambda counts, shares: _tail(_distance(counts, shares)[2], len(counts)),
                "You use one degree of freedom for each arm. The total is given, so the last arm follows: A − 1."),
        Mistake("not divided by what was expected", lambda counts, shares: _tail(
            ((_distance(counts, shares)[0] - _distance(counts, shares)[1])**2).sum(), len(counts) - 1),
                "You sum the squared gaps as they are. Divide each by its expected count."),
        Mistake("divided by what was observed", lambda counts, shares: _tail(
            ((_distance(counts, shares)[0] - _distance(counts, shares)[1])**2 / _distance(counts, shares)[0]).sum(),
            len(counts) - 1),
                "You divide by the observed counts. Under the plan the variance comes from what was *expected*."),
        Mistake("lower tail", lambda counts, shares: 1 - _tail(_distance(counts, shares)[2], len(counts) - 1),
                "This is the chance of a split *less* uneven. The p-value is the upper tail."),
        Mistake("first arm only", _first_arm,
                "You test the first arm alone. With three arms, two others can be wrong while the first is right."),
    ),
    hints=("How many users should each arm have, out of those that were counted?",
           "`expected = counts.sum() * shares`; then the sum of squared gaps over expected.",
           "`from scipy.stats import chi2`; `chi2.sf(distance, len(counts) - 1)`"),
)
