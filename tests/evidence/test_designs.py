"""Designs under interference: tables by unit, reports against the truth of twins, logs of one's own."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import ArgumentError, Arm, Assignment, DataError
from course_lib.evidence.designs import OwnLog, design_table, expected_report, item_table
from course_lib.world import feed, marketplace
from course_lib.world import policies as P

CALM = ("novelty", "sharing", "social_proof", "joining", "births", "spam")


def halves(control, treatment, unit="user", salt=1, **options):
    return Assignment((Arm("control", control, 0.5), Arm("treatment", treatment, 0.5)), unit=unit, salt=salt, **options)


def favourites(temperature=1.0):
    """Prefers items by a fixed score; learns nothing."""
    score = np.random.default_rng(0).normal(size=120)
    return P.PlackettLuce(lambda requests: temperature * score[requests.eligible], name="favourites")


def report(world, control, treatment, unit, days=4, column="clicks", **options):
    design = halves(control, treatment, unit, **options)
    logs = [world.fork().run(policy, days) for policy in (design, control, treatment)]
    tables = [design_table(log, design, world.users()) for log in logs]
    return expected_report(*tables, column), tables[2][column].sum() / tables[1][column].sum() - 1


# --- without interference the report is the truth -------------------------------------------------------------------
@pytest.mark.parametrize("unit", ["user", "cluster", "region"])
def test_where_nobody_influences_anybody_every_split_of_people_reports_the_truth(unit):
    told, truth = report(feed(640, 120, seed=3, without=CALM), P.Uniform(), favourites(), unit, salt=2)
    assert told == pytest.approx(truth, abs=1e-12) and abs(truth) > 0.02


def test_a_switchback_is_exact_only_where_nothing_is_remembered():
    forgetful = (*CALM, "repeats", "retention")
    off = {}
    for name, without in (("forget", forgetful), ("remember", CALM)):
        world = feed(640, 120, seed=3, without=without)
        told, truth = report(world, P.Uniform(), favourites(), "time", days=6, salt=2, block_s=86400.0)
        off[name] = abs(told - truth)
    assert off["forget"] < 1e-12 and off["remember"] > 0.01


def test_little_stock_makes_a_split_of_users_report_far_too_much_and_ample_stock_does_not():
    off = {}
    for pieces in (1, 5000):
        stock = {"stock_median": pieces, "restock_days": 1, "delay_days": 0.02, "buy": 0.0}
        shop = marketplace(1000, 120, 5000, seed=3, without=(*CALM, "repeats", "retention"), shop=stock)
        told, truth = report(shop, P.Uniform(), favourites(1.5), "user", column="purchases")
        off[pieces] = told - truth
    assert off[5000] == pytest.approx(0, abs=1e-12) and abs(off[1]) > 0.1


def test_friends_who_share_carry_the_effect_into_control_and_whole_regions_do_not():
    world = feed(4096, 120, seed=3, without=tuple(set(CALM) - {"sharing"}),
                 sharing={"rate": 0.12, "accept": 0.2, "visits": 0.5})
    quality = world.truth().hidden_items()["quality"].to_numpy()
    best = P.PlackettLuce(lambda requests: quality[requests.eligible], name="quality")
    by_user, effect = report(world, P.Uniform(), best, "user", days=6)
    by_region, _ = report(world, P.Uniform(), best, "region", days=6)
    assert by_region == pytest.approx(effect, abs=1e-12)
    assert effect > 0.02 and by_user < effect - 0.005


# --- tables ---------------------------------------------------------------------------------------------------------
def test_a_report_by_hand():
    mixed = pd.DataFrame({"arm": ["control", "control", "treatment", "treatment"], "clicks": [2.0, 4, 9, 9]})
    control, treatment = pd.DataFrame({"clicks": [2.0, 3, 5, 10]}), pd.DataFrame({"clicks": [4.0, 16, 8, 12]})
    # truth 40 / 20; control's units got 6 / 5 of their twin, treatment's 18 / 20
    assert expected_report(mixed, control, treatment) == pytest.approx(2 * 0.9 / 1.2 - 1)


def test_a_unit_that_did_not_come_in_a_twin_counts_as_nothing():
    mixed = pd.DataFrame({"arm": ["control", "treatment"], "clicks": [1.0, 1]}, index=[0, 1])
    twin = pd.DataFrame({"clicks": [1.0]}, index=[0])
    with pytest.raises(DataError, match="arm 'treatment'"):
        expected_report(mixed, twin, twin)
    with pytest.raises(ArgumentError, match="column is 'likes'"):
        expected_report(mixed, twin, twin, "likes")


def test_items_are_counted_wherever_they_were_shown_or_sold():
    shop = marketplace(400, 60, 3000, seed=5, shop={"buy": 0.0, "delay_days": 0.1})
    days = shop.run(P.Uniform(), 3)
    table = item_table(days)
    shown = pd.concat([day.impressions for day in days])
    sold = pd.concat([day.outcomes for day in days])
    assert table["clicks"].sum() == shown["click"].sum() and table["impressions"].sum() == len(shown)
    item = int(table["purchases"].idxmax())
    assert table.loc[item, "purchases"] == ((sold["kind"] == "purchase") & (sold["item"] == item)).sum() > 0
    with pytest.raises(DataError, match="no impressions"):
        item_table([type(days[0])(0, days[0].requests[:0], days[0].impressions[:0], days[0].outcomes[:0])])


def test_a_design_table_names_the_arm_of_every_unit_in_twins_too():
    world = feed(320, 60, seed=5)
    for unit in ("user", "cluster", "region", "time", "item"):
        design = halves(P.Uniform(), favourites(), unit)
        table = design_table(world.fork().run(P.Uniform(), 1), design, world.users())
        arm = np.array(["control", "treatment"])[design.arm_of(table.index.to_numpy())]
        assert (table["arm"] == arm).all() and table["clicks"].sum() > 0


# --- a log of one's own ---------------------------------------------------------------------------------------------
def test_a_policy_with_its_own_log_sees_its_arm_and_nothing_else():
    world = feed(400, 60, seed=5)
    design = halves(OwnLog(P.Popularity(name="a"), "control"), OwnLog(P.Popularity(name="b"), "treatment"))
    days = world.run(design, 2)
    shown = pd.concat([day.impressions for day in days])
    for arm, held in zip(("control", "treatment"), design.arms, strict=True):
        clicked = shown.loc[(shown["arm"] == arm) & (shown["click"] > 0), "item"]
        counts = held.policy.policy.counts.total
        assert counts.sum() == len(clicked) and counts[int(clicked.mode()[0])] == clicked.value_counts().max()
    assert design.arms[0].policy.name == "a"


def test_one_arm_that_has_everybody_learns_from_everything():
    alone, wrapped = P.Popularity(), OwnLog(P.Popularity(), "all")
    for policy in (alone, wrapped):
        feed(300, 60, seed=5).run(policy, 2)
    np.testing.assert_array_equal(alone.counts.total, wrapped.policy.counts.total)


def test_a_policy_that_does_not_learn_may_be_wrapped():
    OwnLog(P.Uniform(), "control").observe(None)
