"""Runs a supervisor over small programs: a program of its own, for test_supervisor.py.

Arguments: a folder, the limits as JSON, then pairs of a part's name and the Python that it runs. Each part appends its
process id to FOLDER/NAME when it starts. The body `missing` stands for a program that is not there.
"""

import json
import logging
import sys
from pathlib import Path

from bluelamp.project.running.supervisor import Limits, Part, PartFailedError, Supervisor

FOLDER = Path(sys.argv[1])
HEAD = """
import os, signal, subprocess, sys, time
from pathlib import Path
folder, name = Path({folder!r}), {name!r}
with (folder / name).open("a") as out:
    out.write(str(os.getpid()) + chr(10))
starts = len((folder / name).read_text().split())
"""


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parts = []
    for name, body in zip(sys.argv[3::2], sys.argv[4::2], strict=True):
        program = HEAD.format(folder=str(FOLDER), name=name) + body
        prepared = FOLDER / f"{name}-prepared"

        def prepare(prepared: Path = prepared) -> dict[str, str]:
            with prepared.open("a") as out:
                out.write("x")
            return {"PREPARED": str(len(prepared.read_text()))}

        command = ("/nothing/here",) if body == "missing" else (sys.executable, "-c", program)
        parts.append(Part(name, command, prepare=prepare))
    try:
        Supervisor(parts=parts, limits=Limits(**json.loads(sys.argv[2]))).run()
    except PartFailedError as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
