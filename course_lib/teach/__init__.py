"""What makes the notebooks teach: exercises, predictions, claims, comparison, plots."""
