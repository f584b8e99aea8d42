"""Exercises on the metric stack: the doubly robust estimate."""

import numpy as np

from course_lib.evidence.counterfactual import doubly_robust
from course_lib.teach.cards import effects_truth
from course_lib.teach.cards.metric_stack import far_lists
from course_lib.teach.cards.metric_stack.self_normalised import RARE, SURE, WEIGHTS, _as_number, _log, _weights
from course_lib.teach.cards.two_slips import in_one, mistakes_of, names, slips
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake
from course_lib.teach.definitions.mistake_kinds import BASE, DIRECTION, IGNORED, UNIT


def _dr_cases(rng):
    out = []
    for n in (5, 30):
        reward, logged, target = _log(rng, n)
        out.append(Case(f"{n} decisions", (reward, logged, target, rng.random(n), rng.random(n))))
    reward, logged, target = _log(rng, 14)
    target[3:9] = 0
    large = (np.array([40.0, -90, 25, 0, -12]), np.array([0.02, 0.5, 0.3, 0.1, 0.4]), np.array([0.5, 0.9, 0.1, 0.2, 0.3]),
             np.array([35.0, -60, 30, 12, 0]), np.array([20.0, -30, 14, 0, -8]))
    losses = (large[0] - 60, *large[1:])
    rare = (np.array([7.256, 350.5, -1200.0, 0.75]), *RARE, np.array([7.0, 0.0, -50.0, 0.5]), np.array([30.0, 200.0, -75.0, 0.0]))
    sure = (np.array([0.5, 2.25, -1.5, 90.0]), *SURE, np.array([0.25, 1.5, 2.0, 40.0]), np.array([1.0, -0.5, 0.75, 0.0]))
    return [*out, Case("a decision that the log took once in 1,250 times", rare), Case("chances of 1", sure),
            Case("an even log", (sure[0], np.full(4, 0.25), SURE[1], *sure[3:])),
            Case("an even target", (sure[0], SURE[0], np.full(4, 0.25), *sure[3:])),
            Case("one decision", tuple(part[:1] for part in sure)),
            Case("a small chance, and a weight of 50", (np.array([2.0, 0, 1]), np.array([0.004, 0.5, 0.3]), np.array([0.2, 0.4, 0.3]),
                                                        np.array([1.5, 0.25, 0]), np.array([0.75, 0.5, 1.25]))),
            Case("large rewards", large), Case("losses", losses), Case("a target that would rarely do the same, and rewards of any size",
                       (3 * reward - 1, logged, target, rng.normal(size=14), rng.normal(size=14)))]


def _dr_loop(reward, logged, target, predicted, predicted_target):
    return sum(m + q / p * (r - g) for r, p, q, g, m in
               zip(reward, logged, target, predicted, predicted_target, strict=True)) / len(reward)


def _corrected(weighting=_weights, error=lambda reward, predicted, predicted_target: reward - predicted):
    """The model's answer, and the mean of another error under another weight."""
    def wrong(reward, logged, target, predicted, predicted_target):
        weight = weighting(np.asarray(logged), np.asarray(target))
        return np.mean(predicted_target + weight * error(reward, predicted, predicted_target))
    return wrong


def _normalised_ips(reward, logged, target):
    return np.sum(_weights(logged, target) * reward) / np.sum(_weights(logged, target))


def _estimate(weights=lambda p, q: q / p, errors=lambda r, g, m: r - g, below=len, base=lambda g, m, weight: np.mean(m)):
    """The base plus the weighted errors over something, with one or two of these wrong; g, m: the two predictions."""
    def wrong(reward, logged, target, predicted, predicted_target):
        p, q, r, g, m = (np.asarray(part, float) for part in (logged, target, reward, predicted, predicted_target))
        weight = weights(p, q)
        return base(g, m, weight) + np.sum(weight * errors(r, g, m)) / below(weight)
    return wrong


# Four places in which a slip can be; every two of them together are a mistake of their own.
ERRORS = (
    ("wrong sign", lambda r, g, m: g - r, "your errors have the wrong sign, but they should be reward − predicted"),
    ("errors against the target's mean", lambda r, g, m: r - m,
     "you take the errors against `predicted_target`, but they should be against `predicted`"),
    ("rewards for errors", lambda r, g, m: r, "you weight the rewards, but it should be the errors, reward − predicted, that are weighted"),
    ("absolute errors", lambda r, g, m: np.abs(r - g), "your errors have lost their sign"),
    ("difference of the models", lambda r, g, m: m - g,
     "your errors are the difference of the two predictions, but they should be reward − predicted"),
)
BELOW = (
    ("self-normalised", np.sum, "you divide by the sum of the weights, but it should be n"),
    ("the errors' sum", lambda weight: 1.0, "you add the errors' sum, but it should be their mean"),
    ("divided by the matches", lambda weight: max((weight > 0).sum(), 1),
     "you divide by the number of decisions the target could take, but it should be n"),
)
STARTS = (
    ("base of the logging policy", lambda g, m, weight: np.mean(g), "you start from `predicted`, and the start is `predicted_target`"),
    ("no base", lambda g, m, weight: 0.0, "the model's own answer is missing, the mean of `predicted_target`"),
    ("weighted base", lambda g, m, weight: np.mean(weight * m), "you weight the model's answer as well, and only the errors are weighted"),
    ("summed base", lambda g, m, weight: np.sum(m), "you add up the model's answers, but it should be their mean"),
)
STEPS = {
    "weights": slips(UNIT, *WEIGHTS, alone=("difference", "product", "squared")),
    "errors": slips(DIRECTION, *ERRORS, alone=("difference of the models",)),
    "below": slips(BASE, *BELOW, alone=()),
    "base": slips(IGNORED, *STARTS, alone=()),
}
# Pairs that are one slip, or another pair: without weights the kind of mean does not matter, and so on.
WITHOUT = ("no weights; self-normalised", "no weights; divided by the matches", "no weights; base of the logging policy",
           "no weights; weighted base", "rewards for errors; self-normalised", "rewards for errors; no base",
           "errors against the target's mean; base of the logging policy", "errors against the target's mean; weighted base",
           "the errors' sum; summed base", "upside down; divided by the matches", "1 / logged; divided by the matches")
MORE = (
    *(Mistake(f"weights cut at {level}", _estimate(lambda p, q, level=level: np.minimum(q / p, level)),
              f"You cut large weights at {level}. Cutting trades noise for bias; here the weight is target / logged, uncut.", UNIT)
      for level in (3, 5, 20, 50, 100)),
    *(Mistake(f"chances raised to {least}", _estimate(lambda p, q, least=least: q / np.maximum(p, least)),
              f"You raise small logging chances to {least}, which cuts the weights. Take them as they are.", UNIT)
      for least in (0.01, 0.05)),
    Mistake("n less 1", _estimate(below=lambda weight: max(len(weight) - 1, 1)),
            "You divide the errors by n − 1. The mean over the n decisions divides by n.", BASE),
    Mistake("what the model lacks", lambda reward, logged, target, predicted, predicted_target: np.mean(
        _weights(logged, target) * reward) - np.mean(predicted_target),
            "You subtract the model's answer from IPS. The model's answer is the start: add the weighted mean of its errors.", DIRECTION),
    Mistake("mean reward as the base", lambda reward, logged, target, predicted, predicted_target: np.mean(
        reward) + np.mean(_weights(logged, target) * (np.asarray(reward) - predicted)),
            "You start from the mean reward of the log. Start from the model's answer for the target, `predicted_target`.", BASE),
    Mistake("minus predicted, unweighted", lambda reward, logged, target, predicted, predicted_target: np.mean(
        np.asarray(predicted_target) - predicted + _weights(logged, target) * reward),
            "You weight the reward and not the prediction taken from it. Subtract first: weight × (reward − predicted).", UNIT),
    Mistake("scaled by what it missed", lambda reward, logged, target, predicted, predicted_target: np.mean(
        predicted_target) * np.mean(_weights(logged, target) * reward) / np.mean(_weights(logged, target) * np.asarray(predicted)),
            "You scale the model's answer by what came over what it predicted. A quotient of two noisy means is not right on average: "
            "add the weighted mean of reward − predicted.", UNIT),
    Mistake("only where the target goes more often", _estimate(lambda p, q: np.where(q > p, q / p, 0.0)),
            "You correct only where the target goes more often than the log. Where it goes less often the model errs as well: "
            "those errors count, by a weight below 1.", BASE),
    Mistake("median", lambda reward, logged, target, predicted, predicted_target: np.median(
        predicted_target + _weights(logged, target) * (np.asarray(reward) - predicted)),
            "You take the median over decisions. Only the mean is free of bias here.", BASE),
)
MISTAKES = (*MORE, *mistakes_of(_estimate, STEPS, WITHOUT, named=names("; ", "{step}: {name}"), told=in_one()))


DOUBLY_ROBUST = Card(
    id="metric_stack.3", title="A model, corrected by what it gets wrong", minutes=10, difficulty=3, used_in=("{{interview}}",),
    effect=effects_truth.value_with_a_model,
    task="A model's answer for the target, the mean of `predicted_target`, is wrong wherever the model is; IPS is noisy. Add one term to that answer, a plain "
         "mean over the n logged decisions: 0 where the model predicted every logged reward exactly, and such that, whatever the model says, the "
         "sum is right on average, as IPS is.",
    shapes="`predicted`: the model's reward for the logged decision; `predicted_target`: its mean reward under the target in "
           "the same context.",
    why="If the model is right, the errors average to 0 and only the model is left. If the propensities are right, the "
        "weighted errors cancel whatever the model gets wrong. Either is enough, for what the log could show: where the target "
        "goes and the log never went, only a right model helps. And only the *error* carries weights, so a "
        "model that explains most of the reward takes most of the noise away.",
    reference=doubly_robust, alternative=_dr_loop, cases=lambda rng: [*_dr_cases(rng), *far_lists.robust_cases()], call=_as_number,
    by_hand=(Case("one decision of weight 2, predicted .5, clicked",
                  (np.array([1.0]), np.array([0.25]), np.array([0.5]), np.array([0.5]), np.array([0.4])), expected=1.4),
             Case("two decisions, of weights 40 and 1", (np.array([1.0, 0.0]), np.array([0.02, 0.5]), np.array([0.8, 0.5]),
                                                        np.array([0.5, 0.25]), np.array([0.4, 0.2])), expected=10.175),
             Case("two decisions, of weights 2 and 0", (np.array([1.0, 0.0]), np.array([0.25, 0.5]), np.array([0.5, 0.0]),
                                                       np.array([0.5, 0.25]), np.array([0.4, 0.2])), expected=0.8)),
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
        Mistake("divided by the matches", lambda reward, logged, target, predicted, predicted_target:
                np.mean(predicted_target) + np.sum(_weights(logged, target) * (reward - predicted)) / np.sum(
                    np.asarray(target) > 0),
                "You divide the errors by the number of decisions the target could take. The mean is over all n."),
        Mistake("the correction alone", lambda reward, logged, target, predicted, predicted_target:
                np.mean(_weights(logged, target) * (reward - predicted)),
                "This is the correction alone. Add the model's own answer, the mean of predicted_target."),
        Mistake("IPS", lambda reward, logged, target, predicted, predicted_target:
                np.mean(_weights(logged, target) * reward),
                "This is IPS: the model does not enter. Start from the model, and weight its errors."),
        Mistake("SNIPS", lambda reward, logged, target, predicted, predicted_target:
                _normalised_ips(reward, logged, target),
                "This is SNIPS: the model does not enter. Start from the model, and weight its errors."),
        Mistake("sum for mean", lambda reward, logged, target, predicted, predicted_target:
                np.sum(predicted_target + _weights(logged, target) * (reward - predicted)),
                "You return a sum over the decisions, where the reward of one decision is asked for: take the mean."),
        Mistake("the errors' sum", lambda reward, logged, target, predicted, predicted_target:
                np.mean(predicted_target) + np.sum(_weights(logged, target) * (reward - predicted)),
                "You add the *sum* of the weighted errors to a mean. Divide it by n."),
        Mistake("the model's sum", lambda reward, logged, target, predicted, predicted_target:
                np.sum(predicted_target) + np.mean(_weights(logged, target) * (reward - predicted)),
                "You add a mean of errors to the *sum* of the model's answers. Both are means over the n decisions."),
        Mistake("predictions exchanged", lambda reward, logged, target, predicted, predicted_target:
                np.mean(predicted + _weights(logged, target) * (reward - predicted_target)),
                "The two predictions are exchanged. The start is `predicted_target`; the error is against `predicted`, the "
                "model's reward for the decision that was logged."),
        Mistake("errors against the target's mean", _corrected(
            error=lambda reward, predicted, predicted_target: reward - predicted_target),
                "You take the errors against `predicted_target`. The reward came from the logged decision: compare it with "
                "`predicted`."),
        Mistake("weights upside down", _corrected(lambda logged, target: logged / np.maximum(target, 1e-12)),
                "Your weights are logged / target. What the target does more often has to count more: target / logged."),
        Mistake("the logging chance forgotten", _corrected(lambda logged, target: target),
                "You weight the errors by the target's chance alone. Decisions the logger took often then count too often."),
        Mistake("the target's chance forgotten", _corrected(lambda logged, target: 1 / logged),
                "You weight the errors by 1 / logged alone: that corrects the model for a uniform policy, not for the target."),
        Mistake("weights cut at 1", _corrected(lambda logged, target: np.minimum(target / logged, 1)),
                "You cut the weights at 1. Then the errors do not cancel where the target goes more often than the log."),
        Mistake("everything weighted", lambda reward, logged, target, predicted, predicted_target: np.mean(
            _weights(logged, target) * (predicted_target + reward - predicted)),
                "You weight the model's answer as well. It is an answer for the target already: only the errors come from "
                "the log and need weights."),
        Mistake("everything weighted, self-normalised", lambda reward, logged, target, predicted, predicted_target:
                _normalised_ips(np.asarray(predicted_target) + reward - predicted, logged, target),
                "You weight the model's answer as well, and divide by the sum of the weights. Only the errors carry "
                "weights, but they should be divided by n."),
        Mistake("SNIPS on top of the model", lambda reward, logged, target, predicted, predicted_target:
                np.mean(predicted_target) + _normalised_ips(reward, logged, target),
                "You add SNIPS of the rewards to the model's answer, so they are counted twice. Weight the *errors*."),
        Mistake("half model, half IPS", lambda reward, logged, target, predicted, predicted_target: np.mean(
            np.asarray(predicted_target) + _weights(logged, target) * reward) / 2,
                "You average the model's answer and IPS. Doubly robust is no compromise of the two: IPS is applied to the "
                "model's errors, and added."),
        Mistake("means multiplied", lambda reward, logged, target, predicted, predicted_target:
                np.mean(predicted_target) + np.mean(_weights(logged, target)) * np.mean(reward - predicted),
                "You multiply the mean weight by the mean error. Each error has its own weight: multiply first, then average."),
        Mistake("absolute errors", _corrected(error=lambda reward, predicted, predicted_target: np.abs(reward - predicted)),
                "Your errors have lost their sign: too much and too little have to cancel. No absolute value."),
        Mistake("squared errors", _corrected(error=lambda reward, predicted, predicted_target: (reward - predicted) ** 2),
                "You square the errors. What is added is how far the model is off on average, with its sign."),
        Mistake("one less than the weight", _corrected(lambda logged, target: target / logged - 1),
                "Your errors carry the weight less 1. The weight is target / logged; under an unchanged policy it is 1."),
        Mistake("weights cut at 2", _corrected(lambda logged, target: np.minimum(target / logged, 2)),
                "You cut large weights at 2. Cutting trades noise for bias; here the weight is target / logged, uncut."),
        Mistake("weights cut at 10", _corrected(lambda logged, target: np.minimum(target / logged, 10)),
                "You cut large weights at 10. Cutting trades noise for bias; here the weight is target / logged, uncut."),
        Mistake("root of the weights", _corrected(lambda logged, target: np.sqrt(target / logged)),
                "You take the root of the weights. The weight is target / logged itself."),
        Mistake("a value a decision", lambda reward, logged, target, predicted, predicted_target:
                predicted_target + _weights(logged, target) * (reward - predicted),
                "You return one value a decision. Take their mean: one number is asked for."),
        Mistake("the model's answer weighted, too", lambda reward, logged, target, predicted, predicted_target:
                _normalised_ips(np.asarray(predicted_target), logged, target) + np.mean(
                    _weights(logged, target) * (reward - predicted)),
                "You weight the model's answer as well. `predicted_target` is an answer for the target already: take its "
                "plain mean."),
        *MISTAKES,
    ),
    hints=("What would you say if you trusted the model? And what do you see that it got wrong?",
           "The model's answer is the mean of `predicted_target`; its errors are `reward - predicted`.",
           "`np.mean(predicted_target + target / logged * (reward - predicted))`"),
)
