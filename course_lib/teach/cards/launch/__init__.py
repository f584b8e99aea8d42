"""Exercises and claims on the launch: latency under load, guardrails that can be proved, the ramp's decision, monitors."""

import numpy as np

<<<<<<< HEAD
from course_lib.evidence.experiment import SRM_ALARM
from course_lib.launch.guardrails import users_to_prove
from course_lib.launch.ramp import decide
from course_lib.serving.load import open_loop_latency
from course_lib.teach.cards import effects_decisions, sizes
=======
from course_lib.teach.cards.launch.gate import DECIDE
>>>>>>> c1012
from course_lib.teach.cards.launch.monitors import CLICKERS, NET
from course_lib.teach.cards.launch.proof import GUARDRAIL
from course_lib.teach.cards.launch.waits import LATENCY
from course_lib.teach.definitions.claim import DIAL, IDENTITY, MACHINE, Band, Claim

<<<<<<< HEAD

# --- 12.1 ----------------------------------------------------------------------------------------------------------
def _load_cases(rng):
    out = []
    for name, gap in (("a calm hour", 30.0), ("a busy hour", 6.0), ("more work than time", 3.0)):
        out.append(Case(name, (np.cumsum(rng.exponential(gap, 12)).round(2), rng.exponential(5, 12).round(2))))
    return out


def _queue_loop(arrival_ms, service_ms):
    free, out = 0.0, []
    for a, s in zip(arrival_ms, service_ms, strict=True):
        free = max(free, a) + s
        out.append(free - a)
    return np.array(out)


def _neighbour_only(arrival_ms, service_ms):
    before = np.concatenate([[-np.inf], (np.asarray(arrival_ms) + service_ms)[:-1]])
    return np.maximum(before, arrival_ms) + service_ms - arrival_ms


def _never_idle(arrival_ms, service_ms):
    return np.asarray(arrival_ms)[0] + np.cumsum(service_ms) - arrival_ms


LATENCY = Card(
    id="launch.1", title="What a request really waits", minutes=10, difficulty=2, used_in=("{{interview}}",),
    effect=effects_decisions.wait_at_the_99th,
    realistic=sizes.arrivals,
    task="One worker serves requests in the order in which they come. A request that arrives while the worker is busy "
         "waits. Return the time from arrival to answer of each request: waiting and being served.",
    shapes="`arrival_ms` float [n], ascending; `service_ms` float [n], how long each takes once begun; returns float [n].",
    why="`finish = max(arrival, finish of the one before) + service`. A test that sends the next request when the last "
        "one has been answered never queues, and so reports service times: it omits exactly the waits that people have. "
        "That is why a load test must be *open-loop*, with arrivals on their own clock.",
    reference=open_loop_latency, alternative=_queue_loop, cases=_load_cases,
    by_hand=(Case("the second arrives while the first is served", (np.array([0.0, 1.0]), np.array([10.0, 10.0])),
                  expected=np.array([10.0, 19.0])),
             Case("the worker idles in between", (np.array([5.0, 50.0]), np.array([10.0, 10.0])),
                  expected=np.array([10.0, 10.0])),
             Case("three at once", (np.array([0.0, 0.0, 0.0]), np.array([4.0, 4.0, 4.0])),
                  expected=np.array([4.0, 8.0, 12.0]))),
    invariants=(Invariant("nobody waits less than their own service takes", lambda fn, rng: bool(
        (np.asarray(fn(np.arange(6.0), np.full(6, 3.0))) >= 3 - 1e-9).all())),),
    mistakes=(
        Mistake("service times", lambda arrival_ms, service_ms: np.asarray(service_ms, float),
                "You return the service times: nobody waits. This is what a closed-loop load test reports."),
        Mistake("waiting alone", lambda arrival_ms, service_ms: open_loop_latency(arrival_ms, service_ms) - service_ms,
                "You return the wait alone. A person also waits while being served: add the service time."),
        Mistake("only the neighbour", _neighbour_only,
                "A request waits for the one before it as if that had started on arrival. It may itself have waited: carry the "
                "finish time along."),
        Mistake("never idle", _never_idle,
                "Your worker goes on working when nobody is there: a request can't be begun before it arrives."),
        Mistake("finish times", lambda arrival_ms, service_ms: open_loop_latency(arrival_ms, service_ms) + arrival_ms,
                "You return the moments at which the answers are ready. Subtract the arrivals."),
    ),
    hints=("When can the worker begin a request? Two things must have happened.",
           "Keep one number, the time at which the worker is free again, and go through the requests in order.",
           "`free = max(free, arrival) + service`, and the latency is `free - arrival`."),
)


# --- 12.2 ----------------------------------------------------------------------------------------------------------
def _z(alpha, power):
    from scipy.stats import norm

    return norm.ppf(1 - alpha / 2) + norm.ppf(power)


def _users_formula(mean, standard_deviation, margin, alpha=0.05, power=0.8):
    variation = standard_deviation / mean
    return int(np.ceil(2 * (_z(alpha, power) * variation / margin) ** 2))


def _proof_cases(rng):
    return [Case(f"mean {m}, margin {d:.0%}", (m, s, d)) for m, s, d in
            ((2.4, 3.1, 0.05), (0.2, 0.9, 0.1), (130.0, 260.0, 0.02))] + [
        Case("a stricter level", (2.0, 2.0, 0.05), {"alpha": 0.005})]


GUARDRAIL = Card(
    id="launch.2", title="How many users prove that nothing was lost", minutes=10, difficulty=3, used_in=("{{interview}}",),
    effect=effects_decisions.harmless_launches_proved,
    task="A guardrail passes when the interval of the change excludes a loss of `margin` (a share of the metric's mean). "
         "Suppose the treatment changes nothing. How many users an arm make the guardrail pass with the power given? The "
         "difference of two means has variance 2σ²/n, and the loss to exclude is margin × mean.",
    shapes="numbers; returns the number of users an arm, rounded up.",
    why="It is the formula for finding an effect of margin × mean, read the other way: excluding a loss takes as many users "
        "as finding it. So a guardrail with a margin of two percent needs the users that a two percent effect needs, and a "
        "margin chosen without asking is a ramp that never ends.",
    reference=users_to_prove, alternative=_users_formula, cases=_proof_cases,
    by_hand=(Case("mean 1, deviation 1, margin 5%: 2 · (2.8016 / 0.05)²", (1.0, 1.0, 0.05), expected=6280),),
    invariants=(Invariant("half the margin takes four times the users", lambda fn, rng: np.isclose(
        fn(1.0, 1.0, 0.05) / fn(1.0, 1.0, 0.1), 4, rtol=0.01)),
                Invariant("counting in cents instead of euros changes nothing", lambda fn, rng: fn(3.0, 2.0, 0.1) == fn(
                    300.0, 200.0, 0.1))),
    mistakes=(
        Mistake("margin not relative", lambda mean, standard_deviation, margin, alpha=0.05, power=0.8:
                int(np.ceil(2 * (_z(alpha, power) * standard_deviation / margin) ** 2)),
                "You use the margin as if it were in the metric's unit. It is a share: the loss is margin × mean."),
        Mistake("one arm's variance", lambda mean, standard_deviation, margin, alpha=0.05, power=0.8:
                int(np.ceil((_z(alpha, power) * standard_deviation / (margin * mean)) ** 2)),
                "You count the noise of one arm. A difference has the noise of both: 2σ²/n."),
        Mistake("no power", lambda mean, standard_deviation, margin, alpha=0.05, power=0.8:
                int(np.ceil(2 * (_z(alpha, 0.5) * standard_deviation / (margin * mean)) ** 2)),
                "You leave the power out. With so many users the guardrail passes only every other time: add z of the power."),
        Mistake("not squared", lambda mean, standard_deviation, margin, alpha=0.05, power=0.8:
                int(np.ceil(2 * _z(alpha, power) * standard_deviation / (margin * mean))),
                "The standard error falls with the root of n, so n grows with the square: square the whole fraction."),
        Mistake("both arms together", lambda mean, standard_deviation, margin, alpha=0.05, power=0.8:
                int(np.ceil(4 * (_z(alpha, power) * standard_deviation / (margin * mean)) ** 2)),
                "That is the number of users in both arms together; the task asks for one arm."),
    ),
    hints=("The interval has to be narrow enough to stay above −margin × mean, even when chance pulls the estimate down.",
           "That takes (z of the level + z of the power) standard errors between 0 and the loss: "
           "(z₁ + z₂) · sqrt(2σ²/n) = margin · mean.",
           "`from scipy.stats import norm`; `z = norm.ppf(1 - alpha / 2) + norm.ppf(power)`; solve for n; `math.ceil`."),
)


# --- 12.3 ----------------------------------------------------------------------------------------------------------
def _decision_cases(rng):
    states = ("pass", "undecided", "fail")
    rows = [(share, p, {"dwell": a, "reports": b}, primary, rows_at) for share in (0.05, 0.5)
            for p in (0.4, 1e-6) for a in states for b in ("pass", "undecided") for primary in states
            for rows_at in (0.5,)]
    return [Case("every combination of facts", (rows,)),
            Case("a launch that decides at a quarter", ([(0.25, 0.4, {"dwell": a}, b, 0.25) for a in states
                                                         for b in states],))]


def _all_of(fn, rows):
    return [str(fn(share, p, dict(guardrails), primary, decide_at=at)) for share, p, guardrails, primary, at in rows]


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


def _split_last(share, srm_p, guardrails, primary, *, decide_at=0.5):
    action = decide(share, 1.0, guardrails, primary, decide_at=decide_at)
    return "hold" if action == "ramp" and srm_p < SRM_ALARM else action


def _no_split(share, srm_p, guardrails, primary, *, decide_at=0.5):
    return decide(share, 1.0, guardrails, primary, decide_at=decide_at)


def _undecided_is_safe(share, srm_p, guardrails, primary, *, decide_at=0.5):
    seen = {name: "pass" if state == "undecided" else state for name, state in guardrails.items()}
    return decide(share, srm_p, seen, primary, decide_at=decide_at)


def _undecided_is_harm(share, srm_p, guardrails, primary, *, decide_at=0.5):
    seen = {name: "fail" if state == "undecided" else state for name, state in guardrails.items()}
    return decide(share, srm_p, seen, primary, decide_at=decide_at)


def _gate_everywhere(share, srm_p, guardrails, primary, *, decide_at=0.5):
    return decide(1.0, srm_p, guardrails, primary, decide_at=0.0)


def _no_primary(share, srm_p, guardrails, primary, *, decide_at=0.5):
    return decide(share, srm_p, guardrails, "pass", decide_at=decide_at)


def _gate_above(share, srm_p, guardrails, primary, *, decide_at=0.5):
    return decide(share, srm_p, guardrails, primary, decide_at=np.nextafter(decide_at, 2))


DECIDE = Card(
    id="launch.3", title="Ramp, hold or roll back", minutes=15, difficulty=3, used_in=("{{interview}}",),
    task="Write the ramp's decision at the end of a day. In this order: a broken split (p below 0.0005) → `\"hold\"`, for "
         "nothing measured on it counts. A guardrail that fails, or a primary metric that fails (is worse) → "
         "`\"roll back\"`, at any share. Below the share `decide_at`, where few are at risk and little can be proved → "
         "`\"ramp\"`. From `decide_at` on: every guardrail *and* the primary passed → `\"ramp\"`; otherwise `\"hold\"`.",
    shapes="`share` 0 to 1; `srm_p` a p-value; `guardrails` {name: \"pass\" | \"fail\" | \"undecided\"}; `primary` one of the "
           "same; `decide_at` a share; returns \"ramp\", \"hold\" or \"roll back\".",
    why="\"Undecided\" is neither safe nor harmful: early on it must not stop a launch that risks a few users, and at the gate "
        "it must not let one through. And a broken split comes before all else, harm included: if the arms are not alike "
        "for another reason, the loss may not be the treatment's.",
    reference=decide, alternative=_decide_table, cases=_decision_cases, call=_all_of,
    by_hand=(Case("early, undecided", ([(0.05, 0.4, {"dwell": "undecided"}, "undecided", 0.5)],), expected=["ramp"]),
             Case("at the gate, undecided", ([(0.5, 0.4, {"dwell": "undecided"}, "pass", 0.5)],), expected=["hold"]),
             Case("harm on a broken split", ([(0.5, 1e-9, {"dwell": "fail"}, "fail", 0.5)],), expected=["hold"])),
    mistakes=(
        Mistake("the split is not read", _no_split,
                "You never look at the split. When the arms were not filled as asked, no difference between them counts."),
        Mistake("harm before the split", _split_last,
                "You roll back on a broken split. The split comes first: the loss may come from who is missing."),
        Mistake("undecided passes", _undecided_is_safe,
                "At the gate you let undecided guardrails through: \"we saw no harm\" is not \"there is none\"."),
        Mistake("undecided fails", _undecided_is_harm,
                "You roll back whenever a guardrail is undecided. At one percent of users everything is: wait for proof of "
                "harm."),
        Mistake("proof at every step", _gate_everywhere,
                "You ask for proof at every step. A few percent of users can't give it, so the ramp never leaves them: below "
                "decide_at only a proven loss stops it."),
        Mistake("no primary", _no_primary,
                "You launch without the primary metric having improved. Guardrails say it does no harm, not that it helps."),
        Mistake("a worse primary goes on", _worse_goes_on,
                "Below decide_at you let a primary metric that is *proven* worse go on to more users. Few at risk is a "
                "reason not to wait for proof of gain; it is none to go on after proof of loss."),
        Mistake("gate too late", _gate_above,
                "The gate opens *at* decide_at: compare with share < decide_at, so that this very share must prove itself."),
    ),
    hints=("The order is the point: can these numbers be read at all? Is there proven harm? Must anything be proved yet?",
           "Three questions, each an early `return`: split, a failed guardrail or primary, share below the gate.",
           "At the end: `proved = primary == \"pass\" and all(state == \"pass\" for state in guardrails.values())`."),
)
=======
__all__ = ["CARDS", "CLAIMS"]
>>>>>>> c1012

CARDS = [LATENCY, GUARDRAIL, DECIDE, NET, CLICKERS]

# What a measurement of this lesson can contradict, and the sentences whose outcome one of our own dials decides: those are
# measured at several strengths. One sentence of earlier editions stands here no more: "a third of the first days' gain is
# novelty and fades". How strong novelty is is an input of the world; lesson {{experiments}} measures it at four strengths.
CLAIMS = [
    Claim("launch.p99", "Asked one request at a time, the whole chain answers within 50 ms at the 99th percentile",
          "own conjecture: the course's budget", (0.0, 50.0), " ms", kind=MACHINE, written="2026-11-22"),
    Claim("launch.queue", "With one worker, the 99th percentile that people see is at least three times the service's own",
          "own conjecture after queueing theory, which has 5 times at 80% load where service times are exponential; here gamma "
          "service times, Poisson arrivals, by load", (3.0, np.inf), "×",
          kind=DIAL, dial="share of time that the worker is busy", written="2026-11-28", history=(
              Band(2.0, 20.0, "2026-11-22", "it was taken at 80% load alone, from resampled times in which one stall decided; "
                   "\"several times\" is three or more, and has no upper end."),)),
    Claim("launch.ladder", "With a ladder of fallbacks that live, a dead index costs no request its answer",
          "own conjecture: the purpose of a ladder", (1.0, 1.0), kind=IDENTITY, written="2026-11-28", history=(
              Band(0.999, 1.0, "2026-11-22", "the ladder is written to answer, so that nothing but a bug could have contradicted "
                   "it; a unit test holds it now."),)),
    Claim("launch.lift", "A personal chain earns at least a twentieth more clicks than the best of four popularity lists",
          "own conjecture: the reason to build one; here the relative difference of the clicks that each would earn next day, by how "
          "much of a click is personal", (0.05, np.inf),
          kind=DIAL, dial="log-odds of a click a unit of personal affinity", written="2026-11-28", history=(
              Band(0.1, np.inf, "2026-11-22", "the rival was one list with much chance in it; against that, most of the gain "
                   "stays where nothing is personal."),)),
    Claim("launch.spillover", "The control arm clicks as it would if nobody had the new system, to within one percent",
          "own conjecture of what every comparison of two arms assumes; here of a service of 4,000, where friends share finds "
          "and one ranker counts all clicks", (-0.01, 0.01), "of the clicks of a twin without a launch", kind=DIAL, dial="share of people who have the new system", written="2026-11-28", history=(
              Band(-0.02, 0.02, "2026-11-22", "it was taken at one mixture of shares; one percent is what a test of small "
                   "effects can bear."),)),
    Claim("launch.rollback", "When in doubt, roll back: it costs less than 0.3% of people's time",
          "folklore, no source found: common advice; here the mean loss against the best choice over launches on which the rule "
          "cannot decide, by how far the launches' true effects spread", (0.0, 0.003),
          kind=DIAL, dial="standard deviation of the launches' true effects", written="2026-11-28", history=(
              Band(0.0, 0.02, "2026-11-22", "it was one drill with a stalled job, in which the loss was 1 − the old system's worth "
                   "over the new one's, which is arithmetic; \"next to nothing\" has become a figure."),)),
    Claim("launch.hold", "When in doubt, hold: it costs less than 0.3% of people's time while it lasts",
          "folklore, no source found: common caution; the same launches, half of all people on either system",
          (0.0, 0.003), kind=DIAL, dial="standard deviation of the launches' true effects", written="2026-11-28", history=(
              Band(0.0, 0.05, "2026-11-22", "it was the largest of four drills, and a maximum can only grow with drills."),)),
    Claim("launch.newcomers", "People who joined after the launch get less than half of the gain of those who were here before",
          "folklore, no source found: the usual worry about cold start; here the gain in clicks of the ones over that of the others",
          (-np.inf, 0.5), written="2026-11-28", history=(
              Band(-0.2, 0.5, "2026-11-22", "\"less than half\" has no lower end."),)),
    Claim("launch.calendar", "Before and after tells what a launch did, to within ten points",
          "folklore, no source found: the first chart of many a launch review; here the change against before, less the change net "
          "of control, where a holiday ends with the launch and nothing else differs, by its strength", (-0.1, 0.1),
          kind=DIAL, dial="strength of the holiday, 1 the world's own", written="2026-11-22"),
    Claim("launch.rule", "A rule that reads split, guardrails and primary metric chooses rightly in at least nine launches of ten",
          "own conjecture: the reason to write a rule; here 200 launches, 20,000 people an arm: a third good, a third bad, by 1 to 8%, "
          "and a third flat, where no choice is wrong",
          (0.9, 1.0), written="2026-11-28", history=(
              Band(0.75, 1.0, "2026-11-22", "it was the share of four drills that the rule's own author had drawn."),)),
    Claim("launch.regret", "Deciding by the rule loses at most half of what always launching loses, and of what never launching does",
          "own conjecture; here the rule's mean loss of people's time over the smaller of those two, the same 200 launches",
          (0.0, 0.5), written="2026-11-28"),
    Claim("launch.abuse", "Looking at who clicks finds at least four of five sellers who buy clicks",
          "own conjecture, after what abuse teams look at; here the share of buyers among as many sellers with the fewest effective "
          "clickers for their clicks, by how the bought clicks are spread", (0.8, 1.0),
          kind=DIAL, dial="share of the bought clicks that come from an account of their own", written="2026-11-22"),
]
