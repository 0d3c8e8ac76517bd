"""Keeping what the program holds: backups, restoring, migrating, keys. See docs/howto/backup.md."""
