"""Health, readiness and metrics over HTTP."""

import hmac
from datetime import UTC, datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bluelamp.project.running.checks import FAIL, readiness
from bluelamp.project.running.exposition import CONTENT_TYPE, exposition


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process lives. Looks at nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether requests can be served: 200 or 503, for this machine with the name and state of each check and no more.

    A stranger need not know which key or disk is gone. What was found and what to do is told on the machine, by
    `bluelamp doctor`.
    """
    found = readiness(now=datetime.now(tz=UTC))
    ready = all(finding.state != FAIL for finding in found)
    told: dict[str, object] = {"ready": ready}
    if not request.__dict__["outside"]:
        told["checks"] = [{"check": finding.check, "state": finding.state} for finding in found]
    return JsonResponse(told, status=200 if ready else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Metrics for Prometheus: for this machine, and for whoever sends the token where there is one."""
    if request.__dict__["outside"]:
        token = settings.BLUELAMP_METRICS_TOKEN
        if not token:
            raise Http404("There is nothing at this address.")
        sent = request.headers.get("Authorization", "")
        if not hmac.compare_digest(sent.encode(errors="replace"), f"Bearer {token}".encode()):
            return HttpResponse("A token is needed.\n", status=401, content_type="text/plain", headers=_ASK)
    return HttpResponse(exposition(now=datetime.now(tz=UTC)), content_type=CONTENT_TYPE)


_ASK = {"WWW-Authenticate": 'Bearer realm="metrics"'}
