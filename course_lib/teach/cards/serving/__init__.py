"""Exercises, decisions, claims and questions on serving: what a person sees when one part is slow, stale or down."""

import numpy as np

from course_lib.teach.cards.serving.asked import QUIZZES
from course_lib.teach.cards.serving.breakers import BREAKER
from course_lib.teach.cards.serving.deadlines import SPLIT
from course_lib.teach.cards.serving.doors import DOOR, SIZE
from course_lib.teach.cards.serving.flights import FLIGHT
from course_lib.teach.cards.serving.kept_slates import KEPT
from course_lib.teach.cards.serving.load_test import REFEREED
from course_lib.teach.cards.serving.second_copies import HEDGE
from course_lib.teach.definitions.claim import AMOUNT, DIAL, MACHINE, Band, Claim

__all__ = ["CARDS", "CLAIMS", "DECISIONS", "QUIZZES", "REFEREED"]

CARDS = [FLIGHT, BREAKER]
DECISIONS = [SPLIT, HEDGE, DOOR, SIZE, KEPT]

NOW = "2026-11-29"
CLAIMS = [
    Claim("serving.batching", "Requests that share a pass through the models at least double what one process serves",
          "own conjecture: the reason to batch; here slates a second of one process in closed loop with 32 clients, in batches "
          "of up to 32 over one by one", (2.0, np.inf), "×", kind=MACHINE, ratio=True, written=NOW, bounds=AMOUNT),
    Claim("serving.retries", "With three retries at once, an outage lasts at least five seconds longer than without",
          "own conjecture after Bronson et al. 2021 (metastable failures); here an outage of five seconds and the bad seconds behind "
          "it, with retries less without, by the load before it", (5.0, np.inf), "s", kind=DIAL,
          dial="load before the outage", no_zero="with nobody there nobody tries again", written=NOW, bounds=AMOUNT),
    Claim("serving.hedge", "A second copy after the 95th percentile more than halves the p99.9 of the reads",
          "Dean and Barroso 2013, The Tail at Scale", (2.0, np.inf), "× lower p99.9",
          place="section “Hedged requests”: some 5% more load, “while substantially shortening the latency tail”; the half is "
                "ours, and so is one read in place of a fan-out",
          kind=DIAL, dial="share of reads that take twenty times as long", written=NOW,
          history=(Band(2.0, np.inf, NOW, "the sentence was another: it ended “for about five percent more reads”, which the "
                        "factor does not judge; they stand beside each value."),), bounds=AMOUNT),
]
