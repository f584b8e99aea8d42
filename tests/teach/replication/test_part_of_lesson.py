"""A part of a lesson holds what is wanted and what it needs; one thing in it can be switched."""

import ast

import pytest

from course_lib.contracts import ArgumentError
from course_lib.teach.replication.part_of_lesson import Lesson, needed

CODE = """
import numpy as np
SEED = 0
def draw(n):
    total = np.random.default_rng(SEED).random(n)
    return total
log = []
for n in range(3):
    log.append(draw(n))
print(len(log))
_ = draw(100)
slow = draw(9)
mean = sum(map(len, log))
mean += 1
"""


def kept(*wanted):
    return [ast.unparse(node).split("\n")[0] for node in needed(ast.parse(CODE).body, wanted)]


def test_what_is_kept_makes_or_changes_what_is_wanted():
    assert kept("log") == ["import numpy as np", "SEED = 0", "def draw(n):", "log = []", "for n in range(3):"]
    assert kept("mean") == [*kept("log"), "mean = sum(map(len, log))", "mean += 1"]
    assert kept("slow")[-1] == "slow = draw(9)" and "log = []" not in kept("slow")
    with pytest.raises(ArgumentError, match="nobody"):
        kept("nobody")


def test_one_thing_is_switched_and_seeds_are_the_replicates():
    first = Lesson("metric_stack", 1)
    usual, other = first.part("SEED", "CALM"), first.part("CALM", instead={'CALM = ("repeats",': 'CALM = ("none",'})
    assert usual.CALM[0] == "repeats" and other.CALM[0] == "none" and usual.CALM[1:] == other.CALM[1:]
    assert first.seed() == 1_000_000 and Lesson("metric_stack", 0).seed(7) == 7
    for piece in ("no such code", "SEED"):
        with pytest.raises(ArgumentError, match="expected once"):
            first.part("CALM", instead={piece: "1"})
    with pytest.raises(ArgumentError, match="no statement of the lesson"):
        first.part("CALM", until="no such code")
