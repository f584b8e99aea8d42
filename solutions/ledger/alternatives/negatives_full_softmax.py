"""Are popular items shown too little without logQ? A third arm takes the softmax over all items, which needs none.

Batches, epochs, temperature and rule for stopping are the lesson's; the loss alone is another.
"""

import numpy as np

from course_lib.evidence import offline
from course_lib.teach.ledger.alternatives import Tried
from course_lib.teach.replication.alternative_runs import main

WITHOUT = Tried("negatives.suppress", "towers by the full softmax in place of those with logQ")
WITH = Tried("negatives.suppress", "towers by the full softmax in place of those without logQ",
             unit="median popularity shown, with logQ ÷ full softmax")


def measure(lesson):
    part = lesson.part("fit", "ml", "films", "clicks", "plain", "corrected", "counts_shown", "median_ratio")
    for on, log in ((part.ml.name, part.films), ("world", part.clicks)):
        full = part.counts_shown(part.fit(log, "full_softmax"), log)
        for tried, loss in ((WITHOUT, part.plain), (WITH, part.corrected)):
            shown = part.counts_shown(part.fit(log, loss), log)
            yield tried, on, offline.bootstrap(np.hstack([shown, full]), part.median_ratio, n_boot=200)


if __name__ == "__main__":
    raise SystemExit(main(__file__, measure))
