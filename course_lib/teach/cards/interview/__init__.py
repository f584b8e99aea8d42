"""Exercises and claims on the interview: the exercises and the questions stand in files beside this."""

import math

from course_lib.teach.cards.interview.branches import TREE
from course_lib.teach.cards.interview.found_in import FOUND
from course_lib.teach.cards.interview.looks import LOOKS
from course_lib.teach.cards.interview.machine_count import MACHINES
from course_lib.teach.cards.interview.numbers import CAPACITY
from course_lib.teach.cards.interview.pager import PAGER
from course_lib.teach.cards.interview.paging import PAGE
from course_lib.teach.cards.interview.questions import QUIZZES
from course_lib.teach.cards.interview.waiting import BUDGET
from course_lib.teach.definitions.claim import AMOUNT, LOSS, MACHINE, SHARE, Band, Claim

__all__ = ["CARDS", "CLAIMS", "DECISIONS", "QUIZZES", "REFEREED"]

CARDS = [CAPACITY, MACHINES, BUDGET, TREE, PAGE]
DECISIONS = [LOOKS, PAGER]
REFEREED = [FOUND]

CLAIMS = [
    Claim("interview.p99", "Asked one at a time in one process, a request keeps within the sum of its stages' 99th "
          "percentiles, at its own 99th",
          "folklore, no source found: what a budget table that gives each stage its p99 relies on; here the sum over the "
          "request's",
          (1.0, math.inf), "× the request's p99", kind=MACHINE, ratio=True, written="2026-11-28", history=(
              Band(0.95, 1.05, "2026-11-22", "the sentence was another: The 99th percentiles of the stages add up to that "
                   "of the request. A budget needs an upper bound, not an identity."),), bounds=AMOUNT,
          limits="One machine, which had other work in all ten runs; the lesson's own, when little else ran, "
                 "is nearer to 1, and why was not tried. Queues, stages that run side by side and a network, "
                 "which can break the sum, have no part in it. Not tried: load that does not wait for "
                 "answers. Until 2026-11-30 the sentence was: A request keeps within "
                 "the sum of its stages' 99th percentiles, at its own 99th."),
    Claim("interview.shard", "An index that has lost one shard of five loses a fifth of recall",
          "folklore, no source found: a fifth of the items, so a fifth of the finds; here the share of recall@10 lost, "
          "each shard in turn", (0.18, 0.22), "of recall@10", written="2026-11-22",
          limits="Recall here is what people find in their ten; of its own nearest an index loses a fifth by arithmetic.",
          bounds=LOSS),
    Claim("interview.trace", "Of faults of the sizes that we drew, nine in ten are at the stage whose loss has risen most",
          "own conjecture; here 60 faults of a drawn kind and size inside the four stages, each counted on 100 people "
          "against a healthy night of others; what is wrong outside of the stages no count of theirs can name",
          (0.9, 1.0), "of the faults", written="2026-11-28", history=(
              Band(1.0, 1.0, "2026-11-22", "a band of one point, and one of the five faults lay in no stage."),),
          bounds=SHARE,
          limits="The share follows from the sizes drawn: in the run shown every fault that cost its "
                 "stage more than some four points was named, all that were missed cost less, and about "
                 "half of these nothing that shows. With fewer small ones the sentence would hold. "
                 "Wilson's interval is over sixty draws and knows nothing of that. Not tried: "
                 "the same people on both nights, which the lesson advises; one size at a time. Until "
                 "2026-11-30 the sentence was: The stage whose loss has risen most is the stage at fault,"
                 " in nine faults of ten."),
]
