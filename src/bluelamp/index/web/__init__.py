"""The public pages and the open API of the Index."""
