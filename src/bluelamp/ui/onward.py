"""Where a form leads back to, as the form itself says."""

from django.utils.http import url_has_allowed_host_and_scheme


def own_address(text: str) -> str:
    """An address of this site as it stands; "" for any other text.

    It begins with a stroke: what does not could be another site's, or to `redirect` the name of a page.
    """
    return text if text.startswith("/") and url_has_allowed_host_and_scheme(text, allowed_hosts=None) else ""
