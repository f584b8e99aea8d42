"""Exercise on a change that touches few people: what it does to the mean of all, from those whom it concerns."""

import numpy as np

from course_lib.evidence.triggered import effect_of_touched
from course_lib.teach.cards.effects import over
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake
from course_lib.teach.definitions.mistake_kinds import BASE, UNIT


# --- 10.7 ----------------------------------------------------------------------------------------------------------
def _people(rng, n, share, effect=1.0, scale=1.0, treated=0.5):
    arm = (np.arange(n) < max(3, round(treated * n))).astype(int)
    touched = np.zeros(n, bool)
    for side in (0, 1):
        own = np.flatnonzero(arm == side)
        touched[own[: max(2, round(share * len(own)))]] = True
    order = rng.permutation(n)
    arm, touched = arm[order], touched[order]
    return scale * (rng.normal(3, 2, n) + effect * arm * touched), arm, touched


def _cases(rng):
    tied = np.array([2.0, 2, 2, 5, 5, 5, 0, 0, 1, 7]), np.array([0, 1, 0, 1, 0, 1, 0, 1, 0, 0]), np.arange(10) < 7
    bought = (rng.random(40) < 0.3).astype(float), np.arange(40) % 2, np.arange(40) % 5 < 2
    none_differs = np.r_[np.zeros(6), 4.0, 6.0, 5.0], np.tile([0, 1, 0], 3), np.r_[np.ones(6, bool), False, False, True]
    return [
        *(Case(f"{n} people, about {share:.0%} of them touched", _people(rng, n, share)) for n, share in (
            (12, 0.5), (60, 0.2), (300, 0.1))),
        Case("a tenth of people treated", _people(rng, 90, 0.4, treated=0.1)),
        Case("nine in ten treated, losses", _people(rng, 50, 0.3, effect=-4.0, scale=-1.0, treated=0.9)),
        Case("everybody touched", _people(rng, 14, 1.0)), Case("amounts in millions", _people(rng, 30, 0.3, effect=9.0, scale=1e6)),
        Case("amounts in millionths", _people(rng, 30, 0.3, scale=1e-6)), Case("ties and zeros", tied),
        Case("no difference at all", (np.array([1.0, 3, 1, 3, 50, 2]), np.array([0, 0, 1, 1, 0, 1]), np.arange(6) < 4)),
        Case("who bought, yes or no", bought), Case("one arm's touched all alike", none_differs)]


def _with(who=lambda y, arm, touched: touched, share=lambda y, arm, touched: touched.mean(), ddof=1,
          join=lambda control, treatment, of: np.sqrt(of(control) / len(control) + of(treatment) / len(treatment)),
          center=np.mean, last=lambda effect, error, share: (share * effect, share * error)):
    """(effect, error) with one of its parts exchanged."""
    def wrong(y, arm, touched):
        y, arm, touched = np.asarray(y, float), np.asarray(arm), np.asarray(touched, bool)
        kept = who(y, arm, touched)
        control, treatment = y[kept & (arm == 0)], y[kept & (arm == 1)]
        error = join(control, treatment, lambda part: part.var(ddof=ddof))
        return last(center(treatment) - center(control), error, share(y, arm, touched))
    return wrong


def _zeros(y, arm, touched):
    """Everybody is compared, with 0 for those who were not touched."""
    return _with(who=lambda y, arm, touched: touched | True, share=lambda *held: 1.0)(
        np.where(touched, y, 0.0), arm, touched)


def _less_the_rest(y, arm, touched):
    effect, error = effect_of_touched(y, arm, touched)
    y, rest = np.asarray(y, float), ~np.asarray(touched, bool)
    sides = [y[rest & (arm == side)] for side in (0, 1)]
    gap = sides[1].mean() - sides[0].mean() if min(map(len, sides)) else 0.0
    return effect - np.mean(touched) * gap, error


def _differences(y, arm, touched):
    """The touched people's difference less the others', with the error of both; none of the others where they are too few."""
    y, rest, share = np.asarray(y, float), ~np.asarray(touched, bool), np.mean(touched)
    sides = [y[rest & (arm == side)] for side in (0, 1)]
    effect, error = effect_of_touched(y, arm, touched)
    if min(map(len, sides)) < 2:
        return effect, error
    control, treatment = sides
    others = control.var(ddof=1) / len(control) + treatment.var(ddof=1) / len(treatment)
    return effect - share * (treatment.mean() - control.mean()), np.sqrt(error**2 + share**2 * others)


def _own_shares(y, arm, touched):
    """Each arm's touched people times the share of the touched in that arm."""
    y, touched = np.asarray(y, float), np.asarray(touched, bool)
    sides = [(touched[arm == side].mean(), y[touched & (arm == side)]) for side in (0, 1)]
    (less, control), (more, treatment) = sides
    square = sum(share**2 * part.var(ddof=1) / len(part) for share, part in sides)
    return more * treatment.mean() - less * control.mean(), np.sqrt(square)


def _against_all_others(y, arm, touched):
    """Touched people in treatment against everybody else, of whatever arm."""
    y, both = np.asarray(y, float), np.asarray(touched, bool) & (np.asarray(arm) == 1)
    return _with(who=lambda y, arm, touched: touched | True, share=lambda *held: np.mean(touched))(y, both.astype(int), touched)


def _of_treated_alone(y, arm, touched):
    """Touched people in treatment against everybody in control."""
    return _with(who=lambda y, arm, touched: touched | (arm == 0))(y, arm, touched)


def _pooled(control, treatment, of):
    n, m = len(control), len(treatment)
    both = ((n - 1) * of(control) + (m - 1) * of(treatment)) / (n + m - 2)
    return np.sqrt(both * (1 / n + 1 / m))


def _loop(y, arm, touched):
    """Another right answer: person by person."""
    held = {0: [], 1: []}
    for value, side, concerned in zip(y, arm, touched, strict=True):
        if concerned:
            held[int(side)].append(float(value))
    share = (len(held[0]) + len(held[1])) / len(y)
    square = sum(np.var(part) / (len(part) - 1) for part in held.values())
    return share * (np.mean(held[1]) - np.mean(held[0])), share * square**0.5


def found_and_right(fn):
    """Share of tests whose interval excludes 0 and holds the true effect on all, a tenth of people touched."""
    rng, good = np.random.default_rng(0), []
    for _ in range(400):
        arm, touched = rng.permutation(2000) % 2, rng.random(2000) < 0.1
        y = rng.normal(0, 1, 2000) + 0.8 * arm * touched
        value, error = fn(y, arm, touched)
        low, high = value - 1.96 * error, value + 1.96 * error
        good.append(low > 0 and low <= 0.08 <= high)
    return over(np.array(good, float))


_Y = np.array([1.0, 3, 5, 9, 100, 0])
_ARM = np.array([0, 0, 1, 1, 0, 1])
_TOUCHED = np.array([True, True, True, True, False, False])
TOUCHED = Card(
    id="experiments.7", title="A change that touches one person in ten", minutes=10, difficulty=3, used_in=("{{experiments}}", "{{launch}}"),
    effect=found_and_right,
    task="A new row of recommendations stands on some people's pages only. `touched` says whose page it *would* alter, by the "
         "same rule in both arms. Say what the change does to the mean outcome of *all* people, with a "
         "standard error over people, as narrow as these data allow. Take the share of touched people, both arms together, as known.",
    shapes="`arm` is 0 in control, 1 in treatment; each arm has two touched people or more; returns (effect, standard "
           "error).",
    why="Whoever cannot be touched has the same distribution in both arms: their difference is 0 before one looks, so "
        "counting them adds their noise and nothing else. Compare the touched, and multiply effect and error by their share, "
        "for that is what the business gets. Where a tenth are touched and people are alike, the error falls by a factor of "
        "√10. It is unbiased only while the treatment cannot decide who is touched.",
    reference=effect_of_touched, alternative=_loop, cases=_cases,
    by_hand=(Case("four of six touched", (_Y, _ARM, _TOUCHED), expected=(10 / 3, 2 / 3 * np.sqrt(5))),),
    invariants=(
        Invariant("what the others do does not matter", lambda fn, rng: np.allclose(
            fn(_Y, _ARM, _TOUCHED), fn(np.where(_TOUCHED, _Y, -7.0), _ARM, _TOUCHED))),
        Invariant("the order of people does not matter", lambda fn, rng: np.allclose(
            fn(_Y, _ARM, _TOUCHED), fn(_Y[::-1].copy(), _ARM[::-1].copy(), _TOUCHED[::-1].copy())))),
    mistakes=(
        Mistake("effect on the touched", _with(share=lambda *held: 1.0),
                "This is the effect on touched people. Asked is that on all: multiply effect and error by the share of the touched."),
        Mistake("everybody compared", _with(who=lambda y, arm, touched: touched | True, share=lambda *held: 1.0),
                "You compare everybody. That is unbiased, and full of the noise of people whose page is the same in both arms."),
        Mistake("everybody compared, times the share", _with(who=lambda y, arm, touched: touched | True),
                "You compare everybody and multiply by the share: the effect is diluted twice. Compare the touched."),
        Mistake("error not diluted", _with(last=lambda effect, error, share: (share * effect, error)),
                "You multiply the effect by the share and not its error: both are of the same difference."),
        Mistake("effect not diluted", _with(last=lambda effect, error, share: (effect, share * error)),
                "You multiply the error by the share and not the effect: both are of the same difference."),
        Mistake("divided by the share", _with(last=lambda effect, error, share: (effect / share, error / share)),
                "You divide by the share. Among all people the effect is smaller than among the touched: multiply."),
        Mistake("everybody compared, divided by the share", _with(
            who=lambda y, arm, touched: touched | True, last=lambda effect, error, share: (effect / share, error / share)),
                "You compare everybody and divide by the share: that is an effect on the touched, with everybody's noise. Asked is "
                "the effect on all, from the touched alone.", UNIT),
        Mistake("error times the share twice", _with(last=lambda effect, error, share: (share * effect, share**2 * error)),
                "You multiply the error by the share twice. The square of the share belongs to a variance: the error takes the share once.",
                UNIT),
        Mistake("root of the share", _with(last=lambda effect, error, share: (share * effect, np.sqrt(share) * error)),
                "You multiply the error by the root of the share. It is the error of share × difference: multiply by the share itself."),
        Mistake("touched against all of control", _of_treated_alone,
                "You hold touched people in treatment against everybody in control. The rule has to be applied in both arms, or other "
                "people are compared."),
        Mistake("zeros for the others", _zeros,
                "You count those who were not touched as 0. So the shares of touched people in the two arms enter the difference, "
                "with their noise: compare the touched."),
        Mistake("less the others' difference", _less_the_rest,
                "You subtract the difference of those who were not touched. It is 0 but for chance: you add noise, and the error "
                "does not know."),
        Mistake("difference of differences", _differences,
                "You subtract the difference of those who were not touched, and say its noise. That difference is 0 but for chance, for "
                "their page is the same in both arms: without it the error is smaller.", BASE),
        Mistake("each arm's own share", _own_shares,
                "You multiply each arm's mean by that arm's own share of touched people. The two shares differ by chance, which then looks like an "
                "effect, and your error does not hold it. Take one share, over both arms.", BASE),
        Mistake("treated and touched against all others", _against_all_others,
                "You hold the touched people in treatment against everybody else. Most of those are people whose page would not be altered, who differ "
                "for other reasons: take the touched of the other arm.", BASE),
        Mistake("the others compared", _with(who=lambda y, arm, touched: ~touched if min(
            (~touched & (arm == side)).sum() for side in (0, 1)) > 1 else touched & False),
                "You compare those whose page is the same in both arms: there is nothing to find."),
        Mistake("share of the treated", _with(share=lambda y, arm, touched: touched[arm == 1].mean()),
                "You take the share of touched people in treatment alone. Take it over everybody: it has less noise."),
        Mistake("share of control", _with(share=lambda y, arm, touched: touched[arm == 0].mean()),
                "You take the share of touched people in control alone. Take it over everybody: it has less noise."),
        Mistake("share of people treated", _with(share=lambda y, arm, touched: arm.mean()),
                "You multiply by the share of people in treatment. Asked is the share of those who are *touched*."),
        Mistake("touched and treated", _with(share=lambda y, arm, touched: (touched & (arm == 1)).mean()),
                "You multiply by the share of people who are touched and treated. Once launched the change touches both arms: "
                "take all touched people."),
        Mistake("squares by n", _with(ddof=0), "Your variances divide by n. Of a sample take `ddof=1`."),
        Mistake("pooled variance", _with(join=_pooled),
                "You pool the variances of both arms. A treatment may change the spread: give each arm its own, by its own n."),
        Mistake("one spread, the effect in it", _with(join=lambda c, t, of: np.sqrt(of(np.r_[c, t]) * (1 / len(c) + 1 / len(t)))),
                "You take one spread over the touched of both arms, so that the effect itself counts as noise. Give each arm its own "
                "variance, by its own n.", BASE),
        Mistake("errors added", _with(join=lambda c, t, of: np.sqrt(of(c) / len(c)) + np.sqrt(of(t) / len(t))),
                "You add two standard errors. Variances add: the root of the sum of squares."),
        Mistake("treatment's error alone", _with(join=lambda c, t, of: np.sqrt(of(t) / len(t))),
                "Your error holds the noise of treatment alone. A difference has the noise of both arms."),
        Mistake("a variance", _with(join=lambda c, t, of: of(c) / len(c) + of(t) / len(t)),
                "You return a variance in place of the standard error: take its root before you multiply by the share."),
        Mistake("spread of people", _with(join=lambda c, t, of: np.sqrt(of(c) + of(t))),
                "Your error is the spread of single people. Divide each arm's variance by its number of touched people."),
        Mistake("by the arm's people", lambda y, arm, touched: _with(join=lambda c, t, of: np.sqrt(
            of(c) / (np.asarray(arm) == 0).sum() + of(t) / (np.asarray(arm) == 1).sum()))(y, arm, touched),
                "You divide by all people of an arm. The means are of touched people: divide by their number."),
        Mistake("control less treatment", _with(last=lambda effect, error, share: (-share * effect, share * error)),
                "You take control less treatment. An effect is treatment less control."),
        Mistake("error first", _with(last=lambda effect, error, share: (share * error, share * effect)),
                "You return the error first. Asked is (effect, standard error)."),
        Mistake("half an interval", _with(last=lambda effect, error, share: (share * effect, 1.96 * share * error)),
                "You return half an interval. One standard error is asked for."),
        Mistake("medians", _with(center=np.median), "You compare medians. The mean of all people is asked for."),
    ),
    hints=("What is the difference between the arms, in truth, among people who were not touched?",
           "A difference of means of the touched, with its error; then the step from the touched to everybody, for both numbers.",
           "`share = touched.mean()`; `share * (treatment.mean() - control.mean())`, and `share` times the root of the sum of "
           "`var(ddof=1) / n` of the two arms' touched people."),
)
