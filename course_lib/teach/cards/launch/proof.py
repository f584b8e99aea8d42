"""Exercise on guardrails: how many users prove that nothing was lost."""

import numpy as np

from course_lib.launch.guardrails import users_to_prove
from course_lib.teach.cards import effects_decisions
from course_lib.teach.cards.launch import far_launches
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 12.2 ----------------------------------------------------------------------------------------------------------
def _z(alpha, power):
    from scipy.stats import norm

    return norm.ppf(1 - alpha / 2) + norm.ppf(power)


def _users_formula(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    variation = standard_deviation / mean
    return int(np.ceil(2 * (_z(alpha, power) * variation / margin) ** 2))


def _proof_cases(rng):
    return [Case(f"mean {m}, margin {d:.0%}", (m, s, d)) for m, s, d in
            ((2.4, 3.1, 0.05), (0.2, 0.9, 0.1), (130.0, 260.0, 0.02))] + [
        Case("a stricter level", (2.0, 2.0, 0.05), {"alpha": 0.005}),
        Case("more power", (0.7, 1.1, 0.03), {"power": 0.9}),
        Case("a loose margin", (5.0, 4.0, 0.4), {"alpha": 0.1, "power": 0.7}),
        Case("less power than a coin has", (3.0, 4.0, 0.2), {"alpha": 0.3, "power": 0.3}),
        Case("a rare event and a tight margin", (0.004, 0.09, 0.004)), Case("hardly any noise", (50.0, 1.5, 0.6))]


def _with(z=_z, noise=lambda mean, s, margin: 2 * (s / (margin * mean))**2, square=lambda z: z**2, whole=np.ceil):
    """A wrong answer: the z of the test, what it multiplies, how they meet, and how the result is made whole."""
    def wrong(mean, standard_deviation, margin, alpha=0.05, power=0.8):
        found = whole(square(z(alpha, power)) * noise(mean, standard_deviation, margin))
        return int(found) if float(found).is_integer() else float(found)
    return wrong


def _as_it_is(n):
    return n


LEVELS = (
    ("one-sided", lambda alpha, power: _z(2 * alpha, power),
     "You take z at 1 − α, as for an interval that is open above. The task's interval is two-sided: z(1 − α/2)."),
    ("no power", lambda alpha, power: _z(alpha, 0.5),
     "You leave the power out. With so many users the guardrail passes only every other time: add z of the power."),
    ("one-sided and no power", lambda alpha, power: _z(2 * alpha, 0.5),
     "You take z at 1 − α, where a two-sided interval has z(1 − α/2), and you leave out z of the power."),
    ("power taken away", lambda alpha, power: _z(alpha, 1 - power),
     "One of your two z has the wrong sign, as from `1 - power` or `ppf(alpha / 2)`. Both are above 0 here: add z(1 − α/2) "
     "and z(power)."),
)
NOISES = (
    ("margin not relative", lambda mean, s, margin: 2 * (s / margin)**2,
     "You use the margin as if it were in the metric's unit. It is a share: the loss is margin × mean."),
    ("one arm's variance", lambda mean, s, margin: (s / (margin * mean))**2,
     "The 2 is missing: a difference has the noise of both arms, 2σ²/n, and n is the number in each."),
    ("both arms together", lambda mean, s, margin: 4 * (s / (margin * mean))**2,
     "Your factor is 4: both arms together, or two errors added where variances add. The task asks for one arm, 2σ²/n."),
    ("mean not in it, but σ", lambda mean, s, margin: 2 / margin**2,
     "You take the margin as a share of the standard deviation. It is a share of the mean."),
)
TWICE_WRONG = tuple(Mistake(f"{level}, {noise}", _with(z, amount), f"{says} And then: {also}")
                    for level, z, says in LEVELS for noise, amount, also in NOISES[:3])
ROUNDED = (
    ("rounded down", np.floor, "You round down, where too few users fail to reach the power: round up."),
    ("not rounded", _as_it_is, "You return a fraction of a user: round up."),
)
NOT_ROUNDED_UP = tuple(Mistake(f"{name}, {how}", _with(whole=whole, **slip), f"{says} And then: {also}")
                       for name, slip, says in (*((level, {"z": z}, says) for level, z, says in LEVELS),
                                                *((noise, {"noise": amount}, says) for noise, amount, says in NOISES))
                       for how, whole, also in ROUNDED)


GUARDRAIL = Card(
    id="launch.2", title="How many users prove that nothing was lost", minutes=10, difficulty=3, used_in=("{{interview}}",),
    effect=effects_decisions.harmless_launches_proved,
    task="A guardrail passes when the two-sided interval of the change, at level 1 − α, excludes a loss of `margin` (a share of "
         "the metric's mean). Suppose the treatment changes nothing. How many users an arm make the guardrail pass with the power given? The "
         "difference of two means has variance 2σ²/n, and the loss to exclude is margin × mean.",
    shapes="numbers above 0; returns the number of users an arm, rounded up.",
    why="It is the formula for finding an effect of margin × mean, read the other way: excluding a loss takes as many users "
        "as finding it. So a guardrail with a margin of two percent needs the users that a two percent effect needs, and a "
        "margin chosen without asking is a ramp that never ends.",
    reference=users_to_prove, alternative=_users_formula, cases=lambda rng: [*_proof_cases(rng), *far_launches.PROOFS],
    by_hand=(Case("mean 1, deviation 1, margin 5%: 2 · (2.8016 / 0.05)²", (1.0, 1.0, 0.05), expected=6280),),
    invariants=(Invariant("half the margin takes four times the users", lambda fn, rng: np.isclose(
        fn(1.0, 1.0, 0.05) / fn(1.0, 1.0, 0.1), 4, rtol=0.01)),
                Invariant("counting in cents instead of euros changes nothing", lambda fn, rng: fn(3.0, 2.0, 0.1) == fn(
                    300.0, 200.0, 0.1))),
    mistakes=(
        *(Mistake(name, _with(z), says) for name, z, says in LEVELS),
        *(Mistake(name, _with(noise=amount), says) for name, amount, says in NOISES),
        Mistake("not squared", _with(noise=lambda mean, s, margin: 2 * s / (margin * mean), square=_as_it_is),
                "The standard error falls with the root of n, so n grows with the square: square the whole fraction."),
        Mistake("2 squared as well", _with(noise=lambda mean, s, margin: (2 * s / (margin * mean))**2 / 4 * np.sqrt(2)),
                "Your 2 has lost something to a root: solved for n, (z₁ + z₂)²·2σ² stands over the squared loss."),
        Mistake("z not squared", _with(square=_as_it_is),
                "You square the fraction and not z. All of (z₁ + z₂)·σ / loss is squared."),
        Mistake("deviation not squared", _with(noise=lambda mean, s, margin: 2 * s / (margin * mean)**2),
                "You have σ where σ² belongs: the variance of the difference is 2σ²/n."),
        Mistake("loss not squared", _with(noise=lambda mean, s, margin: 2 * s**2 / (margin * mean)),
                "You divide by the loss, not by its square. Square margin × mean."),
        Mistake("mean not squared", _with(noise=lambda mean, s, margin: 2 * s**2 / (margin**2 * mean)),
                "You square the margin and not the mean. The loss is margin × mean, and all of it is squared."),
        Mistake("margin not squared", _with(noise=lambda mean, s, margin: 2 * s**2 / (margin * mean**2)),
                "You square the mean and not the margin. The loss is margin × mean, and all of it is squared."),
        Mistake("divided and multiplied", _with(noise=lambda mean, s, margin: 2 * (s / margin * mean)**2),
                "You divide by the margin and then multiply by the mean. Brackets: σ / (margin × mean)."),
        Mistake("divided, then multiplied", _with(noise=lambda mean, s, margin: 2 * (s / mean * margin)**2),
                "You divide by the mean and then multiply by the margin. Brackets: σ / (margin × mean)."),
        Mistake("not squared, root of 2", _with(noise=lambda mean, s, margin: np.sqrt(2) * s / (margin * mean), square=_as_it_is),
                "This is the root of the number of users. Square it."),
        Mistake("half of the power", _with(lambda alpha, power: _z(alpha, power / 2)),
                "You halve the power. Only the level has two sides: z(power) as it is."),
        Mistake("what is left", _with(noise=lambda mean, s, margin: 2 * (s / ((1 - margin) * mean))**2),
                "You use what is left after the loss, (1 − margin) × mean. What must be excluded is the loss: margin × mean."),
        Mistake("half the margin", _with(noise=lambda mean, s, margin: 2 * (2 * s / (margin * mean))**2),
                "You let the loss be half the margin. The margin is the distance from no change to the loss, all of it."),
        Mistake("margin in percent", _with(noise=lambda mean, s, margin: 2 * (100 * s / (margin * mean))**2),
                "You divide the margin by 100. It comes as a share already: 0.05 is five percent."),
        Mistake("in deviations of both", _with(noise=lambda mean, s, margin: 2 * (mean / (margin * s))**2),
                "Mean and standard deviation have changed places: noise, σ, stands on top; the loss, margin × mean, below."),
        Mistake("rounded down", _with(whole=np.floor),
                "You round down, so the power just fails to be reached. Round up: `math.ceil`."),
        Mistake("rounded to the nearest", _with(whole=np.round),
                "You round to the nearest. Half the time the power just fails to be reached: round up."),
        Mistake("not rounded", _with(whole=_as_it_is),
                "You return a fraction of a user. Round up: `math.ceil`."),
        Mistake("one more", _with(whole=lambda n: np.ceil(n) + 1),
                "You round up and add one. Rounding up is enough."),
        Mistake("both arms, each rounded up", _with(whole=lambda n: 2 * np.ceil(n)),
                "You return the users of both arms together. The task asks for one arm."),
        Mistake("power two-sided", _with(lambda alpha, power: _z(alpha, 1 - (1 - power) / 2)),
                "You halve what the power leaves. The guardrail can fail to pass on one side only: z(power) as it is."),
        Mistake("α shared out", _with(lambda alpha, power: _z(alpha / 2, power)),
                "You halve α twice. Each side of the two-sided interval has α/2."),
        Mistake("alpha not read", _with(lambda alpha, power: _z(0.05, power)),
                "Your answer does not change with `alpha`: 1.96 is z(1 − α/2) at 5% only."),
        Mistake("power not read", _with(lambda alpha, power: _z(alpha, 0.8)),
                "Your answer does not change with `power`: 0.84 is z(power) at 80% only."),
        Mistake("neither is read", _with(lambda alpha, power: _z(0.05, 0.8)),
                "Your answer changes neither with `alpha` nor with `power`: work both z out from them."),
        Mistake("1.96 + 0.84", _with(lambda alpha, power: 2.8),
                "You write 1.96 + 0.84. That is the default's rounded: work both z out from `alpha` and `power`."),
        Mistake("rule of thumb", _with(lambda alpha, power: np.sqrt(8)),
                "You use the rule of thumb 16σ²/δ². It is rounded, and holds for 5% and 80% only."),
        Mistake("the power itself", _with(lambda alpha, power: _z(alpha, 0.5) + power),
                "You add the power itself, a probability. Turn it into a distance first: `norm.ppf(power)`."),
        Mistake("each z squared", _with(lambda alpha, power: np.hypot(
            _z(alpha, 0.5), _z(alpha, power) - _z(alpha, 0.5))),
                "You square each z and add. They are two stretches of one way: add them, then square the sum."),
        *TWICE_WRONG,
        *NOT_ROUNDED_UP,
    ),
    hints=("The interval has to be narrow enough to stay above −margin × mean, even when chance pulls the estimate down.",
           "That takes (z of the level + z of the power) standard errors between 0 and the loss: "
           "(z₁ + z₂) · sqrt(2σ²/n) = margin · mean.",
           "`from scipy.stats import norm`; `z = norm.ppf(1 - alpha / 2) + norm.ppf(power)`; solve for n; `math.ceil`."),
)
