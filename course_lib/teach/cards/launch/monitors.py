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
            Case("both grow many times over", (np.array([[1.0, 30], [2, 45]]), np.array([[3.0, 40], [4, 72]]))),
            Case("one grows, the other falls", (np.array([[1.0, 30], [2, 45]]), np.array([[8.0, 4], [6, 4]]))),
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


def _by_growth(rule):
    """A wrong way from the two growths to the change."""
    return lambda treated, control: rule(_growth(treated), _growth(control))


def _by_level(level, rule):
    """A wrong change from the levels (means or sums) before and now of both arms."""
    def wrong(treated, control):
        return rule(*(part for arm in (treated, control) for part in level(np.asarray(arm, float), axis=0)))
    return wrong


def _own_growth(middle, rule):
    """A middle of each person's own growth in place of the growth of the sums."""
    def wrong(treated, control):
        grown = [middle(np.asarray(part, float)[:, 1] / np.asarray(part, float)[:, 0]) for part in (treated, control)]
        return rule(*grown)
    return wrong


def _first_people(treated, control):
    grown = [np.asarray(part, float).sum(axis=1) for part in (treated, control)]
    return grown[0][1] / grown[0][0] / (grown[1][1] / grown[1][0]) - 1


NET = Card(
    id="launch.4", title="A change, net of what changed for everyone", minutes=8, difficulty=2, used_in=("this lesson", "{{interview}}"),
    effect=effects_truth.change_net_of_the_calendar,
    task="The days before a launch and the days since differ by more than the launch. Take the growth of the treated (now "
         "÷ before, of the sums over people), divide it by the growth of control in the same days, and subtract 1.",
    shapes="`treated`, `control` float [U, 2], one row a person: a metric before and now; both sums before and control's "
           "now are above 0; returns a number, 0 where both moved alike.",
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
                "Your quotient stands on its head. Growth is now ÷ before, and that of the treated goes on top."),
        Mistake("a mean of ratios", _mean_of_ratios,
                "You average each person's growth. Those with few clicks before then weigh as much as all others: divide sums."),
        Mistake("no minus 1", lambda treated, control: _growth(treated) / _growth(control),
                "You return the factor. The change is the factor minus 1: 0 where both moved alike."),
        Mistake("before and after, no minus 1", _by_growth(lambda t, c: t),
                "You return the growth of the treated. Divide it by control's, which lived through the same days, and subtract 1."),
        Mistake("control's growth", _by_growth(lambda t, c: c - 1),
                "You return what control went through. That is what the change of the treated must be net of."),
        Mistake("control's growth, no minus 1", _by_growth(lambda t, c: c),
                "You return control's growth. It goes below that of the treated; then subtract 1."),
        Mistake("changes divided", _by_growth(lambda t, c: (t - 1) / (c - 1)),
                "You divide one change by the other. Divide the *growths* (now ÷ before), then subtract 1."),
        Mistake("changes divided, minus 1", _by_growth(lambda t, c: (t - 1) / (c - 1) - 1),
                "You subtract 1 from each growth before you divide, and once more after. Divide the growths, then subtract 1 once."),
        Mistake("difference over the treated's growth", _by_growth(lambda t, c: (t - c) / t),
                "You measure the difference of growths against the treated's own. Measure it against control's: t / c − 1."),
        Mistake("logarithm", _by_growth(lambda t, c: np.log(t / c)),
                "You return the logarithm of the factor. The change is the factor minus 1."),
        Mistake("growths multiplied", _by_growth(lambda t, c: t * c - 1),
                "You multiply the growths. What everyone went through has to be divided out."),
        Mistake("upside down, no minus 1", _by_growth(lambda t, c: c / t),
                "Your quotient stands on its head, and 1 is still to be subtracted: growth of the treated ÷ growth of control "
                "− 1."),
        Mistake("1 less the factor", _by_growth(lambda t, c: 1 - t / c),
                "You subtract the factor from 1: a gain then looks like a loss."),
        Mistake("difference of differences, sums", _by_level(np.sum, lambda t0, t1, c0, c1: (t1 - t0) - (c1 - c0)),
                "You subtract the sums' changes. They are in the metric's unit and grow with the number of people: divide "
                "growth by growth."),
        Mistake("difference of differences, means", _by_level(np.mean, lambda t0, t1, c0, c1: (t1 - t0) - (c1 - c0)),
                "This is the difference of differences of the means, in the metric's unit. A calendar multiplies: divide growth "
                "by growth."),
        Mistake("difference of differences, relative", _by_level(np.mean, lambda t0, t1, c0, c1: (
            (t1 - t0) - (c1 - c0)) / t0),
                "You subtract control's change a person and divide by the treated's past. A calendar multiplies: divide growth by "
                "growth."),
        Mistake("difference of differences, relative to control", _by_level(np.mean, lambda t0, t1, c0, c1: (
            (t1 - t0) - (c1 - c0)) / c0),
                "You subtract changes a person and divide by control's past. A calendar multiplies: divide growth by growth."),
        Mistake("difference of differences, relative to now", _by_level(np.mean, lambda t0, t1, c0, c1: (
            (t1 - t0) - (c1 - c0)) / c1),
                "You subtract changes a person and divide by control's level now. A calendar multiplies: divide growth by "
                "growth."),
        Mistake("now alone, sums", _by_level(np.sum, lambda t0, t1, c0, c1: t1 / c1 - 1),
                "You compare the arms' sums as they are now. The arms are not of one size, and were unlike before: divide "
                "growth by growth."),
        Mistake("before alone", _by_level(np.sum, lambda t0, t1, c0, c1: t0 / c0 - 1),
                "You compare the arms before the launch. Columns are (before, now); divide growth by growth."),
        Mistake("sums for one arm, means for the other", lambda treated, control: (
            np.asarray(treated, float)[:, 1].sum() / np.asarray(treated, float)[:, 0].mean() / _growth(control) - 1),
                "You divide a sum by a mean. Take sums before and now."),
        Mistake("sums now, means before", lambda treated, control: np.asarray(treated)[:, 1].sum() / np.asarray(
            control)[:, 1].sum() / (np.asarray(treated)[:, 0].mean() / np.asarray(control)[:, 0].mean()) - 1,
                "You compare sums now and means before. Take sums (or means) both times."),
        Mistake("growth of everybody", _by_level(np.sum, lambda t0, t1, c0, c1: t1 / t0 / ((t1 + c1) / (t0 + c0)) - 1),
                "You divide by the growth of all people, the treated included. What would have happened without the launch only "
                "control shows."),
        Mistake("a mean of ratios, subtracted", _own_growth(np.mean, lambda t, c: t - c),
                "You average each person's growth and subtract. Divide sums, and then the treated's growth by control's."),
        Mistake("a mean of ratios, no minus 1", _own_growth(np.mean, lambda t, c: t / c),
                "You average each person's growth: divide sums. And the change is the factor minus 1."),
        Mistake("a median of ratios", _own_growth(np.median, lambda t, c: t / c - 1),
                "You take the median of each person's growth. The task compares sums over people."),
        Mistake("people for columns", _first_people,
                "You sum over the two columns, so that you divide one person by another. Sum over people: `axis=0`."),
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
            Case("thirty readers of one", (np.arange(32), np.repeat([1, 0], [30, 2]), 2)),
            Case("a creator without clicks", (rng.integers(0, 4, 15), rng.integers(0, 2, 15), 4)),
            Case("nobody clicked on the first", (rng.integers(50, 54, 15), rng.integers(1, 3, 15), 3))]


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


def _without(value):
    """The right answer, but for creators without clicks."""
    def wrong(user, owner, n_owners):
        found = effective_clickers(user, owner, n_owners)
        return np.where(found > 0, found, value)
    return wrong


def _runs(user, owner, n_owners):
    """Counts of stretches of rows that one person has in a row."""
    user, owner, out = np.asarray(user), np.asarray(owner), np.zeros(n_owners)
    for o in range(n_owners):
        mine = user[owner == o]
        if len(mine):
            count = np.diff(np.r_[0, np.flatnonzero(mine[1:] != mine[:-1]) + 1, len(mine)]).astype(float)
            out[o] = count.sum()**2 / (count**2).sum()
    return out


def _entropy(c):
    share = c / c.sum()
    return np.exp(-(share * np.log(share)).sum())


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
        Mistake("share of the busiest", _each_owner(lambda c: c.max() / c.sum()), "That is the share of the busiest person. "
                "Use all counts: (Σ c)² / Σ c²."),
        Mistake("the busiest person's clicks", _each_owner(np.max), "You return the largest count. Use all counts: "
                "(Σ c)² / Σ c²."),
        Mistake("sum not squared", _each_owner(lambda c: c.sum() / (c**2).sum()),
                "The sum on top is not squared: (Σ c)² / Σ c². Ten times the clicks must be as many people."),
        Mistake("squares by clicks", _each_owner(lambda c: (c**2).sum() / c.sum()),
                "You divide Σ c² by Σ c: the mean count that a click sees. What is asked for is (Σ c)² / Σ c²."),
        Mistake("squares of counts", _each_owner(lambda c: (c**2).sum()), "You return Σ c² alone. It stands below: "
                "(Σ c)² / Σ c²."),
        Mistake("means for sums", _each_owner(lambda c: c.mean()**2 / (c**2).mean()),
                "You take means for sums. That is the *share* of the clickers who count: times their number it is (Σ c)² / Σ c²."),
        Mistake("root", _each_owner(lambda c: c.sum() / np.sqrt((c**2).sum())),
                "You return the root: Σ c / √(Σ c²). Square it, as four equal people have to give 4."),
        Mistake("spread out", _each_owner(lambda c: 1 - (c**2).sum() / c.sum()**2),
                "That is 1 − concentration (Gini and Simpson's index), a share. One over the concentration is a number of people."),
        Mistake("entropy", _each_owner(_entropy),
                "That is the exponential of the entropy: another effective number, milder with a few large counts. The task has "
                "(Σ c)² / Σ c²."),
        Mistake("variance by n less 1", _each_owner(lambda c: len(c) / (1 + c.var(ddof=1) / c.mean()**2) if len(c) > 1 else 1.0),
                "You use a variance with `ddof=1`. (Σ c)² / Σ c² is n / (1 + variance ÷ mean²) with `ddof=0`."),
        Mistake("clicks by squares of people", _each_owner(lambda c: c.sum()**2 / len(c)**2),
                "You divide by the squared number of people. Below stands the sum of squared counts."),
        Mistake("clicks by people, squared on top", _each_owner(lambda c: c.sum()**2 / len(c)),
                "You divide by the number of people. Below stands the sum of squared counts."),
        Mistake("one where nobody clicked", _without(1.0), "You give a creator without clicks 1. It has 0."),
        Mistake("NaN where nobody clicked", _without(np.nan), "You divide 0 by 0 for a creator without clicks. It has 0."),
        Mistake("stretches of one person", _runs,
                "You count stretches of rows, so that a person who comes back counts as another. The rows are in no order: "
                "count by person."),
        Mistake("all creators together", lambda user, owner, n_owners: np.full(
            n_owners, effective_clickers(user, np.zeros(len(user), int), 1)[0]),
                "You put all creators' clicks together. Count apart for each."),
        Mistake("creators without clicks left out", lambda user, owner, n_owners: effective_clickers(
            user, owner, n_owners)[np.unique(owner)],
                "You leave out creators without clicks. Return one value for each of `n_owners`, 0 for those."),
        Mistake("up to the last creator with clicks", lambda user, owner, n_owners: effective_clickers(
            user, owner, n_owners)[:np.max(owner) + 1],
                "Your answer ends with the last creator who has clicks. Return `n_owners` values: `minlength` of bincount."),
    ),
    hints=("First a table of creator × person → clicks; then one number a row.",
           "`np.unique(np.stack([owner, user]), axis=1, return_counts=True)` gives the pairs and their counts.",
           "`np.bincount(pairs[0], count, n_owners)` adds up by creator; do it for `count` and for `count**2`."),
)
