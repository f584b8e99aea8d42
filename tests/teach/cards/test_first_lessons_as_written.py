"""Wrong answers to the lessons on objectives and feedback, as a newcomer wrote them from the notebook alone.

Each is written otherwise than the card's own known mistake, and is told the cause all the same.
"""

import numpy as np
import pandas as pd
import pytest

from course_lib.teach import cards
from course_lib.teach.checking.check import check


@pytest.fixture(autouse=True)
def without_timing(monkeypatch):
    monkeypatch.setattr("course_lib.teach.checking.check.speed_ratio", lambda card, fn: 1.0)


# --- 1.3 -------------------------------------------------------------------------------------------------------------
def _next_visits(user, day):
    visits = pd.DataFrame({"user": user, "day": day})
    apart = visits.drop_duplicates().sort_values(["user", "day"])
    apart["next"] = apart.groupby("user")["day"].shift(-1)
    return visits.merge(apart, on=["user", "day"], how="left")["next"].to_numpy()


def gap_is_nan(user, day, last_day, within_days):
    gap = _next_visits(user, day) - day
    back = np.where(np.isnan(gap), np.nan, (gap <= within_days).astype(float))
    return np.where(day + within_days > last_day, np.nan, back)


def until_ones_own_last(user, day, last_day, within_days):
    last = pd.Series(day).groupby(user).transform("max").to_numpy()
    back = (_next_visits(user, day) - day <= within_days).astype(float)
    return np.where(day + within_days > last, np.nan, back)


def every_day(user, day, last_day, within_days):
    seen = set(zip(user.tolist(), day.tolist(), strict=True))
    back = [all((u, d + k) in seen for k in range(1, within_days + 1)) for u, d in zip(user, day, strict=True)]
    return np.where(day + within_days > last_day, np.nan, np.array(back, float))


def since_the_first(user, day, last_day, within_days):
    until = pd.Series(day).groupby(user).transform("min").to_numpy() + within_days
    return np.where(day + within_days > last_day, np.nan, (_next_visits(user, day) <= until).astype(float))


def sorted_without_groups(user, day, last_day, within_days):
    visits = pd.DataFrame({"user": user, "day": day}).sort_values(["user", "day"])
    gap = visits["day"].shift(-1) - visits["day"]
    back = gap.between(1, within_days).astype(float).where(visits["day"] + within_days <= last_day)
    return back.sort_index().to_numpy()


# --- 1.2, 1.6 --------------------------------------------------------------------------------------------------------
def by_the_formula_of_the_lesson(value, is_return, margin_rate, return_cost):
    m, rho = np.abs(value) * margin_rate, is_return.mean() if len(value) else 0.0
    return m * (1 - rho) - rho * return_cost


def not_significant(low, high, margin):
    if low > 0 or high < 0:
        return "pass" if low > -margin else "fail"
    return "undecided"


def both_sides(low, high, margin):
    ends = sorted((abs(low), abs(high)))
    return "pass" if ends[1] < margin else "fail" if ends[0] > margin else "undecided"


def wide_is_unknown(low, high, margin):
    return "undecided" if high > low + 2 * margin else ("fail", "pass")[int(-low < margin)]


# --- 2.1, 2.2 --------------------------------------------------------------------------------------------------------
def _by_position(position, n_positions):
    return [position == k for k in range(1, n_positions + 1)]


def where_clicked(position, click, n_positions):
    rate = [click[at].mean() if click[at].sum() else np.nan for at in _by_position(position, n_positions)]
    return np.array(rate) / rate[0]


def clicks_over_the_first(position, click, n_positions):
    clicks = [click[at].sum() if at.any() else np.nan for at in _by_position(position, n_positions)]
    return np.array(clicks) / clicks[0]


def clicked_this_far(position, click, n_positions):
    far = np.array([click[position >= k].sum() for k in range(1, n_positions + 1)])
    return far / far[0]


def from_the_first(examination, click_rate):
    return 1 - (1 - examination / examination[0]) / (1 - click_rate)


# --- 2.5, 2.6 --------------------------------------------------------------------------------------------------------
def nothing_is_no(click_time, event_time, as_of, window_s):
    label = np.where(np.isnan(event_time) | (click_time + window_s <= as_of), 0.0, np.nan)
    label[(event_time <= as_of) & (event_time <= click_time + window_s)] = 1
    return label


def later_is_nan(click_time, event_time, as_of, window_s):
    label = np.where(event_time <= click_time + window_s, 1.0, 0.0)
    label[event_time > as_of] = np.nan
    label[np.isnan(event_time) & (click_time + window_s > as_of)] = np.nan
    label[(event_time > click_time + window_s) & (event_time <= as_of)] = 0
    return label


def late_is_no(click_time, event_time, as_of, window_s):
    end = click_time + window_s
    label = np.full(len(click_time), np.nan)
    label[event_time <= as_of] = 1
    label[(end <= as_of) & ~(event_time <= end)] = 0
    label[event_time > end] = 0
    return label


def nothing_is_no_for_ever(click_time, event_time, as_of, window_s):
    label = (event_time <= as_of).astype(float)
    label[event_time > as_of] = np.nan
    return label


def event_as_delay(click_time, event_time, as_of, window_s):
    label = np.where(click_time + window_s <= as_of, 0.0, np.nan)
    label[(event_time <= window_s) & (event_time <= as_of - click_time)] = 1
    return label


def _shares(age_s, delays_s):
    return np.array([np.mean(delays_s <= age) for age in age_s])


def interpolated(label, age_s, delays_s):
    delays = np.sort(delays_s)
    share = np.interp(age_s, delays, (1 + np.arange(len(delays))) / len(delays))
    share[age_s < delays[0]] = 0
    return np.mean(label[share > 0] / share[share > 0])


def plus_what_is_to_come(label, age_s, delays_s):
    share = _shares(age_s, delays_s)
    return np.mean((label + (1 - label) * (1 - share))[share > 0])


def plus_the_rate_to_come(label, age_s, delays_s):
    share = _shares(age_s, delays_s)
    kept = share > 0
    return label[kept].mean() + (label[kept].mean() * (1 - label[kept]) * (1 - share[kept])).mean()


def by_bayes(label, age_s, delays_s):
    share = _shares(age_s, delays_s)
    label, share = label[share > 0], share[share > 0]
    rate = label.sum() / share.sum()
    return np.mean(np.where(label == 1, 1, rate * (1 - share) / (1 - rate * share)))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("exercise", "answer", "name"), [
    ("1.3", gap_is_nan, "never again is unknown"),
    ("1.3", until_ones_own_last, "each person's last day for last_day"),
    ("1.3", every_day, "on each of the days"),
    ("1.3", since_the_first, "days after the first visit"),
    ("1.3", sorted_without_groups, "the next person's visit"),
    ("1.2", by_the_formula_of_the_lesson, "expected, not happened"),
    ("1.6", not_significant, "0 inside is undecided"),
    ("1.6", both_sides, "any large change fails"),
    ("1.6", wide_is_unknown, "too wide is undecided"),
    ("2.1", clicks_over_the_first, "clicks there, never shown is NaN"),
    ("2.1", where_clicked, "never clicked is unknown"),
    ("2.1", clicked_this_far, "clicked there or below"),
    ("2.2", from_the_first, "looks relative to the first"),
    ("2.5", nothing_is_no, "silence is a no at once"),
    ("2.5", later_is_nan, "a purchase to come is unknown"),
    ("2.5", late_is_no, "a late purchase to come is no"),
    ("2.5", nothing_is_no_for_ever, "silence is a no at once, no window"),
    ("2.5", event_as_delay, "moment taken for a delay"),
    ("2.6", interpolated, "between the delays"),
    ("2.6", plus_what_is_to_come, "silence filled by the share to come"),
    ("2.6", plus_the_rate_to_come, "silence filled by the rate to come"),
    ("2.6", by_bayes, "silence filled by what silence says"),
], ids=lambda part: getattr(part, "__name__", None))
def test_a_newcomers_wrong_answer_is_told_its_cause(exercise, answer, name):
    result = check(cards.card(exercise), answer)
    assert (result.status, result.mistake, result.known) == ("wrong", name, True)


def test_the_other_solution_that_is_shown_passes_no_number_that_is_missing():
    """The lesson says: a guardrail whose number is missing is "undecided", never "pass". (The reference refuses it.)"""
    shown = cards.card("1.6").alternative
    assert {shown(np.nan, np.nan, 1.0), shown(np.nan, 0.5, 1.0)} == {"undecided"}
