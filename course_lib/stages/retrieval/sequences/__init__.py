"""Retrieval that reads a history in its order: attention over items, and items written as codes."""
