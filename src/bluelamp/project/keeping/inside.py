"""Runs on a restored copy, in a process of its own whose BLUELAMP_HOME is that copy (see restoring.py).

A question as JSON on standard input, the findings as JSON on standard output. Exit code 28 (ENOSPC): the disk is full.
"""

import errno
import json
import os
import sys

import django
from django.db.utils import DatabaseError

from bluelamp.ui.outages import Outage, outage_of


def main() -> None:
    """Answer one question."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "bluelamp.project.settings"
    django.setup()
    from bluelamp.project.keeping.archive import KeepingError
    from bluelamp.project.keeping.examining import Question, examine

    asked = Question(**json.load(sys.stdin))
    try:
        found = examine(asked)
    except (OSError, DatabaseError, KeepingError) as problem:
        if outage_of(problem) is Outage.FULL:
            sys.exit(errno.ENOSPC)
        raise
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
