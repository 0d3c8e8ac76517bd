"""SQLite whose connection outlives a request, as long as its file is the one at its path."""
