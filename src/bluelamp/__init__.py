"""Bluelamp: evidence comes in, the Index shows what criminals target, people are warned, and report."""

from importlib.metadata import version

__version__ = version("bluelamp")
