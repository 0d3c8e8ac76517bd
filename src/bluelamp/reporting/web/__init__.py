"""Pages of reporting: the journey, following a report, and the triage desk."""
