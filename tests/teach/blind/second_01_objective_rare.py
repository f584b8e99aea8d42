"""Solutions of lesson 01, written blind: from the notebook's text alone."""

import numpy as np
from blind_book import wrong


@wrong("objective.3", "The key of a visit gives one person's last day and the next person's first the same number.")
def came_back(user, day, last_day, within_days):
    held = set((user * last_day + day).tolist())
    return np.array([np.nan if d + within_days > last_day
                     else float(any(u * last_day + d + n in held for n in range(1, within_days + 1)))
                     for u, d in zip(user.tolist(), day.tolist(), strict=True)])


@wrong("objective.3", "A table of days as wide as last_day: a return on last_day itself finds no place.")
def came_back(user, day, last_day, within_days):
    came = np.zeros((user.max(initial=0) + 1, last_day + within_days + 1), bool)
    early = day < last_day
    came[user[early], day[early]] = True
    back = np.array([came[u, d + 1:d + 1 + within_days].any() for u, d in zip(user, day, strict=True)], float)
    return np.where(day + within_days > last_day, np.nan, back)


@wrong("objective.5", "The microseconds of an item are cut to a whole number, at least one.")
def affordable_items(budget_ms, fixed_ms, per_item_us):
    return max(0, int((budget_ms - fixed_ms) * 1000 / max(1, int(per_item_us))))


@wrong("objective.6", "The lower end is rounded to whole percents first, so a loss a little beyond the margin passes.")
def non_inferiority(low, high, margin):
    low, high = round(low + 0.005, 2), round(high, 2)
    return "pass" if low > -margin else "fail" if high < -margin else "undecided"


@wrong("objective.6", "An interval wider than the margin is called undecided, wherever it lies.")
def non_inferiority(low, high, margin):
    if high - low > margin:
        return "undecided"
    return "pass" if low > -margin else "fail" if high < -margin else "undecided"
