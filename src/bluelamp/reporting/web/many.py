"""Many reports in one file: the template, the upload, the check, sending, and the words of each report, once.

The same pages serve everyone (below /report/many/) and supporting organisations (below /desk/behalf/many/).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bluelamp.kernel.people.domain.actor import Actor
from bluelamp.kernel.people.queries import organisation_names
from bluelamp.reporting.domain.programs import told
from bluelamp.reporting.domain.tables import (
    MARK,
    MOST_BYTES,
    PROBLEM,
    TableError,
    column_of,
    columns_of,
    explained,
    read_table,
    write_table,
)
from bluelamp.reporting.operations import uploads
from bluelamp.reporting.operations.digests import keyed_digest
from bluelamp.reporting.operations.uploads import Checked, OpenUpload, UploadGoneError
from bluelamp.reporting.questions import questions
from bluelamp.reporting.questions.outside import EXAMPLES

View = Callable[..., HttpResponse]
SECONDS = 5.0
clock: Callable[[], float] = time.monotonic
# Files in an hour from one address, which a whole firm may share.
MOST_FILES, HOUR = 30, 3600
_DAY = 24 * 3600


@dataclass(frozen=True)
class Place:
    """Where these pages are shown: the namespace of their addresses, their frame, and who is signed in."""

    space: str
    frame: str
    actor: Actor | None
    origin: str


def place_of(request: HttpRequest) -> Place:
    """The desk's pages or everyone's, by the address. An invented person's reports are no live ones."""
    space = request.resolver_match.namespace if request.resolver_match else "many"
    if space == "behalf":
        origin = str(getattr(request.user, "origin", "live"))
        return Place(space, "report/many/desk.html", request.__dict__["actor"], origin)
    return Place("many", "report/many/public.html", None, "live")


def private(view: View) -> View:
    """Kept by no cache: a row number and a reference tell already that somebody reported."""

    @wraps(view)
    def wrapped(request: HttpRequest, **arguments: Any) -> HttpResponse:
        response = view(request, **arguments)
        response["Cache-Control"] = "no-store, private"
        return response

    return wrapped


def with_file(view: View) -> View:
    """A view of the file that is open in this browser; where there is none, back to the start."""

    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        place = place_of(request)
        try:
            token = request.COOKIES.get(cookie_name(), "")
            upload = uploads.open_upload(token=token, actor=place.actor, now=datetime.now(tz=UTC))
            return view(request, place=place, upload=upload)
        except UploadGoneError:
            return redirect(f"{place.space}:start")

    return wrapped


@require_http_methods(["GET", "HEAD", "POST"])
@private
def start(request: HttpRequest) -> HttpResponse:
    """What a file must look like, and the form to give one."""
    place, problem = place_of(request), ""
    if request.method == "POST":
        try:
            return _taken(request, place)
        except TableError as refused:
            problem = file_words(refused)
    shown = {"frame": place.frame, "space": place.space, "problem": problem, "is_open": _is_open(request, place)}
    return render(request, "report/many/start.html", shown, status=422 if problem else 200)


@require_safe
@private
def template(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The file to fill in: columns, a row that explains each, and rows that show how."""
    shelf, language = questions(), current_language()
    known = columns_of(shelf)
    texts = [explained(shelf, question=q, part=part, language=language) for q, part in known.values()]
    explanation, example = ("eglurhad", "enghraifft") if language == "cy" else ("explanation", "example")
    rows = [[MARK, *known], [explanation, *texts]]
    rows += [[example, *(filled.get(name, "") for name in known)] for filled in EXAMPLES]
    return _file(write_table(rows), "many-reports.csv")


@require_safe
@private
@with_file
def check(request: HttpRequest, *, place: Place, upload: OpenUpload) -> HttpResponse:
    """Which rows can be sent, and what is wrong with the others. Nothing is sent yet."""
    if upload.done:
        return redirect(f"{place.space}:sent")
    rows = uploads.check_rows(upload=upload, now=datetime.now(tz=UTC))
    good = sum(row.is_good for row in rows)
    shown = {
        "frame": place.frame,
        "space": place.space,
        "rows": [(row.row.number, row.is_good, problems_of(row, current_language())) for row in rows],
        "good": good,
        "bad": len(rows) - good,
    }
    return render(request, "report/many/check.html", shown)


@require_POST
@private
@with_file
def send(request: HttpRequest, *, place: Place, upload: OpenUpload) -> HttpResponse:  # noqa: ARG001
    """Send the good rows, as many as some seconds allow."""
    if not upload.done:
        now = datetime.now(tz=UTC)
        uploads.send_rows(upload=upload, seconds=SECONDS, clock=clock, actor=place.actor, now=now)
    return redirect(f"{place.space}:sent")


@require_safe
@private
@with_file
def sent(request: HttpRequest, *, place: Place, upload: OpenUpload) -> HttpResponse:
    """What was sent, with the words of each report; what is left; what could not be sent."""
    done = uploads.sent_rows(upload=upload)
    rows = uploads.check_rows(upload=upload, now=datetime.now(tz=UTC))
    good = sum(row.is_good for row in rows)
    if not done and good:
        return redirect(f"{place.space}:check")
    shown = {
        "frame": place.frame,
        "space": place.space,
        "done": done,
        "left": 0 if upload.done else good - len(done),
        "bad": len(rows) - good,
    }
    return render(request, "report/many/sent.html", shown)


@require_safe
@private
@with_file
def result(request: HttpRequest, *, place: Place, upload: OpenUpload) -> HttpResponse:  # noqa: ARG001
    """The same as a file: row, reference, words."""
    header = [_("row"), _("reference"), _("words")]
    done = [[str(row.row), row.reference, row.words] for row in uploads.sent_rows(upload=upload)]
    return _file(write_table([header, *done]), "sent.csv")


@require_safe
@private
@with_file
def mend(request: HttpRequest, *, place: Place, upload: OpenUpload) -> HttpResponse:  # noqa: ARG001
    """The rows that cannot be sent, as they came, with what is wrong with each."""
    language = current_language()
    columns = [name for name in upload.table.columns if name != PROBLEM]
    rows = []
    for checked in uploads.check_rows(upload=upload, now=datetime.now(tz=UTC)):
        if not checked.is_good:
            cells = dict(zip(upload.table.columns, checked.row.cells, strict=False))
            extra = checked.row.cells[len(upload.table.columns) :]
            found = problems_of(checked, language)
            told_here = "; ".join(f"{column}: {words}" if column else words for column, words in found)
            rows.append([*(cells.get(name, "") for name in columns), told_here, *extra])
    return _file(write_table([[*columns, PROBLEM], *rows]), "to-mend.csv")


@require_POST
@private
def discard(request: HttpRequest) -> HttpResponse:
    """Destroy the file and the words."""
    uploads.discard(token=request.COOKIES.get(cookie_name(), ""))
    response = redirect(f"{place_of(request).space}:start")
    response.delete_cookie(cookie_name(), samesite="Lax")
    return response


def problems_of(checked: Checked, language: str) -> list[tuple[str, str]]:
    """What is wrong with a row: the column and what to do."""
    if checked.read is None:
        return [("", _("The row has more cells than there are columns. Is a text with a comma not in quotes?"))]
    shelf = questions()
    found = []
    for wrong in checked.read.wrong:
        column = column_of(shelf.by_id[wrong.question], field=wrong.problem.field)
        found.append((column, told(shelf=shelf, wrong=wrong, language=language)))
    return found


def file_words(refused: TableError) -> str:
    """What to do about a file that cannot be used."""
    sentences = {
        "none": _("Choose one file."),
        "too-large": _("The file is larger than 2 MB. Send it in parts."),
        "spreadsheet": _("This is a spreadsheet. Save it as CSV first, then choose that file."),
        "encoding": _("We cannot read the letters in this file. Save it as CSV UTF-8."),
        "empty": _("There is no report in this file. Rows that are marked as an example are left out."),
        "no-columns": _("The first row must hold the names of the columns, as the template has them."),
        "columns": _("We do not know these columns: %(what)s. Use the names of the template."),
        "twice": _("These columns stand there twice: %(what)s."),
        "too-many-rows": _("There are %(what)s reports in this file. At most 500 can be sent at once."),
        "unreadable": _("Row %(what)s cannot be read. Are quotes opened and not closed?"),
        "too-often": _("Many files came from your network. Wait an hour, or send reports one by one."),
    }
    return sentences[refused.code] % {"what": refused.what}


def cookie_name() -> str:
    """Only this host can set it where there is TLS (cookie prefixes, RFC 6265bis)."""
    return "__Host-many" if settings.SESSION_COOKIE_SECURE else "many"


def _taken(request: HttpRequest, place: Place) -> HttpResponse:
    """Keep the file that was given. Raises TableError."""
    files = request.FILES.getlist("table")
    if len(files) != 1:
        raise TableError("none")
    if place.actor is None:
        _slow_down(request)
    if (files[0].size or 0) > MOST_BYTES:
        raise TableError("too-large")
    table = read_table(content=files[0].read(), known=columns_of(questions()))
    name = organisation_names().get(place.actor.scope, "") if place.actor else ""
    before = request.COOKIES.get(cookie_name(), "")
    token = uploads.begin(
        table=table,
        language=current_language(),
        actor=place.actor,
        name=name,
        origin=place.origin,
        now=datetime.now(tz=UTC),
    )
    if before:
        uploads.discard(token=before)
    response = redirect(f"{place.space}:check")
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(cookie_name(), token, max_age=_DAY, httponly=True, secure=secure, samesite="Lax")
    return response


def _is_open(request: HttpRequest, place: Place) -> bool:
    token = request.COOKIES.get(cookie_name(), "")
    try:
        return bool(uploads.open_upload(token=token, actor=place.actor, now=datetime.now(tz=UTC)))
    except UploadGoneError:
        return False


def _slow_down(request: HttpRequest) -> None:
    """Raises TableError for more files than one address sends. What is kept for an hour is a keyed hash of it."""
    address = request.META.get("REMOTE_ADDR", "")
    proxies, passed = settings.ALLAUTH_TRUSTED_PROXY_COUNT, request.META.get("HTTP_X_FORWARDED_FOR", "")
    if proxies and passed:
        address = passed.split(",")[-proxies:][0].strip()
    key = f"uploads:{keyed_digest(purpose='upload-address', value=address)}"
    cache.add(key, 0, HOUR)
    try:
        count = cache.incr(key)
    except ValueError:
        return
    if count > MOST_FILES:
        raise TableError("too-often")


def current_language() -> str:
    """The language of the page, as one of ours."""
    return "cy" if (get_language() or "")[:2] == "cy" else "en"


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
