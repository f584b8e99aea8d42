"""Exercises and claims on the feature audit; the exercises stand in the modules beside this one, as do their mistakes."""

<<<<<<< HEAD
import numpy as np
import pandas as pd

from course_lib.data.audit import mismatch, psi_of_counts
from course_lib.data.features import as_of_join, naive_join, snapshot_time
from course_lib.teach.cards import effects_lists, sizes
from course_lib.teach.cards.feature_audit.audit_claims import CLAIMS
from course_lib.teach.cards.feature_audit.store import CACHE, LAYERS, SESSION
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 8.1 -----------------------------------------------------------------------------------------------------------
def _join_cases(rng):
    out = []
    for n_events, n_facts in ((6, 8), (12, 20), (5, 1)):
        moment = rng.permutation(3 * 15)[:n_facts]
        facts = pd.DataFrame({"item": moment % 3, "time": (moment // 3).astype(float),
                              "value": rng.integers(1, 90, n_facts).astype(float)})
        events = pd.DataFrame({"item": rng.integers(0, 3, n_events), "time": rng.integers(0, 15, n_events).astype(float)})
        out.append(Case(f"{n_events} events, {n_facts} facts", (events, facts, "item")))
    return out


def _join_loop(events, facts, by):
    value = []
    for _, event in events.iterrows():
        past = facts[(facts[by] == event[by]) & (facts["time"] < event["time"])]
        value.append(past.loc[past["time"].idxmax(), "value"] if len(past) else np.nan)
    return events.assign(value=value)


def _asof(*, back=True, in_order=True, **how):
    def wrong(events, facts, by):
        left = events.assign(row=np.arange(len(events))).sort_values("time", kind="stable")
        how_by = {} if "ignore" in how else {"by": by}
        right = facts.sort_values("time", kind="stable")
        if not how_by:
            left, right = left.drop(columns=by), right.drop(columns=by)
        options = {"allow_exact_matches": False, **{k: v for k, v in how.items() if k != "ignore"}}
        joined = pd.merge_asof(left, right, on="time", **how_by, **options)
        return joined.sort_values("row") if in_order else joined
    return wrong


def _filled(events, facts, by):
    return as_of_join(events, facts, by).fillna({"value": 0.0})


def _dropped(events, facts, by):
    return as_of_join(events, facts, by).dropna()


def _oldest(events, facts, by):
    return naive_join(events, facts.assign(time=-facts["time"]), by)


_HAND = (pd.DataFrame({"item": [7, 7, 8, 7], "time": [20.0, 10.0, 30.0, 5.0]}),
         pd.DataFrame({"item": [7, 7, 7, 8], "time": [5.0, 10.0, 25.0, 30.0], "value": [1.0, 2.0, 3.0, 4.0]}), "item")

JOIN = Card(
    id="feature_audit.1", title="What was known at that moment", minutes=12, difficulty=3, used_in=("{{ranker}}", "{{metric_stack}}", "{{launch}}",),
    effect=effects_lists.features_unlike_served,
    task="Join each event with the latest fact of its item that was known **strictly before** the event. An event without such a "
         "fact gets NaN and stays. Rows come back in the order in which the events came. A fact of the very same moment "
         "does not count: the click you want to predict and the count that it raises carry the same time.",
    shapes="`events` table with columns `item`, `time` (s), in any order; `facts` table with `item`, `time`, `value`, in any "
           "order; `by` the name of the key column; returns the events with a column `value`.",
    why="`pd.merge_asof` does the search; three details decide whether it is honest. It wants both sides sorted by time, so the "
        "events' order has to be put back. It matches equal times unless told not to. And without `by` it takes the latest "
        "fact of *any* item. The reference also takes a time to live and facts that arrive late.",
    reference=as_of_join, alternative=_join_loop, cases=_join_cases,
    call=lambda fn, events, facts, by: np.asarray(fn(events, facts, by)["value"], float),
    by_hand=(Case("item 7 changes at 5, 10 and 25; item 8 at 30", _HAND, expected=np.array([2.0, 1.0, np.nan, np.nan])),),
    invariants=(Invariant("facts from after all events change nothing", lambda fn, rng: np.array_equal(
        *(np.asarray(fn(_HAND[0], facts, "item")["value"], float) for facts in (
            _HAND[1], pd.concat([_HAND[1], pd.DataFrame({"item": [7], "time": [99.0], "value": [9.0]})]))),
        equal_nan=True)),),
    mistakes=(
        Mistake("the latest there is", naive_join,
                "You take each item's latest fact, whenever it came. For most events that fact lies in the future: this is "
                "the naive join, and it leaks."),
        Mistake("at or before", _asof(allow_exact_matches=True),
                "A fact of the same moment counts in your join. It may be the very event you want to predict: use strictly "
                "before."),
        Mistake("the next fact", _asof(direction="forward"),
                "You take the next fact after the event. Look back, not ahead."),
        Mistake("the nearest fact", _asof(direction="nearest"),
                "You take the nearest fact, which may lie after the event. Only what came before was known."),
        Mistake("any item's fact", _asof(ignore=True),
                "You take the latest fact of any item. Join within the key: `by`."),
        Mistake("rows in order of time", _asof(in_order=False),
                "Your rows come back in order of time. The values then belong to other events: put the events' order back."),
        Mistake("missing is zero", _filled,
                "You write 0 where nothing was known. Zero clicks and no knowledge are different facts: leave NaN."),
        Mistake("unknown events dropped", _dropped,
                "You drop events without a known fact. Those are the new items, and serving will meet them."),
        Mistake("the oldest fact", _oldest,
                "You take each item's oldest fact. The latest one before the event is the freshest that was known."),
    ),
    hints=("Stand at one event. Which facts could a server have read at that second? Which of those would it have read?",
           "`pd.merge_asof` needs both tables sorted by time. Remember the row numbers first, and sort back by them.",
           "`pd.merge_asof(left, right, on=\"time\", by=by, allow_exact_matches=False)`"),
)


# --- 8.2 -----------------------------------------------------------------------------------------------------------
def _mismatch_cases(rng):
    out = []
    for n, names in ((8, ["a", "b"]), (15, ["a", "b", "c"]), (5, ["a"])):
        one = pd.DataFrame({name: rng.normal(size=n).round(2) + 3 for name in names}).mask(rng.random((n, len(names))) < 0.3)
        other = one * (1 + 1e-10)
        other = other.mask(rng.random(other.shape) < 0.3, other + 1.0).mask(rng.random(other.shape) < 0.15)
        out.append(Case(f"{n} rows, {len(names)} features", (one, other)))
    return out


def _mismatch_loop(trained, recomputed):
    share = {}
    for name in trained:
        pairs = list(zip(trained[name], recomputed[name], strict=True))
        same = [(np.isnan(a) and np.isnan(b)) or abs(a - b) < 1e-5 for a, b in pairs]
        share[name] = 1 - sum(same) / len(same)
    return pd.Series(share)

_HAND_2 = (pd.DataFrame({"clicks": [1.0, 2.0, np.nan, 4.0], "idle": [np.nan, np.nan, 5.0, 6.0]}),
           pd.DataFrame({"clicks": [1.0, 3.0, np.nan, np.nan], "idle": [np.nan, np.nan, 5.0, 6.0 + 1e-9]}))

MISMATCH = Card(
    id="feature_audit.2", title="The share of rows that differ", minutes=7, difficulty=2, used_in=("{{ranker}}", "{{launch}}",),
    task="Two tables hold the same rows: the features a model was trained on, and the same features recomputed as of each row's "
         "moment. For each feature, say in what share of rows the two differ. Two missing values are equal; a missing value "
         "and a number are not; a difference in the ninth digit is none.",
    shapes="`trained`, `recomputed` tables of the same rows and columns, floats with NaN; returns a share in [0, 1] a feature, "
           "in the order of the columns.",
    why="The same function finds two faults. Training values against recomputed ones: leakage. Values that were served and logged "
        "against recomputed ones: skew. `np.isclose(..., equal_nan=True)` follows all three rules at once.",
    reference=mismatch, alternative=_mismatch_loop, cases=_mismatch_cases,
    call=lambda fn, trained, recomputed: np.asarray(fn(trained, recomputed), float),
    by_hand=(Case("two of four clicks differ, no idle time does", _HAND_2, expected=np.array([0.5, 0.0])),),
    mistakes=(
        Mistake("missing is never equal", lambda a, b: ((a - b).abs() > 1e-6).mean() + (a.isna() & b.isna()).mean()
                + (a.isna() ^ b.isna()).mean(),
                "Two missing values count as a difference in your result. Nothing was known on both sides: that is the same."),
        Mistake("missing is always equal", lambda a, b: ((a - b).abs() > 1e-6).mean(),
                "A number against a missing value counts as equal in your result, for NaN > x is False. It is the plainest "
                "difference there is."),
        Mistake("to the last digit", lambda a, b: ((a != b) & ~(a.isna() & b.isna())).mean(),
                "You ask for equality to the last digit. Two ways of adding the same numbers differ there: allow a small "
                "tolerance."),
        Mistake("the share that agrees", lambda a, b: 1 - mismatch(a, b),
                "You return the share of rows that agree. The audit wants the share that differ."),
        Mistake("the mean difference", lambda a, b: (a - b).abs().mean(),
                "You return the mean difference. It depends on the unit of the feature; the share of rows does not."),
        Mistake("counts", lambda a, b: mismatch(a, b) * len(a),
                "You return a number of rows. Divide by how many there are."),
    ),
    hints=("Write down, for one cell of the table, the three cases: both missing, one missing, none missing.",
           "Build a table of True and False, then take the mean of each column.",
           "`1 - np.isclose(trained, recomputed, rtol=1e-6, equal_nan=True).mean(axis=0)`"),
)


# --- 8.3 -----------------------------------------------------------------------------------------------------------
def _snapshot_cases(rng):
    return [Case(f"every {every} s, {delay} s late", (rng.uniform(5000, 90_000, 7).round(1), float(every), float(delay)))
            for every, delay in ((3600, 0), (3600, 1500), (900, 1200), (86_400, 7200))]


def _known(rule):
    return lambda time, every_s, delay_s: rule(np.asarray(time, float), every_s, delay_s)


SNAPSHOT = Card(
    id="feature_audit.3", title="How far a feature looks", minutes=6, difficulty=2, used_in=("{{launch}}",),
    effect=effects_lists.snapshots_unlike_served,
    realistic=sizes.times_of_requests,
    task="A job recomputes a feature at every multiple of `every_s` seconds, from all events before that multiple, and the result "
         "reaches the servers `delay_s` later. For a request at `time`, say up to which moment the feature it reads knows "
         "the log.",
    shapes="`time` float [Q], s; `every_s` above 0, `delay_s` at least 0, both s; returns float [Q], s.",
    why="The newest job that has *arrived* by `time` is the newest that *began* by `time − delay_s`. So the delay comes off first, and "
        "the result is rounded down to the grid. Age at serving is `time − snapshot_time(...)`: between delay and delay + "
        "every. That, not the schedule, is what a freshness agreement has to name.",
    reference=snapshot_time, cases=_snapshot_cases,
    alternative=_known(lambda t, e, d: (t - d) - np.mod(t - d, e)),
    by_hand=(Case("hourly, 200 s late: just before and just after the second job arrives",
                  (np.array([7300.0, 7500.0]), 3600.0, 200.0), expected=np.array([3600.0, 7200.0])),),
    invariants=(Invariant("what is known is at least delay_s old", lambda fn, rng: bool(np.all(
        np.array([5e4, 6e4, 7e4]) - np.asarray(fn(np.array([5e4, 6e4, 7e4]), 3600.0, 900.0)) >= 900))),),
    mistakes=(
        Mistake("the delay forgotten", _known(lambda t, e, d: np.floor(t / e) * e),
                "You leave the delay out: the newest job has begun, but its result is not served yet."),
        Mistake("the delay taken off last", _known(lambda t, e, d: np.floor(t / e) * e - d),
                "You round down first and take the delay off after. That is no multiple of every_s, and no job looked that "
                "far: take the delay off first."),
        Mistake("rounded up", _known(lambda t, e, d: np.ceil((t - d) / e) * e),
                "You round up: the feature would know what happens after the request."),
        Mistake("rounded to the nearest", _known(lambda t, e, d: np.round((t - d) / e) * e),
                "You round to the nearest multiple, which lies in the future half of the time. Round down."),
        Mistake("delay added", _known(lambda t, e, d: np.floor((t + d) / e) * e),
                "You add the delay. A slow job makes a feature older, not newer."),
        Mistake("no grid", _known(lambda t, e, d: t - d),
                "You take the delay off but forget that the job runs only every every_s seconds."),
    ),
    hints=("The clock says 12:10, the job runs hourly and takes 20 minutes. Whose result do you read?",
           "Which job is the newest that began at least delay_s ago?",
           "`np.floor((time - delay_s) / every_s) * every_s`"),
)


# --- 8.4 -----------------------------------------------------------------------------------------------------------
def _psi_cases(rng):
    out = [Case(f"{bins} bins", (rng.integers(3, 60, bins), rng.integers(3, 60, bins) * scale))
           for bins, scale in ((3, 1), (6, 10), (10, 2))]
    return out + [Case("an empty bin", (np.array([4, 0, 9]), np.array([0, 7, 3])))]


def _shares(counts):
    counts = np.asarray(counts, float)
    return (counts + 0.5) / (counts.sum() + 0.5 * len(counts))


def _of_shares(rule):
    return lambda reference, actual: float(np.sum(rule(_shares(reference), _shares(actual))))


def _psi_loop(reference, actual):
    total = 0.0
    for r, a in zip(reference, actual, strict=True):
        share_r = (r + 0.5) / (sum(reference) + 0.5 * len(reference))
        share_a = (a + 0.5) / (sum(actual) + 0.5 * len(actual))
        total += (share_a - share_r) * (np.log(share_a) - np.log(share_r))
    return total


def _bare_psi(reference, actual):
    r, a = np.asarray(reference) / np.sum(reference), np.asarray(actual) / np.sum(actual)
    with np.errstate(all="ignore"):
        return float(np.sum((a - r) * np.log(a / r)))


def _half_without_total(reference, actual):
    r, a = (np.asarray(c) / np.sum(c) + 0.5 for c in (reference, actual))
    return float(np.sum((a - r) * np.log(a / r)))


def _counts_not_shares(reference, actual):
    r, a = np.asarray(reference) + 0.5, np.asarray(actual) + 0.5
    return float(np.sum((a - r) * np.log(a / r)))


PSI = Card(
    id="feature_audit.4", title="How far two histograms are apart", minutes=7, difficulty=2, used_in=("{{launch}}",),
    task="The population stability index, PSI: turn both histograms into shares, then sum (a − r)·ln(a / r) over the bins. Before "
         "dividing, add half an event to every bin, so that an empty one does not give infinity; the shares still sum to 1.",
    shapes="`reference`, `actual` int [bins], counts; returns a number, nats, at least 0.",
    why="With half an event in every bin the total grows by half the number of bins: share = (count + ½) / (total + ½·bins). PSI is the "
        "sum of both Kullback–Leibler divergences, so it is the same in both directions, and never negative. It is also "
        "never 0 for two samples of the same thing: that is what the rest of this lesson is about.",
    reference=psi_of_counts, alternative=_psi_loop, cases=_psi_cases,
    call=lambda fn, reference, actual: float(fn(reference, actual)),
    by_hand=(Case("shares ¼, ¾ against ¾, ¼: 2 · ½ · ln 3", (np.array([0, 1]), np.array([1, 0])), expected=np.log(3)),
             Case("equal shares", (np.array([5, 5]), np.array([5, 5])), expected=0.0)),
    invariants=(Invariant("swapping the two changes nothing", lambda fn, rng: np.isclose(
        fn(np.array([3, 9, 4]), np.array([8, 2, 2])), fn(np.array([8, 2, 2]), np.array([3, 9, 4])))),),
    mistakes=(
        Mistake("one direction only", _of_shares(lambda r, a: a * np.log(a / r)),
                "You sum a·ln(a / r): that is one Kullback–Leibler divergence, and it changes when the two are swapped. PSI has "
                "(a − r) in front."),
        Mistake("bits", _of_shares(lambda r, a: (a - r) * np.log2(a / r)),
                "Your logarithm has base 2. The thresholds people quote are in nats: natural logarithm."),
        Mistake("no half event", _bare_psi,
                "An empty bin gives infinity or nothing in your result. Add half an event to every bin before dividing."),
        Mistake("counts, not shares", _counts_not_shares,
                "You compare counts. A larger sample would look like drift: divide by the totals first."),
        Mistake("half added to the shares", _half_without_total,
                "You add the half to the shares. It is half an *event*: add it to the counts, then divide."),
        Mistake("absolute difference", _of_shares(lambda r, a: np.abs(a - r)),
                "You sum the absolute differences of the shares: that is twice the total variation, not PSI."),
        Mistake("chi-square", _of_shares(lambda r, a: (a - r) ** 2 / r),
                "You sum (a − r)² / r: close to PSI for small shifts, and far from it for large ones."),
    ),
    hints=("Counts of two samples of different size: what makes them comparable?",
           "After adding ½ to each of the bins, by how much has the total grown?",
           "`r = (reference + 0.5) / (reference.sum() + 0.5 * len(reference))`, the same for a, then "
           "`np.sum((a - r) * np.log(a / r))`."),
)
=======
from course_lib.teach.cards.feature_audit.audit_claims import CLAIMS
from course_lib.teach.cards.feature_audit.histograms import PSI
from course_lib.teach.cards.feature_audit.known_then import JOIN
from course_lib.teach.cards.feature_audit.refreshes import SNAPSHOT
from course_lib.teach.cards.feature_audit.row_differences import MISMATCH
from course_lib.teach.cards.feature_audit.session_gaps import SESSION
from course_lib.teach.cards.feature_audit.store import LAYERS
from course_lib.teach.cards.feature_audit.warm import CACHE
>>>>>>> c0708

__all__ = ["CARDS", "CLAIMS"]

CARDS = [JOIN, MISMATCH, SNAPSHOT, PSI, SESSION, LAYERS, CACHE]
