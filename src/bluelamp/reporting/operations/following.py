"""Opening the tracking page with words, for one browser and an hour, and what protects it: quiet mode and an own word.

The words find the report. Where it is quiet, or its reporter set a word of their own, the words alone open only
"received" and its date, whatever happened since (RED-LINES 8); a wrong own word is as good as none, and nothing
says whether there is one.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from bluelamp.kernel.audit.operations import record
from bluelamp.reporting.domain.tidying import plain_form
from bluelamp.reporting.models import Follow, Report
from bluelamp.reporting.operations.digests import new_token, own_word_digest, token_digest, words_digest
from bluelamp.reporting.operations.steps import add_step

IDLE = timedelta(minutes=60)
SHORTEST_OWN_WORD, LONGEST_OWN_WORD = 6, 60
_TOUCH = timedelta(minutes=1)


class NoReportError(LookupError):
    """No report has these words."""


class NotFollowedError(LookupError):
    """No tracking page is open in this browser: it was left or rested too long."""


class NotFullError(PermissionError):
    """The words alone do not allow this."""


class OwnWordError(ValueError):
    """A word that cannot be an own word; `code` is `short`, `long` or `words`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Following:
    """One open tracking page. `full`: everything may be read; otherwise "received" and no more.

    `token` is the digest of the browser's secret.
    """

    report: UUID
    full: bool
    token: str
    expires_at: datetime

    @property
    def role(self) -> str:
        """Who writes, for steps and posts: whoever has only the words may be somebody else."""
        return "reporter" if self.full else "words-only"

    def require_full(self) -> None:
        """Raises NotFullError where only "received" may be read."""
        if not self.full:
            raise NotFullError("The words alone do not allow this.")


def _always(_report: UUID) -> bool:
    return True


def open_follow(
    *, words: tuple[str, ...], own_word: str = "", may_try: Callable[[UUID], bool] = _always, now: datetime
) -> tuple[Following, str]:
    """Open a report by its words; the secret for the browser's cookie. Raises NoReportError.

    `may_try`: whether this caller may still try own words of a report; if not, a right one is as good as none.

    As much is worked out where nothing has these words, or no own word is set, as where one is, so that the time that
    it takes tells nothing.
    """
    report = Report.objects.filter(words_digest=words_digest(words)).first()
    right = _is_own_word(report, own_word)
    if report is None:
        raise NoReportError("No report has these words.")
    full = not is_guarded(report) or (right and may_try(report.pk))
    token = new_token()
    made = Following(report.pk, full, token_digest(token), now + IDLE)
    with transaction.atomic():
        Follow.objects.create(
            token_digest=made.token,
            report=report,
            full=full,
            opened_at=now,
            touched_at=now,
            expires_at=made.expires_at,
        )
        detail = {"full": "yes" if full else "no"}
        record(actor="reporter", action="reporting.follow", subject=f"report:{report.pk}", detail=detail, now=now)
    return made, token


def following(*, token: str, now: datetime) -> Following:
    """The page that is open in a browser; it stays open for another hour. Raises NotFollowedError."""
    row = Follow.objects.filter(token_digest=token_digest(token), expires_at__gt=now).first() if token else None
    if row is None:
        raise NotFollowedError("No tracking page is open in this browser.")
    if now - row.touched_at >= _TOUCH:
        row.touched_at, row.expires_at = now, now + IDLE
        row.save(update_fields=["touched_at", "expires_at"])
    return Following(row.report_id, row.full, row.token_digest, row.expires_at)


def leave(*, token: str) -> None:
    """Close the page of a browser, at once."""
    Follow.objects.filter(token_digest=token_digest(token)).delete()


def end_old(*, now: datetime) -> int:
    """Remove pages that rested too long; give the number. The regular job."""
    return Follow.objects.filter(expires_at__lte=now).delete()[0]


def is_guarded(report: Report) -> bool:
    """Whether the words alone open only "received"."""
    return report.quiet or report.own_word != ""


def set_own_word(*, report: UUID, word: str, keep: str = "", now: datetime) -> None:
    """From now on the words alone open only "received"; the words with this one open everything.

    For the page after sending, and for a full view (`keep` is its `Following.token`; pages in other browsers close).
    Raises OwnWordError.
    """
    _check_own_word(word)
    digest = own_word_digest(report=str(report), word=word)
    with transaction.atomic():
        row = Report.objects.select_for_update().get(pk=report)
        row.own_word = digest
        row.save(update_fields=["own_word"])
        _protect(row, act="own-word-set", keep=keep, now=now)


def remove_own_word(*, follow: Following, now: datetime) -> None:
    """The words alone open everything again; of a report that may be watched, only "received". Raises NotFullError."""
    follow.require_full()
    with transaction.atomic():
        row = Report.objects.select_for_update().get(pk=follow.report)
        row.own_word, row.quiet = "", row.quiet or row.watched
        row.save(update_fields=["own_word", "quiet"])
        # A watched report without an own word has no full view any more, in this browser neither.
        _protect(row, act="own-word-removed", keep="" if is_guarded(row) else follow.token, now=now)


def set_quiet(*, follow: Following, quiet: bool, now: datetime) -> None:
    """Begin or end quiet mode, in which no message is sent. Raises NotFullError, OwnWordError (`short`).

    It cannot begin without an own word, since nobody could then read anything; for a report that may be watched it
    cannot end without one (the database refuses it too).
    """
    follow.require_full()
    with transaction.atomic():
        row = Report.objects.select_for_update().get(pk=follow.report)
        if not row.own_word and (quiet or row.watched):
            raise OwnWordError("short")
        row.quiet = quiet
        row.save(update_fields=["quiet"])
        _protect(row, act="quiet-begun" if quiet else "quiet-ended", keep=follow.token, now=now)


def _protect(row: Report, *, act: str, keep: str, now: datetime) -> None:
    Follow.objects.filter(report=row).exclude(token_digest=keep).delete()
    add_step(report=row, act=act, role="reporter", by="reporter", now=now)
    record(actor="reporter", action=f"reporting.{act}", subject=f"report:{row.pk}", now=now)


def _is_own_word(report: Report | None, word: str) -> bool:
    """Whether a typed word is the report's own; one that was typed is always hashed."""
    if not plain_form(word) or len(word) > LONGEST_OWN_WORD:
        return False
    typed = own_word_digest(report=str(report.pk if report else uuid4()), word=word)
    return bool(report and report.own_word) and hmac.compare_digest(typed, report.own_word if report else "")


def _check_own_word(word: str) -> None:
    plain = plain_form(word)
    if len(plain) < SHORTEST_OWN_WORD:
        raise OwnWordError("short")
    if len(word) > LONGEST_OWN_WORD:
        raise OwnWordError("long")
