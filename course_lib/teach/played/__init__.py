"""Exercises that are played out: decide (a choice, judged by its regret) and referee (a rigged measurement, mended)."""
