"""Exercises on the interview: what to page on."""

import numpy as np

from course_lib.launch.whiteboard import should_page
from course_lib.teach.cards import effects_decisions
from course_lib.teach.cards.interview import far_numbers
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
    out.append(Case("a night without requests", (bad, total, 0.99, 10, 2, 2.0)))
    total, bad = _minutes(rng)
    bad[:9] = rng.binomial(total[:9], 0.5)
    out.append(Case("it burns from the first minute", (bad, total, 0.99, 15, 3, 10.0)))
    total, bad = _minutes(rng)
    bad[10:21] = rng.binomial(total[10:21], 0.7)
    total[21:29], bad[21:29] = 0, 0
    many = np.full(12, 50_000)
    out.append(Case("a strict promise", (np.array([0, 2, 3, 6, 6, 6, 6, 6, 3, 3, 2, 0]), many, 0.9999, 5, 2, 1.0)))
    out.append(Case("a high burn", (np.array([0, 0, 6000, 6000, 6000, 6000, 8000, 8000, 8000, 9000, 0, 0]), many, 0.99, 4, 2, 14.4)))
    out.append(Case("an outage, then nobody asks", (bad, total, 0.99, 12, 3, 7.0)))
    total, bad = _minutes(rng, 120)
    bad[50:80] = rng.binomial(total[50:80], 0.04)
    return [*out, Case("two hours, and a burn that is no whole number", (bad, total, 0.99, 24, 6, 2.47)), *_few_minutes()]


def _few_minutes():
    calm, beside = np.array([0, 0, 0, 0, 0, 0, 3, 0]), np.array([18, 21, 22, 23, 19, 21, 22, 15])
    return [Case("a silence, then a blip", (calm, np.array([100, 100, 100, 0, 0, 0, 10, 10]), 0.9, 4, 2, 2.0)),
            Case("a little below the limit, and a little above", (beside, np.full(8, 100), 0.9, 3, 1, 2.0)),
            Case("a window longer than the log, of which the first minute decides",
                 (np.array([9, 0, 0, 3]), np.full(4, 10), 0.9, 9, 1, 2.0)),
            Case("both windows of one minute", (np.array([0, 3, 1, 5]), np.full(4, 10), 0.9, 1, 1, 2.0)),
            Case("a minute without failures within an outage", (np.array([0, 9, 9, 0, 9, 0, 0]), np.full(7, 10), 0.9, 4, 2, 3.0))]


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


def _both(share, limit=lambda burn, promise: burn * (1 - promise)):
    """Rings where another share, or one against another limit, is too large in both windows."""
    def wrong(bad, total, promise, long, short, burn):
        bad, total = np.asarray(bad), np.asarray(total)
        return np.logical_and(*(share(bad, total, w) > limit(burn, promise) for w in (long, short)))
    return wrong


def _limits(of_long, of_short):
    """The windows are right; each has a limit of its own."""
    def wrong(bad, total, promise, long, short, burn):
        return (_windows(bad, total, long) > of_long(burn, promise)) & (_windows(bad, total, short) > of_short(burn, promise))
    return wrong


def _too_much(burn, promise):
    return burn * (1 - promise)


def _changed(change):
    """The right answer, changed afterwards: change(ring, long) -> answer."""
    return lambda bad, total, promise, long, short, burn: change(should_page(bad, total, promise, long, short, burn), long)


def _whole_windows(ring, long):
    return ring & (np.arange(len(ring)) >= long - 1)


def _windows_from_here(bad, total, window):
    return _windows(bad[::-1], total[::-1], window)[::-1]


def _by_the_minutes(bad, total, window):
    return np.array([bad[max(0, m + 1 - window):m + 1].sum() / window for m in range(len(bad))])


def _blocks(bad, total, window):
    block = np.arange(len(total)) // window
    return (np.bincount(block, bad) / np.maximum(np.bincount(block, total), 1))[block]


def _nobody_is_all(bad, total, window):
    asked = np.array([total[max(0, m + 1 - window):m + 1].sum() for m in range(len(total))])
    return np.where(asked == 0, 1.0, _windows(bad, total, window))


def _mean_of_asked(bad, total, window):
    share = np.where(total > 0, bad / np.maximum(total, 1), np.nan)
    return np.array([np.nan_to_num(np.nanmean(np.append(share[max(0, m + 1 - window):m + 1], np.nan)))
                     if (total[max(0, m + 1 - window):m + 1] > 0).any() else 0.0 for m in range(len(share))])


def _since_the_start(bad, total, promise, long, short, burn):
    limit = _too_much(burn, promise)
    return (_windows(bad, total, len(total)) > limit) & (_windows(bad, total, short) > limit)


def _minute_for_short(bad, total, promise, long, short, burn):
    limit = _too_much(burn, promise)
    return (_windows(bad, total, long) > limit) & (_windows(bad, total, 1) > limit)


def _no_zero_in_front(bad, total, window):
    sums = [np.cumsum(counts) for counts in (bad, total)]
    first = np.maximum(np.arange(len(total)) - window, 0)
    failed, asked = (held - held[first] for held in sums)
    return failed / np.maximum(asked, 1)


PAGE = Card(
    id="interview.5", title="What wakes somebody up", minutes=12, difficulty=4, used_in=(),
    effect=effects_decisions.nights_judged_rightly,
    task="You promise that a share `promise` of requests is answered well; 1 − promise may fail, and that is the "
         "*error budget*. A page should ring when the budget burns at more than `burn` times the allowed pace over the last "
         "`long` minutes **and** over the last `short` minutes (so that it is still going on). A "
         "window ends with the minute itself; at the start it holds the minutes there are. The share of failures in "
         "a window is all its failures over all its requests; 0 where nobody asked. No "
         "share is just at the limit, where rounding would decide.",
    shapes="`promise` 0 to 1; `long`, `short` minutes.",
    why="The long window ignores blips, the short one stops the ringing once it is over, and dividing sums keeps a "
        "quiet minute with one failure from counting as much as a busy one. What rings is a promise to people, not a "
        "machine's load. It sees what *fails*; what is answered promptly and wrongly it does not see, and that is "
        "the next cell's subject.",
    reference=should_page, alternative=_page_loop, cases=lambda rng: [*_page_cases(rng), *far_numbers.page_cases()],
    by_hand=(Case("five minutes, windows of 3 and 1, at most 20%",
                  (np.array([0, 0, 5, 6, 0]), np.array([10, 10, 10, 10, 10]),
                                                                  0.9, 3, 1, 2.0), expected=np.array([0, 0, 0, 1, 0], bool)),
             Case("one request a minute, and a window longer than the log",
                  (np.array([0, 1, 1, 0]), np.array([0, 1, 1, 1]), 0.9, 9, 1, 6.0), expected=np.array([0, 1, 1, 0], bool)),
             Case("four minutes, windows of 2 and 1, at most 20%",
                  (np.array([0, 0, 0, 5]), np.array([10, 10, 10, 10]), 0.9, 2, 1, 2.0), expected=np.array([0, 0, 0, 1], bool)),
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
        Mistake("burn for the long alone", _limits(_too_much, lambda burn, promise: 1 - promise),
                "You ask the short window only whether the budget is touched. Both windows have to burn `burn` times too "
                "fast."),
        Mistake("burn for the short alone", _limits(lambda burn, promise: 1 - promise, _too_much),
                "You ask the long window only whether the budget is touched. Both windows have to burn `burn` times too "
                "fast."),
        Mistake("any failure in the short", _limits(_too_much, lambda burn, promise: 0.0),
                "You ask the short window only for a failure. Some requests always fail: it too has to burn `burn` times too "
                "fast."),
        Mistake("divided by burn", _both(_windows, lambda burn, promise: (1 - promise) / burn),
                "You divide the budget by `burn`, so a higher burn rate rings sooner. Multiply."),
        Mistake("the promise as the limit", _both(_windows, lambda burn, promise: promise),
                "You compare with the promise. Failures are what is counted: compare with burn × (1 − promise)."),
        Mistake("one over burn alone", _both(_windows, lambda burn, promise: 1 / burn),
                "Your limit does not read the promise. It is burn × (1 − promise)."),
        Mistake("good for bad", _both(lambda bad, total, w: 1 - _windows(bad, total, w)),
                "You look at the share of requests that went *well*. `bad` counts failures: compare their share."),
        Mistake("failures over successes", _both(lambda bad, total, w: _windows(bad, total - bad, w)),
                "You divide failures by what went well. `total` holds all requests: divide by it."),
        Mistake("failures added to all", _both(lambda bad, total, w: _windows(bad, total + bad, w)),
                "You divide by total + bad. `total` holds the failures already."),
        Mistake("failures a minute", _both(_by_the_minutes),
                "You divide the failures by the minutes of the window. Divide them by the window's requests."),
        Mistake("nobody is a failure", _both(_nobody_is_all),
                "You take a window in which nobody asked for one that failed. Its share is 0."),
        Mistake("mean of the asked minutes", _both(_mean_of_asked),
                "You average the shares of those minutes that had requests, so a quiet minute counts as much as a busy one: "
                "divide the window's sums."),
        Mistake("windows too long", _both(lambda bad, total, w: _windows(bad, total, w + 1)),
                "Your windows hold one minute too many. With this minute they are `long` and `short` minutes."),
        Mistake("windows too short", _both(lambda bad, total, w: _windows(bad, total, max(w - 1, 1))),
                "Your windows hold one minute too few. With this minute they are `long` and `short` minutes."),
        Mistake("windows that begin here", _both(_windows_from_here),
                "Your windows begin with the minute, and know the future. They end with it."),
        Mistake("fixed blocks", _both(_blocks),
                "You cut time into blocks. The windows move on with every minute: the last `long`, the last `short` minutes."),
        Mistake("since the start", _since_the_start,
                "Your long window reaches back to the first minute. It holds the last `long` minutes."),
        Mistake("this minute for the short window", _minute_for_short,
                "You take the minute alone for the short window. It holds the last `short` minutes."),
        Mistake("whole windows alone", _changed(_whole_windows),
                "You wait until the long window is full. At the start it holds the minutes there are."),
        Mistake("it never stops", _changed(lambda ring, long: np.logical_or.accumulate(ring)),
                "Once it rings, it goes on to the end. Each minute is judged by its own windows."),
        Mistake("it rings once", _changed(lambda ring, long: ring & ~np.r_[False, ring[:-1]]),
                "You ring only in the first minute. Every minute in which both windows burn is True."),
        Mistake("silence for the page", _changed(lambda ring, long: ~ring),
                "Your answer is True where it must be quiet. True rings."),
        Mistake("the minutes' numbers", _changed(lambda ring, long: np.flatnonzero(ring)),
                "You return the numbers of the minutes that ring. Return one bool a minute."),
        Mistake("any minute", _changed(lambda ring, long: bool(ring.any())),
                "You return one bool for the whole time. Return one a minute."),
        Mistake("the last minute", _changed(lambda ring, long: bool(ring[-1])),
                "You return the last minute's answer alone. Return one bool a minute."),
        Mistake("no 0 in front of the sums", _both(_no_zero_in_front),
                "At the start your windows leave out the first minute: you subtract its running sum. Put a 0 in front of "
                "`np.cumsum`."),
    ),
    hints=("Two questions, each a share of failures: over the last hour, does it matter? Over the last minutes, is "
           "it still on?",
           "For a window: sums of `bad` and of `total` over the last w minutes. `np.cumsum` gives all windows at once.",
           "With `c = np.concatenate([[0], np.cumsum(x)])`, the sum of the last w minutes is `c[m + 1] - c[max(m + 1 "
           "- w, 0)]`."),
)
