"""One key for each record of personal data, in a database of its own."""

from django.db import models
from django.db.models import Q


class RecordKey(models.Model):
    """The key of one record, wrapped by the master key. Erased: no key, and the row stays as a tombstone.

    `record` names the record by an id (`report:<uuid>`), never by anything personal: the tombstone keeps it.
    `master` is the id of the master key that wrapped it.
    """

    record = models.CharField(max_length=200, unique=True)
    wrapped = models.BinaryField()
    master = models.CharField(max_length=16, blank=True)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True, master__gt="") | Q(erased_at__isnull=False, master="", wrapped=b""),
                name="vault_erased_holds_no_key",
            )
        ]
        indexes = [models.Index(fields=["master", "id"], name="vault_by_master")]

    def __str__(self) -> str:
        return self.record
