"""Slips in the steps of a change net of control: the level, an arm's growth, how the two are joined, what is returned."""

import numpy as np

from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import BASE, DIRECTION, IGNORED, MEAN, OTHER, UNIT

RARE = {"paired": False}


def _both(part):
    return part[(part > 0).all(axis=1)]


def _build(who=lambda part: part, grown=lambda part: part[:, 1].sum() / part[:, 0].sum(), join=lambda t, c: t / c,
           back=lambda factor: factor - 1):
    def wrong(treated, control):
        with np.errstate(all="ignore"):
            return float(back(join(*(grown(who(np.asarray(part, float))) for part in (treated, control)))))
    return wrong


STEPS = {
    "who": (
        Slip("newcomers left out", lambda part: part[part[:, 0] > 0], "People whom the days before do not know are left out.", BASE,
             False, **RARE),
        Slip("those who left are left out", lambda part: part[part[:, 1] > 0], "People who have nothing now are left out.", BASE, False, **RARE),
        Slip("only who has both", _both, "Only people with something before and now are kept.", BASE, False),
    ),
    "grown": (
        Slip("a mean of ratios", lambda part: np.mean(part[:, 1] / part[:, 0]), "You average each person's growth; divide sums.", MEAN,
             False),
        Slip("a median of ratios", lambda part: np.median(part[:, 1] / part[:, 0]), "You take the median of each person's growth; "
             "divide sums.", MEAN, False),
        Slip("growth turned over", lambda part: part[:, 0].sum() / part[:, 1].sum(), "A quotient stands on its head: growth is now ÷ before, and that of the treated goes on top.",
             DIRECTION, False),
        Slip("medians divided", lambda part: np.median(part[:, 1]) / np.median(part[:, 0]), "You divide medians; divide sums.", MEAN, **RARE),
        Slip("changes for growths", lambda part: part[:, 1].sum() / part[:, 0].sum() - 1, "1 is subtracted from each growth; divide the "
             "growths themselves.", BASE, False),
        Slip("sums' changes", lambda part: part[:, 1].sum() - part[:, 0].sum(), "You take the sums' changes for growths; growth is now ÷ "
             "before.", UNIT, **RARE),
        Slip("now alone", lambda part: part[:, 1].mean(), "You leave out what was before; growth is now ÷ before.", IGNORED, False),
        Slip("over both times", lambda part: part[:, 1].sum() / part.sum(), "You divide now by before and now together; growth is "
             "now ÷ before.", BASE, **RARE),
        Slip("over the mean of both times", lambda part: (part[:, 1].sum() - part[:, 0].sum()) / part.sum(), "You divide the change by "
             "before and now together; growth is now ÷ before.", BASE, **RARE),
        Slip("largest kept off zero", lambda part: (part[:, 1].sum() + 1) / (part[:, 0].sum() + 1), "You add 1 to the sums. Both sums "
             "below are above 0: leave them.", OTHER, **RARE),
    ),
    "join": (
        Slip("difference of growths", lambda t, c: t - c, "Control's growth is subtracted; divide by it.", UNIT, False),
        Slip("upside down", lambda t, c: c / t, "A quotient stands on its head: growth is now ÷ before, and that of the treated goes on top.", DIRECTION, False),
        Slip("growths multiplied", lambda t, c: t * c, "The growths are multiplied; divide.", DIRECTION, False),
        Slip("control left out", lambda t, c: t, "Control is left out.", IGNORED, False, **RARE),
        Slip("treated left out", lambda t, c: c, "The treated are left out.", IGNORED, False, **RARE),
        Slip("difference over the treated's growth", lambda t, c: (t - c) / t, "The difference is measured against the treated's own "
             "growth.", BASE, False),
        Slip("difference over control's growth, and 1 less", lambda t, c: (t - c) / c, "The difference over control's growth is the change "
             "already.", BASE, **RARE),
        Slip("difference over the mean growth", lambda t, c: 2 * (t - c) / (t + c), "The difference is measured against the mean of both "
             "growths; measure it against control's.", BASE, **RARE),
    ),
    "back": (
        Slip("no minus 1", lambda factor: factor, "1 is not subtracted in the end.", IGNORED, False),
        Slip("logarithm", np.log, "You return a logarithm.", UNIT, False),
        Slip("1 less the factor", lambda factor: 1 - factor, "You subtract the factor from 1.", DIRECTION, False),
        Slip("absolute value", lambda factor: abs(factor - 1), "You return the absolute value; a loss is below 0.", DIRECTION, False, **RARE),
        Slip("percent", lambda factor: 100 * (factor - 1), "You return percent; a change as a fraction is asked for.", UNIT, False, **RARE),
        Slip("1 added", lambda factor: factor + 1, "You add 1; subtract it.", DIRECTION, **RARE),
    ),
}
WITHOUT = (             # a pair that comes to the same as another mistake
    "only who has both + upside down | growth turned over + upside down | a mean of ratios + no minus 1 | "
    "growth turned over + no minus 1 | growth turned over + 1 less the factor | "
    "changes for growths + no minus 1 | difference of growths + no minus 1 | upside down + no minus 1 | "
    "upside down + logarithm | upside down + 1 less the factor | "
    "difference over the treated's growth + no minus 1 | "
    "difference over the treated's growth + 1 less the factor")
MISTAKES = tuple(mistakes_of(_build, STEPS, WITHOUT))
