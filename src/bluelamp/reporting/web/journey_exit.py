"""Exit this page: end the visit, clear what the browser holds of it, and go where nothing tells.

A link, so that it works without scripts (a form's answer could not lead to another site under our content policy). It
does something when it is opened, so a browser that only fetches it ahead is given nothing; another site cannot make
it do anything, because the cookie is not sent for it.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from bluelamp.reporting.operations import drafts
from bluelamp.reporting.web import follow_sitting
from bluelamp.reporting.web.journey_sitting import kept_out, let_go, token_of

CLEAR = '"cache", "cookies", "storage"'


class _Elsewhere(HttpResponseRedirect):
    """To a site that an operator named."""

    allowed_schemes = ["https", "http"]


# Exempt: the cookie is "Strict", so a form of another site comes without it and ends nothing.
@csrf_exempt
@require_http_methods(["GET", "POST"])
@kept_out
def leave(request: HttpRequest) -> HttpResponse:
    """Leave: an unsaved draft is destroyed, a saved one and a followed report need their words again.

    A script posts and goes by itself.
    """
    if _is_ahead(request):
        return HttpResponse(status=204)
    drafts.leave(token=token_of(request))
    response = HttpResponse(status=204) if request.method == "POST" else _Elsewhere(settings.BLUELAMP_EXIT_SITE)
    let_go(response)
    follow_sitting.end(request, response)
    response["Clear-Site-Data"] = CLEAR
    return response


def _is_ahead(request: HttpRequest) -> bool:
    """Whether the browser only fetches what somebody might open."""
    told = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"))
    return any("prefetch" in value or "preview" in value or "prerender" in value for value in told)
