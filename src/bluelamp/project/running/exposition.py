"""The text that Prometheus reads: requests, and the state of outbox, audit log and databases at this moment."""

import platform
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from bluelamp import __version__
from bluelamp.kernel.outbox.queries import backlog
from bluelamp.project.running.counting import shared_folder
from bluelamp.project.running.reads import unsealed_entries, worker_seen

CONTENT_TYPE = CONTENT_TYPE_LATEST


def exposition(*, now: datetime) -> bytes:
    """All metrics. A database that does not answer is told of, and what it holds is left out."""
    state = CollectorRegistry()
    state.register(_State(now=now))
    return _requests() + generate_latest(state)


def _requests() -> bytes:
    folder = shared_folder()
    if not folder:
        return generate_latest(REGISTRY)
    shared = CollectorRegistry()
    MultiProcessCollector(shared, path=folder)  # type: ignore[no-untyped-call]
    return generate_latest(shared)


class _State(Collector):
    """What is asked for at each scrape."""

    def __init__(self, *, now: datetime) -> None:
        self.now = now

    def describe(self) -> list[Metric]:
        """Nothing: registering must not ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Build, databases, outbox, audit log, worker."""
        build = {"version": __version__, "python": platform.python_version(), "profile": settings.BLUELAMP_PROFILE.name}
        yield InfoMetricFamily("bluelamp_build", "This version.", build)
        up = GaugeMetricFamily("bluelamp_database_up", "Whether a database answers.", labels=["database"])
        for alias in settings.DATABASES:
            up.add_metric([alias], float(answers(alias)))
        yield up
        try:
            found = [*self._outbox(), *self._others()]
        except (DatabaseError, InterfaceError):
            return
        yield from found

    def _outbox(self) -> Iterator[Metric]:
        waiting = backlog(now=self.now)
        oldest = waiting.oldest.total_seconds() if waiting.oldest else 0.0
        yield _gauge("bluelamp_outbox_waiting", "Deliveries that wait or are in work.", waiting.waiting)
        yield _gauge("bluelamp_outbox_failing", "Waiting deliveries that have failed so far.", waiting.failing)
        yield _gauge("bluelamp_outbox_oldest_seconds", "Age of the oldest waiting delivery.", oldest)
        yield _gauge("bluelamp_outbox_dead", "Dead letters that wait for a person.", waiting.dead)
        unknown = sum(waiting.unknown.values())
        yield _gauge("bluelamp_outbox_unknown", "Deliveries kept for handlers that this version lacks.", unknown)

    def _others(self) -> Iterator[Metric]:
        yield _gauge("bluelamp_audit_unsealed", "Audit entries that are not in the chain yet.", unsealed_entries())
        seen = worker_seen()
        if seen:
            age = max(0.0, (self.now - seen).total_seconds())
            yield _gauge("bluelamp_worker_seen_seconds", "Time since a worker last ran a job.", age)


def answers(alias: str) -> bool:
    """Whether a database answers."""
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return False
    return True


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help_text, value=value)
