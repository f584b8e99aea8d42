"""The parts of a recommender in serving order: retrieval, filters, ranker, re-ranker."""
