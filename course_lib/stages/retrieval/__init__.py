"""Retrieval: the few hundred items, of millions, that a user may want. Towers, losses, negatives, baselines, blend."""
