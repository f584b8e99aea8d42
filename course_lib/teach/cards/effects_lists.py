"""Effects on what people are shown: recall of a retrieval or an index, worth and diversity of a slate, money of a shop.

The first line of each docstring says what is measured; `compare` shows it. Made tables with a known truth, the same for
every function; `effects.clustered` gives the vectors.
"""

from __future__ import annotations

import numpy as np

from course_lib.teach.cards.effects import clustered, over, recall_of_neighbours

REQUESTS = 120


def _requests():
    return (np.random.default_rng(seed) for seed in range(REQUESTS))


def candidates_in_time(fn):
    """Share of the best candidates that a request ranks within its time, 0 if it is late (higher is better)."""
    shares = []
    for rng in _requests():
        budget, fixed, each = rng.uniform(5, 50), rng.uniform(0, 15), rng.uniform(20, 200)
        most = max(0.0, (budget - fixed) * 1_000 / each)
        items = max(float(fn(budget, fixed, each)), 0.0)
        in_time = items <= most + 1e-9 or most == 0 and items == 0
        shares.append(in_time * (items / np.floor(most) if most >= 1 else 1.0))
    return over(shares)


def recall_of_users(fn):
    """Recall@20 of a held-out item, for users whose vectors your function makes (higher is better)."""
    import torch

    vectors, _ = clustered()
    items = vectors[:600] / np.linalg.norm(vectors[:600], axis=1, keepdims=True)
    rng = np.random.default_rng(0)
    near = np.argsort(-(items @ items.T), axis=1)[:, 1:25]
    start = rng.integers(600, size=REQUESTS)
    taken = np.stack([rng.permutation(near[one])[:9] for one in start])
    history = np.where(np.arange(8) < rng.integers(1, 9, size=(REQUESTS, 1)), taken[:, :8], -1)
    table = torch.as_tensor(items, dtype=torch.float32)
    users = fn(table, 0.1 * table.mean(0), torch.as_tensor(history)).detach().numpy()
    score = np.nan_to_num(users, nan=0.0) @ items.T
    for row, seen in zip(score, history, strict=True):
        row[seen[seen >= 0]] = -np.inf
    top = np.argsort(-score, axis=1)[:, :20]
    return over((top == taken[:, 8:]).any(1).astype(float))


def recall_of_unseen(fn):
    """Share of the ten best unseen items that a request's list holds (higher is better)."""
    vectors, queries = clustered()
    items, shares = vectors[:500], []
    for query, rng in zip(queries, _requests(), strict=False):
        score = items @ query
        seen = np.argsort(-score)[rng.permutation(20)[:8]]
        best = [item for item in np.argsort(-score) if item not in seen][:10]
        shares.append(len(set(np.asarray(fn(query, items, seen, 10)).tolist()) & set(best)) / 10)
    return over(shares)


def recall_of_new_items(fn):
    """Recall@10 of the truly nearest new items, placed by their content (higher is better)."""
    rng = np.random.default_rng(0)
    content, turn = rng.normal(size=(600, 12)), rng.normal(size=(12, 16))
    vectors = content @ turn + 1.0 + 0.5 * rng.normal(size=(600, 16))
    placed = np.asarray(fn(content[:400], vectors[:400], content[400:], 1.0), float)
    queries = rng.normal(size=(REQUESTS, 16))
    return recall_of_neighbours(np.argsort(-(queries @ placed.T), axis=1)[:, :10], vectors[400:], queries)


def _words(vectors, m=8, n=64):
    """Codebooks (m, n, d/m): slices of n of the vectors."""
    return vectors[:n].reshape(n, m, -1).transpose(1, 0, 2).copy()


def recall_of_codes(fn):
    """Recall@10 of an index of your codes against exact search (higher is better)."""
    from course_lib.stages.ann.quantise import pq_decode

    vectors, queries = clustered()
    vectors, books = vectors[:1_500], _words(vectors)
    decoded = pq_decode(np.asarray(fn(vectors, books)).astype(np.uint8), books)
    found = np.argsort(-(queries @ decoded.T), axis=1)[:, :10]
    return recall_of_neighbours(found, vectors, queries)


def recall_of_look_ups(fn):
    """Recall@10 of an index scored by your look-ups against exact search (higher is better)."""
    from course_lib.stages.ann.quantise import pq_encode

    vectors, queries = clustered()
    vectors, books = vectors[:1_500], _words(vectors)
    codes = pq_encode(vectors, books)
    found = np.stack([np.argsort(-np.asarray(fn(query, codes, books)))[:10] for query in queries])
    return recall_of_neighbours(found, vectors, queries)


def price_of_a_setting(fn):
    """Cheapest cost at recall 0.9 over what you pay, choosing among the settings you keep (higher is better)."""
    shares = []
    for rng in _requests():
        cost = rng.lognormal(0.0, 1.0, 30)
        recall = np.clip(0.8 + 0.08 * np.log(cost + 1) + 0.06 * rng.normal(size=30), 0, 1)
        kept = np.asarray(fn(recall, cost), bool) & (recall >= 0.9)
        needed = cost[recall >= 0.9]
        if len(needed):
            shares.append(needed.min() / cost[kept].min() if kept.any() else 0.0)
    return over(shares)


def allowed_items_shown(fn):
    """Share of the best allowed items that are shown after the filter (higher is better)."""
    shares = []
    for rng in _requests():
        allowed = rng.random(200) < 0.4
        fetched = rng.permutation(200)[:60]
        best = fetched[allowed[fetched]][:10]
        shown = np.asarray(fn(fetched[None], allowed, 10))[0]
        shares.append(len(set(shown.tolist()) & set(best.tolist())) / len(best))
    return over(shares)


def satisfied_by_the_first(fn):
    """Chance that the item ranked first is clicked and satisfies, over the best possible (higher is better)."""
    shares = []
    for rng in _requests():
        click, satisfied = rng.beta(1, 6, 50), rng.beta(2, 2, 50)
        first = int(np.argmax(fn(click, satisfied, 1.0)))
        shares.append(click[first] * satisfied[first] / (click * satisfied).max())
    return over(shares)


def _topics(rng, n=40):
    """(relevance, topic, likeness, intent): relevance favours one topic, the person wants one of six."""
    topic = rng.integers(6, size=n)
    liking = np.sort(rng.dirichlet(np.full(6, 1.5)))[::-1]
    relevance = np.clip(0.4 + 0.8 * liking[topic] + 0.05 * rng.normal(size=n), 0, 1)
    likeness = np.where(topic[:, None] == topic, 0.9, 0.0) + 0.1 * np.eye(n)
    return relevance, topic, likeness, rng.choice(6, p=liking)


def _intents_met(slates):
    """slates: function of (relevance, likeness). Whether each person finds what they want, with its relevance."""
    worth = []
    for rng in (np.random.default_rng(seed) for seed in range(400)):
        relevance, topic, likeness, intent = _topics(rng)
        slate = np.asarray(slates(relevance, likeness), int)
        slate = slate[(slate >= 0) & (slate < len(topic))][:6]
        worth.append(max((relevance[item] for item in set(slate.tolist()) if topic[item] == intent), default=0.0))
    return over(worth)


def intents_met_by_mmr(fn):
    """Worth of a slate to people who each want one of six topics (higher is better)."""
    return _intents_met(lambda relevance, likeness: fn(relevance, likeness, 6, 0.5))


def intents_met_by_volume(fn):
    """Worth of a slate to people who each want one of six topics (higher is better)."""
    return _intents_met(lambda relevance, likeness: fn(relevance, likeness, 6))


def gap_to_the_persons_mix(fn):
    """Distance of a slate's genres from the person's, half the sum of absolute differences (lower is better)."""
    gaps = []
    for rng in _requests():
        genre, target = np.eye(5)[rng.integers(5, size=60)], rng.dirichlet(np.full(5, 1.0))
        slate = np.asarray(fn(rng.random(60), genre, target, 10, 0.9), int)
        gaps.append(0.5 * np.abs(genre[slate].mean(0) - target).sum())
    return over(gaps)


def worth_within_the_cap(fn):
    """Relevance of a slate over the best that keeps the cap; 0 where the cap is broken (higher is better)."""
    worth = []
    for rng in _requests():
        relevance, creator = np.sort(rng.random(30))[::-1], rng.integers(4, size=30)
        rank = np.array([np.sum(creator[:i] == creator[i]) for i in range(30)])
        best = relevance[rank < 2][:8].sum()
        slate = np.asarray(fn(np.arange(30), creator, 2, 8), int)
        slate = np.array(sorted(set(slate[slate >= 0].tolist())), int)
        broken = len(slate) and np.bincount(creator[slate]).max() > 2
        worth.append(0.0 if broken else relevance[slate].sum() / best)
    return over(worth)


def value_by_logged_chances(fn):
    """Error of the value of a uniform policy, judged by the chances you log, as a share of it (lower is better)."""
    errors = []
    for rng in _requests():
        rate, gain = rng.uniform(0.1, 0.6, 6), rng.random(6)
        allowed = np.ones(6, bool)
        true = np.full(6, 0.3 / 6) + 0.7 * (np.arange(6) == gain.argmax())
        shown = rng.choice(6, 3_000, p=true)
        click = rng.random(3_000) < rate[shown]
        logged = np.maximum(np.asarray(fn(gain, allowed, 0.3), float), 1e-3)
        errors.append(min(abs((click / 6 / logged[shown]).mean() - rate.mean()) / rate.mean(), 10.0))
    return over(errors)


def clicks_with_new_items(fn):
    """Clicks per showing over three weeks in which new items arrive daily (higher is better)."""
    earned = []
    for rng in (np.random.default_rng(seed) for seed in range(40)):
        rate, born = rng.beta(1, 9, 100), np.arange(100) // 5
        clicks, shown = np.zeros(100), np.zeros(100)
        for day in range(21):
            here = np.flatnonzero(born <= day)
            boost = fn((day - born[here]).astype(float), shown[here], size=0.2)
            score = (clicks[here] + 1) / (shown[here] + 20) + np.asarray(boost, float)
            top = here[np.argsort(-score)[:10]]
            clicks[top] += rng.binomial(40, rate[top])
            shown[top] += 40
        earned.append(clicks.sum() / shown.sum())
    return over(earned)


def money_kept(fn):
    """Money that the shop keeps by showing what you value most, over the best possible (higher is better)."""
    kept = []
    for rng in _requests():
        p_sale, margin, p_return = rng.beta(1, 8, 30), rng.gamma(2.0, 10.0, 30), rng.beta(1, 2, 30)
        stock, demand = rng.integers(12, size=30).astype(float), rng.uniform(1, 20, 30)
        judged = np.asarray(fn(p_sale, margin, p_return, 8.0, stock, demand), float)
        served = np.minimum(stock, demand) / demand         # of the people who want it
        true = p_sale * served * (margin - p_return * (margin + 8.0))
        kept.append(true[judged.argmax()] / true.max())
    return over(kept)


def features_unlike_served(fn):
    """Share of training rows whose feature is not what a request would have been served (lower is better)."""
    import pandas as pd

    shares = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        facts = pd.DataFrame({"item": rng.integers(5, size=60), "time": rng.integers(100, size=60).astype(float)})
        facts = facts.drop_duplicates().assign(value=lambda held: np.arange(len(held), dtype=float))
        events = pd.DataFrame({"item": rng.integers(5, size=80), "time": rng.integers(100, size=80).astype(float)})
        answer = np.asarray(fn(events, facts, "item")["value"], float)
        served = np.full(80, np.nan)
        for row, (item, time) in enumerate(events.itertuples(index=False)):
            before = facts[(facts["item"] == item) & (facts["time"] < time)].sort_values("time")
            served[row] = before["value"].iloc[-1] if len(before) else np.nan
        shares.extend((~((answer == served) | np.isnan(answer) & np.isnan(served))).astype(float))
    return over(shares)


def snapshots_unlike_served(fn):
    """Share of requests whose feature is not as old as the one that was served (lower is better)."""
    rng = np.random.default_rng(0)
    time = rng.uniform(5_000, 100_000, 400)
    built = np.arange(0, 110_000, 3_600.0)
    served = np.array([built[built + 900.0 <= now].max() for now in time])
    return over((np.abs(np.asarray(fn(time, 3_600.0, 900.0), float) - served) > 1e-6).astype(float))


def session_items_right(fn):
    """Overlap of your session with the items of the visit that were known, over both (higher is better)."""
    overlaps = []
    for rng in _requests():
        visit = np.repeat(np.arange(3), 6)
        at = np.cumsum(np.where(np.diff(visit, prepend=-1) > 0, 600.0, rng.uniform(5, 50, 18)))
        arrived = at + rng.exponential(15.0, 18)
        over_already = rng.random() < 0.3
        now = at[17] + 200.0 if over_already else at[14] + 1.0
        first = np.flatnonzero((arrived < now) & (visit == 2) & (not over_already))
        mixed = rng.permutation(18)
        got = set(np.asarray(fn(at[mixed], arrived[mixed], np.arange(18)[mixed], now, 120.0)).tolist())
        right = set(first.tolist())
        overlaps.append(len(got & right) / len(got | right) if got or right else 1.0)
    return over(overlaps)


def counts_unlike_the_stream(fn):
    """Error of a user's decayed count, against all events known at the moment (lower is better)."""
    rng = np.random.default_rng(0)
    user, at = rng.integers(60, size=1_500), rng.uniform(0, 100, 1_500)
    arrived, border, now = at + rng.exponential(5.0, 1_500), 60.0, 90.0

    def decayed(known, moment):
        return np.bincount(user[known], 0.5 ** ((moment - at[known]) / 20.0), minlength=60)

    answer = np.asarray(fn(decayed(arrived < border, border), border, user, at, arrived, now, 20.0), float)
    return over(np.abs(answer - decayed(arrived < now, now)))
