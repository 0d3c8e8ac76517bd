"""Writes of programs: let in, given a new key, shut out; and each use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from bluelamp.kernel.audit.operations import record
from bluelamp.kernel.clients import permissions
from bluelamp.kernel.clients.domain.bucket import Bucket
from bluelamp.kernel.clients.domain.keys import NO_DIGEST, is_same, new_key, read_key
from bluelamp.kernel.clients.domain.scopes import ORIGINS, SCOPES
from bluelamp.kernel.clients.models import Call, Client, ClientDay, ClientKey
from bluelamp.kernel.people.domain.actions import Action
from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.models import Organisation
from bluelamp.kernel.people.operations.permit import note, require

LONGEST_LIFE = timedelta(days=2 * 365)
OVERLAP = timedelta(days=7)
LONGEST_OVERLAP = timedelta(days=90)
MOST_PER_MINUTE = 6_000
CALLS_KEPT = timedelta(days=30)


class ClientError(ValueError):
    """A program cannot be let in or changed so; the message says what to do."""


class KeyRefusedError(PermissionError):
    """No key, or one that opens nothing (any more). Who asks is not told which."""


class ScopeRefusedError(PermissionError):
    """The key is good, but its program may not do this; `scope` is what it lacks."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope


class TooOftenError(RuntimeError):
    """The program asks too often; `seconds` to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Ask again in {seconds} seconds.")
        self.seconds = seconds


class OtherContentError(ValueError):
    """The program sent something else under this key of its own before."""


@dataclass(frozen=True)
class Caller:
    """A program that was let through: `audit_id` names it in the audit log and in what it sends."""

    id: UUID
    name: str
    origin: str
    organisation: UUID | None
    scopes: frozenset[str]

    @property
    def is_known(self) -> bool:
        """Whether it has a row here: not so for whoever asks on this machine without a key."""
        return self.id.int != 0

    @property
    def audit_id(self) -> str:
        """How the audit log names it."""
        return f"client:{self.id}"


def add_client(
    *,
    actor: Actor | None,
    name: str,
    scopes: Iterable[str],
    origin: str,
    organisation: UUID | None = None,
    lives: timedelta = timedelta(days=365),
    per_minute: int = 60,
    now: datetime,
) -> tuple[Client, str]:
    """Let a program in; give it and its key, which is kept nowhere.

    `actor` None: whoever runs commands on this machine. Raises NotPermittedError, ClientError.
    """
    _permit(actor, permissions.MANAGE, now=now)
    wanted = tuple(dict.fromkeys(scopes))
    _check(name, wanted, origin, lives, per_minute)
    if organisation and not Organisation.objects.filter(pk=organisation).exists():
        raise ClientError("There is no such organisation: add it at the desk first.")
    with transaction.atomic():
        made = Client.objects.create(
            name=name.strip(),
            organisation_id=organisation,
            scopes=sorted(wanted),
            origin=origin,
            per_minute=per_minute,
            tokens=per_minute,
            filled_at=now,
            added_at=now,
            added_by_id=actor.user_id if actor else None,
            expires_at=now + lives,
        )
        key = _new_key(made, now=now)
        _note(actor, "clients.add", made, {"origin": origin, "scopes": " ".join(sorted(wanted))}, now=now)
    return made, key


def rotate(*, actor: Actor | None, client_id: UUID, overlap: timedelta = OVERLAP, now: datetime) -> str:
    """A new key; the one before ends after `overlap`. At most two live at a time.

    Raises NotPermittedError, ClientError.
    """
    _permit(actor, permissions.MANAGE, now=now)
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise ClientError(f"The old key can go on for 0 to {LONGEST_OVERLAP.days} days.")
    with transaction.atomic():
        client = _open_client(client_id, now=now)
        # One that is ending already ends now: otherwise keys would pile up.
        client.keys.filter(ends_at__gt=now).update(ends_at=now)
        client.keys.filter(ends_at=None).update(ends_at=now + overlap)
        key = _new_key(client, now=now)
        _note(actor, "clients.rotate", client, {"overlap-hours": int(overlap.total_seconds() // 3600)}, now=now)
    return key


def revoke(*, actor: Actor | None, client_id: UUID, now: datetime) -> None:
    """Shut a program out at once, with every key. Raises NotPermittedError, ClientError."""
    _permit(actor, permissions.MANAGE, now=now)
    with transaction.atomic():
        client = _open_client(client_id, now=now)
        client.revoked_at = now
        client.save(update_fields=["revoked_at"])
        client.keys.filter(Q(ends_at=None) | Q(ends_at__gt=now)).update(ends_at=now)
        _note(actor, "clients.revoke", client, {}, now=now)


def admit(*, key: str, scope: str = "", now: datetime) -> Caller:
    """The program that a key belongs to, if it may do this now; its use is counted.

    Raises KeyRefusedError, ScopeRefusedError, TooOftenError.
    """
    found = _by_key(key, now=now)
    if found is None:
        raise KeyRefusedError("This key opens nothing.")
    client = charge(client_id=found, now=now)
    caller = Caller(client.pk, client.name, client.origin, client.organisation_id, frozenset(client.scopes))
    if scope and scope not in caller.scopes:
        record(actor=caller.audit_id, action="clients.use", outcome="refused", detail={"scope": scope}, now=now)
        raise ScopeRefusedError(scope)
    return caller


def charge(*, client_id: UUID, cost: int = 1, now: datetime) -> Client:
    """Count a use, which weighs as much as `cost` usual ones. Raises TooOftenError."""
    with transaction.atomic():
        client = Client.objects.select_for_update().get(pk=client_id)
        bucket, wait = Bucket(client.tokens, client.filled_at, client.per_minute).take(cost, now=now)
        client.tokens, client.filled_at, client.last_used_on = bucket.tokens, bucket.at, now.date()
        client.save(update_fields=["tokens", "filled_at", "last_used_on"])
        _count(client, slowed=bool(wait), now=now)
    if wait:
        raise TooOftenError(wait)
    return client


def remember_call(*, client_id: UUID, key: str, digest: str, now: datetime) -> bool:
    """Note that a program sends this content under a key of its own; give whether it did before.

    Raises OtherContentError where it sent something else under it.
    """
    before = Call.objects.filter(client=client_id, key=key).first()
    if before is None:
        try:
            with transaction.atomic():
                Call.objects.create(client_id=client_id, key=key, digest=digest, at=now)
        except IntegrityError:
            before = Call.objects.get(client=client_id, key=key)
        else:
            return False
    if not is_same(before.digest, digest):
        raise OtherContentError("Something else was sent under this key before.")
    return True


def forget_calls(*, now: datetime) -> int:
    """Remove what programs sent under which key, after a month; give the number. A regular job."""
    return Call.objects.filter(at__lt=now - CALLS_KEPT).delete()[0]


def _by_key(text: str, *, now: datetime) -> UUID | None:
    read = read_key(text)
    prefix, given = read or ("", NO_DIGEST)
    row = ClientKey.objects.select_related("client").filter(prefix=prefix).first()
    same = is_same(row.digest if row else "f" * 64, given)
    if row is None or not same or (row.ends_at and row.ends_at <= now):
        return None
    client = row.client
    return client.pk if client.revoked_at is None and client.expires_at > now else None


def _count(client: Client, *, slowed: bool, now: datetime) -> None:
    """One use more of the day; the caller holds the client's row, so two cannot make the day's row at once."""
    day, _ = ClientDay.objects.get_or_create(client=client, day=now.date())
    ClientDay.objects.filter(pk=day.pk).update(uses=F("uses") + 1, slowed=F("slowed") + int(slowed))


def _open_client(client_id: UUID, *, now: datetime) -> Client:
    client = Client.objects.select_for_update().filter(pk=client_id).first()
    if client is None:
        raise ClientError("There is no such program.")
    if client.revoked_at or client.expires_at <= now:
        raise ClientError("This program is shut out or its time is over: let it in anew.")
    return client


def _new_key(client: Client, *, now: datetime) -> str:
    prefix, key = new_key(origin=client.origin)
    found = read_key(key)
    assert found is not None  # noqa: S101 - what we make has our form
    ClientKey.objects.create(client=client, prefix=prefix, digest=found[1], made_at=now)
    return key


def _check(name: str, scopes: tuple[str, ...], origin: str, lives: timedelta, per_minute: int) -> None:
    if not name.strip() or len(name.strip()) > 100 or not name.isprintable():
        raise ClientError("Give the program a name of at most 100 characters.")
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise ClientError(f"Say what it may do: {', '.join(SCOPES)}.")
    if origin not in ORIGINS:
        raise ClientError("The origin is live, or test for a sandbox.")
    if not timedelta() < lives <= LONGEST_LIFE:
        raise ClientError(f"A program is let in for 1 to {LONGEST_LIFE.days} days.")
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        raise ClientError(f"It may ask 1 to {MOST_PER_MINUTE:,} times a minute.")


def _permit(actor: Actor | None, action: Action, *, now: datetime) -> None:
    if actor is not None:
        require(actor=actor, action=action, now=now)


def _note(actor: Actor | None, action: str, client: Client, detail: Mapping[str, str | int], *, now: datetime) -> None:
    if actor is None:
        record(actor="system", action=action, subject=f"client:{client.pk}", detail=detail, now=now)
    else:
        note(
            actor=actor, action=action, subject=f"client:{client.pk}", now=now, **{k: str(v) for k, v in detail.items()}
        )
