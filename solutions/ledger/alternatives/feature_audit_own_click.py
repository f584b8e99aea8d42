"""Does a leak harm because counts hold the row's own click, or because counts of a whole log are the larger ones?

The naive table sees the log to its end, as in the lesson, but without the row itself: its showing and its click are
taken off its counts and its rates.
"""

from course_lib.data import features
from course_lib.stages.ranking import leak_study
from course_lib.teach.ledger.alternatives import Tried
from course_lib.teach.replication.alternative_runs import main

WITHOUT = Tried("feature_audit.served", "counts of the whole log less the row's own showing and click")


def measure(lesson):
    part = lesson.part("logs", "whole_log", "auc_of", until="def auc_of")

    def without_own(log, rows, group):
        table, pull = part.whole_log(log, rows, group), features._STRENGTH
        for key in ("item", "user", "affinity"):
            shown, clicks, rate = (f"{key}_{name}" for name in ("shown", "clicks", "ctr"))
            drawn = table[rate] * (table[shown] + pull)              # clicks, and what the rate is drawn to
            table[rate] = (drawn - rows["click"]) / (table[shown] + pull - 1)
            table[clicks] -= rows["click"]
            table[shown] -= 1
        return table

    for name, entry in part.logs.items():
        held = leak_study.study(*entry, naive=without_own)
        _, served, fair = held.scores.values()
        yield WITHOUT, name, part.auc_of(held.test, fair, served)


if __name__ == "__main__":
    raise SystemExit(main(__file__, measure))
