"""What the rows of an order study say: a table by model, differences within a seed, the best that reads no order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, DataError
from course_lib.evidence.estimate import Estimate, mean_of_runs

LAST_ITEM = ("item-kNN, last item", "followers of the last item")
READ_ORDER = (*LAST_ITEM, "SASRec", "gSASRec", "generative")
DEALT = ("gSASRec, shuffled", "gSASRec, shuffled, settings as in order")
NETWORKS = ["SASRec", "gSASRec", *DEALT]
FIXED = {"blocks": 1, "learning_rate": 0.003}   # of studies made before networks chose these


def by_model(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a model, the best recall first: recall, ndcg, cold and megabytes, means over seeds; seconds, the median.

    passes: those that were chosen for a network that reads order; NaN for the others. The first seed's seconds hold
    the choice of settings as well, so that a mean would speak of neither.

    rows: of order_study.study or stored, with a column seed.
    """
    held = rows.groupby("model")
    table = held[["recall", "ndcg", "cold", "bytes"]].mean().assign(seconds=held["seconds"].median())
    table["bytes"] /= 1e6
    if "passes" in rows:
        table["passes"] = held["passes"].median()
    return table.rename(columns={"bytes": "megabytes"}).sort_values("recall", ascending=False)


def recalls(studies: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Recall by model and study, means over seeds; last, how many people a seed judged at least.

    The best come first, on average over the studies that all models played. A study named "log, split" stands in
    column (log, split), so that the log is written once above its splits.
    """
    if all(", " in name for name in studies):
        studies = {tuple(name.split(", ", 1)): rows for name, rows in studies.items()}
    table = pd.DataFrame({name: rows.groupby("model")["recall"].mean() for name, rows in studies.items()})
    table = table.loc[table.dropna(axis=1).mean(axis=1).sort_values(ascending=False).index]
    fewest = pd.Series({name: float(rows["people"].min()) for name, rows in studies.items()}, name="people at least")
    return pd.concat([table, fewest.to_frame().T])


def searched(rows: pd.DataFrame) -> bool:
    """Whether the networks of a study chose blocks, rate and passes (up to 24). Else it is of before, when these were
    FIXED but for the passes (up to 12). Raises DataError where only some chose, since they are no rivals then."""
    networks = rows[rows["model"].isin(NETWORKS)]
    chose = networks["passes"].notna() if "passes" in rows else pd.Series(False, networks.index)
    if chose.any() and not chose.all():
        raise DataError(f"{', '.join(networks['model'][~chose].unique())} had fixed settings where others chose; play "
                        f"all networks again: python -m course_lib.trial.order_study.")
    return bool(chose.any())


def named(studies: dict[tuple[str, str], pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """{"log, split": rows}; where networks had fixed settings the name says so: "log, split, fixed settings"."""
    return {", ".join(name if searched(rows) else (*name, "fixed settings")): rows for name, rows in studies.items()}


def settings(rows: pd.DataFrame) -> pd.DataFrame:
    """blocks, learning_rate and passes of each network of a study; passes are NaN where settings were FIXED."""
    networks = rows[rows["model"].isin(NETWORKS)].drop_duplicates("model").set_index("model")
    if not searched(rows):
        networks = networks.assign(**FIXED, passes=np.nan)
    return networks[["blocks", "learning_rate", "passes"]]


def all_settings(studies: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One row a study and a column a network: "2 × 0.001, 11" are two blocks, the learning rate and passes; "1 × 0.003"
    where both were fixed; NaN where it was not played."""
    told = {}
    for name, rows in studies.items():
        told[name] = {network: f"{row.blocks:.0f} × {row.learning_rate:g}" + ("" if np.isnan(row.passes) else
                                                                            f", {row.passes:.0f}")
                      for network, row in settings(rows).iterrows()}
    return pd.DataFrame(told).T.reindex(columns=NETWORKS)


def with_people(studies: dict[str, pd.DataFrame], least: int, column: str = "people") -> dict[str, pd.DataFrame]:
    """The studies whose every seed judged at least so many people. column: "cold_people" counts those who took an item
    that nobody had taken before."""
    return {name: rows for name, rows in studies.items() if rows[column].min() >= least}


def gap(rows: pd.DataFrame, model: str, rival: str, column: str = "recall") -> Estimate:
    """Mean over seeds of `column` of one model less that of another, within each seed; with its interval.

    Raises ArgumentError for a model that is not there, DataError where neither has a value in any seed.
    """
    value = _of(rows, model, column) - _of(rows, rival, column)
    if value.isna().all():
        raise DataError(f"{column} of {model} and {rival} is known in none of {len(value)} seeds.")
    return mean_of_runs(value.dropna().to_numpy())


def times(rows: pd.DataFrame, model: str, rival: str, column: str = "p50_ms") -> Estimate:
    """Mean over seeds of `column` of one model over that of another: of request_times.stored, taken where nothing else
    ran, rather than of a study, beside which other work did."""
    return mean_of_runs((_of(rows, model, column) / _of(rows, rival, column)).to_numpy())


def best_pooled(rows: pd.DataFrame) -> str:
    """The model with the most recall, on average over seeds, among those that read no order: picked on the test."""
    pooled = by_model(rows)["recall"].drop([*READ_ORDER, *DEALT], errors="ignore")
    if pooled.empty:
        raise ArgumentError(f"rows hold {', '.join(rows['model'].unique())}; expected one that reads no order.")
    return pooled.idxmax()


def _of(rows: pd.DataFrame, model: str, column: str) -> pd.Series:
    found = rows[rows["model"] == model].set_index("seed")[column]
    if found.empty:
        raise ArgumentError(f"model is {model!r}; expected one of {', '.join(rows['model'].unique())}.")
    return found.astype(float)


def worth_of_order(studies: dict[str, pd.DataFrame]) -> dict[str, Estimate]:
    """{name: what gSASRec finds more than itself on shuffled histories} of several studies.

    There are two controls: the shuffled network chose its own settings and passes, or took those of the network in
    order. The one that finds more, on average over seeds, is the control, so that order is not told too much.
    """
    told = {}
    for name, rows in studies.items():
        controls = by_model(rows)["recall"].filter(DEALT)
        told[name] = gap(rows, "gSASRec", controls.idxmax())
    return told


def over_pooled(studies: dict[str, pd.DataFrame], model: str = "gSASRec") -> dict[str, Estimate]:
    """{name: what a model finds more than the best that reads no order} of several studies."""
    return {name: gap(rows, model, best_pooled(rows)) for name, rows in studies.items()}


def over_last_item(studies: dict[str, pd.DataFrame], model: str = "gSASRec") -> dict[str, Estimate]:
    """{name: what a model finds more than the better table of the last item} of those studies that have one."""
    told = {}
    for name, rows in studies.items():
        tables = by_model(rows)["recall"].filter(LAST_ITEM)
        if len(tables):
            told[name] = gap(rows, model, tables.idxmax())
    return told


def found_at_widths(exact: np.ndarray, lists: dict[int, list[np.ndarray]], k: int) -> dict[int, np.ndarray]:
    """{beams: float (U,)}: share of the k items that exact scoring puts first which beam search finds.

    exact: float (U, N), log chances. lists: {beams: U int arrays of items, best first}.
    """
    best = np.argsort(-exact, axis=1, kind="stable")[:, :k]
    return {width: np.array([np.isin(top, mine[:k]).mean() for top, mine in zip(best, found, strict=True)])
            for width, found in lists.items()}
