"""Exercises on the metric stack: the self-normalised estimate, and the log that it shares with the doubly robust one."""

import numpy as np

from course_lib.evidence.counterfactual import snips
from course_lib.teach.cards import effects_truth
from course_lib.teach.cards.metric_stack import far_lists
from course_lib.teach.cards.two_slips import in_one, mistakes_of, slips
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake
from course_lib.teach.definitions.mistake_kinds import BASE, IGNORED, MEAN, UNIT


# --- 9.2 and 9.3 ---------------------------------------------------------------------------------------------------
def _as_number(fn, *args, **kwargs):
    value = fn(*args, **kwargs)
    return value if value is None or isinstance(value, np.ndarray) and value.ndim else float(value)


def _log(rng, n, actions=4):
    logging, target = rng.dirichlet(np.ones(actions) * 2), rng.dirichlet(np.ones(actions))
    action = rng.choice(actions, n, p=logging)
    return rng.integers(0, 2, n).astype(float), logging[action], target[action]


RARE = (np.array([0.0008, 1.0, 0.5, 0.25]), np.array([1.0, 0.002, 0.6, 0.1]))     # logged, target
SURE = (np.array([1.0, 0.5, 1.0, 0.8]), np.array([1.0, 0.25, 0.3, 0.004]))


def _snips_cases(rng):
    cases = [Case(f"{n} decisions", _log(rng, n)) for n in (6, 40)]
    reward, logged, target = _log(rng, 12)
    target[:9] = 0
    large = np.array([40.0, -90, 25, 0, -12]), np.array([0.02, 0.5, 0.3, 0.1, 0.4]), np.array([0.5, 0.9, 0.1, 0.2, 0.3])
    return [*cases, Case("large rewards", (np.abs(large[0]), *large[1:])),
            Case("losses", (large[0] - 60, *large[1:])), Case("one decision", (np.array([4.5]), np.array([0.5]), np.array([0.2]))),
            Case("a decision that the log took once in 1,250 times", (np.array([0.256, 350.5, -1.25, 0.75]), *RARE)),
            Case("an even log", (np.array([1.0, 0, 1, 3]), np.full(4, 0.25), np.array([0.4, 0.3, 0.2, 0.1]))),
            Case("an even target", (np.array([1.0, 0, 1, 3]), np.array([0.4, 0.3, 0.2, 0.1]), np.full(4, 0.25))),
            Case("small chances", (np.array([0.5, 3.0, 0.0]), np.array([0.5, 0.4, 0.25]), np.array([0.004, 0.0, 0.001]))),
            Case("chances of 1", (np.array([0.5, 2.25, -1.5, 90.0]), *SURE)),
            Case("a small chance, and a weight of 50", (np.array([2.0, 0, 1]), np.array([0.004, 0.5, 0.3]), np.array([0.2, 0.4, 0.3]))),
            Case("nothing was earned", (np.zeros(3), np.array([0.5, 0.2, 0.3]), np.array([0.1, 0.6, 0.3]))), Case("a target that would rarely do the same", (reward * 3, logged, target))]


def _weights(logged, target):
    return np.asarray(target) / np.asarray(logged)


def _snips_loop(reward, logged, target):
    above = below = 0.0
    for r, p, q in zip(reward, logged, target, strict=True):
        above, below = above + r * q / p, below + q / p
    return above / below


def _snips_with(weighting):
    """The self-normalised mean with another weight."""
    def wrong(reward, logged, target):
        weight = weighting(logged, target)
        return np.sum(weight * reward) / np.sum(weight)
    return wrong


def _over_chances(divisor):
    """The weighted rewards' sum over something of the two chances."""
    return lambda reward, logged, target: np.sum(_weights(logged, target) * reward) / divisor(
        np.asarray(logged, float), np.asarray(target, float))


def _over(divisor):
    """The weighted rewards' sum over something else."""
    return lambda reward, logged, target: np.sum(_weights(logged, target) * reward) / divisor(
        np.asarray(reward), _weights(logged, target))


# Families: a wrong weight, with the right sum below or another; a cut of the weights at any level.
WEIGHTS = (
    ("upside down", lambda p, q: p / np.maximum(q, 1e-12), "your weights are logged / target, but they should be target / logged"),
    ("1 / logged", lambda p, q: 1 / p, "you weight by 1 / logged, without the target's chance"),
    ("target alone", lambda p, q: q, "you weight by the target's chance, without dividing by the logging one"),
    ("difference", lambda p, q: q - p, "your weight is target − logged, but it should be the ratio target / logged"),
    ("product", lambda p, q: p * q, "you multiply the two chances, and the weight is the ratio target / logged"),
    ("squared", lambda p, q: (q / p)**2, "your weights are squared"),
    ("root", lambda p, q: np.sqrt(q / p), "you take the root of the weights"),
    ("cut at 1", lambda p, q: np.minimum(q / p, 1), "you cut the weights at 1"),
    ("cut at 10", lambda p, q: np.minimum(q / p, 10), "you cut the weights at 10"),
    ("no weights", lambda p, q: np.ones_like(p), "you do not weight the rewards"),
)
BELOWS = (
    ("by n", lambda weight: len(weight), "you divide by n, but it should be the sum of the weights"),
    ("a sum", lambda weight: 1.0, "you return a sum, and it has to be divided by the sum of the weights"),
    ("by n and the weights", lambda weight: weight.sum() * len(weight), "you divide by the sum of the weights and by n as well"),
    ("by the matches", lambda weight: max((weight > 0).sum(), 1),
     "you divide by a number of decisions, but it should be the sum of the weights"),
)
LEVELS = (3, 5, 20, 50, 100)


def _weighted(weighting, below=np.sum):
    def wrong(reward, logged, target):
        weight = weighting(np.asarray(logged, float), np.asarray(target, float))
        return np.sum(weight * reward) / below(weight)
    return wrong


def _cut_at(level):
    return lambda logged, target: np.minimum(target / logged, level)


def _raised_to(least):
    return lambda logged, target: target / np.maximum(logged, least)


STEPS = {"weighting": slips(BASE, *WEIGHTS, alone=()), "below": slips(BASE, *BELOWS, alone=())}
WITHOUT = ("weights no weights, by n", "weights no weights, by the matches", "weights upside down, by the matches",
           "weights 1 / logged, by the matches")
FAMILIES = (
    *mistakes_of(_weighted, STEPS, WITHOUT, named=lambda chosen: f"weights {', '.join(slip.name for slip in chosen.values())}", told=in_one()),
    *(Mistake(f"weights cut at {level}", _weighted(_cut_at(level)),
              f"You cut large weights at {level}. Cutting trades noise for bias; SNIPS as asked for here cuts nothing.", UNIT)
      for level in LEVELS),
    *(Mistake(f"weights cut at {level}, by n", _weighted(_cut_at(level), len),
              f"Two things: you cut the weights at {level}; and you divide by n, but it should be the sum of the weights.", UNIT)
      for level in LEVELS),
    *(Mistake(f"chances raised to {least}", _weighted(_raised_to(least)),
              f"You raise small logging chances to {least}, which cuts the weights. Take them as they are.", UNIT)
      for least in (0.001, 0.01, 0.05, 0.1)),
    Mistake("something added below", _weighted(lambda logged, target: target / (logged + 0.01)),
            "You add 0.01 to the logging chances. None is 0 here, and what is added takes weight from the rare ones: target / "
            "logged as it is.", UNIT),
    Mistake("weights cut above alone", lambda reward, logged, target: np.sum(np.minimum(
        _weights(logged, target), 10) * reward) / np.sum(_weights(logged, target)),
            "You cut the weights above the line alone (at 10). Above and below stand the same weights, uncut.", UNIT),
    Mistake("weights of at least 1", _weighted(lambda logged, target: np.maximum(target / logged, 1)),
            "You raise small weights to 1. What the target does less often counts less: target / logged as it is.", UNIT),
    Mistake("only what the target does more often", _weighted(lambda logged, target: np.where(
        target > logged, target / logged, 0)),
            "You leave out the decisions that the target takes less often than the log. They count too, with a weight below 1.", BASE),
    Mistake("share of both chances", _weighted(lambda logged, target: target / (logged + target)),
            "Your weight is target / (logged + target). How many times as often is target / logged.", UNIT),
    Mistake("log of the ratio", _weighted(lambda logged, target: np.log(np.maximum(target, 1e-9) / logged)),
            "You take the logarithm of the ratio. The weight is the ratio target / logged itself.", UNIT),
    Mistake("whole weights", _weighted(lambda logged, target: target // logged),
            "You divide with `//`, which cuts the weights to whole numbers. The weight is target / logged.", UNIT),
    Mistake("rounded weights", _weighted(lambda logged, target: np.round(target / logged)),
            "You round the weights. The weight is target / logged, fractions and all.", UNIT),
    Mistake("1 less the logging chance", _weighted(lambda logged, target: target * (1 - logged)),
            "You multiply by 1 − logged. What the log took rarely stands for more: divide by `logged`.", UNIT),
    Mistake("chances summed to 1", _weighted(lambda logged, target: (target / target.sum()) / (logged / logged.sum()), len),
            "You make each column of chances sum to 1 over the log and divide by n. Divide the weighted rewards by the sum of "
            "the weights instead.", BASE),
    *(Mistake(f"weighted rewards over {name}", _over_chances(below),
              f"You divide the weighted rewards by {says}. Divide by the sum of the weights, target / logged.", BASE)
      for name, below, says in (("targets", lambda p, q: q.sum(), "the sum of `target`"),
                                ("chances", lambda p, q: p.sum(), "the sum of `logged`"),
                                ("1 / logged", lambda p, q: (1 / p).sum(), "the sum of 1 / logged"),
                                ("squares", lambda p, q: ((q / p)**2).sum(), "the sum of the squared weights"),
                                ("the effective size", lambda p, q: (q / p).sum()**2 / ((q / p)**2).sum(),
                                 "the effective sample size"))),
    Mistake("n and 1", _over(lambda reward, weight: len(weight) + 1),
            "You divide by n + 1. SNIPS divides by the sum of the weights, whatever n is.", BASE),
    Mistake("the rewarded counted", _over(lambda reward, weight: max((reward != 0).sum(), 1)),
            "You divide by the number of decisions that brought something. Divide by the sum of all weights.", BASE),
    Mistake("mean of the weights that are not 0", lambda reward, logged, target: np.mean(
        _weights(logged, target) * reward) / np.mean(_weights(logged, target)[np.asarray(target) > 0]),
            "Above the line you average over all n, below only where the weight is not 0. Both run over the same decisions.", MEAN),
    Mistake("whether there was a reward", lambda reward, logged, target: np.sum(_weights(logged, target) * (
        np.asarray(reward) > 0)) / np.sum(_weights(logged, target)),
            "You count whether there was a reward, not how large it was.", IGNORED),
)


SNIPS = Card(
    id="metric_stack.2", title="Another policy's reward, self-normalised", minutes=8, difficulty=2, used_in=("{{interview}}",),
    effect=effects_truth.value_of_another_policy,
    task="A log holds decisions: the reward each brought, and the chance with which the logging policy took it. Estimate "
         "the mean reward of a *target* policy, of which you know the chance of taking the same decisions. Weight each "
         "reward by how much more often the target would take that decision, and divide by the sum of the weights. The target would take at least one of the decisions.",
    shapes="`reward`, `logged`, `target` float [n]; returns a number.",
    why="IPS divides by n and is unbiased, if the log gave a chance to everything that the target would do; SNIPS divides by "
        "the weights that really came, which is what n is only on average. That removes the part of the error that comes "
        "from the weights alone, and keeps the answer within the range of the rewards. The price is a small bias that fades "
        "with n. Where clicks are rare there is little to remove.",
    reference=snips, alternative=_snips_loop, cases=lambda rng: [*_snips_cases(rng), *far_lists.weighted_cases()], call=_as_number,
    by_hand=(Case("weights 2 and 0.5", (np.array([1.0, 0.0]), np.array([0.25, 0.5]), np.array([0.5, 0.25])),
                  expected=0.8),
             Case("weights 40 and 0.5", (np.array([1.0, 0.0]), np.array([0.02, 0.5]), np.array([0.8, 0.25])),
                  expected=40 / 40.5),
             Case("whole numbers, and what the target would never do", (np.array([3, 7, 5]), np.array([0.5, 0.1, 0.25]),
                                                                        np.array([1, 0, 1])), expected=26 / 6)),
    invariants=(Invariant("rewards that are all 3 give 3, whatever the weights", lambda fn, rng: np.isclose(
        float(fn(np.full(5, 3.0), rng.uniform(0.1, 1, 5), rng.uniform(0, 1, 5))), 3)),),
    mistakes=(
        Mistake("IPS", lambda reward, logged, target: np.mean(_weights(logged, target) * reward),
                "This is IPS: you divide by the number of decisions. SNIPS divides by the sum of the weights."),
        Mistake("weights upside down", lambda reward, logged, target:
                np.sum(reward / np.maximum(_weights(logged, target), 1e-12)) / np.sum(
                    1 / np.maximum(_weights(logged, target), 1e-12)),
                "Your weights are logged / target. What the target does more often has to count more: target / logged."),
        Mistake("the target's chance forgotten", lambda reward, logged, target: np.sum(reward / logged) / np.sum(
            1 / np.asarray(logged)),
                "You weight by 1 / logged alone: that is the estimate for a uniform policy, not for the target."),
        Mistake("no weights", lambda reward, logged, target: np.mean(reward),
                "This is the plain mean: what the logging policy earned, not what the target would."),
        Mistake("the logging chance forgotten", lambda reward, logged, target: np.sum(reward * target) / np.sum(target),
                "You weight by the target's chance alone. Decisions the logger took often then count too often."),
        Mistake("mean of the matches", lambda reward, logged, target: np.mean(np.asarray(reward)[np.asarray(target) > 0]),
                "You average the decisions the target could take, each the same. That is right only for a uniform log."),
        Mistake("the sum of the rewards' weights", _over(lambda reward, weight: 1.0),
                "This is a sum, which grows with the log. Divide it by the sum of the weights."),
        Mistake("divided twice", _over(lambda reward, weight: weight.sum() * len(weight)),
                "You divide by the sum of the weights *and* by n: a mean of terms that are normalised already. Sum them."),
        Mistake("the number of matches", _over(lambda reward, weight: (weight > 0).sum()),
                "You divide by the number of decisions the target could take. Divide by the sum of their weights."),
        Mistake("the rewards below", _over(lambda reward, weight: reward.sum()),
                "You divide by the sum of the rewards: that is a mean weight. Divide by the sum of the weights."),
        Mistake("weights of the rewarded", _over(lambda reward, weight: weight[reward > 0].sum()),
                "Below the line you count only decisions that brought a reward. Those without a reward belong to it too."),
        Mistake("largest weight below", _over(lambda reward, weight: weight.max() * len(weight)),
                "You scale the weights by the largest and average over n. Divide by the sum of the weights."),
        Mistake("root of the sum of squares", _over(lambda reward, weight: np.sqrt((weight**2).sum())),
                "You divide by the length of the weight vector (root of the sum of squares). Divide by its plain sum."),
        Mistake("n − 1", _over(lambda reward, weight: len(weight) - 1),
                "You divide by n − 1. SNIPS divides by the sum of the weights, whatever n is."),
        Mistake("weights cut at 1", _snips_with(lambda logged, target: np.minimum(_weights(logged, target), 1)),
                "You cut the weights at 1, so what the target does more often counts no more than the rest. Don't cut."),
        Mistake("weights cut at 2", _snips_with(lambda logged, target: np.minimum(_weights(logged, target), 2)),
                "You cut large weights at 2. Cutting trades noise for bias; SNIPS as asked for here cuts nothing."),
        Mistake("differences as weights", lambda reward, logged, target: np.sum((np.asarray(target) - logged) * reward) / (
            np.sum(np.asarray(target) - logged)),
                "Your weight is target − logged. How many times as often is a ratio: target / logged."),
        Mistake("weights squared", _snips_with(lambda logged, target: _weights(logged, target) ** 2),
                "Your weights come out squared: target / logged is applied twice. Once above the line, once below."),
        Mistake("root of the weights", _snips_with(lambda logged, target: np.sqrt(_weights(logged, target))),
                "You take the root of target / logged. The weight is the ratio itself."),
        Mistake("logs of the weights", _snips_with(lambda logged, target: np.log1p(_weights(logged, target))),
                "You take a logarithm of the weights. The weight is the ratio target / logged itself."),
        Mistake("both chances multiplied", _snips_with(lambda logged, target: np.asarray(target) * logged),
                "You multiply by the logging chance. What the log took rarely stands for more: divide by `logged`."),
        Mistake("the logger's own share", _snips_with(lambda logged, target: np.asarray(logged)),
                "You weight by the logging policy's chance, so its favourites count twice. The weight is target / logged."),
        Mistake("ratio of sums", lambda reward, logged, target: np.sum(np.asarray(target) * reward) / np.sum(logged),
                "You divide sums: Σ target × reward over Σ logged. Each decision has a ratio of its own: divide row by row."),
        Mistake("one weight for all", lambda reward, logged, target: np.mean(reward) * np.sum(target) / np.sum(logged),
                "You scale the mean reward by one ratio for the whole log. Each decision needs its own weight."),
        Mistake("ratio of rewarded sums", lambda reward, logged, target: np.sum(np.asarray(target) * reward) / np.sum(
            np.asarray(logged) * reward),
                "You compare how likely the rewarded decisions are under both policies. That is no mean of rewards: weight "
                "each by target / logged, and divide by the sum of the weights."),
        Mistake("the means multiplied", lambda reward, logged, target: np.mean(reward) * np.mean(_weights(logged, target)),
                "You multiply the mean reward by the mean weight. Multiply row by row first: the weights belong to the rows."),
        Mistake("the rewarded alone", lambda reward, logged, target: np.mean(
            _weights(logged, target)[np.asarray(reward) > 0] * np.asarray(reward)[np.asarray(reward) > 0]),
                "You average over the rewarded decisions alone. Those that brought nothing belong into the mean too."),
        Mistake("weights cut at 10", _snips_with(lambda logged, target: np.minimum(_weights(logged, target), 10)),
                "You cut large weights at 10. Cutting trades noise for bias; SNIPS as asked for here cuts nothing."),
        Mistake("a value a decision", lambda reward, logged, target: np.asarray(reward) * _weights(logged, target) / np.sum(
            _weights(logged, target)),
                "You return one value a decision. Sum them: one number is asked for."),
        *FAMILIES,
    ),
    hints=("How many times as often would the target take this decision? That factor is the weight.",
           "`weight = target / logged`. In SNIPS the weights appear twice: above and below the line.",
           "`(weight * reward).sum() / weight.sum()`"),
)
