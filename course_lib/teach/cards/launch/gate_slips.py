"""Slips in the steps of the ramp's decision: the split, harm, the gate, proof, their order, what is done."""

from course_lib.evidence.experiment import SRM_ALARM
from course_lib.teach.cards.two_slips import Slip, mistakes_of
from course_lib.teach.definitions.mistake_kinds import AXIS, BASE, BOUNDARY, DIRECTION, IGNORED


def _build(split=lambda p: p < SRM_ALARM, harm=lambda states, primary: "fail" in (*states, primary),
           early=lambda share, at: share < at, proof=lambda states, primary: {*states, primary} == {"pass"},
           order=("split", "harm", "gate"), broken="hold", unproved="hold"):
    def wrong(share, srm_p, guardrails, primary, *, decide_at=0.5):
        states = list(guardrails.values())
        answers = {"split": broken if split(srm_p) else "", "harm": "roll back" if harm(states, primary) else "",
                   "gate": "ramp" if early(share, decide_at) else ""}
        done = [answers[question] for question in order if answers[question]]
        return done[0] if done else "ramp" if proof(states, primary) else unproved
    return wrong


STEPS = {
    "split": (
    ),
    "harm": (
        Slip("primary's harm not read", lambda states, primary: "fail" in states, "A primary that fails does not roll back.", IGNORED,
             False),
        Slip("guardrails' harm not read", lambda states, primary: primary == "fail", "A guardrail that fails does not roll back.",
             IGNORED, False),
    ),
    "early": (
        Slip("gate too late", lambda share, at: share <= at, "`decide_at` itself goes on without proof: share < decide_at.", BOUNDARY,
             False),
        Slip("no gate", lambda share, at: True, "Nothing has to be proved from decide_at on.", IGNORED, False),
    ),
    "proof": (
        Slip("undecided guardrails pass", lambda states, primary: primary == "pass", "At the gate guardrails that have not passed get "
             "through.", BASE, False),
        Slip("undecided primary passes", lambda states, primary: set(states) <= {"pass"}, "At the gate a primary that has not passed "
             "gets through.", IGNORED, False),
    ),
    "order": (
        Slip("harm before the split", ("harm", "split", "gate"), "Harm is asked for before the split; the split comes first.", AXIS,
             False),
    ),
    "broken": (
    ),
    "unproved": (
        Slip("unproved rolls back", "roll back", "What is not proved at the gate rolls back; it holds.", DIRECTION, False),
    ),
}
WITHOUT = (             # a pair that comes to the same as another mistake
    "primary's harm not read + gate too late | primary's harm not read + undecided primary passes | "
    "gate too late + undecided guardrails pass | gate too late + undecided primary passes | "
    "no gate + undecided guardrails pass | no gate + undecided primary passes | no gate + unproved rolls back")
MISTAKES = tuple(mistakes_of(_build, STEPS, WITHOUT))
