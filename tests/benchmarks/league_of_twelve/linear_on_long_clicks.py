"""EASE on what people stayed with, in place of all they clicked."""

from course_lib.contracts import Slates
from course_lib.stages.retrieval.baselines import EASE


class System:
    def fit(self, log):
        shown = log.impressions
        good = shown[(shown["click"] > 0) & (shown["dwell_s"] >= 30)]
        self.model = EASE(l2=50.0).fit(good, 1 + shown["user"].max(), len(log.catalog.items))

    def candidates(self, requests):
        return self.model.retrieve(requests, 100).item

    def slates(self, requests):
        return Slates.certain(self.model.retrieve(requests, requests.slate_size).item)
