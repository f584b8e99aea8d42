"""Families of wrong examination curves and silences: any two slips of the curve, any fraction of looks and clicks."""

import numpy as np

from course_lib.teach.cards.two_slips import in_one, mistakes_of, names, slips, spelled
from course_lib.teach.definitions.card import Mistake
from course_lib.teach.definitions.mistake_kinds import BASE, BOUNDARY, DIRECTION, IGNORED, POPULARITY


def _counts(position, click, n):
    slot = np.asarray(position) - 1
    return np.bincount(slot, click, n), np.bincount(slot, minlength=n).astype(float)


def slipped(rate=lambda clicks, shown: clicks / shown, scale=lambda rate, click: rate / rate[0], last=lambda curve: curve):
    def wrong(position, click, n_positions):
        with np.errstate(all="ignore"):
            clicks, shown = _counts(position, click, n_positions)
            return last(scale(rate(clicks, shown), np.asarray(click, float)))
    return wrong


def _known(curve):
    return curve[~np.isnan(curve)]


def cascade(position, click, n_positions):
    """The chance that nobody clicked further up, as if people read from the top and stopped at their click."""
    with np.errstate(all="ignore"):
        clicks, shown = _counts(position, click, n_positions)
        return np.append(1.0, np.cumprod(1 - clicks / shown)[:-1])


NEW = ("smoothed by one showing", "odds", "by the last", "less the first", "by the second", "by the least", "-1 for unknown",
       "made to fall, NaN left out", "as above")
STEPS = {
    "rate": slips(
        BASE,
        ("clicks", lambda clicks, shown: clicks, "you compare clicks, or clicks over all showings, but it should be clicks a showing at the position"),
        ("showings", lambda clicks, shown: shown, "you compare showings, but it should be clicks a showing"),
        ("silence", lambda clicks, shown: 1 - clicks / shown, "you take the share without a click"),
        ("smoothed", lambda clicks, shown: (clicks + 1) / (shown + 2), "you add clicks and showings that never were"),
        ("smoothed by one showing", lambda clicks, shown: clicks / (shown + 1), "you add a showing to each position"),
        ("upside down", lambda clicks, shown: shown / clicks, "you divide showings by clicks"),
        ("odds", lambda clicks, shown: clicks / (shown - clicks), "you divide by the silences, but it should be by the showings"),
        alone=NEW,
    ),
    "scale": slips(
        BASE,
        ("not relative", lambda rate, click: rate, "you do not divide by the first position's"),
        ("by the mean click", lambda rate, click: rate / click.mean(), "you divide by the overall click rate, but it should be by the first position's"),
        ("by the best", lambda rate, click: rate / np.nanmax(rate), "you divide by the highest, but it should be by the first position's"),
        ("by the sum", lambda rate, click: rate / np.nansum(rate), "you divide by the sum, but it should be by the first position's"),
        ("by the mean", lambda rate, click: rate / np.nanmean(rate), "you divide by the positions' mean, but it should be by the first position's"),
        ("by the one above", lambda rate, click: rate / np.r_[rate[:1], rate[:-1]], "you divide by the position above, but it should be by the first"),
        ("by the last", lambda rate, click: rate / _known(rate)[-1], "you divide by the last position that was shown, but it should be by the first"),
        ("less the first", lambda rate, click: rate - rate[0], "you subtract the first position's, but it should be divided by it"),
        ("by the second", lambda rate, click: rate / rate[1], "you divide by the second position's, but it should be by the first"),
        ("by the least", lambda rate, click: rate / np.nanmin(rate), "you divide by the lowest, but it should be by the first position's"),
        alone=NEW,
    ),
    "last": slips(
        BOUNDARY,
        ("0 for unknown", lambda curve: np.nan_to_num(curve, nan=0.0), "a position never shown is 0, but it should be NaN"),
        ("1 for unknown", lambda curve: np.nan_to_num(curve, nan=1.0), "a position never shown is 1, but it should be NaN"),
        ("-1 for unknown", lambda curve: np.nan_to_num(curve, nan=-1.0), "a position never shown is −1, but it should be NaN"),
        ("dropped", _known, "positions never shown are missing, and they keep their place with NaN"),
        ("cut at 1", lambda curve: np.minimum(curve, 1), "you cut the curve at 1"),
        ("made to fall", np.minimum.accumulate, "you force the curve to fall"),
        ("made to fall, NaN left out", np.fmin.accumulate, "you force the curve to fall and fill what is not known from above"),
        ("as above", lambda curve: curve[np.maximum.accumulate(np.where(np.isnan(curve), 0, np.arange(len(curve))))],
         "a position never shown has the value of the one above, but it should be NaN"),
        ("rounded", lambda curve: np.round(curve, 2), "you round to two places"),
        alone=NEW,
    ),
}
WITHOUT = ("clicks; by the sum", "clicks; 0 for unknown", "clicks; 1 for unknown", "clicks; -1 for unknown",
           "clicks; dropped", "clicks; made to fall, NaN left out", "clicks; as above", "showings; 0 for unknown",
           "showings; 1 for unknown", "showings; -1 for unknown", "showings; dropped",
           "showings; made to fall, NaN left out", "showings; as above", "smoothed; 0 for unknown",
           "smoothed; 1 for unknown", "smoothed; -1 for unknown", "smoothed; dropped",
           "smoothed; made to fall, NaN left out", "smoothed; as above", "smoothed by one showing; 0 for unknown",
           "smoothed by one showing; 1 for unknown", "smoothed by one showing; -1 for unknown",
           "smoothed by one showing; dropped", "smoothed by one showing; made to fall, NaN left out",
           "smoothed by one showing; as above", "not relative; 0 for unknown", "not relative; cut at 1",
           "by the mean click; 0 for unknown", "by the best; 0 for unknown", "by the best; cut at 1",
           "by the sum; 0 for unknown", "by the sum; cut at 1", "less the first; cut at 1")


def _clicks_there(clicks, shown):
    return np.where(shown > 0, clicks, np.nan)


def _clicked_rates(clicks, shown):
    return np.where(clicks > 0, clicks / shown, np.nan)


def _there_or_below(clicks, shown):
    return np.cumsum(clicks[::-1])[::-1]


CURVES = (
    *mistakes_of(slipped, STEPS, WITHOUT, named=names("; ", "curve: {name}"), told=in_one()),
    Mistake("clicks there, never shown is NaN", slipped(rate=_clicks_there),
            "You compare clicks. Positions are not shown equally often: divide the clicks of each position by its own showings first.", POPULARITY),
    Mistake("never clicked is unknown", slipped(rate=_clicked_rates),
            "A position that was shown and never clicked is NaN in your result. Its rate was measured: 0. Unknown is only what was never "
            "shown.", BOUNDARY),
    Mistake("clicked there or below", slipped(rate=_there_or_below),
            "You count clicks at a position or below it, as if whoever clicks had looked at all above. Nothing here says so: take each "
            "position's own click rate.", BASE),
)

# --- 2.2: what stands above the line and below it --------------------------------------------------------------------
def _fraction(above=lambda e, c: e - c, below=lambda e, c: 1 - c):
    def wrong(examination, click_rate):
        e, c = np.asarray(examination, float), np.asarray(click_rate, float)
        with np.errstate(all="ignore"):
            return above(e, c) / below(e, c)
    return wrong


ABOVE = "Above the line stand those who looked and did not click: e − c."
BELOW = "Below it stand all the silent ones: 1 − c."
FRACTION_STEPS = {
    "above": slips(
        IGNORED,
        ("e", lambda e, c: e, ABOVE),
        ("c", lambda e, c: c, ABOVE),
        ("e·(1 − c)", lambda e, c: e * (1 - c), ABOVE),
        ("1 − e", lambda e, c: 1 - e, ABOVE),
        ("1 − c", lambda e, c: 1 - c, ABOVE),
        ("e·c", lambda e, c: e * c, ABOVE),
        ("c − e", lambda e, c: c - e, ABOVE),
        ("e + c", lambda e, c: e + c, ABOVE),
        ("e − e·c²", lambda e, c: e - e * c**2, ABOVE),
        ("c·(1 − e)", lambda e, c: c * (1 - e), ABOVE),
        ("e·(e − c)", lambda e, c: e * (e - c), ABOVE),
        ("(1 − e)·(1 − c)", lambda e, c: (1 - e) * (1 - c), ABOVE),
        ("1 − e + c", lambda e, c: 1 - e + c, ABOVE),
    ),
    "below": slips(
        DIRECTION,
        ("1", lambda e, c: np.ones_like(e), BELOW),
        ("e", lambda e, c: e, BELOW),
        ("1 − e", lambda e, c: 1 - e, BELOW),
        ("c", lambda e, c: c, BELOW),
        ("1 − e·c", lambda e, c: 1 - e * c, BELOW),
        ("1 + c", lambda e, c: 1 + c, BELOW),
        ("1 − e + c", lambda e, c: 1 - e + c, BELOW),
        ("e + c", lambda e, c: e + c, BELOW),
        ("(1 − c)²", lambda e, c: (1 - c)**2, BELOW),
        ("e·(1 − c)", lambda e, c: e * (1 - c), BELOW),
        ("1 − e + e·(1 − c)", lambda e, c: 1 - e + e * (1 - c), BELOW),
        ("(1 − e)·(1 − c)", lambda e, c: (1 - e) * (1 - c), BELOW),
        ("the mean of 1 − c", lambda e, c: np.mean(1 - c) + 0 * c, BELOW),
        ("the sum of 1 − c", lambda e, c: np.sum(1 - c) + 0 * c, BELOW),
    ),
}
FRACTION_WITHOUT = ("e − c over 1", "e − c over e", "e − c over 1 − e", "e − c over 1 − e·c",
                    "e − c over 1 − e + e·(1 − c)", "e − c over the mean of 1 − c", "e over 1", "e over 1 − c",
                    "e over 1 − e + e·(1 − c)", "c over e", "c over 1 − e + e·(1 − c)", "e·(1 − c) over 1",
                    "e·(1 − c) over 1 − c", "e·(1 − c) over e", "e·(1 − c) over 1 − e·c", "e·(1 − c) over (1 − c)²",
                    "e·(1 − c) over e·(1 − c)", "e·(1 − c) over 1 − e + e·(1 − c)", "e·(1 − c) over (1 − e)·(1 − c)",
                    "1 − e over 1", "1 − e over 1 − c", "1 − e over 1 − e + e·(1 − c)", "1 − c over 1",
                    "1 − c over 1 − c", "1 − c over (1 − c)²", "1 − c over 1 − e + e·(1 − c)", "e·c over e",
                    "e·c over e·(1 − c)", "e·c over 1 − e + e·(1 − c)", "c − e over 1 − e + e·(1 − c)",
                    "e + c over e + c", "e + c over 1 − e + e·(1 − c)", "e − e·c² over 1 + c",
                    "e − e·c² over 1 − e + e·(1 − c)", "c·(1 − e) over 1 − e + e·(1 − c)", "e·(e − c) over 1 − c",
                    "e·(e − c) over e", "e·(e − c) over e·(1 − c)", "e·(e − c) over 1 − e + e·(1 − c)",
                    "(1 − e)·(1 − c) over 1 − c", "(1 − e)·(1 − c) over (1 − c)²", "(1 − e)·(1 − c) over e·(1 − c)",
                    "(1 − e)·(1 − c) over 1 − e + e·(1 − c)", "(1 − e)·(1 − c) over (1 − e)·(1 − c)",
                    "1 − e + c over 1 − e + c", "1 − e + c over 1 − e + e·(1 − c)", "e over e", "c over c",
                    "1 − e over 1 − e")


def _relative_to_the_first(examination, click_rate):
    look = np.asarray(examination, float) / examination[0] if len(examination) else np.asarray(examination, float)
    return (look - click_rate) / (1 - np.asarray(click_rate, float))


FRACTIONS = (
    *mistakes_of(
        _fraction, FRACTION_STEPS, FRACTION_WITHOUT, named=spelled("{above} over {below}", above="e − c", below="1 − c"),
        told=spelled("Your answer is that of ({above}) / ({below}). {says}", above="e − c", below="1 − c")),
    Mistake("looks relative to the first", _relative_to_the_first,
            "You divide the chance of a look by that of the first position. `examination` holds chances: use each as it is.", BASE),
)
