"""Effects of estimators: small tables made with a known truth, and how far a function's answer lies from it.

The first line of each docstring says what is measured; `compare` shows it. Seconds each, the same for every function.
"""

from __future__ import annotations

import numpy as np

from course_lib.teach.cards.effects import off, over

TABLES = 120


def worth_of_a_request(fn):
    """Error of a request's mean worth, as a share of the true one (lower is better)."""
    errors = []
    for seed in range(TABLES):
        rng = np.random.default_rng(seed)
        bought = rng.poisson(0.6, 300)
        row = rng.permutation(np.repeat(np.arange(300), bought))
        amount = rng.gamma(2.0, 10.0, len(row))
        errors.append(off(np.mean(fn(row, amount, 300)), amount.sum() / 300))
    return over(errors)


def money_by_choice(fn):
    """Money kept by showing the category that your numbers put first, as a share of the best (higher is better)."""
    kept = []
    for seed in range(TABLES):
        rng = np.random.default_rng(seed)
        category = np.repeat(np.arange(12), 100)
        margin = np.repeat(rng.uniform(0.1, 0.5, 12), 100)
        price = np.repeat(rng.uniform(10, 80, 12), 100)
        back = rng.random(1200) < np.repeat(rng.uniform(0.0, 0.4, 12), 100)
        truth = np.where(back, -price * margin - 5.0, price * margin)
        judged = np.bincount(category, np.asarray(fn(np.where(back, -price, price), back, margin, 5.0), float))
        true = np.bincount(category, truth)
        kept.append(true[np.argmax(judged)] / true.max())
    return over(kept)


def return_rate(fn):
    """Error of the share who come back within a week, against what the following week showed (lower is better)."""
    errors = []
    for seed in range(TABLES):
        rng = np.random.default_rng(seed)
        user, day = np.nonzero(rng.random((60, 28)) < rng.beta(1, 8, (60, 1)))
        later = np.array([np.any((user == u) & (day > d) & (day <= d + 7)) for u, d in zip(user, day, strict=True)])
        known = day <= 20
        errors.append(off(np.nanmean(fn(user[known], day[known], 20, 7)), later[known].mean()))
    return over(errors)


def _looks(rng, n, positions=10):
    """(position from 1, seen, look chance by position) of n impressions, the lower the position the less seen."""
    chance = 1 / np.arange(1, positions + 1) ** 0.8
    weight = rng.dirichlet(np.full(positions, 3.0))
    position = rng.choice(positions, size=n, p=weight) + 1
    return position, rng.random(n) < chance[position - 1], chance


def examination_curve(fn):
    """Mean error of the examination curve against the true one (lower is better)."""
    errors = []
    for seed in range(TABLES):
        rng = np.random.default_rng(seed)
        position, seen, chance = _looks(rng, 20_000)
        click = (seen & (rng.random(20_000) < 0.3)).astype(int)
        errors.append(np.abs(np.asarray(fn(position, click, 10), float) - chance).mean())
    return over(errors)


def looked_at_but_ignored(fn):
    """Error of the chance that an ignored item was seen, against a count of who saw it (lower is better)."""
    errors = []
    for seed in range(TABLES):
        rng = np.random.default_rng(seed)
        chance, liked = rng.uniform(0.1, 0.9, 8), rng.uniform(0.1, 0.6, 8)
        seen = rng.random((5_000, 8)) < chance
        click = seen & (rng.random((5_000, 8)) < liked)
        truth = (seen & ~click).sum(0) / (~click).sum(0)
        errors.append(np.abs(np.asarray(fn(chance, click.mean(0)), float) - truth).mean())
    return over(errors)


def kept_and_truly_seen(fn):
    """Share of the non-clicks kept for training that were truly seen (higher is better)."""
    shares = []
    for seed in range(TABLES):
        rng = np.random.default_rng(seed)
        depth = rng.integers(1, 11, size=(200, 1))
        seen = np.arange(10) < depth
        click = seen & (rng.random((200, 10)) < 0.15)
        kept = np.asarray(fn(click.astype(int)), bool) & ~click
        shares.append((kept & seen).sum() / kept.sum() if kept.any() else 0.0)
    return over(shares)


def rate_per_look(fn):
    """Error of an item's click rate per look, as a share of the true one (lower is better)."""
    errors = []
    for seed in range(TABLES):
        rng = np.random.default_rng(seed)
        position, seen, chance = _looks(rng, 20_000)
        click = (seen & (rng.random(20_000) < 0.2)).astype(float)
        errors.append(off(fn(click, chance[position - 1]), 0.2))
    return over(errors)


def _late_outcomes(rng, n=2_000):
    """(click time, outcome time or NaN) in days; three in ten buy, two days later on average."""
    at = rng.uniform(0, 14, n)
    return at, np.where(rng.random(n) < 0.3, at + rng.exponential(2.0, n), np.nan)


def labels_that_turn_out_wrong(fn):
    """Share of the labels written today that turn out wrong (lower is better)."""
    shares = []
    for seed in range(TABLES):
        at, outcome = _late_outcomes(np.random.default_rng(seed))
        truth = (outcome - at) <= 4.0
        given = at <= 10.0
        label = np.asarray(fn(at[given], outcome[given], 10.0, 4.0), float)
        told = ~np.isnan(label)
        shares.append(np.mean(label[told] != truth[given][told]) if told.any() else 1.0)
    return over(shares)


def rate_of_young_clicks(fn):
    """Error of the purchase rate of young clicks, as a share of the true one (lower is better)."""
    errors = []
    for seed in range(TABLES):
        rng = np.random.default_rng(seed)
        age, delay = rng.uniform(0.2, 5.0, 500), rng.exponential(2.0, 500)
        known = (rng.random(500) < 0.3) & (delay <= age)
        errors.append(off(fn(known.astype(float), age, rng.exponential(2.0, 100)), 0.3))
    return over(errors)


def clicks_while_learning(fn):
    """Clicks per showing while Thompson sampling learns with your posterior (higher is better)."""
    rng = np.random.default_rng(0)
    runs, items, rounds = 30, 20, 300
    rate = rng.beta(1, 9, (runs, items))
    clicks, shown = np.zeros((runs, items)), np.zeros((runs, items))
    for _ in range(rounds):
        alpha, beta = fn(clicks.ravel().astype(int), shown.ravel().astype(int))
        alpha, beta = (np.maximum(np.asarray(part, float), 1e-6) for part in (alpha, beta))
        best = rng.beta(alpha, beta).reshape(runs, items).argmax(1)
        clicks[np.arange(runs), best] += rng.random(runs) < rate[np.arange(runs), best]
        shown[np.arange(runs), best] += 1
    return over(clicks.sum(1) / rounds)


def training_events_from_the_future(fn):
    """Share of the training events that happened at or after the first test event (lower is better)."""
    shares = []
    for seed in range(TABLES):
        time = np.random.default_rng(seed).integers(200, size=500).astype(float)
        part = np.asarray(fn(time, (0.8, 0.1, 0.1)))
        train, test = time[part == 0], time[part == 2]
        shares.append(np.mean(train >= test.min()) if len(train) and len(test) else 1.0)
    return over(shares)


def log_q_of_a_stream(fn):
    """Mean error of log q read from a stream, in nats (lower is better)."""
    rng = np.random.default_rng(0)
    chance = np.linspace(0.05, 0.6, 60)
    gap, last = np.full(60, 20.0), np.zeros(60, int)
    for step in range(1, 1_500):
        there = np.flatnonzero(rng.random(60) < chance)
        gap[there] = fn(gap[there], last[there], step, 0.02)
        last[there] = step
    return over(np.abs(np.log(1 / np.clip(gap, 1e-6, 1e6)) - np.log(chance)))


def log_q_of_a_mixture(fn):
    """Mean error of log q of mixed negatives against a count of what came, in nats (lower is better)."""
    rng = np.random.default_rng(0)
    share = rng.dirichlet(np.full(50, 1.0))
    came = np.bincount(rng.choice(50, 300_000, p=share), minlength=50) + np.bincount(
        rng.integers(50, size=150_000), minlength=50)
    answer = np.nan_to_num(np.asarray(fn(share, 1_000, 500, 50), float), neginf=-20.0)
    return over(np.abs(answer - np.log(came / came.sum())))


def negatives_that_people_took(fn):
    """Share of the hard negatives that the user in truth took (lower is better)."""
    shares = []
    for seed in range(TABLES):
        rng = np.random.default_rng(seed)
        liked = rng.random((20, 100)) < 0.1
        band = np.asarray(fn(rng.normal(size=(20, 100)) + 2.0 * liked, liked, 5, 14), int)
        shares.append(np.take_along_axis(liked, np.maximum(band, 0), 1).mean())
    return over(shares)


def negatives_left_that_people_took(fn):
    """Share of a batch's pairs that are judged wrongly: a taken item kept, or a true negative lost (lower is better)."""
    shares = []
    for seed in range(TABLES):
        rng = np.random.default_rng(seed)
        taken = rng.random((30, 40)) < 0.15
        user, item = rng.permutation(np.argwhere(taken))[:25].T
        masked = np.asarray(fn(user, item, *np.nonzero(taken)), bool)
        truth = taken[user][:, item] & ~np.eye(len(user), dtype=bool)
        shares.append(np.mean(masked != truth))
    return over(shares)


def probability_after_sampling(fn):
    """Error of the mean predicted click rate, as a share of the true one (lower is better)."""
    errors = []
    for seed in range(TABLES):
        p = np.random.default_rng(seed).beta(1, 12, 2_000)
        trained = p / (p + 0.1 * (1 - p))                 # what a model says that saw a tenth of the negatives
        errors.append(off(np.mean(fn(trained, 0.1)), p.mean()))
    return over(errors)


def items_in_their_true_order(fn):
    """Share of pairs of items that weighted click rates put in their true order (higher is better)."""
    shares = []
    for seed in range(TABLES):
        rng = np.random.default_rng(seed)
        liked, at = rng.uniform(0.05, 0.5, 20), rng.permutation(20) // 2
        chance = 1 / np.arange(1, 11)
        click = (rng.random((600, 20)) < chance[at] * liked).astype(int)
        weight = np.asarray(fn(np.tile(at + 1, 600), click.ravel(), chance), float).reshape(600, 20)
        rate = (weight * click).sum(0) / np.maximum(weight.sum(0), 1e-9)
        a, b = np.triu_indices(20, 1)
        shares.append(np.mean((rate[a] > rate[b]) == (liked[a] > liked[b])))
    return over(shares)


def _another_policys_log(seed, n=600, actions=8):
    rng = np.random.default_rng(seed)
    rate, logging, target = rng.uniform(0.05, 0.6, actions), *rng.dirichlet(np.full(actions, 2.0), 2)
    action = rng.choice(actions, n, p=logging)
    reward = (rng.random(n) < rate[action]).astype(float)
    return reward, logging[action], target[action], action, rate, target


def value_of_another_policy(fn):
    """Error of another policy's value, as a share of the true one (lower is better)."""
    errors = []
    for seed in range(TABLES):
        reward, logged, target, _, rate, policy = _another_policys_log(seed)
        errors.append(off(fn(reward, logged, target), rate @ policy))
    return over(errors)


def value_with_a_model(fn):
    """Error of another policy's value with a model that promises a third too much (lower is better)."""
    errors = []
    for seed in range(TABLES):
        reward, logged, target, action, rate, policy = _another_policys_log(seed)
        model = 1.33 * rate
        errors.append(off(fn(reward, logged, target, model[action], np.full(len(reward), model @ policy)),
                          rate @ policy))
    return over(errors)


def change_net_of_the_calendar(fn):
    """Error of a launch's effect, which is 10%, while the calendar moves by 30% (lower is better)."""
    errors = []
    for seed in range(TABLES):
        rng = np.random.default_rng(seed)
        level = rng.gamma(2.0, 5.0, (2, 2_000))
        calendar = rng.choice([0.7, 1.3])
        treated, control = (rng.poisson(np.stack([one, one * calendar * lift], 1)).astype(float)
                            for one, lift in zip(level, (1.1, 1.0), strict=True))
        errors.append(off(fn(treated, control), 0.1))
    return over(errors)
