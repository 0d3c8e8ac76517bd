"""The `bluelamp` command. Errors are one plain sentence that says what to do, and exit code 1."""

import os
import sys

import django


def main() -> None:
    """Entry point of the command: set Django up, run, turn expected errors into sentences."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bluelamp.project.settings")
    from bluelamp.project.cli.outages import outage_in_words
    from bluelamp.project.config import ConfigError

    try:
        django.setup()
    except ConfigError as problem:
        sys.exit(f"bluelamp: {problem}")
    except OSError as problem:
        sys.exit(f"bluelamp: {outage_in_words(problem)}")
    from bluelamp.project.cli.app import run

    run()
