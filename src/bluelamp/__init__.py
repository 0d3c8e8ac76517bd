"""Bluelamp: evidence comes in, the Index shows what criminals target, people are warned, and report."""
