"""Offline metrics, counterfactual estimates and experiments."""
