"""Exercise on the re-ranker: exploration with known chances, and what is written in its place."""

import numpy as np

from course_lib.stages.reranking.exploration import slot_propensities
from course_lib.teach.cards import effects_lists
from course_lib.teach.cards.reranker import far_slates, lot_slips
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


def _lot_cases(rng):
    return [Case("six candidates, four allowed", (rng.normal(size=6), np.array([1, 1, 0, 1, 0, 1], bool), 0.2)),
            Case("the best is not allowed", (np.array([9.0, 1.0, 2.0]), np.array([False, True, True]), 0.3)),
            Case("no exploration", (rng.normal(size=5), np.ones(5, bool), 0.0)),
            Case("all exploration", (rng.normal(size=5), np.ones(5, bool), 1.0)),
            Case("fourteen allowed, gains in the tens", (np.append(12 + 3.0 * np.arange(13), 0.0), np.ones(14, bool), 0.25)),
            Case("a gain of 0 beside others", (np.array([0.0, 2.0, -1.0]), np.ones(3, bool), 0.3)),
            Case("only one is allowed", (rng.normal(size=4), np.array([False, False, True, False]), 0.4)),
            Case("the least gain of all is the only one allowed", (np.array([3.0, 1.0, 2.0]), np.array([False, True, False]), 0.4)),
            Case("what is not allowed gains as much as the best", (np.array([3.0, 1.0, 3.0]), np.array([False, True, True]), 0.2)),
            Case("one candidate", (np.array([-2.0]), np.array([True]), 0.3)),
            Case("all gains are 0", (np.zeros(5), np.array([0, 1, 1, 0, 1], bool), 0.4)),
            Case("a hair better", (np.array([1.0, 1 + 1e-6, 0.5]), np.ones(3, bool), 0.2)),
            Case("large losses", (np.array([-3e6, -2e6, -1.5e6]), np.array([False, True, True]), 0.2)),
            Case("many equals", (rng.integers(0, 3, 40).astype(float), rng.random(40) < 0.7, 0.5)),
            Case("all gains are below zero", (-rng.random(6) - 0.5, np.array([0, 1, 1, 0, 1, 1], bool), 0.25))]


def _lot_loop(gain, allowed, explore):
    places = [i for i, ok in enumerate(allowed) if ok]
    best = max(places, key=lambda i: gain[i], default=None)
    return np.array([(explore / len(places) + (1 - explore) * (i == best)) if ok else 0.0 for i, ok in enumerate(allowed)])


def _best(gain, allowed):
    return np.argmax(np.where(allowed, gain, -np.inf))


def _lot(base, best=_best, part=lambda explore: 1 - explore, add=True):
    """Chances with another lot: base(allowed, explore) → (C,). best: who takes the rest. add: on top of the lot, or instead."""
    def rule(gain, allowed, explore):
        gain, allowed = np.asarray(gain, float), np.asarray(allowed, bool)
        out = np.array(base(allowed, explore), float)
        first = best(gain, allowed)
        out[first] = part(explore) + (out[first] if add else 0)
        return out
    return rule


def _even(allowed, explore):
    return explore * allowed / max(1, allowed.sum())


def _even_others(allowed, explore):
    return explore * allowed / max(1, allowed.sum() - 1)


def _even_all(allowed, explore):
    return np.full(len(allowed), explore / len(allowed))


def _even_swapped(allowed, explore):
    return (1 - explore) * allowed / allowed.sum()


def _last_best(gain, allowed):
    return len(gain) - 1 - _best(gain[::-1], allowed[::-1])


def _softmax(gain, allowed, explore):
    weight = np.where(allowed, np.exp(np.asarray(gain) - np.max(gain)), 0)
    return weight / weight.sum()


def _softmax_mixed(gain, allowed, explore):
    return _even(np.asarray(allowed), explore) + (1 - explore) * _softmax(gain, allowed, explore)


def _softmax_lot(gain, allowed, explore):
    out = explore * _softmax(gain, allowed, explore)
    out[_best(gain, allowed)] += 1 - explore
    return out


def _best_of_all_closed(gain, allowed, explore):
    return _lot(_even, lambda gain, allowed: np.argmax(gain))(gain, allowed, explore) * allowed


def _best_anywhere(gain, allowed):
    return np.flatnonzero(gain == gain[allowed].max())[0]


def _shared(gain, allowed, explore):
    top = allowed & (gain == gain[allowed].max())
    return _even(allowed, explore) + (1 - explore) * top / top.sum()


def _among_allowed(gain, allowed, explore):
    return slot_propensities(gain[allowed], np.ones(int(np.sum(allowed)), bool), explore)


def _scaled_after(gain, allowed, explore):
    out = _lot(_even_all)(gain, allowed, explore) * allowed
    return out / out.sum()


def _by_gain(gain, allowed, explore):
    weight = np.where(allowed, gain - np.min(gain), 0.0)
    out = explore * weight / max(weight.sum(), 1e-12)
    out[_best(gain, allowed)] += 1 - explore
    return out


def _best_with_lot_of_all(gain, allowed, explore):
    return _lot(_even, part=lambda explore: 1 - explore + explore / len(gain), add=False)(gain, allowed, explore)


def _place_in_allowed(gain, allowed, explore):
    return _lot(_even, lambda gain, allowed: np.argmax(gain[allowed]))(gain, allowed, explore)


LOT = Card(
    id="reranker.5", title="Exploration, with its chances written down", minutes=8, difficulty=2, used_in=("{{metric_stack}}", "{{launch}}",),
    effect=effects_lists.value_by_logged_chances,
    task="With chance `explore` a slot is drawn uniformly from the candidates that are allowed there (at least one), the best included. "
         "Otherwise the allowed candidate with the largest gain takes it, the first of equals. Return every candidate's chance.",
    why="The logged chance is what lets you ask later what another policy would have earned (lesson {{metric_stack}}). The best candidate can "
        "also be drawn by lot, so its chance has two parts. A chance that is wrong by a little is wrong in every estimate after. What "
        "is not allowed has a chance of 0, and no log will ever tell of it. With several such slots nobody is drawn twice, so the chances of a slot "
        "depend on those above.",
    reference=slot_propensities, alternative=_lot_loop, cases=lambda rng: [*_lot_cases(rng), *far_slates.lot_cases()],
    by_hand=(Case("half by lot among two", (np.array([2.0, 1.0, 5.0]), np.array([True, True, False]), 0.5),
                  expected=np.array([0.75, 0.25, 0.0])),
             Case("two equals", (np.array([1.0, 3.0, 3.0, 2.0]), np.array([True, True, True, False]), 0.3),
                  expected=np.array([0.1, 0.8, 0.1, 0.0]))),
    invariants=(Invariant("chances sum to 1", lambda fn, rng: abs(np.sum(fn(np.arange(5.0), np.array([1, 0, 1, 1, 0], bool), 0.3))
                                                                  - 1) < 1e-9),),
    mistakes=(
        Mistake("best cannot be drawn", _lot(_even, add=False), "The best one's own share of the lot is missing, so your "
                "chances sum to less than 1. It is among those drawn from."),
        Mistake("lot among the others", _lot(_even_others, add=False), "You draw among the others only. The lot includes the "
                "best."),
        Mistake("lot over one too few", _lot(_even_others), "You divide the lot by one fewer than may be drawn, and your chances "
                "sum to more than 1. The best is one of them."),
        Mistake("lot among all", _lot(_even_all), "The lot includes candidates that are not allowed."),
        Mistake("lot among all, without the best", _lot(_even_all, add=False), "The lot includes candidates that are not allowed, "
                "and the best one's own share of it is missing."),
        Mistake("lot among all, scaled", _scaled_after, "You let the lot go to all, close what is not allowed, and scale the rest "
                "up, the best too. Draw among the allowed from the start: explore / allowed.sum()."),
        Mistake("best with a lot of all", _best_with_lot_of_all, "The best one's share of the lot is divided by all candidates, the "
                "others' by the allowed. All of them have the same share: explore / allowed.sum()."),
        Mistake("lot divided by all", _lot(lambda allowed, explore: explore * allowed / len(allowed)), "You divide the lot by all "
                "candidates, though only the allowed are drawn. Your chances sum to less than 1: divide by allowed.sum()."),
        Mistake("not scaled by explore", _lot(lambda allowed, explore: allowed / allowed.sum()), "Your lot is drawn always. It "
                "happens with chance `explore`: multiply."),
        Mistake("best always", _lot(_even, part=lambda explore: 1.0), "The best gets a chance of 1 on top of the lot. It takes "
                "the slot only where there is no lot: 1 − explore."),
        Mistake("explore swapped", _lot(_even_swapped, part=lambda explore: explore), "explore and 1 − explore are swapped: at "
                "explore = 0 the best one should always take the slot."),
        Mistake("lot alone", lambda gain, allowed, explore: _even(allowed, explore), "Your chances hold the lot only. With "
                "chance 1 − explore the best takes the slot: add that."),
        Mistake("uniform", lambda gain, allowed, explore: _even(allowed, 1.0), "Every allowed candidate has the same chance in your "
                "result. That is so only in the lot, which happens with chance `explore`."),
        Mistake("best alone", lambda gain, allowed, explore: _lot(_even)(gain, allowed, 0.0), "Your best candidate always takes the "
                "slot. With chance `explore` it is drawn by lot."),
        Mistake("best of all", _lot(_even, lambda gain, allowed: np.argmax(gain)), "The best of *all* candidates gets the slot; "
                "it must be the best that is allowed."),
        Mistake("best of all, lot among all", _lot(_even_all, lambda gain, allowed: np.argmax(gain)), "`allowed` does nothing in "
                "your result: neither the lot nor the best may be a candidate that is not allowed."),
        Mistake("best of all, closed after", _best_of_all_closed, "You look for the best among all and set what is not allowed to 0 "
                "afterwards, so 1 − explore is lost. Look for the best among the allowed."),
        Mistake("best gain, whosesoever", _lot(_even, _best_anywhere), "You take the first candidate that has the best allowed gain. One "
                "that is not allowed may gain as much: ask for both."),
        Mistake("closed with 0", _lot(_even, lambda gain, allowed: np.argmax(gain * allowed)), "You set the gain of what is not "
                "allowed to 0 before argmax. Gains may be negative: close with −inf."),
        Mistake("closed with −1", _lot(_even, lambda gain, allowed: np.argmax(np.where(allowed, gain, -1))), "You set the gain of "
                "what is not allowed to −1 before argmax. Gains may be lower still: close with −inf."),
        Mistake("closed with NaN", _lot(_even, lambda gain, allowed: np.argmax(np.where(allowed, gain, np.nan))), "You set the gain "
                "of what is not allowed to NaN, and np.argmax takes NaN for the largest. Close with −inf."),
        Mistake("place among the allowed", _place_in_allowed, "Your argmax runs over the allowed only, and its place is used in the "
                "whole list. Put −inf in the places that are not allowed, or translate the place back."),
        Mistake("only the allowed returned", _among_allowed, "You return chances of the allowed only. Every candidate has one: 0 "
                "where it is not allowed."),
        Mistake("least gain", _lot(_even, lambda gain, allowed: np.argmin(np.where(allowed, gain, np.inf))), "The candidate with "
                "the *least* gain gets the slot. Higher is better."),
        Mistake("equals share", _shared, "You share 1 − explore among candidates of equal gain. The first of them takes it."),
        Mistake("ties to the last", _lot(_even, _last_best), "Of equal gains you take the last. The first one takes the slot."),
        Mistake("softmax", _softmax, "These are softmax chances. Here the lot is uniform and happens with chance `explore`."),
        Mistake("softmax for the best", _softmax_mixed, "You spread 1 − explore by a softmax of gain. All of it goes to the best "
                "that is allowed."),
        Mistake("lot in proportion to gain", _by_gain, "Your lot goes by gain. It is uniform among the allowed."),
        Mistake("softmax for the lot", _softmax_lot, "Your lot prefers higher gains. It is uniform among the allowed."),
        *lot_slips.MISTAKES,
    ),
    hints=("Two things can happen; add the chances of both.", "Uniform part: `explore * allowed / allowed.sum()`.",
           "Then add `1 - explore` at the place of the best allowed one."),
)
