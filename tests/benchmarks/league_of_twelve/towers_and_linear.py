"""Two towers beside EASE: the towers are trained once, and each night their histories take in the day; EASE is anew."""

import warnings

import numpy as np

from course_lib.contracts import Slates, best_k
from course_lib.stages.retrieval.baselines import EASE
from course_lib.stages.retrieval.towers.model import TwoTower


def good_rows(shown):
    return shown[(shown["click"] > 0) & (shown["dwell_s"] >= 30)]


class System:
    def fit(self, log):
        self.log = log
        good = good_rows(log.impressions).drop_duplicates(["user", "item"])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.towers = TwoTower(dim=16, max_epochs=6).fit(good[["user", "item", "time"]], catalog=log.catalog,
                                                              progress=False)
        self._linear()

    def observe(self, day_log):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.towers.observe(day_log)
        self._linear()

    def _linear(self):
        shown = self.log.impressions
        self.users, self.items = 1 + int(shown["user"].max()), len(self.log.catalog.items)
        self.linear = EASE(l2=50.0).fit(good_rows(shown), self.users, self.items)

    def score(self, requests):
        wide = len(requests.eligible)
        user = requests.user.clip(max=self.users - 1)
        linear = self.linear.score(user)[:, requests.eligible.clip(max=self.items - 1)]
        found = self.towers.retrieve(requests, wide)
        at = np.searchsorted(requests.eligible, found.item.clip(0))
        near = np.full((len(user), wide), np.nan)
        row = np.arange(len(user))[:, None]
        known = (found.item >= 0) & np.isfinite(found.score)
        near[np.broadcast_to(row, at.shape)[known], at[known]] = found.score[known]
        near = np.where(np.isnan(near), np.nanmin(near, axis=1, keepdims=True), near)
        return sum(part / (part.std(axis=1, keepdims=True) + 1e-9) for part in (linear, near))

    def candidates(self, requests):
        return requests.eligible[best_k(self.score(requests), min(100, len(requests.eligible)))]

    def slates(self, requests):
        return Slates.certain(requests.eligible[best_k(self.score(requests), requests.slate_size)])
