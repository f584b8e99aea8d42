"""Notebooks that learners kept from the first edition import modules by names of then; these lead to today's."""

import importlib
import subprocess
import sys

import pytest

from course_lib import moved


@pytest.mark.parametrize(("old", "new"), moved.table().items())
def test_an_old_name_is_the_module_of_today(old, new):
    module = importlib.import_module(old)
    assert module is importlib.import_module(new) and module.__spec__.name == module.__name__ == new


def test_every_import_of_the_first_editions_notebooks_still_works():
    code = """
from course_lib.evidence import rewards
from course_lib.evidence.ranking import auc
from course_lib.launch import drill, guardrails, load, ramp, situation
from course_lib.stages import ann, ann_pq, baselines, fresh, rerank
from course_lib.stages.ann import latencies_ms
from course_lib.stages.ann_measure import latencies_ms
from course_lib.stages.baselines import ALS, EASE, ItemKNN, Popularity, RecentPopularity
from course_lib.stages.calibrate import Isotonic, reliability
from course_lib.stages.caps import Cap
from course_lib.stages.feed_features import COLUMNS, FeedFeatures, replay
from course_lib.stages.negatives import StreamingFrequency, log_q_from_counts
from course_lib.stages.ranker import GBDTRanker, RankerStage
from course_lib.stages.retrain import Retrained, rehearse
from course_lib.stages.towers import TwoTower
from course_lib.stages.towers_ddp import can_fork
from course_lib.teach import claims, compare, exercise, explore, hint, journey, measured, plots, predict, quiz, solution
from course_lib.teach import system_map
from course_lib.teach.first_system import first_system
ann.build_index, ann.LiveIndex, ann.ANNRetriever, ann.factory, ann.comparisons, ann_pq.pq_encode, fresh.Nightly
rerank.mmr, rerank.greedy_dpp, rerank.calibrated, rerank.normalised, rerank.MMRReranker, rewards.clicks
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_name_that_never_was_stays_unknown():
    with pytest.raises(ModuleNotFoundError, match="tower_of_babel"):
        importlib.import_module("course_lib.stages.tower_of_babel")
