"""Tiny lessons that measure in no time."""

from course_lib.teach.replication.farm import Task
from course_lib.teach.replication.measuring import digest_of, library_digest

MEASURES = '''import numpy as np
from course_lib.teach import exercise, measured

@exercise("start_here.1")
def draw(rng):
    return rng.uniform(0.1, 0.2)

value = draw(np.random.default_rng(0))
measured("start_here.ceiling", value, value - 0.01, value + 0.01, on="ml100k")
'''


def task(code=MEASURES, replicate=1, lesson="start_here", library=None):
    cells = (("00_start_here, cell 2", code),)
    return Task(lesson, replicate, digest_of(cells), library or library_digest(), cells)
