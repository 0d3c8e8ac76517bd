"""A disk or database that is gone, as one sentence. Works before Django is set up."""

from django.db.utils import OperationalError

from bluelamp.ui.outages import Outage, outage_of


def outage_in_words(problem: OSError | OperationalError) -> str:
    """What is wrong with the machine, and what to do."""
    where = f" ({problem.filename})" if isinstance(problem, OSError) and problem.filename else ""
    match outage_of(problem):
        case Outage.FULL:
            return f"the disk is full{where}. Nothing was changed; make room, then run the command again."
        case Outage.READ_ONLY:
            return (
                f"the disk can only be read{where}. Nothing was changed; make it writable (a disk with faults becomes "
                "read-only by itself: see the system's log), then run the command again."
            )
    if isinstance(problem, OSError):
        return f"{problem.strerror or problem}: {problem.filename or ''}. What was there before is unchanged."
    return f"the database cannot be used ({problem}). What was there before is unchanged."
