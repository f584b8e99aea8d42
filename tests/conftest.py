"""Tests keep their hands off the learner's progress and off each other's threads; the longest files begin."""

import os
import tempfile

# Set before any worker or kernel starts: they inherit it.
os.environ.setdefault("COURSE_PROGRESS", os.path.join(tempfile.mkdtemp(prefix="course-test-"), "progress.sqlite"))
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("MPLBACKEND", "agg")
os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")

# Files that take minutes: where several processes share the work, none of them is left over at the end.
LONG = ("test_second_set.py", "test_every_mistake.py", "test_mutants.py", "test_first_set.py", "test_third_set.py",
        "test_dress.py", "test_every_card.py", "test_every_decision.py", "test_isolation.py", "test_page.py",
        "test_attacks_on_all.py", "test_honest_styles.py", "test_service_process.py", "test_effects.py",
        "test_offline.py", "test_command.py")


def pytest_collection_modifyitems(items):
    """The long files first, all else in its order."""
    place = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.name, len(LONG)))
