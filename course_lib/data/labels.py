"""What feedback may mean: three readings of an ignored impression, and purchases that have not arrived yet.

Every function takes the log's impression table (contracts.IMPRESSION_COLUMNS) and leaves it as it was. A click that is
not 0 or 1, or a moment or position that is missing, is refused with its first row: read as "no" it would be a label.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import (
    ArgumentError,
    DataError,
    ShapeError,
    as_count,
    as_ids,
    as_numbers,
    check_labels,
    check_same_keys,
    check_shape,
)


def _need(table: pd.DataFrame, columns: tuple[str, ...], what: str) -> None:
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise DataError(f"{what} lacks the columns {missing}; it has {list(table.columns)}. Pass the log's own table.")
    if table.empty:
        raise DataError(f"{what} has no rows. Run the policy for a day, or check the days that were asked for.")


def relative_examination(position: np.ndarray, click: np.ndarray, n_positions: int) -> np.ndarray:
    """How likely each position is looked at, relative to the first, from impressions whose items stand there at random.

    position: int (E,), from 1. click: 0/1 (E,). Returns float (n_positions,): click rate at k over click rate at 1, so
    the first is 1; NaN where a position was never shown. Raises DataError where position 1 has no click; ArgumentError
    for positions outside 1 … n_positions or clicks that are not 0 or 1; ShapeError.
    """
    click, position = check_labels("click", click), _positions(position, as_count("n_positions", n_positions, 1))
    check_shape(position=(position, "E"), click=(click, "E"))
    shown = np.bincount(position - 1, minlength=n_positions).astype(float)
    clicked = np.bincount(position - 1, weights=click, minlength=n_positions)
    if not clicked[0]:
        raise DataError(f"no click at position 1 among {int(shown[0])} impressions: the curve is relative to it. "
                        f"Use more randomised traffic.")
    rate = np.divide(clicked, shown, out=np.full(n_positions, np.nan), where=shown > 0)
    return rate / rate[0]


def _positions(position, deepest: int) -> np.ndarray:
    position = as_ids("position", position)
    if position.size and not 1 <= position.min() <= position.max() <= deepest:
        raise ArgumentError(f"position runs from {position.min()} to {position.max()}; expected 1 at the top to "
                            f"{deepest} at most.")
    return position


def seen_given_ignored(examination: np.ndarray, click_rate: np.ndarray) -> np.ndarray:
    """P(looked at | not clicked), by Bayes: (e − c) / (1 − c).

    examination, click_rate: float (K,), chances that a position is looked at, and clicked; c ≤ e. Returns float (K,):
    with e = 0.5 and c = 0.1 it is 0.444, so five of nine ignored impressions were never seen. NaN where a position was
    never shown. Raises ArgumentError for chances outside [0, 1].
    """
    examination = as_numbers("examination", examination, 0, 1, missing=True)
    click_rate = as_numbers("click_rate", click_rate, 0, 1, missing=True)
    return np.clip((examination - click_rate) / np.maximum(1 - click_rate, 1e-12), 0, 1)


def skips_and_clicks(click: np.ndarray) -> np.ndarray:
    """Which impressions of each slate may be learnt from: clicks, and what stands above the lowest click.

    click: 0/1 (B, K), positions from the top. Returns bool (B, K); a slate without a click gives a row of False.

    Raises ArgumentError for clicks that are not 0 or 1, ShapeError.

    Source: Joachims et al. 2005 (Click > Skip Above), doi:10.1145/1076034.1076063.
    """
    click = check_labels("click", click) == 1
    check_shape(click=(click, "BK"))
    return np.flip(np.maximum.accumulate(np.flip(click, 1), 1), 1)


def click_rate_per_look(click: np.ndarray, examination: np.ndarray) -> float:
    """Click rate among those who looked, from impressions at any position: the mean of click / P(looked at).

    click: 0/1 (E,). examination: float (E,), in (0, 1], for each impression's position. Each click stands for
    1 / examination looks' worth of showings, so the mean does not depend on where an item happened to stand. Raises
    ArgumentError for chances outside (0, 1] or clicks that are not 0 or 1, DataError without impressions, ShapeError.
    """
    click, examination = check_labels("click", click), as_numbers("examination", examination, np.nextafter(0, 1), 1)
    check_shape(click=(click, "E"), examination=(examination, "E"))
    if not click.size:
        raise DataError("no impressions were passed; expected at least one.")
    return float(np.mean(click / examination))


def window_label(click_time: np.ndarray, event_time: np.ndarray, as_of: float, window_s: float) -> np.ndarray:
    """What is known at `as_of` about each click's outcome within window_s: 1 yes, 0 no, NaN not yet.

    click_time, event_time: seconds, float (E,); event_time NaN where nothing has happened. An event after as_of is not
    known; one exactly window_s after its click still counts. 0 only where the whole window is over by as_of.
    Raises ArgumentError for a click without a time, or an as_of or window that is none; ShapeError.
    """
    click_time, event_time = as_numbers("click_time", click_time), as_numbers("event_time", event_time, missing=True)
    if click_time.shape != event_time.shape:
        raise ShapeError(f"click_time has shape {click_time.shape}, event_time {event_time.shape}; expected one of "
                         f"each a click.")
    _check_window(as_of, window_s)
    with np.errstate(invalid="ignore"):
        happened = (event_time <= as_of) & (event_time - click_time <= window_s)
    return np.where(happened, 1.0, np.where(click_time + window_s <= as_of, 0.0, np.nan))


def _check_window(as_of, window_s=0.0) -> None:
    if np.isnan(as_of) or not window_s >= 0:
        raise ArgumentError(f"as_of is {as_of}, window_s is {window_s}; expected a moment in s and s of at least 0.")


def rate_corrected_for_delay(label: np.ndarray, age_s: np.ndarray, delays_s: np.ndarray) -> float:
    """Outcome rate of young clicks: each outcome known so far stands for 1 / P(an outcome has come by that age).

    label: 0/1 (E,), known so far. age_s: float (E,), seconds since each click. delays_s: float (D,), delays of outcomes
    of old clicks. Clicks younger than every delay say nothing and are left out; NaN if none is left. Raises DataError
    without delays, ArgumentError for NaN or labels that are not 0 or 1, ShapeError.

    Source: the delay model of Chapelle 2014, doi:10.1145/2623330.2623634, with the empirical distribution of delays.
    """
    label, age_s = check_labels("label", label), as_numbers("age_s", age_s)
    check_shape(label=(label, "E"), age_s=(age_s, "E"))
    arrived = _arrived(delays_s, age_s)
    tells = arrived > 0
    return float(np.mean(label[tells] / arrived[tells])) if tells.any() else float("nan")


def _arrived(delays_s, age_s) -> np.ndarray:
    """Share of delays that are over by each age."""
    delays_s = np.sort(as_numbers("delays_s", delays_s))
    if not len(delays_s):
        raise DataError("delays_s is empty: nothing says how late outcomes come. Take delays from older clicks.")
    return np.searchsorted(delays_s, age_s, side="right") / len(delays_s)


def every_ignored(impressions: pd.DataFrame) -> pd.DataFrame:
    """Read every impression that was not clicked as a dislike: label = click, weight 1 for all.

    Returns user, item, position, label (int8), weight (float64), one row an impression.
    """
    _need(impressions, ("user", "item", "position", "click"), "the impression table")
    click = check_labels("click", impressions["click"]).astype(np.int8)
    return impressions[["user", "item", "position"]].assign(label=click, weight=1.0)


def skip_above(impressions: pd.DataFrame) -> pd.DataFrame:
    """Keep clicks, and of the ignored only those above the lowest click of their slate: the eye passed them.

    Returns the columns of `every_ignored` for the rows that stay; requests without a click leave nothing.

    Source: Joachims et al. 2005 (Click > Skip Above), doi:10.1145/1076034.1076063.
    """
    _need(impressions, ("request_id",), "the impression table")
    rows = every_ignored(impressions)
    clicked_at = impressions["position"].where(impressions["click"] == 1, 0)
    lowest = clicked_at.groupby(impressions["request_id"]).transform("max")
    return rows[impressions["position"] <= lowest]


def exposure_weighted(impressions: pd.DataFrame, examination: np.ndarray) -> pd.DataFrame:
    """Weigh each ignored impression by the chance that it was seen at all, given that it was not clicked.

    examination: float (K,), chance in (0, 1] that position k is looked at (position 1 first).
    An ignored impression at k was seen with probability (e_k − ctr_k) / (1 − ctr_k), ctr_k being the click rate
    there; a click is a click, weight 1. Returns the columns of `every_ignored`, one row an impression.

    Source: Bayes' rule on the examination hypothesis, Richardson et al. 2007, doi:10.1145/1242572.1242643.
    Departs: one click rate a position, not one an item; the posterior is an average over what stood there.
    """
    rows = every_ignored(impressions)
    examination = as_numbers("examination", examination)
    _positions(rows["position"], 2**31)
    deepest = int(rows["position"].max())
    if len(examination) < deepest or not ((examination > 0) & (examination <= 1)).all():
        raise ArgumentError(f"examination has {len(examination)} values in [{examination.min(initial=1):g}, "
                            f"{examination.max(initial=0):g}]; expected at least {deepest}, each in (0, 1].")
    rate = rows.groupby("position")["label"].mean()
    seen = dict(zip(rate.index, seen_given_ignored(examination[rate.index - 1], rate), strict=True))
    return rows.assign(weight=np.where(rows["label"] == 1, 1.0, rows["position"].map(seen)))


def examination_curve(impressions: pd.DataFrame, *, n_boot: int = 200, seed: int = 0) -> pd.DataFrame:
    """How likely each position is to be looked at, relative to the first, from slots filled at random.

    impressions: rows of randomised traffic only; where what stands at a position is random, click rates by position
    differ by examination alone. Returns a table by position: relative (1 at position 1), low, high (95 %, bootstrap
    over requests), impressions. A position without a click is not known to be looked at by nobody: it ends at the most
    that none among so many leaves open, over the least that the first position's rate can be. Covers .93 or more from
    about ten clicks at a position on, and at none.
    Raises DataError without clicks at the top, ArgumentError for clicks not 0 or 1.
    """
    _need(impressions, ("request_id", "position", "click"), "the impression table")
    check_labels("click", impressions["click"])
    as_count("n_boot", n_boot, 1)
    clicks = impressions.pivot_table(index="request_id", columns="position", values="click", aggfunc="sum")
    values = clicks.to_numpy(float)
    if not np.nansum(values[:, 0]):
        raise DataError(f"no click at position {clicks.columns[0]} in {len(values)} requests: the curve is relative "
                        "to it. Use more randomised traffic.")
    rng = np.random.default_rng(seed)
    draws = np.array([_relative(values[rng.integers(len(values), size=len(values))]) for _ in range(n_boot)])
    low, high = np.nanpercentile(draws, [2.5, 97.5], axis=0)
    high = np.where(np.nansum(values, axis=0) == 0, _most_of_none(values), high)
    return pd.DataFrame({"relative": _relative(values), "low": low, "high": high,
                         "impressions": np.isfinite(values).sum(0)}, index=clicks.columns)


def _most_of_none(clicks: np.ndarray) -> np.ndarray:
    """By position, the most that its rate over the first position's can be where it has no click: float (K,), 95 %."""
    from statsmodels.stats.proportion import proportion_confint

    shown, first = np.isfinite(clicks).sum(0), np.nansum(clicks[:, 0])
    least = proportion_confint(first, shown[0], method="beta")[0]
    return proportion_confint(np.zeros(len(shown)), shown, method="beta")[1] / least


def _relative(clicks: np.ndarray) -> np.ndarray:
    rate = np.nanmean(clicks, axis=0)
    return rate / rate[0] if rate[0] > 0 else np.full(len(rate), np.nan)


def conversions(impressions: pd.DataFrame, outcomes: pd.DataFrame, *, as_of: float, window_s: float,
                kind: str = "purchase") -> pd.DataFrame:
    """Label each click by what the log knows at `as_of`.

    as_of: seconds; what arrives later is not known. window_s: seconds after the click in which an outcome counts.
    Returns one row a click made before as_of: request_id, user, item, time, label (an outcome has arrived by as_of
    and lies in the window), mature (the whole window is over at as_of: only then is a 0 final). Raises DataError for
    missing columns or keys of two types, ArgumentError for a click that is not 0 or 1, or without a time.
    """
    _need(impressions, ("request_id", "user", "item", "click", "time"), "the impression table")
    check_labels("click", impressions["click"])
    as_numbers("time", impressions["time"])
    _check_window(as_of, window_s)
    for name in ("request_id", "item"):
        check_same_keys(**{f"{name} of impressions": impressions[name], f"{name} of outcomes": outcomes[name]})
    clicks = impressions.loc[(impressions["click"] == 1) & (impressions["time"] < as_of),
                             ["request_id", "user", "item", "time"]]
    known = outcomes[(outcomes["kind"] == kind) & (outcomes["arrival_time"] <= as_of)]
    first = known.groupby(["request_id", "item"], as_index=False)[["event_time", "arrival_time"]].min()
    rows = clicks.merge(first, on=["request_id", "item"], how="left")
    happened, time = as_numbers("event_time", rows["event_time"], missing=True), as_numbers("time", rows["time"])
    rows["label"] = (happened - time <= window_s).astype(np.int8)
    rows["mature"] = rows["time"] + window_s <= as_of
    return rows.drop(columns=["event_time", "arrival_time"])


def arrival_curve(impressions: pd.DataFrame, outcomes: pd.DataFrame, *, as_of: float, window_s: float,
                  kind: str = "purchase") -> np.ndarray:
    """Sorted delays, seconds, from click to the arrival of its outcome, among clicks whose window is over."""
    rows = conversions(impressions, outcomes, as_of=as_of, window_s=window_s, kind=kind)
    rows = rows[rows["mature"] & (rows["label"] == 1)]
    arrived = outcomes[outcomes["kind"] == kind].groupby(["request_id", "item"], as_index=False)["arrival_time"].min()
    rows = rows.merge(arrived, on=["request_id", "item"])
    if rows.empty:
        raise DataError(f"no {kind} among mature clicks at {as_of:g} s with a window of {window_s:g} s; widen the log "
                        "or shorten the window.")
    return np.sort((rows["arrival_time"] - rows["time"]).to_numpy())


def weigh_by_arrival(rows: pd.DataFrame, delays_s: np.ndarray, *, as_of: float) -> pd.DataFrame:
    """Make up for outcomes still under way: each known one stands for 1 / P(an outcome has arrived by now).

    rows: from `conversions`. delays_s: from `arrival_curve`. Returns rows with `weight`: label / F(as_of − time),
    0 where label is 0. The mean of weight is the corrected conversion rate. Clicks younger than every delay seen
    carry no information; their weight is 0 and they should be left out.

    Raises DataError without delays, ArgumentError for NaN.

    Source: the delay model of Chapelle 2014, doi:10.1145/2623330.2623634.
    Departs: the empirical distribution of delays instead of an exponential; one for all items.
    """
    _check_window(as_of)
    arrived = _arrived(delays_s, as_of - as_numbers("time", rows["time"]))
    weight = np.divide(rows["label"].to_numpy(float), arrived, out=np.zeros(len(rows)), where=arrived > 0)
    return rows.assign(weight=weight, arrived=arrived)
