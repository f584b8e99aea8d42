"""A course on recommender-system design: one system, built, measured and launched."""

import os

from course_lib import moved, threads

# Idle OpenMP threads that spin starve their neighbours (LightGBM: 0.4 s alone, ~97 s beside two busy processes).
# Must be set before torch, faiss or LightGBM load their runtimes. In small letters: in a Turkish locale libgomp does
# not know PASSIVE, for there the small letter of I is not i.
os.environ["OMP_WAIT_POLICY"] = os.environ.get("OMP_WAIT_POLICY", "passive").lower()

threads.one_blas_thread()
moved.install()

__version__ = "0.1.0"
