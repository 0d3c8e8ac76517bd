"""Failures of handlers and jobs, and what of them may be stored.

    HandlerError
    ├── PermanentError   trying again is useless: dead letter at once
    └── TemporaryError   may go away: tried again

Any other exception is tried again too. Messages of other exceptions are not stored, as they may quote personal data.
"""

_LONGEST = 300


class HandlerError(Exception):
    """A failure whose message is kept and shown to staff: it names ids and codes, never a person or their words."""


class PermanentError(HandlerError):
    """The delivery can never succeed."""


class TemporaryError(HandlerError):
    """The delivery may succeed later, such as when another service answers again."""


def describe(error: BaseException) -> str:
    """The class of an error with what is safe to keep: our own message, the system's text, else the place in code."""
    if isinstance(error, HandlerError):
        said = str(error)
    elif isinstance(error, OSError):
        said = error.strerror or ""
    else:
        said = _place(error)
    text = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return "".join(c if c.isprintable() else " " for c in text)[:_LONGEST]


def _place(error: BaseException) -> str:
    step = error.__traceback__
    if step is None:
        return ""
    while step.tb_next:
        step = step.tb_next
    return f"in {step.tb_frame.f_globals.get('__name__', '?')}, line {step.tb_lineno}"
