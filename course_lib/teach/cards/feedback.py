"""Exercises and claims on feedback: who looked, what silence means, labels that arrive late, and a model that trains on itself."""

import numpy as np

from course_lib.data.labels import (
    click_rate_per_look,
    rate_corrected_for_delay,
    relative_examination,
    seen_given_ignored,
    skips_and_clicks,
    window_label,
)
from course_lib.stages.ranking.bandits import posterior
from course_lib.teach.cards import effects_truth, sizes
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake
from course_lib.teach.definitions.claim import DIAL, Band, Claim


# --- 2.1 -----------------------------------------------------------------------------------------------------------
def _look_cases(rng):
    cases = []
    for size, deep in ((40, 3), (90, 5)):
        position = np.concatenate([np.arange(1, deep + 1), [1, 1], rng.integers(1, deep + 1, size)])
        click = np.concatenate([np.zeros(deep, int), [1, 1], (rng.random(size) < 0.5).astype(int)])
        cases.append(Case(f"{deep} positions", (position, click, deep)))
    return cases


def _look_loop(position, click, n_positions):
    rate = [np.mean([c for p, c in zip(position, click, strict=True) if p == k]) for k in range(1, n_positions + 1)]
    return np.array(rate) / rate[0]


def _clicks_not_rates(position, click, n_positions):
    clicked = np.bincount(np.asarray(position) - 1, click, n_positions)
    return clicked / clicked[0]


def _rates_not_relative(position, click, n_positions):
    slot = np.asarray(position) - 1
    return np.bincount(slot, click, n_positions) / np.bincount(slot, minlength=n_positions)


def _relative_to_mean(position, click, n_positions):
    return _rates_not_relative(position, click, n_positions) / np.mean(click)


def _relative_to_above(position, click, n_positions):
    rate = _rates_not_relative(position, click, n_positions)
    return rate / np.concatenate([rate[:1], rate[:-1]])


LOOK = Card(
    id="feedback.1", title="Who looked? The examination curve", minutes=6, difficulty=2, used_in=("{{ranker}}", "{{metric_stack}}",),
    effect=effects_truth.examination_curve,
    realistic=sizes.clicks_by_position,
    task="Items stand at random positions, so that no position holds better items than another. Say how likely each position is "
         "to be looked at, relative to the first.",
    shapes="`position` int [E], from 1; `click` 0/1 [E]; `n_positions` int; returns float [n_positions], the first is 1.",
    why="With random items, click rate = P(looked at) × the same average appeal at every position. Dividing by the first position "
        "cancels the appeal. In a log whose ranker put better items on top the appeal does not cancel, and the same "
        "division measures the ranker.",
    reference=relative_examination, alternative=_look_loop, cases=_look_cases,
    by_hand=(Case("half of two at the top, one of four below",
                  (np.array([1, 1, 2, 2, 2, 2]), np.array([1, 0, 1, 0, 0, 0]), 2), expected=np.array([1.0, 0.5])),),
    mistakes=(
        Mistake("clicks, not rates", _clicks_not_rates,
                "You compare clicks. Positions are not shown equally often: divide each by its showings first."),
        Mistake("not relative", _rates_not_relative,
                "These are click rates. Divide by the rate at position 1: what is left is the looking."),
        Mistake("relative to the average", _relative_to_mean,
                "You divide by the overall click rate. The first position is the yardstick, so that its value is 1."),
        Mistake("relative to the one above", _relative_to_above,
                "You divide each rate by that of the position above. All are compared with the first."),
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
    return out


BAYES = Card(
    id="feedback.2", title="Ignored: seen, or never looked at?", minutes=7, difficulty=3, used_in=("{{negatives}}", "{{ranker}}",),
    effect=effects_truth.looked_at_but_ignored,
    task="A position is looked at with probability e and clicked with probability c. Given that it was *not* clicked: how likely is it "
         "that somebody looked?",
    shapes="`examination`, `click_rate` float [K], c ≤ e; returns float [K].",
    why="Bayes: looked and did not click has probability e − c; not clicked, 1 − c. Where few look, almost everything that "
        "was ignored was never seen, and a model that takes that for dislike learns the layout of the page.",
    reference=seen_given_ignored, cases=_bayes_cases,
    alternative=lambda examination, click_rate: np.array(
        [(e * (1 - c / e)) / (e * (1 - c / e) + (1 - e)) for e, c in zip(examination, click_rate, strict=True)]),
    by_hand=(Case("half look, a tenth click: of 90 silences, 40 looked", (np.array([0.5]), np.array([0.1])),
                  expected=np.array([4 / 9])),
             Case("everybody looks", (np.array([1.0]), np.array([0.3])), expected=np.array([1.0]))),
    mistakes=(
        Mistake("the prior", lambda e, c: e + 0.0 * c,
                "You give P(looked) before anything is known. Silence is evidence: it makes a look less likely."),
        Mistake("joint, not conditional", lambda e, c: e - c,
                "This is P(looked and did not click). Divide by the chance of not clicking."),
        Mistake("independent", lambda e, c: e * (1 - c),
                "You multiply as if looking and clicking were independent. Nobody clicks without looking: looked and silent is e − c."),
        Mistake("the other one", lambda e, c: (1 - e) / (1 - c),
                "This is the chance that nobody looked. The question is the opposite."),
    ),
    hints=("Imagine 100 showings. How many were looked at, how many clicked, how many silent?",
           "Of the silent ones, which were looked at?",
           "`(examination - click_rate) / (1 - click_rate)`"),
)


# --- 2.3 -----------------------------------------------------------------------------------------------------------
def _skip_cases(rng):
    return [Case(f"{b} slates of {k}", ((rng.random((b, k)) < 0.3).astype(int),)) for b, k in ((4, 5), (8, 7))]


def _skip_loop(click):
    keep = np.zeros(np.shape(click), bool)
    for b, row in enumerate(click):
        where = np.flatnonzero(row)
        if len(where):
            keep[b, :where.max() + 1] = True
    return keep


def _above_highest(click):
    click = np.asarray(click) > 0
    first = np.where(click.any(1), click.argmax(1), -1)
    return np.arange(click.shape[1]) <= first[:, None]


def _without_clicks(click):
    return _skip_loop(click) & ~(np.asarray(click) > 0)


def _keeps_silent_slates(click):
    return _skip_loop(click) | ~(np.asarray(click) > 0).any(1, keepdims=True)


def _below_too(click):
    return np.broadcast_to((np.asarray(click) > 0).any(1, keepdims=True), np.shape(click)).copy()


SKIP = Card(
    id="feedback.3", title="Skips above a click", minutes=7, difficulty=3, used_in=("{{negatives}}", "{{ranker}}",),
    effect=effects_truth.kept_and_truly_seen,
    realistic=sizes.slates_of_clicks,
    task="Readers go down a slate. If they clicked position 4, they most likely passed 1 to 3 and decided against them; of 5 and below nothing is "
         "known. Mark what may be learnt from: clicks, and everything above the *lowest* click.",
    shapes="`click` 0/1 [B, K], positions from the top; returns bool [B, K]; a slate without a click is all False.",
    why="The lowest click proves that the eye came that far. It throws much away, and what it keeps is skewed towards people who click; "
        "weights by P(seen) keep everything, but need an examination curve.",
    reference=skips_and_clicks, alternative=_skip_loop, cases=_skip_cases,
    by_hand=(Case("clicks at 2 and 4 of five; a silent slate", (np.array([[0, 1, 0, 1, 0], [0, 0, 0, 0, 0]]),),
                  expected=np.array([[True, True, True, True, False], [False] * 5])),),
    mistakes=(
        Mistake("above the highest click", _above_highest,
                "You stop at the first click from the top. The lowest click shows how far the eye came."),
        Mistake("without the clicks", _without_clicks,
                "You keep the skipped items only. The clicks themselves are examples too, the positive ones."),
        Mistake("silent slates kept", _keeps_silent_slates,
                "A slate without a click tells nothing about how far the eye came: none of it is kept."),
        Mistake("the whole slate", _below_too,
                "You keep what stands below the lowest click as well. Nobody knows whether that was seen."),
    ),
    hints=("Which positions of a slate has the eye certainly passed?",
           "Everything at or above the last click, looking from the top. From the bottom: everything after the first click.",
           "Flip the slate, `np.maximum.accumulate(..., axis=1)`, flip back."),
)


# --- 2.4 -----------------------------------------------------------------------------------------------------------
def _rate_cases(rng):
    return [Case(f"{n} showings", ((rng.random(n) < 0.4).astype(float), rng.choice([1.0, 0.5, 0.25], n)))
            for n in (6, 15, 40)]


RATE = Card(
    id="feedback.4", title="A click rate that does not depend on the shelf", minutes=6, difficulty=2, used_in=("{{ranker}}", "{{metric_stack}}",),
    effect=effects_truth.rate_per_look,
    realistic=sizes.clicks_and_looks,
    task="An item was shown at several positions. Estimate how often somebody who *looks* clicks it: weigh each click by one over the "
         "chance that its position is looked at, and average over all showings.",
    shapes="`click` 0/1 [E]; `examination` float [E], in (0, 1], for each showing's position; returns a number.",
    why="E[click / e] = e · r / e = r at every position, so items are compared as if all had stood at the top. The price is variance: a click at "
        "a position that few look at counts many times. Lesson {{metric_stack}} does the same with the chances of a policy.",
    reference=click_rate_per_look, cases=_rate_cases,
    alternative=lambda click, examination: sum(c / e for c, e in zip(click, examination, strict=True)) / len(click),
    by_hand=(Case("one click where half look, one silence at the top", (np.array([1.0, 0.0]), np.array([0.5, 1.0])),
                  expected=1.0),),
    mistakes=(
        Mistake("plain rate", lambda click, examination: float(np.mean(click)),
                "This is the plain click rate. An item at the bottom is clicked less because fewer look."),
        Mistake("multiplied", lambda click, examination: float(np.mean(click * examination)),
                "You multiply by the chance of a look. A click where few look has to count more, so divide."),
        Mistake("clicks only", lambda click, examination: float(np.sum(click / examination) / max(np.sum(click), 1)),
                "You average over clicks. Silence counts as well: divide by the number of showings."),
        Mistake("ratio of sums", lambda click, examination: float(np.sum(click) / np.sum(examination)),
                "Clicks over expected looks is an honest estimate too, with less variance, but not this one: weigh each click."),
    ),
    hints=("How many showings does one click stand for, at a position that half the people look at?",
           "A weight for each click, then the mean over all showings.",
           "`np.mean(click / examination)`"),
)


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
    effect=effects_truth.labels_that_turn_out_wrong,
    realistic=sizes.outcomes_in_time,
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
    effect=effects_truth.rate_of_young_clicks,
    realistic=sizes.young_clicks,
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
    effect=effects_truth.clicks_while_learning,
    realistic=sizes.counts_of_items,
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

CARDS = [LOOK, BAYES, SKIP, RATE, WINDOW, DELAY, BETA]

ETA = "η, how steeply looking falls with the position: 1 / position^η"

CLAIMS = [
    Claim("feedback.unseen", "Most items that were shown and ignored were never looked at.",
          "own conjecture; Richardson et al. 2007 factor a click into a look and a liking, and say nothing of a majority",
          (0.5, 1.0), "of ignored impressions, ten slots", kind=DIAL, dial=ETA, written="2026-11-22"),
    Claim("feedback.disliked", "Of a clicked and an ignored item of one slate, the clicked one is the better liked in at least 8 of 10 pairs.",
          "own conjecture after Joachims et al. 2005, who call such preferences reasonably accurate on average, of items above the click in web search",
          (0.8, 1.0), "of pairs", varies="whether the ignored item stood above or below the click",
          history=(Band(0.5, 1.0, "2026-11-22", "the sentence was another: An item that was shown and ignored is one the person does not like. "
                        "Nobody who trains on silence needs that; what is shown lies above the middle of the catalogue by selection"),),
          written="2026-11-28"),
    Claim("feedback.naive", "Weighing clicks by one over the chance of a look earns more clicks than counting them plainly.",
          "Joachims, Swaminathan, Schnabel 2017", (0.0, np.inf), "change in clicks per request, share",
          place="abstract: using click data directly yields sub-optimal results, weighing them by propensity improves them; here by item, on a log sorted by a feature that nobody cares about",
          kind=DIAL, dial=ETA,
          history=(Band(0.02, np.inf, "2026-11-22", "the sentence was another: Weighing silence by the chance of a look gives a better ranker than "
                        "taking it for dislike. The source weighs clicks and leaves silence alone"),),
          written="2026-11-28"),
    Claim("feedback.silence", "Weighing silence by the chance of a look earns more clicks than taking it for dislike.",
          "own conjecture", (0.0, np.inf), "change in clicks per request, share", kind=DIAL, dial=ETA, written="2026-11-28"),
    Claim("feedback.window", "A same-day label misses at least a fifth of the purchases.", "own conjecture after Chapelle 2014, figure 1, of "
          "conversions after display ads at Criteo: half within a day, a third within an hour", (0.2, 1.0),
          "of the purchases of a two-week window", kind=DIAL, dial="days from click to purchase, on average",
          public=(("Criteo's display ads, half within a day, as an exponential law", 1.44),),
          history=(Band(0.2, 0.9, "2026-11-22", "the sentence has no upper end; and how long buyers take is an input of the simulator, so it is a dial now"),),
          written="2026-11-28"),
    Claim("feedback.corrected", "Weights by the delays of old purchases bring the rate of last week's clicks to within 5% of what waiting would show.",
          "own conjecture; weights by delay are Ktena et al. 2019's and Yasui et al. 2020's, while Chapelle 2014 fits a joint likelihood",
          (-0.05, 0.05), "error of the corrected rate, share", kind=DIAL, dial="how much longer buyers take than in the old log",
          history=(Band(-0.15, 0.15, "2026-11-22", "the sentence was another: Weights by delay recover the rate that waiting would show. "
                        "With the log's own delays that is so by construction; what can fail is that they have changed"),),
          written="2026-11-28"),
    Claim("feedback.random_slots", "One random slot in ten closes less than a tenth of the gap between a ranker of its own click counts and the best possible.",
          "own conjecture", (-np.inf, 0.1), "of the gap in late clicks",
          history=(Band(-1.0, 0.05, "2026-11-22", "the sentence was another: A few random slots alone do not rescue a ranker that trains on its own "
                        "click counts. It said neither how few nor what a rescue is"),),
          written="2026-11-28"),
    Claim("feedback.random_rates", "One random slot in ten closes more than half of the gap between a ranker of its own "
          "click rates and the best possible.",
          "own conjecture", (0.5, 1.0), "of the gap in late clicks", written="2026-11-28"),
    Claim("feedback.thompson", "Thompson sampling earns more clicks than ranking by click rates with a tuned share of random slots, once both train on their own logs.",
          "own conjecture after Chapelle & Li 2011, who call it highly competitive and compare it with greedy and ε-greedy rankers, not with counts",
          (0.0, np.inf), "change in clicks while learning, share", varies="whether the items stay",
          history=(Band(0.1, 1.0, "2026-11-22", "the sentence was another: Thompson sampling beats ranking by click counts once both train on their own logs. "
                        "Nobody in the source ranks by counts"),),
          written="2026-11-28"),
    Claim("feedback.discovery", "Ranking by rates with random slots gives fewer of the best items a fair trial than Thompson sampling.", "own conjecture", (-np.inf, 0.0),
          "difference in the share of the best tenth that was shown 100 times",
          history=(Band(-1.0, -0.1, "2026-11-22", "the sentence was another: Ranking by counts finds fewer of the best items than Thompson sampling. "
                        "That follows from the two algorithms"),),
          written="2026-11-28"),
]
