"""Twenty features of a ranker as an audit finds them, what each verdict makes of them, and the lists that come of it.

Ten are sound. The others hold one fault each: counted over the whole log, served by a job that stopped, computed by
another path when serving, in another unit, or not there at a request at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from course_lib.contracts import DAY_S, ArgumentError
from course_lib.data.audit import audit, mismatch
from course_lib.data.features import ranking_features
from course_lib.data.two_paths import since_midnight
from course_lib.stages.ranking.ranker import GBDTRanker

VERDICTS = ("keep", "rebuild", "refresh", "drop")
STOPPED_S = 3 * DAY_S       # how long ago the job of the stale features ran last
RENAMED = {"item_clicks_recent": "item_clicks_day", "item_ctr_recent": "item_ctr_day",
           "user_clicks_recent": "user_clicks_day", "user_shown_recent": "user_shown_day",
           "affinity_clicks_recent": "affinity_clicks_day"}
COUNTED = ("item_shown", "item_clicks", "item_ctr", "item_clicks_day", "item_ctr_day", "user_shown", "user_clicks",
           "user_ctr", "user_clicks_day", "user_shown_day", "affinity_shown", "affinity_clicks", "affinity_ctr",
           "affinity_clicks_day")


@dataclass(frozen=True)
class Lineage:
    """Where a feature comes from. counts: what it says. training, serving: how its value is made in each place.
    age_h: of the value when it is read, and the oldest
    that its contract allows. sound: the verdict that is right."""

    counts: str
    training: str
    serving: str
    sound: str

    @property
    def age_h(self) -> tuple[float, float]:
        return {_LIVE: (0.0, 1.0), _NIGHTLY: (STOPPED_S / 3600, 26.0)}.get(self.serving, (np.nan, np.nan))


_AS_OF, _LIVE, _NIGHTLY = "as of the row's request", "stream", "nightly job"
_WHOLE, _AFTER = "GROUP BY over the log", "joined on the request id"
LINEAGE = {
    "item_age_d": Lineage("age of the item", "catalogue", "client", "rebuild"),
    "title_length": Lineage("characters of the title", "catalogue", "catalogue", "keep"),
    "hour": Lineage("hour of the day, UTC", "request time", "request time", "keep"),
    "item_shown": Lineage("times the item was shown", _AS_OF, _LIVE, "keep"),
    "item_clicks": Lineage("its clicks", _AS_OF, _LIVE, "keep"),
    "item_ctr": Lineage("its click rate", _WHOLE, _LIVE, "rebuild"),
    "item_clicks_day": Lineage("its clicks, last day", _AS_OF, _LIVE, "keep"),
    "item_ctr_day": Lineage("its click rate, last day", _AS_OF, _NIGHTLY, "refresh"),
    "user_shown": Lineage("showings to the user", _AS_OF, _LIVE, "keep"),
    "user_clicks": Lineage("clicks of the user", _WHOLE, _LIVE, "rebuild"),
    "user_ctr": Lineage("click rate of the user", _AS_OF, _LIVE, "keep"),
    "user_clicks_day": Lineage("clicks of the user, last day", _AS_OF, _LIVE, "keep"),
    "user_shown_day": Lineage("showings to the user, last day", _AS_OF, _LIVE, "keep"),
    "affinity_shown": Lineage("showings of the category to the user", _AS_OF, _LIVE, "keep"),
    "affinity_clicks": Lineage("clicks of the user in the category", _WHOLE, _LIVE, "rebuild"),
    "affinity_ctr": Lineage("click rate of the user in the category", _AS_OF, _NIGHTLY, "refresh"),
    "affinity_clicks_day": Lineage("clicks there, last day", _AS_OF, _LIVE, "rebuild"),
    "position": Lineage("slot of the row", "impression log", "not known yet", "drop"),
    "dwell_s": Lineage("seconds read after the click", _AFTER, "not known yet", "drop"),
    "clicks_below": Lineage("clicks further down on the page", _AFTER, "not known yet", "drop"),
}
SOUND = {name: card.sound for name, card in LINEAGE.items()}


@dataclass(frozen=True)
class Found:
    """The twenty features in their forms. train, honest: of the training rows, as found and rebuilt; label: their
    clicks. served, live: of the pairs to be ranked, as found and refreshed; rebuilt: as the one definition has them.
    chance: float (people, items), what is true of these pairs."""

    train: pd.DataFrame
    honest: pd.DataFrame
    label: np.ndarray
    served: pd.DataFrame
    live: pd.DataFrame
    chance: np.ndarray


def counted(log: pd.DataFrame, at: pd.DataFrame, group, born_day, title_length, **how) -> pd.DataFrame:
    """The features that exist before a request, as known at each row of `at` (user, item, time); index as `at`."""
    table = ranking_features(log, at, group, **how).rename(columns=RENAMED)[list(COUNTED)]
    item, time = at["item"].to_numpy(), at["time"].to_numpy(float)
    return table.assign(item_age_d=time / DAY_S - np.asarray(born_day)[item],
                        title_length=np.asarray(title_length)[item], hour=time % DAY_S // 3600)


def after_the_click(rows: pd.DataFrame) -> pd.DataFrame:
    """What only a finished page has: position, dwell, and the clicks below each row; index as `rows`."""
    page = rows.sort_values(["request_id", "position"], ascending=[True, False], kind="stable")
    below = page.groupby("request_id")["click"].cumsum() - page["click"]
    return pd.DataFrame({"position": rows["position"].astype(float), "dwell_s": rows["dwell_s"],
                         "clicks_below": below.reindex(rows.index).astype(float)})


def as_found(log, train, pairs, group, born_day, title_length, chance) -> Found:
    """The audit's tables. log: impressions; train: the rows of it to learn from; pairs: (user, item, time) to rank,
    people by items as in chance; group, born_day, title_length: of each item."""
    facts = (group, born_day, title_length)
    honest = counted(log, train, *facts)
    late = counted(log, train.assign(time=log["time"].max() + 1), *facts)
    found = honest.assign(**late[["item_ctr", "user_clicks", "affinity_clicks"]]).join(after_the_click(train))
    live = counted(log, pairs, *facts)
    stopped = counted(log, pairs.assign(time=pairs["time"] - STOPPED_S), *facts)
    served = live.assign(**stopped[["item_ctr_day", "affinity_ctr"]], item_age_d=24 * live["item_age_d"],
                         affinity_clicks_day=since_midnight(log, pairs, group))
    return Found(found[list(LINEAGE)], honest, train["click"].to_numpy(), served, live, chance)


def tables(found: Found, signed: dict) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What a signed audit makes of the features: the training table and the served one, same columns.

    keep: both as found. rebuild: training as of the request, and one definition for both; a feature that no request
    has stays as it is. refresh: the served value is live. drop: in neither. Raises ArgumentError for a missing or an
    unknown feature or verdict.
    """
    if set(signed) != set(LINEAGE) or not set(signed.values()) <= set(VERDICTS):
        raise ArgumentError(f"signed has {sorted(set(signed) ^ set(LINEAGE))} too many or too few, or verdicts other "
                            f"than {VERDICTS}; expected one of these for each of the {len(LINEAGE)} features.")
    train, served = {}, {}
    for name, verdict in signed.items():
        if verdict == "drop":
            continue
        there = name in found.live
        one_path = verdict == "rebuild" and SOUND[name] == "rebuild"
        train[name] = found.honest[name] if one_path else found.train[name]
        fresh = one_path or (verdict == "refresh" and SOUND[name] == "refresh")
        served[name] = (found.live if fresh else found.served)[name] if there else np.full(len(found.live), np.nan)
    return pd.DataFrame(train), pd.DataFrame(served)


def audited(found: Found) -> pd.DataFrame:
    """What an auditor can measure of each feature before anybody is served: a row a feature.

    at_request: is it there. unlike_as_of: share of training rows that differ from those recomputed as of the request.
    unlike_logged: share of served values that differ from those recomputed for the same request. auc, auc_as_of: of
    the feature alone, direction removed, as found and recomputed. age_h, allowed_h. psi. psi_noise: what unmoved
    samples of these sizes exceed in 5%, as text of two digits, which a table rounded to hundredths leaves alone.
    """
    table = audit(found.train, found.served, as_of=found.honest, label=found.label, n_boot=60)
    logged = mismatch(found.served, found.live)
    ages = pd.DataFrame({name: card.age_h for name, card in LINEAGE.items()}, index=["age_h", "allowed_h"]).T
    out = table.join(logged.rename("unlike_logged")).join(ages).rename(
        columns={"at_inference": "at_request", "differs": "unlike_as_of"})
    noise = [f"{limit:.2g}" if np.isfinite(limit) else "" for limit in out["psi_null"].astype(float)]
    return out[["at_request", "unlike_as_of", "auc", "auc_as_of", "unlike_logged", "age_h", "allowed_h",
                "psi"]].assign(psi_noise=noise)


def lineage() -> pd.DataFrame:
    """The cards: what each feature counts, and how its value is made for training and for serving."""
    return pd.DataFrame({name: (card.counts, card.training, card.serving) for name, card in LINEAGE.items()},
                        index=["counts", "in training", "when serving"]).T


def chance_shown(found: Found, signed: dict, seed: int = 0) -> np.ndarray:
    """Mean true chance of a click of each person's ten best-scored items, float (people,), under a signed audit."""
    train, served = tables(found, signed)
    if not len(train.columns):
        return found.chance.mean(axis=1)
    model = GBDTRanker(trees=30, leaves=15, seed=seed).fit(train, found.label)
    score = model.predict(served).reshape(found.chance.shape)
    top = np.argsort(-score, axis=1, kind="stable")[:, :10]
    return np.take_along_axis(found.chance, top, axis=1).mean(axis=1)
