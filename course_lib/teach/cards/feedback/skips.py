"""Exercises 2.3 and 2.4: skips above a click, and a click rate among those who look."""

import numpy as np

from course_lib.data.labels import click_rate_per_look, skips_and_clicks
from course_lib.teach.cards import effects_truth, sizes
from course_lib.teach.cards.feedback import rare_logs
from course_lib.teach.cards.feedback.first_edition_slips import MASKS, RATES
from course_lib.teach.definitions.card import Card, Case, Mistake


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


def _first_click(click):
    """Position of the highest click of each slate, -1 without one, as a column."""
    click = np.asarray(click) > 0
    return np.where(click.any(1), click.argmax(1), -1)[:, None]


def _silent(click):
    return ~(np.asarray(click) > 0).any(1, keepdims=True)


def _places(click):
    return np.arange(np.shape(click)[1])


def _from_the_top(click):
    return np.maximum.accumulate(np.asarray(click) > 0, axis=1)


def _over_slates(click):
    return np.flip(np.maximum.accumulate(np.flip(np.asarray(click) > 0, 0), axis=0), 0)


def _lowest_left_out(click):
    keep = _skip_loop(click)
    return keep & np.roll(keep, -1, axis=1) & (_places(click) < np.shape(click)[1] - 1)


def _one_further(click):
    keep = _skip_loop(click)
    return keep | (np.roll(keep, 1, axis=1) & (_places(click) > 0))


def _highest_or_first_place(click):
    return _places(click) <= (np.asarray(click) > 0).argmax(1)[:, None]


def _highest_and_clicks(click):
    return _above_highest(click) | (np.asarray(click) > 0)


def _skips_above_highest(click):
    return _places(click) < _first_click(click)


def _next_above(click):
    click = np.asarray(click) > 0
    return click | (np.roll(click, -1, axis=1) & (_places(click) < click.shape[1] - 1))


def _all_slates_alike(click):
    places = np.flatnonzero((np.asarray(click) > 0).any(0))
    return np.broadcast_to(_places(click) <= (places.max() if len(places) else -1), np.shape(click)).copy()


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
                  expected=np.array([[True, True, True, True, False], [False] * 5])),
             *rare_logs.SLATES_BY_HAND),
    mistakes=(
        Mistake("above the highest click", _above_highest,
                "You stop at the first click from the top. The lowest click shows how far the eye came."),
        Mistake("without the clicks", _without_clicks,
                "You keep the skipped items only. The clicks themselves are examples too, the positive ones."),
        Mistake("silent slates kept", _keeps_silent_slates,
                "A slate without a click tells nothing about how far the eye came: none of it is kept."),
        Mistake("the whole slate", _below_too,
                "You keep what stands below the lowest click as well. Nobody knows whether that was seen."),
        Mistake("everything", lambda click: np.ones(np.shape(click), bool),
                "You keep everything. Below the lowest click, and in a slate without one, nothing is known."),
        Mistake("above the highest click, silent slates kept whole", lambda click: _above_highest(click) | _silent(click),
                "You stop at the highest click, and keep a slate without one whole. Go down to the lowest click, and keep nothing of a silent "
                "slate."),
        Mistake("from the top", _from_the_top,
                "You mark the highest click and everything below it: the wrong side. What stands *above* the lowest click was passed."),
        Mistake("over slates", _over_slates,
                "You go along axis 0, from one slate to another. Positions lie along axis 1."),
        Mistake("the lowest click left out", _lowest_left_out,
                "The lowest click itself is missing. It is an example too, a positive one: the end counts."),
        Mistake("one position further", _one_further,
                "You keep one position below the lowest click. Of it nothing is known."),
        Mistake("the clicks alone", lambda click: np.asarray(click) > 0,
                "You keep the clicks alone. What was passed above the lowest one is an example too, a negative one."),
        Mistake("above the highest click, first place of silent slates", _highest_or_first_place,
                "You stop at the highest click, and a slate without one keeps its first place, since argmax of nothing is 0. Go down to the "
                "lowest click, and keep nothing of a silent slate."),
        Mistake("above the highest click, and all clicks", _highest_and_clicks,
                "You keep all clicks, but of the others only what stands above the highest. Everything above the lowest click was passed."),
        Mistake("above the highest click, clicks left out", _skips_above_highest,
                "You keep what stands above the highest click, and no click. Go down to the lowest one, and keep the clicks."),
        Mistake("above the highest click, silent slates kept", lambda click: np.cumsum(click, axis=1) < 1,
                "You keep what stands above the highest click, without the clicks, and silent slates in full. Go down to the lowest click, keep "
                "the clicks, and nothing of a silent slate."),
        Mistake("the next above", _next_above,
                "You keep each click and the item right above it. All that stands above the lowest click was passed."),
        Mistake("below the lowest click", lambda click: ~_skip_loop(click),
                "You mark what nothing is known of: turn the mask round."),
        Mistake("between the clicks", lambda click: _skip_loop(click) & (_places(click) > _first_click(click)),
                "You keep what stands between the highest and the lowest click. What stands above the highest was passed as well."),
        Mistake("one depth for all slates", _all_slates_alike,
                "You use the lowest click of all slates together. Each slate has a lowest click of its own."),
        *MASKS,
    ),
    hints=("Which positions of a slate has the eye certainly passed?",
           "Everything at or above the last click, looking from the top. From the bottom: everything after the first click.",
           "Flip the slate, `np.maximum.accumulate(..., axis=1)`, flip back."),
)


# --- 2.4 -----------------------------------------------------------------------------------------------------------
def _rate_cases(rng):
    return [Case(f"{n} showings", ((rng.random(n) < 0.4).astype(float), rng.choice([1.0, 0.5, 0.25], n)))
            for n in (6, 15, 40)] + [
                Case("clicks where few look", (np.array([1.0, 0.0, 1.0, 1.0]), np.array([0.02, 0.5, 0.05, 1.0])))]


def _positions_alike(click, examination):
    return float(np.mean([np.mean(click[examination == e]) / e for e in np.unique(examination)]))


def _best_position(click, examination):
    return float(np.mean(click[examination == examination.max()]))


RATE = Card(
    id="feedback.4", title="A click rate that does not depend on the shelf", minutes=6, difficulty=2, used_in=("{{ranker}}", "{{metric_stack}}",),
    effect=effects_truth.rate_per_look,
    realistic=sizes.clicks_and_looks,
    task="An item was shown at several positions. Estimate how often somebody who *looks* clicks it: weigh each click by one over the "
         "chance that its position is looked at, and average over all showings.",
    shapes="`click` 0/1 [E], E ≥ 1; `examination` float [E], in (0, 1], for each showing's position; returns a number, which may "
           "exceed 1.",
    why="E[click / e] = e · r / e = r at every position, so items are compared as if all had stood at the top. The price is variance: a click at "
        "a position that few look at counts many times. Lesson {{metric_stack}} does the same with the chances of a policy.",
    reference=click_rate_per_look, cases=_rate_cases,
    alternative=lambda click, examination: sum(c / e for c, e in zip(click, examination, strict=True)) / len(click),
    by_hand=(Case("one click where half look, one silence at the top", (np.array([1.0, 0.0]), np.array([0.5, 1.0])),
                  expected=1.0),
             Case("two clicks where few look", (np.array([1, 1]), np.array([0.5, 0.25])), expected=3.0),
             *rare_logs.RATES_BY_HAND),
    mistakes=(
        Mistake("plain rate", lambda click, examination: float(np.mean(click)),
                "This is the plain click rate. An item at the bottom is clicked less because fewer look."),
        Mistake("multiplied", lambda click, examination: float(np.mean(click * examination)),
                "You multiply by the chance of a look. A click where few look has to count more, so divide."),
        Mistake("clicks only", lambda click, examination: float(np.sum(click / examination) / max(np.sum(click), 1)),
                "You average over clicks. Silence counts as well: divide by the number of showings."),
        Mistake("ratio of sums", lambda click, examination: float(np.sum(click) / np.sum(examination)),
                "Clicks over expected looks is an honest estimate too, with less variance, but not this one: weigh each click."),
        Mistake("divided by the weights", lambda click, examination: float(np.sum(click / examination) / np.sum(1 / examination)),
                "You divide by the sum of the weights of all showings. Silence where few look then counts many times too: divide by the "
                "number of showings."),
        Mistake("weighed clicks and plain silence", lambda click, examination: float(
                    np.sum(click / examination) / np.sum(click / examination + 1 - click)),
                "You divide by the weighed clicks plus the silences. Divide by the number of showings."),
        Mistake("looks of the clicks only", lambda click, examination: float(np.sum(click) / max(np.sum(click * examination), 1e-12)),
                "You divide the clicks by the expected looks of clicked showings alone. Weigh each click, and average over all showings."),
        Mistake("mean with the chances as weights", lambda click, examination: float(np.sum(click * examination) / np.sum(examination)),
                "You take a mean weighed by the chance of a look. A click where few look has to count more: divide it by the chance."),
        Mistake("divided by the expected looks", lambda click, examination: float(np.sum(click / examination) / np.sum(examination)),
                "You correct twice: each click is weighed, and then you divide by the expected looks. After weighing, divide by the number of "
                "showings."),
        Mistake("divided by the average weight", lambda click, examination: float(np.mean(click) / np.mean(1 / examination)),
                "You divide the plain rate by the average of 1 / chance. Weigh each click by 1 / chance instead, which raises the rate."),
        Mistake("chance of the clicked only", lambda click, examination: float(np.mean(click) / np.mean(examination[click > 0])),
                "You divide the plain rate by the average chance at clicked showings. Each click has a weight of its own: divide each, then "
                "average."),
        Mistake("one average weight", lambda click, examination: float(np.mean(click) * np.mean(1 / examination)),
                "You give all clicks the average weight. Each click has the weight of its own position."),
        Mistake("positions alike", _positions_alike,
                "You average the positions' rates as if each were shown equally often. Average over showings."),
        Mistake("only the best position", _best_position,
                "You use the showings at the most looked-at position alone. That is honest but throws the others away: weigh their clicks."),
        Mistake("cut at 1", lambda click, examination: float(min(np.mean(click / examination), 1)),
                "You cut the result at 1. A small log can give more; cutting pulls the average of many logs down."),
        Mistake("weights added up", lambda click, examination: float(np.sum(click / examination)),
                "You add the weighed clicks up. A rate is asked for: divide by the number of showings."),
        Mistake("the chance of no look", lambda click, examination: float(np.mean(click * (1 - examination))),
                "You weigh a click by the chance that nobody looks. Weigh it by one over the chance of a look."),
        Mistake("two minus the chance", lambda click, examination: float(np.mean(click * (2 - examination))),
                "You add the missing looks to a click's weight: 1 + (1 − e). Where half look a click stands for two: 1 / e."),
        Mistake("silence weighed as dislike", lambda click, examination: float(np.mean((2 * click - 1) / examination)),
                "You count silence as −1. It counts 0: the weighed clicks alone, over all showings."),
        Mistake("weights squared", lambda click, examination: float(np.mean(click / examination ** 2)),
                "You divide by the chance of a look twice."),
        *RATES,
    ),
    hints=("How many showings does one click stand for, at a position that half the people look at?",
           "A weight for each click, then the mean over all showings.",
           "`np.mean(click / examination)`"),
)
