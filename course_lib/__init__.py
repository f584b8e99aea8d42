"""A course on recommender-system design: one system, built, measured and launched."""

import os

# Idle OpenMP threads that spin starve their neighbours (LightGBM: 0.4 s alone, ~97 s beside two busy processes).
# Must be set before torch, faiss or LightGBM load their runtimes.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0"
