"""What is connected with what: which handler hears which event, and what runs on the clock. Explicit and in order."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_noop as _

from bluelamp.index.operations.checking import watch_editions
from bluelamp.index.operations.pulling import run as pull_feeds
from bluelamp.index.operations.telling import (
    tell_of_correction,
    tell_of_edition,
    tell_of_preview,
    tell_of_reply,
    tell_of_withdrawal,
)
from bluelamp.index.queries import named_by, named_product_keys
from bluelamp.kernel.audit.operations import seal_entries, sign_head
from bluelamp.kernel.events import (
    EditionCorrected,
    EditionPublished,
    EditionWithdrawn,
    PreviewOpened,
    RecoveryAsked,
    ReplyAccepted,
    ReplyRefused,
    ReportChanged,
    ReportReceived,
)
from bluelamp.kernel.evidence.operations import sweep_orphans
from bluelamp.kernel.messaging.operations.sending import run as send_messages
from bluelamp.kernel.outbox.registry import Handler, Job
from bluelamp.project.keeping.scheduled import run_backup
from bluelamp.project.retention import run_retention
from bluelamp.reporting.operations.counting import count_report, write_evidence
from bluelamp.reporting.operations.drafts import destroy_old
from bluelamp.reporting.operations.enriching import enrich
from bluelamp.reporting.operations.following import end_old as end_old_follows
from bluelamp.reporting.operations.helping import tell_of_edition as tell_reporters
from bluelamp.reporting.operations.publishing_figures import freeze_figures
from bluelamp.reporting.operations.recovery import send_asked
from bluelamp.reporting.operations.triage.duty import escalate
from bluelamp.reporting.operations.triage.handing import return_overdue


def _freeze_figures(*, now: datetime) -> None:
    """Figures name only products that the published Index names."""
    freeze_figures(named=named_product_keys, now=now)


def _tell_reporters(*, event: EditionPublished, now: datetime) -> None:
    """Whoever reported something that an edition rests on learns that it helped."""
    found = named_by(edition=event.edition)
    if found:
        tell_reporters(code=found.label, first=found.first, last=found.last, products=found.products, now=now)


HANDLERS: tuple[Handler, ...] = (
    Handler("tell-makers-of-preview", PreviewOpened, tell_of_preview),
    Handler("tell-maker-of-accepted-reply", ReplyAccepted, tell_of_reply),
    Handler("tell-maker-of-refused-reply", ReplyRefused, tell_of_reply),
    Handler("tell-makers-of-edition", EditionPublished, tell_of_edition),
    Handler("tell-makers-of-correction", EditionCorrected, tell_of_correction),
    Handler("tell-makers-of-withdrawal", EditionWithdrawn, tell_of_withdrawal),
    Handler("tell-reporters-of-edition", EditionPublished, _tell_reporters),
    Handler("count-report", ReportChanged, count_report),
    Handler("enrich-report", ReportReceived, enrich),
    Handler("send-recovery-code", RecoveryAsked, send_asked),
)

JOBS: tuple[Job, ...] = (
    Job("seal-audit", _("Link new entries of the audit log"), timedelta(minutes=1), seal_entries),
    Job("sign-audit", _("Sign the end of the audit log, once a day"), timedelta(hours=1), sign_head),
    Job("sweep-orphans", _("Remove files of evidence that a killed load left"), timedelta(hours=6), sweep_orphans),
    Job(
        "pull-feeds",
        _("Fetch feeds whose time has come, where BLUELAMP_PULL allows it"),
        timedelta(minutes=30),
        pull_feeds,
    ),
    Job(
        "watch-editions",
        _("Look what sources changed since an edition was published"),
        timedelta(days=1),
        watch_editions,
    ),
    Job("send-messages", _("Send messages whose time has come"), timedelta(minutes=1), send_messages),
    Job("end-follows", _("Close pages of reports that rested too long"), timedelta(minutes=15), end_old_follows),
    Job(
        "escalate-duties",
        _("Tell more people of duties that nobody acknowledged in time"),
        timedelta(minutes=1),
        escalate,
    ),
    Job(
        "return-overdue",
        _("Bring back reports whose hand-over nobody acknowledged in time"),
        timedelta(minutes=5),
        return_overdue,
    ),
    Job("destroy-old-drafts", _("Destroy drafts of reports whose time is over"), timedelta(minutes=10), destroy_old),
    Job(
        "backup",
        _("Back up and try the backup, where BLUELAMP_BACKUP_FOLDER names a folder"),
        timedelta(days=1),
        run_backup,
        longest=timedelta(hours=6),
    ),
    Job(
        "write-evidence", _("Write triaged reports as evidence, where they changed"), timedelta(days=1), write_evidence
    ),
    Job("freeze-figures", _("Freeze the public figures of a quarter that is over"), timedelta(days=1), _freeze_figures),
    Job("retention", _("Remove what is older than it is kept"), timedelta(days=1), run_retention),
)
