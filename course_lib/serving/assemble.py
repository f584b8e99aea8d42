"""Whole recommenders from data: train what has to be trained, keep it in the cache, join the stages.

`table_recommender` is for any table of who took what; `film_recommender` retrieves by towers and an index in its place,
as the lessons do; `feed_recommender` is for a running service with a log, and learns counters within the day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

from course_lib.contracts import Catalog, Dataset
from course_lib.data import cache
from course_lib.data.log import interactions
from course_lib.serving.funnel import Funnel, FunnelSettings
from course_lib.serving.funnel_recommender import FunnelRecommender
from course_lib.serving.funnel_stages import FunnelRanker
from course_lib.serving.funnel_training import TREES
from course_lib.serving.ladder import PopularFallback, StaticFallback
from course_lib.serving.raw_ids import RawIds
from course_lib.serving.recommender import Recommender
from course_lib.stages.filters import AlreadySeen, PolicyScore, Support
from course_lib.stages.ranking.calibrate import Isotonic
from course_lib.stages.ranking.candidate_features import FACTS
from course_lib.stages.ranking.feed_features import COLUMNS as FEED_COLUMNS
from course_lib.stages.ranking.feed_features import FeedFeatures, replay
from course_lib.stages.ranking.ranker import GBDTRanker, RankerStage
from course_lib.stages.ranking.table_columns import columns_as_numbers
from course_lib.stages.reranking.constraints import Cap
from course_lib.stages.reranking.reranker import MMRReranker
from course_lib.stages.retrieval.blend import Blend, NearProfile, Newest

STAGES = Path(__file__).resolve().parents[1] / "stages"
SERVING = Path(__file__).resolve().parent
TOWERS_CODE = ("retrieval/towers/*.py", "retrieval/losses.py", "retrieval/negatives.py")
FUNNEL_CODE = ("retrieval/*.py", "ranking/*.py", *(str(path) for path in sorted(SERVING.glob("*funnel*.py"))))
# One model, fewer trees and labels than by default, so that lesson 00 waits seconds; most of what they gain remains.
FILM_SETTINGS = FunnelSettings(n_labels=20_000, l2_grid=(300.0,),
                               trees=TREES | {"trees": 100, "learning_rate": 0.1, "n_models": 1})


def film_recommender(dataset: Dataset, split, seed: int = 0, *, model=None, n_retrieve: int = 300,
                     trade_off: float = 0.8, category_cap: int = 4, progress: bool = False) -> Recommender:
    """The whole chain on real data: two-tower → HNSW → filters → the funnel's trees → MMR with a cap.

    The towers learn from split.train; the trees from what was held out of split.train and split.valid together, and
    rank by what several models fitted on both say; what stands in either is never shown again, so that split.test can
    judge. model: a fitted retrieval model (embed_users, embed_items) in place of the two-tower. category_cap: most
    slots of one main genre. Trained parts are cached under code, data and seed.
    """
    from course_lib.stages.ann.retriever import ANNRetriever

    model = two_tower(dataset, split, seed, progress=progress, dim=64, max_epochs=5) if model is None else model
    funnel = cached_funnel(dataset, split, seed, FILM_SETTINGS, progress=progress)
    known = pd.concat([split.train, split.valid])
    popular = PopularFallback(known, dataset.n_items)
    main_genre = Cap(dataset.catalog.items["category"].to_numpy(), category_cap,
                     f"at most {category_cap} films of one main genre", column="category")
    return Recommender(
        ANNRetriever(model, kind="hnsw"), [AlreadySeen(known), Support(known, dataset.n_items)], FunnelRanker(funnel),
        MMRReranker(dataset.catalog.content, trade_off, caps=(main_genre,), seed=seed), n_retrieve=n_retrieve,
        fallback=[popular, StaticFallback(np.argsort(-popular.count, kind="stable")[:50])], name="films",
        ids=RawIds.of(dataset))


def cached_funnel(dataset: Dataset, split, seed: int = 0, settings: FunnelSettings | None = None, *,
                  progress: bool = False) -> Funnel:
    """A Funnel of default sources fitted on split, out of the cache where it has been fitted before.

    settings: FunnelSettings; None: the default ones. progress and errors as Funnel.fit.
    """
    settings = settings or FunnelSettings()

    def build(folder: Path) -> None:
        Funnel(settings, seed).fit(dataset, split, progress=progress).save(folder / "funnel")

    catalog = dataset.catalog
    facts = [pd.to_numeric(catalog.items[name], errors="coerce").to_numpy(float) for name in FACTS if name in
             catalog.items]
    key = {"code": code_digest(*FUNNEL_CODE), "data": digest(split.train) + digest(split.valid), "kind": split.kind,
           "catalog": _sha(np.asarray(catalog.content), *facts),
           "users": {name: _sha(value) for name, value in columns_as_numbers(dataset.users)[0].items()},
           "size": [dataset.n_users, dataset.n_items],
           "settings": asdict(settings), "seed": seed}
    return Funnel.load(cache.artifact("funnel", key, build) / "funnel")


def table_recommender(dataset: Dataset, split, seed: int = 0, *, settings: FunnelSettings | None = None,
                      **stages) -> FunnelRecommender:
    """The whole chain for any table of who took what, films, shop or feed: a funnel, and a recommender around it.

    split: of the dataset's events. settings: of the funnel. stages: as FunnelRecommender takes them, such as
    trade_off, caps, budget_ms. The funnel is cached under code, data and seed. The recommender also speaks the table's
    own ids (`recommend_ids`), and `save` keeps them, so that another process can ask by them without the table.
    """
    funnel = cached_funnel(dataset, split, seed, settings)
    return FunnelRecommender(funnel, dataset.catalog, **{"ids": RawIds.of(dataset), **stages})


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
