"""Statistics that the Index stands on. Pure NumPy; the order of input never matters; inputs are never changed."""
