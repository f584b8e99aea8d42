"""Exercises and claims on the launch: guardrails that can be proved, the ramp's rule, monitors; the decisions stand in
`plans` and `mornings`, the refereed measurement in `silent_faults`."""

import numpy as np

from course_lib.teach.cards.launch.asked_of_launch import QUIZZES
from course_lib.teach.cards.launch.clickers import CLICKERS
from course_lib.teach.cards.launch.gate import DECIDE
from course_lib.teach.cards.launch.monitors import NET
from course_lib.teach.cards.launch.mornings import MORNING
from course_lib.teach.cards.launch.plans import PLAN
from course_lib.teach.cards.launch.proof import GUARDRAIL
from course_lib.teach.cards.launch.silent_faults import SILENT
from course_lib.teach.cards.launch.waits import LATENCY
from course_lib.teach.definitions.claim import AMOUNT, CHANGE, DIAL, SHARE, Band, Claim

__all__ = ["CARDS", "CLAIMS", "DECISIONS", "QUIZZES", "REFEREED", "RETIRED"]

CARDS = [LATENCY, GUARDRAIL, DECIDE, NET, CLICKERS]
DECISIONS = [PLAN, MORNING]
REFEREED = [SILENT]
RETIRED = ["launch.1"]                  # asked by the first edition; lesson {{serving}} builds the queue now

# What a measurement of this lesson can contradict, and the sentences whose outcome one of our own dials decides: those are
# measured at several strengths. One sentence of earlier editions stands here no more: "a third of the first days' gain is
# novelty and fades". How strong novelty is is an input of the world; lesson {{experiments}} measures it at four strengths. Nor do four that
# the second edition's lesson {{launch}} has no room for: what the chain earns against lists, its p99, the queue before one
# worker, and the ladder that always answers, which is true by construction (tests/teach/ledger/test_identities.py).
CLAIMS = [
    Claim("launch.spillover", "The control arm clicks as it would if nobody had the new system, to within one percent",
          "own conjecture of what every comparison of two arms assumes; here of a service of 4,000, where friends share finds "
          "and one ranker counts all clicks", (-0.01, 0.01), "of the clicks of a twin without a launch", exact_at=(0,), kind=DIAL, dial="share of people who have the new system", written="2026-11-28", history=(
              Band(-0.02, 0.02, "2026-11-22", "it was taken at one mixture of shares; one percent is what a test of small "
                   "effects can bear."),), bounds=CHANGE),
    Claim("launch.rollback", "When in doubt, roll back: it costs less than 0.3% of people's time",
          "folklore, no source found: common advice; here the mean loss against the best choice over launches on which the rule "
          "cannot decide, by how far the launches' true effects spread", (0.0, 0.003),
          exact_at=(0,), kind=DIAL, dial="standard deviation of the launches' true effects", written="2026-11-28", history=(
              Band(0.0, 0.02, "2026-11-22", "it was one drill with a stalled job, in which the loss was 1 − the old system's worth "
                   "over the new one's, which is arithmetic; \"next to nothing\" has become a figure."),),
          limits="The curve follows from the spread that is put in, and the 0.3% is ours: where no launch does anything nothing can be lost, and at the next "
                 "spread it does not hold. Effects are as often up as down, so that a rollback, which loses all of an effect half of the time, costs on "
                 "average what a hold does, which loses half of it every time (`launch.hold`): the two are one measurement.", bounds=AMOUNT),
    Claim("launch.hold", "When in doubt, hold: it costs less than 0.3% of people's time while it lasts",
          "folklore, no source found: common caution; the same launches, half of all people on either system",
          (0.0, 0.003), exact_at=(0,), kind=DIAL, dial="standard deviation of the launches' true effects", written="2026-11-28", history=(
              Band(0.0, 0.05, "2026-11-22", "it was the largest of four drills, and a maximum can only grow with drills."),),
          limits="It costs on average what a rollback does, by the way in which effects are drawn: see `launch.rollback`.", bounds=AMOUNT),
    Claim("launch.newcomers", "People who joined after the launch get less than half of the gain of those who were here before",
          "folklore, no source found: the usual worry about cold start; here the gain in clicks of the ones over that of the others",
          (-np.inf, 0.5), written="2026-11-28", history=(
              Band(-0.2, 0.5, "2026-11-22", "\"less than half\" has no lower end."),)),
    Claim("launch.calendar", "Before and after tells what a launch did, to within ten points",
          "folklore, no source found: the first chart of many a launch review; here the change against before, less the change net "
          "of control, where a holiday ends with the launch and nothing else differs, by its strength", (-0.1, 0.1),
          kind=DIAL, dial="strength of the holiday, 1 the world's own", written="2026-11-22",
          limits="A referee who had seen no result would have asked for one point. The ten are ours and milder, and even "
                 "so it does not hold from a quarter of the world's holiday on."),
    Claim("launch.rule", "A rule that reads split, guardrails and primary metric chooses rightly in at least nine launches of ten",
          "own conjecture: the reason to write a rule; here 200 launches, 20,000 people an arm: a third good, a third bad, by 1 to 8%, "
          "and a third flat, where no choice is wrong",
          (0.9, 1.0), written="2026-11-28", history=(
              Band(0.75, 1.0, "2026-11-22", "it was the share of four drills that the rule's own author had drawn."),),
          limits="Always ramping is right wherever a launch is good or flat, in two thirds of these on average, and never "
                 "launching likewise. To hold counts as wrong for all that is not flat, and the rule has one look.",
          bounds=SHARE),
    Claim("launch.regret", "Deciding by the rule loses at most half of what always launching loses, and of what never launching does",
          "own conjecture; here the rule's mean loss of people's time over the smaller of those two, the same 200 launches",
          (0.0, 0.5), written="2026-11-28", limits="How large effects are, one to eight percent, how many are good or bad, a third each, and people an arm, 20,000, is ours.", bounds=AMOUNT),
    Claim("launch.abuse", "Looking at who clicks finds at least four of five sellers who buy clicks",
          "own conjecture, after what abuse teams look at; here the share of buyers among as many sellers with the fewest effective "
          "clickers for their clicks, by how the bought clicks are spread", (0.8, 1.0),
          kind=DIAL, dial="share of the bought clicks that come from an account of their own", written="2026-11-22",
          bounds=SHARE),
]
