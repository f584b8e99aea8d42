"""Tests keep their hands off the learner's progress and off each other's threads."""

import os
import tempfile

# Set before any worker or kernel starts: they inherit it.
os.environ.setdefault("COURSE_PROGRESS", os.path.join(tempfile.mkdtemp(prefix="course-test-"), "progress.sqlite"))
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("MPLBACKEND", "agg")
os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
