"""Reads of programs."""

from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet, Sum

from bluelamp.kernel.clients.models import Client, ClientKey


def clients(*, now: datetime) -> QuerySet[Client]:
    """Every program by name, with its organisation, its keys that are alive (`live_keys`), and its uses in all."""
    alive = ClientKey.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now))
    found = Client.objects.select_related("organisation").annotate(uses=Sum("days__uses")).order_by("name", "id")
    return found.prefetch_related(Prefetch("keys", queryset=alive, to_attr="live_keys"))


def state_of(*, client: Client, now: datetime) -> str:
    """`revoked`, `expired` or `open`."""
    if client.revoked_at:
        return "revoked"
    return "expired" if client.expires_at <= now else "open"
