"""Exercises on the interview: which branch of the metric tree moved."""

import math
from itertools import permutations

from course_lib.launch.whiteboard import contributions
from course_lib.teach.cards.interview import far_numbers
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 12.4 ----------------------------------------------------------------------------------------------------------
def _tree(rng, n):
    names = ["visits a person", "requests a visit", "clicks a request", "seconds a click"][:n]
    before = {name: float(x) for name, x in zip(names, rng.uniform(0.5, 5, n).round(2), strict=True)}
    return before, {name: round(x * f, 3) for (name, x), f in zip(before.items(), rng.uniform(0.7, 1.3, n), strict=True)}


def _tree_cases(rng):
    return [Case("three factors", _tree(rng, 3)), Case("four factors", _tree(rng, 4)),
            Case("one up, one down, and nothing to see at the top", ({"visits": 2.0, "clicks": 3.0},
                                                                      {"visits": 3.0, "clicks": 2.0})),
            Case("the same factors in another order", ({"visits": 2.0, "clicks": 3.0, "seconds": 4.0},
                                                       {"seconds": 5.0, "visits": 1.5, "clicks": 3.5})),
            Case("factors that grow many times over", ({"visits": 2.0, "clicks": 12.0, "seconds": 40.0},
                                                       {"visits": 30.0, "clicks": 15.0, "seconds": 4000.0})),
            Case("from almost nothing", ({"visits": 0.001, "clicks": 12.0, "seconds": 15.0},
                                         {"visits": 600.0, "clicks": 14.0, "seconds": 11.0})),
            Case("large factors, and nothing at the top", ({"visits": 2.0, "clicks": 40.0}, {"visits": 40.0, "clicks": 2.0})),
            Case("a metric of small numbers", ({"clicks a view": 2e-5, "orders a click": 3e-4},
                                               {"clicks a view": 2.5e-5, "orders a click": 2e-4})),
            Case("nothing but rounding at the top", ({"visits": 0.1, "clicks": 0.2, "seconds": 0.3},
                                                     {"visits": 0.3, "clicks": 0.1, "seconds": 0.2})),
            Case("a change of a ten-thousandth", ({"visits": 2.0, "clicks": 50.0}, {"visits": 2.2, "clicks": 45.459})),
            Case("a single factor", ({"clicks": 2.0}, {"clicks": 3.0})),
            Case("nothing moved", ({"visits": 2.0, "clicks": 3.0}, {"visits": 2.0, "clicks": 3.0})),
            Case("six factors, of which two stand still", (dict(zip("abcdef", (3000.0, 1.0, 7.0, 1.0, 0.5, 90.0), strict=True)),
                                                           dict(zip("abcdef", (2500.0, 1.0, 7.5, 1.2, 0.5, 99.0), strict=True))))]


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


def _log_ratios(before, after, log=math.log):
    return {name: log(after[name] / before[name]) for name in before}


def _products(before, after):
    return math.prod(before.values()), math.prod(after.values())


def _scaled(scale):
    """Each log ratio times a scale of its own: scale(start, end) -> factor."""
    def wrong(before, after):
        factor = scale(*_products(before, after))
        return {name: factor * ratio for name, ratio in _log_ratios(before, after).items()}
    return wrong


def _where_it_stands_still(change):
    """Right where the metric moves; change(before, after) -> contributions where it does not."""
    def wrong(before, after):
        still = math.isclose(*_products(before, after))
        return change(before, after) if still else contributions(before, after)
    return wrong


def _mean_scale(start, end):
    """The logarithmic mean, without a thought for rounding."""
    return start if start == end else (end - start) / math.log(end / start)


def _within_a_percent(start, end):
    return start if math.isclose(start, end, rel_tol=0.01) else (end - start) / math.log(end / start)


def _divided_by_no_change(start, end):
    return (end - start) / math.log(end / start)


def _share_of(part):
    """The change, shared out by something else than log ratios: part(before value, after value)."""
    def wrong(before, after):
        start, end = _products(before, after)
        parts = {name: part(before[name], after[name]) for name in before}
        whole = sum(parts.values())
        return {name: (end - start) * value / whole if whole else 0.0 for name, value in parts.items()}
    return wrong


def _paired_by_place(before, after):
    return contributions(before, dict(zip(before, after.values(), strict=True)))


def _last_first(before, after):
    names = list(before)[::-1]
    swapped = _one_by_one({name: before[name] for name in names}, after)
    return {name: swapped[name] for name in before}


def _both_ends(before, after):
    alone, back = _alone(before, after), _backwards(before, after)
    return {name: (alone[name] + back[name]) / 2 for name in before}


def _all_orders(before, after):
    orders = [_one_by_one({name: before[name] for name in names}, after) for names in permutations(before)]
    return {name: sum(order[name] for order in orders) / len(orders) for name in before}


def _as_a_sum(before, after):
    change = sum(after.values()) - sum(before.values())
    ratios = _log_ratios(before, after)
    whole = sum(ratios.values())
    return {name: change * ratio / whole if abs(whole) > 1e-12 else 0.0 for name, ratio in ratios.items()}


def _absolutely_close(start, end):
    """An absolute tolerance, which is NumPy's default and larger than a small metric."""
    return start if abs(start - end) < 1e-8 + 1e-5 * abs(end) else (end - start) / math.log(end / start)


def _ratios_to(base):
    return lambda before, after: {name: math.prod(before.values()) * ratio / math.log(base)
                                  for name, ratio in _log_ratios(before, after).items()}


TREE = Card(
    id="interview.4", title="Which branch of the metric tree moved?", minutes=10, difficulty=3, used_in=(),
    task="\"Clicks a person are down. Why?\" The metric is a product of factors, such as visits × requests a visit × "
         "clicks a request. Return what each factor contributes to the change, in the metric's own unit, so that the "
         "contributions **add up** to the change and do not depend on the order of the factors. On a log scale a "
         "product is a sum: give each factor the share that its log ratio has, times the metric's change. If the "
         "metric did not change at all, or by no more than rounding, each contribution is metric × log ratio.",
    why="Swapping in one new value after another adds up too, but the answer depends on who goes first, and in a "
        "meeting two teams will go first. The logarithm treats all alike. And the case in which the metric stands "
        "still is the one to watch: two branches may have moved against each other, and the top of the tree says "
        "nothing.",
    reference=contributions, alternative=_log_shares, cases=lambda rng: [*_tree_cases(rng), *far_numbers.TREES], atol=1e-12,
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
        Mistake("nothing where it stands still", _where_it_stands_still(lambda before, after: dict.fromkeys(before, 0.0)),
                "Where the metric stands still you say that nothing happened. Branches may have moved against each other: "
                "there each contribution is metric × log ratio."),
        Mistake("log ratios where it stands still", _where_it_stands_still(_log_ratios),
                "Where the metric stands still you return bare log ratios. Multiply by the metric, so that they read in its "
                "unit."),
        Mistake("NaN where it stands still", _where_it_stands_still(lambda before, after: dict.fromkeys(before, math.nan)),
                "Where the metric stands still you return NaN: nothing divided by nothing. There each contribution is "
                "metric × log ratio."),
        Mistake("alone where it stands still", _where_it_stands_still(_alone),
                "Where the metric stands still you change one factor at a time, so the parts do not add up to 0. There each "
                "contribution is metric × log ratio."),
        Mistake("divided by no change", _scaled(_divided_by_no_change),
                "You divide by the log of the metric's ratio, which is 0 where the metric stands still. There each "
                "contribution is metric × log ratio."),
        Mistake("exactly equal", _scaled(_mean_scale),
                "You ask with == whether the metric stands still. Two products of the same numbers in another order can "
                "differ by a rounding, and then you divide rounding errors: use `math.isclose`."),
        Mistake("small changes stand still", _scaled(_within_a_percent),
                "You take a small change for none. Only what rounding can do is no change: `math.isclose` as it is, without a "
                "tolerance of your own."),
        Mistake("times the start", _scaled(lambda start, end: start),
                "You multiply the log ratios by the metric *before*. That is right only where it stands still: elsewhere the "
                "parts do not add up to the change."),
        Mistake("times the end", _scaled(lambda start, end: end),
                "You multiply the log ratios by the metric *after*. The parts do not add up to the change."),
        Mistake("times the mean", _scaled(lambda start, end: (start + end) / 2),
                "You multiply the log ratios by the mean of before and after. It is close, but does not add up: the factor "
                "is change / log(end / start)."),
        Mistake("times the geometric mean", _scaled(lambda start, end: math.sqrt(start * end)),
                "You multiply the log ratios by the root of before × after. It is close, but does not add up: the factor is "
                "change / log(end / start)."),
        Mistake("times the change", _scaled(lambda start, end: end - start),
                "You multiply the log ratios by the change. They add up to it only as *shares*: divide them by the metric's "
                "log ratio."),
        Mistake("relative to before", lambda before, after: {
            name: value / math.prod(before.values()) for name, value in contributions(before, after).items()},
                "You return contributions as a share of the metric before. The metric's own unit is asked for."),
        Mistake("shares of differences", _share_of(lambda old, new: new - old),
                "You share out the change by each factor's difference, in its own unit. A large number is no large branch: "
                "use log ratios."),
        Mistake("shares of relative changes", _share_of(lambda old, new: new / old - 1),
                "You share out the change by each factor's relative change. It adds up, but −50% and +100% then do not "
                "cancel, as they do in a product: use log ratios."),
        Mistake("shares of sizes", _share_of(lambda old, new: abs(math.log(new / old))),
                "Your log ratios have lost their sign: a factor that fell must not seem to have helped."),
        Mistake("equal shares", _share_of(lambda old, new: 1.0),
                "You give every factor the same share. The share is that of its log ratio."),
        Mistake("paired by place", _paired_by_place,
                "You pair the two sides by their order. Look each factor up by its name in `after`."),
        Mistake("last first", _last_first,
                "You swap in the new values one after the other, from the last. It adds up, but whoever comes first gets "
                "another share."),
        Mistake("mean of both ends", _both_ends,
                "You average one-at-a-time changes from before and back from after. With two factors that adds up, with three "
                "it does not; and the log shares are asked for."),
        Mistake("all orders", _all_orders,
                "You average over all orders of swapping. That adds up and is fair too (it is Shapley's value), but here the "
                "share is that of the log ratio."),
        Mistake("a sum of factors", _as_a_sum,
                "You take the change of the factors' *sum*. The metric is their product."),
        Mistake("a small metric stands still", _scaled(_absolutely_close),
                "You take a small metric for one that stands still: the absolute tolerance of `np.isclose` is 1e-8. Compare "
                "relatively (`math.isclose`, or `atol=0`)."),
        Mistake("log2", _where_it_stands_still(_ratios_to(2)),
                "Your log is to base 2. Where the metric moves the base cancels; where it stands still the logarithm has to "
                "be the natural one."),
        Mistake("log10", _where_it_stands_still(_ratios_to(10)),
                "Your log is to base 10. Where the metric moves the base cancels; where it stands still the logarithm has to "
                "be the natural one."),
    ),
    hints=("What turns a product into a sum?",
           "log(after/before) of the metric is the sum of the factors' log(after/before): that gives shares. Times "
           "the change.",
           "`scale = (end - start) / math.log(end / start)`, and `start` where end equals start; each contribution is "
           "`scale * math.log(after[name] / before[name])`."),
)
