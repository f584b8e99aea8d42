"""An index that is changed while it is searched, held against a plain dictionary."""

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.contracts import ArgumentError, ShapeError
from course_lib.stages.ann import LiveIndex
from course_lib.stages.ann import live as ann_live

D = 6
change = st.tuples(st.sampled_from(["add", "delete", "rebuild"]), st.lists(st.integers(0, 60), max_size=8, unique=True))


@settings(max_examples=40, deadline=None)
@given(st.lists(change, max_size=8), st.sampled_from(["flat", "hnsw"]), st.sampled_from(["ip", "l2", "cosine"]),
       st.integers(0, 10**6))
def test_any_run_of_changes_equals_a_dictionary(changes, kind, metric, seed):
    rng = np.random.default_rng(seed)
    held = dict(enumerate(rng.normal(size=(40, D)).astype(np.float32)))
    live = LiveIndex(kind, list(held), np.stack(list(held.values())), metric)
    for what, ids in changes:
        if what == "add":
            new = rng.normal(size=(len(ids), D)).astype(np.float32)
            live.add(ids, new)
            held.update(zip(ids, new, strict=True))
        elif what == "delete":
            assert live.delete(ids) == sum(held.pop(i, None) is not None for i in ids)
        elif held:
            live.rebuild()
            assert live.stale == 0
    assert len(live) == len(held)
    query = rng.normal(size=(1, D)).astype(np.float32)
    found, scores = live.search(query, 5)
    keys, vectors = np.array(list(held), int), np.array(list(held.values())).reshape(-1, D)
    if metric == "cosine":
        vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        query = query / np.linalg.norm(query)
    value = -((vectors - query) ** 2).sum(1) if metric == "l2" else vectors @ query[0]
    best = np.argsort(-value)[:5]
    assert found[0, :len(best)].tolist() == keys[best].tolist()
    assert (found[0, len(best):] == -1).all()
    np.testing.assert_allclose(scores[0, :len(best)], value[best], rtol=1e-3, atol=1e-4)


def test_changes_during_a_rebuild_are_kept_and_searches_go_on(monkeypatch):
    vectors = np.eye(D, dtype=np.float32)
    live = LiveIndex("flat", range(D), vectors, "l2")
    building, go_on = threading.Event(), threading.Event()

    def slow(**recipe):
        building.set()
        assert go_on.wait(20)
        return original(**recipe)

    original = ann_live.build_index
    monkeypatch.setattr(ann_live, "build_index", slow)
    worker = threading.Thread(target=live.rebuild)
    worker.start()
    assert building.wait(20)
    live.delete([0])
    live.add([77], 5 * vectors[:1])
    assert live.version == 0 and live.search(5 * vectors[:1], 1)[0].item() == 77
    with pytest.raises(ArgumentError, match="running already"):
        live.rebuild()
    go_on.set()
    worker.join(20)
    assert live.version == 1
    found = live.search(5 * vectors[:1], D)[0].ravel().tolist()
    assert found[0] == 77 and 0 not in found and set(found) == {77, 1, 2, 3, 4, 5}


def test_a_search_sees_all_of_the_old_or_all_of_the_new():
    rng = np.random.default_rng(0)
    old, new = rng.normal(size=(2, 200, D)).astype(np.float32)
    live = LiveIndex("flat", range(200), old, "l2")
    answers, stop = [], threading.Event()

    def reader():
        while not stop.is_set():
            answers.append(tuple(live.search(old[:1], 200)[0].ravel().tolist()))

    worker = threading.Thread(target=reader)
    worker.start()
    for _ in range(20):
        live.add(range(200), new)
        live.rebuild()
        live.add(range(200), old)
        live.rebuild()
    stop.set()
    worker.join(20)
    rank = [tuple(np.argsort(((v - old[0]) ** 2).sum(1)).tolist()) for v in (old, new)]
    assert answers and set(answers) <= set(rank)


def test_a_failed_rebuild_leaves_the_old_index(monkeypatch):
    live = LiveIndex("flat", range(D), np.eye(D))
    live.delete([1])
    monkeypatch.setattr(ann_live, "build_index", lambda **_: (_ for _ in ()).throw(MemoryError("full")))
    with pytest.raises(MemoryError):
        live.rebuild()
    assert live.version == 0 and len(live) == D - 1
    monkeypatch.undo()
    assert live.rebuild() == 1


def test_staleness_counts_the_dead_and_the_fresh():
    live = LiveIndex("flat", range(10), np.eye(10))
    live.delete([0, 1])
    live.add([20], np.ones((1, 10)))
    assert live.stale == pytest.approx(0.3)


@pytest.mark.parametrize(("call", "error", "says"), [
    (lambda live: live.add([1], np.ones((1, D + 1))), ShapeError, "width"),
    (lambda live: live.add([1, 1], np.ones((2, D))), ArgumentError, "twice"),
    (lambda live: live.add([-1], np.ones((1, D))), ArgumentError, "-1"),
    (lambda live: live.add([1], np.full((1, D), np.nan)), ArgumentError, "NaN"),
    (lambda live: (live.delete(range(D)), live.rebuild()), ArgumentError, "nothing is held"),
])
def test_bad_changes_are_refused(call, error, says):
    with pytest.raises(error, match=says):
        call(LiveIndex("flat", range(D), np.eye(D)))
