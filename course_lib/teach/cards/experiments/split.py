"""Exercise on the split of an experiment: are these the users who were planned?"""

import numpy as np

from course_lib.evidence.experiment import srm
from course_lib.teach.cards import effects_decisions
from course_lib.teach.cards.experiments import far_arms
from course_lib.teach.cards.experiments.split_slips import MISTAKES
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 10.4 ----------------------------------------------------------------------------------------------------------
def _split_cases(rng):
    return [Case("two arms, a few users too many", (np.array([5080, 4920]), np.array([0.5, 0.5]))),
            Case("nobody came to one arm", (np.array([0, 45, 48]), np.array([1, 1, 1]) / 3)),
            Case("a tenth held back", (np.array([1040, 8960]), np.array([0.1, 0.9]))),
            Case("three arms", (np.array([330, 345, 390]), np.array([1, 1, 1]) / 3)),
            Case("three arms of different size", (np.array([95, 205, 670]), np.array([0.1, 0.2, 0.7]))),
            Case("the first arm as planned, the others not", (np.array([400, 330, 270]), np.array([0.4, 0.3, 0.3]))),
            Case("expected counts that are no whole numbers", (np.array([63, 190]), np.array([0.21, 0.79]))),
            Case("five arms", (np.array([210, 188, 405, 795, 402]), np.array([0.1, 0.1, 0.2, 0.4, 0.2]))),
            Case("seven arms, one of them small", (np.array([331, 690, 1004, 2050, 1960, 2955, 1010]),
                                                   np.array([0.03, 0.07, 0.1, 0.2, 0.2, 0.3, 0.1]))),
            Case("more users in the smaller arm", (np.array([260, 240]), np.array([0.48, 0.52]))),
            Case("two arms of equal count and unequal share", (np.array([150, 150, 250]), np.array([0.3, 0.25, 0.45]))),
            Case("many users, of whom too few in one arm", (np.array([40_510, 39_490]), np.array([0.5, 0.5]))),
            Case("large expected counts that are no whole numbers", (np.array([1203, 2218]), np.array([0.35, 0.65])))]


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


def _with(distance=None, p=None):
    """A wrong distance from what was expected, or a wrong way from the distance to p."""
    def wrong(counts, shares):
        counts, expected, right = _distance(counts, shares)
        found = float(distance(counts, expected)) if distance else right
        return float(p(found, len(counts))) if p else _tail(found, len(counts) - 1)
    return wrong


def _normal_tail(z):
    from scipy.stats import norm

    return 2 * norm.sf(z)


def _density(distance, arms):
    from scipy.stats import chi2

    return chi2.pdf(distance, arms - 1)


def _first_arm_exact(counts, shares):
    from scipy.stats import binomtest

    return float(binomtest(int(counts[0]), int(np.sum(counts)), float(shares[0])).pvalue)


def _as_a_table(counts, shares):
    from scipy.stats import chi2_contingency

    return float(chi2_contingency(np.array(_distance(counts, shares)[:2]))[1])


def _worst_arm(counts, shares, times=False):
    counts, expected, _ = _distance(counts, shares)
    z = np.abs(counts - expected) / np.sqrt(expected * (1 - np.asarray(shares)))
    return float(min(1.0, _normal_tail(z.max()) * (len(counts) if times else 1)))


SRM = Card(
    id="experiments.4", title="Is this the split that was asked for?", minutes=8, difficulty=2, used_in=("{{experiments}}", "{{launch}}", "{{interview}}",),
    effect=effects_decisions.false_alarms_of_the_split,
    task="The plan gave each arm a share of the users. These are the users who were counted. How likely is a split at least "
         "this uneven, if the plan was carried out? Compare observed with expected counts: Σ (observed − expected)² / "
         "expected follows a chi-squared law (without a correction for continuity) with one degree of freedom fewer than there are arms. Return its upper tail.",
    shapes="`counts` int [A], users in each arm; `shares` float [A], each above 0, sum 1; every arm expects at least 40 "
           "users; returns a p-value.",
    why="A tiny p does not say who is missing or why, only that the arms are not alike for another reason than the "
        "treatment. Then no metric of the test can be read. It costs nothing, needs no outcome, and "
        "finds redirects, bots, crashes and lost logs. The alarm stands at a very small p, for it runs on every test every "
        "day.",
    reference=srm, alternative=_split_loop, cases=lambda rng: [*_split_cases(rng), *far_arms.split_cases()],
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
        Mistake("first arm only, exact", _first_arm_exact,
                "You test the first arm alone, by the binomial law. Compare all arms, and by chi-squared, as the task says."),
        Mistake("first arm only, no remainder", lambda counts, shares: _normal_tail(
            abs(counts[0] - np.sum(counts) * shares[0]) / np.sqrt(np.sum(counts) * shares[0])),
                "You test the first arm alone, with the variance n·p where n·p·(1 − p) belongs. Sum over all arms."),
        Mistake("worst arm only", _worst_arm,
                "You test each arm and keep the least p-value. The more arms, the smaller it gets by chance: sum the distances "
                "over arms and ask once."),
        Mistake("worst arm only, corrected", lambda counts, shares: _worst_arm(counts, shares, times=True),
                "You test each arm and multiply the least p-value by their number. The task asks for one test: the sum of "
                "distances against chi-squared."),
        Mistake("the distance itself", _with(p=lambda d, arms: d),
                "You return the distance. Turn it into a probability: the upper tail of chi-squared."),
        Mistake("density", _with(p=_density),
                "You take the density of chi-squared at the distance. The p-value is the area beyond it: `sf`."),
        Mistake("density, a degree more", _with(p=lambda d, arms: _density(d, arms + 1)),
                "You take the density of chi-squared, with one degree of freedom for each arm. The p-value is the area beyond the "
                "distance, with A − 1: `chi2.sf(distance, A - 1)`."),
        Mistake("lower tail, a degree more", _with(p=lambda d, arms: 1 - _tail(d, arms)),
                "This is the chance of a split *less* uneven, with one degree of freedom for each arm. Take the upper tail, "
                "with A − 1."),
        Mistake("one degree of freedom", _with(p=lambda d, arms: _tail(d, 1)),
                "You use one degree of freedom however many arms there are (as does the root of the distance, read as a z). It is the number "
                "of arms less 1."),
        Mistake("two degrees fewer", _with(p=lambda d, arms: _tail(d, max(arms - 2, 1))),
                "You take two degrees of freedom away. Only the total is given: A − 1."),
        Mistake("degrees from users", lambda counts, shares: _tail(_distance(counts, shares)[2], np.sum(counts) - 1),
                "Your degrees of freedom count users. What can vary freely are the arms' counts but one: A − 1."),
        Mistake("halved", _with(p=lambda d, arms: _tail(d, arms - 1) / 2),
                "You halve the tail. Squares know no direction: the upper tail of chi-squared is the whole p-value."),
        Mistake("doubled", _with(p=lambda d, arms: 2 * _tail(d, arms - 1)),
                "You double the tail. Squares hold both directions already: the upper tail of chi-squared is the whole p-value."),
        Mistake("doubled, at most 1", _with(p=lambda d, arms: min(1.0, 2 * _tail(d, arms - 1))),
                "You double the tail (and cut at 1). Squares hold both directions already: do not double."),
        Mistake("distance as z", _with(p=lambda d, arms: _normal_tail(d)),
                "You read the distance as a z. It is a sum of squares: its law is chi-squared, not the normal one."),
        Mistake("halved root", _with(p=lambda d, arms: _normal_tail(np.sqrt(d)) / 2),
                "You take the root of the distance for a z, and one tail of it. A split can be uneven either way: the upper tail of "
                "chi-squared with A − 1."),
        Mistake("exponential", _with(p=lambda d, arms: np.exp(-d / 2)),
                "exp(−distance / 2) is the tail with two degrees of freedom, so for three arms only. Take A − 1."),
        Mistake("root of the distance", _with(lambda o, e: np.sqrt(((o - e)**2 / e).sum())),
                "You take the root of the sum. Chi-squared is the law of the sum of squares itself."),
        Mistake("gaps not squared", _with(lambda o, e: (np.abs(o - e) / e).sum()),
                "You sum the gaps without squaring them. The distance is Σ (observed − expected)² / expected."),
        Mistake("gaps with their sign", _with(lambda o, e: ((o - e) / e).sum()),
                "You sum the gaps with their signs, so that they cancel. Square each before you divide."),
        Mistake("expected squared as well", _with(lambda o, e: (((o - e) / e)**2).sum()),
                "You square the relative gap. Only the gap on top is squared: (observed − expected)² / expected."),
        Mistake("divided by the root", _with(lambda o, e: ((o - e)**2 / np.sqrt(e)).sum()),
                "You divide by the root of the expected count. Under a *squared* gap stands the count itself."),
        Mistake("divided by the total", _with(lambda o, e: ((o - e)**2).sum() / o.sum()),
                "You divide the squared gaps by all users. Divide each by the expected count of its own arm."),
        Mistake("binomial variance", _with(lambda o, e: ((o - e)**2 / (e * (1 - e / e.sum()))).sum()),
                "You divide by each arm's binomial variance. In the sum over all arms that counts the same gap twice: divide by "
                "the expected count."),
        Mistake("mean of the distances", _with(lambda o, e: ((o - e)**2 / e).mean()),
                "You average over arms. The law belongs to the sum."),
        Mistake("largest distance", _with(lambda o, e: ((o - e)**2 / e).max()),
                "You take the largest distance of an arm. The law belongs to the sum over arms."),
        Mistake("expected cut to whole users", _with(lambda o, e: ((o - np.floor(e))**2 / np.floor(e)).sum()),
                "You cut the expected counts to whole users. An expectation may be a fraction: keep it."),
        Mistake("expected rounded", _with(lambda o, e: ((o - np.round(e))**2 / np.round(e)).sum()),
                "You round the expected counts to whole users. An expectation may be a fraction: keep it."),
        Mistake("continuity", _with(lambda o, e: (np.maximum(np.abs(o - e) - 0.5, 0)**2 / e).sum()),
                "You take half a user from each gap (Yates). The task asks for the plain distance."),
        Mistake("likelihood ratio", _with(lambda o, e: 2 * (o * np.log(o / e)).sum()),
                "This is the likelihood ratio (G-test), near chi-squared but not it. The task asks for Σ (observed − expected)² "
                "/ expected."),
        Mistake("percent", _with(lambda o, e: ((o / o.sum() - e / e.sum())**2 / (e / e.sum())).sum() * 100),
                "You compare percentages. A hundred users and a million would give the same p: compare counts of users."),
        Mistake("expected as a second sample", _as_a_table,
                "You hand observed and expected to a test of two samples. What was expected is known, not counted: its noise must "
                "not enter (`chisquare`, not `chi2_contingency`)."),
        Mistake("shares not multiplied", lambda counts, shares: _tail(
            ((np.asarray(counts, float) - shares)**2 / shares).sum(), len(counts) - 1),
                "Your p-value is 0 whatever was counted: your distance is far too large. Expected counts are total × share, and each squared gap "
                "is divided by its expected count."),
        Mistake("both sorted", lambda counts, shares: _tail(_distance(np.sort(counts), np.sort(shares))[2], len(counts) - 1),
                "You sort counts and shares apart from each other, so that the larger arm is held against the larger share. "
                "The first count belongs to the first share, and so on."),
        *MISTAKES,
    ),
    hints=("How many users should each arm have, out of those that were counted?",
           "`expected = counts.sum() * shares`; then the sum of squared gaps over expected.",
           "`from scipy.stats import chi2`; `chi2.sf(distance, len(counts) - 1)`"),
)
