"""Exercise 2.5: labels that are not known yet."""

import numpy as np

from course_lib.data.labels import window_label
from course_lib.teach.cards import effects_truth, sizes
from course_lib.teach.cards.feedback import far_logs, rare_logs
from course_lib.teach.cards.feedback.window_slips import MISTAKES
from course_lib.teach.definitions.card import Card, Case, Mistake


# --- 2.5 -----------------------------------------------------------------------------------------------------------
def _quarters(x):
    """To quarters of a second, whose sums and differences are exact: no case may hang on the rounding of floats."""
    return np.round(x * 4) / 4


def _window_cases(rng):
    out = []
    for n, as_of, window in ((8, 10.0, 3.0), (25, 20.0, 7.0)):
        clicked = _quarters(rng.uniform(0, as_of, n))
        event = np.where(rng.random(n) < 0.6, clicked + _quarters(rng.exponential(3, n)), np.nan)
        out.append(Case(f"{n} clicks", (clicked, event, as_of, window)))
    return [*out, Case("a long window, and a purchase at 0", (np.array([0.0, 2.0, 5.0, 40.0]),
                                                              np.array([0.0, 32.0, 50.0, np.nan]), 60.0, 40.0))]


def _label_loop(click_time, event_time, as_of, window_s):
    out = []
    for c, e in zip(click_time, event_time, strict=True):
        if e == e and e <= as_of and e - c <= window_s:
            out.append(1.0)
        else:
            out.append(0.0 if c + window_s <= as_of else np.nan)
    return np.array(out)


def _label_with(*, censor=True, future=False, late=False, wait=False, known=np.less_equal, within=np.less_equal,
                over_by=np.less_equal):
    """A wrong answer. censor: open ones are NaN; future: purchases after as_of are known; late: those after the window
    count; wait: no 1 before the window is over; the rest: how times are compared."""
    def wrong(click_time, event_time, as_of, window_s):
        with np.errstate(invalid="ignore"):
            bought = ~np.isnan(event_time) & (future | known(event_time, as_of)) & (
                late | within(event_time - click_time, window_s))
        over = over_by(click_time + window_s, as_of)
        if wait:
            return np.where(over, bought.astype(float), np.nan)
        return np.where(bought, 1.0, np.where(over | (not censor), 0.0, np.nan))
    return wrong


def _window_back_from_today(click_time, event_time, as_of, window_s):
    bought = (event_time <= as_of) & (event_time >= as_of - window_s)
    return np.where(bought, 1.0, np.where(click_time + window_s <= as_of, 0.0, np.nan))


def _unknown_unless(says_no):
    """A wrong answer: 1 as asked, 0 where says_no(click_time, event_time, as_of, window_s), else NaN."""
    def wrong(click_time, event_time, as_of, window_s):
        right = window_label(click_time, event_time, as_of, window_s)
        return np.where(right == 1, 1.0, np.where(says_no(click_time, event_time, as_of, window_s), 0.0, np.nan))
    return wrong


def _silent_and_over(click_time, event_time, as_of, window_s):
    return np.isnan(event_time) & (click_time + window_s <= as_of)


def _over_or_bought_some_day(click_time, event_time, as_of, window_s):
    return ~np.isnan(event_time) | (click_time + window_s <= as_of)


def _bought_some_day(click_time, event_time, as_of, window_s):
    return ~np.isnan(event_time)


def _still_open(click_time, event_time, as_of, window_s):
    return click_time + window_s > as_of


def _open_dropped(click_time, event_time, as_of, window_s):
    label = window_label(click_time, event_time, as_of, window_s)
    return label[~np.isnan(label)]


def _young_ones_only(click_time, event_time, as_of, window_s):
    label = window_label(click_time, event_time, as_of, window_s)
    return np.where(click_time + window_s <= as_of, np.nan, label)


WINDOW = Card(
    id="feedback.5", title="Not bought, or not yet?", minutes=8, difficulty=3, used_in=("{{feature_audit}}",),
    effect=effects_truth.labels_that_turn_out_wrong,
    realistic=sizes.outcomes_in_time,
    task="The question is whether a click leads to a purchase within its window. Answer for every click, bought or not, at the moment `as_of`, by what is "
         "known then: 1 for yes, 0 for no, NaN where what comes later may still decide. All ends count: a purchase at `as_of` is known, one at the end of its window is in "
         "it, and a window that ends at `as_of` is over.",
    shapes="`click_time`, `event_time` float [E], seconds (event NaN where nothing happens); `as_of`, `window_s` numbers; "
           "returns float [E] of 1, 0 or NaN. No purchase comes before its click.",
    why="A zero is a claim about the whole window, so it can only be made when the window is over. A one can be made at once. That asymmetry is "
        "why simply using what is labelled so far overstates the rate, and calling the open ones zero understates it: if .06 buy, a quarter of "
        "the clicks is young and .8 of their purchases have come, the two say .075 and .057. The price of waiting is state: 20 million clicks a "
        "day, 14 days and 100 bytes are 28 GB of open windows; opened by impressions (a billion a day, 40 bytes) they would be 560 GB. Events come "
        "twice and late, so each has a key by which it is taken once, and a purchase after its window has a rule. How long to wait is read off "
        "the delays themselves: half of Criteo's conversions came within a day and a third within an hour (Chapelle 2014), which is no "
        "exponential law. An event that got lost is unknown, too; where one arm of a test loses more, its events are too few for its people.",
    reference=window_label, alternative=_label_loop, cases=lambda rng: [*_window_cases(rng), *far_logs.window_cases()],
    by_hand=(Case("bought in time; silent and over; silent and open; bought tomorrow",
                  (np.array([0.0, 1.0, 8.0, 9.0]), np.array([2.0, np.nan, np.nan, 11.0]), 10.0, 5.0),
                  expected=np.array([1.0, 0.0, np.nan, np.nan])),
             Case("bought, but too late", (np.array([0.0]), np.array([6.0]), 10.0, 5.0), expected=np.array([0.0])),
             Case("bought at the end of the window; bought at as_of; a window that ends at as_of",
                  (np.array([0, 7, 5]), np.array([5.0, 10.0, np.nan]), 10, 5), expected=np.array([1.0, 1.0, 0.0])),
             *rare_logs.WINDOWS_BY_HAND),
    mistakes=(
        Mistake("open is no", _label_with(censor=False),
                "Clicks whose window is still open count as \"did not buy\". They are unknown: NaN."),
        Mistake("knows the future", _label_with(future=True),
                "You use purchases that happen after `as_of`. At that moment nobody knows of them."),
        Mistake("no window", _label_with(late=True),
                "A purchase after the end of its window counts in your labels. It belongs to the next question."),
        Mistake("waits for ones too", _label_with(wait=True),
                "You wait until the window is over before you write a 1. A purchase that has come is known at once."),
        Mistake("the end of the window left out", _label_with(within=np.less),
                "A purchase exactly at the end of its window does not count in your labels. The end belongs to the window."),
        Mistake("as_of left out", _label_with(known=np.less),
                "A purchase exactly at `as_of` is not known in your labels. It has come by then."),
        Mistake("over a moment later", _label_with(over_by=np.less),
                "A window that ends exactly at `as_of` is still open in your labels. It is over."),
        Mistake("ends of a purchase left out", _label_with(within=np.less, known=np.less),
                "A purchase exactly at `as_of`, or exactly at the end of its window, does not count in your labels. Both do."),
        Mistake("end of the window left out twice", _label_with(within=np.less, over_by=np.less),
                "A purchase exactly at the end of its window does not count, and a window that ends at `as_of` is open. The end belongs to the "
                "window, and such a window is over."),
        Mistake("as_of left out twice", _label_with(known=np.less, over_by=np.less),
                "A purchase exactly at `as_of` is not known, and a window that ends then is open. At `as_of` both are settled."),
        Mistake("ends left out", _label_with(within=np.less, known=np.less, over_by=np.less),
                "All your comparisons leave the end out. A purchase at `as_of` or at the end of its window counts, and a window that ends "
                "at `as_of` is over."),
        Mistake("open is no, no window", _label_with(censor=False, late=True),
                "You label whether a purchase has come by `as_of`, at any time. The window is not asked: later purchases are a 0, and an open "
                "window without one is NaN."),
        Mistake("open is no, knows the future", _label_with(censor=False, future=True),
                "You label as if all were known: purchases after `as_of` count, and open windows are a 0. At `as_of` those are NaN."),
        Mistake("no window, knows the future", _label_with(late=True, future=True),
                "Any purchase counts in your labels, even after `as_of` or after its window. Ask for both: known by `as_of`, within the window."),
        Mistake("any purchase is yes, all else no", _label_with(late=True, future=True, censor=False),
                "Any purchase is a 1 and all else a 0 in your labels. Neither the window nor `as_of` is asked."),
        Mistake("no window, waits", _label_with(late=True, wait=True),
                "You wait until the window is over, and then count late purchases too. A 1 is known at once, and only within the window."),
        Mistake("open is no, end left out", _label_with(censor=False, within=np.less),
                "Open windows count as \"did not buy\", and a purchase exactly at the end of its window does not count. Open is NaN, and the end "
                "belongs to the window."),
        Mistake("knows the future, end left out", _label_with(future=True, within=np.less),
                "You use purchases after `as_of`, and leave out one exactly at the end of its window. The first are not known; the second "
                "counts."),
        Mistake("knows the future, over a moment later", _label_with(future=True, over_by=np.less),
                "You use purchases after `as_of`, and take a window that ends at `as_of` for open. The first are not known; such a window is "
                "over."),
        Mistake("no window, over a moment later", _label_with(late=True, over_by=np.less),
                "Purchases after their window count, and a window that ends at `as_of` is open. Only those within the window count, and such a "
                "window is over."),
        Mistake("waits, end left out", _label_with(wait=True, within=np.less),
                "You wait until the window is over, and leave out a purchase exactly at its end. A 1 is known at once, and the end belongs to "
                "the window."),
        Mistake("waits, over a moment later", _label_with(wait=True, over_by=np.less),
                "You wait until the window is over, and take one that ends at `as_of` for open. A 1 is known at once, and such a window is over."),
        Mistake("window back from as_of", _window_back_from_today,
                "You ask for purchases in the last window_s seconds before `as_of`. The window of each click begins at the click."),
        Mistake("too late is unknown", _unknown_unless(_silent_and_over),
                "Where a purchase came after its window your label is NaN. The window was over without one: 0."),
        Mistake("open with a purchase to come is no", _unknown_unless(_over_or_bought_some_day),
                "Where the window is open and the purchase comes after `as_of`, your label is 0: it knows from the future that something is "
                "there. At `as_of` that click looks like any open one: NaN."),
        Mistake("open with a purchase to come is no, over a moment later", _unknown_unless(
                    lambda click_time, event_time, as_of, window_s: ~np.isnan(event_time) | (click_time + window_s < as_of)),
                "A purchase after `as_of` makes an open click a 0 in your labels, and a window that ends at `as_of` is open. The first is NaN; the "
                "second is over."),
        Mistake("too late is unknown, over a moment later", _unknown_unless(
                    lambda click_time, event_time, as_of, window_s: np.isnan(event_time) & (click_time + window_s < as_of)),
                "Where a purchase came too late your label is NaN, and so it is for a window that ends at `as_of`. Both windows are over without "
                "one: 0."),
        Mistake("silence is unknown", _unknown_unless(_bought_some_day),
                "Where no purchase comes your label is NaN, even when the window is over. Then it is a 0."),
        Mistake("silence is unknown, knows the future", lambda click_time, event_time, as_of, window_s: np.where(
                    np.isnan(event_time), np.nan, (event_time - click_time <= window_s).astype(float)),
                "Your label is NaN where no purchase ever comes and known for all others, whatever `as_of` is. Purchases after `as_of` are not "
                "known; silence is a 0 once the window is over."),
        Mistake("no and unknown swapped", _unknown_unless(_still_open),
                "0 and NaN are swapped: a window that is over without a purchase says no; an open one says nothing yet."),
        Mistake("silence is never a no", _unknown_unless(lambda *_: False),
                "Your labels hold no 0. Where the window is over without a purchase, the answer is no."),
        Mistake("open ones dropped", _open_dropped,
                "You leave the open clicks out. Each click keeps its place; unknown is NaN."),
        Mistake("over is unknown", _young_ones_only,
                "Where the window is over your label is NaN. Those are the clicks that are known for sure."),
        *MISTAKES,
    ),
    hints=("For each click ask twice: has it bought in time, by now? If not, can it still?",
           "1 can be said at once: bought within the window and not after `as_of`. 0 only once the window is over. The others are NaN.",
           "`np.where(bought, 1.0, np.where(click_time + window_s <= as_of, 0.0, np.nan))`"),
)
