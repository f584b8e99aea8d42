"""What the decisions of lesson 15 say in words is what playing them says."""

from itertools import product

import numpy as np
import pytest

from course_lib.teach.cards.sequences import eight_ms, where_made


def worth(decision, choice):
    return np.mean([decision.play(choice, seed) for seed in decision.seeds])


@pytest.mark.parametrize(("decision", "fields", "options"), [
    (eight_ms.WORTH, ("feed", "shop"), eight_ms.TOWERS), (where_made.MADE_WHERE, ("feed", "parts"), where_made.MADE)],
    ids=["tower", "where"])
def test_the_best_is_each_its_own_and_what_costs_is_told_for_every_choice(decision, fields, options):
    every = [dict(zip(fields, pair, strict=True)) for pair in product(options, repeat=2)]
    best = max(every, key=lambda choice: worth(decision, choice))
    assert best == decision.policies["each its own"]
    lost = [worth(decision, best) - worth(decision, choice) for choice in every]
    assert [choice for choice, less in zip(every, lost, strict=True)
            if less > 1 and len(decision.spoke_against(choice)) < 20] == []


def test_kept_keys_and_values_take_the_memory_that_the_card_lets_one_compute():
    assert where_made.cache_gb("feed") == pytest.approx(2e6 * 2 * 4 * 400 * 256 * 2 / 1e9)
    assert 2e6 * 2 * 2 * 50 * 64 * 2 / 1e9 == pytest.approx(51, abs=0.5)         # of the small tower, as the card says


def test_the_faster_the_items_the_more_a_stream_misses():
    late = {system: (where_made.missing(system, "stream", 101) > 0).mean() for system in where_made.SYSTEMS}
    assert late["feed"] > 0.5 and late["parts"] < 0.15           # “almost always in time”
    for system in where_made.SYSTEMS:
        assert (where_made.missing(system, "request", 101) == 0).all()
        shares = [(where_made.missing(system, source, 101) > 0).mean() for source in ("store", "stream", "night")]
        assert (np.diff(shares) > 0).all()
