"""The finished system of the first lesson: on real films where they can be had, else on a made-up service's."""

from __future__ import annotations

from collections.abc import Callable

from course_lib.contracts import Catalog, DataError, Dataset
from course_lib.data import datasets, splits
from course_lib.serving.assemble import film_recommender
from course_lib.serving.recommender import Recommender


def first_system(other: Callable[[], Dataset] | None = None, seed: int = 0) -> tuple[Recommender, Catalog, dict]:
    """(recommender, catalogue, hidden): hidden[user] is an array of items each user took and the system never saw.

    other: makes a data set to use where ML-100K can be neither found nor fetched; a line then says so.
    Raises DataError where there is neither.
    """
    try:
        dataset = datasets.ml100k()
    except DataError as error:
        if other is None:
            raise
        dataset = other()
        print(f"ML-100K is not here, so this runs on {dataset.name}. To get it: course data ml100k. ({error})")
    split = splits.by_user(dataset.interactions, seed=seed)
    hidden = {int(user): part["item"].to_numpy() for user, part in split.test.groupby("user")}
    return film_recommender(dataset, split, seed=seed), dataset.catalog, hidden
