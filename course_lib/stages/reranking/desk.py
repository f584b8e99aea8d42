"""The desk of a re-ranker: people, their candidates with scores, and what is like what, from a set of films."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_lib.contracts import ArgumentError
from course_lib.stages.reranking.diversity import normalised
from course_lib.stages.retrieval.baselines import EASE


@dataclass(frozen=True)
class Desk:
    """All that a re-ranker needs of a set of films.

    users: int (U,). wanted: a list of held-out items a person. candidates: int (U, C), unseen items, best first.
    relevance: float (U, C), their scores stretched to 0…1. multi_hot: float (N, G), which genres an item has.
    direction: float (N, G), the same at unit length. genre: float (N, G), the same as shares. target: float (U, G),
    each person's mix over the history. n_items: N.
    """

    users: np.ndarray
    wanted: list
    candidates: np.ndarray
    relevance: np.ndarray
    multi_hot: np.ndarray
    direction: np.ndarray
    genre: np.ndarray
    target: np.ndarray
    n_items: int

    def likeness(self, row: int) -> np.ndarray:
        """float (C, C): cosine of the genres of one person's candidates."""
        unit = self.direction[self.candidates[row]]
        return unit @ unit.T


def names_of(films) -> list[str]:
    """The genres of a set of films, in the order of the columns of its content."""
    return sorted({word for words in films.catalog.items["genres"] for word in words.split("|")} - {""})


def desk_of(films, train, users, wanted, each: int = 100) -> Desk:
    """A desk: EASE, fitted on `train`, finds each person's `each` best unseen films.

    films: a Dataset whose content begins with a column a genre. train: its training events. users: int (U,). wanted:
    a list of held-out items a person.
    """
    model = EASE().fit(train, films.n_users, films.n_items)
    candidates = model.recommend(users, each)
    score = np.take_along_axis(model.score(users), candidates, axis=1)
    multi_hot = films.catalog.content[:, :len(names_of(films))]
    direction = multi_hot / np.maximum(np.linalg.norm(multi_hot, axis=1, keepdims=True), 1e-9)
    genre = multi_hot / np.maximum(multi_hot.sum(1, keepdims=True), 1e-9)
    history = train.groupby("user")["item"].agg(list)
    target = np.array([genre[history[user]].mean(axis=0) for user in users])
    target = target / np.maximum(target.sum(axis=1, keepdims=True), 1e-9)
    return Desk(users, wanted, candidates, normalised(score), multi_hot, direction, genre, target, films.n_items)


def slates(rule: Callable, desk) -> np.ndarray:
    """int (people, K): the items of every person's slate.

    rule: function of (row, desk) that returns int (K,), places among that person's candidates. Raises ArgumentError
    for a rule whose slates differ in length.
    """
    places = [np.asarray(rule(row, desk)) for row in range(len(desk.users))]
    lengths = sorted({len(each) for each in places})
    if len(lengths) > 1:
        raise ArgumentError(f"slates have {lengths} slots; expected one length for all people.")
    return np.take_along_axis(desk.candidates, np.array(places), axis=1)
