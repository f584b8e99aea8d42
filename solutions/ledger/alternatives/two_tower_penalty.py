"""Does EASE lose by rank 64, or by a penalty that was chosen for the whole matrix? Here rank 64 chooses its own.

The validation part of the films chooses among four penalties, by recall@20 of the matrix cut to rank 64. The whole
matrix keeps the lesson's penalty.
"""

from course_lib.evidence import offline
from course_lib.teach.ledger.alternatives import Tried
from course_lib.teach.replication.alternative_runs import main

ANEW = Tried("two_tower.rank", "the penalty chosen anew at rank 64, on the validation part")
CHOSEN = Tried("two_tower.rank", "the penalty that rank 64 chooses", unit="× the lesson's penalty, of 0.3, 1, 3 and 10")


def measure(lesson):
    part = lesson.part("EASE", "cut_to_rank", "found_by", "split", "size", "ml")
    people, wanted = offline.held_out(part.split.test)
    choosing, valid = offline.held_out(part.split.valid)
    taken, on_valid, on_test = part.split.train, {}, {}
    for times in (0.3, 1, 3, 10):
        model = part.EASE(l2=300 * times).fit(taken, **part.size)
        cut = part.cut_to_rank(model, (64, 128), seed=lesson.seed())[64]
        on_valid[times] = part.found_by(cut, choosing, valid, taken).mean()
        on_test[times] = part.found_by(cut, people, wanted, taken)
        if times == 1:
            whole = part.found_by(model, people, wanted, taken)
    best = max(on_valid, key=on_valid.get)
    yield ANEW, part.ml.name, offline.paired(whole, on_test[best])
    yield CHOSEN, part.ml.name, best


if __name__ == "__main__":
    raise SystemExit(main(__file__, measure))
