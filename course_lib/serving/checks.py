"""What a request, and each stage's answer, is held against before it goes on.

A stage may be anyone's code. What is wrong with its answer is an error here, with the stage's name; later it would be a
wrong slate. Letters: B requests, C candidates, K slots.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from course_lib.contracts import ArgumentError, Candidates, Requests, ShapeError, SlateError, Slates, check_shape

STRANGER = np.iinfo(np.int32).max    # an id that nobody has


def check_requests(requests: Requests) -> None:
    """Raise ArgumentError unless slate_size is a whole number of at least 0, users are ids from 0 or -1 (nobody who is
    known), and eligible ascends without repeats."""
    size, eligible = requests.slate_size, np.asarray(requests.eligible)
    if not isinstance(size, (int, np.integer)) or size < 0:
        raise ArgumentError(f"slate_size is {size!r}; expected a whole number of slots, at least 0.")
    if (requests.user < -1).any():
        row = int(np.argmax(requests.user < -1))
        raise ArgumentError(f"user is {requests.user[row]} in request {requests.request_id[row]}; expected ids from 0, "
                            f"or -1 for somebody unknown.")
    if eligible.ndim != 1:
        raise ArgumentError(f"eligible has shape {eligible.shape}; expected item ids, (N,).")
    wrong = eligible[1:] <= eligible[:-1]
    if wrong.any():
        place = int(np.argmax(wrong))
        raise ArgumentError(f"eligible holds item {eligible[place + 1]} behind {eligible[place]}, at {place + 1}; "
                            f"expected ascending ids, each once. Pass np.unique(eligible).")


def strangers_apart(requests: Requests) -> Requests:
    """requests in which user -1 stands as STRANGER, whom no table has a row of: as the number of a row, -1 would be the
    last one, and a stage would answer for somebody else. The same object where there is no user -1."""
    if not (requests.user < 0).any():
        return requests
    return replace(requests, user=np.where(requests.user < 0, STRANGER, requests.user).astype(np.int32))


def check_candidates(found: Candidates, size: int, who: str) -> Candidates:
    """found as arrays. Raises ShapeError unless it has a row for each of size requests, ArgumentError unless its items
    are whole numbers of at least -1, SlateError where a row holds an item twice. who: whose answer it is."""
    item, score = _whole(np.asarray(found.item), who), np.asarray(found.score)
    check_shape(item=(item, "BC"), score=(score, "BC"))
    if len(item) != size:
        raise ShapeError(f"{who} answered {len(item)} of {size} requests; expected a row for each.")
    ordered = np.sort(item, axis=1)
    twice = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)
    if twice.any():
        row, place = np.argwhere(twice)[0]
        raise SlateError(f"the {who} returns item {ordered[row, place]} twice in row {row}. Merge its sources "
                         f"without repeats.")
    return Candidates(item, score)


def doubts(found: Candidates) -> dict[int, str]:
    """{row: reason} where the retriever's answer is odd, yet no reason to throw it away: a ranker may do without its
    score."""
    nan = np.isnan(found.score) & (found.item >= 0)
    return dict.fromkeys(np.flatnonzero(nan.any(axis=1)).tolist(), "the retriever's score is NaN")


def _whole(item: np.ndarray, who: str) -> np.ndarray:
    """item as integers of at least -1, or ArgumentError naming the first that is none."""
    if item.dtype.kind in "iu" and item.min(initial=0) >= -1:
        return item
    with np.errstate(invalid="ignore"):
        ids = item.astype(np.int64)
    wrong = (ids < -1) | (ids != item)
    if wrong.any():
        where = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise ArgumentError(f"the {who} returns item {item[where]} at {where}; expected ids from 0, and -1 "
                            f"for padding.")
    return ids


def kept_by(rule, requests: Requests, item: np.ndarray) -> np.ndarray:
    """bool (B, C): which of item the filter `rule` keeps. Raises ShapeError where it answers in another shape,
    ArgumentError on NaN, which is neither yes nor no."""
    answer = np.asarray(rule.keep(requests, item))
    if answer.shape != item.shape:
        raise ShapeError(f"filter '{rule.reason}' returned {answer.shape}; expected {item.shape}.")
    if answer.dtype.kind == "f" and np.isnan(answer).any():
        raise ArgumentError(f"filter '{rule.reason}' returned NaN; expected True or False.")
    return np.asarray(answer, bool)


def check_scores(score, item: np.ndarray) -> np.ndarray:
    """The ranker's scores as float, or ShapeError unless there is one for each of item, (B, C)."""
    score = np.asarray(score, float)
    if score.shape != item.shape:
        raise ShapeError(f"the ranker returned {score.shape}; expected {item.shape}, one score a candidate, padding "
                         f"included.")
    return score


def check_slates(slates: Slates, requests: Requests, given: np.ndarray) -> Slates:
    """slates, or SlateError where they show an item that is not among given, int (B, C), or one twice; ShapeError
    where there are more slots than were asked for."""
    shown = slates.check(requests).item
    if shown.shape[1] > requests.slate_size:
        raise ShapeError(f"the re-ranker returned {shown.shape[1]} slots; expected {requests.slate_size} at most.")
    strange = (shown != -1) & ~(shown[:, :, None] == given[:, None, :]).any(axis=2)
    if strange.any():
        row, slot = np.argwhere(strange)[0]
        raise SlateError(f"the re-ranker shows item {shown[row, slot]} at position {slot + 1}, which it was not given. "
                         f"Choose only from its candidates: the others have not passed the filters.")
    return slates
