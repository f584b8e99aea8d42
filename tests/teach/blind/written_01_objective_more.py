"""Solutions of lesson 01, exercises 4 to 7, written blind: from the notebook's text alone."""

import numpy as np
import pandas as pd
from blind_book import right, wrong


@wrong("objective.4", "Correlation of the values instead of their ranks.")
def rank_agreement(a, b):
    return np.corrcoef(a, b)[0, 1]


@wrong("objective.4", "One argsort gives the order, not the ranks.")
def rank_agreement(a, b):
    return np.corrcoef(np.argsort(a), np.argsort(b))[0, 1]


@wrong("objective.4", "Kendall's tau instead of Spearman's correlation.")
def rank_agreement(a, b):
    pairs = [np.sign((a[i] - a[j]) * (b[i] - b[j])) for i in range(len(a)) for j in range(i)]
    return float(np.mean(pairs))


@wrong("objective.4", "Ranks a from high to low and b from low to high: the sign is reversed.")
def rank_agreement(a, b):
    return np.corrcoef(np.argsort(np.argsort(-a)), np.argsort(np.argsort(b)))[0, 1]


@wrong("objective.4", "Takes the absolute value, so the reverse order counts as agreement.")
def rank_agreement(a, b):
    return abs(pd.Series(a).rank().corr(pd.Series(b).rank()))


@wrong("objective.4", "Share of policies that stand at the same place in both orders.")
def rank_agreement(a, b):
    return float(np.mean(np.argsort(np.argsort(a)) == np.argsort(np.argsort(b))))


@wrong("objective.4", "The squared rank differences are divided by n(n² + 1) instead of n(n² − 1).")
def rank_agreement(a, b):
    n = len(a)
    d = np.argsort(np.argsort(a)) - np.argsort(np.argsort(b))
    return 1 - 6 * (d**2).sum() / (n * (n**2 + 1))


@wrong("objective.4", "Covariance with n − 1 over standard deviations with n: more than 1 for the same order.")
def rank_agreement(a, b):
    ra, rb = np.argsort(np.argsort(a)), np.argsort(np.argsort(b))
    return np.cov(ra, rb)[0, 1] / (ra.std() * rb.std())


@right("objective.4", "The formula of squared rank differences, ranks by counting; a Python float.")
def rank_agreement(a, b):
    n = len(a)
    ranks = [[sum(other < one for other in values) for one in values] for values in (a, b)]
    squares = sum((x - y) ** 2 for x, y in zip(*ranks))
    return 1 - 6 * float(squares) / (n * (n * n - 1))


@right("objective.4", "pandas, method='spearman'.")
def rank_agreement(a, b):
    return pd.Series(np.asarray(a)).corr(pd.Series(np.asarray(b)), method="spearman")


@right("objective.4", "scipy's spearmanr.")
def rank_agreement(a, b):
    from scipy.stats import spearmanr
    return spearmanr(a, b).statistic


@right("objective.4", "Ranks from the best down in both, by assignment into an array; numpy scalar of a cosine.")
def rank_agreement(a, b):
    def centred(x):
        place = np.empty(len(x))
        place[np.argsort(x)[::-1]] = np.arange(1, len(x) + 1)
        return place - place.mean()
    x, y = centred(a), centred(b)
    return x @ y / np.sqrt((x @ x) * (y @ y))


@wrong("objective.5", "Takes microseconds for milliseconds.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return max(0, int((budget_ms - fixed_ms) / per_item_us))


@wrong("objective.5", "Rounds to the nearest instead of down.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return max(0, round((budget_ms - fixed_ms) * 1000 / per_item_us))


@wrong("objective.5", "A negative number of items where the fixed part is already too much.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return int(np.floor((budget_ms - fixed_ms) * 1000 / per_item_us))


@wrong("objective.5", "The fixed part is ignored.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return int(budget_ms * 1000 / per_item_us)


@wrong("objective.5", "The fixed part is paid for each item.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return int(budget_ms * 1000 / (fixed_ms * 1000 + per_item_us))


@wrong("objective.5", "The item that only begins within the budget counts too: rounds up.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return max(0, int(np.ceil((budget_ms - fixed_ms) * 1000 / per_item_us)))


@wrong("objective.5", "At least one item, even where the fixed part is already too much.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return max(1, int((budget_ms - fixed_ms) * 1000 / per_item_us))


@wrong("objective.5", "Takes the fixed part as microseconds.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return max(0, int((budget_ms * 1000 - fixed_ms) / per_item_us))


@wrong("objective.5", "Strictly below the budget: where the items fill it exactly, the last one is left out.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return max(0, int(np.ceil((budget_ms - fixed_ms) * 1000 / per_item_us)) - 1)


@right("objective.5", "Items per millisecond, an early return, math.floor.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    import math
    if fixed_ms >= budget_ms:
        return 0
    return math.floor(1000 * (budget_ms - fixed_ms) / per_item_us)


@right("objective.5", "np.clip, returns a numpy integer.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    left_us = np.clip((budget_ms - fixed_ms) * 1000, 0, None)
    return np.int64(left_us / per_item_us)


@wrong("objective.6", "Boundary: a worst end of exactly −margin passes, though the interval holds a loss of margin.")
def non_inferiority(low, high, margin):
    if low >= -margin:
        return "pass"
    return "fail" if high < -margin else "undecided"


@wrong("objective.6", "Boundary: a better end of exactly −margin fails, though it is no larger loss than margin.")
def non_inferiority(low, high, margin):
    if low > -margin:
        return "pass"
    return "fail" if high <= -margin else "undecided"


@wrong("objective.6", "Wrong sign: asks for a gain of more than margin.")
def non_inferiority(low, high, margin):
    if low > margin:
        return "pass"
    return "fail" if high < margin else "undecided"


@wrong("objective.6", "A test for improvement: passes only where the interval lies above 0.")
def non_inferiority(low, high, margin):
    if low > 0:
        return "pass"
    return "fail" if high < -margin else "undecided"


@wrong("objective.6", "Fails every change that is surely negative, also where the loss is surely smaller than margin.")
def non_inferiority(low, high, margin):
    if high < 0:
        return "fail"
    return "pass" if low > -margin else "undecided"


@wrong("objective.6", "Fails whatever does not pass: never undecided.")
def non_inferiority(low, high, margin):
    return "pass" if low > -margin else "fail"


@wrong("objective.6", "Judges the middle of the interval, its width is ignored for passing.")
def non_inferiority(low, high, margin):
    if (low + high) / 2 > -margin:
        return "pass"
    return "fail" if high < -margin else "undecided"


@wrong("objective.6", "The ends are exchanged: passes by the better end, fails by the worse one.")
def non_inferiority(low, high, margin):
    if high > -margin:
        return "pass"
    return "fail" if low < -margin else "undecided"


@right("objective.6", "Nested conditional expression, in losses.")
def non_inferiority(low, high, margin):
    worst, best = -low, -high
    return "pass" if worst < margin else ("fail" if best > margin else "undecided")


@right("objective.6", "np.select; returns a numpy string.")
def non_inferiority(low, high, margin):
    return np.select([low > -margin, high < -margin], ["pass", "fail"], default="undecided")[()]


@right("objective.6", "Fail is asked first.")
def non_inferiority(low, high, margin):
    verdict = "undecided"
    if high < -margin:
        verdict = "fail"
    elif not low <= -margin:
        verdict = "pass"
    return verdict


OPENING = "For each visit we decide which ten items to show to a person. "
AIM = "The objective is retention: how many people still come back in four weeks. I train on a proxy, long reads. "
GUARD = "Guardrails: reports per thousand showings and the share who return tomorrow must not get worse by a margin. "
CLOCK = "The budget is 50 ms a request. "
PARTS = "Only then the how: retrieve candidates with a two-tower, rank them, re-rank the slate."


@wrong("objective.7", "A component is named before the objective.")
def framing():
    return "I would start with a two-tower model and a transformer ranker. " + OPENING + AIM + GUARD + CLOCK


@wrong("objective.7", "It does not say what is decided.")
def framing():
    return "The objective is long-term retention. " + GUARD + CLOCK


@wrong("objective.7", "No objective: it goes from the decision straight to guardrails.")
def framing():
    return OPENING + "Guardrails: reports per thousand showings must not rise, nor latency at p99. " + PARTS


@wrong("objective.7", "Nothing that must not get worse: no guardrail.")
def framing():
    return OPENING + AIM + CLOCK + PARTS


@wrong("objective.7", "Far more words than one can say in a minute.")
def framing():
    aside = "And I would explain at length to everybody in the room why each of these words was chosen with such care. "
    return OPENING + AIM + GUARD + CLOCK + aside * 16 + PARTS


@wrong("objective.7", "The components come before what must not get worse.")
def framing():
    return OPENING + AIM + PARTS + " " + GUARD + CLOCK


@right("objective.7", "Five joined sentences, components last.")
def framing():
    return OPENING + AIM + GUARD + CLOCK + PARTS


@right("objective.7", "A text over several lines, no component at all.")
def framing():
    return """
    The decision: which ten stories do we show a reader each time the feed is opened?
    The objective: people who are satisfied and come back, measured as weekly retention per person.
    That is slow, so the proxy is a click that holds for half a minute; I check once that both order policies alike.
    Guardrails, with margins fixed beforehand: next-day return, reports, latency at p99.
    The budget: fifty milliseconds for a request.
    """


@right("objective.7", "A list of sentences, joined; one of them about stages at the end.")
def framing():
    said = ["We decide what ten items to show to whom, at every visit.",
            "Our objective is that people are glad they came and return next month, not clicks.",
            "What must not get worse, as guardrails: complaints, diversity of creators, p99 latency.",
            "We have a budget of 50 milliseconds per request,",
            "so a retrieval stage finds a few hundred candidates and a ranker orders them."]
    return " ".join(said)
