"""The things the course keeps on disk, as bench_faults harms them: made small, read to the last number, written over.

A thing's content is JSON-able and holds all that a reader gets from it. Everything heavy is imported where it is used,
in the process of one trial.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


def digest(*arrays) -> str:
    return hashlib.sha256(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)).hexdigest()[:16]


class Thing:
    """Made by `make`, read by `read`, written over by what `writer` returns; `leaves_out`: faults that mean nothing."""

    code = ROOT / "course_lib"
    kill_within_s = 0.03
    leaves_out: tuple[str, ...] = ()

    def files(self, folder: Path) -> list[str]:
        """Files that a fault may strike."""
        return self.all_files(folder)

    def all_files(self, folder: Path) -> list[str]:
        return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())

    def belongs(self, name: str) -> bool:
        """Whether a file is no litter."""
        return not any(part.startswith(".") for part in Path(name).parts)

    def rescue(self, folder: Path):
        """What can still be read where the whole cannot; None if it is of one piece."""

    def enough(self, before, kept, file: str) -> bool:
        """Whether what was kept is all that could be, `file` being harmed."""
        return True

    def last(self, folder: Path) -> bool:
        """A whole write after the fault."""
        self.writer(folder)()
        return True


class Saved(Thing):
    """A fitted part: content is what it answers. Two versions are made, and written over each other."""

    def __init__(self, fit: Callable, load: Callable, answers: Callable, file: str, inner: str = ""):
        self.fit, self.load, self.answers, self.file, self.inner = fit, load, answers, file, inner

    def make(self, folder: Path) -> bool:
        for version in (0, 1):
            self.fit(version).save(folder / f"v{version}" / self.file)
        (folder / "now").mkdir()
        shutil.copytree(folder / "v0", folder / "now", dirs_exist_ok=True)
        return True

    def files(self, folder: Path) -> list[str]:
        return [name for name in self.all_files(folder) if name.startswith("now")]

    def read(self, folder: Path):
        return self.answers(self.load(folder / "now" / self.file))

    def states(self, pristine: Path, many: bool = False) -> list:
        return [self.answers(self.load(pristine / f"v{version}" / self.file)) for version in (0, 1)]

    def writer(self, folder: Path) -> Callable[[], None]:
        model = self.load(folder / "v1" / self.file)
        return lambda: model.save(folder / "now" / self.file)

    def writes(self, folder: Path) -> Iterator[str]:
        models = [self.load(folder / f"v{version}" / self.file) for version in (1, 0)]
        for model in itertools.cycle(models):
            model.save(folder / "now" / self.file)
            yield ""


def _ranker():
    import pandas as pd

    from course_lib.stages.ranking.ranker import GBDTRanker

    def table(version, n=600):
        rng = np.random.default_rng(version)
        return pd.DataFrame({"taste": rng.random(n), "position": rng.integers(1, 6, n), "noise": rng.random(n)})

    def fit(version):
        features = table(version)
        label = (np.random.default_rng(9).random(600) < features["taste"]).astype(int)
        ranker = GBDTRanker(trees=12, leaves=7, n_models=2, feature_fraction=0.7, position="position", num_threads=1)
        return ranker.fit(features, label)

    def answers(model):
        facts = [model.objective, model.position, model.serve_position, model.trees, model.n_models,
                 model.columns, sorted(map(str, model.params.items()))]
        return [digest(model.predict(table(7, 400))), facts]

    return Saved(fit, GBDTRanker.load, answers, "trees.txt")


def _calibrator():
    from course_lib.stages.ranking.calibrate import Isotonic

    def fit(version):
        rng = np.random.default_rng(version)
        score = rng.random(400)
        return Isotonic().fit(score, rng.random(400) < score)

    return Saved(fit, Isotonic.load, lambda held: digest(held.predict(np.linspace(-1, 2, 999))), "map.npz")


def _index():
    from course_lib.stages.ann.index import Index, build_index

    def fit(version):
        return build_index("hnsw", np.random.default_rng(version).standard_normal((500, 16)), M=8)

    def answers(index):
        ids, scores = index.search(np.random.default_rng(8).standard_normal((40, 16)), 20)
        return [digest(ids, scores), index.kind, index.d, index.metric, index.seed, index.slots,
                sorted(index.params.items())]

    return Saved(fit, Index.load, answers, "index.faiss")


def _towers():
    import pandas as pd
    import torch

    from course_lib.stages.retrieval.towers.model import TwoTower

    torch.set_num_threads(1)

    def fit(version):
        rng = np.random.default_rng(version)
        events = pd.DataFrame({"user": rng.integers(0, 50, 900), "item": rng.integers(0, 30, 900),
                               "time": rng.uniform(0, 5e6, 900)}).drop_duplicates(["user", "item"])
        return TwoTower(dim=8, max_epochs=1, batch_size=256).fit(events, progress=False)

    def answers(model):
        return [digest(model.score(np.arange(model.n_users)), *model.past), sorted(map(str, model.settings.items()))]

    return Saved(fit, TwoTower.load, answers, "model")


def _recommender():
    import pandas as pd

    from course_lib.contracts import Dataset, Requests
    from course_lib.data.splits import by_user
    from course_lib.serving.funnel import Funnel, FunnelSettings
    from course_lib.serving.funnel_recommender import FunnelRecommender

    trees = {"trees": 5, "leaves": 4, "learning_rate": 0.2, "min_rows": 20, "num_threads": 1, "n_models": 2,
             "feature_fraction": 0.5}
    small = FunnelSettings(n_candidates=15, n_shares=15, l2_grid=(20.0,), trees=trees)

    def fit(version):
        rng = np.random.default_rng(version)
        user, item = np.nonzero(rng.random((60, 40)) < 0.3)
        events = pd.DataFrame({"user": user, "item": item, "time": rng.uniform(1e9, 1.01e9, len(user))})
        data = Dataset.from_frames(events, time_unit="s")
        return FunnelRecommender(Funnel(small).fit(data, by_user(data.interactions)), name=f"version {version}")

    def answers(system):
        session = np.full((70, 2), -1)
        session[::3] = [1, 5]
        requests = Requests.of(np.arange(70), eligible=np.arange(40), session_items=session)
        return [digest(system.slates(requests).item, system.funnel.score(np.arange(70))), system.name,
                sorted(system.funnel.shares.items())]

    return Saved(fit, FunnelRecommender.load, answers, "system.recommender")


class TheLog(Thing):
    """Four days of a log; content by day and table; a write appends a day."""

    def make(self, folder: Path) -> bool:
        from course_lib.data.log import Log

        for name, seed in (("log", 0), ("other", 100)):
            log = Log.create(folder / name, {"seed": seed})
            for day in range(4):
                log.append(self._day(day, seed))
        return True

    @staticmethod
    def _day(day: int, seed: int = 0):
        import pandas as pd

        from course_lib.contracts import DAY_S, IMPRESSION_COLUMNS, OUTCOME_COLUMNS, REQUEST_COLUMNS, DayLog

        rng = np.random.default_rng(day + seed)
        time = day * DAY_S + np.sort(rng.uniform(0, DAY_S, 80))
        requests = pd.DataFrame({"request_id": np.arange(80) + day * 1000, "day": day, "time": time, "session": 1,
                                 "user": rng.integers(0, 9, 80), "device": 0, "policy": "p", "arm": "a"})
        shown = requests.loc[np.repeat(requests.index, 3), ["request_id", "day", "time", "user", "policy", "arm"]]
        shown = shown.assign(position=np.tile([1, 2, 3], 80), item=rng.integers(0, 99, 240), propensity=0.25,
                             click=rng.integers(0, 2, 240), click_time=shown.time + 2, dwell_s=1.5)
        later = pd.DataFrame({"request_id": requests.request_id[:9], "user": requests.user[:9], "item": 3,
                              "kind": "purchase", "event_time": time[:9], "arrival_time": time[:9] + 9, "value": 9.5})
        return DayLog(day, requests.astype(REQUEST_COLUMNS), shown.astype(IMPRESSION_COLUMNS).reset_index(drop=True),
                      later.astype(OUTCOME_COLUMNS))

    def files(self, folder: Path) -> list[str]:
        return [name for name in self.all_files(folder) if name.startswith("log")]

    def belongs(self, name: str) -> bool:
        return super().belongs(name.replace(".manifest-copy", "manifest-copy"))

    @staticmethod
    def _content(log, days) -> dict:
        from course_lib.data.day_tables import TABLES

        return {str(day): [hashlib.sha256(getattr(log, table)([day]).to_csv().encode()).hexdigest()[:16]
                           for table in TABLES] for day in days}

    def read(self, folder: Path):
        from course_lib.data.log import Log

        log = Log.open(folder / "log")
        days = log.query("SELECT DISTINCT day FROM impressions ORDER BY day").day.tolist()
        return {**self._content(log, days), "facts": [log.manifest, log.days]}

    def rescue(self, folder: Path):
        from course_lib.data.log import Log

        log = Log.open(folder / "log")
        return self._content(log, log.good_days())

    def enough(self, before, kept, file: str) -> bool:
        """All days but the one that was struck, as they were; where another log's manifest came, none can be good."""
        wanted = {day: held for day, held in before.items() if day != "facts" and f"day={int(day):05d}" not in file}
        return kept == wanted or "manifest.json" in file and kept == {}

    def states(self, pristine: Path, many: bool = False) -> list:
        before = self.read(pristine)
        found = [before]
        for day in range(4, 60 if many else 5):
            from course_lib.data.log import MemoryLog

            one = self._content(MemoryLog([self._day(day)]), [day])
            facts = [found[-1]["facts"][0], [*found[-1]["facts"][1], day]]
            found.append({**found[-1], **one, "facts": facts})
        return found

    def writer(self, folder: Path) -> Callable[[], None]:
        from course_lib.data.log import Log

        log = Log.open(folder / "log")
        held = self._day(log.last_day + 1)
        return lambda: log.append(held)

    def writes(self, folder: Path) -> Iterator[str]:
        from course_lib.data.log import Log

        log = Log.open(folder / "log")
        for day in range(4, 60):
            log.append(self._day(day))
            yield ""


class Artifact(Thing):
    """A folder of the cache: built again where it is damaged, with a warning. A write builds one that is not there."""

    def __init__(self):
        self.kill_within_s = 0.02

    @staticmethod
    def _get(folder: Path, version: int = 0) -> str:
        from course_lib.data import cache

        def build(aside: Path) -> None:
            (aside / "sub").mkdir()
            for number in range(3):
                (aside / "sub" / f"{number}.bin").write_bytes(
                    np.random.default_rng(10 * version + number).bytes(20_000))
            (aside / "words.json").write_text(json.dumps({"version": version}))

        os.environ["COURSE_CACHE"] = str(folder / "cache")
        path = cache.artifact("t", {"version": version}, build)
        return digest(*(np.frombuffer(file.read_bytes(), np.uint8) for file in sorted(path.rglob("*"))
                        if file.is_file() and file.name != "MANIFEST.json"))

    def make(self, folder: Path) -> bool:
        self._get(folder)
        return True

    def read(self, folder: Path):
        return self._get(folder)

    def states(self, pristine: Path, many: bool = False) -> list:
        return [self._get(pristine)]

    def last(self, folder: Path) -> bool:
        return bool(self._get(folder, 9999))        # of another key: what was left by whichever key is swept

    def writer(self, folder: Path) -> Callable[[], None]:
        return lambda: self._get(folder, 1)

    def writes(self, folder: Path) -> Iterator[str]:
        for version in range(1, 500):
            self._get(folder, version)
            yield ""


class Progress(Thing):
    """60 events; a damaged file is mended and what could be rescued is an honest part of what there was."""

    leaves_out = ("deleted",)       # a record that is not there is a new learner's: nothing could tell them apart

    def _use(self, folder: Path):
        os.environ["COURSE_PROGRESS"] = str(folder / "progress.sqlite")
        from course_lib.teach import progress

        return progress

    def make(self, folder: Path) -> bool:
        progress = self._use(folder)
        return all(progress.record("attempt", f"3.{n % 5}", "wrong", n / 3, number=n, text="an answer " * 9)
                   for n in range(60))

    def belongs(self, name: str) -> bool:
        return super().belongs(name) and not name.endswith(("-journal", "-wal", "-shm", ".lock"))

    def read(self, folder: Path):
        held = self._use(folder).events()
        return [[event[name] for name in ("kind", "ref", "status", "seconds", "detail")] for event in held]

    def rescue(self, folder: Path):
        return []

    def enough(self, before, kept, file: str) -> bool:
        """Nothing made up, the order kept; events of one page (about 20) may be gone, more only where the file was
        cut or replaced."""
        return [event for event in before if event in kept] == kept

    def states(self, pristine: Path, many: bool = False) -> list:
        before = self.read(pristine)
        return [before + [["hint", "3.1", "", 0.0, {"number": n}] for n in range(more)]
                for more in range(400 if many else 2)]

    def writer(self, folder: Path) -> Callable[[], None]:
        progress = self._use(folder)
        return lambda: progress.record("hint", "3.1", number=0)

    def writes(self, folder: Path) -> Iterator[str]:
        progress = self._use(folder)
        for number in range(400):
            progress.record("hint", "3.1", number=number)
            yield ""


class Work(Thing):
    """Copies of lessons with the list of what was handed out; one is edited. A write follows a new edition."""

    def make(self, folder: Path) -> bool:
        from course_lib import lab

        for edition in (0, 1):
            (folder / f"edition{edition}").mkdir(parents=True)
            for name in "abc":
                cells = [{"cell_type": "code", "source": [f"{name} {edition} " * 200], "outputs": []}]
                (folder / f"edition{edition}" / f"{name}.ipynb").write_text(json.dumps({"cells": cells}))
        lab.copy_lessons(folder / "edition0", folder / "work")
        edited = folder / "work" / "a.ipynb"
        edited.write_text(edited.read_text().replace("a 0", "mine", 1))
        lab.copy_lessons(folder / "edition0", folder / "work")
        return True

    def files(self, folder: Path) -> list[str]:
        return ["work/.course.json"]

    def belongs(self, name: str) -> bool:
        return super().belongs(name.replace(".course", "course"))

    @staticmethod
    def _copies(folder: Path) -> list[str]:
        return [file.read_text()[:60] for file in sorted((folder / "work").glob("*.ipynb"))]

    def read(self, folder: Path):
        import warnings

        from course_lib import lab

        done = lab.copy_lessons(folder / "edition0", folder / "work")
        if lab.MANIFEST in done:
            warnings.warn(lab.tell(done)[0], stacklevel=1)
        return self._copies(folder)

    def states(self, pristine: Path, many: bool = False) -> list:
        """The edited lesson as it is; each of the others of either edition."""
        before = self._copies(pristine)
        after = [text.replace("0", "1") for text in before]
        return [[before[0], *rest] for rest in itertools.product(*zip(before[1:], after[1:], strict=True))]

    def writer(self, folder: Path) -> Callable[[], None]:
        from course_lib import lab

        return lambda: lab.copy_lessons(folder / "edition1", folder / "work")

    def writes(self, folder: Path) -> Iterator[str]:
        from course_lib import lab

        for edition in itertools.cycle((1, 0)):
            lab.copy_lessons(folder / f"edition{edition}", folder / "work")
            yield ""


THINGS = {"log": TheLog, "towers": _towers, "ranker": _ranker, "calibrator": _calibrator, "index": _index,
          "recommender": _recommender, "artifact": Artifact, "progress": Progress, "work list": Work}
