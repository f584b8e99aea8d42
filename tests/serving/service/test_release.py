"""Segments, hard filters of a release, and who answers whom while releases change."""

import gc
import weakref

import numpy as np
import pandas as pd
import pytest
from toy_parts import EVENTS, release
from toy_stages import build

from course_lib.contracts import ArgumentError, Dataset
from course_lib.serving.raw_ids import RawIds
from course_lib.serving.service.release import Release, Releases, SegmentLists, numbering_of


def test_a_person_belongs_to_the_kind_that_they_took_most():
    kind = np.array([0, 0, 1, 1, -1])
    events = pd.DataFrame({"user": [0, 0, 0, 1, 1, 2, 3], "item": [0, 0, 2, 3, 3, 4, 2]})
    found = SegmentLists.of(events, 5, 5, kind, least=2)
    assert found.of_user.tolist() == [1, 2, 0, 2, 0]        # 2 took what is of no kind, 4 nothing
    assert found.list_of(0).tolist()[:2] == [0, 2] and found.list_of(1).tolist()[:2] == [3, 2]
    assert found.list_of(4).tolist() == found.list_of(-1).tolist() == found.list_of(99).tolist()
    assert set(found.lists[1].tolist()) == {0, 2, -1}       # what the segment never took is not on its list
    few = SegmentLists.of(events, 5, 5, kind, least=100)
    assert few.of_user.tolist() == [0] * 5 and len(few.lists) == 1


def test_hard_filters_hold_on_whatever_list_is_offered():
    made = release(eligible=[n for n in range(60) if n != 20])
    assert made.allowed(0, [], np.array([20, 3, 10, 21, 4, 22, -1, 23]), 2).tolist() == [21, 22]
    assert made.allowed(0, [], np.array([3, 4, 10]), 5).tolist() == []
    assert made.on_offer(2).tolist() == [50, 51]


def test_any_recommender_can_be_released():
    made = Release.of(build(), EVENTS, 30, 60, "towers", withdrawn=[21])
    assert made.static[:5].tolist() == [21, 20, 22, 23, -1]             # by how often, then by number
    assert made.on_offer(5).tolist() == [20, 22, 23]
    slates = made.system.slates(made.requests([2, 3], [[], [30]], 5))
    assert not {21} & set(slates.item.ravel().tolist())


def test_two_releases_number_items_alike_where_the_same_names_stand_in_the_same_places():
    def of(*names):
        rows = pd.DataFrame({"user": ["a"] * len(names), "item": list(names), "time": np.arange(len(names)) * 1.0})
        return numbering_of(RawIds.of(Dataset.from_frames(rows, time_unit="s")), len(names))

    assert of("x", "y") == of("x", "y") and len({of("x", "y"), of("x", "z"), of("x", "y", "z"), of("xy")}) == 4
    assert Release.of(build(), EVENTS, 30, 60).numbering == Release.of(build(), EVENTS, 30, 60, "other").numbering
    assert numbering_of(None, 60) != numbering_of(None, 61)


def test_a_canary_answers_its_share_and_a_person_always_gets_the_same():
    releases = Releases(release("first"))
    releases.change(release("second"), "canary", 0.2)
    names = [releases.of(user, "any").name for user in range(5000)]
    assert names == [releases.of(user, "other").name for user in range(5000)]
    assert abs(names.count("second") / 5000 - 0.2) < 4 * (0.16 / 5000) ** 0.5
    new = [releases.of(-1, str(trace)).name for trace in range(5000)]
    assert abs(new.count("second") / 5000 - 0.2) < 4 * (0.16 / 5000) ** 0.5
    releases.end("canary")
    assert {releases.of(user, "any").name for user in range(100)} == {"first"}


def test_a_larger_share_keeps_those_who_had_the_canary_already():
    releases, second = Releases(release("first")), release("second")
    releases.change(second, "canary", 0.1)
    few = {user for user in range(2000) if releases.of(user, "").name == "second"}
    releases.change(second, "canary", 0.5)
    assert few <= {user for user in range(2000) if releases.of(user, "").name == "second"}
    releases.change(second)
    assert releases.current is second and releases.canary is None


def test_a_shadow_answers_nobody_and_a_role_has_to_be_known():
    releases = Releases(release("first"))
    releases.change(release("second"), "shadow", 0.5)
    asked = [releases.shadow_of(str(trace)) is not None for trace in range(4000)]
    assert abs(np.mean(asked) - 0.5) < 4 * 0.5 / 4000 ** 0.5
    assert releases.of(3, "any").name == "first"
    with pytest.raises(ArgumentError, match="role is 'king'"):
        releases.change(release("third"), "king")
    with pytest.raises(ArgumentError, match="there was a release called 'second' already"):
        releases.change(release("second"))
    with pytest.raises(ArgumentError, match="role is 'current'; a canary or a shadow can end"):
        releases.end("current")


def test_a_release_that_answers_nobody_any_more_is_let_go_and_its_name_is_not():
    releases = Releases(release("first"))
    gone = weakref.ref(releases.current)
    releases.change(release("second"))
    gc.collect()
    assert gone() is None
    with pytest.raises(ArgumentError, match="called 'first' already"):
        releases.claim(release("first"))
