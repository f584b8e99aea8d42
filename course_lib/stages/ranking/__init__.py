"""Ranking: features of a request and a candidate, the ranker, and calibration of what it predicts."""
