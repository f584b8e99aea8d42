"""Families of wrong corrected rates: another share that has come, weight, choice of clicks or divisor, and any two."""

import numpy as np

from course_lib.teach.cards.two_slips import in_one, mistakes_of, names, slips
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import BASE, BOUNDARY, DIRECTION, MEAN, OTHER


def _arrived(age, delays):
    return (delays[None, :] <= age[:, None]).mean(1)


def _inverse(share):
    return 1 / share


def _telling(share, label):
    return share > 0


def _number(label, weight, share):
    return len(label)


def slipped(share=_arrived, weight=_inverse, kept=_telling, below=_number, value=lambda label: label, last=lambda rate: rate):
    """The weighed purchases of the clicks that are kept, over their number, with one or more parts exchanged."""
    def wrong(label, age_s, delays_s):
        label, age, delays = (np.asarray(part, float) for part in (label, age_s, delays_s))
        with np.errstate(all="ignore"):
            part = share(age, delays)
            some = kept(part, label)
            each = np.where(part[some] > 0, weight(part[some]), 1.0) if kept is not _telling else weight(part[some])
            return last(float(np.sum(value(label[some]) * each) / below(label[some], each, part[some])))
    return wrong


NEW = ("by one more", "one more above", "smoothed", "by the longest", "by the mean", "of the mean age", "weights squared", "root of the weights", "weights cut at 10",
       "weights cut at 5", "mean of the weights", "half has come", "by the shares", "by one less", "silence")
ALONE = ("number of delays", "of the mean age", "weights cut at 10", "weights cut at 5", "older than all", "purchases alone", "cut at 1",
         "no weight")                               # a second slip changes little or nothing where one of these is made
STEPS = {
    "share": slips(
        BOUNDARY,
        ("shorter than the age", lambda age, delays: (delays[None, :] < age[:, None]).mean(1),
         "you count delays shorter than the age, and one as long as the age has come"),
        ("still to come", lambda age, delays: (delays[None, :] > age[:, None]).mean(1),
         "you take the share of delays longer than the age, but it should be of those at most the age"),
        ("delays in any order", lambda age, delays: np.searchsorted(delays, age, side="right") / len(delays),
         "you search among delays that are not sorted"),
        ("exponential", lambda age, delays: 1 - np.exp(-age / delays.mean()),
         "you take delays for exponential, but it should be the share of the delays themselves"),
        ("by one more", lambda age, delays: (delays[None, :] <= age[:, None]).sum(1) / (len(delays) + 1),
         "you divide by the number of delays and 1"),
        ("one more above", lambda age, delays: ((delays[None, :] <= age[:, None]).sum(1) + 1) / len(delays),
         "you count one delay more than there is"),
        ("smoothed", lambda age, delays: ((delays[None, :] <= age[:, None]).sum(1) + 1) / (len(delays) + 1),
         "you add a delay that has come to those there are"),
        ("number of delays", lambda age, delays: (delays[None, :] <= age[:, None]).sum(1).astype(float),
         "you take the number of delays, but it should be their share"),
        ("by the longest", lambda age, delays: np.minimum(age / delays.max(), 1), "you take the age over the longest delay for the share"),
        ("by the mean", lambda age, delays: np.minimum(age / delays.mean(), 1), "you take the age over the mean delay for the share"),
        ("of the mean age", lambda age, delays: np.full(len(age), (delays <= age.mean()).mean()),
         "you take the share at the mean age for all clicks, and each has an age of its own"),
        alone=NEW, unpaired=ALONE,
    ),
    "weight": slips(
        DIRECTION,
        ("no weight", np.ones_like, "you do not weigh the purchases, and each stands for one over the share that has come"),
        ("multiplied", lambda share: share, "you multiply by the share, but it should be divided by"),
        ("what is missing added", lambda share: 2 - share, "you add the missing share to 1, but it should be 1 over the share that has come"),
        ("weights squared", lambda share: 1 / share**2, "you divide by the share twice"),
        ("root of the weights", lambda share: 1 / np.sqrt(share), "you divide by the root of the share"),
        ("weights cut at 10", lambda share: np.minimum(1 / share, 10), "you cut the weights at 10"),
        ("weights cut at 5", lambda share: np.minimum(1 / share, 5), "you cut the weights at 5"),
        ("one factor", lambda share: np.full(len(share), 1 / share.mean()), "you divide by the mean share, and each click has its own"),
        ("mean of the weights", lambda share: np.full(len(share), (1 / share).mean()), "you give all the mean weight, and each click has its own"),
        alone=NEW, unpaired=ALONE,
    ),
    "kept": slips(
        BASE,
        ("all kept", lambda share, label: np.ones(len(label), bool), "clicks younger than every delay stay in, but they should be left out"),
        ("silent young left out", lambda share, label: (share > 0) | (label > 0),
         "a click younger than every delay is left out only where it is silent, and all are left out"),
        ("purchases alone", lambda share, label: (share > 0) & (label > 0), "you average over purchases, and silent clicks count as well"),
        ("older than all", lambda share, label: share >= 1, "you keep only clicks older than every delay"),
        ("half has come", lambda share, label: share >= 0.5, "you keep only clicks by whose age half has come, but it should be all with a share above 0"),
        alone=NEW, unpaired=ALONE,
    ),
    "below": slips(
        MEAN,
        ("a sum", lambda label, weight, share: 1, "you return a sum, but it should be divided by the number of clicks that are kept"),
        ("by the weights", lambda label, weight, share: weight.sum(), "you divide by the sum of the weights, but it should be the number of clicks"),
        ("by the purchases", lambda label, weight, share: max(label.sum(), 1), "you divide by the number of purchases, but it should be that of clicks"),
        ("by the shares", lambda label, weight, share: share.sum(), "you divide by the sum of the shares, but it should be the number of clicks"),
        ("by one less", lambda label, weight, share: len(label) - 1, "you divide by the number of clicks less 1"),
        ("by one more", lambda label, weight, share: len(label) + 1, "you divide by the number of clicks and 1"),
        alone=NEW, unpaired=ALONE,
    ),
    "last": slips(
        DIRECTION,
        ("cut at 1", lambda rate: min(rate, 1.0), "you cut the result at 1"),
        alone=NEW, unpaired=ALONE,
    ),
    "value": slips(
        DIRECTION,
        ("silence", lambda label: 1 - label, "you weigh the silences, but it should be the purchases"),
        alone=NEW, unpaired=ALONE,
    ),
}
WITHOUT = ("share exponential; kept silent young left out", "share one more above; kept all kept",
           "share one more above; kept silent young left out", "share smoothed; kept all kept",
           "share smoothed; kept silent young left out", "share by the longest; kept silent young left out",
           "share by the mean; kept silent young left out", "share by one more; below by the weights",
           "share smoothed; below by the weights", "weight one factor; kept silent young left out",
           "weight multiplied; below by the shares", "weight one factor; below by the weights",
           "weight mean of the weights; below by the weights", "kept silent young left out; below a sum",
           "kept silent young left out; below by the purchases", "kept silent young left out; below by the shares",
           "weight one factor; kept all kept", "share one more above; below by the weights",
           "kept all kept; below a sum", "kept all kept; below by the purchases", "kept all kept; below by the shares")


def _between(age, delays):
    """The share that has come, with a line drawn from each delay to the next."""
    return np.interp(age, np.sort(delays), np.arange(1, len(delays) + 1) / len(delays), left=0.0)


def filled(chance):
    """The mean of labels in which each silent click has a chance to buy yet: chance(share that has come, labels)."""
    def wrong(label, age_s, delays_s):
        label, age, delays = (np.asarray(part, float) for part in (label, age_s, delays_s))
        share = _arrived(age, delays)
        label, share = label[share > 0], share[share > 0]
        return float(np.mean(np.where(label == 1, 1.0, chance(share, label))))
    return wrong


def _of_silent_buyers(share, label):
    rate = np.sum(label) / np.sum(share)
    with np.errstate(all="ignore"):
        return rate * (1 - share) / (1 - rate * share)


def silences_weighed(all_of_them):
    """Purchases over purchases and silences, each silence weighed by the share that has come."""
    def wrong(label, age_s, delays_s):
        label, age, delays = (np.asarray(part, float) for part in (label, age_s, delays_s))
        share = _arrived(age, delays)
        told = share >= 0 if all_of_them else share > 0
        weight = np.where(label == 1, 1.0, share)[told]
        return float(np.sum(label[told]) / np.sum(weight)) if weight.sum() else 0.0
    return wrong


WEIGHED = ("You weigh each silence by the share that has come and count each purchase once, so the purchases that are still to come are "
           "missing. Here each purchase stands for one over its share, and the divisor is the number of clicks")
FILLED = ("You keep purchases as 1 and give each silent click a chance to buy yet. Silent clicks stay 0 here; each purchase stands for "
          "one over the share that has come.")
MISTAKES = (
    *mistakes_of(slipped, STEPS, WITHOUT, named=names("; ", "{step}: {name}", "{step} {name}"), told=in_one()),
    Mistake("between the delays", slipped(share=_between),
            "You draw a line between the delays. The share is a count: of all delays, those of at most the age.", BOUNDARY),
    Mistake("silences weighed", silences_weighed(False), f"{WEIGHED} older than some delay.", OTHER),
    Mistake("silences weighed, all clicks", silences_weighed(True), f"{WEIGHED}, without those younger than every delay.", OTHER),
    Mistake("silence filled by the share to come", filled(lambda share, label: 1 - share),
            f"{FILLED} By yours even a click that nobody would follow buys in the end.", OTHER),
    Mistake("silence filled by the rate to come", filled(lambda share, label: np.mean(label) * (1 - share)),
            f"{FILLED} And the rate that you fill in is itself too low.", OTHER),
    Mistake("silence filled by what silence says", filled(_of_silent_buyers),
            f"{FILLED} Your chance rests on one rate for all clicks, whatever their ages.", OTHER),
)
