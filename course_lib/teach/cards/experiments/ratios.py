"""Exercise on the error of a rate: a sum over a sum, about the users who were randomised."""

import numpy as np

from course_lib.evidence.experiment import ratio_delta
from course_lib.teach.cards import effects_decisions, sizes
from course_lib.teach.cards.experiments import far_arms
from course_lib.teach.cards.experiments.ratio_slips import MISTAKES, root
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake
from course_lib.teach.definitions.mistake_kinds import OTHER


def pair(fn, *args, **kwargs):
    """Two numbers as an array; what is not a pair stays as it is, so that the check can say so."""
    answer = fn(*args, **kwargs)
    return np.array([float(part) for part in answer]) if isinstance(answer, (tuple, list)) else np.asarray(answer)


# --- 10.2 ----------------------------------------------------------------------------------------------------------
def _people(rng, n):
    shown = 1 + rng.poisson(5 * rng.gamma(1, 2, n))
    return rng.binomial(shown, rng.beta(2, 12, n)).astype(float), shown.astype(float)


def _ratio_cases(rng):
    return [Case(f"{n} users", _people(rng, n)) for n in (5, 12, 60)] + [
        Case("sums that are lost and won", (np.array([-300.0, 20, 0, -45, 12]), np.array([2.0, 1, 3, 1, 4]))),
        Case("a user without an impression", (np.array([3.0, 0, 1, 2]), np.array([5.0, 0, 4, 2]))),
        Case("users of whom few differ", (np.r_[np.zeros(120), 900.0, 400.0], np.full(122, 2.0))),
        Case("one impression each", (np.array([0.0, 1, 0, 0, 1, 0, 1]), np.ones(7))),
        Case("a rare event", (np.array([0.0, 1, 0, 2]), np.array([40_000.0, 65_000, 31_000, 52_000]))),
        Case("fractions of both", (np.array([0.75, 0.0, 2.4, 0.6, 1.9]), np.array([1.5, 0.25, 2.75, 0.5, 3.25])))]


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


def _mean_of_rates(numerator, denominator, ddof=1):
    rate = np.asarray(numerator, float) / denominator
    return rate.mean(), rate.std(ddof=ddof) / np.sqrt(len(rate))


def _about(numerator, denominator, value):
    left = np.asarray(numerator, float) - value * np.asarray(denominator, float)
    return value, left.std(ddof=1) / np.sqrt(len(left)) / np.mean(denominator)


def _once(value, num, den, left):
    (above, both), (_, below) = np.cov(num, den)
    return np.sqrt(max(above - value * both + value**2 * below, 0) / len(num)) / den.mean()


def _without_covariance(value, num, den, left):
    return np.sqrt((num.var(ddof=1) + value**2 * den.var(ddof=1)) / len(num)) / den.mean()


def _one_out(value, num, den, left):
    """The jackknife: how far the ratio moves when each user is left out."""
    without = (num.sum() - num) / (den.sum() - den)
    return np.sqrt((len(num) - 1) / len(num) * ((without - without.mean())**2).sum())


def _one_more(value, num, den, left):
    """How far the ratio moves when one user like each comes, exactly."""
    return np.sqrt(len(num)) * ((num.sum() + num) / (den.sum() + den) - value).std(ddof=1)


CUT_OR_NOT = (("", -np.inf, ""), (", never below 0", 0.0, " (Where r · (1 − r) is below 0, r is no chance at all.)"))


DELTA = Card(
    id="experiments.2", title="A rate over impressions, its error over users", minutes=10, difficulty=3, used_in=("{{experiments}}", "{{launch}}", "{{interview}}",),
    effect=effects_decisions.false_alarms_of_a_ratio,
    realistic=sizes.users_rates,
    task="Click rate is a sum over a sum: all clicks by all impressions. *Users* were randomised, so the error has to be about "
         "users. Return the ratio r and its standard error. By how much would r move if one user more like this one came? To "
         "first order it depends on one number a user, made of their clicks, their impressions and r. Spreads with `ddof=1`.",
    shapes="Clicks and impressions, one row a user, of at least two users; returns (ratio, standard error).",
    why="Impressions of one user are alike: someone who likes the service clicks on many of them. A thousand impressions of ten "
        "users hold far less than a thousand facts. The delta method replaces the ratio by its tangent, which turns it "
        "into a mean over users: the numerator and denominator of a user move together, and that is accounted for. A "
        "bootstrap draws whole users anew, with replacement, some thousand times: the spread of the ratios is the error. It gives about the same for far "
        "more work, and serves medians, too, which have no such formula. Where thirty users differ much in how often they come, 95% intervals "
        "by either are too narrow: neither knows a tail that it has not seen.",
    reference=ratio_delta, alternative=_ratio_by_covariance, cases=lambda rng: [*_ratio_cases(rng), *far_arms.ratio_cases()], call=pair,
    by_hand=(Case("two users, ten impressions each", (np.array([1.0, 3.0]), np.array([10.0, 10.0])),
                  expected=np.array([0.2, 0.1])),
             Case("everyone clicks a fifth: no error at all", (np.array([2.0, 4.0]), np.array([10.0, 20.0])),
                  expected=np.array([0.2, 0.0]))),
    invariants=(Invariant("counting impressions in thousands scales value and error alike", lambda fn, rng: np.allclose(
        pair(fn, np.array([1.0, 3, 2]), np.array([9.0, 14, 12])),
        pair(fn, np.array([1.0, 3, 2]), np.array([9.0, 14, 12]) / 1000) / 1000)),),
    mistakes=(
        *(Mistake(f"impressions as units{cut}", _with_error(
            lambda r, num, den, left, least=least: root(np.maximum(r * (1 - r), least) / den.sum())),
                  "Your error takes every impression for an independent coin. Users were randomised, and a user's impressions "
                  "are alike." + more) for cut, least, more in CUT_OR_NOT),
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
        Mistake("mean of the users' rates, by n", lambda numerator, denominator: _mean_of_rates(numerator, denominator, 0),
                "You average each user's own rate, so that one impression counts as much as a hundred (divide the sums), and "
                "you divide the squares by n (`ddof=1`)."),
        Mistake("the error of the mean rate", _with_error(lambda r, num, den, left: (num / den).std(ddof=1) / np.sqrt(
            len(num))),
                "Your ratio is right; your error is that of the mean of the users' own rates. Take the spread of numerator − r "
                "· denominator, which gives much weight to much shown."),
        Mistake("the error of the mean rate, by n", _with_error(lambda r, num, den, left: (num / den).std() / np.sqrt(
            len(num))),
                "Your ratio is right; your error is that of the mean of the users' own rates, with `ddof=0`. Take the spread of "
                "numerator − r · denominator, with `ddof=1`."),
        Mistake("weighted spread of the rates", _with_error(lambda r, num, den, left: np.sqrt(
            (den * (num / den - r)**2).sum() / den.sum() / len(num))),
                "You weigh each user's squared distance from the rate by impressions. The weight belongs to the distance before it is "
                "squared: numerator − r · denominator."),
        Mistake("mean of rates, right error", lambda numerator, denominator: (
            np.mean(np.asarray(numerator) / denominator), ratio_delta(numerator, denominator)[1]),
                "Your error is right, your value is the mean of the users' own rates. The ratio is all clicks by all "
                "impressions."),
        Mistake("residuals about the mean rate", lambda numerator, denominator: _about(
            numerator, denominator, np.mean(np.asarray(numerator) / denominator)),
                "Your r is the mean of the users' own rates, in the value and in the residuals. It is all clicks by all "
                "impressions."),
        Mistake("clicks a user", lambda numerator, denominator: (np.mean(numerator), np.std(numerator, ddof=1) / np.sqrt(
            len(numerator))),
                "This is clicks a user with its error. The denominator is missing: divide clicks by impressions."),
        Mistake("denominator taken as fixed, by n", _with_error(lambda r, num, den, left: num.std() / np.sqrt(
            len(num)) / den.mean()),
                "You use the spread of the clicks alone, and `ddof=0`. Take the spread of numerator − r · denominator, "
                "`ddof=1`."),
        Mistake("covariance left out", _with_error(_without_covariance),
                "You add the two variances as if clicks and impressions were independent. They move together: a covariance "
                "is missing, which numerator − r · denominator takes in."),
        Mistake("covariance once", _with_error(_once),
                "The covariance counts twice: var(x − r·y) = var(x) − 2r·cov(x, y) + r²·var(y)."),
        *(Mistake(f"impressions as units, over users{cut}", _with_error(
            lambda r, num, den, left, least=least: root(np.maximum(r * (1 - r), least) / len(num))),
                  "You take every user for one coin that falls with the chance r. A user has several impressions: take the "
                  "spread of numerator − r · denominator over users." + more) for cut, least, more in CUT_OR_NOT),
        Mistake("root of the impressions", _with_error(lambda r, num, den, left: left.std(ddof=1) / np.sqrt(
            den.sum()) / den.mean()),
                "You divide by the root of the number of impressions. The independent units are users: use their number."),
        Mistake("root of the impressions alone", _with_error(lambda r, num, den, left: left.std(ddof=1) / np.sqrt(
            den.sum())),
                "Your error is the spread by the root of the impressions. Users are the units: divide by the root of their number, "
                "and by the mean denominator itself, not by its root."),
        Mistake("divided by the summed denominator", _with_error(lambda r, num, den, left: left.std(ddof=1) / np.sqrt(
            len(num)) / den.sum()),
                "You divide by the sum of the denominators where their mean belongs: the root of n has already made a mean "
                "of the residuals."),
        Mistake("spread over all impressions", _with_error(lambda r, num, den, left: left.std(ddof=1) / den.sum()),
                "You divide the spread of one user by all impressions, or by n and the mean denominator, which is the same. A "
                "standard deviation falls with the *root* of n."),
        Mistake("variance, not error", _with_error(lambda r, num, den, left: left.var(ddof=1) / len(num) / den.mean()**2),
                "You return the variance of the ratio. The standard error is its root."),
        Mistake("n less 1 twice", _with_error(lambda r, num, den, left: left.std(ddof=1) / np.sqrt(len(num) - 1) / den.mean()),
                "You use n − 1 in the spread and again in the root. `ddof=1` for the spread, then the root of n."),
        Mistake("one left out", _with_error(_one_out),
                "This is the jackknife: each user left out in turn. For many users it says the same, for few a little more. Asked is the first order: the "
                "spread of numerator − r · denominator, by the root of n and by the mean denominator.", OTHER),
        Mistake("one more, exactly", _with_error(_one_more),
                "You move the ratio by one more user exactly. To first order the denominator that you divide by stays as it is: the move is "
                "(numerator − r · denominator) / Σ denominator.", OTHER),
        Mistake("half an interval", _with_error(lambda r, num, den, left: 1.96 * left.std(ddof=1) / np.sqrt(
            len(num)) / den.mean()),
                "You return half the width of a 95% interval. The task asks for one standard error."),
        Mistake("numerator's mean in place of the denominator's", _with_error(lambda r, num, den, left: left.std(
            ddof=1) / np.sqrt(len(num)) / num.mean()),
                "You divide by the mean numerator, so your error is relative to the ratio. Divide by the mean denominator."),
        Mistake("error first", lambda numerator, denominator: ratio_delta(numerator, denominator)[::-1],
                "You return the error first. The order is (ratio, standard error)."),
        Mistake("the ratio alone", lambda numerator, denominator: ratio_delta(numerator, denominator)[0],
                "You return the ratio alone. Its standard error belongs beside it: (ratio, standard error)."),
        Mistake("the error alone", lambda numerator, denominator: ratio_delta(numerator, denominator)[1],
                "You return the error alone. The ratio belongs in front of it: (ratio, standard error)."),
        *MISTAKES,
    ),
    hints=("Make one number for each user whose mean is 0 when the user clicks at exactly the common rate.",
           "`left = numerator - ratio * denominator`; how far does the mean of `left` wander when users are drawn anew?",
           "`left.std(ddof=1) / np.sqrt(len(left)) / denominator.mean()`"),
)
