"""Exercise 2.6: the rate that waiting would show."""

import numpy as np

from course_lib.data.labels import rate_corrected_for_delay
from course_lib.teach.cards import effects_truth, sizes
from course_lib.teach.cards.feedback import far_logs, rare_logs
from course_lib.teach.cards.feedback.delay_slips import MISTAKES
from course_lib.teach.definitions.card import Card, Case, Mistake


# --- 2.6 -----------------------------------------------------------------------------------------------------------
def _delay_cases(rng):
    out = []
    for n in (10, 30):
        delays = rng.exponential(2.0, 12).round(2) + 0.2
        out.append(Case(f"{n} clicks", ((rng.random(n) < 0.4).astype(float), rng.uniform(0.1, 6, n).round(2), delays)))
    slow = np.append(np.arange(12.0, 31.0), 0.0)
    return [*out, Case("slow purchases", (np.array([1.0, 0, 1, 0]), np.array([14.0, 20.5, 40.0, 3.0]), slow)),
            Case("a single young purchase", (np.array([1.0, 1.0]), np.array([0.0, 13.0]), slow))]


def _arrived(age, delays):
    return (np.asarray(delays)[None, :] <= np.asarray(age)[:, None]).mean(1)


def _delay_loop(label, age_s, delays_s):
    parts = [(lab, np.mean([d <= a for d in delays_s])) for lab, a in zip(label, age_s, strict=True)]
    parts = [lab / f for lab, f in parts if f > 0]
    return sum(parts) / len(parts) if parts else float("nan")


def _delay_total(label, age_s, delays_s):
    return float(np.mean(label) / _arrived(age_s, delays_s).mean())


def _delay_zeros_kept(label, age_s, delays_s):
    f = _arrived(age_s, delays_s)
    return float(np.mean(np.where(f > 0, label / np.where(f > 0, f, 1), 0.0)))


def _delay_wrong_way(label, age_s, delays_s):
    f = _arrived(age_s, delays_s)
    return float(np.mean((label * f)[f > 0]))


def _shares(age_s, delays_s):
    """Share of delays over by each age, 1 where there is none (what it says there is never used), and which have one."""
    share = _arrived(age_s, delays_s)
    return np.where(share > 0, share, 1), share > 0


def _strictly_before(label, age_s, delays_s):
    share = (np.asarray(delays_s)[None, :] < np.asarray(age_s)[:, None]).mean(1)
    return float(np.mean(label[share > 0] / share[share > 0]))


def _strictly_before_all(label, age_s, delays_s):
    share = (np.asarray(delays_s)[None, :] < np.asarray(age_s)[:, None]).mean(1)
    return float(np.sum(label[share > 0] / share[share > 0]) / len(label))


def _total_of_telling(label, age_s, delays_s):
    share, tells = _shares(age_s, delays_s)
    return float(np.mean(label[tells]) / np.mean(share[tells]))


def _divided_by_nothing(label, age_s, delays_s):
    with np.errstate(all="ignore"):
        return float(np.mean(label / _arrived(age_s, delays_s)))


def _nan_left_out(label, age_s, delays_s):
    with np.errstate(all="ignore"):
        return float(np.nanmean(label / _arrived(age_s, delays_s)))


def _young_ones_as_known(label, age_s, delays_s):
    return float(np.mean(label / _shares(age_s, delays_s)[0]))


def _least_share(label, age_s, delays_s):
    return float(np.mean(label / np.maximum(_arrived(age_s, delays_s), 1 / len(delays_s))))


def _silent_young_left_out(label, age_s, delays_s):
    share, tells = _shares(age_s, delays_s)
    kept = tells | (np.asarray(label) > 0)
    return float(np.mean(label[kept] / share[kept]))


def _cut_at_one(label, age_s, delays_s):
    return float(min(rate_corrected_for_delay(label, age_s, delays_s), 1))


def _share_still_to_come(label, age_s, delays_s):
    share, tells = _shares(age_s, delays_s)
    return float(np.mean(label[tells] * (2 - share[tells])))


def _delay_wrong_way_all(label, age_s, delays_s):
    return float(np.mean(label * _arrived(age_s, delays_s)))


def _on_its_way(label, age_s, delays_s):
    rest = 1 - _arrived(age_s, delays_s)
    told = rest > 1e-12
    return float(np.mean(label[told] / rest[told]))


def _exponential(label, age_s, delays_s):
    return float(np.mean(label / (1 - np.exp(-age_s / np.mean(delays_s)))))


def _exponential_where_any_has_come(label, age_s, delays_s):
    come = 1 - np.exp(-age_s / np.mean(delays_s))
    return float(np.mean(label[come > 0] / come[come > 0]))


def _older_than_the_mean(label, age_s, delays_s):
    return float(np.mean(label[age_s >= np.mean(delays_s)]))


def _ripe_only(label, age_s, delays_s):
    ripe = age_s >= np.max(delays_s)
    return float(np.mean(label[ripe])) if ripe.any() else float("nan")


def _telling_as_known(label, age_s, delays_s):
    return float(np.mean(label[_arrived(age_s, delays_s) > 0]))


def _delays_in_any_order(label, age_s, delays_s):
    share = np.searchsorted(delays_s, age_s, side="right") / len(delays_s)
    return float(np.mean(label[share > 0] / share[share > 0]))


def _number_not_share(label, age_s, delays_s):
    share, tells = _shares(age_s, delays_s)
    return float(np.mean(label[tells] / (share[tells] * len(delays_s))))


def _weights_below(label, age_s, delays_s):
    share, tells = _shares(age_s, delays_s)
    return float(np.sum(label[tells] / share[tells]) / np.sum(1 / share[tells]))


def _per_purchase(label, age_s, delays_s):
    share, tells = _shares(age_s, delays_s)
    return float(np.sum(label[tells] / share[tells]) / max(np.sum(label[tells]), 1))


def _added_up(label, age_s, delays_s):
    share, tells = _shares(age_s, delays_s)
    return float(np.sum(label[tells] / share[tells]))


DELAY = Card(
    id="feedback.6", title="What will still come", minutes=8, difficulty=4, used_in=("this lesson",),
    effect=effects_truth.rate_of_young_clicks,
    realistic=sizes.young_clicks,
    task="Old clicks tell how long purchases take. From the labels so far, estimate which share of the young clicks will have bought in the end, right "
         "on average whatever the ages. Correct each click by its own age, and take the mean of these (not one ratio of sums). A click younger than "
         "every old delay says nothing of the rate: leave it out, bought or not; at least one is left. A delay equal to the age has come.",
    shapes="`label` 0/1 [E], bought so far; `age_s` float [E], seconds since the click; `delays_s` float [D], D ≥ 1, from old clicks, in any order; "
           "returns a number, which may exceed 1.",
    why="P(known by now) = P(buys) · F(age), so label / F(age) has the rate as its mean. It assumes that today's buyers take as long as "
        "last month's: a holiday breaks that, and a same-day rate would not notice either. Very young purchases count many times. If all clicks "
        "have one rate, the sum of the labels over the sum of F is right on average as well, and varied half as much in 400 made-up weeks; "
        "where young clicks have another rate than old ones, it is a mean in which the old ones weigh more.",
    reference=rate_corrected_for_delay, alternative=_delay_loop, cases=lambda rng: [*_delay_cases(rng), *far_logs.delay_cases()],
    by_hand=(Case("half of purchases come within a day: one of two young clicks has bought",
                  (np.array([1.0, 0.0]), np.array([1.0, 1.0]), np.array([0.5, 3.0])), expected=1.0),
             Case("a click younger than every delay is left out",
                  (np.array([1.0, 0.0]), np.array([9.0, 0.1]), np.array([0.5, 3.0])), expected=1.0),
             Case("the delays are the ages themselves", (np.array([1, 0]), np.array([1.0, 3.0]), np.array([3.0, 1.0])), expected=1.0),
             Case("a purchase faster than every delay: left out, too",
                  (np.array([1, 1, 0, 0]), np.array([0.25, 1.0, 4.0, 4.0]), np.array([0.5, 3.0])), expected=2 / 3),
             Case("a purchase where a quarter has come", (np.array([1]), np.array([1.0]), np.array([0.5, 2.0, 3.0, 4.0])),
                  expected=4.0),
             *rare_logs.DELAYS_BY_HAND),
    mistakes=(
        Mistake("as known", lambda label, age_s, delays_s: float(np.mean(label)),
                "This is the rate as known today. Some purchases of these clicks are still on their way."),
        Mistake("one factor for all", _delay_total,
                "You divide by the average share. Each click has its own age, so its own share."),
        Mistake("clicks that say nothing kept", _delay_zeros_kept,
                "Clicks younger than every delay count as 0 in your average. They say nothing: leave them out of the number of clicks as well."),
        Mistake("multiplied", _delay_wrong_way,
                "You multiply by the share that has come. A purchase known early stands for more than itself: divide."),
        Mistake("multiplied, young ones kept", _delay_wrong_way_all,
                "You multiply by the share that has come, and average over all clicks. Divide, and leave out the clicks younger than every "
                "delay."),
        Mistake("a delay equal to the age left out", _strictly_before,
                "You count delays shorter than the age. One exactly as long has come by then as well: at most the age."),
        Mistake("a delay equal to the age left out, young ones kept", _strictly_before_all,
                "You count delays shorter than the age, not those of at most the age; and clicks younger than every delay stay in your average. "
                "Leave those out."),
        Mistake("one factor for those that tell", _total_of_telling,
                "You divide the rate by the average share. Each purchase has its own age, so its own share: weigh it, then average."),
        Mistake("divided by nothing", _divided_by_nothing,
                "You divide by a share of 0. Leave out the clicks younger than every delay before you divide."),
        Mistake("only NaN left out", _nan_left_out,
                "You divide by a share of 0 and drop what is NaN; a purchase by such a click is infinite and stays. Leave out all clicks "
                "younger than every delay, before you divide."),
        Mistake("young ones as known", _young_ones_as_known,
                "Clicks younger than every delay count with their label as it stands. They say nothing: leave them out."),
        Mistake("a least share", _least_share,
                "You raise the share to at least one delay's, so clicks younger than every delay stay in. They say nothing: leave them out."),
        Mistake("only silent young ones left out", _silent_young_left_out,
                "You leave a click younger than every delay out only where it has no purchase. Choosing by the label raises the rate: leave "
                "out all of them."),
        Mistake("cut at 1", _cut_at_one,
                "You cut the result at 1. A few young clicks can give more; cutting pulls the average of many days down."),
        Mistake("adds what is missing", _share_still_to_come,
                "You add to a purchase the share that is still to come: 1 + (1 − F). Where a quarter has come one stands for four: 1 / F."),
        Mistake("share still on its way", _on_its_way,
                "You divide by the share of delays that are longer than the age. Divide by the share that has come: those of at most the age."),
        Mistake("exponential delays", _exponential,
                "You assume that delays are exponential with their mean. Use the delays themselves: the share of them that are at most the age."),
        Mistake("exponential delays, age 0 left out", _exponential_where_any_has_come,
                "You take the delays for exponential with their mean, and leave out clicks of age 0. Use the delays themselves: the share of "
                "them that are at most the age; and leave out clicks younger than every delay."),
        Mistake("older than the mean delay", _older_than_the_mean,
                "You keep the clicks older than the mean delay, uncorrected. Many of their purchases are still on the way: divide by the share "
                "that has come."),
        Mistake("only clicks older than every delay", _ripe_only,
                "You keep only clicks older than every delay. That is honest, and waits; the younger ones can be used, each purchase over its "
                "share."),
        Mistake("left out, not corrected", _telling_as_known,
                "You leave out the clicks that say nothing, and take the others as known. Each purchase stands for one over its share."),
        Mistake("delays not sorted", _delays_in_any_order,
                "You search among delays that are not sorted, so the share comes out wrong. Sort them first."),
        Mistake("number, not share", _number_not_share,
                "You divide by the number of delays that are over. Divide by their share of all delays."),
        Mistake("divided by the weights", _weights_below,
                "You divide by the sum of 1 / share over all clicks. Silent young clicks then count many times: divide by the number of clicks."),
        Mistake("per purchase", _per_purchase,
                "You average over purchases. Silent clicks count as well: divide by the number of clicks that are old enough."),
        Mistake("added up", _added_up,
                "You add the weighed purchases up. A rate is asked for: divide by the number of clicks that are old enough."),
        *MISTAKES,
    ),
    hints=("By the age of a click, which share F of its eventual purchases has come? For how many purchases does one that has come stand?",
           "F is the share of old delays that are at most the age. Take the mean of label / F over the clicks with F > 0.",
           "`np.searchsorted(np.sort(delays_s), age_s, side=\"right\") / len(delays_s)`"),
)
