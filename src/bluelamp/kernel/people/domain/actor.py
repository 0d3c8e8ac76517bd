"""Who acts, in which capacity, and why."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Actor:
    """A person at work: the capacity in use is explicit, because one person may hold several.

    `capacity`, `scope` and `purpose` are those of the grant in use, "" where none is. `grant_id` names it.
    """

    user_id: UUID | None = None
    capacity: str = ""
    scope: str = ""
    purpose: str = ""
    grant_id: UUID | None = None
    request_id: str = ""

    @property
    def audit_id(self) -> str:
        """How the audit log names this actor: an id and never a name."""
        return f"user:{self.user_id}" if self.user_id else "anonymous"


NOBODY = Actor()
