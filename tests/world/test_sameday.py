"""What was clicked earlier on the day counts in the truth as it does in the world."""

from dataclasses import replace

import numpy as np
import pytest

from course_lib import contracts
from course_lib.contracts import Requests, Slates
from course_lib.world import feed, sameday
from course_lib.world import policies as P


def simulated(wave, look, first, again, n=400_000):
    """Click rates of one pair's impressions when the dice are thrown n times, wave after wave."""
    rng = np.random.default_rng(0)
    e, c = rng.random(n), rng.random(n)
    memory, rate = np.zeros(n, bool), []
    for w in np.unique(wave):
        came = np.zeros(n, bool)
        for j in np.flatnonzero(wave == w):
            click = (e < look[j]) & (c < np.where(memory, again[j], first[j]))
            rate.append(click.mean())
            came |= click
        memory |= came
    return np.array(rate)


@pytest.mark.parametrize("seed", range(6))
def test_chances_are_the_rates_of_thrown_dice(seed):
    rng = np.random.default_rng(seed)
    n = 7
    wave = np.sort(rng.integers(0, 5, n))
    look, first = rng.uniform(0.2, 1, n), rng.uniform(0.1, 0.9, n)
    again = sameday.lowered(first, -2.0) if seed < 5 else sameday.lowered(first, 2.0)  # who has had enough, and who not
    got = sameday.click_chances(np.zeros(n, int), wave, look, first, again)
    assert np.allclose(got, simulated(wave, look, first, again), atol=0.004)


def test_of_two_looks_at_the_same_thing_the_second_brings_what_memory_leaves():
    first = np.array([0.4, 0.4])
    got = sameday.click_chances(np.zeros(2, int), np.arange(2), np.array([0.5, 0.5]), first, first / 8)
    assert np.allclose(got, [0.2, 0.025])
    together = sameday.click_chances(np.zeros(2, int), np.zeros(2, int), np.array([0.5, 0.5]), first, first / 8)
    assert np.allclose(together, 0.2)


def test_logits_lower_a_chance():
    assert sameday.lowered(np.array([0.5]), -np.log(9))[0] == pytest.approx(0.1)


def small(seed, **blocks):
    """A morning in a small catalogue, its truth, and the day that follows."""
    world = feed(400, 150, 4000.0, seed=seed, without=("novelty",), **blocks)
    world.run(P.Popularity(power=0.5), 2)
    truth = world.truth()
    return truth, world.run(P.Popularity(power=1.0, window_days=2), 1)[0]


def interval(ratios):
    ratios = np.array(ratios)
    half = 2.2 * ratios.std(ddof=1) / len(ratios)**0.5  # t of 12 - 1 degrees
    return ratios.mean() - half, ratios.mean() + half


def test_clicks_of_a_day_full_of_repeats_are_those_expected(monkeypatch):
    counted, frozen = [], []
    for seed in range(12):
        truth, day = small(seed)
        people = ~truth.hidden_users()["bot"].to_numpy()[day.impressions["user"]]
        clicks = day.impressions["click"][people].sum()
        counted.append(truth.expected_of_day(day)[people].sum() / clicks)
        with monkeypatch.context() as patch:
            patch.setattr(type(truth), "_with_repeats", lambda self, worth, *_: worth)
            frozen.append(truth.expected_of_day(day)[people].sum() / clicks)
    assert day.impressions.duplicated(["user", "item"]).mean() > 0.15
    low, high = interval(counted)
    assert low < 1 < high and high - low < 0.06
    assert interval(frozen)[0] > 1.04  # without the day's memory, more is expected than comes


def test_satisfied_clicks_of_a_day_full_of_repeats_are_those_expected():
    ratios = []
    for seed in range(12):
        truth, day = small(seed, satisfaction={"dwell_sigma": 0.0})
        ratios.append(truth.expected_of_day(day, "satisfaction").sum() / (day.impressions["dwell_s"] > 30).sum())
    low, high = interval(ratios)
    assert low < 1 < high and high - low < 0.12


class Keep:
    """Uniform, and remembers what it was asked and answered."""

    name = "keep"

    def __init__(self):
        self.base, self.asked = P.Uniform(), []

    def slates(self, requests):
        slates = self.base.slates(requests)
        self.asked.append((requests, slates))
        return slates

    def whole_day(self):
        """All that was asked as one batch, and a policy that answers it as before."""
        per_request = ("user", "time", "request_id", "session_items", "session", "device")
        requests = replace(self.asked[0][0], **{
            name: np.concatenate([getattr(r, name) for r, _ in self.asked]) for name in per_request})
        answer = Slates(*(np.concatenate([getattr(s, name) for _, s in self.asked]) for name in ("item", "propensity")))
        policy = Keep()
        policy.slates = lambda requests: answer
        return requests, policy


@pytest.fixture(scope="module")
def kept():
    world, keep = feed(300, 80, 3000.0, seed=2), Keep()
    world.run(P.Popularity(power=0.3), 2)
    truth = world.truth()
    day = world.run(keep, 1)[0]
    return truth, keep, day


@pytest.mark.parametrize("by", ["click", "satisfaction", "value"])
def test_a_day_s_requests_and_a_day_s_log_are_expected_to_earn_the_same(kept, by):
    truth, keep, day = kept
    requests, policy = keep.whole_day()
    reward = truth.expected_reward(policy, requests, by)
    rows = day.impressions.assign(worth=truth.expected_of_day(day, by)).groupby("request_id")["worth"].sum()
    assert np.allclose(rows.loc[requests.request_id], reward, rtol=1e-12)


def test_requests_alone_are_the_first_of_the_day_and_more_of_them_earn_less(kept):
    truth, keep, _ = kept
    requests, policy = keep.whole_day()
    look = truth.examination(np.tile(np.arange(1, 11), (len(requests), 1)), requests.user[:, None])
    frozen = (truth.request_scores(requests, policy.slates(requests).item, "click") * look).sum(axis=1)
    reward = truth.expected_reward(policy, requests)
    assert (reward <= frozen + 1e-12).all() and reward.sum() < 0.9 * frozen.sum()
    earliest = np.full(requests.user.max() + 1, np.inf)
    np.minimum.at(earliest, requests.user, requests.time)
    first = requests.time == earliest[requests.user]
    assert np.allclose(reward[first], frozen[first])
    mine = Requests.of(requests.user[:50], eligible=requests.eligible, day=2)
    slates = P.Uniform().slates(mine)
    look = truth.examination(np.tile(np.arange(1, 11), (50, 1)), mine.user[:, None])
    alone = (truth.request_scores(mine, slates.item, "click") * look).sum(axis=1)
    assert np.allclose(truth.expected_reward(P.Uniform(), mine), alone)


def test_without_the_mechanism_nothing_is_taken_off(monkeypatch):
    truth, day = small(0, repeats={"on": False})
    worth = truth.expected_of_day(day)
    assert day.impressions.duplicated(["user", "item"]).mean() > 0.1
    monkeypatch.setattr(sameday, "repeated", lambda pair, wave: np.zeros(0, int))
    assert (truth.expected_of_day(day) == worth).all()


def test_a_truth_of_another_morning_is_refused(kept):
    truth, _, day = kept
    with pytest.raises(contracts.ArgumentError, match="day_log is of day 5, this truth of the morning of day 2"):
        truth.expected_of_day(replace(day, day=5))


def test_a_day_without_impressions_earns_nothing(kept):
    truth, _, day = kept
    assert truth.expected_of_day(replace(day, impressions=day.impressions.iloc[:0])).shape == (0,)
