"""People and items by the log's own ids: asked and answered so, and kept so from one release to another."""

import datetime
import uuid

import numpy as np
import pandas as pd
import pytest
from toy_parts import go, release, served
from toy_stages import TASTE, N

from course_lib.contracts import Dataset, Vocabulary
from course_lib.serving.raw_ids import RawIds
from course_lib.serving.service import asgi
from course_lib.serving.service.feature_store import SqliteStore
from course_lib.serving.service.own_ids import OwnIds

TOKEN, U = {"token": "open"}, len(TASTE)


def named(people=range(U), items=range(N)):
    """OwnIds in which person n is called "p<n>" and item n "i<n>", in the order given."""
    return OwnIds(RawIds(Vocabulary([f"p{n}" for n in people], "user"), Vocabulary([f"i{n}" for n in items], "item")))


async def asked(client, user, session=(), k=5, status=200):
    answer = await client.post("/recommend", json={"user": user, "session": list(session), "k": k})
    assert answer.status_code == status, answer.text
    return answer.json()


def test_who_asks_by_own_ids_is_answered_by_them_and_gets_the_same_slate():
    async def test():
        async with served(release(names=named(), numbering="as ever")) as (_, client):
            numbers, own = await asked(client, 3, [20, 30]), await asked(client, "p3", ["i20", "i30"])
            assert own["slate"] == [f"i{item}" for item in numbers["slate"]] and own["rung"] == "full"
            assert (await client.get(f"/trace/{own['trace']}")).json()["slate"] == own["slate"]
            new = [await asked(client, user, session) for user, session in ((-1, [5]), (None, ["i5"]))]
            assert new[1]["slate"] == [f"i{item}" for item in new[0]["slate"]]
    go(test())


@pytest.mark.parametrize(("body", "status", "says"), [
    ({"user": "3"}, 404, "user '3' is not known; send null"), ({"user": "x" * 500}, 422, "at most 200 characters"),
    ({"user": "p3", "session": ["i5", "i777"]}, 422, "session holds item 'i777', which is not known"),
    ({"user": "p3", "session": [5]}, 422, "session.0: Input should be a valid string"),
    ({"user": 3, "session": ["i5"]}, 422, "session.0: Input should be a valid integer"),
    ({"user": "p3", "k": 1000}, 422, "at most 50 items"), ({"user": "p3", "own": True}, 422, "own: Extra inputs"),
    ({"user": "p3", "session": ["i5"] * 300}, 422, "session has 300 items")])
def test_what_is_foreign_is_refused_in_one_sentence(body, status, says):
    async def test():
        async with served(release(names=named())) as (_, client):
            answer = await client.post("/recommend", json=body)
            assert answer.status_code == status and says in answer.json()["error"] and len(answer.text) < 300
    go(test())


def test_ids_of_any_type_are_text_and_lead_back():
    day, one = datetime.date(2024, 2, 29), uuid.uuid4()
    for raw, told in (([7, 17850], ["7", "17850"]), (["85123A", "85123B"], ["85123A", "85123B"]),
                      ([one], [str(one)]), ([day], ["2024-02-29"])):
        own = OwnIds(RawIds(Vocabulary(raw, "user"), Vocabulary(raw, "item")))
        assert own.users == own.items == told and [own.user_of[text] for text in told] == list(range(len(raw)))
    table = pd.DataFrame({"user": [17850, 12583], "item": ["a", "b"], "time": [1.0, 2.0]})
    assert OwnIds(RawIds.of(Dataset.from_frames(table, time_unit="s"))).users == ["12583", "17850"]


def renumbered(name, **more):
    """A release for which person and item n are who was U-1-n and N-1-n; so nobody keeps a number."""
    return release(name, names=named(range(U)[::-1], range(N)[::-1]), numbering="the other way round", **more)


def test_after_a_release_that_numbers_people_anew_nobody_is_shown_what_was_kept_for_another():
    """Items keep their numbers and people do not: the cached rung once went by the number alone."""
    async def test():
        async with served(release(names=named(), numbering="as ever"), fresh_s=0) as (service, client):
            before = {n: (await asked(client, f"p{n}"))["slate"] for n in (3, U - 4)}
            assert before[3] != before[U - 4]
            service.releases.change(release("anew", names=named(range(U)[::-1]), numbering="as ever"))
            down = [{"part": "index", "errors": 1.0}]
            assert (await client.post("/admin/faults", json=down, headers=TOKEN)).status_code == 200
            for n, slate in before.items():
                kept = await asked(client, f"p{n}")
                assert kept["rung"] == "cached" and kept["slate"] == slate
    go(test())


def test_what_the_store_has_of_somebody_stays_theirs_when_numbers_change(tmp_path):
    async def test():
        store = SqliteStore(tmp_path / "s")
        async with served(release(names=named(), numbering="as ever"), store) as (service, client):
            for body in ({"p2": ["i21", "i30"]}, {"3": [5]}):           # by own ids, and by numbers
                assert (await client.post("/admin/features", json=body, headers=TOKEN)).json() == {"held": 1}
            for held in (service.releases.current, renumbered("anew")):
                n = held.names
                read = await service.chain.recent([n.user_of["p2"], n.user_of["p3"]], N, 1e12, names=n)
                assert read == {n.user_of["p2"]: [n.item_of["i21"], n.item_of["i30"]],
                                n.user_of["p3"]: [n.item_of["i5"]]}
            few = named(items=[n for n in range(N) if n != 21])         # the item is gone
            assert await service.chain.recent([2], N, 1e12, names=few) == {2: [few.item_of["i30"]]}
            for body in ({"3": [N]}, {str(U): [5]}, {"p2": ["i21", 5]}, {"p2": [5]}):
                answer = await client.post("/admin/features", json=body, headers=TOKEN)
                assert answer.status_code == 422 and answer.json()["error"]
    go(test())


def by_digits():
    """OwnIds that are digits, as MovieLens has them: the own id of number n is n + 1."""
    ids = [Vocabulary([str(n + 1) for n in range(size)], kind) for size, kind in ((U, "user"), (N, "item"))]
    return OwnIds(RawIds(*ids))


def test_own_ids_that_are_digits_are_not_taken_for_numbers(tmp_path):
    """By lax rules "25" is 25 and true is 1: the clicks of person "17" were then written for number 17."""
    async def test():
        async with served(release(names=by_digits()), SqliteStore(tmp_path / "s")) as (service, client):
            async def told(body):
                return await client.post("/admin/features", json=body, headers=TOKEN)

            async def read(user):
                return await service.chain.recent([user], N, 1e12, names=service.releases.current.names)

            assert (await told({"17": ["25"]})).status_code == 200
            assert await read(16) == {16: [24]} and await read(17) == {}
            assert (await told({"17": [25]})).status_code == 200
            assert await read(17) == {17: [25]} and await read(16) == {16: [24]}
            for body in ({"17": []}, {"17": [True]}, {"17": [25.0]}, {"17": [25, "25"]}):
                answer = await told(body)
                assert answer.status_code == 422 and answer.json()["error"]
            assert "numbers or own ids" in (await told({"17": [], "16": []})).json()["error"]
            assert (await told({})).json() == {"held": 0}
            for withdrawn in (["25"], [True]):
                change = {"name": "second", "path": "x", "withdrawn": withdrawn}
                answer = await client.post("/admin/release", json=change, headers=TOKEN)
                assert answer.status_code == 422 and "withdrawn.0: Input should be a valid integer" in answer.text
    go(test())


def test_without_own_ids_a_person_of_whom_nothing_was_clicked_may_be_told(tmp_path):
    async def test():
        async with served(release(), SqliteStore(tmp_path / "s")) as (_, client):
            assert (await client.post("/admin/features", json={"7": []}, headers=TOKEN)).json() == {"held": 1}
    go(test())


def test_a_canary_with_other_numbers_answers_those_who_ask_by_own_ids_and_is_right():
    async def test():
        first, other = release(names=named(), numbering="as ever"), renumbered("anew")
        async with served(first) as (service, client):
            service.releases.change(other, "canary", 1.0)
            own = await asked(client, "p3", ["i20"])
            there = other.system.slates(other.requests([U - 4], [[N - 21]], 5)).item[0]
            assert own["slate"] == other.names.of_items(there[there >= 0])
            assert (await client.get(f"/trace/{own['trace']}")).json()["release"] == "anew"
            numbers = await asked(client, 3, [20])                      # whose numbers are the current release's
            assert (await client.get(f"/trace/{numbers['trace']}")).json()["release"] == "first"
            few = release("few", names=named(range(3)), numbering="as ever")
            service.releases.end("canary")
            service.releases.change(few, "canary", 1.0)
            for user, by in (("p2", "few"), ("p9", "first")):           # the canary does not know p9
                said = await asked(client, user)
                assert (await client.get(f"/trace/{said['trace']}")).json()["release"] == by
    go(test())


def test_a_shadow_with_other_numbers_is_asked_for_the_same_person_and_compared_by_item():
    async def test():
        first = release(names=named(), numbering="as ever", filters=[])
        async with served(first) as (service, client):
            service.releases.change(renumbered("anew", filters=[]), "shadow", 1.0)
            seen = []
            service.metrics.agreement.observe = seen.append
            own = await asked(client, "p3")
            await service.responder.flights.drain(10)
            shadow = service.releases.shadow
            there = shadow.system.slates(shadow.requests([U - 4], [[]], 5)).item[0]
            assert seen == [len(set(shadow.names.of_items(there[there >= 0])) & set(own["slate"])) / 5]
    go(test())


def test_a_release_from_a_table_knows_its_ids(monkeypatch):
    rows = pd.DataFrame({"user": ["b", "a"], "item": ["x", "y"], "time": [1.0, 2.0]})

    class System:
        ids, filters = RawIds.of(Dataset.from_frames(rows, time_unit="s")), []

    events = pd.DataFrame({"user": [0, 1], "item": [1, 0]})
    made = asgi.Release.of(System(), events, 2, 2)
    assert made.person(0) == "a" and made.person(-1) == -1 and made.names.of_items(np.array([1, 0])) == ["y", "x"]
