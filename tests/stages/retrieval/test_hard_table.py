"""A small model with hard negatives: what may not be drawn is not, and what is left out decides the verdict."""

import numpy as np

from course_lib.evidence import offline
from course_lib.stages.retrieval.hard_table import held_out_lists, made_up_log, train


def test_the_parts_of_a_log_do_not_overlap_and_are_the_same_for_a_seed():
    taken, later = made_up_log(3)
    assert not (taken & later).any() and (taken.sum(axis=1) == 24).all() and (later.sum(axis=1) == 12).all()
    assert np.array_equal(taken, made_up_log(3)[0])


def test_each_row_is_told_its_own_item_and_all_that_its_person_took():
    taken, later = made_up_log(0)
    asked = []

    def excluded(own, known, ahead):
        asked.append((own, known, ahead))
        return own | known

    train(taken, later, excluded, 1, 5, epochs=1)
    assert sum(len(own) for own, _, _ in asked) == taken.sum()
    assert all((own.sum(axis=1) == 1).all() and (own & ~known).sum() == 0 and not (known & ahead).any()
               for own, known, ahead in asked)


def test_it_learns():
    taken, later = made_up_log(0)
    scores = train(taken, later, lambda own, known, ahead: own | known, 31, 35)
    top = np.argsort(-np.where(taken, -np.inf, scores), axis=1)[:, :20]
    counts = np.where(taken, -np.inf, taken.sum(axis=0))
    by_counts = np.argsort(-counts, axis=1)[:, :20]
    learnt, popular = (offline.recall_at_k(lists, held_out_lists(later), 20).mean() for lists in (top, by_counts))
    assert learnt > popular + 0.05
