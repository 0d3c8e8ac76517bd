"""Notices to people: neutral wording, a safe channel and hours, suppression, a record of delivery."""
