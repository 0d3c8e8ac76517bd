"""Runs on a restored copy, in a process of its own whose BLUELAMP_HOME is that copy (see restoring.py).

A question as JSON on standard input, the findings as JSON on standard output.
"""

import json
import os
import sys

import django


def main() -> None:
    """Answer one question."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "bluelamp.project.settings"
    django.setup()
    from bluelamp.project.keeping.examining import Question, examine

    asked = Question(**json.load(sys.stdin))
    json.dump(examine(asked), sys.stdout)


if __name__ == "__main__":
    main()
