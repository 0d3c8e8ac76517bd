"""Reads of the vault: how many keys there are, never what they open."""

from dataclasses import dataclass

from django.db.models import Count

from bluelamp.kernel.vault.master import read_masters
from bluelamp.kernel.vault.models import RecordKey


@dataclass(frozen=True)
class VaultStatus:
    """How the vault stands: live keys, erased ones, keys to be wrapped anew, keys that no master key here can open."""

    master: str
    live: int
    erased: int
    waiting: int
    lost: int


def status() -> VaultStatus:
    """Count the keys by the master key that wrapped them. Raises MasterKeyError for a damaged file."""
    masters = read_masters()
    held = set(masters.keys) if masters else set()
    current = masters.current if masters else ""
    live = RecordKey.objects.filter(erased_at__isnull=True).order_by()
    counts = dict(live.values_list("master").annotate(n=Count("id")))
    return VaultStatus(
        master=current,
        live=sum(counts.values()),
        erased=RecordKey.objects.filter(erased_at__isnull=False).count(),
        waiting=sum(n for name, n in counts.items() if name in held and name != current),
        lost=sum(n for name, n in counts.items() if name not in held),
    )
