"""Makes toys.py, toy_lessons.py and made_class.py importable by the tests beside them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
