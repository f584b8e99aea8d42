"""Exercises and claims on the interview: a metric tree and what to page on here; the numbers and the questions in files beside this."""

import math

import numpy as np

from course_lib.launch.whiteboard import contributions, should_page
from course_lib.teach.cards import effects_decisions
from course_lib.teach.cards.interview.numbers import BUDGET, CAPACITY, MACHINES
from course_lib.teach.cards.interview.questions import QUIZZES  # noqa: F401 - found here by the quiz
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake
from course_lib.teach.definitions.claim import MACHINE, Band, Claim


# --- 12.4 ----------------------------------------------------------------------------------------------------------
def _tree(rng, n):
    names = ["visits a person", "requests a visit", "clicks a request", "seconds a click"][:n]
    before = {name: float(x) for name, x in zip(names, rng.uniform(0.5, 5, n).round(2), strict=True)}
    return before, {name: round(x * f, 3) for (name, x), f in zip(before.items(), rng.uniform(0.7, 1.3, n), strict=True)}


def _tree_cases(rng):
    return [Case("three factors", _tree(rng, 3)), Case("four factors", _tree(rng, 4)),
            Case("one up, one down, and nothing to see at the top", ({"visits": 2.0, "clicks": 3.0},
                                                                      {"visits": 3.0, "clicks": 2.0}))]


def _log_shares(before, after):
    ratio = {name: math.log(after[name]) - math.log(before[name]) for name in before}
    start = math.exp(sum(math.log(v) for v in before.values()))
    total = sum(ratio.values())
    scale = start if abs(total) < 1e-12 else start * math.expm1(total) / total
    return {name: scale * part for name, part in ratio.items()}


def _alone(before, after):
    product = math.prod(before.values())
    return {name: product * (after[name] / before[name] - 1) for name in before}


def _one_by_one(before, after):
    names, now, out = list(before), dict(before), {}
    for name in names:
        start = math.prod(now.values())
        now[name] = after[name]
        out[name] = math.prod(now.values()) - start
    return out


def _backwards(before, after):
    end = math.prod(after.values())
    return {name: end * (1 - before[name] / after[name]) for name in before}


TREE = Card(
    id="interview.4", title="Which branch of the metric tree moved?", minutes=10, difficulty=3, used_in=(),
    task="\"Clicks a person are down. Why?\" The metric is a product of factors, such as visits × requests a visit × "
         "clicks a request. Return what each factor contributes to the change, in the metric's own unit, so that the "
         "contributions **add up** to the change and do not depend on the order of the factors. On a log scale a "
         "product is a sum: give each factor the share that its log ratio has, times the metric's change. If the "
         "metric did not change at all, each contribution is metric × log ratio.",
    shapes="`before`, `after` factor → positive number; returns factor → contribution.",
    why="Swapping in one new value after another adds up too, but the answer depends on who goes first, and in a "
        "meeting two teams will go first. The logarithm treats all alike. And the case in which the metric stands "
        "still is the one to watch: two branches may have moved against each other, and the top of the tree says "
        "nothing.",
    reference=contributions, alternative=_log_shares, cases=_tree_cases,
    by_hand=(Case("only one factor moves", ({"a": 2.0, "b": 3.0}, {"a": 2.0, "b": 6.0}), expected={"a": 0.0, "b": 6.0}),
             Case("both double: 1 → 4", ({"a": 1.0, "b": 1.0}, {"a": 2.0, "b": 2.0}), expected={"a": 1.5, "b": 1.5}),
             Case("against each other", ({"a": 1.0, "b": 2.0}, {"a": 2.0, "b": 1.0}),
                  expected={"a": 2 * math.log(2), "b": -2 * math.log(2)})),
    invariants=(
        Invariant("contributions add up to the change", lambda fn, rng: math.isclose(
            sum(fn({"a": 2.0, "b": 5.0}, {"a": 3.0, "b": 4.0}).values()), 2.0, rel_tol=1e-6)),
        Invariant("the order of the factors does not matter", lambda fn, rng: math.isclose(
            fn({"a": 2.0, "b": 5.0}, {"a": 3.0, "b": 4.0})["a"], fn({"b": 5.0, "a": 2.0}, {"b": 4.0, "a": 3.0})["a"]))),
    mistakes=(
        Mistake("each alone", _alone,
                "You change one factor at a time from *before*. The parts do not add up: what the factors do "
                "together is in none of them."),
        Mistake("one after the other", _one_by_one,
                "You swap in the new values one after the other. It adds up, but whoever comes first gets another "
                "share: the answer must not depend on the order."),
        Mistake("log ratios", lambda before, after: {name: math.log(after[name] / before[name]) for name in before},
                "You return log ratios. They add up to the log of the ratio; scale them to the change itself."),
        Mistake("shares of the change", lambda before, after: {
            name: math.log(after[name] / before[name]) / (math.log(math.prod(after.values()) / math.prod(before.values()))
                                                          or 1.0) for name in before},
                "You return shares that add up to one. Multiply by the change, so that they read in the metric's "
                "unit."),
        Mistake("the wrong way round", lambda before, after: {name: -value for name, value in
                                                              contributions(before, after).items()},
                "Your signs are the wrong way round: it is after minus before."),
        Mistake("differences", lambda before, after: {name: after[name] - before[name] for name in before},
                "You return the change of each factor, in its own unit. Visits and seconds cannot be added up."),
        Mistake("from the end", _backwards,
                "You change one factor at a time back from *after*. The parts do not add up, just as they would not "
                "from before."),
    ),
    hints=("What turns a product into a sum?",
           "log(after/before) of the metric is the sum of the factors' log(after/before): that gives shares. Times "
           "the change.",
           "`scale = (end - start) / math.log(end / start)`, and `start` where end equals start; each contribution is "
           "`scale * math.log(after[name] / before[name])`."),
)


# --- 12.5 ----------------------------------------------------------------------------------------------------------
def _minutes(rng, n=40, promise=0.99):
    total = rng.integers(20, 60, n)
    return total, rng.binomial(total, 1 - promise)


def _page_cases(rng):
    out = []
    for name, where, rate in (("a blip", slice(18, 20), 0.5), ("an outage", slice(15, 32), 0.6),
                              ("a slow burn", slice(8, 40), 0.14)):
        total, bad = _minutes(rng)
        bad[where] = rng.binomial(total[where], rate)
        out.append(Case(name, (bad, total, 0.99, 15, 3, 10.0)))
    total, bad = _minutes(rng)
    total[12:16], bad[12:16] = 0, 0
    return [*out, Case("a night without requests", (bad, total, 0.99, 10, 2, 2.0))]


def _windows(bad, total, window):
    bad, total = np.asarray(bad), np.asarray(total)
    return np.array([bad[max(0, m + 1 - window):m + 1].sum() / max(total[max(0, m + 1 - window):m + 1].sum(), 1)
                     for m in range(len(total))])


def _page_loop(bad, total, promise, long, short, burn):
    allowed, out = (1 - promise) * burn, []
    for minute in range(len(total)):
        hot = True
        for window in (long, short):
            first = max(0, minute - window + 1)
            asked, failed = sum(total[first:minute + 1]), sum(bad[first:minute + 1])
            hot = hot and failed > allowed * max(asked, 1)
        out.append(bool(hot))
    return np.array(out)


def _mean_of_shares(counts, of, window):
    share = np.asarray(counts) / np.maximum(of, 1)
    return np.array([share[max(0, m + 1 - window):m + 1].mean() for m in range(len(share))])


def _without_now(values, window):
    return np.concatenate([[0.0], values[:-1]])


PAGE = Card(
    id="interview.5", title="What wakes somebody up", minutes=12, difficulty=4, used_in=(),
    effect=effects_decisions.nights_judged_rightly,
    task="You promise that a share `promise` of requests is answered well; 1 − promise may fail, and that is the "
         "*error budget*. A page should ring when the budget burns `burn` times too fast over the last `long` "
         "minutes (so that it matters) **and** over the last `short` minutes (so that it is still going on). A "
         "window ends with the minute itself; at the start it holds the minutes there are. The share of failures in "
         "a window is all its failures over all its requests; 0 where nobody asked.",
    shapes="`bad`, `total` int [M], by minute; `promise` 0 to 1; `long`, `short` minutes; returns bool [M].",
    why="The long window ignores blips, the short one stops the ringing once it is over, and dividing sums keeps a "
        "quiet minute with one failure from counting as much as a busy one. What rings is a promise to people, not a "
        "machine's load. It sees what *fails*; what is answered promptly and wrongly it does not see, and that is "
        "the next cell's subject.",
    reference=should_page, alternative=_page_loop, cases=_page_cases,
    by_hand=(Case("five minutes, windows of 3 and 1, at most 20%",
                  (np.array([0, 0, 5, 6, 0]), np.array([10, 10, 10, 10, 10]),
                                                                  0.9, 3, 1, 2.0), expected=np.array([0, 0, 0, 1, 0], bool)),
             Case("nothing fails",
                  (np.zeros(3, int), np.array([5, 0, 5]), 0.9, 2, 1, 1.0), expected=np.zeros(3, bool))),
    mistakes=(
        Mistake("the long window alone", lambda bad, total, promise, long, short, burn:
                _windows(bad, total, long) > burn * (1 - promise),
                "You read the long window alone. It goes on ringing long after the last failure: ask the short one "
                "too."),
        Mistake("the short window alone", lambda bad, total, promise, long, short, burn:
                _windows(bad, total, short) > burn * (1 - promise),
                "You read the short window alone, so every blip wakes somebody up: ask the long one too."),
        Mistake("either window", lambda bad, total, promise, long, short, burn:
                (_windows(bad, total, long) > burn * (1 - promise)) | (_windows(bad, total, short) > burn * (1 - promise)),
                "You ring when *either* window burns. Both must: it matters, and it is still going on."),
        Mistake("mean of shares", lambda bad, total, promise, long, short, burn: np.logical_and(
            *(_mean_of_shares(bad, total, w) > burn * (1 - promise) for w in (long, short))),
                "You average the minutes' shares, so a quiet minute counts as much as a busy one: divide the "
                "window's sums."),
        Mistake("times the promise", lambda bad, total, promise, long, short, burn: np.logical_and(
            *(_windows(bad, total, w) > burn * promise for w in (long, short))),
                "You multiply `burn` by the promise. What may fail is 1 − promise."),
        Mistake("no burn rate", lambda bad, total, promise, long, short, burn: np.logical_and(
            *(_windows(bad, total, w) > 1 - promise for w in (long, short))),
                "You ring as soon as the budget is touched. That it is spent is what it is there for: only `burn` "
                "times too fast is news."),
        Mistake("without this minute", lambda bad, total, promise, long, short, burn: np.logical_and(
            *(_without_now(_windows(bad, total, w), w) > burn * (1 - promise) for w in (long, short))),
                "Your windows end with the minute before: you ring a minute late, and once more when it is over."),
    ),
    hints=("Two questions, each a share of failures: over the last hour, does it matter? Over the last minutes, is "
           "it still on?",
           "For a window: sums of `bad` and of `total` over the last w minutes. `np.cumsum` gives all windows at once.",
           "With `c = np.concatenate([[0], np.cumsum(x)])`, the sum of the last w minutes is `c[m + 1] - c[max(m + 1 "
           "- w, 0)]`."),
)

CARDS = [CAPACITY, MACHINES, BUDGET, TREE, PAGE]

CLAIMS = [
    Claim("interview.p99", "A request keeps within the sum of its stages' 99th percentiles, at its own 99th",
          "folklore, no source found: what a budget table that gives each stage its p99 relies on; here the sum over the request's",
          (1.0, math.inf), "× the request's p99", kind=MACHINE, ratio=True, written="2026-11-28", history=(
              Band(0.95, 1.05, "2026-11-22", "the sentence was another: The 99th percentiles of the stages add up to that of the "
                   "request. A budget needs an upper bound, not an identity."),)),
    Claim("interview.shard", "An index that has lost one shard of five loses a fifth of recall",
          "folklore, no source found: a fifth of the items, so a fifth of the finds; here the share of recall@10 lost, each shard "
          "in turn", (0.18, 0.22), "of recall@10", written="2026-11-22"),
    Claim("interview.trace", "The stage whose loss has risen most is the stage at fault, in nine faults of ten",
          "own conjecture; here 60 faults of a drawn kind and size inside the four stages, each counted on 100 people against a "
          "healthy night of others; what is wrong outside of the stages no count of theirs can name", (0.9, 1.0), "of the faults", written="2026-11-28", history=(
              Band(1.0, 1.0, "2026-11-22", "a band of one point, and one of the five faults lay in no stage."),)),
]
