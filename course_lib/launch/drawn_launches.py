"""Launches drawn by the hundred: two arms of a service's own people, the treated changed by a known effect.

Only the decision is simulated, so a hundred launches take seconds; what a launch sets going in a service they lack.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from course_lib.evidence.aa_tests import share_of as share_of
from course_lib.evidence.estimate import Estimate, bootstrap
from course_lib.launch.guardrails import Guardrail
from course_lib.launch.ramp import Ramp

COLUMNS = ["requests", "clicks", "dwell_s"]
AN_ARM = 20_000         # people
GAP = 0.03              # standard deviation of what clicks gain beyond time
NEAR = 0.002            # a choice that loses less of people's time is as good as the best
MARGIN = 0.05


def drawn(people: pd.DataFrame, rng, effect: float, broken: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Unit tables of control and treatment, AN_ARM people of `people` each, drawn anew.

    The treated's time is multiplied by 1 + effect, their clicks by that and an error of GAP, their visits by 1 + half
    of the effect. broken: a fifth of those with at most 3 visits are lost from treatment.
    """
    control, treatment = (people[COLUMNS].take(rng.integers(len(people), size=AN_ARM)) for _ in range(2))
    kept = (treatment["requests"].to_numpy() > 3) | (rng.random(AN_ARM) < 0.8)
    treatment = treatment * [1 + effect / 2, 1 + effect + rng.normal(0, GAP), 1 + effect]
    treatment = treatment[kept] if broken else treatment
    return control, treatment


def said_of(people: pd.DataFrame, rng, effects, rule: Callable, broken: float = 0.0) -> list[str]:
    """What `rule` (as launch.ramp.decide) says of one launch each at half of all people. broken: share of launches."""
    guardrails = tuple(Guardrail(name, MARGIN) for name in ("dwell per user", "requests per user"))
    once = Ramp(guardrails, "clicks per user", max_checks=1, rule=rule)
    tests = [drawn(people, rng, effect, rng.random() < broken) for effect in effects]
    return [once.judge(*arms, 0.5).action for arms in tests]


def lost_by(action: str, effect: float) -> float:
    """Share of people's time that an action loses against the best one while it lasts; hold is half on either."""
    worth = {"ramp": 1 + effect, "hold": 1 + effect / 2, "roll back": 1.0}
    return 1 - worth[action] / max(worth.values())


def losses(said: dict[str, list[str]], effects) -> dict[str, np.ndarray]:
    """{who: share of time lost in each launch}, from {who: what they say of each}."""
    return {who: np.array([lost_by(action, effect) for action, effect in zip(actions, effects, strict=True)])
            for who, actions in said.items()}


def regret_ratio(lost: np.ndarray, seed: int = 0) -> Estimate:
    """The first column's mean loss over that of the better of the others, with its interval over launches."""
    def statistic(rows):
        first, *rivals = rows.mean(axis=0)
        return first / min(rivals)

    return bootstrap(lost, statistic, seed=seed, n_boot=1000)


def in_doubt(people: pd.DataFrame, rng, spread: float, rule: Callable, n: int = 100) -> dict[str, Estimate]:
    """{advice: mean share of time lost} over those of n launches of which the rule says hold.

    spread: standard deviation of the launches' true effects, around 0.
    """
    true = rng.normal(0, spread, n)
    doubt = true[np.array(said_of(people, rng, true, rule)) == "hold"]
    return {advice: _mean(np.array([lost_by(advice, effect) for effect in doubt])) for advice in ("roll back", "hold")}


def _mean(lost: np.ndarray) -> Estimate:
    """Nothing can be lost where no launch does anything."""
    return bootstrap(lost) if lost.any() else Estimate(0.0, 0.0, 0.0, len(lost))
