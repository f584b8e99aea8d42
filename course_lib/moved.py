"""Where modules stood in the first edition, so that notebooks which learners kept from then still run.

`install()` puts a finder last in line: it is asked only for names that nothing else knows, and answers for these alone.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys

_ROOMS = {  # room of today: the old names of its modules, "old=new" where the name changed
    "stages.retrieval": ("baselines", "losses", "negatives", "sources=blend", "serving_split=by_hand"),
    "stages.retrieval.towers": ("towers=model", "towers_data=batches", "towers_ddp=processes", "towers_fit=training",
                                "towers_net=network", "towers_store=storage", "towers_time=recency"),
    "stages.ann": ("ann_filter=filter", "ann_index=index", "ann_live=live", "ann_measure=measure", "ann_params=size",
                   "ann_pq=quantise"),
    "stages.ranking": ("calibrate", "ranker", "feed_features", "retrain=bandits"),
    "stages.reranking": ("caps=constraints", "fresh=freshness", "worth=value", "rerank=", "slots="),
    "evidence": ("rewards=objectives", "ranking=auc", "teach.framing=framing"),
    "serving": ("launch.load=load", "serving.fallback=ladder", "serving.budget=deadline", "serving.chain=pipeline",
                "teach.first_system=first_system"),
    "teach.checking": ("check", "comparison", "exercises", "guard"),
    "teach.ledger": ("claims", "predictions"),
    "teach.publish": ("build", "execute", "readme"),
    "teach.show": ("plots", "widgets", "journey", "quizzes", "system_map", "shown=notices"),
    "teach.classroom": ("agenda", "classpage=page"),
    "teach.definitions": ("card",),
    "teach.cards": ("effects",),
}


def table() -> dict[str, str]:
    """{old full name: full name of today}, such as course_lib.stages.ann_pq → course_lib.stages.ann.quantise."""
    found = {}
    for room, names in _ROOMS.items():
        for entry in names:
            old, _, new = entry.partition("=")
            old = old if "." in old else f"{room.split('.')[0]}.{old}"
            new = old if "=" not in entry else new
            found[f"course_lib.{old}"] = f"course_lib.{room}.{new.split('.')[-1]}".rstrip(".")
    return found


class _Moved(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a module under its old name and gives the one of today: the same object, not a copy."""

    def __init__(self):
        self.table = table()

    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self) if name in self.table else None

    def create_module(self, spec):
        module = importlib.import_module(self.table[spec.name])
        self.own = module.__spec__
        return module

    def exec_module(self, module):
        module.__spec__ = self.own          # the import system has just put the old name there


def install() -> None:
    """Let the old names be found; a second call changes nothing."""
    if not any(isinstance(finder, _Moved) for finder in sys.meta_path):
        sys.meta_path.append(_Moved())
