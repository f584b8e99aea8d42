"""Exercise on serving: a circuit breaker as a state machine."""

from collections import deque

import numpy as np

from course_lib.serving.loadgen.guarded_calls import let_through
from course_lib.teach.cards.effects_serving import waited_for_the_dead
from course_lib.teach.cards.serving import far_requests_of_serving
from course_lib.teach.definitions.card import Card, Case, Mistake


def _calls(rng, n, gap, well=0.5):
    at = np.cumsum(rng.integers(1, 5, n) * gap)
    return np.round(at, 3), rng.random(n) < well


def _cases(rng):
    at = np.arange(60) * 0.25
    return [_case("half of the calls fail", *_calls(rng, 80, 0.125), 10, 5, 0.5, 1.0),
            _case("a third fail, a long window", *_calls(rng, 120, 0.125, 0.67), 20, 4, 0.5, 2.0),
            _case("dead for a while", at, (at < 3) | (at > 8), 8, 4, 0.5, 1.0),
            _case("dead from the beginning", at, at > 6, 6, 6, 1.0, 1.5),
            _case("well for long, then dead", at, at < 10, 8, 3, 0.75, 1.0),
            _case("every other call fails", at, np.arange(60) % 2 == 0, 4, 2, 0.5, 0.5),
            _case("every other call fails, seen otherwise", at, np.arange(60) % 2 == 1, 6, 3, 0.5, 0.75),
            _case("never enough failures", at, np.arange(60) % 4 > 0, 8, 4, 0.5, 1.0),
            _case("one call decides", at, np.arange(60) % 5 > 1, 3, 1, 0.5, 1.0),
            _case("few failures suffice", *_calls(rng, 100, 0.125, 0.8), 12, 6, 0.3, 1.0),
            _case("left alone for long", 4 * at, (at < 3) | (at > 11), 8, 4, 0.5, 14.0),
            Case("as the service sets it", (at, (at < 4) | (at > 9)))]


def _case(name, at, ok, window, least, share, reset_s):
    return Case(name, (at, ok), {"window": window, "least": least, "share": share, "reset_s": reset_s})


def _machine(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
    """The same, with the states written out."""
    state, since, last, passed = "closed", 0.0, deque(maxlen=window), []
    for now, well in zip(at_s, ok, strict=True):
        if state == "open" and now - since >= reset_s:
            state = "half open"
        passed.append(state != "open")
        if state == "half open":
            state, since = ("closed" if well else "open"), now
            last.clear()
        elif state == "closed":
            last.append(not well)
            if len(last) >= least and sum(last) >= share * len(last):
                state, since = "open", now
                last.clear()
    return np.array(passed, bool)


def _wrong(*, opens=lambda last, least, share, window: len(last) >= least and sum(last) >= share * len(last),
           again=lambda now, since, reset: now - since >= reset, after_trial=lambda well: well, forgets=True, restarts=True,
           windowed=True, trial=True, counts_refused=False, refused_restarts=False, fails=lambda well: not well,
           passes=lambda shut: not shut):
    """A breaker with one of its rules changed."""
    def wrong(at_s, ok, window=20, least=10, share=0.5, reset_s=1.0):
        shut, since, last, passed = False, 0.0, deque(maxlen=window if windowed else None), []
        for now, well in zip(at_s, ok, strict=True):
            well, half = bool(well), False
            if shut and again(now, since, reset_s):
                half, shut = trial, False
            passed.append(passes(shut))
            if shut:
                if counts_refused:
                    last.append(True)
                if refused_restarts:
                    since = now
                continue
            if half and not after_trial(well):
                shut, since = True, now if restarts else since
                continue
            if half:
                continue
            last.append(fails(well))
            if opens(list(last), least, share, window):
                shut, since = True, now
                if forgets:
                    last.clear()
        return np.array(passed, bool)
    return wrong


def _in_a_row(last, least, share, window):
    return len(last) >= least and all(last[-least:])


MISTAKES = (
    Mistake("failures in a row", _wrong(opens=_in_a_row),
            "You wait for `least` failures one after the other. A part that fails every second time is never left alone: "
            "count the share among the last calls."),
    Mistake("never again", _wrong(again=lambda now, since, reset: False),
            "Your breaker stays open for ever. After reset_s one call must try whether the part is well again."),
    Mistake("no trial", _wrong(trial=False),
            "After reset_s you close at once and collect failures anew. In half open one failed call must open it again."),
    Mistake("no minimum", _wrong(opens=lambda last, least, share, window: sum(last) >= share * len(last)),
            "You decide on fewer than `least` calls, so that a first failure opens it: one of one is 100%."),
    Mistake("above the share", _wrong(opens=lambda last, least, share, window: len(last) >= least
                                      and sum(last) > share * len(last)),
            "A share of failures equal to `share` opens the breaker too."),
    Mistake("no window", _wrong(windowed=False),
            "You count all calls since the breaker closed. After a good hour a dead part would need an hour to be noticed: "
            "look at the last `window` calls."),
    Mistake("share of the window", _wrong(opens=lambda last, least, share, window: len(last) >= least
                                          and sum(last) >= share * window),
            "You divide by the whole window although fewer calls were made. Divide by the calls that stand in it."),
    Mistake("nothing forgotten", _wrong(forgets=False),
            "What failed before the breaker opened still counts after it has closed, so that it opens at the next call. "
            "Begin with an empty window."),
    Mistake("clock not started anew", _wrong(restarts=False),
            "After a failed trial the clock still counts from the first opening, so the next call is a trial again. "
            "Wait reset_s from the trial."),
    Mistake("any trial closes", _wrong(after_trial=lambda well: True),
            "Your trial closes the breaker whatever it brought. A failed trial opens it again."),
    Mistake("trials turned over", _wrong(after_trial=lambda well: not well),
            "A trial that went well opens your breaker, and one that failed closes it. It is the other way round."),
    Mistake("successes counted", _wrong(fails=lambda well: well),
            "You count the calls that went well as failures."),
    Mistake("later than reset_s", _wrong(again=lambda now, since, reset: now - since > reset),
            "A call that comes exactly reset_s after the opening is let through as the trial."),
    Mistake("refusals start the clock", _wrong(refused_restarts=True),
            "Each refused call starts your clock anew. Under steady load the breaker would never be tried again."),
    Mistake("refusals counted", _wrong(counts_refused=True),
            "You write refused calls into the window as failures. They were not made and say nothing about the part."),
    Mistake("refused calls named", _wrong(passes=lambda shut: shut),
            "You return which calls are refused. The task asks which are let through."),
    Mistake("only when the window is full", _wrong(opens=lambda last, least, share, window: len(last) >= window
                                                   and sum(last) >= share * len(last)),
            "You wait for a full window. From `least` calls on the share is looked at."),
)

BREAKER = Card(
    id="serving.2", title="A breaker as a state machine", minutes=20, difficulty=4, used_in=("this lesson", "the service"),
    effect=waited_for_the_dead,
    task="Calls to one part come at `at_s`; `ok` says whether the part would answer. Each call that is made ends at once. "
         "Which calls are let through?\n\n"
         "- **Closed**: all are. After each call look at the last `window` calls since it closed. Where there are at least "
         "`least` of them, and the share that failed is at least `share`, it opens at that moment.\n"
         "- **Open**: none is, until `reset_s` have passed. The first call at that moment or later finds it half open.\n"
         "- **Half open**: this one call is let through as a trial. If it goes well, the breaker closes with an empty window, "
         "in which the trial does not count; if not, it opens anew, from this moment.",
    shapes="as in the docstring; `least` is at most `window`.",
    why="Where requests have deadlines a breaker does not save the request: the ladder would answer anyway. It saves the waiting, "
        "and it spares the part, which one trial at a time does not overrun as it recovers (Nygard 2018, chapter 5). "
        "Hold one for each part and shard; time-outs are failures, and the caller's own errors (4xx) are none. "
        "Never retry what was refused for overload, nor where the deadline leaves no room.",
    reference=let_through, alternative=_machine, cases=lambda rng: [*_cases(rng), *far_requests_of_serving.breaker_cases()],
    by_hand=(Case("two failures open it, a good trial closes it",
                  (np.array([0.0, 0.1, 0.2, 0.6, 1.1, 1.2]), np.array([False, False, True, True, True, False])),
                  {"window": 4, "least": 2, "share": 0.5, "reset_s": 1.0},
                  expected=np.array([True, True, False, False, True, True])),
             Case("a failed trial opens it for another second",
                  (np.array([0.0, 0.1, 1.1, 1.9, 2.1, 2.2]), np.array([False, False, False, True, True, True])),
                  {"window": 4, "least": 2, "share": 0.5, "reset_s": 1.0},
                  expected=np.array([True, True, True, False, True, True]))),
    mistakes=MISTAKES,
    hints=("Three things change from call to call: the state, since when it is open, and what the last calls brought.",
           "Ask first whether an open breaker has become half open, then whether this call passes, and only then what its "
           "outcome changes.",
           "`deque(maxlen=window)` forgets the oldest call by itself; clear it whenever the breaker opens or closes."))
