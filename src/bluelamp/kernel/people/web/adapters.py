"""Where sign-in meets our rules: no sign-up, sealed secrets, audited failures, a brake on password spraying."""

import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.audit.queries import AuditFilters, search
from bluelamp.kernel.people.models import User
from bluelamp.kernel.people.operations.secrets import open_secret, seal_secret

# Spraying tries few passwords on many accounts from many addresses, so neither an address nor an account stands out:
# only the total does. Passkeys stay open, and so do passwords in a browser in which this person has signed in before;
# otherwise a stranger could keep everybody out with a few requests a minute.
SPRAY_LIMIT = 60
SPRAY_TIME = timedelta(minutes=10)
KNOWN_COOKIE = "bluelamp-known"
KNOWN_TIME = timedelta(days=90)
_SIGN_IN = "people.sign-in"
_KNOWN = signing.TimestampSigner(salt="people.known-browser")


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse a password while an attack goes on, or where this account or address has failed too often."""
        if _many_lately("failed", "password") and not _is_known(request, credentials.get("email")):
            _note(request, "refused", "password-brake")
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write the failure down, without saying whether the account exists. The brake counts what stands there."""
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
            action=_SIGN_IN,
            request_id=getattr(request, "request_id", ""),
            now=timezone.now(),
        )

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        """Remember the browser, for the days on which the brake is on."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        response.set_cookie(
            _known_cookie(),
            _KNOWN.sign(str(user.pk)),
            max_age=KNOWN_TIME,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response

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


def _known_cookie() -> str:
    """Under TLS browsers take a cookie of this prefix only from this very host."""
    return f"__Host-{KNOWN_COOKIE}" if settings.SESSION_COOKIE_SECURE else KNOWN_COOKIE


def _is_known(request: HttpRequest, email: str | None) -> bool:
    """Whether the account of this address has been opened in this browser before."""
    try:
        user_id = _KNOWN.unsign(request.COOKIES.get(_known_cookie(), ""), max_age=KNOWN_TIME)
    except signing.BadSignature:
        return False
    return User.objects.filter(pk=user_id, email__iexact=email or "").exists()


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
    """Write down what a stranger tried; of one kind no more than the limit, for nothing leaves the log again."""
    if _many_lately(outcome, reason):
        return
    record(
        actor="anonymous",
        action=_SIGN_IN,
        outcome=outcome,
        detail={"reason": reason},
        request_id=getattr(request, "request_id", ""),
        now=timezone.now(),
    )


def _many_lately(outcome: str, reason: str) -> bool:
    """Whether strangers' attempts of one kind have reached the limit in the time that the brake looks at."""
    now = timezone.now()
    wanted = AuditFilters(action=_SIGN_IN, outcome=outcome, start=now - SPRAY_TIME, end=now, limit=None)
    return (
        search(filters=wanted).filter(actor="anonymous", detail={"reason": reason})[:SPRAY_LIMIT].count() >= SPRAY_LIMIT
    )
