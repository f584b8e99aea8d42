"""Exercises on the metric stack: the doubly robust estimate."""

import numpy as np

from course_lib.evidence.counterfactual import doubly_robust
from course_lib.teach.cards.metric_stack.self_normalised import _as_number, _log, _weights
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


def _dr_cases(rng):
    out = []
    for n in (5, 30):
        reward, logged, target = _log(rng, n)
        out.append(Case(f"{n} decisions", (reward, logged, target, rng.random(n), rng.random(n))))
    return out


def _dr_loop(reward, logged, target, predicted, predicted_target):
    return sum(m + q / p * (r - g) for r, p, q, g, m in
               zip(reward, logged, target, predicted, predicted_target, strict=True)) / len(reward)


DOUBLY_ROBUST = Card(
    id="metric_stack.3", title="A model, corrected by what it gets wrong", minutes=10, difficulty=3, used_in=("{{interview}}",),
    task="A model predicts rewards. On its own it is biased wherever it errs; IPS on its own is noisy. Start from the "
         "model's answer for the target policy, and add the importance-weighted mean of the model's *errors* on the "
         "logged decisions.",
    shapes="`reward`, `logged`, `target` float [n]; `predicted` float [n], the model's reward for the logged decision; "
           "`predicted_target` float [n], the model's mean reward under the target in the same context; returns a number.",
    why="If the model is right, the errors average to 0 and only the model is left. If the propensities are right, the "
        "weighted errors cancel whatever the model gets wrong. Either is enough, for what the log could show: where the target "
        "goes and the log never went, only a right model helps. And only the *error* carries weights, so a "
        "model that explains most of the reward takes most of the noise away.",
    reference=doubly_robust, alternative=_dr_loop, cases=_dr_cases, call=_as_number,
    by_hand=(Case("one decision of weight 2, predicted .5, clicked",
                  (np.array([1.0]), np.array([0.25]), np.array([0.5]), np.array([0.5]), np.array([0.4])), expected=1.4),),
    invariants=(Invariant("with a model that says 0 throughout it is IPS", lambda fn, rng: np.isclose(
        float(fn(np.array([1.0, 0.0]), np.array([0.5, 0.5]), np.array([0.25, 0.75]), np.zeros(2), np.zeros(2))), 0.25)),),
    mistakes=(
        Mistake("IPS on top of the model", lambda reward, logged, target, predicted, predicted_target:
                np.mean(predicted_target + _weights(logged, target) * reward),
                "You add the weighted rewards to the model's answer, so they are counted twice. Weight the *errors*: reward "
                "− predicted."),
        Mistake("wrong sign", lambda reward, logged, target, predicted, predicted_target:
                np.mean(predicted_target - _weights(logged, target) * (reward - predicted)),
                "The correction has the wrong sign: where the model promised too little, the estimate must rise."),
        Mistake("unweighted errors", lambda reward, logged, target, predicted, predicted_target:
                np.mean(predicted_target + reward - predicted),
                "Your errors are not weighted: they are the model's errors under the logging policy, not the target's."),
        Mistake("the model alone", lambda reward, logged, target, predicted, predicted_target: np.mean(predicted_target),
                "This is the model's answer alone; whatever it gets wrong stays. Add the weighted mean of its errors."),
        Mistake("base of the logging policy", lambda reward, logged, target, predicted, predicted_target:
                np.mean(predicted + _weights(logged, target) * (reward - predicted)),
                "You start from the prediction for what was *logged*. Start from predicted_target."),
        Mistake("self-normalised", lambda reward, logged, target, predicted, predicted_target:
                np.mean(predicted_target) + np.sum(_weights(logged, target) * (reward - predicted)) / np.sum(
                    _weights(logged, target)),
                "You divide the errors by the sum of the weights. That is a variant of its own; here divide by n."),
    ),
    hints=("What would you say if you trusted the model? And what do you see that it got wrong?",
           "The model's answer is the mean of `predicted_target`; its errors are `reward - predicted`.",
           "`np.mean(predicted_target + target / logged * (reward - predicted))`"),
)
