"""The contest judges as the evidence does, compares with the best peer, and goes on where one contender fails."""

import numpy as np
import pandas as pd
import pytest

from course_lib.contracts import BudgetError, DataError, Dataset
from course_lib.evidence import offline
from course_lib.stages.retrieval import baselines
from course_lib.trial import contenders, contest, findings, gauges, scoreboard, sketch, trial_page


class Oracle:
    """Knows the test part: what nobody can be better than."""

    def __init__(self, truth, n_items):
        self.truth, self.n_items = truth, n_items

    def score(self, users):
        out = np.zeros((len(users), self.n_items))
        for row, user in enumerate(users):
            out[row, self.truth.loc[self.truth["user"] == user, "item"]] = 1
        return out

    def recommend(self, users, k):
        return np.argsort(-self.score(users), axis=1)[:, :k]


@pytest.fixture(scope="module")
def data(table):
    return Dataset.from_frames(table, user="who", item="what", time="when")


@pytest.fixture(scope="module", params=["time", "user"])
def held(data, request):
    split = contest.cut(data, request.param)

    def fails(task):
        raise DataError("it cannot.")

    def breaks(task):
        raise ZeroDivisionError("by nothing")

    more = [contenders.Contender("oracle", lambda task: (Oracle(split.test, data.n_items), ""), peer=False),
            contenders.Contender("weak", lambda task: (baselines.Popularity().fit(
                task.past.iloc[:1], data.n_users, data.n_items), ""), peer=False),
            contenders.Contender("fails", fails), contenders.Contender("breaks", breaks),
            contenders.Contender("unfit", fails, lambda task: "it is too large")]
    peers = [one for one in contenders.contenders() if one.peer and one.name != "implicit ALS"]
    said = []
    return contest.run(data, split, [*peers, *more], 5, 60, said.append), said


def test_numbers_are_those_of_the_evidence_on_train_and_valid(data, held):
    result, _ = held
    row = next(row for row in result.rows if row.name == "popularity")
    split = result.split
    past = pd.concat([split.train, split.valid])
    known = split.test[split.test["user"].isin(past["user"])]
    model = baselines.Popularity().fit(past, data.n_users, data.n_items)
    users, relevant = offline.held_out(known)
    top = offline.top_items(model, users, 5, past)
    assert row.recall.value == pytest.approx(offline.recall_at_k(top, relevant, 5).mean())
    assert row.coverage.value == pytest.approx(len(np.unique(top)) / data.n_items)
    assert result.judged == len(users)


def test_all_are_compared_with_the_best_peer_user_by_user(held):
    result, said = held
    rows = {row.name: row for row in result.rows}
    best = max((row for row in result.rows if row.peer and row.recall), key=lambda row: row.recall.value)
    assert result.best == best.name and best.difference is None
    assert rows["oracle"].recall.value == 1 and rows["oracle"].difference.low > 0
    assert rows["weak"].difference.high < 0
    assert rows["oracle"].difference.value == pytest.approx(1 - best.recall.value)
    assert said[0] == f"1/{len(rows)} popularity" and len(said) == len(rows)


def test_who_fails_is_named_and_the_others_go_on(held):
    result, _ = held
    faults = {row.name: row.fault for row in result.rows if row.fault}
    assert faults == {"fails": "it cannot.", "breaks": "ZeroDivisionError: by nothing", "unfit": "it is too large"}
    printed = "\n".join([scoreboard.table(result), *scoreboard.remarks(result)])
    for words in ("unfit did not compete: it is too large.", "oracle is above the best peer", "weak is below",
                  f"recall − {result.best}", "Chosen on the validation part"):
        assert words in printed
    lines = printed.splitlines()
    assert len({len(line) for line in lines[:len(result.rows) + 2]}) == 1         # columns stand below each other


def test_settings_are_chosen_by_the_validation_part_and_within_the_time(data):
    split = contest.cut(data, "user")
    tried = []

    class Model(baselines.Popularity):
        def __init__(self, good):
            self.good = good

        def fit(self, *arguments):
            tried.append(self.good)
            return super().fit(*arguments)

        def _score(self, users):
            return self.counts * (1.0 if self.good else -1.0) + np.zeros((len(users), 1))

    task = contenders.Task(data, split.train, split.valid, "user", 5, 60)
    settings = [{"good": 0}, {"good": 1}]
    assert contenders._best_setting("model", settings, Model, task) == ({"good": 1}, 2)
    hurried = contenders.Task(data, split.train, split.valid, "user", 5, 1e-9)
    assert contenders._best_setting("model", settings, Model, hurried) == ({"good": 0}, 1) and tried == [0, 1, 0]


def test_ease_says_where_it_does_not_fit(data):
    def task(n_items, seconds):
        other = Dataset(data.name, data.interactions, type(data.catalog)(
            pd.DataFrame(index=range(n_items)), np.empty((n_items, 0))), data.users)
        return contenders.Task(other, data.interactions, data.interactions, "user", 5, seconds)

    assert contenders._ease_unfit(task(60, 60)) == ""
    assert "left out above" in contenders._ease_unfit(task(contenders.EASE_ITEMS + 1, 1e9))
    assert "it would take about" in contenders._ease_unfit(task(15_000, 1e-3))


def test_costs_are_measured():
    with gauges.cost() as spent:
        held = np.ones(30_000_000)
        del held
    assert spent.seconds > 0 and (np.isnan(spent.bytes) or spent.bytes >= 0)
    ms = gauges.request_ms(Oracle(pd.DataFrame({"user": [], "item": []}), 5), np.arange(7), 3)
    assert ms.shape == (7,) and (ms > 0).all()


def test_findings_count_what_is_in_the_table(data):
    said = " ".join(findings.findings(data))
    assert f"{len(data.interactions):,} events of 120 users" in said and "Repeats: 0.0%" in said
    assert "no times" in findings.span(Dataset.from_frames(pd.DataFrame({"user": [1], "item": [2]}), time=None))
    share = findings.concentration(data)
    assert share[-1] == 1 and (np.diff(share) >= 0).all() and findings.at(share, 1.0) == 1


def test_the_page_asks_for_nothing_outside_and_escapes_what_came_from_others(data, held, tmp_path):
    result, _ = held
    page = trial_page.page("<b>mine</b>.csv", ["1 < 2"], [result], findings.concentration(data))
    assert page.count("<svg") == 2 and "&lt;b&gt;mine" in page and "1 &lt; 2" in page and "<b>mine" not in page
    outside = ("http://", "https://", "<script", "url(", "src=", "@import")
    assert "default-src 'none'" in page and [part for part in outside if part in page] == []
    path = trial_page.write(tmp_path / "page.html", page)
    assert path.read_text(encoding="utf-8") == page and [p.name for p in tmp_path.iterdir()] == ["page.html"]
    with pytest.raises(DataError, match="cannot be written"):
        trial_page.write(tmp_path / "none" / "page.html", page)
    assert "nan" not in sketch.shares(np.ones(1)).lower()


def test_a_table_on_which_nobody_can_be_judged_is_refused(data):
    few = Dataset.from_frames(pd.DataFrame({"user": list("abcdefghij"), "item": range(10),
                                            "time": [f"2020-01-{n:02}" for n in range(1, 11)]}))
    with pytest.raises(DataError, match="0 users with events both before the test part and in it"):
        contest.run(few, contest.cut(few, "time"), contenders.contenders()[:1], 5, 10)


@pytest.mark.parametrize(("kind", "says"), [("time", "fall on 1 different moment, too few"),
                                            ("user", "no user took more than 2 items, and it takes 3")])
def test_a_table_that_cannot_be_parted_says_why(kind, says):
    short = Dataset.from_frames(pd.DataFrame({"user": list("aabbcc"), "item": [1, 2] * 3, "time": ["2020-01-01"] * 6}))
    with pytest.raises(DataError, match=says):
        contest.cut(short, kind)


def test_towers_for_which_there_is_no_time_do_not_compete_untrained(data, monkeypatch):
    split = contest.cut(data, "user")
    task = contenders.Task(data, split.train, split.valid, "user", 5, seconds=10)
    monkeypatch.setattr(contenders, "_seconds_a_step", lambda *arguments: 1000.0)
    with pytest.raises(BudgetError, match="an epoch would take about .* s, and 10 s are left for it. Give more --min"):
        contenders._fit_towers(task)


@pytest.mark.parametrize("kind", ["time", "user"])
def test_the_whole_chain_competes_and_shows_nothing_known(data, kind):
    split = contest.cut(data, kind)
    chain = next(one for one in contenders.contenders() if one.name == "the whole chain")
    task = contenders.Task(data, split.train, split.valid, kind, 5, seconds=600)
    assert chain.load() == chain.unfit(task) == "" and not chain.peer
    model, chosen = chain.fit(task)
    users = np.unique(task.past["user"])[:30]
    top = offline.top_items(model, users, 5)
    assert (top == model.recommend(users, 5)).all() and "EASE's l2" in chosen and "shares" in chosen
    known = set(map(tuple, task.past[["user", "item"]].to_numpy()))
    assert not known & {(user, item) for user, row in zip(users, top, strict=True) for item in row}


def test_a_chain_for_which_there_is_no_time_does_not_compete(data):
    split = contest.cut(data, "user")
    task = contenders.Task(data, split.train, split.valid, "user", 5, seconds=1e-3)
    with pytest.raises(BudgetError, match="until one model of EASE was fitted, .* s were given. Give more --minutes"):
        contenders._fit_chain(task)


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(gauges.time, "perf_counter", lambda: now[0])
    return now


def test_what_is_loaded_and_judged_takes_nothing_of_the_time_for_fitting(data, clock):
    """Peers share the first half; what one leaves goes on; who takes too long takes nothing of another's share."""
    split, given = contest.cut(data, "user"), {}

    class Slow(baselines.Popularity):
        def score(self, users):
            clock[0] += 1000
            return super().score(users)

    def one(name, takes, **more):
        def load():
            clock[0] += 1000
            return ""

        def fit(task):
            given[name] = task.seconds
            clock[0] += takes
            if name == "fails":
                raise DataError("it cannot.")
            return Slow().fit(task.past, data.n_users, data.n_items), ""

        return contenders.Contender(name, fit, load=load, **more)

    competing = [one("quick", 5), one("fails", 15), one("system", 200, peer=False), one("chain", 1, peer=False)]
    rows = contest.run(data, split, competing, 5, 100).rows
    assert given == {"quick": 25, "fails": 45, "system": 40, "chain": 25}
    assert [row.seconds for row in rows] == [5, 15, 200, 1]


def test_what_is_missing_is_said_and_the_others_go_on(data):
    split = contest.cut(data, "user")
    without = contenders.Contender("towers", None, peer=False, load=lambda: "No module named torch; set up")
    result = contest.run(data, split, [contenders.contenders()[0], without], 5, 60)
    assert [row.fault for row in result.rows] == ["", "No module named torch; set up"]


def test_on_a_narrow_terminal_the_table_is_parted_and_no_line_runs_over(held):
    result, _ = held
    whole, narrow = scoreboard.table(result), scoreboard.table(result, 60)
    assert max(map(len, whole.splitlines())) > 60 >= max(map(len, narrow.splitlines()))
    for row in result.rows:
        for cell in scoreboard.cells(row):
            assert cell in narrow
    assert narrow.count("\noracle") == narrow.count("\n\n") + 1 > 1
    assert scoreboard.table(result, 500) == whole


def test_settings_that_were_not_tried_for_want_of_time_are_counted(table):
    data = Dataset.from_frames(table, user="who", item="what", time="when")
    split = contest.cut(data, "user")
    kind = [one for one in contenders.contenders() if one.name == "item-kNN"][0]
    hurried = contenders.Task(data, split.train, split.valid, "user", 5, 1e-6)
    assert "(1 of 4 settings tried, for want of time)" in kind.fit(hurried)[1]
    assert "tried" not in kind.fit(contenders.Task(data, split.train, split.valid, "user", 5, 1e6))[1]


def test_it_is_said_where_any_list_finds_all():
    rows = [(user, (user + n) % 12, f"2020-01-{1 + n:02d}T{user % 24:02d}:00Z") for user in range(40) for n in range(6)]
    few = Dataset.from_frames(pd.DataFrame(rows, columns=["user", "item", "time"]))
    competing, split = contenders.contenders()[:1], contest.cut(few, "user")
    words = "have no more than 7 items left that they have not taken"
    assert any(words in one for one in scoreboard.remarks(contest.run(few, split, competing, 7, 10)))
    assert not any("items left" in one for one in scoreboard.remarks(contest.run(few, split, competing, 1, 10)))


class Newest(Oracle):
    """Recommends what nobody took before, by the highest id."""

    def score(self, users):
        return np.tile(np.arange(self.n_items, dtype=float), (len(users), 1))


def test_an_item_that_only_the_test_part_shows_to_exist_cannot_be_recommended_unless_it_is_listed():
    rows = [(user, item, f"2020-01-{1 + item:02d}T{user % 24:02d}:00Z") for user in range(40) for item in range(20)]
    data = Dataset.from_frames(pd.DataFrame(rows, columns=["user", "item", "time"]))
    split = contest.cut(data, "time")
    assert not np.isin(split.test["item"], pd.concat([split.train, split.valid])["item"]).any()
    newest = contenders.Contender("newest", lambda task: (Newest(split.test, data.n_items), ""), peer=False)
    competing = [contenders.contenders()[0], newest]
    assert contest.run(data, split, competing, 2, 10).rows[1].recall.value == 0
    assert contest.run(data, split, competing, 2, 10, listed=np.ones(20, bool)).rows[1].recall.value == 1
