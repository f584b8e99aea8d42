"""The funnel twice, fitted at once: with a ranker that is told what the sources say, and with one that is not."""

from __future__ import annotations

from course_lib.contracts import Dataset
from course_lib.serving.funnel import Funnel
from course_lib.serving.funnel_training import FunnelSettings, Training
from course_lib.stages.retrieval.candidate_sources import default_sources


def with_and_without_scores(settings: FunnelSettings, dataset: Dataset, split, seed: int = 0) -> tuple[Funnel, Funnel]:
    """(whole, without): the same sources, candidates and rows; the second's trees learn neither scores nor ranks of the
    sources. dataset, split: as Funnel.fit takes them; errors as there."""
    training = Training(dataset, split, settings, seed, default_sources, None, None, progress=True)
    whole, without = Funnel(settings, seed), Funnel(settings, seed)
    whole.fitted = training.run()
    whole.fit_report = dict(training.report)
    without.fitted = training.told_nothing_by_sources(whole.fitted)
    without.fit_report = dict(training.report)
    return whole, without
