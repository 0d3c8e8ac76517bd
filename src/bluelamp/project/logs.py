"""Log lines on standard error: JSON objects, or plain lines for a person at a terminal. Times are UTC.

No personal data, in three ways: only the fields named here are taken over from a record; of what Django and libraries
say only the pattern is kept, never the values put into it; and what still looks like an address or a number of a person
is cut out. Of an exception the class and the places in code are told, not its message, which may quote a form or a row.
"""

import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from functools import lru_cache
from types import TracebackType
from typing import Any

import structlog

from bluelamp.kernel.outbox.domain.errors import describe
from bluelamp.ui.outages import outage_of

STYLES = ("plain", "json")
# What code may pass with `extra=`.
FIELDS = ("route", "method", "status", "ms", "part", "pid", "exit", "wait_seconds", "job", "delivery")
# The line that every request has (running/observe.py).
REQUEST_LOGGER, REQUEST = "bluelamp.request", "Request"
_ORDER = ("time", "level", "event", "logger", "profile", "request_id", *FIELDS)
_FORBIDDEN = frozenset(
    (
        *("address", "addr", "code", "cookie", "email", "forename", "ip", "mail", "mobile", "name", "password", "path"),
        *("phone", "query", "secret", "session", "surname", "token", "url", "user", "username"),
    )
)
_UNSCRUBBED = frozenset({"time", "request_id"})
_CUT = "[cut]"
_PERSONAL = re.compile(
    r"""[^\s@<>"(),;=]+@[^\s@<>"'(),;=]+             # an e-mail address
    |\buser:[0-9a-f]{8}-[0-9a-f-]{27}                 # the id of a person
    |(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])       # IPv4
    |(?<![\w:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{1,4}\b # IPv6
    |(?<![\w-])(?:\+44|0044|0)(?:[ -]?\d){9,10}(?![\w-]) # a telephone number
    """,
    re.VERBOSE | re.IGNORECASE,
)
# What could end a line, or steer a terminal that shows it.
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_REFUSED = "django.security."
_LINE = frozenset({"request_id", "route", "method", "status", "ms"})
_quoted = json.JSONEncoder(ensure_ascii=False).encode
Event = MutableMapping[str, Any]


def logging_config(*, style: str, profile: str) -> dict[str, Any]:
    """Django's LOGGING. `style` is plain, json, or "" for what suits standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"told-elsewhere": {"()": "bluelamp.project.logs.NotToldElsewhere"}},
        "formatters": {"line": {"()": "bluelamp.project.logs.formatter", "style": style, "profile": profile}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["told-elsewhere"]},
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "bluelamp": {"level": "INFO"},
            # Django's own set-up would mail tracebacks with the values of variables.
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }


class NotToldElsewhere(logging.Filter):
    """Keeps Django's lines about answers out: they hold addresses, and our line of the request tells of it.

    What remains are failures with their exception.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        return record.name != "django.request" or bool(record.exc_info and getattr(record, "status_code", 500) >= 500)


def formatter(*, style: str = "", profile: str = "") -> logging.Formatter:
    """What turns records into lines; the web server's own process uses it too (running/granian.json)."""
    chosen = style or os.environ.get("BLUELAMP_LOG") or ("plain" if sys.stderr.isatty() else "json")
    whose = profile or os.environ.get("BLUELAMP_PROFILE") or "all"

    def of_profile(_logger: object, _method: str, event: Event) -> Event:
        event["profile"] = whose
        return event

    processor = structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ExtraAdder(allow=("request_id", *FIELDS)),
            without_values,
            failure,
            _level_of,
            _logger_of,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            of_profile,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            scrubbed,
            in_order,
            _plain if chosen == "plain" else structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )
    return processor if chosen == "plain" else RequestLines(others=processor, profile=whose)


class RequestLines(logging.Formatter):
    """Writes the line of a request as `others` would, in a tenth of the time; leaves everything else to it.

    Of what stands in such a line only names of views could hold anything that has to be cut.
    """

    def __init__(self, *, others: logging.Formatter, profile: str) -> None:
        super().__init__()
        self._others = others
        self._profile = _written(profile)

    def format(self, record: logging.LogRecord) -> str:
        told = record.__dict__
        if record.name != REQUEST_LOGGER or record.msg != REQUEST or record.exc_info or not told.keys() >= _LINE:
            return self._others.format(record)
        time = datetime.now(tz=UTC).isoformat().replace("+00:00", "Z")
        return (
            f'{{"time": "{time}", "level": "{record.levelname.lower()}", "event": "{REQUEST}", '
            f'"logger": "{REQUEST_LOGGER}", "profile": {self._profile}, "request_id": {_quoted(told["request_id"])}, '
            f'"route": {_written(told["route"])}, "method": {_written(told["method"])}, '
            f'"status": {told["status"]:d}, "ms": {told["ms"]:d}}}'
        )


def without_values(_logger: object, _method: str, event: Event) -> Event:
    """Keep our own words; of Django's and the libraries' messages keep the pattern without what was put into it."""
    record: logging.LogRecord = event["_record"]
    if record.name == "django.request":
        event["event"] = "A request failed"
    elif record.name.startswith(_REFUSED):
        # The stranger's fault, not ours: no trace and no error, or anybody could fill the disk and wake people.
        event["event"] = f"A request was refused: {record.name.removeprefix(_REFUSED)}"
        event.pop("exc_info", None)
    elif not record.name.startswith(("bluelamp", "_granian")):
        event["event"] = str(record.msg)
    return event


def failure(_logger: object, _method: str, event: Event) -> Event:
    """Tell of an exception without its message: what no code can help in a word, anything else with its trace."""
    info = event.pop("exc_info", None)
    error = info[1] if isinstance(info, tuple) else None
    if error is None:
        return event
    event["error"] = describe(error)
    outage = outage_of(error)
    if outage:
        event["outage"] = outage.value
    else:
        event["trace"] = trace(error)
    return event


def trace(error: BaseException) -> list[str]:
    """Where an exception came from, and those it came from: places and lines of code, no values."""
    lines: list[str] = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        lines += [line.rstrip() for line in traceback.format_list(traceback.extract_tb(link.__traceback__))]
        lines.append(describe(link))
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return lines


def scrubbed(_logger: object, _method: str, event: Event) -> Event:
    """Drop fields named after what is personal, and cut from texts what looks like it."""
    return {k: v if k in _UNSCRUBBED else _clean(v) for k, v in event.items() if not _is_personal(k)}


def in_order(_logger: object, _method: str, event: Event) -> Event:
    """The fields that every line has first."""
    return {**{k: event[k] for k in _ORDER if k in event}, **event}


def log_crash(kind: type[BaseException], error: BaseException, step: TracebackType | None) -> None:
    """For sys.excepthook: a command that crashes writes a line as any other failure; at a terminal Python tells it."""
    if isinstance(error, KeyboardInterrupt) or sys.stderr.isatty():
        sys.__excepthook__(kind, error, step)
    else:
        logging.getLogger("bluelamp.crash").critical("The command crashed", exc_info=(kind, error, step))


def _level_of(_logger: object, _method: str, event: Event) -> Event:
    record: logging.LogRecord = event["_record"]
    event["level"] = "warning" if record.name.startswith(_REFUSED) else record.levelname.lower()
    return event


def _logger_of(_logger: object, _method: str, event: Event) -> Event:
    event["logger"] = event["_record"].name
    return event


# Keys are a few fixed words of our own; values are never kept.
@lru_cache(maxsize=256)
def _is_personal(key: str) -> bool:
    return not _FORBIDDEN.isdisjoint(re.split(r"[^a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower()))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", _PERSONAL.sub(_CUT, value))
    if isinstance(value, Mapping):
        return {str(k): _clean(v) for k, v in value.items() if not _is_personal(str(k))}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item) for item in value]
    return value if isinstance(value, int | float | None) else _clean(str(value))


@lru_cache(maxsize=1024)
def _written(value: str) -> str:
    """A word of our own as it stands in JSON."""
    return _quoted(_clean(value))


def _plain(_logger: object, _method: str, event: Event) -> str:
    """One line for a person: time of day (UTC), level, words, fields; then the trace."""
    steps = event.pop("trace", [])
    words = str(event.pop("event", "")).replace("\n", "\\n")
    head = f"{event.pop('time', '')[11:19]} {event.pop('level', ''):<8} {words}"
    for known in ("logger", "profile", "request_id"):
        event.pop(known, None)
    fields = "".join(f"  {key}={value}" for key, value in event.items()).replace("\n", "\\n")
    return "\n    ".join([head + fields, *(line for step in steps for line in step.splitlines())])
