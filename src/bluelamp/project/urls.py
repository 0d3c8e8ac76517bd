"""Every address of the program. Welsh pages have the same addresses below /cy/."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from bluelamp.project.api import api, report_api

urlpatterns = [
    path("", include("bluelamp.project.running.urls")),
    path("api/v1/", api.urls),
    path("api/v1/", report_api.urls),
    path("open311/v2/", include("bluelamp.reporting.web.open311.urls")),
    *i18n_patterns(
        path("account/", include("bluelamp.kernel.people.web.urls")),
        path("advice/", include("bluelamp.kernel.advice.web.urls")),
        path("report/many/", include("bluelamp.reporting.web.many_urls")),
        path("report/", include("bluelamp.reporting.web.urls")),
        path("desk/reports/", include("bluelamp.reporting.web.desk_urls")),
        path("desk/behalf/", include("bluelamp.reporting.web.behalf_urls")),
        path("desk/", include("bluelamp.project.desk.urls")),
        path("", include("bluelamp.index.web.urls")),
        prefix_default_language=False,
    ),
]
handler400 = "bluelamp.ui.errors.bad_request"
handler403 = "bluelamp.ui.errors.forbidden"
handler404 = "bluelamp.ui.errors.not_found"
handler500 = "bluelamp.ui.errors.server_error"
