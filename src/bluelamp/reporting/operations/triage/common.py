"""What operations of the desk share: finding a report with permission, and changing its state.

Errors: NoReportError(LookupError); WrongStateError(ValueError) and below it ConflictError; MissingError(ValueError).
"""

from collections.abc import Container
from datetime import datetime
from uuid import UUID

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.events import ReportChanged
from bluelamp.kernel.outbox.operations import announce
from bluelamp.kernel.people.domain.actions import Action
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.operations.permit import note, require
from bluelamp.reporting import permissions
from bluelamp.reporting.domain.life import is_closed, may_become
from bluelamp.reporting.models import Report
from bluelamp.reporting.operations.steps import add_step_of
from bluelamp.reporting.queries.casework import is_about_children, standing

# What can be done with a report of children's pictures without seeing anything of it.
_BLIND = frozenset({permissions.QUEUE, permissions.DUTY, permissions.ASSIGN, permissions.RECORD})


class NoReportError(LookupError):
    """There is no such report."""


class WrongStateError(ValueError):
    """The report is not in a state in which this can be done; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ConflictError(WrongStateError):
    """Somebody else decided meanwhile: nothing was changed."""

    def __init__(self) -> None:
        super().__init__("conflict")


class MissingError(ValueError):
    """Something that is needed was not given, or is not known; `code` names it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def permitted(*, actor: Actor, action: Action, report_id: UUID, now: datetime) -> Report:
    """The report, if the actor may do the action with it. Raises NoReportError, NotPermittedError after an audit row.

    Call it before opening a transaction.
    """
    report = Report.objects.filter(pk=report_id).first()
    if report is None:
        raise NoReportError(str(report_id))
    subject = f"report:{report.pk}"
    require(actor=actor, action=action, scope=report.scope, subject=subject, now=now)
    if action not in _BLIND and is_about_children(report=report):
        require(actor=actor, action=permissions.READ_SAFETY, scope=report.scope, subject=subject, now=now)
    return report


def held(report: Report, *, seen: str = "") -> Report:
    """The same report, held until the transaction ends. Raises ConflictError where it is not as it was `seen`."""
    found = Report.objects.select_for_update().get(pk=report.pk)
    if seen and standing(report=found) != seen:
        raise ConflictError
    if found.scope != report.scope:
        # Permission was given for another scope.
        raise ConflictError
    if found.erased_at:
        raise WrongStateError("erased")
    return found


def become(report: Report, *, state: str, now: datetime) -> None:
    """Bring a report into a state, with what belongs to it. Raises WrongStateError. The caller saves."""
    if report.state != state and not may_become(state=report.state, new=state):
        raise WrongStateError(f"{report.state}-{state}")
    if state != "received" and report.registered_at is None:
        report.registered_at = now
    report.state = state
    report.closed_at = now if is_closed(state) else None
    if not is_closed(state):
        report.review_on = None


def reopen(report: Report, *, now: datetime) -> None:
    """Bring a report back into the queue, with nothing decided."""
    become(report, state="registered", now=now)
    report.decided_at = None


def changed(
    *,
    actor: Actor,
    report: Report,
    action: Action,
    act: str,
    step: bool = True,
    shown: bool = True,
    now: datetime,
    **detail: str,
) -> None:
    """Write down that something was done with a report: a step, an audit row, an event. In the caller's transaction.

    `shown`: the reporter reads the step. Without `step` there is none, because words to the reporter made one.
    """
    if step:
        add_step_of(actor=actor, report=report, act=act, shown=shown, now=now, **detail)
    subject, more = f"report:{report.pk}", {"act": act, **detail}
    if actor.user_id:
        note(actor=actor, action=action.code, subject=subject, now=now, **more)
    else:
        record(actor="system", action=action.code, subject=subject, detail=more, now=now)
    announce(event=ReportChanged(report=report.pk, act=act), now=now)


def person_of(actor: Actor) -> UUID:
    """The id of the person at work. Raises ValueError for the program itself, which decides nothing."""
    if actor.user_id is None:
        raise ValueError("This needs a person.")
    return actor.user_id


def require_one_of(code: str, known: Container[str], *, what: str) -> str:
    """A code that a table knows. Raises MissingError naming `what`."""
    if not code or code not in known:
        raise MissingError(what)
    return code


def written(text: str, *, longest: int, what: str = "text") -> str:
    """A text that was given. Raises MissingError for none, or for one that is too long."""
    tidy = text.replace("\r\n", "\n").strip()
    if not tidy or "\x00" in tidy:
        raise MissingError(what)
    if len(tidy) > longest:
        raise MissingError(f"{what}-long")
    return tidy
