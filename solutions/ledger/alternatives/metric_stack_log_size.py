"""Does what self-normalising takes off depend on the size of the log? The lesson's logs hold 3,000 decisions."""

from course_lib.evidence import one_slot
from course_lib.teach.ledger.alternatives import Tried
from course_lib.teach.replication.alternative_runs import main

SHORT = Tried("metric_stack.snips", "logs of 300 decisions")
LONG = Tried("metric_stack.snips", "logs of 10,000 decisions")
RATES = (0.005, 0.05, 0.2)


def measure(lesson):
    part = lesson.part("slot")
    for tried, decisions in ((SHORT, 300), (LONG, 10_000)):
        for rate in RATES:
            yield tried, "world", one_slot.error_ratio(part.slot, rate, n=decisions, seed=lesson.seed()), rate


if __name__ == "__main__":
    raise SystemExit(main(__file__, measure))
