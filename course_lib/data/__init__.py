"""Logs, data sets, splits, features and their audit."""
