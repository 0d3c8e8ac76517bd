"""The gate before every address: sign-in, second factor, time limits, capacity. What has no rule is closed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.people.domain.actions import Action
from bluelamp.kernel.people.domain.actor import NOBODY, Actor
from bluelamp.kernel.people.models import Grant, User
from bluelamp.kernel.people.operations.permit import NotPermittedError, note, require
from bluelamp.kernel.people.queries import grant_of, grants_in_force
from bluelamp.project.permission_table import ROUTES, SWITCHES, Open, Rule
from bluelamp.reporting.operations.triage.watching import signed_out
from bluelamp.ui.errors import api_problem

GRANT_KEY = "bluelamp_grant"
_STARTED, _SEEN = "bluelamp_started", "bluelamp_seen"
_SEEN_STEP = timedelta(minutes=1)
_API = "/api/"
_SIGN_OUT = "account_logout"


class Gate:
    """Django middleware. Sets `request.actor` and `request.grant`; public addresses never touch the session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.__dict__.update(actor=NOBODY, grant=None, signed_in=False)
        response = self.get_response(request)
        if request.__dict__.get("by_key"):
            response["Cache-Control"] = "no-store"
        return response

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Let the request through (None), send the reader elsewhere, or refuse."""
        match = request.resolver_match
        rule = ROUTES.get(match.view_name, Open.CLOSED) if match else Open.CLOSED
        if rule is Open.PUBLIC:
            return None
        if rule is Open.KEY and match and _switched_on(match.view_name):
            # The view looks at the key; neither session nor cookie counts, so no other site can send one along.
            request.__dict__["by_key"] = True
            return None
        if rule in (Open.CLOSED, Open.KEY):
            raise Http404("There is nothing at this address.")
        now = datetime.now(tz=UTC)
        if request.user.is_authenticated and _too_old(request, now):
            _note_end(request, now)
            signed_out(person=request.user.pk, now=now)
            logout(request)
        if not request.user.is_authenticated:
            return None if rule is Open.ENTRANCE else _ask_to_sign_in(request)
        return self._signed_in(request, rule, now)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A refusal that an operation raised is a 403 page; it has its audit row already."""
        if isinstance(error, NotPermittedError):
            raise PermissionDenied(str(error)) from error
        return None

    def _signed_in(self, request: HttpRequest, rule: Rule, now: datetime) -> HttpResponse | None:
        _set_actor(request, now)
        if request.method == "POST" and request.resolver_match and request.resolver_match.view_name == _SIGN_OUT:
            signed_out(person=cast("User", request.user).pk, now=now)
        if rule in (Open.ENTRANCE, Open.SETUP):
            return None
        if not has_second_factor(request):
            return _ask_second_factor(request)
        request.__dict__["signed_in"] = True
        if isinstance(rule, Action):
            return _check_action(request, rule, now)
        return None


def _switched_on(view_name: str) -> bool:
    names = (setting for start, setting in SWITCHES.items() if view_name.startswith(start))
    return any(getattr(settings, name) for name in names)


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened or confirmed with a passkey, an authenticator app or a recovery code."""
    return any(r.get("method") == "mfa" for r in get_authentication_records(request, request.user))


def choose_grant(request: HttpRequest, grant: Grant) -> None:
    """Act in another capacity from now on."""
    request.session[GRANT_KEY] = str(grant.pk)


def _check_action(request: HttpRequest, action: Action, now: datetime) -> HttpResponse | None:
    actor: Actor = request.__dict__["actor"]
    address = request.path if len(request.path) <= 200 else request.path[:200]
    if actor.grant_id is None and len(grants_in_force(user_id=actor.user_id, now=now)) > 1:
        return HttpResponseRedirect(f"{reverse('desk:capacity')}?{urlencode({'next': request.get_full_path()})}")
    try:
        require(actor=actor, action=action, subject=address, now=now, grant=request.__dict__["grant"])
    except NotPermittedError as refused:
        if request.path.startswith(_API):
            return api_problem(403)
        raise PermissionDenied(str(refused)) from refused
    if action.personal_data:
        note(actor=actor, action=action.code, subject=address, now=now)
    return None


def _set_actor(request: HttpRequest, now: datetime) -> None:
    """Load the grant in use. One that has ended stays in use, so that the refusal names the reason."""
    person = cast("User", request.user)
    grant = grant_of(person=person, grant_id=request.session.get(GRANT_KEY))
    if grant is None:
        able = grants_in_force(user_id=person.pk, now=now)
        grant = able[0] if len(able) == 1 else None
        if grant is not None:
            choose_grant(request, grant)
    request.__dict__["grant"] = grant
    request.__dict__["actor"] = Actor(
        user_id=person.pk,
        capacity=grant.capacity if grant else "",
        scope=grant.scope if grant else "",
        purpose=grant.purpose if grant else "",
        grant_id=grant.pk if grant else None,
        request_id=getattr(request, "request_id", ""),
    )


def _too_old(request: HttpRequest, now: datetime) -> bool:
    """Whether the session has lasted or rested too long; notes that it is in use, at most once a minute."""
    session, stamp = request.session, now.timestamp()
    started, seen = session.get(_STARTED), session.get(_SEEN)
    if started is None or seen is None:
        session[_STARTED] = session[_SEEN] = stamp
        return False
    if stamp - started > settings.BLUELAMP_SESSION_HOURS * 3600 or stamp - seen > settings.BLUELAMP_IDLE_MINUTES * 60:
        return True
    # A clock set back would otherwise let a session rest for longer than it may, and a proof of identity stay fresh.
    if stamp - seen > _SEEN_STEP.total_seconds() or stamp < seen:
        session[_SEEN] = stamp
        session[_STARTED] = min(started, stamp)
        proofs = session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{**p, "at": min(p["at"], stamp)} for p in proofs]
    return False


def _note_end(request: HttpRequest, now: datetime) -> None:
    request_id = getattr(request, "request_id", "")
    record(actor=f"user:{request.user.pk}", action="people.session-ended", request_id=request_id, now=now)


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.path.startswith(_API):
        return api_problem(401)
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")


def _ask_second_factor(request: HttpRequest) -> HttpResponse:
    """To the page that sets one up or, where there is one, to the page that asks for it."""
    if request.path.startswith(_API):
        return api_problem(403)
    if Authenticator.objects.filter(user=request.user.pk).exists():
        return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")
    return HttpResponseRedirect(reverse("desk:second-factor"))
