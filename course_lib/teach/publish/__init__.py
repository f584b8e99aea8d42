"""From a lesson source to its two notebooks, and from the notebooks to README."""
