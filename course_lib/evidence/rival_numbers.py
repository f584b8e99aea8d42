"""Which number of a log puts rival rankers in the order of their worth: the numbers, and how often a pair agrees."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from course_lib.contracts import DataError, ndcg_of_hits
from course_lib.evidence.auc import auc, grouped_auc
from course_lib.evidence.offline import calibration_error
from course_lib.evidence.panel import worth

NUMBERS = ("AUC", "calibration", "NDCG in a request", "AUC in a request", "AUC in a request, random slots")


def numbers_of(predict: Callable, held: pd.DataFrame, random: pd.DataFrame, panel: dict,
               request_auc: Callable = grouped_auc) -> list[float]:
    """The NUMBERS of one ranker, more is better, and last its worth.

    predict(table) -> (n,), probabilities. held: held-out rows of the log. random: rows of a day of random slots. panel:
    from `panel_of`. request_auc(score, label, group) -> float.
    """
    score, shuffled, click = predict(held), predict(random), held["click"].to_numpy()
    request = held["request_id"].to_numpy()
    return [auc(score, click), -calibration_error(score, click), ndcg_in_request(score, click, request),
            request_auc(score, click, request),
            request_auc(shuffled, random["click"].to_numpy(), random["request_id"].to_numpy()),
            worth(predict, panel).mean()]


def ndcg_in_request(score: np.ndarray, click: np.ndarray, request: np.ndarray) -> float:
    """Mean NDCG of the requests with a click, when a request's rows are put in the order of their scores.

    score: float (n,), equal ones in the order given. click: 0/1 (n,). request: int (n,). A click at place k gains
    1/log2(k + 1), over what the best order would gain. Raises DataError where no request has a click.

    Source: Järvelin & Kekäläinen 2002, doi:10.1145/582415.582418.
    """
    rows = pd.DataFrame({"click": np.asarray(click) == 1, "request": request, "score": score})
    rows = rows.sort_values(["request", "score"], ascending=[True, False], kind="stable")
    place = rows.groupby("request").cumcount().to_numpy()
    row = pd.factorize(rows["request"])[0]
    if not rows["click"].any():
        raise DataError("no request has a click, so there is no order to judge. Take more requests.")
    hit = np.zeros((row.max() + 1, place.max() + 1), bool)
    hit[row, place] = rows["click"]
    return float(np.nanmean(ndcg_of_hits(hit, hit.sum(axis=1))))


def agreement(rows: np.ndarray) -> float:
    """Of all pairs of rankers, the share in which the higher number belongs to the better one; ties count half.

    rows: float (n, 2), number and worth. Pairs of one worth are left out.
    """
    number, value = rows.T
    right = np.sign(number[:, None] - number) * np.sign(value[:, None] - value)
    return ((right + 1) / 2)[value[:, None] != value].mean()


def factor_off(rows: np.ndarray) -> float:
    """By which factor the mean of the first column misses that of the second, whichever way; 1 is not at all.

    rows: float (n, 2), such as predicted and happened.
    """
    predicted, happened = rows.mean(axis=0)
    return max(predicted / happened, happened / predicted)
