"""How large the downloads of an edition are, so that a reader knows before fetching one."""

from functools import lru_cache
from uuid import UUID

from django.db.models import Max
from django.db.models.functions import Coalesce

from bluelamp.index.models import Edition, Reply
from bluelamp.index.operations.export import export_csv, export_json
from bluelamp.index.operations.package import zipped_package
from bluelamp.index.operations.printing import printed
from bluelamp.index.queries import named_rows
from bluelamp.kernel.catalogue.queries import loaded_version


def download_sizes(*, edition: Edition, language: str) -> dict[str, int]:
    """Form -> bytes, of an edition that the caller may show; exactly what its downloads give at this moment."""
    accepted = Reply.objects.filter(decision=Reply.Decision.ACCEPTED)
    told = accepted.aggregate(at=Max(Coalesce("fix_noted_at", "decided_at")))["at"]
    before = edition.previous.status if edition.previous else ""
    return dict(_sizes(edition.pk, language, f"{edition.status} {before} {told} {loaded_version()}"))


# The files have to be made to be measured, which takes half a second; `_state` is all that changes them once they are
# out: corrections, withdrawals, makers' replies, and a catalogue that gives products other keys.
@lru_cache(maxsize=64)
def _sizes(edition_id: UUID, language: str, _state: str) -> tuple[tuple[str, int], ...]:
    edition = Edition.objects.get(pk=edition_id)
    rows = list(named_rows(edition=edition).order_by("product_key"))
    return (
        ("csv", len(export_csv(edition=edition, rows=rows).encode())),
        ("json", len(export_json(edition=edition, rows=rows).encode())),
        ("zip", len(zipped_package(edition=edition))),
        ("pdf", len(printed(edition=edition, language=language))),
    )
