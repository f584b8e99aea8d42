"""Whole recommenders from data: train what has to be trained, keep it in the cache, join the stages.

`film_recommender` is for tables of who took what, `feed_recommender` for a running service with a log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from course_lib.contracts import Candidates, Catalog, Dataset, Requests
from course_lib.data import cache
from course_lib.data.log import interactions
from course_lib.serving.ladder import PopularFallback, StaticFallback
from course_lib.serving.recommender import Recommender
from course_lib.stages.filters import AlreadySeen, PolicyScore, Support
from course_lib.stages.ranking.calibrate import Isotonic
from course_lib.stages.ranking.feed_features import COLUMNS as FEED_COLUMNS
from course_lib.stages.ranking.feed_features import FeedFeatures, replay
from course_lib.stages.ranking.film_features import FilmFeatures
from course_lib.stages.ranking.ranker import GBDTRanker, RankerStage
from course_lib.stages.reranking.constraints import Cap
from course_lib.stages.reranking.reranker import MMRReranker
from course_lib.stages.retrieval.blend import Blend, NearProfile, Newest

STAGES = Path(__file__).resolve().parents[1] / "stages"
TOWERS_CODE = ("retrieval/towers/*.py", "retrieval/losses.py", "retrieval/negatives.py")
RANKER_CODE = ("ranking/ranker.py", "ranking/calibrate.py", "ranking/film_features.py")


def film_recommender(dataset: Dataset, split, seed: int = 0, *, model=None, n_retrieve: int = 300,
                     trade_off: float = 0.8, category_cap: int = 4, progress: bool = False) -> Recommender:
    """The whole chain on real data: two-tower → HNSW → filters → LightGBM, calibrated → MMR with a cap.

    The towers learn from split.train; the ranker from which of the retrieved films stand in split.valid; what stands
    in either is never shown again, so that split.test can judge. model: a fitted retrieval model (embed_users,
    embed_items) in place of the two-tower. category_cap: most slots of one main genre. Trained parts are cached
    under code, data and seed.
    """
    from course_lib.stages.ann.retriever import ANNRetriever

    model = two_tower(dataset, split, seed, progress=progress, dim=64, max_epochs=5) if model is None else model
    retriever = ANNRetriever(model, kind="hnsw")
    features = FilmFeatures(split.train, dataset.catalog, dataset.n_users)
    trees, calibrator = _film_ranker(dataset, split, seed, retriever, features, n_retrieve)
    known = pd.concat([split.train, split.valid])
    popular = PopularFallback(known, dataset.n_items)
    main_genre = Cap(dataset.catalog.items["category"].to_numpy(), category_cap,
                     f"at most {category_cap} films of one main genre", column="category")
    return Recommender(
        retriever, [AlreadySeen(known), Support(known, dataset.n_items)], RankerStage(trees, features, calibrator),
        MMRReranker(dataset.catalog.content, trade_off, caps=(main_genre,), seed=seed), n_retrieve=n_retrieve,
        fallback=[popular, StaticFallback(np.argsort(-popular.count, kind="stable")[:50])], name="films")


def feed_recommender(log, catalog: Catalog, *, seed: int = 0, label: Callable | None = None, max_policy: float = 0.9,
                     trade_off: float = 0.8, creator_cap: int = 2, explore: float = 0.0, explore_slots=None,
                     n_retrieve: int = 120, share: float = 1.0, position: bool = True, sources: dict | None = None,
                     name: str = "system") -> Recommender:
    """The whole chain for a running service, learnt from its log; goes on learning counters through `observe`.

    log: MemoryLog or Log. catalog: items born up to the log's last day. label: function of the training table that
    returns 0/1, by default its clicks. position: learn position as a feature and serve it at 1. share: of requests to
    train on. sources: further candidate sources for Blend, {name: (retriever, share)}, such as a two-tower's
    ANNRetriever. explore, explore_slots: see MMRReranker.
    """
    features = FeedFeatures(catalog)
    trees, calibrator = _feed_ranker(log, features, seed, label, share, position)
    hot = PopularFallback(interactions(log.impressions()), len(catalog.items), half_life_days=2, name="popular")
    blend = Blend({"near": (NearProfile(features), 0.5), "hot": (hot, 0.3), "new": (Newest(catalog), 0.2)}
                  | (sources or {}))
    reranker = MMRReranker(catalog.content, trade_off, creator=catalog.items["creator"].to_numpy(),
                           creator_cap=creator_cap, explore=explore, explore_slots=explore_slots, seed=seed)
    filters = [PolicyScore(max_policy, catalog)]
    last = StaticFallback(np.argsort(-hot.count, kind="stable")[:200])
    return Recommender(blend, filters, RankerStage(trees, features, calibrator), reranker, n_retrieve=n_retrieve,
                       n_rerank=40, fallback=[hot, last], name=name)


def _feed_ranker(log, features: FeedFeatures, seed, label, share, position) -> tuple[GBDTRanker, Isotonic]:
    """Trees fitted on four fifths of the log's requests, and a calibrator fitted on the fifth they have not seen."""
    table = pd.concat(list(replay(features, log, share=share, seed=seed)), ignore_index=True)
    columns = [*FEED_COLUMNS, "position"] if position else list(FEED_COLUMNS)
    wanted = table["click"].to_numpy() if label is None else np.asarray(label(table))
    held = table["request_id"].to_numpy() % 5 == 0
    trees = GBDTRanker(trees=60, leaves=15, learning_rate=0.12, min_rows=100, seed=seed,
                       position="position" if position else None)
    trees.fit(table.loc[~held, columns], wanted[~held])
    return trees, Isotonic().fit(trees.predict(table.loc[held, columns]), wanted[held])


def two_tower(dataset: Dataset, split, seed: int = 0, *, progress: bool = False, **settings):
    """The course's two-tower model fitted on split.train, out of the cache where it has been fitted before."""
    from course_lib.stages.retrieval.towers.model import TwoTower

    def build(folder: Path) -> None:
        model = TwoTower(**settings)
        model.fit(split.train, catalog=dataset.catalog, users=dataset.users, seed=seed, progress=progress)
        model.save(folder / "model")

    key = {"code": code_digest(*TOWERS_CODE), "data": digest(split.train), "seed": seed,
           "settings": {name: str(value) for name, value in settings.items()}}
    return TwoTower.load(cache.artifact("two_tower", key, build) / "model")


def _film_ranker(dataset, split, seed, retriever, features, n_retrieve) -> tuple[GBDTRanker, Isotonic]:
    """Trees fitted on four fifths of the users, and a calibrator fitted on the fifth they have not seen."""
    found = candidates_for_training(retriever, split.train, dataset, n_retrieve)

    def build(folder: Path) -> None:
        table, label, user = training_table(found, split.valid, features)
        held = user % 5 == 0
        trees = GBDTRanker("binary", trees=150, leaves=7, learning_rate=0.05, min_rows=100, seed=seed)
        trees.fit(table[~held], label[~held])
        trees.save(folder / "trees.txt")
        Isotonic().fit(trees.predict(table[held]), label[held]).save(folder / "isotonic.npz")

    key = {"code": code_digest(*RANKER_CODE) + code_digest(__file__), "seed": seed,
           "data": digest(split.train) + digest(split.valid), "candidates": _sha(found.item, found.score)}
    folder = cache.artifact("film_ranker", key, build)
    return GBDTRanker.load(folder / "trees.txt"), Isotonic.load(folder / "isotonic.npz")


def candidates_for_training(retriever, seen: pd.DataFrame, dataset: Dataset, n: int) -> Candidates:
    """The n nearest films a user has not taken, for every user: what the ranker will meet at serving, (U, n)."""
    requests = Requests.of(np.arange(dataset.n_users), eligible=np.arange(dataset.n_items))
    most = int(seen.groupby("user").size().max())
    found = retriever.retrieve(requests, min(dataset.n_items, n + most))
    fresh = AlreadySeen(seen).keep(requests, found.item) & (found.item >= 0)
    front = np.argsort(~fresh, axis=1, kind="stable")[:, :n]
    keep = np.take_along_axis(fresh, front, axis=1)
    item, score = (np.take_along_axis(a, front, axis=1) for a in (found.item, found.score))
    return Candidates(np.where(keep, item, -1), np.where(keep, score, -np.inf))


def training_table(found: Candidates, taken: pd.DataFrame, features) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """The ranker's table: features of the candidates (row u: user u), whether each stands in `taken`, and its user."""
    requests = Requests.of(np.arange(len(found.item)), eligible=np.arange(0))
    real = found.item.ravel() >= 0
    label = ~AlreadySeen(taken).keep(requests, found.item)
    user = np.repeat(requests.user, found.item.shape[1])
    table = features(requests, found)
    return table[real].reset_index(drop=True), label.ravel()[real].astype(int), user[real]


def code_digest(*patterns: str) -> str:
    """Twelve hex digits of the source of stages that match, so that a change of code is a change of key."""
    paths = sorted(p for pattern in patterns for p in ([Path(pattern)] if Path(pattern).is_absolute()
                                                       else STAGES.glob(pattern)))
    return hashlib.sha256(b"\0".join(p.read_bytes() for p in paths)).hexdigest()[:12]


def digest(table: pd.DataFrame) -> str:
    """Twelve hex digits of a table's numbers, in order."""
    return _sha(*(table[name].to_numpy() for name in table.select_dtypes("number").columns))


def _sha(*arrays: np.ndarray) -> str:
    return hashlib.sha256(b"".join(np.ascontiguousarray(a).tobytes() for a in arrays)).hexdigest()[:12]
