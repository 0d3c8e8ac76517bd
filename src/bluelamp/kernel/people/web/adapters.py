"""Where sign-in meets our rules: no sign-up, sealed secrets, audited failures, a brake on password spraying."""

import time
from typing import Any
from uuid import uuid4

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib.auth.models import AbstractBaseUser
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.people.operations.secrets import open_secret, seal_secret

# Spraying tries few passwords on many accounts from many addresses, so neither an address nor an account stands out:
# only the total does. Passkeys stay open, so the brake locks nobody out who has one.
SPRAY_LIMIT = 60
SPRAY_SECONDS = 600
_SPRAY_KEY = "people:failed-passwords"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse a password while an attack goes on, or where this account or address has failed too often."""
        if cache.get(_SPRAY_KEY, 0) >= SPRAY_LIMIT:
            _note(request, "refused", "password-brake")
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the failure and write it down, without saying whether the account exists."""
        if not cache.add(_SPRAY_KEY, 1, timeout=SPRAY_SECONDS):
            cache.incr(_SPRAY_KEY)
        _note(request, "failed", "password")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again for a proof of identity, unless one was given within the last minutes."""
        request: HttpRequest = context.request
        newest = max((r["at"] for r in get_authentication_records(request, request.user)), default=0.0)
        if time.time() - newest < account_settings.REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Sign in under a new session key, so that a key known beforehand is worth nothing."""
        super().login(request, user)
        record(
            actor=f"user:{user.pk}",
            action="people.sign-in",
            request_id=getattr(request, "request_id", ""),
            now=timezone.now(),
        )

    def logout(self, request: HttpRequest) -> None:
        """Sign out and write it down."""
        if request.user.is_authenticated:
            record(
                actor=f"user:{request.user.pk}",
                action="people.sign-out",
                request_id=getattr(request, "request_id", ""),
                now=timezone.now(),
            )
        super().logout(request)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors: their secrets are sealed with a key of their own."""

    def encrypt(self, text: str) -> str:
        """Seal a secret under a new record of the vault."""
        return seal_secret(record=f"mfa:{uuid4()}", text=text, now=timezone.now())

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        return open_secret(sealed=encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        """The QR code as an element that can stand in a page."""
        svg = super().build_totp_svg(url)
        return str(svg[svg.index("<svg") :])


class SocialAdapter(DefaultSocialAccountAdapter):
    """Sign-in by an organisation's own provider (OpenID Connect): only for accounts that were invited."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never; asked where nobody was invited by the address that the provider verified."""
        _note(request, "refused", "not-invited")
        return False

    def on_authentication_error(self, request: HttpRequest, *_args: Any, **_more: Any) -> None:
        """The provider did not answer, or not as it should."""
        _note(request, "failed", "provider")


def _note(request: HttpRequest, outcome: str, reason: str) -> None:
    record(
        actor="anonymous",
        action="people.sign-in",
        outcome=outcome,
        detail={"reason": reason},
        request_id=getattr(request, "request_id", ""),
        now=timezone.now(),
    )
