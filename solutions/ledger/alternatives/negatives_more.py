"""Do mixed negatives gain because they are uniform, or because they are more?

The rival of the lesson has 512 rows a batch and no further negatives. Here it gets 512 further ones as well, drawn from
the log's events as the batch's own are; steps, epochs and all else stay.
"""

import numpy as np
import torch

from course_lib.evidence import offline
from course_lib.stages.retrieval.towers import training
from course_lib.teach.ledger.alternatives import Tried
from course_lib.teach.replication.alternative_runs import main

ALL = Tried("negatives.mixed", "as many more negatives for the rival, drawn from the log as a batch is")
NEW = Tried("negatives.mixed_cold", "as many more negatives for the rival, drawn from the log as a batch is")


class FromTheLog(training.Batches):
    """Batches whose further rows are drawn from the log's events, and not from the catalogue."""

    def _batch(self, events):
        further = self.n_uniform
        self.n_uniform = 0
        batch = super()._batch(events)
        self.n_uniform = further
        drawn = self.history.item[self.rng.integers(0, len(self.history), further)]
        item = np.concatenate([batch["target"].numpy(), drawn])
        log_q = self._log_q(np.zeros(len(item), int), item)         # of rows that all come from the log
        return batch | {"item": torch.as_tensor(item), "log_q": torch.as_tensor(log_q.astype(np.float32))}


def measure(lesson):
    part = lesson.part("with_content", "born", "recall_each", "recall_unborn", "clicks", until="def recall_unborn",
                       instead={"in_batch, mixed = with_content(0, born), with_content(512, born)": ""})
    mixed = part.with_content(512, part.born)
    uniform = training.Batches
    training.Batches = FromTheLog
    rival = part.with_content(512, part.born)
    training.Batches = uniform
    yield ALL, "world", offline.paired(part.recall_each(mixed, part.clicks), part.recall_each(rival, part.clicks))
    yield NEW, "world", offline.paired(part.recall_unborn(mixed), part.recall_unborn(rival))


if __name__ == "__main__":
    raise SystemExit(main(__file__, measure))
