"""A report while it is being written."""

import uuid

from django.db import models
from django.db.models import Q

from bluelamp.reporting.models.common import ORIGINS


class Draft(models.Model):
    """What a person wrote so far, sealed with a key that only their browser holds, or their words: nobody here can read
    a draft, and removing the row is enough to destroy it.

    `token_digest` finds it by the secret in the browser's cookie, `words_digest` by the words that open it again;
    `key_by_token` and `key_by_words` are its key, sealed with a key made of each. `keep` says how long it lives without
    being touched. Once sent, `sent_as` is the report, and what is sealed are only that report's words, until the person
    has them (so that sending twice shows the same).
    """

    class Keep(models.TextChoices):
        SITTING = "sitting", "as long as somebody is at it: others may see the device"
        BROWSER = "browser", "a day: only this person sees the device"
        WORDS = "words", "thirty days: it was saved, and words open it"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_digest = models.CharField(max_length=64, null=True, unique=True)
    words_digest = models.CharField(max_length=64, null=True, unique=True)
    key_by_token = models.BinaryField(null=True)
    key_by_words = models.BinaryField(null=True)
    keep = models.CharField(max_length=7, choices=Keep.choices, default=Keep.SITTING)
    language = models.CharField(max_length=2, choices=[("en", "English"), ("cy", "Cymraeg")])
    origin = models.CharField(max_length=12, default="live")
    sealed = models.BinaryField()
    sent_as = models.UUIDField(null=True, unique=True)
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(origin__in=ORIGINS), name="draft_origin_known"),
            models.CheckConstraint(condition=Q(keep__in=["sitting", "browser", "words"]), name="draft_keep_known"),
            models.CheckConstraint(condition=Q(language__in=["en", "cy"]), name="draft_language_known"),
            models.CheckConstraint(
                condition=~Q(keep="words") | Q(words_digest__isnull=False, key_by_words__isnull=False),
                name="draft_saved_has_words",
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"
