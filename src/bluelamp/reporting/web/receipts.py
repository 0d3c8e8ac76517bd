"""Taking the receipt away: the signed file, the printed one, the private file of answers; and the public keys."""

import json
from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bluelamp.reporting.models import Report
from bluelamp.reporting.operations import drafts, receipts
from bluelamp.reporting.operations.receipt_key import public_keys
from bluelamp.reporting.operations.receipt_print import NextStep
from bluelamp.reporting.web.journey_sitting import kept_out, language, token_of


@require_safe
@kept_out
def receipt(request: HttpRequest) -> HttpResponse:
    """The signed receipt."""
    try:
        content = receipts.receipt_file(report=_report(request))
    except receipts.NoReceiptError as none:
        raise Http404(str(none)) from none
    return _file(content, "receipt.json", "application/json")


@require_safe
@kept_out
def receipt_pdf(request: HttpRequest) -> HttpResponse:
    """The receipt to print, with the signed file in it. The words that open the report are not on it."""
    report = _report(request)
    try:
        content = receipts.receipt_pdf(
            report=report,
            language=language(),
            steps=_steps(),
            look_at=request.build_absolute_uri(reverse("report:start")),
            keys_at=request.build_absolute_uri(reverse("report:receipt-keys")),
        )
    except receipts.NoReceiptError as none:
        raise Http404(str(none)) from none
    return _file(content, "receipt.pdf", "application/pdf")


@require_safe
@kept_out
def answers(request: HttpRequest) -> HttpResponse:
    """The file with which single answers can be proven. It is as private as the report."""
    try:
        content = receipts.answers_file(report=_report(request))
    except receipts.NoReceiptError as none:
        raise Http404(str(none)) from none
    return _file(content, "answers.json", "application/json")


@require_safe
def keys(_request: HttpRequest) -> HttpResponse:
    """The public keys of all receipts, a JSON Web Key set: whoever is shown a receipt can check it."""
    return HttpResponse(json.dumps(public_keys()), content_type="application/jwk-set+json")


def _report(request: HttpRequest) -> Report:
    """The report that this browser has just sent. Raises Http404."""
    try:
        draft = drafts.open_draft(token=token_of(request), now=datetime.now(tz=UTC))
    except drafts.DraftGoneError as gone:
        raise Http404("No report is open in this browser.") from gone
    if draft.sent is None:
        raise Http404("The report was not sent yet.")
    return Report.objects.get(pk=draft.sent)


def _steps() -> list[NextStep]:
    return [
        NextStep(_("A person reads your report. Those in danger come first.")),
        NextStep(_("If a crime is recorded, you get a crime number.")),
        NextStep(_("With your six words you read what was decided, and why.")),
    ]


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
