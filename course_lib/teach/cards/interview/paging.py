"""Exercises on the interview: what to page on."""

import numpy as np

from course_lib.launch.whiteboard import should_page
from course_lib.teach.definitions.card import Card, Case, Mistake


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
