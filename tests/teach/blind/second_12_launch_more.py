"""Solutions of lesson 12, written blind: from the notebook's text alone. Second part."""

from collections import Counter

import numpy as np
import pandas as pd
from blind_book import right, wrong


@wrong("launch.3", "A failing guardrail rolls back before the split is looked at.")
def decide_fail_first(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = [*guardrails.values(), primary]
    if "fail" in states:
        return "roll back"
    if srm_p < 0.0005 or (share >= decide_at and set(states) != {"pass"}):
        return "hold"
    return "ramp"


@wrong("launch.3", "A split is called broken below 0.05.")
def decide_loose_split(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = list(guardrails.values()) + [primary]
    if srm_p < 0.05:
        return "hold"
    if "fail" in states:
        return "roll back"
    return "ramp" if share < decide_at or all(s == "pass" for s in states) else "hold"


@wrong("launch.3", "p of exactly 0.0005 is called broken: <= where the text says below.")
def decide_at_limit(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = {*guardrails.values(), primary}
    if srm_p <= 0.0005:
        return "hold"
    if "fail" in states:
        return "roll back"
    return "ramp" if share < decide_at or states == {"pass"} else "hold"


@wrong("launch.3", "All guardrails have to fail before it rolls back.")
def decide_all_fail(share, srm_p, guardrails, primary, *, decide_at=0.5):
    if srm_p < 0.0005:
        return "hold"
    if primary == "fail" or (guardrails and all(s == "fail" for s in guardrails.values())):
        return "roll back"
    if share < decide_at:
        return "ramp"
    return "ramp" if primary == "pass" and all(s == "pass" for s in guardrails.values()) else "hold"


@wrong("launch.3", "From decide_at on, undecided is enough: it ramps unless something fails.")
def decide_undecided_ramps(share, srm_p, guardrails, primary, *, decide_at=0.5):
    if srm_p < 0.0005:
        return "hold"
    if primary == "fail" or "fail" in guardrails.values():
        return "roll back"
    if share >= decide_at and primary == "undecided":
        return "hold"
    return "ramp"


@wrong("launch.3", "At exactly decide_at it still ramps: the boundary is taken as below it.")
def decide_after(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = {*guardrails.values(), primary}
    if srm_p < 0.0005:
        return "hold"
    if "fail" in states:
        return "roll back"
    return "hold" if share > decide_at and states - {"pass"} else "ramp"


@wrong("launch.3", "Below decide_at failures are not looked at: everything ramps.")
def decide_early_blind(share, srm_p, guardrails, primary, *, decide_at=0.5):
    if srm_p < 0.0005:
        return "hold"
    if share < decide_at:
        return "ramp"
    states = [primary, *guardrails.values()]
    if any(s == "fail" for s in states):
        return "roll back"
    return "ramp" if all(s == "pass" for s in states) else "hold"


@wrong("launch.3", "A primary metric that fails only holds the ramp.")
def decide_primary_holds(share, srm_p, guardrails, primary, *, decide_at=0.5):
    if srm_p < 0.0005:
        return "hold"
    if "fail" in guardrails.values():
        return "roll back"
    if share < decide_at and primary != "fail":
        return "ramp"
    return "ramp" if {primary, *guardrails.values()} == {"pass"} else "hold"


@wrong("launch.3", "Without guardrails it holds: nothing has passed.")
def decide_no_guardrails(share, srm_p, guardrails, primary, *, decide_at=0.5):
    seen = Counter(guardrails.values())
    if srm_p < 0.0005:
        return "hold"
    if seen["fail"] or primary == "fail":
        return "roll back"
    if share < decide_at:
        return "ramp"
    return "ramp" if primary == "pass" and seen["pass"] and not seen["undecided"] else "hold"


@wrong("launch.3", "The primary metric is not asked from decide_at on: passing guardrails are enough.")
def decide_guardrails_only(share, srm_p, guardrails, primary, *, decide_at=0.5):
    if srm_p < 0.0005:
        return "hold"
    if "fail" in (*guardrails.values(), primary):
        return "roll back"
    return "ramp" if share < decide_at or all(s == "pass" for s in guardrails.values()) else "hold"


@wrong("launch.3", "all() of texts: any text is true, so `undecided` counts as passed.")
def decide_truthy(share, srm_p, guardrails, primary, *, decide_at=0.5):
    if srm_p < 0.0005:
        return "hold"
    if any(s == "fail" for s in guardrails.values()) or primary == "fail":
        return "roll back"
    if share < decide_at or (all(guardrails.values()) and primary == "pass"):
        return "ramp"
    return "hold"


@wrong("launch.3", "A broken split rolls back.")
def decide_split_rolls_back(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = {primary} | set(guardrails.values())
    if srm_p < 0.0005 or "fail" in states:
        return "roll back"
    return "ramp" if share < decide_at or states == {"pass"} else "hold"


@wrong("launch.3", "A half is written down where decide_at is meant.")
def decide_half(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = {primary} | set(guardrails.values())
    if srm_p < 0.0005:
        return "hold"
    if "fail" in states:
        return "roll back"
    return "ramp" if share < 0.5 or states == {"pass"} else "hold"


@wrong("launch.3", "Below decide_at an undecided metric holds; little can be proved there, and it should ramp.")
def decide_early_holds(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = [primary, *guardrails.values()]
    if srm_p < 0.0005:
        return "hold"
    return "roll back" if "fail" in states else "hold" if "undecided" in states else "ramp"


@wrong("launch.3", "Only the first guardrail is looked at.")
def decide_first_guardrail(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = {primary, next(iter(guardrails.values()), "pass")}
    if srm_p < 0.0005:
        return "hold"
    if "fail" in states:
        return "roll back"
    return "ramp" if share < decide_at or states == {"pass"} else "hold"


@right("launch.3", "The worst state by a number, in one match.")
def decide_match(share, srm_p, guardrails, primary, *, decide_at=0.5):
    order = ["pass", "undecided", "fail"]
    worst = max([primary, *guardrails.values()], key=order.index)
    match (bool(srm_p < 0.0005), worst, bool(share < decide_at)):
        case (True, _, _):
            return "hold"
        case (_, "fail", _):
            return "roll back"
        case (_, "pass", _) | (_, _, True):
            return "ramp"
    return "hold"


@right("launch.3", "A table of rules, the first that holds; a numpy text comes back.")
def decide_select(share, srm_p, guardrails, primary, *, decide_at=0.5):
    states = np.array([primary, *guardrails.values()])
    rules = [srm_p < 0.0005, (states == "fail").any(), share < decide_at, (states == "pass").all()]
    return np.select(rules, ["hold", "roll back", "ramp", "ramp"], "hold")[()]


@right("launch.3", "A pandas Series of states, counted.")
def decide_pandas(share, srm_p, guardrails, primary, *, decide_at=0.5):
    seen = pd.concat([pd.Series(guardrails, dtype=object), pd.Series([primary])]).value_counts()
    if not srm_p >= 0.0005:
        return "hold"
    if seen.get("fail", 0):
        return "roll back"
    return "hold" if seen.get("undecided", 0) and share >= decide_at else "ramp"


@wrong("launch.4", "The mean of each person's own growth, not the growth of the sums.")
def net_of_people(treated, control):
    def growth(rows):
        held = rows[rows[:, 0] > 0]
        return (held[:, 1] / held[:, 0]).mean() if len(held) else 1.0
    return growth(treated) / growth(control) - 1


@wrong("launch.4", "The growths are subtracted; they should be divided.")
def net_difference(treated, control):
    t, c = treated.sum(axis=0), control.sum(axis=0)
    return t[1] / t[0] - c[1] / c[0]


@wrong("launch.4", "Control is not looked at: the plain change from before to now.")
def net_plain(treated, control):
    before, now = treated.sum(axis=0)
    return now / before - 1


@wrong("launch.4", "The 1 is not taken off: where both moved alike it says 1.")
def net_ratio(treated, control):
    t, c = np.sum(treated, axis=0), np.sum(control, axis=0)
    return (t[1] / t[0]) / (c[1] / c[0])


@wrong("launch.4", "The columns are exchanged: before by now.")
def net_reversed(treated, control):
    t, c = treated.sum(0), control.sum(0)
    return (t[0] / max(t[1], 1e-12)) / (c[0] / c[1]) - 1


@wrong("launch.4", "Only the present is compared, treated by control; how the two stood before is left out.")
def net_present(treated, control):
    return float(treated[:, 1].mean() / control[:, 1].mean() - 1)


@wrong("launch.4", "Sums along the wrong axis: each person's two numbers are added up.")
def net_axis(treated, control):
    t, c = treated.sum(axis=1), control.sum(axis=1)
    return float(t.sum() / c.sum() - 1)


@wrong("launch.4", "People without anything before are dropped, though what they do now counts in the sums.")
def net_active_before(treated, control):
    t, c = (rows[rows[:, 0] > 0].sum(axis=0) for rows in (treated, control))
    return t[1] / t[0] / (c[1] / c[0]) - 1 if c[1] > 0 else 0.0


@wrong("launch.4", "The logarithm of the ratio of growths: near it for small changes only.")
def net_log(treated, control):
    t, c = treated.sum(axis=0), control.sum(axis=0)
    return float(np.log(np.maximum(t[1], 1e-12) / t[0]) - np.log(c[1] / c[0]))


@wrong("launch.4", "Control's growth is divided by that of the treated.")
def net_inverted(treated, control):
    t, c = treated.sum(axis=0), control.sum(axis=0)
    return c[1] / c[0] / max(t[1] / t[0], 1e-12) - 1


@wrong("launch.4", "Medians over people in place of sums.")
def net_median(treated, control):
    t, c = np.median(treated, axis=0), np.median(control, axis=0)
    with np.errstate(all="ignore"):
        return float(t[1] / t[0] / (c[1] / c[0]) - 1)
