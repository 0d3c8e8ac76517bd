"""The worker's loop: outages, stopping, when it ends."""

import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.apps import apps
from django.db import transaction
from django.db.utils import InterfaceError, OperationalError

from bluelamp.kernel.events import EditionBuilt
from bluelamp.kernel.outbox import registry
from bluelamp.kernel.outbox.models import Delivery
from bluelamp.kernel.outbox.operations import announce
from bluelamp.kernel.outbox.registry import Handler, Job
from bluelamp.project.cli.work import Stop, Tally, Worker
from bluelamp.project.wiring import HANDLERS, JOBS

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def stop() -> Iterator[Stop]:
    with Stop() as made:
        yield made


@pytest.fixture(autouse=True)
def nothing_installed() -> Iterator[None]:
    before = registry.install(handlers=[], jobs=[])
    yield
    registry.install(handlers=before.handlers, jobs=before.jobs)


def broken(worker: Worker, monkeypatch: pytest.MonkeyPatch, times: int) -> list[float]:
    """Let the database fail this often; give the list of how long the worker then waited."""
    waits: list[float] = []
    real, left = worker.step, [times]

    def step() -> bool:
        if left[0]:
            left[0] -= 1
            raise OperationalError("connection refused\nIs it running?") if left[0] % 2 else InterfaceError("closed")
        return real()

    monkeypatch.setattr(worker, "step", step)

    def wait(*, seconds: float) -> None:
        waits.append(seconds)
        assert len(waits) < 50, "the worker waits for ever"

    monkeypatch.setattr(worker.stop, "wait", wait)
    return waits


@pytest.mark.django_db(transaction=True)  # the worker closes connections, which a test's own transaction cannot bear
def test_a_database_that_goes_away_is_waited_for_with_one_line(
    stop: Stop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    worker = Worker(clock=lambda: NOW, stop=stop)
    waits = broken(worker, monkeypatch, 8)
    with caplog.at_level(logging.WARNING):
        worker.run(idle_exit=True)
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]
    assert [r.getMessage().partition(" (")[0] for r in caplog.records] == [
        "The database cannot be used",
        "The database answers again.",
    ]
    assert "\n" not in caplog.records[0].getMessage()


def test_once_a_broken_database_is_an_error(stop: Stop, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker(clock=lambda: NOW, stop=stop)
    broken(worker, monkeypatch, 2)
    with pytest.raises(OperationalError):
        worker.run(once=True)


def test_a_signal_ends_the_sleep_and_the_second_one_would_end_the_process(stop: Stop) -> None:
    before = time.monotonic()
    threading.Timer(0.2, os.kill, [os.getpid(), signal.SIGTERM]).start()
    Worker(clock=lambda: NOW, stop=stop, poll=30).run()
    assert stop.asked and 0.1 < time.monotonic() - before < 10
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_asked_to_stop_during_a_job_the_worker_takes_no_delivery(stop: Stop) -> None:
    def ask(*, now: datetime) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    registry.install(
        handlers=[Handler("edition", EditionBuilt, ask)], jobs=[Job("ask", "Ask", timedelta(hours=1), ask)]
    )
    with transaction.atomic():
        announce(event=EditionBuilt(edition=UUID(int=1)), now=NOW)
    worker = Worker(clock=lambda: NOW, stop=stop)
    worker.run()
    assert worker.tally == Tally(jobs=1) and Delivery.objects.get().attempts == 0


def test_stopping_puts_the_signals_back() -> None:
    before = [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)]
    with Stop():
        assert signal.getsignal(signal.SIGTERM) not in before
    assert [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)] == before


def test_the_project_installs_its_lists() -> None:
    apps.get_app_config("project").ready()
    assert registry.installed() == registry.Registry(handlers=HANDLERS, jobs=JOBS)
