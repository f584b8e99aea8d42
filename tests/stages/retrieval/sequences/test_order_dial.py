"""The dial from no order to nothing but order, and who finds what on it."""

import numpy as np
import pytest

from course_lib.contracts import ArgumentError
from course_lib.stages.retrieval.sequences.order_dial import GROUPS, TOWERS, Chain, found, found_late, made_sequences


def test_at_zero_the_order_brings_nothing_and_takes_no_slots():
    none = Chain(last=0.0)
    assert found("pooled", none) == pytest.approx(0.5, abs=0.03)
    assert found("sequence", none) == found("last item", none) == found("pooled", none)


@pytest.mark.parametrize("last", [0.0, 0.02, 0.05, 0.07, 0.08, 0.3, 0.9])
@pytest.mark.parametrize("before", [0.0, 0.05, 0.1])
def test_who_knows_more_never_finds_less(last, before):
    chain = Chain(last, before, seen=200)
    worth = [found(tower, chain, people=40_000) for tower in ("pooled", "last item", "sequence")]
    assert (np.diff(worth) > -0.01).all(), worth
    assert found("sequence of last night", chain, people=40_000) > worth[0] - 0.01


def test_each_person_takes_a_follower_of_their_own():
    item = made_sequences(Chain(last=1.0), people=400)["item"].to_numpy().reshape(400, 12)
    followed = {}
    for first, second in item[:, :2]:
        followed.setdefault(first, set()).add(second)
    assert max(map(len, followed.values())) > 1


def test_the_further_the_dial_the_more_the_last_item_is_worth():
    worth = [found("last item", Chain(last)) - found("pooled", Chain(last)) for last in (0.0, 0.2, 0.5, 0.9)]
    assert worth[0] == 0 and (np.diff(worth) > 0.05).all()


def test_the_one_before_needs_who_reads_it_and_last_night_comes_too_late():
    deep = Chain(last=0.3, before=0.3)
    assert found("sequence", deep) > found("last item", deep) + 0.1
    assert found("sequence of last night", deep) < found("last item", deep) - 0.1
    alone = Chain(last=0.3, before=0.3, requests=1)
    assert found("sequence of last night", alone) == pytest.approx(found("sequence", deep), abs=0.05)


def test_what_was_never_seen_to_follow_is_not_known():
    assert found("last item", Chain(0.5, seen=1)) < found("last item", Chain(0.5, seen=100)) - 0.1


def test_what_has_not_arrived_is_not_read():
    deep = Chain(last=0.3, before=0.3)
    all_there, last_late, both_late = (found_late(deep, np.full(4000, late)) for late in (0, 1, 2))
    assert all_there == pytest.approx(found("sequence", deep), abs=0.05)
    assert all_there - last_late == pytest.approx(0.3, abs=0.05)
    assert last_late - both_late == pytest.approx(0.3, abs=0.05)


def test_made_sequences_follow_the_dial():
    table = made_sequences(Chain(last=0.0), people=300)
    assert (table.groupby("user")["item"].agg(lambda item: np.unique(item % GROUPS).size) == 1).all()
    table = made_sequences(Chain(last=1.0), people=300)
    following = table["item"].to_numpy().reshape(300, 12)
    pairs = np.unique(np.stack([following[:, :-1].ravel(), following[:, 1:].ravel()]), axis=1)
    assert np.bincount(pairs[0]).max() <= 3
    assert (made_sequences(Chain(), seed=2) == made_sequences(Chain(), seed=2)).all(axis=None)


def test_impossible_dials_are_refused():
    with pytest.raises(ArgumentError, match="last is 0.8"):
        Chain(last=0.8, before=0.5)
    with pytest.raises(ArgumentError, match="expected one of pooled"):
        found("best", Chain())
    assert len(TOWERS) == 4
