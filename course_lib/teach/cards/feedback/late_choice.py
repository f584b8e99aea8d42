"""Decision 2.9: which clicks teach the rate while purchases are still under way."""

from functools import cache

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S
from course_lib.data.labels import rate_corrected_for_delay, window_label
from course_lib.data.late_labels import made_clicks
from course_lib.teach.definitions.choice import Fields, Number, Options, TheSame
from course_lib.teach.definitions.decision import Decision

WINDOW_S, RATE, PER_DAY, LOGS = 14 * DAY_S, 0.06, 400, 6
READINGS = {"labelled": "rows that have a label: purchases at once, silences after 14 days",
            "open is no": "all clicks; an open window counts as a no", "mature": "clicks whose window is over",
            "corrected": "all clicks, corrected by age"}


def _log(brief, seed):
    """(delays of old purchases, clicks of 28 days up to moment 0): what the brief describes."""
    rng = np.random.default_rng(seed)
    delays = np.minimum(rng.exponential(1.2 * DAY_S, 600), WINDOW_S)
    new_s, before, slower = (6 * DAY_S, rng.choice([0.03, 0.09]), 0.0) if brief == "app" else (10 * DAY_S, RATE, 1.5)
    old = made_clicks(before, delays, 28, PER_DAY, seed=2 * seed)
    new = made_clicks(RATE, delays, 28, PER_DAY, slower=slower, seed=2 * seed + 1)
    return delays, pd.concat([old[old["time"] < -new_s], new[new["time"] >= -new_s]])


def rate_of(reading, days, delays, clicks):
    """The rate that a reading of the clicks of the last days gives; 0 where it has no row."""
    recent = clicks[clicks["time"] >= -days * DAY_S]
    age = -recent["time"].to_numpy()
    known = window_label(recent["time"].to_numpy(), recent["bought"].to_numpy(), 0.0, WINDOW_S)
    if reading == "corrected":
        return rate_corrected_for_delay(np.nan_to_num(known), age, delays)
    used = {"labelled": known[~np.isnan(known)], "open is no": np.nan_to_num(known),
            "mature": known[age >= WINDOW_S]}[reading]
    return float(used.mean()) if len(used) else 0.0


@cache
def _profit(brief, reading, days, seed):
    """Share of the possible profit: a bid b against rivals spread evenly from 0 to 2v earns 1 − (b / v − 1)²."""
    shares = []
    for log in range(LOGS):
        bid = rate_of(reading, days, *_log(brief, 1000 * seed + log)) / RATE
        shares.append(1 - min((bid - 1) ** 2, 1.0))
    return float(np.mean(shares))


def play(choice, seed):
    """Mean over both briefs of the profit, as a share of what a bidder makes who knows the rate."""
    return (_profit("app", choice["app"], choice["app days"], seed)
            + _profit("gifts", choice["gifts"], choice["gifts days"], seed)) / 2


AGAINST = {
    "labelled": "a click of the last 14 days is labelled only if it has bought, so the younger the clicks, the nearer that rate is to 1.",
    "open is no": "purchases of the last days are still under way, and this counts them as silences.",
}


def _against(choice):
    told = [f"{name.capitalize()}: {AGAINST[choice[name]]}" for name in ("app", "gifts") if choice[name] in AGAINST]
    if choice["app"] == "mature":
        told.append("App: every click whose window is over was made before the offer changed.")
    if choice["app"] in ("corrected", "open is no") and choice["app days"] > 6:
        told.append("App: clicks older than six days were made under the other offer, which had another rate.")
    if choice["app"] == "corrected" and choice["app days"] < 4:
        told.append("App: so few days hold few purchases, and the youngest count many times.")
    if choice["gifts"] == "corrected":
        told.append("Gifts: the delays of the last ten days are not those of the old purchases that the correction divides by.")
    if choice["gifts"] == "mature" and choice["gifts days"] < 20:
        told.append("Gifts: a window of 14 days leaves few clicks, or none, of the days that you use.")
    return " ".join(told)


def _both(app, app_days, gifts, gifts_days):
    return {"app": app, "app days": app_days, "gifts": gifts, "gifts days": gifts_days}


LATE = Decision(
    id="feedback.9", title="Which clicks teach the rate?", minutes=9, difficulty=4,
    task="You bid for clicks the rate at which they buy, times the value of a purchase. An error of a share *x* of the rate costs *x²* of the profit, "
         "in either direction. Purchases take 1.2 days on average, a window is 14 days, and the log holds 28.\n\n"
         "- **App.** Six days ago a new offer changed the rate; buyers take as long as before.\n"
         "- **Gifts**, a shop. The rate has not changed. Ten days ago the season began, and buyers take 2.5 times as long as before.\n\n"
         "The correction has the delays of old purchases. Which reading, and how many of the last days, for each?",
    choice=Fields({"app": Options(READINGS), "app days": Number(1, 28, "days", whole=True),
                   "gifts": TheSame(READINGS), "gifts days": Number(1, 28, "days", whole=True)}),
    policies={"what is known so far": _both("open is no", 7, "open is no", 7),
              "rows that have a label": _both("labelled", 28, "labelled", 28),
              "always wait": _both("mature", 28, "mature", 28),
              "always correct the last week": _both("corrected", 7, "corrected", 7),
              "each by what still holds": _both("corrected", 6, "mature", 28)},
    play=play, unit="of the profit of a bidder who knows the rate", against=_against,
    why="A correction by delay assumes that *delays* have not changed; waiting for the window assumes that the *rate* has not. Each client breaks "
        "one of the two. The app's old clicks tell of another offer, so young ones have to be used, and their delays still hold. The shop's "
        "young clicks arrive by other delays, and its old ones tell the same rate. Rows that have a label are right in neither, unless "
        "two errors happen to cancel. A live model need not wait at all: it may take each click as a negative at once, and be mended by importance "
        "weights when the purchase comes. Which assumption broke, F(1)/F(3) says: with 300 purchases and a share of one half its error is ±.06, so "
        "only a strong slow-down shows within days.",
    until_chosen="what is known so far")
