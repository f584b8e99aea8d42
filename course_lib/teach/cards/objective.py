"""Exercises and claims on objectives: rewards over a log, policies that change places, the budget, guardrails, the framing."""

import numpy as np

from course_lib.evidence.framing import frame_feed, framing_problems
from course_lib.evidence.noninferiority import non_inferiority
from course_lib.evidence.objectives import came_back, kept_money, per_request, rank_agreement
from course_lib.serving.deadline import affordable_items
from course_lib.teach.cards import effects_decisions, effects_lists, effects_truth, sizes
from course_lib.teach.definitions.card import Card, Case, Invariant, Mistake
from course_lib.teach.definitions.claim import DIAL, MACHINE, Band, Claim


# --- 1.1 -----------------------------------------------------------------------------------------------------------
def _sum_cases(rng):
    return [Case(f"{n} requests", (rng.integers(n - 1, size=e), rng.normal(size=e).round(2), n))
            for n, e in ((4, 9), (7, 20), (3, 0))]


def _sum_loop(row, amount, n_requests):
    total = [0.0] * n_requests
    for r, a in zip(row, amount, strict=True):
        total[int(r)] += float(a)
    return np.array(total)


def _mean_of_events(row, amount, n_requests):
    return per_request(row, amount, n_requests) / np.maximum(np.bincount(row, minlength=n_requests), 1)


def _without_empty(row, amount, n_requests):
    return per_request(row, amount, n_requests)[np.unique(row)]


def _count_events(row, amount, n_requests):
    return per_request(row, np.ones(len(row)), n_requests)


def _last_event(row, amount, n_requests):
    total = np.zeros(n_requests)
    total[row] = amount
    return total


REWARD = Card(
    id="objective.1", title="What one request was worth", minutes=5, difficulty=1, used_in=("{{feedback}}", "{{metric_stack}}", "{{launch}}",),
    effect=effects_truth.worth_of_a_request,
    realistic=sizes.rewards_of_requests,
    task="Add the events of a log up by request. Several events may belong to one request, and most requests have none. "
         "Those are worth 0 and must stay in: a request that earned nothing is a fact about the policy.",
    shapes="`row` int [E], the request each event belongs to; `amount` float [E]; returns float [n_requests].",
    why="`np.bincount` with weights adds up repeated rows, and `minlength` keeps the requests in which nothing happened. "
        "Leaving those out turns a reward per request into a reward per *successful* request, which a policy can raise by "
        "serving fewer people well.",
    reference=per_request, alternative=_sum_loop, cases=_sum_cases,
    by_hand=(Case("two events on request 2", (np.array([2, 2]), np.array([1.0, 3.0]), 4),
                  expected=np.array([0.0, 0.0, 4.0, 0.0])),),
    invariants=(Invariant("the rewards of all requests add up to the amounts of all events",
                          lambda fn, rng: np.isclose(np.sum(fn(np.array([0, 1, 1]), np.array([2.0, 5.0, 1.0]), 5)), 8)),),
    mistakes=(
        Mistake("mean of events", _mean_of_events,
                "You average the events of a request. Two purchases are worth more than one: add them."),
        Mistake("requests without events dropped", _without_empty,
                "Requests without events are missing from your result. They are worth 0 and belong in the average."),
        Mistake("counts", _count_events,
                "You count events, whatever their amount. A purchase of 100 and one of 1 are not the same reward."),
        Mistake("last event wins", _last_event,
                "Where a request has several events you keep only the last: `total[row] = amount` does not add up."),
    ),
    hints=("A request can appear in `row` once, several times or never. What should each of the three give?",
           "You need a sum grouped by an integer, with a result for every integer from 0 to n_requests − 1.",
           "`np.bincount(row, weights=amount, minlength=n_requests)` does all of it."),
)


# --- 1.2 -----------------------------------------------------------------------------------------------------------
def _money_cases(rng):
    sizes = (3, 8)
    out = []
    for n in sizes:
        back = rng.random(n) < 0.4
        price = rng.uniform(5, 80, n).round(2)
        out.append(Case(f"{n} events", (np.where(back, -price, price), back, rng.uniform(0.1, 0.5, n).round(2), 4.0)))
    return out


def _money_loop(value, is_return, margin_rate, return_cost):
    return np.array([v * m - (return_cost if r else 0.0) for v, r, m in zip(value, is_return, margin_rate, strict=True)])


MONEY = Card(
    id="objective.2", title="Money kept, not money taken", minutes=6, difficulty=2, used_in=("{{reranker}}", "{{interview}}",),
    effect=effects_truth.money_by_choice,
    realistic=sizes.sales,
    task="For the marketplace: turn purchases and returns into the money the shop keeps. It keeps a share of the price "
         "(the margin rate). A return gives that share back **and** costs a fixed amount to handle. A return's value is "
         "logged as a negative price.",
    shapes="`value` float [E], price or minus the price; `is_return` bool [E]; `margin_rate` float [E]; `return_cost` "
           "a number; returns float [E].",
    why="The value of a return is negative already, so one product covers both signs, and the handling cost is taken off "
        "returns alone. That matters most for items that sell well and come back often: by revenue they look "
        "like winners.",
    reference=kept_money, alternative=_money_loop, cases=_money_cases,
    by_hand=(Case("bought for 100 at a margin of 0.3, then returned at a cost of 5",
                  (np.array([100.0, -100.0]), np.array([False, True]), np.array([0.3, 0.3]), 5.0),
                  expected=np.array([30.0, -35.0])),),
    mistakes=(
        Mistake("revenue", lambda value, is_return, margin_rate, return_cost: value - return_cost * is_return,
                "You count the whole price. The shop keeps only the margin rate of it."),
        Mistake("no handling cost", lambda value, is_return, margin_rate, return_cost: value * margin_rate,
                "Your returns cost nothing to handle. Take return_cost off for each."),
        Mistake("returns ignored", lambda value, is_return, margin_rate, return_cost:
                np.where(is_return, 0.0, value * margin_rate),
                "Your returns are worth 0. A return gives the margin back and costs handling on top."),
        Mistake("cost on everything", lambda value, is_return, margin_rate, return_cost:
                value * margin_rate - return_cost,
                "You charge the handling cost on purchases too. Only a return has it."),
        Mistake("negated twice", lambda value, is_return, margin_rate, return_cost:
                np.where(is_return, -value, value) * margin_rate - return_cost * is_return,
                "A return's value is negative in the log already; you turned it positive, so returns earn money."),
    ),
    hints=("Two things happen at a return. Which of them is already in `value`?",
           "Margin applies to purchases and returns alike; handling applies to returns.",
           "`value * margin_rate - return_cost * is_return`"),
)


# --- 1.3 -----------------------------------------------------------------------------------------------------------
def _visit_cases(rng):
    return [Case(f"{n} visits", (rng.integers(4, size=n), rng.integers(15, size=n), 14, within))
            for n, within in ((6, 7), (25, 3), (40, 7))]


def _back_loop(user, day, last_day, within_days):
    out = []
    for u, d in zip(user, day, strict=True):
        later = (user == u) & (day > d) & (day <= d + within_days)
        out.append(np.nan if d + within_days > last_day else float(later.any()))
    return np.array(out)


def _back_with(*, first=1, extra=0, censor=True, own=True):
    def wrong(user, day, last_day, within_days):
        out = []
        for i, (u, d) in enumerate(zip(user, day, strict=True)):
            later = (day >= d + first) & (day <= d + within_days + extra) & (np.arange(len(day)) != i)
            later &= (user == u) if own else True
            out.append(np.nan if censor and d + within_days > last_day else float(later.any()))
        return np.array(out)
    return wrong


BACK = Card(
    id="objective.3", title="Who comes back, and who cannot be asked yet", minutes=10, difficulty=3, used_in=("{{launch}}",),
    effect=effects_truth.return_rate,
    realistic=sizes.visits,
    task="For each visit: 1 if the same person visits again on one of the next `within_days` days, 0 if not. The same day does "
         "not count. Where those days are not over at `last_day`, the answer is not 0 but unknown: NaN.",
    shapes="`user` int [V], `day` int [V], in any order; `last_day`, `within_days` ints; returns float [V] of 1, 0 or NaN.",
    why="The unknown visits are the recent ones. Counting them as 0 makes every policy look worse each day it is watched, and "
        "makes the arm that started later look worst. The reference looks only at the next visit: if that is too late, all "
        "later ones are.",
    reference=came_back, alternative=_back_loop, cases=_visit_cases,
    by_hand=(Case("one person on days 0, 2 and 9; the log ends on day 10; a week",
                  (np.array([5, 5, 5]), np.array([0, 2, 9]), 10, 7), expected=np.array([1.0, 1.0, np.nan])),
             Case("nobody returns; day 0 can be judged, day 3 not", (np.array([1, 2]), np.array([0, 3]), 7, 7),
                  expected=np.array([0.0, np.nan]))),
    mistakes=(
        Mistake("unknown is no", _back_with(censor=False),
                "Visits whose days are not over count as \"did not return\". Nobody can know that yet: they are NaN."),
        Mistake("same day counts", _back_with(first=0),
                "A second visit on the same day counts as a return in your result. Only later days do."),
        Mistake("one day short", _back_with(extra=-1),
                "Your window ends a day early: a return exactly within_days later still counts."),
        Mistake("anyone", _back_with(own=False),
                "You look at everybody's later visits. It has to be the same person."),
    ),
    hints=("For one visit, three things can be true on the last day of the log: yes, no, cannot be said. When is it the third?",
           "Sort by person and day; then only the next row can answer.",
           "`np.where(day + within_days > last_day, np.nan, answer)` around whatever finds the answer."),
)


# --- 1.4 -----------------------------------------------------------------------------------------------------------
def _rank_cases(rng):
    return [Case(f"{n} policies", tuple(np.exp(rng.normal(size=(2, n)) * 2))) for n in (4, 6, 9)]


def _spearman_by_hand(a, b):
    place = np.stack([np.argsort(np.argsort(x)) for x in (a, b)]).astype(float)
    n = place.shape[1]
    return 1 - 6 * np.sum((place[0] - place[1]) ** 2) / (n * (n * n - 1))


AGREE = Card(
    id="objective.4", title="Do two objectives agree?", minutes=6, difficulty=2, used_in=("{{metric_stack}}",),
    task="Given the values of the same policies by two objectives, say how far they put them in the same order: the "
         "correlation of their *ranks* (Spearman). 1 is the same order, −1 the reverse. There are no ties.",
    shapes="`a`, `b` float [P]; returns a number in [−1, 1].",
    why="A launch decision picks an order, not a size: clicks and margin have different units, and one extreme policy would rule a "
        "correlation of values. With few policies the interval is wide; lesson {{metric_stack}} says how wide.",
    reference=rank_agreement, alternative=_spearman_by_hand, cases=_rank_cases,
    by_hand=(Case("the same order", (np.array([1.0, 2.0, 50.0]), np.array([0.1, 0.2, 0.3])), expected=1.0),
             Case("the last two swapped", (np.array([1.0, 2.0, 3.0]), np.array([10.0, 30.0, 20.0])), expected=0.5)),
    invariants=(Invariant("stretching one objective without changing its order changes nothing", lambda fn, rng: np.isclose(
        fn(np.array([1.0, 5.0, 2.0, 9.0]), np.array([3.0, 1.0, 2.0, 4.0])),
        fn(np.exp(np.array([1.0, 5.0, 2.0, 9.0])), np.array([3.0, 1.0, 2.0, 4.0])))),),
    mistakes=(
        Mistake("values, not ranks", lambda a, b: np.corrcoef(a, b)[0, 1],
                "You correlate the values. One extreme policy rules that; take the ranks first."),
        Mistake("argsort taken for ranks", lambda a, b: np.corrcoef(np.argsort(a), np.argsort(b))[0, 1],
                "`argsort` gives which policy stands at each place; the rank is the inverse, argsort of argsort."),
        Mistake("sign of the distance", lambda a, b: -rank_agreement(a, b),
                "Your result is the reverse: the same order has to give 1."),
    ),
    hints=("What is left of a list of values if only its order may count?",
           "Ranks of a, ranks of b, then the ordinary correlation.",
           "`np.argsort(np.argsort(a))` are the ranks from 0; `np.corrcoef(x, y)[0, 1]` the correlation."),
)


# --- 1.5 -----------------------------------------------------------------------------------------------------------
def _budget_cases(rng):
    return [Case(f"{b:.0f} ms", (float(b), float(f), float(p))) for b, f, p in
            zip(rng.uniform(10, 60, 4).round(1), rng.uniform(0, 9, 4).round(1), rng.uniform(2, 70, 4).round(1), strict=True)]


BUDGET = Card(
    id="objective.5", title="How many items fit the budget", minutes=5, difficulty=1, used_in=("{{ann}}", "{{ranker}}", "{{launch}}",),
    effect=effects_lists.candidates_in_time,
    task="A stage may take `budget_ms` milliseconds. It spends `fixed_ms` before the first item and `per_item_us` "
         "**micro**seconds on each. How many whole items can it score? None, if the fixed part is already too much.",
    shapes="three numbers; returns an int.",
    why="It is one division, and it decides the shape of the system: whatever the answer is, everything above it has to be cut by "
        "something cheaper. The fixed part comes off the budget first; a cost per item alone does not show it.",
    reference=affordable_items,
    alternative=lambda budget_ms, fixed_ms, per_item_us: int(max(budget_ms * 1000 - fixed_ms * 1000, 0) // per_item_us),
    cases=_budget_cases,
    by_hand=(Case("20 ms, 2 fixed, 10 µs an item", (20.0, 2.0, 10.0), expected=1800),
             Case("the fixed part is too much", (5.0, 8.0, 10.0), expected=0)),
    mistakes=(
        Mistake("units", lambda b, f, p: max(0, int((b - f) / p)),
                "You divide milliseconds by microseconds. One millisecond is 1,000 microseconds."),
        Mistake("fixed part forgotten", lambda b, f, p: int(b * 1000 / p),
                "You spend the whole budget on items; the fixed part comes off first."),
        Mistake("negative", lambda b, f, p: int(np.floor((b - f) * 1000 / p)),
                "Where the fixed part exceeds the budget your answer is negative. No items fit: 0."),
        Mistake("rounded up", lambda b, f, p: max(0, int(np.ceil((b - f) * 1000 / p + 1e-6))),
                "You round up, so the last item breaks the budget. Round down."),
    ),
    hints=("What is left of the budget for the items, and in which unit?",
           "(budget − fixed) in microseconds, divided by the cost of one, rounded down, not below 0.",
           "`max(0, int((budget_ms - fixed_ms) * 1000 / per_item_us))`"),
)


# --- 1.6 -----------------------------------------------------------------------------------------------------------
def _margin_cases(rng):
    out = []
    for i, centre in enumerate(rng.normal(0, 1.5, 8)):
        half = rng.uniform(0.2, 1.5)
        out.append(Case(f"interval {i}", (round(centre - half, 2), round(centre + half, 2), 1.0)))
    return out + [Case("surely harmless", (-0.2, 0.6, 1.0)), Case("surely harmful", (-3.0, -1.2, 1.0)),
                  Case("cannot be said", (-1.5, 0.4, 1.0)), Case("harmful but within the margin", (-0.8, -0.2, 1.0)),
                  Case("surely better", (0.3, 0.9, 1.0))]


def _verdict_by_sign(low, high, margin):
    return ("pass", "undecided", "fail")[int(low <= -margin) + int(high < -margin)]


def _by_zero(low, high, margin):
    return "fail" if high < 0 else "pass"


GUARD = Card(
    id="objective.6", title="A guardrail is a question about harm", minutes=8, difficulty=2, used_in=("{{experiments}}", "{{launch}}",),
    effect=effects_decisions.harm_let_through,
    task="A guardrail metric (more is better) has moved by an amount whose 95% interval is [low, high]. You accept a loss smaller than "
         "`margin` (a positive number). Answer \"pass\" if the interval excludes a loss of margin or more, \"fail\" if "
         "even its better end is a larger loss than margin, else \"undecided\".",
    shapes="`low`, `high`, `margin` numbers; returns one of three strings.",
    why="\"Not significant\" is not \"safe\": with little traffic nothing is significant. The margin says which loss would matter, and the "
        "question is whether the data exclude it. A small sure loss within the margin passes; that is what the margin is for.",
    reference=non_inferiority, alternative=_verdict_by_sign, cases=_margin_cases,
    by_hand=(Case("the interval reaches below the margin", (-2.0, 0.5, 1.0), expected="undecided"),
             Case("small and sure", (-0.4, -0.1, 1.0), expected="pass"),
             Case("large and sure", (-4.0, -2.0, 1.0), expected="fail")),
    mistakes=(
        Mistake("not significant means safe", _by_zero,
                "You pass whatever is not significantly worse than 0. With little data that is everything: ask whether a "
                "loss of margin is excluded."),
        Mistake("any sure loss fails", lambda low, high, margin: "fail" if high < 0 else
                ("pass" if low > -margin else "undecided"),
                "You fail a loss that is sure but smaller than margin. The margin says that such a loss is accepted."),
        Mistake("never undecided", lambda low, high, margin: "pass" if low > -margin else "fail",
                "You never answer \"undecided\". An interval that holds both harm and no harm has not decided anything."),
        Mistake("centre only", lambda low, high, margin: "pass" if (low + high) / 2 > -margin else "fail",
                "You look at the middle of the interval. The question is what the whole interval excludes."),
    ),
    hints=("Three states of knowledge: harm is excluded, harm is sure, neither.",
           "Compare both ends with −margin, not with 0.",
           "pass: low > −margin. fail: high < −margin. Otherwise undecided."),
)


# --- 1.7 -----------------------------------------------------------------------------------------------------------
def _no_guardrail():
    return "We decide which ten stories to show. The objective is that people come back next week."


def _stack_first():
    return ("A two-tower model retrieves and a ranker orders. We decide which stories to show; the objective is retention, "
            "and complaints must not rise.")


def _no_decision():
    return "Maximise satisfaction over a month; the share that leaves must not rise."


def _too_long():
    return ("We decide which ten stories to show. The objective is retention. A guardrail is complaints. "
            + "And there is more to say about it. " * 20)


FRAME = Card(
    id="objective.7", title="The one-minute framing", minutes=8, difficulty=3, used_in=("{{interview}}",),
    task="Write, as a text your function returns, how you would open a design interview for the feed: the decision, the objective, what "
         "must not get worse, and only then anything about how. One minute, said aloud. The check reads words, not sense: "
         "it finds a component named before the objective, a missing decision, objective or guardrail, and more words than a minute holds.",
    shapes="no arguments; returns a text.",
    why="An interviewer hears in the first minute whether you are solving a problem or assembling parts. The parts follow from the decision "
        "and its budget; the reverse order cannot be defended when somebody asks \"why that one?\".",
    reference=frame_feed, alternative=lambda: _no_guardrail() + " Complaints must not rise.",
    call=lambda fn: "; ".join(framing_problems(fn())) or "nothing is missing",
    cases=lambda rng: [], by_hand=(Case("your text", (), expected="nothing is missing"),),
    mistakes=(
        Mistake("no guardrail", _no_guardrail, "No guardrail: say what must not get worse, and by how much."),
        Mistake("the stack first", _stack_first,
                "A component comes before the objective. Say what it is for first; then it can be defended."),
        Mistake("no decision", _no_decision, "No decision: say what is decided, for whom and when."),
        Mistake("over a minute", _too_long, "More than a minute. Cut until each sentence would be missed."),
    ),
    hints=("What does the system decide, each time somebody arrives?",
           "Four sentences: decision, objective, guardrails, budget. Components last, if at all.",
           "Begin: \"We decide which …\". Then: \"The objective is …\". Then: \"… must not …\"."),
)

CARDS = [REWARD, MONEY, BACK, AGREE, BUDGET, GUARD, FRAME]

CLAIMS = [
    # A dial: return follows satisfaction in this world, and what clicks have to do with satisfaction is ours to set.
    Claim("objective.retention", "Ranking by clicks keeps fewer people to the fourth week than ranking by satisfaction, both predicted perfectly.",
          "own conjecture; Kohavi et al. 2012 show no such pair of rankers, but a bug at Bing that raised queries and revenue while search got worse",
          (-np.inf, 0.0), "change in people active in the fourth week, share",
          kind=DIAL, dial="strength of clickbait (1: as usual in this world)",
          history=(Band(-np.inf, -0.01, "2026-11-22", "the sentence says fewer, which is below 0; and the sign is an input of the simulator, so it is a dial now"),),
          written="2026-11-28"),
    Claim("objective.reorder", "Clicks per request and return within a week put rival policies of a feed with clickbait in different orders.",
          "own conjecture; here Spearman's rank correlation over 21 mixtures of three rewards, clickbait as usual in this world",
          (-1.0, 0.5), "rank correlation of clicks per request with return within a week",
          history=(Band(-1.0, 0.5, "2026-11-22", "the sentence was another: Objectives put the same policies in different orders. It was asked of six policies, three of them straw men"),),
          written="2026-11-28"),
    Claim("objective.turn", "A ranker that learnt clicks brings fewer people back tomorrow than one that learnt long clicks.",
          "own conjecture", (-np.inf, 0.0), "change in who comes back tomorrow, share",
          kind=DIAL, dial="strength of clickbait (1: as usual in this world)",
          history=(Band(3, 3, "2026-11-22", "the sentence was another: in each of three worlds, a count of seeds at which both intervals exclude 0. "
                        "No interval can lie in a band of one point, and a count of significant seeds measures traffic"),),
          written="2026-11-28"),
    Claim("objective.market", "Choosing a shop's policy by revenue loses at least 2% of the money that could be kept.", "own conjecture",
          (0.02, np.inf), "of the money kept, lost by the choice among 24 rivals",
          kind=DIAL, dial="how much the share of a price that is kept differs between items (1: this shop)",
          history=(Band(-1.0, 0.5, "2026-11-22", "the sentence was another: Revenue and money kept put shop policies in different orders. "
                        "A correlation over four policies says nothing of how much is lost"),),
          written="2026-11-28"),
    Claim("objective.rank_everything", "From ten thousand items to a million, the time to retrieve by exact search and to rank 300 "
          "hardly grows.",
          "folklore, no source found: funnel diagrams, most of which do not say how the first stage searches",
          (-np.inf, 0.2), "power of the catalogue's size, from 10,000 items to a million", kind=MACHINE, ratio=True,
          history=(Band(10, np.inf, "2026-11-22", "the sentence was another: Ranking everything costs in proportion to the catalogue; retrieve-then-rank "
                        "hardly grows. A ratio at one size says nothing of growth"),),
          written="2026-11-28"),
]
