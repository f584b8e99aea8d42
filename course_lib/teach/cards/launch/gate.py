"""Exercise on the ramp: its decision at the end of a day."""

from course_lib.evidence.experiment import SRM_ALARM
from course_lib.launch.ramp import decide
from course_lib.teach.cards.launch import far_launches, gate_slips
from course_lib.teach.definitions.card import Card, Case, Mistake

# --- 12.3 ----------------------------------------------------------------------------------------------------------
STATES = ("pass", "undecided", "fail")


def _case(share, p, dwell, reports, primary, decide_at=0.5):
    guardrails = {name: state for name, state in (("dwell", dwell), ("reports", reports)) if state}
    told = ", ".join(f"{name} {state}" for name, state in guardrails.items()) or "no guardrail"
    where = "below" if share < decide_at else "at" if share == decide_at else "above"
    return Case(f"{share:.0%} of users, {where} decide_at; p = {p:g}; {told}; primary {primary}",
                (share, p, guardrails, primary), {"decide_at": decide_at})


def _other_guardrails():
    """Three guardrails of other names, and shares and p-values at the ends of their range."""
    calm = {"crashes": "pass", "latency": "pass", "returns": "pass"}
    out = [Case(f"three guardrails, {name} {state}; {share:.0%} of users", (share, 0.4, {**calm, name: state}, "pass"), {"decide_at": 0.5})
           for share in (0.1, 0.6) for state in ("undecided", "fail") for name in calm]
    three = dict(zip(calm, STATES, strict=True))
    doubtful = {"latency": "undecided"}
    return [*out, Case("three guardrails of three states", (0.1, 0.4, three, "pass"), {"decide_at": 0.5}),
            Case("all users, all proved", (1.0, 1.0, calm, "pass"), {"decide_at": 0.5}),
            Case("all users, one undecided", (1.0, 1.0, {**calm, "latency": "undecided"}, "pass"), {"decide_at": 0.5}),
            Case("nobody yet, below the gate", (0.0, 1.0, doubtful, "undecided"), {"decide_at": 0.5}),
            Case("the gate at 0", (0.2, 0.4, doubtful, "pass"), {"decide_at": 0.0}),
            Case("the gate at 100%, not reached", (0.95, 0.4, doubtful, "undecided"), {"decide_at": 1.0}),
            Case("a p-value of 0", (0.1, 0.0, calm, "pass"), {"decide_at": 0.5}),
            Case("a broken split, no guardrail", (0.9, 1e-5, {}, "pass"), {"decide_at": 0.5}),
            Case("a split hardly broken", (0.1, 0.00049, calm, "pass"), {"decide_at": 0.5}),
            Case("a split hardly whole", (0.1, 0.00051, calm, "pass"), {"decide_at": 0.5}),
            Case("a share just below the gate", (0.499, 0.4, doubtful, "pass"), {"decide_at": 0.5}),
            Case("a share just above the gate", (0.501, 0.4, doubtful, "pass"), {"decide_at": 0.5}),
            Case("decide_at left out, a share of 30%", (0.3, 0.4, doubtful, "pass")),
            Case("decide_at left out, a share of 60%", (0.6, 0.4, doubtful, "pass"))]


def _decision_cases(rng):
    rows = [(share, 0.4, dwell, reports, primary) for share in (0.05, 0.5) for dwell in STATES for reports in STATES
            for primary in STATES]
    rows += [(0.9, 0.4, *states) for states in (("pass", "pass", "pass"), ("pass", "undecided", "pass"),
                                                ("pass", "pass", "undecided"), ("fail", "pass", "pass"))]
    rows += [(share, 1e-6, *states) for share in (0.05, 0.5) for states in (
        ("pass", "pass", "pass"), ("undecided", "pass", "undecided"), ("pass", "fail", "pass"), ("pass", "pass", "fail"))]
    rows += [(share, p, state, state, state) for share, state in ((0.05, "undecided"), (0.5, "pass"))
             for p in (0.0004, 0.0005, 0.0007, 0.003, 0.007, 0.03, 0.3)]
    rows += [(share, 0.4, "", "", primary) for share in (0.05, 0.5) for primary in STATES]
    rows += [(share, 0.4, dwell, "", primary, at) for share, at in ((0.25, 0.25), (0.2, 0.25), (0.6, 0.9), (0.9, 0.9))
             for dwell, primary in (("pass", "pass"), ("undecided", "pass"), ("pass", "undecided"))]
    rows += [(share, 0.4, "fail", "", "pass", at) for share, at in ((0.05, 0.5), (0.5, 0.5), (0.2, 0.25), (0.9, 0.9), (0.05, 0.1))]
    rows += [(0.15, 0.4, "undecided", "", "pass", 0.1), (0.3, 0.4, "undecided", "", "pass", 0.5)]
    return [*(_case(*row) for row in rows), *_other_guardrails()]


def _decide_table(share, srm_p, guardrails, primary, *, decide_at=0.5):
    gate = share >= decide_at
    if srm_p < SRM_ALARM:
        return "hold"
    if any(state == "fail" for state in (*guardrails.values(), primary)):
        return "roll back"
    if not gate or (primary == "pass" and set(guardrails.values()) <= {"pass"}):
        return "ramp"
    return "hold"


def _worse_goes_on(share, srm_p, guardrails, primary, *, decide_at=0.5):
    early = share < decide_at and primary == "fail"
    return decide(share, srm_p, guardrails, "undecided" if early else primary, decide_at=decide_at)


def _harm(states, primary):
    return "fail" in states or primary == "fail"


def _proof(states, primary):
    return primary == "pass" and all(state == "pass" for state in states)


def _with(*, split=lambda p: p < SRM_ALARM, harm=_harm, early=lambda share, at: share < at, proof=_proof,
          order=("split", "harm", "gate"), broken="hold", harmed="roll back", unproved="hold"):
    """The rule with something wrong in it: what is asked, in which order, or what is done."""
    def wrong(share, srm_p, guardrails, primary, *, decide_at=0.5):
        states = list(guardrails.values())
        answers = {"split": broken if split(srm_p) else "", "harm": harmed if harm(states, primary) else "",
                   "gate": "ramp" if early(share, decide_at) else ""}
        done = [answers[question] for question in order if answers[question]]
        return done[0] if done else "ramp" if proof(states, primary) else unproved
    return wrong


def _mostly_proved(states, primary):
    return primary == "pass" and (not states or 2 * states.count("pass") > len(states))


def _two_by_name(share, srm_p, guardrails, primary, *, decide_at=0.5):
    known = {name: guardrails.get(name, "pass") for name in ("dwell", "reports")}
    return decide(share, srm_p, known, primary, decide_at=decide_at)


def _holds_below(share, srm_p, guardrails, primary, *, decide_at=0.5):
    action = decide(share, srm_p, guardrails, primary, decide_at=decide_at)
    return "hold" if action == "ramp" and share < decide_at else action


def _below(alarm):
    return _with(split=lambda p: p < alarm)


def _spelled(ramp="ramp", hold="hold", back="roll back"):
    words = {"ramp": ramp, "hold": hold, "roll back": back}
    return lambda share, srm_p, guardrails, primary, *, decide_at=0.5: words[decide(
        share, srm_p, guardrails, primary, decide_at=decide_at)]


def _inside_the_loop(share, srm_p, guardrails, primary, *, decide_at=0.5):
    for state in guardrails.values():
        if srm_p < SRM_ALARM:
            return "hold"
        if state == "fail" or primary == "fail":
            return "roll back"
        if share < decide_at:
            return "ramp"
        if state != "pass":
            return "hold"
    return "ramp" if primary == "pass" else "hold"


SPLITS = (
    ("the split is not read", lambda p: False, "You never look at the split: below 0.0005 hold, before all else."),
    ("split alarm at 5%", lambda p: p < 0.05, "You call a split broken below 5%, where the task says 0.0005."),
    ("split alarm at 1%", lambda p: p < 0.01, "You call a split broken below 1%, where the task says 0.0005."),
)
RULES = (
    ("gate too late", {"early": lambda share, at: share <= at}, "`decide_at` itself must prove itself: share < decide_at."),
    ("undecided passes", {"proof": lambda states, primary: primary == "pass"},
     "At the gate undecided guardrails get through: all must have passed."),
    ("an undecided primary passes", {"proof": lambda states, primary: all(state == "pass" for state in states)},
     "At the gate an undecided primary gets through: it must have passed."),
    ("the primary's harm is not read", {"harm": lambda states, primary: "fail" in states},
     "A primary that fails has to roll back as well, at any share."),
    ("proof at every step", {"early": lambda share, at: False}, "Below decide_at only proven harm stops the ramp: go on."),
)
TWICE_WRONG = (
    *(Mistake(f"{name}, {other}", _with(split=split, **slip), f"{says} And then: {also}")
      for name, split, says in SPLITS for other, slip, also in RULES),
    *(Mistake(f"gate too late, {other}", _with(**RULES[0][1], **slip), f"{RULES[0][2]} And then: {also}")
      for other, slip, also in RULES[1:4]),
)


DECIDE = Card(
    id="launch.3", title="Ramp, hold or roll back", minutes=15, difficulty=3, used_in=("{{interview}}",),
    task="Write the ramp's decision at the end of a day. In this order: a broken split (p below 0.0005) → `\"hold\"`, for "
         "nothing measured on it counts. A guardrail that fails, or a primary metric that fails (is worse) → "
         "`\"roll back\"`, at any share. Below the share `decide_at`, where few are at risk and little can be proved → "
         "`\"ramp\"`. From `decide_at` on: every guardrail *and* the primary passed → `\"ramp\"`; otherwise `\"hold\"`. "
         "Where there are no guardrails, the primary alone is asked, in the same order.",
    shapes="`share` 0 to 1; `srm_p` a p-value, never NaN; `guardrails` {name: \"pass\" | \"fail\" | \"undecided\"}, perhaps empty; `primary` one of the "
           "same; `decide_at` a share; returns \"ramp\", \"hold\" or \"roll back\".",
    why="\"Undecided\" is neither safe nor harmful: early on it must not stop a launch that risks a few users, and at the gate "
        "it must not let one through. And a broken split comes before all else, harm included: if the arms are not alike "
        "for another reason, the loss may not be the treatment's.",
    reference=decide, alternative=_decide_table, cases=lambda rng: [*_decision_cases(rng), *far_launches.GATES],
    by_hand=(Case("early, undecided", (0.05, 0.4, {"dwell": "undecided"}, "undecided"), {"decide_at": 0.5}, "ramp"),
             Case("at the gate, undecided", (0.5, 0.4, {"dwell": "undecided"}, "pass"), {"decide_at": 0.5}, "hold"),
             Case("harm on a broken split", (0.5, 1e-9, {"dwell": "fail"}, "fail"), {"decide_at": 0.5}, "hold")),
    mistakes=(
        Mistake("the split is not read", _with(split=lambda p: False),
                "You never look at the split. When the arms were not filled as asked, no difference between them counts."),
        Mistake("harm before the split", _with(order=("harm", "split", "gate")),
                "You roll back on a broken split. The split comes first: the loss may come from who is missing."),
        Mistake("harm first, split from the gate on", _with(order=("harm", "gate", "split")),
                "You look at the split last, after harm and after the gate. It comes first, at any share: on a broken split nothing "
                "counts."),
        Mistake("split from the gate on", _with(order=("gate", "split", "harm")),
                "You ask first whether the gate is reached, so that below it neither a broken split nor proven harm stops the "
                "ramp. Split and harm come before, at any share."),
        Mistake("gate first, split last", _with(order=("gate", "harm", "split")),
                "You ask first whether the gate is reached, then for harm, then for the split. The order is the other way round: "
                "split, harm, gate."),
        Mistake("harm from the gate on", _with(order=("split", "gate", "harm")),
                "You look for harm only from decide_at on. A proven loss rolls back at any share."),
        Mistake("undecided passes", _with(proof=lambda states, primary: primary == "pass"),
                "At the gate you let undecided guardrails through: \"we saw no harm\" is not \"there is none\"."),
        Mistake("undecided fails", _with(harm=lambda states, primary: primary == "fail" or bool({"fail", "undecided"} & set(states))),
                "You roll back whenever a guardrail is undecided. At one percent of users everything is: wait for proof of "
                "harm."),
        Mistake("undecided primary fails", _with(harm=lambda states, primary: primary != "pass" or "fail" in states),
                "You roll back whenever the primary has not passed. Undecided is not worse: roll back on \"fail\" alone."),
        Mistake("all undecided fails", _with(harm=lambda states, primary: not _proof(states, primary)),
                "You roll back on all that has not passed. Undecided is not harm: roll back on \"fail\" alone."),
        Mistake("undecided at the gate rolls back", _with(unproved="roll back"),
                "At the gate you roll back what is not yet proved. No loss was shown: hold, and look again tomorrow."),
        Mistake("proof at every step", _with(early=lambda share, at: False),
                "You ask for proof at every step. A few percent of users can't give it, so the ramp never leaves them: below "
                "decide_at only a proven loss stops it."),
        Mistake("proof below the gate", _with(early=lambda share, at: share >= at),
                "You ask for proof below decide_at and not from there on. It is the other way round: few users can prove little, "
                "and risk little."),
        Mistake("proof below the gate, beyond it", _with(early=lambda share, at: share > at),
                "You ask for proof up to decide_at and not beyond. It is the other way round: `share < decide_at` may go on "
                "without."),
        Mistake("no gate", _with(early=lambda share, at: True),
                "You go on wherever nothing has failed, at every share. From decide_at on nothing may be *undecided*: every guardrail "
                "and the primary must have passed."),
        Mistake("no gate, hold below", _with(early=lambda share, at: False, proof=lambda states, primary: False),
                "You never ramp. Below decide_at go on unless harm is proven; from there on, go on once all has passed."),
        Mistake("hold below the gate", _holds_below,
                "You hold below decide_at. Few are at risk there and little can be proved: go on unless harm is proven."),
        Mistake("decide_at not read", _with(early=lambda share, at: share < 0.5),
                "Your gate stands at 0.5 whatever `decide_at` says. Compare share with `decide_at`."),
        Mistake("decide_at not read, too late", _with(early=lambda share, at: share <= 0.5),
                "Your gate stands at 0.5 whatever `decide_at` says, and 0.5 itself still goes on. It is `share < decide_at`."),
        Mistake("gate too late", _with(early=lambda share, at: share <= at),
                "The gate opens *at* decide_at: compare with share < decide_at, so that this very share must prove itself."),
        Mistake("no primary", lambda share, srm_p, guardrails, primary, *, decide_at=0.5: decide(
            share, srm_p, guardrails, "pass", decide_at=decide_at),
                "You launch without the primary metric having improved. Guardrails say it does no harm, not that it helps."),
        Mistake("an undecided primary passes", _with(proof=lambda states, primary: all(state == "pass" for state in states)),
                "At the gate an undecided primary goes through. It must have *passed*: guardrails say it does no harm, not that it "
                "helps."),
        Mistake("the primary's harm is not read", _with(harm=lambda states, primary: "fail" in states),
                "A primary that fails does not roll back. A proven loss of the primary is harm, like that of a guardrail, at any "
                "share."),
        Mistake("a worse primary goes on", _worse_goes_on,
                "Below decide_at you let a primary metric that is *proven* worse go on to more users. Few at risk is a "
                "reason not to wait for proof of gain; it is none to go on after proof of loss."),
        Mistake("only the primary's harm", _with(harm=lambda states, primary: primary == "fail"),
                "A failed guardrail does not roll back. (Look for \"fail\" among the *values* of the dict, not among its keys.)"),
        Mistake("no harm rolls back", _with(harm=lambda states, primary: False),
                "You never roll back. A guardrail or a primary that fails rolls back, at any share."),
        Mistake("harm of all guardrails", _with(harm=lambda states, primary: primary == "fail" or bool(states) and all(
            state == "fail" for state in states)),
                "You roll back only when all guardrails fail. One that fails is enough."),
        Mistake("harm of guardrail and primary", _with(harm=lambda states, primary: "fail" in states and primary == "fail"),
                "You roll back only when a guardrail *and* the primary fail. Either is enough."),
        Mistake("harm holds", _with(harmed="hold"),
                "You hold after proven harm. Those who have the new system are losing: roll back."),
        Mistake("a broken split rolls back", _with(broken="roll back"),
                "You roll back on a broken split. It says that nothing can be read, not that harm was done: hold."),
        Mistake("a broken split goes on", _with(broken="ramp"),
                "You go on with a broken split. Nothing measured on it counts: hold."),
        Mistake("split upside down", _with(split=lambda p: p >= SRM_ALARM),
                "You hold when the split is sound. A *small* p says that it is broken."),
        Mistake("split alarm at 5%", _below(0.05),
                "You call a split broken below 5%. The test runs every day on every launch, so the alarm stands at 0.0005."),
        Mistake("split alarm at 1%", _below(0.01),
                "You call a split broken below 1%. The test runs every day on every launch, so the alarm stands at 0.0005."),
        Mistake("split alarm at 0.5%", _below(0.005),
                "You call a split broken below 0.005. One zero is missing: 0.0005."),
        Mistake("split alarm at 0.1%", _below(0.001),
                "You call a split broken below 0.001. The task says 0.0005."),
        Mistake("split alarm at 0.005%", _below(0.00005),
                "You call a split broken only below 0.00005. The task says 0.0005."),
        Mistake("the alarm itself", _with(split=lambda p: p <= SRM_ALARM),
                "You call a split broken at exactly 0.0005. It is broken *below*: srm_p < 0.0005."),
        Mistake("one guardrail is enough", _with(proof=lambda states, primary: primary == "pass" and (
            "pass" in states or not states)),
                "At the gate you go on when one guardrail has passed. Every one must have: `all`, not `any`."),
        Mistake("one guardrail is enough, and needed", _with(proof=lambda states, primary: primary == "pass" and "pass" in states),
                "At the gate you go on when one guardrail has passed. Every one must have; `all` also holds where there is none."),
        Mistake("guardrails or primary", _with(proof=lambda states, primary: primary == "pass" or all(
            state == "pass" for state in states)),
                "At the gate you go on when the guardrails *or* the primary have passed. Both must have."),
        Mistake("the first guardrail alone", _with(proof=lambda states, primary: primary == "pass" and states[:1] in (
            [], ["pass"])),
                "At the gate you read the first guardrail alone. Every one must have passed."),
        Mistake("the last guardrail alone", _with(proof=lambda states, primary: primary == "pass" and states[-1:] in (
            [], ["pass"])),
                "At the gate the last guardrail decides, as when a loop overwrites what it found. Every one must have passed."),
        Mistake("most guardrails are enough", _with(proof=_mostly_proved),
                "You let a treatment through once most guardrails have passed. At the gate every one of them must have passed."),
        Mistake("two guardrails by name", _two_by_name,
                "You look guardrails up by names that you expect. `guardrails` may hold any names: go through its values."),
        Mistake("guardrails are needed", _with(proof=lambda states, primary: bool(states) and _proof(states, primary)),
                "Without guardrails you hold at the gate. Then the primary alone decides: `all` of nothing is true, a set "
                "compared with {\"pass\"} is not."),
        Mistake("inside the loop", _inside_the_loop,
                "You return from inside the loop over guardrails, so that the first one settles what all should. Look at all "
                "before you answer."),
        *TWICE_WRONG,
        Mistake("rollback", _spelled(back="rollback"), "You return \"rollback\". The word is \"roll back\"."),
        Mistake("roll_back", _spelled(back="roll_back"), "You return \"roll_back\". The word is \"roll back\", with a space."),
        Mistake("roll-back", _spelled(back="roll-back"), "You return \"roll-back\". The word is \"roll back\", with a space."),
        Mistake("capitals", _spelled("Ramp", "Hold", "Roll back"), "Your words begin with a capital. The answers are \"ramp\", "
                "\"hold\" and \"roll back\"."),
        *gate_slips.MISTAKES,
    ),
    hints=("The order is the point: can these numbers be read at all? Is there proven harm? Must anything be proved yet?",
           "Three questions, each an early `return`: split, a failed guardrail or primary, share below the gate.",
           "At the end: `proved = primary == \"pass\" and all(state == \"pass\" for state in guardrails.values())`."),
)
