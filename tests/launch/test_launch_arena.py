"""Plans that play many launches: what is shipped is scored by the truths, and nothing but readings reaches a plan."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from toy_service import Rate, Service

from course_lib.contracts import ArgumentError, Arm, Assignment, DataError
from course_lib.evidence.experiment import SRM_ALARM
from course_lib.evidence.units import unit_table
from course_lib.launch.launch_arena import (
    ALL,
    CHOSEN_ON,
    against,
    collect,
    one_launch,
    play,
    run_plan,
    scores,
    split_truths,
    stored,
)
from course_lib.launch.launch_plan import RIVALS, RIVALS_OF, LaunchPlan, Reading
from course_lib.launch.launch_readings import FEED, SHOP, by_person, readings

DAYS, HORIZON = 14, 20


def toy(seed=0, lift=0.0, lost=0.0, effects=None):
    """A launch in the toy service: the treatment's click rate is `lift` above control's .2, control loses people."""
    environment = Service(seed=seed)
    control, treatment = Rate("old", lost=lost), Rate("new", click=0.2 * (1 + lift))
    before = environment.run(Rate("old"), 3)
    launch = SimpleNamespace(
        environment=environment, control=control, treatment=treatment, before=before,
        split=lambda share, salt=0: Assignment((Arm("control", control, 1 - share), Arm("treatment", treatment, share)),
                                               salt=salt))
    effects = np.full(HORIZON, lift) if effects is None else effects
    return launch, SimpleNamespace(cause="better" if lift > 0 else "harmful", effects=lambda days: effects[:days])


def toys(seed):
    return toy(seed, lift=(0.05, -0.05)[seed % 2])


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    path = tmp_path_factory.mktemp("arena") / "whole.csv"
    table, truths = collect(toys, range(4), path, None, horizon=HORIZON)
    return path, table, truths


def test_readings_hold_what_unit_tables_hold():
    launch, _ = toy(lift=0.05)
    days = launch.environment.run(launch.split(0.5), 3)
    mine, users = by_person(days, 4000), launch.environment.users()
    theirs = unit_table(days, users=users, assignment=launch.split(0.5))
    for name in ("requests", "clicks", "dwell_s", "value"):
        assert mine[name].sum(axis=0) == pytest.approx(theirs[name].to_numpy(float))


def test_a_person_that_is_not_there_is_refused():
    launch, _ = toy()
    with pytest.raises(DataError, match="expected ids below 10"):
        by_person(launch.environment.run(launch.control, 1), 10)


def test_a_change_is_seen_and_its_interval_shrinks_with_days_and_share():
    launch, _ = toy(lift=0.05)
    table = readings(launch).set_index(["day", "share", "since"])
    error = table["clicks per user: error"]
    last = table.loc[(14, 0.5, 0)]
    assert abs(last["clicks per user"] - 0.05) < 4 * last["clicks per user: error"] < 0.04
    assert error[(14, 0.5, 0)] < error[(3, 0.5, 0)] and error[(14, 0.5, 0)] < error[(14, 0.05, 0)]
    assert len(table) == 3 * (14 + 7)


def test_a_share_beyond_the_test_is_refused():
    with pytest.raises(ArgumentError, match=r"up to 0\.5"):
        readings(toy()[0], shares=(0.25, 0.9))


def test_a_broken_split_is_seen_and_stops_the_plan_that_checks_it():
    launch, hidden = toy(lift=-0.05, lost=0.2)
    rows = one_launch(launch, hidden, horizon=HORIZON).assign(launch=0)
    table, truths = split_truths(rows)
    assert table.loc[(table["share"] == 0.5) & (table["day"] == 14), "split p"].max() < SRM_ALARM
    whole = one_launch(*toy(lift=-0.05), horizon=HORIZON)
    assert whole["split p"].min() > SRM_ALARM
    checked = LaunchPlan("checks", steps=((0.5, 14),), canary=False, must_win=False, must_prove=False,
                         second_week=False)
    blind = LaunchPlan("blind", steps=((0.5, 14),), canary=False, must_win=False, must_prove=False,
                       second_week=False, split_check=False)
    assert [play(plan, table, truths)["action"][0] for plan in (checked, blind)] == ["stop", "ship"]


def test_a_plan_that_always_ships_gets_what_the_truths_sum_to(held):
    _, table, truths = held
    played = play(RIVALS["always ship"], table, truths)
    wanted = 100 * truths.drop(columns="cause").sum(axis=1)
    assert played["value"].tolist() == pytest.approx(wanted.tolist())
    assert played["worth"].tolist() == pytest.approx(wanted.tolist())
    assert played["days"].tolist() == [0] * 4


def test_the_oracle_regrets_nothing_and_a_plan_that_stays_out_regrets_what_was_to_gain(held):
    _, table, truths = held
    assert play("oracle", table, truths)["regret"].tolist() == [0] * 4
    never = play(RIVALS["never ship"], table, truths)
    assert never["regret"].tolist() == pytest.approx([100 - 0.25, 0.25] * 2)
    assert never["harm"].tolist() == pytest.approx([0, 0.25] * 2)


def test_the_risk_aware_plan_ships_what_is_better_and_stops_what_is_worse(held):
    _, table, truths = held
    played = play(RIVALS["risk-aware"], table, truths)
    assert played["action"].tolist() == ["ship", "stop"] * 2


def test_a_plan_that_gets_out_when_in_doubt_stops_a_loss_before_it_is_certain(held):
    _, table, truths = held
    sure = play(LaunchPlan("waits", steps=((0.5, 14),)), table, truths)
    early = play(LaunchPlan("gets out", steps=((0.5, 14),), doubts_from=2), table, truths)
    worse = truths["cause"].to_numpy() == "harmful"
    assert (early["days"] <= sure["days"]).all() and early["days"][worse].min() == 2
    assert early["harm"][worse].sum() < sure["harm"][worse].sum()
    late = play(LaunchPlan("later", steps=((0.5, 14),), doubts_from=6), table, truths)
    assert (late["days"][worse] >= early["days"][worse]).all()


def test_the_launches_on_which_the_reference_was_chosen_are_not_those_on_which_it_is_shown():
    shown, whole = stored("feed")[1], stored("feed", whole=True)[1]
    assert shown.index.min() == CHOSEN_ON and len(whole) == len(shown) + CHOSEN_ON
    for truths in (shown, whole):                     # every cause as often as any other
        assert truths["cause"].value_counts().nunique() == 1 and truths["cause"].nunique() == 11


def test_a_plan_sees_readings_alone(held):
    _, table, truths = held
    seen = []

    def rule(reading, plan):
        seen.append(reading)
        return "go on"

    play(LaunchPlan("looks", rule=rule), table, truths)
    assert len(seen) == 4 * 14 and all(isinstance(reading, Reading) for reading in seen)
    assert not {"cause", "effect"} & set(table.columns) and not {"cause", "effect"} & set(seen[0].row)
    assert seen[0].late is None and seen[13].late["day"] == 14


def test_exposure_follows_steps_and_decision(held):
    _, table, _ = held
    one = table[table["launch"] == 0]
    ships = LaunchPlan("ships", steps=((0.05, 2), (0.5, 2)), rule=lambda r, p: "ship" if r.day == 4 else "go on")
    exposure, action, days = run_plan(ships, one, HORIZON)
    assert (action, days) == ("ship", 4) and exposure[:6].tolist() == [0.05, 0.05, 0.5, 0.5, 1, 1]
    dreams = LaunchPlan("dreams", steps=((0.05, 2), (0.5, 2)), rule=lambda r, p: "go on")
    exposure, action, days = run_plan(dreams, one, HORIZON)
    assert (action, days) == ("stop", 4) and exposure[4:].sum() == 0


def test_a_run_that_was_stopped_goes_on_and_ends_as_a_whole_one(held, tmp_path):
    path, *_ = held

    def tired(seed):
        if seed == 2:
            raise KeyboardInterrupt
        return toys(seed)

    part, told = tmp_path / "part.csv", []
    with pytest.raises(KeyboardInterrupt):
        collect(tired, range(4), part, None, horizon=HORIZON)
    assert pd.read_csv(part)["launch"].unique().tolist() == [0, 1]
    collect(toys, range(4), part, told.append, horizon=HORIZON)
    assert told == ["3 of 4 launches", "4 of 4 launches"]
    assert part.read_text() == path.read_text()


def test_what_is_held_is_not_run_again(held):
    path, table, truths = held
    again = collect(None, range(4), path, None)
    pd.testing.assert_frame_equal(again[0], table)
    pd.testing.assert_frame_equal(again[1], truths)


def test_a_cause_that_is_called_null_stays(tmp_path):
    def idle(seed):
        launch, hidden = toy(seed, effects=np.zeros(HORIZON))
        hidden.cause = "null"
        return launch, hidden

    for _ in range(2):
        _, truths = collect(idle, range(2), tmp_path / "null.csv", None, horizon=HORIZON, shares=(0.5,))
        assert truths["cause"].tolist() == ["null"] * 2


def test_scores_have_intervals_over_launches(held):
    _, table, truths = held
    played = play(RIVALS["always ship"], table, truths)
    whole = scores(played).loc[ALL]
    assert whole["launches"] == 4 and whole["shipped"] == 1 and whole["value"].low < 0 < whole["value"].high
    assert scores(played, by="cause")["value"]["better"].value == pytest.approx(100)
    assert float(against(played, played)) == 0
    with pytest.raises(DataError, match="other launches"):
        against(played, played[:2])


def test_readings_without_a_truth_are_refused(held):
    path, *_ = held
    rows = pd.read_csv(path)
    with pytest.raises(DataError, match="without a truth"):
        split_truths(rows[(rows["share"] > 0) | (rows["launch"] > 0)])


@pytest.mark.parametrize(("wrong", "says"), [
    ({"steps": ((0.5, 3), (0.25, 3))}, "rise"), ({"steps": ((0.9, 3),)}, "at most 0.5"),
    ({"steps": ((0.5, 0),)}, "at least a day"), ({"guardrails": {"dwell per user": 0}}, "between 0 and 1"),
    ({"level": 1.0}, "between 0 and 1"),
])
def test_a_plan_that_cannot_be_is_refused(wrong, says):
    with pytest.raises(ArgumentError, match=says):
        LaunchPlan("wrong", **wrong)


@pytest.mark.parametrize("name", ["share", "people control", "clicks per user: before", "happiness"])
def test_a_column_without_an_error_is_no_metric(name):
    row = {"share": 0.5, "people control": 9, "people treatment": 9, "clicks per user: before": 0.1}
    with pytest.raises(ArgumentError, match="one of the table's"):
        Reading(1, 0.5, row).change(name)


def test_what_the_table_lacks_is_an_error(held):
    _, table, truths = held
    with pytest.raises(DataError, match=r"share of 0\.1"):
        play(LaunchPlan("between", steps=((0.1, 3),)), table, truths)
    with pytest.raises(ArgumentError, match="expected one of"):
        play(LaunchPlan("shrugs", rule=lambda reading, plan: "perhaps"), table, truths)
    with pytest.raises(ArgumentError, match="second week|from day 8"):
        play(LaunchPlan("early", rule=lambda reading, plan: reading.change("clicks per user", late=True)), table,
             truths)
    with pytest.raises(ArgumentError, match="one of the table's"):
        play(LaunchPlan("wishes", primary="happiness"), table, truths)


def test_a_certain_loss_stops_the_canary_early():
    table, truths = split_truths(one_launch(*toy(lift=-0.3), horizon=HORIZON).assign(launch=0))
    assert play(RIVALS["canary"], table, truths).loc[0, ["action", "days"]].tolist() != ["ship", 3]
    assert play(RIVALS["risk-aware"], table, truths).loc[0, "days"] < 14


def test_before_and_after_asks_no_control():
    row = {"clicks per user: before": 0.2, "clicks per user": -0.1, "split p": 1.0}
    plan = RIVALS["before and after"]
    assert plan.rule(Reading(7, 0.5, row), plan) == "ship" and plan.rule(Reading(3, 0.5, row), plan) == "go on"


def test_every_named_plan_asks_for_metrics_of_its_kind():
    for kind, metrics in (("feed", FEED), ("marketplace", SHOP)):
        for plan in RIVALS_OF[kind].values():
            assert {plan.primary, *plan.guardrails} <= set(metrics)
