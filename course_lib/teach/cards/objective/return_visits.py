"""Exercise 1.3: who comes back, and who cannot be asked yet."""

import numpy as np

from course_lib.evidence.objectives import came_back
from course_lib.teach.cards import effects_truth, sizes
from course_lib.teach.cards.objective import far_requests, rare_requests
from course_lib.teach.cards.objective.visit_slips import MISTAKES
from course_lib.teach.definitions.card import Card, Case, Mistake


def _visit_cases(rng):
    return [Case(f"{n} visits", (rng.integers(4, size=n), rng.integers(15, size=n), 14, within))
            for n, within in ((6, 7), (25, 3), (40, 7), (12, 1))]


def _back_loop(user, day, last_day, within_days):
    out = []
    for u, d in zip(user, day, strict=True):
        later = (user == u) & (day > d) & (day <= d + within_days)
        out.append(np.nan if d + within_days > last_day else float(later.any()))
    return np.array(out)


def _back_with(*, first=1, extra=0, censor=True, own=True, spare=0, early=False, open_answer=np.nan,
               on_the_day=True):
    """A wrong answer: days from `first` to within_days + `extra` later count, and a visit is judged when all but `spare`
    days of the window are over; `early`: a yes is told before that; not `on_the_day`: the visit's own day never counts."""
    def wrong(user, day, last_day, within_days):
        out = []
        for i, (u, d) in enumerate(zip(user, day, strict=True)):
            later = (day >= d + first) & (day <= d + within_days + extra) & (np.arange(len(day)) != i)
            later &= ((user == u) | (not own)) & ((day != d) | on_the_day)
            still_open = censor and d + within_days > last_day + spare and not (early and later.any())
            out.append(open_answer if still_open else float(later.any()))
        return np.array(out)
    return wrong


def _on_the_last_of_the_days(user, day, last_day, within_days):
    return _back_with(first=within_days)(user, day, last_day, within_days)


def _been_before(user, day, last_day, within_days):
    """Looks back: was the same person there on one of the days before?"""
    back = [((user == u) & (day < d) & (day >= d - within_days)).any() for u, d in zip(user, day, strict=True)]
    return np.where(day + within_days > last_day, np.nan, np.array(back, float))


def _before_or_after(user, day, last_day, within_days):
    gap = np.abs(day[None, :] - day[:, None])
    back = ((user[None, :] == user[:, None]) & (gap > 0) & (gap <= within_days)).any(1)
    return np.where(day + within_days > last_day, np.nan, back.astype(float))


def _next_row(user, day, *, least):
    """Does the next row hold the same person, at least `least` days later? And how many days later?"""
    gap = np.append(day[1:] - day[:-1], 0)
    return np.append(user[1:] == user[:-1], False) & (gap >= least), gap


def _next_row_with(*, order=True, least=1, put_back=True, early=False):
    """A wrong answer: only the next row is asked, after sorting (or not), the answers are put back (or not), and a yes
    is told early (or not)."""
    def wrong(user, day, last_day, within_days):
        rows = np.lexsort((day, user)) if order else np.arange(len(day))
        same, gap = _next_row(user[rows], day[rows], least=least)
        back = same & (gap <= within_days)
        still_open = (day[rows] + within_days > last_day) & ~(early & back)
        answer = np.where(still_open, np.nan, back.astype(float))
        out = np.empty(len(day))
        out[rows if put_back else np.arange(len(day))] = answer
        return out
    return wrong


def _sorted_and_left_so(user, day, last_day, within_days):
    return came_back(user, day, last_day, within_days)[np.lexsort((day, user))]


def _how_often(user, day, last_day, within_days):
    often = [((user == u) & (day > d) & (day <= d + within_days)).sum() for u, d in zip(user, day, strict=True)]
    return np.where(day + within_days > last_day, np.nan, np.array(often, float))


def _last_visit_unknown(user, day, last_day, within_days):
    later = np.array([((user == u) & (day > d)).any() for u, d in zip(user, day, strict=True)])
    return np.where(later, _back_with(censor=False)(user, day, last_day, within_days), np.nan)


def _until_the_last_visit(user, day, last_day, within_days):
    return came_back(user, day, int(np.max(day, initial=last_day if not len(day) else -10**9)), within_days)


def _unknown_dropped(user, day, last_day, within_days):
    back = came_back(user, day, last_day, within_days)
    return back[~np.isnan(back)]


BACK = Card(
    id="objective.3", title="Who comes back, and who cannot be asked yet", minutes=10, difficulty=3, used_in=(),
    effect=effects_truth.return_rate,
    realistic=sizes.visits,
    task="For each visit: 1 if the same person visits again on one of the next `within_days` days (the same day does not count), 0 if "
         "not. Where the last of those days comes after `last_day`, it is NaN, even if the person is back already. Ask yourself why.",
    shapes="`user`, `day` int [V], in any order; returns float [V].",
    why="The unknown visits are the recent ones. Counting them as 0 makes every policy look worse each day it is watched, and "
        "makes the arm that started later look worst. Among them only a yes can be known already, so counting the early yes would "
        "flatter. Compare the same weekdays and people who joined at the same time, or a change in who is there passes for an "
        "effect. The reference looks only at the next visit: if that is too late, all later ones are.",
    reference=came_back, alternative=_back_loop, cases=lambda rng: [*_visit_cases(rng), *far_requests.visit_cases()],
    by_hand=(Case("one person on days 0, 2 and 9; the log ends on day 10; a week",
                  (np.array([5, 5, 5]), np.array([0, 2, 9]), 10, 7), expected=np.array([1.0, 1.0, np.nan])),
             Case("nobody returns; day 0 can be judged, day 3 not", (np.array([1, 2]), np.array([0, 3]), 7, 7),
                  expected=np.array([0.0, np.nan])),
             Case("back already, but the week is not over", (np.array([4, 4]), np.array([5, 6]), 10, 7),
                  expected=np.array([np.nan, np.nan])),
             *rare_requests.VISITS_BY_HAND),
    mistakes=(
        Mistake("unknown is no", _back_with(censor=False),
                "Visits whose days are not over count as \"did not return\". Nobody can know that yet: they are NaN."),
        Mistake("same day counts", _back_with(first=0),
                "A second visit on the same day counts as a return in your result. Only later days do."),
        Mistake("one day short", _back_with(extra=-1),
                "Your window ends a day early: a return exactly within_days later still counts."),
        Mistake("anyone", _back_with(own=False),
                "You look at everybody's later visits. It has to be the same person."),
        Mistake("an early yes", _back_with(early=True),
                "A visit counts as 1 in your result when the person is back, though its days are not over. Among such visits only a "
                "yes can be known, so they would raise the share: NaN for all of them."),
        Mistake("the latest visit for last_day", _until_the_last_visit,
                "You take the latest visit for the end of the log. The log reaches to `last_day`, also where nobody came on that day."),
        Mistake("unknown on the last day", _back_with(spare=-1),
                "Where the days end exactly on last_day your answer is NaN. They are over then, since the log covers last_day."),
        Mistake("judged a day too soon", _back_with(spare=1),
                "You judge visits whose days end one day after last_day. That day is not in the log: NaN."),
        Mistake("one day long", _back_with(extra=1),
                "Your window is a day too long: a return within_days + 1 days later comes too late."),
        Mistake("no window", _back_with(extra=10**6),
                "Any later visit counts in your result. Only the next within_days days do."),
        Mistake("only the last of the days", _on_the_last_of_the_days,
                "Only a return exactly within_days later counts in your result. Any of the days up to that one does."),
        Mistake("unknown is no, same day counts", _back_with(first=0, censor=False),
                "A visit on the same day counts in your result, and visits whose days are not over count as \"did not return\". Only "
                "later days count, and what is not over is NaN."),
        Mistake("unknown is no, no window", _back_with(extra=10**6, censor=False),
                "You ask whether the person ever visits again. Only the next within_days days count, and where they are not over the "
                "answer is NaN."),
        Mistake("early yes, same day counts", _back_with(first=0, early=True),
                "A second visit on the same day counts, and so does a return within days that are not over. Only later days count, and "
                "what is not over is NaN."),
        Mistake("unknown is -1", _back_with(open_answer=-1.0),
                "Unknown is −1 in your result; a mean would count it. NaN is asked for."),
        Mistake("any other day up to the last", _back_with(first=-10**6, on_the_day=False),
                "Every earlier visit of the person counts as a return, for nothing says that the other day comes later."),
        Mistake("how often", _how_often,
                "You count the later visits. 1 or 0 is asked for: whether there is one."),
        Mistake("one day short, unknown on the last day", _back_with(extra=-1, spare=-1),
                "Your window ends a day early, and days that end on last_day are open. A return exactly within_days later counts, and what ends "
                "on last_day is over."),
        Mistake("looks back", _been_before,
                "You look back: was the person there in the days before? The question is whether they visit again afterwards."),
        Mistake("before or after", _before_or_after,
                "You take the distance between visits without its sign, so an earlier visit counts as a return. Only later days do."),
        Mistake("the next row as it comes", _next_row_with(order=False),
                "You look at the next row only, and the rows come in any order. Sort by person and day first."),
        Mistake("stopped by a visit on the same day", _next_row_with(),
                "After sorting you look at the next row only. Where that is a visit on the same day, the return stands further down."),
        Mistake("the next row, same day counts", _next_row_with(least=0),
                "After sorting you take the next row, whatever its day. Where that is a second visit on the same day it does not count; "
                "the return stands further down."),
        Mistake("left in sorted order", _sorted_and_left_so,
                "The answers are right but stand in the order of persons and days. Put them back in the order of the rows."),
        Mistake("sorted order, the next row", _next_row_with(put_back=False),
                "Your answers stand in sorted order, and a second visit on the same day hides the return behind it. Put them back in the "
                "order of the rows, and look for the next *day*."),
        Mistake("sorted order, the next row, same day counts", _next_row_with(least=0, put_back=False),
                "Your answers stand in sorted order, and a second visit on the same day counts as a return. Put them back in the order of the "
                "rows, and look for the next *day*."),
        Mistake("the next row, an early yes", _next_row_with(early=True),
                "You tell a yes before its days are over, and look at the next row only, which may be a visit on the same day. What is not over "
                "is NaN; and look for the next *day*."),
        Mistake("the next row, same day counts, an early yes", _next_row_with(least=0, early=True),
                "You tell a yes before its days are over, and count a next row on the same day. What is not over is NaN; and look for the next "
                "*day*."),
        Mistake("an early yes, one day short", _back_with(early=True, extra=-1),
                "You tell a yes before its days are over, and your window ends a day early. What is not over is NaN; and a return exactly "
                "within_days later counts."),
        Mistake("an early yes, no window", _back_with(early=True, extra=10**6),
                "Any later visit counts, and a yes is told before the days are over. Only the next within_days days count, and what is not over "
                "is NaN."),
        Mistake("an early yes, unknown on the last day", _back_with(early=True, spare=-1),
                "You tell a yes before its days are over, and take days that end on last_day for open. What is not over is NaN whatever came; "
                "what ends on last_day is over."),
        Mistake("unknown is no, one day short", _back_with(censor=False, extra=-1),
                "Your window ends a day early, and what is not over counts as \"did not return\". A return exactly within_days later counts, and "
                "what is not over is NaN."),
        Mistake("everybody's last visit unknown", _last_visit_unknown,
                "Your answer is NaN where no later visit is in the log. Once the days are over, that is a 0; and where they are not "
                "over, it is NaN whoever came back."),
        Mistake("unknown ones dropped", _unknown_dropped,
                "You leave the unknown visits out. Each visit keeps its place; unknown is NaN."),
        *MISTAKES,
    ),
    hints=("For one visit, three things can be true on the last day of the log: yes, no, cannot be said. When is it the third?",
           "Sort by person and day; then only the next row can answer.",
           "`np.where(day + within_days > last_day, np.nan, answer)` around whatever finds the answer."),
)
