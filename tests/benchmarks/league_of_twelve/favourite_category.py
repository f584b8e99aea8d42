"""The best rates of the categories that a person stays with."""

import numpy as np

from course_lib.contracts import Slates, best_k


class System:
    def fit(self, log):
        shown = log.impressions
        good = shown[(shown["click"] > 0) & (shown["dwell_s"] >= 30)]
        self.category = log.catalog.items["category"].to_numpy()
        self.liked = np.zeros((1 + shown["user"].max(), 1 + self.category.max()))
        np.add.at(self.liked, (good["user"].to_numpy(), self.category[good["item"].to_numpy()]), 1.0)
        self.liked = (self.liked + self.liked.mean(axis=0)) / (self.liked.sum(axis=1, keepdims=True) + 1.0)
        showings = np.bincount(shown["item"], minlength=len(self.category))
        kept = np.bincount(good["item"], minlength=len(self.category))
        self.rate = (kept + 100 * kept.sum() / showings.sum()) / (showings + 100)

    def score(self, requests):
        liked = self.liked[requests.user.clip(max=len(self.liked) - 1)]
        liked[requests.user >= len(self.liked)] = 1.0
        score = liked[:, self.category] * self.rate
        hidden = np.ones(len(self.rate), bool)
        hidden[requests.eligible] = False
        score[:, hidden] = -np.inf
        return score

    def candidates(self, requests):
        return best_k(self.score(requests), 100)

    def slates(self, requests):
        return Slates.certain(best_k(self.score(requests), requests.slate_size))
