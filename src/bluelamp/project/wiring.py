"""What is connected with what: which handler hears which event, and what runs on the clock. Explicit and in order."""

from datetime import timedelta

from bluelamp.kernel.evidence.operations import sweep_orphans
from bluelamp.kernel.outbox.operations import tidy
from bluelamp.kernel.outbox.registry import Handler, Job

HANDLERS: tuple[Handler, ...] = ()

JOBS: tuple[Job, ...] = (
    Job("sweep-orphans", "Remove files of evidence that a killed load left", timedelta(hours=6), sweep_orphans),
    Job("tidy-outbox", "Delete deliveries done over 30 days ago", timedelta(days=1), tidy),
)
