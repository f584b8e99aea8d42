"""Do followers of the last item lead because they know what followed, or because they forget? EASE forgets too here.

In the history that EASE is asked with, each event counts a half, or a fifth, of the one after it; what EASE learns
stays.
"""

import numpy as np
import scipy.sparse as sp

from course_lib.evidence import offline
from course_lib.stages.retrieval.baselines import EASE
from course_lib.teach.ledger.alternatives import Tried
from course_lib.teach.replication.alternative_runs import main

HALF = Tried("sequences.intent", "EASE asked with a history in which each event counts half of the one after it")
FIFTH = Tried("sequences.intent", "EASE asked with a history in which each event counts a fifth of the one after it")


class Forgetting(EASE):
    """EASE whose history fades from event to event."""

    def __init__(self, l2, keeps):
        super().__init__(l2)
        self.keeps = keeps

    def _learn(self, interactions):
        super()._learn(interactions)
        inorder = interactions.sort_values("time", kind="stable")
        back = inorder.groupby("user").cumcount(ascending=False).to_numpy()         # 0: the last
        weight = (self.keeps ** back).astype(np.float32)
        self.history = sp.csr_matrix((weight, (inorder["user"], inorder["item"])), self.seen.shape)

    def _score(self, users):
        return self.history[users] @ self.weight


def measure(lesson):
    part = lesson.part("clicks_with_intent", "last_out", "Followers")
    for share in (0.6, 1.0):
        events = part.clicks_with_intent(share)
        followers = part.last_out(part.Followers(5), events)
        for tried, keeps in ((HALF, 0.5), (FIFTH, 0.2)):
            forgetting = part.last_out(Forgetting(100.0, keeps), events)
            yield tried, "world, random slots", offline.paired(followers, forgetting), share


if __name__ == "__main__":
    raise SystemExit(main(__file__, measure))
