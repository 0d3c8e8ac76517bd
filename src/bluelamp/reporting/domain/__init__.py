"""The rules of reports: no framework, no clock, no files."""
