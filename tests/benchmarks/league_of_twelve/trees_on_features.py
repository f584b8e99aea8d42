"""The reference brings sixty, boosted trees on a service's features order them. The trees learn once, from the log."""

import numpy as np
import pandas as pd

from course_lib.contracts import Candidates, Slates, best_k
from course_lib.stages.ranking.feed_features import COLUMNS, FeedFeatures, shown_requests
from course_lib.stages.ranking.ranker import GBDTRanker, RankerStage
from course_lib.teach.capstone.example_systems.content_beside_clicks import System as Reference


class System(Reference):
    def fit(self, log):
        super().fit(log)
        self.log, self.features = log, FeedFeatures(log.catalog)
        tables, kept = [], []
        for day in log.days:
            requests, item, _ = shown_requests(day.impressions, day.requests)
            there = (item >= 0).ravel()
            table = self.features(requests, Candidates(item, np.zeros(item.shape)))[there]
            position = np.broadcast_to(1.0 + np.arange(item.shape[1]), item.shape).ravel()[there]
            tables.append(table.assign(position=position))
            key = day.impressions.sort_values(["request_id", "position"])
            kept.append(((key["click"] > 0) & (key["dwell_s"] >= 30)).to_numpy(int))
            self.features.observe(day)
        table = pd.concat(tables[2:], ignore_index=True)          # on the first days nothing is known yet
        trees = GBDTRanker(trees=60, leaves=15, learning_rate=0.1, position="position", num_threads=1)
        self.ranker = RankerStage(trees.fit(table[[*COLUMNS, "position"]], np.concatenate(kept[2:])), self.features)

    def observe(self, day_log):
        super().fit(self.log)
        self.ranker.observe(day_log)

    def candidates(self, requests):
        return best_k(self.score(requests), 60)

    def slates(self, requests):
        item = self.candidates(requests).astype(np.int32)
        score = self.ranker.score(requests, Candidates(item, np.zeros(item.shape)))
        return Slates.certain(np.take_along_axis(item, best_k(score, requests.slate_size), axis=1))
