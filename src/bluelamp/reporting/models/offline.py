"""What was answered to a report that came from a device's queue, for as long as the device may ask again."""

from django.db import models


class OfflineAnswer(models.Model):
    """The recovery words of a report, sealed with a key that only the sending device holds.

    An answer can be lost on its way. The device then sends the same again, with its key, and reads the words; without
    the key nobody can, here neither. The key is not kept. `draft` is the id that the device gave to the report.
    """

    draft = models.UUIDField(primary_key=True, editable=False)
    sealed = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"answer to {self.pk}"
