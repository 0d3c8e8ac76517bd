"""What several tables of reporting share."""

ORIGINS = ["live", "exercise", "simulation", "test"]
