"""Writes of the schedule: taking a job that is due, running it, recording how it went."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bluelamp.kernel.outbox import registry
from bluelamp.kernel.outbox.domain.errors import describe
from bluelamp.kernel.outbox.domain.retry import delay
from bluelamp.kernel.outbox.models import ScheduledJob
from bluelamp.kernel.outbox.registry import Job


@dataclass(frozen=True)
class StartedJob:
    """A job that this worker holds."""

    job: Job
    token: uuid.UUID
    started: datetime
    failures: int


@dataclass(frozen=True)
class JobResult:
    """How a run went; `error` is empty where it went well."""

    name: str
    error: str


def claim_job(*, now: datetime) -> StartedJob | None:
    """Take the first job that is due, or None. A job that missed several times runs once.

    A new job is due at once. Where the clock went back (or the job became more frequent), its next time is drawn near.
    """
    rows = {row.name: row for row in ScheduledJob.objects.all()}
    for job in registry.installed().jobs:
        row = rows.get(job.name) or ScheduledJob.objects.get_or_create(name=job.name, defaults={"next_at": now})[0]
        # The row as it was read: whoever changes it first has it, with no lock held.
        same = ScheduledJob.objects.filter(name=job.name, next_at=row.next_at, lease_token=row.lease_token)
        if row.next_at > now + job.every:
            same.update(next_at=now + job.every)
        elif row.next_at <= now and not _held(row=row, job=job, now=now):
            token = uuid.uuid4()
            failures = row.failures + 1
            if same.update(lease_token=token, leased_until=now + job.longest, last_started=now, failures=failures):
                return StartedJob(job=job, token=token, started=now, failures=failures)
    return None


def _held(*, row: ScheduledJob, job: Job, now: datetime) -> bool:
    """Whether a worker has it. A lease further ahead than any is a killed worker's from before the clock went back."""
    return row.leased_until is not None and now < row.leased_until <= now + 2 * job.longest


def run_job(*, started: StartedJob, clock: Callable[[], datetime], jitter: float) -> JobResult:
    """Run a job that `claim_job` gave; a failed one comes again after a back-off, but no later than its turn.

    Raises database errors where the end cannot be recorded: the lease then runs out and the job is run again.
    """
    error = ""
    try:
        started.job.run(now=started.started)
    except Exception as problem:  # noqa: BLE001 - whatever a job raises fails the job and not the worker
        error = describe(problem)
    mine = ScheduledJob.objects.filter(name=started.job.name, lease_token=started.token)
    now = clock()
    if error:
        wait = min(started.job.every, delay(attempts=started.failures, jitter=jitter))
        mine.update(lease_token=None, leased_until=None, last_error=error, next_at=now + wait)
    else:
        following = started.started + started.job.every
        mine.update(
            lease_token=None, leased_until=None, last_error="", failures=0, last_finished=now, next_at=following
        )
    return JobResult(name=started.job.name, error=error)
