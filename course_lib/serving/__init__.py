"""The recommender that joins the stages, its trace and its fallbacks."""
