"""What the decisions of lesson "day15" are played on: limiting cases of the drawn funnel and of drawn tuning."""

import pytest

from course_lib.launch import drawn_funnel, drawn_tuning


@pytest.mark.parametrize("seed", [1, 101])
def test_the_account_by_stage_adds_up_and_losses_are_losses(seed):
    lost = drawn_funnel.kept(seed)
    assert sum(lost.values()) == pytest.approx(1) and min(lost.values()) >= 0


@pytest.mark.parametrize("stage", list(drawn_funnel.ERROR))
def test_a_stage_without_error_loses_nothing_but_what_others_lose(stage, monkeypatch):
    monkeypatch.setitem(drawn_funnel.ERROR, stage, 0.0)
    drawn_funnel.kept.cache_clear()
    assert drawn_funnel.kept(1)[stage] == pytest.approx(0)
    drawn_funnel.kept.cache_clear()


def test_mending_all_day_long_and_nothing_at_all_are_the_ends():
    base = 100 * drawn_funnel.kept(1)["kept"]
    assert drawn_funnel.worth_of(1, "nothing", "nothing") == pytest.approx(base)
    assert drawn_funnel.worth_of(1, "choice", "choice") == pytest.approx(drawn_funnel.worth_of(1, "choice", "nothing"))
    assert drawn_funnel.worth_of(1, "choice", "nothing") > base


def test_without_noise_what_looks_best_is_best_and_a_promise_is_kept(monkeypatch):
    monkeypatch.setattr(drawn_tuning, "WORLD", 1e-9)
    drawn_tuning._drawn.cache_clear()
    got = drawn_tuning.outcome(1, 12, 2, "best mean")
    assert got["said"] == pytest.approx(got["true"], abs=1e-6) and got["true"] > 0
    drawn_tuning._drawn.cache_clear()


def test_the_best_of_many_looks_better_than_it_is_and_one_change_hardly():
    many, never = drawn_tuning.outcome(1, 12, 2, "best mean"), drawn_tuning.outcome(1, 1, 2, "never")
    assert many["said"] - many["true"] > 1 and never["worth"] == 0 and never["taken"] == 0
