"""What an item tower does to films that nobody took in training: a small experiment for a card's `effect`."""

from __future__ import annotations

import numpy as np

from course_lib.teach.cards import effects


def recall_of_new_films(item_tower):
    """Recall@20 on ML-100K among a tenth of the films, taken out of training, as an Estimate over users."""
    from course_lib.evidence import estimate, offline
    from course_lib.stages.retrieval.towers_by_hand import HandmadeTowers

    n_users, n_items, split, _ = effects._films()
    new = np.arange(n_items) % 10 == 3
    train = split.train[~new[split.train["item"]]]
    model = HandmadeTowers(item_tower=item_tower, features=effects.film_content(), log_q=True, epochs=1)
    model.fit(train, n_users, n_items)
    later = split.train[new[split.train["item"]]]
    users, wanted = offline.held_out(later)
    shown = np.where(new, 0.0, -np.inf)
    top = offline.top_items(lambda who: model.score(who) + shown, users, 20, ties="random")
    return estimate.bootstrap(offline.recall_at_k(top, wanted, 20), seed=0)
