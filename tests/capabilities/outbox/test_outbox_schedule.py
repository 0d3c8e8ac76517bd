"""Jobs on the clock, and a clock that jumps."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from typer.testing import CliRunner

from bluelamp.kernel.outbox import registry
from bluelamp.kernel.outbox import schedule as operations
from bluelamp.kernel.outbox.models import ScheduledJob
from bluelamp.kernel.outbox.queries import schedule
from bluelamp.kernel.outbox.registry import Job
from bluelamp.kernel.outbox.schedule import JobResult, StartedJob, claim_job, run_job
from bluelamp.project.cli.app import app
from bluelamp.project.wiring import HANDLERS, JOBS

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)
ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.django_db
runs: list[datetime] = []


def note(*, now: datetime) -> None:
    runs.append(now)


def fail(*, now: datetime) -> None:
    raise ValueError("Ann Smith")


HOURLY = Job("hourly", "Every hour", HOUR, note)


@pytest.fixture(autouse=True)
def install() -> Iterator[Callable[..., None]]:
    """Puts jobs in place of the program's for one test."""
    before = registry.installed()
    runs.clear()

    def put(*jobs: Job) -> None:
        registry.install(handlers=[], jobs=jobs)

    put(HOURLY)
    yield put
    registry.install(handlers=before.handlers, jobs=before.jobs)


def row() -> ScheduledJob:
    return ScheduledJob.objects.get(name="hourly")


def take(now: datetime) -> StartedJob:
    started = claim_job(now=now)
    assert started is not None
    return started


def go(now: datetime, *, end: datetime | None = None) -> JobResult:
    return run_job(started=take(now), clock=lambda: end or now, jitter=0)


def test_a_new_job_runs_at_once_and_then_at_its_time() -> None:
    assert go(NOW, end=NOW + MINUTE) == JobResult(name="hourly", error="")
    assert (row().last_started, row().last_finished, row().failures) == (NOW, NOW + MINUTE, 0)
    assert claim_job(now=NOW + HOUR - TICK) is None
    go(NOW + HOUR)
    assert runs == [NOW, NOW + HOUR]


def test_after_the_clock_jumped_forward_a_job_runs_once() -> None:
    go(NOW)
    later = NOW + timedelta(days=300)
    go(later)
    assert claim_job(now=later) is None and runs == [NOW, later]
    assert row().next_at == later + HOUR


def test_after_the_clock_jumped_back_a_job_waits_no_longer_than_its_turn() -> None:
    go(NOW)
    earlier = NOW - timedelta(days=300)
    assert claim_job(now=earlier) is None and row().next_at == earlier + HOUR
    go(earlier + HOUR)
    assert len(runs) == 2


def test_a_job_that_became_more_frequent_does_so_at_once(install: Callable[..., None]) -> None:
    go(NOW)
    install(replace(HOURLY, every=MINUTE))
    assert claim_job(now=NOW + TICK) is None
    go(NOW + TICK + MINUTE)


def test_a_job_is_held_by_one_worker_and_comes_again_where_it_was_killed() -> None:
    first = take(NOW)
    for now in (NOW, NOW + HOURLY.longest - TICK):
        assert claim_job(now=now) is None
    second = take(NOW + HOURLY.longest)
    assert second.token != first.token and row().failures == 2
    run_job(started=second, clock=lambda: NOW + HOUR, jitter=0)
    after = (row().next_at, row().failures, row().last_finished)
    run_job(started=first, clock=lambda: NOW + 9 * HOUR, jitter=0)
    assert (row().next_at, row().failures, row().last_finished) == after, "who lost the lease records nothing"


def test_a_killed_workers_lease_from_a_clock_years_ahead_ends() -> None:
    take(NOW + timedelta(days=9_000))
    # The first look draws the next time near, a later one finds the lease beyond belief.
    assert claim_job(now=NOW) is None
    assert take(NOW + HOUR).failures == 2


def test_two_workers_that_saw_the_same_row_do_not_both_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ScheduledJob.objects.create(name="hourly", next_at=NOW)
    others: list[StartedJob] = []

    def overtaken(**_more: Any) -> bool:
        if not others:
            others.append(None)  # type: ignore[arg-type]
            others[0] = take(NOW)
        return False

    monkeypatch.setattr(operations, "_held", overtaken)
    assert claim_job(now=NOW) is None
    assert row().lease_token == others[0].token and row().failures == 1


def test_a_failing_job_backs_off_but_no_further_than_its_turn(install: Callable[..., None]) -> None:
    install(replace(HOURLY, run=fail, every=2 * MINUTE))
    now, waits = NOW, []
    for failures in range(1, 6):
        result = go(now)
        assert result.error.startswith("ValueError: in ") and "Ann" not in result.error
        assert (row().last_error, row().failures, row().last_finished) == (result.error, failures, None)
        waits.append((row().next_at - now).total_seconds())
        now = row().next_at
    assert waits == [10, 30, 90, 120, 120]
    install(HOURLY)
    go(now)
    assert (row().last_error, row().failures) == ("", 0)


def test_a_failing_job_holds_no_other_up(install: Callable[..., None]) -> None:
    install(replace(HOURLY, name="bad", run=fail), HOURLY)
    assert take(NOW).job.name == "bad"
    assert take(NOW).job.name == "hourly"
    assert claim_job(now=NOW) is None


def test_a_job_longer_than_its_turn_runs_again_at_once_and_not_twice() -> None:
    go(NOW, end=NOW + 3 * HOUR)
    go(NOW + 3 * HOUR)
    assert claim_job(now=NOW + 3 * HOUR) is None


def test_the_schedule_shows_jobs_never_run_and_jobs_of_other_versions(install: Callable[..., None]) -> None:
    go(NOW)
    install(replace(HOURLY, name="new"))
    new, old = schedule(now=NOW)
    assert (new.name, new.title, new.next_at, new.running) == ("new", "Every hour", None, False)
    assert (old.name, old.title, old.every, old.last_started) == ("hourly", None, None, NOW)
    take(NOW)
    assert schedule(now=NOW)[0].running
    assert take(NOW + HOUR).job.name == "new" and row().last_started == NOW, "what nobody knows is left alone"
    shown = CliRunner().invoke(app, ["outbox", "status", "--json"])
    assert [(j["name"], j["known"]) for j in json.loads(shown.stdout)["jobs"]] == [("new", True), ("hourly", False)]


def test_the_database_refuses_half_a_lease() -> None:
    go(NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        ScheduledJob.objects.update(lease_token=uuid4())


def test_the_programs_own_jobs_are_installed_run_and_are_documented(
    install: Callable[..., None], settings: Any, tmp_path: Path
) -> None:
    settings.BLUELAMP_HOME = tmp_path
    registry.install(handlers=HANDLERS, jobs=JOBS)
    text = (ROOT / "docs/reference/outbox.md").read_text()
    done = CliRunner().invoke(app, ["work", "--once", "--json"])
    assert json.loads(done.stdout) == dict(done=0, retry=0, dead=0, lost=0, jobs=len(JOBS), jobs_failed=0)
    for job in JOBS:
        assert f"`{job.name}`" in text and ScheduledJob.objects.get(name=job.name).last_finished
    for handler in HANDLERS:
        assert f"`{handler.name}`" in text
