"""Sign-in with the organisation's provider: the library's two views, which fail where the provider is out of order."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.openid_connect import views
from django.http import HttpRequest, HttpResponse
from requests.exceptions import RequestException

# No answer, an error, no JSON, a document without what the standard asks for.
_OUT_OF_ORDER = (RequestException, ValueError, KeyError, TypeError, AttributeError)
View = Callable[..., HttpResponse]


def _told(view: View) -> View:
    @wraps(view)
    def careful(request: HttpRequest, provider_id: str) -> HttpResponse:
        try:
            return view(request, provider_id)
        except _OUT_OF_ORDER as problem:
            answer: HttpResponse = render_authentication_error(request, provider_id, exception=problem)
            return answer

    made: Any = login_not_required(careful)
    return made  # type: ignore[no-any-return]


login = _told(views.login)
callback = _told(views.callback)
