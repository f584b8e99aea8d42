"""What the tests of lessons' controls share."""

import runpy
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def functions_of():
    """functions_of(lesson) → its imports, functions, classes and plain constants, as one namespace; nothing is run."""
    return runpy.run_path(str(Path(__file__).with_name("test_controls_metric_stack_experiments.py")))["functions_of"]
