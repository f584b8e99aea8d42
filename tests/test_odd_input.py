"""Odd input to every function that takes arrays or tables: an answer that is right, or an error that says what to do.

Each case below is one right call. The sweep spoils one argument at a time: NaN, infinity, text, a half, a negative id,
a row too many, a label that is none. What comes back must be a CourseError; an answer is a failure, unless LEGAL says
why it is right, and so is any other exception. Then it passes the same values in another dress (a list, a column
with another index, a nullable or an object column, read-only, with gaps in memory) and wants the same answer.
"""

import inspect

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import CourseError
from course_lib.data import audit, features, labels, readings, sessions
from course_lib.evidence import (
    auc,
    counterfactual,
    covariates,
    differences,
    estimate,
    interleave,
    intervals,
    objectives,
    offline,
    page_worth,
    paired_gain,
    sequential,
    slates,
    triggered,
)
from course_lib.launch import launch_readings
from course_lib.serving.loadgen import arrivals, percentiles
from course_lib.stages.ann import curves, graph_by_hand, measure, quantise
from course_lib.stages.ann import filter as ann_filter
from course_lib.stages.ranking import bandits, calibrate, ranker
from course_lib.stages.reranking import constraints, contract, counted, diversity, exploration, freshness, value
from course_lib.stages.retrieval import by_hand, negatives

RNG = np.random.default_rng(0)
N = 24
NUMBER, OTHER, CHANCE = RNG.normal(size=N), RNG.normal(size=N), RNG.uniform(0.1, 0.9, N)
TIME, ID, ID2 = np.sort(RNG.uniform(0, 1e5, N)), RNG.integers(0, 6, N), RNG.integers(0, 6, N)
LABEL, COUNT = np.tile([0.0, 1.0, 1.0, 0.0], N // 4), RNG.integers(1, 9, 8).astype(float)
LISTS = np.array([RNG.permutation(8)[:4] for _ in range(6)])
VECTORS = RNG.normal(size=(8, 4))
LIKE = np.corrcoef(RNG.normal(size=(5, 40)))
BOOKS = RNG.normal(size=(2, 4, 2))



def trees_of(x, label, weight):
    """Predictions at x of two trees."""
    trees = ranker.GBDTRanker(trees=2, min_rows=2).fit(pd.DataFrame({"x": NUMBER}), label, weight=weight)
    return trees.predict(pd.DataFrame({"x": x}))


# function, its right call, and which arguments: `labels` are 0/1, `free` may have any length, `skip` are no arrays
CASES = [
    (offline.hits, {"top": LISTS, "relevant": list(LISTS[::-1])}, {"skip": ["relevant"]}),
    (offline.recall_at_k, {"top": LISTS, "relevant": list(LISTS[::-1]), "k": 3}, {"skip": ["relevant"]}),
    (offline.ndcg_at_k, {"top": LISTS, "relevant": list(LISTS[::-1]), "k": 3}, {"skip": ["relevant"]}),
    (offline.average_precision, {"top": LISTS, "relevant": list(LISTS[::-1]), "k": 3}, {"skip": ["relevant"]}),
    (offline.mean_popularity, {"top": LISTS, "counts": COUNT}, {"free": ["top", "counts"]}),
    (offline.recall_by_popularity, {"top": LISTS, "relevant": list(LISTS[::-1]), "counts": COUNT, "k": 3},
     {"skip": ["relevant"], "free": ["counts"]}),
    (offline.coverage, {"top": LISTS, "n_items": 8}, {"free": ["top"]}),
    (offline.calibration_error, {"probability": CHANCE, "outcome": LABEL}, {"labels": ["outcome"]}),
    (estimate.bootstrap, {"values": NUMBER, "groups": ID}, {"names": ["groups"]}),
    (estimate.paired, {"a": NUMBER, "b": OTHER}, {}),
    (estimate.mean_of_runs, {"values": NUMBER}, {"free": ["values"]}),
    (estimate.ratio, {"numerator": CHANCE, "denominator": CHANCE + 1, "groups": ID}, {"names": ["groups"]}),
    (triggered.effect_of_touched, {"y": NUMBER, "arm": LABEL, "touched": np.tile([1.0, 1.0, 1.0, 0.0], N // 4)},
     {"labels": ["arm", "touched"]}),
    (auc.auc, {"score": NUMBER, "label": LABEL}, {"labels": ["label"]}),
    (auc.grouped_auc, {"score": NUMBER, "label": LABEL, "group": ID}, {"labels": ["label"], "names": ["group"]}),
    (counterfactual.importance_weights, {"logged": CHANCE, "target": CHANCE[::-1]}, {}),
    (counterfactual.effective_sample_size, {"weight": CHANCE}, {"free": ["weight"]}),
    (counterfactual.ips, {"reward": NUMBER, "logged": CHANCE, "target": CHANCE[::-1]}, {}),
    (counterfactual.snips, {"reward": NUMBER, "logged": CHANCE, "target": CHANCE[::-1]}, {}),
    (counterfactual.doubly_robust, {"reward": NUMBER, "logged": CHANCE, "target": CHANCE[::-1], "predicted": OTHER,
                                    "predicted_target": OTHER}, {}),
    (counterfactual.replay, {"reward": NUMBER, "logged_item": ID, "target_item": ID2},
     {"names": ["logged_item", "target_item"]}),
    (intervals.is_binary, {"values": LABEL}, {"free": ["values"]}),
    (intervals.mean_interval, {"values": NUMBER}, {"free": ["values"]}),
    (intervals.differences_interval, {"a": NUMBER, "b": OTHER}, {}),
    (estimate.jackknife_error, {"numerator": NUMBER, "denominator": CHANCE}, {}),
    (slates.prefix_propensity, {"propensity": CHANCE.reshape(6, 4)}, {"free": ["propensity"]}),
    (slates.plackett_luce_propensity, {"weight": COUNT, "item": LISTS}, {"free": ["weight", "item"]}),
    (slates.position_propensity, {"weight": COUNT, "slots": 3}, {"free": ["weight"]}),
    (differences.difference, {"control": NUMBER, "treatment": OTHER}, {"free": ["control", "treatment"]}),
    (differences.ratio_delta, {"numerator": NUMBER, "denominator": CHANCE}, {}),
    (covariates.cuped, {"y": NUMBER, "x": OTHER, "arm": LABEL}, {"labels": ["arm"]}),
    (covariates.cuped_adjusted, {"y": NUMBER, "x": OTHER}, {}),
    (launch_readings.without, {"y": NUMBER, "known": np.column_stack([OTHER, CHANCE])}, {}),
    *[(function, {"y": NUMBER, "cluster": np.arange(N) // 2, "arm": (np.arange(N) % 4 < 2) * 1.0},
       {"labels": ["arm"], "names": ["cluster"]})
      for function in (differences.cluster_difference, differences.cluster_interval)],
    (differences.sides_of, {"arm": LABEL}, {"labels": ["arm"], "free": ["arm"]}),
    (interleave.team_draft, {"a": LISTS, "b": LISTS[::-1], "slate_size": 4, "coin": RNG.random((6, 2))}, {}),
    (interleave.preference, {"team": RNG.integers(0, 2, N), "click": LABEL}, {"labels": ["click"]}),
    (objectives.per_request, {"row": ID, "amount": NUMBER, "n_requests": 6}, {}),
    (objectives.kept_money, {"value": NUMBER, "is_return": LABEL, "margin_rate": 0.3, "return_cost": 5.0},
     {"labels": ["is_return"], "free": ["value", "is_return"]}),
    (objectives.came_back, {"user": ID, "day": ID2, "last_day": 9}, {}),
    (objectives.rank_agreement, {"a": NUMBER, "b": OTHER}, {}),
    (objectives.per_showing, {"item": ID, "amount": NUMBER, "n_items": 6}, {}),
    (sequential.always_valid_p, {"value": NUMBER, "standard_error": CHANCE, "scale": 1.0}, {}),
    (sequential.looks, {"control": NUMBER, "treatment": OTHER, "at": np.array([4, 12])},
     {"free": ["control", "treatment", "at"]}),
    (features.counts_before, {"key": ID, "time": TIME, "at_key": ID2, "at_time": TIME, "weight": CHANCE}, {}),
    (features.snapshot_time, {"time": TIME, "every_s": 60.0}, {"free": ["time"]}),
    (audit.psi, {"reference": NUMBER, "actual": OTHER}, {"free": ["reference", "actual"]}),
    (audit.psi_of_counts, {"reference": COUNT, "actual": COUNT[::-1]}, {"free": ["reference", "actual"]}),
    (audit.auc, {"label": LABEL, "score": NUMBER}, {"labels": ["label"]}),
    (readings.rate_of_items, {"item": ID, "yes": CHANCE, "times": CHANCE[::-1], "n_items": 6}, {}),
    (page_worth.page_worth, {"score": NUMBER, "value": CHANCE, "examination": np.ones(N)}, {"free": ["examination"]}),
    (paired_gain.relative_gain, {"a": NUMBER, "b": CHANCE}, {}),
    (paired_gain.gap_closed, {"without": CHANCE, "with_it": CHANCE[::-1]}, {}),
    (labels.relative_examination, {"position": ID + 1, "click": (ID == 0) * 1.0, "n_positions": 6},
     {"labels": ["click"]}),
    (labels.seen_given_ignored, {"examination": CHANCE, "click_rate": CHANCE / 2},
     {"free": ["examination", "click_rate"]}),
    (labels.skips_and_clicks, {"click": LABEL.reshape(6, 4)}, {"labels": ["click"], "free": ["click"]}),
    (labels.click_rate_per_look, {"click": LABEL, "examination": CHANCE}, {"labels": ["click"]}),
    (labels.window_label, {"click_time": TIME, "event_time": TIME + 60, "as_of": 9e4, "window_s": 1e4}, {}),
    (labels.rate_corrected_for_delay, {"label": LABEL, "age_s": TIME, "delays_s": TIME / 2},
     {"labels": ["label"], "free": ["delays_s"]}),
    (sessions.live_session, {"event_time": TIME, "arrival_time": TIME + 1, "item": ID, "now": 1e5, "gap_s": 1e4},
     {"names": ["item"]}),
    (sessions.decayed_counts, {"batch": COUNT, "batch_at": 0.0, "user": ID, "event_time": TIME,
                               "arrival_time": TIME + 1, "now": 2e5, "half_life_s": 1e4}, {"free": ["batch"]}),
    (calibrate.reliability, {"p": CHANCE, "y": LABEL}, {"labels": ["y"]}),
    (calibrate.ece, {"p": CHANCE, "y": LABEL}, {"labels": ["y"]}),
    (lambda score, y: calibrate.Isotonic().fit(score, y).predict(score), {"score": NUMBER, "y": LABEL},
     {"labels": ["y"], "name": "Isotonic.fit"}),
    (calibrate.undo_negative_sampling, {"p": CHANCE, "keep_rate": 0.5}, {"free": ["p"]}),
    (bandits.posterior, {"clicks": COUNT, "showings": COUNT + 3}, {}),
    (ranker.position_weights, {"position": ID + 1, "click": LABEL, "examination": CHANCE[:6]},
     {"labels": ["click"], "free": ["examination"]}),
    (ranker.weighted_value, {"p_click": CHANCE, "p_satisfied": CHANCE[::-1], "weight": 1.0}, {}),
    (trees_of, {"x": NUMBER, "label": LABEL, "weight": CHANCE}, {"labels": ["label"], "free": ["x"],
                                                                 "name": "GBDTRanker.fit"}),
    (diversity.mmr, {"relevance": NUMBER[:5], "similarity": LIKE, "k": 3}, {}),
    (diversity.greedy_dpp, {"relevance": NUMBER[:5], "similarity": LIKE, "k": 3}, {}),
    (diversity.calibrated, {"relevance": NUMBER[:5], "genre": np.full((5, 2), 0.5), "target": np.array([0.3, 0.7]),
                            "k": 3}, {}),
    (diversity.normalised, {"score": NUMBER.reshape(6, 4)}, {"free": ["score"]}),
    (constraints.capped_slate, {"order": np.array([3, 1, 0]), "value": ID[:6], "most": 1, "k": 3}, {"free": ["value"]}),
    (contract.by_contract, {"order": np.array([3, 1, 0]), "status": np.ones(6, int), "left": ID[:6], "creator": ID2[:6],
                            "most": 1, "k": 3}, {}),
    (counted.counted_slates, {"candidates": LISTS, "relevance": NUMBER.reshape(6, 4), "k": 2, "strength": 0.1}, {}),
    (exploration.slot_propensities, {"gain": NUMBER[:4], "allowed": LABEL[:4], "explore": 0.2},
     {"labels": ["allowed"]}),
    (freshness.fresh_boost, {"age_days": CHANCE, "showings": CHANCE}, {"free": ["age_days", "showings"]}),
    (value.slot_worth, {"p_sale": CHANCE, "margin": CHANCE, "p_return": CHANCE, "return_cost": 1.0,
                        "stock": np.ones(N), "demand": CHANCE + 1}, {}),
    (negatives.log_q_from_counts, {"counts": COUNT}, {"free": ["counts"]}),
    (negatives.mixed_log_q, {"p": CHANCE, "n_batch": 4, "n_uniform": 4, "n_items": 9}, {"free": ["p"]}),
    (lambda scores, positive: negatives.hard_band(scores, positive, 1, 3, 2, np.random.default_rng(0)),
     {"scores": NUMBER.reshape(4, 6), "positive": LABEL.reshape(4, 6)}, {"labels": ["positive"], "name": "hard_band"}),
    (negatives.false_negatives, {"user_id": ID[:3], "item_id": ID2[:5], "known_user": ID, "known_item": ID2},
     {"free": ["user_id", "item_id"]}),
    (negatives.popularity_stratum, {"counts": COUNT}, {"free": ["counts"]}),
    (negatives.content_to_vector, {"content": VECTORS, "vectors": VECTORS[:, :2], "new_content": VECTORS[:3]},
     {"free": ["new_content"]}),
    (by_hand.cut_by_time, {"time": TIME}, {"free": ["time"]}),
    (by_hand.nearest_unseen, {"query": VECTORS[0], "items": VECTORS, "seen": np.array([1, 4]), "k": 3},
     {"free": ["items", "seen"]}),
    (ann_filter.post_filter, {"ids": LISTS, "allowed": np.arange(8) % 2 == 0, "k": 2},
     {"skip": ["allowed"], "free": ["ids"]}),
    (measure.index_recall, {"found": LISTS, "exact": LISTS[::-1]}, {}),
    (curves.cost_at, {"recall": CHANCE, "cost": CHANCE[::-1], "target": 0.5}, {}),
    (graph_by_hand.beam_search, {"query": VECTORS[0], "vectors": VECTORS, "links": LISTS[:, :2].repeat(2, axis=0)[:8],
                                 "entry": 2, "ef": 3}, {}),
    (measure.pareto_front, {"recall": CHANCE, "cost": CHANCE[::-1]}, {}),
    (quantise.pq_encode, {"vectors": VECTORS, "codebooks": BOOKS}, {"free": ["vectors"], "skip": ["codebooks"]}),
    (quantise.exact_rerank, {"query": VECTORS[0], "shortlist": np.array([1, 4, 2]), "vectors": VECTORS, "k": 2},
     {"free": ["shortlist", "vectors"]}),
    (percentiles.percentile, {"latency_ms": CHANCE, "percent": 90.0}, {"free": ["latency_ms"]}),
    (percentiles.percentile_interval, {"latency_ms": CHANCE, "percent": 50.0, "blocks": 4}, {"free": ["latency_ms"]}),
    (percentiles.mean_interval, {"values": NUMBER}, {"free": ["values"]}),
    (percentiles.mean_interval_of_blocks, {"values": NUMBER, "blocks": 4}, {"free": ["values"]}),
    (percentiles.halving_ladder, {"latency_ms": CHANCE}, {"free": ["latency_ms"]}),
    (arrivals.replayed_due, {"time_s": TIME, "per_second": 2.0}, {"free": ["time_s"]}),
    (lambda users: [ask["user"] for ask in arrivals.asked(np.random.default_rng(0), 5, users)], {"users": ID},
     {"free": ["users"], "name": "asked"}),
]

# (function, argument, oddity): why the answer is right
LEGAL = {
    ("relative_gain", "a", "NaN"): "a person without an answer",
    ("relative_gain", "b", "NaN"): "a person without an answer",
    ("paired", "a", "NaN"): "a user without an answer", ("paired", "b", "NaN"): "a user without an answer",
    ("psi", "reference", "NaN"): "a bin of its own", ("psi", "actual", "NaN"): "a bin of its own",
    ("audit.auc", "score", "NaN"): "ranks last", ("audit.auc", "score", "infinity"): "ranks first",
    ("seen_given_ignored", "examination", "NaN"): "a position that was never shown",
    ("seen_given_ignored", "click_rate", "NaN"): "a position that was never shown",
    ("window_label", "event_time", "NaN"): "nothing has happened",
    ("always_valid_p", "standard_error", "NaN"): "nothing varied yet",
    ("always_valid_p", "standard_error", "infinity"): "nothing varied yet",
    ("pareto_front", "cost", "infinity"): "never worth having",
    ("counts_before", "at_time", "infinity"): "the end of time", ("snapshot_time", "time", "infinity"): "the end",
    ("GBDTRanker.fit", "x", "NaN"): "missing, which trees know", ("GBDTRanker.fit", "x", "infinity"): "the far end",
    ("exact_rerank", "vectors", "NaN"): "not on the shortlist: reading all of a memmap would cost more than the search",
    ("exact_rerank", "vectors", "infinity"): "as NaN", ("exact_rerank", "vectors", "text among objects"): "as NaN",
    ("slot_propensities", "gain", "NaN"): "not allowed anyway",
    ("slot_propensities", "gain", "infinity"): "not allowed anyway",
    **{(name, "latency_ms", "infinity"): "an answer that never came"
       for name in ("percentile", "percentile_interval", "halving_ladder")},
}
UNDRESSED = {("GBDTRanker.fit", "x", "objects"): "a feature has a type"}


def name_of(function, about) -> str:
    module = function.__module__.rpartition(".")[2]
    return about.get("name") or (f"audit.{function.__name__}" if (module, function.__name__) == ("audit", "auc")
                                 else function.__name__)


def arrays_of(given, about):
    return [name for name, held in given.items() if isinstance(held, np.ndarray) and name not in about.get("skip", [])]


def spoilt(given, argument, about):
    """{what is odd: the argument with it}."""
    held, first = given[argument], (0,) * given[argument].ndim
    out = {}
    if argument not in about.get("free", []):
        out["a row too many"] = np.concatenate([held, held[-1:]])
    if argument in about.get("names", []):  # any kind of name will do, but each row must have one
        out["NaN"] = held.astype(float)
        out["NaN"][-1] = np.nan
        if argument in ("logged_item", "target_item", "item"):  # one that is missing is matched by none
            del out["NaN"]
        return out
    floats = held.astype(float)
    for what, put in (("NaN", np.nan), ("infinity", np.inf)):
        out[what] = floats.copy()
        out[what][first] = put
    out["text"] = held.astype(str)
    out["text among objects"] = held.astype(object)
    out["text among objects"][first] = "7"
    if argument in about.get("labels", []):
        for what, put in (("a label of 2", 2.0), ("half a label", 0.5), ("a label below 0", -1.0)):
            out[what] = floats.copy()
            out[what][first] = put
    elif held.dtype.kind == "i":
        out["a negative id"], out["half an id"] = held.copy(), floats + 0.5
        out["a negative id"][first] = -7
        out["a mask"] = held > 0
        out["an id beyond reach"] = held.astype(np.uint64)
        out["an id beyond reach"][first] = 2**64 - 1
    return out


def dressed(held, labels):
    """{dress: the same values in it}."""
    column = {"column": pd.Series(held, index=np.arange(len(held))[::-1] + 100)} if held.ndim == 1 else {}
    if column:
        column["nullable column"] = column["column"].astype("Int64" if held.dtype.kind == "i" else "Float64")
        column["categorical column"] = column["column"].astype("category")
    readonly, gaps = held.copy(), np.repeat(held, 2, axis=-1)[..., ::2]
    readonly.setflags(write=False)
    out = {"list": held.tolist(), "read-only": readonly, "gaps in memory": gaps, "objects": held.astype(object)}
    out |= column
    if held.dtype.kind == "i":
        out |= {"int32": held.astype(np.int32), "float": held.astype(float)}
    return out | ({"bool": held.astype(bool), "int8": held.astype(np.int8)} if labels else {})


SWEEP = [pytest.param(function, given, argument, about, id=f"{name_of(function, about)}-{argument}")
         for function, given, about in CASES for argument in arrays_of(given, about)]


@pytest.mark.parametrize(("function", "given", "argument", "about"), SWEEP)
def test_an_argument_that_is_odd_is_refused_or_its_answer_is_explained(function, given, argument, about):
    silent = []
    for what, odd in spoilt(given, argument, about).items():
        try:
            function(**{**given, argument: odd})
        except CourseError as error:
            assert len(str(error)) > 20
        else:
            if (name_of(function, about), argument, what) not in LEGAL:
                silent.append(what)
    assert silent == []


@pytest.mark.parametrize(("function", "given", "argument", "about"), SWEEP)
def test_the_same_values_in_another_dress_give_the_same_answer(function, given, argument, about):
    right = plain(function(**given))
    for dress, same in dressed(given[argument], argument in about.get("labels", [])).items():
        if (name_of(function, about), argument, dress) in UNDRESSED:
            continue
        got = plain(function(**{**given, argument: same}))
        assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(right, got, strict=True)), dress


def plain(answer) -> list[np.ndarray]:
    """An answer as numbers."""
    if isinstance(answer, tuple):
        return [part for held in answer for part in plain(held)]
    if isinstance(answer, estimate.Estimate):
        return [np.array([answer.value, answer.low, answer.high, answer.n], float)]
    return [np.asarray(answer, float)]


# functions that need no case here: they take tables, logs, models or single numbers (tested below or beside their code)
ELSEWHERE = {
    "offline": {"per_user", "evaluate", "compare_models"},
    "estimate": {"normal_estimate", "per_group", "t_estimate"}, "covariates": {"ratio_cuped"},
    "differences": {"relative_difference", "ratio_difference"},
    "intervals": {"tail_of", "proportion_interval", "wilson_interval", "newcombe_interval", "rate_interval",
                  "weighted_events_interval"},
    "launch_readings": {"by_person", "level", "readings"}, "slates": {"chances_beside", "slates_of"},
    "constraints": {"fillable", "shortfall"},
    "objectives": {"clicks", "dwell", "long_clicks", "revenue", "margin", "next_week_return", "per_user", "by_policy",
                   "agreement"},
    "sequential": {"always_valid", "peeking"}, "sessions": {"hit_rate", "hit_rates"},
    "features": {"as_of_join", "naive_join", "count_features", "item_features", "user_features", "affinity_features",
                 "ranking_features"},
    "audit": {"null_psi_threshold", "mismatch", "audit"},
    "labels": {"every_ignored", "skip_above", "exposure_weighted", "examination_curve", "conversions", "arrival_curve",
               "weigh_by_arrival"},
    "readings": {"preferred", "unseen_share"},
    "bandits": {"rehearse"}, "diversity": {"weight_in_range"}, "by_hand": {"user_vectors"},
    "negatives": {"streaming_gap", "hard_band"},
    "filter": {"as_mask", "choose", "drop", "pad", "post", "inside", "brute", "search_allowed"},
    "curves": {"beam_curve", "code_surface", "core_ms", "narrowest_beam", "what_the_dials_buy"},
    "graph_by_hand": {"walk", "spread_out"},
    "measure": {"clustered_vectors", "latencies_ms", "comparisons"},
    "arrivals": {"asked", "check_bounds", "check_rate", "poisson_due", "steady_due"},
    "quantise": {"train_codebooks", "pq_decode", "adc_scores"},
}


def test_a_function_that_is_added_gets_a_case():
    modules = {inspect.getmodule(function).__name__: inspect.getmodule(function) for function, _, about in CASES
               if "name" not in about}
    covered = {(function.__module__, function.__name__) for function, _, _ in CASES}
    missing = {}
    for module in modules.values():
        short = module.__name__.rpartition(".")[2]
        own = {name for name, held in inspect.getmembers(module, inspect.isfunction)
               if held.__module__ == module.__name__ and not name.startswith("_")}
        lost = own - {name for where, name in covered if where == module.__name__} - ELSEWHERE.get(short, set())
        if lost:
            missing[short] = sorted(lost)
    assert missing == {}
