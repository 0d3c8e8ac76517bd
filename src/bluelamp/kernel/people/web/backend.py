"""Who a session belongs to."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from bluelamp.kernel.people.models import User
from bluelamp.kernel.people.queries import account


class Backend(AuthenticationBackend):
    """The sign-in library's own; it reads the account with a prepared query, anew for each request."""

    def get_user(self, user_id: Any) -> User | None:
        """The account, or None where it is gone or closed."""
        found = account(user_id=user_id)
        return found if found is not None and self.user_can_authenticate(found) else None
