"""The journey's picture and words: for a full answer, for a fallback, small enough to be stored."""

import numpy as np
import pandas as pd

from course_lib.contracts import Candidates, Catalog, DataError, Dataset, Requests
from course_lib.data import splits
from course_lib.serving import first_system
from course_lib.serving.ladder import PopularFallback
from course_lib.serving.recommender import Recommender
from course_lib.stages.reranking.reranker import MMRReranker
from course_lib.teach.show import journey, system_map

N = 400


class Toy:
    broken = False

    def retrieve(self, requests, n):
        if self.broken:
            raise RuntimeError("no index")
        return Candidates(np.tile(np.arange(n, dtype=np.int32), (len(requests), 1)), np.tile(-np.arange(n) / n, (
            len(requests), 1)))


def answer(broken=False):
    toy = Toy()
    toy.broken = broken
    popular = PopularFallback(pd.DataFrame({"item": np.arange(N)}), N)
    system = Recommender(toy, reranker=MMRReranker(np.eye(N)), n_retrieve=100, fallback=popular)
    return system.recommend(Requests.of(1, eligible=np.arange(N)))


def test_the_picture_is_a_small_png():
    names = [f"A film with a rather long title, number {i}" for i in range(N)]
    png = journey.draw(answer(), names)._repr_png_()
    assert png[:4] == b"\x89PNG" and len(png) < 80_000
    assert system_map.draw()._repr_png_()[:4] == b"\x89PNG"


def test_a_fallback_can_be_drawn_too(recwarn):
    assert journey.draw(answer(broken=True), [f"film {i}" for i in range(N)])._repr_png_()[:4] == b"\x89PNG"


def test_words_name_items():
    trace = answer().trace
    assert journey.tell(trace, 0, [f"Film {i}" for i in range(N)]) == "not lost: “Film 0” is shown at position 1"


def test_names_are_titles_or_what_is_public():
    titles = Catalog(pd.DataFrame({"title": ["A", "B"], "category": [0, 1]}), np.zeros((2, 1)))
    assert journey.names_of(titles) == ["A", "B"]
    plain = Catalog(pd.DataFrame({"category": [0, 1]}), np.zeros((2, 1)))
    assert journey.names_of(plain) == ["item 0 (category 0)", "item 1 (category 1)"]


def test_without_the_films_the_lesson_says_so_and_runs_on_what_it_is_given(monkeypatch, capsys):
    def gone():
        raise DataError("no network")

    rng = np.random.default_rng(0)
    taken = np.concatenate([rng.permutation(30)[:10] for _ in range(20)])
    table = pd.DataFrame({"user": np.repeat(np.arange(20), 10), "item": taken, "time": 1.0})
    other = Dataset("a made-up service", table, Catalog(pd.DataFrame(index=np.arange(30)), np.zeros((30, 2))),
                    pd.DataFrame(index=np.arange(20)))
    monkeypatch.setattr(first_system.datasets, "ml100k", gone)
    monkeypatch.setattr(first_system, "film_recommender", lambda dataset, split, seed: dataset.name)
    system, catalog, hidden = first_system.first_system(lambda: other)
    assert system == "a made-up service" and catalog is other.catalog
    assert "runs on a made-up service" in capsys.readouterr().out
    test = splits.by_user(table, seed=0).test
    assert sum(map(len, hidden.values())) == len(test)
