"""Controls of lesson 05's statements on growth, codes, filters and speed: where each must hold, and where not."""

import numpy as np
import pytest
from lesson_functions import functions_of, said

from course_lib.evidence.estimate import bootstrap
from course_lib.stages import ann
from course_lib.stages.ann.curves import Curve, narrowest_beam


@pytest.fixture(scope="module")
def made():
    everything = ann.clustered_vectors(6_101, 64, seed=0)
    return everything[:6_000], everything[6_000:6_100], everything[-1]


@pytest.fixture
def lesson():
    return functions_of("ann")


@pytest.mark.parametrize(("count", "word"), [(lambda n: 40.0, "holds"), (lambda n: n / 10, "does not hold")])
def test_a_count_that_stays_grows_no_faster_than_a_logarithm_and_one_in_proportion_does(lesson, count, word):
    """The wider of two beams finds all, at a count that depends on the size; the lesson fits the exponent."""
    sizes, rng = (1_000, 10_000, 100_000), np.random.default_rng(0)
    lesson |= {"sizes": sizes, "by_size": [Curve((10, 20), np.stack([np.full(50, 0.9), np.full(50, 1.0)]),
                                                 np.stack([np.full(50, 0.5), np.full(50, 1.0)]) * count(n)
                                                 * rng.uniform(0.95, 1.05, 50)) for n in sizes]}
    assert said("5.hnsw_growth", bootstrap(np.arange(50), lesson["exponent"], n_boot=100)) == word


@pytest.mark.parametrize(("numbers_a_byte", "word"), [(8, "holds"), (2, "does not hold")])
def test_codes_of_a_32nd_stay_below_with_every_cell_searched_and_fine_codes_do_not(made, numbers_a_byte, word):
    items, queries, _ = made
    exact = ann.build_index("flat", items).search(queries, 100)[0]
    codes = ann.build_index("ivf_pq", items, nlist=32, m=64 // numbers_a_byte, train_size=6_000)
    found = codes.search(queries, 100, nprobe=32)[0]
    assert said("5.nprobe", bootstrap(ann.index_recall(found, exact), n_boot=100)) == word


@pytest.mark.parametrize(("follows_taste", "rate", "word"), [(False, 1.0, "holds"), (False, 0.5, "holds"),
                                                             (True, 0.1, "does not hold"),
                                                             (False, 0.01, "does not hold")])
def test_dropping_is_enough_where_all_or_half_may_be_shown_and_not_under_a_narrow_filter(made, follows_taste, rate,
                                                                                        word):
    items, queries, point = made
    graph, chance = ann.build_index("hnsw", items, M=16), np.random.default_rng(2).random(len(items))
    place = np.argsort(np.argsort(-(items @ point))) / len(items) if follows_taste else chance
    truth = graph.search(queries, 10, allowed=place < rate, how="brute")[0]
    left = ann.post_filter(graph.search(queries, 100)[0], place < rate, 10)
    assert said("5.filter", bootstrap(ann.index_recall(left, truth), n_boot=100)) == word


@pytest.mark.parametrize("name", ["5.brute", "5.small", "5.speed"])
def test_a_ratio_of_times_holds_where_the_rival_takes_ten_times_as_long_and_not_where_it_takes_a_tenth(lesson, name):
    spent = np.random.default_rng(3).uniform(1, 1.2, 60)
    assert said(name, lesson["times_faster"](10 * spent, spent)) == "holds"
    assert said(name, lesson["times_faster"](spent, 10 * spent)) == "does not hold"


def test_the_graph_of_a_ratio_finds_what_it_is_said_to_find(made):
    """Both ratios with a graph set its beam by narrowest_beam: wide enough, and no wider than has to be."""
    items, queries, _ = made
    graph = ann.build_index("hnsw", items, M=16)
    exact = ann.build_index("flat", items).search(queries, 100)[0]
    beam, share = narrowest_beam(graph, queries, exact, range(100, 400, 10), 0.99)
    assert beam > 100 and share >= 0.99
    assert ann.index_recall(graph.search(queries, 100, ef_search=beam - 10)[0], exact).mean() < 0.99
