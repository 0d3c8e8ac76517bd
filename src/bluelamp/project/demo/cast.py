"""The demonstration's cast: one invented person for every capacity, all of origin `test`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.people.domain.capacities import CAPACITIES, FORCE, NATIONAL
from bluelamp.kernel.people.models import Grant, Organisation, User, Vetting
from bluelamp.kernel.people.operations.accounts import new_account

DOMAIN = "cast.example"
FORCE_SCOPE = "force:avon-and-somerset"


def address(first: str) -> str:
    """The invented address of somebody with this first name."""
    return f"{first.lower()}@{DOMAIN}"


@dataclass(frozen=True)
class Member:
    """One invented person; several capacities where the same person really would hold them."""

    first: str
    last: str
    capacities: tuple[str, ...]
    organisation: str = ""

    @property
    def email(self) -> str:
        """The invented address."""
        return address(self.first)


CAST = (
    Member("Ada", "Adebayo", ("administrator",)),
    Member("Ben", "Brychan", ("administrator",)),
    Member("Cerys", "Chowdhury", ("auditor",)),
    Member("Dev", "Davies", ("triage-officer", "learner")),
    Member("Elin", "Eze", ("crime-registrar",)),
    Member("Farah", "Finch", ("safeguarding-officer",)),
    Member("Gwen", "Grant", ("control-room-operator",)),
    Member("Hari", "Howells", ("analyst",)),
    # Whoever asks for the sign-off of an edition does not sign it.
    Member("Zara", "Zaman", ("analyst",)),
    Member("Isla", "Ivory", ("head-of-profession",)),
    Member("Jude", "Jain", ("outreach-author",)),
    Member("Kofi", "Kerr", ("outreach-approver",)),
    Member("Lowri", "Lam", ("cyber-authority-approver",)),
    Member("Mina", "Moss", ("maker",), "Lanternworks"),
    Member("Niall", "Nguyen", ("partner-analyst",), "Harbour Research"),
    Member("Olwen", "Okafor", ("supporting-organisation",), "Safe Harbour"),
    Member("Priya", "Pugh", ("learner",)),
    Member("Quinn", "Qureshi", ("specials-coordinator",)),
    Member("Rhys", "Rahman", ("special",)),
    Member("Sian", "Shah", ("employer",), "Harbour Research"),
)


def make_cast(*, now: datetime) -> list[User]:
    """Make those members of the cast that are missing. Repeats nothing."""
    with transaction.atomic():
        return [_member(member, now=now) for member in CAST]


def _member(member: Member, *, now: datetime) -> User:
    known = User.objects.filter(email=member.email).first()
    if known is not None:
        return known
    user = new_account(email=member.email, name=f"{member.first} {member.last}", origin="test")
    Vetting.objects.create(person=user, level="mv", expires_on=(now + timedelta(days=365)).date(), recorded_at=now)
    for capacity in member.capacities:
        Grant.objects.create(
            person=user,
            capacity=capacity,
            scope=_scope(capacity, member.organisation, now=now),
            purpose="Demonstration",
            starts_at=now,
            ends_at=now + timedelta(days=365),
            given_at=now,
        )
    record(actor="system", action="people.demo-cast", subject=f"user:{user.pk}", now=now)
    return user


def _scope(capacity: str, organisation: str, *, now: datetime) -> str:
    scopes = CAPACITIES[capacity].scopes
    if FORCE in scopes:
        return FORCE_SCOPE
    if NATIONAL in scopes:
        return NATIONAL
    made, _new = Organisation.objects.get_or_create(name=organisation, defaults={"added_at": now, "origin": "test"})
    return f"organisation:{made.pk}"
