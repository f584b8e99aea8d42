"""The reference: who stayed with what, in clicks and in content, and what is good for everybody. Refitted every night.

A person's taste is the mean content of what they stayed with (or bought), beside that of all. EASE knows what goes
together, content knows it of items that are new, and the rate of an item, shrunk, says what keeps its promise.
"""

import numpy as np

from course_lib.contracts import Slates, best_k
from course_lib.stages.retrieval.baselines import EASE

OF_CONTENT, OF_RATE, SHRINK = 2.0, 0.5, 200.0


class System:
    def fit(self, log):
        shown = log.impressions
        good = shown[(shown["click"] > 0) & (shown["dwell_s"] >= 30)]
        n_users, n_items = 1 + shown["user"].max(), len(log.catalog.items)
        self.model = EASE(l2=100.0).fit(good, n_users, n_items)
        self.content = log.catalog.content
        self.taste = np.zeros((n_users, self.content.shape[1]))
        np.add.at(self.taste, good["user"].to_numpy(), self.content[good["item"].to_numpy()] - self.content.mean(0))
        self.taste /= 3.0 + np.bincount(good["user"], minlength=n_users)[:, None]
        seen = np.bincount(shown["item"], minlength=n_items)
        kept = np.bincount(good["item"], minlength=n_items)
        usual = kept.sum() / seen.sum()
        self.rate = np.log((kept + SHRINK * usual) / (seen + SHRINK) / usual)

    def score(self, requests):
        known = np.minimum(requests.user, len(self.taste) - 1)
        linear = self.model.score(known)
        linear = linear / (linear.std(axis=1, keepdims=True) + 1e-9)
        like = self.taste[known] @ self.content.T
        like = like / (like.std(axis=1, keepdims=True) + 1e-9)
        total = linear + OF_CONTENT * like + OF_RATE * self.rate
        total[requests.user >= len(self.taste)] = self.rate
        hidden = np.ones(total.shape[1], bool)
        hidden[requests.eligible] = False
        total[:, hidden] = -np.inf
        return total

    def candidates(self, requests):
        return best_k(self.score(requests), 100)

    def slates(self, requests):
        return Slates.certain(best_k(self.score(requests), requests.slate_size))
