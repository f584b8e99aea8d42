"""The reference, and a lot in every fifth slot: what is drawn there is logged with its chance."""

import numpy as np

from course_lib.contracts import best_k
from course_lib.stages.reranking.reranker import MMRReranker
from course_lib.teach.capstone.example_systems.content_beside_clicks import System as Reference


class System(Reference):
    def fit(self, log):
        super().fit(log)
        self.reranker = MMRReranker(log.catalog.content, trade_off=1.0, explore=1.0, explore_slots=(5, 10))

    def slates(self, requests):
        score = self.score(requests)
        item = best_k(score, score.shape[1]).astype(np.int32)
        return self.reranker.rerank(requests, item, np.take_along_axis(score, item.clip(0), axis=1),
                                    requests.slate_size)
