"""Writes of messaging."""
