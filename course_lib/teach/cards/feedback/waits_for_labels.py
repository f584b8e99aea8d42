"""Exercises 2.5 to 2.7: labels that arrive late, and what is known of an item."""

import numpy as np

from course_lib.data.labels import (
    rate_corrected_for_delay,
    window_label,
)
from course_lib.stages.ranking.bandits import posterior
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 2.5 -----------------------------------------------------------------------------------------------------------
def _window_cases(rng):
    out = []
    for n, as_of, window in ((8, 10.0, 3.0), (25, 20.0, 7.0)):
        clicked = rng.uniform(0, as_of, n).round(1)
        event = np.where(rng.random(n) < 0.6, clicked + rng.exponential(3, n).round(1), np.nan)
        out.append(Case(f"{n} clicks", (clicked, event, as_of, window)))
    return out


def _label_loop(click_time, event_time, as_of, window_s):
    out = []
    for c, e in zip(click_time, event_time, strict=True):
        if e == e and e <= as_of and e - c <= window_s:
            out.append(1.0)
        else:
            out.append(0.0 if c + window_s <= as_of else np.nan)
    return np.array(out)


def _label_with(*, censor=True, future=False, late=False, wait=False):
    def wrong(click_time, event_time, as_of, window_s):
        with np.errstate(invalid="ignore"):
            bought = ~np.isnan(event_time) & (future | (event_time <= as_of)) & (
                late | (event_time - click_time <= window_s))
        over = click_time + window_s <= as_of
        if wait:
            return np.where(over, bought.astype(float), np.nan)
        return np.where(bought, 1.0, np.where(over | (not censor), 0.0, np.nan))
    return wrong


WINDOW = Card(
    id="feedback.5", title="Not bought, or not yet?", minutes=8, difficulty=3, used_in=("{{feature_audit}}",),
    task="You label clicks at a moment `as_of`: 1 if a purchase has come within the window, 0 if the window is over without one, NaN if it is still "
         "open and nothing has come. What happens after `as_of` is not known.",
    shapes="`click_time`, `event_time` float [E], seconds (event NaN where nothing happens); `as_of`, `window_s` numbers; "
           "returns float [E] of 1, 0 or NaN. A purchase exactly at the end of its window counts.",
    why="A zero is a claim about the whole window, so it can only be made when the window is over. A one can be made at once. That asymmetry is "
        "why simply using what is labelled so far overstates the rate, and calling the open ones zero understates it.",
    reference=window_label, alternative=_label_loop, cases=_window_cases,
    by_hand=(Case("bought in time; silent and over; silent and open; bought tomorrow",
                  (np.array([0.0, 1.0, 8.0, 9.0]), np.array([2.0, np.nan, np.nan, 11.0]), 10.0, 5.0),
                  expected=np.array([1.0, 0.0, np.nan, np.nan])),
             Case("bought, but too late", (np.array([0.0]), np.array([6.0]), 10.0, 5.0), expected=np.array([0.0]))),
    mistakes=(
        Mistake("open is no", _label_with(censor=False),
                "Clicks whose window is still open count as \"did not buy\". They are unknown: NaN."),
        Mistake("knows the future", _label_with(future=True),
                "You use purchases that happen after `as_of`. At that moment nobody knows of them."),
        Mistake("no window", _label_with(late=True),
                "A purchase after the end of its window counts in your labels. It belongs to the next question."),
        Mistake("waits for ones too", _label_with(wait=True),
                "You wait until the window is over before you write a 1. A purchase that has come is known at once."),
    ),
    hints=("For each click there are three states at `as_of`. Which of them can still change?",
           "First decide who has bought, in time and by now; then which of the others are over.",
           "`np.where(bought, 1.0, np.where(click_time + window_s <= as_of, 0.0, np.nan))`"),
)


# --- 2.6 -----------------------------------------------------------------------------------------------------------
def _delay_cases(rng):
    out = []
    for n in (10, 30):
        delays = rng.exponential(2.0, 12).round(2) + 0.2
        out.append(Case(f"{n} clicks", ((rng.random(n) < 0.4).astype(float), rng.uniform(0.1, 6, n).round(2), delays)))
    return out


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


DELAY = Card(
    id="feedback.6", title="What will still come", minutes=8, difficulty=4, used_in=("this lesson",),
    task="Old clicks tell how long purchases take. Correct the rate of young clicks: let each purchase that has come stand for one over the share of "
         "purchases that would have come by that age. Leave out clicks younger than every delay; they say nothing.",
    shapes="`label` 0/1 [E], bought so far; `age_s` float [E], seconds since the click; `delays_s` float [D] from old clicks; "
           "returns a number.",
    why="P(known by now) = P(buys) · F(age), so label / F(age) has the rate as its mean. It assumes that today's buyers take as long as "
        "last month's: a holiday breaks that, and a same-day rate would not notice either.",
    reference=rate_corrected_for_delay, alternative=_delay_loop, cases=_delay_cases,
    by_hand=(Case("half of purchases come within a day: one of two young clicks has bought",
                  (np.array([1.0, 0.0]), np.array([1.0, 1.0]), np.array([0.5, 3.0])), expected=1.0),
             Case("a click younger than every delay is left out",
                  (np.array([1.0, 0.0]), np.array([9.0, 0.1]), np.array([0.5, 3.0])), expected=1.0)),
    mistakes=(
        Mistake("as known", lambda label, age_s, delays_s: float(np.mean(label)),
                "This is the rate as known today. Some purchases of these clicks are still on their way."),
        Mistake("one factor for all", _delay_total,
                "You divide by the average share. Each click has its own age, so its own share."),
        Mistake("clicks that say nothing kept", _delay_zeros_kept,
                "Clicks younger than every delay count as 0 in your average. They cannot have bought yet: leave them out."),
        Mistake("multiplied", _delay_wrong_way,
                "You multiply by the share that has come. A purchase known early stands for more than itself: divide."),
    ),
    hints=("By the age of a click, which share of its eventual purchases has come?",
           "The share of old delays that are at most the age: an empirical distribution function.",
           "`np.searchsorted(np.sort(delays_s), age_s, side=\"right\") / len(delays_s)`"),
)


# --- 2.7 -----------------------------------------------------------------------------------------------------------
def _beta_cases(rng):
    out = []
    for n in (3, 8):
        shown = rng.integers(0, 60, n)
        out.append(Case(f"{n} items", (rng.binomial(shown, 0.3), shown)))
    return out


BETA = Card(
    id="feedback.7", title="What is known of an item, and how well", minutes=5, difficulty=2, used_in=("{{metric_stack}}", "{{launch}}",),
    task="An item was shown `showings` times and clicked `clicks` times. Before that, every click rate was equally likely. Give the parameters of "
         "the Beta distribution that says what is known now. Thompson sampling draws one rate from it for each item, and shows the highest draws.",
    shapes="`clicks`, `showings` int [N]; returns (alpha, beta), float [N] each.",
    why="Clicks add to alpha, silences to beta, and the uniform prior is the 1 in both. An item shown twice has a wide distribution and "
        "sometimes draws high, so it gets its chance; one shown a thousand times draws close to what it is.",
    reference=posterior, cases=_beta_cases,
    alternative=lambda clicks, showings: (np.array([1.0 + c for c in clicks]),
                                          np.array([1.0 + s - c for c, s in zip(clicks, showings, strict=True)])),
    by_hand=(Case("3 clicks of 10, and an item never shown", (np.array([3, 0]), np.array([10, 0])),
                  expected=(np.array([4.0, 1.0]), np.array([8.0, 1.0]))),),
    invariants=(Invariant("the mean lies between the click rate and one half", lambda fn, rng: 0.3 < (
        lambda a, b: a[0] / (a[0] + b[0]))(*map(np.asarray, fn(np.array([3]), np.array([10])))) < 0.5),),
    mistakes=(
        Mistake("showings as beta", lambda clicks, showings: (1.0 + clicks, 1.0 + showings),
                "Your beta counts every showing. It counts the silences: showings less clicks."),
        Mistake("no prior", lambda clicks, showings: (clicks * 1.0, showings * 1.0 - clicks),
                "Without the prior an item never shown has no distribution at all. \"Every rate equally likely\" is Beta(1, 1)."),
        Mistake("swapped", lambda clicks, showings: (1.0 + showings - clicks, 1.0 + clicks),
                "Alpha and beta are swapped: clicks raise alpha."),
    ),
    hints=("What does one click change, what one silence?",
           "Beta(1, 1) is uniform; a success adds 1 to the first parameter, a failure 1 to the second.",
           "`(1 + clicks, 1 + showings - clicks)`"),
)
