"""A whole recommender from a funnel, for films, a feed, a shop or any table; kept in one file."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd

from course_lib.contracts import ArgumentError, Catalog
from course_lib.data import stored
from course_lib.serving.funnel import Funnel
from course_lib.serving.funnel_stages import FunnelPopular, FunnelRanker, Untaken, hand_picked
from course_lib.serving.funnel_storage import packed, unpacked
from course_lib.serving.ladder import StaticFallback
from course_lib.serving.raw_ids import RawIds, vocabulary_bytes, vocabulary_of_bytes
from course_lib.serving.recommender import Recommender
from course_lib.stages.reranking.constraints import Cap
from course_lib.stages.reranking.reranker import MMRReranker

FORMAT = 4      # 4: with the vocabularies of raw ids
REMEDY = "Make the recommender again, such as by table_recommender, and save it."
NUMBERS = ("n_retrieve", "n_rerank", "budget_ms", "retrieve_ms", "rank_ms", "name", "batch")


class FunnelRecommender(Recommender):
    """Retrieve by the funnel's blend → what was taken is out → the funnel's trees → MMR under caps, where wanted.

    funnel: fitted; it stays the recommender's own, learns through `observe`, and answers newcomers by their session.
    catalog: for caps. trade_off: λ of MMRReranker on the content the funnel was fitted with; None: no MMR, so that
    without caps the best by score are shown, as `Funnel.recommend` lists them. caps: {column of catalog.items: slots
    of a slate that one value of it may take}. reason: what the trace says of items already taken. static: int (n,),
    the last rung, chosen by hand; None: what is taken most now. ids: RawIds of the table that the funnel was fitted on,
    so that `recommend_ids` speaks them; they are saved too. others: n_rerank, budgets and name, as Recommender takes
    them; n_retrieve is by default the number of candidates that the trees were trained with.
    Raises ArgumentError for a funnel that is not fitted, for caps on a column that catalog does not have, and for ids
    of another number of users or items.
    """

    def __init__(self, funnel: Funnel, catalog: Catalog | None = None, *, trade_off: float | None = None,
                 caps: dict[str, int] | None = None, reason: str = "already taken", static=None,
                 ids: RawIds | None = None, **others):
        if funnel.fitted is None:
            raise ArgumentError("the funnel has not been fitted. Call fit(dataset, split) first.")
        columns = {name: _values(catalog, name) for name in caps or {}}
        _check_ids(ids, funnel)
        static = hand_picked(funnel) if static is None else np.asarray(static, np.int32)
        self.funnel, self.columns = funnel, columns
        self.made_with = {"trade_off": trade_off, "caps": dict(caps or {}), "reason": reason, "static": static}
        reranker = None
        if trade_off is not None or caps:
            limits = tuple(Cap(values, caps[name], f"at most {caps[name]} of one {name}")
                           for name, values in columns.items())
            reranker = MMRReranker(funnel.fitted.catalog.content, 1.0 if trade_off is None else trade_off, caps=limits)
        super().__init__(funnel, [Untaken(funnel, reason)], FunnelRanker(funnel), reranker,
                         fallback=[FunnelPopular(funnel), StaticFallback(static)],
                         **{"n_retrieve": funnel.settings.n_candidates, "name": "funnel", "ids": ids, **others})
        self._own = self._parts()

    def _parts(self) -> list:
        return [self.retriever, *self.filters, self.ranker, self.reranker, *self.fallback]

    def save(self, path) -> Path:
        """Write all of it to one file with a checksum, whole or not at all. Returns path.

        Raises ArgumentError where a stage was replaced after it was made, for such a stage could not be read back, and
        for raw ids of a type that has no words in a file.
        """
        now = self._parts()
        if len(now) != len(self._own) or any(a is not b for a, b in zip(now, self._own, strict=True)):
            raise ArgumentError("a stage, filter or rung of this recommender was replaced, and only its own can be "
                                "saved. Save recommender.funnel and put the others in again after Funnel.load.")
        about, parts = packed(self.funnel)
        file = io.BytesIO()
        np.savez(file, **self.columns)
        made_with = dict(self.made_with)
        if self.reranker is not None:
            made_with["trade_off"] = self.reranker.trade_off
        recommender = {"made_with": made_with, "numbers": {name: getattr(self, name) for name in NUMBERS}}
        parts |= {"columns": file.getvalue()}
        if self.ids is not None:
            parts |= {"user ids": vocabulary_bytes(self.ids.users), "item ids": vocabulary_bytes(self.ids.items)}
        return stored.save(path, "recommender", FORMAT, about | {"recommender": recommender}, parts)

    @classmethod
    def load(cls, path) -> FunnelRecommender:
        """What `save` wrote; it gives the same answers. Raises DataError where there is no such file, CorruptError
        where it is damaged or something else."""
        with stored.opened(path, "recommender", FORMAT, REMEDY) as (about, parts):
            funnel, facts = unpacked(Funnel, about, parts), about["recommender"]
            with np.load(io.BytesIO(parts["columns"]), allow_pickle=False) as file:
                columns = {name: file[name] for name in file.files}
            ids = None
            if "user ids" in parts:
                ids = RawIds(vocabulary_of_bytes(parts["user ids"], "user"),
                             vocabulary_of_bytes(parts["item ids"], "item"))
            return cls(funnel, Catalog(pd.DataFrame(columns), np.empty((0, 0))), ids=ids, **facts["made_with"],
                       **facts["numbers"])


def _check_ids(ids: RawIds | None, funnel: Funnel) -> None:
    if ids is None:
        return
    has, needs = (len(ids.users), len(ids.items)), (funnel.fitted.n_users, funnel.fitted.n_items)
    if has != needs:
        raise ArgumentError(f"ids hold {has[0]:,} users and {has[1]:,} items, but the funnel was fitted on "
                            f"{needs[0]:,} and {needs[1]:,}. Pass RawIds.of the dataset that it was fitted on.")


def _values(catalog: Catalog | None, name: str) -> np.ndarray:
    """int (N,): a code for each value of a column, -1 where there is none."""
    if catalog is None or name not in catalog.items:
        has = "there is none" if catalog is None else f"it has {list(catalog.items)}"
        raise ArgumentError(f"caps name {name!r}, which is no column of catalog.items ({has}). Pass the dataset's "
                            f"catalog.")
    column = catalog.items[name]
    return column.to_numpy(np.int64) if pd.api.types.is_integer_dtype(column) else pd.factorize(column)[0]
