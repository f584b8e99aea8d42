"""Effects on decisions: false alarms and power of a test, harm let through, waits and machines, nights disturbed.

The first line of each docstring says what is measured; `compare` shows it. Every trial is drawn with a known truth, the
same for every function.
"""

from __future__ import annotations

import numpy as np

from course_lib.teach.cards.effects import off, over

TRIALS = 400
TWO_SIDED = 1.96


def harm_let_through(fn):
    """Share of launches decided rightly, half of them harmful, half harmless and well measured (higher is better)."""
    rng, right = np.random.default_rng(0), []
    for trial in range(TRIALS):
        harmful = trial % 2 == 0
        error = rng.choice([0.2, 0.9]) if harmful else 0.2
        value = rng.normal(-1.6 if harmful else -0.1, error)
        said = fn(value - TWO_SIDED * error, value + TWO_SIDED * error, 1.0)
        right.append(said != "pass" if harmful else said == "pass")
    return over(np.array(right, float))


def effects_found(fn):
    """Share of tests that find an effect as large as your answer; 0.8 was asked for."""
    rng, n = np.random.default_rng(0), 60
    effect = float(fn(1.0, n))
    control, treated = rng.normal(0, 1, (TRIALS, n)), rng.normal(effect, 1, (TRIALS, n))
    error = np.sqrt((control.var(1, ddof=1) + treated.var(1, ddof=1)) / n)
    return over((np.abs(treated.mean(1) - control.mean(1)) > TWO_SIDED * error).astype(float))


def false_alarms_of_a_ratio(fn):
    """Share of A/A tests of a click rate that find a difference; 0.05 was asked for."""
    rng, alarms = np.random.default_rng(0), []
    for _ in range(TRIALS):
        shown = 1 + rng.poisson(rng.gamma(1.0, 20.0, (2, 200)))
        click = rng.binomial(shown, rng.beta(1, 9, (2, 200)))
        (a, error_a), (b, error_b) = (fn(c.astype(float), s.astype(float)) for c, s in zip(click, shown, strict=True))
        alarms.append(abs(a - b) > TWO_SIDED * np.hypot(error_a, error_b))
    return over(np.array(alarms, float))


def error_after_adjusting(fn):
    """Mean squared error of a test's effect, over that of the plain difference (lower is better)."""
    rng, squares = np.random.default_rng(0), []
    for _ in range(TRIALS):
        before, arm = rng.gamma(2.0, 1.0, 400), rng.permutation(400) % 2
        y = before + 0.5 * rng.normal(size=400) + 0.2 * arm
        adjusted = np.asarray(fn(y, before), float)
        squares.append((adjusted[arm == 1].mean() - adjusted[arm == 0].mean() - 0.2) ** 2)
    plain = 4 / 400 * (2.0 + 0.25)                        # the variance of the difference of two means of 200
    return over(np.array(squares) / plain)


def false_alarms_of_the_split(fn):
    """Share of sound splits, one in ten to the test, that are called broken at 5%."""
    rng, asked = np.random.default_rng(0), np.array([0.1, 0.9])
    return over([float(fn(rng.multinomial(5_000, asked), asked)) < 0.05 for _ in range(TRIALS)])


def false_alarms_of_looking(fn):
    """Share of A/A tests, looked at every day for a month, that ever fall below 5%; 0.05 or less was asked for."""
    rng, day = np.random.default_rng(0), np.arange(1, 31)
    alarms = []
    for _ in range(TRIALS):
        value = np.cumsum(rng.normal(size=30)) / day
        alarms.append(np.min(fn(value, 1 / np.sqrt(day), 0.5)) < 0.05)
    return over(np.array(alarms, float))


def false_alarms_of_clusters(fn):
    """Share of A/A tests by clusters that find a difference; about 0.05 was asked for."""
    rng, alarms = np.random.default_rng(0), []
    for _ in range(TRIALS):
        cluster = np.repeat(np.arange(60), 1 + rng.poisson(6, 60))
        y = rng.normal(size=60)[cluster] + rng.normal(size=len(cluster))
        value, error = fn(y, cluster, rng.permutation(np.arange(60) % 2)[cluster])
        alarms.append(abs(value) > TWO_SIDED * error)
    return over(np.array(alarms, float))


def winner_of_equals(fn):
    """How far from one half the clicks of two equally good rankers come to lie (lower is better)."""
    rng, errors = np.random.default_rng(0), []
    for _ in range(60):
        a, b = (np.argsort(rng.random((60, 12)), axis=1) for _ in range(2))
        _, team = fn(a, b, 6, rng.random((60, 6)))
        click = rng.random((60, 6)) < 0.6 / np.arange(1, 7)
        errors.append(abs(np.asarray(team)[click].mean() - 0.5))
    return over(errors)


def wait_at_the_99th(fn):
    """Error of the 99th percentile of the wait, against a queue played request by request (lower is better)."""
    errors = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        arrival, service = np.cumsum(rng.exponential(10.0, 1_000)), rng.exponential(7.0, 1_000)
        free, answered = 0.0, []
        for comes, takes in zip(arrival, service, strict=True):
            free = max(free, comes) + takes
            answered.append(free)
        errors.append(off(np.quantile(fn(arrival, service), 0.99), np.quantile(answered - arrival, 0.99)))
    return over(errors)


def harmless_launches_proved(fn):
    """Share of harmless launches that are proved harmless with so many users; 0.8 was asked for."""
    rng = np.random.default_rng(0)
    n = max(float(fn(2.0, 3.0, 0.02)), 1.0)
    error = np.sqrt(2 / n) * 3.0
    return over((rng.normal(0, error, TRIALS) - TWO_SIDED * error > -0.02 * 2.0).astype(float))


def bought_clicks_found(fn):
    """Share of pairs, one creator who buys clicks and one who does not, put in the right order (higher is better)."""
    shares = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        user = [rng.integers(400, size=rng.integers(20, 60)) for _ in range(20)]
        for buyer in range(5):
            bots = 400 + 2 * buyer + rng.integers(2, size=rng.integers(20, 200))
            user[buyer] = np.concatenate([user[buyer], bots])
        owner = np.repeat(np.arange(20), [len(held) for held in user])
        people = np.asarray(fn(np.concatenate(user), owner, 20), float)
        shares.append(np.mean(people[:5, None] < people[5:]))
    return over(shares)


def peak_minutes_kept_up(fn):
    """Share of the peak's minutes in which the workers do all that comes (higher is better)."""
    rng = np.random.default_rng(0)
    rate, workers = fn(864_000.0, 10.0, 3.0, 20.0, 0.9)
    need = rng.poisson(300 * 60, TRIALS) * 0.020
    return over((need <= float(workers) * 60).astype(float))


def quantile_of_requests(fn):
    """Error of a request's 99th percentile, against requests played step by step (lower is better)."""
    errors = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        ms = {name: rng.gamma(2.0, mean, 1_000) for name, mean in (("a", 4.0), ("b", 5.0), ("c", 6.0))}
        truth = [max(a, b) + c for a, b, c in zip(ms["a"], ms["b"], ms["c"], strict=True)]
        errors.append(off(fn(ms, [["a", "b"], ["c"]], 0.99), np.quantile(truth, 0.99)))
    return over(errors)


def nights_judged_rightly(fn):
    """Share of nights judged rightly: woken by a lasting fault, not by a blip or one long over (higher is better)."""
    rng, right = np.random.default_rng(0), []
    for night in range(150):
        total = rng.integers(900, 1_100, 240)
        share = np.full(240, 0.0005)
        kind = night % 3
        start = rng.integers(60, 120)
        share[start:start + (1, 20, 100)[kind]] = (0.3, 0.02, 0.03)[kind]
        called = np.asarray(fn(rng.binomial(total, share), total, 0.999, 60, 5, 6.0), bool)
        wanted = np.zeros(240, bool)
        wanted[start:start + (0, 0, 100)[kind]] = kind == 2
        late = called[start + 30:].any()
        right.append(called[wanted].mean() > 0.6 if kind == 2 else not late)
    return over(np.array(right, float))
