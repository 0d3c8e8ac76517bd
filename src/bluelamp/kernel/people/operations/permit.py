"""Asking for permission: the one place that decides and that writes down refusals."""

from collections.abc import Mapping
from datetime import datetime

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.people.domain.actions import Action
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.domain.deciding import Decision, decide
from bluelamp.kernel.people.domain.scopes import covers
from bluelamp.kernel.people.models import Grant
from bluelamp.kernel.people.queries import grant_by_id

_table: dict[str, frozenset[str]] = {}


class NotPermittedError(PermissionError):
    """The actor may not do this; `reason` is the code that stands in the audit log."""

    def __init__(self, *, action: str, reason: str) -> None:
        super().__init__(f"{action}: {reason}")
        self.action = action
        self.reason = reason


def install_table(*, table: Mapping[str, frozenset[str]]) -> None:
    """Set which capacities may do which action. Done once, by the project."""
    _table.clear()
    _table.update(table)


def may(*, actor: Actor, action: Action, scope: str = "", now: datetime, grant: Grant | None = None) -> Decision:
    """Whether the actor may do the action in the scope. Writes nothing.

    The grant is read anew, unless the caller passes the row that it has just read.
    """
    if grant is None and actor.user_id:
        grant = grant_by_id(grant_id=actor.grant_id, user_id=actor.user_id)
    facts = grant.facts(now=now) if grant else None
    return decide(allowed=_table[action.code], grant=facts, scope=scope, now=now)


def offers(*, actor: Actor, action: Action, scope: str = "") -> bool:
    """Whether a page offers an action: by table and scope. The gate looked at the grant; operations ask anew."""
    return actor.capacity in _table[action.code] and covers(granted=actor.scope, wanted=scope)


def require(
    *, actor: Actor, action: Action, scope: str = "", subject: str = "", now: datetime, grant: Grant | None = None
) -> None:
    """Go on only if the actor may. Raises NotPermittedError, after an audit row.

    Call it before opening a transaction: a rollback would take the row of the refusal with it.
    """
    decision = may(actor=actor, action=action, scope=scope, now=now, grant=grant)
    if not decision.allowed:
        note(actor=actor, action=action.code, subject=subject, outcome="refused", reason=decision.reason, now=now)
        raise NotPermittedError(action=action.code, reason=decision.reason)


def note(
    *,
    actor: Actor,
    action: str,
    subject: str = "",
    outcome: str = "done",
    reason: str = "",
    now: datetime,
    **detail: str,
) -> None:
    """Write what an actor did or was refused into the audit log."""
    record(
        actor=actor.audit_id,
        action=action,
        subject=subject,
        capacity=actor.capacity,
        purpose=actor.purpose,
        scope=actor.scope,
        outcome=outcome,
        detail={**({"reason": reason} if reason else {}), **detail},
        request_id=actor.request_id,
        now=now,
    )
