"""What the first lesson's decision and refereed comparison say in words is what playing and measuring them says."""

from dataclasses import replace

import numpy as np
import pytest

from course_lib.data import datasets, retail, splits
from course_lib.evidence.offline import paired, recall_at_k
from course_lib.serving.simple_rivals import judged_by, simple_rivals
from course_lib.serving.width import SERVICE, day_with
from course_lib.teach.cards.start_here import next_month, rival_slots
from course_lib.teach.cards.start_here.within_budget import SEEDS, WIDTH
from course_lib.teach.played.playing import play_out

WIDTHS = (10, 20, 35, 50, 75, 100, 150, 195, 250, 300, 315, 360, 400, 500, 600, 760, 1_200, 2_500, 4_000)


def mean_of(part, n):
    """A figure of the days of one choice, mean over the decision's seeds."""
    return np.mean([getattr(day_with(n, seed), part) for seed in SEEDS])


def test_the_numbers_of_the_task_are_those_that_are_played():
    for told in (f"{SERVICE.films:,} films", f"would love {SERVICE.loved} of", f"{SERVICE.fixed_ms:g} ms and "
                 f"{SERVICE.each_ms:g} ms", f"more than {SERVICE.budget_ms:g} ms", f"correlation of {SERVICE.cheap:g}"):
        assert told in " ".join(WIDTH.task.split()), told


def test_the_named_shares_of_requests_are_in_time():
    for name, in_time in (("99 of 100 requests in time", 0.99), ("95 of 100 requests in time", 0.95),
                          ("all the time of a quiet machine", 0.5)):
        assert 1 - mean_of("late", WIDTH.policies[name]) == pytest.approx(in_time, abs=0.02)


def test_what_costs_is_told_which_of_the_two_it_was():
    played = play_out(WIDTH, 195, {})
    best = np.array([WIDTH.play(WIDTH.policies[played.best], seed) for seed in SEEDS])
    for n in WIDTHS:
        regret, said = np.mean(best - [WIDTH.play(n, seed) for seed in SEEDS]), WIDTH.spoke_against(n)
        assert ("hand on fewer" in said) <= (n > WIDTH.policies[played.best]), n
        assert ("there was time for more" in said) <= (n < WIDTH.policies[played.best]), n
        if regret > 0.1:
            assert "hand on fewer" in said or "there was time for more" in said, n


def test_on_a_quiet_machine_all_that_fit_are_right_and_with_times_that_vary_less_than_half():
    def best(busy):
        service = replace(SERVICE, busy=busy, requests=300)
        return max(WIDTHS, key=lambda n: np.mean([day_with(n, seed, service).worth for seed in (1, 2)]))

    assert best(0.0) == 760 and best(SERVICE.busy) < 380


def test_the_report_of_the_rigged_comparison_is_the_one_that_the_task_quotes():
    score, seen, hidden, system = rival_slots._compared()
    rival = recall_at_k(rival_slots.ten_best(score, seen), hidden, rival_slots.SLATE)
    assert 3.5 < system.mean() / rival.mean() < 4
    held = rival_slots.SLOTS
    assert held.measure(held.rigged).says == "the system is ahead"
    assert held.measure(held.reference).says == "the two cannot be told apart"


@pytest.mark.parametrize("l2", [100.0, 800.0])
def test_in_the_shop_no_end_of_the_row_of_l2_puts_ease_ahead_of_recent_counts(l2):
    if not datasets.available("online_retail"):
        pytest.skip("Online Retail II is not here")
    shop = retail.first_purchases(datasets.online_retail())
    by_time = splits.by_time(shop.interactions)
    customers, bought = judged_by(by_time)
    rivals = simple_rivals(by_time, shop.n_users, shop.n_items, l2=l2)
    recent, ease = (recall_at_k(rivals[name].recommend(customers, 10), bought, 10)
                    for name in ("recent counts", "EASE"))
    assert paired(recent, ease).high > 0


@pytest.mark.parametrize("mend", [
    lambda score, seen: np.argsort(-(score - 1e9 * seen), axis=1)[:, :10],
    lambda score, seen: np.array([[i for i in np.argsort(-own) if not taken[i]][:10]
                                  for own, taken in zip(score, seen, strict=True)]),
    lambda score, seen: np.argpartition(np.where(seen, np.inf, -score), 10, axis=1)[:, :10],
    lambda score, seen: np.argsort(np.where(seen, -np.inf, score), axis=1)[:, :-11:-1],
], ids=["a great penalty", "a loop", "a partition", "from the end"])
def test_a_right_part_written_otherwise_passes(mend):
    held = rival_slots.SLOTS
    assert held.agrees(held.measure(mend), held.measure(held.reference))


def went(system, mended=""):
    """Of a hundred wanted items, how many each stage loses, and how many are shown: {stage: number}."""
    held = [next_month.fates(system, mended, seed) for seed in next_month.SEEDS]
    return {stage: 100 * np.mean([one[stage] for one in held]) for stage in next_month.STAGES}


def test_the_losses_in_the_task_of_the_next_month_are_those_that_are_played():
    told = " ".join(next_month.NEXT.task.split())
    feed, shop = ([f"{number:.0f}" for number in went(system).values()] for system in ("feed", "shop"))
    assert "first stage loses {}, the filter {}, the order {}, and {} are shown".format(*feed) in told
    assert "they lose {}, {} and {}, and {} are shown".format(*shop) in told


@pytest.mark.parametrize(("part", "stage", "feed", "shop"), [
    ("first stage", "retrieve", 0.25, 0.33), ("ranker", "order", 0.45, 0.93), ("filter", "filter", 1.0, 1.0)])
def test_a_month_shortens_its_own_bar_by_what_the_options_say(part, stage, feed, shop):
    for system, less in (("feed", feed), ("shop", shop)):
        assert 1 - went(system, part)[stage] / went(system)[stage] == pytest.approx(less, abs=0.03)


def test_the_longest_bar_is_the_one_to_mend_in_neither():
    for system, best in (("feed", "ranker"), ("shop", "filter")):
        bars, shown = went(system), {part: went(system, part)["shown"] for part in next_month.BETTER}
        assert max(bars, key=bars.get) == "retrieve" and max(shown, key=shown.get) == best


def test_what_pays_differs_by_the_room_in_the_slots_and_by_the_filter():
    """Each cause taken away: with as many slots as the feed wants, and without the shop's fault."""
    chains = dict(next_month.CHAINS)
    for change, best in (({"feed": replace(chains["feed"], slots=60)}, "first stage"),
                         ({"feed": chains["shop"].__class__(wanted=3)}, "first stage")):
        next_month.fates.cache_clear(), next_month._people.cache_clear()
        next_month.CHAINS.update(change)
        try:
            shown = {part: went("feed", part)["shown"] for part in next_month.BETTER}
        finally:
            next_month.CHAINS.update(chains)
            next_month.fates.cache_clear(), next_month._people.cache_clear()
        assert max(shown, key=shown.get) == best


def test_every_part_that_costs_is_told_why():
    for system, best in (("feed", "ranker"), ("shop", "filter")):
        for part in next_month.BETTER:
            other = {"feed": "ranker", "shop": "filter"} | {system: part}
            assert bool(next_month.against(other)) == (part != best)
