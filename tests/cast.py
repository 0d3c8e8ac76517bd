"""The named cast as signed-in clients."""

from datetime import UTC, datetime, timedelta

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY as WHOSE,
)
from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY as METHODS,
)
from django.test import Client

from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.models import Grant, User
from bluelamp.project.demo.cast import CAST, make_cast
from bluelamp.project.gate import GRANT_KEY

NOW = datetime.now(tz=UTC)
BACKEND = "bluelamp.kernel.people.web.backend.Backend"


def who(capacity: str) -> User:
    """The first member of the cast who holds a capacity; makes the cast where there is none."""
    make_cast(now=datetime.now(tz=UTC) - timedelta(days=7))
    first = next(m.first for m in CAST if capacity in m.capacities)
    return User.objects.get(first_name=first)


def actor(capacity: str) -> Actor:
    """That member, at work in that capacity."""
    grant = Grant.objects.get(person=who(capacity), capacity=capacity)
    return Actor(
        user_id=grant.person_id, capacity=capacity, scope=grant.scope, purpose=grant.purpose, grant_id=grant.pk
    )


def client(user: User | None = None, *, capacity: str = "", second_factor: bool = True) -> Client:
    """A browser in which a person has signed in; without one, of a stranger."""
    made = Client(headers={"host": "localhost"})
    if user is None and not capacity:
        return made
    person = user or who(capacity)
    made.force_login(person, backend=BACKEND)
    session = made.session
    if second_factor:
        session[METHODS], session[WHOSE] = [{"method": "mfa", "at": NOW.timestamp(), "type": "totp"}], str(person.pk)
    if capacity:
        session[GRANT_KEY] = str(Grant.objects.get(person=person, capacity=capacity).pk)
    session.save()
    return made
