"""Exercises and claims on the launch: two monitors, a change net of what changed for everyone and clicks that come from few people."""

import numpy as np

from course_lib.launch.monitors import effective_clickers, net_change
from course_lib.teach.cards import effects_decisions, effects_truth, sizes
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake


# --- 12.4 ----------------------------------------------------------------------------------------------------------
def _arm(rng, people, factor):
    before = rng.gamma(2, 3, people)
    return np.column_stack([before, before * factor * rng.gamma(20, 1 / 20, people)])


def _net_cases(rng):
    return [Case("a holiday ends for both", (_arm(rng, 40, 0.8), _arm(rng, 40, 0.6))),
            Case("a small treatment arm", (_arm(rng, 5, 1.3), _arm(rng, 60, 1.1))),
            Case("the treatment loses", (_arm(rng, 30, 0.9), _arm(rng, 20, 1.5)))]


def _net_logs(treated, control):
    sums = np.log([np.asarray(part, float).sum(axis=0) for part in (treated, control)])
    grown = sums[:, 1] - sums[:, 0]
    return float(np.expm1(grown[0] - grown[1]))


def _growth(part):
    before, now = np.asarray(part, float).sum(axis=0)
    return now / before


def _mean_of_ratios(treated, control):
    grown = [np.mean(np.asarray(part, float)[:, 1] / np.asarray(part, float)[:, 0]) for part in (treated, control)]
    return grown[0] / grown[1] - 1


def _now_alone(treated, control):
    return np.asarray(treated, float)[:, 1].mean() / np.asarray(control, float)[:, 1].mean() - 1


NET = Card(
    id="launch.4", title="A change, net of what changed for everyone", minutes=8, difficulty=2, used_in=("this lesson", "{{interview}}"),
    effect=effects_truth.change_net_of_the_calendar,
    task="The days before a launch and the days since differ by more than the launch. Take the growth of the treated (now "
         "÷ before, of the sums over people), divide it by the growth of control in the same days, and subtract 1.",
    shapes="`treated`, `control` float [U, 2], one row a person: a metric before and now; returns a number, 0 where both "
           "moved alike.",
    why="A holiday multiplies visits in both arms and drops out of the quotient. What people were like before drops out as "
        "well, so it also corrects for arms that were unlike from the start. It cannot correct for what reaches control too: "
        "spillover, or a seller who attacks both arms.",
    reference=net_change, alternative=_net_logs, cases=_net_cases,
    by_hand=(Case("control falls to half, the treated to three quarters", (np.array([[2.0, 1.0], [2.0, 2.0]]),
                                                                            np.array([[3.0, 1.0], [1.0, 1.0]])), expected=0.5),),
    invariants=(Invariant("a holiday for all changes nothing", lambda fn, rng: np.isclose(
        fn(_arm(np.random.default_rng(1), 20, 1.2) * [1, 3], _arm(np.random.default_rng(2), 20, 0.9) * [1, 3]),
        fn(_arm(np.random.default_rng(1), 20, 1.2), _arm(np.random.default_rng(2), 20, 0.9)))),),
    mistakes=(
        Mistake("before and after", lambda treated, control: _growth(treated) - 1,
                "You compare the treated with their own past. That gives the launch the blame, or the praise, for the calendar."),
        Mistake("now alone", _now_alone,
                "You compare the arms as they are now. What set them apart before the launch counts as its effect."),
        Mistake("difference of growths", lambda treated, control: _growth(treated) - _growth(control),
                "You subtract control's growth. A calendar multiplies: divide by it, then subtract 1."),
        Mistake("upside down", lambda treated, control: _growth(control) / _growth(treated) - 1,
                "Your quotient stands on its head: the growth of the treated goes on top."),
        Mistake("a mean of ratios", _mean_of_ratios,
                "You average each person's growth. Those with few clicks before then weigh as much as all others: divide sums."),
        Mistake("no minus 1", lambda treated, control: _growth(treated) / _growth(control),
                "You return the factor. The change is the factor minus 1: 0 where both moved alike."),
    ),
    hints=("Whatever happens to everybody happens to control. How much did control grow?",
           "Growth is `part.sum(axis=0)`: its second number over its first.",
           "`growth(treated) / growth(control) - 1`."),
)


# --- 12.5 ----------------------------------------------------------------------------------------------------------
def _click_cases(rng):
    return [Case("five creators", (rng.integers(0, 12, 60), rng.integers(0, 5, 60), 5)),
            Case("one account clicks a lot", (np.r_[np.zeros(20, int), rng.integers(1, 9, 20)], np.r_[
                np.zeros(20, int), rng.integers(0, 3, 20)], 3)),
            Case("a creator without clicks", (rng.integers(0, 4, 15), rng.integers(0, 2, 15), 4))]


def _clickers_loop(user, owner, n_owners):
    out = np.zeros(n_owners)
    for creator in range(n_owners):
        mine = np.asarray(user)[np.asarray(owner) == creator]
        count = np.array([np.sum(mine == who) for who in set(mine.tolist())])
        out[creator] = count.sum() ** 2 / (count**2).sum() if len(count) else 0
    return out


def _each_owner(rule):
    """A statistic of each owner's counts of clicks, one count a person."""
    def over(user, owner, n_owners):
        user, owner = np.asarray(user), np.asarray(owner)
        counts = (np.unique(user[owner == o], return_counts=True)[1].astype(float) for o in range(n_owners))
        return np.array([rule(count) if len(count) else 0.0 for count in counts])
    return over


def _elsewhere_too(user, owner, n_owners):
    clicks = np.bincount(user).astype(float)
    return np.array([np.sum(mine) ** 2 / max(np.sum(mine**2), 1) for mine in (
        clicks[np.unique(np.asarray(user)[np.asarray(owner) == o])] for o in range(n_owners))])


CLICKERS = Card(
    id="launch.5", title="How many people are behind these clicks?", minutes=10, difficulty=3, used_in=("this lesson",),
    effect=effects_decisions.bought_clicks_found,
    realistic=sizes.clicks_of_owners,
    task="For every creator, count how often each person clicked its items: c. Return (Σ c)² / Σ c², the **effective number "
         "of clickers**: that of as many people with equal counts. A creator without clicks has 0.",
    shapes="`user` int [E], who clicked; `owner` int [E], whose item it was; `n_owners`; returns float [n_owners].",
    why="Three accounts with a hundred clicks each look like three hundred clicks in every counter and like three people here. "
        "Counting distinct people is fooled by a few real clicks beside the bots; this is not, because a count weighs by its "
        "size. It is a reason to look, not a proof: a small creator with a few faithful readers looks alike.",
    reference=effective_clickers, alternative=_clickers_loop, cases=_click_cases,
    by_hand=(Case("three clicks of one, one of another: 16 / 10", (np.array([7, 7, 7, 2]), np.array([0, 0, 0, 0]), 2),
                  expected=np.array([1.6, 0.0])),
             Case("one each", (np.array([1, 2, 3]), np.array([1, 1, 0]), 2), expected=np.array([1.0, 2.0]))),
    invariants=(Invariant("ten times the clicks of everyone are as many people", lambda fn, rng: np.allclose(
        fn(np.repeat([1, 1, 2], 10), np.zeros(30, int), 1), fn(np.array([1, 1, 2]), np.zeros(3, int), 1))),),
    mistakes=(
        Mistake("clicks", _each_owner(np.sum), "You count clicks. That is the number which bots push up: ask how many people "
                "made them."),
        Mistake("distinct people", _each_owner(len), "You count distinct people. A few real clicks beside a bot's hundred hide "
                "it: weigh each by their clicks, (Σ c)² / Σ c²."),
        Mistake("concentration", _each_owner(lambda c: (c**2).sum() / c.sum() ** 2),
                "That is the concentration (Herfindahl's index). Turn it over: one over it is a number of people."),
        Mistake("clicks a person", _each_owner(np.mean), "That is the mean number of clicks a person. Spread over many people "
                "it says nothing about the one who clicks most."),
        Mistake("counts of all creators", _elsewhere_too, "You weigh people by all their clicks, wherever they were. Count "
                "the clicks on this creator's items alone."),
        Mistake("the busiest alone", _each_owner(lambda c: c.sum() / c.max()),
                "You divide by the busiest person's clicks. Two bots side by side then pass for twice as many people: use all "
                "counts."),
    ),
    hints=("First a table of creator × person → clicks; then one number a row.",
           "`np.unique(np.stack([owner, user]), axis=1, return_counts=True)` gives the pairs and their counts.",
           "`np.bincount(pairs[0], count, n_owners)` adds up by creator; do it for `count` and for `count**2`."),
)
