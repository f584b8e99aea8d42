"""Exercises 2.1 and 2.2: who looked, and what silence means."""

import numpy as np

from course_lib.data.labels import relative_examination, seen_given_ignored
from course_lib.teach.cards import effects_truth, sizes
from course_lib.teach.cards.feedback import far_logs, rare_logs
from course_lib.teach.cards.feedback.look_slips import CURVES, FRACTIONS, cascade
from course_lib.teach.definitions.card import Card, Case, Mistake
from course_lib.teach.definitions.mistake_kinds import IGNORED


# --- 2.1 -----------------------------------------------------------------------------------------------------------
def _look_cases(rng):
    cases = []
    for size, deep in ((40, 3), (90, 5), (60, 7)):
        position = np.concatenate([np.arange(1, deep + 1), [1, 1], rng.integers(1, deep + 1, size)])
        click = np.concatenate([np.zeros(deep, int), [1, 1], (rng.random(size) < 0.5).astype(int)])
        cases.append(Case(f"{deep} positions", (position, click, deep)))
    return [*cases, *rare_logs.LOOKS, Case("hardly a click on the first", (np.repeat([1, 2, 3], [24, 4, 3]), np.eye(31, dtype=int)[0] + np.repeat(
        [0, 1, 0], [24, 4, 3]), 3))]


def _look_loop(position, click, n_positions):
    rate = [np.mean([c for p, c in zip(position, click, strict=True) if p == k]) for k in range(1, n_positions + 1)]
    return np.array(rate) / rate[0]


def _clicks_not_rates(position, click, n_positions):
    clicked = np.bincount(np.asarray(position) - 1, click, n_positions)
    return clicked / clicked[0]


def _rates_not_relative(position, click, n_positions):
    slot = np.asarray(position) - 1
    with np.errstate(invalid="ignore"):
        return np.bincount(slot, click, n_positions) / np.bincount(slot, minlength=n_positions)


def _rates_or_zero(position, click, n_positions):
    return np.nan_to_num(_rates_not_relative(position, click, n_positions))


def _never_shown_is_zero(position, click, n_positions):
    return np.nan_to_num(relative_examination(position, click, n_positions))


def _only_shown(position, click, n_positions):
    curve = relative_examination(position, click, n_positions)
    return curve[~np.isnan(curve)]


def _at_most_one(position, click, n_positions):
    return np.minimum(relative_examination(position, click, n_positions), 1)


def _made_to_fall(position, click, n_positions):
    return np.minimum.accumulate(relative_examination(position, click, n_positions))


def _relative_by(scale):
    def wrong(position, click, n_positions):
        rate = _rates_not_relative(position, click, n_positions)
        return rate / scale(rate)
    return wrong


def _showings(position, click, n_positions):
    shown = np.bincount(np.asarray(position) - 1, minlength=n_positions)
    return shown / shown[0]


def _per_all_showings(position, click, n_positions):
    return np.bincount(np.asarray(position) - 1, click, n_positions) / len(click)


def _share_of_clicks(position, click, n_positions):
    return np.bincount(np.asarray(position) - 1, click, n_positions) / np.sum(click)


def _counted_from_zero(position, click, n_positions):
    with np.errstate(invalid="ignore"):
        rate = np.bincount(position, click, n_positions) / np.bincount(position, minlength=n_positions)
        return rate / rate[0]


def _asked_from_zero(position, click, n_positions):
    return _counted_from_zero(position, click, n_positions)[:n_positions]


def _slot_zero_kept(position, click, n_positions):
    return np.append(np.nan, relative_examination(position, click, n_positions))


def _smoothed(position, click, n_positions):
    slot = np.asarray(position) - 1
    rate = (np.bincount(slot, click, n_positions) + 1) / (np.bincount(slot, minlength=n_positions) + 2)
    return rate / rate[0]


def _silence(position, click, n_positions):
    return relative_examination(position, 1 - np.asarray(click), n_positions)


def _inverse(position, click, n_positions):
    with np.errstate(divide="ignore"):
        return 1 / relative_examination(position, click, n_positions)


def _relative_to_mean(position, click, n_positions):
    return _rates_not_relative(position, click, n_positions) / np.mean(click)


def _relative_to_above(position, click, n_positions):
    rate = _rates_not_relative(position, click, n_positions)
    return rate / np.concatenate([rate[:1], rate[:-1]])


LOOK = Card(
    id="feedback.1", title="Who looked? The examination curve", minutes=6, difficulty=2, used_in=("{{ranker}}", "{{metric_stack}}",),
    effect=effects_truth.examination_curve,
    realistic=sizes.clicks_by_position,
    task="Items stand at random positions. Say how likely each position is to be looked at, relative to the first. It is an estimate: "
         "where it rises or exceeds 1, leave it so.",
    shapes="`position` int [E], from 1; `click` 0/1 [E]; `n_positions` int; returns float [n_positions], the first is 1; NaN "
           "where a position was never shown. Position 1 has at least one click.",
    why="With random items, click rate = P(looked at) × the same average appeal at every position. Dividing by the first position "
        "cancels the appeal. In a log whose ranker put better items on top the appeal does not cancel, and the same "
        "division measures the ranker. The bill: at a click rate of 2%, 800 clicks are some 40,000 showings at position ten, four days of 1% "
        "of a million requests; and if a random page loses 40% of the clicks, 1% of the requests costs 0.4% of them. A curve belongs to a layout "
        "and to a version of the client. Where the client reports what was on the screen, use that in its place. Without random slots, looks and "
        "liking can be fitted together by EM (Wang et al. 2018); what comes out rests on the model of liking. To see trust bias, form the halves "
        "of the items on other days than their curves, or luck parts them. Old and new clients overlap for weeks, so a pooled curve is right for nobody; rows of a version "
        "that nobody knows are left out, and an alarm counts them.",
    reference=relative_examination, alternative=_look_loop, cases=lambda rng: [*_look_cases(rng), *far_logs.look_cases()],
    by_hand=(Case("half of two at the top, one of four below",
                  (np.array([1, 1, 2, 2, 2, 2]), np.array([1, 0, 1, 0, 0, 0]), 2), expected=np.array([1.0, 0.5])),
             Case("one of four at the top, the only one at 2, one of two at 3, nothing ever at 4",
                  (np.array([3, 1, 1, 2, 1, 3, 1]), np.array([1, 0, 1, 1, 0, 0, 0]), 4),
                  expected=np.array([1.0, 4.0, 2.0, np.nan])),
             *rare_logs.LOOKS_BY_HAND),
    mistakes=(
        Mistake("clicks, not rates", _clicks_not_rates,
                "You compare clicks. Positions are not shown equally often: divide each by its showings first."),
        Mistake("not relative", _rates_not_relative,
                "These are click rates. Divide by the rate at position 1: what is left is the looking."),
        Mistake("relative to the average", _relative_to_mean,
                "You divide by the overall click rate. The first position is the yardstick, so that its value is 1."),
        Mistake("relative to the one above", _relative_to_above,
                "You divide each rate by that of the position above. All are compared with the first."),
        Mistake("never shown is 0", _never_shown_is_zero,
                "A position never shown is 0 in your result, as if nobody looked there. Nothing is known of it: NaN."),
        Mistake("never shown is dropped", _only_shown,
                "Positions never shown are missing from your result, so the ones behind them move up. Keep their place, with NaN."),
        Mistake("not relative, never shown is 0", _rates_or_zero,
                "These are click rates, with 0 where nothing was shown. Divide by the rate at position 1; a position never shown is NaN."),
        Mistake("cut at 1", _at_most_one,
                "You cut the curve at 1. A position may well be clicked more than the first in a small log; cutting hides the noise and "
                "pulls the average down."),
        Mistake("cut at 1, never shown is 0", lambda position, click, n_positions: np.nan_to_num(
                    _at_most_one(position, click, n_positions)),
                "You cut the curve at 1, and a position never shown is 0. Leave what was measured; what was not measured is NaN."),
        Mistake("never shown is 1", lambda position, click, n_positions: np.nan_to_num(
                    relative_examination(position, click, n_positions), nan=1.0),
                "A position never shown is 1 in your result, as if all looked there. Nothing is known of it: NaN."),
        Mistake("relative to the best, never shown is 0", lambda position, click, n_positions: np.nan_to_num(
                    _relative_by(np.nanmax)(position, click, n_positions)),
                "You divide by the highest rate, and a position never shown is 0. The first position is the yardstick; what was not measured is "
                "NaN."),
        Mistake("relative to the sum, never shown is 0", lambda position, click, n_positions: np.nan_to_num(
                    _relative_by(np.nansum)(position, click, n_positions)),
                "Your values add up to 1, and a position never shown is 0. The first position is the yardstick; what was not measured is NaN."),
        Mistake("relative to the average, never shown is 0", lambda position, click, n_positions: np.nan_to_num(
                    _relative_to_mean(position, click, n_positions)),
                "You divide by the overall click rate, and a position never shown is 0. The first position is the yardstick; what was not "
                "measured is NaN."),
        Mistake("made to fall", _made_to_fall,
                "You force the curve to fall with the position. Return what was measured: where it rises, it rises."),
        Mistake("relative to the best", _relative_by(np.nanmax),
                "You divide by the highest rate. The first position is the yardstick, whether it is the highest or not."),
        Mistake("relative to the best, NaN spreads", _relative_by(np.max),
                "You divide by the highest rate, which is NaN once a position was never shown. The first position is the yardstick."),
        Mistake("relative to the sum", _relative_by(np.nansum),
                "Your values add up to 1. They are not shares of the looks: the first position is the yardstick."),
        Mistake("relative to the mean of rates", _relative_by(np.nanmean),
                "You divide by the mean of the positions' rates. The first position is the yardstick, so that its value is 1."),
        Mistake("showings", _showings,
                "You compare how often positions were shown. That depends on how long the slates were, not on who looked."),
        Mistake("clicks per showing of any position", _per_all_showings,
                "You divide the clicks of a position by all showings. Divide by the showings at that position, then by the first."),
        Mistake("share of the clicks", _share_of_clicks,
                "You give each position's share of the clicks. Positions are not shown equally often: take rates, relative to the first."),
        Mistake("position counted from 0", _counted_from_zero,
                "`position` starts at 1, so slot 0 of your counts is empty, and you divide by its rate. Subtract 1 first."),
        Mistake("position asked from 0", _asked_from_zero,
                "You ask for the positions 0 to n_positions − 1. They are 1 to n_positions, and nothing stands at 0."),
        Mistake("slot 0 kept", _slot_zero_kept,
                "Your result has one value too many: slot 0 stands for a position that does not exist. Drop it."),
        Mistake("smoothed", _smoothed,
                "You add clicks and showings that never were. That pulls every rate towards one half; plain rates are asked for."),
        Mistake("silence", _silence,
                "You compare how often positions were *not* clicked. Clicks need a look; silence does not."),
        Mistake("the weight, not the chance", _inverse,
                "You divide the first rate by each position's. That is the weight of a click; the chance of a look is its inverse."),
        Mistake("one over the position", lambda position, click, n_positions: 1 / np.arange(1, n_positions + 1),
                "You assume 1 / position. Measure it: the log says how often each position was clicked."),
        Mistake("one over the logarithm", lambda position, click, n_positions: 1 / np.log2(np.arange(2, n_positions + 2)),
                "You assume the discount of NDCG. Measure it: the log says how often each position was clicked."),
        Mistake("cascade", cascade,
                "You multiply the chances of no click further up, as if people read from the top and stopped at their click. That is an "
                "assumption about the page. Measure it: compare each position's click rate with the first's.", IGNORED),
        *CURVES,
    ),
    hints=("What differs between positions if the items on them do not?",
           "A click rate for each position, then one division.",
           "`np.bincount(position - 1, weights=click, minlength=n_positions)` gives the clicks; the same without weights, the showings."),
)


# --- 2.2 -----------------------------------------------------------------------------------------------------------
def _bayes_cases(rng):
    out = []
    for n in (3, 6):
        look = rng.uniform(0.2, 0.95, n).round(2)
        out.append(Case(f"{n} positions", (look, (look * rng.uniform(0.05, 0.6, n)).round(3))))
    return [*out, *rare_logs.SILENCES, Case("positions that nobody clicks", (np.array([0.9, 0.4, 0.02]), np.array([0.2, 0.0, 0.0])))]


def _odds(e, c):
    with np.errstate(divide="ignore"):
        return (e - c) / (1 - e)


BAYES = Card(
    id="feedback.2", title="Ignored: seen, or never looked at?", minutes=7, difficulty=3, used_in=("{{negatives}}", "{{ranker}}",),
    effect=effects_truth.looked_at_but_ignored,
    task="A position is looked at with probability e and clicked with probability c. Given that it was *not* clicked: how likely is it "
         "that somebody looked?",
    shapes="`examination`, `click_rate` float [K], c ≤ e and c < 1; returns float [K].",
    why="Bayes: looked and did not click has probability e − c; not clicked, 1 − c. Where few look, almost everything that "
        "was ignored was never seen, and a model that takes that for dislike learns the layout of the page. With e = .3 and c = .03 it is .28. "
        "Five silences of one person make 1 − .72⁵ = .81, but only if looks are independent: somebody who never scrolls so far adds twenty "
        "silences and no look. So cap or weigh rows per person and item. A real dislike shows as a click rate that falls with the number of "
        "earlier showings. And `examination` is often known relative to the first position only: if not everybody looks there, even more went "
        "unseen. A factor model of implicit feedback (Hu, Koren & Volinsky 2008) weighs all silence alike: what was taken counts with a "
        "confidence that grows with how often, all else as a weak no, whether it was seen or not.",
    reference=seen_given_ignored, cases=lambda rng: [*_bayes_cases(rng), *far_logs.bayes_cases()],
    alternative=lambda examination, click_rate: np.array(
        [(e * (1 - c / e)) / (e * (1 - c / e) + (1 - e)) for e, c in zip(examination, click_rate, strict=True)]),
    by_hand=(Case("half look, a tenth click: of 90 silences, 40 looked", (np.array([0.5]), np.array([0.1])),
                  expected=np.array([4 / 9])),
             Case("everybody looks; whoever looks clicks; nobody clicks", (np.array([1.0, 0.4, 0.6]), np.array([0.3, 0.4, 0.0])),
                  expected=np.array([1.0, 0.0, 0.6])),
             *rare_logs.SILENCES_BY_HAND),
    mistakes=(
        Mistake("the prior", lambda e, c: e + 0.0 * c,
                "You give P(looked) before anything is known. Silence is evidence: it makes a look less likely."),
        Mistake("joint, not conditional", lambda e, c: e - c,
                "This is P(looked and did not click). Divide by the chance of not clicking."),
        Mistake("independent", lambda e, c: e * (1 - c),
                "You multiply as if looking and clicking were independent. Nobody clicks without looking: looked and silent is e − c."),
        Mistake("the other one", lambda e, c: (1 - e) / (1 - c),
                "This is the chance that nobody looked. The question is the opposite."),
        Mistake("the other way round", lambda e, c: (e - c) / e,
                "This is the chance of silence, given a look. Turn it round: of the silent ones, how many looked? Divide by 1 − c."),
        Mistake("clicks among looks", lambda e, c: c / e,
                "This is the chance of a click, given a look. The question is about the silent ones."),
        Mistake("clicks not taken off", lambda e, c: e / (1 - c),
                "All who looked stand above the line, those who clicked included. Only the silent ones belong there: e − c."),
        Mistake("clicks not taken off, cut at 1", lambda e, c: np.minimum(e / (1 - c), 1),
                "All who looked stand above the line, those who clicked included (and the result is cut at 1). Only the silent ones "
                "belong there: e − c."),
        Mistake("c taken for clicks per look", lambda e, c: e * (1 - c) / (1 - e * c),
                "You read c as the chance of a click once somebody looks. It is the chance of a click at all, so looked and silent is "
                "e − c, and silent 1 − c."),
        Mistake("silence", lambda e, c: 1 - c,
                "This is the chance of silence. The question is how many of the silent ones looked: (e − c) over this."),
        Mistake("nobody looked", lambda e, c: 1 - e,
                "This is the chance that nobody looks, click or not. Ask how many of the silent ones looked."),
        Mistake("divided by those who did not look", _odds,
                "You compare those who looked in silence with those who did not look (odds). Divide by all the silent ones, 1 − c."),
        Mistake("divided by 1 − e·c", lambda e, c: (e - c) / (1 - e * c),
                "You divide by 1 − e·c, as if c were the clicks among those who look. The chance of silence is 1 − c."),
        Mistake("all positions together", lambda e, c: (e - c) / np.mean(1 - c),
                "You divide by the average silence of all positions. Each position has a silence of its own."),
        Mistake("complement squared", lambda e, c: e * (e - c) / (1 - c),
                "You multiply by P(looked) once too often: e − c holds it already."),
        *FRACTIONS,
    ),
    hints=("Imagine 100 showings. How many were looked at, how many clicked, how many silent?",
           "Of the silent ones, which were looked at?",
           "`(examination - click_rate) / (1 - click_rate)`"),
)
