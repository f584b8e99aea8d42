import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "datasets"


@pytest.fixture(autouse=True, scope="session")
def mirror():
    """Use the copies beside the checkout where they are, unless a mirror is set already."""
    if "COURSE_DATA_MIRROR" not in os.environ and SHARED.is_dir():
        os.environ["COURSE_DATA_MIRROR"] = str(SHARED)
        yield
        del os.environ["COURSE_DATA_MIRROR"]
    else:
        yield
