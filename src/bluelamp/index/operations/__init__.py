"""Writes of the Index: taking feeds in, keeping the catalogue, building and checking editions."""
