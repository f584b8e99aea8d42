"""Refereed on the metric stack: slates judged with chances that are conditional on the slots above."""

from functools import cache

import numpy as np

from course_lib.evidence.slate_log import estimated_lift, made_up_log
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.refereed import Reading, Refereed


@cache
def _log():
    return made_up_log(seed=0)


def measure(part) -> Reading:
    """What the other policy earns over the log's, with these weights a slot."""
    lift = estimated_lift(_log(), part)
    says = "the new policy is better" if lift.low > 0 else "the new policy is worse" if lift.high < 0 else "no difference"
    return Reading(says, lift)


def slot_by_slot(logged, target):
    """As published: each slot's own chances."""
    return target / logged


def down_to_the_slot(logged, target):
    """The chance of everything down to the slot, under either policy."""
    return np.cumprod(target / logged, axis=1)


def _whole_slate(logged, target):
    return np.ones_like(logged) * np.prod(target / logged, axis=1, keepdims=True)


SLATES = Refereed(
    id="metric_stack.7", title="“Thirteen percent more clicks, from the log alone”", minutes=12, difficulty=4, used_in=("this lesson", "{{interview}}"),
    task="A policy fills three slots from the top: it draws an item, then the next from those left, and logs the chance of each draw. People "
         "read from the top; most leave after a click. A team judges another policy of this kind: it takes that policy's chance of each logged draw, "
         "*given the slots above*, weights each slot's click by target over logged, and adds up: *13% more; the interval excludes 0.* The A/B "
         "test then shows a loss.",
    signature="`weights(logged, target)`: the weight of each slot's click, from the chances of each slot's item given the slots above. Published: "
              "`target / logged`.",
    measure=measure, rigged=slot_by_slot, reference=down_to_the_slot,
    explanations={
        "The weight of a slot leaves out what was drawn above it.": "A slot's click depends on what stands above: that decides whether it is read, and which "
        "items are left. Those draws have chances of their own under either policy.",
        "The weights are too large and have to be clipped.": "The largest is below ten. Clipping lowers the estimate and leaves the fault where it is.",
        "20,000 slates are too few.": "The interval is narrow. More slates would make it narrower around the same wrong value.",
        "Clicks of one slate depend on each other.": "They do, and the interval resamples whole slates, so it is right about that. The value is wrong.",
        "The log has no random slots.": "It needs none: every draw had a known chance above 0 for every item."},
    right="The weight of a slot leaves out what was drawn above it.",
    why="A weight has to be the chance of *all that the reward depends on*, under the target over under the log. People who read from the top make a slot's "
        "reward depend on the slots down to it, so the chances multiply (McInerney et al. 2020). Three others have their place. The whole slate's weight "
        "is right under any behaviour and mostly noise: of 100 items, ten slots make 100!/90! ≈ 6 · 10¹⁹ slates. If a click depended on item and position "
        "alone, the *marginal* chance of the item in that slot would do, with small weights (Li et al. 2018); it takes the policy, not its "
        "log (`slates.position_propensity`). And if only the slate's total is known and is a sum over its items, there is the pseudo-inverse estimator "
        "(Swaminathan et al. 2017): it is right for such sums alone, and its weights add up where the whole slate's multiply.",
    wrong_mends=(
        Mistake("the whole slate", _whole_slate,
                "You weight every slot by the whole slate. That is unbiased, but what stands below a slot cannot change its click here: those factors are noise alone."),
        Mistake("without the slot", lambda logged, target: np.cumprod(target / logged, axis=1) / (target / logged),
                "You multiply the chances of the slots above and leave out the slot's own draw."),
        Mistake("from the bottom", lambda logged, target: np.cumprod((target / logged)[:, ::-1], axis=1)[:, ::-1],
                "You multiply from the slot downwards. People read from the top: what stands above matters."),
        Mistake("upside down", lambda logged, target: np.cumprod(logged / target, axis=1),
                "Your weights are logged over target. What the target does more often has to count more."),
        Mistake("a sum down to the slot", lambda logged, target: 1 + np.cumsum(target / logged - 1, axis=1),
                "You add up the ratios, as the pseudo-inverse estimator does. That needs slots that are drawn and earn on their own; here each draw and look "
                "depends on what stands above."),
        Mistake("a sum over the slate", lambda logged, target: np.ones_like(logged) * (1 + (target / logged - 1).sum(axis=1, keepdims=True)),
                "You weigh by the pseudo-inverse estimator's sum. That needs slots that are drawn and earn on their own; here each draw and look "
                "depends on what stands above."),
        Mistake("self-normalised", lambda logged, target: (target / logged) / (target / logged).mean(axis=0),
                "You divide each slot's weights by their mean. That steadies them and leaves the fault: each slot still leaves out what was drawn above it."),
        Mistake("the slot just above", lambda logged, target: np.c_[(target / logged)[:, :1], (target / logged)[:, 1:] * (target / logged)[:, :-1]],
                "You multiply by the slot just above alone. All that stands above decides whether a slot is read."),
        Mistake("the first slot's", lambda logged, target: np.ones_like(logged) * (target / logged)[:, :1],
                "You use the first slot's weight throughout. Lower slots' items were drawn, too."),
        Mistake("mean weight", lambda logged, target: np.cumsum(target / logged, axis=1) / np.arange(1, logged.shape[1] + 1),
                "You average the ratios of the slots. Draws that all had to happen have chances that multiply."),
        Mistake("clipped", lambda logged, target: np.minimum(target / logged, 2.0),
                "You clip the weights. That lowers the estimate; each slot still leaves out what was drawn above it."),
        Mistake("target alone", lambda logged, target: np.cumprod(target, axis=1),
                "You weight by the target's chances alone. Draws that the log made often then count too often."),
    ))
