"""Checking an exercise: cards, the check, the diagnosis; and what a learner calls: exercise, hint, solution."""
