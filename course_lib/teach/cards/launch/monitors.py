"""Exercise on the launch: a monitor, the change net of what changed for everyone."""

import numpy as np

from course_lib.launch.monitors import net_change
from course_lib.teach.cards import effects_truth
from course_lib.teach.cards.launch import far_launches, growth_slips
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
            Case("the treatment loses", (_arm(rng, 30, 0.9), _arm(rng, 20, 1.5))),
            Case("some are new, some are gone, two are alike", (np.array([[0.0, 4], [3, 0], [2, 5], [2, 5], [0, 0], [6, 1]]),
                                                                 np.array([[5.0, 0], [0, 2], [4, 3], [0, 1.5]]))),
            Case("one person in each arm", (np.array([[4.0, 6]]), np.array([[2.0, 2.5]]))),
            Case("a metric with returns, which count below 0", (np.array([[30.0, 45], [-4, 20], [12, -6]]),
                                                                np.array([[25.0, -3], [8, 30], [-2, 9]])))]


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


def _those_who(stay):
    def wrong(treated, control):
        parts = (np.asarray(part, float) for part in (treated, control))
        return net_change(*(part[stay(part)] for part in parts))
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
    reference=net_change, alternative=_net_logs, cases=lambda rng: [*_net_cases(rng), *far_launches.net_cases()],
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
        Mistake("newcomers left out", _those_who(lambda part: part[:, 0] > 0),
                "You leave out people whom the days before do not know. Sums over people hold everyone, also those with a 0."),
        Mistake("those who left are left out", _those_who(lambda part: part[:, 1] > 0),
                "You leave out people who have nothing now. They are part of the change: sums over people hold everyone."),
        Mistake("only who has both", _those_who(lambda part: (part > 0).all(axis=1)),
                "You keep people with something before *and* now. Who came or left is part of the change: sums hold everyone."),
        Mistake("people for columns", _first_people,
                "You sum over the two columns, so that you divide one person by another. Sum over people: `axis=0`."),
        *growth_slips.MISTAKES,
    ),
    hints=("Whatever happens to everybody happens to control. How much did control grow?",
           "Growth is `part.sum(axis=0)`: its second number over its first.",
           "`growth(treated) / growth(control) - 1`."),
)
