"""What is known of each thing that is fetched again and again, so that a restart goes on where it was."""

from django.db import models


class FetchState(models.Model):
    """The last fetch of one feed.

    `etag`, `last_modified` and `sha256` are those of the copy that was taken in, and are sent as conditions. `failures`
    counts since the last success. Times are UTC.
    """

    name = models.CharField(max_length=60, primary_key=True)
    url = models.CharField(max_length=500)
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=60, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    checked_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)
    next_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
