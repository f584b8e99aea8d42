"""Exercise on the error of a rate: a sum over a sum, about the users who were randomised."""

import numpy as np

from course_lib.evidence.experiment import ratio_delta
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


def pair(fn, *args, **kwargs):
    return np.array([float(part) for part in fn(*args, **kwargs)])


# --- 10.2 ----------------------------------------------------------------------------------------------------------
def _people(rng, n):
    shown = 1 + rng.poisson(5 * rng.gamma(1, 2, n))
    return rng.binomial(shown, rng.beta(2, 12, n)).astype(float), shown.astype(float)


def _ratio_cases(rng):
    return [Case(f"{n} users", _people(rng, n)) for n in (5, 12, 60)]


def _ratio_by_covariance(numerator, denominator):
    n, value = len(numerator), np.mean(numerator) / np.mean(denominator)
    (above, both), (_, below) = np.cov(numerator, denominator)
    variance = (above - 2 * value * both + value**2 * below) / np.mean(denominator)**2
    return value, np.sqrt(variance / n)


def _with_error(error):
    def wrong(numerator, denominator):
        numerator, denominator = np.asarray(numerator, float), np.asarray(denominator, float)
        value = numerator.sum() / denominator.sum()
        return value, error(value, numerator, denominator, numerator - value * denominator)
    return wrong


def _plus_covariance(value, num, den, left):
    (above, both), (_, below) = np.cov(num, den)
    return np.sqrt((above + 2 * value * both + value**2 * below) / len(num)) / den.mean()


def _mean_of_rates(numerator, denominator):
    rate = np.asarray(numerator, float) / denominator
    return rate.mean(), rate.std(ddof=1) / np.sqrt(len(rate))


DELTA = Card(
    id="experiments.2", title="A rate over impressions, its error over users", minutes=10, difficulty=3, used_in=("{{experiments}}", "{{launch}}", "{{interview}}",),
    task="Click rate is a sum over a sum: all clicks by all impressions. *Users* were randomised, so users are what the error "
         "must be about. Return the ratio r and its standard error by the delta method: what each user has beyond r, "
         "`numerator − r · denominator`, has a standard deviation over users (`ddof=1`); divide it by the root of the number "
         "of users and by the mean denominator.",
    shapes="`numerator`, `denominator` float [n], one row a user (clicks, impressions); returns (ratio, standard error).",
    why="Impressions of one user are alike: someone who likes the service clicks on many of them. A thousand impressions of ten "
        "users hold little more than ten facts. The delta method replaces the ratio by its tangent, which turns it "
        "into a mean over users: the numerator and denominator of a user move together, and that is accounted for.",
    reference=ratio_delta, alternative=_ratio_by_covariance, cases=_ratio_cases, call=pair,
    by_hand=(Case("two users, ten impressions each", (np.array([1.0, 3.0]), np.array([10.0, 10.0])),
                  expected=np.array([0.2, 0.1])),
             Case("everyone clicks a fifth: no error at all", (np.array([2.0, 4.0]), np.array([10.0, 20.0])),
                  expected=np.array([0.2, 0.0]))),
    invariants=(Invariant("counting impressions in thousands scales value and error alike", lambda fn, rng: np.allclose(
        pair(fn, np.array([1.0, 3, 2]), np.array([9.0, 14, 12])),
        pair(fn, np.array([1.0, 3, 2]), np.array([9.0, 14, 12]) / 1000) / 1000)),),
    mistakes=(
        Mistake("impressions as units", _with_error(lambda r, num, den, left: np.sqrt(max(r * (1 - r), 0) / den.sum())),
                "Your error takes every impression for an independent coin. Users were randomised, and a user's impressions "
                "are alike."),
        Mistake("mean of the users' rates", _mean_of_rates,
                "You average each user's own rate: someone with one impression then counts as much as someone with a hundred. "
                "Divide the sums."),
        Mistake("denominator taken as fixed", _with_error(lambda r, num, den, left: num.std(ddof=1) / np.sqrt(
            len(num)) / den.mean()),
                "You use the spread of the clicks alone. Users with more impressions have more clicks: take the spread of "
                "numerator − r · denominator."),
        Mistake("covariance added", _with_error(_plus_covariance),
                "The covariance of clicks and impressions has the wrong sign: moving together makes a ratio steadier."),
        Mistake("deviation, not error", _with_error(lambda r, num, den, left: left.std(ddof=1) / den.mean()),
                "This is the spread of one user, not the error of the ratio: divide by the root of the number of users."),
        Mistake("not divided by the mean denominator", _with_error(lambda r, num, den, left: left.std(ddof=1) / np.sqrt(
            len(num))),
                "Your error is in clicks a user. The ratio is in clicks an impression: divide by the mean denominator."),
        Mistake("variance by n", _with_error(lambda r, num, den, left: left.std() / np.sqrt(len(num)) / den.mean()),
                "You divide the squares by n. Use `ddof=1`: r was estimated from the same users."),
    ),
    hints=("Make one number for each user whose mean is 0 when the user clicks at exactly the common rate.",
           "`left = numerator - ratio * denominator`; how far does the mean of `left` wander when users are drawn anew?",
           "`left.std(ddof=1) / np.sqrt(len(left)) / denominator.mean()`"),
)
