"""Bytes to self-checking dataclasses. Pure: no framework, network, database or clock."""
