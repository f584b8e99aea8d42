"""Solutions of lesson 02, written blind: from the notebook's text alone."""

import numpy as np
import pandas as pd
from blind_book import wrong


@wrong("feedback.1", "A position that was never shown is filled in from its neighbours.")
def relative_examination(position, click, n_positions):
    rate = pd.Series(click, dtype=float).groupby(np.asarray(position)).mean().reindex(range(1, n_positions + 1))
    return (rate / rate[1]).interpolate().to_numpy()


@wrong("feedback.4", "A chance of a look below 0.1 is lifted to 0.1, which the text does not ask for.")
def click_rate_per_look(click, examination):
    return float(np.mean(click / np.maximum(examination, 0.1)))


@wrong("feedback.5", "A purchase at time 0 is taken for none, as if the number were a flag.")
def window_label(click_time, event_time, as_of, window_s):
    out = []
    for clicked, bought in zip(np.asarray(click_time).tolist(), np.nan_to_num(event_time).tolist(), strict=True):
        end = clicked + window_s
        in_time = bool(bought) and bought <= min(end, as_of)
        out.append(1.0 if in_time else 0.0 if end <= as_of else float("nan"))
    return np.array(out)


@wrong("feedback.6", "A click exactly as old as the fastest delay is left out too, though that delay has come.")
def rate_corrected_for_delay(label, age_s, delays_s):
    old = age_s > np.min(delays_s)
    come = (delays_s[None, :] <= age_s[old][:, None]).mean(1)
    return np.mean(label[old] / come) if old.any() else 0.0


@wrong("feedback.6", "Clicks of which less than three tenths has come are left out, not only those younger than all.")
def rate_corrected_for_delay(label, age_s, delays_s):
    come = (delays_s[None, :] <= age_s[:, None]).mean(1)
    old = come >= 0.3
    return np.mean(label[old] / come[old]) if old.any() else 0.0


@wrong("feedback.7", "An item that was never shown gets 0 and 0 instead of the prior's 1 and 1.")
def posterior(clicks, showings):
    shown = showings > 0
    return np.where(shown, clicks + 1.0, 0.0), np.where(shown, showings - clicks + 1.0, 0.0)
