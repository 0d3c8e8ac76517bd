"""From a request of GeoReport to who asks, and to what a report holds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, QueryDict

from bluelamp.kernel.clients import operations as clients
from bluelamp.kernel.clients.operations import Caller
from bluelamp.reporting.domain.question import Kind, Shelf
from bluelamp.reporting.questions.outside import answers_of, attributes_of

FIELDS = (
    "description", "lat", "long", "address_string", "email", "phone", "first_name", "last_name"
)  # fmt: skip
LONGEST = 10_000
_NUMBER = re.compile(r"-?\d{1,3}(\.\d{1,15})?")
_ATTRIBUTE = re.compile(r"attribute\[([a-z0-9-]{1,60})\](\[\])?")
# Whoever asks on this machine without a key: a suite that tries the interface. What it sends is a test.
OPEN = Caller(UUID(int=0), "open on this machine", "test", None, frozenset({"reports:send", "reports:status"}))


class RefusedError(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, *sentences: str, wait: int = 0) -> None:
        super().__init__(*sentences)
        self.status, self.sentences, self.wait = status, sentences, wait


@dataclass(frozen=True)
class Posted:
    """What was posted: the service, raw answers, language, and the sender's own key ("" for none)."""

    service: str
    raw: Mapping[str, object]
    language: str
    key: str


def caller_of(request: HttpRequest, *, scope: str, now: datetime) -> Caller:
    """Who asks. A key is the parameter `api_key` of a POST or a Bearer header; never in an address.

    Raises RefusedError.
    """
    if request.GET.get("api_key"):
        raise RefusedError(
            400, "Send the key in a header (Authorization: Bearer ...), not in the address: logs keep it."
        )
    key = request.POST.get("api_key", "") if request.method == "POST" else ""
    header = request.headers.get("Authorization", "")
    if not key and header.lower().startswith("bearer "):
        key = header[7:].strip()
    if not key:
        if getattr(request, "outside", True):
            raise RefusedError(403, "A key is needed: api_key in the form, or a header Authorization: Bearer ...")
        return OPEN
    try:
        return clients.admit(key=key, scope=scope, now=now)
    except clients.KeyRefusedError as refused:
        raise RefusedError(403, "This api_key opens nothing.") from refused
    except clients.ScopeRefusedError as refused:
        raise RefusedError(403, f"This api_key may not do that: it lacks {refused.scope}.") from refused
    except clients.TooOftenError as refused:
        raise RefusedError(429, str(refused), wait=refused.seconds) from refused


def posted(request: HttpRequest, *, shelf: Shelf, service_codes: tuple[str, ...]) -> Posted:
    """What is to be reported. Raises RefusedError."""
    form = request.POST
    service = form.get("service_code", "")
    if service not in service_codes:
        raise RefusedError(404 if service else 400, "Give a service_code of the list of services.")
    if request.FILES or form.get("media_url"):
        raise RefusedError(
            400, "We take no files or media_url here. Send the report without; whoever works on it asks for pictures."
        )
    fields = {name: form.get(name, "").strip() for name in FIELDS}
    _check(fields)
    raw = answers_of(service=service, fields=fields, attributes=_attributes(form, shelf, service))
    key = request.headers.get("Idempotency-Key", "")
    if key and not re.fullmatch(r"[!-~]{1,90}", key):
        raise RefusedError(400, "An Idempotency-Key has at most 90 plain characters.")
    return Posted(service, raw, "cy" if form.get("locale", "")[:2] == "cy" else "en", key)


def _check(fields: Mapping[str, str]) -> None:
    if any(len(value) > LONGEST for value in fields.values()):
        raise RefusedError(400, f"A field has at most {LONGEST:,} characters.")
    points = (fields["lat"], fields["long"])
    if any(points) and not all(_NUMBER.fullmatch(point) for point in points):
        raise RefusedError(400, "Give lat and long both, in degrees, such as 51.48 and -3.18.")
    if any(points) and (abs(float(points[0])) > 90 or abs(float(points[1])) > 180):
        raise RefusedError(400, "lat is at most 90 and long at most 180 degrees.")


def _attributes(form: QueryDict, shelf: Shelf, service: str) -> dict[str, object]:
    known = {q.id: q for q in attributes_of(shelf, service=service)}
    found: dict[str, object] = {}
    for name, values in form.lists():
        match = _ATTRIBUTE.fullmatch(name)
        if not match:
            continue
        if match[1] not in known:
            raise RefusedError(400, f"This service has no attribute {match[1]}.")
        filled = [str(value) for value in values if value]
        if filled:
            many = known[match[1]].kind in (Kind.CHOICES, Kind.NUMBERS)
            found[match[1]] = filled if many else filled[0]
    return found
