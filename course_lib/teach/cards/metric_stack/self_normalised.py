"""Exercises on the metric stack: the self-normalised estimate, and the log that it shares with the doubly robust one."""

import numpy as np

from course_lib.evidence.counterfactual import snips
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 9.2 and 9.3 ---------------------------------------------------------------------------------------------------
def _as_number(fn, *args, **kwargs):
    return float(fn(*args, **kwargs))


def _log(rng, n, actions=4):
    logging, target = rng.dirichlet(np.ones(actions) * 2), rng.dirichlet(np.ones(actions))
    action = rng.choice(actions, n, p=logging)
    return rng.integers(0, 2, n).astype(float), logging[action], target[action]


def _snips_cases(rng):
    cases = [Case(f"{n} decisions", _log(rng, n)) for n in (6, 40)]
    reward, logged, target = _log(rng, 12)
    target[:9] = 0
    return [*cases, Case("a target that would rarely do the same", (reward * 3, logged, target))]


def _weights(logged, target):
    return np.asarray(target) / np.asarray(logged)


def _snips_loop(reward, logged, target):
    above = below = 0.0
    for r, p, q in zip(reward, logged, target, strict=True):
        above, below = above + r * q / p, below + q / p
    return above / below


SNIPS = Card(
    id="metric_stack.2", title="Another policy's reward, self-normalised", minutes=8, difficulty=2, used_in=("{{interview}}",),
    task="A log holds decisions: the reward each brought, and the chance with which the logging policy took it. Estimate "
         "the mean reward of a *target* policy, of which you know the chance of taking the same decisions. Weight each "
         "reward by how much more often the target would take that decision, and divide by the sum of the weights.",
    shapes="`reward`, `logged`, `target` float [n]; returns a number.",
    why="IPS divides by n and is unbiased, if the log gave a chance to everything that the target would do; SNIPS divides by "
        "the weights that really came, which is what n is only on average. That removes the part of the error that comes "
        "from the weights alone, and keeps the answer within the range of the rewards. The price is a small bias that fades "
        "with n. Where clicks are rare there is little to remove.",
    reference=snips, alternative=_snips_loop, cases=_snips_cases, call=_as_number,
    by_hand=(Case("weights 2 and 0.5", (np.array([1.0, 0.0]), np.array([0.25, 0.5]), np.array([0.5, 0.25])),
                  expected=0.8),),
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
    ),
    hints=("How many times as often would the target take this decision? That factor is the weight.",
           "`weight = target / logged`. In SNIPS the weights appear twice: above and below the line.",
           "`(weight * reward).sum() / weight.sum()`"),
)
