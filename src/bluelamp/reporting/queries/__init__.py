"""Reads of reporting. None opens what a person wrote: that is an operation, which the audit log tells of."""
